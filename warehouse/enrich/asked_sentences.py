"""Knows how likely a sentence that speaks of papers asks the candidate for them: to write, to read or to follow them.

A logistic regression on the words of the sentence, where they stand in it, whose papers it speaks of and the words right
before it. Its weights are in sentence_weights.json, fitted by `python -m warehouse.enrich.training` to sentences labelled by reading.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from warehouse.enrich import mentions, windows

COLUMNS = ("asked_most", "asked_probability", "asked_sentences")
"""Of a posting: the highest log-odds of its sentences (half of what they are above the least), that as a probability, and
log(1 + the expected number of sentences that ask)."""
_LEAST = -4.0
"""Log-odds end here: below, a sentence does not ask, and by how much says nothing."""
_WORD = re.compile(r"[a-z][a-z']*|[a-z]?\d+|[:?!•*]")
_VENUE = re.compile(
    r"(?:neurips|nips|icml|iclr|cvpr|iccv|eccv|kdd|emnlp|acl|siggraph|aaai|ijcai|interspeech|icra|corl|rss|naacl|osdi|sosp|usenix|ccs|sigmod|vldb)$"
)
_BESIDE = 6
"""Words before and after the first mention of papers whose place counts."""
_LEAD_CHARACTERS, _LEAD_WORDS = 120, 12
"""How far before the sentence words count: a heading, or the sentence before."""


@dataclass(frozen=True)
class Model:
    """Weights of traits, and the intercept, of the log-odds that a sentence asks."""

    weights: Mapping[str, float]
    intercept: float

    def log_odds(self, sentence: mentions.Sentence) -> float:
        """Log-odds that the sentence asks the candidate; the same whatever stands beside it in a batch."""
        get = self.weights.get
        return self.intercept + math.fsum(get(trait, 0.0) for trait in traits(sentence))


@cache
def model() -> Model:
    """The fitted model that ships with the package."""
    stored = json.loads(resources.files(__package__).joinpath("sentence_weights.json").read_text("utf-8"))
    return Model(stored["weights"], stored["intercept"])


def _words(text: str) -> list[str]:
    return ["venue" if _VENUE.match(word) else word for word in _WORD.findall(text.replace("’", "'"))]


def traits(sentence: mentions.Sentence) -> tuple[str, ...]:
    """What the regression sees of a sentence, each once: words, pairs of words, their place, whose papers, the words before it."""
    text = windows.lower(sentence.text)
    words = _words(text)
    seen = [f"word {word}" for word in words]
    seen += [f"pair {one} {other}" for one, other in itertools.pairwise(words)]
    seen += [f"first {word}" for word in words[:1]]
    seen += [f"said {name}" for name in mentions.said_of(text)]
    found = [mention for pattern in mentions.KINDS.values() if (mention := pattern.search(text))]
    if found:
        at = min(found, key=lambda mention: mention.start())
        seen += [f"before {word}" for word in _words(text[: at.start()])[-_BESIDE:]]
        seen += [f"after {word}" for word in _words(text[at.end() :])[:_BESIDE]]
    seen += [f"length {name}" for name, holds in _lengths(len(words)) if holds]
    seen += [f"lead {word}" for word in _words(windows.lower(sentence.before)[-_LEAD_CHARACTERS:])[-_LEAD_WORDS:]]
    return tuple(dict.fromkeys(seen))


def _lengths(n_words: int) -> tuple[tuple[str, bool], ...]:
    return ("below 6", n_words < 6), ("below 12", n_words < 12), ("above 30", n_words > 30)


def columns(log_odds: Sequence[float], found: Sequence[mentions.Sentence], n_texts: int) -> npt.NDArray[np.float64]:
    """`COLUMNS` of each of the texts (rows), from its sentences and their log-odds; 0 where it has none."""
    rows = np.array([sentence.row for sentence in found], dtype=np.int64)
    odds = np.array(log_odds, dtype=np.float64)
    top = np.full(n_texts, -np.inf)
    np.maximum.at(top, rows, odds)
    expected = np.bincount(rows, 1 / (1 + np.exp(-odds)), n_texts)
    return np.stack([(np.maximum(top, _LEAST) - _LEAST) / 2, 1 / (1 + np.exp(-top)), np.log1p(expected)], axis=1)


def most_asking(found: Sequence[mentions.Sentence], n_texts: int) -> list[str | None]:
    """Of each text the sentence that asks most likely, where one asks more likely than not."""
    best: dict[int, tuple[float, str]] = {}
    for sentence in found:
        odds = model().log_odds(sentence)
        if odds > best.get(sentence.row, (0.0, ""))[0]:
            best[sentence.row] = (odds, sentence.text.strip())
    return [best[row][1] if row in best else None for row in range(n_texts)]
