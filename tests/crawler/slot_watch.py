"""A download handler that writes down, for every request when it is over, how its backend's slot stood as it went out."""

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
    """Appends one line per request to the file in the setting `SLOT_WATCH`, in the order in which they went out."""

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
            "url": request.url,
            "at": time.monotonic(),
            "is_robots": request.meta.get("reading") is None,
            "backend": backend,
            "in_flight": IN_FLIGHT[backend],
            "concurrency": slot.concurrency,
            "delay": slot.delay,
            "is_randomised": bool(slot.jitter),
            "is_throttled": any(isinstance(one, AutoThrottle) for one in self.crawler.extensions.middlewares),
        }
        status = None
        try:
            response = await super().fetch(request)
            status = response.status
            return response
        finally:
            IN_FLIGHT[backend] -= 1
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line | {"answered_at": time.monotonic(), "status": status}) + "\n")


def watched_requests(path: Path) -> list[dict[str, object]]:
    """Return what was written down, in the order in which the requests went out."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return sorted(lines, key=lambda line: line["at"])
