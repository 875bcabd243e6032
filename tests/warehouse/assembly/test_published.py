"""What crawls published ends up in the snapshot: benchmarks beside the shipped ones, medians of disclosed pay, employer facts."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.warehouse.assembly.conftest import posting
from warehouse import archive
from warehouse.benchmarks import CRAWLED, SERIES, benchmarks
from warehouse.build import build
from warehouse.directories import crawled_facts
from warehouse.disclosures import LEAST_CASES, LEAST_CASES_OF_EMPLOYER, disclosed_pay
from warehouse.employers import employer_table
from warehouse.enrich.money import ppp_factors, usd_per_unit, with_money
from warehouse.rates import crawled_rates
from warehouse.schema.archive_file import ArchiveWriter
from warehouse.schema.records import DisclosedPay, EmployerFact, PublishedValue
from warehouse.schema.tables import TABLE
from warehouse.snapshot import open_snapshot


def value(series="bls_oews_median_pay", on="2026-05-01", grouping="15-2051", amount=130_000.0, **said):
    return PublishedValue(
        source="bls_oews", series=series, period_on=on, place="US", grouping=grouping, value=amount, **said
    )


def case(title="Data Scientist", low=150_000.0, unit="Year", n=1, employer="Nordlicht Robotics Inc.", on="2026-04-01"):
    return DisclosedPay(
        source="lca",
        decided_on=on,
        employer=employer,
        title=title,
        occupation="15-2051",
        place="MA",
        pay_low=low,
        pay_unit=unit,
        n=n,
    )


def company(employer="Nordlicht Robotics", day="2026-10-01", **said):
    return EmployerFact(source="yc_companies", employer=employer, as_of_on=day, **said)


def publish(folder, *facts, crawl_id="20261001T000000.000000Z-crawl-1"):
    with ArchiveWriter(folder, crawl_id) as writer:
        return [writer.publish(fact) for fact in facts]


def test_archived_values_are_benchmarks_in_the_words_of_the_shipped_ones(folder):
    publish(folder, value(), value("ecb_usd_per_unit", "2026-10-01", "EUR", 1.15, n=23))
    _, found, _ = archive.series(folder)
    assert tuple(found.columns) == TABLE["benchmark"].column_names
    wage, rate = found.to_dicts()
    shipped = benchmarks().filter(series="bls_oews_median_pay", grouping="data scientists").to_dicts()[0]
    assert wage == shipped | {"period_on": date(2026, 5, 1), "value": 130_000.0}
    assert (rate["grouping"], rate["value"], rate["n"], rate["publisher"]) == ("EUR", 1.15, 23, "European Central Bank")


def test_the_last_value_of_a_period_counts_and_a_repeat_is_not_written(folder):
    assert publish(folder, value(amount=1.0), value(amount=2.0)) == [True, True]
    assert publish(folder, value(amount=2.0), value(amount=3.0), crawl_id="20261002T000000.000000Z-crawl-1") == [
        False,
        True,
    ]
    _, found, _ = archive.series(folder)
    assert found["value"].to_list() == [3.0]


def test_a_series_described_nowhere_is_kept_under_its_own_name(folder):
    publish(folder, value("wages_of_nowhere"))
    _, found, _ = archive.series(folder)
    assert found.select("title", "publisher", "unit").row(0) == ("wages_of_nowhere", "not stated", "not stated")
    assert found.null_count().select(pl.exclude("n")).sum_horizontal().item() == 0


def test_facts_are_masked(folder):
    publish(folder, company("Nordlicht, call +49 431 5550100"), case(title="Cook (mail jane@nordlicht.example)"))
    (kept,) = [path.read_text() for path in folder.series.glob("*.jsonl")]
    assert "5550100" not in kept
    assert "jane@" not in kept


def test_every_series_is_described():
    for series in (*SERIES, *CRAWLED):
        assert series.title
        assert series.publisher
        assert series.licence
        assert len(series.difference) > 40


def medians(*cases):
    return [
        frame.to_dicts() for frame in disclosed_pay([{name: getattr(c, name) for name in c.__slots__} for c in cases])
    ]


def test_medians_of_disclosed_pay():
    by_role, by_employer = medians(
        case(n=LEAST_CASES - 12),
        case(low=180_000.0, n=12),
        case("Backend Engineer", 60.0, "Hour", LEAST_CASES_OF_EMPLOYER, "Papierkram, LLC"),
        case("Backend Engineer", 2_500.0, "Bi-Weekly", LEAST_CASES, "PAPIERKRAM LLC"),
        case("Welder", n=99),
    )
    kept = [(row["grouping"], row["value"], row["n"], row["period_on"]) for row in by_role]
    # 10 at 60 USD x 2080 hours and 30 at 2,500 x 26: the median of 40 lies among the latter.
    assert kept == [
        ("data_scientist", 150_000.0, LEAST_CASES, date(2026, 1, 1)),
        ("software_engineer", 65_000.0, LEAST_CASES + LEAST_CASES_OF_EMPLOYER, date(2026, 1, 1)),
    ]
    assert [(row["grouping"], row["n"]) for row in by_employer] == [
        ("data_scientist at Nordlicht Robotics Inc.", LEAST_CASES),
        ("software_engineer at PAPIERKRAM LLC", LEAST_CASES + LEAST_CASES_OF_EMPLOYER),
    ]


@pytest.mark.parametrize(
    "left_out",
    [
        [case(n=LEAST_CASES - 1)],
        [case(low=150.0, n=99)],
        [case(low=150_000.0, unit="Hour", n=99)],
        [case(unit="Fortnight", n=99)],
        [case(on="soon", n=99)],
        [],
    ],
)
def test_too_few_or_implausible_cases_give_no_median(left_out):
    assert medians(*left_out)[0] == []


def test_a_later_count_of_the_same_cases_replaces_the_earlier():
    """A quarter's file repeats the quarters before it."""
    assert [row["n"] for row in medians(case(n=31), case(n=33))[0]] == [33]


