"""Whose papers a sentence speaks of: counts traced by hand."""

import numpy as np
import polars as pl
import pytest

from warehouse.enrich.mentions import COLUMNS, counts, sentences


def _counted(*texts: str) -> np.ndarray:
    return counts(list(sentences(pl.Series(texts))), len(texts))


def _named(text: str) -> dict[str, int]:
    (row,) = _counted(text).tolist()
    return {name: count for name, count in zip(COLUMNS, row, strict=True) if count}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We sort letters. You know Python.", {}),
        (
            "Publications at NeurIPS are a plus.",
            {"sentences": 1, "sentences_of_candidate": 1, "publication_of_candidate": 1, "conference_of_candidate": 1}
            | {"publishing_asked": 2},
        ),
        (
            "Our group has written 12 papers.",
            {"sentences": 1, "sentences_of_employer": 1, "paper_of_employer": 1},
        ),
        (
            "Our group published papers at ICML.",
            {"sentences": 1, "sentences_of_employer": 1, "paper_of_employer": 1, "publication_of_employer": 1}
            | {"conference_of_employer": 1, "employers_work": 3},
        ),
        ("Read papers and build on them.", {"sentences": 1, "paper_of_duty": 1, "reading_asked": 1}),
        (
            "You write white papers for sales.",
            {"sentences": 1, "sentences_of_candidate": 1, "paper_of_trade": 1},
        ),
        ("A thesis on soil.", {"sentences": 1, "record_of_no_one": 1}),
        ("Follow the latest robotics research.", {"sentences": 1, "literature_of_duty": 1, "reading_asked": 1}),
        # Users of the product come nearer before the papers than who is sought.
        ("You help users find papers.", {"sentences": 1, "paper_of_employer": 1}),
    ],
)
def test_a_sentence_says_whose_papers_it_speaks_of(text: str, expected: dict[str, int]) -> None:
    assert _named(text) == expected


def test_sentences_are_told_apart_and_added() -> None:
    text = "Our papers won prizes.\nYou read papers; you ski.\n• Read papers"
    assert _named(text) == {
        "sentences": 3, "sentences_of_employer": 1, "sentences_of_candidate": 1,
        "paper_of_employer": 1, "paper_of_candidate": 1, "paper_of_duty": 1, "reading_asked": 2,
    }  # fmt: skip


def test_each_text_is_counted_alone() -> None:
    texts = ["Read papers.", "", "You like ärgerliche papers " + "x" * 2_000 + " our papers.", "Nothing."]
    together = _counted(*texts)
    assert [_counted(text)[0].tolist() for text in texts] == together.tolist()
    assert together.shape == (4, len(COLUMNS))
    assert together[1].sum() == together[3].sum() == 0


def test_a_sentence_at_the_end_of_what_is_looked_at_loses_no_half_of_a_word() -> None:
    lead = "wonderful " * 60
    text = f"{lead}read papers {lead}"
    (sentence,) = sentences(pl.Series([text]))
    assert set(sentence.text.split()) == {"wonderful", "read", "papers"}
    assert len(sentence.text) < len(text)
    (whole,) = sentences(pl.Series(["You read papers"]))
    assert whole.text == "You read papers"
