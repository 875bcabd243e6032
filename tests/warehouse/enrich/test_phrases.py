from __future__ import annotations

import itertools
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.enrich.phrases import CHUNK_ROWS, MAX_GAP_BYTES, Book, expand, words

PHRASES = (
    "go",
    "go to market",
    "c",
    "c++",
    "machine learning",
    "machine learning engineer",
    "learning",
    "r&d",
    "node.js",
)
_TEXT = st.text(alphabet="goto marketcin+.,-/&RDlerhjs \n–é", max_size=60) | st.lists(
    st.sampled_from([*PHRASES, "to", "market", "Go", "MACHINE", " ", ", ", " – ", "\n\n", "...."]), max_size=12
).map(" ".join)


def _found(titles: list[str], texts: list[str]) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = []
    for hits in Book(PHRASES).find(pl.Series(titles, dtype=pl.String), pl.Series(texts, dtype=pl.String)):
        rows += [[] for _ in range(hits.n_rows)]
        for at in range(len(hits.phrase)):
            rows[hits.row[at] - hits.n_rows].append((PHRASES[hits.phrase[at]], hits.text(at)))
    return rows


def _slowly(text: str) -> list[str]:
    """Every phrase at every place, by looking at each word of each text."""
    spans = [
        (match.group().lower(), match.start(), match.end()) for match in re.finditer(rb"[A-Za-z0-9+#&]+", text.encode())
    ]
    found = []
    for at in range(len(spans)):
        for phrase in PHRASES:
            parts = [part.encode() for part in words(phrase)]
            run = spans[at : at + len(parts)]
            gaps = [after[1] - before[2] for before, after in itertools.pairwise(run)]
            if [word for word, _, _ in run] == parts and all(gap <= MAX_GAP_BYTES for gap in gaps):
                found.append(phrase)
    return sorted(found)


@settings(deadline=None)
@given(st.lists(st.tuples(_TEXT, _TEXT), max_size=5))
def test_finds_what_a_slow_reader_finds(rows: list[tuple[str, str]]) -> None:
    found = _found([title for title, _ in rows], [text for _, text in rows])
    for (title, text), hits in zip(rows, found, strict=True):
        assert sorted(phrase for phrase, _ in hits) == sorted(_slowly(title) + _slowly(text))


@settings(deadline=None)
@given(st.lists(_TEXT, min_size=2, max_size=6), st.integers(0, 6))
def test_a_row_is_read_alone(texts: list[str], cut: int) -> None:
    titles = ["Engineer"] * len(texts)
    assert _found(titles, texts) == _found(titles[:cut], texts[:cut]) + _found(titles[cut:], texts[cut:])


def test_chunks_follow_each_other() -> None:
    texts = [f"{'x ' * (row % 7)}machine learning {row}" for row in range(2 * CHUNK_ROWS + 3)]
    chunks = Book(PHRASES).find(pl.Series(["Go"] * len(texts)), pl.Series(texts))
    assert [hits.n_rows for hits in chunks] == [CHUNK_ROWS, CHUNK_ROWS, 3]
    assert [at for hits in chunks for at in hits.at[hits.phrase == 4]] == [row % 7 for row in range(len(texts))]
    assert [n for hits in chunks for n in hits.n_words] == [1 + row % 7 + 3 for row in range(len(texts))]
    assert all(hits.in_title.sum() == hits.n_rows for hits in chunks)


def test_phrases_stop_at_gaps_titles_and_rows() -> None:
    assert _found(["machine", "learning"], ["learning", ""]) == [[("learning", "learning")], [("learning", "learning")]]
    assert _found([""], ["machine .... learning"]) == [[("learning", "learning")]]
    assert [phrase for phrase, _ in _found([""], ["machine-learning"])[0]] == ["machine learning", "learning"]


def test_written_words_are_kept() -> None:
    assert _found([""], ["GO, Node JS and C++!"]) == [[("go", "GO"), ("node.js", "Node JS"), ("c++", "C++")]]


def test_patterns_expand() -> None:
    assert expand("(train|tune) model(s)") == ["train model", "train models", "tune model", "tune models"]
    assert expand("(a|) b") == ["a b", "b"]


@pytest.mark.parametrize(("phrases", "says"), [(["–"], "no word"), (["node.js", "Node JS"], "same words")])
def test_a_bad_book_says_what_to_do(phrases: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Book(phrases)
