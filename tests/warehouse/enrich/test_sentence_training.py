"""The examples that the sentence model learns from, and that it learns from no others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.enrich import asked_sentences, sentence_training, training
from warehouse.enrich.mentions import Sentence
from warehouse.enrich.sentence_training import Examples, Fitting, company_key, digest, plain, read_examples

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"


def _examples() -> Examples:
    asks = [Sentence(0, f"You read papers on {word}.", "") for word in ("birds", "birds", "tides", "tides")]
    tells = [Sentence(0, f"Our papers sell {word}.", "") for word in ("birds", "birds", "tides", "tides")]
    return Examples(
        (*asks, *tells),
        ("", "a", "b", "b", "", "a", "b", "b"),
        np.array([True] * 4 + [False] * 4),
        np.ones(8),
    )


def test_a_model_is_fitted_without_a_company_and_without_what_a_sentence_says() -> None:
    fitting = Fitting(_examples())
    tides = fitting.traits.index("word tides")
    assert fitting.fit().coef_[0][fitting.traits.index("word you")] > 0
    kept = fitting.matrix[fitting.kept({"b"}, set())]
    assert kept.shape[0] == 4
    assert kept[:, tides].sum() == 0
    without_words = fitting.kept(set(), {plain("You read papers on BIRDS")})
    assert without_words.tolist() == [False, False, True, True, True, True, True, True]
    # Written sentences are of no company: leaving out "" leaves them in.
    assert fitting.kept({""}, set()).all()


def test_traits_of_one_sentence_are_left_out() -> None:
    fitting = Fitting(_examples())
    assert "word tides" in fitting.traits
    row = fitting.matrix_of([Sentence(0, "You read papers on comets.", "")]).toarray()[0]
    known = {trait for trait, n in zip(fitting.traits, row, strict=True) if n}
    assert "word comets" not in known
    assert {"word papers", "pair read papers", "first you"} <= known


def test_what_ships_is_what_was_fitted() -> None:
    fitting = Fitting(_examples())
    fitted = fitting.fit()
    own = asked_sentences.Model(
        **{"weights": (kept := fitting.written(fitted))["weights"], "intercept": kept["intercept"]}
    )
    odds = fitted.decision_function(fitting.matrix)
    assert [own.log_odds(one) for one in fitting.examples.sentences] == pytest.approx(odds, abs=0.02)


def test_names_of_companies_and_sentences() -> None:
    assert company_key("Deep Genomics, Inc.") == company_key("deep-genomicsINC") == "deepgenomicsinc"
    assert company_key(None) == ""
    assert digest("Read papers!") == digest("  read PAPERS ") != digest("Read paper")


def test_columns_are_told_by_models_that_never_saw_the_company(monkeypatch) -> None:
    companies = [f"Maker {i // 2}" for i in range(24)]
    texts = [f"You read papers on thing{i}." if i % 2 else f"Our papers sell thing{i}." for i in range(24)]
    examples = Examples(
        tuple(Sentence(0, text, "") for text in texts),
        tuple(map(company_key, companies)),
        np.arange(24) % 2 == 1,
        np.ones(24),
    )
    fitting, left_out = Fitting(examples), []
    fit = fitting.fit
    monkeypatch.setattr(fitting, "fit", lambda *without: left_out.append(without) or fit(*without))
    postings = pl.DataFrame({"title": [""] * 24, "company": companies, "location": [""] * 24, "text": texts})
    told = training.told_apart(postings, np.ones((24, 4)), ["x", *asked_sentences.COLUMNS], fitting)
    assert len(told) == 5
    assert all((matrix[:, 0] == 1).all() for matrix in told), "other columns stay"
    for without, said in left_out:
        own = {plain(text) for text, company in zip(texts, companies, strict=True) if company_key(company) in without}
        assert own == said
    assert sum(len(without) for without, _ in left_out) == 5 * 12, "each company once in each partition"


def test_every_labelled_sentence_is_found_in_its_posting() -> None:
    if not (SHARED / "datasets" / "hn_who_is_hiring_2011_2019.parquet").is_file():
        pytest.skip("the labelled postings are not beside the project")
    examples = read_examples(SHARED)
    labelled = [json.loads(line) for line in sentence_training.LABELLED.read_text("utf-8").splitlines()]
    written = [json.loads(line) for line in sentence_training.WRITTEN.read_text("utf-8").splitlines()]
    assert len(examples.sentences) == len(labelled) + len(written)
    assert examples.is_asking.sum() == sum(line["is_asking"] for line in (*labelled, *written))
    assert sum(company == "" for company in examples.companies[: len(labelled)]) < len(labelled) / 100
    shipped = asked_sentences.model()
    fitting = Fitting(examples)
    again = fitting.written(fitting.fit())
    assert again["weights"] == pytest.approx(dict(shipped.weights), abs=0.005), (
        "run python -m warehouse.enrich.training"
    )


def test_no_labelled_sentence_of_the_fresh_labels_is_learnt_from() -> None:
    learnt = {
        (line.get("board"), line.get("posting_id"), line.get("row_2026_05"))
        for line in map(json.loads, sentence_training.LABELLED.read_text("utf-8").splitlines())
        if "board" in line or "row_2026_05" in line
    }
    folder = Path(__file__).parents[2] / "labels"
    for name in ("fresh_research_postings.jsonl", "fresh_ashby.jsonl"):
        for line in map(json.loads, (folder / name).read_text("utf-8").splitlines()):
            assert (line.get("board"), line.get("posting_id"), line.get("row_2026_05")) not in learnt
