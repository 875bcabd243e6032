"""Figures on employers: how many of each size, and how few of them post most vacancies."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from dashboard import charts, skill_shares, wording
from dashboard.clustered import FEWEST_EMPLOYERS
from dashboard.figures import Figure, remembered
from dashboard.topics.scope import Scope, day_of, named
from warehouse.schema.tables import SIZE_CLASSES

TOPS = (("Top 1% of employers", 0.01), ("Top 5%", 0.05), ("Top 10%", 0.1), ("Top 25%", 0.25), ("Top half", 0.5))
N_LISTED = 500
LISTING = {"employer": pl.String, "size": pl.String, "size_source": pl.String, "n_vacancies": pl.Int64, "ds_mle": pl.Int64, "swe": pl.Int64,
           "sources": pl.List(pl.String), "last_seen_on": pl.Date}  # fmt: skip


@remembered
def by_size(scope: Scope) -> Figure:
    """Employers of each size class, unknown ones included."""
    held, rows = scope.columns, scope.rows()
    size = held.coded["size"]
    starts, lengths = skill_shares.runs(held.employer[rows])
    sizes = size.codes[rows[starts]]
    n_values = len(size.values) + 1
    counts = pl.DataFrame(
        {"size": [*size.values, None], "value": np.bincount(sizes, minlength=n_values),
         "n_vacancies": np.bincount(sizes, weights=lengths, minlength=n_values).astype(np.int64)}
    )  # fmt: skip
    table = named(counts.filter(pl.col("value") > 0), "size", SIZE_CLASSES)
    total = int(table["value"].sum() or 0)
    known = int(table.filter(table["size"].is_not_null())["value"].sum() or 0)
    return Figure(
        key="employer_sizes",
        finding=f"The size of {wording.figure(known / total, 'share')} of employers is known"
        if total >= FEWEST_EMPLOYERS
        else f"{wording.plural(total, 'employer') if total else 'No employer'} in this view; the size of {wording.count(known) if known else 'none'} is known",
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
    _, lengths = skill_shares.runs(scope.columns.employer[scope.rows()])
    ranked, n = np.sort(lengths)[::-1], len(lengths)
    held = [
        (label, ranked[: math.ceil(n * part)].sum() / ranked.sum(), int(ranked.sum()), n)
        for label, part in TOPS
        if n * part >= 1 and n >= FEWEST_EMPLOYERS
    ]
    table = pl.DataFrame(
        held, schema={"group": pl.String, "value": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64}, orient="row"
    )  # fmt: skip
    top = table.row(0, named=True) if table.height else None
    return Figure(
        key="concentration",
        finding=f"{top['group'].replace('Top', 'The top').removesuffix(' of employers')} of employers post {wording.figure(top['value'], 'share')} of vacancies, {scope.span()}"
        if top
        else f"{wording.plural(n, 'employer') if n else 'No employer'} in this view: too few to say how vacancies gather",
        subtitle="Postings of one employer are not independent, so every interval resamples employers rather than vacancies.",
        description="Share of vacancies: "
        + "; ".join(f"{row['group']} {wording.figure(row['value'], 'share')}" for row in table.iter_rows(named=True)),
        chart=charts.bars(table, unit="share") if top else None,
        table=table,
        source=scope.source(),
    )


def listing(scope: Scope, wanted: str) -> pl.DataFrame:
    """Return the employers with most vacancies in this view whose name contains `wanted`, at most 500, the largest first."""
    held, rows = scope.columns, scope.rows()
    sides, source = scope.sides(), held.coded["source"]
    starts, lengths = skill_shares.runs(held.employer[rows])
    places = held.employer[rows[starts]]
    found = held.employers[places].with_columns(n_vacancies=lengths, start=starts)
    if wanted:
        found = found.filter(pl.col("employer").str.to_lowercase().str.contains(wanted.lower(), literal=True))
    listed = []
    for row in found.sort("n_vacancies", "employer", descending=[True, False]).head(N_LISTED).iter_rows(named=True):
        own = rows[row["start"] : row["start"] + row["n_vacancies"]]
        of_side = sides[own]
        listed.append((row["employer"], row["size"], row["size_source"], row["n_vacancies"], int((of_side == 1).sum()), int((of_side == 0).sum()),
                       sorted({source.values[code] for code in set(source.codes[own].tolist())}), day_of(held.last_seen_day[own].max())))  # fmt: skip
    return pl.DataFrame(listed, schema=LISTING, orient="row")
