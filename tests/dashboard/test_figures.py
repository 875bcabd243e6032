"""What figures say, against the same numbers worked out another way."""

from __future__ import annotations

import datetime as dt
import json
import math
import warnings
from pathlib import Path

import altair as alt
import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import claims, clustered, columns, evidence, skill_shares, snapshot, tables, trust
from dashboard.charts.axes import few, on_lines
from dashboard.charts.over_time import apart, segments
from dashboard.charts.scatter import without_overlap
from dashboard.claims import estimates
from dashboard.filters import Filters
from dashboard.topics import closing, degrees, employers, half_life, ladder, openings, pay, requirements, skills, supply
from dashboard.topics.scope import Scope, stretches
from warehouse.schema.tables import DS_MLE

from .synthetic import FINDINGS, build_snapshot


@pytest.fixture
def scope(market: Path) -> Scope:
    return Scope(market, Filters())


@pytest.fixture
def vacancies(market: Path) -> pl.DataFrame:
    return snapshot.ask(market, "SELECT * FROM vacancy WHERE provenance <> 'sample'")


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


def test_headline_figure_draws_the_estimates_and_says_too_few(market: Path) -> None:
    figure = evidence.headline(board_row(market, "few_openings"), estimates(market, "few_openings"))
    assert figure.table["group"].to_list() == [
        "All", "US", "India", "Singapore", "Europe", "other markets", "small, under 200", "medium, 200–999", "large, 1,000 and more",
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
    assert figure.finding.endswith("with a change of the instrument between")
    assert "1 June 2023" in figure.caveats[0]
    assert figure.caveats[-1] == "Too few vacancies or employers to show: 2019."


def test_lines_join_consecutive_years_of_the_same_sources_on_one_side_of_a_break() -> None:
    years = [dt.date(year, 1, 1) for year in (2015, 2016, 2019, 2020, 2021, 2022)]
    assert segments(["a"] * 6, years, [], {}) == [1, 1, 2, 2, 2, 2]
    assert segments(["a"] * 6, years, [dt.date(2021, 6, 1)], {}) == [1, 1, 2, 2, 3, 4]
    assert segments(["a"] * 6, years, [], {2015: 1, 2016: 1, 2019: 2, 2020: 2, 2021: 3, 2022: 3}) == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    assert segments(["a", "a", "b"], [*years[:2], dt.date(2017, 1, 1)], [], {}) == [1, 1, 2]


def test_labels_keep_their_distance_inside_the_range() -> None:
    placed = apart([0.99, 0.98, 0.1], [0.0, 1.0], 0.1)
    assert placed[2] == 0.1 or placed[2] < 0.1
    assert abs(placed[0] - placed[1]) == pytest.approx(0.1)
    assert max(placed) <= 1.0


def test_stretches_number_the_runs_of_years_with_the_same_sources(scope: Scope) -> None:
    assert set(stretches(scope).values()) == {1}
    assert min(stretches(scope)) == 2018


def clustered_by_hand(frame: pl.DataFrame, over: pl.Expr, under: pl.Expr) -> tuple[float, float]:
    per = frame.group_by("employer_id").agg(s=over.sum(), m=under.sum()).filter((pl.col("s") > 0) | (pl.col("m") > 0))
    s, m = per["s"].cast(pl.Float64).to_numpy(), per["m"].cast(pl.Float64).to_numpy()
    p, k = s.sum() / m.sum(), len(s)
    return p, float(np.sqrt(k / (k - 1) * ((s - p * m) ** 2).sum()) / m.sum())


def test_ratio_and_its_interval_agree_with_the_linearised_cluster_variance(
    scope: Scope, vacancies: pl.DataFrame
) -> None:
    table = clustered.ratios(scope.columns, scope.sides(), {}, scope.rows())
    value, error = clustered_by_hand(vacancies, pl.col("role").is_in(DS_MLE), pl.col("role") == "software_engineer")
    row = table.row(0, named=True)
    assert row["value"] == pytest.approx(value)
    t = clustered.t_quantile(row["n_employers"] - 1)
    assert row["high"] == pytest.approx(value * np.exp(t * error / value))
    assert row["n_vacancies"] == vacancies.filter(pl.col("role").is_in([*DS_MLE, "software_engineer"])).height


def test_share_leaves_unknown_out_and_counts_it(scope: Scope, vacancies: pl.DataFrame) -> None:
    table = clustered.shares(
        scope.columns, scope.columns.flags["asks_software"], {"role": scope.role}, scope.rows()
    ).filter(pl.col("role") == "data_engineer")
    of_role = vacancies.filter(pl.col("role") == "data_engineer")
    row = table.row(0, named=True)
    assert row["n_unknown"] == of_role["asks_software"].null_count() > 0
    assert row["value"] == pytest.approx(of_role["asks_software"].mean())
    known = of_role.filter(pl.col("asks_software").is_not_null())
    value, error = clustered_by_hand(known, pl.col("asks_software"), pl.col("asks_software").is_not_null())
    spread = clustered.t_quantile(row["n_employers"] - 1) * error / (value * (1 - value))
    odds = value / (1 - value) * np.exp(-spread)
    assert row["low"] == pytest.approx(odds / (1 + odds))


def test_small_groups_give_their_count_and_no_number(scope: Scope) -> None:
    table = clustered.shares(
        scope.columns,
        scope.columns.flags["asks_ml"],
        {"level": scope.columns.coded["level"]},
        scope.rows(only=(scope.columns.employers["employer_id"] < "employer-101").to_numpy()[scope.columns.employer]),
    )
    few = table.filter(~pl.col("is_shown"))
    assert few.height
    assert few["value"].null_count() == few.height
    assert (few["n_vacancies"] > 0).all()


def test_share_of_none_and_of_all_has_an_exact_bound() -> None:
    assert clustered.bounds(0.0, 0.0, 20, is_share=True) == (0.0, pytest.approx(1 - 0.05 ** (1 / 20)))
    assert clustered.bounds(1.0, 0.0, 20, is_share=True) == (pytest.approx(0.05 ** (1 / 20)), 1.0)


def test_roles_figure_names_the_largest(scope: Scope, vacancies: pl.DataFrame) -> None:
    figure = openings.by_role(scope)
    swe = vacancies.filter(pl.col("role") == "software_engineer").height
    assert figure.finding == f"{swe / vacancies.height:.0%} of vacancies are for software engineers, 2018–2026"
    assert figure.table["value"].sum() == vacancies.height


def test_pay_bands_are_the_quartiles_of_one_tier(scope: Scope, vacancies: pl.DataFrame) -> None:
    figure = pay.bands(scope, "structured", "role")
    row = figure.table.filter(pl.col("role") == "software_engineer").row(0, named=True)
    of_tier = vacancies.filter((pl.col("role") == "software_engineer") & (pl.col("pay_tier") == "structured"))
    middle = (of_tier["pay_low_usd_year"] + of_tier["pay_high_usd_year"]) / 2
    assert row["value"] == pytest.approx(np.quantile(middle.to_numpy(), 0.5))
    assert row["low"] == pytest.approx(np.quantile(middle.to_numpy(), 0.25))
    assert row["n_vacancies"] == of_tier.height


def test_closing_curve_agrees_with_lifelines(scope: Scope, vacancies: pl.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        figure = closing.curves(scope, "market")
        of_us = vacancies.filter(
            (pl.col("market") == "US") & ~pl.col("is_left_truncated") & (pl.col("provenance") == "crawl")
        )
        is_closed = ~of_us["is_right_censored"]
        days = [
            round(
                (row["open_days_low"] + row["open_days_high"]) / 2
                if not row["is_right_censored"]
                else row["open_days_low"]
            )
            for row in of_us.iter_rows(named=True)
        ]
        fit = KaplanMeierFitter().fit(days, is_closed.to_list())
    ours = figure.table.filter(pl.col("series") == "US").sort("day")
    theirs = [float(fit.predict(day)) for day in ours["day"]]
    assert ours["value"].to_list() == pytest.approx(theirs, abs=1e-9)
    assert f"{fit.median_survival_time_:.0f}" in figure.finding


def test_skill_profile_shares_and_their_finding(scope: Scope, market: Path, vacancies: pl.DataFrame) -> None:
    figure = requirements.side_by_side(scope)
    asked = snapshot.ask(market, "SELECT vacancy_id FROM vacancy_skill WHERE skill_id = 'pytorch'")
    of_role = vacancies.filter(pl.col("role") == "ml_engineer")
    share = of_role["vacancy_id"].is_in(asked["vacancy_id"].implode()).mean()
    row = figure.table.filter((pl.col("skill") == "PyTorch") & (pl.col("role") == "ml_engineer")).row(0, named=True)
    assert row["value"] == pytest.approx(share)
    assert row["low"] < share < row["high"]
    assert figure.finding.startswith("The roles differ most in ")


def test_seekers_per_opening_divides_the_same_forum_and_month(
    scope: Scope, market: Path, vacancies: pl.DataFrame
) -> None:
    figure = supply.seekers_per_opening(scope)
    of_forum = vacancies.filter(pl.col("source") == "hn").with_columns(
        month_on=pl.col("posted_at").dt.truncate("1mo").dt.date()
    )
    months = of_forum.filter(pl.col("role") == "software_engineer").group_by("month_on").len()
    seekers = snapshot.ask(
        market,
        "SELECT month_on, n_seekers FROM supply_month WHERE role = 'software_engineer' AND year(month_on) = 2021",
    )
    both = seekers.join(months, on="month_on")
    row = figure.table.filter((pl.col("side") == "SWE") & (pl.col("year") == dt.date(2021, 1, 1))).row(0, named=True)
    assert row["value"] == pytest.approx(both["n_seekers"].sum() / both["len"].sum())


def test_every_figure_of_a_topic_holds_the_rows_it_draws(scope: Scope) -> None:
    for figure in (
        degrees.required_by_role(scope, "master"), degrees.by_size(scope), degrees.over_years(scope), ladder.levels_by_role(scope),
        ladder.reach(scope, "staff"), pay.disclosure(scope, "market"), skills.premium_against_reach(scope, "structured"),
        openings.per_software_opening(scope, "market"),
    ):  # fmt: skip
        assert figure.table.height
        assert alt.LayerChart.from_dict(figure.chart.to_dict(), validate=True)
        assert figure.description
        assert " vacancies · " in figure.source


VIEWS = (
    Filters(), Filters(market="US"), Filters(source="hn", period="2021"), Filters(size="small", level="senior"),
    Filters(definition="strict", market="India"),
)  # fmt: skip
CLUSTERS = """
WITH per AS (
  SELECT v.{role} AS role, v.employer_id, count(*) FILTER (v.asks_software) AS s, count(v.asks_software) AS m, count(*) - count(v.asks_software) AS u
  FROM vacancy v WHERE {where} GROUP BY v.{role}, v.employer_id
)
SELECT role, sum(s) / sum(m) AS value, sum(m)::BIGINT AS n_vacancies, count(*) FILTER (m > 0) AS n_employers, sum(u)::BIGINT AS n_unknown
FROM per GROUP BY role HAVING sum(m) > 0 ORDER BY role NULLS LAST
"""


@pytest.mark.parametrize("filters", VIEWS, ids=str)
def test_columns_count_what_plain_sql_counts(market: Path, filters: Filters) -> None:
    scope = Scope(market, filters)
    asked = CLUSTERS.format(role=filters.role_column, where=filters.where())
    plain = snapshot.ask(market, asked)
    ours = clustered.shares(scope.columns, scope.columns.flags["asks_software"], {"role": scope.role}, scope.rows())
    for name in ("role", "n_vacancies", "n_employers", "n_unknown"):
        assert ours[name].to_list() == plain[name].to_list()
    shown = ours.filter("is_shown").select("role", "value").rows()
    value_of = dict(plain.select("role", "value").rows())
    assert [value for _, value in shown] == pytest.approx([value_of[role] for role, _ in shown])
    whole = snapshot.row(
        market,
        "SELECT count(*) AS n_vacancies, count(DISTINCT employer_id) AS n_employers, list_sort(list(DISTINCT source)) AS sources,"
        f" min(posted_at)::DATE AS from_on, max(posted_at)::DATE AS to_on FROM vacancy v WHERE {filters.where()}",
    )
    assert scope.summary() == whole


@pytest.mark.parametrize("filters", VIEWS, ids=str)
def test_skills_are_counted_as_plain_sql_counts_them(market: Path, filters: Filters) -> None:
    scope = Scope(market, filters)
    plain = snapshot.ask(
        market,
        f"SELECT k.skill_id, count(*) AS n, count(DISTINCT v.employer_id) AS e, sum(v.pay_low_usd_year) AS pay FROM vacancy_skill k"
        f" JOIN vacancy v USING (vacancy_id) WHERE {filters.where()} GROUP BY 1 ORDER BY 1",
    )
    held, rows = scope.columns, scope.rows()
    n = skill_shares.n_asking(held, rows)
    seen = n > 0
    assert held.skills["skill_id"].to_numpy()[seen].tolist() == plain["skill_id"].to_list()
    assert n[seen].tolist() == plain["n"].to_list()
    parts = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows)
    assert parts.n_asking[seen, 0].tolist() == plain["n"].to_list()
    assert parts.value[seen, 0].tolist() == pytest.approx((plain["n"] / len(rows)).to_list())
    few = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows, [1, 4])
    assert few.n_asking[[1, 4]].tolist() == parts.n_asking[[1, 4]].tolist()
    assert few.n_asking.sum() == few.n_asking[[1, 4]].sum()
    assert few.error[[1, 4]].tolist() == parts.error[[1, 4]].tolist()
    days = held.day[rows].astype(np.float64)
    amounts = skill_shares.amounts(held, days, rows)
    assert [(len(found), n_employers) for _, found, n_employers in amounts] == plain.select("n", "e").rows()


