"""How a crawl behaves toward servers and its own archive: faults, repeats, robots.txt and politeness."""

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from scrapy.utils.test import get_crawler

from crawler.board_lists import Board
from crawler.generated_dates import drop_generated
from crawler.pipelines import ArchivePipeline
from crawler.reading import OpenReading, judge
from crawler.replay.server import Fault
from crawler.trunk import BATCH, Batch, in_batches
from tests.crawler.replaying import allow, lines, replayed
from tests.crawler.slot_watch import watched_requests
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import Sighting

ASHBY = "api.ashbyhq.com/posting-api/job-board"
PATIENCE = {"DOWNLOAD_TIMEOUT": 3, "CIRCUIT_PAUSE_SECONDS": 0.2, "RETRY_TIMES": 2}


def job(board, number, words="Nordlicht Robotics builds robots. "):
    """Return one invented Ashby job of about 4 kB."""
    return {
        "id": f"{board}-{number}",
        "title": f"Engineer {number}",
        "location": "Hamburg",
        "descriptionHtml": f"<p>{words * 120}{board} {number}</p>",
        "jobUrl": f"https://jobs.ashbyhq.com/{board}/{board}-{number}",
    }


def write_board(recordings, board, postings=5):
    folder = recordings / ASHBY
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{board}.json").write_text(json.dumps({"jobs": [job(board, n) for n in range(postings)]}))
    return board


@pytest.fixture
def recordings(tmp_path):
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


SICK = {
    "gone": (Fault(status=404), "failed", "knows no such board (404)"),
    "broken": (Fault(status=500), "failed", "answered with status 500"),
    "later": (Fault(status=429, headers={"Retry-After": "86400"}), "failed", "answered with status 429"),
    "truncated": (Fault(body=b'{"jobs": [{"id": "1", "ti'), "failed", "the JSON is broken"),
    "cut": (Fault(cut_to=100), "failed", "no answer"),
    "slow": (Fault(bytes_per_second=200), "failed", "no answer"),
    "endless": (Fault(is_endless=True), "failed", "no answer"),
    "huge": (Fault(body=b" " * (30 * 2**20)), "failed", "no answer"),
    "circle": (Fault(status=302, headers={"Location": f"/{ASHBY}/circle"}), "failed", "max redirections"),
    "moved": (Fault(status=302, headers={"Location": "https://www.ashbyhq.com/"}), "failed", "no such board"),
    "page": (Fault(body=b"<!doctype html><title>Hello</title>", content_type="text/html"), "failed", "a web page"),
    "upkeep": (Fault(body=b"<html><title>Scheduled maintenance</title></html>"), "failed", "a maintenance page"),
    "empty": (Fault(body=b""), "failed", "the answer is empty"),
    "other": (Fault(body=b'{"error": "nope"}'), "failed", "the answer has no jobs"),
    "garbled": (Fault(body=b'{"jobs": [{"id": "g-0", "title": "Caf\xe9 cook"}]}'), "partial", "not valid UTF-8"),
    "odd": (Fault(body=b'{"jobs": [{"id": "o-0", "title": "Cook"}, {"title": 7}, "x"]}'), "partial", "quarantined"),
}
RECOVERING = {
    "shaky": Fault(status=500, times=2),
    "busy": Fault(status=429, times=1, headers={"Retry-After": "1"}),
    "mislabelled": Fault(content_type="text/html"),
}


def test_faults_cost_no_healthy_board_a_posting(recordings, data):
    healthy = [write_board(recordings, f"healthy{number:03d}") for number in range(100)]
    for name in [*SICK, *RECOVERING]:
        write_board(recordings, name)
    boards = [("ashby", name) for name in sorted([*healthy, *SICK, *RECOVERING], key=lambda name: (hash(name), name))]
    faults = {f"/{ASHBY}/{name}": fault for name, (fault, *_) in SICK.items()}
    faults |= {f"/{ASHBY}/{name}": fault for name, fault in RECOVERING.items()}

    summary, _ = replayed(data, recordings, boards, faults=faults, settings=PATIENCE)

    readings = {line["board"]: line for line in lines(data.readings)}
    assert set(readings) == {name for _, name in boards}
    for name in [*healthy, *RECOVERING]:
        assert (readings[name]["outcome"], readings[name]["postings"]) == ("complete", 5), readings[name]
    for name, (_, outcome, reason) in SICK.items():
        assert readings[name]["outcome"] == outcome, readings[name]
        assert reason in readings[name]["reason"], readings[name]
    archived = {(line["board"], line["posting_id"]) for line in lines(data.sightings)}
    whole = {(name, f"{name}-{number}") for name in [*healthy, *RECOVERING] for number in range(5)}
    assert archived == whole | {("garbled", "g-0"), ("odd", "o-0")}
    assert len(lines(data.quarantine)) == 2
    assert {row["board"] for row in summary.not_complete} == set(SICK)
    assert summary.complete == 103
    assert not summary.is_whole


