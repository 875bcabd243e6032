"""The examples that the sentence model learns from, and that it learns from no others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.enrich import asked_sentences, sentence_training, training
from warehouse.enrich.composition import prepare
from warehouse.enrich.mentions import Sentence
from warehouse.enrich.sentence_training import Examples, Fitting, company_key, digest, plain, read_examples
from warehouse.quality import labels as label_sets

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"


def _examples() -> Examples:
    asks = [Sentence(0, f"You read papers on {word}.", "") for word in ("birds", "tides", "birds", "tides")]
    tells = [Sentence(0, f"Our papers sell {word}.", "") for word in ("birds", "tides", "birds", "tides")]
    return Examples(
        (*asks, *tells),
        ("", "", "b", "b", "a", "c", "b", "b"),
        np.array([True] * 4 + [False] * 4),
        np.ones(8),
    )


def test_a_model_is_fitted_without_a_company_and_without_what_a_sentence_says() -> None:
    fitting = Fitting(_examples())
    tides = fitting.traits.index("word tides")
    assert fitting.fit().coef_[0][fitting.traits.index("word you")] > 0
    kept = fitting.matrix[fitting.kept({"b"}, set())]
    assert kept.shape[0] == 4
    assert kept[:, tides].sum() == 2
    without_words = fitting.kept(set(), {plain("You read papers on BIRDS")})
    assert without_words.tolist() == [False, True, False, True, True, True, True, True]
    # Written sentences are of no company: leaving out "" leaves them in.
    assert fitting.kept({""}, set()).all()


def test_traits_of_one_sentence_are_left_out() -> None:
    fitting = Fitting(_examples())
    assert "word tides" in fitting.traits
    row = fitting.matrix_of([Sentence(0, "You read papers on comets.", "")]).toarray()[0]
    known = {trait for trait, n in zip(fitting.traits, row, strict=True) if n}
    assert "word comets" not in known
    assert {"word papers", "pair read papers", "first you"} <= known


def test_words_of_one_company_alone_are_left_out() -> None:
    sentences = [
        Sentence(0, text, "")
        for text in ("You read Ziggurat papers.", "You read Ziggurat papers daily.", "We sell papers.", "You read papers.", "You write papers daily.")
    ]  # fmt: skip
    fitting = Fitting(
        Examples(tuple(sentences), ("a", "a", "b", "c", ""), np.array([True, True, False, True, True]), np.ones(5))
    )
    assert not [trait for trait in fitting.traits if "ziggurat" in trait]
    assert {"word papers", "word you", "word daily"} <= set(fitting.traits)


def test_no_name_of_one_company_ships() -> None:
    shipped = {word for trait in asked_sentences.model().weights for word in trait.split(" ")[1:]}
    assert not shipped & {
        "riedel",
        "vlachos",
        "sahil",
        "sahilmanocha",
        "captricity",
        "photoroom",
        "goodnotes",
        "gradescope",
        "savingstar",
    }


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
    assert "" not in examples.companies[: len(labelled)], "only written sentences are of no company"
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
    for path in (*label_sets.FRESH_RESEARCH.values(), label_sets.FRESH_BOARDS, label_sets.FRESH_ROWS):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            named = (line.get("board"), line.get("posting_id"), line.get("row_2026_05", line.get("row")))
            assert named == (None, None, None) or named not in learnt


def test_no_text_of_the_fresh_labels_is_learnt_from() -> None:
    recordings, datasets = SHARED / "recordings" / "ashby", SHARED / "datasets"
    if not (datasets / label_sets.OF_THREADS).is_file():
        pytest.skip("the labelled postings are not beside the project")

    def said(postings: pl.DataFrame) -> list[str]:
        columns = [pl.col(name).fill_null("") for name in ("title", "company", "location", "text")]
        return [plain(text) for text in prepare(postings.select(*columns, id=pl.lit("")))["text"]]

    learnt = set(said(training.labelled(SHARED)[0]))
    fresh = [
        label_sets.read_fresh(label_sets.FRESH_BOARDS, label_sets.FRESH_ROWS, recordings, datasets / label_sets.OF_MAY),
        *(
            label_sets.read_elsewhere(path, recordings, datasets, name, is_unseen=True)
            for name, path in label_sets.FRESH_RESEARCH.items()
        ),
    ]
    for labelled in fresh:
        assert not learnt.intersection(said(labelled.postings)), labelled.label_set
