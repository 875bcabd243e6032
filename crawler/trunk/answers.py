"""How an answer is decoded, and told from what is no answer of its source at all."""

from __future__ import annotations

import json
import re
from typing import Any

from crawler.board_lists import Board
from crawler.raw_text import Page
from crawler.reading import OpenReading, Unreadable

MAINTENANCE = re.compile(r"<(?:title|h1)[^>]*>[^<]*maintenance", re.IGNORECASE)


def decode_json(body: bytes, reading: OpenReading) -> Any:
    """Return decoded JSON; bytes that are not UTF-8 are replaced and named, anything else than JSON is unreadable."""
    try:
        return json.loads(body)
    except UnicodeDecodeError:
        reading.fail("the answer is not valid UTF-8; the broken characters were replaced")
        words = body.decode("utf-8-sig", "replace")
    except ValueError:
        words = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(words, strict=False)
    except ValueError as error:
        begin = words.lstrip()[:60].lower()
        if begin.startswith(("<!doctype html", "<html")):
            is_maintenance = MAINTENANCE.search(words[:20_000])
            raise Unreadable("a maintenance page" if is_maintenance else "a web page instead of JSON") from None
        raise Unreadable(f"the JSON is broken ({error})" if words.strip() else "the answer is empty") from None


def parted(board: Board, form: str) -> list[str]:
    """Return the parts of a board's token that has several, such as HOST|SITE; say the form where it has not."""
    parts = board.token.split("|")
    if len(parts) != form.count("|") + 1 or not all(parts):
        raise Unreadable(f"no board of this source: write {form}")
    return parts


def expect(page: Any, kind: type, what: str) -> Any:
    """Return `page` where it has the expected shape, else say that the answer is none of this source's."""
    if not isinstance(page, kind):
        raise Unreadable(f"the answer has no {what}")
    return page


def listed(page: Any, *path: str) -> list[Page]:
    """Return the list at `path` of a page; its absence makes the page unreadable, for it is no answer of this source."""
    for name in path:
        page = expect(page, dict, name).get(name)
    return expect(page, list, path[-1] if path else "list")
