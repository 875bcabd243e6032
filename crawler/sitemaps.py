"""How a career site's job pages are found: robots.txt, sitemap indexes, then the pages that look like openings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap, sitemap_urls_from_robots

from crawler.board_lists import Board
from crawler.job_posting import posting_on
from crawler.raw_text import Page
from crawler.reading import OpenReading, Unreadable
from crawler.trunk import DetailBoardSpider, Output

JOB_PAGE = re.compile(
    r"/(?:job|jobs|career|careers|vacanc(?:y|ies)|position|positions|opening|openings|stellen?)[/-]", re.I
)
MOST_PAGES = 5000
MOST_SITEMAPS = 200
MOST_BYTES = 50 * 1024 * 1024
"""The largest sitemap that the protocol allows, unpacked."""


class SitemapBoardSpider(DetailBoardSpider):
    """Reads the job pages that a host's sitemaps name; a page is read again when its `lastmod` changes or after seven days."""

    holds_paths = True
    accepts = "text/html,application/xhtml+xml,application/xml;q=0.9"

    def first_request(self, board: Board) -> Request:
        """Return the request for the host's robots.txt, which names the sitemaps."""
        host = board.token.partition("|")[0]
        # Many sites have sitemaps and no robots.txt.
        meta = {"is_first": False, "handle_httpstatus_list": [404, 410]}
        return Request(f"https://{host}/robots.txt", callback=self.read_robots, meta=meta)

    def read_robots(self, response: Response, reading: OpenReading) -> Output:
        """Ask for every sitemap that robots.txt names, else for the usual one."""
        named = []
        if response.status == 200:
            named = list(sitemap_urls_from_robots(response.body, base_url=response.url))
        reading.status = None
        yield from self._sitemaps(named or [response.urljoin("/sitemap.xml")], reading)

    def _sitemaps(self, urls: Iterable[str], reading: OpenReading) -> Iterator[Request]:
        """Yield a request for each sitemap, once: indexes may name one another."""
        for url in urls:
            if len(reading.lists) >= MOST_SITEMAPS:
                reading.is_truncated = True
                return
            if url not in reading.lists:
                reading.lists.add(url)
                # A sitemap that moved is no board that is gone, all of whose openings a 404 would close at once.
                meta = {"is_first": False, "handle_httpstatus_list": [404, 410]}
                yield Request(url, callback=self.read_sitemap, headers=self.headers, meta=meta)

    def read_sitemap(self, response: Response, reading: OpenReading) -> Output:
        """Follow an index; take the job pages of a sitemap."""
        if response.status != 200:
            reading.status = None if reading.status == response.status else reading.status
            raise Unreadable(f"the site has no sitemap at {urlsplit(response.url).path} ({response.status})")
        try:
            packed = response.body[:2] == b"\x1f\x8b"
            sitemap = Sitemap(gunzip(response.body, max_size=MOST_BYTES) if packed else response.body)
        except (OSError, EOFError, ValueError, StopIteration, etree.XMLSyntaxError) as error:
            raise Unreadable(f"the sitemap is broken ({type(error).__name__})") from None
        if sitemap.type == "sitemapindex":
            yield from self._sitemaps((response.urljoin(entry["loc"]) for entry in sitemap), reading)
            return
        if sitemap.type != "urlset":
            raise Unreadable("the sitemap is none")
        part = reading.board.token.partition("|")[2]
        rows = [
            {"loc": response.urljoin(entry["loc"]), "lastmod": entry.get("lastmod")}
            for entry in sitemap
            if self._is_job(entry["loc"], part)
        ]
        room = MOST_PAGES - len(reading.row_digests)
        if len(rows) > room:
            reading.is_truncated = True
        yield from self.sight(rows[:room], reading)

    def _is_job(self, url: str, part: str) -> bool:
        path = urlsplit(url).path
        return part in path if part else bool(JOB_PAGE.search(path))

    def row_id(self, row: Page) -> str:
        """Return the page's address, which is what identifies it."""
        return str(row["loc"])

    def detail(self, row: Page, board: Board) -> str:
        """Return the page's address."""
        return row["loc"]

    def decode_detail(self, response: Response, reading: OpenReading) -> Any:
        """Return the posting that the page carries."""
        return posting_on(response)
