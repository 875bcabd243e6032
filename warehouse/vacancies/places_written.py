"""Which places, as two sources write them, can be one."""

from __future__ import annotations

import re
from functools import lru_cache

_ANYWHERE = re.compile(r"\b(?:remote|anywhere|worldwide|work from (?:home|anywhere)|distributed)\b", re.IGNORECASE)


@lru_cache(maxsize=200_000)
def _place_parts(place: str | None) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return the first words of each place named, the regions after them, and whether it can be anywhere."""
    if not place:
        return frozenset(), frozenset(), False
    is_anywhere = bool(_ANYWHERE.search(place))
    bare = _ANYWHERE.sub(" ", re.sub(r"[()\[\]–-]", " ", place.lower()))
    heads, tails = set(), set()
    for piece in re.split(r"\s*(?:\||;|/| or | and |&)\s*", bare):
        names = [name.strip() for name in piece.split(",") if name.strip()]
        if names:
            heads.add(names[0])
            tails.update(names[1:])
    return frozenset(heads), frozenset(tails), is_anywhere


def places_agree(a: str | None, b: str | None) -> bool:
    """Whether two places as written can be one: a city in common, both anywhere, or one of them silent."""
    heads_a, tails_a, anywhere_a = _place_parts(a)
    heads_b, tails_b, anywhere_b = _place_parts(b)
    if not heads_a or not heads_b:
        return anywhere_a == anywhere_b or not (a and b) or not (heads_a or heads_b) or anywhere_a or anywhere_b
    return bool(heads_a & heads_b) or bool(heads_a & tails_b) or bool(heads_b & tails_a)
