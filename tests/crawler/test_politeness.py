"""How hard each backend is asked, counted in the real engine while it asks: requests at once, delay, throttling."""

from __future__ import annotations

from collections import defaultdict

import pytest

from crawler.hiring_threads import ITEM_HOST, HiringThreadSpider
from crawler.replay.server import Fault, ReplayServer
from crawler.run import _run_in_child, _spiders, allowed_sources
from tests.crawler.replaying import KEYS, allow, record
from tests.crawler.slot_watch import watched_requests
from warehouse.schema.archive_file import new_crawl_id
from warehouse.schema.layout import DataFolder

BOARDS = 6
SLOW_SECONDS = 2.0
MOST_AT_ONCE = {
    "apply.workable.com": 2,
    "api.lever.co": 4,
    "api.ashbyhq.com": 4,
    "bamboohr.com": 4,
    "teamtailor.com": 4,
    "oraclecloud.com": 4,
    "career5.successfactors.eu": 2,
    "api.smartrecruiters.com": 8,
    "www.reed.co.uk": 1,
    "hn.algolia.com": 2,
    ITEM_HOST: 16,
}
LEAST_DELAY = {
    "api.lever.co": 1.0,
    "remoteok.com": 1.0,
    "api.smartrecruiters.com": 0.1,
    "api.rippling.com": 6.0,
    "api.gem.com": 0.05,
    "remotive.com": 30.0,
    "api.adzuna.com": 60 / 25,
    "hn.algolia.com": 2 * 3600 / 10_000,
}
TOKENS = {
    "workday": "acme|wd{}|External",
    "oracle": "acme{}.fa.us2.oraclecloud.com|CX_1",
    "successfactors": "acme{}|career5.successfactors.eu",
    "icims": "careers-acme{}.icims.com",
    "jibe": "jobs.acme{}.example",
    "sitemap_jobs": "acme{}.example",
    "hackernews": "5900000{}",
    "hackernews_seekers": "5910000{}",
    "join": "acme{}",
    "lca": "sites/acme{}.xlsx",
}


def write_threads(recordings):
    """Record threads of whose ten comments the tree lacks four."""
    for prefix, asks in (("590", "Who is hiring?"), ("591", "Who wants to be hired?")):
        for thread in (int(f"{prefix}0000{n}") for n in range(BOARDS)):
            kids = [thread * 100 + n for n in range(10)]
            told = {"author": "whoishiring", "title": f"Ask HN: {asks} (May 2026)"}
            children = [{"id": kid, "children": []} for kid in kids[4:]]
            record(recordings, f"{ITEM_HOST}/v0/item/{thread}.json", {"kids": kids})
            record(recordings, f"hn.algolia.com/api/v1/items/{thread}.json", told | {"children": children})
            for kid in kids[:4]:
                record(recordings, f"{ITEM_HOST}/v0/item/{kid}.json", None)


def bounds(spider):
    """Return the requests at once and the seconds between them of each backend that a spider names."""
    declared = {spider.backend: (spider.concurrency, spider.delay_seconds)}
    if issubclass(spider, HiringThreadSpider):
        declared[ITEM_HOST] = (spider.item_concurrency, spider.item_delay_seconds)
    return declared


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """What every spider's slots were like in a crawl at its own pace, with one slow backend."""
    root = tmp_path_factory.mktemp("polite")
    write_threads(root / "recordings")
    data, watch = DataFolder(root / "data"), root / "slots.jsonl"
    allow(data, *(name for name, spider in _spiders().items() if spider.off_because))
    boards = {}
    for name, spider in _spiders().items():
        some = 2 if spider.delay_seconds > 3 else BOARDS
        tokens = list(spider.feed)[:2] or [TOKENS.get(name, "acme{}").format(n) for n in range(some)]
        boards[name] = [[token, None] for token in tokens[: 1 if spider.delay_seconds > 10 else None]]
    settings = {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "tests.crawler.slot_watch.WatchedDownloadHandler"),
        "SLOT_WATCH": str(watch),
        "RETRY_TIMES": 0,
        "CIRCUIT_FAILURES": 1000,
        "ROLEMARKET_SEEKER_ROLES": "tests.crawler.seeker_roles.roles",
        "ROLEMARKET_DATA": str(data.root),
    }
    with (
        pytest.MonkeyPatch.context() as patch,
        ReplayServer(
            root / "recordings", faults={"api.ashbyhq.com/posting": Fault(seconds_before=SLOW_SECONDS)}
        ) as server,
    ):
        for name, value in KEYS.items():
            patch.setenv(name, value)
        job = {"crawl_id": new_crawl_id(), "boards": boards, "allowed": sorted(allowed_sources(data)), "is_quiet": True}
        _run_in_child(data, {**job, "settings": {**settings, "ROLEMARKET_REPLAY": server.url}})
        at_once = dict(server.most_at_once)
    requests = defaultdict(list)
    for request in watched_requests(watch):
        requests[request["source"]].append(request)
    return requests, at_once, boards


