"""What single sources do that no other does, each with an answer in its shape."""

import pytest

from crawler.board_lists import Board
from crawler.replay.server import Fault
from crawler.run import _spiders
from tests.crawler.replaying import allow, lines, record, replayed
from warehouse.schema.layout import DataFolder


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


def feed(*positions):
    said = "".join(
        f"<position><id>{id_}</id><name>{name}</name><jobDescriptions><jobDescription><name>Work</name>"
        f"<value><![CDATA[{text}]]></value></jobDescription></jobDescriptions></position>"
        for id_, name, text in positions
    )
    return f"<workzag-jobs>{said}</workzag-jobs>"


@pytest.fixture
def personio(tmp_path):
    folder = tmp_path / "recordings" / "acme.jobs.personio.de"
    folder.mkdir(parents=True)
    (folder / "xml~language=en.xml").write_text(
        feed(("1", "Welder", "<p>Weld.</p>"), ("2", "Koch", ""), ("3", "Arzt", ""))
    )
    (folder / "xml.xml").write_text(feed(("1", "Schweißer", "Schweißen"), ("2", "Koch", "<p>Kochen.</p>")))
    return folder


def test_positions_without_english_text_are_read_in_the_employers_language(personio, data):
    summary, server = replayed(data, personio.parent, [("personio", "acme")])
    assert (summary.complete, summary.postings) == (1, 3)
    assert server.asked["/acme.jobs.personio.de/xml"] == 1
    found = {line["posting_id"]: (line["title"], line.get("body_html")) for line in lines(data.sightings)}
    assert found == {
        "1": ("Welder", "<h3>Work</h3>\n<p>Weld.</p>"),
        "2": ("Koch", "<h3>Work</h3>\n<p>Kochen.</p>"),
        "3": ("Arzt", None),
    }


def test_a_feed_that_fails_in_the_employers_language_costs_no_position(personio, data):
    (personio / "xml.xml").unlink()
    second = DataFolder(data.root.with_name("second"))
    summary, _ = replayed(second, personio.parent, [("personio", "acme")])
    assert (summary.partial, summary.postings) == (1, 3)
    assert {line["title"] for line in lines(second.sightings)} == {"Welder", "Koch", "Arzt"}


def test_a_feed_whose_positions_all_have_text_is_asked_for_once(personio, data):
    (personio / "xml~language=en.xml").write_text(feed(("1", "Welder", "Weld.")))
    for _ in range(2):
        summary, server = replayed(data, personio.parent, [("personio", "acme")])
        assert "/acme.jobs.personio.de/xml" not in server.asked
    assert summary.unchanged == 1


def test_tenants_of_the_other_domain_are_asked_there(tmp_path, data):
    folder = tmp_path / "recordings" / "acme.jobs.personio.com"
    folder.mkdir(parents=True)
    (folder / "xml~language=en.xml").write_text(feed(("1", "Welder", "Weld.")))
    summary, _ = replayed(data, folder.parent, [("personio", "acme.com")])
    assert (summary.complete, summary.postings) == (1, 1)
    assert lines(data.sightings)[0]["url"] == "https://acme.jobs.personio.com/job/1"


@pytest.mark.parametrize(("second", "outcome"), [(range(100, 150), "complete"), (range(60, 110), "partial")])
def test_a_list_that_changed_between_two_pages_is_not_complete(second, outcome, tmp_path, data):
    root = "recordings/api.smartrecruiters.com/v1/companies/Acme/postings"
    for offset, numbers in ((0, range(100)), (100, second)):
        rows = [{"id": str(n), "name": f"Welder {n}"} for n in numbers]
        page = {"offset": offset, "limit": 100, "totalFound": 150, "content": rows}
        record(tmp_path, f"{root}~limit=100&offset={offset}.json", page)
    for n in range(150):
        record(tmp_path, f"{root}/{n}.json", {"id": str(n)})
    allow(data, "smartrecruiters")
    replayed(data, tmp_path / "recordings", [("smartrecruiters", "Acme")])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == (outcome, len({*range(100), *second}))
    assert outcome == "complete" or "110 of 150 postings came" in reading["reason"]


@pytest.mark.parametrize(("second", "outcome"), [(["3"], "complete"), ([], "partial")])
def test_a_feed_is_read_as_far_as_it_names_pages(second, outcome, tmp_path, data):
    host = "recordings/acme.teamtailor.com"
    items = [{"id": id_, "title": "Welder", "content_html": "Weld."} for id_ in ("1", "2")]
    where = "https://acme.teamtailor.com/jobs.json?page=2&per_page=100"
    record(tmp_path, f"{host}/jobs.json", {"items": items, "next_url": where})
    faults = {} if second else {"page=2": Fault(status=404)}
    record(tmp_path, f"{host}/jobs~page=2&per_page=100.json", {"items": [{**items[0], "id": id_} for id_ in second]})
    replayed(data, tmp_path / "recordings", [("teamtailor", "acme")], faults=faults)
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == (outcome, 2 + len(second))


