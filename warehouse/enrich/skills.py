"""Knows which skills a posting names, and when a name that is also an everyday word is meant as technology.

Names that can mean nothing else count wherever they stand. An ambiguous name counts when it is written as a name, no
neighbouring word speaks against it, it is not the employer's own, and there is evidence: another technology beside it
in a list, or a word such as "proficient in" before or "developer" after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import cues
from warehouse.enrich.phrases import words
from warehouse.reference import skills as taxonomy

FIELDS: tuple[str, ...] = ("skills", "ambiguous_skills")

AMBIGUOUS: tuple[str, ...] = (
    "Access", "C", "Chef", "Dash", "Excel", "Express", "Go", "Julia", "Linear", "Looker", "Notion", "Puppet", "R", "Ray", "Ruby",
    "Rust", "Scala", "Segment", "Snowflake", "Spark", "Spring", "Swift", "Word",
)  # fmt: skip
"""The names of the codebook's list."""

_LIST_REACH = 3
_CUE_REACH = 4
_ROUNDS = 3
_LIST_BYTES = np.zeros(256, dtype=bool)
_LIST_BYTES[list(b",/()|;+[]&")] = True
_STOP_BYTES = np.zeros(256, dtype=bool)
_STOP_BYTES[[*b".!?\n:", 0xA2]] = True

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Rules:
    """The taxonomy as arrays: skills of each phrase, which phrases are ambiguous, and the words around them."""

    ids: npt.NDArray[np.object_]
    begin: Ints
    skill: Ints
    ambiguity: Ints
    listed: Ints
    is_rare: Bools
    folds_case: Bools
    not_after: Bools
    not_before: Bools
    speaks_before: Bools
    speaks_after: Bools
    speaks_well: Bools
    leads_in: Bools
    joins: Bools
    needs_list: Bools


@cache
def _rules() -> _Rules:
    lex = cues.lexicon()
    table = taxonomy()
    number = {skill: at for at, skill in enumerate(lex.skill_ids)}
    phrase = np.concatenate([lex.skill_phrases[skill] for skill in lex.skill_ids])
    skill = np.concatenate([np.full(len(lex.skill_phrases[name]), number[name]) for name in lex.skill_ids])
    order = np.argsort(phrase, kind="stable")
    begin = np.searchsorted(phrase[order], np.arange(len(lex.book.phrases) + 1))

    declared = cues.ambiguity()
    ambiguous = table.filter("is_ambiguous")
    names = list(ambiguous["name"])
    by_words = {words(written): at for at, written in enumerate(lex.book.phrases)}
    ambiguity = np.full(len(lex.book.phrases), -1, dtype=np.int64)
    for at, name in enumerate(names):
        ambiguity[by_words[words(name)]] = at
    vocabulary = lex.book.word_number
    not_after = np.zeros((len(names), len(vocabulary) + 1), dtype=bool)
    not_before = np.zeros_like(not_after)
    for at, name in enumerate(names):
        rule = declared.get(name)
        if rule is not None:
            not_after[at, [vocabulary[word] for word in rule.not_after]] = True
            not_before[at, [vocabulary[word] for word in rule.not_before]] = True
    speaks = declared["*"]
    speaks_before = np.zeros(len(vocabulary) + 1, dtype=bool)
    speaks_before[[vocabulary[word] for word in speaks.not_after]] = True
    speaks_after = np.zeros(len(vocabulary) + 1, dtype=bool)
    speaks_after[[vocabulary[word] for word in speaks.not_before]] = True

    def among(name: str) -> Bools:
        mask = np.zeros(len(vocabulary) + 1, dtype=bool)
        mask[[vocabulary[word] for word in declared[name].not_after]] = True
        return mask

    listed = np.full(len(lex.skill_ids), -1, dtype=np.int64)
    for name, skill_id in zip(table["name"], table["skill_id"], strict=True):
        if name in AMBIGUOUS:
            listed[number[skill_id]] = AMBIGUOUS.index(name)
    return _Rules(
        ids=np.array(lex.skill_ids, dtype=object),
        begin=begin,
        skill=skill[order],
        ambiguity=ambiguity,
        listed=listed,
        is_rare=np.array([name in declared and declared[name].is_rare for name in names]),
        folds_case=np.array([len(name) > 2 for name in names]),
        not_after=not_after,
        not_before=not_before,
        speaks_before=speaks_before,
        speaks_after=speaks_after,
        speaks_well=among("*well"),
        leads_in=among("*in"),
        joins=among("*and"),
        needs_list=np.array([name in declared and declared[name].needs_list for name in names]),
    )


