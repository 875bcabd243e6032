"""What a published snapshot promises: comments everywhere, an older storage version, old readers undisturbed, five kept."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import duckdb
import polars as pl
import pytest

from warehouse.schema import TABLES, UserError
from warehouse.schema.ddl import comment, dictionary_markdown, dictionary_rows
from warehouse.snapshot import KEPT_SNAPSHOTS, SnapshotMissing, current_snapshot, exclusive, open_snapshot, publish


def info(**facts):
    return {"snapshot_info": pl.DataFrame({"key": list(facts), "value": list(facts.values())})}


def test_every_declared_table_and_column_is_there_with_its_comment(folder):
    publish({}, folder)
    connection = open_snapshot(folder)
    columns = connection.sql(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
    ).fetchall()
    declared = [
        (table.name, column.name, column.type, column.is_nullable, comment(column))
        for table in sorted(TABLES, key=lambda table: table.name)
        for column in table.columns
    ]
    assert columns == declared
    tables = dict(connection.sql("SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal").fetchall())
    assert tables == {table.name: table.comment for table in TABLES}
    assert connection.sql("SELECT count(*) FROM data_dictionary").fetchall() == [(len(dictionary_rows()),)]
    connection.close()


def test_the_file_says_the_storage_version_that_older_clients_read(folder):
    path = publish({}, folder)
    with path.open("rb") as file:
        header = file.read(64)
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") < 100, "the default format of DuckDB 2.0 is refused by 1.x"


def test_a_row_that_breaks_the_declaration_is_refused_and_nothing_changes(folder):
    first = publish(info(a="1"), folder)
    with pytest.raises(duckdb.Error):
        publish(
            {
                "snapshot_info": pl.DataFrame(
                    {"key": [None], "value": ["x"]}, schema={"key": pl.String, "value": pl.String}
                )
            },
            folder,
        )
    with pytest.raises(ValueError, match="lacks its columns value"):
        publish({"snapshot_info": pl.DataFrame({"key": ["a"]})}, folder)
    with pytest.raises(ValueError, match="not declared"):
        publish({"gossip": pl.DataFrame()}, folder)
    assert current_snapshot(folder) == first.resolve()


def test_a_reader_keeps_the_old_snapshot_and_a_new_connection_sees_the_new_one(folder):
    publish(info(n="old"), folder)
    reader = open_snapshot(folder)
    publish(info(n="new"), folder)
    assert reader.sql("SELECT value FROM snapshot_info").fetchall() == [("old",)]
    second = open_snapshot(folder)
    assert second.sql("SELECT value FROM snapshot_info").fetchall() == [("new",)]
    assert reader.sql("SELECT value FROM snapshot_info").fetchall() == [("old",)]
    reader.close()
    second.close()


def test_the_last_five_are_kept_and_an_open_one_is_still_read(folder):
    publish(info(n="0"), folder)
    reader = open_snapshot(folder)
    for n in range(1, KEPT_SNAPSHOTS + 3):
        publish(info(n=str(n)), folder)
    assert len(list(folder.snapshots.glob("*.duckdb"))) == KEPT_SNAPSHOTS
    assert reader.sql("SELECT value FROM snapshot_info").fetchall() == [("0",)]
    reader.close()


def test_a_missing_snapshot_is_one_sentence(folder):
    with pytest.raises(SnapshotMissing, match="run `rolemarket build`") as raised:
        open_snapshot(folder)
    assert isinstance(raised.value, UserError)


def test_rows_come_out_in_the_declared_order_from_frames_and_from_queries(folder):
    connection = duckdb.connect()
    rows = "SELECT * FROM (VALUES ('b', '2'), ('a', '1')) t(key, value)"
    publish({"snapshot_info": rows}, folder, connection)
    opened = open_snapshot(folder)
    assert opened.sql("FROM snapshot_info").fetchall() == [("a", "1"), ("b", "2")]
    opened.close()
    connection.close()


def test_a_second_writer_waits_for_the_first(folder):
    order = []
    held, done = threading.Event(), threading.Event()

    def second():
        held.wait(10)
        with exclusive(folder):
            order.append("second")
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    with exclusive(folder):
        held.set()
        time.sleep(0.2)
        order.append("first")
    assert done.wait(10)
    thread.join()
    assert order == ["first", "second"]


def test_a_killed_writer_leaves_the_last_snapshot_and_its_lock_behind_it(folder):
    publish(info(n="whole"), folder)
    script = textwrap.dedent(
        f"""
        import os, polars as pl
        from pathlib import Path
        from warehouse.schema import DataFolder
        from warehouse.snapshot import exclusive, publish
        folder = DataFolder(Path({str(folder.root)!r}))
        with exclusive(folder):
            publish({{}}, folder, progress=lambda step, done, total: (print(done, flush=True), done == 7 and os.kill(os.getpid(), {signal.SIGKILL})))
        """
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL
    assert [path.name for path in folder.snapshots.glob("*.partial")], "the kill came before anything was written"
    opened = open_snapshot(folder)
    assert opened.sql("SELECT value FROM snapshot_info").fetchall() == [("whole",)]
    opened.close()
    with exclusive(folder):
        publish(info(n="next"), folder)
    assert not list(folder.snapshots.glob("*.partial*"))
    assert os.readlink(folder.market).startswith("snapshots/")


def test_the_dictionary_page_is_written_from_the_declaration():
    page = dictionary_markdown()
    assert all(f"## {table.name}\n" in page for table in TABLES)
    assert "| `pay_low_usd_year` | DOUBLE | USD per year | yes |" in page
