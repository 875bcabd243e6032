"""Knows the cue phrases and skill names of the codebook, and counts where a batch of postings uses them."""

from __future__ import annotations

import threading
import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import phrases
from warehouse.reference import skills

Ints = npt.NDArray[np.int64]

ZONES = ("open", "ask", "duty", "us", "title")
"""Where a hit stands: before any heading, under one that announces what is asked, what is done or the employer, or in
the title."""
_HEADINGS = ("head_ask", "head_duty", "head_us")
_memory = threading.local()


@dataclass(frozen=True, slots=True)
class Near:
    """A cue that is seen where a sign of `first` stands at most `words` words before a sign of `second`.

    With `both_ways` also after it; with `apart` it is seen where no sign of `first` stands so near.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    words: int
    both_ways: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The compiled phrases: which phrase is which skill's name and which cue's sign."""

    book: phrases.Book
    cue_phrases: dict[str, Ints]
    near: dict[str, Near]
    skill_ids: tuple[str, ...]
    skill_phrases: dict[str, Ints]
    _masks: dict[tuple[str, ...], npt.NDArray[np.bool_]] = field(default_factory=dict)

    @cached_property
    def cue_names(self) -> tuple[str, ...]:
        """Every cue, near ones last."""
        return (*self.cue_phrases, *self.near)

    @cached_property
    def cues_by_phrase(self) -> tuple[Ints, Ints]:
        """The cues of phrase i are `cues[begin[i]:begin[i + 1]]`; returns begin and cues."""
        phrase = np.concatenate(list(self.cue_phrases.values()))
        cue = np.repeat(np.arange(len(self.cue_phrases)), [len(signs) for signs in self.cue_phrases.values()])
        begin = np.searchsorted(np.sort(phrase), np.arange(len(self.book.phrases) + 1))
        return begin, cue[np.argsort(phrase, kind="stable")]

    def phrases_of(self, *cue_names: str) -> npt.NDArray[np.bool_]:
        """For each phrase of the book, whether it is a sign of one of the cues; do not write to it."""
        if cue_names not in self._masks:
            mask = np.zeros(len(self.book.phrases), dtype=bool)
            for name in cue_names:
                mask[self.cue_phrases[name]] = True
            self._masks[cue_names] = mask
        return self._masks[cue_names]


@dataclass(frozen=True, slots=True)
class Everyday:
    """How an ambiguous name is recognised: what speaks against technology before and after it, and how rare it is else.

    Where there are words of `kin`, one of them must stand near the name; to its `owners` it is their own product.
    """

    is_rare: bool
    needs_list: bool
    not_after: frozenset[str]
    not_before: frozenset[str]
    kin: frozenset[str]
    owners: frozenset[str]


@cache
def ambiguity() -> dict[str, Everyday]:
    """For each ambiguous name of the taxonomy the evidence against it, and under "*" the evidence for any."""
    declared = tomllib.loads(resources.files(__package__).joinpath("ambiguous.toml").read_text("utf-8"))
    return {
        name: Everyday(
            rule.get("is_rare", False),
            rule.get("needs_list", False),
            frozenset(rule.get("not_after", "").split()),
            frozenset(rule.get("not_before", "").split()),
            frozenset(rule.get("kin", "").split()),
            frozenset(rule.get("owners", "").split()),
        )
        for name, rule in declared.items()
    }


def everyday_words() -> set[str]:
    """Every word that ambiguity rules look for beside a name."""
    return {word for rule in ambiguity().values() for word in rule.not_after | rule.not_before | rule.kin}


@cache
def lexicon() -> Lexicon:
    """The phrases of cues.toml and of the skill taxonomy, compiled once per process."""
    order: dict[tuple[str, ...], int] = {}
    spelled: list[str] = []

    def number(phrase: str) -> int:
        key = phrases.words(phrase)
        if key not in order:
            order[key] = len(spelled)
            spelled.append(phrase)
        return order[key]

    declared = tomllib.loads(resources.files(__package__).joinpath("cues.toml").read_text("utf-8"))
    near = {
        name: Near(
            tuple(rule["first"]),
            tuple(rule["second"]),
            rule["words"],
            rule.get("both_ways", False),
            rule.get("apart", False),
        )
        for name, rule in declared.pop("near").items()
    }
    cue_phrases = {
        name: np.unique([number(phrase) for pattern in patterns for phrase in phrases.expand(pattern)])
        for name, patterns in declared.items()
    }
    skill_phrases = {
        row["skill_id"]: np.unique([number(alias) for alias in (row["name"], *row["aliases"])])
        for row in skills().iter_rows(named=True)
    }
    book = phrases.Book(spelled, also=everyday_words())
    return Lexicon(book, cue_phrases, near, tuple(skill_phrases), skill_phrases)


