"""Figures on the half-life of skills: in how many years the share of vacancies that ask a skill halves, or doubles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl

from dashboard import charts, clustered, skill_shares, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.scope import Scope

GROUPS = {"DS/MLE": "Data scientists and ML engineers", "SWE": "Software engineers"}
FEWEST_YEARS = 4
N_EACH_WAY = 8
CAVEATS = (
    "A straight line through the logarithm of each year's share, each year weighed by its error over employers. A skill's share halves or doubles at this rate only if the years to come are like those seen.",
    "What is asked follows what is known by months or years, and names of tools change faster than knowledge. The list of skills is of today: a tool that came and went before it was written is not seen.",
)
SCHEMA = {"group": pl.String, "skill": pl.String, "category": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
          "years_to_halve": pl.Float64, "years_to_double": pl.Float64, "n_years": pl.Int64, "n_vacancies": pl.Int64,
          "n_employers": pl.Int64, "is_shown": pl.Boolean}  # fmt: skip


def slopes(years: np.ndarray, shares: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each row of shares by year, the yearly change of the logarithm and the half-width of its 95% interval.

    A share with no standard error counts for nothing; a row needs three that have one. Weights are the inverse variances on the
    log scale; where the years scatter more than those say, the error grows by the square root of their reduced chi-squared.
    """
    is_known = errors > 0
    w = np.where(is_known, (shares / np.where(is_known, errors, 1)) ** 2, 0)
    y = np.log(np.where(is_known, shares, 1))
    total = w.sum(axis=1, keepdims=True)
    x = years - (w * years).sum(axis=1, keepdims=True) / total
    from_mean = y - (w * y).sum(axis=1, keepdims=True) / total
    spread = (w * x**2).sum(axis=1)
    rate = (w * x * from_mean).sum(axis=1) / spread
    chi2 = (w * (from_mean - rate[:, None] * x) ** 2).sum(axis=1)
    degrees = is_known.sum(axis=1) - 2
    quantiles = np.array([clustered.t_quantile(n) for n in degrees.tolist()])
    return rate, quantiles * np.sqrt(np.maximum(1.0, chi2 / degrees) / spread)


def _counted(scope: Scope) -> np.ndarray:
    """Return by source, side (SWE, DS/MLE) and year whether it has vacancies and employers enough."""
    held = scope.columns
    rows = scope.rows("period", only=held.has_text & (scope.sides() >= 0))
    shape = (len(held.coded["source"].values) + 1, 2, len(scope.year.values))
    cell = (held.coded["source"].codes[rows].astype(np.int32) * 2 + scope.sides()[rows]) * shape[2] + scope.year.codes[
        rows
    ]
    n_cells = math.prod(shape)
    n = np.bincount(cell, minlength=n_cells)
    starts, _ = skill_shares.runs(held.employer[rows])
    is_seen = np.zeros((len(starts), n_cells), dtype=bool)
    place = np.zeros(len(rows), dtype=np.int32)
    place[starts[1:]] = 1
    is_seen[np.cumsum(place, dtype=np.int32), cell] = True
    is_enough = (n >= clustered.FEWEST_VACANCIES) & (is_seen.sum(axis=0) >= clustered.FEWEST_EMPLOYERS)
    return is_enough.reshape(shape)


@remembered
def _asked(scope: Scope) -> tuple[str, list[np.ndarray], skill_shares.SkillShares | None]:
    """Return the source that reaches furthest, the places of its years with vacancies enough by side, and its shares by side and year.

    Sources differ in who posts and are not pooled over time. Both sides are counted at once.
    """
    held = scope.columns
    is_enough = _counted(scope)
    reaches = is_enough.sum(axis=(1, 2))
    furthest = int(np.argmax(reaches))
    if not reaches[furthest]:
        return "", [np.array([], dtype=np.int64)] * 2, None
    source = held.coded["source"].values[furthest]
    sides = scope.sides()
    rows = scope.rows("period", "source", only=held.has_text & (sides >= 0) & held.coded["source"].among(source))
    n_years = len(scope.year.values)
    part = sides[rows].astype(np.int16) * n_years + scope.year.codes[rows]
    found = skill_shares.of_parts(held, part, 2 * n_years, rows)
    return source, [np.flatnonzero(is_enough[furthest, side]) for side in (0, 1)], found


