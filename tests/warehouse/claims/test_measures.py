"""Measures on markets small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from synthetic_market import empty_market

from warehouse.claims import load_claims
from warehouse.evidence.closing import MedianOpenDays
from warehouse.evidence.cuts import ALL, LATEST, Cut, specifications
from warehouse.evidence.derived import source_sql
from warehouse.evidence.measure import Measure
from warehouse.evidence.pay import PAY, PaidShareBounds, disclosed
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.evidence.roles import ML_ENGINEER, MODELLING, SOFTWARE
from warehouse.evidence.sample import Sample, table_schema
from warehouse.evidence.shares import EmployersWithout, Part, Shares, count_ratio
from warehouse.evidence.supply import SupplyRatio
from warehouse.evidence.wording import say, span_words
from warehouse.schema.tables import DS_MLE

WHOLE = Cut(period=ALL, pay_tier=ALL)
DAY = dt.datetime(2025, 6, 1)


def sample(rows: list[dict[str, Any]], supply: list[tuple] = (), confusion: pl.DataFrame | None = None) -> Sample:
    """Return a sample of vacancies that name only what matters."""
    schema = table_schema("vacancy")
    base = {name: None for name in schema} | {
        "source": "ashby", "provenance": "crawl", "role": "software_engineer", "level": "mid", "first_seen_at": DAY, "last_seen_at": DAY,
        "is_left_truncated": False, "is_right_censored": True, "n_postings": 1, "n_sightings": 1, "reopened": 0, "part": 0,
    }  # fmt: skip
    full = [base | {"vacancy_id": f"v{k:04d}", "employer_id": "e0"} | row for k, row in enumerate(rows)]
    market = empty_market()
    fields = {
        name: getattr(market, name) for name in ("vacancy_skill", "employer", "benchmark", "quality", "change_log")
    }
    seekers = pl.DataFrame(list(supply), schema=table_schema("supply_month"), orient="row")
    vacancy = pl.DataFrame(full, schema=schema, orient="row")
    return Sample(
        type(market)(vacancy=vacancy, supply_month=seekers, confusion=confusion, **fields), replicates=50, seed=1
    )


def value(measure: Measure, rows: Sample, **choices: Any) -> float:
    from dataclasses import replace

    (answer,) = measure.answers(rows, [replace(WHOLE, **choices)])
    return answer.value


ROWS = [
    *(
        {"employer_id": "a", "role": "ml_engineer", "asks_math": asks, "n_postings": n}
        for asks, n in ((True, 3), (False, 1), (None, 5))
    ),
    *({"employer_id": "b", "role": "ml_engineer", "asks_math": True} for _ in range(2)),
    *({"employer_id": "b"} for _ in range(4)),
    *({"employer_id": "c"} for _ in range(3)),
]
MATH = Shares(label="m", unit="share", parts=(Part("asks_math", ML_ENGINEER),))


def test_share_leaves_unknowns_out_and_counts_them() -> None:
    found = sample(ROWS)
    size = MATH.size(found, WHOLE)
    assert (size.n_vacancies, size.n_employers, size.n_unknown) == (4, 2, 1)
    assert value(MATH, found) == pytest.approx(3 / 4)  # per vacancy
    assert value(MATH, found, weighting="employer") == pytest.approx((1 / 2 + 1) / 2)
    assert value(MATH, found, dedup="off") == pytest.approx((3 + 2) / (3 + 1 + 2))


def test_ratio_of_counts() -> None:
    found = sample(ROWS)
    assert value(count_ratio("r", ML_ENGINEER, SOFTWARE), found) == pytest.approx(5 / 7)
    # per employer: shares 1, 2/6 and 0 have the mean 4/9, odds 4/5
    assert value(count_ratio("r", ML_ENGINEER, SOFTWARE), found, weighting="employer") == pytest.approx(0.8)


def test_role_ratio_is_corrected_by_the_labels() -> None:
    # of 10 labelled ML engineers 8 are recognised, 2 taken for software engineers; everything else is recognised
    confusion = pl.DataFrame(
        [
            ("ml_engineer", "ml_engineer", 8),
            ("ml_engineer", "software_engineer", 2),
            ("software_engineer", "software_engineer", 10),
            ("other", "other", 10),
        ],
        schema=["labelled", "predicted", "n"],
        orient="row",
    )
    measure = RoleRatio(label="r", unit="ratio", numerator=DS_MLE, denominator=("software_engineer",))
    (answer,) = measure.answers(sample(ROWS, confusion=confusion), [WHOLE])
    # 5 seen as ML stand for 6.25, and 1.25 of the 7 seen as software are theirs
    assert answer.value == pytest.approx(6.25 / 5.75)
    assert answer.value_uncorrected == pytest.approx(5 / 7)


def test_openings_whose_asking_cannot_be_told_count_on_neither_side() -> None:
    told = [("software_engineer", True), ("software_engineer", False), ("ml_engineer", True)]
    rows = [{"employer_id": "a", "role": role, "asks_ml": asks} for role, asks in [*told, *[("ml_engineer", None)] * 3]]
    (claim,) = load_claims(["swe_does_ml"])
    assert value(claim.estimate, sample(rows)) == pytest.approx(1.0)


def test_pay_is_disclosed_or_not_only_where_there_was_a_text_to_look_in() -> None:
    paid = {"pay_kind": "base", "pay_tier": "text", "pay_low_usd_year": 9e4, "pay_high_usd_year": 9e4}
    rows = [
        {"role": "ml_engineer", "asks_ml": True, "language": "en"} | paid,
        {"role": "ml_engineer", "asks_ml": True, "language": "en"},
        {"role": "ml_engineer", "language": "de"},
        *({"role": "ml_engineer"} for _ in range(5)),  # titles alone
    ]
    (answer,) = disclosed(ML_ENGINEER).answers(sample(rows), [WHOLE])
    assert answer.value == pytest.approx(1 / 3)
    assert answer.size.n_unknown == 5
    over = PaidShareBounds.of("b", f"{PAY} >= 100000", ML_ENGINEER)
    (bounds,) = over.answers(sample(rows), [WHOLE])
    assert bounds.size.n_vacancies == 3


def test_employers_without() -> None:
    measure = EmployersWithout(label="w", unit="share", having=SOFTWARE, lacking=MODELLING, least=3)
    assert value(measure, sample(ROWS), weighting="employer") == pytest.approx(1 / 2)  # b has both, c has none
    assert value(measure, sample(ROWS)) == pytest.approx(3 / 7)
    split = [
        row | {"first_seen_at": DAY.replace(year=2023), "last_seen_at": DAY} if k == 0 else row
        for k, row in enumerate(ROWS[-3:])
    ]
    assert measure.size(sample(split), WHOLE).n_employers == 0  # three openings, but not in one year


def test_first_modelling_vacancy_and_its_ties() -> None:
    rows = [
        {"employer_id": "a", "role": "ml_engineer", "level": "senior", "first_seen_at": DAY},
        {"employer_id": "a", "role": "data_scientist", "level": "mid", "first_seen_at": DAY},  # ties with the first
        {"employer_id": "a", "role": "data_scientist", "level": "mid", "first_seen_at": DAY + dt.timedelta(days=1)},
        {"employer_id": "b", "role": "ml_engineer", "level": "senior", "first_seen_at": DAY, "is_left_truncated": True},
        {
            "employer_id": "c",
            "role": "software_engineer",
            "level": "senior",
            "first_seen_at": DAY - dt.timedelta(days=9),
        },
        {
            "employer_id": "c",
            "role": "ml_engineer",
            "level": "senior",
            "first_seen_at": DAY,
            "posted_at": DAY - dt.timedelta(days=3),
        },
    ]
    first = Shares(label="f", unit="share", parts=(Part("level = 'senior'", "is_first_modelling"),))
    size = first.size(sample(rows), WHOLE)
    assert (size.n_vacancies, size.n_employers) == (3, 2)  # b was open before we looked
    assert value(first, sample(rows), weighting="employer") == pytest.approx((0.5 + 1) / 2)


def test_data_engineering_before_modelling() -> None:
    def pair(employer: str, days: int) -> list[dict[str, Any]]:
        return [
            {"employer_id": employer, "role": "ml_engineer"},
            {"employer_id": employer, "role": "data_engineer", "first_seen_at": DAY + dt.timedelta(days=days)},
        ]

    rows = [*pair("before", -5), *pair("after", 5), *pair("same", 0), {"employer_id": "alone", "role": "ml_engineer"}]
    measure = Shares(
        label="d",
        unit="share",
        parts=(Part("data_engineering_came_first", "is_first_modelling AND data_engineering_came_first IS NOT NULL"),),
    )
    assert measure.size(sample(rows), WHOLE).n_employers == 2
    assert value(measure, sample(rows)) == pytest.approx(0.5)


def test_strict_roles_are_those_the_title_names() -> None:
    rows = [
        {"role": "ml_engineer", "role_strict": "ml_engineer"},
        {"role": "ml_engineer", "role_strict": None},
        {"role_strict": "software_engineer"},
    ]
    measure = count_ratio("r", ML_ENGINEER, SOFTWARE)
    assert value(measure, sample(rows)) == pytest.approx(2)
    assert value(measure, sample(rows), role_definition="strict") == pytest.approx(1)


def test_supply_over_demand_in_the_months_that_have_both() -> None:
    month = dt.date(2025, 6, 1)
    supply = [("hackernews", month, "ml_engineer", 30), ("hackernews", month, "software_engineer", 40), ("hackernews", dt.date(2024, 1, 1), "ml_engineer", 999),
              ("elsewhere", month, "ml_engineer", 999)]  # fmt: skip
    rows = [
        {"source": "hackernews", "role": role, "employer_id": f"e{k}"}
        for k in range(40)
        for role in ("ml_engineer", "software_engineer", "software_engineer")
    ]
    measure = SupplyRatio(label="s", unit="ratio", sought=("ml_engineer",), against=("software_engineer",))
    assert value(measure, sample(rows, supply)) == pytest.approx((30 / 40) / (40 / 80))
    assert not measure.size(sample(rows, supply), Cut(period=ALL, region="US")).is_enough


def test_open_days_need_an_origin_and_a_source_that_closes() -> None:
    closed = {"source": "ashby", "closed_at": DAY, "first_seen_at": DAY - dt.timedelta(days=11), "last_seen_at": DAY - dt.timedelta(days=1),
              "open_days_low": 10.0, "open_days_high": 11.0, "is_right_censored": False}  # fmt: skip
    rows = [closed | {"employer_id": f"e{k % 10}", "role": "ml_engineer"} for k in range(40)]
    rows += [{"source": "hackernews", "role": "ml_engineer", "first_seen_at": DAY - dt.timedelta(days=300)}] * 5
    rows += [closed | {"role": "ml_engineer", "is_left_truncated": True}] * 3
    measure = MedianOpenDays(label="o", unit="days", among=ML_ENGINEER)
    size = measure.size(sample(rows), WHOLE)
    assert (size.n_vacancies, size.n_unknown) == (40, 3)
    assert value(measure, sample(rows)) <= 10.5  # midway between last seen and first missed


def test_default_period_is_the_latest_where_it_is_ample() -> None:
    def rows(per_employer: int) -> Sample:
        new = [
            {"employer_id": f"e{k}", "role": "ml_engineer", "asks_math": True}
            for k in range(25)
            for _ in range(per_employer)
        ]
        old = [{"employer_id": f"e{k}", "role": "ml_engineer", "asks_math": False, "first_seen_at": DAY.replace(year=2015), "last_seen_at": DAY.replace(year=2015)}
               for k in range(200)]  # fmt: skip
        return sample([*new, *old])

    assert MATH.settle(rows(4), Cut(), (LATEST, ALL)).period == LATEST  # 100 vacancies of 25 employers
    assert MATH.settle(rows(3), Cut(), (LATEST, ALL)).period == ALL
    assert MATH.settle(rows(3), Cut(period=LATEST), (LATEST, ALL)).period == LATEST


def test_specifications_cross_role_dedup_and_weight() -> None:
    cuts = specifications(Cut(), ["a", "b"], ["US"], ["2025"], (), (LATEST, ALL))
    crossed = {
        (c.role_definition, c.dedup, c.weighting)
        for c in cuts
        if c.source_set == "all" and c.region == "all" and c.period == Cut().period
    }
    assert len(crossed) == 7  # eight less the headline
    assert len({cut.named().specification for cut in cuts}) == len(cuts)


def test_reader_gets_the_derived_columns_only_where_named() -> None:
    assert source_sql("role = 'other'") == "vacancy"
    assert "AS is_first_modelling" in source_sql("avg(is_first_modelling)")


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (0.25, "share", "25%"), (0.051, "share", "5.1%"), (0.0, "share", "0%"), (-0.051, "share difference", "−5.1 points"), (0.051, "share per year", "+5.1 points"),
        (1.053, "ratio", "1.05"), (12.34, "ratio", "12.3"), (45.4, "days", "45 days"), (0.2, "correlation", "+0.20"), (None, "share", "an unknown amount"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_their_unit(number: float | None, unit: str, said: str) -> None:
    assert say(number, unit) == said


def test_spans_name_few_sources_and_count_many() -> None:
    spans = [
        ("hackernews", dt.date(2011, 1, 2), dt.date(2019, 9, 1)),
        ("ashby", dt.date(2025, 10, 28), dt.date(2025, 10, 28)),
    ]
    assert span_words(spans) == "Hacker News January 2011 to September 2019 and Ashby October 2025"
    assert (
        span_words([*spans, ("lever", *spans[1][1:]), ("greenhouse", *spans[1][1:])])
        == "4 sources, January 2011 to October 2025"
    )
