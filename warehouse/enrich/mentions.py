"""Knows whose papers a posting speaks of, told sentence by sentence: the candidate's, the employer's, or a trade's.

An advertisement asks for publications, boasts of its own, or sells a product made of them, in much the same words; what
differs is the nearest word before them that says who.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import windows

# Every pattern begins at a word: alternatives tried at each character instead took five times as long.
KINDS: dict[str, re.Pattern[str]] = {
    "paper": re.compile(r"\b(?:papers?\b|arxiv)"),
    "publication": re.compile(
        r"\b(?:publications?\b|publish(?:ed|ing)? [\w ,]{0,40}(?:paper|research|conference|journal|result|finding|work)"
        r"|peer[- ]review|first[- ]author|manuscript|journals?\b)"
    ),
    "conference": re.compile(r"\b(?:neurips|nips\b|icml\b|iclr\b|cvpr\b|kdd\b|emnlp|acl\b|siggraph|conferences?\b)"),
    "literature": re.compile(
        r"\b(?:literature\b|(?:latest|recent|cutting[- ]edge|new|newest|published|state[- ]of[- ]the[- ]art|current)\b[\w ,]{0,25} research\b)"
    ),
    "record": re.compile(
        r"\b(?:academic (?:\w+ )?(?:record|research|contribution|publication|community|conference)|thesis\b"
        r"|research (?:record|track|community|results|excellence|contribution)|record of [\w ]{0,25}research)"
    ),
}  # fmt: skip
OWNERS = ("trade", "candidate", "employer", "duty", "no_one")
"""Whose: of trade, press or accounts; of who is sought; of who seeks, its users and its staff; of a line that begins with
a verb; or said of nobody."""
_ANCHORS = (
    "paper", "arxiv", "publication", "publish", "peer-review", "peer review", "first-author", "first author", "manuscript", "journal",
    "neurips", "nips", "icml", "iclr", "cvpr", "kdd", "emnlp", " acl", "siggraph", "conference", "literature", " research", "academic", "thesis",
)  # fmt: skip
_BYTES_BEFORE, _BYTES_AFTER = 300, 200
_BLANK = re.compile(r"\s")
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?;])\s+|[•●▪]")
_CANDIDATE = re.compile(
    r"\b(?:you(?:r|['’](?:re|ve|ll))?\b|candidates?\b|applicants?\b|ability\b|able to\b|experienc|familiar|track record|plus\b|bonus|preferred"
    r"|desir|must\b|should\b|looking for|ideal|comfortable|interest(?:ed)? in|passion|nice to have|required?\b|proven|demonstrated|strong\b"
    r"|knowledge of|understanding of|proficien|excited)"
)  # fmt: skip
_EMPLOYER = re.compile(
    r"\b(?:we(?:['’](?:re|ve))?\b|our\b|us\b|team (?:has|have|is|of|members|includes|comprises)|founders?\b|founded\b|company|everybody\b|they\b"
    r"|their\b|backed by|published by|researchers (?:who|from|at)|(?:was|has been|have been) published|users?\b|customers?\b|platform|academia"
    r"|universit(?:y|ies)|scientists (?:to|can|who)|products?\b|\d+ ?(?:million|[mk]\b))"
)  # fmt: skip
_TRADE = re.compile(
    r"\b(?:white ?papers?|position papers?|trade (?:publications|journals)|marketing|sales\b|press\b|media\b|blog|content\b|journal entr|accounting"
    r"|booth|events?\b|industry conferences|webinar|podcast|newsletter|sponsor)"
)  # fmt: skip
_VERB_FIRST = re.compile(
    r"\W*(?:read|implement|publish|contribute|present|stay|keep|follow|review|write|conduct|lead|develop|collaborate|drive|translate|draft|prepare|author"
    r"|submit|design|perform|explore|participate|survey|research|work|help|monitor|apply|support|assist|evaluate|build|define|create|identify|track|bring"
    r"|turn|mentor|represent|communicate|share|document|summari[sz]e|analy[sz]e)(?:s|ing|e)?\b"
)  # fmt: skip
_READING = re.compile(
    r"\b(?:read|implement|reproduc|replicat|translat|keep up|stay(?:ing)? (?:up|on|abreast|current)|abreast|follow|digest|review)"
)
_PUBLISHING = re.compile(r"\b(?:publish|publication|author|submit|present|neurips|nips\b|icml\b|cvpr\b|manuscript)")

COLUMNS = (
    *(f"{kind}_of_{owner}" for kind in KINDS for owner in OWNERS),
    "reading_asked", "publishing_asked", "employers_work", "sentences_of_candidate", "sentences_of_employer", "sentences",
)  # fmt: skip
_AT = {name: number for number, name in enumerate(COLUMNS)}
_ANCHOR = re.compile("|".join(anchor.strip() for anchor in _ANCHORS))
_MOST = 60
"""Counts end here, far above what a posting says."""


class Sentence(NamedTuple):
    """A sentence of text `row` that speaks of papers, as written, and what stands before it in the piece looked at."""

    row: int
    text: str
    before: str


def sentences(texts: pl.Series) -> Iterator[Sentence]:
    """The sentences of each plain text that speak of papers, publications, conferences or literature, in order."""
    for piece in windows.windows(texts, _ANCHORS, before=_BYTES_BEFORE, after=_BYTES_AFTER):
        text = _whole_words(piece, texts[piece.row])
        lowered, begin = windows.lower(text), 0
        ends = [(end.start(), end.end()) for end in _SENTENCE_END.finditer(text)]
        for end, onward in (*ends, (len(text), len(text))):
            said = lowered[begin:end]
            if _ANCHOR.search(said) and any(pattern.search(said) for pattern in KINDS.values()):
                yield Sentence(piece.row, text[begin:end], text[:begin])
            begin = onward


def _whole_words(piece: windows.Window, text: str) -> str:
    """The piece without the halves of words at its ends."""
    own, is_cut = piece.text, piece.start + len(piece.text.encode()) < len(text.encode())
    if is_cut and (last := _BLANK.search(own[::-1])):
        own = own[: len(own) - last.end()]
    return own[first.end() :] if piece.start and (first := _BLANK.search(own)) else own


def counts(found: Sequence[Sentence], n_texts: int) -> npt.NDArray[np.int64]:
    """Count, in each of the texts (rows), the sentences found in them by kind and whose (columns: `COLUMNS`)."""
    table = np.zeros((n_texts, len(COLUMNS)), dtype=np.int64)
    for sentence in found:
        for name in said_of(windows.lower(sentence.text)):
            table[sentence.row, _AT[name]] += 1
    return np.minimum(table, _MOST)


def said_of(sentence: str) -> list[str]:
    """The columns that a sentence in lower case counts towards; empty where it does not speak of papers."""
    mentions = {kind: mention for kind, pattern in KINDS.items() if (mention := pattern.search(sentence))}
    if not mentions:
        return []
    candidate = [sign.start() for sign in _CANDIDATE.finditer(sentence)]
    employer = [sign.start() for sign in _EMPLOYER.finditer(sentence)]
    is_trade, is_duty = _TRADE.search(sentence) is not None, _VERB_FIRST.match(sentence) is not None
    is_reading, is_publishing = _READING.search(sentence) is not None, _PUBLISHING.search(sentence) is not None
    said = ["sentences"]
    if bool(candidate) != bool(employer):
        said.append("sentences_of_candidate" if candidate else "sentences_of_employer")
    for kind, mention in mentions.items():
        owner = "trade" if is_trade else _owner(mention, candidate, employer, is_duty)
        said.append(f"{kind}_of_{owner}")
        if owner in {"candidate", "duty", "no_one"}:
            said += ["reading_asked"] * is_reading + ["publishing_asked"] * is_publishing
        elif owner == "employer" and (is_reading or is_publishing):
            said.append("employers_work")
    return said


def _owner(mention: re.Match[str], candidate: list[int], employer: list[int], is_duty: bool) -> str:
    """Whoever is named nearest before the mention, or else nearest after it; a line's verb goes before the candidate."""
    at, end = mention.span()
    signs = [(sign, "candidate") for sign in candidate] + [(sign, "employer") for sign in employer]
    before = [(at - sign, who) for sign, who in signs if sign < at]
    after = [(sign - end, who) for sign, who in signs if sign >= end]
    if before and min(before)[1] == "employer":
        return "employer"
    if is_duty:
        return "duty"
    nearest = before or after
    return min(nearest)[1] if nearest else "no_one"
