"""When a posting and a vacancy were seen, closed and reopened, by what complete readings of a board prove."""

from __future__ import annotations

from datetime import datetime

import polars as pl

MEDIAN_RUNS = 7
LEAST_SHARE_OF_MEDIAN = 0.25
GONE = (404, 410)


def evidence(readings: pl.DataFrame) -> pl.DataFrame:
    """Return the readings of each board in order, each with what its silence proves.

    In: the columns of `BoardReading` with `asked_at` and `answered_at` as instants. Out, per `source`, `board`:
    `reading` (0, 1, …), `crawl_id`, `read_at`, `weight` (2 for a 404 or 410, 1 for a reading whose silence counts, else
    0), `proof` (their running sum), `stands_until` (the last reading in a row that vouches this one is unchanged).
    """
    board = ["source", "board"]
    ordered = (
        readings.with_columns(read_at=pl.coalesce("answered_at", "asked_at"))
        .sort(*board, "asked_at", "crawl_id", "outcome")
        .unique([*board, "crawl_id"], keep="last", maintain_order=True)
        .with_columns(
            is_complete=(pl.col("outcome") == "complete") & ~pl.col("is_truncated"),
            is_gone=pl.col("status").is_in(GONE).fill_null(False) & (pl.col("outcome") != "complete"),
            reading=pl.int_range(pl.len(), dtype=pl.Int64).over(board),
        )
    )
    complete = (
        ordered.filter(pl.col("is_complete"))
        .with_columns(
            median=pl.col("postings")
            .shift(1)
            .rolling_median(MEDIAN_RUNS, min_samples=1)
            .over(board, order_by="reading")
        )
        .select(
            *board,
            "reading",
            is_enough=(pl.col("postings") >= LEAST_SHARE_OF_MEDIAN * pl.col("median")).fill_null(True),
        )
    )
    counted = ordered.join(complete, on=[*board, "reading"], how="left").sort(*board, "reading")
    base = pl.when(pl.col("is_complete")).then(pl.col("reading")).forward_fill().over(board, order_by="reading")
    base_is_enough = (
        pl.when(pl.col("is_complete")).then(pl.col("is_enough")).forward_fill().over(board, order_by="reading")
    )
    is_unchanged = (pl.col("outcome") == "unchanged") & base.is_not_null()
    return (
        counted.with_columns(
            weight=pl.when("is_gone")
            .then(2)
            .when(pl.col("is_complete"))
            .then(pl.col("is_enough").cast(pl.Int32))
            .when(is_unchanged)
            .then(base_is_enough.cast(pl.Int32))
            .otherwise(0),
            base=pl.when(is_unchanged).then(base).otherwise(pl.col("reading")),
        )
        .with_columns(proof=pl.col("weight").cum_sum().over(board, order_by="reading"))
        .with_columns(stands_until=pl.col("reading").max().over([*board, "base"]))
        .select(
            *board, "reading", "crawl_id", "asked_at", "read_at", "status", "is_gone", "weight", "proof", "stands_until"
        )
        .sort(*board, "reading")
    )


