"""How every request is held to the bounds of its backend: robots.txt too, and each of several backends by its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


def backend_of(request: Request) -> str:
    """Return what the bounds of a request are kept for: its download slot, which boards of one vendor share."""
    return request.meta.get("download_slot") or urlsplit(request.url).hostname or ""


async def rest(request: Request, resting_until: Mapping[str, float]) -> None:
    """Wait as long as the backend of a request that is about to be sent asked to be left alone."""
    while (seconds := resting_until.get(backend_of(request), 0.0) - monotonic()) > 0:
        await asyncio.sleep(seconds)


class BackendThrottle(AutoThrottle):
    """AutoThrottle whose least delay and aim are those of `DOWNLOAD_SLOTS` for the backends named there.

    A delay that a host's robots.txt asks for is the least of its slot, however long.

    Scrapy's own takes one least delay for all: an answer to a request for robots.txt is enough to slow a backend that
    may be asked twenty times a second down to once, or to hurry one that may not.
    """

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        usual = self.mindelay, self.maxdelay, self.target_concurrency
        backend = request.meta.get("download_slot")
        if bounds := self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(backend):
            self.mindelay, self.target_concurrency = float(bounds["delay"]), float(bounds["concurrency"])
        self.mindelay = max(self.mindelay, self.crawler.spider.crawl_delays.get(backend, 0.0))
        self.maxdelay = max(self.maxdelay, self.mindelay)
        try:
            super()._response_downloaded(response, request, spider)
        finally:
            self.mindelay, self.maxdelay, self.target_concurrency = usual


class RobotsInTurnMiddleware:
    """Sends requests for robots.txt through the slot of their spider's backend.

    Every board of `*.bamboohr.com` has a robots.txt on a host of its own: asked in slots of their own they would come
    sixteen at once to a backend that bears four.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsInTurnMiddleware:
        """Make it for one spider's crawl."""
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Name the slot of a request that the spider itself did not make."""
        backend = getattr(self.crawler.spider, "backend", None)
        if backend and urlsplit(request.url).hostname not in self.crawler.settings.getdict("DOWNLOAD_SLOTS"):
            request.meta.setdefault("download_slot", backend)
