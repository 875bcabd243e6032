"""How a source's values become the text of an archive field: joined and unescaped, never interpreted."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any

from warehouse.schema.records import PayOffer

Page = dict[str, Any]
PERSON = re.compile(
    r"\b(?:recruit(?:er|ing contact)|talent (?:partner|advisor|acquisition (?:partner|specialist))|sourcer|coordinator"
    r"|hiring (?:manager|lead|team)|interviewer|approver|contact|creator|created by|author|owner|ansprechpartner"
    r"|e ?-?mail|phone|telephone|first name|last name|full name)",
    re.IGNORECASE,
)
PERSONAL_MEMBERS = frozenset({"email", "first_name", "last_name", "firstName", "lastName", "employee_id", "user_id"})
OFFER = tuple(field.name for field in fields(PayOffer))


def text(value: Any) -> str | None:
    """Return a scalar as text, None for what says nothing (null, empty, a list or an object)."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def identifier(value: Any) -> str:
    """Return what identifies a posting as text that can be written in UTF-8: half a character becomes a question mark."""
    written = str(value)
    return written if written.isascii() else written.encode("utf-8", "replace").decode("utf-8")


def joined(*parts: Any, by: str = ", ") -> str | None:
    """Return the parts that say something, each once, in their order; a single one stays as it is written."""
    said = [part for part in map(text, parts) if part]
    return said[0] if len(said) == 1 else by.join(dict.fromkeys(part.strip() for part in said)) or None


def places(parts: Iterable[Any]) -> str | None:
    """Return several places as the archive writes them: the first one first, parted by " | "."""
    return joined(*parts, by=" | ")


def sections(*parts: tuple[Any, Any]) -> str | None:
    """Return headed HTML sections as one body; a section without text is left out."""
    said = [(text(head), text(body)) for head, body in parts]
    return "\n".join((f"<h3>{html.escape(head)}</h3>\n" if head else "") + body for head, body in said if body) or None


@cache
def _names_person(member: str) -> bool:
    return PERSON.search(member.replace("_", " ")) is not None


def impersonal(said: Page) -> Page:
    """Return the members of an object that say something, without those that name a person whom the employer appointed.

    Employers add members of their own to what a source gives; a member that is a person is told by its own members.
    """
    kept: Page = {}
    for name, value in said.items():
        if value in (None, "", [], {}) or _names_person(str(name)):
            continue
        if isinstance(value, dict):
            if not PERSONAL_MEMBERS & value.keys() and (inside := impersonal(value)):
                kept[name] = inside
        elif isinstance(value, list):
            kept[name] = [item for item in value if not (isinstance(item, dict) and PERSONAL_MEMBERS & item.keys())]
        else:
            kept[name] = value
    return kept


def pay(offers: Iterable[PayOffer]) -> str | None:
    """Return pay bands as the JSON array that `pay_raw` holds, None where no band has an amount."""
    said = [
        {name: value for name in OFFER if (value := getattr(offer, name)) is not None and value is not False}
        for offer in offers
        if offer.low is not None or offer.high is not None
    ]
    return json.dumps(said, ensure_ascii=False) if said else None


def bands(said: Any, low: str, high: str, currency: str, interval: str, label: str = "") -> str | None:
    """Return pay bands from a list of objects' members, None where none has an amount."""
    return pay(
        PayOffer(
            low=text(one.get(low)) and one[low],
            high=text(one.get(high)) and one[high],
            currency=text(one.get(currency)),
            interval=text(one.get(interval)),
            label=text(one.get(label)),
        )
        for one in objects(said)
    )


def band(said: Any, low: str, high: str, currency: str, interval: str) -> str | None:
    """Return one pay band from an object's members, None where it is no object or has no amount."""
    return bands([said], low, high, currency, interval)


def chosen(page: Page, *names: str) -> Page:
    """Return the members of an object that are kept as they are."""
    return {name: page.get(name) for name in names}


def inner(page: Any, *path: str | int) -> Any:
    """Return what lies at `path` in nested objects and lists, None where a step is missing."""
    for step in path:
        if isinstance(page, dict):
            page = page.get(step)
        elif isinstance(page, list) and isinstance(step, int) and step < len(page):
            page = page[step]
        else:
            return None
    return page


def objects(value: Any) -> list[Page]:
    """Return the objects of a list, nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
