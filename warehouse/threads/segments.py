"""What one segment of a comment's header is: place, pay, role, field, conditions, address, prose or other words."""

from __future__ import annotations

import re

from warehouse.places import is_place
from warehouse.threads.titles import SEPARATOR
from warehouse.threads.vocabulary import (
    BARE_ROLES,
    EMPTY,
    FLAGS,
    HEAD,
    MONEY,
    NOT_IN_TITLES,
    ONLY_FIELDS,
    PARENTHESES,
    REMOTE,
    SPACES,
    URL,
)

MAX_PROSE_FREE_CHARACTERS = 90
"""A header's segment longer than this is prose, unless it lists roles and nothing else."""

PIPES = re.compile(r"\s*[|¦│]\s*|\s+//+\s+")
DASHES = re.compile(
    r"(?<=[a-zA-Z)]{3})\.\s+(?=[A-Z])|(?<=\b[A-Z]{2})\.\s+(?=[A-Z])|\s+(?:-{1,3}|–|—|•|·|\*|::?|~|»)\s+|\s*--+\s*|\s*—\s*|\s+/\s+"
)

_LOOSE = re.compile(
    r"^(?:\W*\b(?:or|and)\b\W*)+|(?:\W*\b(?:or|and)\b\W*)+$|\b(?:or|and)\s+(?=(?:or|and)\b)", re.IGNORECASE
)


def _is_role_list(words: str) -> bool:
    pieces = SEPARATOR.split(words)
    if len(pieces) == 1:
        return bool(BARE_ROLES.fullmatch(words))
    return all(len(piece.split()) <= 3 for piece in pieces) and any(BARE_ROLES.fullmatch(piece) for piece in pieces)


def lists_roles(words: str) -> bool:
    """Whether a long phrase lists roles alone: at least three short pieces, more than half of which name one."""
    pieces = [piece for piece in SEPARATOR.split(words) if piece.strip()]
    roles = sum(bool(HEAD.search(piece) or BARE_ROLES.fullmatch(piece)) for piece in pieces)
    return (
        len(pieces) >= 3
        and roles * 2 > len(pieces)
        and all(len(piece.split()) <= 6 for piece in pieces)
        and not NOT_IN_TITLES.search(words)
    )


_KINDS_OF_WORDS = (
    ("place", is_place),
    ("role", lambda words: len(words) > MAX_PROSE_FREE_CHARACTERS and lists_roles(words)),
    ("prose", lambda words: len(words) > MAX_PROSE_FREE_CHARACTERS),
    ("role", lambda words: HEAD.search(words) and not NOT_IN_TITLES.search(words)),
    ("role", _is_role_list),
    ("generic", EMPTY.fullmatch),
    ("field", ONLY_FIELDS.fullmatch),
)


def kind_of(segment: str) -> str:
    """Return what a header's segment is: place, pay, role, field, flags, address, prose, generic, words or nothing."""
    bare = PARENTHESES.sub(" ", URL.sub(" ", segment)).strip(" -–—:;,.*★[]()")
    if not bare:
        return "address" if segment.strip() else "nothing"
    if MONEY.search(bare) and len(bare) < 60 and not HEAD.search(bare):
        return "pay"
    rest = _LOOSE.sub(" ", SPACES.sub(" ", FLAGS.sub(" ", bare))).strip(" -–—:;,./&+()")
    if len(rest) < 2:
        return "place" if REMOTE.search(bare) else "flags"
    return next((kind for kind, fits in _KINDS_OF_WORDS if fits(rest)), "words")


def clean_place(segment: str) -> str | None:
    """Return a place as written without "Location:" and addresses, at most 120 characters, or null for nothing left."""
    segment = re.sub(r"^\W*(?:location|locations|where|office|offices|based in)\W+", "", segment, flags=re.IGNORECASE)
    place = SPACES.sub(" ", URL.sub(" ", segment)).strip(" -–—:;,.*★|[]")
    return place[:120] or None
