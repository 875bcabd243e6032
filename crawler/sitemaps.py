"""How a career site's job pages are found: robots.txt, sitemap indexes, then the pages that look like openings."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
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


class SitemapBoardSpider(DetailBoardSpider):
    """Reads the job pages that a host's sitemaps name; a page is read again when its `lastmod` changes or after seven days."""

    accepts = "text/html,application/xhtml+xml,application/xml;q=0.9"

    def first_request(self, board: Board) -> Request:
        """Return the request for the host's robots.txt, which names the sitemaps."""
        host = board.token.partition("|")[0]
        return Request(f"https://{host}/robots.txt", callback=self.read_robots, meta={"is_first": False})

    def read_robots(self, response: Response, reading: OpenReading) -> Output:
        """Ask for every sitemap that robots.txt names, else for the usual one."""
        named = list(sitemap_urls_from_robots(response.body, base_url=response.url))
        for url in named or [response.urljoin("/sitemap.xml")]:
            yield self._sitemap(url)

    def _sitemap(self, url: str) -> Request:
        return Request(url, callback=self.read_sitemap, headers=self.headers, meta={"is_first": False})

    def read_sitemap(self, response: Response, reading: OpenReading) -> Output:
        """Follow an index; take the job pages of a sitemap."""
        body = gzip.decompress(response.body) if response.body[:2] == b"\x1f\x8b" else response.body
        sitemap = Sitemap(body)
        if sitemap.type == "sitemapindex":
            for entry in sitemap:
                yield self._sitemap(entry["loc"])
            return
        if sitemap.type != "urlset":
            raise Unreadable("the sitemap is none")
        part = reading.board.token.partition("|")[2]
        rows = [
            {"loc": entry["loc"], "lastmod": entry.get("lastmod")}
            for entry in sitemap
            if self._is_job(entry["loc"], part)
        ]
        if len(rows) > MOST_PAGES:
            reading.is_truncated = True
        yield from self.sight(rows[:MOST_PAGES], reading)

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