def spans(sightings: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Return for each posting when it was seen first and last, closed and reopened.

    `sightings`: `key`, `source`, `board`, `crawl_id`, `sighted_at`. `readings`: the result of `evidence`. Out, one row
    per `key`: `first_seen_at`, `last_seen_at`, `n_sightings`, `absent_at` (the first reading that proves it absent after
    its last sighting), `closed_at`, `closed_reason`, `reopened`, `first_reading`, `last_reading` (the board's readings
    so far; -1 before the first), `is_at_first_reading`.
    """
    board = ["source", "board"]
    own = readings.select(*board, "crawl_id", "reading", "weight", "proof", "stands_until")
    seen = sightings.join(own, on=[*board, "crawl_id"], how="left")
    before = readings.select(
        *board,
        pl.col("asked_at").alias("sighted_at"),
        pl.col("reading").alias("reading_before"),
        pl.col("proof").alias("proof_before"),
    ).sort("sighted_at")
    seen = seen.sort("sighted_at").join_asof(
        before, on="sighted_at", by=board, strategy="backward", check_sortedness=False
    )
    until = readings.select(
        *board,
        pl.col("reading").alias("stands_until"),
        pl.col("proof").alias("proof_until"),
        pl.col("read_at").alias("vouched_at"),
    )
    seen = (
        seen.join(until, on=[*board, "stands_until"], how="left")
        .with_columns(
            has_own=pl.col("reading").is_not_null(),
            position=pl.coalesce("reading", "reading_before", pl.lit(-1)),
            proof_at=pl.coalesce("proof_until", "proof", "proof_before", pl.lit(0)),
            proof_until_then=pl.coalesce(pl.col("proof") - pl.col("weight"), "proof_before", pl.lit(0)),
            seen_until=pl.max_horizontal(
                "sighted_at", pl.when(pl.col("stands_until") > pl.col("reading")).then("vouched_at")
            ),
            until_reading=pl.coalesce("stands_until", "reading", "reading_before", pl.lit(-1)),
        )
        .sort("key", "sighted_at", "crawl_id")
        .with_columns(
            absences=(pl.col("proof_until_then") - pl.col("proof_at").shift(1)).over(
                "key", order_by=["sighted_at", "crawl_id"]
            )
        )
    )
    first_crawl = (
        pl.concat(
            [
                sightings.select(*board, "crawl_id", pl.col("sighted_at").alias("at")),
                readings.select(*board, "crawl_id", pl.col("asked_at").alias("at")),
            ]
        )
        .group_by(*board, "crawl_id")
        .agg(pl.col("at").min())
        .sort("at", "crawl_id")
        .group_by(board, maintain_order=True)
        .agg(pl.col("crawl_id").first().alias("first_crawl"))
    )
    posting = (
        seen.group_by("key", maintain_order=True)
        .agg(
            pl.col("source").first(),
            pl.col("board").first(),
            pl.col("crawl_id").first(),
            first_seen_at=pl.col("sighted_at").first(),
            last_seen_at=pl.col("seen_until").max(),
            n_sightings=pl.len(),
            proof_at=pl.col("proof_at").last(),
            reopened=(pl.col("absences") >= 2).sum(),
            first_reading=pl.col("position").first(),
            last_reading=pl.col("until_reading").last(),
        )
        .join(first_crawl, on=board, how="left")
        .with_columns(is_at_first_reading=pl.col("crawl_id") == pl.col("first_crawl"))
    )
    proofs = readings.filter(pl.col("weight") > 0).select(*board, "proof", "read_at", "is_gone").sort("proof")

    def proved(n: int, prefix: str) -> pl.DataFrame:
        wanted = posting.select("key", *board, (pl.col("proof_at") + n).cast(pl.Int64).alias("proof")).sort("proof")
        found = wanted.join_asof(
            proofs.with_columns(pl.col("proof").cast(pl.Int64)),
            on="proof",
            by=board,
            strategy="forward",
            check_sortedness=False,
        )
        return found.select("key", pl.col("read_at").alias(f"{prefix}_at"), pl.col("is_gone").alias(f"{prefix}_gone"))

    return (
        posting.join(proved(1, "absent"), on="key", how="left")
        .join(proved(2, "closed"), on="key", how="left")
        .with_columns(
            closed_reason=pl.when(pl.col("closed_at").is_not_null()).then(
                pl.when("closed_gone").then(pl.lit("gone")).otherwise(pl.lit("absent_twice"))
            ),
        )
        .select(
            *(
                "key",
                "first_seen_at",
                "last_seen_at",
                "n_sightings",
                "absent_at",
                "closed_at",
                "closed_reason",
                "reopened",
            ),
            *("first_reading", "last_reading", "is_at_first_reading"),
        )
        .sort("key")
    )


def vacancy_spans(postings: pl.DataFrame) -> pl.DataFrame:
    """Return for each `vacancy_id` the span of all its postings (`spans` and `form`), with the censoring marks.

    A vacancy is closed when every posting of it is; it reopens when a posting returns, or a repost appears, after that.
    """
    ordered = postings.sort("vacancy_id", "first_seen_at", "key").with_columns(
        closed_before=pl.col("closed_at")
        .fill_null(datetime(9999, 1, 1))
        .cum_max()
        .shift(1)
        .over("vacancy_id", order_by=["first_seen_at", "key"])
    )
    day = 86_400_000_000
    return (
        ordered.group_by("vacancy_id", maintain_order=True)
        .agg(
            first_seen_at=pl.col("first_seen_at").min(),
            last_seen_at=pl.col("last_seen_at").max(),
            is_closed=pl.col("closed_at").is_not_null().all(),
            closed_at=pl.col("closed_at").max(),
            absent_at=pl.col("absent_at").max(),
            closed_reason=pl.col("closed_reason").sort_by("closed_at").last(),
            reopened=(pl.col("reopened").sum() + (pl.col("closed_before") <= pl.col("first_seen_at")).sum()).cast(
                pl.Int32
            ),
            is_left_truncated=(pl.col("is_at_first_reading") & (pl.col("form") != "comment")).first(),
            n_sightings=pl.col("n_sightings").sum().cast(pl.Int32),
            n_postings=pl.len().cast(pl.Int32),
        )
        .with_columns(
            closed_at=pl.when("is_closed").then("closed_at"),
            closed_reason=pl.when("is_closed").then("closed_reason"),
            is_right_censored=~pl.col("is_closed"),
            open_days_low=(pl.col("last_seen_at") - pl.col("first_seen_at")).dt.total_microseconds() / day,
            open_days_high=pl.when("is_closed").then(
                (pl.col("absent_at") - pl.col("first_seen_at")).dt.total_microseconds() / day
            ),
        )
        .drop("is_closed", "absent_at")
    )
