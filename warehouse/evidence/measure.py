"""The trunk of every measure: what it is called, how much it rests on, what it answers for each cut."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.roles import of_role, roles_in
from warehouse.evidence.sample import Sample
from warehouse.statistics.intervals import Scale, effective_contributors, on_scale
from warehouse.statistics.resampling import Array

LEAST_VACANCIES = 30
LEAST_EMPLOYERS = 8
JUDGED_EMPLOYERS = 20
"""Employers on every side that a verdict needs: from here on nominal 95 % intervals hold the truth in 93 to 97 % of simulated markets."""
AMPLE_VACANCIES = 100
AMPLE_EMPLOYERS = 20
MOST_FAILED = 0.025
STILL = 1e-6
"""Replicates within so much of each other, of the value beyond 1, are one number told again: what differs is rounding."""
TIERS = ("structured", "text")
SCALES: dict[str, Scale] = {"share": "logit", "AUC": "logit", "ratio": "log", "days": "log", "correlation": "fisher"}
"""On which scale an estimate of a unit is about symmetric; differences and slopes of any unit as they are."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an estimate rests on: in all, and on its thinnest side (one of two groups compared)."""

    n_vacancies: int
    n_employers: int
    n_unknown: int
    least_vacancies: int
    least_employers: int
    n_effective: float = 0.0

    @property
    def is_enough(self) -> bool:
        """At least 30 vacancies and 8 employers on every side."""
        return self.least_vacancies >= LEAST_VACANCIES and self.least_employers >= LEAST_EMPLOYERS

    @property
    def is_judged(self) -> bool:
        """At least 30 vacancies and 20 employers on every side: enough for a verdict."""
        return self.is_enough and self.least_employers >= JUDGED_EMPLOYERS

    @property
    def is_ample(self) -> bool:
        """At least 100 vacancies and 20 employers on every side: enough to prefer a recent period over a longer one."""
        return self.least_vacancies >= AMPLE_VACANCIES and self.least_employers >= AMPLE_EMPLOYERS


EMPTY = Size(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A measure's value for one cut with its bootstrap replicates, shape (replicates,)."""

    size: Size
    value: float = np.nan
    replicates: Array | None = None
    value_uncorrected: float | None = None
    note: str | None = None
    ends: tuple[float, float] | None = None
    """Interval ends where they do not come from the replicates."""
    scale: Scale = "plain"
    """On which scale the replicates become an interval."""

    @property
    def is_shown(self) -> bool:
        """Enough behind it, and computable in nearly every replicate."""
        if not self.size.is_enough or not np.isfinite(self.value):
            return False
        return self.replicates is None or float(np.mean(~np.isfinite(self.replicates))) <= MOST_FAILED

    @property
    def is_judged(self) -> bool:
        """Shown, with enough employers behind it for a verdict, and with replicates that differ."""
        return self.is_shown and self.size.is_judged and not self.is_still

    @property
    def is_still(self) -> bool:
        """Whether every resample gives the same number, so that none of them says how sure it is."""
        if self.replicates is None:
            return False
        known = self.replicates[np.isfinite(self.replicates)]
        return known.size > 0 and float(np.ptp(known)) <= STILL * max(1.0, abs(self.value))


@dataclass(frozen=True, kw_only=True)
class Measure(ABC):
    """A quantity estimated from the sample.

    `label` names it for people; `unit` is one of share, share difference, share per year, ratio, days, correlation or
    a noun.
    """

    label: str
    unit: str
    uses_pay: ClassVar[bool] = False
    is_heavy: ClassVar[bool] = False
    """Whether each cut costs seconds on a large market; then single departures are tried with weight per vacancy only."""

    @property
    @abstractmethod
    def population(self) -> str:
        """The vacancies involved, as a condition on table `opening`."""

    @property
    @abstractmethod
    def method(self) -> str:
        """How it is computed, in plain words."""

    @abstractmethod
    def sql(self, cut: Cut) -> str:
        """The query that gives its raw form from the public tables."""

    @abstractmethod
    def size(self, sample: Sample, cut: Cut) -> Size:
        """What the estimate for a settled cut would rest on."""

    @abstractmethod
    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        """The answers for settled cuts, in their order."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles it can be broken down by: those of the group it is about; none where it is about one role."""
        return next((roles for text in _conditions(self) if (roles := roles_in(text))), ())

    def of_role(self, role: str) -> Measure:
        """Return the measure with its group of roles narrowed to one of them, everything else as it is."""
        return _narrowed(self, role)

    @property
    def tiers(self) -> tuple[str, ...]:
        """The pay tiers a default stands for, the preferred one first; `all` where pay plays no part."""
        return TIERS if self.uses_pay else (ALL,)

    def answers_to(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        """Return the answers for settled cuts in their order, computing cuts that differ only in name once."""
        plain = list(dict.fromkeys(cut.plain() for cut in cuts))
        found = dict(zip(plain, self._judged_by(sample, self.answers(sample, plain)), strict=True))
        return [found[cut.plain()] for cut in cuts]

    def drawn_by(self, sample: Sample) -> NDArray[np.float32]:
        """Return the weights that drew the replicates, shape (replicates, clusters)."""
        return sample.weights

    def _judged_by(self, sample: Sample, answers: Sequence[Answer]) -> list[Answer]:
        """Return the answers with the scale of their interval, and the clusters that their variance rests on as `n_effective`."""
        scaled = [
            replace(answer, scale=SCALES.get(self.unit, "plain")) if answer.scale == "plain" else answer
            for answer in answers
        ]
        shown = [k for k, answer in enumerate(scaled) if answer.replicates is not None and answer.is_shown]
        if not shown:
            return scaled
        drawn = np.column_stack([on_scale(scaled[k].replicates, scaled[k].scale) for k in shown])
        for k, n in zip(shown, effective_contributors(drawn, self.drawn_by(sample)), strict=True):
            size = scaled[k].size
            scaled[k] = replace(scaled[k], size=replace(size, n_effective=min(size.n_effective, float(n))))
        return scaled

    def settle(self, sample: Sample, cut: Cut, periods: tuple[str, ...]) -> Cut:
        """Return the first of a cut's readings that is ample, else the one whose thinnest side rests on most."""
        readings = cut.settled(periods, self.tiers)
        if len(readings) == 1:
            return readings[0]
        sizes = [
            sample.kept((self, reading.plain()), lambda reading=reading: self.size(sample, reading))
            for reading in readings
        ]
        for reading, size in zip(readings, sizes, strict=True):
            if size.is_ample:
                return reading
        best = max(range(len(readings)), key=lambda k: (sizes[k].is_enough, sizes[k].least_vacancies, -k))
        return readings[best]


_Told = TypeVar("_Told")


def _conditions(value: object) -> Iterator[str]:
    """Yield the texts in a measure's fields, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _conditions(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _conditions(getattr(value, field.name))


def _narrowed(value: _Told, role: str) -> _Told:
    """Return a value with each group of roles in its texts narrowed to one role."""
    if isinstance(value, str):
        return of_role(value, role)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_narrowed(part, role) for part in value)  # type: ignore[return-value]
    if is_dataclass(value):
        return replace(value, **{field.name: _narrowed(getattr(value, field.name), role) for field in fields(value)})  # type: ignore[type-var]
    return value


def opening_table(cut: Cut) -> str:
    """Return the table whose `role` is the cut's."""
    return "opening_strict" if cut.role_definition == "strict" else "opening"


def indented(conditions: Sequence[str]) -> str:
    """Return conditions joined by AND, one a line."""
    return "\n  AND ".join(f"({condition})" if " OR " in condition else condition for condition in conditions)
