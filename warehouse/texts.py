"""Which texts the next snapshot takes over from the last one as they lie in its file, and which it has to write.

Texts are nine tenths of a snapshot, and all but a few are those of the day before. So the next file starts as a copy of
the last, out of which texts that changed are deleted and to whose end new ones are appended. `texts.json` beside the
interpreted parts names the snapshot that may be copied so and how many rows it has out of their order; whatever starts
the interpretation anew (`--full`, another parser) starts this anew too, and so does a build that was killed before it
wrote the note.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.contents import text_hash
from warehouse.engine import do, quoted
from warehouse.schema import DataFolder
from warehouse.schema.tables import TABLE
from warehouse.snapshot import ROW_GROUP_ROWS, STORAGE_VERSION, Carried, Rows, SnapshotMissing, current_snapshot

SORTED_AT_ONCE = 2 * ROW_GROUP_ROWS
"""Texts of 6 KB that fit into the engine's 1.5 GB about three times over; each stretch reads the texts once more, 8 s at a million.
Stretches fill whole row groups: a checkpoint compresses those anew that it can unite with what is appended."""
MOST_OUT_OF_ORDER = 0.20
"""Share of rows behind the sorted ones from which on all are sorted again: at 2 % a day, every tenth day or so."""

_NOTE = "texts.json"
_SHAPE = hashlib.blake2b(
    repr((TABLE["vacancy_text"], STORAGE_VERSION, ROW_GROUP_ROWS)).encode(), digest_size=8
).hexdigest()


@dataclass(frozen=True, slots=True)
class Texts:
    """What `vacancy_text` is to be written from, and how many of its rows will then be out of order."""

    rows: Rows
    out_of_order: int


def plan(connection: duckdb.DuckDBPyConnection, folder: DataFolder, store: Path) -> Texts:
    """Return how the texts of the work tables `composed` (vacancies) and `unit` (interpreted parts) are written.

    `store` is the folder of the interpreted parts. Every text is written, in order, where no snapshot can be copied.
    """
    do(
        connection,
        f"""
        CREATE OR REPLACE TABLE text_row AS
        SELECT c.vacancy_id, u.content_hash, u.part, u.text_hash, u.part_file
        FROM composed c JOIN unit u USING (content_hash, part) WHERE u.text_hash <> '{text_hash("")}'
        """,
    )
    base, out_of_order = _copied(folder, store)
    if base is None or not _read_held(connection, base):
        return Texts(_all_in_order(connection), 0)
    do(
        connection,
        """
        CREATE OR REPLACE TABLE text_gone AS
        SELECT vacancy_id FROM text_held ANTI JOIN text_row USING (vacancy_id, text_hash)
        """,
    )
    do(
        connection,
        """
        CREATE OR REPLACE TABLE text_new AS FROM text_row ANTI JOIN text_held USING (vacancy_id, text_hash)
        """,
    )
    ((n, n_new),) = connection.sql("SELECT (SELECT count(*) FROM text_row), (SELECT count(*) FROM text_new)").fetchall()
    out_of_order += n_new
    if out_of_order > MOST_OUT_OF_ORDER * n:
        return Texts(_all_in_order(connection), 0)
    files = [file for (file,) in connection.sql("SELECT DISTINCT part_file FROM text_new ORDER BY ALL").fetchall()]
    return Texts(Carried(base, "SELECT vacancy_id FROM text_gone", _texts_of("text_new", files)), out_of_order)


def note(store: Path, snapshot: Path, texts: Texts) -> None:
    """Put on record that the texts of a published snapshot may be taken over."""
    partial = store / f"{_NOTE}.partial"
    partial.write_text(json.dumps(_said_of(snapshot, texts.out_of_order)), encoding="utf-8")
    partial.replace(store / _NOTE)


def _said_of(snapshot: Path, out_of_order: int) -> dict[str, str | int]:
    """Return what is noted of a snapshot; whoever wrote into it since has changed when it was modified."""
    modified_ns = snapshot.stat().st_mtime_ns
    return {"snapshot": snapshot.name, "modified_ns": modified_ns, "shape": _SHAPE, "out_of_order": out_of_order}


def _copied(folder: DataFolder, store: Path) -> tuple[Path | None, int]:
    try:
        said = json.loads((store / _NOTE).read_text(encoding="utf-8"))
        current = current_snapshot(folder)
        is_as_published = said == _said_of(current, said["out_of_order"])
    except (OSError, ValueError, KeyError, TypeError, SnapshotMissing):
        return None, 0
    if not is_as_published:
        return None, 0
    return current, int(said["out_of_order"])


def _read_held(connection: duckdb.DuckDBPyConnection, base: Path) -> bool:
    """Read which texts a snapshot holds; return false where it cannot be read: R opens for writing unasked."""
    try:
        do(connection, f"ATTACH '{quoted(base)}' AS before (READ_ONLY)")
    except duckdb.Error:
        return False
    try:
        do(connection, "CREATE OR REPLACE TABLE text_held AS SELECT vacancy_id, text_hash FROM before.vacancy_text")
    finally:
        do(connection, "DETACH before")
    return True


def _all_in_order(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return queries for stretches of the vacancies in their order: no sort need hold all texts."""
    do(
        connection,
        f"""
        CREATE OR REPLACE TABLE text_stretch AS
        SELECT *, (row_number() OVER (ORDER BY vacancy_id) - 1) // {SORTED_AT_ONCE} AS stretch FROM text_row
        """,
    )
    stretches = connection.sql(
        "SELECT stretch, list(DISTINCT part_file ORDER BY part_file) FROM text_stretch GROUP BY stretch ORDER BY stretch"
    ).fetchall()
    return [_texts_of(f"(FROM text_stretch WHERE stretch = {stretch})", files) for stretch, files in stretches]


def _texts_of(wanted: str, files: list[str]) -> str:
    """Return a query for the texts of `wanted` (text rows) that lie in these files.

    The texts are the larger side, named first: `MEMORY_LIMIT` holds no hash table of them at a million.
    """
    if not files:
        return "SELECT NULL AS vacancy_id, NULL AS text, NULL AS text_hash WHERE false"
    listed = ", ".join(f"'{quoted(Path(file))}'" for file in files)
    return f"""
        SELECT c.vacancy_id, u.text, u.text_hash
        FROM read_parquet([{listed}]) u JOIN {wanted} c ON u.content_hash = c.content_hash AND u.part = c.part
    """
