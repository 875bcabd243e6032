"""Knows the sentences labelled by reading, and how the model of sentences that ask for papers is fitted to them.

Two sets: sentences of postings beside the project, kept as judgements without their words (which posting, a digest of the
sentence, whether it asks), and sentences written for the purpose, about half of which ask and the other half speak of papers
in another sense. A sentence whose reader was in doubt counts less.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from warehouse.enrich import asked_sentences, mentions
from warehouse.enrich.composition import prepare
from warehouse.quality import labels as label_sets

REFERENCE = Path(__file__).parents[1] / "reference"
LABELLED, WRITTEN = REFERENCE / "sentences_of_papers.jsonl", REFERENCE / "sentences_written.jsonl"
STRENGTH = 0.3
"""Inverse of the ridge penalty."""
WRITTEN_WEIGHT, DOUBTFUL_WEIGHT = 0.5, 0.4
_LEAST_SENTENCES = 2
"""Traits of fewer sentences are left out."""
_LEAST_COMPANIES = 3
_SMALLEST_WEIGHT = 0.01
Bools = npt.NDArray[np.bool_]


def plain(sentence: str) -> str:
    """The words of a sentence alone, in lower case, by which two are the same."""
    return re.sub(r"\W+", " ", sentence.lower()).strip()


def digest(sentence: str) -> str:
    """A name for a sentence that does not tell its words."""
    return hashlib.sha256(plain(sentence).encode()).hexdigest()[:16]


def company_key(company: str | None) -> str:
    """A company's name without case, blanks and signs, as boards and postings spell it."""
    return re.sub(r"[^a-z0-9]", "", (company or "").lower())


@dataclass(frozen=True)
class Examples:
    """Labelled sentences: each with its company (empty for written ones), whether it asks and how much it counts."""

    sentences: tuple[mentions.Sentence, ...]
    companies: tuple[str, ...]
    is_asking: Bools
    weight: npt.NDArray[np.float64]


def read_examples(shared: Path) -> Examples:
    """Read both sets; `shared` holds the postings of the first. Sentences that its postings no longer have are left out."""
    lines = [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]
    gold = label_sets.read_gold(shared / "gold").postings
    given = [line for line in lines if "development" in line]
    at = {name: number for number, name in enumerate(gold["id"].to_list())}
    others, named = label_sets.postings_of(
        [line for line in lines if "development" not in line], shared / "recordings" / "ashby", shared / "datasets"
    )
    columns = ("id", "company", "title", "location", "text")
    rows = gold[[at[line["development"]] for line in given]].select(pl.col(columns).cast(pl.String))
    postings = prepare(pl.concat([others.select(pl.col(columns).cast(pl.String)), rows]).fill_null(""))
    wanted: dict[tuple[int, str], dict] = {
        (row, name): line for row, line in enumerate([*named, *given]) for name in [line["sentence"]]
    }
    found: dict[tuple[int, str], mentions.Sentence] = {}
    for sentence in mentions.sentences(postings["text"]):
        found.setdefault((sentence.row, digest(sentence.text)), sentence)
    known = [key for key in wanted if key in found]
    written = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    return Examples(
        (
            *(found[key] for key in known),
            *(mentions.Sentence(-1, line["text"], line.get("before", "")) for line in written),
        ),
        (*(company_key(postings["company"][row]) or "unnamed" for row, _ in known), *("" for _ in written)),
        np.array([wanted[key]["is_asking"] for key in known] + [line["is_asking"] for line in written]),
        np.array(
            [DOUBTFUL_WEIGHT if wanted[key].get("is_doubtful") else 1.0 for key in known]
            + [WRITTEN_WEIGHT] * len(written)
        ),
    )


def _common_words(traits: Sequence[Sequence[str]], companies: Sequence[str]) -> set[str]:
    """The words of written sentences, and those that several companies use: no name of a person or a company."""
    written: set[str] = set()
    used: dict[str, set[str]] = {}
    for own, company in zip(traits, companies, strict=True):
        words = {word for trait in own for word in trait.split(" ")[1:]}
        if not company:
            written |= words
        for word in words:
            used.setdefault(word, set()).add(company)
    return written | {word for word, users in used.items() if len(users) >= _LEAST_COMPANIES}


class Fitting:
    """The examples as a matrix of traits, fitted whole or without some companies."""

    def __init__(self, examples: Examples) -> None:
        self.examples = examples
        seen = [asked_sentences.traits(sentence) for sentence in examples.sentences]
        often = Counter(trait for traits in seen for trait in traits)
        common = _common_words(seen, examples.companies)
        self.traits = sorted(
            trait for trait, n in often.items() if n >= _LEAST_SENTENCES and common.issuperset(trait.split(" ")[1:])
        )
        self._at = {trait: number for number, trait in enumerate(self.traits)}
        self.matrix = self.matrix_of(examples.sentences)
        self._plain = np.array([plain(sentence.text) for sentence in examples.sentences])
        self._company = np.array(examples.companies)

    def matrix_of(self, sentences: Sequence[mentions.Sentence]) -> sparse.csr_matrix:
        """1 where a sentence (rows) has a trait (columns)."""
        own = [
            [self._at[trait] for trait in asked_sentences.traits(sentence) if trait in self._at]
            for sentence in sentences
        ]
        begin = np.cumsum([0, *(len(traits) for traits in own)])
        columns = np.array([number for traits in own for number in traits], dtype=np.int64)
        return sparse.csr_matrix((np.ones(len(columns)), columns, begin), shape=(len(own), len(self.traits)))

    def kept(self, without_companies: Collection[str], without_sentences: Collection[str]) -> Bools:
        """Which examples are neither of the companies (`company_key`) nor say what one of the sentences (`plain`) says."""
        is_kept = ~np.isin(self._company, [company for company in without_companies if company])
        return is_kept & ~np.isin(self._plain, list(without_sentences))

    def fit(
        self, without_companies: Collection[str] = (), without_sentences: Collection[str] = ()
    ) -> LogisticRegression:
        """Fit to the examples that are `kept`."""
        is_kept = self.kept(without_companies, without_sentences)
        fitted = LogisticRegression(C=STRENGTH, max_iter=5000)
        return fitted.fit(
            self.matrix[is_kept], self.examples.is_asking[is_kept], sample_weight=self.examples.weight[is_kept]
        )

    def written(self, fitted: LogisticRegression) -> dict:
        """What the package ships of a fitted model: weights that are not next to nothing, and the intercept."""
        weights = {
            trait: round(float(weight), 3)
            for trait, weight in zip(self.traits, fitted.coef_[0], strict=True)
            if abs(weight) >= _SMALLEST_WEIGHT
        }
        return {"intercept": round(float(fitted.intercept_[0]), 4), "weights": weights}
