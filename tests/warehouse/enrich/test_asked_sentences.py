"""Which sentences ask for papers: traits and sums traced by hand, and cases that no weight has seen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.enrich import asked_sentences, content, enrich
from warehouse.enrich.asked_sentences import Model, columns, model, most_asking, traits
from warehouse.enrich.mentions import Sentence

GOLD = json.loads((Path(__file__).parents[2] / "gold" / "asked_sentences.json").read_text("utf-8"))


def test_traits_of_a_sentence_by_hand() -> None:
    assert traits(Sentence(0, "ICML papers a plus", "Wishes:\n")) == (
        "word venue", "word papers", "word a", "word plus",
        "pair venue papers", "pair papers a", "pair a plus",
        "first venue",
        "said sentences", "said sentences_of_candidate", "said paper_of_candidate", "said publishing_asked", "said conference_of_candidate",
        "after papers", "after a", "after plus",
        "length below 6", "length below 12",
        "lead wishes", "lead :",
    )  # fmt: skip


def test_a_trait_seen_twice_counts_once() -> None:
    seen = traits(Sentence(0, "Papers and papers and papers.", ""))
    assert len(seen) == len(set(seen))


def test_log_odds_are_the_sum_of_the_weights() -> None:
    own = Model({"word papers": 1.5, "first read": -0.25, "word reports": 9.0}, -1.0)
    assert own.log_odds(Sentence(0, "Read papers.", "")) == 0.25


def test_columns_of_a_posting_by_hand() -> None:
    found = [Sentence(1, "", ""), Sentence(1, "", ""), Sentence(2, "", "")]
    told = columns([0.0, -9.0, -5.0], found, 3)
    coin, never, seldom = 0.5, 1 / (1 + np.exp(9)), 1 / (1 + np.exp(5))
    expected = [[0, 0, 0], [2, coin, np.log1p(coin + never)], [0, seldom, np.log1p(seldom)]]
    assert told == pytest.approx(np.array(expected))


def test_no_sentences_are_nought_everywhere() -> None:
    assert columns([], [], 2).tolist() == [[0.0, 0.0, 0.0]] * 2
    assert most_asking([], 2) == [None, None]


def test_sentences_that_no_weight_has_seen() -> None:
    told = [model().log_odds(Sentence(0, case["text"], case["before"])) > 0 for case in GOLD]
    wrong = [case["text"] for case, is_told in zip(GOLD, told, strict=True) if is_told != case["is_asking"]]
    assert len(wrong) <= len(GOLD) * 0.2, wrong


def test_cases_are_in_no_training_set() -> None:
    training = pytest.importorskip("warehouse.enrich.sentence_training")
    written = {training.plain(json.loads(line)["text"]) for line in training.WRITTEN.read_text("utf-8").splitlines()}
    digests = {json.loads(line)["sentence"] for line in training.LABELLED.read_text("utf-8").splitlines()}
    assert not [case for case in GOLD if training.plain(case["text"]) in written]
    assert not [case for case in GOLD if training.digest(case["text"]) in digests]


def test_the_sentence_that_asks_is_the_evidence() -> None:
    text = (
        "We sell maps. Our papers won prizes.\nRequirements:\n- Publications at NeurIPS or ICML are required.\n- Python"
    )
    (row,) = enrich(
        pl.DataFrame([{"id": "1", "title": "Research Scientist", "company": "", "location": "", "text": text}]),
        explain=True,
    ).iter_rows(named=True)
    assert row["asks_research"]
    assert row["asks_research_span"] == "- Publications at NeurIPS or ICML are required."


def test_each_posting_is_told_alone_to_the_last_digit() -> None:
    said = [
        "Publications at ICML wanted.",
        "We like tea.",
        "Our papers won prizes.",
        "You read papers and train models in PyTorch.",
    ]
    said += [case["text"] for case in GOLD]
    texts = ["", *(" ".join(said[k % len(said)] for k in range(i, i + 5 * i + 1, 3)) for i in range(40))]
    postings = pl.DataFrame({"title": ["Machine Learning Engineer"] * len(texts), "text": texts})
    together = content.log_odds(postings)
    for i in range(len(texts)):
        alone = content.log_odds(postings[i])
        assert {flag: odds[0] for flag, odds in alone.items()} == {flag: odds[i] for flag, odds in together.items()}


def test_weights_are_of_traits_a_sentence_can_have() -> None:
    kinds = {"word", "pair", "first", "said", "before", "after", "length", "lead"}
    assert {trait.split(" ")[0] for trait in model().weights} == kinds
    assert len(asked_sentences.COLUMNS) == 3
