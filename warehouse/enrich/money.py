"""What pay is worth: per year of full-time work, in US dollars of the month, and in purchasing power at home."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import polars as pl
from currency_converter import CurrencyConverter

PERIODS_PER_YEAR = {"year": 1.0, "month": 12.0, "week": 52.0, "day": 260.0, "hour": 2080.0}
"""Full-time work: 52 weeks of 5 days of 8 hours."""

MONEY_COLUMNS = (
    "pay_low_year",
    "pay_high_year",
    "pay_low_usd_year",
    "pay_high_usd_year",
    "pay_low_ppp_usd_year",
    "pay_high_ppp_usd_year",
)


Rate = Callable[[str | None, date | None], float | None]
"""What gives the US dollars for one unit of a currency in the month of a day, null where it cannot tell."""


class Ppp(NamedTuple):
    """Units of `currency` that buy in a country what one international dollar buys in the United States, in `year`."""

    currency: str
    units: float
    year: int


@cache
def ppp_factors() -> dict[str, Ppp]:
    """Purchasing-power factors by ISO 3166 alpha-2 country, from `reference/ppp_factors.csv`.

    Source: World Bank, "PPP conversion factor, private consumption (LCU per international $)", PA.NUS.PRVT.PP, CC BY
    4.0. Private consumption, since pay is spent by households. A country without a sourced figure is not here.
    """
    lines = resources.files("warehouse.reference").joinpath("ppp_factors.csv").read_text("utf-8").splitlines()
    return {
        row["country"]: Ppp(row["currency"], float(row["units_per_international_dollar"]), int(row["year"]))
        for row in csv.DictReader(lines)
    }


def annualise(amounts: pl.Expr, period: pl.Expr) -> pl.Expr:
    """Return amounts per `period` (one of `PAY_PERIODS`) as amounts per year of full-time work; null where unknown."""
    return amounts * period.replace_strict(PERIODS_PER_YEAR, default=None, return_dtype=pl.Float64)


@cache
def _ecb() -> CurrencyConverter:
    return CurrencyConverter(fallback_on_missing_rate=True)


@lru_cache(maxsize=65_536)
def usd_per_unit(currency: str | None, month_on: date | None) -> float | None:
    """US dollars for one unit of `currency`: the mean of the ECB's daily reference rates of the month of `month_on`.

    A month after the last one known takes the last one's mean. Null outside the ECB's currencies and dates.
    """
    if currency is None or month_on is None or currency not in _ecb().currencies:
        return None
    if currency == "USD":
        return 1.0
    first = max(_start(currency), _start("USD"))
    last = min(_end(currency), _end("USD"))
    year, month = min((month_on.year, month_on.month), (last.year, last.month))
    if (last.year, last.month) < (_end("USD").year, _end("USD").month) and (month_on.year, month_on.month) > (
        year,
        month,
    ):
        return None  # a currency that no longer exists
    days = [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]
    rates = [
        _ecb().convert(1.0, currency, "USD", date=day) for day in days if first <= day <= last and day.weekday() < 5
    ]
    return sum(rates) / len(rates) if rates else None


def _start(currency: str) -> date:
    return date(1999, 1, 4) if currency == "EUR" else _ecb().bounds[currency].first_date


def _end(currency: str) -> date:
    return _ecb().bounds["USD" if currency == "EUR" else currency].last_date


def units_per_ppp_dollar(
    country: str | None, currency: str | None, month_on: date | None, rate: Rate = usd_per_unit
) -> float | None:
    """Units of `currency` worth one international dollar in `country`; null where no factor or no rate is known.

    Pay in a currency that is not the country's own is changed into it at the month's ECB rate first.
    """
    factor = ppp_factors().get(country or "")
    if factor is None or currency is None:
        return None
    if factor.currency == currency:
        return factor.units
    pay, home = rate(currency, month_on), rate(factor.currency, month_on)
    return factor.units * home / pay if pay and home else None


def with_money(
    rows: pl.DataFrame, *, dated: Sequence[str] = ("posted_at", "first_seen_at"), rate: Rate = usd_per_unit
) -> pl.DataFrame:
    """Return `rows` with `MONEY_COLUMNS`.

    `rows` has `pay_min, pay_max, pay_currency, pay_period, country` and at least one of the columns `dated` (date or
    instant); the first of these that is not null gives the month of the `rate`. Null in, null out.
    """
    given = [pl.col(name).cast(pl.Date, strict=False) for name in dated if name in rows.columns]
    months = rows.select(
        "country",
        "pay_currency",
        (pl.coalesce(given).dt.month_start() if given else pl.lit(None, pl.Date)).alias("month_on"),
    )
    keys = months.unique().drop_nulls("pay_currency").sort("country", "pay_currency", "month_on", nulls_last=True)
    factors = keys.with_columns(
        pl.Series("_usd", [rate(c, _as_date(m)) for _, c, m in keys.iter_rows()], dtype=pl.Float64),
        pl.Series(
            "_ppp", [units_per_ppp_dollar(k, c, _as_date(m), rate) for k, c, m in keys.iter_rows()], dtype=pl.Float64
        ),
    )
    found = months.join(
        factors, on=["country", "pay_currency", "month_on"], how="left", nulls_equal=True, maintain_order="left"
    )
    low, high = (annualise(pl.col(name), pl.col("pay_period")) for name in ("pay_min", "pay_max"))
    return (
        rows.drop(MONEY_COLUMNS, strict=False)
        .with_columns(found["_usd"], found["_ppp"])
        .with_columns(low.alias("pay_low_year"), high.alias("pay_high_year"))
        .with_columns(
            (pl.col("pay_low_year") * pl.col("_usd")).alias("pay_low_usd_year"),
            (pl.col("pay_high_year") * pl.col("_usd")).alias("pay_high_usd_year"),
            (pl.col("pay_low_year") / pl.col("_ppp")).alias("pay_low_ppp_usd_year"),
            (pl.col("pay_high_year") / pl.col("_ppp")).alias("pay_high_ppp_usd_year"),
        )
        .drop("_usd", "_ppp")
    )


def _as_date(instant: date | datetime | None) -> date | None:
    return instant.date() if isinstance(instant, datetime) else instant