def test_hidden_places_stay_hidden():
    place = {"city": "Kiel", "country": "Germany", "countryCode": "DE"}
    row = {"shortcode": "A", "title": "Welder", "locations": [{**place, "hidden": True}], "country": "Germany"}
    found = _spiders()["workable"](boards=[]).posting(row, Board("workable", "acme"))
    assert found.location_raw == "Germany"


def test_pay_that_is_predicted_hidden_or_zero_is_none():
    adzuna = {"id": "1", "salary_min": 1, "salary_max": 2, "salary_is_predicted": "1"}
    pinpoint = {"id": "1", "compensation_minimum": 1, "compensation": "1", "compensation_visible": False}
    remoteok = {"id": "1", "salary_min": 0, "salary_max": 0}
    jibe = {"data": {"req_id": "1", "salary_min_value": 0, "salary_max_value": 0}}
    recruitee = {"id": 1, "salary": {"min": None, "max": None, "period": None, "currency": "EUR"}}
    for source, row in {
        "adzuna": adzuna,
        "pinpoint": pinpoint,
        "remoteok": remoteok,
        "jibe": jibe,
        "recruitee": recruitee,
    }.items():
        assert _spiders()[source](boards=[]).posting(row, Board(source, "us|acme")).pay_raw is None, source


def test_an_employer_called_name_is_none():
    row = {"guid": "1", "title": "Welder", "companyName": "name", "companySlug": "acme"}
    assert _spiders()["himalayas"](boards=[]).posting(row, Board("himalayas", "all")).company_raw == "acme"


def test_a_byte_order_mark_is_no_content(tmp_path, data):
    path = tmp_path / "recordings" / "remotive.com" / "api"
    path.mkdir(parents=True)
    (path / "remote-jobs.json").write_bytes(
        b'\xef\xbb\xbf{"0-legal-notice": "x", "jobs": [{"id": 1, "title": "Welder"}]}'
    )
    allow(data, "remotive")
    summary, _ = replayed(data, tmp_path / "recordings", [("remotive", "all")])
    assert (summary.complete, summary.postings) == (1, 1)


def test_requests_carry_the_key_in_the_headers_that_the_office_asks_for(monkeypatch):
    monkeypatch.setenv("ROLEMARKET_USAJOBS_KEY", "secret")
    monkeypatch.setenv("ROLEMARKET_USAJOBS_EMAIL", "me@example.org")
    spider = _spiders()["usajobs"](boards=[], is_allowed=True)
    request = spider.first_request(Board("usajobs", "1560"))
    assert request.headers["Authorization-Key"] == b"secret"
    assert request.headers["User-Agent"] == b"me@example.org"
    assert "secret" not in request.url


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld&#x2B;json">{"@type":"JobPosting","title":"Welder"}</script>',
        '<script type="application/ld+json">[{"@context":"https://schema.org","@graph":[{"@type":["JobPosting"],"title":"Welder"}]}]</script>',
        '<script type="application/ld+json">\n{"@type":"JobPosting","title":"Welder","description":"a\tb\nc"}\n</script>',
        '<script type="application/ld+json">{"broken": </script><script type="application/ld+json">{"@type":"JobPosting","title":"Welder"};</script>',
        '<script type="application/ld+json">/* made by hand */ {"@type":"JobPosting","title":"Welder"}</script>',
        '<div itemscope itemtype="https://schema.org/JobPosting"><span itemprop="title">Welder</span></div>',
    ],
    ids=["escaped type", "graph", "control characters", "a broken block beside", "comments", "microdata"],
)
def test_a_posting_is_found_in_whatever_a_page_writes(script):
    from crawler.job_posting import fields, postings_on

    found = [fields(node) for node in postings_on(f"<html><head>{script}</head></html>", "https://acme.example/job/1")]
    assert [posting["title"] for posting in found] == ["Welder"]


@pytest.mark.parametrize(("total", "outcome"), [(1, "complete"), (3, "partial"), (None, "complete")])
def test_a_board_shorter_than_its_total_is_not_complete(total, outcome, tmp_path, data):
    page = {"jobs": [{"id": 1, "title": "Welder"}], "meta": {"total": total}}
    record(tmp_path, "recordings/boards-api.greenhouse.io/v1/boards/acme/jobs.json", page)
    replayed(data, tmp_path / "recordings", [("greenhouse", "acme")])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == (outcome, 1)
