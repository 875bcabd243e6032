from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.enrich.gold_cases import check_contract, postings, read_cases
from warehouse.enrich import pay

CASES = read_cases("pay")


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_gold(case: dict[str, Any]) -> None:
    found = pay.extract(postings([case])).to_dicts()[0]
    assert found == case["label"]


def test_contract() -> None:
    check_contract(pay, postings(CASES))


@pytest.mark.parametrize(
    ("digits", "multiplier", "value"),
    [
        ("60.000", None, 60_000),
        ("1,20,000", None, 120_000),
        ("92", "k", 92_000),
        ("12", "LPA", 1_200_000),
        ("18.50", None, 18.5),
        ("13,90", None, 13.9),
        ("110'000", None, 110_000),
        ("45 000", None, 45_000),
        ("1.867,02", None, 1_867.02),
        ("1.5", "million", 1_500_000),
        ("2", "bn", None),
    ],
)
def test_amount(digits: str, multiplier: str | None, value: float | None) -> None:
    assert pay.amount(digits, multiplier) == value


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("1 YEAR", "year"),
        ("per-year-salary", "year"),
        ("PA", "year"),
        ("annum", "year"),
        ("1 HOUR", "hour"),
        ("per-hour-wage", "hour"),
        ("MONTHLY", "month"),
        ("week", "week"),
        ("day", "day"),
        ("one-time", None),
        ("", None),
        (None, None),
    ],
)
def test_period_of(words: str | None, period: str | None) -> None:
    assert pay.period_of(words) == period


@given(
    low=st.integers(30_000, 400_000),
    spread=st.integers(0, 100_000),
    template=st.sampled_from(
        [
            "The base salary range is ${low:,} - ${high:,} per year.",
            "Salary: ${low:,} to ${high:,}",
            "Compensation\n${low:,}–${high:,} + equity",
        ]
    ),
)
def test_a_written_band_is_read_back(low: int, spread: int, template: str) -> None:
    text = template.format(low=low, high=low + spread)
    found = pay.merge(pay.from_words(text))
    assert found is not None
    assert (found.low, found.high, found.currency, found.period) == (low, low + spread, "USD", "year")


@given(st.text(max_size=80))
def test_offers_that_are_no_offers_give_nothing(words: str) -> None:
    found = pay.from_offers(json.dumps([{"label": words}, words, None, 3]))
    assert found is None


def test_a_broken_list_of_offers_gives_nothing() -> None:
    assert pay.from_offers("[{") is None