def elsewhere(url, status=302):
    return Fault(status=status, headers={"Location": url})


UNKNOWN = [
    ("greenhouse", "acme", Fault(status=404), "the source knows no such board (404)"),
    (
        "smartrecruiters",
        "acme",
        Fault(body=b'{"totalFound": 0, "content": []}'),
        "no posting, which is also how unknown",
    ),
    (
        "successfactors",
        "ACME|career5.successfactors.eu",
        Fault(body=b"<html>Careers</html>"),
        "the source answers with a",
    ),
    ("personio", "acme", elsewhere("https://www.personio.com/", 307), "the source knows no such board (sent to"),
    ("breezy", "acme", elsewhere("https://breezy.hr/"), "the source knows no such board (sent to https://breezy.hr/)"),
    ("bamboohr", "acme", elsewhere("https://www.bamboohr.com/"), "the source knows no such board (sent to"),
    ("teamtailor", "acme", elsewhere("https://www.teamtailor.com/"), "the source knows no such board (sent to"),
    ("recruitee", "acme", elsewhere("https://recruitee.com/"), "the source knows no such board (sent to"),
    (
        "workday",
        "acme|wd5|X",
        elsewhere("https://community.workday.com/maintenance", 303),
        "the source is in maintenance",
    ),
]


def test_what_answers_for_a_board_that_is_not_there_is_no_empty_board(recordings, data):
    hosts = {
        "greenhouse": "/boards-api.greenhouse.io/v1",
        "smartrecruiters": "/api.smartrecruiters.com/v1",
        "successfactors": "/career5.successfactors.eu/career",
        "personio": "/acme.jobs.personio.de/xml",
        "breezy": "/acme.breezy.hr/json",
        "bamboohr": "/acme.bamboohr.com/careers",
        "teamtailor": "/acme.teamtailor.com/jobs",
        "recruitee": "/acme.recruitee.com/api",
        "workday": "/acme.wd5.myworkdayjobs.com/wday",
    }
    allow(data, "smartrecruiters")
    boards = [(source, board) for source, board, *_ in UNKNOWN]
    replayed(data, recordings, boards, faults={hosts[source]: fault for source, _, fault, _ in UNKNOWN})
    readings = {line["source"]: line for line in lines(data.readings)}
    for source, _, _, reason in UNKNOWN:
        assert readings[source]["outcome"] == "failed", readings[source]
        assert readings[source]["reason"].startswith(reason), readings[source]
    sent = [readings[source] for source, _, fault, _ in UNKNOWN if fault.status and fault.status < 400]
    assert {line["status"] for line in sent} == {302, 303, 307}
    assert all(line["answered_at"] for line in sent)


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_second_crawl_of_unchanged_boards_is_almost_free(validator, recordings, data):
    boards = [("ashby", write_board(recordings, f"board{number}")) for number in range(20)]
    first, before = replayed(data, recordings, boards, validator=validator)
    grown_at_first = sum(path.stat().st_size for path in data.archive.rglob("*.jsonl"))
    second, after = replayed(data, recordings, boards, validator=validator)
    grown = sum(path.stat().st_size for path in data.archive.rglob("*.jsonl")) - grown_at_first

    assert (first.complete, second.unchanged, second.postings) == (20, 20, first.postings)
    assert after.sent < 0.05 * before.sent
    assert second.bytes < 0.05 * first.bytes
    assert grown < 0.05 * grown_at_first
    since = {line["board"]: line["asked_at"] for line in lines(data.readings) if line["outcome"] == "complete"}
    for line in lines(data.readings):
        if line["outcome"] == "unchanged":
            assert line["unchanged_since"] == since[line["board"]]
            assert (line["status"], line["is_first"]) == (304, False)


def test_without_validators_the_body_vouches_and_a_change_is_read(recordings, data):
    boards = [("ashby", write_board(recordings, "steady")), ("ashby", write_board(recordings, "growing"))]
    replayed(data, recordings, boards, validator=None)
    write_board(recordings, "growing", postings=6)
    summary, _ = replayed(data, recordings, boards, validator=None)
    assert (summary.unchanged, summary.complete, summary.postings) == (1, 1, 11)
    repeats = [line for line in lines(data.sightings) if line.get("is_repeat")]
    assert len(repeats) == 5
    assert all("title" not in line and "body_html" not in line for line in repeats)


