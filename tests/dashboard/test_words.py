"""What numbers, dates, names and filters are turned into, exactly."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import claims, wording
from dashboard.filters import Filters

NB = wording.NBSP


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.25, "share", "25%"),
        (0.0525, "share", "5.2%"),
        (0.0, "share", "0%"),
        (0.0003, "share", "under 0.1%"),
        (0.0, "share difference", f"0{NB}points"),
        (0.0251, "ratio", "0.025"),
        (0.052, "share per year", f"+5.2{NB}points a year"),
        (-0.004, "share difference", f"−0.4{NB}points"),
        (1.013, "ratio", "1.01"),
        (12.34, "ratio", "12.3"),
        (123456.0, "USD per year", "$123,456"),
        (33.4, "days", f"33{NB}days"),
        (-0.321, "correlation", "−0.32"),
        (0.0349, "correlation", "+0.03"),
        (-0.001, "correlation", "0"),
        (0.87, "AUC", "0.87"),
        (None, "share", "–"),
    ],
)
def test_figures_are_written_in_their_unit(value: float | None, unit: str, said: str) -> None:
    assert wording.figure(value, unit) == said


def test_intervals_name_their_unit_once() -> None:
    assert wording.interval(0.041, 0.063, "share per year") == f"+4.1 to +6.3{NB}points a year"
    assert wording.interval(0.22, 0.29, "share") == "22% to 29%"
    assert wording.interval(None, 0.29, "share") == "no interval"


def test_names_counts_and_dates() -> None:
    assert [wording.name(v) for v in ("ml_engineer", "hackernews", "c_level", "other", None)] == [
        "ML engineer",
        "Hacker News",
        "C-level",
        "Other",
        "not told",
    ]
    assert wording.plural(1, "vacancy", "vacancies") == "1 vacancy"
    assert wording.plural(12345, "vacancy", "vacancies") == "12,345 vacancies"
    assert wording.days_between(dt.date(2018, 11, 1), dt.date(2026, 10, 29)) == "November 2018 to October 2026"
    assert wording.days_between(dt.date(2018, 11, 1), dt.date(2018, 11, 30)) == "November 2018"
    assert wording.instant(dt.datetime(2026, 3, 3, 6, 0)) == "3 March 2026, 06:00 UTC"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.people("ml_engineer") == "ML engineers"
    assert wording.years_between(dt.date(2018, 11, 1), dt.date(2026, 10, 29)) == "2018–2026"
    assert wording.years_between(dt.date(2025, 1, 1), dt.date(2025, 10, 29)) == "2025"
    assert wording.years_between(dt.date(2025, 10, 1), dt.date(2025, 10, 29)) == "October 2025"


@given(st.text(alphabet="<>*_$[]()`#!|~:\\&ab ", max_size=30))
def test_text_made_safe_carries_no_bare_mark_of_markdown_or_html(text: str) -> None:
    escaped = wording.markdown_safe(text)
    assert escaped.replace("\\\\", "").count("\\") + 2 * escaped.count("\\\\") >= sum(
        c in "<>*_$[]()`#!|~:\\&" for c in text
    )
    assert not any(mark in wording.html_safe(text) for mark in "<>")


def test_filters_become_sql_a_sentence_and_a_query() -> None:
    narrowed = Filters(market="US", period="2024", definition="strict", size="small", level="senior", source="hn")
    assert narrowed.where() == (
        "v.provenance <> 'sample' AND v.market = 'US' AND v.source = 'hn' AND year(coalesce(v.posted_at, v.first_seen_at)) = 2024 AND "
        "v.employer_id IN (SELECT employer_id FROM employer WHERE size_class = 'small') AND v.level = 'senior'"
    )
    assert narrowed.role_column == "role_strict"
    assert narrowed.query() == "?market=US&source=Hacker%20News&period=2024&definition=Strict&size=Small&level=Senior"
    assert Filters().where() == "v.provenance <> 'sample'"
    assert Filters().query() == ""
    assert Filters(level="senior").sentence("level").endswith("The filter on level does not apply here.")


def test_a_level_is_named_once() -> None:
    assert Filters(level="c_level").sentence().startswith("Showing C-level, all markets")
    assert Filters(level="senior").sentence().startswith("Showing Senior level, all markets")


def test_a_quote_in_a_filter_cannot_leave_its_place() -> None:
    assert "v.source = 'x'' OR 1=1 --'" in Filters(source="x' OR 1=1 --").where()


def test_a_span_of_years_is_not_parted_at_a_line_end_and_nothing_else_is_joined() -> None:
    assert wording.unbroken("Pay, 2011–2026: A–B – 3") == "Pay, 2011\u2060–\u20602026: A–B – 3"


def test_regions_in_words() -> None:
    assert claims.region(None, 0.2, "ratio") == "at most 0.20"
    assert claims.region(0.75, None, "share") == "at least 75%"
    assert claims.region(0.9, 1.1, "ratio") == "from 0.90 to 1.10"
