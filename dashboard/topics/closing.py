"""Figures on closing times: Kaplan–Meier curves of open days, with left-truncated vacancies out and open ones censored."""

from __future__ import annotations

import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.theme import BLUE, GREEN, OCHRE, PURPLE, ROLE_COLOURS, VERMILION
from dashboard.topics.scope import Scope, said

CAVEATS = (
    "A vacancy still open counts up to its last sighting (right-censored); one first seen when its board was first read is left out, since it may have been open before.",
    "Closing is known only to lie between the last sighting and the first complete reading without it; the middle of the two is used. Closed is not the same as filled.",
)
CURVE = """
WITH lives AS (
  SELECT {group} AS series, v.employer_id, NOT v.is_right_censored AND v.open_days_high IS NOT NULL AS is_closed,
    round(CASE WHEN NOT v.is_right_censored AND v.open_days_high IS NOT NULL THEN (v.open_days_low + v.open_days_high) / 2 ELSE v.open_days_low END) AS day
  FROM vacancy v WHERE {where} AND NOT v.is_left_truncated AND v.open_days_low IS NOT NULL AND v.provenance = 'crawl'
), sizes AS (SELECT series, count(*) AS n_vacancies, count(DISTINCT employer_id) AS n_employers, count(*) FILTER (is_closed) AS n_closed FROM lives GROUP BY ALL),
days AS (SELECT series, day, count(*) FILTER (is_closed) AS closed, count(*) AS gone FROM lives GROUP BY ALL),
risk AS (SELECT series, day, closed, sum(gone) OVER (PARTITION BY series ORDER BY day DESC) AS at_risk FROM days)
SELECT series, day, exp(sum(CASE WHEN closed >= at_risk THEN -50 ELSE ln(1 - closed / at_risk) END) OVER w) AS value,
  sum(CASE WHEN at_risk > closed THEN closed / (at_risk * (at_risk - closed)) ELSE 0 END) OVER w AS greenwood,
  at_risk::BIGINT AS at_risk, n_vacancies, n_employers, n_closed
FROM risk JOIN sizes USING (series) WHERE series IS NOT NULL WINDOW w AS (PARTITION BY series ORDER BY day) ORDER BY series, day
"""
BANDS = "CASE WHEN v.years_min < 3 THEN 'Under 3 years' WHEN v.years_min < 7 THEN '3 to 7 years' WHEN v.years_min >= 7 THEN '7 years and more' END"
BAND_COLOURS = {"Under 3 years": BLUE, "3 to 7 years": OCHRE, "7 years and more": VERMILION}
MARKET_COLOURS = {"US": BLUE, "India": VERMILION, "Singapore": GREEN, "Europe": PURPLE, "other": OCHRE}


@remembered
def curves(scope: Scope, by: str) -> Figure:
    """The share still open after so many days, by experience asked, market or role."""
    group, colours = {
        "years": (BANDS, BAND_COLOURS),
        "market": ("v.market", MARKET_COLOURS),
        "role": (scope.role, ROLE_COLOURS),
    }[by]
    only = f" AND {scope.role} IN ('ml_engineer', 'data_scientist', 'software_engineer')" if by == "role" else ""
    raw = snapshot.ask(scope.path, CURVE.format(group=group, where=scope.where() + only))
    is_shown = (pl.col("n_vacancies") >= clustered.FEWEST_VACANCIES) & (
        pl.col("n_employers") >= clustered.FEWEST_EMPLOYERS
    )
    shown = raw.filter(is_shown).with_columns(error=pl.col("value") * pl.col("greenwood").sqrt())
    shown = shown.with_columns(
        low=(pl.col("value") - 1.96 * pl.col("error")).clip(0, 1), high=(pl.col("value") + 1.96 * pl.col("error")).clip(0, 1)
    ).drop("greenwood", "error")  # fmt: skip
    medians = median_days(shown)
    finding = "No closing time can be told in this view: closing needs boards that were crawled again and again"
    if medians.height:
        finding = "Half of the vacancies close within " + "; ".join(
            f"{wording.figure(row['value'], 'days')} ({wording.name(row['series'])})" if row["value"] is not None else f"more days than observed ({wording.name(row['series'])})"
            for row in medians.iter_rows(named=True)
        )  # fmt: skip
    few = sorted(set(raw["series"].to_list()) - set(shown["series"].to_list()))
    notes = list(CAVEATS) if by == "years" else []
    if few:
        notes.append(f"Too few vacancies or employers to show: {wording.listed([wording.name(name) for name in few])}.")
    return Figure(
        key=f"closing_{by}",
        finding=finding,
        subtitle="Share of vacancies still open by days since first seen, with 95% intervals (Greenwood).",
        description=f"Kaplan–Meier curves by {by}. Medians: {said(medians.rename({'series': 'group'}), 'days')}.",
        chart=charts.survival(
            shown,
            colours=colours,
            labels={
                row[
                    "series"
                ]: f"{wording.name(row['series'])}: half closed within {wording.figure(row['value'], 'days')}"
                if row["value"] is not None
                else f"{wording.name(row['series'])}: most still open"
                for row in medians.iter_rows(named=True)
            },
        )
        if shown.height
        else None,
        table=shown,
        source=scope.source(),
        caveats=notes,
    )


def median_days(curve: pl.DataFrame) -> pl.DataFrame:
    """Return the first day at which at most half are still open, by series; null where that is not reached."""
    rows = [
        {
            "series": name[0],
            "value": next((row["day"] for row in part.sort("day").iter_rows(named=True) if row["value"] <= 0.5), None),
            "n_vacancies": part["n_vacancies"][0],
        }
        for name, part in curve.group_by("series", maintain_order=True)
    ]
    return pl.DataFrame(rows, schema={"series": pl.String, "value": pl.Float64, "n_vacancies": pl.Int64})
