from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.warehouse.enrich.gold_cases import check_contract, postings, read_cases
from warehouse.enrich import degrees
from warehouse.enrich.composition import prepare

CASES = read_cases("degrees")


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_gold(case: dict[str, Any]) -> None:
    found = degrees.extract(postings([case])).to_dicts()[0]
    assert {name: found[name] for name in case["label"]} == case["label"]


def test_contract() -> None:
    check_contract(degrees, postings(CASES))


def test_nothing_is_said_of_degrees_where_there_is_no_text() -> None:
    textless = prepare(pl.DataFrame({"id": ["1", "2"], "title": ["Engineer"] * 2, "text": [None, " \n "]}))
    found = degrees.extract(textless)
    assert found.null_count().row(0) == (2,) * found.width
