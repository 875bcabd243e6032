"""Figures on the half-life of skills: in how many years the share of vacancies that ask a skill halves, or doubles."""

from __future__ import annotations

import math

import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.requirements import PROFILE
from dashboard.topics.scope import HAS_TEXT, YEAR, Scope

GROUPS = {"DS/MLE": "Data scientists and ML engineers", "SWE": "Software engineers"}
FEWEST_YEARS = 4
N_EACH_WAY = 8
SIDE = "CASE WHEN {modelling} THEN 'DS/MLE' WHEN {software} THEN 'SWE' END"
YEARS = """
SELECT v.source, {side} AS side, {year}::INT AS year, count(*) AS n, count(DISTINCT v.employer_id) AS n_employers FROM vacancy v
WHERE {where} AND {has_text} GROUP BY ALL HAVING side IS NOT NULL AND n >= {fewest} AND n_employers >= {employers} ORDER BY v.source, side, year
"""
CAVEATS = (
    "A straight line through the logarithm of each year's share, each year weighed by its error over employers. A skill's share halves or doubles at this rate only if the years to come are like those seen.",
    "What is asked follows what is known by months or years, and names of tools change faster than knowledge. The list of skills is of today: a tool that came and went before it was written is not seen.",
)
SCHEMA = {"group": pl.String, "skill": pl.String, "category": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
          "years_to_halve": pl.Float64, "years_to_double": pl.Float64, "n_years": pl.Int64, "n_vacancies": pl.Int64,
          "n_employers": pl.Int64, "is_shown": pl.Boolean}  # fmt: skip


def slope(points: list[tuple[int, float, float]]) -> tuple[float, float]:
    """Return the yearly change of the logarithm of a share, and the half-width of its 95% interval.

    `points` are (year, share, standard error of the share). Weights are the inverse variances on the log scale; where the
    years scatter more than those say, the error grows by the square root of their reduced chi-squared.
    """
    rows = [(year, math.log(share), (share / error) ** 2) for year, share, error in points]
    total = sum(w for *_, w in rows)
    middle_x, middle_y = sum(w * x for x, _, w in rows) / total, sum(w * y for _, y, w in rows) / total
    spread = sum(w * (x - middle_x) ** 2 for x, _, w in rows)
    rate = sum(w * (x - middle_x) * (y - middle_y) for x, y, w in rows) / spread
    chi2 = sum(w * (y - middle_y - rate * (x - middle_x)) ** 2 for x, y, w in rows)
    degrees = len(rows) - 2
    return rate, clustered.t_quantile(degrees) * math.sqrt(max(1.0, chi2 / degrees) / spread)


def _source(scope: Scope, side: str) -> pl.DataFrame:
    """Return the source, sides and years that reach furthest; sources differ in who posts and are not pooled over time."""
    found = snapshot.ask(
        scope.path,
        YEARS.format(
            side=side, year=YEAR, where=scope.where("period"), has_text=HAS_TEXT,
            fewest=clustered.FEWEST_VACANCIES, employers=clustered.FEWEST_EMPLOYERS,
        ),
    )  # fmt: skip
    return max(found.partition_by("source"), key=lambda part: part.height, default=found)


def rates(scope: Scope, among: str) -> tuple[pl.DataFrame, str, list[int]]:
    """Return the yearly change of each skill's share among a group's vacancies, with the source and years it rests on.

    Skills asked in fewer than 30 vacancies or in fewer than four years are left out.
    """
    side = SIDE.format(modelling=scope.is_one_of("DS/MLE"), software=scope.is_one_of("SWE"))
    longest = _source(scope, side)
    years = longest.filter(pl.col("side") == among)["year"].to_list()
    if len(years) < FEWEST_YEARS:
        return pl.DataFrame(schema=SCHEMA), "", []
    source = longest["source"][0]
    # One question for both groups: the second is answered from memory.
    where = f"{scope.where('period', 'source')} AND v.source = '{source}' AND {side} IS NOT NULL"
    raw = snapshot.ask(scope.path, PROFILE.format(by=f"{side} || ' ' || {YEAR}", where=where, has_text=HAS_TEXT))
    raw = raw.with_columns(
        side=pl.col("part").str.split(" ").list.first(), part=pl.col("part").str.split(" ").list.last().cast(pl.Int32)
    ).filter((pl.col("side") == among) & pl.col("part").is_in(years))
    rows = []
    for (_,), part in raw.group_by("skill_id", maintain_order=True):
        asked = part.filter(pl.col("error") > 0)
        if asked.height < FEWEST_YEARS or part["n_asking"].sum() < clustered.FEWEST_VACANCIES:
            continue
        rate, reach = slope(list(zip(asked["part"], asked["value"], asked["error"], strict=True)))
        years_to = math.log(2) / abs(rate)
        rows.append(
            {"group": part["skill"][0], "skill": part["skill"][0], "category": part["category"][0],
             "value": math.expm1(rate), "low": math.expm1(rate - reach), "high": math.expm1(rate + reach),
             "years_to_halve": years_to if rate + reach < 0 else None, "years_to_double": years_to if rate - reach > 0 else None,
             "n_years": asked.height, "n_vacancies": int(part["n_asking"].sum()), "n_employers": int(part["n_employers"].max()), "is_shown": True}
        )  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA).sort("value", "skill"), source, years


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
            f"{row['skill']} {verb} in {row[column]:.1f} years"
            for rows, verb, column in ((falling.head(1), "halves", "years_to_halve"), (rising.tail(1), "doubles", "years_to_double"))
            for row in rows.iter_rows(named=True)
        ]  # fmt: skip
        who = wording.people("software_engineer") if among == "SWE" else "data scientists and ML engineers"
        finding = (
            f"At its pace of {min(years)}–{max(years)}, the share of vacancies for {who} that ask {' and that of '.join(parts)}"
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
        caveats=[*(caveats if years else ()), *CAVEATS],
    )