def test_an_error_vouches_for_nothing(recordings, data):
    boards = [("ashby", write_board(recordings, "acme"))]
    replayed(data, recordings, boards)
    summary, _ = replayed(data, recordings, boards, faults={"/acme": Fault(status=503)}, settings={"RETRY_TIMES": 0})
    assert (summary.unchanged, summary.failed) == (0, 1)


def test_a_deleted_archive_is_read_afresh(recordings, data):
    boards = [("ashby", write_board(recordings, "acme"))]
    replayed(data, recordings, boards)
    for path in data.archive.rglob("*.jsonl"):
        path.unlink()
    summary, _ = replayed(data, recordings, boards)
    assert (summary.complete, summary.unchanged) == (1, 0)
    assert all(line["title"] for line in lines(data.sightings))


def test_details_are_read_once_while_their_rows_stay(recordings, data):
    host = recordings / "acme.bamboohr.com" / "careers"
    for number in range(3):
        (host / str(number)).mkdir(parents=True)
        opening = {"result": {"jobOpening": {"description": f"Text {number}"}}}
        (host / str(number) / "detail.json").write_text(json.dumps(opening))

    def list_rows(*titles):
        rows = [{"id": str(number), "jobOpeningName": title} for number, title in enumerate(titles)]
        (host / "list.json").write_text(json.dumps({"meta": {"totalCount": len(rows)}, "result": rows}))

    boards = [("bamboohr", "acme")]
    list_rows("Cook", "Smith", "Baker")
    replayed(data, recordings, boards)
    same, server = replayed(data, recordings, boards)
    assert same.unchanged == 1
    assert not [target for target in server.asked if target.endswith("/detail")]
    list_rows("Cook", "Senior Smith", "Baker")
    changed, server = replayed(data, recordings, boards)
    assert (changed.complete, changed.postings) == (1, 3)
    assert [target for target in server.asked if target.endswith("/detail")] == ["/acme.bamboohr.com/careers/1/detail"]
    last = lines(data.sightings)[-3:]
    assert sorted((line["posting_id"], line.get("is_repeat", False)) for line in last) == [
        ("0", True),
        ("1", False),
        ("2", True),
    ]


def test_a_failing_detail_keeps_the_row_and_spoils_completeness(recordings, data):
    host = recordings / "acme.bamboohr.com" / "careers"
    host.mkdir(parents=True)
    rows = [{"id": "1", "jobOpeningName": "Cook"}, {"id": "2", "jobOpeningName": "Smith"}]
    (host / "list.json").write_text(json.dumps({"meta": {"totalCount": 2}, "result": rows}))
    faults = {"/careers/1/detail": Fault(status=500), "/careers/2/detail": Fault(status=404)}
    replayed(data, recordings, [("bamboohr", "acme")], faults=faults, settings={"RETRY_TIMES": 0})
    assert [(line["posting_id"], line["title"]) for line in lines(data.sightings)] == [("1", "Cook")]
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["reason"]) == ("partial", "answered with status 500")


def test_a_posting_that_cannot_be_archived_costs_its_batch_nothing(data, monkeypatch):
    pipeline = ArchivePipeline(get_crawler(settings_dict={"ROLEMARKET_DATA": str(data.root)}))
    reading = OpenReading(Board("ashby", "acme"))
    pipeline.crawler.spider = SimpleNamespace(name="ashby", readings={"acme": reading})
    pipeline.open_spider()
    sight = pipeline.archive.sight

    def failing(sighting):
        if sighting.posting_id == "2":
            raise TypeError("no text")
        return sight(sighting)

    monkeypatch.setattr(pipeline.archive, "sight", failing)
    titles = {"0": "Cook", "1": None, "2": "Smith", "3": "Baker"}
    batch = [Sighting(source="ashby", board="acme", posting_id=id_, title=title) for id_, title in titles.items()]
    reading.yielded = len(batch)
    pipeline.process_item(Batch(batch))
    pipeline.close_spider()
    assert [line["posting_id"] for line in lines(data.sightings)] == ["0", "3"]
    assert [line["record"]["posting_id"] for line in lines(data.quarantine)] == ["1"]
    assert judge(reading) == ("partial", "1 postings did not reach the archive; 1 postings were quarantined")


