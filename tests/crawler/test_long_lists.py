"""Lists that their source does not show whole in one answer: Workday's 2,000 rows and missing totals, Oracle's 10,000."""

from __future__ import annotations

import json

import pytest

from crawler.board_lists import Board
from crawler.reading import OpenReading
from crawler.replay.server import Fault
from crawler.run import _spiders
from crawler.workday_lists import best_split
from tests.crawler.replaying import lines, record, replayed
from warehouse.schema.layout import DataFolder

HOST = "nordlicht.wd5.myworkdayjobs.com/wday/cxs/nordlicht/External"
BOARD = ("workday", "nordlicht|wd5|External")


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


class Site:
    """Workday's answers for one invented site, written as recordings."""

    def __init__(self, root, host=HOST):
        self.root = root / "recordings" / host
        self.root.mkdir(parents=True)
        self.recordings = root / "recordings"

    def page(self, offset, numbers, total, facets=(), applied=""):
        rows = [
            {"title": f"Welder {n}", "externalPath": f"/job/Kiel/{n}", "bulletFields": [f"JR-{n}"]} for n in numbers
        ]
        name = f"jobs~POST~{applied}limit=20&offset={offset}&searchText=.json"
        (self.root / name).write_text(json.dumps({"total": total, "jobPostings": rows, "facets": list(facets)}))
        for n in numbers:
            detail = self.root / "job" / "Kiel" / f"{n}.json"
            detail.parent.mkdir(parents=True, exist_ok=True)
            detail.write_text(json.dumps({"jobPostingInfo": {"title": f"Welder {n}", "jobDescription": f"Text {n}"}}))


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_a_tenant_on_the_host_that_all_share_is_asked_there(tmp_path, data):
    site = Site(tmp_path, "wd5.myworkdaysite.com/wday/cxs/nordlicht/External")
    site.page(0, range(2), 2)
    summary, _ = replayed(data, site.recordings, [("workday", "nordlicht|wd5.myworkdaysite|External")])
    assert (summary.complete, summary.postings) == (1, 2)
    page = "https://wd5.myworkdaysite.com/recruiting/nordlicht/External/job/Kiel/0"
    assert page in {line["url"] for line in lines(data.sightings)}


def facet(name, **counts):
    values = [{"id": id_, "descriptor": id_, "count": count} for id_, count in counts.items()]
    return {"facetParameter": name, "descriptor": name, "values": values}


def test_pages_after_the_first_may_say_that_there_are_none(site, data):
    site.page(0, range(20), 45)
    site.page(20, range(20, 40), 0)
    site.page(40, range(40, 45), 0)
    summary, _ = replayed(data, site.recordings, [BOARD])
    assert (summary.complete, summary.postings) == (1, 45)
    assert {line["body_html"] for line in lines(data.sightings)} == {f"Text {n}" for n in range(45)}


def test_a_cut_off_list_is_read_by_facet(site, data):
    facets = [
        facet("locations", kiel=2000, bremen=400),
        {"facetParameter": "grouped", "values": [facet("jobFamilyGroup", metal=1200, glass=800)]},
        facet("timeType", full=1500),
    ]
    site.page(0, range(20), 2000, facets)
    site.page(0, range(20), 21, applied="jobFamilyGroup=metal&")
    # The last row of one value stands in the other as well, and the later page gives no total.
    site.page(20, [20], 0, applied="jobFamilyGroup=metal&")
    site.page(0, range(20, 40), 20, applied="jobFamilyGroup=glass&")
    _, server = replayed(data, site.recordings, [BOARD])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"], reading["is_truncated"]) == ("complete", 40, False)
    assert sorted(line["title"] for line in lines(data.sightings)) == sorted(f"Welder {n}" for n in range(40))
    assert server.asked[f"/{HOST}/jobs"] == 4


def test_a_list_that_no_facet_parts_is_said_to_be_truncated(site, data):
    site.page(0, range(20), 2000, [facet("locations", kiel=2000)])
    for offset in range(20, 2000, 20):
        site.page(offset, [offset], 0)
    replayed(data, site.recordings, [BOARD])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["is_truncated"], reading["postings"]) == ("partial", True, 20 + 99)
    assert "more postings than the source lets be read" in reading["reason"]


def test_a_facet_value_that_is_cut_off_itself_is_said_to_be_truncated(site, data):
    site.page(0, range(20), 2000, [facet("jobFamilyGroup", metal=1999, glass=1)])
    site.page(0, range(20), 2000, applied="jobFamilyGroup=metal&")
    site.page(0, [20], 1, applied="jobFamilyGroup=glass&")
    replayed(data, site.recordings, [BOARD])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["is_truncated"]) == ("partial", True)


def test_a_facet_value_that_shows_fewer_than_it_says_makes_the_reading_partial(site, data):
    site.page(0, range(20), 2000, [facet("jobFamilyGroup", metal=1999, glass=1)])
    site.page(0, range(20), 23, applied="jobFamilyGroup=metal&")
    site.page(20, [20], 0, applied="jobFamilyGroup=metal&")
    site.page(0, [21], 1, applied="jobFamilyGroup=glass&")
    replayed(data, site.recordings, [BOARD])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == ("partial", 22)
    assert reading["reason"] == "the board says 24 postings, 22 were read"


