"""How lists in pages are read to their end, and the detail page of each row once as long as its row stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawler.board_lists import Board
from crawler.raw_text import identifier
from crawler.reading import OpenReading, Unreadable, row_digest
from crawler.state import KnownDetail
from crawler.trunk.board import ROW_ERRORS, BoardSpider
from crawler.trunk.plan import Output
from warehouse.schema.archive_file import utc_now
from warehouse.schema.records import Sighting

DETAIL_AGE = timedelta(days=7)
DONT_CACHE = {"is_first": False}


class PagedBoardSpider(BoardSpider):
    """Reads boards that show their list in pages; a leaf says what comes `after` a page and how many `total` says.

    Where the total counts postings (`total_is_of_postings`) rather than rows, a list that changed between two pages shows
    some twice and others not at all: such a reading is not complete.
    """

    max_pages: ClassVar[int] = 400
    total_is_of_postings: ClassVar[bool] = False

    def after(self, page: Any, response: Response, reading: OpenReading) -> Request | str | None:
        """Return the request or URL of the next page, None after the last."""
        raise NotImplementedError

    def read(self, response: Response, reading: OpenReading) -> Output:
        """Read one page and ask for the next."""
        page = self.decode(response, reading)
        self.expect_total(page, reading)
        rows = self.rows(page, response)
        yield from self.sight(rows, reading)
        following = self.after(page, response, reading) if rows else None
        yield from self.follow(following, reading)

    def closing(self, reading: OpenReading) -> Iterator[Any]:
        """Say where a list changed while it was read."""
        told = len(reading.row_digests) or len(reading.postings)
        if self.total_is_of_postings and not reading.is_unchanged and told < (reading.expected or 0) <= reading.rows:
            reading.fail(f"the list changed while it was read: {told} of {reading.expected} postings came")
        yield from ()

    def follow(self, following: Request | str | None, reading: OpenReading) -> Iterator[Request]:
        """Yield the request for the next page, unless the board has too many."""
        if following is not None and reading.followed + 1 >= self.max_pages:
            reading.is_truncated = True
        elif following is not None:
            reading.followed += 1
            yield Request(following, headers=self.headers) if isinstance(following, str) else following


class DetailBoardSpider(PagedBoardSpider):
    """Reads boards whose list rows lack the text: each row's detail page is asked for, once as long as its row stays.

    A leaf says where the `detail` of a row lies and what identifies a row (`row_id`); its `posting` takes the row and
    the decoded detail. A detail page is read again after seven days even where its row stayed the same.
    """

    id_at: ClassVar[str] = "id"

    def row_id(self, row: Any) -> str:
        """Return the identifier of a list row, the member named `id_at`."""
        return str(row[self.id_at])

    def detail(self, row: Any, board: Board) -> Request | str:
        """Return the request or URL of a row's detail page."""
        raise NotImplementedError

    def described(self, row: Any, detail: Any, board: Board) -> Sighting | None:
        """Map one row and its decoded detail page (empty where that could not be read) to a sighting."""
        raise NotImplementedError

    def decode_detail(self, response: Response, reading: OpenReading) -> Any:
        """Return the decoded detail page."""
        return self.decode(response, reading)

    def after(self, page: Any, response: Response, reading: OpenReading) -> Request | str | None:
        """Return None: a list in one answer is the rule."""
        return None

    def read(self, response: Response, reading: OpenReading) -> Output:
        """Read one page of the list; where it is the whole list and every row and detail is known, nothing more."""
        page = self.decode(response, reading)
        self.expect_total(page, reading)
        rows = self.rows(page, response)
        following = self.after(page, response, reading) if rows else None
        if following is None and reading.pages == 1 and self._is_known(rows, reading):
            reading.is_unchanged = True
            return
        yield from self.sight(rows, reading)
        yield from self.follow(following, reading)

    def _is_unchanged(self, response: Response, reading: OpenReading) -> bool:
        """Return False: only rows whose details were read lately are known, which `read` finds out."""
        return False

    def _known(self, reading: OpenReading) -> dict[str, KnownDetail]:
        if not (self.state and reading.last):
            return {}
        oldest = (datetime.now(UTC) - DETAIL_AGE).isoformat()
        details = self.state.details(self.name, reading.board.token)
        return {id_: detail for id_, detail in details.items() if detail.read_at > oldest}

    def _is_known(self, rows: Iterable[Any], reading: OpenReading) -> bool:
        known = self._known(reading)
        try:
            digests = {identifier(self.row_id(row)): row_digest(row) for row in rows}
        except ROW_ERRORS:
            return False
        if not digests or {id_: detail.row_digest for id_, detail in known.items()} != digests:
            return False
        reading.row_digests = digests
        return True

    def sight(self, rows: Iterable[Any], reading: OpenReading) -> Output:
        """Yield a repeat for each known row and a request for the detail of each other."""
        known = self._known(reading)
        for row in rows:
            reading.rows += 1
            try:
                id_, digest = identifier(self.row_id(row)), row_digest(row)
                if id_ in reading.row_digests:
                    continue
                reading.row_digests[id_] = digest
                past = known.get(id_)
                if past and past.row_digest == digest:
                    reading.details[id_] = past
                    yield Sighting(
                        source=self.name,
                        board=reading.board.token,
                        posting_id=id_,
                        content_hash=past.content_hash,
                        is_repeat=True,
                    )
                    continue
                where = self.detail(row, reading.board)
                request = Request(where, headers=self.headers, meta=DONT_CACHE) if isinstance(where, str) else where
            except ROW_ERRORS as error:
                yield self.malformed(row, reading, error)
                continue
            yield request.replace(
                callback=self.read_detail,
                cb_kwargs={"row": row, "without": lambda row=row: self.described(row, {}, reading.board)},
            )

    def read_detail(
        self, response: Response, reading: OpenReading, row: Any, without: Callable[[], Sighting | None]
    ) -> Output:
        """Read a detail page; where it is not readable the row alone is archived and the reading is partial."""
        try:
            detail = self.decode_detail(response, reading)
            sighting = self.described(row, detail, reading.board)
        except (Unreadable, *ROW_ERRORS) as error:
            reading.fail(f"a detail page could not be read ({error})")
            sighting = without()
        else:
            if sighting is not None:
                reading.details[sighting.posting_id] = KnownDetail(row_digest(row), "", utc_now())
        if sighting is not None:
            yield sighting
