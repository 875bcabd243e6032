"""Crawls that were killed and go on: what was read is not asked for again, what was not is, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.replay.server import Fault, ReplayServer
from crawler.run import CrawlUsageError, crawl
from tests.crawler.replaying import FAST, lines, record
from warehouse.schema.layout import DataFolder

ASHBY = "api.ashbyhq.com/posting-api/job-board"
CRAWL = (
    "import sys; from pathlib import Path; from crawler.run import crawl; from warehouse.schema.layout import DataFolder; "
    "crawl(DataFolder(Path(sys.argv[1])), boards_file=Path(sys.argv[2]), replay=sys.argv[3], quiet=True)"
)
# No machine is so slow that an answer which waits so long comes before the crawl is killed.
NEVER = Fault(seconds_before=600)


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


def read_boards(data):
    return {line["board"] for line in lines(data.readings)} if data.readings.exists() else set()


def crawl_until_killed(data, recordings, boards, *, unanswered, until):
    """Crawl boards of which some are not answered, and kill the crawl when the others are read."""
    data.root.mkdir(parents=True, exist_ok=True)
    listed = data.root / "asked.csv"
    listed.write_text("source,board\n" + "".join(f"{source},{board}\n" for source, board in boards))
    with ReplayServer(recordings, faults=dict.fromkeys(unanswered, NEVER)) as server:
        command = [sys.executable, "-c", CRAWL, str(data.root), str(listed), server.url]
        child = subprocess.Popen(command, cwd=Path(__file__).parents[2])
        try:
            deadline = time.monotonic() + 300
            while time.monotonic() < deadline and read_boards(data) < until:
                time.sleep(0.05)
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
    assert read_boards(data) == until


def interrupt(*_):
    raise KeyboardInterrupt


def test_a_killed_crawl_goes_on_where_it_stopped(data, tmp_path, monkeypatch):
    boards, recordings = [f"board{number}" for number in range(12)], tmp_path / "recordings"
    for board in boards:
        jobs = [{"id": f"{board}-{n}", "title": f"Welder {n}", "descriptionHtml": f"{board} {n}"} for n in range(5)]
        record(recordings, f"{ASHBY}/{board}.json", {"jobs": jobs})
    unanswered = [f"/{ASHBY}/{board}" for board in boards[6:]]
    asked = [("ashby", board) for board in boards]
    crawl_until_killed(data, recordings, asked, unanswered=unanswered, until=set(boards[:6]))
    (torn,) = data.sightings.glob("*.jsonl")
    with torn.open("ab") as file:
        file.write(b'{"source":"ashby","boa')

    with pytest.raises(CrawlUsageError, match="does not answer"):
        crawl(data, resume=True, quiet=True, settings=FAST)  # the server that was asked before is gone
    with ReplayServer(recordings) as server:
        with monkeypatch.context() as patch:
            patch.setattr("crawler.run.os.replace", interrupt)  # killed while it puts its record in place of the first
            with pytest.raises(KeyboardInterrupt):
                crawl(data, resume=True, replay=server.url, quiet=True, settings=FAST)
        summary = crawl(data, resume=True, replay=server.url, quiet=True, settings=FAST)
        again = {board for board in boards for target in server.asked if f"/{board}?" in target}
    assert again == set(boards[6:])
    assert (summary.complete, summary.boards_asked) == (6, 6)
    assert summary.crawl_id == torn.stem
    assert read_boards(data) == set(boards)
    whole = [json.loads(line) for line in torn.read_text().split("\n") if line and line != '{"source":"ashby","boa']
    assert {line["posting_id"] for line in whole} == {f"{board}-{n}" for board in boards for n in range(5)}


def test_threads_that_were_found_and_not_read_are_read(data, tmp_path):
    threads, recordings = ["50003000", "50002000", "50001000", "50000000"], tmp_path / "recordings"
    titles = dict(zip(threads, ("April", "March", "February", "January"), strict=True))
    hits = [{"title": f"Ask HN: Who is hiring? ({titles[id_]} 2026)", "objectID": id_} for id_ in threads]
    record(recordings, "hn.algolia.com/api/v1/search_by_date.json", {"hits": hits})
    for hit in hits:
        thread = int(hit["objectID"])
        child = {"id": thread + 1, "parent_id": thread, "type": "comment", "author": "p", "text": "Acme | Welder"}
        tree = {"author": "whoishiring", "title": hit["title"], "children": [child]}
        record(recordings, f"hn.algolia.com/api/v1/items/{thread}.json", tree)
        record(recordings, f"hacker-news.firebaseio.com/v0/item/{thread}.json", {"kids": [thread + 1]})
    unanswered = [f"/items/{id_}" for id_ in threads[1:]]
    boards = [("hackernews", "all")]
    crawl_until_killed(data, recordings, boards, unanswered=unanswered, until={"all", threads[0]})
    with ReplayServer(recordings) as server:
        summary = crawl(data, resume=True, replay=server.url, quiet=True, settings=FAST)
        again = {id_ for id_ in threads for target in server.asked if f"/items/{id_}" in target}
    assert summary.is_whole
    assert again == set(threads[1:])
    assert {line["board"] for line in lines(data.sightings)} == set(threads)
