"""Published figures as sources: every value against its own recording, files in ranges, and what is wrong with them."""

import json
import os
import shutil
import tracemalloc
import zipfile
from datetime import date
from importlib import resources
from pathlib import Path

import polars as pl
import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawler.board_lists import Board
from crawler.disclosure_files import month_of
from crawler.published_series import PublishedSeriesSpider
from crawler.reading import OpenReading, Unreadable
from crawler.replay.server import Fault
from crawler.run import _spiders, plan
from crawler.workbooks import rows as file_rows
from tests.crawler.packing import pack, write_workbook
from tests.crawler.replaying import RECORDINGS, SHARED, lines, replayed
from warehouse.enrich.money import usd_per_unit
from warehouse.schema.layout import DataFolder

SERIES = sorted(name for name, spider in _spiders().items() if issubclass(spider, PublishedSeriesSpider))
LCA_FILE = "sites/dolgov/files/ETA/oflc/pdfs/LCA_Disclosure_Data_FY2026_Q3.xlsx"


def expected(source):
    return json.loads((RECORDINGS / source / "expected_series.json").read_text(encoding="utf-8"))


@pytest.fixture
def recordings(tmp_path):
    folder = tmp_path / "recordings"
    for source in SERIES:
        shutil.copytree(RECORDINGS / source, folder, dirs_exist_ok=True)
    pack(folder)
    return folder


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.mark.parametrize(("source", "row"), [(source, row) for source in SERIES for row in expected(source)])
def test_fields(source, row, every_source):
    data, _ = every_source
    told = [{k: v for k, v in line.items() if k not in ("crawl_id", "as_of_on")} for line in lines(data.series)]
    assert told.count(row) == 1


@pytest.mark.parametrize("source", SERIES)
def test_nothing_else_is_archived(source, every_source):
    data, _ = every_source
    found = [line for line in lines(data.series) if line["source"] == source]
    assert len(found) == len(expected(source))
    days = {line["asked_at"][:10] for line in lines(data.readings)}
    assert {fact["as_of_on"] for fact in found if fact["kind"] == "employer_fact"} <= days


def test_no_person_of_a_disclosure_is_archived(every_source):
    data, _ = every_source
    kept = b"".join(path.read_bytes() for path in data.root.rglob("*") if path.is_file())
    for words in (b"Petra", b"petra@", b"Counsel", b"counsel@", b"Firm & Firm", b"+16175550100", b"Invented Way"):
        assert words not in kept
    assert not list((data.crawler_state / "downloads").iterdir())


def test_a_default_crawl_takes_each_file_as_one_board(data):
    chosen = plan(data)
    assert {name: [board.token for board in chosen[name]] for name in SERIES} == {
        "bls_oews": ["US"],
        "ecb_rates": ["eurofxref-hist"],
        "indeed_hiring_lab": ["AU", "CA", "DE", "FR", "GB", "US", "ai-tracker"],
        "lca": ["latest"],
        "yc_companies": ["all"],
    }
    assert [board.token for board in plan(data, all_boards=True)["lca"]] == ["all"]


def test_files_that_did_not_change_cost_nothing_and_new_values_alone_are_written(recordings, data):
    boards = [("ecb_rates", "eurofxref-hist"), ("lca", LCA_FILE), ("yc_companies", "all")]
    replayed(data, recordings, boards)
    before = len(lines(data.series))
    summary, _ = replayed(data, recordings, boards)
    assert (summary.unchanged, summary.bytes, len(lines(data.series))) == (3, 0, before)

    rates = recordings / "www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
    with zipfile.ZipFile(rates) as archive:
        days = (
            archive.read("eurofxref-hist.csv")
            .decode()
            .replace("2026-11-02,", "2026-11-03,1.4,180,N/A,0.8,\n2026-11-02,")
        )
    with zipfile.ZipFile(rates, "w") as archive:
        archive.writestr("eurofxref-hist.csv", days)
    summary, _ = replayed(data, recordings, boards)
    assert (summary.complete, summary.unchanged) == (1, 2)
    new = [(line["grouping"], line["value"], line["n"]) for line in lines(data.series)[before:]]
    assert new == [("EUR", 1.3, 2), ("JPY", 0.007222222222, 2), ("GBP", 1.625, 2)]


def test_a_value_that_goes_back_is_written_again(recordings, data):
    company = recordings / "yc-oss.github.io/api/companies/all.json"
    said = []
    for size in ("240", "900", "240"):
        company.write_text(json.dumps([{"name": "Nordlicht Robotics", "team_size": size}]))
        replayed(data, recordings, [("yc_companies", "all")])
        said.append([line["size_raw"] for line in lines(data.series)])
    assert said == [["240"], ["240", "900"], ["240", "900", "240"]]


