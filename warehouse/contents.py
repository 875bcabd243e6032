"""What one archived content shows: a posting's one vacancy or a comment's several, each enriched with the codebook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from warehouse.domains import registered_domain
from warehouse.enrich import enrich
from warehouse.enrich.text import plain_text
from warehouse.headcount import said_headcount
from warehouse.instants import read_date, read_instant
from warehouse.schema.tables import CODEBOOK
from warehouse.sketches import sketch
from warehouse.threads import comment_text, split_comment

_TYPES = {"VARCHAR": pl.String, "BOOLEAN": pl.Boolean, "DOUBLE": pl.Float64}
CODEBOOK_TYPES = {column.name: _TYPES[column.type] for column in CODEBOOK}

UNIT_SCHEMA = {
    "content_hash": pl.String,
    "part": pl.Int32,
    "source": pl.String,
    "board": pl.String,
    "posting_id": pl.String,
    "form": pl.String,
    "is_sample": pl.Boolean,
    "url": pl.String,
    "title": pl.String,
    "company_raw": pl.String,
    "domain": pl.String,
    "size_raw": pl.String,
    "headcount": pl.Int64,
    "location_raw": pl.String,
    "employment_raw": pl.String,
    "department_raw": pl.String,
    "requisition_raw": pl.String,
    "poster_hash": pl.String,
    "posted_at": pl.Datetime("us"),
    "source_closes_on": pl.Date,
    **CODEBOOK_TYPES,
    "skills": pl.List(pl.String),
    "text": pl.String,
    "text_hash": pl.String,
    "whole_hash": pl.String,
    "sketch": pl.List(pl.UInt64),
}


def interpret_contents(contents: pl.DataFrame) -> pl.DataFrame:
    """Return the vacancies that contents show (`Sighting` fields and `instant`, one row each) with `UNIT_SCHEMA`.

    Each content is looked at alone: cutting the frame anywhere changes nothing.
    """
    rows = [row for content in contents.iter_rows(named=True) for row in _units(content)]
    before = plain_text(pl.DataFrame(rows, schema=_BEFORE, orient="row"))
    whole = before.select(pl.coalesce("whole", "text")).to_series()
    return (
        before.hstack(_enriched(before))
        .with_columns(
            text_hash=pl.Series([text_hash(text) for text in before["text"]], dtype=pl.String),
            whole_hash=pl.Series([text_hash(text) for text in whole], dtype=pl.String),
            sketch=sketch(whole),
            headcount=before.select(said_headcount(pl.coalesce("whole", "text"))).to_series(),
        )
        .select(list(UNIT_SCHEMA))
        .cast(UNIT_SCHEMA)
    )


_HINTS = {
    "pay_raw": pl.String,
    "posted_raw": pl.String,
    "country_raw": pl.String,
    "work_mode_raw": pl.String,
    "level_raw": pl.String,
    "whole": pl.String,
}
_BEFORE = {
    name: kind
    for name, kind in UNIT_SCHEMA.items()
    if name not in {*CODEBOOK_TYPES, "skills", "text_hash", "whole_hash", "sketch", "headcount"}
} | _HINTS


def _units(content: dict[str, object]) -> Iterator[dict[str, object]]:
    seen_at = content["instant"].replace(tzinfo=UTC)  # type: ignore[attr-defined]
    posted_at = naive_utc(read_instant(content["posted_raw"], seen_at))  # type: ignore[arg-type]
    own = {
        "content_hash": content["content_hash"],
        "source": content["source"],
        "board": content["board"],
        "posting_id": content["posting_id"],
        "form": content["form"],
        "is_sample": content["is_sample"],
        "url": content["url"],
        "size_raw": content["company_size_raw"],
        "department_raw": content["department_raw"],
        "requisition_raw": content["requisition_raw"],
        "poster_hash": content["poster_hash"],
        "posted_at": posted_at,
        "source_closes_on": read_date(content["closes_raw"]),  # type: ignore[arg-type]
        "posted_raw": posted_at.isoformat() if posted_at else None,
        "country_raw": content["country_raw"],
        "level_raw": content["level_raw"],
    }
    body = str(content["body_html"] or "")
    if content["form"] != "comment":
        domain = content["company_domain_raw"]
        yield own | {
            "part": 0,
            "title": content["title"],
            "company_raw": content["company_raw"],
            "domain": registered_domain(str(domain)) if domain else None,
            "location_raw": content["location_raw"],
            "employment_raw": content["employment_raw"],
            "work_mode_raw": content["work_mode_raw"],
            "pay_raw": content["pay_raw"],
            "text": body,
            "whole": None,
        }
        return
    whole = comment_text(body)
    for part in split_comment(whole):
        yield own | {
            "part": part.number,
            "title": part.title,
            "company_raw": content["company_raw"] or part.company,
            "domain": part.domain,
            "location_raw": content["location_raw"] or part.location,
            "employment_raw": content["employment_raw"] or part.employment,
            "work_mode_raw": content["work_mode_raw"] or part.work_mode,
            "pay_raw": content["pay_raw"] or part.pay,
            "text": part.text,
            "whole": whole,
        }


def _enriched(before: pl.DataFrame) -> pl.DataFrame:
    given = before.select(
        pl.int_range(pl.len()).cast(pl.String).alias("id"),
        "title",
        pl.col("company_raw").alias("company"),
        pl.col("location_raw").alias("location"),
        "text",
        "pay_raw",
        pl.col("posted_raw").alias("posted_at"),
        "country_raw",
        "work_mode_raw",
        "level_raw",
        "department_raw",
    )
    found = enrich(given)
    return found.select(*CODEBOOK_TYPES, "skills").cast({**CODEBOOK_TYPES, "skills": pl.List(pl.String)})


def text_hash(text: str) -> str:
    """Return the hash under which a text is known: 96 bits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def naive_utc(instant: datetime | None) -> datetime | None:
    """Return an instant as UTC without a time zone, as frames hold it; null for null."""
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None
