"""What one line of the archive holds: a posting as one board showed it at one instant, and one reading of a board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Outcome = Literal["complete", "unchanged", "partial", "failed", "refused"]
NEWEST_ONLY = "the source never shows more than its newest postings"
"""The reason of a partial reading that went as far as its source lets anybody read; absence from it proves nothing."""


@dataclass(slots=True, kw_only=True)
class PayOffer:
    """One pay band in the source's own words and units; a JSON array of these is the structured form of `pay_raw`.

    `interval` is the source's word ("1 YEAR", "per-year-salary", "PA"); `minor_units` is true where amounts are cents.
    """

    low: float | str | None = None
    high: float | str | None = None
    currency: str | None = None
    interval: str | None = None
    kind: str | None = None
    label: str | None = None
    minor_units: bool = False


@dataclass(slots=True, kw_only=True)
class Sighting:
    """A posting as one board showed it at one instant, in the source's words.

    `source` is the spider's name, `board` the token it read, `posting_id` the source's own identifier. Fields that end
    in `_raw` are as written. `location_raw` names the first place first and parts further ones by " | ". `pay_raw` is
    prose, or a JSON array of `PayOffer`. `form` is "comment" for a thread comment that may hold several vacancies.
    `content_hash` covers every field but the instant and the crawl; a line whose content the archive already holds
    travels with `is_repeat` true and all content fields null.
    """

    source: str
    board: str
    posting_id: str
    sighted_at: str | None = None
    crawl_id: str | None = None
    form: Literal["posting", "comment"] = "posting"
    url: str | None = None
    title: str | None = None
    company_raw: str | None = None
    company_domain_raw: str | None = None
    company_size_raw: str | None = None
    location_raw: str | None = None
    country_raw: str | None = None
    work_mode_raw: str | None = None
    employment_raw: str | None = None
    level_raw: str | None = None
    department_raw: str | None = None
    pay_raw: str | None = None
    body_html: str | None = None
    language_raw: str | None = None
    posted_raw: str | None = None
    updated_raw: str | None = None
    closes_raw: str | None = None
    requisition_raw: str | None = None
    poster_hash: str | None = None
    is_sample: bool = False
    extras: dict[str, Any] = field(default_factory=dict)
    content_hash: str | None = None
    is_repeat: bool = False


@dataclass(slots=True, kw_only=True)
class BoardReading:
    """One attempt to read one board: what was asked, what answered, and whether its silence is evidence.

    `outcome`: "complete" (every page read without error, so absence counts), "unchanged" (the source vouched that
    nothing changed since the reading `unchanged_since`), "partial" (some postings read, some not), "failed" (nothing
    usable), "refused" (not asked: robots.txt, a missing key, or an open circuit). `reason` says why not complete.
    """

    crawl_id: str
    source: str
    board: str
    company: str | None = None
    asked_at: str
    answered_at: str | None = None
    status: int | None = None
    outcome: Outcome
    reason: str | None = None
    postings: int = 0
    quarantined: int = 0
    pages: int = 0
    bytes: int = 0
    is_truncated: bool = False
    unchanged_since: str | None = None
    validator: str | None = None
    is_first: bool = False
    is_sample: bool = False


@dataclass(slots=True, kw_only=True)
class PublishedValue:
    """One value of a published series, such as a rate, a wage or an index.

    `series` is one that `warehouse.benchmarks` describes, `period_on` the first day of its period, `place` a country or
    "world", `grouping` the publisher's word or code for what is valued, `n` the observations behind it. A series of
    days is kept as the mean of each month's, `n` of them.
    """

    KEY: ClassVar[tuple[str, ...]] = ("source", "series", "period_on", "place", "grouping")

    source: str
    series: str
    period_on: str
    place: str
    grouping: str
    value: float
    n: int | None = None


@dataclass(slots=True, kw_only=True)
class DisclosedPay:
    """What one employer told an office it would pay for one title: `n` decided cases alike, and nobody's name.

    `decided_on` is the first day of the month of the decision, `occupation` a SOC code, `place` a state; `pay_low`,
    `pay_high` and `pay_unit` ("Year", "Hour") are as written.
    """

    KEY: ClassVar[tuple[str, ...]] = (
        *("source", "decided_on", "employer", "title", "occupation", "place", "pay_low", "pay_high", "pay_unit"),
    )

    source: str
    decided_on: str
    employer: str
    title: str
    occupation: str
    place: str | None = None
    pay_low: float
    pay_high: float | None = None
    pay_unit: str
    n: int


@dataclass(slots=True, kw_only=True)
class EmployerFact:
    """What a source says of an employer, in its own words; `as_of_on` is the day it was first read to say so."""

    KEY: ClassVar[tuple[str, ...]] = ("source", "employer", "website_raw")

    source: str
    employer: str
    website_raw: str | None = None
    size_raw: str | None = None
    stage_raw: str | None = None
    status_raw: str | None = None
    founded_raw: str | None = None
    as_of_on: str
