"""Figures on employers: how many of each size, and how few of them post most vacancies."""

from __future__ import annotations

from dashboard import charts, snapshot, wording
from dashboard.figures import Figure, remembered
from dashboard.topics.scope import Scope, named
from warehouse.schema.tables import SIZE_CLASSES

CONCENTRATION = """
WITH per AS (SELECT v.employer_id, count(*) AS n FROM vacancy v WHERE {where} GROUP BY ALL),
ranked AS (SELECT n, row_number() OVER (ORDER BY n DESC, employer_id) AS place, count(*) OVER () AS employers, sum(n) OVER () AS vacancies FROM per)
SELECT label AS "group", sum(n) FILTER (place <= greatest(1, ceil(employers * part))) / any_value(vacancies) AS value,
  any_value(vacancies)::BIGINT AS n_vacancies, any_value(employers)::BIGINT AS n_employers
FROM ranked, (VALUES ('Top 1% of employers', 0.01), ('Top 5%', 0.05), ('Top 10%', 0.1), ('Top 25%', 0.25), ('Top half', 0.5)) parts(label, part)
GROUP BY label, part ORDER BY part
"""
LISTING = """
SELECT any_value(e.employer_name) AS employer, any_value(e.size_class) AS size, any_value(e.size_source) AS size_source, count(*) AS n_vacancies,
  count(*) FILTER ({modelling}) AS ds_mle, count(*) FILTER ({software}) AS swe, list_sort(list(DISTINCT v.source)) AS sources,
  max(v.last_seen_at)::DATE AS last_seen_on
FROM vacancy v JOIN employer e USING (employer_id) WHERE {where} AND ($wanted = '' OR contains(lower(e.employer_name), lower($wanted)))
GROUP BY v.employer_id ORDER BY n_vacancies DESC, employer LIMIT 500
"""


@remembered
def by_size(scope: Scope) -> Figure:
    """Employers of each size class, unknown ones included."""
    table = named(
        snapshot.ask(
            scope.path,
            "SELECT e.size_class AS size, count(DISTINCT v.employer_id) AS value, count(*) AS n_vacancies FROM vacancy v JOIN employer e USING (employer_id)"
            f" WHERE {scope.where()} GROUP BY ALL",
        ),
        "size",
        SIZE_CLASSES,
    )
    total = int(table["value"].sum() or 0)
    known = int(table.filter(table["size"].is_not_null())["value"].sum() or 0)
    return Figure(
        key="employer_sizes",
        finding=f"The size of {wording.figure(known / total, 'share')} of employers is known"
        if total
        else "No employer in this view",
        subtitle="Employers by size class, from named sources; breakdowns by size speak for these alone.",
        description="Employers by size: "
        + "; ".join(f"{row['group']} {wording.count(row['value'])}" for row in table.iter_rows(named=True)),
        chart=charts.bars(table, unit=None) if total else None,
        table=table,
        source=scope.source(),
    )


@remembered
def concentration(scope: Scope) -> Figure:
    """The share of vacancies that the largest posters post: why every interval resamples employers."""
    table = snapshot.ask(scope.path, CONCENTRATION.format(where=scope.where()))
    top = table.row(0, named=True) if table.height else None
    return Figure(
        key="concentration",
        finding=f"1% of employers post {wording.figure(top['value'], 'share')} of vacancies, {scope.span()}"
        if top
        else "No employer in this view",
        subtitle="Postings of one employer are not independent, so every interval resamples employers rather than vacancies.",
        description="Share of vacancies: "
        + "; ".join(f"{row['group']} {wording.figure(row['value'], 'share')}" for row in table.iter_rows(named=True)),
        chart=charts.bars(table, unit="share") if top else None,
        table=table,
        source=scope.source(),
    )


def listing(scope: Scope) -> str:
    """Return the query of the employer list; its parameter `wanted` is part of a name."""
    return LISTING.format(where=scope.where(), modelling=scope.is_one_of("DS/MLE"), software=scope.is_one_of("SWE"))
