"""Measures on markets small enough to count by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy import stats
from small_market import DAY, WHOLE, sample, small_market, value

from warehouse.claims import load_claims
from warehouse.claims.reports_to_engineering import ENGINEERING
from warehouse.evidence.closing import MedianOpenDays
from warehouse.evidence.cuts import ALL, LATEST, LATEST_YEAR, Cut, specifications
from warehouse.evidence.derived import source_sql
from warehouse.evidence.pay import PAY, PaidShareBounds, disclosed
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.evidence.roles import ML_ENGINEER, MODELLING, SOFTWARE
from warehouse.evidence.sample import Sample
from warehouse.evidence.shares import EmployersWithout, Part, Shares, count_ratio
from warehouse.evidence.skill_premium import _masses
from warehouse.evidence.supply import SupplyRatio
from warehouse.evidence.wording import named, say, say_interval, span_words, vacancies_of_employers
from warehouse.schema.tables import DS_MLE
from warehouse.statistics.decisions import decide
from warehouse.statistics.resampling import FEW

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


def swe_and_mle(asks: Sequence[bool], n_first: int = 2) -> list[dict[str, Any]]:
    """Return 30 employers with two ML engineer vacancies each and `n_first` software ones, `asks` of the first of them."""
    rows = [{"employer_id": f"e{k}", "role": "ml_engineer", "asks_ml": True} for k in range(30) for _ in range(2)]
    asked = [*asks, *[False] * (30 * n_first - len(asks))]
    return rows + [{"employer_id": f"e{k % 30}", "asks_ml": one} for k, one in enumerate(asked)]


@pytest.mark.parametrize("n_asking", [0, 2])
def test_ratio_of_what_is_hardly_ever_asked_has_an_interval(n_asking: int) -> None:
    """With hardly a software vacancy that asks ML the draws are Jeffreys' posterior of 30 employers, times the ratio of one."""
    (claim,) = load_claims(["swe_does_ml"])
    (answer,) = claim.estimate.answers_to(sample(swe_and_mle([True] * n_asking), replicates=4_000), [WHOLE])
    assert answer.value == pytest.approx(n_asking / 60)
    assert answer.scale == "drawn"
    # As many as employers, or as vacancies where these are seen to differ as such, by two employers only.
    trials = {0: 30, 2: 60 / (1 + FEW / 2)}[n_asking]
    events = trials * n_asking / 60
    expected = stats.beta.ppf([0.5, 0.975], events + 0.5, trials - events + 0.5)
    assert np.quantile(answer.replicates, [0.5, 0.975]) == pytest.approx(expected, rel=0.1)
    found = decide(answer.value, answer.replicates, claim.region, answer.size.n_effective, answer.scale)
    assert found.low <= answer.value < found.high
    assert 0 < found.p_value < 1e-3


def test_share_that_narrows_a_ratio_needs_vacancies_to_be_taken_of() -> None:
    (claim,) = load_claims(["swe_does_ml"])
    none = sample(swe_and_mle([], 0))
    assert claim.estimate.size(none, WHOLE).n_vacancies == 60
    assert (claim.estimate.size(none, WHOLE).least_vacancies, claim.estimate.size(none, WHOLE).least_employers) == (
        0,
        0,
    )
    assert claim.estimate.size(sample(swe_and_mle([])), WHOLE).is_judged


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


@pytest.mark.parametrize(("period", "units"), [(LATEST_YEAR, 1), (LATEST, 2), (ALL, 2)])
def test_a_year_of_twelve_months_is_not_parted_by_new_year(period: str, units: int) -> None:
    """Of 2 + 2 openings over new year neither calendar year has three; the query for readers says the same."""
    new_year = dt.datetime(2025, 1, 1)
    days = {"a": (-9, -8, 5, 6), "b": (-9, -8, -7, 5, 6, 7)}
    rows = [
        {"employer_id": name, "first_seen_at": new_year + dt.timedelta(days=d), "last_seen_at": DAY}
        for name, opened in days.items()
        for d in opened
    ]
    rows.append({"employer_id": "b", "role": "ml_engineer", "first_seen_at": DAY})
    measure = EmployersWithout(label="w", unit="share", having=SOFTWARE, lacking=MODELLING, least=3)
    cut = replace(WHOLE, period=period, weighting="employer")
    connection = duckdb.connect()
    market = small_market(rows)
    connection.register("vacancy", market.vacancy.to_arrow())
    connection.register("employer", market.employer.to_arrow())
    # in twelve months a lacks ML and b has some; by calendar years b's 2024 lacks it and its 2025 does not
    assert value(measure, sample(rows), period=period, weighting="employer") == pytest.approx(1 / 2)
    assert value(measure, sample(rows), period=period) == pytest.approx(4 / 10 if units == 1 else 3 / 6)
    assert connection.sql(measure.sql(cut)).fetchall() == [(2 if units == 1 else 1, 0.5)]
    by_vacancy = connection.sql(measure.sql(replace(cut, weighting="vacancy"))).fetchall()[0][1]
    assert by_vacancy == pytest.approx(4 / 10 if units == 1 else 3 / 6)


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


