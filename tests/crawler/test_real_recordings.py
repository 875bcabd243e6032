"""Every source over the real answers kept beside the project: each posting is read, and Ashby's boards go the whole way."""

import csv
import json
import re
from urllib.parse import unquote

import pytest
from scrapy import Request
from scrapy.http import TextResponse
from scrapy.utils.test import get_crawler

from crawler.board_lists import Board
from crawler.job_posting import fields, postings_on
from crawler.reading import OpenReading, Unreadable
from crawler.run import _spiders
from crawler.trunk import DetailBoardSpider
from tests.crawler.replaying import SHARED, lines, replayed
from warehouse.schema.layout import DataFolder
from warehouse.schema.masking import mask_personal_data
from warehouse.schema.records import Sighting

pytestmark = pytest.mark.shared
RECORDINGS = SHARED / "recordings"
FOLDERS = {"oracle_orc": "oracle"}
TOKENS = {
    "workday": "acme|wd5|External",
    "oracle": "acme.fa.us2.oraclecloud.com|CX_1",
    "successfactors": "acme|career5.successfactors.eu",
    "adzuna": "us|data scientist",
    "icims": "careers-acme.icims.com",
}
# Answers of other addresses than a board's list: single postings, answers to applications, wrappers of several pages.
OTHER_SHAPES = (
    "_detail",
    "detail.json",
    ".yml",
    "_job_entry_",
    "jobpage",
    "medtronic_",
    "next_data",
    "invalid",
    ".tsv",
)
OTHER_FILES = (
    "manwithaplandy__job-board",
    "bsdevda__cyber-job-radar",
    "aon_raw_jobs_10.json",
    "reed_raw_excerpt.json",
    "example_reed_ad",
    "careerkit__tests_fixtures_oracle_orc_detail",
)


def manifest():
    path = RECORDINGS / "MANIFEST.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in rows if FOLDERS.get(row["source"], row["source"]) in _spiders()]


def is_list(row):
    name = row["file"].rsplit("/", 1)[-1]
    if name.startswith("manwithaplandy") and row["source"] in {"greenhouse", "lever"}:
        return True
    if name.startswith("bsdevda") and row["source"] == "remotive":
        return True
    return not (
        any(part in name for part in OTHER_SHAPES) or any(name.startswith(part) or part in name for part in OTHER_FILES)
    )


@pytest.fixture(autouse=True)
def _shared_folder():
    if not RECORDINGS.is_dir():
        pytest.skip("the real recordings are not beside this project")


def read(source, path):
    """Return what a spider makes of one recorded page, without a server: sightings and the reading."""
    spider, board = _spiders()[source](boards=[]), Board(source, TOKENS.get(source, "acme"))
    reading = OpenReading(board)
    url = "https://acme.example/list?page=1"
    request = Request(url, meta={"reading": reading, "offset": 0})
    response = TextResponse(url, body=path.read_bytes(), encoding="utf-8", request=request)
    rows = spider.rows(spider.decode(response, reading), response)
    if isinstance(spider, DetailBoardSpider):
        return [spider.described(row, {}, board) for row in rows], reading
    return [spider.posting(row, board) for row in rows], reading


LISTS = [
    pytest.param(FOLDERS.get(row["source"], row["source"]), row["file"], row["postings"], id=row["file"])
    for row in manifest()
    if is_list(row) and row["source"] != "hackernews" and "stapply-ai__ats-scrapers__" not in row["file"]
]


@pytest.mark.parametrize(("source", "file", "postings"), LISTS)
def test_every_row_of_every_list_is_read(source, file, postings):
    found, reading = read(source, RECORDINGS / file)
    assert reading.problems == []
    assert found
    assert all(sighting.posting_id for sighting in found)
    # One recording has a row that its maker emptied. Where one posting has a row per place, its rows are one.
    assert sum(not (sighting.title or sighting.body_html) for sighting in found) <= ("TheGamer406" in file)
    assert len(found) >= int(postings) or source == "rippling"


JOB_PAGES = [
    path
    for folder, pattern in (("jsonld", "**/*.html"), ("workday", "*.html"), ("icims", "*detail*.html"))
    for path in sorted((RECORDINGS / folder).glob(pattern))
]


@pytest.mark.parametrize("path", JOB_PAGES, ids=lambda path: path.name)
def test_job_pages_carry_a_readable_posting(path):
    words = path.read_text(encoding="utf-8", errors="replace")
    found = [fields(node) for node in postings_on(words, "https://acme.example/job")]
    assert bool(found) == ("JobPosting" in words)
    for posting in found:
        assert posting["title"]
        assert posting["body_html"]
        assert posting["company_raw"] or "hiringOrganization" not in words


THREADS = sorted((RECORDINGS / "hackernews").glob("*.json"))


