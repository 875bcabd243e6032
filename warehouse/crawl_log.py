"""What was asked, what answered and what could not be used: the crawl log of a snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from warehouse import archive
from warehouse.instants import instant_column, read_instant
from warehouse.schema import DataFolder
from warehouse.schema.records import NEWEST_ONLY

IS_ANSWERED = pl.col("outcome").is_in(["complete", "unchanged"]) | (
    (pl.col("outcome") == "partial") & (pl.col("reason") == NEWEST_ONLY).fill_null(False)
)
"""Whether a reading went as far as its source lets it: feeds of the newest postings are never complete."""
_LOG_SCHEMA = {
    "crawl_id": pl.String,
    "source": pl.String,
    "board": pl.String,
    "company": pl.String,
    "asked_at": pl.Datetime("us"),
    "answered_at": pl.Datetime("us"),
    "status": pl.Int64,
    "outcome": pl.String,
    "reason": pl.String,
    "postings": pl.Int64,
    "quarantined": pl.Int64,
    "pages": pl.Int64,
    "bytes": pl.Int64,
    "is_truncated": pl.Boolean,
    "is_sample": pl.Boolean,
}


def crawl_log(folder: DataFolder, readings: pl.DataFrame, problems: list[archive.LineProblem]) -> pl.DataFrame:
    """Return what was asked, what answered and what could not be used, one row per reading or kind of failure."""
    asked = (
        readings.with_columns(instant_column("asked_at"), instant_column("answered_at"))
        .select(list(_LOG_SCHEMA))
        .cast(_LOG_SCHEMA)
    )
    quarantined, torn = archive.read_all(folder.quarantine)
    empty = dict.fromkeys(_LOG_SCHEMA) | {
        "postings": 0,
        "quarantined": 0,
        "pages": 0,
        "bytes": 0,
        "is_truncated": False,
        "is_sample": False,
    }
    failures = [
        empty
        | {
            "crawl_id": str(line.get("crawl_id") or ""),
            "source": str((line.get("record") or {}).get("source") or ""),
            "board": str((line.get("record") or {}).get("board") or ""),
            "asked_at": _parsed(line.get("quarantined_at")),
            "outcome": "quarantined",
            "reason": str(line.get("reason") or ""),
            "quarantined": 1,
        }
        for line in quarantined
    ]
    failures += [
        empty
        | {
            "crawl_id": p.crawl_id,
            "source": "archive",
            "board": p.file,
            "outcome": "truncated_line",
            "reason": p.reason,
        }
        for p in [*problems, *torn]
    ]
    failed = (
        pl.DataFrame(failures, schema=_LOG_SCHEMA, orient="row")
        .group_by("crawl_id", "source", "board", "outcome", "reason")
        .agg(
            pl.col("company", "status", "answered_at").first(),
            pl.col("asked_at").min(),
            pl.col("quarantined", "postings", "pages", "bytes").sum(),
            pl.col("is_truncated", "is_sample").first(),
        )
        .select(list(_LOG_SCHEMA))
    )
    return pl.concat([asked, failed]).sort(
        "crawl_id", "source", "board", "outcome", "reason", "asked_at", nulls_last=True
    )


def _parsed(text: Any) -> datetime | None:
    instant = read_instant(text) if isinstance(text, str) else None
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None
