"""What spiders yield beside requests: sightings in batches, and rows that no sighting could be made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from warehouse.schema.records import Sighting

BATCH = 64
"""Sightings that travel together: Scrapy spends about 90 us on every item, as much as it takes to archive a posting."""


@dataclass(slots=True, eq=False)
class MalformedPosting:
    """A list row that no sighting could be made of, on its way to the quarantine."""

    board: str
    record: Any
    reason: str


class Batch(list[Sighting]):
    """Sightings of one page on their way to the archive together."""


def in_batches(things: Iterable[Any]) -> Iterator[Any]:
    """Yield things as they come, but sightings together, up to `BATCH` of them."""
    batch = Batch()
    for thing in things:
        if type(thing) is not Sighting:
            yield thing
            continue
        batch.append(thing)
        if len(batch) == BATCH:
            yield batch
            batch = Batch()
    if batch:
        yield batch
