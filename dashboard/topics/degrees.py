"""Figures on degrees: who must hold a master's or a doctorate, and how that moves."""

from __future__ import annotations

from dashboard import clustered
from dashboard.figures import Figure, remembered
from dashboard.theme import ROLE_COLOURS
from dashboard.topics.scope import YEAR, Scope, compared, named, over_time
from warehouse.schema.tables import ROLES, SIZE_CLASSES

ADVANCED = "v.degree_min IN ('master', 'phd')"
SHOWN_OVER_TIME = "('ml_engineer', 'data_scientist', 'research_scientist', 'software_engineer')"
NOTE = "A degree that is only preferred, or named as one of several, is not required; see the codebook's rules on the methods page."


@remembered
def required_by_role(scope: Scope, degree: str) -> Figure:
    """The share of each role's vacancies that require at least this degree."""
    flag = ADVANCED if degree == "master" else "v.degree_min = 'phd'"
    words = "a master's or doctorate" if degree == "master" else "a doctorate"
    table = clustered.shares(
        scope.path, f"CASE WHEN v.degree_min IS NOT NULL THEN {flag} END", {"role": scope.role}, scope.where()
    )
    return compared(
        scope,
        named(table.filter(table["role"].is_not_null()), "role", ROLES),
        key=f"degree_{degree}_role",
        unit="share",
        what=f"Vacancies that require {words}",
        subtitle="Share by role, 95% intervals over employers.",
        caveats=(NOTE,) if degree == "master" else (),
    )


@remembered
def by_size(scope: Scope) -> Figure:
    """The share of modelling vacancies that require a master's or doctorate, by employer size."""
    table = clustered.shares(
        scope.path,
        f"CASE WHEN v.degree_min IS NOT NULL THEN {ADVANCED} END",
        {"size": "(SELECT e.size_class FROM employer e WHERE e.employer_id = v.employer_id)"},
        f"{scope.where('size')} AND {scope.is_one_of('DS/MLE')}",
    )
    return compared(
        scope,
        named(table, "size", SIZE_CLASSES),
        key="degree_size",
        unit="share",
        what="Modelling vacancies that require a master's or doctorate, by employer size",
        subtitle="Data scientists, ML engineers and research scientists; employers whose size no source tells are “not told”.",
    )


@remembered
def over_years(scope: Scope) -> Figure:
    """The share that require a master's or doctorate by year, by role."""
    table = clustered.shares(
        scope.path,
        f"CASE WHEN v.degree_min IS NOT NULL THEN {ADVANCED} END",
        {"role": scope.role, "year": YEAR},
        f"{scope.where('period')} AND {scope.role} IN {SHOWN_OVER_TIME}",
    )
    return over_time(
        scope, table, key="degree_years", unit="share", what="A master's or doctorate required", series="role", colours=ROLE_COLOURS,
        subtitle="Share of vacancies that require one, by year.",
    )  # fmt: skip