def test_data_engineer_sought_before_we_looked_leaves_the_order_unknown() -> None:
    """A later data engineer is not the first one, whatever came before it; a later one that was open before we looked is no first."""

    def engineer(employer: str, days: int, *, is_left_truncated: bool) -> dict[str, Any]:
        opened = DAY + dt.timedelta(days=days)
        return {"employer_id": employer, "role": "data_engineer", "first_seen_at": opened, "is_left_truncated": is_left_truncated}  # fmt: skip

    rows = [
        *(
            {"employer_id": employer, "role": "ml_engineer"}
            for employer in ("open before", "only before", "open after")
        ),
        engineer("open before", -9, is_left_truncated=True),
        engineer("open before", 5, is_left_truncated=False),
        engineer("only before", -9, is_left_truncated=True),
        engineer("open after", -3, is_left_truncated=False),
        engineer("open after", 9, is_left_truncated=True),
    ]
    (claim,) = load_claims(["data_engineering_first"])
    assert claim.estimate.size(sample(rows), WHOLE).n_employers == 1
    assert value(claim.estimate, sample(rows)) == 1


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


def test_recent_months_of_seekers_and_of_openings_are_the_same() -> None:
    """An opening first posted before the recent months has no seekers there, however long it was seen."""
    recent, old = dt.date(2025, 5, 1), dt.date(2023, 6, 1)
    supply = [("hackernews", month, role, n) for month, n in ((recent, 30), (old, 500)) for role in ("ml_engineer", "software_engineer")]  # fmt: skip
    rows = [
        {"source": "hackernews", "employer_id": f"e{k}", "role": role, "first_seen_at": DAY.replace(month=5)}
        for k in range(40)
        for role in ("ml_engineer", "software_engineer")
    ]
    # software openings of June 2023, reposted until today: the recent months begin on June 1, 2023, after that month's first
    rows += [
        {"source": "hackernews", "employer_id": f"e{k}", "first_seen_at": DAY.replace(year=2023, day=20)}
        for k in range(40)
    ]
    measure = SupplyRatio(label="s", unit="ratio", sought=("ml_engineer",), against=("software_engineer",))
    found = sample(rows, supply)
    assert value(measure, found) == pytest.approx(1 / (40 / 80))
    assert value(measure, found, period=LATEST) == pytest.approx(1)
    market = small_market(rows, supply)
    connection = duckdb.connect()
    connection.register("vacancy", market.vacancy.to_arrow())
    connection.register("supply_month", market.supply_month.to_arrow())
    for period in (LATEST, ALL):
        cut = replace(WHOLE, period=period)
        (raw,) = connection.sql(f"SELECT estimate FROM ({measure.sql(cut)})").fetchall()[0]
        assert value(measure, found, period=period) == pytest.approx(raw)


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


@pytest.mark.parametrize("dedup", ["on", "off"])
def test_with_weight_per_employer_all_employers_weigh_alike(dedup: str) -> None:
    """Without dedup too: an employer's postings share out its one vote among its vacancies."""
    closed = {"closed_at": DAY, "last_seen_at": DAY, "open_days_low": 10.0, "open_days_high": 11.0, "skills": ("python",),
              "pay_kind": "base", "pay_tier": "text", "pay_low_usd_year": 1e5}  # fmt: skip
    rows = [
        {"employer_id": name, "n_postings": n, "first_seen_at": DAY - dt.timedelta(days=10), **closed}
        for name, postings in {"a": (3,), "b": (1, 1, 4)}.items()
        for n in postings
    ]
    found = sample(rows)
    cut = replace(WHOLE, dedup=dedup, weighting="employer")
    expected = [1, 1 / 6, 1 / 6, 4 / 6] if dedup == "off" else [1, 1 / 3, 1 / 3, 1 / 3]
    _, watched = MedianOpenDays(label="o", unit="days", among=SOFTWARE)._watched(found, cut)
    assert watched["weight"] == pytest.approx(expected)
    cells = found.cells("SELECT cell, n_postings AS postings FROM opening ORDER BY vacancy_id")
    assert _masses(cells, cells.mask(cut), cut, found.n_employers) == pytest.approx(expected)


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


def test_sources_and_counts_are_written_as_people_do() -> None:
    assert named("hackernews") == "Hacker News"
    assert named("city_register") == "City register"
    assert vacancies_of_employers(1, 1) == "1 vacancy of 1 employer"
    assert vacancies_of_employers(1_200, 30) == "1,200 vacancies of 30 employers"


@pytest.mark.parametrize(
    ("title", "is_engineering"),
    [
        ("CTO", True), ("VP of Engineering", True), ("VP Eng", True), ("SVP, Technology", True), ("Director of Engineering, Data", True),
        ("VP, Data & Engineering", True), ("Director of Data Engineering", False), ("Head of ML Engineering", False),
        ("VP Sales Engineering", False), ("Head of Energy", False), ("Chief Product Officer", False), (None, None),
    ],
)  # fmt: skip
def test_who_is_an_engineering_executive(title: str | None, is_engineering: bool | None) -> None:
    told = duckdb.connect().execute(f"SELECT {ENGINEERING} FROM (SELECT $1::VARCHAR AS reports_to)", [title])
    assert told.fetchall() == [(is_engineering,)]


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


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (0.039, 0.1, "share per year", "+3.9 to +10.0 points"),
        (-0.058, 0.0, "share difference", "\u22125.8 to 0 points"),
        (45, 75, "days", "45 to 75 days"),
        (0.22, 0.29, "share", "22% to 29%"),
        (0.9, 1.1, "ratio", "0.90 to 1.10"),
        (None, 0.1, "share difference", "an unknown amount to +10.0 points"),
    ],
)
def test_the_unit_of_an_interval_is_said_once(low, high, unit, said) -> None:
    assert say_interval(low, high, unit) == said
