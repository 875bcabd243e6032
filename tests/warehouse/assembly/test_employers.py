"""Who an employer is across spellings, domains, boards and threads, and what is known of its size."""

from datetime import date

import polars as pl
import pytest

from warehouse.employers import BY_WORDS, SOURCES, employer_table, facts, name_key, read_size, resolve


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Nordlicht Robotics GmbH", "nordlicht robotics"),
        ("Nordlicht Robotics, Inc.", "NordlichtRobotics"),
        ("Nordlicht-Robotics (YC S33)", "Nordlicht Robotics LLC"),
        ("Bär & Söhne AG", "Bar and Sohne"),
        ("nordlicht.io", "Nordlicht"),
        ("The Harbour Company", "Harbour"),
    ],
)
def test_spellings_of_one_name(a, b):
    assert name_key(a) == name_key(b)


@pytest.mark.parametrize(("a", "b"), [("Nordlicht Robotics", "Nordlicht Foods"), ("Company", "Corp"), ("AG", "SE")])
def test_distinct_names_stay_distinct(a, b):
    assert name_key(a) != name_key(b)


def mentions(*rows):
    names = ("posting_id", "source", "board", "form", "company_raw", "board_company", "domain", "poster_hash")
    empty = dict.fromkeys(names) | {"source": "ashby", "board": "b", "form": "posting"}
    return pl.DataFrame(
        [empty | {"posting_id": str(n)} | row for n, row in enumerate(rows)], schema=dict.fromkeys(names, pl.String)
    )


def test_the_name_is_taken_from_the_posting_then_the_list_then_the_token():
    resolved = resolve(
        mentions(
            {"company_raw": "Nordlicht GmbH", "board_company": "Other"},
            {"company_raw": " ", "board_company": "Nordlicht Ltd"},
            {"board": "nordlicht"},
        )
    )
    assert resolved["employer_id"].to_list() == ["nordlicht"] * 3
    assert resolved["employer_name"].unique().to_list() == ["Nordlicht GmbH"]


@pytest.mark.parametrize(
    ("source", "board"),
    [
        ("workday", "nordlicht|wd5|External"),
        ("workday", "nordlicht|wd5.myworkdaysite|External"),
        ("lever", "eu:nordlicht"),
        ("personio", "nordlicht.com"),
        ("teamtailor", "nordlicht.na"),
        ("icims", "careers-nordlicht.icims.com"),
        ("icims", "uk-careers-nordlicht.icims.com"),
        ("oracle", "nordlicht.fa.us2.oraclecloud.com|CX_1"),
        ("successfactors", "nordlicht|career5.successfactors.eu"),
        ("jibe", "careers.nordlicht.com"),
        ("sitemap_jobs", "jobs.nordlicht.co.uk|/stellen/"),
        ("ashby", "Nordlicht"),
    ],
)
def test_the_employer_is_the_part_of_a_token_that_names_it(source, board):
    resolved = resolve(mentions({"source": source, "board": board}))
    assert resolved["employer_id"].to_list() == ["nordlicht"]


def test_a_feed_is_no_employer():
    feed = {"source": "remoteok", "board": "all"}
    resolved = resolve(
        mentions(feed, *(feed | {"company_raw": name} for name in ("Mosslight", "Papierkram", "Acme")), feed)
    )
    ids = resolved["employer_id"].to_list()
    assert ids == ["unnamed-remoteok-0", "mosslight", "papierkram", "acme", "unnamed-remoteok-4"]
    assert resolved["employer_name"].to_list()[0] is None


def test_a_board_of_an_employer_with_many_legal_names_is_its_own():
    board = {"source": "workday", "board": "nordlicht|wd5|External"}
    named = (board | {"company_raw": f"Nordlicht {where} Ltd"} for where in ("Kiel", "Leeds", "Oslo"))
    assert resolve(mentions(board, *named))["employer_id"].to_list()[0] == "nordlicht"


