"""Shares of vacancies that ask each skill, by part of a view, with standard errors over employers; and where a skill's vacancies lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.columns import Columns, in_turn, n_distinct


@dataclass(frozen=True, slots=True, eq=False)
class SkillShares:
    """For each skill (row) and part of a view (column): the share that asks it, its standard error, how many ask; and the parts' sizes."""

    value: np.ndarray
    error: np.ndarray
    n_asking: np.ndarray
    n_vacancies: np.ndarray
    n_employers: np.ndarray


@in_turn
def of_parts(
    columns: Columns, part: np.ndarray, n_parts: int, rows: np.ndarray, skills: Sequence[int] | None = None
) -> SkillShares:
    """Return the shares among the vacancies at `rows`, each of the part that `part` numbers, none of part -1.

    Where `skills` are given (their places), only those are counted and the shares of the others stay 0.

    A share is Σs / Σm over employers with m vacancies in the part, s of which ask the skill; its error is that of a ratio over
    clusters. Skills asked are sorted by skill and employer, so that s is the length of a run.
    """
    n_skills = columns.skills.height
    part_of = np.full(columns.n, -1, dtype=np.int8 if n_parts < 128 else np.int16)
    part_of[rows] = part
    asked_by, skill = columns.asked_by, columns.asked_skill
    if skills is not None:
        own = [slice(*columns.asked_from[place : place + 2]) for place in skills]
        asked_by, skill = (np.concatenate([whole[:0], *(whole[one] for one in own)]) for whole in (asked_by, skill))
    asked_in = part_of[asked_by]
    kept = np.flatnonzero(asked_in >= 0)
    asked_in, skill = asked_in[kept], skill[kept]
    employer = columns.employer[asked_by[kept]]
    shape = (n_skills, n_parts)
    value, error, n_asking = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    n_vacancies, n_employers = np.zeros(n_parts, dtype=np.int64), np.zeros(n_parts, dtype=np.int64)
    for place in range(n_parts):
        m = np.bincount(
            columns.employer[rows[np.flatnonzero(part == place)]], minlength=columns.employers.height
        ).astype(np.float64)
        n, clusters = m.sum(), int(np.count_nonzero(m))
        n_vacancies[place], n_employers[place] = n, clusters
        if not n:
            continue
        here = np.flatnonzero(asked_in == place)
        starts, lengths = runs(skill[here], employer[here])
        of_skill, s = skill[here[starts]], lengths.astype(np.float64)
        sums, squares, crossed = (
            np.bincount(of_skill, weights=weights, minlength=n_skills)
            for weights in (s, s * s, s * m[employer[here[starts]]])
        )
        share = sums / n
        spread = (
            np.maximum(squares - 2 * share * crossed + share**2 * float(np.square(m).sum()), 0)
            * clusters
            / max(clusters - 1, 1)
        )
        value[:, place], error[:, place], n_asking[:, place] = share, np.sqrt(spread) / n, sums
    return SkillShares(value, error, n_asking, n_vacancies, n_employers)


def runs(*keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where runs of equal keys start, and how long they are."""
    n = len(keys[0])
    changes = np.zeros(max(n - 1, 0), dtype=bool)
    for key in keys:
        changes |= key[1:] != key[:-1]
    starts = np.concatenate((np.zeros(min(n, 1), dtype=np.int64), np.flatnonzero(changes) + 1))
    return starts, np.diff(starts, append=n)


@in_turn
def n_asking(columns: Columns, rows: np.ndarray) -> np.ndarray:
    """Return, for each skill, how many of the vacancies at `rows` ask it."""
    is_seen = np.zeros(columns.n, dtype=bool)
    is_seen[rows] = True
    kept = np.flatnonzero(is_seen[columns.asked_by])
    return np.bincount(columns.asked_skill[kept], minlength=columns.skills.height)


@in_turn
def amounts(columns: Columns, amount: np.ndarray, rows: np.ndarray) -> list[tuple[int, np.ndarray, int]]:
    """Return, for each skill that vacancies at `rows` ask, its place, their amounts and the number of their employers.

    `amount` goes with `rows`.
    """
    known = np.flatnonzero(~np.isnan(amount))
    is_known, amount_of = np.zeros(columns.n, dtype=bool), np.empty(columns.n)
    is_known[rows[known]], amount_of[rows[known]] = True, amount[known]
    kept = np.flatnonzero(is_known[columns.asked_by])
    skill, vacancy = columns.asked_skill[kept], columns.asked_by[kept]
    asked, employer = amount_of[vacancy], columns.employer[vacancy]
    starts, lengths = runs(skill)
    return [
        (int(skill[start]), asked[start : start + length], n_distinct(employer[start : start + length]))
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True)
    ]
