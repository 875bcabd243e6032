from __future__ import annotations

from typing import Any

import pytest

from tests.warehouse.enrich.gold_cases import check_contract, postings, read_cases
from warehouse.enrich import years

CASES = read_cases("years")


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_gold(case: dict[str, Any]) -> None:
    found = years.extract(postings([case])).to_dicts()[0]
    assert {name: found[name] for name in case["label"]} == case["label"]


def test_contract() -> None:
    check_contract(years, postings(CASES))
