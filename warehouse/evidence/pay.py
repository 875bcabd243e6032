"""Measures of pay: adjusted ratios by median regression, ratios within a cell, raw ratios of medians and their bounds."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import Cut
from warehouse.evidence.derived import source_sql
from warehouse.evidence.measure import EMPTY, MOST_FAILED, Answer, Measure, Size, indented, opening_table
from warehouse.evidence.sample import Cells, Sample, coded, cut_sql
from warehouse.evidence.shares import Part, Shares, behind, difference
from warehouse.statistics.decisions import CONFIDENCE
from warehouse.statistics.histograms import LOG_STEP, log_bin, quantile_from_counts
from warehouse.statistics.intervals import Scale, effective_contributors, interval, on_scale
from warehouse.statistics.quantile_regression import adjusted_median_difference
from warehouse.statistics.resampling import Array, effective_employers, share, totals

PAY = "coalesce((pay_low_usd_year + pay_high_usd_year) / 2, pay_low_usd_year, pay_high_usd_year)"
"""Yearly pay in USD: the middle of the band, or its one end where only one is given."""
CREDIBLE = f"pay_kind = 'base' AND {PAY} BETWEEN 3000 AND 3000000"
"""Base pay that a full-time year can have: 3,000 to 3,000,000 USD; the rest is misread or another period."""
SEEN = "(pay_tier IS NOT NULL OR language IS NOT NULL OR asks_ml IS NOT NULL)"
"""Whether pay would be known had it been given: it is, or there was a text to look in."""
RARE_COUNTRY = 30


@dataclass(frozen=True, kw_only=True)
class PayMeasure(Measure):
    """A ratio of the pay of vacancies that meet `treated` to that of those that meet `base`."""

    treated: str
    base: str
    uses_pay: ClassVar[bool] = True

    @property
    def population(self) -> str:
        return f"({self.treated}) OR ({self.base})"

    def sql(self, cut: Cut) -> str:
        return (
            f"WITH paid AS (\nSELECT ({self.treated}) AS is_first, {PAY} AS pay_usd_year\n"
            f"FROM {source_sql(self.population)} LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\n"
            f"  AND ({self.population}) AND {CREDIBLE}\n)\n"
            "SELECT count(*) FILTER (WHERE is_first) AS n_first, count(*) FILTER (WHERE NOT is_first) AS n_second,\n"
            "  median(pay_usd_year) FILTER (WHERE is_first) AS median_first, median(pay_usd_year) FILTER (WHERE NOT is_first) AS median_second,\n"
            "  median_first / median_second AS estimate FROM paid"
        )

    def rows(self, sample: Sample, cut: Cut) -> tuple[Cells, pl.DataFrame]:
        """Return the paid vacancies of both kinds as cells to cut by, and with their controls, in a fixed order."""
        table = opening_table(cut)

        def made() -> tuple[Cells, pl.DataFrame]:
            frame = sample.rows(
                f"SELECT cell, employer_index, pay_tier, ({self.treated})::INTEGER AS treated, ln({PAY}) AS log_pay, n_postings::DOUBLE AS postings,"
                f" level, country, market, city, year FROM {table} WHERE ({self.population}) AND {CREDIBLE} ORDER BY vacancy_id"
            )
            codes = [pl.Series(name, coded(frame[name])[0]) for name in ("level", "country", "market", "city")]
            kept = frame.select("cell", "pay_tier", "treated", "log_pay", "postings")
            return Cells(kept, sample.grid), frame.with_columns(codes)

        return sample.kept((self.treated, self.base, table, "pay"), made)

    def _unpaid(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)
        return sample.kept(
            (self.treated, self.base, table, "unpaid"),
            lambda: sample.cells(
                f"SELECT cell, count(*) FILTER (WHERE ({self.treated})) AS first_, count(*) AS both_ FROM {table}"
                f" WHERE ({self.population}) AND {SEEN} GROUP BY cell ORDER BY cell"),
        )  # fmt: skip

    def _paid(self, sample: Sample, cut: Cut) -> Cells:
        """Return how many vacancies of both kinds are paid, by employer, cut columns and tier."""

        def made() -> Cells:
            _, frame = self.rows(sample, cut)
            counted = frame.group_by("cell", "pay_tier").agg(
                first_=pl.col("treated").sum(), second_=(1 - pl.col("treated")).sum()
            )
            return Cells(counted.sort("cell", "pay_tier"), sample.grid)

        return sample.kept((self.treated, self.base, opening_table(cut), "paid"), made)

    def side_sizes(self, sample: Sample, cut: Cut) -> tuple[Array, Array, Array, Array, int]:
        """Return per employer the paid vacancies of both kinds and all vacancies of both kinds, and how many are unpaid."""
        paid = self._paid(sample, cut)
        mask = paid.mask(cut)
        first, second = (
            np.bincount(paid.employer[mask], paid.values[name][mask], sample.n_employers)
            for name in ("first_", "second_")
        )
        every = self._unpaid(sample, cut)
        kept = every.mask(cut)
        all_first = np.bincount(every.employer[kept], every.values["first_"][kept], sample.n_employers)
        all_second = np.bincount(every.employer[kept], every.values["both_"][kept], sample.n_employers) - all_first
        unknown = int(all_first.sum() + all_second.sum() - first.sum() - second.sum())
        return first, second, all_first, all_second, unknown

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        narrowed = replace(cut.plain(), dedup="on", weighting="vacancy")
        return sample.kept((self.treated, self.base, narrowed, "size"), lambda: self._counted(sample, cut))

    def _counted(self, sample: Sample, cut: Cut) -> Size:
        first, second, _, _, unknown = self.side_sizes(sample, cut)
        employers = (np.count_nonzero(first), np.count_nonzero(second))
        return Size(
            int(first.sum() + second.sum()),
            int(np.count_nonzero(first + second)),
            unknown,
            int(min(first.sum(), second.sum())),
            int(min(employers)),
            min(effective_employers(first), effective_employers(second)),
        )

    def _weights(self, cells: Cells, mask: NDArray[np.bool_], cut: Cut, n_employers: int) -> Array:
        weights = cells.values["postings"][mask] if cut.dedup == "off" else np.ones(int(mask.sum()))
        if cut.weighting == "employer":
            weights = weights / np.bincount(cells.employer[mask], weights, n_employers)[cells.employer[mask]]
        return weights


@dataclass(frozen=True, kw_only=True)
class AdjustedPayRatio(PayMeasure):
    """Ratio of median pay with the controls held equal, by median regression of log pay."""

    controls: tuple[str, ...] = ("level", "country", "year")
    within_employer: bool = True

    @property
    def method(self) -> str:
        employer = " and employer" if self.within_employer else ""
        return (
            f"Median regression of the logarithm of yearly pay in USD on the kind of role, with {', '.join(self.controls)}{employer} "
            "held equal; the ratio is the exponential of the role's coefficient. Only disclosed base pay of one provenance tier."
        )

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        sizes = [self.size(sample, cut) for cut in cuts]
        values = np.full(len(cuts), np.nan)
        influences = np.zeros((sample.n_employers, len(cuts)))
        for k, (cut, size) in enumerate(zip(cuts, sizes, strict=True)):
            if not size.is_enough:
                continue
            cells, frame = self.rows(sample, cut)
            mask = cells.mask(cut)
            kept = frame.filter(pl.Series(mask))
            fit = adjusted_median_difference(
                kept["log_pay"].to_numpy(),
                kept["treated"].to_numpy() > 0,
                [_codes(kept, control) for control in self.controls],
                cells.employer[mask],
                sample.n_employers,
                self._weights(cells, mask, cut, sample.n_employers),
                within_employer=self.within_employer,
            )
            values[k] = fit.value
            influences[:, k] = fit.influence
            sizes[k] = replace(size, n_effective=effective_employers(fit.information))
        moved = totals(sample.weights, influences) - influences.sum(axis=0)
        with np.errstate(over="ignore"):
            return [
                Answer(size, float(np.exp(values[k])), np.exp(values[k] + moved[:, k]))
                if size.is_enough
                else Answer(size)
                for k, size in enumerate(sizes)
            ]


def _codes(frame: pl.DataFrame, control: str) -> NDArray[np.int64]:
    """Return a control as codes from 0; a country with fewer than 30 rows is told apart only by its market."""
    codes = frame[control].to_numpy().astype(np.int64)
    if control == "country":
        counts = np.bincount(codes + 1)
        is_rare = (codes < 0) | (counts[codes + 1] < RARE_COUNTRY)
        codes = np.where(is_rare, len(counts) + frame["market"].to_numpy(), codes)
    return codes - codes.min(initial=0)


@dataclass(frozen=True, kw_only=True)
class SmallestPayRatio(PayMeasure):
    """The adjusted ratio to the better paid of two kinds: the smaller of the ratios to each.

    `base` covers both; `against` are the two.
    """

    against: tuple[str, str]
    controls: tuple[str, ...] = ("level", "country", "year")

    @classmethod
    def of(cls, label: str, treated: str, against: tuple[str, str]) -> SmallestPayRatio:
        """Return the measure; `treated` and `against` are conditions."""
        base = " OR ".join(f"({one})" for one in against)
        return cls(label=label, unit="ratio", treated=treated, base=base, against=against)

    @property
    def method(self) -> str:
        return f"The smaller of two adjusted ratios. {self._each()[0].method}"

    def _each(self) -> list[AdjustedPayRatio]:
        return [
            AdjustedPayRatio(label=self.label, unit=self.unit, treated=self.treated, base=one, controls=self.controls)
            for one in self.against
        ]

    def size(self, sample: Sample, cut: Cut) -> Size:
        both = super().size(sample, cut)
        each = [measure.size(sample, cut) for measure in self._each()]
        return replace(
            both,
            least_vacancies=min(size.least_vacancies for size in each),
            least_employers=min(size.least_employers for size in each),
            n_effective=min(size.n_effective for size in each),
        )

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        first, second = (measure.answers(sample, cuts) for measure in self._each())
        found = []
        for cut, a, b in zip(cuts, first, second, strict=True):
            size = self.size(sample, cut)
            if not size.is_enough or a.replicates is None or b.replicates is None:
                found.append(Answer(size))
                continue
            size = replace(size, n_effective=min(a, b, key=lambda answer: answer.value).size.n_effective)
            found.append(Answer(size, min(a.value, b.value), np.minimum(a.replicates, b.replicates)))
        return found


@dataclass(frozen=True, kw_only=True)
class CellPayRatio(PayMeasure):
    """Ratio of pay within the same employer, level and place: medians compared in every cell that has both kinds."""

    @property
    def method(self) -> str:
        return (
            "Within every employer × level × place that discloses pay for both kinds, the logarithms of the two medians are "
            "subtracted; the differences are averaged with the harmonic size of the two sides as weight."
        )

    def _cell_sums(self, sample: Sample, cut: Cut) -> tuple[Size, Array, Array]:
        cells, frame = self.rows(sample, cut)
        mask = cells.mask(cut)
        first, second = pl.col("treated") == 1, pl.col("treated") == 0
        postings = pl.col("postings") if cut.dedup == "off" else pl.lit(1.0)
        matched = (
            frame.filter(pl.Series(mask))
            .with_columns(mass=postings)
            .group_by("employer_index", "level", "country", "city", maintain_order=True)
            .agg(
                gap=pl.col("log_pay").filter(first).median() - pl.col("log_pay").filter(second).median(),
                m1=pl.col("mass").filter(first).sum(),
                m0=pl.col("mass").filter(second).sum(),
                n1=first.sum(),
                n0=second.sum(),
            )
            .filter((pl.col("n1") > 0) & (pl.col("n0") > 0))
            .with_columns(weight=pl.col("m1") * pl.col("m0") / (pl.col("m1") + pl.col("m0")))
        )
        employer = matched["employer_index"].to_numpy()
        weight = matched["weight"].to_numpy()
        den = np.bincount(employer, weight, sample.n_employers)
        num = np.bincount(employer, weight * matched["gap"].to_numpy(), sample.n_employers)
        if cut.weighting == "employer":
            num, den = np.nan_to_num(share(num, den)), (den > 0).astype(np.float64)
        employers = int(np.count_nonzero(den))
        size = Size(
            int(matched["n1"].sum() + matched["n0"].sum()),
            employers,
            len(frame.filter(pl.Series(mask))) - int(matched["n1"].sum() + matched["n0"].sum()),
            int(min(matched["n1"].sum(), matched["n0"].sum())),
            employers,
            effective_employers(den),
        )
        return size, num, den

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._cell_sums(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self._cell_sums(sample, cut) for cut in cuts]
        columns = np.column_stack([column for _, num, den in made for column in (num, den)])
        drawn, plain = totals(sample.weights, columns), columns.sum(axis=0)
        return [
            Answer(
                size,
                float(np.exp(share(plain[2 * k], plain[2 * k + 1]))),
                np.exp(share(drawn[:, 2 * k], drawn[:, 2 * k + 1])),
            )
            for k, (size, _, _) in enumerate(made)
        ]


@dataclass(frozen=True, kw_only=True)
class MedianPayRatio(PayMeasure):
    """Raw ratio of median pay, nothing held equal."""

    @property
    def method(self) -> str:
        return "The median of the one kind over the median of the other, from per-employer histograms in steps of 1%."

    def histograms(self, sample: Sample, cut: Cut) -> tuple[list[Array], list[Array], list[Array]]:
        """Return of both kinds the histograms in all, (bins,), their replicates, (replicates, bins), and sizes, (employers,)."""
        cells, _ = self.rows(sample, cut)
        mask = cells.mask(cut)
        weights = self._weights(cells, mask, cut, sample.n_employers)
        bins = log_bin(np.exp(cells.values["log_pay"][mask]))
        first_bin, n_bins = int(bins.min()), int(bins.max() - bins.min()) + 1
        treated = cells.values["treated"][mask] > 0
        column = bins - first_bin + np.where(treated, 0, n_bins)
        flat = np.bincount(
            cells.employer[mask] * (2 * n_bins) + column, weights, sample.n_employers * 2 * n_bins
        ).reshape(sample.n_employers, 2 * n_bins)  # fmt: skip
        drawn = totals(sample.weights, flat)
        sides = slice(None, n_bins), slice(n_bins, None)
        return (
            [flat[:, side].sum(axis=0) for side in sides],
            [drawn[:, side] for side in sides],
            [flat[:, side].sum(axis=1) for side in sides],
        )

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._answer(sample, cut) for cut in cuts]

    def _answer(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        if not size.is_enough:
            return Answer(size)
        gap, gaps, n = median_gap(*self.histograms(sample, cut))
        return Answer(replace(size, n_effective=n), float(np.exp(gap)), np.exp(gaps))


def median_gap(plain: Sequence[Array], drawn: Sequence[Array], sizes: Sequence[Array]) -> tuple[float, Array, float]:
    """Return the log ratio of two medians, its replicates, (replicates,), and the effective number of employers behind it.

    Of both kinds come histograms in steps of 1 %, (bins,), their replicates, (replicates, bins), and vacancies, (employers,).
    """
    point = [quantile_from_counts(one, 0.5) * LOG_STEP for one in plain]
    medians = [quantile_from_counts(one, 0.5) * LOG_STEP for one in drawn]
    return float(difference(point)), difference(medians), behind(difference, point, medians, sizes)


def pay_bounds(first: Array, second: Array, d1: Array | float, d0: Array | float) -> tuple[Array, Array]:
    """Return the least and most log ratio of medians from histograms, (..., bins), and the shares disclosed, (...,).

    Undisclosed pay is taken as wholly below, then wholly above what is disclosed; NaN where half or more is undisclosed.
    """

    def median(counts: Array, disclosed: Array | float, *, is_most: bool) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            part = 0.5 / np.asarray(disclosed)
        return quantile_from_counts(counts, part if is_most else 1 - part) * LOG_STEP

    return (
        median(first, d1, is_most=False) - median(second, d0, is_most=True),
        median(first, d1, is_most=True) - median(second, d0, is_most=False),
    )


def bounds_interval(
    ends: tuple[float, float],
    drawn: tuple[Array, Array],
    weights: NDArray[np.float32],
    n_effective: float,
    scale: Scale,
) -> tuple[float, float]:
    """Return worst-case bounds widened by their sampling error, each by that of its own end; NaN where one has no bound."""
    found = []
    for side, (end, replicates) in enumerate(zip(ends, drawn, strict=True)):
        if np.mean(~np.isfinite(replicates)) > MOST_FAILED:
            found.append(np.nan)
            continue
        on = on_scale(replicates, scale)[:, None]
        n = min(n_effective, float(effective_contributors(on, weights)[0]))
        found.append(interval(end, replicates, CONFIDENCE, n, scale)[side])
    return found[0], found[1]


@dataclass(frozen=True, kw_only=True)
class PayRatioBounds(MedianPayRatio):
    """Where the raw ratio of medians must lie whatever the undisclosed pay is."""

    @property
    def method(self) -> str:
        return (
            "Worst-case bounds (Manski 1989): undisclosed pay is taken to lie wholly above, then wholly below the disclosed. The ends "
            "widen by the sampling error of the bounds; where half or more of a side is undisclosed there is no bound."
        )

    def _answer(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        first, second, all_first, all_second, _ = self.side_sizes(sample, cut)
        if not size.is_enough:
            return Answer(size)
        counts = np.column_stack([first, all_first, second, all_second])
        d1, d0 = (share(x, n) for x, n in np.split(counts.sum(axis=0), 2))
        said = f"In the tier compared pay is disclosed by {d1:.0%} of the first kind and {d0:.0%} of the second."
        unbound = Answer(size, note=f"No bound: {said[0].lower()}{said[1:]}")
        if min(d1, d0) <= 0.5:
            return unbound
        plain, drawn, sizes = self.histograms(sample, cut)
        c = totals(sample.weights, counts)
        low, high = pay_bounds(*plain, d1, d0)
        lows, highs = pay_bounds(*drawn, share(c[:, 0], c[:, 1]), share(c[:, 2], c[:, 3]))
        centre, _, n = median_gap(plain, drawn, sizes)
        ends = bounds_interval((float(low), float(high)), (lows, highs), sample.weights, n, "plain")
        if not np.isfinite(ends).all():
            return unbound
        note = f"Bounds, not a sampling interval. {said}"
        return Answer(
            size, float(np.exp(centre)), None, note=note, ends=(float(np.exp(ends[0])), float(np.exp(ends[1])))
        )


@dataclass(frozen=True, kw_only=True)
class PaidShare(Shares):
    """Share of the vacancies with credible disclosed pay, among `among`, whose pay meets a condition."""

    uses_pay: ClassVar[bool] = True
    among: str

    @classmethod
    def of(cls, label: str, of: str, among: str) -> PaidShare:
        """Return the measure; `of` is the condition on pay."""
        return cls(label=label, unit="share", parts=(Part(of, f"({among}) AND {CREDIBLE}"),), among=among)

    @property
    def method(self) -> str:
        return "The share is taken over vacancies that disclose base pay, of one provenance tier."

    def size(self, sample: Sample, cut: Cut) -> Size:
        size = super().size(sample, cut)
        if not sample.n_employers:
            return size
        table = opening_table(cut)
        every = sample.kept(
            (self, table, "every"),
            lambda: sample.cells(
                f"SELECT cell, count(*) AS every FROM {table} WHERE {self.among} GROUP BY cell ORDER BY cell"
            ),
        )
        return replace(size, n_unknown=int(every.values["every"][every.mask(cut)].sum()) - size.n_vacancies)

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [
            replace(answer, size=self.size(sample, cut))
            for answer, cut in zip(super().answers(sample, cuts), cuts, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class PaidShareBounds(Shares):
    """Where the share that meets a condition on pay must lie whatever the undisclosed pay is."""

    @classmethod
    def of(cls, label: str, of: str, among: str) -> PaidShareBounds:
        """Return the bounds; `of` is the condition on pay."""
        met, missed = f"({CREDIBLE} AND ({of})) IS TRUE", f"({CREDIBLE} AND NOT ({of})) IS NOT TRUE"
        seen = f"({among}) AND {SEEN}"
        parts = (Part(of, f"({among}) AND {CREDIBLE}"), Part(met, seen, "least"), Part(missed, seen, "most"))
        return cls(label=label, unit="share", parts=parts, counted=seen)

    @property
    def method(self) -> str:
        return "Worst-case bounds (Manski 1989): none, then all, of the vacancies that disclose no pay are taken to meet the condition."

    def _answer(self, sample: Sample, size: Size, point: list[Array], replicates: list[Array]) -> Answer:
        ends = (float(point[1]), float(point[2]))
        found = bounds_interval(ends, (replicates[1], replicates[2]), sample.weights, size.n_effective, "logit")
        return Answer(size, float(point[0]), None, note="Bounds, not a sampling interval.", ends=found)


def disclosed(population: str, label: str = "Share of vacancies that disclose base pay") -> Shares:
    """Return the measure of the share of vacancies that give credible base pay; a title without a text tells nothing."""
    given = f"CASE WHEN {SEEN} THEN ({CREDIBLE}) IS TRUE END"
    return Shares(label=label, unit="share", parts=(Part(given, population, "disclosed"),))