@pytest.mark.parametrize("path", THREADS, ids=lambda path: path.name)
def test_every_hiring_comment_is_taken_without_its_poster(path, tmp_path):
    # Some of these files were scrubbed of addresses, which broke escapes.
    comments = json.loads(re.sub(rb'\\(?!["\\/bfnrtu])', b"", path.read_bytes()), strict=False)["jobs"]
    spider = _spiders()["hackernews"](boards=[])
    spider._set_crawler(get_crawler(settings_dict={"ROLEMARKET_DATA": str(tmp_path)}))
    reading = OpenReading(Board("hackernews", "1"))
    taken = [sighting for comment in comments for sighting in spider.take(comment, "Who is hiring?", reading)]
    assert len(taken) == len(comments) >= 100
    for sighting, comment in zip(taken, comments, strict=True):
        assert (sighting.form, sighting.title, sighting.body_html) == ("comment", None, comment["text"])
        assert sighting.posting_id == str(comment["id"])
        assert sighting.poster_hash
        assert comment["by"] not in (sighting.poster_hash, *sighting.extras.values())


def singles():
    """Yield the source, the file and how its postings lie in it, of every file that holds single postings."""
    whole = {
        "greenhouse": ("greenhouse_detail.json",),
        "adzuna": ("_job_entry_",),
        "themuse": ("_job_entry_",),
        "jibe": ("aon_raw_jobs_10.json",),
        "arbeitnow": ("bsdevda",),
        "recruitee": ("bsdevda",),
        "workable": ("manwithaplandy",),
        "smartrecruiters": ("smartrecruiters_detail.json", "manwithaplandy"),
        "workday": ("workday_detail.json", "workday_job_detail.json", "manwithaplandy"),
        "oracle": ("oracle_orc_detail.json",),
        "reed": ("reed_raw_excerpt.json",),
    }
    for row in manifest():
        source = FOLDERS.get(row["source"], row["source"])
        if not is_list(row) and any(part in row["file"] for part in whole.get(source, ())):
            yield source, row["file"]


def single_rows(source, page):
    """Return the postings of a file as pairs of a list row and its detail."""
    if isinstance(page, list):
        return [(row, {}) for row in page]
    if "pages" in page or "subdomains" in page or "widget" in page:
        inside = [*page.get("pages", []), *page.get("subdomains", {}).values(), page.get("widget") or {}]
        return [(row, {}) for one in inside for row in next((v for v in one.values() if isinstance(v, list)), [])]
    if "details" in page:
        listed = [*page.get("list_pages", []), page.get("unfaceted") or {}, *page.get("filtered", {}).values()]
        rows = [row for one in listed for row in one.get("content") or one.get("jobPostings") or []]
        return [(row, page["details"].get(row.get("id") or row.get("externalPath")) or {}) for row in rows]
    if source == "workday":
        return [({"externalPath": "/job/1"}, page)]
    return [(page, page)]


@pytest.mark.parametrize(("source", "file"), [pytest.param(*one, id=one[1]) for one in singles()])
def test_every_single_posting_is_read(source, file):
    words = (RECORDINGS / file).read_text(encoding="utf-8-sig")
    page, _ = json.JSONDecoder().raw_decode(words)
    page = page.get("results", page) if isinstance(page, dict) else page
    spider, board = _spiders()[source](boards=[]), Board(source, TOKENS.get(source, "acme"))
    found = [
        spider.described(row, detail, board)
        if isinstance(spider, DetailBoardSpider)
        else spider.posting({"data": row} if source == "jibe" and "data" not in row else row, board)
        for row, detail in single_rows(source, page)
    ]
    assert found
    for sighting in found:
        assert sighting.posting_id
        assert sighting.title
    # One file's details were emptied by its maker.
    assert any(sighting.body_html for sighting in found) or "workday_large" in file


CASSETTES = [path for folder in ("greenhouse", "lever") for path in sorted((RECORDINGS / folder).glob("*.yml"))]


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.name)
def test_every_recorded_conversation_is_read_or_named(path):
    """Old but whole answers with their headers: lists are read, answers of other addresses are named for what they are."""
    yaml = pytest.importorskip("yaml")
    source = path.parent.name
    spider, board = _spiders()[source](boards=[]), Board(source, "acme")
    for one in yaml.safe_load(path.read_text(encoding="utf-8").replace(" !binary ", " !!binary "))["http_interactions"]:
        body = one["response"]["body"]["string"]
        body = body if isinstance(body, bytes) else body.encode("utf-8")
        reading = OpenReading(board)
        response = TextResponse("https://acme.example/", body=body)
        is_list = body.startswith(b"[") if source == "lever" else body.startswith(b'{"jobs":')
        if not is_list:
            with pytest.raises(Unreadable):
                spider.rows(spider.decode(response, reading), response)
            continue
        rows = spider.rows(spider.decode(response, reading), response)
        things = list(spider.sight(rows, reading))
        sightings = [thing for thing in things if isinstance(thing, Sighting)]
        if any("postings" in row for row in rows):  # grouped by a query that nothing of ours asks
            assert things
            assert not sightings
        else:
            assert len(sightings) == len(rows)
            assert all(sighting.title and sighting.url for sighting in sightings)