def test_a_file_in_ranges_is_the_file_whole(recordings, data):
    settings = {"DISCLOSURE_RANGE_BYTES": 500}
    _, server = replayed(data, recordings, [("lca", LCA_FILE)], settings=settings)
    size = (recordings / "www.dol.gov" / LCA_FILE).stat().st_size
    assert server.asked[f"/www.dol.gov/{LCA_FILE}"] == -(-size // 500) > 3
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["status"], reading["bytes"], reading["pages"]) == (
        *("complete", 206, size),
        -(-size // 500),
    )
    assert [{k: v for k, v in line.items() if k != "crawl_id"} for line in lines(data.series)] == expected("lca")
    again, _ = replayed(data, recordings, [("lca", LCA_FILE)], settings=settings)
    assert (again.unchanged, again.bytes) == (1, 0)


def test_all_stands_for_every_file_linked(recordings, data):
    replayed(data, recordings, [("lca", "all")])
    asked = {line["board"].rpartition("/")[2]: line["outcome"] for line in lines(data.readings)}
    assert asked == {
        "all": "complete",
        "LCA_Disclosure_Data_FY2026_Q3.xlsx": "complete",
        "LCA_Dislclosure_Data_FY2026_Q2.xlsx": "failed",
        "LCA_Disclosure_Data_FY2025_Q4.xlsx": "failed",
    }


def test_what_a_killed_crawl_spooled_is_deleted_a_day_later(recordings, data):
    folder = data.crawler_state / "downloads"
    folder.mkdir(parents=True)
    old, young = folder / "20260101T000000.000000Z-crawl-1-lca-a", folder / "20260102T000000.000000Z-crawl-2-lca-a"
    for file in (old, young):
        file.write_bytes(b"PK")
    os.utime(old, (0, 0))
    replayed(data, recordings, [("lca", "latest")])
    assert list(folder.iterdir()) == [young]


def broken(recordings, how):
    path = recordings / "www.dol.gov" / LCA_FILE
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-300])
    elif how == "column":
        write_workbook(path, [["CASE_STATUS", "JOB_TITLE"], ["Certified", "Cook"]])
    elif how == "empty":
        with path.open("w") as file:
            file.write(",".join(_spiders()["lca"].wanted) + "\n")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("cut", "the file is broken (it starts like a workbook and does not end like one)"),
        ("column", "the file has no column DECISION_DATE and EMPLOYER_NAME and"),
        ("empty", "the file has no rows"),
    ],
)
def test_a_broken_file_is_named(recordings, data, how, reason):
    broken(recordings, how)
    replayed(data, recordings, [("lca", LCA_FILE)])
    (reading,) = lines(data.readings)
    assert reading["outcome"] == "failed"
    assert reading["reason"].startswith(reason)
    assert not lines(data.series)
    assert not list((data.crawler_state / "downloads").iterdir())


def test_a_malformed_case_is_quarantined_without_its_people(recordings, data):
    path = recordings / "www.dol.gov" / LCA_FILE
    names = [*_spiders()["lca"].wanted, "EMPLOYER_POC_LAST_NAME"]
    good = ["Certified", "06/30/2026", "Acme", "Cook", "15-1252.00", "Y", "CA", "$120,000.00", "", "Year", "Person"]
    bad = ["Certified", "soon", "Acme", "Cook", "15-1252.00", "Y", "CA", "a lot", "", "Year", "Person"]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in (names, good, bad)))
    replayed(data, recordings, [("lca", LCA_FILE)])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["reason"]) == ("partial", "1 postings were quarantined")
    (kept,) = lines(data.series)
    assert (kept["decided_on"], kept["pay_low"]) == ("2026-06-01", 120000.0)
    (quarantined,) = lines(data.quarantine)
    assert quarantined["record"]["DECISION_DATE"] == "soon"
    assert "Person" not in json.dumps(quarantined)


def test_a_refusal_of_the_office_is_named(recordings, data):
    body = b'{"status": "REQUEST_NOT_PROCESSED", "message": ["Daily threshold reached."], "Results": {}}'
    replayed(data, recordings, [("bls_oews", "US")], faults={"/timeseries/": Fault(body=body)})
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["reason"]) == ("failed", "the source refused: Daily threshold reached.")


