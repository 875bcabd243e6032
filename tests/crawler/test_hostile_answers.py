"""What somebody's data cannot make a crawl do: read this machine's files or network, unpack without end, go round in circles."""

import gzip
import io
import json
import re
import time
import zipfile

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils.test import get_crawler
from twisted.internet.defer import fail, succeed
from twisted.internet.error import DNSLookupError

from crawler.board_lists import Board, CrawlUsageError, bundled, read_board_file
from crawler.destinations import CachingThreadedResolver, PublicAddressMiddleware, PublicResolver, is_public_host
from crawler.discover import discover, fetch
from crawler.markup import decode_xml
from crawler.reading import OpenReading, Unreadable, judge, printable
from crawler.replay import SAMPLE
from crawler.replay.server import Fault, ReplayServer
from crawler.run import _spiders, crawl
from crawler.sitemaps import MOST_PAGES, MOST_SITEMAPS
from crawler.workbooks import check_size
from tests.crawler.replaying import FAST, allow, lines, record, replayed
from warehouse.schema.layout import DataFolder

SITE = "jobs.nordlicht.example"
PAGE = '<script type="application/ld+json">{"@type":"JobPosting","title":"Welder","description":"Weld."}</script>'


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "recordings" / SITE
    folder.mkdir(parents=True)
    return folder


def sitemap(*urls, index=False):
    kind, entry = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    said = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{said}</{kind}>'


def only(readings):
    (line,) = readings
    return line


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
        ),
        *("::1", "[::1]", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001"),
        *("localhost", "LOCALHOST.", "printer.local", "metadata.google.internal", "router.lan", "intranet", ""),
    ],
)
def test_no_host_of_ones_own_network_is_asked(host):
    assert not is_public_host(host)
    url = f"http://{f'[{host}]' if ':' in host and '[' not in host else host}/latest/meta-data/"
    with pytest.raises(IgnoreRequest, match=r"not on the public net|none of the web"):
        PublicAddressMiddleware().process_request(Request(url))


@pytest.mark.parametrize("host", ["boards-api.greenhouse.io", "8.8.8.8", "2606:4700:4700::1111", "jobs.acme.example"])
def test_public_hosts_are_asked(host):
    assert is_public_host(host)


def test_a_public_name_for_a_private_address_is_none(monkeypatch):
    answers = {"rebound.example": "10.0.0.7", "jobs.example": "93.184.216.34", "proxy.example": "10.0.0.8"}
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda self, name, timeout=(): succeed(answers[name]))
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    resolver = PublicResolver(reactor=None, cache_size=0, timeout=1.0)
    refused = []
    resolver.getHostByName("rebound.example").addErrback(lambda failure: refused.append(failure.value))
    assert [type(error) for error in refused] == [DNSLookupError]
    assert "10.0.0.7" in str(refused[0])
    for name in ("jobs.example", "proxy.example"):
        assert resolver.getHostByName(name).result == answers[name]
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda self, name, timeout=(): fail(DNSLookupError()))
    resolver.getHostByName("gone.example").addErrback(lambda failure: refused.append(failure.value))
    assert len(refused) == 2


def test_a_replayed_crawl_needs_no_public_addresses():
    for replay, is_guarding in (("http://replay:8800", False), (None, True)):
        crawler = get_crawler(settings_dict={"ROLEMARKET_REPLAY": replay})
        assert PublicResolver.from_crawler(crawler, reactor=None).is_guarding is is_guarding


def test_a_sitemap_leads_to_no_file_and_no_private_host(site, data, tmp_path):
    secret = tmp_path / "job" / "secret.html"
    secret.parent.mkdir()
    secret.write_text(PAGE.replace("Welder", "Secret"))
    (site / "job").mkdir()
    (site / "job" / "1.html").write_text(PAGE)
    bad = [f"file://{secret}", "http://127.0.0.1:9/job/2", "http://169.254.169.254/job/3", "ftp://acme.example/job/4"]
    (site / "sitemap.xml").write_text(sitemap(f"https://{SITE}/job/1", *bad))
    _, server = replayed(data, site.parent, [("sitemap_jobs", SITE)])
    assert [line["title"] for line in lines(data.sightings)] == ["Welder"]
    reading = only(lines(data.readings))
    assert reading["outcome"] == "partial"
    assert "none of the web (file:)" in reading["reason"]
    assert "not on the public net (127.0.0.1)" in reading["reason"]
    assert {target.split("/")[1] for target in server.asked if target != "/"} == {SITE}


