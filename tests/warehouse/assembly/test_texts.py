"""Texts that the next snapshot takes over: the rows of a full build, whatever was taken over, and anew where it cannot be."""

import json
import shutil
import subprocess
import sys

import duckdb
import polars as pl
import pytest

from warehouse import build as build_module
from warehouse import snapshot, texts
from warehouse.build import build
from warehouse.schema import TABLES
from warehouse.snapshot import Carried, open_snapshot, publish

from .conftest import posting


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))


@pytest.fixture
def carried(monkeypatch):
    """Take texts over however many are new, and return a list that gets, for each build, whether it did."""
    took_over = []

    def noted(tables, *rest, **more):
        took_over.append(isinstance(tables["vacancy_text"], Carried))
        return publish(tables, *rest, **more)

    monkeypatch.setattr(build_module, "publish", noted)
    monkeypatch.setattr(texts, "MOST_OUT_OF_ORDER", 9.0)
    return took_over


def tables(folder):
    """Return every table with its rows in the declared order, which taken-over texts are not stored in."""
    connection = open_snapshot(folder)
    found = {
        table.name: connection.sql(f'FROM "{table.name}" ORDER BY {", ".join(table.sort)}').pl() for table in TABLES
    }
    connection.close()
    return found


def stored(folder):
    connection = open_snapshot(folder)
    found = [name for (name,) in connection.sql("SELECT vacancy_id FROM vacancy_text").fetchall()]
    connection.close()
    return found


def as_of_full(folder):
    """Return the tables of the snapshot there is, after comparing them with those of a full build."""
    before = tables(folder)
    build(folder, full=True)
    for name, frame in tables(folder).items():
        assert frame.equals(before[name]), name
    return before


def test_new_changed_emptied_and_merged_texts_are_those_of_a_full_build(folder, crawl, carried):
    crawl(0, [posting(n) for n in range(6)])
    build(folder)
    changed = posting(1, body_html="<p>We now sort paper. You know Spark.</p>")
    emptied = posting(2, body_html=None)
    crawl(1, [posting(0), changed, emptied, posting(3), posting(4), posting(9)])
    # The same opening on a second board of the employer, whose copy of the text is no vacancy of its own.
    crawl(1, [posting(4)], board="nordlicht-eu")
    build(folder)
    crawl(2, [posting(0), changed, posting(2), posting(3), posting(12)])
    build(folder)
    assert carried == [False, True, True]
    order = stored(folder)
    assert order != sorted(order), "appended, not written anew"
    found = as_of_full(folder)
    assert carried[-1] is False
    kept = dict(found["vacancy_text"].select("vacancy_id", "text").iter_rows())
    assert "sort paper" in kept["ashby:nordlicht:1"]
    assert found["sighting"].filter(pl.col("merge_reason") == "cross_post").height > 0


def test_a_text_that_went_is_gone(folder, crawl, carried):
    crawl(0, [posting(n) for n in range(3)])
    build(folder)
    crawl(1, [posting(0, body_html=None), posting(1), posting(2)])
    build(folder)
    assert carried == [False, True]
    assert set(stored(folder)) == {"ashby:nordlicht:1", "ashby:nordlicht:2"}
    as_of_full(folder)


def test_rows_out_of_order_are_sorted_again_when_they_are_many(folder, crawl, carried, monkeypatch):
    monkeypatch.setattr(texts, "MOST_OUT_OF_ORDER", 0.2)
    crawl(0, [posting(n) for n in range(10)])
    build(folder)
    for day in range(1, 4):
        crawl(day, [posting(n) for n in range(10 + day)])
        build(folder)
    # One and two of eleven and twelve rows are few; the third of thirteen is too many.
    assert carried == [False, True, True, False]
    assert stored(folder) == sorted(stored(folder))


@pytest.mark.parametrize("spoil", ["note", "torn", "other", "gone", "shape", "touched"])
def test_without_a_snapshot_on_record_every_text_is_written(folder, crawl, carried, spoil):
    crawl(0, [posting(n) for n in range(4)])
    path = build(folder).path
    (note,) = folder.enriched.glob("*/texts.json")
    if spoil == "note":
        note.unlink()
    elif spoil == "torn":
        note.write_text(note.read_text()[:-5])
    elif spoil == "other":
        shutil.copyfile(path, path.with_name("market-20990101T000000.000000Z.duckdb"))
        snapshot._point_to(folder, path.with_name("market-20990101T000000.000000Z.duckdb"))
    elif spoil == "gone":
        shutil.rmtree(folder.snapshots)
    elif spoil == "touched":
        connection = duckdb.connect(str(path))
        connection.execute("DELETE FROM vacancy_text").complete()
        connection.close()
    else:
        note.write_text(json.dumps(json.loads(note.read_text()) | {"shape": "another"}))
    crawl(1, [posting(n) for n in range(5)])
    build(folder)
    assert carried == [False, False]
    as_of_full(folder)


def test_a_reader_in_the_same_process_neither_hinders_nor_notices(folder, crawl, carried):
    crawl(0, [posting(n) for n in range(4)])
    build(folder)
    reader = open_snapshot(folder)
    crawl(1, [posting(n) for n in range(6)])
    build(folder)
    assert carried == [False, True]
    assert reader.sql("SELECT count(*) FROM vacancy_text").fetchall() == [(4,)]
    second = open_snapshot(folder)
    assert second.sql("SELECT count(*) FROM vacancy_text").fetchall() == [(6,)]
    reader.close()
    second.close()


def test_a_shell_that_may_write_into_the_last_snapshot_does_not_hinder_a_build(folder, crawl, carried):
    """R opens for writing unless told otherwise."""
    crawl(0, [posting(n) for n in range(4)])
    path = build(folder).path
    program = f"import duckdb; held = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout.readline() == "open\n"
        crawl(1, [posting(n) for n in range(5)])
        build(folder)
        shell.communicate("\n")
    assert carried == [False, False]
    as_of_full(folder)


def test_a_taken_over_file_keeps_its_storage_version_comments_and_constraints(folder, crawl, carried):
    crawl(0, [posting(n) for n in range(4)])
    first = build(folder).path
    crawl(1, [posting(n) for n in range(5)])
    second = build(folder).path
    assert carried == [False, True]
    assert first.read_bytes()[12:20] == second.read_bytes()[12:20]
    described = []
    for path in (first, second):
        connection = duckdb.connect(str(path), read_only=True)
        described.append(
            connection.sql(
                "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()"
                " WHERE NOT internal ORDER BY ALL"
            ).fetchall()
        )
        connection.close()
    assert described[0] == described[1]


def test_tables_of_two_snapshots_are_refused(folder, tmp_path):
    rows = [Carried(tmp_path / name, "SELECT ''", "SELECT 1") for name in "ab"]
    with pytest.raises(ValueError, match="one snapshot"):
        publish({"vacancy_text": rows[0], "vacancy": rows[1]}, folder)
