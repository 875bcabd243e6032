"""How robots.txt is taken at its word: also where it cannot be read, and where it asks for a delay."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

TOO_MANY = 429


class CautiousRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, after RFC 9309: a robots.txt that is not there allows all, one that a server fails to give allows nothing.

    A `Crawl-delay` that is longer than what the source declares holds for the download slot of its host; a host that asks
    for more than `RETRY_AFTER_MAX_SECONDS` is not asked.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unread: dict[str, str] = {}

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse what robots.txt forbids, and everything where it could not be read."""
        host = urlsplit(request.url).netloc
        if host in self.unread:
            raise IgnoreRequest(self.unread[host])
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == TOO_MANY:
            self.unread[netloc] = f"robots.txt of {netloc} could not be read (status {response.status})"
        if response.status >= 300:
            # What a server shows instead of a page that is not there says nothing of robots.
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)
        self._keep_delay(self._parsers[netloc], netloc, request)

    def _keep_delay(self, parser: RobotParser, netloc: str, request: Request) -> None:
        asked = parser.crawl_delay(self._robotstxt_useragent)
        backend = request.meta.get("download_slot")
        if not asked or backend is None:
            return
        if not asked <= self.crawler.settings.getfloat("RETRY_AFTER_MAX_SECONDS"):
            # One board would hold up a crawl, and whatever shares its backend, for days.
            self.unread[netloc] = f"robots.txt of {netloc} asks for {asked:,.0f} seconds between two requests"
            return
        if not self.crawler.settings.getbool("AUTOTHROTTLE_ENABLED"):
            return
        delays = self.crawler.spider.crawl_delays
        delays[backend] = max(delays.get(backend, 0.0), float(asked))
        slot = self.crawler.engine.downloader.slots.get(backend)
        if slot is not None:
            slot.delay = max(slot.delay, delays[backend])

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        why = str(exc)
        if not (isinstance(exc, IgnoreRequest) and why.startswith("circuit open")):
            why = f"robots.txt of {netloc} could not be read ({why or type(exc).__name__})"
        self.unread[netloc] = why
        super()._robots_error(exc, netloc)
