"""Figures on seniority: which levels each role hires at, and how high its ladder reaches."""

from __future__ import annotations

import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.scope import Scope, compared, named
from warehouse.schema.tables import LEVELS, ROLES

STEPS = {
    "senior": ("senior and above", ("senior", "staff", "principal", "manager", "director", "vp", "c_level")),
    "staff": ("staff or principal, of those who do not manage", ("staff", "principal")),
    "director": ("director and above", ("director", "vp", "c_level")),
}
INDIVIDUAL = "v.level IN ('intern', 'entry', 'mid', 'senior', 'staff', 'principal')"


@remembered
def levels_by_role(scope: Scope) -> Figure:
    """The share of each role's vacancies at each level."""
    table = snapshot.ask(
        scope.path,
        f"WITH seen AS (SELECT {scope.role} AS role, v.level, count(*) AS n FROM vacancy v WHERE {scope.where('level')} AND {scope.role} IS NOT NULL"
        " AND v.level IS NOT NULL GROUP BY ALL) SELECT *, (sum(n) OVER (PARTITION BY role))::BIGINT AS n_vacancies FROM seen ORDER BY role, level",
    ).with_columns(value=pl.col("n") / pl.col("n_vacancies"))
    table = table.filter(pl.col("n_vacancies") >= clustered.FEWEST_VACANCIES)
    drawn = named(table, "role", ROLES).with_columns(
        level_name=pl.Series([wording.name(level) for level in named(table, "role", ROLES)["level"]], dtype=pl.String)
    )
    finding = "Too few vacancies in this view"
    if drawn.height:
        top = drawn.sort("value", descending=True).row(0, named=True)
        finding = f"{wording.figure(top['value'], 'share')} of vacancies for {wording.people(top['role'])} are at {top['level_name'].lower()} level, {scope.span()}"
    return Figure(
        key="levels",
        finding=finding,
        subtitle="Share of each role's vacancies by level; rows add to 100%.",
        description="Levels by role: " + "; ".join(f"{r['group']} {r['level_name']} {wording.figure(r['value'], 'share')}" for r in drawn.iter_rows(named=True)),
        chart=charts.heat(drawn, row="group", column="level_name", columns=[wording.name(level) for level in LEVELS], unit="share"),
        table=drawn.select("group", "level", "value", "n", "n_vacancies"),
        source=scope.source(),
    )  # fmt: skip


@remembered
def reach(scope: Scope, step: str) -> Figure:
    """The share of each role's vacancies at or above a step of the ladder."""
    words, levels = STEPS[step]
    flag = f"v.level IN ({', '.join(repr(level) for level in levels)})"
    where = scope.where("level") + (f" AND {INDIVIDUAL}" if step == "staff" else "")
    table = clustered.shares(scope.path, flag, {"role": scope.role}, where)
    return compared(
        scope, named(table.filter(pl.col("role").is_not_null()), "role", ROLES), key=f"reach_{step}", unit="share",
        what=f"Vacancies at {words}", subtitle="Share by role, 95% intervals over employers.",
    )  # fmt: skip
