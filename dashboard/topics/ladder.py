"""Figures on seniority: which levels each role hires at, and how high its ladder reaches."""

from __future__ import annotations

import polars as pl

from dashboard import charts, clustered, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.scope import Scope, compared, measured, named, of_rows, span_of
from warehouse.schema.tables import LEVELS, ROLES

STEPS = {
    "senior": ("senior and above", ("senior", "staff", "principal", "manager", "director", "vp", "c_level")),
    "staff": ("staff or principal, of those who do not manage", ("staff", "principal")),
    "director": ("director and above", ("director", "vp", "c_level")),
}
INDIVIDUAL = ("intern", "entry", "mid", "senior", "staff", "principal")


@remembered
def levels_by_role(scope: Scope) -> Figure:
    """The share of each role's vacancies at each level."""
    role, level = scope.role, scope.columns.coded["level"]
    rows = scope.rows("level", only=role.known() & level.known())
    table = clustered.distributed(scope.columns, role, level, rows).filter("is_shown").drop("is_shown")
    table = table.rename({"key": "role", "part": "level"})
    drawn = named(table, "role", ROLES).with_columns(
        level_name=pl.Series([wording.name(level) for level in named(table, "role", ROLES)["level"]], dtype=pl.String)
    )
    finding = "Too few vacancies in this view"
    if drawn.height:
        top = drawn.sort("value", descending=True).row(0, named=True)
        finding = f"{wording.figure(top['value'], 'share')} of vacancies for {wording.people(top['role'])} are at {top['level_name'].lower()} level, {span_of(scope, rows)}"
    return Figure(
        key="levels",
        finding=finding,
        subtitle="Share of each role's vacancies by level; rows add to 100%. The 95% interval over employers is in the table and under the pointer.",
        description="Levels by role: " + "; ".join(f"{r['group']} {r['level_name']} {wording.figure(r['value'], 'share')}" for r in drawn.iter_rows(named=True)),
        chart=charts.heat(drawn, row="group", column="level_name", columns=[wording.name(level) for level in LEVELS], unit="share"),
        table=drawn.select("group", "level", "value", "low", "high", "n", "n_vacancies", "n_employers"),
        source=of_rows(scope, rows),
    )  # fmt: skip


@remembered
def reach(scope: Scope, step: str) -> Figure:
    """The share of each role's vacancies at or above a step of the ladder."""
    words, levels = STEPS[step]
    level, only = scope.columns.coded["level"], scope.role.known()
    if step == "staff":
        only = only & level.among(*INDIVIDUAL)
    flag, rows = level.flag(*levels), scope.rows("level", only=only)
    table = clustered.shares(scope.columns, flag, {"role": scope.role}, rows)
    return compared(
        scope, named(table, "role", ROLES), rows=measured(flag, rows), key=f"reach_{step}", unit="share",
        what=f"Vacancies at {words}", subtitle="Share by role, 95% intervals over employers.",
    )  # fmt: skip