def test_a_redirect_leads_to_no_private_host(site, data):
    elsewhere = Fault(status=302, headers={"Location": "http://169.254.169.254/latest/"})
    _, server = replayed(data, site.parent, [("sitemap_jobs", SITE)], faults={"/sitemap.xml": elsewhere})
    assert "not on the public net (169.254.169.254)" in only(lines(data.readings))["reason"]
    assert not [target for target in server.asked if "169.254" in target]


def test_a_site_without_robots_txt_has_sitemaps_too(site, data):
    (site / "job").mkdir()
    (site / "job" / "1.html").write_text(PAGE)
    (site / "sitemap.xml").write_text(sitemap("/job/1"))
    summary, _ = replayed(data, site.parent, [("sitemap_jobs", SITE)])
    assert (summary.complete, summary.postings) == (1, 1)
    assert only(lines(data.readings))["status"] == 200


@pytest.mark.parametrize("status", [404, 410])
def test_a_sitemap_that_moved_is_no_site_that_is_gone(status, site, data):
    (site / "robots.txt").write_text(f"Sitemap: https://{SITE}/a.xml\n")
    replayed(data, site.parent, [("sitemap_jobs", SITE)], faults={"/a.xml": Fault(status=status)})
    reading = only(lines(data.readings))
    assert (reading["outcome"], reading["status"]) == ("failed", None)
    assert reading["reason"] == f"the site has no sitemap at /a.xml ({status})"
    (site / "robots.txt").write_text(f"Sitemap: https://{SITE}/a.xml\nSitemap: https://{SITE}/b.xml\n")
    (site / "b.xml").write_text(sitemap(f"https://{SITE}/job/gone"))
    replayed(data, site.parent, [("sitemap_jobs", SITE)], faults={"/a.xml": Fault(status=status)})
    assert lines(data.readings)[-1]["status"] in {None, 200}


def test_sitemaps_that_name_each_other_are_asked_once(site, data):
    (site / "robots.txt").write_text(f"Sitemap: https://{SITE}/a.xml\n")
    (site / "a.xml").write_text(sitemap(f"https://{SITE}/b.xml", f"https://{SITE}/a.xml", index=True))
    (site / "b.xml").write_text(sitemap(f"https://{SITE}/a.xml", index=True))
    _, server = replayed(data, site.parent, [("sitemap_jobs", SITE)])
    assert {target: n for target, n in server.asked.items() if ".xml" in target} == {
        f"/{SITE}/a.xml": 1,
        f"/{SITE}/b.xml": 1,
    }


def test_neither_sitemaps_nor_their_pages_are_without_end():
    spider, reading = _spiders()["sitemap_jobs"](boards=[]), OpenReading(Board("sitemap_jobs", SITE))
    requests = list(spider._sitemaps((f"https://{SITE}/{n}.xml" for n in range(10_000)), reading))
    assert (len(requests), reading.is_truncated) == (MOST_SITEMAPS, True)
    reading = OpenReading(Board("sitemap_jobs", SITE))
    taken = 0
    for part in range(3):
        body = sitemap(*(f"https://{SITE}/job/{part}-{n}" for n in range(2000))).encode()
        taken += len(list(spider.read_sitemap(Response(f"https://{SITE}/{part}.xml", body=body), reading)))
    assert (taken, reading.is_truncated) == (MOST_PAGES, True)


def bomb():
    return gzip.compress(b"<urlset>" + b" " * (200 * 2**20), 9)


def test_a_packed_sitemap_is_read_and_a_bomb_is_not(site, data):
    (site / "job").mkdir()
    (site / "job" / "1.html").write_text(PAGE)
    (site / "robots.txt").write_text("".join(f"Sitemap: https://{SITE}/{name}.xml.gz\n" for name in "abc"))
    bodies = {"a": gzip.compress(sitemap(f"https://{SITE}/job/1").encode()), "b": bomb(), "c": b"\x1f\x8bnothing"}
    faults = {f"/{name}.xml.gz": Fault(body=body) for name, body in bodies.items()}
    replayed(data, site.parent, [("sitemap_jobs", SITE)], faults=faults)
    assert [line["title"] for line in lines(data.sightings)] == ["Welder"]
    reading = only(lines(data.readings))
    assert reading["outcome"] == "partial"
    assert "the sitemap is broken (_DecompressionMaxSizeExceeded)" in reading["reason"]
    assert "the sitemap is broken (EOFError)" in reading["reason"]


