"""Figures on closing times: Kaplan–Meier curves of open days, with left-truncated vacancies out and open ones censored."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, wording
from dashboard.columns import Coded, Columns, n_distinct
from dashboard.figures import Figure, remembered
from dashboard.theme import BLUE, GREEN, OCHRE, PURPLE, ROLE_COLOURS, VERMILION
from dashboard.topics.scope import Scope, compared, extremes, group_name, named, of_rows, said
from warehouse.schema.tables import ROLES

CAVEATS = (
    "A vacancy still open counts up to its last sighting (right-censored); one first seen when its board was first read is left out, since it may have been open before.",
    "Closing is known only to lie between the last sighting and the first complete reading without it; the middle of the two is used. Closed is not the same as filled.",
)
CURVE = {"series": pl.String, "day": pl.Float64, "value": pl.Float64, "greenwood": pl.Float64, "at_risk": pl.Int64, "n_vacancies": pl.Int64,
         "n_employers": pl.Int64, "n_closed": pl.Int64}  # fmt: skip
BAND_COLOURS = {"Under 3 years": BLUE, "3 to 7 years": OCHRE, "7 years and more": VERMILION}
MARKET_COLOURS = {"US": BLUE, "India": VERMILION, "Singapore": GREEN, "Europe": PURPLE, "other": OCHRE}


def kaplan_meier(held: Columns, series: Coded, rows: np.ndarray) -> pl.DataFrame:
    """Return the share still open by day for the vacancies at `rows`, with Greenwood's sum, by `series`."""
    parts = [pl.DataFrame(schema=CURVE)]
    codes = series.codes[rows]
    for code, name in enumerate(series.values):
        of_series = rows[np.flatnonzero(codes == code)]
        if not len(of_series):
            continue
        days, is_closed = held.open_days[of_series], held.is_closed[of_series]
        closed, gone = np.bincount(days[is_closed], minlength=days.max() + 1), np.bincount(days)
        seen = np.flatnonzero(gone)
        closed, at_risk = closed[seen].astype(np.float64), np.cumsum(gone[::-1])[::-1][seen].astype(np.float64)
        is_rest = at_risk > closed
        with np.errstate(divide="ignore"):
            greenwood = np.where(is_rest, closed / (at_risk * np.maximum(at_risk - closed, 1)), 0)
        parts.append(
            pl.DataFrame(
                {"series": [str(name)] * len(seen), "day": seen.astype(np.float64), "value": np.cumprod(1 - closed / at_risk),
                 "greenwood": np.cumsum(greenwood), "at_risk": at_risk.astype(np.int64), "n_vacancies": [len(of_series)] * len(seen),
                 "n_employers": [n_distinct(held.employer[of_series])] * len(seen), "n_closed": [int(is_closed.sum())] * len(seen)},
                schema=CURVE,
            )
        )  # fmt: skip
    return pl.concat(parts).sort("series", "day")


