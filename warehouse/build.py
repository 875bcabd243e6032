"""How the archive becomes a snapshot: interpret what is new, merge, judge, publish, within bounded memory."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse import archive, changes, texts
from warehouse.assembly import Assembly, Progress
from warehouse.engine import do
from warehouse.interpretation import interpret
from warehouse.judge import Market, judge
from warehouse.schema import DataFolder, UserError
from warehouse.snapshot import Rows, exclusive, publish

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills to disk; the Python side adds at most about as much at a million sightings."""

GARBAGE_THRESHOLD = 50_000
"""Objects after which the youngest are looked through for unreachable cycles; Python's own is 700."""


class BuildError(UserError):
    """The archive cannot be built as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build came to: the snapshot's path, rows per table, and problems in words, each of which it survived."""

    path: Path
    counts: Mapping[str, int]
    problems: list[str] = field(default_factory=list)
    enriched: int = 0


def build(
    folder: DataFolder, *, full: bool = False, accept: bool = False, progress: Progress | None = None
) -> BuildSummary:
    """Turn the archive into a published snapshot and return what it came to.

    Only texts that are new to this parser version are enriched; `full` enriches all of them anew and gives equal tables.
    Raise `BuildError` where there is nothing to build from, or where a source shrank under half its 7-run median
    (`accept` publishes nevertheless and says so in `change_log`). A second build waits for the first.
    """
    if not any(folder.sightings.glob("*.jsonl")) and not any(folder.facts.glob("*.parquet")):
        raise BuildError(
            f"There is nothing to build from in {folder.root}: run `rolemarket crawl` or `rolemarket demo` first."
        )
    with exclusive(folder), _garbage_seldom_collected():
        for leftover in folder.root.glob(".build-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        readings, reading_problems = archive.readings(folder)
        changes.guard_against_shrinking(folder, readings, accept=accept, error=BuildError)
        interpretation = interpret(folder, full=full, progress=progress)
        with tempfile.TemporaryDirectory(dir=folder.root, prefix=".build-") as scratch:
            # In memory, and spilled beyond the limit: a work file would compress every table for the minute that it is there.
            connection = duckdb.connect()
            try:
                do(connection, f"SET memory_limit = '{MEMORY_LIMIT}'")
                do(connection, f"SET temp_directory = '{scratch}/spill'")
                do(connection, "SET enable_progress_bar = false")
                assembly = Assembly(folder, connection, interpretation, readings, progress)
                assembly.run()
                problems = [*interpretation.problems, *reading_problems, *assembly.problems]
                tables = assembly.tables(problems)
                tables |= _judged(assembly.market(tables), progress)
                path = publish(tables, folder, connection, progress)
                texts.note(interpretation.root, path, assembly.texts)
                counts = assembly.counts(tables)
            finally:
                connection.close()
    return BuildSummary(path, counts, [f"{p.file}, {p.reason}" for p in problems], interpretation.enriched)


@contextmanager
def _garbage_seldom_collected() -> Iterator[None]:
    """Look for unreachable cycles 70 times as rarely: a build makes millions of small objects, none of them in cycles.

    Looking for them takes 5 % of a day's build.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _judged(market: Market, progress: Progress | None) -> dict[str, Rows]:
    if progress:
        progress("Judging the claims", 0, 1)
    judgement = judge(market)
    if progress:
        progress("Judging the claims", 1, 1)
    return {"claim": judgement.claim, "estimate": judgement.estimate, "verdict": judgement.verdict}
