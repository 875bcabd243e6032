"""Knows which skills a posting names, and when a name that is also an everyday word is meant as technology.

Names that can mean nothing else count wherever they stand. An ambiguous name counts when it is written as a name, no
neighbouring word speaks against it, it is not the employer's own, no list of companies holds it ("customers like"), and
there is evidence: another technology beside it in a list, or a word such as "proficient in" before or "developer" after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import cues
from warehouse.enrich.phrases import MAX_GAP_BYTES, Hits, words
from warehouse.reference import skills as taxonomy

FIELDS: tuple[str, ...] = ("skills", "ambiguous_skills")

AMBIGUOUS: tuple[str, ...] = (
    "Access", "C", "Chef", "Dash", "Excel", "Express", "Go", "Julia", "Linear", "Looker", "Notion", "Puppet", "R", "Ray", "Ruby",
    "Rust", "Scala", "Segment", "Snowflake", "Spark", "Spring", "Swift", "Word",
)  # fmt: skip
"""The names of the codebook's list."""

_LIST_REACH = 3
_CUE_REACH = 4
_NAMES_REACH = 12
_ROUNDS = 3
_FIRST_BYTE_OF_QUOTE = 0xE2
_LIST_BYTES = np.zeros(256, dtype=bool)
_LIST_BYTES[list(b",/()|;+[]&")] = True
_SENTENCE_END = re.compile(rb"[.!?;]\s|\n")
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
    needs_dot: Bools
    not_after: Bools
    not_before: Bools
    speaks_before: Bools
    speaks_after: Bools
    speaks_well: Bools
    leads_in: Bools
    joins: Bools
    needs_list: Bools
    is_kin: Bools
    kin: Bools
    needs_kin: Bools
    names_others: Bools
    has_listed: Bools
    own_names: dict[int, frozenset[str]]
    """For each ambiguous phrase its own word and the employers whose product it is."""


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
    not_before, kin = np.zeros_like(not_after), np.zeros_like(not_after)
    for at, name in enumerate(names):
        rule = declared.get(name)
        if rule is not None:
            not_after[at, [vocabulary[word] for word in rule.not_after]] = True
            not_before[at, [vocabulary[word] for word in rule.not_before]] = True
            kin[at, [vocabulary[word] for word in rule.kin]] = True
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
        needs_dot=np.array([phrase.startswith(".") for phrase in lex.book.phrases]),
        not_after=not_after,
        not_before=not_before,
        speaks_before=speaks_before,
        speaks_after=speaks_after,
        speaks_well=among("*well"),
        leads_in=among("*in"),
        joins=among("*and"),
        needs_list=np.array([name in declared and declared[name].needs_list for name in names]),
        is_kin=among("*kin"),
        kin=kin,
        needs_kin=kin.any(axis=1),
        names_others=lex.phrases_of("others_named"),
        own_names={
            by_words[words(name)]: frozenset({lex.book.phrases[by_words[words(name)]].lower()})
            | (declared[name].owners if name in declared else frozenset())
            for name in names
        },
        has_listed=np.bincount(phrase, listed[skill] >= 0, len(lex.book.phrases)) > 0,
    )


@dataclass(frozen=True)
class _Surroundings:
    """What stands around each of some one-word hits: numbers of the words beside (0: none near), bytes beside."""

    before: Ints
    after: Ints
    is_name: Bools
    opens_sentence: Bools
    listed_before: Bools
    listed_after: Bools
    is_part: Bools
    ends_sentence: Bools


def _surroundings(hits: Hits, asked: Ints) -> _Surroundings:
    rules, text = _rules(), hits.words
    word = hits.first[asked]
    start, end = text.starts[word], text.ends[word]
    before, after = np.maximum(word - 1, 0), np.minimum(word + 1, len(text.starts) - 1)
    has_before = (word > 0) & (start - text.ends[before] <= MAX_GAP_BYTES)
    has_after = (after > word) & (text.starts[after] - end <= MAX_GAP_BYTES)
    left, left2, right = text.raw[start - 1], text.raw[start - 2], text.raw[end]
    next_right = text.raw[end + 1]
    is_long = end - start > 1
    is_all_capitals = is_long & _is_capital(text.raw[start + 1])
    parted = _STOP_BYTES[left] | _STOP_BYTES[left2]
    number_before = np.where(has_before & ~_STOP_BYTES[left2], text.numbers[before], 0)
    follows_and = rules.joins[np.where(has_before, text.numbers[before], 0)]
    return _Surroundings(
        before=number_before,
        after=np.where(has_after, text.numbers[after], 0),
        is_name=_is_capital(text.raw[start]) & ~is_all_capitals,
        opens_sentence=~has_before | parted,
        listed_before=_LIST_BYTES[left] | (_LIST_BYTES[left2] & (left == ord(" "))) | follows_and,
        listed_after=_LIST_BYTES[right]
        | ((right == ord(" ")) & (next_right == ord("(")))
        | rules.joins[np.where(has_after, text.numbers[after], 0)],
        is_part=(right == ord("'"))
        | (left == ord("'"))
        | ((right == _FIRST_BYTE_OF_QUOTE) & ~is_long)
        | (~is_long & (right == ord(".")) & _is_capital(next_right))
        | (~is_long & (left == ord("/")) & (text.ends[before] - text.starts[before] == 1)),
        ends_sentence=right == ord("."),
    )


