"""What a reader may not do, and what a posting may not do to a reader."""

from __future__ import annotations

import datetime as dt
import io
import resource
import time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import board, downloads, reader_sql, snapshot
from dashboard.charts.drawing import Drawing, layered, of


@pytest.mark.parametrize(
    "sql",
    [
        "COPY vacancy TO 'stolen.csv'",
        "INSERT INTO vacancy SELECT * FROM vacancy",
        "CREATE TABLE memory.t AS SELECT 1",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
        "PRAGMA database_list; SELECT 1",
        "",
    ],
)
def test_only_one_select_is_run(market: Path, sql: str) -> None:
    with pytest.raises(reader_sql.RefusedQueryError, match=r"Only SELECT|exactly one"):
        reader_sql.run(market, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('https://example.org/a.parquet')",
    ],
)
def test_files_and_network_are_out_of_reach(market: Path, sql: str) -> None:
    with pytest.raises(reader_sql.RefusedQueryError, match=r"disabled|not exist|Cannot|cannot"):
        reader_sql.run(market, sql)


def test_a_long_query_is_stopped_in_time(market: Path) -> None:
    with pytest.raises(reader_sql.RefusedQueryError, match=r"longer than 0.3 seconds"):
        reader_sql.run(
            market,
            "SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b WHERE a.range <> b.range",
            seconds=0.3,
        )


def test_a_large_query_is_refused_its_memory(market: Path) -> None:
    with pytest.raises(reader_sql.RefusedQueryError, match=r"200 MB of memory|longer than"):
        reader_sql.run(market, "SELECT list(range || repeat('x', 100)) FROM range(50_000_000) t", seconds=30)


def test_memory_that_duckdb_does_not_count_is_refused_too_and_at_once(market: Path) -> None:
    # Two gigabytes in one call that no interrupt reaches: DuckDB alone takes them, and half a minute for it.
    began = time.monotonic()
    with pytest.raises(reader_sql.RefusedQueryError, match=r"200 MB of memory"):
        reader_sql.run(market, "SELECT length(repeat('x', 2_000_000_000))")
    assert time.monotonic() - began < reader_sql.SECONDS + reader_sql.START_SECONDS


def test_a_query_takes_nothing_of_the_servers_memory(market: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(reader_sql.RefusedQueryError, match=r"200 MB of memory|longer than"):
        reader_sql.run(market, "SELECT string_agg(repeat('x', 1_000)) FROM range(1_000_000)")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_rows_too_large_for_a_page_are_refused_in_a_sentence(market: Path) -> None:
    with pytest.raises(reader_sql.RefusedQueryError, match=r"The rows hold more than 20 MB"):
        reader_sql.run(market, "SELECT repeat('x', 100_000) AS text FROM range(1_000)")


def test_every_type_is_shown_and_every_column_has_a_name_of_its_own(market: Path) -> None:
    sql = (
        "SELECT 1 AS a, 2 AS a, INTERVAL 1 DAY AS gap, MAP {'k': 1} AS map, [1, 2] AS numbers, ['x'] AS texts,"
        " 'b'::BLOB AS blob, DATE '2026-01-02' AS day, 1.5 AS rate, NULL AS nothing"
    )
    row = reader_sql.run(market, sql).table.row(0, named=True)
    assert row == {
        "a": 1, "a_": 2, "gap": "1 day", "map": "{k=1}", "numbers": "[1, 2]", "texts": ["x"], "blob": "b", "day": dt.date(2026, 1, 2),
        "rate": Decimal("1.5"), "nothing": None,
    }  # fmt: skip


def test_rows_are_capped_and_the_reader_is_told(market: Path) -> None:
    answer = reader_sql.run(market, "SELECT vacancy_id FROM vacancy;", row_cap=10)
    assert (answer.table.height, answer.is_cut) == (10, True)
    assert not reader_sql.run(market, "SELECT 1 AS one", row_cap=10).is_cut


def test_the_pages_own_connection_reads_only_and_only_its_file(market: Path) -> None:
    connection = snapshot._open(str(market))
    for sql in (
        "DELETE FROM vacancy",
        "COPY vacancy TO 'out.csv'",
        "SET memory_limit = '9GB'",
        "SELECT * FROM read_csv('/etc/passwd')",
    ):
        with pytest.raises(Exception, match=r"read-only|disabled|locked|Cannot"):
            connection.cursor().execute(sql).complete()


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_no_cell_of_a_csv_starts_a_formula(texts: list[str]) -> None:
    written = downloads.neutralised(pl.DataFrame({"text": texts, "listed": [[text] for text in texts]}))
    for name in ("text", "listed"):
        assert not any(cell.startswith(downloads.FORMULA_STARTS) for cell in written[name])


def test_csv_keeps_numbers_and_plain_text() -> None:
    table = pl.DataFrame({"n": [-1.5, 2.0], "text": ["=1+1", "plain"]})
    assert downloads.csv(table).decode() == "n,text\n-1.5,'=1+1\n2.0,plain\n"
    assert pl.read_parquet(io.BytesIO(downloads.parquet(table))).equals(table)


def test_charts_leave_with_their_finding_and_source() -> None:
    drawing = Drawing(
        "Points", layered(of("rows").mark_point().encode(x="x:Q"), height=100), {"rows": pl.DataFrame({"x": [1, 2]})}
    )
    picture = downloads.svg([drawing], "A finding", ["below"], "one source · 2 vacancies")
    assert b"A finding" in picture
    assert b"one source" in picture
    assert downloads.png([drawing, drawing], "A finding", [], "s").startswith(b"\x89PNG")


def test_board_shows_markup_of_a_statement_as_text() -> None:
    row = {
        "claim_slug": "x", "statement": "<img src=x onerror=alert(1)>", "essay": "A", "finding": "<b>", "verdict": "supported", "verdict_unit": "share",
        "value": 0.5, "low": 0.4, "high": 0.6, "threshold_low": 0.3, "threshold_high": None, "n_vacancies": 40, "n_employers": 9, "n_specifications": 4,
        "n_agreeing": 3, "not_testable_reason": None, "reason": "", "n_further_parts": 2,
    }  # fmt: skip
    html = board.table([row])
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert (
        'aria-label="Estimate 50%, 95% interval 40% to 60%; supported if at least 30% and 2 further parts hold"' in html
    )
    assert "3 of 4" in html
