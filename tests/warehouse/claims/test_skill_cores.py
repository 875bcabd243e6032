"""What one role is asked is held against the other's core of the same source and time, and against no other."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pytest
from small_market import DAY, WHOLE, sample, small_market, value
from synthetic_market import synthetic_market

from warehouse.claims import load_claims
from warehouse.evidence.cuts import LATEST
from warehouse.evidence.sample import Sample
from warehouse.evidence.skill_cores import CORE, CoreCoverage
from warehouse.judge import Market, judge
from warehouse.reference import skills

COVERAGE = CoreCoverage.of("c", "ml_engineer", "software_engineer")
LONG_AGO = DAY - dt.timedelta(days=3_000)
MANY = skills()["skill_id"].sort().to_list()[: CORE + 1]


def postings(role: str, n: int, *asked: str, employers: int = 10, **row: Any) -> list[dict[str, Any]]:
    return [{"role": role, "skills": asked, "employer_id": f"e{k % employers}", **row} for k in range(n)]


def both(n_first: int, n_second: int, **row: Any) -> list[dict[str, Any]]:
    """ML engineers are asked python, pytorch and docker, software engineers python and go: a third and a half are covered."""
    return [
        *postings("ml_engineer", n_first, "python", "pytorch", "docker", **row),
        *postings("software_engineer", n_second, "python", "go", **row),
    ]


def test_share_of_skills_in_the_other_core() -> None:
    rows = [*both(30, 40), *postings("ml_engineer", 3), *postings("data_analyst", 9, "go")]
    size = COVERAGE.size(sample(rows), WHOLE)
    assert (size.n_vacancies, size.least_vacancies, size.n_unknown) == (70, 30, 3)
    assert value(COVERAGE, sample(rows)) == pytest.approx(1 / 3 - 1 / 2)


def test_every_vacancy_counts_once_or_every_employer_or_every_posting() -> None:
    # one employer's ML engineers ask python alone, which is covered whole, thrice over
    rows = [*both(30, 40), *postings("ml_engineer", 30, "python", employer_id="alone", n_postings=3)]
    assert value(COVERAGE, sample(rows)) == pytest.approx((30 / 3 + 30) / 60 - 1 / 2)
    assert value(COVERAGE, sample(rows), weighting="employer") == pytest.approx((10 / 3 + 1) / 11 - 1 / 2)
    assert value(COVERAGE, sample(rows), dedup="off") == pytest.approx((30 / 3 + 90) / 120 - 1 / 2)


def test_core_ends_with_the_thirtieth_skill() -> None:
    # the last skill is asked of one software engineer only, and all that ML engineers are asked
    rows = [*postings("software_engineer", 40, *MANY[:CORE]), *postings("software_engineer", 1, MANY[CORE])]
    rows += postings("ml_engineer", 30, MANY[CORE])
    assert value(COVERAGE, sample(rows)) == pytest.approx(0 - 1 / 41)


def test_no_core_of_another_source_or_time() -> None:
    """Where all that ML engineers are asked now was asked of software engineers then, they still bring a third of it."""
    then = {"source": "hackernews", "first_seen_at": LONG_AGO, "last_seen_at": LONG_AGO}
    old = [
        *postings("software_engineer", 400, "pytorch", "docker", **then),
        *postings("ml_engineer", 400, "go", **then),
    ]
    rows = sample([*both(30, 40), *old])
    assert value(COVERAGE, rows, period=LATEST) == pytest.approx(1 / 3 - 1 / 2)
    assert value(COVERAGE, rows, source_set="ashby") == pytest.approx(1 / 3 - 1 / 2)
    assert value(COVERAGE, rows, source_set="hackernews") == pytest.approx(0)
    # each against its own source's core, though both are looked at
    assert value(COVERAGE, rows) == pytest.approx(30 / 430 / 3 - 40 / 440 / 2)
    same_source = [row | {"source": "ashby"} for row in old]
    assert value(COVERAGE, sample([*both(30, 40), *same_source]), period=LATEST) == pytest.approx(1 / 3 - 1 / 2)


@pytest.mark.parametrize(("n", "employers"), [(29, 8), (30, 7)])
def test_source_too_thin_for_a_core_cannot_be_told(n: int, employers: int) -> None:
    thin = [*postings("ml_engineer", n, "python", source="lever", employers=employers),
            *postings("software_engineer", 60, "python", source="lever")]  # fmt: skip
    rows = sample([*both(30, 40), *thin])
    assert value(COVERAGE, rows) == pytest.approx(1 / 3 - 1 / 2)
    assert COVERAGE.size(rows, WHOLE).n_unknown == n + 60


def test_role_that_the_title_names_makes_its_own_core() -> None:
    rows = both(30, 40, role_strict="software_engineer")
    for row in rows[:30]:
        row["role_strict"] = "ml_engineer"
    # titles that name no role: their skills are in no strict core
    unnamed = postings("software_engineer", 90, "pytorch", "docker", role_strict=None)
    assert value(COVERAGE, sample([*rows, *unnamed])) == pytest.approx(1 - (40 / 2 + 90) / 130)
    assert value(COVERAGE, sample([*rows, *unnamed]), role_definition="strict") == pytest.approx(1 / 3 - 1 / 2)


@pytest.fixture(scope="module")
def wide() -> Market:
    """A market with enough of both roles in every year of every source."""
    return synthetic_market(32_000, 300, seed=2)


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"period": LATEST},
        {"period": "2017"},
        {"source_set": "hackernews"},
        {"region": "US"},
        {"size_class": "small"},
    ],
)
def test_the_query_for_readers_gives_the_same_number(wide: Market, choices: dict[str, str]) -> None:
    cut = replace(WHOLE, **choices)
    (answer,) = COVERAGE.answers(Sample(wide, replicates=2, seed=1), [cut])
    connection = duckdb.connect()
    for name in ("vacancy", "vacancy_skill", "employer"):
        connection.register(name, getattr(wide, name).to_arrow())
    n_first, n_second, *_, raw = connection.sql(COVERAGE.sql(cut)).fetchall()[0]
    assert answer.value == pytest.approx(raw, abs=1e-9)
    assert answer.size.n_vacancies == n_first + n_second > 300


def test_claim_of_the_one_way_switch_is_this() -> None:
    (claim,) = load_claims(["one_way_switch"])
    assert claim.estimate == replace(COVERAGE, label=claim.estimate.label)
    rows = [row | {"employer_id": f"{row['employer_id']}{k % 3}"} for k, row in enumerate(both(60, 80))]
    row = judge(small_market(rows), ["one_way_switch"], replicates=50).estimate.filter(
        specification="headline", group_kind="all"
    )
    assert row["value"].item() == pytest.approx(1 / 3 - 1 / 2)
    assert row["verdict"].item() == "too_few"  # every resample gives the same number


def test_nothing_asked_at_all_is_too_few() -> None:
    rows = sample(postings("ml_engineer", 40))
    assert (COVERAGE.size(rows, WHOLE).n_vacancies, COVERAGE.size(rows, WHOLE).n_unknown) == (0, 40)
    assert not COVERAGE.answers(rows, [WHOLE])[0].is_shown


@pytest.mark.parametrize("weighting", ["vacancy", "employer"])
@pytest.mark.parametrize("dedup", ["on", "off"])
def test_each_resample_has_cores_of_its_own(weighting: str, dedup: str) -> None:
    """Resamples written out: every drawn employer's vacancies, cores by counting, and what they cover."""
    rng = np.random.default_rng(4)
    chance = {"ml_engineer": rng.dirichlet(np.full(60, 0.6)), "software_engineer": rng.dirichlet(np.full(60, 0.6))}
    names = np.array(skills()["skill_id"].sort().to_list()[:60])
    rows = [
        {
            "role": role,
            "employer_id": f"e{rng.integers(25):02d}",
            "n_postings": int(rng.integers(1, 4)),
            "market": str(rng.choice(["US", "India"])),
            "skills": sorted(rng.choice(names, 9, replace=False, p=p * 0.9 + 0.1 / 60)),
        }
        for role, p in chance.items()
        for _ in range(150)
    ]
    found = sample(rows, replicates=6)
    (answer,) = COVERAGE.answers(found, [replace(WHOLE, weighting=weighting, dedup=dedup, region="US")])

    def mean(role: str, core: set[str], times: np.ndarray) -> float:
        above, below = {}, {}
        for row in rows:
            if row["role"] == role and row["market"] == "US":
                n, who = row["n_postings"] if dedup == "off" else 1, row["employer_id"]
                above[who] = above.get(who, 0) + n * len(core & set(row["skills"])) / 9
                below[who] = below.get(who, 0) + n
        if weighting == "employer":
            above, below = {who: above[who] / below[who] for who in above}, dict.fromkeys(below, 1)
        drawn = {who: times[int(who[1:])] for who in above}
        return sum(drawn[who] * above[who] for who in above) / sum(drawn[who] * below[who] for who in below)

    def told(times: np.ndarray) -> float:
        cores = {}
        for role in chance:
            asked = Counter()
            for row in rows:
                if row["role"] == role:
                    asked.update(dict.fromkeys(row["skills"], int(times[int(row["employer_id"][1:])])))
            cores[role] = {name for name, n in sorted(asked.items(), key=lambda one: (-one[1], one[0]))[:CORE] if n}
        return mean("ml_engineer", cores["software_engineer"], times) - mean(
            "software_engineer", cores["ml_engineer"], times
        )

    assert found.n_employers == 25
    assert answer.value == pytest.approx(told(np.ones(25)))
    assert answer.replicates == pytest.approx([told(times) for times in found.weights], abs=1e-6)
