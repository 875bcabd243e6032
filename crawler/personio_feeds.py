"""How Personio's feeds are read: on two domains, in English first, then what has no English text in the employer's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from scrapy import Request
from scrapy.http import Response

from crawler.board_lists import Board
from crawler.markup import said
from crawler.reading import OpenReading
from crawler.trunk import BoardSpider, Output
from warehouse.schema.records import Sighting


class LanguageFeedSpider(BoardSpider):
    """Reads a feed in English, and once more in the employer's own language where positions have no English text.

    A board is NAME on jobs.personio.de, or NAME.com on jobs.personio.com, where some tenants are alone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bare: dict[str, dict[str, etree._Element]] = {}

    def host(self, board: Board) -> str:
        """Return the host of a board."""
        name = board.token.removesuffix(".com")
        return f"{name}.jobs.personio.{'de' if name == board.token else 'com'}"

    def first_request(self, board: Board) -> Request:
        """Return the request for the feed in English."""
        return Request(f"https://{self.host(board)}/xml?language=en")

    def identifier(self, row: etree._Element) -> str:
        """Return the number of a position, which is the same in every language."""
        return row.findtext("id", "").strip()

    def has_text(self, row: etree._Element) -> bool:
        """Return whether any of a position's sections says something."""
        return any(said(part, "value") for part in row.iterfind("jobDescriptions/jobDescription"))

    def read(self, response: Response, reading: OpenReading) -> Output:
        """Take the positions that have a text; ask for the feed without a language where some have none."""
        rows = self.rows(self.decode(response, reading), response)
        bare = {self.identifier(row): row for row in rows if not self.has_text(row)}
        yield from self.sight([row for row in rows if self.has_text(row)], reading)
        if bare:
            self.bare[reading.board.token] = bare
            yield Request(response.url.partition("?")[0], callback=self.read_own_language, headers=self.headers)

    def read_own_language(self, response: Response, reading: OpenReading) -> Output:
        """Take the positions that had no text before from the feed in the employer's own language."""
        bare = self.bare[reading.board.token]
        for row in self.rows(self.decode(response, reading), response):
            if self.identifier(row) in bare:
                bare[self.identifier(row)] = row
        yield from ()

    def closing(self, reading: OpenReading) -> Iterator[Sighting]:
        """Yield the positions that waited for a text, with the one that was found, or with none."""
        yield from self.sight(self.bare.pop(reading.board.token, {}).values(), reading)
