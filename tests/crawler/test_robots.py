"""What robots.txt says, also where it cannot be read, and how long a server may ask to wait."""

from datetime import UTC, datetime

import pytest
from scrapy.http import Response

from crawler.middlewares import retry_after_seconds
from crawler.replay.server import Fault, ReplayServer
from crawler.run import _run_in_child
from tests.crawler.replaying import lines, record, replayed
from tests.crawler.slot_watch import watched_requests
from warehouse.schema.archive_file import new_crawl_id
from warehouse.schema.layout import DataFolder

HOST = "api.ashbyhq.com"
BOARD = f"{HOST}/posting-api/job-board"
QUICK = {"RETRY_TIMES": 1, "RETRY_BACKOFF_SECONDS": 0.01, "DOWNLOAD_TIMEOUT": 2}


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.fixture
def recordings(tmp_path):
    for name in ("one", "two"):
        record(tmp_path, f"recordings/{BOARD}/{name}.json", {"jobs": [{"id": name, "title": "Welder"}]})
    return tmp_path / "recordings"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(status=500), "status 500"),
        (Fault(status=503, headers={"Retry-After": "86400"}), "status 503"),
        (Fault(status=429), "status 429"),
        (Fault(cut_to=3), "could not be read ("),
        (Fault(is_endless=True), "could not be read ("),
    ],
    ids=["500", "503", "429", "cut", "endless"],
)
def test_where_robots_txt_cannot_be_read_nothing_is_asked(fault, why, recordings, data, capfd):
    (recordings / HOST / "robots.txt").write_text("User-agent: *\nAllow: /\n")
    summary, server = replayed(
        data, recordings, [("ashby", "one"), ("ashby", "two")], faults={"/robots.txt": fault}, settings=QUICK
    )
    assert not [target for target in server.asked if "posting-api" in target]
    assert summary.refused == 2
    assert "Traceback" not in capfd.readouterr().err
    for reading in lines(data.readings):
        assert (reading["outcome"], reading["reason"].startswith(f"robots.txt of {HOST} could not be read")) == (
            "refused",
            True,
        )
        assert why in reading["reason"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_forbids_nothing(status, recordings, data):
    page = Fault(status=status, body=b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})
    summary, _ = replayed(data, recordings, [("ashby", "one")], faults={"/robots.txt": page})
    assert summary.complete == 1


def test_a_robots_txt_that_recovers_is_read(recordings, data):
    summary, server = replayed(
        data, recordings, [("ashby", "one")], faults={"/robots.txt": Fault(status=500, times=1)}, settings=QUICK
    )
    assert (summary.complete, server.asked[f"/{HOST}/robots.txt"]) == (1, 2)


@pytest.mark.parametrize(("agent", "least"), [("*", 1.5), ("rolemarket", 1.5), ("otherbot", 0.25)])
def test_a_delay_that_robots_txt_asks_for_is_kept(agent, least, recordings, data, tmp_path):
    (recordings / HOST / "robots.txt").write_text(f"User-agent: {agent}\nCrawl-delay: 1.5\n")
    watch = tmp_path / "slots.jsonl"
    with ReplayServer(recordings) as server:
        job = {
            "crawl_id": new_crawl_id(),
            "boards": {"ashby": [["one", None], ["two", None]]},
            "allowed": [],
            "is_quiet": True,
            "settings": {
                "DOWNLOAD_HANDLERS": dict.fromkeys(
                    ("http", "https"), "tests.crawler.slot_watch.WatchedDownloadHandler"
                ),
                "SLOT_WATCH": str(watch),
                "ROLEMARKET_DATA": str(data.root),
                "ROLEMARKET_REPLAY": server.url,
            },
        }
        summary = _run_in_child(data, job)
    assert summary.complete == 2
    delays = [line["delay"] for line in watched_requests(watch) if not line["is_robots"]]
    assert len(delays) == 2
    assert all(delay == least for delay in delays) if least > 1 else min(delays) < 1


@pytest.mark.parametrize("asked", ["121", "86400", "1e300"])
def test_a_host_that_asks_for_a_delay_of_days_is_not_asked(asked, recordings, data):
    (recordings / HOST / "robots.txt").write_text(f"User-agent: *\nCrawl-delay: {asked}\n")
    summary, server = replayed(data, recordings, [("ashby", "one"), ("ashby", "two")])
    assert summary.refused == 2
    (reason,) = {row["reason"] for row in summary.not_complete}
    assert reason.startswith(f"robots.txt of {HOST} asks for ")
    assert not [target for target in server.asked if "posting-api" in target]


NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        ("0.5", 0.5),
        (" 7 ", 7.0),
        ("-3", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Saturday, 21-Nov-26 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 14:00:10 +0200", 10.0),
        ("Sat, 21 Nov 2026 12:00:30", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("Sat, 99 Nov 2026 12:00:00 GMT", None),
        ("nan", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written, seconds):
    response = Response("https://x.example/", status=429, headers={"Retry-After": written} if written else {})
    assert retry_after_seconds(response, NOW) == seconds


def test_while_a_server_asks_to_wait_no_board_of_it_is_asked(recordings, data, tmp_path):
    boards = ["one", "two", "three", "four"]
    for name in boards:
        record(tmp_path, f"recordings/{BOARD}/{name}.json", {"jobs": [{"id": name, "title": "Welder"}]})
    watch = tmp_path / "slots.jsonl"
    handlers = dict.fromkeys(("http", "https"), "tests.crawler.slot_watch.WatchedDownloadHandler")
    # Two requests at once, all but one answered late: when that one's answer asks to wait, at least two boards have not
    # been asked for, and there is room for one of them. (Scrapy keeps the number only where there is some delay.)
    settings = {"DOWNLOAD_HANDLERS": handlers, "SLOT_WATCH": str(watch)}
    settings |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 2, "DOWNLOAD_DELAY": 0.1}
    faults = dict.fromkeys((f"/{name}?" for name in boards[1:]), Fault(seconds_before=1.5))
    faults["/one?"] = Fault(status=429, times=1, headers={"Retry-After": "4"})
    summary, _ = replayed(data, recordings, [("ashby", name) for name in boards], faults=faults, settings=settings)
    assert summary.complete == len(boards)
    requests = [line for line in watched_requests(watch) if not line["is_robots"]]
    (told_at,) = (line["answered_at"] for line in requests if line["status"] == 429)
    waited = [line for line in requests if line["at"] > told_at]
    assert len(waited) > 1
    assert all(line["at"] >= told_at + 4 for line in waited)


def test_a_wait_that_is_too_long_is_not_waited(recordings, data):
    for asked in ("86400", "Sat, 21 Nov 2099 12:00:00 GMT", "inf"):
        fault = Fault(status=429, headers={"Retry-After": asked})
        _, server = replayed(data, recordings, [("ashby", "one")], faults={"/one": fault})
        assert [n for target, n in server.asked.items() if "/one" in target] == [1]
