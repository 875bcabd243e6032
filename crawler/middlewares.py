"""What is done when a server errs: back off as it asks, break the circuit when it keeps erring, stay on its board."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings


def retry_after_seconds(response: Response, now: datetime | None = None) -> float | None:
    """Return the seconds a `Retry-After` header asks to wait (a number or an HTTP date), None where it has none."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, each after twice the wait of the one before, or after what `Retry-After` says.

    A server that asks for more than `RETRY_AFTER_MAX_SECONDS` is not asked again in this crawl.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.first_wait = settings.getfloat("RETRY_BACKOFF_SECONDS")
        self.longest_wait = settings.getfloat("RETRY_AFTER_MAX_SECONDS")

    async def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the response, or after a wait the request to be sent again."""
        asked = retry_after_seconds(response) if response.status in self.retry_http_codes else None
        if asked is not None and asked > self.longest_wait:
            return response
        result = super().process_response(request, response)
        if isinstance(result, Request):
            await asyncio.sleep(asked if asked is not None else self._wait(result))
        return result

    async def process_exception(
        self, request: Request, exception: Exception, spider: Spider | None = None
    ) -> Request | Response | None:
        """Return, after a wait, the request to be sent again, or None."""
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            await asyncio.sleep(self._wait(result))
        return result

    def _wait(self, request: Request) -> float:
        wait = self.first_wait * 2 ** (request.meta.get("retry_times", 1) - 1)
        return min(wait * random.uniform(0.8, 1.2), self.longest_wait)


class BoardRedirectMiddleware(RedirectMiddleware):
    """Follows redirects on the board's own host; one to another host means that the board is not there.

    Vendors send unknown boards to their marketing site; spiders whose boards may live on the employer's own domain
    set `follows_elsewhere` and name the vendor's hosts in `marketing_hosts`.
    """

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no referrer."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        self._referer_spider_middleware = None

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        asked, sent = urlsplit(request.url), urlsplit(redirected.url)
        spider = self.crawler.spider
        is_elsewhere = (asked.hostname or "").removeprefix("www.") != (sent.hostname or "").removeprefix("www.")
        if request.meta.get("reading") is not None and is_elsewhere:
            if sent.hostname in spider.maintenance_hosts:
                raise IgnoreRequest(f"the source is in maintenance (sent to https://{sent.hostname}/)")
            if not spider.follows_elsewhere or sent.hostname in spider.marketing_hosts:
                raise IgnoreRequest(f"the source knows no such board (sent to https://{sent.hostname}/)")
        return super()._redirect(redirected, request, reason)


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    opened_at: float | None = None
    is_probed: bool = False


class CircuitBreakerMiddleware:
    """Asks a backend nothing for a while after `CIRCUIT_FAILURES` errors in a row, then tries it with one request."""

    def __init__(self, settings: BaseSettings) -> None:
        self.threshold = settings.getint("CIRCUIT_FAILURES")
        self.pause_seconds = settings.getfloat("CIRCUIT_PAUSE_SECONDS")
        self.circuits: dict[str, _Circuit] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CircuitBreakerMiddleware:
        """Make it from the crawl's settings."""
        return cls(crawler.settings)

    def _circuit(self, request: Request) -> tuple[str, _Circuit]:
        backend = request.meta.get("download_slot") or urlsplit(request.url).hostname or ""
        return backend, self.circuits.setdefault(backend, _Circuit())

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Refuse a request to a backend whose circuit is open."""
        backend, circuit = self._circuit(request)
        if circuit.opened_at is None:
            return
        if monotonic() - circuit.opened_at < self.pause_seconds or circuit.is_probed:
            raise IgnoreRequest(f"circuit open: {backend} failed {circuit.failures} times in a row")
        circuit.is_probed = True

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Count an error status; close the circuit on an answer."""
        if response.status >= 500 or response.status == 429:
            self._count(request)
        else:
            self.circuits[self._circuit(request)[0]] = _Circuit()
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Count a request that was not answered."""
        if not isinstance(exception, IgnoreRequest):
            self._count(request)

    def _count(self, request: Request) -> None:
        _, circuit = self._circuit(request)
        circuit.failures += 1
        circuit.is_probed = False
        if circuit.failures >= self.threshold:
            circuit.opened_at = monotonic()
