"""What figures on topics say, against the same numbers worked out another way."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from pathlib import Path

import altair as alt
import duckdb
import numpy as np
import polars as pl
import pytest

from dashboard import columns, headings, snapshot, trust
from dashboard.filters import Filters
from dashboard.topics import closing, degrees, employers, half_life, ladder, openings, pay, requirements, skills, supply
from dashboard.topics.scope import (
    NOTHING_MEASURED,
    Scope,
    changed,
    changes_said,
    compared,
    extremes,
    longest_lines,
    named,
    stretches,
)

from .synthetic import build_snapshot


def test_stretches_number_the_runs_of_years_with_the_same_sources(scope: Scope) -> None:
    assert set(stretches(scope).values()) == {1}
    assert min(stretches(scope)) == 2018


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


def test_a_skill_over_the_years_is_the_share_of_each_roles_vacancies_with_a_text(scope: Scope, market: Path) -> None:
    asked = requirements.most_asked(scope)
    counts = snapshot.rows(
        market,
        "SELECT s.name FROM vacancy_skill k JOIN skill s USING (skill_id) JOIN vacancy v USING (vacancy_id) WHERE v.provenance <> 'sample' "
        "GROUP BY s.skill_id, s.name ORDER BY count(*) DESC, s.skill_id",
    )
    assert asked == [row["name"] for row in counts][: len(asked)]
    figure = requirements.skill_over_years(scope, "PyTorch")
    plain = snapshot.ask(
        market,
        "SELECT v.role, make_date(year(coalesce(v.posted_at, v.first_seen_at)), 1, 1) AS year, avg((k.skill_id IS NOT NULL)::INT) AS value, count(*) AS n "
        "FROM vacancy v LEFT JOIN vacancy_skill k ON k.vacancy_id = v.vacancy_id AND k.skill_id = 'pytorch' "
        "WHERE v.provenance <> 'sample' AND (v.language IS NOT NULL OR v.asks_ml IS NOT NULL) GROUP BY ALL",
    )
    both = figure.table.join(plain, on=["role", "year"], suffix="_plain")
    assert both.height == figure.table.height > 6
    assert both["value"].to_list() == pytest.approx(both["value_plain"].to_list())
    assert both["n_vacancies"].to_list() == both["n"].to_list()
    assert (both["low"] <= both["value"]).all()
    assert (both["value"] <= both["high"]).all()
    assert figure.finding.startswith("PyTorch asked: ")


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


def test_a_source_line_counts_the_vacancies_that_the_figure_rests_on(scope: Scope, vacancies: pl.DataFrame) -> None:
    paid = vacancies.filter(
        (pl.col("pay_tier") == "structured") & (pl.col("pay_kind") == "base") & pl.col("pay_low_usd_year").is_not_null() & pl.col("role").is_not_null()
    )  # fmt: skip
    assert paid.height < vacancies.height / 2
    assert (
        f" · {paid.height:,} vacancies · {paid['employer_id'].n_unique():,} employers · "
        in pay.bands(scope, "structured", "role").source
    )
    told = vacancies.filter(pl.col("degree_min").is_not_null() & pl.col("role").is_not_null())
    figure = degrees.required_by_role(scope, "master")
    assert f" · {told.height:,} vacancies · " in figure.source
    assert figure.table["n_vacancies"].sum() == told.height
    nowhere = Scope(scope.path, Filters(source="nowhere"))
    assert pay.bands(nowhere, "structured", "role").source == NOTHING_MEASURED


def test_the_rest_is_drawn_and_never_named_as_an_extreme() -> None:
    rows = {"role": ["other", "data_scientist", "ml_engineer", None], "value": [0.9, 0.2, 0.3, 0.0]}
    table = named(pl.DataFrame(rows), "role")
    assert table["group"].to_list() == ["Data scientist", "ML engineer", "Other roles", "Not told"]
    low, high = extremes(table)
    assert (low["role"], high["role"]) == ("data_scientist", "ml_engineer")
    assert named(pl.DataFrame({"market": ["other", "US"]}), "market")["group"].to_list() == ["Other markets", "US"]


@pytest.mark.parametrize(("high_of_low", "meets"), [(0.24, False), (0.25, True)])
def test_a_title_says_where_the_intervals_of_its_extremes_meet(scope: Scope, high_of_low: float, meets: bool) -> None:
    table = pl.DataFrame(
        {"group": ["A", "B"], "value": [0.2, 0.3], "low": [0.1, 0.25], "high": [high_of_low, 0.4], "n_vacancies": [50, 60], "n_employers": [20, 20],
         "n_unknown": [0, 0], "is_shown": [True, True]}
    )  # fmt: skip
    figure = compared(scope, table, key="k", unit="share", what="Things", rows=scope.rows())
    assert figure.finding == "Things, 2018–2026: from 20% (A) to 30% (B)" + ", with intervals that overlap" * meets


def test_a_title_over_time_speaks_of_the_longest_line_and_of_no_other_year() -> None:
    years = [dt.date(year, 1, 1) for year in (2012, 2013, 2014, 2018, 2019, 2025)]
    value = [0.10, 0.20, 0.30, 0.5, 0.6, 0.9]
    table = pl.DataFrame(
        {"role": ["a"] * 6, "year": years, "value": value, "low": [v - 0.05 for v in value], "high": [v + 0.05 for v in value]}
    )  # fmt: skip
    line = longest_lines(table, "role", [], {})["a"]
    assert line["year"].to_list() == years[:3]
    assert changed(line, "share") == "up from 10% in 2012 to 30% in 2014"
    assert changed(line.reverse(), "share") == "down from 30% in 2014 to 10% in 2012"
    assert (
        changed(line.head(2).with_columns(high=pl.lit(0.5)), "share")
        == "without clear change, from 10% in 2012 to 20% in 2013"
    )
    # A source that joined in 2014 leaves two lines of two years; the later one is told.
    assert longest_lines(table, "role", [dt.date(2014, 3, 1)], {})["a"]["year"].to_list() == years[3:5]
    assert longest_lines(table, "role", [], {2012: 1, 2013: 2, 2014: 3})["a"]["year"].to_list() == years[3:5]


def test_a_title_over_time_names_what_moved_and_says_where_nothing_did() -> None:
    def line(first: float, last: float, n: int = 2) -> pl.DataFrame:
        value = [first, last][:n]
        return pl.DataFrame({"year": [dt.date(2012, 1, 1), dt.date(2013, 1, 1)][:n], "value": value, "low": [v - 0.01 for v in value], "high": [v + 0.01 for v in value]})  # fmt: skip

    up, still, alone = line(0.1, 0.2), line(0.5, 0.5), line(0.3, 0.3, 1)
    said = "ML engineer up from 10% in 2012 to 20% in 2013"
    assert changes_said({"ml_engineer": up, "other": alone}, "share") == said
    assert changes_said({"ml_engineer": up, "a": still}, "share") == f"{said}; no clear change for the other"
    assert (
        changes_said({"ml_engineer": up, "a": still, "b": still}, "share") == f"{said}; no clear change for the others"
    )
    assert changes_said({"a": still, "b": alone}, "share") == "no clear change, 2012–2013"
    assert changes_said({"b": alone}, "share") == "too few years in a row to compare"
    assert changes_said(dict.fromkeys("abcd", up), "share").endswith("; and others")


def test_employers_are_listed_as_plain_sql_lists_them(scope: Scope, market: Path) -> None:
    plain = snapshot.ask(
        market,
        "SELECT any_value(employer_name) AS employer, count(*) AS n, count(*) FILTER (role IN ('ml_engineer', 'data_scientist', 'research_scientist')) AS d,"
        " count(*) FILTER (role = 'software_engineer') AS s, max(last_seen_at)::DATE AS last FROM vacancy v"
        f" WHERE {scope.filters.where()} AND contains(lower(employer_name), 'nordlicht 1') GROUP BY employer_id ORDER BY n DESC, employer",
    )
    ours = employers.listing(scope, "Nordlicht 1")
    assert ours.select("employer", "n_vacancies", "ds_mle", "swe", "last_seen_on").rows() == plain.rows()


def test_a_view_of_few_gives_counts_and_no_share(scope: Scope, vacancies: pl.DataFrame) -> None:
    few = Scope(scope.path, Filters(market="Singapore", level="c_level"))
    seen = vacancies.filter((pl.col("market") == "Singapore") & (pl.col("level") == "c_level"))
    n, k = seen.height, seen["employer_id"].n_unique()
    assert n < 30
    said = f"{n} {'vacancy' if n == 1 else 'vacancies'} of {k} {'employer' if k == 1 else 'employers'}"
    assert openings.by_role(few).finding == f"{said} in this view: too few for a share"
    for figure in (
        employers.by_size(few),
        employers.concentration(few),
        skills.asked_most(few, "languages"),
        requirements.side_by_side(few),
    ):
        assert "%" not in figure.finding
        assert " 0 " not in figure.subtitle


def test_the_top_employers_are_whole_employers(scope: Scope, vacancies: pl.DataFrame) -> None:
    sizes = vacancies.group_by("employer_id").len().sort("len", descending=True)["len"]
    figure = employers.concentration(scope)
    assert sizes.len() >= 100
    share = sizes.head(math.ceil(sizes.len() / 100)).sum() / sizes.sum()
    assert figure.finding.startswith(
        f"The top 1% of employers post {share:.1%} of vacancies"
        if share < 0.1
        else f"The top 1% of employers post {share:.0%} of vacancies"
    )
    assert all(label["value"] > 0 for label in figure.table.iter_rows(named=True))


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
    assert " halved every " in figure.finding
    assert figure.source.startswith("Ashby alone")


def test_each_field_is_judged_by_one_measure_and_recall_never_without_precision() -> None:
    rows = [
        ("role", "seen", "accuracy", 0.99), ("role", "later", "accuracy", 0.9), ("role", "later", "macro_f1", 0.8),
        ("asks_ml", "later", "accuracy", 0.95), ("asks_ml", "later", "f1", 0.7),
        ("ambiguous_skills", "later", "recall", 0.97), ("ambiguous_skills", "later", "precision", 0.9),
        ("pay", "later", "over_claim", 0.0),
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=["field", "label_set", "metric", "value"], orient="row").with_columns(
        n_labelled=pl.lit(90), is_unseen=pl.col("label_set") == "later"
    )
    judged = trust.judged(table).sort("field", "metric")
    assert judged.select("field", "metric", "value").rows() == [
        ("ambiguous_skills", "precision", 0.9),
        ("ambiguous_skills", "recall", 0.97),
        ("asks_ml", "f1", 0.7),
        ("role", "accuracy", 0.9),
    ]


def test_a_field_is_judged_by_labels_that_corrected_nothing_and_of_these_by_those_that_tell_most() -> None:
    rows = [
        ("asks_research", "a", "f1", 0.99, 500, False), ("asks_research", "a", "recall", 0.99, 80, False),
        ("asks_research", "b", "f1", 0.9, 90, True), ("asks_research", "b", "recall", 0.9, 30, True),
        ("asks_research", "c", "f1", 0.4, 335, True), ("asks_research", "c", "recall", 0.4, 4, True),
        ("role", "a", "accuracy", 0.98, 195, False), ("role", "b", "accuracy", 0.96, 1_000, True),
        ("role", "c", "accuracy", 0.94, 335, True), ("pay", "a", "recall", 1.0, 400, False),
        ("reports_to", "z", "recall", 0.7, 16, False), ("reports_to", "a", "recall", 0.8, 20, False),
    ]  # fmt: skip
    schema = ["field", "label_set", "metric", "value", "n_labelled", "is_unseen"]
    judged = trust.judged(pl.DataFrame(rows, schema=schema, orient="row").sample(fraction=1, shuffle=True, seed=4))
    assert judged.sort("field").select("field", "label_set", "value").rows() == [
        ("asks_research", "b", 0.9),
        ("pay", "a", 1.0),
        ("reports_to", "a", 0.8),
        ("role", "b", 0.96),
    ]


def test_quality_names_how_many_labels_each_set_has() -> None:
    drawn = pl.DataFrame({"label_set": ["b", "a", "b"], "n_labelled": [105, 16, 73]})
    assert trust.label_sets(drawn) == "Labelled postings behind each figure: 16 (a, 1 figure); 73 to 105 (b, 2 figures)"


def test_tables_show_names_and_downloads_keep_identifiers() -> None:
    table = pl.DataFrame({"role": ["ml_engineer", None], "sources": [["hn", "ashby"], []], "n": [1, 2]})
    assert headings.named(table).rows() == [("ML engineer", "Hacker News and Ashby", 1), (None, "", 2)]
    assert table["role"][0] == "ml_engineer"
