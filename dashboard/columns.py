"""The vacancies of a snapshot as arrays in memory, sorted by employer: what every topic page counts, once per process for all readers.

A filter change asks a page's four to seven figures anew. Over 1,000,000 vacancies each of them takes DuckDB 40 to 150 ms of CPU,
because employers are clusters and every interval groups by them; a count over coded columns takes 3 to 10. The arrays are a
projection of `vacancy`, `vacancy_skill` and `employer`, some 60 bytes a vacancy and 6 a skill asked; sample vacancies stay out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from dashboard import snapshot
from dashboard.filters import Filters
from warehouse.schema.tables import DEGREES, DS_MLE, LEVELS, MARKETS, PAY_TIERS, ROLES, SIZE_CLASSES

WHEN = "coalesce(v.posted_at, v.first_seen_at)"
MIDDLE = "(coalesce(v.pay_low_usd_year, v.pay_high_usd_year) + coalesce(v.pay_high_usd_year, v.pay_low_usd_year)) / 2"
FLAGS = ("asks_ml", "asks_software", "asks_math", "serves_models")
UNKNOWN, NO, YES = -1, 0, 1
N_VIEWS = 24  # a page looks at two or three views, each a byte a vacancy

CODED = {
    "role": ("v.role", ROLES),
    "role_strict": ("v.role_strict", ROLES),
    "level": ("v.level", LEVELS),
    "market": ("v.market", MARKETS),
    "size": ("e.size_class", SIZE_CLASSES),
    "degree_min": ("v.degree_min", DEGREES),
    "pay_tier": ("v.pay_tier", PAY_TIERS),
}
NUMBERS = {
    **{flag: f"CASE WHEN v.{flag} THEN {YES} WHEN NOT v.{flag} THEN {NO} ELSE {UNKNOWN} END::TINYINT" for flag in FLAGS},
    "has_text": "(v.language IS NOT NULL OR v.asks_ml IS NOT NULL)::TINYINT",
    "is_base": "coalesce(v.pay_kind = 'base', false)::TINYINT",
    "pay": f"{MIDDLE}::DOUBLE",
    "day": f"date_diff('day', DATE '1970-01-01', {WHEN}::DATE)::INTEGER",
    "last_seen_day": "date_diff('day', DATE '1970-01-01', v.last_seen_at::DATE)::INTEGER",
    "age_days": "CASE WHEN v.posted_at IS NULL THEN -1 ELSE greatest(date_diff('day', v.posted_at::DATE, v.last_seen_at::DATE), 0) END::INTEGER",
    "n_postings": "least(coalesce(v.n_postings, 1), 32767)::SMALLINT",
    "years_band": "CASE WHEN v.years_min < 3 THEN 0 WHEN v.years_min < 7 THEN 1 WHEN v.years_min >= 7 THEN 2 ELSE 3 END::UTINYINT",
    "is_closed": "(NOT v.is_right_censored AND v.open_days_high IS NOT NULL)::TINYINT",
    "open_days": "CASE WHEN v.is_left_truncated OR v.open_days_low IS NULL OR v.provenance <> 'crawl' THEN -1"
    " WHEN NOT v.is_right_censored AND v.open_days_high IS NOT NULL THEN round((v.open_days_low + v.open_days_high) / 2)"
    " ELSE round(v.open_days_low) END::INTEGER",
}  # fmt: skip
YEARS_BANDS = ("Under 3 years", "3 to 7 years", "7 years and more")


AT_ONCE = threading.BoundedSemaphore(2)
Counted = TypeVar("Counted")
Given = ParamSpec("Given")


def in_turn(count: Callable[Given, Counted]) -> Callable[Given, Counted]:
    """Return a count that two readers at most make at a time: each takes up to 100 MB for it, and two cores count no faster in more threads."""

    @wraps(count)
    def counted(*given: Given.args, **named: Given.kwargs) -> Counted:
        with AT_ONCE:
            return count(*given, **named)

    return counted


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few values: `codes` index `values`, and the code after the last means unknown."""

    codes: np.ndarray
    values: tuple[str | int, ...]

    def among(self, *wanted: str | int) -> np.ndarray:
        """Return for every vacancy whether its value is one of those wanted; comparing codes is ten times faster than looking them up."""
        found = np.zeros(len(self.codes), dtype=bool)
        for code, value in enumerate(self.values):
            if value in wanted:
                found |= self.codes == code
        return found

    def known(self) -> np.ndarray:
        """Return for every vacancy whether its value is known."""
        return self.codes < len(self.values)

    def flag(self, *wanted: str | int) -> np.ndarray:
        """Return for every vacancy whether its value is one of those wanted, as -1 unknown, 0 no, 1 yes."""
        return self.among(*wanted).view(np.int8) - (~self.known()).view(np.int8)


