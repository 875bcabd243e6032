"""Which dates a source made up while it answered: an instant that is the crawl's own is no date of a posting."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from warehouse.schema.records import Sighting

NEAR_SECONDS = 120.0
"""A posting truly put up so shortly before it was read loses nothing: it was first seen at that time."""


def instant(written: str) -> datetime | None:
    """Return the instant that a date with a time of day says (ISO 8601, epoch seconds or milliseconds), else None."""
    if written.isdecimal() and len(written) in {10, 13}:
        return datetime.fromtimestamp(int(written) / (1000 if len(written) == 13 else 1), UTC)
    if ":" not in written:
        return None
    with suppress(ValueError):
        said = datetime.fromisoformat(written.removesuffix(" UTC"))
        return said if said.tzinfo else said.replace(tzinfo=UTC)
    return None


def drop_generated(sighting: Sighting, now: datetime | None = None) -> None:
    """Empty the dates of a sighting that were made at request time, and name them in its `extras` as such.

    Kept, they would claim that every posting is new, and make each crawl's content differ from the last one's.
    """
    generated = []
    for name in ("posted_raw", "updated_raw"):
        written = getattr(sighting, name)
        if not written or len(written) < 10:
            continue
        now = now or datetime.now(UTC)
        said = instant(written)
        if said is not None and abs((now - said).total_seconds()) < NEAR_SECONDS:
            setattr(sighting, name, None)
            generated.append(name)
    if generated:
        sighting.extras = {**sighting.extras, "generated_dates": generated}