def _is_capital(letters: npt.NDArray[np.uint8]) -> Bools:
    return (letters >= ord("A")) & (letters <= ord("Z"))


def _beside(hits: Hits, asked: Ints, known: Ints) -> Bools:
    """For each hit, whether one of `known` (in order) stands within `_LIST_REACH` words of it, in the same posting."""
    if not len(known):
        return np.zeros(len(asked), dtype=bool)
    word, row = hits.first[asked], hits.row[asked]
    first, last = hits.first[known], np.maximum.accumulate(hits.last[known])
    following = np.searchsorted(first, word, side="right")
    previous = np.searchsorted(first, word) - 1
    near_before = (previous >= 0) & (word - last[np.maximum(previous, 0)] <= _LIST_REACH)
    near_before &= hits.row[known[np.maximum(previous, 0)]] == row
    next_known = np.minimum(following, len(known) - 1)
    near_after = (
        (following < len(known)) & (first[next_known] - word <= _LIST_REACH) & (hits.row[known[next_known]] == row)
    )
    return near_before | near_after


def _meant(hits: Hits, companies: pl.Series) -> Ints:
    """The hits of a chunk that are skills truly meant, in order."""
    rules = _rules()
    at = np.flatnonzero(rules.begin[hits.phrase + 1] > rules.begin[hits.phrase])
    at = at[~rules.needs_dot[hits.phrase[at]] | (hits.words.raw[hits.words.starts[hits.first[at]] - 1] == ord("."))]
    kind = rules.ambiguity[hits.phrase[at]]
    is_company = rules.has_listed[hits.phrase[at]]
    is_company[is_company] = _among_companies(hits, at[is_company])
    at, kind = at[~is_company], kind[~is_company]
    sure, asked, kind = at[kind < 0], at[kind >= 0], kind[kind >= 0]
    if not len(asked):
        return sure
    around = _surroundings(hits, asked)
    is_listed = around.listed_before | around.listed_after
    blocked = rules.not_after[kind, around.before] & ~around.listed_before
    # "Rust or Go for tooling": what stands in a list of tools may be followed by anything.
    is_everyday = rules.not_before[kind, around.after] & ~around.listed_after & ~around.ends_sentence

    speaks = rules.speaks_after[around.after]
    speaks_well = np.zeros(len(asked), dtype=bool)
    near_tool, near_kin = np.zeros((2, len(asked)), dtype=bool)
    numbers = hits.words.numbers
    word, row_first = hits.first[asked], hits.row_first[hits.row[asked]]
    row_end = np.append(hits.row_first[1:], len(numbers))[hits.row[asked]]
    for reach in range(1, _CUE_REACH + 1):
        number = np.where(row_first <= word - reach, numbers[np.maximum(word - reach, 0)], 0)
        following = np.where(word + reach < row_end, numbers[np.minimum(word + reach, len(numbers) - 1)], 0)
        speaks |= rules.speaks_before[number]
        speaks_well |= rules.speaks_well[number]
        near_tool |= rules.is_kin[number] | rules.is_kin[following]
        near_kin |= rules.kin[kind, number] | rules.kin[kind, following]
    blocked = np.where(rules.needs_kin[kind], ~near_kin, blocked)
    blocked |= around.is_part | (rules.needs_list[kind] & ~is_listed) | _is_own(hits, asked, companies)
    is_rare = rules.is_rare[kind]
    alone = (
        (rules.leads_in[around.before] & speaks_well)
        | (speaks & (is_listed | is_rare))
        | (is_rare & ~around.opens_sentence)
    ) & ~rules.needs_list[kind]

    is_tool = around.is_name & ~rules.needs_list[kind]
    near_tool &= rules.needs_list[kind] & is_listed
    accepted = np.zeros(len(asked), dtype=bool)
    for _ in range(_ROUNDS):
        beside = near_tool | _beside(hits, asked, np.sort(np.concatenate([sure, asked[accepted]])))
        fresh = np.where(around.is_name, beside | alone, is_rare & beside & is_listed)
        fresh &= ~blocked & ~(is_everyday & ~(beside & around.listed_before & is_tool))
        if (fresh == accepted).all():
            break
        accepted = fresh
    return np.sort(np.concatenate([sure, asked[accepted]]))


