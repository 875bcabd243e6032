"""Figures on requirements: which skills each role asks, side by side, and what is asked over the years."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, skill_shares, wording
from dashboard.figures import Figure, remembered
from dashboard.theme import ROLE_COLOURS
from dashboard.topics.scope import Scope, measured, of_rows, over_time, span_of

PROFILED = ("ml_engineer", "data_scientist", "software_engineer")
N_SKILLS = 15
PROFILE = {"skill": pl.String, "category": pl.String, "role": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
           "n_vacancies": pl.Int64, "n_employers": pl.Int64}  # fmt: skip


def profiles(scope: Scope, rows: np.ndarray) -> pl.DataFrame:
    """Return the share of each profiled role's vacancies at `rows` that ask each skill, with a 95% interval over employers, for the skills drawn.

    These are the skills that any role with enough vacancies and employers asks most.
    """
    held, role = scope.columns, scope.role
    places = np.array([*(PROFILED.index(name) if name in PROFILED else -1 for name in role.values), -1], dtype=np.int16)
    found = skill_shares.of_parts(held, places[role.codes[rows]], len(PROFILED), rows)
    is_shown = (found.n_vacancies >= clustered.FEWEST_VACANCIES) & (found.n_employers >= clustered.FEWEST_EMPLOYERS)
    most = np.where(is_shown, found.value, 0.0).max(axis=1)
    skills = held.skills.rows(named=True)
    order = sorted(np.flatnonzero(most > 0).tolist(), key=lambda place: (-most[place], skills[place]["skill"]))
    drawn = []
    for skill in order[:N_SKILLS]:
        for part, name in enumerate(PROFILED):
            if not is_shown[part] or not found.n_asking[skill, part]:
                continue
            value, n_employers = min(float(found.value[skill, part]), 1.0), int(found.n_employers[part])
            low, high = clustered.bounds(value, float(found.error[skill, part]), n_employers, is_share=True)
            drawn.append((skills[skill]["skill"], skills[skill]["category"], name, value, low, high, int(found.n_vacancies[part]), n_employers))  # fmt: skip
    return pl.DataFrame(drawn, schema=PROFILE, orient="row")


@remembered
def side_by_side(scope: Scope) -> Figure:
    """The skills on which the three roles differ most or that any of them asks most."""
    rows = scope.rows(only=scope.columns.has_text & scope.role.among(*PROFILED))
    table = profiles(scope, rows)
    top = table.group_by("skill").agg(most=pl.col("value").max(), spread=pl.col("value").max() - pl.col("value").min())
    drawn = table.join(top, on="skill", maintain_order="left").sort(
        "most", "skill", "role", descending=[True, False, False]
    )
    finding = "Too few vacancies of these roles in this view"
    if drawn.height:
        widest = top.sort("spread", "skill", descending=[True, False]).row(0, named=True)["skill"]
        at = drawn.filter(pl.col("skill") == widest)
        ranked = list(at.sort("value", descending=True).iter_rows(named=True))
        finding = f"The roles differ most in {widest}, {span_of(scope, rows)}: asked in " + wording.listed(
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
        subtitle=f"Share of vacancies that ask each skill, the {top.height} asked most; bars are 95% intervals over employers."
        if top.height
        else "",
        description="Skill profiles: "
        + "; ".join(
            f"{row['skill']}, {wording.name(row['role'])} {wording.figure(row['value'], 'share')}"
            for row in drawn.iter_rows(named=True)
        ),
        chart=charts.dots(drawn, unit="share", row="skill", series="role", names=PROFILED, colours=ROLE_COLOURS),
        table=drawn.drop("most", "spread"),
        source=of_rows(scope, rows),
    )


N_OVER_TIME = 60
ONE_SKILL = {"role": pl.String, "year": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n_vacancies": pl.Int64,
             "n_employers": pl.Int64}  # fmt: skip


def most_asked(scope: Scope) -> list[str]:
    """Return the skills that the whole snapshot asks most, at most 60, whatever the view."""
    held = scope.columns
    names = held.skills["skill"].to_list()
    most = np.argsort(-np.diff(held.asked_from), kind="stable")[:N_OVER_TIME]
    return [names[place] for place in most.tolist()]


@remembered
def skill_over_years(scope: Scope, skill: str) -> Figure:
    """The share of each profiled role's vacancies that ask one skill, by year."""
    held, role, year = scope.columns, scope.role, scope.year
    rows = scope.rows("period", only=held.has_text & role.among(*PROFILED))
    n_years = len(year.values)
    roles = np.array([*(PROFILED.index(name) if name in PROFILED else -1 for name in role.values), -1], dtype=np.int16)
    part = roles[role.codes[rows]] * n_years + year.codes[rows]
    place = held.skills["skill"].to_list().index(skill)
    found = skill_shares.of_parts(held, part, len(PROFILED) * n_years, rows, [place])
    drawn = []
    for k in np.flatnonzero(found.n_vacancies).tolist():
        n, n_employers, value = (
            int(found.n_vacancies[k]),
            int(found.n_employers[k]),
            min(float(found.value[place, k]), 1.0),
        )
        is_shown = n >= clustered.FEWEST_VACANCIES and n_employers >= clustered.FEWEST_EMPLOYERS
        bounds = clustered.bounds(value, float(found.error[place, k]), n_employers, is_share=True)
        estimate = (value, *bounds) if is_shown else (None, None, None)
        drawn.append((PROFILED[k // n_years], year.values[k % n_years], *estimate, n, n_employers))
    return over_time(
        scope,
        pl.DataFrame(drawn, schema=ONE_SKILL, orient="row"),
        key="skill_years",
        unit="share",
        what=f"{skill} asked",
        series="role",
        colours=ROLE_COLOURS,
        rows=rows,
        subtitle=f"Share of the vacancies with a text that ask for {skill}.",
    )


ASKED = {
    "asks_software": ("Software practice asked", "software-engineering practice beyond scripting"),
    "asks_ml": ("ML asked", "ML, AI or data-science skills"),
    "asks_math": ("Mathematics or statistics asked", "statistics or mathematics as knowledge or field of study"),
    "serves_models": ("Serving models", "putting models into production"),
}


IMPLIED = {
    "asks_software": "A title counts: nearly every vacancy for a software or ML engineer is read as asking software practice, so only the data scientists' line can move.",
    "asks_ml": "A title counts: nearly every vacancy for a data scientist is read as asking for ML, AI or data-science skills.",
}


@remembered
def asked_over_years(scope: Scope, flag: str) -> Figure:
    """The share of each role's vacancies that ask something, by year."""
    what, meaning = ASKED[flag]
    asked, rows = scope.columns.flags[flag], scope.rows("period", only=scope.role.among(*PROFILED))
    table = clustered.shares(scope.columns, asked, {"role": scope.role, "year": scope.year}, rows)
    return over_time(
        scope,
        table,
        key=f"{flag}_years",
        unit="share",
        what=what,
        series="role",
        colours=ROLE_COLOURS,
        rows=measured(asked, rows),
        subtitle=f"Share of vacancies that ask for {meaning}.",
        caveats=(IMPLIED[flag],) if flag in IMPLIED else (),
    )
