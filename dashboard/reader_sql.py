"""Queries a reader may change: read-only, shut off from files and network, with caps on rows, time and memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

ROW_CAP = 1_000
SECONDS = 5.0
MEMORY_LIMIT = "200 MB"
LENGTH_CAP = 20_000


class RefusedQueryError(Exception):
    """The query was not run, or not to its end; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Up to `ROW_CAP` rows, and whether there were more."""

    table: pl.DataFrame
    is_cut: bool


def _sandbox(path: Path) -> duckdb.DuckDBPyConnection:
    """Open an instance of its own, so that its limits bind the reader's query and not the pages."""
    quoted = str(path).replace("'", "''")
    connection = duckdb.connect(":memory:")
    for statement in (
        f"ATTACH '{quoted}' AS market (READ_ONLY)",
        "USE market",
        f"SET memory_limit = '{MEMORY_LIMIT}'",
        "SET threads = 1",
        "SET max_temp_directory_size = '0KB'",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement).complete()
    return connection


def run(path: Path, sql: str, *, seconds: float = SECONDS, row_cap: int = ROW_CAP) -> Answer:
    """Run one SELECT on the snapshot and return its first rows; anything else is refused."""
    if len(sql) > LENGTH_CAP:
        raise RefusedQueryError(f"The query is longer than {LENGTH_CAP:,} characters; shorten it.")
    connection = _sandbox(path)
    timer = threading.Timer(seconds, connection.interrupt)
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise RefusedQueryError("Give exactly one query.")
        if statements[0].type != duckdb.StatementType.SELECT:
            raise RefusedQueryError("Only SELECT queries are run; the snapshot is read-only.")
        timer.start()
        table = connection.sql(statements[0].query.rstrip().rstrip(";")).limit(row_cap + 1).pl()
    except duckdb.InterruptException as error:
        raise RefusedQueryError(f"The query took longer than {seconds:g} seconds and was stopped.") from error
    except duckdb.OutOfMemoryException as error:
        raise RefusedQueryError(
            f"The query needs more than {MEMORY_LIMIT} of memory; narrow it or aggregate more."
        ) from error
    except duckdb.Error as error:
        raise RefusedQueryError(str(error).splitlines()[0]) from error
    finally:
        timer.cancel()
        connection.close()
    return Answer(table.head(row_cap), table.height > row_cap)
