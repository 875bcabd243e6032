"""A download handler that writes down, for every request as it goes out, how its backend's slot of the downloader stood."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from crawler.replay.handler import ReplayableDownloadHandler

IN_FLIGHT: Counter[str] = Counter()


class WatchedDownloadHandler(ReplayableDownloadHandler):
    """Appends one line per request to the file in the setting `SLOT_WATCH`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler
        self.path = Path(crawler.settings["SLOT_WATCH"])

    async def fetch(self, request: Request) -> Response:
        backend = request.meta["download_slot"]
        IN_FLIGHT[backend] += 1
        slot = self.crawler.engine.downloader.slots[backend]
        line = {
            "source": self.crawler.spider.name,
            "at": time.monotonic(),
            "is_robots": request.meta.get("reading") is None,
            "backend": backend,
            "in_flight": IN_FLIGHT[backend],
            "concurrency": slot.concurrency,
            "delay": slot.delay,
            "is_randomised": bool(slot.jitter),
            "is_throttled": any(isinstance(one, AutoThrottle) for one in self.crawler.extensions.middlewares),
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        try:
            return await super().fetch(request)
        finally:
            IN_FLIGHT[backend] -= 1
