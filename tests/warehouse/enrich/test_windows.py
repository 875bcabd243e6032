from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from warehouse.enrich.windows import Sections, lower, texts_in, windows


@given(st.text())
def test_lower_case_keeps_every_character_at_its_place(text: str) -> None:
    lowered = lower(text)
    assert len(lowered) == len(text)
    assert all(low in (one, one.lower()) for one, low in zip(text, lowered, strict=True))


def test_lower_case_of_a_letter_that_would_grow() -> None:
    assert lower("İZMİR, 5 YEARS") == "İzmİr, 5 years"


def test_texts_of_other_languages_are_empty_and_keep_their_rows() -> None:
    postings = pl.DataFrame({"text": ["one", "zwei", "three", "四"], "language": ["en", "de", None, "ja"]})
    assert texts_in(postings, "en").to_list() == ["one", "", "three", ""]
    assert texts_in(postings, "de", "ja").to_list() == ["", "zwei", "", "四"]
    assert texts_in(postings, "fr") is None


def test_pieces_around_anchors_count_in_characters_and_leave_out_one_cut_in_half() -> None:
    texts = pl.Series(["", "größer als 5 years, Jähre", "no anchor"])
    found = list(windows(texts, ("years",), before=10, after=6, is_exact=True))
    assert [(piece.row, piece.text, piece.hits) for piece in found] == [(1, "er als 5 years,", (9,))]


def test_a_firm_heading_ends_a_wish_right_above_it_and_an_item_does_not() -> None:
    text = "Preferred experience\nMust have\n- a boat\nNice to have\nEducation: a school\nRequirements\n- a licence"
    parts = Sections(pl.Series([text]))
    assert [parts.is_preferred(0, text.encode().index(word)) for word in (b"a boat", b"a school", b"a licence")] == [
        False,
        True,
        False,
    ]
