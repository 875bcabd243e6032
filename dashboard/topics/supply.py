"""Figures on supply and demand: people who seek work per opening, same forum and month."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.columns import n_distinct
from dashboard.figures import Figure, remembered
from dashboard.theme import BLUE, VERMILION
from dashboard.topics.closing import FORUMS
from dashboard.topics.scope import Scope, of_rows
from warehouse.schema.tables import DS_MLE

GROUPS = {"DS/MLE": BLUE, "SWE": VERMILION}
SEEKERS = """
WITH sought AS (SELECT source, month_on, CASE WHEN role IN {modelling} THEN 'DS/MLE' WHEN role = 'software_engineer' THEN 'SWE' END AS side,
  sum(n_seekers) AS seekers FROM supply_month GROUP BY ALL),
offered AS (SELECT v.source, date_trunc('month', coalesce(v.posted_at, v.first_seen_at))::DATE AS month_on,
  CASE WHEN {role} IN {modelling} THEN 'DS/MLE' WHEN {role} = 'software_engineer' THEN 'SWE' END AS side, count(*) AS openings, count(DISTINCT v.employer_id) AS employers
  FROM vacancy v WHERE {where} AND v.source IN (SELECT DISTINCT source FROM supply_month) GROUP BY ALL)
SELECT s.side, year(s.month_on) AS year, sum(s.seekers)::BIGINT AS n_seekers, sum(o.openings)::BIGINT AS n_vacancies, max(o.employers)::BIGINT AS n_employers,
  sum(s.seekers) / sum(o.openings) AS value, count(*) AS n_months,
  exp(ln(sum(s.seekers) / sum(o.openings)) - 1.96 * sqrt(1 / sum(s.seekers) + 1 / sum(o.openings))) AS low,
  exp(ln(sum(s.seekers) / sum(o.openings)) + 1.96 * sqrt(1 / sum(s.seekers) + 1 / sum(o.openings))) AS high
FROM sought s JOIN offered o USING (source, month_on, side) WHERE s.side IS NOT NULL AND s.seekers > 0 GROUP BY ALL ORDER BY 1, 2
"""
OPENINGS = {"side": pl.String, "year": pl.Date, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n_vacancies": pl.Int64,
            "n_employers": pl.Int64, "n_months": pl.Int64}  # fmt: skip
MODELLING = "(" + ", ".join(f"'{role}'" for role in DS_MLE) + ")"


@remembered
def seekers_per_opening(scope: Scope) -> Figure:
    """Seekers per opening by year, DS/MLE beside SWE."""
    table = snapshot.ask(
        scope.path,
        SEEKERS.format(
            modelling=MODELLING,
            role=f"v.{scope.filters.role_column}",
            where=scope.filters.where("period", "source", "level", "market", "size"),
        ),
    )
    shown = table.filter((pl.col("n_vacancies") >= 30) & (pl.col("n_employers") >= 8)).with_columns(
        year=pl.date(pl.col("year"), 1, 1)
    )
    finding = "No month has both seekers and openings of the same forum"
    if shown.height:
        last = shown["year"].max()
        now = {row["side"]: row for row in shown.filter(pl.col("year") == last).iter_rows(named=True)}
        finding = f"In {last.year}, " + " and ".join(
            f"{wording.figure(row['value'], 'ratio')} people sought {side} work per opening"
            for side, row in sorted(now.items())
        )
    return Figure(
        key="seekers_per_opening",
        finding=finding,
        subtitle="People who posted that they seek work, per opening of the same forum, months with both only.",
        description="Seekers per opening: "
        + "; ".join(
            f"{r['side']} {r['year'].year} {wording.figure(r['value'], 'ratio')}" for r in shown.iter_rows(named=True)
        ),
        chart=charts.trend(
            shown, unit="ratio", series="side", colours=GROUPS, breaks=scope.breaks(per_source=True), zero=True
        )
        if shown.height
        else None,
        table=shown,
        source=scope.source() if shown.height else "",
        caveats=(
            "Seekers and openings of one forum, not of the market. Intervals take both counts as Poisson.",
            *scope.break_notes(),
        ),
    )


@remembered
def openings_a_month(scope: Scope) -> Figure:
    """Openings a month on a forum by year, DS/MLE beside SWE: demand, which is all that can be told where no seekers were counted."""
    held, sides, year = scope.columns, scope.sides(), scope.year
    rows = scope.rows(
        "period", "source", "level", "market", "size", only=held.coded["source"].among(*FORUMS) & (sides >= 0)
    )
    months = held.day[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    drawn = []
    for code, number in enumerate(year.values):
        of_year = np.flatnonzero(year.codes[rows] == code)
        n_months = len(np.unique(months[of_year]))
        for side, name in ((1, "DS/MLE"), (0, "SWE")):
            of_side = rows[of_year[np.flatnonzero(sides[rows[of_year]] == side)]]
            n, n_employers = len(of_side), n_distinct(held.employer[of_side])
            if n >= clustered.FEWEST_VACANCIES and n_employers >= clustered.FEWEST_EMPLOYERS:
                reach = 1.96 * math.sqrt(n)
                drawn.append((name, dt.date(number, 1, 1), n / n_months, (n - reach) / n_months, (n + reach) / n_months, n, n_employers, n_months))  # fmt: skip
    table = pl.DataFrame(drawn, schema=OPENINGS, orient="row")
    finding = "No forum with both kinds of openings in this view"
    if table.height:
        last = table["year"].max()
        now = table.filter(pl.col("year") == last).sort("side")
        finding = f"Demand alone: in {last.year} the forum had " + " and ".join(
            f"{wording.figure(row['value'])} {row['side']} openings a month" for row in now.iter_rows(named=True)
        )
    return Figure(
        key="openings_a_month",
        finding=finding,
        subtitle="Openings of the monthly forum by year, each counted in the month it was first posted.",
        description="Openings a month: "
        + "; ".join(f"{r['side']} {r['year'].year} {r['value']:,.0f}" for r in table.iter_rows(named=True)),
        chart=charts.trend(table, unit=None, series="side", colours=GROUPS, zero=True) if table.height else None,
        table=table,
        source=of_rows(scope, rows),
        caveats=(
            "This snapshot holds no posts of people who seek work, so nothing here says how many compete for an opening. Collect them with “rolemarket crawl”.",
            "What one forum shows, not the market: its readership grew and shrank too. Intervals take the count as Poisson.",
        ),
    )


@remembered
def seekers_by_role(scope: Scope) -> Figure:
    """Seekers by role, whole period."""
    table = snapshot.ask(
        scope.path,
        "SELECT role, sum(n_seekers)::BIGINT AS value, min(month_on) AS from_on, max(month_on) AS to_on FROM supply_month GROUP BY role ORDER BY value DESC, role",
    ).with_columns(group=pl.col("role"))
    table = table.with_columns(group=pl.Series([wording.name(role) for role in table["role"]], dtype=pl.String))
    total = int(table["value"].sum() or 0)
    return Figure(
        key="seekers",
        finding=f"{wording.count(total)} posts of people who seek work, by the role they name"
        if total
        else "No posts of people who seek work in this snapshot",
        subtitle="Counted by month and role; no text and no name is kept.",
        description="Seekers by role: "
        + "; ".join(f"{r['group']} {wording.count(r['value'])}" for r in table.iter_rows(named=True)),
        chart=charts.bars(table, unit=None) if table.height else None,
        table=table,
        source=f"{wording.days_between(table['from_on'].min(), table['to_on'].max())}" if table.height else "",
    )
