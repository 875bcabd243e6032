"""What changed in the instrument: written once, when it changes, to `archive/changes.jsonl`, and read into `change_log`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

import polars as pl

from warehouse.archive import read_chunks
from warehouse.enrich import PARSER_VERSION
from warehouse.instants import read_instant
from warehouse.schema import DataFolder

MEDIAN_RUNS = 7
LEAST_SHARE = 0.5
OUTAGE_SHARE = 0.5
OUTAGE_BOARDS = 2

_SCHEMA = {
    "changed_at": pl.Datetime("us"),
    "kind": pl.String,
    "subject": pl.String,
    "breaks_comparability": pl.Boolean,
    "detail": pl.String,
}


def read(folder: DataFolder) -> list[dict[str, Any]]:
    """Return every change on record, in the order written; a torn line is left out."""
    if not folder.changes.is_file():
        return []
    return [
        record
        for chunk in read_chunks(folder.changes)
        for record in chunk.records
        if record.get("kind") and record.get("changed_at")
    ]


def record(
    folder: DataFolder,
    kind: str,
    subject: str,
    detail: str,
    *,
    breaks_comparability: bool,
    changed_at: str | None = None,
    **more: Any,
) -> None:
    """Append one change; `kind` is a value of `change_log.kind`. Equal content already on record is not written again."""
    line = {
        "changed_at": changed_at or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "kind": kind,
        "subject": subject,
        "breaks_comparability": breaks_comparability,
        "detail": detail,
        **more,
    }
    folder.archive.mkdir(parents=True, exist_ok=True)
    needs_end = folder.changes.is_file() and not folder.changes.read_bytes().endswith((b"\n", b""[:0] or b"\n"))
    with folder.changes.open("ab") as file:
        file.write(
            (b"\n" if needs_end and folder.changes.stat().st_size else b"")
            + json.dumps(line, ensure_ascii=False).encode()
            + b"\n"
        )
        file.flush()
        os.fsync(file.fileno())


def guard_against_shrinking(
    folder: DataFolder, readings: pl.DataFrame, *, accept: bool, error: type[Exception]
) -> None:
    """Raise `error` where the latest crawl of a source returned under half of what its boards used to.

    Compared are the complete readings of the crawl with the sum of their boards' medians over the seven complete
    readings before, so that a crawl of fewer boards, or boards that failed, is no shrinking. With `accept` the crawl is
    accepted on record, and what was before it no longer counts.
    """
    accepted = {(c.get("subject"), c.get("crawl_id")) for c in read(folder) if c["kind"] == "accepted_shrink"}
    for source, crawl_id, postings, expected in shrunken(readings, accepted):
        if not accept:
            raise error(
                f"The latest crawl of {source} returned {postings:,} postings where its boards used to return {expected:,.0f}: "
                f"nothing is published; look at `rolemarket status`, then run `rolemarket build --accept` if it is true."
            )
        record(
            folder,
            "accepted_shrink",
            source,
            f"{postings:,} postings where the 7-run median is {expected:,.0f}",
            breaks_comparability=True,
            crawl_id=crawl_id,
        )


def shrunken(readings: pl.DataFrame, accepted: set[tuple[Any, Any]] = frozenset()) -> list[tuple[str, str, int, float]]:  # type: ignore[assignment]
    """Return source, crawl, postings and expected postings of each source whose latest crawl is under half its median."""
    found = []
    complete = readings.filter((pl.col("outcome") == "complete") & ~pl.col("is_sample")).sort("asked_at", "crawl_id")
    for (source,), runs in sorted(complete.group_by("source"), key=lambda item: item[0]):
        runs = runs.sort("asked_at", "crawl_id")  # noqa: PLW2901
        for crawl_id in runs["crawl_id"].unique(maintain_order=True):
            if (source, crawl_id) in accepted:
                start = runs.filter(pl.col("crawl_id") == crawl_id)["asked_at"].min()
                runs = runs.filter(pl.col("asked_at") >= start)  # noqa: PLW2901
        latest = runs["crawl_id"].last()
        if (source, latest) in accepted:
            continue
        medians = (
            runs.filter(pl.col("crawl_id") != latest)
            .group_by("board")
            .agg(pl.col("postings").tail(MEDIAN_RUNS).median().alias("median"))
        )
        now = runs.filter(pl.col("crawl_id") == latest).unique("board", keep="last").join(medians, on="board")
        expected = float(now["median"].sum())
        postings = int(now["postings"].sum())
        if postings < LEAST_SHARE * expected:
            found.append((source, latest, postings, expected))
    return found


def change_log(folder: DataFolder, vacancy: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Return the `change_log` table; a parser or a source that is new is first put on record.

    Outages are read from the crawls themselves: those in which at least half of a source's boards, and two of them,
    failed.
    """
    known = read(folder)
    parsers = [change for change in known if change["kind"] == "parser_version"]
    if not parsers or parsers[-1].get("version") != PARSER_VERSION:
        before = f"from {parsers[-1].get('version')}" if parsers else "the first"
        record(
            folder,
            "parser_version",
            "warehouse.enrich",
            f"Texts are interpreted by version {PARSER_VERSION} ({before}); every archived text is interpreted anew.",
            breaks_comparability=False,
            version=PARSER_VERSION,
        )
    sources_known = {change["subject"] for change in known if change["kind"] == "source_added"}
    real = vacancy.filter(~pl.col("provenance").is_in(["sample", "panel"]))
    for source, first in real.group_by("source").agg(pl.col("first_seen_at").min()).sort("source").iter_rows():
        if source not in sources_known:
            record(
                folder,
                "source_added",
                source,
                "The first posting of this source; totals over all sources do not compare across it.",
                breaks_comparability=True,
                changed_at=first.isoformat() + "Z",
            )
    rows = [
        {
            "changed_at": instant.astimezone(UTC).replace(tzinfo=None),
            "kind": change["kind"],
            "subject": str(change.get("subject") or ""),
            "breaks_comparability": bool(change.get("breaks_comparability")),
            "detail": str(change.get("detail") or ""),
        }
        for change in read(folder)
        if (instant := read_instant(change["changed_at"]))
    ]
    return (
        pl.concat([pl.DataFrame(rows, schema=_SCHEMA), outages(readings)])
        .unique()
        .sort("changed_at", "kind", "subject", "detail")
    )


def outages(readings: pl.DataFrame) -> pl.DataFrame:
    """Return the crawls in which at least half of a source's boards, and two, failed, as rows of `change_log`."""
    return (
        readings.filter(~pl.col("is_sample"))
        .group_by("source", "crawl_id")
        .agg(
            n=pl.len(),
            failed=(pl.col("outcome") == "failed").sum(),
            changed_at=pl.col("asked_at").min().str.slice(0, 19).str.to_datetime(strict=False),
        )
        .filter(
            (pl.col("failed") >= OUTAGE_BOARDS)
            & (pl.col("failed") >= OUTAGE_SHARE * pl.col("n"))
            & pl.col("changed_at").is_not_null()
        )
        .select(
            "changed_at",
            kind=pl.lit("outage"),
            subject="source",
            breaks_comparability=pl.lit(True),
            detail=pl.format("{} of {} boards failed; their openings were neither seen nor closed", "failed", "n"),
        )
        .cast(_SCHEMA)
    )
