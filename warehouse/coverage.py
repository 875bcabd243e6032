"""Which boards answered and which fields could be told, by source and month, so that a share can be read with its base."""

from __future__ import annotations

import polars as pl

from warehouse.crawl_log import IS_ANSWERED
from warehouse.schema.tables import CODEBOOK

FIELDS = (*(column.name for column in CODEBOOK), "posted_at", "employer_name", "pay_low_usd_year", "market")

_SCHEMA = {
    "source": pl.String,
    "month_on": pl.Date,
    "subject": pl.String,
    "n": pl.Int32,
    "n_known": pl.Int32,
    "known_share": pl.Float64,
}


def coverage(vacancy: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Return the `coverage` table of a frame of vacancies and the board readings; invented samples do not count.

    A vacancy belongs to the month it was first seen; a board to every month it was asked in, answered in at least one
    reading of that month or not.
    """
    real = vacancy.filter(pl.col("provenance") != "sample").with_columns(
        month_on=pl.col("first_seen_at").dt.truncate("1mo").dt.date()
    )
    known = (
        real.group_by("source", "month_on")
        .agg(pl.len().alias("n"), *(pl.col(name).is_not_null().sum().alias(name) for name in FIELDS))
        .unpivot(FIELDS, index=["source", "month_on", "n"], variable_name="subject", value_name="n_known")
    )
    asked = (
        readings.filter(~pl.col("is_sample"))
        .with_columns(month_on=pl.col("asked_at").str.slice(0, 7).str.to_date("%Y-%m", strict=False))
        .drop_nulls("month_on")
        .group_by("source", "month_on", "board")
        .agg(is_known=IS_ANSWERED.any())
        .group_by("source", "month_on")
        .agg(n=pl.len(), n_known=pl.col("is_known").sum())
        .with_columns(subject=pl.lit("boards"))
    )
    columns = ["source", "month_on", "subject", "n", "n_known"]
    return (
        pl.concat(
            [
                known.select(columns).cast({"n": pl.Int32, "n_known": pl.Int32}),
                asked.select(columns).cast({"n": pl.Int32, "n_known": pl.Int32}),
            ]
        )
        .with_columns(known_share=pl.col("n_known") / pl.col("n"))
        .select(list(_SCHEMA))
        .cast(_SCHEMA)
        .sort("source", "month_on", "subject")
    )
