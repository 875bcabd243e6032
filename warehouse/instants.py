"""How the dates that sources write are read: ISO, epochs, e-mail dates and relative English, to UTC; else null."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

import polars as pl

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it no job board was online: an earlier instant is an unset field, such as epoch 0."""

_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_ISO_START = re.compile(r"\d{4}-\d{2}-\d{2}")
_RFC822_START = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4}")
_RELATIVE = re.compile(
    r"(?:posted\s+)?(?:(?P<now>just now|today|just posted)|(?P<yesterday>yesterday)"
    r"|(?P<n>\d+|an?|one)\s*(?P<unit>minute|min|hour|day|week|month|year|[hdwm]|mo|y)s?\s+ago)",
    re.IGNORECASE,
)
_DAYS = {"d": 1, "day": 1, "w": 7, "week": 7, "mo": 30, "month": 30, "y": 365, "year": 365}


def read_instant(written: str | None, seen_at: datetime | None = None) -> datetime | None:
    """Return the UTC instant that a source wrote, or null where it cannot be told.

    Relative English ("Posted 3 days ago") needs the instant it was seen; "30+ days ago" tells no instant. An instant
    before 1995 or more than two days after it was seen is an unset or placeholder field and gives null.
    """
    if not written or not (text := written.strip()):
        return None
    found = _absolute(text)
    if found is None and seen_at is not None:
        found = _relative(text, seen_at)
    if found is None or found < EARLIEST:
        return None
    if seen_at is not None and found > seen_at + timedelta(days=2):
        return None
    return found


def read_date(written: str | None) -> date | None:
    """Return the calendar date that a source wrote, or null; it may lie in the future."""
    if not written or not (text := written.strip()):
        return None
    if _ISO_START.match(text):
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None
    found = _absolute(text)
    return found.date() if found and found >= EARLIEST else None


@lru_cache(maxsize=65_536)
def _absolute(text: str) -> datetime | None:
    try:
        if _EPOCH.fullmatch(text):
            seconds = float(text) / (1000 if len(text) >= 12 and "." not in text else 1)
            return datetime.fromtimestamp(seconds, UTC)
        if _ISO_START.match(text):
            found = datetime.fromisoformat(text.removesuffix(" UTC").removesuffix(" Z"))
        elif _RFC822_START.match(text):
            found = parsedate_to_datetime(text)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _relative(text: str, seen_at: datetime) -> datetime | None:
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return None
    if match["now"]:
        return seen_at
    if match["yesterday"]:
        return seen_at - timedelta(days=1)
    count = int(match["n"]) if match["n"].isdecimal() else 1
    unit = match["unit"].lower()
    if unit in {"minute", "min", "m"}:
        return seen_at - timedelta(minutes=count)
    if unit in {"hour", "h"}:
        return seen_at - timedelta(hours=count)
    return seen_at - timedelta(days=count * _DAYS[unit])


def instant_column(name: str) -> pl.Expr:
    """Return a column of ISO 8601 instants as UTC without a time zone; null where it is none."""
    return (
        pl.col(name)
        .str.replace("Z$", "+00:00")
        .str.to_datetime(time_zone="UTC", strict=False)
        .dt.replace_time_zone(None)
        .alias(name)
    )