def test_error_of_a_skills_share_is_that_of_a_share_over_employers(scope: Scope) -> None:
    held, rows = scope.columns, scope.rows()
    place = held.skills["skill_id"].to_list().index("python")
    asks = np.zeros(held.n, dtype=np.int8)
    asks[held.asked_by[held.asked_skill == place]] = 1
    row = clustered.shares(held, asks, {}, rows).row(0, named=True)
    parts = skill_shares.of_parts(held, np.zeros(len(rows), dtype=np.int16), 1, rows)
    low, high = clustered.bounds(parts.value[place, 0], parts.error[place, 0], int(parts.n_employers[0]), is_share=True)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((parts.value[place, 0], low, high))


def test_columns_leave_sample_vacancies_out_and_keep_employers_together(market: Path, vacancies: pl.DataFrame) -> None:
    held = columns.of(market)
    assert held.n == vacancies.height
    assert (np.diff(held.employer) >= 0).all()
    by_name = vacancies.group_by("employer_id").len().sort("employer_id")
    assert held.employers["employer_id"].to_list() == by_name["employer_id"].to_list()
    assert np.bincount(held.employer).tolist() == by_name["len"].to_list()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_quarters_are_numpys(amounts: list[float]) -> None:
    assert clustered.quarters(np.array(amounts)) == pytest.approx(tuple(np.quantile(amounts, (0.25, 0.5, 0.75))))