def _meant(found: cues.Found, companies: pl.Series) -> Ints:
    """The hits that are skills truly meant, in order."""
    rules, hits = _rules(), found.hits
    names_skill = rules.begin[hits.phrase + 1] > rules.begin[hits.phrase]
    at = np.flatnonzero(names_skill)
    kind = rules.ambiguity[hits.phrase[at]]
    is_open = kind >= 0
    sure = at[~is_open]
    asked = at[is_open]
    kind = kind[is_open]
    if not len(asked):
        return sure

    text = hits.words
    n_words = len(text.starts)
    word = hits.first[asked]
    before, after = np.maximum(word - 1, 0), np.minimum(word + 1, n_words - 1)
    gap_before = text.starts[word] - text.ends[before]
    gap_after = text.starts[after] - text.ends[word]
    has_before = (word > 0) & (gap_before <= 3)
    has_after = (word < n_words - 1) & (gap_after <= 3)
    left, left2 = text.raw[text.starts[word] - 1], text.raw[np.maximum(text.starts[word] - 2, 0)]
    right = text.raw[text.ends[word]]
    first_byte, second_byte = (
        text.raw[text.starts[word]],
        text.raw[np.minimum(text.starts[word] + 1, len(text.raw) - 1)],
    )
    is_long = text.ends[word] - text.starts[word] > 1
    is_capital = (first_byte >= 65) & (first_byte <= 90) & ~(is_long & (second_byte >= 65) & (second_byte <= 90))
    opens_sentence = ~has_before | _STOP_BYTES[left] | _STOP_BYTES[left2]
    number_before = np.where(has_before & ~_STOP_BYTES[left2], text.numbers[before], 0)
    number_after = np.where(has_after, text.numbers[after], 0)
    follows_and = has_before & rules.joins[text.numbers[before]]
    is_listed_before = _LIST_BYTES[left] | (_LIST_BYTES[left2] & (left == 32)) | follows_and
    is_listed_after = _LIST_BYTES[right]
    blocked = (rules.not_after[kind, number_before] & ~is_listed_before) | (
        rules.not_before[kind, number_after] & ~is_listed_after & (right != 46)
    )
    blocked |= rules.needs_list[kind] & ~is_listed_before & ~is_listed_after
    blocked |= (right == 39) | (left == 39) | ((right == 0xE2) & ~is_long)
    blocked |= _is_own(hits, asked, companies)
    speaks = np.zeros(len(asked), dtype=bool)
    speaks_well = np.zeros(len(asked), dtype=bool)
    for reach in range(1, _CUE_REACH + 1):
        other = np.maximum(word - reach, 0)
        same = hits.row_first[hits.row[asked]] <= word - reach
        weight = rules.speaks_before[text.numbers[other]]
        speaks |= same & weight
        speaks_well |= same & rules.speaks_well[text.numbers[other]]
    speaks |= rules.speaks_after[number_after]
    follows_in = rules.leads_in[number_before] & speaks_well

    accepted = np.zeros(len(asked), dtype=bool)
    allowed = is_capital & ~blocked
    for _ in range(_ROUNDS):
        known = np.sort(np.concatenate([sure, asked[accepted]]))
        firsts, lasts = hits.first[known], np.maximum.accumulate(hits.last[known]) if len(known) else hits.last[known]
        previous = np.searchsorted(firsts, word) - 1
        beside_before = (
            (previous >= 0) & (word - lasts[np.maximum(previous, 0)] <= _LIST_REACH) if len(known) else accepted
        )
        following = np.searchsorted(firsts, word, side="right")
        beside_after = (
            (following < len(known)) & (firsts[np.minimum(following, len(known) - 1)] - word <= _LIST_REACH)
            if len(known)
            else accepted
        )
        beside = beside_before | beside_after
        enough = (
            beside
            | follows_in
            | (speaks & (is_listed_before | is_listed_after | rules.is_rare[kind]))
            | (rules.is_rare[kind] & ~opens_sentence)
        )
        enough &= beside | ~rules.needs_list[kind]
        fresh = (allowed & enough) | (
            ~is_capital & ~blocked & rules.is_rare[kind] & beside & (is_listed_before | is_listed_after)
        )
        if (fresh == accepted).all():
            break
        accepted = fresh
    return np.sort(np.concatenate([sure, asked[accepted]]))


