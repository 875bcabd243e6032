"""Which registrable domain a web address has, and which domains too many share to tell an employer."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


@cache
def shared_hosts() -> frozenset[str]:
    """Return the domains of `shared_hosts.toml`; raise `ValueError` where it is not one list of domains in lower case."""
    declared = tomllib.loads(resources.files(__package__).joinpath("shared_hosts.toml").read_text("utf-8"))
    hosts = declared.get("hosts")
    if set(declared) != {"hosts"} or not isinstance(hosts, list) or not all(map(_is_domain, hosts)):
        raise ValueError("shared_hosts.toml: needs one list `hosts` of domains in lower case, each once")
    if len(set(hosts)) != len(hosts):
        raise ValueError("shared_hosts.toml: names a domain twice")
    return frozenset(hosts)


def _is_domain(host: object) -> bool:
    return isinstance(host, str) and host == host.strip().lower() and " " not in host and host != ""


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(address: str) -> str | None:
    """Return the registrable domain of a web address in lower case, or null for none and for hosts that many share."""
    found = _suffixes()(address)
    domain = f"{found.domain}.{found.suffix}".lower() if found.domain and found.suffix else None
    return None if domain in shared_hosts() else domain
