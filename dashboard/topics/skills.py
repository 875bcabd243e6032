"""Figures on skills: what a skill pays against how many vacancies it opens."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, skill_shares, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.pay import of_tier
from dashboard.topics.scope import Scope

ROLES_COMPARED = ("ml_engineer", "data_scientist", "research_scientist", "software_engineer")
N_ASKED_MOST = 15
FEWEST_ALIKE = 10  # a role and level with fewer paid vacancies has no typical pay
PREMIUM = {"skill": pl.String, "category": pl.String, "premium": pl.Float64, "reach": pl.Float64, "premium_low": pl.Float64,
           "premium_high": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64, "n_asking": pl.Int64}  # fmt: skip


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


def premiums(scope: Scope, tier: str) -> pl.DataFrame:
    """Return, for each skill with enough paid vacancies and employers, its relative pay less one and the share of vacancies that ask it."""
    held = scope.columns
    rows = scope.rows(only=held.has_text & scope.role.among(*ROLES_COMPARED))
    n_asking, _ = skill_shares.counts(held, rows)
    skills = held.skills.rows(named=True)
    found = []
    for skill, paid, n_employers in skill_shares.amounts(held, relative_pay(scope, tier, rows), rows):
        if len(paid) < clustered.FEWEST_VACANCIES or n_employers < clustered.FEWEST_EMPLOYERS:
            continue
        low, middle, high = (quarter - 1 for quarter in clustered.quarters(paid))
        found.append((skills[skill]["skill"], skills[skill]["category"], middle, int(n_asking[skill]) / len(rows), low, high, len(paid), n_employers, int(n_asking[skill])))  # fmt: skip
    return pl.DataFrame(found, schema=PREMIUM, orient="row").sort("reach", "skill", descending=[True, False])


@remembered
def premium_against_reach(scope: Scope, tier: str) -> Figure:
    """Each skill's pay against the typical pay of the same role and level, and the share of vacancies that ask it."""
    table = premiums(scope, tier)
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
        finding = f"Skills {direction}: rank correlation {wording.figure(rank, 'correlation')} over {table.height} skills, {scope.span()}"
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
        source=scope.source(),
        caveats=(
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
    n_asking, n_employers = skill_shares.counts(held, rows)
    table = (
        held.skills.with_columns(n_vacancies=n_asking, n_employers=n_employers)
        .filter((pl.col("category") == category) & (pl.col("n_vacancies") > 0))
        .select(
            pl.col("skill").alias("group"), value=pl.col("n_vacancies") / len(rows), n_vacancies="n_vacancies", n_employers="n_employers"
        )
        .sort("value", "group", descending=[True, False])
        .head(N_ASKED_MOST)
    )  # fmt: skip
    top = table.row(0, named=True) if table.height else None
    return Figure(
        key="asked_most",
        finding=f"{top['group']} is asked in {wording.figure(top['value'], 'share')} of vacancies, {scope.span()}"
        if top
        else "No skill of this category in this view",
        subtitle=f"Share of all vacancies in this view that ask a skill of the category “{category}”, the {table.height} asked most.",
        description="Skills by share: "
        + "; ".join(f"{r['group']} {wording.figure(r['value'], 'share')}" for r in table.iter_rows(named=True)),
        chart=charts.bars(table, unit="share") if table.height else None,
        table=table,
        source=scope.source(),
    )
