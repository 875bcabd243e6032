"""Measures of supply over demand: people who seek work in a forum for each opening posted there in the same months."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.measure import EMPTY, Answer, Measure, Size, opening_table
from warehouse.evidence.roles import any_of
from warehouse.evidence.sample import REAL, Cells, Grid, Sample
from warehouse.statistics.resampling import Array, effective_employers, employer_weights, ratio, share, totals


@dataclass(frozen=True, kw_only=True)
class SupplyRatio(Measure):
    """(seekers ÷ openings) of some roles over (seekers ÷ openings) of others, same forum and months.

    Openings are resampled by employer and seekers by month, each independently. Seekers are not told by market or
    employer size, so cuts by these have no answer.
    """

    roles: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def population(self) -> str:
        return any_of("role", (*self.roles, *self.against))

    @property
    def method(self) -> str:
        return (
            "Seekers for each opening of the one kind over seekers for each opening of the other, in the forums and months that have "
            "both counts. Openings are resampled by employer, seekers by month."
        )

    def sql(self, cut: Cut) -> str:
        first, second = any_of("role", self.roles), any_of("role", self.against)
        where = "" if cut.source_set == ALL else f" AND source = '{cut.source_set}'"
        where += f" AND year(month_on) = {cut.period}" if cut.period.isdecimal() else ""
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

    def _openings(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)
        first, second = any_of("role", self.roles), any_of("role", self.against)
        return sample.kept((self, table), lambda: sample.cells(
            f"SELECT cell, count(*) FILTER (WHERE {first}) AS a, count(*) FILTER (WHERE {second}) AS b,"
            f" (sum(n_postings) FILTER (WHERE {first}))::DOUBLE AS pa, (sum(n_postings) FILTER (WHERE {second}))::DOUBLE AS pb FROM {table}"
            " WHERE (source, date_trunc('month', first_seen_at)::DATE) IN (SELECT (source, month_on) FROM supply_month)"
            f" AND {self.population} GROUP BY cell ORDER BY cell"))  # fmt: skip

    def _seekers(self, sample: Sample) -> Cells:
        """Return seekers by forum and month, `employer_index` numbering the months."""
        first, second = any_of("role", self.roles), any_of("role", self.against)
        return sample.kept((self, "seekers"), lambda: _by_month(sample.rows(
            "WITH last AS (SELECT max(last_seen_at) AS day FROM opening),"
            " month AS (SELECT month_on, (row_number() OVER (ORDER BY month_on) - 1)::INTEGER AS employer_index"
            " FROM (SELECT DISTINCT month_on FROM supply_month))"
            " SELECT employer_index, source, year(month_on)::INTEGER AS year,"
            " month_on > last.day - INTERVAL 24 MONTH AS is_latest_24_months, month_on > last.day - INTERVAL 12 MONTH AS is_latest_12_months,"
            f" coalesce(sum(n_seekers) FILTER (WHERE {first}), 0)::DOUBLE AS a, coalesce(sum(n_seekers) FILTER (WHERE {second}), 0)::DOUBLE AS b"
            " FROM supply_month JOIN month USING (month_on) CROSS JOIN last WHERE (source, month_on) IN (SELECT (source, date_trunc('month', first_seen_at)::DATE) FROM opening)"
            " GROUP BY ALL ORDER BY ALL")))  # fmt: skip

    def _sides(self, sample: Sample, cut: Cut) -> tuple[Size, Array, Array]:
        """Return the size, per-employer openings, shape (employers, 2), and per-month seekers, shape (months, 2)."""
        openings, seekers = self._openings(sample, cut), self._seekers(sample)
        kept, months = openings.mask(cut), seekers.mask(replace(cut, region=ALL, size_class=ALL))
        prefix = "p" if cut.dedup == "off" else ""
        plain = [
            np.bincount(openings.employer[kept], openings.values[name][kept], sample.n_employers) for name in ("a", "b")
        ]
        weighed = [
            np.bincount(openings.employer[kept], openings.values[prefix + name][kept], sample.n_employers)
            for name in ("a", "b")
        ]
        if cut.weighting == "employer":
            both = weighed[0] + weighed[1]
            weighed = [np.nan_to_num(share(side, both)) for side in weighed]
        n_months = int(seekers.employer.max()) + 1 if len(seekers.employer) else 0
        sought = np.column_stack(
            [np.bincount(seekers.employer[months], seekers.values[name][months], n_months) for name in ("a", "b")]
        )
        if cut.region != ALL or cut.size_class != ALL:
            return EMPTY, np.column_stack(weighed), sought
        employers = [int(np.count_nonzero(side)) for side in plain]
        size = Size(
            int(plain[0].sum() + plain[1].sum()), int(np.count_nonzero(plain[0] + plain[1])), 0,
            int(min(plain[0].sum(), plain[1].sum(), *sought.sum(axis=0))), min(employers),
            min(effective_employers(side) for side in plain),
        )  # fmt: skip
        return size, np.column_stack(weighed), sought

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._sides(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        answers = []
        for cut in cuts:
            size, openings, sought = self._sides(sample, cut)
            if not size.is_enough:
                answers.append(Answer(size))
                continue
            demand = totals(sample.weights, openings)
            n_months = len(sought)
            months = sample.kept(
                ("months", n_months), lambda n=n_months: employer_weights(n, sample.replicates, sample.seed + 2)
            )
            supply = totals(months, sought)
            replicates = ratio(supply[:, 0] * demand[:, 1], demand[:, 0] * supply[:, 1])
            d, s = openings.sum(axis=0), sought.sum(axis=0)
            note = f"{int(s[0]):,} and {int(s[1]):,} seekers in {int(np.count_nonzero(sought.sum(axis=1)))} months."
            answers.append(Answer(size, float(ratio(s[0] * d[1], d[0] * s[1])), replicates, note=note))
        return answers


def _by_month(frame: pl.DataFrame) -> Cells:
    return Cells(frame.select("a", "b", cell=pl.int_range(pl.len())), Grid(frame))