def _among_companies(hits: Hits, asked: Ints) -> Bools:
    """Whether words such as "customers like" or "engineers from" stand up to `_NAMES_REACH` words before, in the sentence."""
    signs = np.flatnonzero(_rules().names_others[hits.phrase])
    found = np.zeros(len(asked), dtype=bool)
    if not len(signs) or not len(asked):
        return found
    text, word = hits.words, hits.first[asked]
    last = hits.last[signs[np.maximum(np.searchsorted(hits.first[signs], word) - 1, 0)]]
    near = (last < word) & (word - last <= _NAMES_REACH) & (last >= hits.row_first[hits.row[asked]])
    for at in np.flatnonzero(near):
        # Two bytes on: a sign may end with the dot of "e.g.".
        between = text.raw[text.ends[last[at]] + 2 : text.starts[word[at]]].tobytes()
        found[at] = _SENTENCE_END.search(between) is None
    return found


def _is_own(hits: Hits, asked: Ints, companies: pl.Series) -> Bools:
    """Whether the hit is (part of) the employer's own name or, by `owners`, that of its product."""
    names = _rules().own_names
    wanted = hits.row[asked]
    own = {row: set(words(companies[row])) for row in np.unique(wanted).tolist()}
    pairs = zip(hits.phrase[asked].tolist(), wanted.tolist(), strict=True)
    return np.array([not names[phrase].isdisjoint(own[row]) for phrase, row in pairs], dtype=bool)


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Sorted skill ids of each posting, and which names of the codebook's ambiguous list are meant as technology.

    Null where there is no text: what a title names is not what the posting asks.
    """
    rules = _rules()
    rows: list[Ints] = []
    skills: list[Ints] = []
    spans: list[str | None] = []
    named_spans: list[str | None] = []
    row_first = 0
    for hits in cues.find(postings).chunks:
        meant = _meant(hits, postings["company"].slice(row_first, hits.n_rows))
        repeats = rules.begin[hits.phrase[meant] + 1] - rules.begin[hits.phrase[meant]]
        which = np.repeat(np.arange(len(meant)), repeats)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        skills.append(rules.skill[rules.begin[hits.phrase[meant[which]]] + nth])
        rows.append(hits.row[meant[which]] + row_first)
        if explain:
            is_named = rules.listed[rules.skill[rules.begin[hits.phrase[meant]]]] >= 0
            spans += hits.spans(meant, 8)
            named_spans += hits.spans(meant[is_named], 8)
        row_first += hits.n_rows
    pairs = _distinct(np.concatenate(rows) * len(rules.ids) + np.concatenate(skills))
    row, skill = pairs // len(rules.ids), pairs % len(rules.ids)
    listed = rules.listed[skill]
    is_listed = listed >= 0
    named = _distinct(row[is_listed] * len(AMBIGUOUS) + listed[is_listed])
    result = pl.DataFrame(
        {
            "skills": _lists(row, pl.Series(list(rules.ids)).gather(skill), postings.height),
            "ambiguous_skills": _lists(
                named // len(AMBIGUOUS), pl.Series(AMBIGUOUS).gather(named % len(AMBIGUOUS)), postings.height
            ),
        }
    )
    if explain:
        result = result.with_columns(
            skills_span=pl.Series(spans, dtype=pl.String), ambiguous_skills_span=pl.Series(named_spans, dtype=pl.String)
        )
    has_text = postings["text"].str.len_bytes() > 0
    return result if has_text.all() else result.select(pl.when(has_text).then(pl.all()))


def _distinct(values: Ints) -> Ints:
    """The distinct values in order."""
    ordered = np.sort(values)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _lists(row: Ints, names: pl.Series, n_rows: int) -> pl.Series:
    """One list of names per row, in the order given; `row` is sorted."""
    return (
        pl.DataFrame({"row": row, "name": names})
        .group_by("row", maintain_order=True)
        .agg("name")
        .join(pl.DataFrame({"row": np.arange(n_rows)}), on="row", how="right", maintain_order="right")
        .select(pl.col("name").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .to_series()
    )
