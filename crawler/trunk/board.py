"""What a source declares of itself, and how the rows of one answer become sightings."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.board_lists import Board, bundled
from crawler.raw_text import identifier, impersonal, inner, text
from crawler.reading import OpenReading
from crawler.trunk.answers import decode_json, listed
from crawler.trunk.items import MalformedPosting
from crawler.trunk.plan import SHAPE_ERRORS, Output, ReadingSpider
from warehouse.schema.records import Sighting

ROW_ERRORS = SHAPE_ERRORS


class BoardSpider(ReadingSpider):
    """Reads boards that answer one request with a JSON list of postings; a leaf declares where and how.

    A leaf sets `address` (a URL template with `{board}`), says where the list lies (`rows`) and maps one row
    (`posting`). `backend` names the download slot that all its boards share; None gives every host its own. A feed has
    the boards that `feed` names; where it shows the newest postings only (`is_window`), absence is no evidence.
    """

    address: ClassVar[str]
    concurrency: ClassVar[int] = 2
    delay_seconds: ClassVar[float] = 0.5
    keys: ClassVar[tuple[str, ...]] = ()
    feed: ClassVar[tuple[str, ...]] = ()
    accepts: ClassVar[str | None] = None
    careers_pages: ClassVar[tuple[str, ...]] = ()
    rows_at: ClassVar[tuple[str, ...]] = ()
    total_at: ClassVar[tuple[str | int, ...]] = ()
    marketing_hosts: ClassVar[tuple[str, ...]] = ()
    maintenance_hosts: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        board: str | None = None,
        company: str | None = None,
        boards: Iterable[Board] | None = None,
        limit: int | str | None = None,
        all_boards: bool | str = False,
        is_allowed: bool = False,
        **kwargs: Any,
    ) -> None:
        if boards is None:
            if board:
                boards = [Board(self.name, token, company) for token in board.split(",")]
            else:
                boards = self.default_boards(is_curated=not all_boards)
        super().__init__(list(boards)[: int(limit) if limit else None], is_allowed, **kwargs)

    @classmethod
    def default_boards(cls, *, is_curated: bool) -> Iterable[Board]:
        """Return the boards asked where none are named: a feed's own, else the bundled list."""
        return [Board(cls.name, name) for name in cls.feed] or bundled(cls.name, is_curated=is_curated)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Bound this spider's concurrency and delay as its backend asks for."""
        super().update_settings(settings)
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", cls.concurrency, "spider")
        settings.set("DOWNLOAD_DELAY", cls.delay_seconds, "spider")
        settings.set("AUTOTHROTTLE_START_DELAY", cls.delay_seconds, "spider")
        settings.set("AUTOTHROTTLE_TARGET_CONCURRENCY", float(cls.concurrency), "spider")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request of this spider beyond the project's."""
        return {"Accept": self.accepts} if self.accepts else {}

    # What a leaf declares

    def first_request(self, board: Board) -> Request:
        """Return the request that begins a reading of `board`."""
        return Request(self.address.format(board=quote(board.token, safe="%")), headers=self.headers)

    def rows(self, page: Any, response: Response) -> list[Any]:
        """Return the posting rows of a decoded page; the default takes the list at `rows_at`."""
        return listed(page, *self.rows_at)

    def posting(self, row: Any, board: Board) -> Sighting | None:
        """Map one row to a sighting; None where the row is no posting."""
        raise NotImplementedError

    # What a leaf calls

    def sighting(self, board: Board, posting_id: Any, **said: Any) -> Sighting:
        """Return a sighting of `board` with what the source said; scalars become text, empty text None."""
        if posting_id is None or posting_id == "":
            raise ValueError("the posting has no identifier")
        extras = said.pop("extras", None) or {}
        made = Sighting(
            source=self.name,
            board=board.token,
            posting_id=identifier(posting_id),
            is_sample=False,
            extras=impersonal(extras),
        )
        for name, value in said.items():
            setattr(made, name, text(value))
        if made.company_raw is None:
            made.company_raw = board.company
        return made

    def decode(self, response: Response, reading: OpenReading) -> Any:
        """Return the decoded JSON of a response; say what it is instead where it is not JSON."""
        return decode_json(response.body, reading)

    def read(self, response: Response, reading: OpenReading) -> Output:
        """Read one page of a board; the default takes every row of it."""
        page = self.decode(response, reading)
        self.expect_total(page, reading)
        yield from self.sight(self.rows(page, response), reading)

    def total(self, page: Any) -> int | None:
        """Return how many postings the source says the board has; the default takes the number at `total_at`."""
        return inner(page, *self.total_at) if self.total_at else None

    def expect_total(self, page: Any, reading: OpenReading) -> None:
        """Note how many postings the board has; some sources say 0 on every page but the first."""
        total = self.total(page)
        if total and reading.expected is None:
            reading.expected = int(total)

    def sight(self, rows: Iterable[Any], reading: OpenReading) -> Output:
        """Yield the sightings of `rows`, each identifier once; a row that cannot be mapped goes to the quarantine."""
        for row in rows:
            reading.rows += 1
            try:
                sighting = self.posting(row, reading.board)
            except ROW_ERRORS as error:
                yield self.malformed(row, reading, error)
                continue
            if sighting is not None:
                yield sighting

    def malformed(self, row: Any, reading: OpenReading, error: Exception) -> MalformedPosting:
        """Return a row on its way to the quarantine."""
        reason = f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)
        return MalformedPosting(reading.board.token, row, reason)

    def refusal(self) -> str | None:
        """Return why this source must not be asked, None where it may be."""
        missing = [name for name in self.keys if not os.environ.get(name)]
        if missing:
            return f"needs a key: set {' and '.join(missing)}"
        if self.off_because and not self.is_allowed:
            return f"off by default: {self.off_because}"
        return None
