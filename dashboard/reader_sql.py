"""Queries a reader may change: read-only, shut off from files and network, with caps on rows, time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard import query_process

ROW_CAP = 1_000
SECONDS = 5.0
MEMORY_LIMIT = "200 MB"
LENGTH_CAP = 20_000
START_SECONDS = (
    5.0  # beyond the query's own time, for the process to start on busy cores and to hand its rows over; it takes 0.4
)
AT_ONCE = threading.BoundedSemaphore(2)  # each process takes up to half a gigabyte
SCRIPT = Path(query_process.__file__)


class RefusedQueryError(Exception):
    """The query was not run, or not to its end; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Up to `ROW_CAP` rows, and whether there were more."""

    table: pl.DataFrame
    is_cut: bool


def run(path: Path, sql: str, *, seconds: float = SECONDS, row_cap: int = ROW_CAP) -> Answer:
    """Run one SELECT on the snapshot, in a process of its own, and return its first rows; anything else is refused."""
    if len(sql) > LENGTH_CAP:
        raise RefusedQueryError(f"The query is longer than {LENGTH_CAP:,} characters; shorten it.")
    asked = {"path": str(path), "sql": sql, "seconds": seconds, "n_rows": row_cap + 1, "memory_limit": MEMORY_LIMIT}
    too_long = f"The query took longer than {seconds:g} seconds and was stopped."
    too_large = f"The query needs more than {MEMORY_LIMIT} of memory; narrow it or aggregate more."
    try:
        with AT_ONCE:
            done = subprocess.run(
                [sys.executable, "-I", str(SCRIPT)],
                input=json.dumps(asked).encode(),
                capture_output=True,
                timeout=seconds + START_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise RefusedQueryError(too_long) from error
    if done.returncode == query_process.REFUSED:
        why = json.loads(done.stdout)["why"]
        raise RefusedQueryError({"time": too_long, "memory": too_large}.get(why, why))
    if done.returncode:
        raise RefusedQueryError(too_large)
    table = pl.read_ipc_stream(done.stdout)
    return Answer(table.head(row_cap), table.height > row_cap)