def test_an_answer_that_unpacks_without_end_is_named(data, tmp_path):
    target = "/api.ashbyhq.com/posting-api/job-board/acme"
    fault = Fault(status=200, body=bomb(), headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
    (tmp_path / "recordings").mkdir()
    replayed(data, tmp_path / "recordings", [("ashby", "acme")], faults={target: fault})
    reading = only(lines(data.readings))
    assert reading["outcome"] == "failed"
    assert "exceeded DOWNLOAD_MAXSIZE" in reading["reason"]


def entities(root):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]><{root}><a>&l9;&f;</a></{root}>'


@pytest.mark.parametrize("root", ["workzag-jobs", "jobs", "rss", "Job-Listing"])
def test_entities_neither_grow_nor_read_files(root):
    begun = time.process_time()
    element = decode_xml(entities(root).encode(), root)
    words = "".join(part for part in element.itertext() if isinstance(part, str))
    assert "root:" not in words
    assert len(words) < 1000
    assert time.process_time() - begun < 1


def test_a_table_that_unpacks_to_far_more_is_no_table():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rates.csv", b"0" * (100 * 2**20))
        archive.writestr("small.csv", b"0" * 1000)
    with zipfile.ZipFile(packed) as archive:
        large, small = archive.infolist()
        check_size(small)
        with pytest.raises(Unreadable, match="would unpack to 104,857,600 bytes"):
            check_size(large)
        spider = _spiders()["ecb_rates"](boards=[])
        with pytest.raises(Unreadable, match="would unpack"):
            spider.rows(packed.getvalue(), Response("https://www.ecb.europa.eu/x.zip"))


@pytest.mark.parametrize(
    ("source", "board"),
    [
        ("bamboohr", "evil.example/x?"),
        ("workday", "evil.example#|wd5|External"),
        ("oracle", "evil.example/|CX_1"),
        ("successfactors", "acme|evil.example\\"),
        ("smartrecruiters", "../../v1/other"),
        ("workable_v3", "acme/../other"),
        ("join", "acme\n/x"),
        ("lever", "a@b"),
        ("greenhouse", "acme?x=1"),
    ],
)
def test_a_board_is_a_name_and_no_address(source, board):
    spider = _spiders()[source](boards=[], is_allowed=True)
    (closed,) = spider.begin(Board(source, board))
    assert judge(closed)[0] == "failed"
    assert "would lead elsewhere" in judge(closed)[1]


def test_every_bundled_board_is_a_name():
    listed = [board for name in _spiders() for board in bundled(name, is_curated=False)]
    assert len(listed) > 90_000
    for board in listed:
        spider = _spiders()[board.source]
        (begun,) = spider(boards=[], is_allowed=True).begin(board)
        assert isinstance(begun, Request), (board, judge(begun))


@pytest.mark.parametrize("token", ["acme\x1b[2J", "a" * 301, "acme\x00"])
def test_a_board_file_names_boards_in_printable_words(token, tmp_path):
    path = tmp_path / "boards.csv"
    path.write_text(f"source,board\nlever,{token}\n")
    with pytest.raises(CrawlUsageError, match=r"line 2|cannot be read") as caught:
        read_board_file(path, ["lever"])
    assert str(caught.value).isprintable()


def test_what_a_server_writes_into_a_reason_stays_one_harmless_line():
    said = printable(
        "redirected to \x1b[31mhttps://x\r\n2026-11-21 INFO done\u202e mail jane@acme.example or +49 40 1234567"
    )
    assert said.isprintable()
    assert "\n" not in said
    assert "jane" not in said
    assert "1234567" not in said
    assert len(printable("x" * 10_000)) <= 400


def test_a_redirects_words_stay_one_line_in_the_log(data, tmp_path):
    (tmp_path / "recordings").mkdir()
    where = "javascript:alert(1)//\x1b[31m"
    fault = Fault(status=304, headers={"Location": where})
    board = "/api.ashbyhq.com/posting-api/job-board/acme"
    replayed(data, tmp_path / "recordings", [("ashby", "acme")], faults={board: fault})
    assert only(lines(data.readings))["reason"].isprintable()


