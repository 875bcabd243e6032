"""The published series say what their publishers said, carry their licence, and are rebuilt by one command."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from warehouse.benchmarks import SERIES, benchmarks, collect_facts
from warehouse.schema.tables import TABLE

SHARED = Path(__file__).resolve().parents[3] / "shared" / "datasets"


def value(series: str, grouping: str, on: date = date(2025, 5, 1)) -> float:
    rows = benchmarks().filter(series=series, grouping=grouping, period_on=on)
    return rows["value"].item()


def test_columns_are_the_declared_ones() -> None:
    assert tuple(benchmarks().columns) == TABLE["benchmark"].column_names


@pytest.mark.parametrize(
    ("series", "grouping", "published"),
    [
        ("bls_oews_employment", "data scientists", 262_440),
        ("bls_oews_employment", "software developers", 1_687_890),
        ("bls_oews_median_pay", "data scientists", 120_230),
        ("bls_oews_median_pay", "software developers", 135_980),
    ],
)
def test_official_figures(series: str, grouping: str, published: float) -> None:
    assert value(series, grouping) == published


def test_every_series_says_why_it_differs_and_stands_beside_a_claim() -> None:
    rows = benchmarks()
    assert set(rows["series"]) == {series.name for series in SERIES}
    assert rows["difference"].str.len_chars().min() > 40
    assert rows["claim_slugs"].list.len().min() >= 1
    assert rows.select(pl.struct("series", "period_on", "place", "grouping").is_unique().all()).item()


def test_indeed_index_starts_at_100_in_february_2020() -> None:
    rows = benchmarks().filter(series="indeed_software_postings_index", place="US", period_on=date(2020, 2, 1))
    assert rows["value"].item() == pytest.approx(100, abs=3)


@pytest.mark.shared
def test_shipped_facts_are_what_the_published_files_say() -> None:
    if not SHARED.is_dir():
        pytest.skip("the published data sets are not beside the project")
    fresh = collect_facts(SHARED)
    shipped = benchmarks().select(fresh.columns)
    assert shipped.sort(fresh.columns[:4]).equals(fresh)
