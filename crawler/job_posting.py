"""How a schema.org `JobPosting` found on a page becomes the fields of a sighting, whatever variety its site writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import extruct
from scrapy.http import Response

from crawler.raw_text import Page, inner, joined, objects, pay, places, text
from warehouse.schema.records import PayOffer

TYPE = "JobPosting"


def _nodes(value: Any) -> Iterator[Page]:
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "itemListElement", "item"):
            yield from _nodes(value.get(name))


def _is_posting(node: Page) -> bool:
    kinds = node.get("@type")
    return any(str(kind).rsplit("/", 1)[-1] == TYPE for kind in (kinds if isinstance(kinds, list) else [kinds]))


def postings_on(page: str, url: str) -> list[Page]:
    """Return the JobPosting nodes of a page: JSON-LD, also broken or inside a graph, else microdata."""
    found = []
    # extruct reads the script type after entity decoding, so `application/ld&#x2B;json` counts; a broken block
    # must not cost the others, which is why blocks are parsed one by one where the whole page fails.
    try:
        blocks = extruct.extract(page, base_url=url, syntaxes=["json-ld"], uniform=False)["json-ld"]
    except Exception:
        blocks = list(_lenient_blocks(page))
    found = [node for node in _nodes(blocks) if _is_posting(node)]
    if not found and "schema.org/JobPosting" in page:
        try:
            items = extruct.extract(page, base_url=url, syntaxes=["microdata"], uniform=True)["microdata"]
        except Exception:
            items = []
        found = [node for node in _nodes(items) if _is_posting(node)]
    return found


def _lenient_blocks(page: str) -> Iterator[Any]:
    from parsel import Selector

    for block in Selector(page).xpath('//script[contains(@type, "ld+json")]/text()').getall():
        try:
            yield json.loads(block.strip().rstrip(";"), strict=False)
        except ValueError:
            continue


def posting_on(response: Response) -> Page:
    """Return the first JobPosting of a page, an empty one where there is none."""
    return next(iter(postings_on(response.text, response.url)), {})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        return text(value.get("name")) or text(value.get("value")) or text(value.get("@id"))
    return text(value)


def _place(value: Any) -> str | None:
    if not isinstance(value, dict):
        return text(value)
    address = value.get("address", value)
    if not isinstance(address, dict):
        return text(address) or text(value.get("name"))
    parts = (address.get("addressLocality"), address.get("addressRegion"), address.get("addressCountry"))
    return joined(*(_name(part) for part in parts)) or text(value.get("name"))


def _offers(salary: Any) -> Iterator[PayOffer]:
    for band in _listed(salary):
        if not isinstance(band, dict):
            continue
        value = band.get("value") if isinstance(band.get("value"), dict) else band
        low, high = value.get("minValue"), value.get("maxValue")
        single = value.get("value") if low is None and high is None else None
        yield PayOffer(
            low=single if low is None else low,
            high=single if high is None and low is None else high,
            currency=text(band.get("currency")) or text(value.get("currency")),
            interval=text(value.get("unitText")) or text(band.get("unitText")),
        )


def _words(values: Iterable[Any]) -> str | None:
    return joined(*(_name(value) for value in values))


def fields(node: Page) -> dict[str, Any]:
    """Return what a JobPosting says as the content fields of a sighting.

    Organisation, place, salary and identifier may each be text, an object or a list; absent ones are None.
    """
    where = [_place(place) for place in _listed(node.get("jobLocation"))]
    open_to = _words(_listed(node.get("applicantLocationRequirements")))
    organisation = node.get("hiringOrganization")
    salary = node.get("baseSalary") or node.get("estimatedSalary")
    countries = [inner(place, "address", "addressCountry") for place in _listed(node.get("jobLocation"))]
    return {
        "url": _name(node.get("url")),
        "title": _name(node.get("title")) or _name(node.get("name")),
        "company_raw": _name(organisation),
        "company_domain_raw": text(inner(organisation, "sameAs")) or text(inner(organisation, "url")),
        "location_raw": places(where) or open_to,
        "country_raw": next((name for name in map(_name, countries) if name), None),
        "work_mode_raw": _words(_listed(node.get("jobLocationType"))),
        "employment_raw": _words(_listed(node.get("employmentType"))),
        "department_raw": _words(_listed(node.get("occupationalCategory"))) or _words(_listed(node.get("industry"))),
        "pay_raw": pay(_offers(salary)) or text(salary),
        "body_html": _body(node),
        "language_raw": _name(node.get("inLanguage")),
        "posted_raw": _name(node.get("datePosted")),
        "closes_raw": _name(node.get("validThrough")),
        "requisition_raw": _name(node.get("identifier"))
        if not objects([node.get("identifier")])
        else _identifier(node),
        "extras": {"applicant_locations": open_to} if places(where) and open_to else {},
    }


def _identifier(node: Page) -> str | None:
    identifier = node["identifier"]
    return text(identifier.get("value")) or text(identifier.get("@id"))


def _body(node: Page) -> str | None:
    parts = [text(node.get(name)) for name in ("description", "responsibilities", "qualifications", "skills")]
    main = parts[0] or ""
    return "\n".join([main, *(part for part in parts[1:] if part and part not in main)]).strip() or None