def test_a_next_page_that_is_the_same_ends_the_reading(data, tmp_path):
    first = "https://acme.teamtailor.com/jobs.json"
    items = [{"id": "1", "title": "Welder", "content_html": "Weld."}]
    record(tmp_path, "recordings/acme.teamtailor.com/jobs.json", {"items": items, "next_url": first})
    _, server = replayed(data, tmp_path / "recordings", [("teamtailor", "acme")])
    reading = only(lines(data.readings))
    assert (reading["outcome"], reading["postings"]) == ("partial", 1)
    assert "names the same page twice" in reading["reason"]
    assert server.asked["/acme.teamtailor.com/jobs.json"] == 1


def test_a_row_that_names_a_page_elsewhere_is_kept_without_it(data, tmp_path):
    rows = [{"_id": "1", "name": "Welder", "url": "https://evil.example/p/1"}]
    record(tmp_path, "recordings/acme.breezy.hr/json.json", rows)
    _, server = replayed(data, tmp_path / "recordings", [("breezy", "acme")])
    assert [line["title"] for line in lines(data.sightings)] == ["Welder"]
    assert "names a page on another host (evil.example)" in only(lines(data.readings))["reason"]
    assert not [target for target in server.asked if "evil" in target]


@pytest.mark.parametrize("depth", [2000, 200_000])
def test_an_answer_nested_without_end_is_named(depth, data, tmp_path):
    path = tmp_path / "recordings" / "api.ashbyhq.com" / "posting-api" / "job-board"
    path.mkdir(parents=True)
    (path / "acme.json").write_text('{"jobs":' + "[" * depth + "]" * depth + "}")
    record(
        tmp_path, "recordings/api.ashbyhq.com/posting-api/job-board/well.json", {"jobs": [{"id": "1", "title": "x"}]}
    )
    summary, _ = replayed(data, tmp_path / "recordings", [("ashby", "acme"), ("ashby", "well")])
    assert summary.complete == 1
    assert {line["board"]: line["outcome"] for line in lines(data.readings)}["acme"] in {"failed", "partial"}


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "5", "{}", '{"content": [{}], "totalFound": "many"}'])
@pytest.mark.parametrize("source", ["smartrecruiters", "oracle", "bls_oews"])
def test_an_answer_of_another_shape_is_one_sentence(source, body, data, tmp_path, capfd):
    board = {"smartrecruiters": "acme", "oracle": "acme.fa.us2.oraclecloud.com|CX_1", "bls_oews": "US"}[source]
    (tmp_path / "recordings").mkdir()
    allow(data, "smartrecruiters")
    fault = Fault(body=body.encode())
    where = {"smartrecruiters": "/postings?", "oracle": "/recruitingCE", "bls_oews": "/timeseries/"}[source]
    replayed(data, tmp_path / "recordings", [(source, board)], faults={where: fault})
    reading = only(lines(data.readings))
    assert reading["outcome"] == "failed"
    assert re.match(r"the answer has (another shape than this source's \(|no )|the source refused", reading["reason"])
    assert "Traceback" not in capfd.readouterr().err


def test_half_characters_are_archived_and_make_no_address(data, tmp_path):
    rows = [{"id": id_, "jobOpeningName": "Welder \udfff"} for id_ in ("1", "\ud800")]
    record(tmp_path, "recordings/acme.bamboohr.com/careers/list.json", {"meta": {"totalCount": 2}, "result": rows})
    faults = {"/detail": Fault(body=b'{"result": {"jobOpening": {"description": "\\ud83d"}}}')}
    summary, _ = replayed(data, tmp_path / "recordings", [("bamboohr", "acme")], faults=faults)
    assert (summary.partial, summary.postings, summary.quarantined, summary.unread) == (1, 1, 1, 0)
    rows = [{"id": "\ud800", "title": "Welder", "jobUrl": "\ud800"}, {"id": "2", "title": "Smith"}]
    record(tmp_path, "recordings/api.ashbyhq.com/posting-api/job-board/acme.json", {"jobs": rows})
    summary, _ = replayed(data, tmp_path / "recordings", [("ashby", "acme")])
    assert (summary.complete, summary.postings) == (1, 2)


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("remoteok", {"id": "1", "position": "Welder", "description": " " * 400_000 + "x" + "<br/>" * 100_000}),
        ("remoteok", {"id": "1", "position": "Welder", "description": "\n" * 400_000 + "Please mention the word"}),
    ],
)
def test_no_text_takes_long_to_read(source, row):
    begun = time.process_time()
    assert _spiders()[source](boards=[]).posting(row, Board(source, "all")).title == "Welder"
    assert time.process_time() - begun < 1


