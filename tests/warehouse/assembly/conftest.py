"""An invented archive: boards of companies that do not exist, written through the archive's own writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from warehouse.schema import BoardReading, DataFolder, Sighting
from warehouse.schema.archive_file import ArchiveWriter
from warehouse.sketches import NO_SKETCH
from warehouse.vacancies import Posting

DAY_ONE = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def iso(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


TEXT = (
    "Nordlicht Robotics builds arms that sort glass. You will train and deploy models that tell brown glass from green, "
    "write Python services, and measure what they cost. You have 3+ years of experience and a degree in computer science."
)


def posting(number: int, **said: object) -> dict[str, object]:
    """What an invented board says of its posting of that number."""
    titles = ("Machine Learning Engineer", "Backend Engineer", "Data Analyst", "Data Engineer", "Product Designer")
    return {
        "posting_id": f"{number}",
        "title": titles[number % len(titles)],
        "location_raw": "Kiel, Germany",
        "body_html": f"<p>{TEXT}</p><p>Opening number {number} of team {number * 7}.</p>",
        "posted_raw": "2026-02-27T08:00:00Z",
    } | said


def archive_crawl(
    folder: DataFolder,
    day: int,
    postings: list[dict[str, object]],
    *,
    source: str = "ashby",
    board: str = "nordlicht",
    company: str | None = "Nordlicht Robotics",
    outcome: str = "complete",
    status: int = 200,
    is_sample: bool = False,
    **said: object,
) -> str:
    """Crawl one board on a day (0 is 2 March 2026): archive its postings and what the reading came to."""
    at = DAY_ONE + timedelta(days=day)
    crawl_id = f"{at:%Y%m%dT%H%M%S.%fZ}-crawl-1"
    with ArchiveWriter(folder, crawl_id, is_sample=is_sample) as archive:
        for number, row in enumerate(postings):
            sighted_at = iso(at + timedelta(seconds=number))
            archive.sight(Sighting(source=source, board=board, sighted_at=sighted_at, **row))  # type: ignore[arg-type]
        archive.read(
            BoardReading(
                crawl_id=crawl_id,
                source=source,
                board=board,
                company=company,
                asked_at=iso(at - timedelta(seconds=1)),
                answered_at=iso(at + timedelta(seconds=60)),
                status=status,
                outcome=outcome,  # type: ignore[arg-type]
                postings=len(postings),
                pages=1,
                bytes=1000,
                **said,  # type: ignore[arg-type]
            )
        )
    return crawl_id


def comment_monthly(folder: DataFolder, crawl_id: str, text: str, instants: Sequence[str]) -> None:
    """Archive one comment of one poster in the threads of successive months, at these instants."""
    with ArchiveWriter(folder, crawl_id) as writer:
        for month, at in enumerate(instants, start=1):
            writer.sight(
                Sighting(
                    source="hackernews",
                    board=f"thread{month}",
                    posting_id=f"c{month}",
                    sighted_at=at,
                    form="comment",
                    body_html=text,
                    posted_raw=at,
                    poster_hash="p",
                )
            )


@pytest.fixture
def crawl(folder: DataFolder) -> Callable[..., str]:
    """Crawl one board of the test's own data folder."""
    return partial(archive_crawl, folder)


@pytest.fixture
def make_posting() -> Callable[..., Posting]:
    """Return a posting of Nordlicht Robotics seen on the first day; give what differs."""
    counter = iter(range(1, 10_000))

    def make(**said: object) -> Posting:
        key = next(counter)
        words = said.pop("words", None)
        sketch = NO_SKETCH if words is None else np.unique(np.asarray(words, np.uint64))
        first = said.pop("first", 0)
        last = said.pop("last", first)
        start = DAY_ONE.replace(tzinfo=None)
        values = {
            "key": key,
            "source": "ashby",
            "board": "nordlicht",
            "posting_id": f"{key}",
            "part": 0,
            "form": "posting",
            "employer_id": "nordlichtrobotics",
            "is_named": True,
            "is_feed": False,
            "is_sample": False,
            "title": "Data Engineer",
            "location": "Kiel, Germany",
            "text_hash": f"text {sorted(words)}" if words is not None else f"text {key}",
            "sketch": sketch,
            "poster_hash": None,
            "requisition": None,
            "first_seen_at": start + timedelta(days=first),  # type: ignore[arg-type]
            "last_seen_at": start + timedelta(days=last),  # type: ignore[arg-type]
            "first_reading": first,
            "last_reading": last,
        }
        return Posting(**(values | said))  # type: ignore[arg-type]

    return make
