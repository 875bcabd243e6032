"""Figures on degrees: who must hold a master's or a doctorate, and how that moves."""

from __future__ import annotations

from dashboard import clustered
from dashboard.figures import Figure, remembered
from dashboard.theme import ROLE_COLOURS
from dashboard.topics.scope import Scope, compared, measured, named, over_time
from warehouse.schema.tables import DS_MLE, ROLES, SIZE_CLASSES

ADVANCED = ("master", "phd")
SHOWN_OVER_TIME = ("ml_engineer", "data_scientist", "research_scientist", "software_engineer")
NOTE = "A degree that is only preferred, or named as one of several, is not required; see the codebook's rules on the methods page."


@remembered
def required_by_role(scope: Scope, degree: str) -> Figure:
    """The share of each role's vacancies that require at least this degree."""
    least = ADVANCED if degree == "master" else ("phd",)
    words = "a master's or doctorate" if degree == "master" else "a doctorate"
    flag, rows = scope.columns.coded["degree_min"].flag(*least), scope.rows(only=scope.role.known())
    table = clustered.shares(scope.columns, flag, {"role": scope.role}, rows)
    return compared(
        scope,
        named(table, "role", ROLES),
        rows=measured(flag, rows),
        key=f"degree_{degree}_role",
        unit="share",
        what=f"Vacancies that require {words}",
        subtitle="Share by role, 95% intervals over employers.",
        caveats=(NOTE,) if degree == "master" else (),
    )


@remembered
def by_size(scope: Scope) -> Figure:
    """The share of modelling vacancies that require a master's or doctorate, by employer size."""
    held = scope.columns
    flag, rows = held.coded["degree_min"].flag(*ADVANCED), scope.rows("size", only=scope.role.among(*DS_MLE))
    table = clustered.shares(held, flag, {"size": held.coded["size"]}, rows)
    return compared(
        scope,
        named(table, "size", SIZE_CLASSES),
        rows=measured(flag, rows),
        key="degree_size",
        unit="share",
        what="Modelling vacancies that require a master's or doctorate, by employer size",
        subtitle="Data scientists, ML engineers and research scientists; employers whose size no source tells are “not told”.",
    )


@remembered
def over_years(scope: Scope) -> Figure:
    """The share that require a master's or doctorate by year, by role."""
    flag = scope.columns.coded["degree_min"].flag(*ADVANCED)
    rows = scope.rows("period", only=scope.role.among(*SHOWN_OVER_TIME))
    table = clustered.shares(scope.columns, flag, {"role": scope.role, "year": scope.year}, rows)
    return over_time(
        scope, table, key="degree_years", unit="share", what="A master's or doctorate required", series="role", colours=ROLE_COLOURS,
        rows=measured(flag, rows), subtitle="Share of vacancies that require one, by year.",
    )  # fmt: skip
