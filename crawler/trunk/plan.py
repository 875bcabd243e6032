"""The one request plan: every board's requests tracked to their end, every answer and failure told to its reading."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.board_lists import Board
from crawler.reading import OpenReading, SeriesLine, Unreadable, set_digest
from crawler.state import CrawlState
from crawler.trunk.items import MalformedPosting, in_batches
from warehouse.schema.archive_file import utc_now
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import Sighting

Output = Iterator[Sighting | Request]
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading a member that is not there, or of another kind, raises."""
NO_TOKEN = re.compile(r"[/?#@\\\x00-\x1f\x7f]")
"""What ends the host or the path of an address: a token with it would ask for something else than a board."""


class ReadingSpider(scrapy.Spider):
    """Opens one reading per board, asks what it is given to ask, and closes the reading when its last request is done.

    What is asked first (`first_request`), how an answer is read (`read`) and whether anything may be asked at all
    (`refusal`) is told by subclasses. `backend` names the download slot that all boards share; None gives every host its
    own. `off_because` says why a source is off until an operator allows it, `holds_paths` that boards are named by paths.
    """

    backend: ClassVar[str | None] = None
    off_because: ClassVar[str | None] = None
    is_window: ClassVar[bool] = False
    follows_elsewhere: ClassVar[bool] = False
    holds_paths: ClassVar[bool] = False

    def __init__(self, boards: Iterable[Board] = (), is_allowed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.boards = list(boards)
        self.is_allowed = is_allowed
        self.readings: dict[str, OpenReading] = {}
        self.state: CrawlState | None = None
        self.is_itemised = True
        self.crawl_delays: dict[str, float] = {}
        self.resting_until: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: scrapy.crawler.Crawler, *args: Any, **kwargs: Any) -> ReadingSpider:
        """Make the spider and open what the last crawl left behind."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        # Feeds and pipelines of one's own are given items one by one, as they expect; the archive needs no such thing.
        spider.is_itemised = (
            bool(crawler.settings.getdict("FEEDS")) or len(crawler.settings.getdict("ITEM_PIPELINES")) > 1
        )
        if crawler.settings.getbool("HTTPCACHE_ENABLED"):
            spider.state = CrawlState(DataFolder.of(crawler.settings.get("ROLEMARKET_DATA")))
        crawler.signals.connect(spider._mark_asked, signals.request_reached_downloader)
        crawler.signals.connect(spider._finish, signals.spider_idle)
        return spider

    def first_request(self, board: Board) -> Request:
        """Return the request that begins a reading of `board`."""
        raise NotImplementedError

    def read(self, response: Response, reading: OpenReading) -> Output:
        """Read one answer of a board."""
        raise NotImplementedError

    def refusal(self) -> str | None:
        """Return why this source must not be asked, None where it may be."""
        raise NotImplementedError

    @classmethod
    def stands_for_others(cls, token: str) -> bool:
        """Return whether a board of that name only finds others, which are read in its place."""
        return False

    def closing(self, reading: OpenReading) -> Iterator[Any]:
        """Yield what is known of a board only when it has been read to its end."""
        yield from ()

    async def start(self) -> AsyncIterator[Any]:
        """Open a reading for every board and ask for its first page."""
        for board in self.boards:
            for thing in self.begin(board):
                yield thing

    def begin(self, board: Board) -> Iterator[Any]:
        """Open the reading of one board and yield its first request, or the reading where nothing can be asked."""
        reading = self.open(board)
        reading.refusal = self.refusal()
        if reading.refusal:
            yield self._close(reading)
            return
        try:
            if not self.holds_paths and NO_TOKEN.search(board.token):
                raise Unreadable(f"no board of this source: {board.token!r} holds what would lead elsewhere")
            request = self.first_request(board)
        except Unreadable as error:
            reading.fail(str(error))
            yield self._close(reading)
            return
        yield self._track(request, reading)

    def open(self, board: Board) -> OpenReading:
        """Return a new open reading of `board`."""
        reading = OpenReading(
            board,
            last=self.state.last(self.name, board.token) if self.state else None,
            is_window=self.is_window,
        )
        self.readings[board.token] = reading
        return reading

    def _was_read(self, board: Board) -> bool:
        """Return whether this very crawl read a board completely, before it was interrupted."""
        last = self.state.last(self.name, board.token) if self.state else None
        return last is not None and last.crawl_id == self.settings.get("ROLEMARKET_CRAWL_ID")

    def _may_ask(self, request: Request, reading: OpenReading) -> bool:
        """Return whether an address that an answer named belongs to the board and was not asked before."""
        host = _plain_host(request.url)
        own = {reading.host, self.backend, *self.settings.getdict("DOWNLOAD_SLOTS")}
        if not (self.follows_elsewhere or host in own or (self.backend and host.endswith(f".{self.backend}"))):
            reading.fail(f"the source names a page on another host ({host})")
            return False
        if _question(request) in reading.asked:
            reading.fail("the source names the same page twice")
            return False
        return True

    def _track(self, request: Request, reading: OpenReading) -> Request:
        reading.pending += 1
        reading.host = reading.host or _plain_host(request.url)
        reading.asked.add(_question(request))
        meta = {
            "reading": reading,
            "download_slot": request.meta.get("download_slot") or self.backend or urlsplit(request.url).hostname,
            "is_first": request.meta.get("is_first", reading.pages == 0 and reading.pending == 1),
        }
        if not meta["is_first"]:
            meta["dont_cache"] = True
        if self.is_allowed and self.off_because:
            meta["dont_obey_robotstxt"] = True
        return request.replace(
            callback=self._answered,
            errback=self._failed,
            cb_kwargs={"parse": request.callback or self.read, "given": request.cb_kwargs},
            meta={**request.meta, **meta},
            # Later pages and details go before first pages, so that a board is finished before another is begun.
            priority=0 if meta["is_first"] else 10,
            dont_filter=True,
        )

    def _mark_asked(self, request: Request) -> None:
        reading = request.meta.get("reading")
        if reading is not None and reading.asked_at is None:
            reading.asked_at = utc_now()

    def _answered(self, response: Response, parse: Callable[..., Output], given: dict[str, Any]) -> Iterator[Any]:
        reading: OpenReading = response.meta["reading"]
        reading.answered_at = utc_now()
        reading.bytes += response.meta.get("wire_bytes", len(response.body))
        reading.pages += 1
        if response.meta["is_first"] or reading.status is None:
            reading.status = response.status
        taken = self._taken(response, reading, parse, given)
        yield from taken if self.is_itemised else in_batches(taken)
        reading.pending -= 1
        if not reading.pending:
            yield from self._end(reading)

    def _taken(
        self, response: Response, reading: OpenReading, parse: Callable[..., Output], given: dict[str, Any]
    ) -> Iterator[Any]:
        """Yield what reading an answer gave, each posting once; what goes wrong is the reading's problem."""
        try:
            if self._is_unchanged(response, reading):
                return
            for thing in parse(response, reading, **given):
                if isinstance(thing, Sighting):
                    if thing.posting_id not in reading.postings:
                        reading.postings.add(thing.posting_id)
                        reading.yielded += 1
                        yield thing
                elif isinstance(thing, Request):
                    if self._may_ask(thing, reading):
                        yield self._track(thing, reading)
                    elif recover := thing.cb_kwargs.get("without"):
                        yield from self._recovered(recover, None, reading)
                elif isinstance(thing, Board):
                    if not self._was_read(thing):
                        yield from self.begin(thing)
                else:
                    reading.yielded += isinstance(thing, MalformedPosting | SeriesLine)
                    yield thing
        except Exception as error:
            reading.fail(self._problem(error, response))

    def _problem(self, error: Exception, response: Response) -> str:
        """Return in words why an answer could not be read."""
        if isinstance(error, Unreadable):
            return str(error)
        if isinstance(error, SHAPE_ERRORS):
            # What an answer of any shape may come to is no page of traceback in an operator's terminal.
            self.logger.info("%s has another shape", response.url, exc_info=error)
            return f"the answer has another shape than this source's ({type(error).__name__}: {error})"
        self.logger.error("%s could not be read", response.url, exc_info=error)
        return f"the page could not be read ({type(error).__name__}: {error})"

    def _end(self, reading: OpenReading) -> Iterator[Any]:
        for thing in self.closing(reading):
            if isinstance(thing, Sighting):
                reading.postings.add(thing.posting_id)
            reading.yielded += isinstance(thing, SeriesLine | Sighting | MalformedPosting)
            yield thing
        yield self._close(reading)

    def _is_unchanged(self, response: Response, reading: OpenReading) -> bool:
        if not response.meta["is_first"]:
            return False
        if "cached" in response.flags and reading.last:
            reading.is_unchanged = True
            reading.status = 304
            reading.validators = dict(reading.last.validators)
            reading.digest = reading.last.digest
            return True
        for name in ("ETag", "Last-Modified"):
            if value := response.headers.get(name):
                reading.validators[name] = value.decode("latin-1")
        if self.state is None or reading.validators:
            return False
        reading.digest = hashlib.blake2b(response.body, digest_size=12).hexdigest()
        reading.is_unchanged = bool(reading.last and reading.last.digest == reading.digest)
        return reading.is_unchanged

    def _failed(self, failure: Failure) -> Iterator[Any]:
        request: Request = failure.request
        reading: OpenReading = request.meta["reading"]
        reading.bytes += request.meta.get("wire_bytes", 0)
        response = failure.value.response if failure.check(HttpError) else None
        recover = request.cb_kwargs["given"].get("without")
        if response is not None:
            reading.answered_at = utc_now()
            reading.bytes += response.meta.get("wire_bytes", len(response.body)) - request.meta.get("wire_bytes", 0)
            # The status of a posting's own page is not that of its board.
            if request.meta["is_first"] or (reading.status is None and recover is None):
                reading.status = response.status
        if recover is not None:
            yield from self._recovered(recover, response, reading)
        if not (recover is not None and response is not None and response.status in {404, 410}):
            self._note_failure(failure, response, reading)
        reading.pending -= 1
        if not reading.pending:
            yield from self._end(reading)

    def _recovered(
        self, recover: Callable[[], Sighting | None], response: Response | None, reading: OpenReading
    ) -> Iterator[Sighting]:
        """Yield the list row alone where its detail page failed; a detail page that is gone means a posting that is."""
        if response is not None and response.status in {404, 410}:
            return
        sighting = recover()
        if sighting is not None and sighting.posting_id not in reading.postings:
            reading.postings.add(sighting.posting_id)
            reading.yielded += 1
            yield sighting

    def _note_failure(self, failure: Failure, response: Response | None, reading: OpenReading) -> None:
        if response is not None:
            reading.fail(self.status_reason(response))
        elif failure.check(IgnoreRequest):
            reason = str(failure.value)
            if reason == "Forbidden by robots.txt":
                reading.refusal = "robots.txt of the host forbids it"
            elif reason.startswith(("circuit open", "robots.txt of ")):
                reading.refusal = reason
            else:
                reading.fail(reason)
        else:
            words = " ".join(str(failure.value).split()) or "nothing said"
            reading.fail(f"no answer ({type(failure.value).__name__}: {words[:200]})")

    def status_reason(self, response: Response) -> str:
        """Return in words what an error status means."""
        if response.status in {404, 410}:
            return f"the source knows no such board ({response.status})"
        if response.status in {301, 302, 303, 307, 308}:
            where = (response.headers.get("Location") or b"").decode("latin-1")
            return f"redirected to {where} ({response.status})"
        return f"answered with status {response.status}"

    def _close(self, reading: OpenReading) -> OpenReading:
        if reading.pages > 1:
            # What vouches for the first page says nothing of the others.
            reading.validators, reading.digest = {}, None
        if reading.row_digests:
            reading.digest = set_digest(f"{id_} {digest}" for id_, digest in reading.row_digests.items())
        return reading

    def _finish(self) -> None:
        """Log readings that a lost request left open: nothing is asked any more, so they will not be answered."""
        for reading in list(self.readings.values()):
            self.crawler.engine.scraper._start_itemproc_nowait(self._close(reading))

    def closed(self, reason: str) -> None:
        """Close what the spider opened."""
        if self.state:
            self.state.close()


def _plain_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _question(request: Request) -> int:
    """Return what tells one request of a board from its others."""
    return hash((request.url, request.body, request.headers.get("Range")))
