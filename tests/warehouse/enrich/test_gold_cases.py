from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.enrich import content, cues, level, reports_to, role, skills

GOLD = Path(__file__).parents[2] / "gold"


def cases(name: str) -> tuple[list[dict], pl.DataFrame]:
    """The cases of one file, and their postings as a frame of title, company, location and text."""
    lines = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()]
    columns = ("title", "company", "location", "text")
    return lines, pl.DataFrame([{column: line["posting"].get(column, "") for column in columns} for line in lines])


FLOORS = {"role": 1.0, "level": 1.0, "reports_to": 1.0}
EXTRACTORS = {"role": role, "level": level, "reports_to": reports_to}


@pytest.mark.parametrize("field", list(FLOORS))
def test_hard_cases_of_a_field(field: str) -> None:
    lines, postings = cases(field)
    found = EXTRACTORS[field].extract(postings)[field].to_list()
    wrong = [
        f"{line['posting']['title']!r}: {got!r}, not {line['label'][field]!r} ({line['why']})"
        for line, got in zip(lines, found, strict=True)
        if got != line["label"][field]
    ]
    assert 1 - len(wrong) / len(lines) >= FLOORS[field], "\n".join(wrong)


def test_ambiguous_names() -> None:
    lines, postings = cases("skills")
    found = skills.extract(postings)
    for line, names, ids in zip(lines, found["ambiguous_skills"].to_list(), found["skills"].to_list(), strict=True):
        label = line["label"]
        told = f"{line['posting']['text']!r} ({line['why']}): {names}, {ids}"
        assert sorted(names) == label["ambiguous_skills"], told
        assert set(label["skills_with"]) <= set(ids), told
        assert not set(label["skills_without"]) & set(ids), told
        assert ids == sorted(set(ids)), told


@pytest.mark.parametrize("flag", list(content.FIELDS))
def test_content_flags(flag: str) -> None:
    lines, postings = cases("content")
    found = content.extract(postings)[flag].to_list()
    truth = [line["label"][flag] for line in lines]
    both = sum(got and true for got, true in zip(found, truth, strict=True))
    f1 = 2 * both / (sum(found) + sum(truth))
    wrong = [line["posting"]["title"] for line, got in zip(lines, found, strict=True) if got != line["label"][flag]]
    assert f1 >= 0.9, wrong


@pytest.mark.parametrize("flag", list(content.FIELDS))
def test_every_true_flag_has_its_evidence(flag: str) -> None:
    _, postings = cases("content")
    found = content.extract(postings, explain=True).with_columns(postings["text"], postings["title"])
    for claimed, span, text, title in found.select(flag, f"{flag}_span", "text", "title").iter_rows():
        assert (span is not None) == claimed
        assert all(words in text or words in title for words in (span or "").split(" … "))


@pytest.mark.parametrize("flag", list(content.FIELDS))
def test_the_one_pass_over_all_flags_gives_each_regression(flag: str) -> None:
    postings = pl.concat([cases(name)[1] for name in ("role", "content")])
    coefficients, intercept, threshold = content.weights()[flag]
    expected = content.features(postings, flag) @ coefficients + intercept - threshold
    np.testing.assert_allclose(content.log_odds(postings)[flag], expected, atol=1e-9)


def test_what_the_employer_published_is_no_sign_of_what_is_asked() -> None:
    texts = {"Publications at NeurIPS are a plus.": (2, 0), "We have research papers accepted at NeurIPS.": (0, 2)}
    postings = pl.DataFrame({"title": [""] * len(texts), "text": list(texts)})
    found = cues.find(postings)
    asked, all_signs = found.count("publications_else"), found.count("research")
    told = [(int(a), int(b - a)) for a, b in zip(asked, all_signs, strict=True)]
    assert told == list(texts.values())


def test_strict_roles_agree_with_roles() -> None:
    lines, postings = cases("role")
    found = role.extract(postings)
    strict = found.filter(pl.col("role_strict").is_not_null())
    assert (strict["role"] == strict["role_strict"]).all()
    assert 0.2 < strict.height / len(lines) < 0.9


def test_flags_of_unread_texts_are_null() -> None:
    postings = pl.DataFrame(
        {
            "title": ["Data Scientist"] * 4,
            "company": ["Nordlicht Robotics"] * 4,
            "location": [""] * 4,
            "text": ["", "Wir suchen dich.", "We ask for machine learning.", "We ask for machine learning."],
            "language": [None, "de", "en", None],
        },
        schema_overrides={"language": pl.String},
    )
    known = content.extract(postings).select(pl.all().is_not_null())
    assert known.rows() == [(False,) * 6, (False,) * 6, (True,) * 6, (True,) * 6]


@pytest.mark.parametrize("module", [role, level, skills, content, reports_to], ids=lambda module: module.__name__)
def test_cutting_the_table_changes_nothing(module) -> None:
    postings = pl.concat([cases(name)[1] for name in ("role", "skills", "content", "level", "reports_to")])
    whole = module.extract(postings, explain=True)
    assert whole.height == postings.height
    for size, n in ((1, 40), (7, postings.height), (100, postings.height)):
        parts = pl.concat([module.extract(part, explain=True) for part in postings[:n].iter_slices(size)])
        assert parts.equals(whole[:n], null_equal=True)


@pytest.mark.parametrize("module", [role, level, skills, content, reports_to], ids=lambda module: module.__name__)
def test_an_empty_table_has_the_columns(module) -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(("title", "company", "location", "text"), pl.String))
    plain, explained = module.extract(empty), module.extract(empty, explain=True)
    assert plain.columns == list(module.FIELDS)
    assert explained.columns == [*module.FIELDS, *(f"{field}_span" for field in module.FIELDS)]
    assert plain.height == explained.height == 0


def test_spans_are_words_of_the_posting() -> None:
    _, postings = cases("skills")
    spans = skills.extract(postings, explain=True)["skills_span"].to_list()
    for text, span in zip(postings["text"].to_list(), spans, strict=True):
        for words in (span or "").split(" … "):
            assert words in text or words in "Software Engineer"


def test_every_level_shows_the_words_it_was_read_from() -> None:
    _, postings = cases("level")
    found = level.extract(postings, explain=True).with_columns(postings["title"], postings["text"])
    for name, span, title, text in found.select("level", "level_span", "title", "text").iter_rows():
        shown_in = [words in title or words in text for words in (span or "?").split(" … ")]
        assert all(shown_in), (name, title, span)
    shown = dict(zip(found["title"], found["level_span"], strict=True))
    assert shown["Sr. Manager, Data Science"] == "Sr. Manager"