def test_directories_say_size_and_stage_before_what_is_shipped(folder):
    publish(
        folder,
        company(website_raw="https://www.nordlicht.com/about", size_raw="240", stage_raw="Growth", status_raw="Active"),
        company("Papierkram", size_raw="12", status_raw="Public", founded_raw="1999"),
        company("Verflossen", size_raw="12", status_raw="Inactive"),
        company("Airbnb", size_raw="150", stage_raw="Growth", status_raw="Active"),
    )
    publish(folder, company(website_raw="https://www.nordlicht.com/about", size_raw="1200"), crawl_id="2027-crawl-1")
    schema = {"employer_id": pl.String, "employer_name": pl.String, "domain": pl.String, "n_vacancies": pl.Int32}
    rows = [
        (name, name, None, 1, None, None, None) for name in ("airbnb", "nordlichtrobotics", "papierkram", "verflossen")
    ]
    employers = pl.DataFrame(
        rows,
        schema=schema | {"posted_size_class": pl.String, "posted_size_by": pl.String, "posted_size_on": pl.Date},
        orient="row",
    )
    found = {row["employer_id"]: row for row in employer_table(employers, crawled_facts(folder)).to_dicts()}
    nordlicht, papierkram = found["nordlichtrobotics"], found["papierkram"]
    assert (nordlicht["size_class"], nordlicht["stage"], nordlicht["size_as_of_on"]) == (
        "large",
        None,
        date(2026, 10, 1),
    )
    assert nordlicht["size_source"] == "Y Combinator company directory"
    assert (papierkram["stage"], papierkram["founded_year"]) == ("Public", 1999)
    assert found["verflossen"]["size_class"] is None
    assert found["airbnb"]["size_class"] == "small"
    assert {row["employer_id"]: row["size_class"] for row in employer_table(employers).to_dicts()}["airbnb"] != "small"


def test_a_year_of_foundation_is_a_year(folder):
    years = ("1999", "99999999999", "²", "c. 2003")
    publish(folder, *(company(f"Nordlicht {n}", size_raw="12", founded_raw=year) for n, year in enumerate(years)))
    assert crawled_facts(folder)["founded_year"].to_list() == [1999, None, None, None]


def test_crawled_rates_go_before_the_bundled_ones(folder):
    def rate(on, currency, usd):
        return value("ecb_usd_per_unit", on, currency, usd)

    publish(folder, rate("2026-11-01", "EUR", 1.3), rate("2026-11-01", "GBP", 1.5), rate("2020-01-01", "CYP", 9.0))
    found = crawled_rates(archive.series(folder)[1])
    assert found("EUR", date(2026, 11, 17)) == 1.3
    assert found("EUR", date(2027, 3, 1)) == 1.3, "the last month known"
    assert found("EUR", date(2019, 10, 1)) == usd_per_unit("EUR", date(2019, 10, 1))
    assert found("CYP", date(2026, 11, 1)) is None, "a currency that no longer exists"
    assert found("USD", date(2026, 11, 1)) == 1.0
    assert found(None, date(2026, 11, 1)) is None
    assert found("EUR", None) is None
    pay = {"pay_min": [100.0], "pay_max": [200.0], "pay_currency": ["GBP"], "pay_period": ["year"], "country": ["DE"]}
    rows = pl.DataFrame(pay | {"posted_at": [date(2026, 11, 3)]})
    money = with_money(rows, rate=found).to_dicts()[0]
    assert (money["pay_low_usd_year"], money["pay_high_usd_year"]) == (150.0, 300.0)
    # Pounds are changed into euros at the crawled rates before what they buy in Germany is asked.
    assert money["pay_low_ppp_usd_year"] == pytest.approx(100 * 1.5 / 1.3 / ppp_factors()["DE"].units)


def test_without_crawled_rates_the_bundled_ones_serve(folder):
    found = crawled_rates(archive.series(folder)[1])
    assert found("GBP", date(2024, 5, 1)) == usd_per_unit("GBP", date(2024, 5, 1))


def test_the_snapshot_holds_what_was_crawled(folder, crawl):
    crawl(0, [posting(n) for n in range(3)])
    publish(folder, value(), case(n=40), company(size_raw="240"))
    build(folder)
    with open_snapshot(folder) as connection:
        rows = connection.sql(
            "SELECT series, grouping, value FROM benchmark WHERE period_on >= DATE '2026-01-01' AND series NOT LIKE 'indeed%'"
        ).fetchall()
    assert sorted(rows) == [
        ("bls_oews_median_pay", "data scientists", 130_000.0),
        ("lca_median_pay", "data_scientist", 150_000.0),
        ("lca_median_pay_by_employer", "data_scientist at Nordlicht Robotics Inc.", 150_000.0),
    ]


def test_a_build_converts_pay_at_the_crawled_rates(folder, crawl):
    crawl(0, [posting(1, pay_raw="GBP 100,000 - 120,000 a year")])
    publish(folder, value("ecb_usd_per_unit", "2026-02-01", "GBP", 2.0))
    build(folder)
    with open_snapshot(folder) as connection:
        ((low,),) = connection.sql("SELECT pay_low_usd_year FROM vacancy").fetchall()
    assert low == 200_000
