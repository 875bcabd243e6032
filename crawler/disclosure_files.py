"""How files too large for one answer are read: fetched in ranges, spooled to disk, counted row by row beside the crawl."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.board_lists import Board
from crawler.published_series import PublishedSeriesSpider
from crawler.raw_text import Page
from crawler.reading import OpenReading, SeriesLine, Unreadable
from crawler.trunk import ROW_ERRORS, MalformedPosting
from crawler.workbooks import rows as file_rows
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import DisclosedPay

RANGE = re.compile(r"bytes (?P<first>\d+)-(?P<last>\d+)/(?P<whole>\d+)")
EXCEL_DAY_ZERO = date(1899, 12, 30)
WORDS = ("latest", "all")
LEFT_BEHIND_SECONDS = 24 * 3600.0
"""A file that nothing was added to for so long belongs to a crawl that was killed."""


class DisclosureFileSpider(PublishedSeriesSpider):
    """Reads files of disclosed cases, of which a row names an employer, a title and pay; cases alike are counted.

    A board is a file's path on its host, or "latest" or "all": the files that the office's page (`listing`) links and `file_name`
    matches, the newest by their names or each. A file is asked for in ranges of `DISCLOSURE_RANGE_BYTES`, so that neither
    memory nor the longest answer allowed bounds it, and read in a thread, so that other boards go on meanwhile.
    Only the columns in `wanted` are ever decoded: people named in the others go nowhere.
    """

    holds_paths = True
    listing: ClassVar[str]
    file_name: ClassVar[re.Pattern[str]]
    wanted: ClassVar[Collection[str]]

    @classmethod
    def default_boards(cls, *, is_curated: bool) -> Iterable[Board]:
        """Return the board that stands for the newest file; for every file where all boards are wanted."""
        return [Board(cls.name, "latest" if is_curated else "all")]

    @classmethod
    def stands_for_others(cls, token: str) -> bool:
        """Return whether a board is a word, under which files are found."""
        return token in WORDS

    def case(self, row: Page) -> DisclosedPay | None:
        """Map one row to what its employer offered, `n` 1; None where it is not of interest."""
        raise NotImplementedError

    def first_request(self, board: Board) -> Request:
        """Return the request for the page of links, or for the first range of a file."""
        if self.stands_for_others(board.token):
            return Request(self.listing, callback=self.read_listing)
        return self._range(board, 0, None)

    def _range(self, board: Board, first: int, tag: bytes | None) -> Request:
        last = first + self.settings.getint("DISCLOSURE_RANGE_BYTES") - 1
        headers = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
        if tag:
            headers["If-Range"] = tag.decode("latin-1")
        return Request(self.address.format(board=quote(board.token)), headers=headers)

    def _is_unchanged(self, response: Response, reading: OpenReading) -> bool:
        """Judge files alone: the page of links is read each time, so that a file that failed is asked again."""
        if self.stands_for_others(reading.board.token):
            return False
        is_unchanged = super()._is_unchanged(response, reading)
        if not reading.validators:
            # The digest is that of the first range and says nothing of the others.
            reading.digest, is_unchanged = None, False
        return is_unchanged

    def read_listing(self, response: Response, reading: OpenReading) -> Iterator[Board]:
        """Yield the files that the page links, the newest first."""
        found = {match.group(1): match.groups()[1:] for match in self.file_name.finditer(response.text)}
        newest_first = sorted(found, key=lambda name: found[name], reverse=True)
        if not newest_first:
            raise Unreadable("the page links no file of disclosures")
        for name in newest_first[: 1 if reading.board.token == "latest" else None]:
            yield Board(self.name, urlsplit(response.urljoin(name)).path.lstrip("/"))

    async def _answered(
        self, response: Response, parse: Callable[..., Any], given: dict[str, Any]
    ) -> AsyncIterator[Any]:
        """Spool what came; when the file is whole, count it in a thread before it is read on as any other answer."""
        reading: OpenReading = response.meta["reading"]
        is_file = not self.stands_for_others(reading.board.token)
        if is_file and response.status in {200, 206} and "cached" not in response.flags:
            try:
                response.meta["following"] = await self._spooled(response, reading)
            except Unreadable as error:
                response.meta["unreadable"] = error
        for thing in super()._answered(response, parse, given):
            yield thing

    async def _spooled(self, response: Response, reading: OpenReading) -> Request | None:
        path = self._spool(reading.board)
        first, whole = 0, len(response.body)
        if response.status == 206:
            match = RANGE.match((response.headers.get("Content-Range") or b"").decode("latin-1"))
            if match is None:
                raise Unreadable("a part of the file came without saying which")
            first, whole = int(match["first"]), int(match["whole"])
        have = path.stat().st_size if path.exists() and not response.meta["is_first"] else 0
        if first != have:
            raise Unreadable("the file changed while it was read")
        with path.open("ab" if first else "wb") as file:
            file.write(response.body)
        have += len(response.body)
        if have < whole and response.body:
            return self._range(reading.board, have, response.headers.get("ETag"))
        if have != whole:
            raise Unreadable(f"the file ended after {have:,} of {whole:,} bytes")
        try:
            response.meta["counted"] = await asyncio.to_thread(self.count, path, reading)
        finally:
            path.unlink()
        return None

    def _downloads(self) -> Path:
        return DataFolder.of(self.settings.get("ROLEMARKET_DATA")).crawler_state / "downloads"

    def _spool(self, board: Board) -> Path:
        folder = self._downloads()
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.settings.get('ROLEMARKET_CRAWL_ID')}-{self.name}-{quote(board.token, safe='')}"

    async def start(self) -> AsyncIterator[Any]:
        """Delete what killed crawls spooled, and begin."""
        for left in self._downloads().glob(f"*-{self.name}-*"):
            with suppress(OSError):
                if time() - left.stat().st_mtime > LEFT_BEHIND_SECONDS:
                    left.unlink()
        async for thing in super().start():
            yield thing

    def count(self, path: Path, reading: OpenReading) -> tuple[list[DisclosedPay], list[MalformedPosting]]:
        """Return what the cases of a file disclose, cases alike as one with their number, and the malformed rows."""
        alike: Counter[tuple[Any, ...]] = Counter()
        malformed = []
        for row in file_rows(path, self.wanted):
            reading.rows += 1
            try:
                case = self.case(row)
            except ROW_ERRORS as error:
                malformed.append(self.malformed(row, reading, error))
                continue
            if case is not None:
                alike[tuple(getattr(case, name) for name in DisclosedPay.KEY)] += 1
        if not reading.rows:
            raise Unreadable("the file has no rows")
        found = [DisclosedPay(**dict(zip(DisclosedPay.KEY, key, strict=True)), n=n) for key, n in alike.items()]
        return found, malformed

    def read(self, response: Response, reading: OpenReading) -> Iterator[Any]:
        """Ask for the next range, or yield what the whole file disclosed."""
        if "unreadable" in response.meta:
            raise response.meta["unreadable"]
        if following := response.meta.get("following"):
            yield following
            return
        found, malformed = response.meta["counted"]
        yield from malformed
        for disclosed in found:
            yield SeriesLine(reading.board.token, disclosed)

    def closed(self, reason: str) -> None:
        """Delete what was spooled of files that never became whole, and close what the spider opened."""
        for spooled in self._downloads().glob(f"{self.settings.get('ROLEMARKET_CRAWL_ID')}-{self.name}-*"):
            spooled.unlink(missing_ok=True)
        super().closed(reason)

    def _close(self, reading: OpenReading) -> OpenReading:
        """Keep the validators of a file in ranges: each range was asked for on condition that they still hold."""
        validators = dict(reading.validators)
        super()._close(reading)
        reading.validators = validators
        return reading


def month_of(written: str) -> str:
    """Return the first day of the month of a date written as 10/31/2025, 2025-10-31 or a workbook's day number."""
    if re.fullmatch(r"\d{5}(\.\d+)?", written):
        return (EXCEL_DAY_ZERO + timedelta(days=int(float(written)))).strftime("%Y-%m-01")
    form = "%m/%d/%Y" if "/" in written else "%Y-%m-%d"
    return datetime.strptime(written.split(" ", maxsplit=1)[0], form).strftime("%Y-%m-01")
