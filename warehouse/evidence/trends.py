"""Measures of change: yearly slopes within the same employers and sources, and slopes over employer size."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.evidence.cuts import Cut
from warehouse.evidence.measure import EMPTY, Answer, Measure, Size, indented, opening_table
from warehouse.evidence.sample import Cells, Sample, cut_sql
from warehouse.statistics.resampling import Array, effective_employers, ratio, totals
from warehouse.statistics.slopes import information, pooled_slope, within_sums


@dataclass(frozen=True, kw_only=True)
class Slope(Measure):
    """Least-squares slope of the share `of` among `among` along `along`, a whole number of a vacancy."""

    of: str
    among: str
    along: str = "year"

    @property
    def population(self) -> str:
        return self.among

    @property
    def units(self) -> str:
        """The columns within which the slope is taken; an empty string pools everything."""
        return ""

    def _cells(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)
        unit = f", {self.units} AS unit" if self.units else ""
        known = f"({self.of}) IS NOT NULL AND ({self.along}) IS NOT NULL"
        query = (
            f"SELECT cell, ({self.along})::DOUBLE AS x{unit}, count(*) FILTER (WHERE {known}) AS n, (sum(n_postings) FILTER (WHERE {known}))::DOUBLE AS pn,"
            f" sum(({self.of})::DOUBLE) FILTER (WHERE {known}) AS y, sum(({self.of})::DOUBLE * n_postings) FILTER (WHERE {known}) AS py,"
            f" count(*) FILTER (WHERE NOT ({known})) AS u FROM {table} WHERE {self.among} GROUP BY ALL ORDER BY ALL"
        )
        return sample.kept((self, table), lambda: sample.cells(query))


@dataclass(frozen=True, kw_only=True)
class MatchedSlope(Slope):
    """Yearly slope within the same employer and source, so that who posts cannot change the answer.

    Only employers seen in two years or more of one source count; a break of comparability starts a new stretch.
    """

    @property
    def units(self) -> str:
        return "(hash(source) % 1000003 * 1000 + segment)::DOUBLE"

    @property
    def method(self) -> str:
        return (
            "Least-squares slope over years with an effect for every employer and source, so that only changes within the same "
            "employer on the same source count; stretches parted by a change of the instrument are never joined."
        )

    def sql(self, cut: Cut) -> str:
        return (
            f"WITH told AS (\nSELECT employer_id, source, year(first_seen_at) AS year, ({self.of})::DOUBLE AS asked\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\n  AND ({self.among}) AND ({self.of}) IS NOT NULL\n),\n"
            "matched AS (\nSELECT year - avg(year) OVER panel AS x, asked - avg(asked) OVER panel AS y FROM told\n"
            "WINDOW panel AS (PARTITION BY employer_id, source)\n)\n"
            "SELECT count(*) FILTER (WHERE x <> 0) AS n, sum(x * y) / sum(x * x) AS estimate FROM matched"
        )

    def _sums(self, sample: Sample, cut: Cut) -> tuple[Size, Array, Array]:
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        v = {name: values[mask] for name, values in cells.values.items()}
        prefix = "p" if cut.dedup == "off" else ""
        n, y, x = v[f"{prefix}n"], v[f"{prefix}y"], v["x"]
        employer = cells.employer[mask]
        key = np.stack([employer.astype(np.float64), v["unit"]], axis=1)
        units, index = np.unique(key, axis=0, return_inverse=True)
        index = index.reshape(-1)
        owner = units[:, 0].astype(np.int64)
        num, den = within_sums(n, x, y, index, len(units))
        plain, matched = np.bincount(index, v["n"], len(units)), den > 0
        by_num, by_den = np.bincount(owner, num, sample.n_employers), np.bincount(owner, den, sample.n_employers)
        counts = np.bincount(owner, np.where(matched, plain, 0.0), sample.n_employers)
        effective = effective_employers(by_den)
        if cut.weighting == "employer":
            by_num, by_den = np.nan_to_num(ratio(by_num, by_den)), (by_den > 0).astype(np.float64)
            effective = effective_employers(by_den)
        vacancies, employers = int(counts.sum()), int(np.count_nonzero(counts))
        return Size(vacancies, employers, int(v["u"].sum()), vacancies, employers, effective), by_num, by_den

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._sums(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self._sums(sample, cut) for cut in cuts]
        columns = np.column_stack([column for _, num, den in made for column in (num, den)])
        drawn, plain = totals(sample.weights, columns), columns.sum(axis=0)
        return [
            Answer(size, float(ratio(plain[2 * k], plain[2 * k + 1])), ratio(drawn[:, 2 * k], drawn[:, 2 * k + 1]))
            for k, (size, _, _) in enumerate(made)
        ]


@dataclass(frozen=True, kw_only=True)
class SizeSlope(Slope):
    """Slope over employer size classes, a step from small to medium or from medium to large."""

    along: str = "CASE size_class WHEN 'small' THEN 0 WHEN 'medium' THEN 1 WHEN 'large' THEN 2 END"

    @property
    def method(self) -> str:
        return "Least-squares slope over the size classes small, medium and large, one step each; employers of unknown size are left out."

    def sql(self, cut: Cut) -> str:
        return (
            f"SELECT count(*) AS n, regr_slope(({self.of})::DOUBLE, {self.along}) AS estimate\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\n  AND ({self.among})"
        )

    def _sums(self, sample: Sample, cut: Cut) -> tuple[Size, Array]:
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        v = {name: values[mask] for name, values in cells.values.items()}
        prefix = "p" if cut.dedup == "off" else ""
        n, y, x = v[f"{prefix}n"], v[f"{prefix}y"], v["x"]
        employer = cells.employer[mask]
        sums = [np.bincount(employer, values, sample.n_employers) for values in (n, n * x, y, x * y, n * x * x)]
        if cut.weighting == "employer":
            mass = sums[0].copy()
            sums = [np.nan_to_num(ratio(column, mass)) for column in sums]
        effective = effective_employers(information(np.column_stack(sums)))
        plain = np.bincount(employer, v["n"], sample.n_employers)
        # the slope needs both ends: the thinnest side is the rarer of small and larger employers
        small = np.bincount(employer, v["n"] * (x == 0), sample.n_employers)
        other = plain - small
        size = Size(
            int(plain.sum()), int(np.count_nonzero(plain)), int(v["u"].sum()),
            int(min(small.sum(), other.sum())), int(min(np.count_nonzero(small), np.count_nonzero(other))), effective,
        )  # fmt: skip
        return size, np.column_stack(sums)

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._sums(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self._sums(sample, cut) for cut in cuts]
        columns = np.column_stack([sums for _, sums in made])
        drawn, plain = totals(sample.weights, columns), columns.sum(axis=0)

        return [
            Answer(size, float(pooled_slope(plain[5 * k : 5 * k + 5])), pooled_slope(drawn[:, 5 * k : 5 * k + 5]))
            for k, (size, _) in enumerate(made)
        ]
