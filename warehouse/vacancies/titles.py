"""Which titles can name one opening: the same words in any order and spelling, levels that do not contradict, kin roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_LEVEL_WORDS = {
    **dict.fromkeys(("senior", "sr", "sen", "iii"), "senior"),
    **dict.fromkeys(("junior", "jr", "entry", "graduate", "associate", "i"), "junior"),
    **dict.fromkeys(("staff", "iv", "v"), "staff"),
    **dict.fromkeys(("principal", "distinguished", "fellow"), "principal"),
    **dict.fromkeys(("lead", "tech lead"), "lead"),
    **dict.fromkeys(("mid", "ii", "midlevel", "intermediate"), "mid"),
    **dict.fromkeys(("intern", "internship", "interns"), "intern"),
    **dict.fromkeys(("director", "head", "vp", "chief", "manager"), "manager"),
}
_SAME_WORDS = {
    "developer": "engineer",
    "dev": "engineer",
    "programmer": "engineer",
    "swe": "engineer",
    "frontend": "front",
    "backend": "back",
}
_NOISE = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\b[mfwdx](?:/[mfwdx]){1,3}\b|\b(?:remote|hybrid|on-?site|full[- ]?time|contract|level|test[- ]driven|all genders|and|of|the|for|an?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=200_000)
def title_parts(title: str | None) -> tuple[str, frozenset[str]]:
    """Return a title's core (its words sorted, without level words and noise) and the levels it names."""
    if not title:
        return "", frozenset()
    folded = re.sub(r"front[- ]end", "frontend", re.sub(r"back[- ]end", "backend", title.lower()))
    folded = re.sub(r"full[- ]stack", "fullstack", re.sub(r"dev[- ]ops", "devops", folded))
    words = re.findall(r"[\w+#.]+", _NOISE.sub(" ", folded).replace("’s", ""))
    levels = frozenset(_LEVEL_WORDS[word.strip(".")] for word in words if word.strip(".") in _LEVEL_WORDS)
    core = sorted(
        {
            _SAME_WORDS.get(word, word)
            for raw in words
            if (word := _stem(raw)) and word not in _LEVEL_WORDS and not word.isdigit()
        }
    )
    return " ".join(core), levels


def _stem(word: str) -> str:
    word = word.strip(".")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "ops", "js")) else word


TitleRule = Callable[[str | None, str | None], bool]


def titles_agree(a: str | None, b: str | None) -> bool:
    """Whether two titles can name one opening: the same core, and levels that do not contradict each other."""
    core_a, levels_a = title_parts(a)
    core_b, levels_b = title_parts(b)
    return core_a == core_b and _levels_agree(levels_a, levels_b)


_LEVELS_APART = frozenset(["intern", "manager"])
"""Levels that make another job of a title, so that a title without a level does not go with them."""


def _levels_agree(a: frozenset[str], b: frozenset[str]) -> bool:
    return not (a ^ b) & _LEVELS_APART if not a or not b else bool(a & b)


_KINDS = {
    **dict.fromkeys(
        ("engineer", "sre", "devop", "devops", "sysadmin", "architect", "administrator", "admin"), "engineer"
    ),
    **{
        word: word
        for word in ("scientist", "analyst", "designer", "manager", "specialist", "writer", "researcher", "recruiter")
    },
}
_TELLING_KINDS = frozenset(["sre", "devop", "devops", "sysadmin"])
"""Kinds of work that are a field as well."""
BROAD = frozenset(
    [
        "software",
        "web",
        "team",
        "position",
        "tech",
        "technical",
        "application",
        "app",
        "product",
    ]
)

_OTHER_CRAFTS = frozenset(
    [
        "qa",
        "quality",
        "test",
        "tester",
        "testing",
        "support",
        "sale",
        "devop",
        "devops",
        "sre",
        "sysadmin",
        "security",
        "data",
        "machine",
        "learning",
        "ml",
        "hardware",
        "mechanical",
        "electrical",
        "firmware",
        "network",
        "solution",
        "design",
    ]
)
"""Fields whose openings are not meant by a title that names none, such as "Senior Engineer"."""


def titles_kin(a: str | None, b: str | None, *, with_broad: bool, broad: frozenset[str] = BROAD) -> bool:
    """Whether two titles in near-equal comments can be one role rewritten: the same kind of work and a field in common.

    No title goes with any; a title that names no field ("Software Engineer") only `with_broad`. Levels do not
    contradict each other.
    """
    if a is None or b is None:
        return True
    (core_a, levels_a), (core_b, levels_b) = title_parts(a), title_parts(b)
    words_a, words_b = set(core_a.split()), set(core_b.split())
    kinds_a, kinds_b = ({_KINDS[word] for word in words & _KINDS.keys()} for words in (words_a, words_b))
    if (kinds_a and kinds_b and not kinds_a & kinds_b) or not _levels_agree(levels_a, levels_b):
        return False
    fields_a, fields_b = words_a - broad - {"engineer"}, words_b - broad - {"engineer"}
    if not fields_a or not fields_b:
        return with_broad and not (fields_a | fields_b) & _OTHER_CRAFTS
    return bool(fields_a & fields_b & (_TELLING_KINDS | (fields_a | fields_b) - _KINDS.keys()))


def titles_say_the_same(a: str | None, b: str | None) -> bool:
    """`titles_agree`, where "software" and "web" beside a field of work add nothing: "backend software engineer"."""
    (core_a, levels_a), (core_b, levels_b) = title_parts(a), title_parts(b)
    return _levels_agree(levels_a, levels_b) and _field_of(core_a) == _field_of(core_b)


_ADDS_NOTHING = frozenset(["software", "web", "application", "app", "team"])


@lru_cache(maxsize=50_000)
def _field_of(core: str) -> frozenset[str]:
    words = frozenset(core.split())
    return words - _ADDS_NOTHING if words - _ADDS_NOTHING - {"engineer"} else words
