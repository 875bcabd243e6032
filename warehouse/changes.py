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
from warehouse.vacancies.lifetimes import GONE

MEDIAN_RUNS = 7
LEAST_SHARE = 0.5
OUTAGE_SHARE = 0.5
OUTAGE_BOARDS = 2
LEFT_ALONE = r"^circuit open|^robots\.txt of \S+ could not be read"
"""Reasons with which boards are refused because their backend is down."""

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
    said = folder.changes.read_bytes() if folder.changes.is_file() else b""
    torn_end = b"\n" if said and not said.endswith(b"\n") else b""
    with folder.changes.open("ab") as file:
        file.write(torn_end + json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def guard_against_shrinking(
    folder: DataFolder, readings: pl.DataFrame, *, accept: bool, error: type[Exception]
) -> None:
    """Raise `error` where the latest crawl of a source returned under half of what its boards used to.

    Compared is what the boards that answered have, by their last complete reading, with the sum of their medians over the
    seven complete readings before: a crawl of fewer boards, or boards that failed, is no shrinking, and a board that says
    that it is unchanged since it shrank still is one. With `accept` the crawl is accepted on record, and what was before
    it no longer counts.
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
    """Return source, crawl, postings and expected postings of each source of which boards have under half their medians."""
    found = []
    answered = readings.filter(pl.col("outcome").is_in(["complete", "unchanged"]) & ~pl.col("is_sample"))
    for (source,), runs in sorted(answered.group_by("source"), key=lambda item: item[0]):
        runs = runs.sort("asked_at", "crawl_id")  # noqa: PLW2901
        latest = runs["crawl_id"].last()
        if (source, latest) in accepted:
            continue
        asked = runs.filter(pl.col("crawl_id") == latest).select(pl.col("board").unique())
        for crawl_id in runs["crawl_id"].unique(maintain_order=True):
            if (source, crawl_id) in accepted:
                start = runs.filter(pl.col("crawl_id") == crawl_id)["asked_at"].min()
                runs = runs.filter(pl.col("asked_at") >= start)  # noqa: PLW2901
        boards = (
            runs.filter(pl.col("outcome") == "complete")
            .join(asked, on="board", how="semi")
            .with_columns(is_last=pl.col("crawl_id") == pl.col("crawl_id").last().over("board"))
            .group_by("board")
            .agg(
                pl.col("postings").last(),
                median=pl.col("postings").filter(~pl.col("is_last")).tail(MEDIAN_RUNS).median(),
            )
            .drop_nulls("median")
        )
        expected = float(boards["median"].sum())
        postings = int(boards["postings"].sum())
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
    """Return the crawls in which at least half of a source's boards, and two, failed, as rows of `change_log`.

    Boards that were left alone because their backend kept failing failed with it; a board that is gone (404, 410) or
    that nobody may ask did not.
    """
    is_down = (pl.col("outcome") == "failed") & ~pl.col("status").is_in(GONE).fill_null(False)
    is_left_alone = (pl.col("outcome") == "refused") & pl.col("reason").str.contains(LEFT_ALONE).fill_null(False)
    return (
        readings.filter(~pl.col("is_sample"))
        .group_by("source", "crawl_id")
        .agg(
            n=pl.len(),
            failed=(is_down | is_left_alone).sum(),
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
