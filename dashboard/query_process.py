"""Runs one query of a reader in a process of its own, which the system holds to a memory and which can be stopped at any instant.

DuckDB's own limits leave gaps: a function such as `repeat` takes its memory outside them, and answers no interrupt until it is done.
`reader_sql` starts this file with the query as JSON on its standard input. It writes the rows as an Arrow stream to its standard
output; where the query is refused it writes why as JSON instead, and ends with `REFUSED`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress

import duckdb
import pyarrow as pa

REFUSED = 3
HEADROOM_BYTES = 400 << 20  # beyond what the process has once the snapshot is open; DuckDB counts 200 MB of it itself
LARGEST_BYTES = 20 << 20  # of rows handed to the page
PLAIN = frozenset(
    {"boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "float", "double", "decimal",
     "varchar", "date", "timestamp", "timestamp with time zone"}
)  # fmt: skip
"""Types that go to the page as they are; a reader sees the others, and lists of other than text, as DuckDB writes them."""


def opened(path: str, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """Open the snapshot read-only in an instance that reaches no file and no network and whose settings are locked."""
    quoted = path.replace("'", "''")
    connection = duckdb.connect(":memory:")
    for statement in (
        f"ATTACH '{quoted}' AS market (READ_ONLY)",
        "USE market",
        f"SET memory_limit = '{memory_limit}'",
        "SET threads = 1",
        "SET max_temp_directory_size = '0KB'",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement).complete()
    return connection


def hold_memory() -> None:
    """Let this process have no more than `HEADROOM_BYTES` beyond what it has, where the system can hold it to that (Linux)."""
    with suppress(ImportError, OSError):
        import resource
        from pathlib import Path

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + HEADROOM_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def selected(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """Return the one SELECT in the text; raise ValueError with a sentence where it is something else."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise ValueError("Give exactly one query.")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise ValueError("Only SELECT queries are run; the snapshot is read-only.")
    return connection.sql(statements[0].query.rstrip().rstrip(";"))


def rows(relation: duckdb.DuckDBPyRelation, n: int) -> pa.Table:
    """Return up to `n` rows with a name of its own for each column and each value in a type that a page shows.

    Raise ValueError with a sentence where they are too large for a page.
    """
    names: list[str] = []
    columns = []
    for place, (given, kind) in enumerate(zip(relation.columns, relation.types, strict=True), 1):
        name = given
        while name in names:
            name += "_"
        names.append(name)
        is_plain = str(kind).lower().partition("(")[0] in PLAIN or str(kind) == "VARCHAR[]"
        quoted = name.replace('"', '""')
        columns.append(f'#{place}{"" if is_plain else "::VARCHAR"} AS "{quoted}"')
    table = relation.limit(n).project(", ".join(columns)).to_arrow_table()
    if table.nbytes > LARGEST_BYTES:
        raise ValueError(f"The rows hold more than {LARGEST_BYTES >> 20} MB; ask for fewer columns or shorter texts.")
    return table


def main() -> int:
    """Answer the question on standard input and return the process's exit code."""
    asked = json.load(sys.stdin)
    connection = opened(asked["path"], asked["memory_limit"])
    hold_memory()
    timer = threading.Timer(asked["seconds"], connection.interrupt)
    timer.daemon = True
    try:
        timer.start()
        table = rows(selected(connection, asked["sql"]), asked["n_rows"])
    except (duckdb.InterruptException, duckdb.OutOfMemoryException, MemoryError) as stopped:
        why = "time" if isinstance(stopped, duckdb.InterruptException) else "memory"
    except (duckdb.Error, ValueError) as error:
        why = str(error).splitlines()[0]
    else:
        with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as stream:
            stream.write_table(table)
        return 0
    finally:
        timer.cancel()
    sys.stdout.buffer.write(json.dumps({"why": why}).encode())
    return REFUSED


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # nothing is left to tidy, and tidying needs memory that a refused query may have used up
