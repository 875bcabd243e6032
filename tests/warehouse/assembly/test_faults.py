"""Faults while crawls and builds run as processes of their own: killed at any instant, and several at once."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from crawler.replay.server import Fault, ReplayServer
from warehouse import build as build_module
from warehouse.build import build
from warehouse.schema import TABLES, DataFolder
from warehouse.snapshot import open_snapshot

from .conftest import archive_crawl, posting

ROOT = Path(build_module.__file__).parents[1]
ASHBY = "api.ashbyhq.com/posting-api/job-board"
SECONDS = 900
"""After which a program hangs, on however slow a machine: none takes a hundredth of it on an idle one."""


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))


def tables(folder):
    connection = open_snapshot(folder)
    found = {
        table.name: connection.sql(f'FROM "{table.name}" ORDER BY {", ".join(table.sort)}').pl() for table in TABLES
    }
    connection.close()
    return found


def assert_same(found, expected):
    for name, frame in expected.items():
        assert frame.equals(found[name]), name


def start(program, *arguments):
    """Start a Python program in a session of its own, so that a kill reaches whatever it started."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


def kill(child):
    """Kill a program and all it started with SIGKILL; return whether it was still running."""
    is_running = child.poll() is None
    if is_running:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(SECONDS)
    child.stdout.close()
    return is_running


def finish(*children):
    for child in children:
        said, _ = child.communicate(timeout=SECONDS)
        assert child.returncode == 0, said


BUILD = """
    import os, signal, sys, threading
    from pathlib import Path
    from warehouse import build, snapshot, texts
    from warehouse.schema import DataFolder

    judge = build.judge
    build.judge = lambda sample: judge(sample, replicates=20)
    texts.MOST_OUT_OF_ORDER = 9.0
    point = sys.argv[2]

    def die(*_, **__):
        print(point, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    def die_halfway(source, target):
        whole = Path(source).read_bytes()
        Path(target).write_bytes(whole[: len(whole) // 2])
        die()

    def before(module, name):
        setattr(module, name, die)

    def after(module, name):
        whole = getattr(module, name)
        setattr(module, name, lambda *given, **named: (whole(*given, **named), die()))

    if point == "halfway through the copy":
        snapshot.shutil.copyfile = die_halfway
    elif point == "before a table is written":
        before(snapshot, "_write")
    elif point == "when all tables are written":
        before(snapshot, "_flush_to_disk")
    elif point == "before the link moves":
        before(snapshot, "_point_to")
    elif point == "after the link moved":
        after(snapshot, "_point_to")
    elif point == "before the texts are noted":
        before(texts, "note")
    elif point == "after interpreting":
        after(build, "interpret")
    elif point == "while judging":
        build.judge = die
    build.build(DataFolder(Path(sys.argv[1])))
"""
POINTS = (
    *("after interpreting", "while judging", "halfway through the copy", "before a table is written"),
    *("when all tables are written", "before the link moves", "after the link moved", "before the texts are noted"),
)
PUBLISHED = {"after the link moved", "before the texts are noted"}


@pytest.fixture(scope="module")
def second_day(tmp_path_factory):
    """A data folder with a snapshot and a crawl after it; the snapshot's tables, and those a full build gives then."""
    with pytest.MonkeyPatch.context() as patch:
        judge = build_module.judge
        patch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))
        folder = DataFolder(tmp_path_factory.mktemp("faults") / "data")
        archive_crawl(folder, 0, [posting(n) for n in range(4)])
        build(folder)
        before = tables(folder)
        changed = posting(1, body_html="<p>We now sort paper.</p>")
        archive_crawl(folder, 1, [posting(0), changed, *(posting(n) for n in range(2, 6))])
        whole = DataFolder(folder.root.with_name("whole"))
        shutil.copytree(folder.root, whole.root, symlinks=True)
        build(whole, full=True)
        return folder, before, tables(whole)


@pytest.mark.parametrize("point", POINTS)
def test_a_daily_build_killed_at_this_point_leaves_a_whole_snapshot(tmp_path, second_day, point):
    prepared, before, after = second_day
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(prepared.root, folder.root, symlinks=True)
    child = start(BUILD, folder.root, point)
    said, _ = child.communicate(timeout=SECONDS)
    assert (said.strip(), child.returncode) == (point, -signal.SIGKILL)
    assert_same(tables(folder), after if point in PUBLISHED else before)
    build(folder)
    assert_same(tables(folder), after)
    assert not list(folder.root.glob(".build-*"))
    assert not list(folder.snapshots.glob("*.partial*"))


