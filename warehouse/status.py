"""How the data folder stands: boards asked and answered, postings against what is usual, failures, age of the snapshot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from warehouse import archive
from warehouse.crawl_log import IS_ANSWERED
from warehouse.schema import DataFolder, UserError
from warehouse.snapshot import current_snapshot, published_at

MEDIAN_RUNS = 7
STALE_AFTER = timedelta(days=7)
"""A board that was not answered for so long is stale."""
LISTED_FAILURES = 20


def status(folder: DataFolder, now: datetime | None = None) -> dict[str, pl.DataFrame]:
    """Return tables by title: sources, boards that failed last, and the snapshot.

    Raise `UserError` where the folder holds nothing yet. `now` is an instant with a zone; null means this one.
    """
    now = now or datetime.now(UTC)
    readings, problems = archive.readings(folder)
    imports = sorted(folder.sightings.glob("*-import-*.jsonl"))
    if readings.is_empty() and not imports and not any(folder.facts.glob("*.parquet")):
        raise UserError(f"There is nothing in {folder.root} yet: run `rolemarket crawl` or `rolemarket demo` first.")
    tables = {"Sources": sources(readings, now)}
    failed = last_failures(readings)
    if failed.height:
        tables[f"Boards whose last reading failed ({failed.height:,} in all)"] = failed.head(LISTED_FAILURES)
    tables["Data folder"] = _folder_facts(folder, imports, problems, now)
    return tables


def sources(readings: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return one row per source: boards, how their last reading ended, postings of the last crawl and the 7-run median.

    The median is that of the boards the last crawl read completely, each over its seven complete readings before.
    """
    columns = [
        "source",
        "last crawl",
        "boards",
        "answered",
        "unchanged",
        "partial",
        "failed",
        "refused",
        "stale",
        "postings",
        "7-run median",
    ]
    if readings.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    last = readings.sort("asked_at", "crawl_id").group_by("source", "board", maintain_order=True).last()
    answered = readings.filter(IS_ANSWERED).group_by("source", "board").agg(answered_last=pl.col("asked_at").max())
    before = (now - STALE_AFTER).isoformat()
    ends = (
        last.join(answered, on=["source", "board"], how="left")
        .group_by("source")
        .agg(
            pl.col("asked_at").max().str.slice(0, 16).str.replace("T", " ").alias("last crawl"),
            boards=pl.len(),
            answered=IS_ANSWERED.sum(),
            **{name: (pl.col("outcome") == name).sum() for name in ("unchanged", "partial", "failed", "refused")},
            stale=(pl.col("answered_last").is_null() | (pl.col("answered_last") < before)).sum(),
        )
    )
    complete = readings.filter(pl.col("outcome") == "complete").sort("asked_at", "crawl_id")
    latest = complete.group_by("source").agg(pl.col("crawl_id").sort_by("asked_at").last().alias("latest"))
    ranked = complete.join(latest, on="source")
    usual = (
        ranked.filter(pl.col("crawl_id") != pl.col("latest"))
        .group_by("source", "board", maintain_order=True)
        .agg(median=pl.col("postings").tail(MEDIAN_RUNS).median())
    )
    counted = (
        ranked.filter(pl.col("crawl_id") == pl.col("latest"))
        .join(usual, on=["source", "board"], how="left")
        .group_by("source")
        .agg(
            pl.col("postings").sum(),
            pl.when(pl.col("median").is_not_null().any())
            .then(pl.col("median").sum().round(0).cast(pl.Int64))
            .alias("7-run median"),
        )
    )
    return ends.join(counted, on="source", how="left").select(columns).sort("source")


def last_failures(readings: pl.DataFrame) -> pl.DataFrame:
    """Return the boards whose last reading did not go as far as their source lets it, with what came back."""
    return (
        readings.sort("asked_at", "crawl_id")
        .group_by("source", "board", maintain_order=True)
        .last()
        .filter(~IS_ANSWERED)
        .select("source", "board", "outcome", "status", "reason")
        .sort("source", "board")
    )


def _folder_facts(
    folder: DataFolder, imports: list, problems: list[archive.LineProblem], now: datetime
) -> pl.DataFrame:
    facts = {
        "crawls": str(len(list(folder.sightings.glob("*.jsonl"))) - len(imports)),
        "imports": str(len(imports)),
        "unusable lines in the crawl log": str(len(problems)),
    }
    try:
        path = current_snapshot(folder)
    except UserError as missing:
        facts["snapshot"] = str(missing)
    else:
        age = now - published_at(path)
        facts["snapshot"] = path.name
        facts["age"] = _age(age)
        facts["employers of known size"] = _known_size(path)
        newest = max((file.stat().st_mtime for file in folder.sightings.glob("*.jsonl")), default=0.0)
        if newest > path.stat().st_mtime:
            facts["to do"] = "the archive is newer than the snapshot: run `rolemarket build`"
    return pl.DataFrame({"fact": list(facts), "value": list(facts.values())})


def _known_size(snapshot: Path) -> str:
    try:
        with duckdb.connect(str(snapshot), read_only=True) as connection:
            said = connection.sql("SELECT value FROM snapshot_info WHERE key = 'employers_of_known_size'").fetchall()
    except duckdb.Error:
        return "not to be told: the snapshot cannot be read, run `rolemarket build`"
    return said[0][0] if said else "not told by this snapshot"


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"
