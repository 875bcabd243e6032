"""Where requests may go: to web pages on the public net, whatever an address in somebody's data says."""

from __future__ import annotations

import socket
import urllib.request
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")


def is_public_address(written: str) -> bool:
    """Return whether an IP address is one of the public net: no loopback, private, link-local or reserved one."""
    address = ip_address(written)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def is_public_host(host: str) -> bool:
    """Return whether a host, by its name or written as an address in any of the usual ways, may be on the public net."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return is_public_address(host)
    except ValueError:
        pass
    try:
        # 127.1, 0x7f.1 and 2130706433 are addresses too.
        return is_public_address(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        pass
    return "." in host and not any(host == name or host.endswith(f".{name}") for name in PRIVATE_NAMES)


class PublicAddressMiddleware:
    """Refuses what is no http address of a public host: sitemaps, feeds and redirects may name anything."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Let a request to the public net pass; raise `IgnoreRequest` with the reason for any other."""
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            raise IgnoreRequest(f"the source names an address that is none of the web ({parts.scheme}:)")
        if not is_public_host(parts.hostname or ""):
            raise IgnoreRequest(f"the source names a host that is not on the public net ({parts.hostname})")


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver, except that a public name for a private address is none.

    A proxy's own address may be private, and so may that of a replay server.
    """

    is_guarding = True

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> PublicResolver:
        """Make it for a process; guard nothing where all requests go to a replay server."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.is_guarding = not crawler.settings.get("ROLEMARKET_REPLAY")
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        """Return the address of a host; fail where it is not of the public net."""
        found = super().getHostByName(name, timeout)
        proxies = {urlsplit(url).hostname for url in urllib.request.getproxies().values()}
        return found.addCallback(self._public, name) if self.is_guarding and name not in proxies else found

    def _public(self, address: str, name: str) -> str:
        if not is_public_address(address):
            raise DNSLookupError(f"{name} is {address}, which is not on the public net")
        return address