@remembered
def curves(scope: Scope, by: str) -> Figure:
    """The share still open after so many days, by experience asked, market or role."""
    held = scope.columns
    series, colours = {
        "years": (held.coded["years_band"], BAND_COLOURS),
        "market": (held.coded["market"], MARKET_COLOURS),
        "role": (scope.role, ROLE_COLOURS),
    }[by]
    only = held.open_days >= 0
    if by == "role":
        only = only & scope.role.among("ml_engineer", "data_scientist", "software_engineer")
    rows = scope.rows(only=only)
    raw = kaplan_meier(held, series, rows)
    is_shown = (pl.col("n_vacancies") >= clustered.FEWEST_VACANCIES) & (
        pl.col("n_employers") >= clustered.FEWEST_EMPLOYERS
    )
    shown = raw.filter(is_shown).with_columns(error=pl.col("value") * pl.col("greenwood").sqrt())
    shown = shown.with_columns(
        low=(pl.col("value") - 1.96 * pl.col("error")).clip(0, 1), high=(pl.col("value") + 1.96 * pl.col("error")).clip(0, 1)
    ).drop("greenwood", "error")  # fmt: skip
    medians = median_days(shown)
    names = {name: group_name(by, name) for name in raw["series"].unique()}
    finding = "No closing time can be told in this view: closing needs boards that were crawled again and again"
    if medians.height:
        finding = "Half of the vacancies close within " + "; ".join(
            f"{wording.figure(row['value'], 'days')} ({names[row['series']]})" if row["value"] is not None else f"more days than observed ({names[row['series']]})"
            for row in medians.iter_rows(named=True)
        )  # fmt: skip
    few = sorted(set(raw["series"].to_list()) - set(shown["series"].to_list()))
    notes = list(CAVEATS) if by == "years" else []
    if few:
        notes.append(f"Too few vacancies or employers to show: {wording.listed([names[name] for name in few])}.")
    return Figure(
        key=f"closing_{by}",
        finding=finding,
        subtitle="Share of vacancies still open by days since first seen, with 95% intervals (Greenwood).",
        description=f"Kaplan–Meier curves by {by}. Medians: {said(medians.rename({'series': 'group'}), 'days')}.",
        chart=charts.survival(
            shown,
            colours=colours,
            labels={
                row["series"]: f"{names[row['series']]}: half closed within {wording.figure(row['value'], 'days')}"
                if row["value"] is not None
                else f"{names[row['series']]}: most still open"
                for row in medians.iter_rows(named=True)
            },
        )
        if shown.height
        else None,
        table=shown,
        source=of_rows(scope, rows) if shown.height else scope.source(),
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


FORUMS = ("hackernews", "hn")
"""Sources where an opening stays up by being posted again, month after month."""
NOT_CLOSING = "This is not a closing time: nothing in these data says when a vacancy was taken down."


@remembered
def posted_again(scope: Scope) -> Figure | None:
    """The share of a forum's vacancies that were posted again in a later month, by role; None where the view holds no forum."""
    held = scope.columns
    rows = scope.rows(only=held.coded["source"].among(*FORUMS) & scope.role.known())
    if not len(rows):
        return None
    flag = (held.n_postings > 1).astype(np.int8)
    table = named(clustered.shares(held, flag, {"role": scope.role}, rows), "role", ROLES)
    return compared(
        scope,
        table,
        key="posted_again",
        unit="share",
        what="Vacancies on a monthly forum that were posted again in a later month",
        subtitle="Share by role, 95% intervals over employers. An opening that is posted again was not filled by its first month, or is one of several.",
        caveats=(NOT_CLOSING,),
        rows=rows,
    )


@remembered
def age_when_last_seen(scope: Scope) -> Figure | None:
    """How many days after its posting a board's vacancy was last seen, by role; None where no board tells when it posted."""
    held = scope.columns
    rows = scope.rows(only=~held.coded["source"].among(*FORUMS) & scope.role.known() & (held.age_days >= 0))
    if not len(rows):
        return None
    age = held.age_days.astype(np.float64)
    table = named(clustered.quartiles(held, age, {"role": scope.role}, rows), "role", ROLES)
    table = table.with_columns(kind=pl.col("role"))
    finding = "Too few vacancies with a day of posting in this view"
    if ends := extremes(table):
        low, high = ends
        finding = (
            f"Half of the vacancies had been up for {wording.figure(low['value'], 'days')} ({low['group']}) to "
            f"{wording.figure(high['value'], 'days')} ({high['group']}) or more when they were last seen"
        )
    return Figure(
        key="age_when_last_seen",
        finding=finding,
        subtitle="Days from the source's own date of posting to the last sighting: median, and the middle half of vacancies (not an error).",
        description=f"Age when last seen, by role. {said(table, 'days')}.",
        chart=charts.ranges(table, unit="days", colours=ROLE_COLOURS),
        table=table.drop("kind"),
        source=of_rows(scope, rows),
        caveats=(
            f"{NOT_CLOSING} The last sighting is when the source was last read, so an age is a lower bound on how long the vacancy stayed up.",
            "Vacancies that stay up for long are more likely to be seen, so they weigh more here than among all that are posted.",
        ),
    )
