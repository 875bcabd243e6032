"""What an expert would ask of three verdicts: prose beside this module, its numbers measured on the bundled panel.

`python -m warehouse.reasoning` builds the panel's snapshot in a folder of its own, runs every query of `*.toml` and
writes `numbers.json`; `python -m warehouse.documents` fills them into `*.md` and writes `docs/reasoning/`, measuring
first where the panel is another than was measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import string
import tempfile
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.evidence.wording import MINUS, count, month, say
from warehouse.panel import PANEL, load_panel
from warehouse.quality.measuring import role_confusion
from warehouse.schema import DataFolder
from warehouse.schema.tables import DS_MLE

FOLDER = Path(__file__).parent
NUMBERS = FOLDER / "numbers.json"
DIGITS = 4
VIEWS = f"""
CREATE TEMP VIEW opening AS
SELECT *, year(first_seen_at) AS year, role IN {DS_MLE} AS is_ds_mle, role = 'software_engineer' AS is_swe
FROM vacancy WHERE provenance <> 'sample';
CREATE TEMP VIEW judged AS SELECT * FROM estimate WHERE measure = 'headline' AND group_kind = 'all';
"""
"""What the queries may name beside the snapshot's own tables; `confusion` holds the counts that roles are corrected by."""


def pages() -> list[str]:
    """Return the slugs that have a page, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def queries(slug: str) -> dict[str, dict[str, str]]:
    """Return the queries of a page: name to `unit` and `sql`."""
    return tomllib.loads((FOLDER / f"{slug}.toml").read_text("utf-8"))


def panel_digest() -> str:
    """Return what tells this panel from another."""
    return hashlib.blake2b(PANEL.read_bytes(), digest_size=8).hexdigest()


def measured(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Return the numbers of every page from an open snapshot, four significant digits each; raise where one is missing or not one."""
    for statement in VIEWS.split(";"):
        if statement.strip():
            connection.execute(statement).complete()
    confusion = role_confusion()
    if confusion is not None:
        connection.register("confusion", confusion.to_arrow())
    found: dict[str, dict[str, Any]] = {}
    for slug in pages():
        found[slug] = {}
        for name, query in queries(slug).items():
            values = [row[0] for row in connection.sql(query["sql"]).fetchall()]
            if not values or values[0] is None:
                raise ValueError(f"{slug}.{name} has no value in this snapshot")
            if len(values) > 1:
                raise ValueError(f"{slug}.{name} has {len(values)} values in this snapshot: which one is meant?")
            found[slug][name] = _kept(values[0], query["unit"])
    return found


def _kept(value: Any, unit: str) -> Any:
    if unit == "count":
        return round(float(value))
    return str(value) if unit in ("word", "month") else float(f"{float(value):.{DIGITS}g}")


def said(value: Any, unit: str) -> str:
    """Return a number as the pages write it: `say`'s units, and count, word, month, p and small, of three decimals."""
    if unit == "count":
        return count(value)
    if unit in ("p", "small"):
        return f"{MINUS if value < 0 else ''}{abs(value):.3f}"
    if unit == "month":
        return month(dt.date.fromisoformat(value))
    return value.replace("_", " ") if unit == "word" else say(value, unit)


@cache
def numbers_text() -> str:
    """Return what `numbers.json` should hold: what it does where this panel and these queries gave it, else measured anew."""
    text = NUMBERS.read_text("utf-8") if NUMBERS.is_file() else "{}"
    known = json.loads(text)
    asked = {slug: set(queries(slug)) for slug in pages()}
    is_current = {slug: set(numbers) for slug, numbers in known.get("numbers", {}).items()} == asked
    return text if is_current and known.get("panel") == panel_digest() else _text(measure())


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def page(slug: str) -> str:
    """Return a page with its numbers filled in."""
    known = json.loads(numbers_text())["numbers"][slug]
    units = {name: query["unit"] for name, query in queries(slug).items()}
    text = (FOLDER / f"{slug}.md").read_text("utf-8")
    words = {name: said(value, units[name]) for name, value in known.items()}
    return string.Formatter().vformat(text, (), words)


def measure() -> dict[str, Any]:
    """Build the bundled panel's snapshot and return its digest and every page's numbers."""
    from warehouse.build import build
    from warehouse.snapshot import open_snapshot

    with tempfile.TemporaryDirectory() as root:
        folder = DataFolder(Path(root))
        load_panel(folder)
        build(folder)
        connection = open_snapshot(folder)
        try:
            return {"panel": panel_digest(), "numbers": measured(connection)}
        finally:
            connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write `numbers.json`, or with `--check` name the numbers that differ and return 1 where there are any."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.reasoning", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="name what differs and change nothing")
    is_check = parser.parse_args(arguments).check
    found = measure()
    text = _text(found)
    if NUMBERS.is_file() and NUMBERS.read_text("utf-8") == text:
        return 0
    if not is_check:
        NUMBERS.write_text(text, "utf-8")
        print("wrote numbers.json; run `python -m warehouse.documents` to fill them in.")
        return 0
    known = json.loads(NUMBERS.read_text("utf-8"))["numbers"] if NUMBERS.is_file() else {}
    for slug, numbers in found["numbers"].items():
        for name, value in numbers.items():
            if known.get(slug, {}).get(name) != value:
                print(
                    f"{slug}.{name} is {value}, not {known.get(slug, {}).get(name)}: run `python -m warehouse.reasoning`."
                )
    return 1