class Columns:
    """The arrays of one snapshot; place k of each belongs to the same vacancy, and vacancies of one employer are neighbours."""

    def __init__(self, path: Path) -> None:
        self.employers, self.skills = snapshot.loaded(path, EMPLOYERS), snapshot.loaded(path, SKILLS)
        sources = tuple(snapshot.loaded(path, SOURCES)["source"])
        raw = snapshot.loaded(path, _vacancies_sql(sources))
        order = np.argsort(raw["employer"].to_numpy(), kind="stable")
        read = {name: raw[name].to_numpy()[order] for name in raw.columns}
        del raw
        self.n = len(order)
        self.employer: np.ndarray = read["employer"]
        years = np.unique(read["year"])
        self.coded = {name: Coded(read[name], values) for name, (_, values) in CODED.items()}
        self.coded["source"] = Coded(read["source"], sources)
        self.coded["year"] = Coded(
            np.searchsorted(years, read["year"]).astype(np.uint8), tuple(int(year) for year in years)
        )
        self.coded["years_band"] = Coded(read["years_band"], YEARS_BANDS)
        self.flags = {name: read[name] for name in FLAGS}
        self.has_text, self.is_base, self.is_closed = (
            read[name].astype(bool) for name in ("has_text", "is_base", "is_closed")
        )
        self.pay, self.day, self.last_seen_day = read["pay"], read["day"], read["last_seen_day"]
        self.age_days, self.open_days, self.n_postings = read["age_days"], read["open_days"], read["n_postings"]
        self.asked_skill, self.asked_by = _asked(path, read["row"])
        self.asked_from = np.searchsorted(self.asked_skill, np.arange(self.skills.height + 1))
        self.sides = {name: _sides(self.coded[name]) for name in ("role", "role_strict")}
        self.is_pay_stated = _is_pay_stated(self)
        self._seen = lru_cache(maxsize=N_VIEWS)(self._is_seen)

    def rows(self, filters: Filters, leave_out: tuple[str, ...] = (), only: np.ndarray | None = None) -> np.ndarray:
        """Return the places of the vacancies in a view, ascending; filters named in `leave_out` do not narrow, `only` narrows further."""
        seen = self._seen(filters, leave_out)
        return np.flatnonzero(seen if only is None else seen & only)

    def _is_seen(self, filters: Filters, leave_out: tuple[str, ...]) -> np.ndarray:
        keep = np.ones(self.n, dtype=bool)
        for key, value in filters.chosen().items():
            if key in leave_out or key == "definition":
                continue
            column = self.coded["year" if key == "period" else key]
            keep &= column.among(int(value) if key == "period" else value)
        keep.setflags(write=False)
        return keep


def _sides(role: Coded) -> np.ndarray:
    """Return for every vacancy 1 where it is of DS/MLE, 0 where it is of SWE, -1 elsewhere."""
    modelling, software = role.among(*DS_MLE), role.among("software_engineer")
    return modelling.view(np.int8) - (~(modelling | software)).view(np.int8)


def _is_pay_stated(held: Columns) -> np.ndarray:
    """Return for every vacancy whether base pay is stated: 1, 0, or -1 where there was neither pay nor a text to look in."""
    tier = held.coded["pay_tier"]
    is_stated = held.is_base & tier.among("structured", "text")
    return np.where(is_stated, YES, np.where(tier.known() | held.has_text, NO, UNKNOWN)).astype(np.int8)


def of(path: Path) -> Columns:
    """Return the arrays of a snapshot; the first to ask waits until they are read, 3 seconds for 1,000,000 vacancies."""
    with READING:  # a page asks a hundred times; Streamlit's own cache took a twentieth of its run to answer
        return _of(path)


READING = threading.Lock()
_of = lru_cache(maxsize=1)(Columns)  # readers of an older snapshot are shown the newest at their next run


def n_distinct(ascending: np.ndarray) -> int:
    """Return how many different values an ascending array has."""
    return int(np.count_nonzero(ascending[1:] != ascending[:-1])) + 1 if len(ascending) else 0


SOURCES = "SELECT DISTINCT source FROM vacancy WHERE provenance <> 'sample' ORDER BY source"
SKILLS = "SELECT skill_id, name AS skill, category FROM skill ORDER BY skill_id"
IDS = "SELECT DISTINCT employer_id FROM vacancy WHERE provenance <> 'sample'"
EMPLOYERS = f"""
SELECT i.employer_id, e.employer_name AS employer, e.size_class AS size, e.size_source
FROM ({IDS}) i LEFT JOIN employer e USING (employer_id) ORDER BY i.employer_id
"""
VACANCIES = """
WITH ids AS (SELECT employer_id, (row_number() OVER (ORDER BY employer_id) - 1)::INTEGER AS place FROM ({ids}))
SELECT v.rowid::INTEGER AS "row", i.place AS employer, year({when})::SMALLINT AS "year", {columns}
FROM vacancy v JOIN ids i USING (employer_id) LEFT JOIN employer e USING (employer_id) WHERE v.provenance <> 'sample'
"""
ASKED = """
WITH ids AS (SELECT skill_id, (row_number() OVER (ORDER BY skill_id) - 1)::USMALLINT AS place FROM skill)
SELECT v.rowid::INTEGER AS "row", i.place AS skill FROM vacancy_skill k JOIN ids i USING (skill_id) JOIN vacancy v USING (vacancy_id)
WHERE v.provenance <> 'sample'
"""


def _code(expression: str, values: Sequence[str]) -> str:
    """Return the SQL of a column's code: the place of its value, the number of values where it is none of them."""
    cases = " ".join(f"WHEN '{value.replace(chr(39), chr(39) * 2)}' THEN {place}" for place, value in enumerate(values))
    return f"CASE {expression} {cases} ELSE {len(values)} END::UTINYINT" if values else "0::UTINYINT"


def _vacancies_sql(sources: Sequence[str]) -> str:
    columns = {name: _code(expression, values) for name, (expression, values) in CODED.items()}
    columns |= {"source": _code("v.source", sources)} | NUMBERS
    return VACANCIES.format(
        ids=IDS, when=WHEN, columns=", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    )


def _asked(path: Path, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each skill asked as the place of the skill and of its vacancy, sorted by both; `rows` are the vacancies' row numbers."""
    place_of = np.zeros(int(rows.max(initial=0)) + 1, dtype=np.int32)
    place_of[rows] = np.arange(len(rows), dtype=np.int32)
    raw = snapshot.loaded(path, ASKED)
    both = raw["skill"].to_numpy().astype(np.int64) << 32 | place_of[raw["row"].to_numpy()]
    both.sort()
    return (both >> 32).astype(np.uint16), both.astype(np.int32)  # the cast keeps the lower half
