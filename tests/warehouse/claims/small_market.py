"""A market given row by row, small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from synthetic_market import empty_market

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.market import Market
from warehouse.evidence.measure import Measure
from warehouse.evidence.sample import Sample, table_schema

WHOLE = Cut(period=ALL, pay_tier=ALL)
DAY = dt.datetime(2025, 6, 1)


def small_market(
    rows: Sequence[dict[str, Any]], supply: Sequence[tuple] = (), confusion: pl.DataFrame | None = None
) -> Market:
    """Return a market of vacancies that name only what matters; `skills` of a row are the skills it asks."""
    schema = table_schema("vacancy")
    base = {name: None for name in schema} | {
        "source": "ashby", "provenance": "crawl", "role": "software_engineer", "level": "mid", "first_seen_at": DAY, "last_seen_at": DAY,
        "is_left_truncated": False, "is_right_censored": True, "n_postings": 1, "n_sightings": 1, "reopened": 0, "part": 0,
    }  # fmt: skip
    full = [base | {"vacancy_id": f"v{k:04d}", "employer_id": "e0"} | row for k, row in enumerate(rows)]
    asked = [(row["vacancy_id"], skill) for row in full for skill in row.pop("skills", ())]
    return replace(
        empty_market(),
        vacancy=pl.DataFrame(full, schema=schema, orient="row"),
        vacancy_skill=pl.DataFrame(asked, schema=table_schema("vacancy_skill"), orient="row"),
        supply_month=pl.DataFrame(list(supply), schema=table_schema("supply_month"), orient="row"),
        confusion=confusion,
    )


def sample(
    rows: Sequence[dict[str, Any]],
    supply: Sequence[tuple] = (),
    confusion: pl.DataFrame | None = None,
    replicates: int = 50,
) -> Sample:
    """Return the sample of a small market."""
    return Sample(small_market(rows, supply, confusion), replicates=replicates, seed=1)


def value(measure: Measure, rows: Sample, **choices: Any) -> float:
    """Return a measure's value over all there is, with other choices where given."""
    (answer,) = measure.answers(rows, [replace(WHOLE, **choices)])
    return answer.value
