"""The bundled panel: real facts of past postings without a sentence of any, so that a first offline run shows results.

`python -m warehouse.panel --shared DIR` rebuilds it. `README.md` beside this module says what it is and what it is not.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from warehouse import changes
from warehouse.schema import DataFolder, UserError
from warehouse.schema.tables import TABLE

PANEL = Path(__file__).with_name("facts.parquet")

_TYPES = {
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    "DOUBLE": pl.Float64,
    "INTEGER": pl.Int32,
    "TIMESTAMP": pl.Datetime("us"),
    "DATE": pl.Date,
}
RECOMPUTED = frozenset(
    name
    for name in TABLE["vacancy"].column_names
    if name == "market" or (name.startswith("pay_") and name.endswith("_year"))
)
"""What a build works out again, with its own rates."""
FACT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **{c.name: _TYPES[c.type] for c in TABLE["vacancy"].columns if c.name not in RECOMPUTED},
    "domain": pl.String,
    "size_said": pl.String,
    "size_said_by": pl.String,
    "skills": pl.List(pl.String),
}
SAID = frozenset({"size_said", "size_said_by"})
"""What a file of facts may lack: then its postings did not tell."""


class PanelMissing(UserError):
    """The panel does not come with this installation."""


def load_panel(folder: DataFolder) -> Path:
    """Copy the bundled panel to a data folder, where every build adds its rows with the provenance `panel`."""
    if not PANEL.is_file():
        raise PanelMissing("The bundled panel is missing: run `python -m warehouse.panel --shared DIR` first.")
    content = PANEL.read_bytes()
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    target = folder.facts / "panel.parquet"
    if not (target.is_file() and target.read_bytes() == content):
        folder.facts.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(target)
    if not any(c["kind"] == "panel_loaded" and c.get("digest") == digest for c in changes.read(folder)):
        rows = pq.ParquetFile(target).metadata.num_rows
        changes.record(
            folder,
            "panel_loaded",
            "panel",
            f"The bundled panel of {rows:,} past vacancies was loaded.",
            breaks_comparability=False,
            digest=digest,
            changed_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )
    return target


def read_facts(folder: DataFolder) -> tuple[pl.DataFrame | None, dict[str, str]]:
    """Return the facts loaded into a data folder with `FACT_SCHEMA`, and what the files say of themselves.

    Null where there are none. A later file's row replaces an earlier one of the same vacancy.
    """
    paths = sorted(folder.facts.glob("*.parquet"))
    if not paths:
        return None, {}
    frames, said = [], {}
    for path in paths:
        found = pl.read_parquet(path)
        missing = sorted(set(FACT_SCHEMA) - SAID - set(found.columns))
        if missing:
            raise UserError(f"{path} is no file of facts: it lacks {', '.join(missing)}; take it out of the folder.")
        unsaid = {name: pl.lit(None, dtype=pl.String) for name in SAID - set(found.columns)}
        frames.append(found.with_columns(**unsaid).select(list(FACT_SCHEMA)).cast(FACT_SCHEMA))
        written = pq.read_metadata(path).metadata or {}
        said |= {
            key.decode().removeprefix("rolemarket_"): value.decode()
            for key, value in written.items()
            if key.startswith(b"rolemarket_")
        }
    facts = pl.concat(frames).unique("vacancy_id", keep="last", maintain_order=True).sort("vacancy_id")
    return facts, said