@pytest.mark.parametrize("source", sorted(_spiders()))
def test_a_backend_is_never_asked_more_than_declared(source, watched):
    requests, at_once, boards = watched
    spider, sent = _spiders()[source], requests[source]
    assert len(sent) >= len(boards[source])
    assert spider.backend is None or {line["backend"] for line in sent} == set(bounds(spider))
    for line in sent:
        concurrency, delay_seconds = bounds(spider).get(line["backend"]) or bounds(spider)[None]
        assert line["concurrency"] == concurrency
        assert line["delay"] >= delay_seconds
        assert line["is_throttled"]
        assert line["is_randomised"]
        # Spiders of one backend share its number, those without one backend ask each host of its own.
        sharing = [
            bounds(other)[line["backend"]][0] for other in _spiders().values() if line["backend"] in bounds(other)
        ]
        assert 1 <= line["in_flight"] <= sum(sharing or [concurrency])
        assert at_once.get(line["backend"], 0) <= sum(sharing or [concurrency])


def test_a_slow_backend_is_given_time(watched):
    requests, at_once, _ = watched
    spider = _spiders()["ashby"]
    # AutoThrottle goes at least half of the way to latency / concurrency with each answer. Unthrottled by delay alone,
    # all boards would be asked at once: what holds them to four is the slot.
    assert 1 < max(line["in_flight"] for line in requests["ashby"]) <= spider.concurrency
    aim = SLOW_SECONDS / spider.concurrency
    assert max(line["delay"] for line in requests["ashby"]) >= (spider.delay_seconds + aim) / 2
    assert at_once["api.ashbyhq.com"] <= spider.concurrency


@pytest.mark.parametrize(
    "source", ["bamboohr", "breezy", "icims", "oracle", "personio", "pinpoint", "recruitee", "teamtailor"]
)
def test_the_robots_txt_of_every_board_is_asked_for_in_turn(source, watched):
    requests, _, boards = watched
    robots = [line for line in requests[source] if line["is_robots"]]
    assert len(robots) == len(boards[source])
    assert {line["backend"] for line in robots} == {_spiders()[source].backend}


def test_each_backend_of_a_spider_keeps_its_own_delay(watched):
    requests, _, _ = watched
    for source in ("hackernews", "hackernews_seekers"):
        spider = _spiders()[source]
        # Neither takes the other's least delay, which is what stands before an answer was slow.
        for backend, least in (("hn.algolia.com", spider.delay_seconds), (ITEM_HOST, spider.item_delay_seconds)):
            assert next(line["delay"] for line in requests[source] if line["backend"] == backend) == least
            assert all(line["delay"] >= least for line in requests[source] if line["backend"] == backend)
        # An answer would have to take eight seconds to slow the item API down to the other's pace.
        assert max(line["delay"] for line in requests[source] if line["backend"] == ITEM_HOST) < spider.delay_seconds


@pytest.mark.parametrize(("backend", "most"), MOST_AT_ONCE.items())
def test_the_declared_number_is_within_what_the_backend_bears(backend, most, watched):
    requests, _, _ = watched
    asked = [line for sent in requests.values() for line in sent if line["backend"] == backend]
    assert asked
    assert sum({line["source"]: line["concurrency"] for line in asked}.values()) <= most
    assert max(line["in_flight"] for line in asked) <= most


@pytest.mark.parametrize(("backend", "least"), LEAST_DELAY.items())
def test_the_declared_delay_is_what_the_backend_asks_for(backend, least, watched):
    requests, _, _ = watched
    delays = [line["delay"] for sent in requests.values() for line in sent if line["backend"] == backend]
    assert delays
    assert min(delays) >= least
