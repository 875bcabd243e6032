"""One opening through a whole build: every way it can be posted, the reason of each merge, and its source's own dates."""

import polars as pl
import pytest

from warehouse import build as build_module
from warehouse.build import build
from warehouse.employers import aliases, name_key, shipped_aliases
from warehouse.snapshot import open_snapshot

from .conftest import TEXT, comment_monthly, posting

COMMENT = (
    "<p>Nordlicht Robotics | Data Engineer | Kiel, Germany | ONSITE</p><p>We sort brown glass from green with arms and "
    "look for somebody who builds the tables that our models learn from, tests them, and keeps them whole.</p>"
)


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))


def rows(folder, sql):
    connection = open_snapshot(folder)
    found = connection.sql(sql).fetchall()
    connection.close()
    return found


def feed(number, company, title, **said):
    return posting(number, company_raw=company, title=title, **said)


@pytest.fixture
def posted_everywhere(folder, crawl):
    """One opening on its board under two numbers, on a feed and in two threads, beside another of the same title."""
    own = f"<p>{TEXT}</p>"
    other = "<p>Quite another opening: keep the presses of the second hall running, by day and by night, in three shifts.</p>"
    beside = posting(901, title="Data Engineer", body_html=other)
    for day in (0, 1):
        crawl(day, [posting(900, title="Data Engineer", body_html=own), beside])
    for day in (2, 3, 4):
        crawl(day, [posting(902, title="Data Engineer", body_html=own), beside])
    copies = [feed(1, "Nordlicht Robotics GmbH", "Data Engineer", body_html=own)]
    copies += [feed(n, f"Employer {n}", "Nurse") for n in (2, 3, 4)]
    crawl(3, copies, source="remotive", board="all", company=None)
    comment_monthly(
        folder, "20260305T120000.000000Z-crawl-1", COMMENT, ("2026-03-01T10:00:00Z", "2026-04-01T10:00:00Z")
    )
    return folder


def test_one_opening_is_one_vacancy_on_board_feed_and_under_a_new_number(posted_everywhere):
    build(posted_everywhere)
    found = rows(
        posted_everywhere,
        "SELECT vacancy_id, list_sort(list(DISTINCT source || ':' || posting_id || ' ' || merge_reason)) FROM sighting"
        " WHERE vacancy_id NOT LIKE '%:all:%' GROUP BY 1 ORDER BY 1",
    )
    assert found == [
        (
            "ashby:nordlicht:900",
            [
                *("ashby:900 original", "ashby:900 same_id", "ashby:902 repost", "ashby:902 same_id"),
                "remotive:1 cross_post",
            ],
        ),
        ("ashby:nordlicht:901", ["ashby:901 original", "ashby:901 same_id"]),
        ("hackernews:thread1:c1#1", ["hackernews:c1 original", "hackernews:c2 thread_repost"]),
    ]


def test_merging_deletes_no_sighting_and_every_reason_is_declared(posted_everywhere):
    build(posted_everywhere)
    n_lines = sum(path.read_bytes().count(b"\n") for path in posted_everywhere.sightings.glob("*.jsonl"))
    assert rows(posted_everywhere, "SELECT count(*) FROM sighting") == [(n_lines,)]
    assert rows(posted_everywhere, "SELECT sum(n_sightings) FROM vacancy") == [(n_lines,)]
    assert rows(posted_everywhere, "SELECT count(*) FROM sighting WHERE merge_reason IS NULL") == [(0,)]
    (n_originals, n_vacancies), *_ = rows(
        posted_everywhere,
        "SELECT count(DISTINCT vacancy_id) FILTER (merge_reason = 'original'), count(DISTINCT vacancy_id) FROM sighting",
    )
    assert n_originals == n_vacancies == rows(posted_everywhere, "SELECT count(*) FROM vacancy")[0][0]
    declared = rows(
        posted_everywhere,
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'sighting' AND column_name = 'merge_reason'",
    )
    for (reason,) in rows(posted_everywhere, "SELECT DISTINCT merge_reason FROM sighting"):
        assert reason in declared[0][0]


def test_a_sources_own_dates_stand_beside_ours_and_decide_none_of_them(folder, crawl):
    dated = {"posted_raw": "2026-01-05T08:00:00Z", "closes_raw": "2026-03-03"}
    for day in range(5):
        crawl(day, [posting(1, **dated), posting(2)])
    for day in (5, 6):
        crawl(day, [posting(2)])
    build(folder)
    ((posted, closes, first, last, closed),) = rows(
        folder,
        "SELECT posted_at::DATE::VARCHAR, source_closes_on::VARCHAR, first_seen_at::DATE::VARCHAR,"
        " last_seen_at::DATE::VARCHAR, closed_at::DATE::VARCHAR FROM vacancy WHERE posting_id = '1'",
    )
    assert (posted, closes) == ("2026-01-05", "2026-03-03")
    assert (first, last, closed) == ("2026-03-02", "2026-03-06", "2026-03-08")


def test_the_alias_file_can_be_reviewed():
    table = shipped_aliases()
    assert table.columns == ["spelling", "employer", "why"]
    assert table.filter(pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() == 0)).is_empty()
    assert table.null_count().sum_horizontal().item() == 0
    leads_to: dict[str, set[str]] = {}
    for spelling, employer in table.select("spelling", "employer").iter_rows():
        leads_to.setdefault(name_key(spelling), set()).add(name_key(employer))
    assert all(len(employers) == 1 for employers in leads_to.values()), "one spelling leads to two employers"
    assert all(aliases().get(employer, employer) == employer for employer in aliases().values()), "a chain of aliases"


def test_an_alias_unites_what_two_boards_call_one_employer(folder, crawl):
    crawl(0, [posting(1)], board="aws", company="AWS")
    crawl(0, [posting(2)], board="amazon", company="Amazon")
    build(folder)
    assert rows(folder, "SELECT employer_id, n_vacancies FROM employer") == [("amazon", 2)]
