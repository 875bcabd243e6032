"""Which boards count as answered, by source and month: counts traced by hand."""

from datetime import date, datetime

import polars as pl

from warehouse.coverage import FIELDS, coverage
from warehouse.schema.records import NEWEST_ONLY


def test_a_board_is_answered_where_one_reading_of_the_month_went_as_far_as_its_source_lets_it():
    rows = [
        ("ashby", "acme", "2026-03-02T06:00:00Z", "failed", "status 500", False),
        ("ashby", "acme", "2026-03-03T06:00:00Z", "unchanged", None, False),
        ("ashby", "gone", "2026-03-03T06:00:00Z", "failed", "status 404", False),
        ("ashby", "acme", "2026-04-01T06:00:00Z", "partial", "3 postings were quarantined", False),
        ("ashby", "invented", "2026-04-01T06:00:00Z", "complete", None, True),
        ("remotive", "all", "2026-04-01T06:00:00Z", "partial", NEWEST_ONLY, False),
    ]
    schema = ["source", "board", "asked_at", "outcome", "reason", "is_sample"]
    unread = pl.DataFrame(
        {name: pl.Series([], dtype=pl.String) for name in (*FIELDS, "source", "provenance")}
        | {"first_seen_at": pl.Series([], dtype=pl.Datetime("us"))}
    )
    found = coverage(unread, pl.DataFrame(rows, schema=schema, orient="row"))
    assert found.select("source", "month_on", "subject", "n", "n_known").rows() == [
        ("ashby", date(2026, 3, 1), "boards", 2, 1),
        ("ashby", date(2026, 4, 1), "boards", 1, 0),
        ("remotive", date(2026, 4, 1), "boards", 1, 1),
    ]


def test_samples_are_no_coverage():
    vacancy = pl.DataFrame(
        {name: ["x", "x", None] for name in FIELDS}
        | {"source": ["ashby"] * 3, "provenance": ["crawl", "sample", "import"]}
        | {"first_seen_at": [datetime(2026, 3, 5)] * 3}
    )
    readings = pl.DataFrame(
        schema=dict.fromkeys(("source", "board", "asked_at", "outcome", "reason"), pl.String)
        | {"is_sample": pl.Boolean}
    )
    found = coverage(vacancy, readings)
    assert set(found.select("subject", "n", "n_known", "known_share").rows()) == {(name, 2, 1, 0.5) for name in FIELDS}
