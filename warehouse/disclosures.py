"""What employers' disclosures of pay say of roles: medians of annual pay by role, and by role and employer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from warehouse.employers import aliases, name_key
from warehouse.enrich.composition import enrich
from warehouse.enrich.money import PERIODS_PER_YEAR

LEAST_CASES = 30
"""Fewer cases than this behind a role's median and it is not kept."""
LEAST_CASES_OF_EMPLOYER = 10
"""The same for one employer's: each case is an offer with the force of law, not an answer to a survey."""
PLAUSIBLE_USD_YEAR = (15_000, 2_000_000)
"""Outside, an hourly wage was declared per year or the other way round."""

_UNITS = {**PERIODS_PER_YEAR, "bi-weekly": 26.0}
_CASE = {
    "decided_on": pl.String,
    "employer": pl.String,
    "title": pl.String,
    "pay_low": pl.Float64,
    "pay_unit": pl.String,
    "n": pl.Int32,
}
_KEY = ("source", "decided_on", "employer", "title", "occupation", "place", "pay_low", "pay_high", "pay_unit")


def disclosed_pay(records: Sequence[Mapping[str, Any]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the series `lca_median_pay` and `lca_median_pay_by_employer` of archived `DisclosedPay` lines.

    Columns: `series`, `period_on` (first day of the year of decision), `place`, `grouping` (a role; a role and an
    employer), `value` (USD per year of full-time work, the median over cases of the lower end offered), `n` cases. A
    title's role is the classifier's; cases without one are left out. A later line of the same cases replaces an earlier one.
    """
    last = {tuple(record.get(name) for name in _KEY): record for record in records}
    cases = pl.DataFrame(
        [{name: line.get(name) for name in _CASE} for line in last.values()], schema=_CASE, strict=False
    )
    titles = cases.select(title=pl.col("title").unique(maintain_order=True)).with_columns(
        id=pl.int_range(pl.len()), text=pl.lit("")
    )
    roles = titles.select("title", role=enrich(titles)["role_strict"]) if titles.height else _no_roles()
    employers = cases.select(pl.col("employer").unique(maintain_order=True)).with_columns(
        key=pl.col("employer").map_elements(_employer_key, return_dtype=pl.String)
    )
    known = (
        cases.join(roles, on="title", how="left", maintain_order="left")
        .join(employers, on="employer", how="left", maintain_order="left")
        .with_columns(
            period_on=pl.col("decided_on").str.slice(0, 4).str.to_date("%Y", strict=False),
            value=pl.col("pay_low")
            * pl.col("pay_unit").str.to_lowercase().replace_strict(_UNITS, default=None, return_dtype=pl.Float64),
        )
        .filter(
            (pl.col("role") != "other")
            & pl.col("value").is_between(*PLAUSIBLE_USD_YEAR)
            & pl.col("period_on").is_not_null()
            & (pl.col("n") > 0)
        )
    )
    spelling = (
        known.group_by("key", "employer")
        .agg(pl.col("n").sum())
        .sort("n", "employer", descending=[True, False])
        .group_by("key", maintain_order=True)
        .agg(pl.col("employer").first().alias("name"))
    )
    each = (
        known.select(pl.col("period_on", "role", "key", "value").repeat_by("n"))
        .explode("period_on", "role", "key", "value")
        .join(spelling, on="key", how="left", maintain_order="left")
        .with_columns(by_employer=pl.format("{} at {}", "role", "name"))
    )
    return (
        _medians(each, "lca_median_pay", "role", LEAST_CASES),
        _medians(each, "lca_median_pay_by_employer", "by_employer", LEAST_CASES_OF_EMPLOYER),
    )


def _medians(each: pl.DataFrame, series: str, grouping: str, least: int) -> pl.DataFrame:
    return (
        each.group_by("period_on", pl.col(grouping).alias("grouping"))
        .agg(pl.col("value").median(), pl.len().cast(pl.Int32).alias("n"))
        .filter(pl.col("n") >= least)
        .with_columns(series=pl.lit(series), place=pl.lit("US"))
        .sort("period_on", "grouping")
    )


def _employer_key(name: str) -> str:
    key = name_key(name) or name.casefold()
    return aliases().get(key, key)


def _no_roles() -> pl.DataFrame:
    return pl.DataFrame(schema={"title": pl.String, "role": pl.String})
