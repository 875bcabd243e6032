"""How a source vouches that a board is unchanged: conditional requests under the RFC 2616 rules, without stored bodies."""

from __future__ import annotations

from typing import Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings


class AlwaysAsk(RFC2616Policy):
    """The RFC 2616 policy for evidence: nothing is fresh unasked, and an error vouches for nothing."""

    def should_cache_response(self, response: Response, request: Request) -> bool:
        """Return False: what to ask again with is kept by the pipeline, once the reading is complete."""
        return False

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        """Put the validators on the request and return False, so that the source is always asked."""
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:
        """Return whether the source itself said that nothing changed."""
        return response.status == 304


class ValidatorStorage:
    """The validators of the last complete reading as cached responses without bodies."""

    def __init__(self, settings: BaseSettings) -> None:
        pass

    def open_spider(self, spider: Spider) -> None:
        """Need nothing: the spider holds the state."""

    def close_spider(self, spider: Spider) -> None:
        """Leave nothing open."""

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        """Return the stand-in for what the last complete reading of this board was answered, if it was given validators."""
        reading: Any = request.meta.get("reading")
        if reading is None or reading.last is None or not reading.last.validators:
            return None
        return Response(request.url, status=200, headers=Headers(dict(reading.last.validators)))

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Store nothing: a validator counts only once its reading is complete."""


class VouchingMiddleware(HttpCacheMiddleware):
    """Scrapy's HTTP cache, except that a source that cannot be reached vouches for nothing."""

    def process_exception(self, request: Request, exception: Exception, spider: Spider | None = None) -> None:
        """Forget the stand-in instead of taking it for an answer."""
        request.meta.pop("cached_response", None)
