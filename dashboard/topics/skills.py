"""Figures on skills: what a skill pays against how many vacancies it opens."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, skill_shares, snapshot, wording
from dashboard.columns import in_turn
from dashboard.figures import Figure, remembered
from dashboard.topics.pay import of_tier
from dashboard.topics.scope import Scope, of_rows, span_of

ROLES_COMPARED = ("ml_engineer", "data_scientist", "research_scientist", "software_engineer")
N_ASKED_MOST = 15
ASKED = {"group": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n_asking": pl.Int64, "n_vacancies": pl.Int64,
         "n_employers": pl.Int64, "is_shown": pl.Boolean}  # fmt: skip
FEWEST_ALIKE = 10  # a role and level with fewer paid vacancies has no typical pay
PREMIUM = {"skill": pl.String, "category": pl.String, "premium": pl.Float64, "reach": pl.Float64, "premium_low": pl.Float64,
           "premium_high": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64, "n_asking": pl.Int64}  # fmt: skip


@in_turn
def relative_pay(scope: Scope, tier: str, rows: np.ndarray) -> np.ndarray:
    """Return for each row its pay over the median pay of its role and level in the view; NaN where either is not known."""
    held, level = scope.columns, scope.columns.coded["level"]
    known = np.flatnonzero((of_tier(held, tier) & level.known() & ~np.isnan(held.pay))[rows])
    pay, of_level = held.pay[rows[known]], level.codes[rows[known]]
    cell = scope.role.codes[rows[known]].astype(np.int16) * np.int16(len(level.values) + 1) + of_level
    relative = np.full(len(rows), np.nan)
    for place in np.flatnonzero(np.bincount(cell) >= FEWEST_ALIKE):
        alike = np.flatnonzero(cell == place)
        relative[known[alike]] = pay[alike] / np.median(pay[alike])
    return relative


def premiums(scope: Scope, relative: np.ndarray, rows: np.ndarray) -> pl.DataFrame:
    """Return, for each skill with enough paid vacancies and employers, its `relative` pay less one and the share of the vacancies at `rows` that ask it."""
    held = scope.columns
    n_asking = skill_shares.n_asking(held, rows)
    skills = held.skills.rows(named=True)
    found = []
    for skill, paid, n_employers in skill_shares.amounts(held, relative, rows):
        if len(paid) < clustered.FEWEST_VACANCIES or n_employers < clustered.FEWEST_EMPLOYERS:
            continue
        low, middle, high = (quarter - 1 for quarter in clustered.quarters(paid))
        found.append((skills[skill]["skill"], skills[skill]["category"], middle, int(n_asking[skill]) / len(rows), low, high, len(paid), n_employers, int(n_asking[skill])))  # fmt: skip
    return pl.DataFrame(found, schema=PREMIUM, orient="row").sort("reach", "skill", descending=[True, False])


@remembered
def premium_against_reach(scope: Scope, tier: str) -> Figure:
    """Each skill's pay against the typical pay of the same role and level, and the share of vacancies that ask it."""
    rows = scope.rows(only=scope.columns.has_text & scope.role.among(*ROLES_COMPARED))
    relative = relative_pay(scope, tier, rows)
    paid = rows[~np.isnan(relative)]
    table = premiums(scope, relative, rows)
    finding = "Too few vacancies with pay in this view"
    if table.height > 2:
        rank = pl.DataFrame({"a": table["premium"].rank(), "b": table["reach"].rank()}).select(pl.corr("a", "b")).item()
        direction = (
            "pay more and open fewer doors"
            if rank < -0.2
            else "pay more and open more doors"
            if rank > 0.2
            else "show no clear trade of pay against doors"
        )
        finding = f"Skills {direction}: rank correlation {wording.figure(rank, 'correlation')} over {table.height} skills, {span_of(scope, paid)}"
    return Figure(
        key="premium_reach",
        finding=finding,
        subtitle="Median pay of vacancies that ask the skill, against the typical pay of their role and level; and the share of DS/MLE and software vacancies that ask it.",
        description="Skills by reach and premium: "
        + "; ".join(
            f"{r['skill']} reach {wording.figure(r['reach'], 'share')}, premium {r['premium']:+.0%}"
            for r in table.iter_rows(named=True)
        ),
        chart=charts.labelled_points(table) if table.height else None,
        table=table,
        source=of_rows(scope, rows),
        caveats=(
            f"Pay is known for part of these alone: {of_rows(scope, paid)}."
            if len(paid)
            else "Pay is known for none of these.",
            "A premium is what vacancies with the skill pay, not what the skill earns: they differ in place and employer too. The table gives the middle half.",
            f"Skills with fewer than {clustered.FEWEST_VACANCIES} paid vacancies or {clustered.FEWEST_EMPLOYERS} employers are left out.",
        ),
    )


CATEGORIES = """
SELECT s.category FROM vacancy_skill k JOIN skill s USING (skill_id) GROUP BY ALL ORDER BY count(*) DESC, s.category
"""


def categories(scope: Scope) -> list[str]:
    """Return the categories of skills, the one asked most first."""
    return [row["category"] for row in snapshot.rows(scope.path, CATEGORIES)]


@remembered
def asked_most(scope: Scope, category: str) -> Figure:
    """The skills of a category by share of vacancies that ask them."""
    held = scope.columns
    rows = scope.rows(only=held.has_text)
    skills = held.skills.rows(named=True)
    of_category = [place for place, skill in enumerate(skills) if skill["category"] == category]
    found = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int8), 1, rows, of_category)
    n, n_employers = len(rows), int(found.n_employers[0])
    is_shown = n >= clustered.FEWEST_VACANCIES and n_employers >= clustered.FEWEST_EMPLOYERS
    asked = [(place, skills[place]) for place in of_category if found.n_asking[place, 0]]
    most = sorted(asked, key=lambda one: (-found.value[one[0], 0], one[1]["skill"])) if is_shown else []
    drawn = []
    for place, skill in most[:N_ASKED_MOST]:
        value = float(found.value[place, 0])
        low, high = clustered.bounds(value, float(found.error[place, 0]), n_employers, is_share=True)
        drawn.append((skill["skill"], value, low, high, int(found.n_asking[place, 0]), n, n_employers, True))
    table = pl.DataFrame(drawn, schema=ASKED, orient="row")
    top = table.row(0, named=True) if table.height else None
    return Figure(
        key="asked_most",
        finding=f"{top['group']} is asked in {wording.figure(top['value'], 'share')} of vacancies, {span_of(scope, rows)}"
        if top
        else f"Too few vacancies in this view to say which skills of the category “{wording.name(category)}” are asked"
        if not is_shown
        else f"No skill of the category “{wording.name(category)}” is asked in this view",
        subtitle=f"Share of the vacancies in this view with a text that ask a skill of the category “{wording.name(category)}”, the {table.height} asked most; bars are 95% intervals over employers."
        if top
        else "",
        description="Skills by share: "
        + "; ".join(f"{r['group']} {wording.figure(r['value'], 'share')}" for r in table.iter_rows(named=True)),
        chart=charts.intervals(table, unit="share", row_height=34, zero=True) if table.height else None,
        table=table,
        source=of_rows(scope, rows),
    )
