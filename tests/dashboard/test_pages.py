"""Every page opens without an exception, says where its data come from, and answers to its controls."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from dashboard.pages import PAGES

from .conftest import Opened
from .synthetic import CLAIMS, FINDINGS, publish

FILES = [Path(file).stem for pages in PAGES.values() for file, *_ in pages]


def html(at) -> str:
    return "\n".join(element.value for element in at.html)


def board(at) -> str:
    """The verdict board alone."""
    return next(element.value for element in at.html if "rm-board" in element.value and "<style" not in element.value)


@pytest.mark.parametrize("page", FILES)
def test_page_opens_and_names_its_provenance(opened: Opened, page: str) -> None:
    at = opened(page)
    assert "Vacancies in this snapshot: 4,727 crawled from job boards" in html(at)
    assert "80 invented sample vacancies" in html(at)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim[0] for claim in CLAIMS])
def test_claim_page_shows_its_verdict_as_a_word(opened: Opened, claim: tuple) -> None:
    at = opened(claim[0])
    assert at.title[0].value.replace("\\", "") == FINDINGS[claim[0]]
    word = {"too_few": "Too few", "not_testable": "Not testable"}.get(claim[6], claim[6].capitalize())
    assert f"<span>{word}</span>" in html(at)
    assert claim[2] in html(at)


def test_front_lists_every_claim_with_a_link_to_its_page(opened: Opened) -> None:
    listed = board(opened())
    assert [f'href="{claim[0]}"' in listed for claim in CLAIMS] == [True] * len(CLAIMS)


def test_front_opens_with_the_firmest_findings_as_links(opened: Opened) -> None:
    opening = next(element.value for element in opened().html if "rm-opening" in element.value)
    assert "<h1>Job postings support as much of what the essays say of data science as they contradict</h1>" in opening
    points = re.findall(r'<li><a href="([^"]*)">([^<]*)</a><small>([^<]*)</small></li>', opening)
    assert [slug for slug, *_ in points] == ["merging_requirements", "same_pay", "few_openings", "time_to_close"]
    assert points[2][1:] == (
        f"{FINDINGS['few_openings']}.",
        "4,400 vacancies, 2018–2026; 11 of 12 ways to measure it agree.",
    )


def test_front_narrows_to_a_verdict_from_the_url_and_the_control(opened: Opened) -> None:
    at = opened(verdicts="Supported")
    assert 'href="same_pay"' in board(at)
    assert 'href="few_openings"' not in board(at)
    at.pills(key="verdicts").set_value(["contradicted"]).run()
    assert 'href="few_openings"' in board(at)
    assert 'href="same_pay"' not in board(at)


def test_front_sorts_by_agreement(opened: Opened) -> None:
    listed = board(opened(sort="Agreement over specifications"))
    order = sorted((claim for claim in CLAIMS if claim[12]), key=lambda claim: -claim[13] / claim[12])
    places = [listed.index(f'href="{claim[0]}"') for claim in order]
    assert places == sorted(places)


def test_filters_are_said_as_a_sentence_and_travel_with_the_links(opened: Opened) -> None:
    at = opened(market="US")
    assert "Showing US, all sources, all years, the broad role definition and employers of every size." in html(at)
    assert 'href="few_openings?market=US"' in html(at)


def test_an_unknown_value_in_the_url_narrows_nothing(opened: Opened) -> None:
    at = opened(market="Atlantis")
    assert at.selectbox(key="market").value == "all"


def test_claim_in_a_filtered_view_says_its_number_or_why_there_is_none(opened: Opened) -> None:
    assert "In this view 0.20 (95% interval 0.17 to 0.24; 733 vacancies of 74 employers)" in html(
        opened("few_openings", market="US")
    )
    both = html(opened("few_openings", market="US", size="Small"))
    assert "no estimate was made for this choice of market and employer size together" in both
    few = html(opened("few_openings", market="Singapore"))
    assert "In this view there are too few to say: 12 vacancies of 5 employers" in few


def test_query_of_a_claim_runs_as_shown(opened: Opened) -> None:
    at = opened("few_openings")
    at.button(key="run_few_openings").click().run()
    assert not at.exception
    assert "software_engineer" in at.dataframe[-1].value["role"].tolist()


def test_query_that_is_not_a_select_is_refused_in_a_sentence(opened: Opened) -> None:
    at = opened("few_openings")
    at.text_area(key="sql_few_openings").set_value("DROP TABLE vacancy").run()
    at.button(key="run_few_openings").click().run()
    assert "Only SELECT queries are run" in at.error[0].value


def test_data_dictionary_shows_the_table_chosen(opened: Opened) -> None:
    at = opened("data")
    at.selectbox(key="table").set_value("verdict").run()
    assert "p_value_holm" in at.dataframe[-1].value["column_name"].tolist()


@pytest.mark.parametrize(
    ("page", "said"),
    [("closing", "What dates of posting say, short of closing"), ("supply", "Demand alone: in 2026 the forum had")],
)
def test_where_nothing_was_observed_the_page_says_what_dates_and_demand_can(
    opened: Opened, tmp_path: Path, page: str, said: str
) -> None:
    path = publish(tmp_path)
    con = duckdb.connect(str(path))
    con.execute("DELETE FROM supply_month").complete()
    con.execute("UPDATE vacancy SET is_left_truncated = true").complete()
    con.close()
    at = opened(page, folder=tmp_path)
    assert any(title.value.replace("\\", "").startswith(said) for title in [*at.header, *at.subheader])


def test_a_snapshot_without_vacancies_opens_on_every_page(opened: Opened, tmp_path: Path) -> None:
    path = publish(tmp_path, n_vacancies=60, n_employers=20)
    con = duckdb.connect(str(path))
    for table in ("vacancy", "vacancy_skill", "employer", "supply_month"):
        con.execute(f"DELETE FROM {table}").complete()
    con.close()
    for page in (*FILES, "few_openings"):
        assert "This snapshot holds no vacancy yet." in html(opened(page, folder=tmp_path)), page


def test_without_a_snapshot_the_page_says_what_to_do(opened: Opened, tmp_path: Path) -> None:
    at = opened(folder=tmp_path)
    assert at.title[0].value == "No data yet"
    assert [code.value for code in at.code] == [
        "rolemarket demo",
        f"rolemarket crawl --data {tmp_path}\nrolemarket build --data {tmp_path}",
    ]


def test_a_file_that_is_no_snapshot_gives_one_sentence(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "market.duckdb").write_bytes(b"not a database")
    at = opened(folder=tmp_path)
    assert at.title[0].value == "The snapshot cannot be read"
    assert "run `rolemarket build`" in at.text[0].value


@pytest.mark.parametrize(
    ("change", "lacks"),
    [("ALTER TABLE quality DROP is_unseen", "quality.is_unseen"), ("DROP TABLE estimate", "the table estimate")],
)
def test_a_snapshot_of_an_earlier_version_gives_one_sentence(
    change: str, lacks: str, opened: Opened, tmp_path: Path
) -> None:
    con = duckdb.connect(str(publish(tmp_path, n_vacancies=300)))
    con.execute(change).fetchall()
    con.close()
    at = opened(folder=tmp_path)
    assert at.title[0].value == "The snapshot cannot be read"
    assert f"lacks {lacks}; run `rolemarket build`" in at.text[0].value


def test_a_newer_snapshot_is_shown_at_the_next_run_and_its_changes_are_news(opened: Opened, tmp_path: Path) -> None:
    publish(tmp_path, "market-20260101T000000.000000Z.duckdb", n_vacancies=500)
    at = opened(folder=tmp_path)
    assert "Snapshot published 1 January 2026, 00:00 UTC" in html(at)
    publish(tmp_path, "market-20260201T000000.000000Z.duckdb", n_vacancies=900, verdicts={"same_pay": "contradicted"})
    at.run()
    assert "Snapshot published 1 February 2026, 00:00 UTC" in html(at)
    said = html(at)
    assert "Both jobs pay about the same: supported became contradicted" in said
    assert re.search(r"<li>\d+ vacancies more: \d+ became \d+\.", said)


def test_a_skill_is_followed_over_the_years_as_a_requirement_is(opened: Opened) -> None:
    at = opened("requirements")
    assert any(title.value.startswith("Software practice asked") for title in at.subheader)
    at.selectbox(key="requirement").set_value("PyTorch").run()
    assert not at.exception
    assert any(title.value.startswith("PyTorch asked") for title in at.subheader)
