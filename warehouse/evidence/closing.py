"""Measures of how long vacancies stay open, from the time they were watched."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.evidence.cuts import Cut
from warehouse.evidence.measure import EMPTY, LEAST_VACANCIES, Answer, Measure, Size, indented, opening_table
from warehouse.evidence.sample import Cells, Sample, cut_sql
from warehouse.statistics.durations import events_and_exposure, median_from_steps, steps_of, weibull_median
from warehouse.statistics.resampling import effective_employers, totals

_DAY = "86400.0"
ORIGIN = "CASE WHEN posted_at <= first_seen_at THEN posted_at WHEN NOT is_left_truncated THEN first_seen_at END"
"""When it opened: the day it was posted where the source says, else the first sighting unless it may have been open before."""
CLOSES = "source IN (SELECT DISTINCT source FROM {table} WHERE closed_at IS NOT NULL)"
"""Only sources whose closings are established: a thread never closes a vacancy."""


@dataclass(frozen=True, kw_only=True)
class MedianOpenDays(Measure):
    """Median days a vacancy stays open, among `among`.

    `closing` places a closing between the last sighting (0) and the first complete reading without the vacancy (1).
    """

    among: str
    closing: float = 0.5

    @property
    def population(self) -> str:
        return self.among

    @property
    def method(self) -> str:
        return (
            "Kaplan-Meier median over 60 steps of constant hazard. Open vacancies are right-censored; one that was posted before it was first "
            "seen enters late, at the age it was first seen at; a closing lies midway between the last sighting and the first complete reading without it."
        )

    def sql(self, cut: Cut) -> str:
        return (
            f"SELECT count(*) AS n_watched, count(closed_at) AS n_closed, median(open_days_low) FILTER (WHERE closed_at IS NOT NULL) AS median_days_of_closed\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\n  AND ({self.among}) AND {CLOSES.format(table='vacancy')}"
        )

    def _cells(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)
        query = (
            f"WITH told AS (SELECT vacancy_id, cell, n_postings::DOUBLE AS postings, closed_at IS NOT NULL AS is_event,"
            f" {ORIGIN} AS origin, first_seen_at, last_seen_at, coalesce(open_days_high - open_days_low, 0) AS gap"
            f" FROM {table} WHERE ({self.among}) AND {CLOSES.format(table=table)})"
            f" SELECT * EXCLUDE (origin, first_seen_at, last_seen_at, vacancy_id), origin IS NOT NULL AS is_told,"
            f" epoch(first_seen_at - origin) / {_DAY} AS entry, epoch(last_seen_at - origin) / {_DAY} AS low,"
            f" epoch(last_seen_at - origin) / {_DAY} + gap AS high FROM told ORDER BY vacancy_id"
        )
        return sample.kept((self.among, table, "open"), lambda: sample.cells(query))

    def _watched(self, sample: Sample, cut: Cut) -> tuple[Size, dict[str, np.ndarray]]:
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        v = {name: values[mask] for name, values in cells.values.items()} | {"employer": cells.employer[mask]}
        exits = np.where(v["is_event"] > 0, v["low"] + self.closing * (v["high"] - v["low"]), v["low"])
        used = (v["is_told"] > 0) & (exits > v["entry"])
        unknown = int((v["is_told"] == 0).sum())
        v = {name: values[used] for name, values in v.items()} | {"exit": exits[used]}
        closed = v["is_event"] > 0
        counts = np.bincount(v["employer"][closed], minlength=sample.n_employers)
        all_counts = np.bincount(v["employer"], minlength=sample.n_employers)
        size = Size(
            int(used.sum()), int(np.count_nonzero(all_counts)), unknown, int(closed.sum()), int(np.count_nonzero(counts)),
            effective_employers(counts),
        )  # fmt: skip
        weight = v["postings"] if cut.dedup == "off" else np.ones(int(used.sum()))
        if cut.weighting == "employer":
            weight = weight / np.bincount(v["employer"], weight, sample.n_employers)[v["employer"]]
        return size, v | {"weight": weight}

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._watched(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._one(sample, cut) for cut in cuts]

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        if not sample.n_employers:
            return Answer(EMPTY)
        size, v = self._watched(sample, cut)
        if not size.is_enough:
            note = f"{size.least_vacancies} closings of {size.least_employers} employers were seen; {LEAST_VACANCIES} of 8 are needed."
            return Answer(size, note=note)
        closed = v["is_event"] > 0
        ends = steps_of(v["exit"][closed])
        who, cluster = np.unique(v["employer"], return_inverse=True)
        events, exposure = events_and_exposure(v["entry"], v["exit"], closed, v["weight"], ends, cluster, len(who))
        weights = sample.weights[:, who]
        value = float(median_from_steps(events.sum(axis=0), exposure.sum(axis=0), ends))
        return Answer(size, value, median_from_steps(totals(weights, events), totals(weights, exposure), ends))


@dataclass(frozen=True, kw_only=True)
class WeibullMedianDays(MedianOpenDays):
    """The same median under a Weibull accelerated-failure model that takes the interval of a closing as it is."""

    @property
    def method(self) -> str:
        return (
            "Weibull accelerated-failure model with late entry, right and interval censoring (lifelines); the interval comes from "
            "each employer's influence on the median, resampled by employer."
        )

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        if not sample.n_employers:
            return Answer(EMPTY)
        size, v = self._watched(sample, cut)
        if not size.is_enough:
            return Answer(size)
        rows = np.column_stack([
            np.round(v["low"], 0), np.where(v["is_event"] > 0, np.round(v["high"], 0), np.inf), np.round(v["entry"], 0), v["employer"]])  # fmt: skip
        kinds, index = np.unique(rows, axis=0, return_inverse=True)
        weight = np.bincount(index.reshape(-1), v["weight"], len(kinds))
        low, high, entry, employer = kinds.T
        # a duration of whole days lies within half a day of what was rounded
        value, influence = weibull_median(
            low, np.where(np.isinf(high), high, np.maximum(high, low + 0.5)), np.minimum(entry, low), weight,
            employer.astype(np.int64), sample.n_employers,
        )  # fmt: skip
        moved = totals(sample.weights, influence[:, None])[:, 0] - influence.sum()
        return Answer(size, float(np.exp(value)), np.exp(value + moved))


def between(among: str, low: float, high: float | None) -> str:
    """Return the condition that narrows vacancies to those asking from `low` to under `high` years."""
    upper = "" if high is None else f" AND years_min < {high:g}"
    return f"{among} AND years_min >= {low:g}{upper}"
