"""The trunk every spider grows from: boards in, requests bounded per backend, sightings and one reading per board out."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.board_lists import Board, bundled
from crawler.raw_text import Page, inner, text
from crawler.reading import NoSuchBoard, OpenReading, SeriesLine, Unreadable, row_digest, set_digest
from crawler.state import CrawlState, KnownDetail
from warehouse.schema.archive_file import utc_now
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import Sighting

Output = Iterator[Sighting | Request]
ROW_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)
MAINTENANCE = re.compile(r"<(?:title|h1)[^>]*>[^<]*maintenance", re.IGNORECASE)
DETAIL_AGE = timedelta(days=7)
DONT_CACHE = {"is_first": False}
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


class BoardSpider(scrapy.Spider):
    """Reads boards that answer one request with a JSON list of postings; a leaf declares where and how.

    A leaf sets `address` (a URL template with `{board}`), says where the list lies (`rows`) and maps one row
    (`posting`). `backend` names the download slot that all its boards share; None gives every host its own. A feed has
    the boards that `feed` names; where it shows the newest postings only (`is_window`), absence is no evidence.
    """

    address: ClassVar[str]
    backend: ClassVar[str | None] = None
    concurrency: ClassVar[int] = 2
    delay_seconds: ClassVar[float] = 0.5
    keys: ClassVar[tuple[str, ...]] = ()
    off_because: ClassVar[str | None] = None
    feed: ClassVar[tuple[str, ...]] = ()
    accepts: ClassVar[str | None] = None
    careers_pages: ClassVar[tuple[str, ...]] = ()
    follows_elsewhere: ClassVar[bool] = False
    is_window: ClassVar[bool] = False
    rows_at: ClassVar[tuple[str, ...]] = ()
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
        super().__init__(**kwargs)
        if boards is None:
            if board:
                boards = [Board(self.name, token, company) for token in board.split(",")]
            else:
                boards = self.default_boards(is_curated=not all_boards)
        self.boards = list(boards)[: int(limit) if limit else None]
        self.is_allowed = is_allowed
        self.readings: dict[str, OpenReading] = {}
        self.state: CrawlState | None = None
        self.is_itemised = True

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

    @classmethod
    def from_crawler(cls, crawler: scrapy.crawler.Crawler, *args: Any, **kwargs: Any) -> BoardSpider:
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
            posting_id=str(posting_id),
            is_sample=False,
            extras={name: value for name, value in extras.items() if value not in (None, "", [], {})},
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
        yield from self.sight(self.rows(self.decode(response, reading), response), reading)

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

    # The one request plan

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
            request = self.first_request(board)
        except Unreadable as error:
            reading.fail(str(error))
            yield self._close(reading)
            return
        yield self._track(request, reading)

    def refusal(self) -> str | None:
        """Return why this source must not be asked, None where it may be."""
        missing = [name for name in self.keys if not os.environ.get(name)]
        if missing:
            return f"needs a key: set {' and '.join(missing)}"
        if self.off_because and not self.is_allowed:
            return f"off by default: {self.off_because}"
        return None

    def closing(self, reading: OpenReading) -> Iterator[Any]:
        """Yield what is known of a board only when it has been read to its end."""
        yield from ()

    def open(self, board: Board) -> OpenReading:
        """Return a new open reading of `board`."""
        reading = OpenReading(
            board,
            last=self.state.last(self.name, board.token) if self.state else None,
            is_window=self.is_window,
        )
        self.readings[board.token] = reading
        return reading

    def _track(self, request: Request, reading: OpenReading) -> Request:
        reading.pending += 1
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
                    yield self._track(thing, reading)
                elif isinstance(thing, Board):
                    yield from self.begin(thing)
                else:
                    reading.yielded += isinstance(thing, MalformedPosting | SeriesLine)
                    yield thing
        except Unreadable as error:
            reading.fail(str(error))
        except Exception as error:
            self.logger.exception("%s could not be read", response.url)
            reading.fail(f"the page could not be read ({type(error).__name__}: {error})")

    def _end(self, reading: OpenReading) -> Iterator[Any]:
        for thing in self.closing(reading):
            reading.yielded += isinstance(thing, SeriesLine)
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
        if response is not None:
            reading.answered_at = utc_now()
            reading.bytes += response.meta.get("wire_bytes", len(response.body)) - request.meta.get("wire_bytes", 0)
            if reading.status is None or request.meta["is_first"]:
                reading.status = response.status
        recover = request.cb_kwargs["given"].get("without")
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
            elif reason.startswith("circuit open"):
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


class PagedBoardSpider(BoardSpider):
    """Reads boards that show their list in pages; a leaf says what comes `after` a page and how many `total` says."""

    max_pages: ClassVar[int] = 400
    total_at: ClassVar[tuple[str | int, ...]] = ()

    def total(self, page: Any) -> int | None:
        """Return how many postings the source says the board has; the default takes the number at `total_at`."""
        return inner(page, *self.total_at) if self.total_at else None

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

    def expect_total(self, page: Any, reading: OpenReading) -> None:
        """Note how many postings the board has; some sources say 0 on every page but the first."""
        total = self.total(page)
        if total and reading.expected is None:
            reading.expected = int(total)

    def follow(self, following: Request | str | None, reading: OpenReading) -> Iterator[Request]:
        """Yield the request for the next page, unless the board has too many."""
        if following is not None and reading.pages >= self.max_pages:
            reading.is_truncated = True
        elif following is not None:
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
            digests = {self.row_id(row): row_digest(row) for row in rows}
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
                id_, digest = self.row_id(row), row_digest(row)
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
            except ROW_ERRORS as error:
                yield self.malformed(row, reading, error)
                continue
            request = Request(where, headers=self.headers, meta=DONT_CACHE) if isinstance(where, str) else where
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
                reading.details[sighting.posting_id] = KnownDetail(reading.row_digests[self.row_id(row)], "", utc_now())
        if sighting is not None:
            yield sighting


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


def decode_json(body: bytes, reading: OpenReading) -> Any:
    """Return decoded JSON; bytes that are not UTF-8 are replaced and named, anything else than JSON is unreadable."""
    try:
        return json.loads(body)
    except UnicodeDecodeError:
        reading.fail("the answer is not valid UTF-8; the broken characters were replaced")
        words = body.decode("utf-8-sig", "replace")
    except ValueError:
        words = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(words, strict=False)
    except ValueError as error:
        begin = words.lstrip()[:60].lower()
        if begin.startswith(("<!doctype html", "<html")):
            is_maintenance = MAINTENANCE.search(words[:20_000])
            raise Unreadable("a maintenance page" if is_maintenance else "a web page instead of JSON") from None
        raise Unreadable(f"the JSON is broken ({error})" if words.strip() else "the answer is empty") from None


def parted(board: Board, form: str) -> list[str]:
    """Return the parts of a board's token that has several, such as HOST|SITE; say the form where it has not."""
    parts = board.token.split("|")
    if len(parts) != form.count("|") + 1 or not all(parts):
        raise Unreadable(f"no board of this source: write {form}")
    return parts


def expect(page: Any, kind: type, what: str) -> Any:
    """Return `page` where it has the expected shape, else say that the answer is none of this source's."""
    if not isinstance(page, kind):
        raise Unreadable(f"the answer has no {what}")
    return page


def listed(page: Any, *path: str) -> list[Page]:
    """Return the list at `path` of a page; its absence makes the page unreadable, for it is no answer of this source."""
    for name in path:
        page = expect(page, dict, name).get(name)
    return expect(page, list, path[-1] if path else "list")


__all__ = [
    "Board",
    "BoardSpider",
    "DetailBoardSpider",
    "MalformedPosting",
    "NoSuchBoard",
    "Output",
    "PagedBoardSpider",
    "Unreadable",
    "decode_json",
    "listed",
    "parted",
]
