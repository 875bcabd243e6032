"""How charts are laid out: lines, labels and names, and a declaration that no view changes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import polars as pl
import pytest

from dashboard.charts import trend
from dashboard.charts.axes import few, on_lines
from dashboard.charts.over_time import apart, segments
from dashboard.charts.scatter import without_overlap
from dashboard.charts.specifications import worded
from dashboard.figures import Figure
from dashboard.filters import Filters
from dashboard.topics import closing, ladder, openings, pay, requirements, skills
from dashboard.topics.scope import Scope

from .serving import ROOT


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


def test_pandas_is_loaded_whole_before_a_chart_is_made() -> None:
    made = "import sys, dashboard.charts.drawing; assert sys.modules['pandas'].Timestamp"
    ran = subprocess.run([sys.executable, "-c", made], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_labels_keep_their_distance_inside_the_range() -> None:
    placed = apart([0.99, 0.98, 0.1], [0.0, 1.0], 0.1)
    assert placed[2] == 0.1 or placed[2] < 0.1
    assert abs(placed[0] - placed[1]) == pytest.approx(0.1)
    assert max(placed) <= 1.0


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


def test_no_view_changes_a_declaration_and_so_a_chart_is_only_handed_new_rows(scope: Scope) -> None:
    narrowed = Scope(scope.path, Filters(market="US", definition="strict"))

    def made(of: Scope) -> list[Figure]:
        return [
            openings.by_role(of), openings.over_years(of), openings.per_software_opening(of, "size"), requirements.side_by_side(of),
            pay.bands(of, "structured", "role"), ladder.levels_by_role(of), closing.curves(of, "role"), skills.premium_against_reach(of, "structured"),
        ]  # fmt: skip

    for whole, part in zip(made(scope), made(narrowed), strict=True):
        assert whole.table.height
        assert part.table.height
        assert not whole.table.equals(part.table)
        before, after = (
            {key: value for key, value in drawn.chart.declared().items() if key != "datasets"}
            for drawn in (whole, part)
        )
        assert before == after
        assert (whole.subject, whole.chart.kind) == (part.subject, part.chart.kind)
        assert whole.chart.rows.keys() == part.chart.rows.keys()


def test_rows_come_in_their_order_each_once_and_within_their_range(scope: Scope) -> None:
    drawn = requirements.side_by_side(scope)
    rows = drawn.chart.rows["rows"]
    assert rows["order"][0].split("\x1f") == [" ", *dict.fromkeys(on_lines(drawn.table["skill"].to_list()))]
    assert rows["range_low"][0] == 0.0
    assert rows["range_high"][0] == pytest.approx(drawn.table["high"].max() * 1.04)


def test_choices_of_a_specification_are_said_in_words() -> None:
    said = [worded(*choice) for choice in (("dedup", "on"), ("source_set", "hn"), ("region", "all"), ("region", "US"), ("period", "latest_24_months"))]  # fmt: skip
    assert said == ["Duplicates merged", "Hacker News", "All markets", "US", "Last 24 months"]


def test_a_year_that_stands_alone_keeps_its_interval() -> None:
    years = [dt.date(2018, 1, 1), dt.date(2019, 1, 1), dt.date(2022, 1, 1)]
    table = pl.DataFrame({"year": years, "value": [0.1, 0.2, 0.3], "low": [0.0, 0.1, 0.2], "high": [0.2, 0.3, 0.4], "n_vacancies": [40] * 3, "n_employers": [9] * 3})  # fmt: skip
    assert trend(table, unit="share").rows["rows"]["is_alone"].to_list() == [False, False, True]
