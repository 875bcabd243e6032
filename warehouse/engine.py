"""How a build talks to its engine, DuckDB: statements run to their end, frames kept as tables, paths quoted."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl


def do(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run a statement to its end; what it returns is not read."""
    connection.execute(sql).complete()


def keep(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make or replace a table with the rows of a frame."""
    connection.register("frame_to_keep", frame)
    do(connection, f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM frame_to_keep")
    connection.unregister("frame_to_keep")


def quoted(path: Path | str) -> str:
    """Return a path as it stands between single quotes in SQL."""
    return str(path).replace("'", "''")