def rates(scope: Scope, among: str) -> tuple[pl.DataFrame, str, list[int]]:
    """Return the yearly change of each skill's share among a group's vacancies, with the source and years it rests on.

    Skills asked in fewer than 30 vacancies or in fewer than four years are left out.
    """
    source, places, found = _asked(replace(scope, filters=replace(scope.filters, period="all")))
    side = 1 if among == "DS/MLE" else 0
    if found is None or len(places[side]) < FEWEST_YEARS:
        return pl.DataFrame(schema=SCHEMA), "", []
    years = np.array(scope.year.values)[places[side]]
    parts = places[side] + side * len(scope.year.values)
    shares, errors, asking = found.value[:, parts], found.error[:, parts], found.n_asking[:, parts]
    n_years, n_asking = (errors > 0).sum(axis=1), asking.sum(axis=1)
    kept = np.flatnonzero((n_years >= FEWEST_YEARS) & (n_asking >= clustered.FEWEST_VACANCIES))
    skills = scope.columns.skills[kept]
    rate, reach = slopes(years.astype(np.float64), shares[kept], errors[kept])
    n_employers = np.where(asking > 0, found.n_employers[parts], 0).max(axis=1)
    years_to = math.log(2) / np.abs(rate)
    table = skills.select("skill", "category", group="skill").with_columns(
        value=np.expm1(rate), low=np.expm1(rate - reach), high=np.expm1(rate + reach),
        years_to_halve=pl.Series(np.where(rate + reach < 0, years_to, np.nan)).fill_nan(None),
        years_to_double=pl.Series(np.where(rate - reach > 0, years_to, np.nan)).fill_nan(None),
        n_years=n_years[kept], n_vacancies=n_asking[kept], n_employers=n_employers[kept], is_shown=pl.lit(True),
    )  # fmt: skip
    return table.select(*SCHEMA).cast(SCHEMA).sort("value", "skill"), source, years.tolist()


@remembered
def halving(scope: Scope, among: str) -> Figure:
    """The skills whose share falls and rises fastest over the years of one source, with their half-life."""
    table, source, years = rates(scope, among)
    falling = table.filter(pl.col("years_to_halve").is_not_null())
    rising = table.filter(pl.col("years_to_double").is_not_null())
    drawn = pl.concat([falling.head(N_EACH_WAY), rising.tail(N_EACH_WAY)])
    drawn = drawn.with_columns(
        label=pl.Series(
            [
                f"halves in {row['years_to_halve']:.1f} years"
                if row["years_to_halve"]
                else f"doubles in {row['years_to_double']:.1f} years"
                for row in drawn.iter_rows(named=True)
            ],
            dtype=pl.String,
        )
    )
    finding = f"{GROUPS[among]}: no source in this view reaches over {FEWEST_YEARS} years, so no half-life can be told"
    if years:
        parts = [
            f"{row['skill']} {verb} every {row[column]:.1f} years"
            for rows, verb, column in ((falling.head(1), "halved", "years_to_halve"), (rising.tail(1), "doubled", "years_to_double"))
            for row in rows.iter_rows(named=True)
        ]  # fmt: skip
        who = wording.people("software_engineer") if among == "SWE" else "data scientists and ML engineers"
        finding = (
            f"The share of vacancies for {who} that ask {', and the share that ask '.join(parts)}, {min(years)}–{max(years)}"
            if parts
            else f"No skill's share of the vacancies for {who} clearly falls or rises, {min(years)}–{max(years)}"
        )
    unclear = table.height - falling.height - rising.height
    caveats = [
        f"{wording.plural(falling.height, 'skill')} clearly fall, {wording.count(rising.height)} clearly rise, {wording.count(unclear)} show no clear change; "
        f"drawn are the {N_EACH_WAY} fastest each way. Of skills that stand still, one in twenty would look as if it moved."
    ]
    if scope.filters.period != "all":
        caveats.append("The filter on period does not apply here: a half-life needs all years.")
    found = scope.summary() if not years else None
    return Figure(
        key=f"half_life_{'ds_mle' if among == 'DS/MLE' else 'swe'}",
        finding=finding,
        subtitle="Yearly change of the share of vacancies that ask a skill, with its 95% interval.",
        description="Yearly change by skill: "
        + "; ".join(f"{row['group']} {row['label']}" for row in drawn.iter_rows(named=True)),
        chart=charts.intervals(drawn, unit="share", row_height=36, title="change of the share a year")
        if drawn.height
        else None,
        table=drawn,
        source=scope.source()
        if found
        else f"{wording.name(source)} alone, {min(years)}–{max(years)} · skills asked in at least {clustered.FEWEST_VACANCIES} vacancies",
        caveats=[*(caveats if years else ()), *(CAVEATS if years and among == next(iter(GROUPS)) else ())],
    )
