"""How a snapshot is published and opened: one writer, immutable versioned files, a symlink moved in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from warehouse.engine import do, quoted
from warehouse.schema import TABLES, DataFolder, Table, UserError
from warehouse.schema.ddl import comment_on, create_table, dictionary_rows

STORAGE_VERSION = "v1.2.0"
ROW_GROUP_ROWS = 30_720
"""A quarter of the default: long texts leave memory for the disk four times as often, and are compressed once."""
KEPT_SNAPSHOTS = 5


@dataclass(frozen=True, slots=True)
class Carried:
    """A table that stays as it lies in the snapshot `base`, but for the rows of which `gone` selects the first sort key
    and which are deleted, and those that the query `new` gives, which are appended in their order behind the others."""

    base: Path
    gone: str
    new: str


Rows = pl.DataFrame | str | list[str] | Carried
"""A frame with the declared columns, a query over the connection that gives them, queries for ranges of the declared
order, one after the other, so that no sort need hold the whole table, or what changes of a table in an earlier file."""


class SnapshotMissing(UserError):
    """No snapshot has been published in this data folder."""


@contextmanager
def exclusive(folder: DataFolder) -> Iterator[None]:
    """Hold the one build lock of a data folder; a second builder waits. A killed holder lets go of it."""
    folder.root.mkdir(parents=True, exist_ok=True)
    with (folder.root / "build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def publish(
    tables: Mapping[str, Rows],
    folder: DataFolder,
    connection: duckdb.DuckDBPyConnection | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Write every declared table to a new snapshot and move `market.duckdb` to it; return the new file's path.

    `tables` maps table names to frames or to queries over `connection`; a declared table that is missing is created
    empty, and `data_dictionary` is always written from the declaration. Rows are written in the declared order, but for
    a carried table, whose file the new one starts as a copy of (one base for all). Call it inside `exclusive(folder)`. The last five snapshots are kept; open readers keep theirs.
    """
    unknown = sorted(set(tables) - {table.name for table in TABLES})
    if unknown:
        raise ValueError(f"not declared in the schema: {', '.join(unknown)}")
    folder.snapshots.mkdir(parents=True, exist_ok=True)
    for leftover in folder.snapshots.glob("*.partial*"):
        leftover.unlink()
    final = folder.snapshots / f"market-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.duckdb"
    partial = final.with_suffix(".duckdb.partial")
    carried = {name: rows for name, rows in tables.items() if isinstance(rows, Carried)}
    bases = {rows.base for rows in carried.values()}
    if len(bases) > 1:
        raise ValueError("carried tables come from one snapshot")
    for base in bases:
        shutil.copyfile(base, partial)
    own = connection or duckdb.connect()
    do(
        own,
        # No write-ahead log: a file that was not finished is thrown away, never recovered.
        f"ATTACH '{quoted(partial)}' AS snapshot "
        f"(STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {ROW_GROUP_ROWS}, RECOVERY_MODE 'no_wal_writes')",
    )
    try:
        if carried:
            _drop_all_but(own, carried)
        for done, table in enumerate(TABLES):
            if progress:
                progress("Writing the snapshot", done, len(TABLES))
            rows = pl.DataFrame(dictionary_rows()) if table.name == "data_dictionary" else tables.get(table.name)
            _write(own, table, rows)
        if progress:
            progress("Writing the snapshot", len(TABLES), len(TABLES))
        do(own, "CHECKPOINT snapshot")
    finally:
        do(own, "DETACH snapshot")
        if connection is None:
            own.close()
    _flush_to_disk(partial)
    partial.replace(final)
    _point_to(folder, final)
    _forget_old(folder, final)
    return final


def _drop_all_but(connection: duckdb.DuckDBPyConnection, carried: Mapping[str, Rows]) -> None:
    names = connection.sql("SELECT table_name FROM duckdb_tables() WHERE database_name = 'snapshot'").fetchall()
    for (name,) in names:
        if name not in carried:
            do(connection, f'DROP TABLE snapshot."{name}"')


def _write(connection: duckdb.DuckDBPyConnection, table: Table, rows: Rows | None) -> None:
    columns = ", ".join(f'CAST("{column.name}" AS {column.type})' for column in table.columns)
    order = ", ".join(f'"{name}"' for name in table.sort)
    insert = f'INSERT INTO snapshot."{table.name}" SELECT {columns} FROM'
    if isinstance(rows, Carried):
        do(connection, f'DELETE FROM snapshot."{table.name}" WHERE "{table.sort[0]}" IN ({rows.gone})')
        do(connection, f"{insert} ({rows.new}) ORDER BY {order}")
        return
    do(connection, create_table(table, "snapshot"))
    for statement in comment_on(table, "snapshot"):
        do(connection, statement)
    if rows is None:
        return
    if isinstance(rows, str | list):
        for query in [rows] if isinstance(rows, str) else rows:
            do(connection, f"{insert} ({query}) ORDER BY {order}")
        return
    missing = sorted(set(table.column_names) - set(rows.columns))
    if missing:
        raise ValueError(f"table {table.name} lacks its columns {', '.join(missing)}")
    connection.register("rows_to_write", rows.select(table.column_names))
    try:
        do(connection, f"{insert} rows_to_write ORDER BY {order}")
    finally:
        connection.unregister("rows_to_write")


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point_to(folder: DataFolder, snapshot: Path) -> None:
    link = folder.root / f".market.{os.getpid()}.duckdb"
    link.unlink(missing_ok=True)
    link.symlink_to(snapshot.relative_to(folder.root))
    link.replace(folder.market)


def _forget_old(folder: DataFolder, current: Path) -> None:
    for old in sorted(folder.snapshots.glob("market-*.duckdb"))[:-KEPT_SNAPSHOTS]:
        if old != current:
            old.unlink()


def current_snapshot(folder: DataFolder) -> Path:
    """Return the resolved path of the current snapshot; raise `SnapshotMissing` where there is none."""
    path = folder.market.resolve()
    if not path.is_file():
        raise SnapshotMissing(
            f"There is no snapshot in {folder.root}: run `rolemarket build` or `rolemarket demo` first."
        )
    return path


def open_snapshot(folder: DataFolder) -> duckdb.DuckDBPyConnection:
    """Open the current snapshot read-only by its resolved path, so that a later build shows as a new connection."""
    return duckdb.connect(str(current_snapshot(folder)), read_only=True)


def published_at(snapshot: Path) -> datetime:
    """Return the UTC instant that a snapshot's file name carries; of a copy under another name, when it was written."""
    try:
        return datetime.strptime(snapshot.stem.removeprefix("market-"), "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(snapshot.stat().st_mtime, UTC)
