"""What one reading of a board came to, and the one place that decides whether it is complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crawler.board_lists import Board
from crawler.state import KnownDetail, LastReading
from warehouse.schema.archive_file import Published, utc_now
from warehouse.schema.masking import mask_personal_data
from warehouse.schema.records import NEWEST_ONLY, BoardReading, Outcome

board_read = object()
"""The Scrapy signal sent with `reading: BoardReading` whenever a board is done."""


LONGEST_REASON = 400


class Unreadable(Exception):
    """A board or one of its postings cannot be read; the message is the reason the crawl log keeps."""


class NoSuchBoard(Unreadable):
    """The source answered, and the answer means that it does not know this board."""


@dataclass(slots=True, eq=False)
class SeriesLine:
    """A published fact or a monthly count of one board, on its way to the archive's `series` folder."""

    board: str
    record: Published | dict[str, Any]


@dataclass(slots=True, eq=False)
class OpenReading:
    """A reading in progress. `rows` counts the list rows seen, `expected` what the source says there are.

    `pages` counts the answers of every kind, `followed` those pages of a list alone that come after its first. `host` is
    that of the first request, `asked` the keys of all of them, `lists` the addresses of lists of pages.
    """

    board: Board
    last: LastReading | None = None
    asked_at: str | None = None
    answered_at: str | None = None
    status: int | None = None
    pending: int = 0
    pages: int = 0
    followed: int = 0
    bytes: int = 0
    rows: int = 0
    expected: int | None = None
    postings: set[str] = field(default_factory=set)
    yielded: int = 0
    archived: int = 0
    published: int = 0
    quarantined: int = 0
    problems: list[str] = field(default_factory=list)
    refusal: str | None = None
    is_window: bool = False
    is_truncated: bool = False
    is_unchanged: bool = False
    validators: dict[str, str] = field(default_factory=dict)
    digest: str | None = None
    row_digests: dict[str, str] = field(default_factory=dict)
    details: dict[str, KnownDetail] = field(default_factory=dict)
    host: str | None = None
    asked: set[int] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)

    def fail(self, reason: str) -> None:
        """Note why this reading is not complete; the first reasons are kept, the rest counted by `judge`."""
        self.problems.append(reason)

    def validator(self) -> str | None:
        """Return what the next crawl can ask the source with, as one line, or None."""
        if self.validators:
            return "; ".join(f"{name}: {value}" for name, value in sorted(self.validators.items()))
        return f"digest: {self.digest}" if self.digest else None


def row_digest(row: Any) -> str:
    """Return the digest of one decoded list row, whatever the order of its keys."""
    encoded = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(encoded, digest_size=12).hexdigest()


def set_digest(digests: Iterable[str]) -> str:
    """Return the digest of a set of digests, whatever their order."""
    return hashlib.blake2b("\n".join(sorted(digests)).encode(), digest_size=12).hexdigest()


def printable(words: str) -> str:
    """Return words of which a server may have written a part as one line without control characters and personal data."""
    line = "".join(sign if sign.isprintable() else " " for sign in words[:LONGEST_REASON])
    return mask_personal_data(" ".join(line.split()))


def judge(reading: OpenReading) -> tuple[Outcome, str | None]:
    """Return the outcome of a finished reading and, where it is not complete or unchanged, the reason.

    A reading is complete only where every request was answered, nothing was quarantined or cut off, and at least as
    many rows came as the source said there are: only then does a posting's absence count as evidence.
    """
    reasons = list(dict.fromkeys(reading.problems))
    if reading.is_truncated:
        reasons.append("the board has more postings than the source lets be read")
    if reading.is_window:
        reasons.append(NEWEST_ONLY)
    if reading.pending:
        reasons.append(f"{reading.pending} requests were never answered")
    if not reading.is_unchanged and not reasons and reading.expected is not None and reading.rows < reading.expected:
        reasons.append(f"the board says {reading.expected} postings, {reading.rows} were read")
    lost = reading.yielded - reading.archived - reading.published - reading.quarantined
    if not reading.is_unchanged and lost:
        reasons.append(f"{lost} postings did not reach the archive")
    if reading.quarantined:
        reasons.append(f"{reading.quarantined} postings were quarantined")
    reasons = [printable(reason) for reason in reasons]
    reason = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else "")
    if reading.refusal:
        return ("partial" if reading.postings else "refused"), printable(reading.refusal)
    if not reasons:
        return ("unchanged", None) if reading.is_unchanged else ("complete", None)
    return ("partial" if reading.archived or reading.published else "failed"), reason


def board_reading(reading: OpenReading, crawl_id: str, *, is_first: bool, is_sample: bool = False) -> BoardReading:
    """Return the crawl log's line for a finished reading. An unchanged board counts its last complete reading's postings."""
    outcome, reason = judge(reading)
    unchanged = outcome == "unchanged" and reading.last
    return BoardReading(
        crawl_id=crawl_id,
        source=reading.board.source,
        board=reading.board.token,
        company=reading.board.company,
        asked_at=reading.asked_at or utc_now(),
        answered_at=reading.answered_at,
        status=reading.status,
        outcome=outcome,
        reason=reason,
        postings=reading.last.postings if unchanged and reading.last else reading.archived,
        quarantined=reading.quarantined,
        pages=reading.pages,
        bytes=reading.bytes,
        is_truncated=reading.is_truncated or reading.is_window,
        unchanged_since=reading.last.asked_at if unchanged and reading.last else None,
        validator=reading.validator(),
        is_first=is_first,
        is_sample=is_sample,
    )
