"""Figures on roles and openings: how many of each role, and DS/MLE openings per software opening."""

from __future__ import annotations

import numpy as np
import polars as pl

from dashboard import charts, clustered, wording
from dashboard.columns import n_distinct
from dashboard.figures import Figure, remembered
from dashboard.theme import BLUE, GREEN, GREY, OCHRE, PURPLE, SIENNA, SKY, VERMILION
from dashboard.topics.scope import Scope, compared, named, over_time
from warehouse.schema.tables import MARKETS, ROLES, SIZE_CLASSES

SOURCE_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, OCHRE, SKY, SIENNA, GREY)


@remembered
def by_role(scope: Scope) -> Figure:
    """Vacancies of each role."""
    rows, role = scope.rows(), scope.role
    codes = role.codes[rows]
    found = [
        (name, int(n), n_distinct(scope.columns.employer[rows[np.flatnonzero(codes == code)]]))
        for code, (name, n) in enumerate(
            zip((*role.values, None), np.bincount(codes, minlength=len(role.values) + 1), strict=True)
        )
        if n
    ]
    table = pl.DataFrame(found, schema={"role": pl.String, "value": pl.Int64, "n_employers": pl.Int64}, orient="row")
    drawn = named(table, "role", ROLES).sort("value", descending=True)
    known = drawn.filter(drawn["role"].is_not_null())
    total = int(known["value"].sum() or 0)
    n_employers = scope.summary()["n_employers"]
    if total < clustered.FEWEST_VACANCIES or n_employers < clustered.FEWEST_EMPLOYERS:
        finding = f"{wording.plural(total, 'vacancy', 'vacancies')} of {wording.plural(n_employers, 'employer')} in this view: too few for a share"
    else:
        top = known.row(0, named=True)
        finding = f"{wording.figure(top['value'] / total, 'share')} of vacancies are for {wording.people(top['role'])}, {scope.span()}"
    return Figure(
        key="roles",
        finding=finding,
        subtitle="Vacancies by role, each opening once. Counts are what these sources show, not what the market holds.",
        description="Vacancies by role: "
        + "; ".join(f"{row['group']} {wording.count(row['value'])}" for row in drawn.iter_rows(named=True)),
        chart=charts.bars(drawn, unit=None),
        table=drawn,
        source=scope.source(),
    )


@remembered
def per_software_opening(scope: Scope, kind: str) -> Figure:
    """DS/MLE openings per SWE opening, by `kind`: market, size or source."""
    order = {"market": MARKETS, "size": SIZE_CLASSES, "source": ()}[kind]
    rows = scope.rows(only=scope.sides() >= 0)
    table = clustered.ratios(scope.columns, scope.sides(), {kind: scope.columns.coded[kind]}, rows)
    label = {"market": "market", "size": "employer size", "source": "source"}[kind]
    return compared(
        scope,
        named(table, kind, order),
        rows=rows,
        key=f"openings_{kind}",
        unit="ratio",
        what=f"Data-science and ML openings per software opening, by {label}",
        subtitle="Vacancies for data scientists, ML engineers and research scientists over those for software engineers; bars are 95% intervals over employers.",
    )


@remembered
def over_years(scope: Scope) -> Figure:
    """DS/MLE openings per SWE opening by year, one line per source because sources differ in who posts."""
    rows = scope.rows("period", only=scope.sides() >= 0)
    kinds = {"source": scope.columns.coded["source"], "year": scope.year}
    table = clustered.ratios(scope.columns, scope.sides(), kinds, rows)
    sources = sorted(table["source"].unique())
    return over_time(
        scope,
        table,
        key="openings_years",
        unit="ratio",
        what="Data-science and ML openings per software opening",
        series="source",
        rows=rows,
        per_source=True,
        colours={source: SOURCE_COLOURS[place % len(SOURCE_COLOURS)] for place, source in enumerate(sources)},
        subtitle="One line per source: sources differ in who posts there, so they are not pooled over time.",
    )