def test_blocks_of_employers_add_up_to_the_whole(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"source": scope.columns.coded["source"], "year": scope.year}
    whole = clustered.ratios(scope.columns, scope.sides(), keys, scope.rows())
    monkeypatch.setattr(clustered, "N_CELLS", 1_000)
    assert clustered.ratios(scope.columns, scope.sides(), keys, scope.rows()).equals(whole)


def test_employers_are_listed_as_plain_sql_lists_them(scope: Scope, market: Path) -> None:
    plain = snapshot.ask(
        market,
        "SELECT any_value(employer_name) AS employer, count(*) AS n, count(*) FILTER (role IN ('ml_engineer', 'data_scientist', 'research_scientist')) AS d,"
        " count(*) FILTER (role = 'software_engineer') AS s, max(last_seen_at)::DATE AS last FROM vacancy v"
        f" WHERE {scope.filters.where()} AND contains(lower(employer_name), 'nordlicht 1') GROUP BY employer_id ORDER BY n DESC, employer",
    )
    ours = employers.listing(scope, "Nordlicht 1")
    assert ours.select("employer", "n_vacancies", "ds_mle", "swe", "last_seen_on").rows() == plain.rows()


def test_a_distribution_is_the_share_of_each_part_with_its_interval(scope: Scope) -> None:
    role, level = scope.role, scope.columns.coded["level"]
    rows = scope.rows(only=role.known() & level.known())
    table = clustered.distributed(scope.columns, role, level, rows)
    assert table.filter(pl.col("n") > 0).group_by("key").agg(pl.col("n").sum(), pl.col("n_vacancies").first()).filter(pl.col("n") != pl.col("n_vacancies")).is_empty()  # fmt: skip
    for part in ("mid", "director"):
        alone = clustered.shares(scope.columns, level.flag(part), {"role": role}, rows)
        here = table.filter((pl.col("part") == part) & pl.col("is_shown")).join(alone, left_on="key", right_on="role", suffix="_alone")  # fmt: skip
        assert here.height
        for name in ("value", "low", "high", "n_employers"):
            assert here[name].to_list() == pytest.approx(here[f"{name}_alone"].to_list())


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A snapshot like the bundled panel: no closing observed, no seekers counted, vacancies of a forum posted again."""
    path = build_snapshot(tmp_path / "past.duckdb")
    con = duckdb.connect(str(path))
    for sql in (
        "DELETE FROM supply_month",
        "UPDATE vacancy SET is_left_truncated = true",
        "UPDATE vacancy SET n_postings = 2 WHERE source = 'hn' AND posting_id::INT % 4 = 0",
        "UPDATE vacancy SET posted_at = NULL WHERE source = 'lever'",
    ):
        con.execute(sql).complete()
    con.close()
    return path


def test_where_no_closing_was_seen_the_dates_say_what_they_can(past: Path) -> None:
    scope = Scope(past, Filters())
    assert closing.curves(scope, "market").chart is None
    rows = snapshot.ask(past, "SELECT * FROM vacancy WHERE provenance <> 'sample'")
    again = closing.posted_again(scope)
    of_forum = rows.filter((pl.col("source") == "hn") & (pl.col("role") == "software_engineer"))
    row = again.table.filter(pl.col("role") == "software_engineer").row(0, named=True)
    assert row["value"] == pytest.approx((of_forum["n_postings"] > 1).mean())
    assert row["low"] < row["value"] < row["high"]
    assert again.source.startswith("Hacker News · ")
    assert any("not a closing time" in caveat for caveat in again.caveats)
    age = closing.age_when_last_seen(scope)
    of_boards = rows.filter((pl.col("source") != "hn") & pl.col("posted_at").is_not_null())
    days = (pl.col("last_seen_at").dt.date() - pl.col("posted_at").dt.date()).dt.total_days()
    seen = of_boards.filter(pl.col("role") == "ml_engineer").select(days).to_series()
    row = age.table.filter(pl.col("role") == "ml_engineer").row(0, named=True)
    assert (row["n_vacancies"], row["value"]) == (seen.len(), seen.median())
    assert age.source.startswith("Ashby and Greenhouse · ")
    assert "Half of the vacancies had been up for " in age.finding


def test_where_no_seekers_were_counted_demand_stands_alone(past: Path) -> None:
    scope = Scope(past, Filters())
    figure = supply.openings_a_month(scope)
    of_forum = snapshot.ask(
        past, "SELECT * FROM vacancy WHERE source = 'hn' AND provenance <> 'sample' AND year(posted_at) = 2021"
    )
    n = of_forum.filter(pl.col("role") == "software_engineer").height
    row = figure.table.filter((pl.col("side") == "SWE") & (pl.col("year") == dt.date(2021, 1, 1))).row(0, named=True)
    assert (row["value"], row["n_vacancies"], row["n_months"]) == (pytest.approx(n / 12), n, 12)
    assert row["high"] - row["value"] == pytest.approx(1.96 * math.sqrt(n) / 12)
    assert figure.finding.startswith("Demand alone: in 2026 the forum had ")


def test_a_forum_that_is_not_in_the_view_shows_nothing(past: Path) -> None:
    scope = Scope(past, Filters(source="ashby"))
    assert closing.posted_again(scope) is None
    assert closing.age_when_last_seen(Scope(past, Filters(source="lever"))) is None


def test_a_year_is_that_of_the_day_posted(market: Path, vacancies: pl.DataFrame) -> None:
    held = columns.of(market)
    counts = np.bincount(held.coded["year"].codes, minlength=len(held.coded["year"].values)).tolist()
    by_year = vacancies.group_by(pl.col("posted_at").dt.year()).len().sort("posted_at")
    assert list(zip(held.coded["year"].values, counts, strict=True)) == by_year.rows()


def slope(points: list[tuple[int, float, float]]) -> tuple[float, float]:
    """The slope through (year, share, standard error), as one row beside another that lacks its last year."""
    years, shares, errors = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    shorter = np.where(np.arange(len(years)) == len(years) - 1, 0.0, errors)
    rate, reach = half_life.slopes(years, np.array([shares, shares]), np.array([errors, shorter]))
    alone = half_life.slopes(years[:-1], shares[None, :-1], errors[None, :-1])
    assert (rate[1], reach[1]) == pytest.approx((alone[0][0], alone[1][0]))
    return float(rate[0]), float(reach[0])


def test_slope_of_an_exact_exponential_is_its_rate() -> None:
    points = [(year, 0.4 * 0.5 ** ((year - 2011) / 2), 0.01) for year in range(2011, 2017)]
    rate, reach = slope(points)
    assert rate == pytest.approx(-math.log(2) / 2)
    # By hand: weights (share/error)² = 1600·2^-(k), k = 0..5; t(4) = 2.776.
    weights = [(share / error) ** 2 for _, share, error in points]
    mean = sum(w * year for w, (year, *_) in zip(weights, points, strict=True)) / sum(weights)
    spread = sum(w * (year - mean) ** 2 for w, (year, *_) in zip(weights, points, strict=True))
    assert reach == pytest.approx(2.776 / math.sqrt(spread), rel=1e-3)


def test_years_that_scatter_more_than_their_errors_widen_the_interval() -> None:
    steady = [(year, 0.3, 0.01) for year in range(2011, 2019)]
    restless = [(year, 0.3 + 0.1 * (-1) ** year, 0.01) for year in range(2011, 2019)]
    assert slope(restless)[1] > 3 * slope(steady)[1]


def test_half_life_rests_on_one_source_and_finds_the_skill_that_halves(tmp_path: Path) -> None:
    path = build_snapshot(tmp_path / "m.duckdb", n_vacancies=60_000)
    con = duckdb.connect(str(path))
    # Half of the vacancies of 2018 ask the first skill and a fifth fewer each year after: it halves in ln 2 / −ln 0.8 = 3.1 years.
    con.execute("DELETE FROM vacancy_skill").complete()
    con.execute(
        "INSERT INTO vacancy_skill SELECT vacancy_id, (SELECT min(skill_id) FROM skill) FROM vacancy"
        " WHERE hash(vacancy_id) % 1000 < 500 * 0.8 ** (year(posted_at) - 2018)"
    ).complete()
    con.execute(
        "INSERT INTO vacancy_skill SELECT vacancy_id, (SELECT max(skill_id) FROM skill) FROM vacancy"
    ).complete()
    con.close()
    table, source, years = half_life.rates(Scope(path, Filters(source="ashby")), "DS/MLE")
    assert source == "ashby"
    assert years == sorted(years)
    assert len(years) >= half_life.FEWEST_YEARS
    halved = table.row(0, named=True)
    assert halved["low"] < -0.2 < halved["high"]
    assert halved["years_to_halve"] == pytest.approx(3.1, rel=0.15)
    figure = half_life.halving(Scope(path, Filters(source="ashby")), "DS/MLE")
    assert "halves in" in figure.finding
    assert figure.source.startswith("Ashby alone")


def test_each_field_is_judged_by_one_measure_and_recall_never_without_precision() -> None:
    rows = [
        ("role", "development labels", "accuracy", 0.99), ("role", "later labels", "accuracy", 0.9), ("role", "later labels", "macro_f1", 0.8),
        ("asks_ml", "later labels", "accuracy", 0.95), ("asks_ml", "later labels", "f1", 0.7),
        ("ambiguous_skills", "later labels", "recall", 0.97), ("ambiguous_skills", "later labels", "precision", 0.9),
        ("pay", "later labels", "over_claim", 0.0),
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=["field", "label_set", "metric", "value"], orient="row")
    judged = trust.judged(table).sort("field", "metric")
    assert judged.select("field", "metric", "value").rows() == [
        ("ambiguous_skills", "precision", 0.9),
        ("ambiguous_skills", "recall", 0.97),
        ("asks_ml", "f1", 0.7),
        ("role", "accuracy", 0.9),
    ]


def test_quality_names_how_many_labels_each_set_has() -> None:
    drawn = pl.DataFrame({"label_set": ["b", "a", "b"], "n_labelled": [105, 16, 73]})
    assert trust.label_sets(drawn) == "a: 16 labelled a figure (1 figure) · b: 73 to 105 labelled a figure (2 figures)"


def test_names_of_points_never_collide_and_the_first_comes_first() -> None:
    points = [(0.5, 0.5, "Python"), (0.51, 0.5, "Java"), (0.5, 0.9, "SQL"), (1.0, 0.5, "far too long a name")]
    assert without_overlap(points, 900, 420) == [True, False, True, False]
    assert without_overlap([(0.3, 0.5, "Python"), (0.7, 0.5, "Java")], 900, 420) == [True, True]


def test_long_names_are_broken_between_words_alone() -> None:
    assert on_lines(["US", "Natural language processing", "Retrieval-augmentedgenerationofeverything"]) == [
        "US",
        "Natural language\nprocessing",
        "Retrieval-\naugmentedgenerationofeverything",
    ]


def test_a_row_says_why_it_has_no_number() -> None:
    assert few({"n_vacancies": 12, "n_employers": 5}) == "too few: 12 vacancies, 5 employers"
    assert few({"n_vacancies": 508, "n_employers": 286}) == "too few on one side of 508 vacancies"


def test_a_claim_is_parted_by_role_where_its_estimates_are(market: Path) -> None:
    found = estimates(market, "few_openings")
    of_roles = found.filter(
        (pl.col("measure") == "headline") & (pl.col("specification") == "headline") & (pl.col("group_kind") == "market")
    ).head(2)
    of_roles = of_roles.with_columns(
        group_kind=pl.lit("role"), group_value=pl.Series(["data_scientist", "ml_engineer"]), value=pl.Series([0.1, 0.9])
    )
    figure = evidence.headline(board_row(market, "few_openings"), pl.concat([found, of_roles]))
    assert figure.table["group"].to_list()[-2:] == ["ML engineers", "data scientists"]
    assert figure.finding == "From 0.10 (data scientists) to 0.90 (ML engineers), by market, employer size and role"


def test_tables_show_names_and_downloads_keep_identifiers() -> None:
    table = pl.DataFrame({"role": ["ml_engineer", None], "sources": [["hn", "ashby"], []], "n": [1, 2]})
    assert tables.named(table).rows() == [("ML engineer", "Hacker News and Ashby", 1), (None, "", 2)]
    assert table["role"][0] == "ml_engineer"
