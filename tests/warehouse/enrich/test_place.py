"""Where the work is: hard locations and sentences, and the gazetteer's own answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.enrich.gold_cases import check_contract, postings, read_cases
from warehouse.enrich import gazetteer, place

CASES = read_cases("place")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['posting'].get('location')} {case['why']}" for case in CASES])
def test_gold(case: dict[str, Any]) -> None:
    found = place.extract(postings([case])).to_dicts()[0]
    assert {name: found[name] for name in case["label"]} == case["label"]


def test_contract() -> None:
    check_contract(place, postings(CASES))


def test_what_is_told_is_shown() -> None:
    explained = place.extract(postings(CASES), explain=True)
    for field in place.FIELDS:
        told = explained[field].is_not_null()
        assert explained.filter(told)[f"{field}_span"].null_count() == 0, field
        assert explained.filter(~told)[f"{field}_span"].null_count() == (~told).sum(), field


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("CHE", "CH"),
        ("España", "ES"),
        ("Paris, France", "FR"),
        ("", None),
        (None, None),
        ("Mars", None),
    ],
)
def test_a_source_may_spell_its_country_as_it_likes(words: str | None, code: str | None) -> None:
    assert gazetteer.country_code(words) == code


def test_countries_are_those_of_place_and_field() -> None:
    frame = postings(
        [
            {"posting": {"location": "Lyon"}},
            {"posting": {"location": "", "country_raw": "fr"}},
            {"posting": {"text": "Lyon"}},
        ]
    )
    assert place.countries(frame).to_list() == ["FR", "FR", None]


@given(st.text(max_size=60), st.sampled_from([None, "US", "IN"]))
def test_any_location_is_answered(words: str, hint: str | None) -> None:
    found = gazetteer.locate(words, hint)
    assert found.country is None or (len(found.country) == 2 and found.country.isupper())
    assert found.city is None or found.country is not None