def _is_own(hits, asked: Ints, companies: pl.Series) -> Bools:
    """Whether the hit is the employer's own name."""
    folded = companies.str.to_lowercase().to_list()
    own = {}
    result = np.zeros(len(asked), dtype=bool)
    lex = cues.lexicon()
    for at, (row, phrase) in enumerate(zip(hits.row[asked].tolist(), hits.phrase[asked].tolist(), strict=True)):
        key = (row, phrase)
        if key not in own:
            own[key] = lex.book.phrases[phrase].lower() in words(folded[row])
        result[at] = own[key]
    return result


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Sorted skill ids of each posting, and which names of the codebook's ambiguous list are meant as technology."""
    rules = _rules()
    found = cues.find(postings)
    hits = found.hits
    meant = _meant(found, postings["company"])
    repeats = rules.begin[hits.phrase[meant] + 1] - rules.begin[hits.phrase[meant]]
    which = np.repeat(np.arange(len(meant)), repeats)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    skill = rules.skill[rules.begin[hits.phrase[meant[which]]] + nth]
    row = hits.row[meant[which]]
    pairs = np.unique(row * len(rules.ids) + skill)
    row, skill = pairs // len(rules.ids), pairs % len(rules.ids)
    listed = rules.listed[skill]
    is_listed = listed >= 0
    ambiguous = np.unique(row[is_listed] * len(AMBIGUOUS) + listed[is_listed])
    result = pl.DataFrame(
        {
            "skills": _lists(row, skill, pl.Series(list(rules.ids)), hits.n_rows),
            "ambiguous_skills": _lists(
                ambiguous // len(AMBIGUOUS), ambiguous % len(AMBIGUOUS), pl.Series(AMBIGUOUS), hits.n_rows
            ),
        }
    )
    if explain:
        is_named = rules.listed[rules.skill[rules.begin[hits.phrase[meant]]]] >= 0
        result = result.with_columns(
            skills_span=pl.Series(hits.spans(meant, 8), dtype=pl.String),
            ambiguous_skills_span=pl.Series(hits.spans(meant[is_named], 8), dtype=pl.String),
        )
    return result


def _lists(row: Ints, value: Ints, names: pl.Series, n_rows: int) -> pl.Series:
    """One list of names per row, in the order given; `row` is sorted."""
    bounds = np.searchsorted(row, np.arange(n_rows + 1))
    flat = names.gather(value)
    return (
        pl.DataFrame({"row": row, "name": flat})
        .group_by("row", maintain_order=True)
        .agg("name")
        .join(pl.DataFrame({"row": np.arange(n_rows)}), on="row", how="right", maintain_order="right")
        .select(pl.col("name").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .to_series()
        if len(bounds)
        else pl.Series([], dtype=pl.List(pl.String))
    )