def test_a_comment_without_a_name_takes_its_posters_and_else_stays_unnamed():
    comment = {"source": "hackernews", "form": "comment"}
    resolved = resolve(
        mentions(
            comment | {"company_raw": "Mosslight", "poster_hash": "p"},
            comment | {"poster_hash": "p"},
            comment | {"poster_hash": "q"},
            comment | {"poster_hash": "q"},
            comment,
        )
    )
    ids = resolved["employer_id"].to_list()
    assert ids == ["mosslight", "mosslight", "unnamed-hackernews-2", "unnamed-hackernews-2", "unnamed-hackernews-4"]
    assert resolved["employer_name"].to_list() == ["Mosslight", "Mosslight", None, None, None]


def test_a_team_beside_its_employers_domain_is_the_employer():
    resolved = resolve(
        mentions({"company_raw": "Mosslight Data Team", "domain": "mosslight.io"}, {"company_raw": "Mosslight"})
    )
    assert resolved["employer_id"].to_list() == ["mosslight", "mosslight"]
    assert resolve(mentions({"company_raw": "Data Team", "domain": "mosslight.io"}))["employer_id"].to_list() == [
        "datateam"
    ]


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("51-200", "small"),
        ("201–500 employees", "medium"),
        ("10,001+", "large"),
        ("Approx. 2100 people", "large"),
        ("5k", "large"),
        ("~100 currently (5/3/2019) and growing", "small"),
        ("(as of June 2025)", None),
        ("many", None),
        (None, None),
    ],
)
def test_read_size(written, size):
    assert read_size(written) == size


def employers(*rows):
    schema = {
        "employer_id": pl.String,
        "employer_name": pl.String,
        "domain": pl.String,
        "posted_size_class": pl.String,
        "posted_size_by": pl.String,
        "posted_size_on": pl.Date,
        "n_vacancies": pl.Int32,
    }
    return pl.DataFrame([dict.fromkeys(schema) | {"n_vacancies": 1} | row for row in rows], schema=schema)


def test_facts_carry_their_source_and_date_and_a_contradicting_domain_is_not_taken():
    fact = (
        facts()
        .filter(
            pl.col("size_class").is_not_null() & pl.col("domain").is_not_null() & (pl.col("key").str.len_chars() > 8)
        )
        .row(0, named=True)
    )
    table = employer_table(
        employers(
            {"employer_id": fact["key"], "domain": fact["domain"]},
            {"employer_id": "renamed", "domain": fact["domain"]},
            {
                "employer_id": "nobody",
                "posted_size_class": "large",
                "posted_size_by": BY_WORDS,
                "posted_size_on": date(2026, 3, 2),
            },
            {"employer_id": "stranger"},
        )
    )
    rows = {row["employer_id"]: row for row in table.iter_rows(named=True)}
    for known in (fact["key"], "renamed"):
        assert rows[known]["size_class"] == fact["size_class"]
        assert rows[known]["size_source"] == fact["fact_source"]
        assert isinstance(rows[known]["size_as_of_on"], date)
    said = ("size_class", "size_source", "size_as_of_on")
    assert [rows["nobody"][name] for name in said] == ["large", BY_WORDS, date(2026, 3, 2)]
    assert (rows["stranger"]["size_class"], rows["stranger"]["size_source"]) == (None, None)
    assert table.height == 4


def test_the_shipped_facts_are_of_licensed_sources_and_well_formed():
    table = facts()
    assert table.height > 4_000
    assert set(table["size_class"].drop_nulls()) == {"small", "medium", "large"}
    assert table.filter(pl.col("as_of_on").is_null() & pl.col("size_class").is_not_null()).height < table.height * 0.05


def test_a_company_that_is_gone_lends_its_last_size_only_to_its_own_domain():
    gone = (
        facts()
        .filter((pl.col("fact_source") == SOURCES["yc_past"]) & pl.col("domain").is_not_null())
        .join(facts().filter(pl.col("fact_source") != SOURCES["yc_past"]), on="key", how="anti")
        .sort("key")
        .row(0, named=True)
    )
    rows = employer_table(employers({"employer_id": gone["key"]}, {"employer_id": "renamed", "domain": gone["domain"]}))
    sizes = dict(rows.select("employer_id", "size_class").iter_rows())
    assert sizes == {gone["key"]: None, "renamed": gone["size_class"]}