CRAWL = """
    import sys
    from pathlib import Path
    from crawler.run import crawl
    from tests.crawler.replaying import FAST
    from warehouse.schema import DataFolder

    folder, boards, replay, resume = sys.argv[1:]
    print("ready", flush=True)
    boards_file = None if resume == "resume" else Path(boards)
    crawl(DataFolder(Path(folder)), boards_file=boards_file, replay=replay, resume=resume == "resume", quiet=True, settings=FAST)
"""


@contextmanager
def boards(tmp_path, count, *, seconds_before=0.0, unanswered=()):
    """Serve `count` invented Ashby boards of five openings; give the server and the list of their names."""
    recordings = tmp_path / "recordings"
    (recordings / ASHBY).mkdir(parents=True, exist_ok=True)
    names = [f"board{number:02}" for number in range(count)]
    for name in names:
        jobs = [
            {
                "id": f"{name}-{n}",
                "title": f"Data Engineer {n}",
                "location": "Hamburg, Germany",
                "descriptionHtml": f"<p>{name} builds robots, {n} of them. {'You know Python and Spark. ' * 40}</p>",
                "jobUrl": f"https://jobs.ashbyhq.com/{name}/{name}-{n}",
            }
            for n in range(5)
        ]
        (recordings / ASHBY / f"{name}.json").write_text(json.dumps({"jobs": jobs}))
    faults = {
        f"/{ASHBY}/{name}": Fault(seconds_before=SECONDS if name in unanswered else seconds_before) for name in names
    }
    with ReplayServer(recordings, faults=faults) as server:
        yield server, names


def listed(path, names):
    path.write_text("source,board\n" + "".join(f"ashby,{name}\n" for name in names))
    return path


def test_a_crawl_killed_at_any_instant_leaves_what_it_saw_and_is_resumed(folder, crawl, tmp_path):
    crawl(0, [posting(n) for n in range(3)])
    build(folder)
    expected = tables(folder)
    rng = random.Random(os.getpid())
    resume = ""
    # However fast the machine, a crawl that waits for one board is still running when it is killed.
    with boards(tmp_path, 8, seconds_before=0.1, unanswered=["board07"]) as (server, names):
        file = listed(tmp_path / "boards.csv", names)
        for _ in range(3):
            child = start(CRAWL, folder.root, file, server.url, resume)
            assert child.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.2, 2.5))
            assert kill(child), "a crawl ended before it was killed"
            assert_same(tables(folder), expected)
            # Killed before it had noted what it would read, a crawl is begun anew.
            resume = "resume" if any(folder.crawler_state.glob("running-*.json")) else ""
            problems = build(folder).problems
            assert all("the file ends inside it" in problem for problem in problems)
            expected = tables(folder)
    with boards(tmp_path, 8) as (server, names):
        finish(start(CRAWL, folder.root, file, server.url, resume))
    build(folder)
    found = tables(folder)
    assert set(found["vacancy"]["board"]) <= {"nordlicht", *names}
    assert found["vacancy"].filter(pl.col("board") != "nordlicht").height == 5 * len(names)
    build(folder, full=True)
    assert_same(found, tables(folder))


READ = """
    import sys, time
    from pathlib import Path
    from warehouse.schema import DataFolder
    from warehouse.snapshot import open_snapshot

    folder, stop = DataFolder(Path(sys.argv[1])), Path(sys.argv[2])
    seen = []
    while not stop.exists():
        connection = open_snapshot(folder)
        ((vacancies,),) = connection.sql("SELECT count(*) FROM vacancy").fetchall()
        ((texts,),) = connection.sql("SELECT count(*) FROM vacancy JOIN vacancy_text USING (vacancy_id)").fetchall()
        assert vacancies == texts, (vacancies, texts)
        connection.close()
        seen.append(vacancies)
        time.sleep(0.02)
    assert seen == sorted(seen), "a reader never goes back"
    print(len(seen), flush=True)
"""


def test_two_crawls_two_builds_and_a_reader_at_once_do_not_hurt_each_other(folder, crawl, tmp_path):
    crawl(0, [posting(n) for n in range(3)])
    build(folder)
    stop = tmp_path / "stop"
    with boards(tmp_path, 10, seconds_before=0.05) as (server, names):
        halves = [listed(tmp_path / f"{n}.csv", names[n::2]) for n in range(2)]
        reader = start(READ, folder.root, stop)
        crawls = [start(CRAWL, folder.root, file, server.url, "") for file in halves]
        finish(*[start(BUILD, folder.root, "never") for _ in range(2)])
        finish(*crawls)
        finish(start(BUILD, folder.root, "never"))
    stop.touch()
    finish(reader)
    found = tables(folder)
    assert found["vacancy"].height == 3 + 5 * len(names)
    assert set(found["crawl_log"]["outcome"]) == {"complete"}
    build(folder, full=True)
    assert_same(found, tables(folder))
