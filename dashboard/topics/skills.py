"""Figures on skills: what a skill pays against how many vacancies it opens."""

from __future__ import annotations

import polars as pl

from dashboard import charts, clustered, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.pay import IS_BASE, MIDDLE
from dashboard.topics.scope import HAS_TEXT, Scope

PREMIUM = """
WITH pool AS (
  SELECT v.vacancy_id, v.employer_id, {role} AS role, v.level, CASE WHEN {base} AND v.pay_tier = '{tier}' THEN {amount} END AS pay FROM vacancy v
  WHERE {where} AND {has_text} AND {role} IN {roles}
), typical AS (SELECT role, level, median(pay) AS typical FROM pool WHERE pay IS NOT NULL GROUP BY ALL HAVING count(*) >= 10),
seen AS (SELECT p.vacancy_id, p.employer_id, p.pay / t.typical AS relative FROM pool p LEFT JOIN typical t USING (role, level)),
asked AS (
  SELECT k.skill_id, quantile_cont(relative, [0.25, 0.5, 0.75]) AS quartiles, count(relative) AS n_vacancies,
    count(DISTINCT employer_id) FILTER (relative IS NOT NULL) AS n_employers, count(*) AS n_asking
  FROM vacancy_skill k JOIN seen USING (vacancy_id) GROUP BY ALL HAVING n_vacancies >= {fewest} AND n_employers >= {employers}
)
SELECT s.name AS skill, s.category, quartiles[2] - 1 AS premium, n_asking / (SELECT count(*) FROM pool) AS reach,
  quartiles[1] - 1 AS premium_low, quartiles[3] - 1 AS premium_high, n_vacancies, n_employers, n_asking::BIGINT AS n_asking
FROM asked JOIN skill s USING (skill_id) ORDER BY reach DESC, skill
"""
ROLES_COMPARED = "('ml_engineer', 'data_scientist', 'research_scientist', 'software_engineer')"


@remembered
def premium_against_reach(scope: Scope, tier: str) -> Figure:
    """Each skill's pay against the typical pay of the same role and level, and the share of vacancies that ask it."""
    table = snapshot.ask(
        scope.path,
        PREMIUM.format(
            role=scope.role, amount=MIDDLE, where=scope.where(), has_text=HAS_TEXT, base=IS_BASE, tier=tier, roles=ROLES_COMPARED,
            fewest=clustered.FEWEST_VACANCIES, employers=clustered.FEWEST_EMPLOYERS,
        ),
    )  # fmt: skip
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
    table = snapshot.ask(
        scope.path,
        f'WITH pool AS (SELECT count(*) AS n FROM vacancy v WHERE {scope.where()} AND {HAS_TEXT}) SELECT s.name AS "group", count(*) / (SELECT n FROM pool) AS value,'
        f" count(*) AS n_vacancies, count(DISTINCT v.employer_id) AS n_employers FROM vacancy_skill k JOIN vacancy v USING (vacancy_id) JOIN skill s USING (skill_id)"
        f" WHERE {scope.where()} AND s.category = $category GROUP BY ALL ORDER BY value DESC, 1 LIMIT 15",
        category=category,
    )
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
