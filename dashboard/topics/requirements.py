"""Figures on requirements: which skills each role asks, side by side, and what is asked over the years."""

from __future__ import annotations

import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.theme import ROLE_COLOURS
from dashboard.topics.scope import HAS_TEXT, YEAR, Scope, over_time

PROFILED = ("ml_engineer", "data_scientist", "software_engineer")
IN_PROFILED = "(" + ", ".join(f"'{role}'" for role in PROFILED) + ")"
N_SKILLS = 15

PROFILE = """
WITH seen AS (SELECT v.vacancy_id, v.employer_id, {by} AS part FROM vacancy v WHERE {where} AND {has_text}),
employed AS (SELECT part, employer_id, count(*) AS m FROM seen GROUP BY ALL),
whole AS (SELECT part, sum(m) AS n, count(*) AS n_employers, sum(m * m) AS mm FROM employed GROUP BY ALL),
asked AS (SELECT k.skill_id, s.part, s.employer_id, count(*) AS s FROM seen s JOIN vacancy_skill k USING (vacancy_id) GROUP BY ALL),
summed AS (SELECT a.skill_id, a.part, sum(a.s) AS s, sum(a.s * a.s) AS ss, sum(a.s * e.m) AS sm
  FROM asked a JOIN employed e USING (part, employer_id) GROUP BY ALL)
SELECT d.skill_id, d.name AS skill, d.category, u.part, u.s / w.n AS value, u.s::BIGINT AS n_asking, w.n::BIGINT AS n_vacancies,
  w.n_employers::BIGINT AS n_employers,
  sqrt(greatest(u.ss - 2 * (u.s / w.n) * u.sm + (u.s / w.n) ** 2 * w.mm, 0) * w.n_employers / greatest(w.n_employers - 1, 1)) / w.n AS error
FROM summed u JOIN whole w USING (part) JOIN skill d USING (skill_id) ORDER BY d.skill_id, u.part
"""
"""The share of vacancies that ask each skill, in each part (`by`) of a view, with its standard error over employers."""


def profiles(scope: Scope) -> pl.DataFrame:
    """Return the share of each profiled role's vacancies that ask each skill, with a 95% interval over employers."""
    raw = snapshot.ask(
        scope.path,
        PROFILE.format(by=scope.role, where=f"{scope.where()} AND {scope.role} IN {IN_PROFILED}", has_text=HAS_TEXT),
    )
    rows = []
    for row in raw.iter_rows(named=True):
        is_shown = row["n_vacancies"] >= clustered.FEWEST_VACANCIES and row["n_employers"] >= clustered.FEWEST_EMPLOYERS
        value = min(row["value"], 1.0)
        low, high = (
            clustered.bounds(value, row["error"], row["n_employers"], is_share=True) if is_shown else (None, None)
        )
        rows.append({"skill": row["skill"], "category": row["category"], "role": row["part"]} | {"value": value if is_shown else None, "low": low, "high": high,
                     "n_vacancies": row["n_vacancies"], "n_employers": row["n_employers"]})  # fmt: skip
    schema = {"skill": pl.String, "category": pl.String, "role": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
              "n_vacancies": pl.Int64, "n_employers": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


@remembered
def side_by_side(scope: Scope) -> Figure:
    """The skills on which the three roles differ most or that any of them asks most."""
    table = profiles(scope)
    shown = table.filter(pl.col("value").is_not_null())
    top = (
        shown.group_by("skill").agg(most=pl.col("value").max(), spread=pl.col("value").max() - pl.col("value").min())
        .sort("most", "skill", descending=[True, False]).head(N_SKILLS)
    )  # fmt: skip
    drawn = shown.join(top, on="skill", maintain_order="left").sort(
        "most", "skill", "role", descending=[True, False, False]
    )
    finding = "Too few vacancies of these roles in this view"
    if drawn.height:
        widest = top.sort("spread", "skill", descending=[True, False]).row(0, named=True)["skill"]
        at = drawn.filter(pl.col("skill") == widest)
        ranked = list(at.sort("value", descending=True).iter_rows(named=True))
        finding = f"The roles differ most in {widest}, {scope.span()}: asked in " + wording.listed(
            [
                f"{wording.figure(row['value'], 'share')} of vacancies for {wording.people(row['role'])}"
                if place == 0
                else f"{wording.figure(row['value'], 'share')} for {wording.people(row['role'])}"
                for place, row in enumerate(ranked)
            ]
        )
    return Figure(
        key="skill_profiles",
        finding=finding,
        subtitle=f"Share of vacancies that ask each skill, the {top.height} asked most; bars are 95% intervals over employers.",
        description="Skill profiles: "
        + "; ".join(
            f"{row['skill']}, {wording.name(row['role'])} {wording.figure(row['value'], 'share')}"
            for row in drawn.iter_rows(named=True)
        ),
        chart=charts.dots(drawn, unit="share", row="skill", series="role", colours=ROLE_COLOURS),
        table=drawn.drop("most", "spread"),
        source=scope.source(),
    )


ASKED = {
    "asks_software": ("Software practice asked", "software-engineering practice beyond scripting"),
    "asks_ml": ("ML asked", "ML, AI or data-science skills"),
    "asks_math": ("Mathematics or statistics asked", "statistics or mathematics as knowledge or field of study"),
    "serves_models": ("Serving models", "putting models into production"),
}


@remembered
def asked_over_years(scope: Scope, flag: str) -> Figure:
    """The share of each role's vacancies that ask something, by year."""
    what, meaning = ASKED[flag]
    table = clustered.shares(
        scope.path,
        f"v.{flag}",
        {"role": scope.role, "year": YEAR},
        f"{scope.where('period')} AND {scope.role} IN {IN_PROFILED}",
    )
    return over_time(
        scope,
        table,
        key=f"{flag}_years",
        unit="share",
        what=what,
        series="role",
        colours=ROLE_COLOURS,
        subtitle=f"Share of vacancies that ask for {meaning}.",
    )