@dataclass(frozen=True)
class Found:
    """What a batch shows: the hits by chunks of rows, and `counts[row, cue, zone]`, each cue of `cue_names` in each zone."""

    lexicon: Lexicon
    chunks: tuple[phrases.Hits, ...]
    counts: Ints

    def count(self, cue: str) -> Ints:
        """How often each posting shows the cue, wherever it stands."""
        return self.any_zone[:, self.lexicon.cue_names.index(cue)]

    @cached_property
    def any_zone(self) -> Ints:
        """How often each posting (rows) shows each cue (columns), wherever it stands."""
        return self.counts.sum(axis=2)

    @cached_property
    def n_words(self) -> Ints:
        """Words of each posting, title included."""
        return np.concatenate([hits.n_words for hits in self.chunks])

    def spans(self, *cue_names: str, per_row: int = 3) -> list[str | None]:
        """The first signs of any of the cues in each text, as written."""
        plain: set[str] = set()
        for name in cue_names:
            plain |= {name} if name in self.lexicon.cue_phrases else set(self.lexicon.near[name].second)
        is_sign = self.lexicon.phrases_of(*sorted(plain))
        return [span for hits in self.chunks for span in hits.spans(np.flatnonzero(is_sign[hits.phrase]), per_row)]


def find(postings: pl.DataFrame) -> Found:
    """Hits of the lexicon in a batch with string columns `title` and `text`, and each cue's count per row and zone.

    The last batch of each thread is remembered, so that the extractors share one pass.
    """
    lex = lexicon()
    chunks = lex.book.find(postings["title"], postings["text"])
    remembered: Found | None = getattr(_memory, "found", None)
    if remembered is not None and remembered.chunks is chunks:
        return remembered
    found = Found(lex, chunks, np.concatenate([_counts(lex, hits) for hits in chunks]))
    _memory.found = found
    return found


def _counts(lex: Lexicon, hits: phrases.Hits) -> Ints:
    """How often each row of a chunk shows each cue in each zone."""
    zone = _zones(lex, hits)
    n_cues = len(lex.cue_names)
    begin, signs = lex.cues_by_phrase
    repeats = begin[hits.phrase + 1] - begin[hits.phrase]
    which = np.repeat(np.arange(len(hits.phrase)), repeats)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    cue = signs[begin[hits.phrase[which]] + nth]
    cells = [(hits.row[which] * n_cues + cue) * len(ZONES) + zone[which]]
    sides = dict.fromkeys(side for rule in lex.near.values() for side in (rule.first, rule.second))
    signs_of = {side: np.flatnonzero(lex.phrases_of(*side)[hits.phrase]) for side in sides}
    for number, rule in enumerate(lex.near.values(), len(lex.cue_phrases)):
        first, second = signs_of[rule.first], signs_of[rule.second]
        close = second[_is_near(hits, first, second, rule) ^ rule.apart]
        cells.append((hits.row[close] * n_cues + number) * len(ZONES) + zone[close])
    shape = (hits.n_rows, n_cues, len(ZONES))
    return np.bincount(np.concatenate(cells), minlength=hits.n_rows * n_cues * len(ZONES)).reshape(shape)


def _is_near(hits: phrases.Hits, first: Ints, second: Ints, rule: Near) -> npt.NDArray[np.bool_]:
    """For each hit of `second`, whether one of `first` ends at most so many words before it, in the same text."""
    if not len(first) or not len(second):
        return np.zeros(len(second), dtype=bool)
    begins = hits.first[second]
    before = np.searchsorted(hits.first[first], begins) - 1
    other = first[np.maximum(before, 0)]
    is_near = (before >= 0) & (hits.row[other] == hits.row[second]) & (begins - hits.last[other] <= rule.words)
    if rule.both_ways:
        after = np.searchsorted(hits.first[first], hits.last[second], side="right")
        other = first[np.minimum(after, len(first) - 1)]
        is_near |= (
            (after < len(first))
            & (hits.row[other] == hits.row[second])
            & (hits.first[other] - hits.last[second] <= rule.words)
        )
    return is_near


def _zones(lex: Lexicon, hits: phrases.Hits) -> Ints:
    """The zone of each hit, from the last capitalised heading before it in its text."""
    kind = np.zeros(len(lex.book.phrases), dtype=np.int64)
    for number, name in enumerate(_HEADINGS, 1):
        kind[lex.cue_phrases[name]] = number
    here = kind[hits.phrase]
    letter = hits.words.raw[hits.words.starts[hits.first]] if len(hits.first) else np.zeros(0, np.uint8)
    is_heading = (here > 0) & (letter >= 65) & (letter <= 90) & ~hits.in_title
    latest = np.maximum.accumulate(np.where(is_heading, np.arange(len(here)), -1))
    known = latest >= 0
    same_text = known & (hits.row[np.maximum(latest, 0)] == hits.row)
    zone = np.where(same_text, here[np.maximum(latest, 0)], 0)
    return np.where(hits.in_title, len(ZONES) - 1, zone)
