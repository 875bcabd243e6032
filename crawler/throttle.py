"""How AutoThrottle is held to the bounds of each backend where a spider asks more than one."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class BackendThrottle(AutoThrottle):
    """AutoThrottle whose least delay and aim are those of `DOWNLOAD_SLOTS` for the backends named there.

    Scrapy's own takes one least delay for all: an answer to a request for robots.txt is enough to slow a backend that
    may be asked twenty times a second down to once, or to hurry one that may not.
    """

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        usual = self.mindelay, self.target_concurrency
        bounds = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(request.meta.get("download_slot"))
        if bounds:
            self.mindelay, self.target_concurrency = float(bounds["delay"]), float(bounds["concurrency"])
        try:
            super()._response_downloaded(response, request, spider)
        finally:
            self.mindelay, self.target_concurrency = usual
