"""Which boards a crawl asks for, and the one sentence that answers a crawl that cannot be started."""

import io
import re
import subprocess
import sys

import pytest
from rich.console import Console
from scrapy.settings import Settings

from crawler.extensions import Watch
from crawler.process import warn_without_contact
from crawler.replay.server import ReplayServer
from crawler.run import CrawlUsageError, crawl, plan, sources
from tests.crawler.replaying import RECORDINGS
from warehouse.schema.layout import DataFolder


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.mark.parametrize(
    ("words", "options", "sentence"),
    [
        (None, {"sources": ["monster"]}, "There is no source 'monster'; use one of adzuna"),
        ("", {}, "lacks the column source and board; give it a first line"),
        ("source,board\n", {}, "names no board; add lines such as"),
        ("source,board\nmonster,acme\n", {}, "line 2 names the unknown source 'monster'"),
        ("source,board\nlever,\n", {}, "line 2 names no board; fill its second column"),
        ("source,board\nlever,acme\n", {"sources": ["ashby"]}, "names no board of ashby"),
        ("source,board\nlever,acme\n", {"sources": ["lever", "ashby"]}, "names no board of ashby; add one"),
        (
            None,
            {"sources": ["greenhouse", "workday"]},
            "No board of workday is asked unless it is named: give --boards",
        ),
        (None, {"sources": ["workday"]}, "or read all known ones with --all."),
        (None, {"sources": ["jibe"], "all_boards": True}, "find one with `rolemarket discover URL`."),
        (None, {"limit": 0}, "--limit must be 1 or more"),
        (None, {"shard": (3, 2)}, "--shard 3/2 is no part"),
        (None, {"replay": "ftp://x"}, "is no http address"),
        (None, {"replay": "http://127.0.0.1:9"}, "does not answer"),
        (None, {"polite": False}, "only against a replay server"),
        (None, {"resume": True}, "There is no interrupted crawl"),
        (None, {"resume": True, "sources": ["ashby"]}, "goes on with a crawl as it was begun: leave out SOURCE"),
        (None, {"resume": True, "limit": 3}, "goes on with a crawl as it was begun: leave out SOURCE"),
    ],
)
def test_one_sentence_for_what_cannot_be_done(data, tmp_path, words, options, sentence):
    if words is not None:
        listed = tmp_path / "boards.csv"
        listed.write_text(words)
        options = options | {"boards_file": listed}
    with pytest.raises(CrawlUsageError) as caught:
        crawl(data, quiet=True, **options)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not data.archive.exists()


def test_a_missing_board_file_is_one_sentence(data, tmp_path):
    with pytest.raises(CrawlUsageError, match="There is no board file"):
        crawl(data, boards_file=tmp_path / "none.csv", quiet=True)


def test_default_plan_is_about_a_thousand_boards_of_sources_that_are_on(data, monkeypatch):
    for source in sources().values():
        for key in source.keys:
            monkeypatch.delenv(key, raising=False)
    chosen = plan(data)
    assert 900 <= sum(map(len, chosen.values())) <= 1200
    assert not {name for name in chosen if sources()[name].off_because or sources()[name].keys}
    minutes = {name: len(boards) * sources()[name].delay_seconds / 60 for name, boards in chosen.items()}
    assert max(minutes.values()) < 20
    assert sum(map(len, plan(data, all_boards=True).values())) > 90_000


def test_shards_part_the_boards_and_own_boards_come_first(data):
    whole = {board.token for board in plan(data, sources=["ashby"])["ashby"]}
    parts = [{board.token for board in plan(data, sources=["ashby"], shard=(i, 3))["ashby"]} for i in (1, 2, 3)]
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)
    data.root.mkdir(parents=True)
    data.boards.write_text("source,board,company\nashby,my-own,Mine\n")
    assert [(b.token, b.company) for b in plan(data, sources=["ashby"], limit=1)["ashby"]] == [("my-own", "Mine")]


def test_sources_that_are_off_need_a_reason(data):
    data.root.mkdir(parents=True)
    data.sources.write_text("[remotive]\n")
    with pytest.raises(CrawlUsageError, match="must say why remotive may be asked"):
        plan(data)
    data.sources.write_text('[remotive]\nreason = "agreed in writing"\n')
    assert "remotive" in plan(data)


@pytest.mark.parametrize(
    ("contact", "replay", "is_warned"),
    [(None, None, True), (None, "http://x", False), ("https://me.example", None, False)],
)
def test_a_crawl_without_a_contact_says_so(contact, replay, is_warned, monkeypatch, caplog):
    monkeypatch.delenv("ROLEMARKET_CONTACT", raising=False)
    if contact:
        monkeypatch.setenv("ROLEMARKET_CONTACT", contact)
    warn_without_contact(Settings({"ROLEMARKET_REPLAY": replay}))
    assert ("set it to your address" in caplog.text) is is_warned


def test_scrapy_people_find_what_they_expect(tmp_path):
    root = RECORDINGS.parents[1]
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=root, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == sorted(sources())
    with ReplayServer(RECORDINGS / "greenhouse") as server:
        command = [sys.executable, "-m", "scrapy", "crawl", "greenhouse", "-a", "board=nordlicht"]
        command += ["-O", str(tmp_path / "jobs.jsonl"), "-s", f"ROLEMARKET_REPLAY={server.url}"]
        command += ["-s", f"ROLEMARKET_DATA={tmp_path / 'data'}", "-s", "LOG_LEVEL=ERROR"]
        subprocess.run(command, cwd=root, check=True, timeout=120)
    assert len((tmp_path / "jobs.jsonl").read_text().splitlines()) == 2
    assert list((tmp_path / "data" / "archive" / "sightings").glob("*.jsonl"))


def test_the_bar_says_all_it_knows_in_eighty_columns():
    out = io.StringIO()
    watch = Watch(boards=100_252, is_quiet=False, console=Console(file=out, force_terminal=True, width=80))
    with watch:
        watch._progress.update(watch._task, completed=99_999, postings=145_000, errors=100)
        watch._progress.refresh()
        lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", out.getvalue()).splitlines()
    assert any(
        re.search(r"99999/100252 boards · 145000 postings · 100 not complete [-0-9]:[-0-9]{2}:[-0-9]{2}", line)
        for line in lines
    )
