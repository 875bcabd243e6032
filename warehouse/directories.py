"""What crawled directories of companies say of employers, in the terms of the `employer` table."""

from __future__ import annotations

import re

import polars as pl

from warehouse import archive
from warehouse.domains import registered_domain
from warehouse.employers import FACT_COLUMNS, SOURCES, aliases, name_key, read_size
from warehouse.schema import DataFolder

DIRECTORIES = {"yc_companies": SOURCES["yc"]}
"""The name that the shipped facts give a directory, by the crawl's source."""
YEAR = re.compile(r"(?:1[89]|20)\d\d")
LIVING = ("Active", "Public")
"""What a company that is gone or bought was is no fact of an employer; null where a directory does not tell."""


def crawled_facts(folder: DataFolder) -> pl.DataFrame:
    """Return the archived employer facts with the columns of `employers.facts()`, before all that is shipped.

    `as_of_on` is the day the directory was first read to say so. Facts without a size, stage or year are left out.
    """
    rows = [
        {
            "name": fact["employer"].strip(),
            "domain": registered_domain(fact["website_raw"]) if fact.get("website_raw") else None,
            "size_class": read_size(fact.get("size_raw")),
            "stage": "Public" if fact.get("status_raw") == "Public" else fact.get("stage_raw"),
            "founded_year": int(fact["founded_raw"]) if YEAR.fullmatch(fact.get("founded_raw") or "") else None,
            "as_of_on": str(fact.get("as_of_on") or "")[:10],
            "fact_source": DIRECTORIES.get(source := fact.get("source") or "not stated", source),
        }
        for fact in archive.employer_facts(folder)
        if fact.get("status_raw") in (None, *LIVING)
    ]
    schema = FACT_COLUMNS | {"as_of_on": pl.String, "fact_source": pl.String}
    return (
        pl.DataFrame(rows, schema=schema)
        .filter(pl.any_horizontal(pl.col("size_class", "stage", "founded_year").is_not_null()))
        .with_columns(
            pl.col("as_of_on").str.to_date(strict=False),
            preference=pl.lit(-1, dtype=pl.Int32),
            key=pl.col("name").map_elements(name_key, return_dtype=pl.String).replace(aliases()),
        )
        .sort("key", "domain", "fact_source", nulls_last=True)
    )
