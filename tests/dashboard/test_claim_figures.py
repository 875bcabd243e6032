"""What the front page and the figures of a claim's page say, against the snapshot's estimates."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from dashboard import board, claims, evidence, snapshot
from dashboard.claims import estimates
from dashboard.filters import Filters

from .synthetic import FINDINGS


def board_row(market: Path, slug: str) -> dict:
    return next(row for row in claims.board(market) if row["claim_slug"] == slug)


def test_summary_counts_verdicts_and_dates(market: Path) -> None:
    said = " ".join(claims.summary(claims.board(market)))
    assert "Of 7 statements" in said
    assert "support 2, contradict 2 and leave 1 open; 1 rests on too few vacancies and 1 cannot be told" in said
    assert "4,400 vacancies of 296 employers, November 2018 to October 2026." in said
    assert [title for title, _ in claims.firmest(claims.board(market))] == [
        "Most firmly supported",
        "Most firmly contradicted",
    ]
    supported = claims.firmest(claims.board(market))[0][1]
    assert [slug for slug, *_ in supported] == ["merging_requirements", "same_pay"]
    assert supported[0][1] == f"{FINDINGS['merging_requirements']}."
    assert supported[0][2] == "900 vacancies, 2018–2026; 8 of 8 ways to measure it agree."


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["supported", "supported", "contradicted", "inconclusive"], "Job postings support more of what the essays say of data science than they contradict"),
        (["supported", "contradicted", "contradicted", "too_few"], "Job postings contradict more of what the essays say of data science than they support"),
        (["supported", "contradicted"], "Job postings support as much of what the essays say of data science as they contradict"),
        (["too_few", "inconclusive"], "Job postings do not yet tell whether what the essays say of data science holds"),
    ],
)  # fmt: skip
def test_the_title_of_the_front_page_says_which_way_the_verdicts_fall(verdicts: list[str], said: str) -> None:
    assert claims.headline([{"verdict": verdict} for verdict in verdicts]) == said


def test_a_claim_without_an_estimate_for_a_view_is_called_so_and_not_too_few(market: Path) -> None:
    rows = claims.narrowed(market, claims.board(market), Filters(market="US", size="small"))
    by = {row["claim_slug"]: row for row in rows}
    assert by["few_openings"]["verdict"] == "not_estimated"
    assert by["few_openings"]["why_not"] == "No estimate was made for this choice of market and employer size together."
    assert by["interviews_defined"]["verdict"] == "not_testable"
    drawn = board.table(claims.arranged(rows, "verdict"))
    assert "<span>Not estimated</span>" in drawn
    assert "<span>Too few</span>" not in drawn
    assert claims.arranged(rows, "verdict")[0]["verdict"] == "not_testable"


def test_headline_figure_draws_the_estimates_and_says_too_few(market: Path) -> None:
    figure = evidence.headline(board_row(market, "few_openings"), estimates(market, "few_openings"))
    assert figure.table["group"].to_list() == [
        "All", "US", "India", "Singapore", "Europe", "Other markets", "Small, under 200", "Medium, 200–999", "Large, 1,000 and more",
    ]  # fmt: skip
    assert "All 0.25 (0.22 to 0.29)" in figure.description
    assert "Singapore too few (12 vacancies)" in figure.description
    assert (
        figure.source
        == "Hacker News, Ashby, Greenhouse and Lever · 4,400 vacancies · 296 employers · November 2018 to October 2026"
    )
    assert any("uncorrected it is 0.26" in caveat for caveat in figure.caveats)
    drawn = json.dumps(figure.chart.to_dict())
    assert "too few: 12 vacancies, 5 employers" in drawn


def test_groups_of_another_period_stand_aside_and_are_not_compared(market: Path) -> None:
    found = estimates(market, "few_openings").with_columns(
        period=pl.when(pl.col("group_value") == "India").then(pl.lit("latest_24_months")).otherwise("period")
    )
    figure = evidence.headline(board_row(market, "few_openings"), found)
    assert figure.table.filter(pl.col("is_aside"))["group"].to_list() == ["India, latest 24 months"]
    assert "India" not in figure.finding
    assert any("another period than the judged one (all years)" in caveat for caveat in figure.caveats)


def test_curve_counts_the_specifications_that_agree(market: Path) -> None:
    figure = evidence.curve(board_row(market, "few_openings"), estimates(market, "few_openings"))
    assert figure.finding == "7 of 8 ways to measure it give the same verdict, contradicted"
    assert figure.table.height == 8
    assert figure.table["value"].is_sorted()


def test_years_are_cut_where_a_source_joined(market: Path) -> None:
    changes = snapshot.rows(market, "SELECT * FROM change_log ORDER BY changed_at")
    figure = evidence.over_years(board_row(market, "few_openings"), estimates(market, "few_openings"), changes, {})
    # 2020 to 2022 and 2024 to 2026 are the lines that the source of June 2023 parts; the title speaks of the later one alone.
    assert figure.finding == "Without clear change, from 0.27 in 2024 to 0.20 in 2026"
    assert "1 June 2023" in figure.caveats[0]
    assert figure.source == f"All sources · {figure.table['n_vacancies'].sum():,} vacancies · 2020–2026"
    assert figure.caveats[-1] == "Too few vacancies or employers to show: 2019."


def test_years_that_no_line_joins_are_named_with_what_parts_them(market: Path) -> None:
    alone = dict.fromkeys(range(2019, 2027), 0) | {year: year for year in range(2019, 2027)}
    figure = evidence.over_years(board_row(market, "few_openings"), estimates(market, "few_openings"), [], alone)
    assert figure.finding.endswith(" in 2026, from different sources")


def test_a_group_that_is_large_enough_and_has_no_number_says_why(market: Path) -> None:
    found = estimates(market, "few_openings").with_columns(
        value=pl.when(pl.col("group_value").is_in(["India", "Europe"])).then(None).otherwise("value"),
        note=pl.when(pl.col("group_value").is_in(["India", "Europe", "Singapore"])).then(pl.lit("The noise drowns it")),
    )
    figure = evidence.headline(board_row(market, "few_openings"), found)
    assert "No number for India; Europe: The noise drowns it." in figure.caveats
    assert not any("Singapore" in caveat for caveat in figure.caveats)


def test_a_claim_is_parted_by_role_where_its_estimates_are(market: Path) -> None:
    found = estimates(market, "few_openings")
    of_roles = found.filter(
        (pl.col("measure") == "headline") & (pl.col("specification") == "headline") & (pl.col("group_kind") == "market")
    ).head(2)
    of_roles = of_roles.with_columns(
        group_kind=pl.lit("role"), group_value=pl.Series(["data_scientist", "ml_engineer"]), value=pl.Series([0.1, 0.9])
    )
    figure = evidence.headline(board_row(market, "few_openings"), pl.concat([found, of_roles]))
    assert figure.table["group"].to_list()[-2:] == ["ML engineers", "Data scientists"]
    assert figure.finding == "From 0.10 (Data scientists) to 0.90 (ML engineers), by market, employer size and role"
