"""How files of published figures are read: tables in, one line per value or fact out, days thinned to months."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from scrapy.http import Response

from crawler.board_lists import Board
from crawler.raw_text import Page
from crawler.reading import OpenReading, SeriesLine, Unreadable
from crawler.trunk import ROW_ERRORS, BoardSpider
from crawler.workbooks import check_size
from warehouse.schema.archive_file import Published
from warehouse.schema.records import PublishedValue

ZIPPED = b"PK\x03\x04"


class PublishedSeriesSpider(BoardSpider):
    """Reads files of published figures; a leaf names the files (`feed`) and says what a row of them publishes.

    It needs no key and asks conditionally, so a default crawl reads it: a file that did not change costs one answer
    without a body. Its readings count as boards with no postings. A leaf whose rows are days sets `is_daily`: kept is
    each month's mean with the number of its days. Values that the archive holds already are not written again.
    """

    is_daily: ClassVar[bool] = False
    concurrency, delay_seconds = 1, 1.0

    def published(self, row: Page, board: Board) -> Iterable[Published]:
        """Return what one row publishes, nothing where it is not of this series."""
        raise NotImplementedError

    def rows(self, page: Any, response: Response) -> Iterable[Any]:
        """Return the rows of a CSV file, by the names in its first line; of a ZIP file, those of its only member."""
        body: bytes = page
        if body.startswith(ZIPPED):
            try:
                with zipfile.ZipFile(io.BytesIO(body)) as archive:
                    check_size(member := archive.infolist()[0])
                    body = archive.read(member)
            except (zipfile.BadZipFile, IndexError, EOFError) as error:
                raise Unreadable(f"the ZIP file is broken ({error})") from None
        return csv.DictReader(io.StringIO(body.decode("utf-8-sig", "replace"), newline=""))

    def decode(self, response: Response, reading: OpenReading) -> Any:
        """Return the answer's bytes: most files are tables."""
        return response.body

    def read(self, response: Response, reading: OpenReading) -> Iterator[Any]:
        """Read the whole file; one without a single value is none of this source's."""
        kept: dict[tuple[Any, ...], Published] = {}
        days: dict[tuple[Any, ...], list[float]] = {}
        for row in self.rows(self.decode(response, reading), response):
            reading.rows += 1
            try:
                for fact in self.published(row, reading.board):
                    key = tuple(getattr(fact, name) for name in fact.KEY)
                    if self.is_daily:
                        days.setdefault(key, []).append(fact.value)
                    kept[key] = fact
            except ROW_ERRORS as error:
                yield self.malformed(row, reading, error)
        if not kept:
            raise Unreadable("the file holds no value of this series")
        for key, fact in kept.items():
            if self.is_daily:
                fact.n = len(days[key])
                fact.value = float(f"{sum(days[key]) / fact.n:.10g}")
            yield SeriesLine(reading.board.token, fact)

    def value(self, series: str, period_on: str, place: str, grouping: str, value: Any) -> PublishedValue:
        """Return one value; `period_on` is a day or a first day, of which a daily series keeps the month."""
        if self.is_daily:
            period_on = f"{period_on[:7]}-01"
        return PublishedValue(
            source=self.name, series=series, period_on=period_on, place=place, grouping=grouping, value=float(value)
        )
