"""Measures of supply over demand: people who seek work in a forum for each opening posted there in the same months."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.measure import EMPTY, Answer, Measure, Size
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.evidence.roles import any_of
from warehouse.evidence.sample import MONTHS, REAL, Cells, Grid, Sample
from warehouse.schema.tables import ROLES
from warehouse.statistics.intervals import on_scale, welch_effective
from warehouse.statistics.resampling import Array, effective_employers, employer_weights, ratio, totals

MONTH = "date_trunc('month', first_seen_at)::DATE"
HAS_SEEKERS = "(source, date_trunc('month', first_seen_at)::DATE) IN (SELECT (source, month_on) FROM supply_month)"
"""The forums and months in which people who seek work were counted."""


@dataclass(frozen=True, kw_only=True)
class SupplyRatio(Measure):
    """(seekers ÷ openings) of some roles over (seekers ÷ openings) of others, same forum and months.

    Openings are resampled by employer and seekers by month, each independently. Seekers are not told by market or
    employer size, so cuts by these have no answer.
    """

    sought: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def population(self) -> str:
        return any_of("role", (*self.sought, *self.against))

    @property
    def roles(self) -> tuple[str, ...]:
        return self.sought if len(self.sought) > 1 else ()

    def of_role(self, role: str) -> SupplyRatio:
        return replace(self, sought=(role,))

    @property
    def method(self) -> str:
        return (
            "Seekers for each opening of the one kind over seekers for each opening of the other, in the forums and months that have "
            "both counts. Openings are resampled by employer and corrected for misread roles, seekers are resampled by month."
        )

    def sql(self, cut: Cut) -> str:
        first, second = any_of("role", self.sought), any_of("role", self.against)
        where = "" if cut.source_set == ALL else f" AND source = '{cut.source_set}'"
        where += f" AND year(month_on) = {cut.period}" if cut.period.isdecimal() else ""
        if cut.period in MONTHS:
            where += f"\n  AND month_on > {_since('vacancy', cut.period, f' WHERE {REAL}')}"
        return (
            "WITH opened AS (\nSELECT source, date_trunc('month', first_seen_at)::DATE AS month_on,\n"
            f"  count(*) FILTER (WHERE {first}) AS first_openings, count(*) FILTER (WHERE {second}) AS second_openings\n"
            f"FROM vacancy WHERE {REAL} GROUP BY ALL\n),\nsought AS (\nSELECT source, month_on,\n"
            f"  sum(n_seekers) FILTER (WHERE {first}) AS first_seekers, sum(n_seekers) FILTER (WHERE {second}) AS second_seekers\n"
            "FROM supply_month GROUP BY ALL\n)\n"
            "SELECT sum(first_seekers) AS first_seekers, sum(first_openings) AS first_openings, sum(second_seekers) AS second_seekers,\n"
            "  sum(second_openings) AS second_openings,\n"
            "  (sum(first_seekers) / sum(first_openings)) / (sum(second_seekers) / sum(second_openings)) AS estimate\n"
            f"FROM opened JOIN sought USING (source, month_on) WHERE true{where}"
        )

    def openings(self, cut: Cut) -> tuple[RoleRatio, Cut]:
        """Return the openings of the one kind for each of the other, in the forums and months of a cut that have seekers.

        Openings and seekers are held to the same months: those the openings were posted in. The cut's recent months are
        part of the measure then, and the cut that comes with it has all.
        """
        within = HAS_SEEKERS
        if cut.period in MONTHS:
            within += f" AND {MONTH} > {_since('opening', cut.period)}"
            cut = replace(cut, period=ALL)
        measure = RoleRatio(
            label=self.label, unit="ratio", numerator=self.sought, denominator=self.against, within=within
        )
        return measure, cut

    def _seekers(self, sample: Sample) -> Cells:
        """Return seekers by forum and month, `employer_index` numbering the months."""
        first, second = any_of("role", self.sought), any_of("role", self.against)
        return sample.kept((self, "seekers"), lambda: _by_month(sample.rows(
            "WITH last AS (SELECT max(last_seen_at) AS day FROM opening),"
            " month AS (SELECT month_on, (row_number() OVER (ORDER BY month_on) - 1)::INTEGER AS employer_index"
            " FROM (SELECT DISTINCT month_on FROM supply_month))"
            " SELECT employer_index, source, year(month_on)::INTEGER AS year,"
            " month_on > last.day - INTERVAL 24 MONTH AS is_latest_24_months, month_on > last.day - INTERVAL 12 MONTH AS is_latest_12_months,"
            f" coalesce(sum(n_seekers) FILTER (WHERE {first}), 0)::DOUBLE AS a, coalesce(sum(n_seekers) FILTER (WHERE {second}), 0)::DOUBLE AS b"
            " FROM supply_month JOIN month USING (month_on) CROSS JOIN last WHERE (source, month_on) IN (SELECT (source, date_trunc('month', first_seen_at)::DATE) FROM opening)"
            " GROUP BY ALL ORDER BY ALL")))  # fmt: skip

    def _sides(self, sample: Sample, cut: Cut) -> tuple[Size, Array]:
        """Return the size, and seekers of both kinds by month, shape (months, 2)."""
        seekers = self._seekers(sample)
        months = seekers.mask(replace(cut, region=ALL, size_class=ALL))
        n_months = int(seekers.employer.max()) + 1 if len(seekers.employer) else 0
        sought = np.column_stack(
            [np.bincount(seekers.employer[months], seekers.values[name][months], n_months) for name in ("a", "b")]
        )
        if cut.region != ALL or cut.size_class != ALL:
            return EMPTY, sought
        openings, plain = self.openings(replace(cut, dedup="on", weighting="vacancy"))
        size, sums = openings.size(sample, plain), openings.sums(sample, plain)
        sides = [sums[:, [ROLES.index(role) for role in roles]].sum(axis=1) for roles in (self.sought, self.against)]
        return replace(
            size,
            least_vacancies=int(min(*(side.sum() for side in sides), *sought.sum(axis=0))),
            least_employers=min(int(np.count_nonzero(side)) for side in sides),
        ), sought

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._sides(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        held: dict[RoleRatio, list[tuple[int, Cut]]] = {}
        for k, cut in enumerate(cuts):
            measure, within = self.openings(cut)
            held.setdefault(measure, []).append((k, within))
        openings = {
            k: answer
            for measure, places in held.items()
            for (k, _), answer in zip(places, measure.answers(sample, [cut for _, cut in places]), strict=True)
        }
        return [self._answer(sample, *self._sides(sample, cut), openings[k]) for k, cut in enumerate(cuts)]

    def _months(self, sample: Sample, n: int) -> NDArray[np.float32]:
        """Return how often each of `n` months is drawn, shape (replicates, n)."""
        return sample.kept(("months", n), lambda: employer_weights(n, sample.replicates, sample.seed + 2))

    def drawn_by(self, sample: Sample) -> NDArray[np.float32]:
        employer = self._seekers(sample).employer
        n = int(employer.max()) + 1 if len(employer) else 0
        return np.concatenate([sample.weights, self._months(sample, n)], axis=1)

    def _answer(self, sample: Sample, size: Size, sought: Array, openings: Answer) -> Answer:
        if not size.is_enough or openings.replicates is None:
            return Answer(size)
        months = self._months(sample, len(sought))
        supply, s = totals(months, sought), sought.sum(axis=0)
        note = f"{int(s[0]):,} and {int(s[1]):,} seekers in {int(np.count_nonzero(sought.sum(axis=1)))} months."
        plain, seekers = float(ratio(s[0], s[1])), ratio(supply[:, 0], supply[:, 1])
        uncorrected = openings.value_uncorrected
        n = behind_both(seekers, openings.replicates, effective_employers(sought.sum(axis=1)), size.n_effective)
        return Answer(
            replace(size, n_effective=n),
            plain / openings.value if openings.value else np.nan,
            ratio(seekers, openings.replicates),
            None if uncorrected is None else plain / uncorrected,
            note=note if openings.note is None else f"{note} {openings.note}",
            scale=openings.scale,
        )


def behind_both(seekers: Array, openings: Array, months: float, employers: float) -> float:
    """Return the effective number of clusters behind a ratio of two ratios, from the replicates and clusters of each."""
    on = [on_scale(drawn, "log") for drawn in (seekers, openings)]
    variances = [float(drawn[np.isfinite(drawn)].var()) for drawn in on]
    return welch_effective(variances, (months, employers), months + employers)


def _since(table: str, period: str, where: str = "") -> str:
    """Return the instant that a recent period begins after, as a query over a table."""
    return f"(SELECT max(last_seen_at) FROM {table}{where}) - INTERVAL {MONTHS[period]} MONTH"


def _by_month(frame: pl.DataFrame) -> Cells:
    return Cells(frame.select("a", "b", cell=pl.int_range(pl.len())), Grid(frame))
