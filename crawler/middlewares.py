"""What is done when a server errs: back off as it asks, break the circuit when it keeps erring, stay on its board."""

from __future__ import annotations

import asyncio
import math
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
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.throttle import backend_of
from warehouse.schema.archive_file import utc_now

UNANSWERED = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError)


def retry_after_seconds(response: Response, now: datetime | None = None) -> float | None:
    """Return the seconds a `Retry-After` header asks to wait (a number or an HTTP date), None where it has none."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if not value:
        return None
    try:
        return None if math.isnan(seconds := float(value)) else max(0.0, seconds)
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

    While a server asks to wait, none of its backend's requests is sent. One that asks for more than
    `RETRY_AFTER_MAX_SECONDS` is not asked again for the same.
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
            if asked is not None:
                backend = backend_of(request)
                resting = self.crawler.spider.resting_until
                resting[backend] = max(resting.get(backend, 0.0), monotonic() + asked)
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
        reading = request.meta.get("reading")
        if reading is not None and is_elsewhere:
            reading.status, reading.answered_at = reason, utc_now()
            if sent.hostname in spider.maintenance_hosts:
                raise IgnoreRequest(f"the source is in maintenance (sent to https://{sent.hostname}/)")
            if not spider.follows_elsewhere or sent.hostname in spider.marketing_hosts:
                raise IgnoreRequest(f"the source knows no such board (sent to https://{sent.hostname}/)")
        return super()._redirect(redirected, request, reason)


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    opened_at: float | None = None
    openings: int = 0
    is_probed: bool = False


class CircuitBreakerMiddleware:
    """Lets a backend rest after `CIRCUIT_FAILURES` requests in a row failed for good, then tries it with one.

    It stands above the retries, so that only requests that were given up count. While a circuit is open, requests wait;
    when the backend fails again after `CIRCUIT_OPENINGS` rests, whatever is left of it is refused.
    """

    def __init__(self, settings: BaseSettings) -> None:
        self.threshold = settings.getint("CIRCUIT_FAILURES")
        self.pause_seconds = settings.getfloat("CIRCUIT_PAUSE_SECONDS")
        self.most_openings = settings.getint("CIRCUIT_OPENINGS")
        self.circuits: dict[str, _Circuit] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CircuitBreakerMiddleware:
        """Make it from the crawl's settings."""
        return cls(crawler.settings)

    def _circuit(self, request: Request) -> tuple[str, _Circuit]:
        backend = backend_of(request)
        return backend, self.circuits.setdefault(backend, _Circuit())

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Hold a request back while its backend rests; refuse it where rests did not help."""
        while True:
            backend, circuit = self._circuit(request)
            if circuit.opened_at is None:
                return
            if circuit.openings > self.most_openings:
                raise IgnoreRequest(f"circuit open: {backend} failed {circuit.failures} requests in a row")
            if circuit.is_probed and request.meta.get("is_probe"):
                return  # what tries the backend is itself asked again, or sent on
            rest = circuit.opened_at + self.pause_seconds - monotonic()
            if rest <= 0 and not circuit.is_probed:
                circuit.is_probed = request.meta["is_probe"] = True
                return
            await asyncio.sleep(min(max(rest, 0.05), 1.0))

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Count an error status; close the circuit on an answer."""
        if response.status >= 500 or response.status == 429:
            self._count(request)
        else:
            self.circuits[self._circuit(request)[0]] = _Circuit()
        return response

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Count a request that was not answered; one answered with too much is no failure of the backend."""
        if isinstance(exception, UNANSWERED):
            self._count(request)
        elif request.meta.get("is_probe"):
            # Whatever it came to, the next must be let through.
            self._circuit(request)[1].is_probed = False

    def _count(self, request: Request) -> None:
        """Count a failure; those of requests that were on their way when the circuit opened prove no rest useless."""
        _, circuit = self._circuit(request)
        circuit.failures += 1
        is_probe = circuit.opened_at is not None and request.meta.get("is_probe")
        if is_probe or (circuit.opened_at is None and circuit.failures >= self.threshold):
            circuit.opened_at = monotonic()
            circuit.openings += 1
            circuit.is_probed = False