@pytest.mark.parametrize(
    ("source", "board", "body", "reason"),
    [
        ("ecb_rates", "eurofxref-hist", b"PK\x03\x04 no archive", "the ZIP file is broken"),
        ("ecb_rates", "eurofxref-hist", b"Date,USD,\n", "the file holds no value of this series"),
        ("indeed_hiring_lab", "US", b"<!doctype html><title>Hello</title>", "the file holds no value of this series"),
        ("yc_companies", "all", b"<!doctype html>", "a web page instead of JSON"),
        ("lca", "latest", b"<p>We moved.</p>", "the page links no file of disclosures"),
    ],
)
def test_an_answer_of_another_kind_is_named(recordings, data, source, board, body, reason):
    faults = {part: Fault(body=body) for part in ("/eurofxref", "/job_postings_by", "/companies/", "/performance")}
    replayed(data, recordings, [(source, board)], faults=faults)
    (reading,) = lines(data.readings)
    assert reading["outcome"] == "failed"
    assert reading["reason"].startswith(reason)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("46121", "2026-04-01"),
        ("46121.5", "2026-04-01"),
        ("10/31/2025", "2025-10-01"),
        ("2025-10-31 00:00:00", "2025-10-01"),
    ],
)
def test_month_of(written, month):
    assert month_of(written) == month


def test_a_workbook_is_read_in_bounded_memory(tmp_path):
    path = tmp_path / "large.xlsx"
    rows = [["TITLE", "PERSON"], *([f"Invented title number {n} {'x' * 200}", f"Person {n}"] for n in range(20_000))]
    write_workbook(path, rows)
    of_texts = sum(len(cell) for row in rows for cell in row)
    del rows
    tracemalloc.start()
    try:
        assert sum(len(row) for row in file_rows(path, ("TITLE",))) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert of_texts > 4_000_000
    assert peak < 1_500_000


def read(source, board, body):
    """Return what a spider publishes of one file, without a server."""
    spider, board = _spiders()[source](boards=[]), Board(source, board)
    reading = OpenReading(board)
    request = Request("https://files.example/", meta={"reading": reading})
    response = TextResponse("https://files.example/", body=body, encoding="utf-8", request=request)
    return [line.record for line in spider.read(response, reading)]


def test_the_real_file_of_rates_gives_the_rates_that_pay_is_converted_with():
    body = resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    found = read("ecb_rates", "eurofxref-hist", body)
    rates = {(fact.grouping, fact.period_on): fact.value for fact in found}
    assert len(rates) == len(found) > 9_000
    for currency in ("EUR", "GBP", "JPY", "INR", "PLN"):
        for month in ("2012-03-01", "2019-10-01", "2026-09-01"):
            known = usd_per_unit(currency, date.fromisoformat(month))
            assert rates[currency, month] == pytest.approx(known, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("country", ["AU", "CA", "DE", "FR", "GB", "US"])
def test_the_real_sector_files_give_the_shipped_months(country):
    rows = pl.read_parquet(shared(f"indeed_job_postings_by_sector_{country}.parquet"))
    agree("indeed_hiring_lab", country, rows, "indeed_software_postings_index")


@pytest.mark.shared
def test_the_real_ai_file_gives_the_shipped_months():
    agree("indeed_hiring_lab", "ai-tracker", pl.read_parquet(shared("indeed_ai_share.parquet")), "indeed_ai_share")


def agree(source, board, rows, series):
    shipped = pl.read_csv(Path(__file__).resolve().parents[2] / "warehouse" / "reference" / "benchmarks.csv")
    places = rows["jobcountry"].unique().to_list()
    known = {
        (row["place"], row["period_on"]): row["value"]
        for row in shipped.filter((pl.col("series") == series) & pl.col("place").is_in(places)).iter_rows(named=True)
    }
    found = {(fact.place, fact.period_on): fact.value for fact in read(source, board, rows.write_csv().encode())}
    assert found.keys() == known.keys()
    for key, value in found.items():
        assert value == pytest.approx(known[key], abs=0.0006)


@pytest.mark.shared
def test_every_company_of_the_real_directory_is_a_fact():
    rows = pl.read_parquet(shared("yc_companies.parquet"))
    found = read("yc_companies", "all", json.dumps(rows.to_dicts()).encode())
    assert len(found) == rows.unique(["name", "website"]).height > 5_600
    by_name = {fact.employer: fact for fact in found}
    for row in rows.sample(200, seed=7).iter_rows(named=True):
        fact = by_name[row["name"].strip()]
        assert fact.status_raw in {"Active", "Acquired", "Inactive", "Public"}
        assert fact.stage_raw in {"Early", "Growth", None}
    assert sum(fact.size_raw is not None for fact in found) > 5_000


def shared(name):
    path = SHARED / "datasets" / name
    if not path.exists():
        pytest.skip("the real data sets are not beside this project")
    return path


def test_a_file_without_a_value_is_unreadable():
    with pytest.raises(Unreadable, match="no value"):
        read("indeed_hiring_lab", "US", b"date,jobcountry,indeed_job_postings_index,variable,display_name\n")
