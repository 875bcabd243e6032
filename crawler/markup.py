"""How XML feeds and HTML pages are decoded: leniently, and named as unreadable where they are something else."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from lxml import etree
from scrapy.http import Response

from crawler.reading import Unreadable

NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")


def _character(entity: re.Match[bytes]) -> bytes:
    return html.unescape(entity.group().decode("ascii")).encode("utf-8")


def decode_xml(body: bytes, root: str) -> etree._Element:
    """Return the root element of a feed; broken entities and tags are recovered from, another root is unreadable."""
    # Feeds carry HTML's named characters (&uuml;), which XML does not know and a recovering parser would drop.
    body = NAMED_ENTITY.sub(_character, body)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        element = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        element = None
    if element is None:
        raise Unreadable("the answer is empty" if not body.strip() else "the answer is no XML")
    if element.tag != root:
        raise Unreadable(f"the answer is <{str(element.tag)[:40]}> instead of <{root}>")
    return element


def said(element: etree._Element, path: str) -> str | None:
    """Return the text at `path` below an element, None where it says nothing."""
    words = element.findtext(path)
    return words.strip() if words and words.strip() else None


def next_data(response: Response) -> Any:
    """Return the data that a Next.js page carries in its `__NEXT_DATA__` script."""
    block = response.xpath('//script[@id="__NEXT_DATA__"]/text()').get()
    if block is None:
        raise Unreadable("the page carries no data")
    try:
        return json.loads(block)
    except ValueError as error:
        raise Unreadable(f"the page's data is broken ({error})") from None
