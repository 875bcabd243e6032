"""The one place where a replayed crawl leaves the internet: requests go to the replay server, answers come back as from the host."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.throttle import rest


def replayed_url(url: str, server: str) -> str:
    """Return where a replay server keeps the answer to `url`: `https://HOST/PATH?QUERY` is at `SERVER/HOST/PATH?QUERY`."""
    return f"{server.rstrip('/')}/{url.split('://', 1)[1]}"


def original_url(url: str, server: str) -> str:
    """Return the address that a replay server's own URL stands for; any other URL as it is."""
    prefix = server.rstrip("/") + "/"
    return f"https://{url.removeprefix(prefix)}" if url.startswith(prefix) else url


class ReplayableDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler that also counts bytes as they came and, with `ROLEMARKET_REPLAY`, asks the replay server.

    Everything above it (robots.txt, cache, redirects, spiders) sees the original URL.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.server: str | None = crawler.settings.get("ROLEMARKET_REPLAY")

    async def download_request(self, request: Request) -> Response:
        """Return the answer to `request`, under the URL that was asked, when its backend may be asked."""
        await rest(request, getattr(self.crawler.spider, "resting_until", {}))
        return await self.fetch(request)

    async def fetch(self, request: Request) -> Response:
        """Return the answer to `request` now."""
        if self.server is None:
            response = await super().download_request(request)
        else:
            replayed = request.replace(url=replayed_url(request.url, self.server))
            response = await super().download_request(replayed)
            if "download_latency" in replayed.meta:
                request.meta["download_latency"] = replayed.meta["download_latency"]
            location = response.headers.get("Location")
            if location is not None:
                sent = self._location(location.decode("latin-1"), request.url)
                response.headers["Location"] = sent
            response = response.replace(url=request.url)
        request.meta["wire_bytes"] = request.meta.get("wire_bytes", 0) + len(response.body)
        return response

    def _location(self, location: str, asked: str) -> str:
        """Return a redirect as the original host would have said it, whichever way the replay server wrote it."""
        assert self.server is not None
        host = urlsplit(asked).netloc
        inner = urlsplit(self.server).path.rstrip("/")
        if location.startswith(f"{inner}/{host}/"):
            return location.removeprefix(f"{inner}/{host}")
        return original_url(location, self.server)
