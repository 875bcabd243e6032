"""Exchange rates that crawls have read, with the bundled ones where no crawl did."""

from __future__ import annotations

from datetime import date

import polars as pl

from warehouse.enrich.money import Rate, usd_per_unit

SERIES = "ecb_usd_per_unit"


def crawled_rates(benchmark: pl.DataFrame) -> Rate:
    """Return the rate of the archived series `ecb_usd_per_unit` of a `benchmark` frame, else the bundled `usd_per_unit`.

    A month after the last one archived takes the last one's, for currencies that still had a rate in it.
    """
    rows = benchmark.filter(pl.col("series") == SERIES).select("grouping", "period_on", "value")
    known: dict[tuple[str, date], float] = {(currency, month): value for currency, month, value in rows.iter_rows()}
    last = max((month for _, month in known), default=None)

    def rate(currency: str | None, month_on: date | None) -> float | None:
        if currency is None or month_on is None or last is None or currency == "USD":
            return usd_per_unit(currency, month_on)
        found = known.get((currency, min(month_on.replace(day=1), last)))
        return usd_per_unit(currency, month_on) if found is None else found

    return rate
