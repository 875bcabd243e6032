"""Figures on pay: bands by role, level and market in one tier of evidence at a time, and how often pay is disclosed."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, wording
from dashboard.columns import Columns
from dashboard.figures import Figure, remembered
from dashboard.theme import ROLE_COLOURS
from dashboard.topics.scope import Scope, compared, extremes, measured, named, of_rows, over_time, said, span_of
from warehouse.schema.tables import LEVELS, MARKETS, ROLES

COMPARED = ("ml_engineer", "data_scientist", "software_engineer")
USD = "USD per year"
CAVEATS = (
    "Only advertised base pay; on-target earnings, bonus and equity stay out. Bands are the middle half of vacancies, not an error.",
    "Other currencies are converted at the month's rate first; places differ in cost of living, so compare within a market.",
)
FEW_NAMED = 4
TIERS = {
    "structured": "Given by the source as numbers",
    "text": "Read from the text",
    "estimate": "Estimated by the source",
}


def of_tier(held: Columns, tier: str) -> np.ndarray:
    """Return for every vacancy whether it has base pay of one tier of evidence."""
    return held.is_base & held.coded["pay_tier"].among(tier)


@remembered
def bands(scope: Scope, tier: str, by: str) -> Figure:
    """The middle half of base pay by `by`: role, level or market, of one tier."""
    held = scope.columns
    order = {"role": ROLES, "level": LEVELS, "market": MARKETS}[by]
    kinds = {"role": scope.role} if by == "role" else {"role": scope.role, by: held.coded[by]}
    only = of_tier(held, tier) & (scope.role.known() if by == "role" else scope.role.among(*COMPARED))
    rows = scope.rows(only=only)
    table = clustered.quartiles(held, held.pay, kinds, rows)
    paid = rows[~np.isnan(held.pay[rows])]
    table = named(table, by, order)
    if by != "role":
        table = table.with_columns(
            group=pl.col("group") + " · " + pl.Series([wording.name(role) for role in table["role"]], dtype=pl.String)
        )
    table = table.with_columns(kind=pl.col("role"))
    shown = table.filter(pl.col("value").is_not_null())
    few = [row["group"] for row in table.filter(pl.col("value").is_null()).iter_rows(named=True)]
    few_note = []
    if few and by != "role":
        named_ones = wording.listed(few) if len(few) <= FEW_NAMED else f"{len(few)} pairs of {by} and role"
        few_note = [f"Too few to draw, in the table with their counts: {named_ones}."]
    finding = f"Base pay by {by}: too few vacancies state it in this view"
    if by == "role" and (ends := extremes(table)):
        low, high = ends
        finding = f"Median advertised base pay, {span_of(scope, paid)}: from {wording.figure(low['value'], USD)} ({low['group']}) to {wording.figure(high['value'], USD)} ({high['group']})"
    elif by != "role" and shown.height > 1:
        ml, swe = (shown.filter(pl.col("role") == role) for role in ("ml_engineer", "software_engineer"))
        both = ml.join(swe, on=by, suffix="_swe")
        if both.height == 1:
            one = both.row(0, named=True)
            place = wording.name(one[by]) if by == "market" else f"{wording.name(one[by]).lower()} {by}"
            finding = (
                (f"At {place}" if by == "level" else f"In the {place}" if one[by] == "US" else f"In {place}")
                + f" the median pay is {wording.figure(one['value'], USD)} for ML engineers and {wording.figure(one['value_swe'], USD)} for software engineers, {span_of(scope, paid)}"
            )
        elif both.height:
            above = both.filter(pl.col("value") > pl.col("value_swe")).height
            finding = f"ML engineers' median pay is above software engineers' in {above} of the {both.height} {by}s with enough of both, {span_of(scope, paid)}"
        else:
            finding = f"Base pay by {by} and role"
    return Figure(
        key=f"pay_{by}",
        finding=finding,
        subtitle=f"Middle half and median of advertised base pay, USD a year. {TIERS[tier]}.",
        description=f"Base pay by {by}: {said(table, USD)}.",
        chart=charts.ranges(table if by == "role" else shown, unit=USD, colours=ROLE_COLOURS) if table.height else None,
        table=table.drop("kind"),
        source=of_rows(scope, paid),
        caveats=[*(CAVEATS if by == "role" else ()), *few_note],
    )


@remembered
def disclosure(scope: Scope, by: str) -> Figure:
    """The share of vacancies that state base pay, by role or market: pay figures speak for these alone."""
    key, order = {"role": (scope.role, ROLES), "market": (scope.columns.coded["market"], MARKETS)}[by]
    flag, rows = scope.columns.is_pay_stated, scope.rows()
    table = clustered.shares(scope.columns, flag, {by: key}, rows)
    return compared(
        scope, named(table, by, order), rows=measured(flag, rows), key=f"disclosure_{by}", unit="share", what=f"Vacancies that state their pay, by {by}",
        subtitle="Pay figures speak for these vacancies alone.",
    )  # fmt: skip


@remembered
def disclosure_over_years(scope: Scope) -> Figure:
    """The share of vacancies that state pay by year."""
    flag, rows = scope.columns.is_pay_stated, scope.rows("period", only=scope.role.among(*COMPARED))
    table = clustered.shares(scope.columns, flag, {"role": scope.role, "year": scope.year}, rows)
    return over_time(
        scope, table, key="disclosure_years", unit="share", what="Pay stated", series="role", colours=ROLE_COLOURS,
        rows=measured(flag, rows), subtitle="Share of vacancies that state base pay, by year.",
    )  # fmt: skip