def test_the_split_takes_the_facet_that_covers_the_list_with_the_fewest_values():
    facets = [
        facet("many", **{f"v{n}": 300 for n in range(10)}),
        facet("few", a=1500, b=1500),
        facet("short", a=500, b=500),
        facet("large", a=2500),
    ]
    assert best_split(facets, 2000) == ("few", ["a", "b"])
    assert best_split(facets[2:], 2000) is None
    assert best_split(None, 2000) is None


def requisitions(folder, offset, numbers, total):
    resources = folder / "acme.fa.us2.oraclecloud.com" / "hcmRestApi" / "resources" / "latest"
    resources.mkdir(parents=True, exist_ok=True)
    query = (
        "onlyData=true&expand=requisitionList&finder=findReqs;siteNumber=CX_1,"
        f"limit=200,offset={offset},sortBy=POSTING_DATES_DESC"
    )
    rows = [{"Id": str(n), "Title": f"Welder {n}"} for n in numbers]
    answer = {"items": [{"TotalJobsCount": total, "requisitionList": rows}], "count": 1, "totalResults": 1}
    (resources / f"recruitingCEJobRequisitions~{query}.json").write_text(json.dumps(answer))
    (resources / "recruitingCEJobRequisitionDetails.json").write_text(
        '{"items": [{"ExternalDescriptionStr": "Weld."}]}'
    )


def test_oracles_pages_are_read_to_the_last(tmp_path, data):
    folder = tmp_path / "recordings"
    for offset in (0, 200):
        requisitions(folder, offset, range(offset, offset + 200), 430)
    requisitions(folder, 400, range(400, 430), 430)
    summary, server = replayed(data, folder, [("oracle", "acme.fa.us2.oraclecloud.com|CX_1")])
    assert (summary.complete, summary.postings) == (1, 430)
    assert len([target for target in server.asked if "requisitionList" in target]) == 3
    assert len({line["posting_id"] for line in lines(data.sightings)}) == 430


def test_a_page_that_is_missing_makes_the_reading_partial(tmp_path, data):
    folder = tmp_path / "recordings"
    requisitions(folder, 0, range(200), 430)
    replayed(data, folder, [("oracle", "acme.fa.us2.oraclecloud.com|CX_1")])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == ("partial", 200)


@pytest.mark.parametrize(
    ("total", "pages", "outcome", "is_truncated"),
    [(12_000, 50, "partial", True), (10_000, 50, "partial", True), (9_800, 49, "complete", False)],
)
def test_oracles_list_ends_at_the_ten_thousandth_row(total, pages, outcome, is_truncated, tmp_path, data):
    folder = tmp_path / "recordings"
    for offset in range(0, min(total, 10_000), 200):
        # Four postings a page, each in fifty rows: the source counts rows, and details are asked for once.
        requisitions(folder, offset, [offset + n // 50 for n in range(200)], total)
    # Beyond the ten thousandth row the source answers as if there were none.
    requisitions(folder, 10_000, [], 0)
    _, server = replayed(data, folder, [("oracle", "acme.fa.us2.oraclecloud.com|CX_1")])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["is_truncated"], reading["postings"]) == (outcome, is_truncated, 4 * pages)
    asked = [target for target in server.asked if "requisitionList" in target]
    assert len(asked) == pages
    assert not [target for target in asked if "offset=10000," in target]


def searches(folder, total):
    """Record a search of a hundred rows a page, whose answers keep the crawl waiting so that details come first."""
    for skip in range(0, total, 100):
        rows = [{"jobId": n, "jobTitle": f"Welder {n}"} for n in range(skip, min(skip + 100, total))]
        where = f"www.reed.co.uk/api/1.0/search~keywords=welder&resultsToTake=100&resultsToSkip={skip}.json"
        record(folder, where, {"results": rows, "totalResults": total})
        for row in rows:
            record(folder, f"www.reed.co.uk/api/1.0/jobs/{row['jobId']}.json", {"jobDescription": "Weld."})
    return {"/search?": Fault(seconds_before=0.7)}


def test_details_that_come_between_two_pages_of_a_list_are_none_of_them(tmp_path, data, monkeypatch):
    monkeypatch.setenv("ROLEMARKET_REED_KEY", "key-of-no-one")
    faults = searches(tmp_path / "recordings", 350)
    replayed(data, tmp_path / "recordings", [("reed", "welder")], faults=faults)
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"], reading["is_truncated"]) == ("complete", 350, False)


def test_a_list_is_followed_as_far_as_its_source_bears():
    spider, reading = _spiders()["reed"](boards=[]), OpenReading(Board("reed", "welder"))
    reading.pages = 500  # details, nearly all
    followed = [list(spider.follow(f"https://www.reed.co.uk/{n}", reading)) for n in range(30)]
    assert sum(map(len, followed)) == spider.max_pages - 1
    assert reading.is_truncated