def test_answers_of_another_shape_are_named_not_swallowed():
    others = [row for row in manifest() if not is_list(row) and row["file"].endswith(".json")]
    for row in others:
        source = FOLDERS.get(row["source"], row["source"])
        with pytest.raises((Unreadable, KeyError)):
            read(source, RECORDINGS / row["file"])


ASHBY_BOARDS = sorted((RECORDINGS / "ashby").glob("stapply-ai__ats-scrapers__*.json"))
# Files of a source of ours that none of the tests above reads, and why.
UNREAD_FILES = {
    "jibe_canonical_route_sweep.tsv": "a list of addresses that were tried, no answer",
    "example_reed_ad.html": "a page of reed.co.uk whose JobPosting is an empty element; the source asks the API",
    "next_data_0.json": "the data of ats.rippling.com's pages; the source asks the board API, of which it is another shape",
    "next_data_1.json": "the data of one such page",
}
# Folders of the answers of systems that no spider asks.
UNREAD_FOLDERS = {
    *("amazon", "avature", "brassring", "comeet", "eightfold", "neogov", "okjob", "paylocity", "phenom", "radancy"),
    "workingnomads",
}


def test_no_file_is_passed_over_unsaid():
    read_somewhere = {RECORDINGS / param.values[1] for param in LISTS} | {RECORDINGS / file for _, file in singles()}
    read_somewhere |= {*JOB_PAGES, *THREADS, *CASSETTES, *ASHBY_BOARDS}
    files = {path for path in RECORDINGS.rglob("*") if path.is_file() and path.parent != RECORDINGS}
    assert not read_somewhere - files
    folders = {path.relative_to(RECORDINGS).parts[0] for path in files}
    ours = {folder for folder in folders if FOLDERS.get(folder, folder) in _spiders()} | {"jsonld"}
    assert folders - ours == UNREAD_FOLDERS
    passed_over = {
        path.name.rpartition("__")[2].removeprefix("testdata_")
        for path in files - read_somewhere
        if path.relative_to(RECORDINGS).parts[0] in ours
    }
    unsaid = {name for name in passed_over if not any(name.endswith(said) for said in UNREAD_FILES)}
    assert unsaid == set()
    assert len(passed_over) == len(UNREAD_FILES)


def test_every_ashby_board_goes_the_whole_way(tmp_path):
    files = ASHBY_BOARDS
    folder = tmp_path / "recordings" / "api.ashbyhq.com" / "posting-api" / "job-board"
    folder.mkdir(parents=True)
    expected, boards = {}, []
    for path in files:
        board = unquote(path.stem.rpartition("__")[2])
        (folder / f"{board}.json").symlink_to(path)
        boards.append(("ashby", board))
        for job in json.loads(path.read_bytes())["jobs"]:
            expected[board, job["id"]] = job
    assert len(files) >= 346

    data = DataFolder(tmp_path / "data")
    summary, _ = replayed(data, tmp_path / "recordings", boards)

    assert (summary.complete, summary.postings, summary.quarantined) == (len(files), len(expected), 0)
    archived = {(line["board"], line["posting_id"]): line for line in lines(data.sightings)}
    assert archived.keys() == expected.keys()
    for key, job in expected.items():
        line = archived[key]
        assert line["title"] == mask_personal_data(job["title"])
        assert line.get("body_html", "") == mask_personal_data(job["descriptionHtml"] or job["descriptionPlain"] or "")
        assert (line["url"], line["posted_raw"]) == (job["jobUrl"], job["publishedAt"])
        assert line["employment_raw"] == job["employmentType"]
        places = [job["location"], *(place["location"] for place in job["secondaryLocations"])]
        named = [place for place in places if place and place.strip()]
        several = " | ".join(dict.fromkeys(place.strip() for place in named))
        written = named[0] if len(named) == 1 else several
        assert line.get("location_raw") == (mask_personal_data(written) or None)
        bands = [
            (part["minValue"], part["maxValue"], part["currencyCode"], part["interval"])
            for tier in (job.get("compensation") or {}).get("compensationTiers") or []
            for part in tier["components"]
            if part["minValue"] is not None or part["maxValue"] is not None
        ]
        if bands:
            written = [
                (band.get("low"), band.get("high"), band.get("currency"), band.get("interval"))
                for band in json.loads(line["pay_raw"])
            ]
            assert written == bands
    assert not data.quarantine.exists()