def test_no_feed_takes_long_to_read():
    words = "[[" * 300_000
    feed = f"<Job-Listing><Job><JobTitle>Welder</JobTitle><ReqId>1</ReqId><Job-Description>{words}</Job-Description></Job></Job-Listing>"
    spider, reading = (
        _spiders()["successfactors"](boards=[]),
        OpenReading(Board("successfactors", "acme|career5.sf.eu")),
    )
    response = TextResponse("https://career5.sf.eu/career", body=feed.encode(), encoding="utf-8")
    begun = time.process_time()
    (found,) = spider.sight(spider.rows(spider.decode(response, reading), response), reading)
    assert found.title == "Welder"
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "words",
    [
        "{} " + "a" * 2_000_000 + " " + "a-b." * 500_000,
        "{} " + "career5.successfactors.eu/x," * 70_000,
        "{} " + "greenhouse.io/embed/job_board?x&" * 60_000,
        "{} " + "jobs.smartrecruiters.com/x-" * 70_000,
    ],
    ids=["letters", "a company that never comes", "a board that never comes", "names"],
)
def test_no_careers_page_takes_long_to_read(words):
    page = words.format('<a href="https://jobs.lever.co/acme">Jobs</a>')
    seconds = []
    for part in (page[: len(page) // 8], page):
        begun = time.process_time()
        assert ("lever", "acme") in discover("https://acme.example/careers", part)
        seconds.append(time.process_time() - begun)
    # Eight times the page takes eight times as long on any machine; looked through from every letter, 64 times.
    assert seconds[1] < 24 * max(seconds[0], 0.01)


def test_a_name_found_on_a_page_is_printable():
    assert discover("https://jobs.ashbyhq.com/acme%1b%5b2J") == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://acme.example/", "data:text/html,x"])
def test_careers_pages_are_web_pages(url):
    with pytest.raises(CrawlUsageError, match="is no address of a web page"):
        fetch(url)


def test_what_the_bundled_sample_answers_is_marked_as_invented(data, site):
    with ReplayServer(SAMPLE) as server:
        crawl(data, boards_file=SAMPLE / "boards.csv", replay=server.url, quiet=True, settings=FAST)
    assert all(line["is_sample"] for line in [*lines(data.sightings), *lines(data.readings)])
    record(site.parent, "api.ashbyhq.com/posting-api/job-board/well.json", {"jobs": [{"id": "1", "title": "x"}]})
    replayed(data, site.parent, [("ashby", "well")])
    assert [line.get("is_sample", False) for line in lines(data.sightings) if line["board"] == "well"] == [False]


def test_reasons_of_the_quarantine_are_masked(data, tmp_path):
    row = {"ReqId": None, "jobs": [{"id": "1", "title": None, "compensation": {"compensationTiers": 7}}]}
    row["jobs"].append({"id": {"mail": "jane@acme.example"}, "jobUrl": 7})
    record(tmp_path, "recordings/api.ashbyhq.com/posting-api/job-board/acme.json", row)
    replayed(data, tmp_path / "recordings", [("ashby", "acme")])
    assert b"jane" not in b"".join(path.read_bytes() for path in data.archive.rglob("*.jsonl"))
    assert json.loads(json.dumps(lines(data.quarantine)))


def test_people_that_employers_name_in_members_of_their_own_are_not_kept():
    people = [
        {"name": "Recruiter", "value": "Jane Doe", "value_type": "short_text"},
        {"name": "Hiring Manager", "value": {"user_id": 7, "name": "Jane Doe", "email": "jane@acme.example"}},
        {"name": "Panel", "value": [{"user_id": 7, "name": "Jane Doe"}, "open"], "value_type": "user"},
        {"name": "Budget holder", "value": {"employee_id": "x", "name": "Jane Doe"}},
        {"name": "Career page", "value": "Jobs in Kiel"},
    ]
    row = {"id": 1, "title": "Welder", "metadata": people, "content": "Weld."}
    found = _spiders()["greenhouse"](boards=[]).posting(row, Board("greenhouse", "acme"))
    assert found.extras == {"metadata": {"Panel": ["open"], "Career page": "Jobs in Kiel"}}
    fields = [{"fieldLabel": label, "valueLabel": "Jane Doe"} for label in ("Recruiter", "Owner", "Contact person")]
    fields.append({"fieldLabel": "Shift", "valueLabel": "Night"})
    spider = _spiders()["smartrecruiters"](boards=[])
    assert spider.described({"id": "1", "customField": fields}, {}, Board("smartrecruiters", "a")).extras == {
        "Shift": "Night"
    }