def test_dates_made_at_request_time_are_recognised(recordings, data):
    for number in range(2):
        board = write_board(recordings, "acme", postings=2)
        path = recordings / ASHBY / f"{board}.json"
        page = json.loads(path.read_text())
        page["jobs"][0]["publishedAt"] = datetime.now(UTC).isoformat()
        page["jobs"][1]["publishedAt"] = "2026-01-05T09:00:00.000+00:00"
        path.write_text(json.dumps(page))
        replayed(data, recordings, [("ashby", board)])
        if not number:
            time.sleep(0.01)
    first, second, *again = lines(data.sightings)
    assert "posted_raw" not in first
    assert first["extras"]["generated_dates"] == ["posted_raw"]
    assert second["posted_raw"].startswith("2026-01-05T09:00:00")
    # Nothing but the made-up date differs, so nothing is new.
    assert [line["is_repeat"] for line in again] == [True, True]


@pytest.mark.parametrize(
    ("written", "is_dropped"),
    [
        ("2026-11-21T12:00:30Z", True),
        ("2026-11-21T13:00:30.123+01:00", True),
        ("2026-11-21 11:59:00 UTC", True),
        ("1795262400", True),
        ("1795262400000", True),
        ("2026-11-21T11:00:00Z", False),
        ("2026-11-21", False),
        ("2026-11-21T25:61:00Z", False),
        ("Posted today: now", False),
        (None, False),
    ],
)
def test_only_an_instant_of_the_crawl_itself_counts_as_made_up(written, is_dropped):
    sighting = Sighting(source="ashby", board="acme", posting_id="1", updated_raw=written, extras={"team": "x"})
    drop_generated(sighting, datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
    assert sighting.updated_raw == (None if is_dropped else written)
    assert sighting.extras == {"team": "x"} | ({"generated_dates": ["updated_raw"]} if is_dropped else {})


def test_batches_keep_what_comes_and_its_number():
    sightings = [Sighting(source="ashby", board="acme", posting_id=str(n)) for n in range(BATCH + 1)]
    first, other, second = in_batches([*sightings[:BATCH], "a request", sightings[BATCH]])
    assert (first, other, second) == (sightings[:BATCH], "a request", sightings[BATCH:])


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Fault(status=429, times=1, headers={"Retry-After": "2"}), [2.0]),
        (Fault(status=500, times=2), [0.4, 0.8]),
    ],
    ids=["as it asks", "twice as long each time"],
)
def test_a_server_that_errs_is_asked_again_after_a_wait(fault, waits, recordings, data, tmp_path):
    write_board(recordings, "acme")
    watch = tmp_path / "slots.jsonl"
    settings = {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "tests.crawler.slot_watch.WatchedDownloadHandler"),
        "SLOT_WATCH": str(watch),
        "RETRY_BACKOFF_SECONDS": 0.5,
    }
    summary, _ = replayed(data, recordings, [("ashby", "acme")], faults={"/acme": fault}, settings=settings)
    assert summary.complete == 1
    asked_at = [request["at"] for request in watched_requests(watch) if not request["is_robots"]]
    assert len(asked_at) == len(waits) + 1
    assert all(after - before >= wait for wait, before, after in zip(waits, asked_at, asked_at[1:], strict=False))


def test_robots_txt_is_obeyed(recordings, data):
    write_board(recordings, "acme")
    (recordings / "api.ashbyhq.com" / "robots.txt").write_text("User-agent: rolemarket\nDisallow: /posting-api/\n")
    summary, server = replayed(data, recordings, [("ashby", "acme")])
    assert [row["reason"] for row in summary.not_complete] == ["robots.txt of the host forbids it"]
    assert not [target for target in server.asked if "/posting-api/" in target]


def test_sources_that_are_off_say_so(recordings, data, monkeypatch):
    for name in ("ROLEMARKET_ADZUNA_ID", "ROLEMARKET_ADZUNA_KEY"):
        monkeypatch.delenv(name, raising=False)
    summary, server = replayed(data, recordings, [("smartrecruiters", "acme"), ("adzuna", "us|cook")])
    reasons = {row["source"]: row["reason"] for row in summary.not_complete}
    assert reasons["adzuna"] == "needs a key: set ROLEMARKET_ADZUNA_ID and ROLEMARKET_ADZUNA_KEY"
    assert reasons["smartrecruiters"].startswith("off by default: robots.txt of api.smartrecruiters.com forbids it")
    assert not [target for target in server.asked if target != "/"]
    allow(data, "smartrecruiters")
    summary, server = replayed(data, recordings, [("smartrecruiters", "acme")])
    assert "/api.smartrecruiters.com/v1/companies/acme/postings?limit=100&offset=0" in server.asked
