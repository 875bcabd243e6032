"""The measure of whether well-paid skills open fewer doors: pay premium against reach."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.measure import (
    EMPTY,
    LEAST_EMPLOYERS,
    LEAST_VACANCIES,
    TIERS,
    Answer,
    Measure,
    Size,
    indented,
    opening_table,
)
from warehouse.evidence.pay import CREDIBLE, PAY
from warehouse.evidence.sample import Cells, Sample, coded, cut_sql
from warehouse.evidence.wording import say
from warehouse.statistics.resampling import Array, ratio, totals

Integers = NDArray[np.integer]
LEAST_RELIABLE = 0.25
"""Correlations are never more than doubled for the noise of one trait."""
LEAST_DRAWN = 0.1
"""A skill that a replicate did not draw counts as a tenth of its reach, whose logarithm is taken."""


@dataclass(frozen=True, kw_only=True)
class PremiumAgainstReach(Measure):
    """Rank correlation over skills of what a skill is paid above its like, and the share of vacancies that ask it."""

    among: str
    uses_pay: ClassVar[bool] = True
    is_heavy: ClassVar[bool] = True

    def drawn_by(self, sample: Sample) -> NDArray[np.float32]:
        return sample.coarse()[1]

    @property
    def population(self) -> str:
        return self.among

    @property
    def method(self) -> str:
        return (
            "A specialisation is a skill of the taxonomy. Its premium is the mean of log pay left over after role, level, country and year among "
            "vacancies that ask it, its reach the share of all vacancies that do; Spearman's rank correlation over the skills that 30 paid vacancies "
            "of 8 employers ask. What the noise of few vacancies takes off a correlation is put back; the note says what it is without that. "
            "Large markets are resampled in 400 random groups of employers."
        )

    def sql(self, cut: Cut) -> str:
        conditions = indented(cut_sql(replace(cut, pay_tier="all")))
        return (
            f"WITH asked AS (\nSELECT vacancy_id, skill_id, CASE WHEN {CREDIBLE} THEN ln({PAY}) END AS log_pay\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id) JOIN vacancy_skill USING (vacancy_id)\nWHERE {conditions}\n  AND ({self.among})\n),\n"
            "by_skill AS (SELECT skill_id, count(*) AS reach, avg(log_pay) AS pay FROM asked GROUP BY skill_id HAVING count(log_pay) >= 30),\n"
            "ranked AS (SELECT rank() OVER (ORDER BY reach) AS r, rank() OVER (ORDER BY pay) AS p FROM by_skill)\n"
            "SELECT count(*) AS n_skills, corr(r, p) AS estimate FROM ranked"
        )

    def _paid(self, sample: Sample, cut: Cut) -> tuple[Cells, Integers, Integers]:
        """Return the paid vacancies that ask a skill as cells, and each skill asked with its row among them."""
        table = opening_table(cut)

        def made() -> tuple[Cells, Integers, Integers]:
            frame = sample.rows(
                f"SELECT vacancy_id, cell, pay_tier, n_postings::DOUBLE AS postings, ln({PAY}) AS log_pay, role, level, coalesce(country, '?') AS country, year"
                f" FROM {table} WHERE ({self.among}) AND n_skill_categories IS NOT NULL AND {CREDIBLE} ORDER BY vacancy_id"
            )
            left = np.zeros(0)
            if len(frame):
                controls = [coded(frame[name])[0] for name in ("role", "level", "country", "year", "pay_tier")]
                design = OneHotEncoder(min_frequency=30, handle_unknown="ignore").fit_transform(
                    np.column_stack(controls)
                )
                y = frame["log_pay"].to_numpy()
                left = y - LinearRegression().fit(design, y).predict(design)
            cells = Cells(frame.select("cell", "pay_tier", "postings", left=pl.Series(left)), sample.grid)
            return cells, *sample.skills_of(frame["vacancy_id"].to_numpy())

        return sample.kept((self, table, "paid"), made)

    def _reach(self, sample: Sample, cut: Cut) -> tuple[Cells, Integers, Integers]:
        """Return the vacancies that ask a skill as cells, and each skill asked with its row among them."""
        table = opening_table(cut)

        def made() -> tuple[Cells, Integers, Integers]:
            frame = sample.rows(
                f"SELECT vacancy_id, cell, n_postings::DOUBLE AS postings FROM {table}"
                f" WHERE ({self.among}) AND n_skill_categories IS NOT NULL ORDER BY vacancy_id"
            )
            return Cells(frame.drop("vacancy_id"), sample.grid), *sample.skills_of(frame["vacancy_id"].to_numpy())

        return sample.kept((self, table, "reach"), made)

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        cells = self._paid(sample, cut)[0]
        counts = np.bincount(cells.employer[cells.mask(cut)], minlength=sample.n_employers)
        n, e = int(counts.sum()), int(np.count_nonzero(counts))
        # its error adds up over many skills asked by different employers: how few make it is told by influence alone
        return Size(n, e, 0, n, e, float(e))

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._one(sample, cut) for cut in cuts]

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        if not size.is_enough:
            return Answer(size)
        n_skills = len(sample.skill_names)
        paid, row, skill = self._paid(sample, cut)
        mask = paid.mask(cut)
        kept = mask[row]
        row, skill = row[kept], skill[kept]
        employer = paid.employer[row]
        asks = np.zeros((sample.n_employers, n_skills), dtype=bool)
        asks[employer, skill] = True
        enough = np.flatnonzero(
            (np.bincount(skill, minlength=n_skills) >= LEAST_VACANCIES) & (asks.sum(axis=0) >= LEAST_EMPLOYERS)
        )
        if len(enough) < LEAST_EMPLOYERS:
            return Answer(
                replace(size, least_vacancies=0),
                note=f"Skills with enough paid vacancies: {len(enough)}, of {LEAST_EMPLOYERS} that are needed.",
            )
        group, weights = sample.coarse()

        def summed(employer: Integers, skill: Integers, values: Array) -> Array:
            at = group[employer] * n_skills + skill
            groups = weights.shape[1]
            return np.bincount(at, values, groups * n_skills).astype(np.float64).reshape(groups, n_skills)[:, enough]

        mass = _masses(paid, mask, cut, sample.n_employers)[row]
        left = paid.values["left"][row]
        sums = [summed(employer, skill, mass * left), summed(employer, skill, mass)]
        every, row, skill = self._reach(sample, cut)
        is_enough = np.zeros(n_skills, dtype=bool)
        is_enough[enough] = True
        mask = every.mask(replace(cut, pay_tier=ALL))
        kept = mask[row] & is_enough[skill]
        row, skill = row[kept], skill[kept]
        sums.append(summed(every.employer[row], skill, _masses(every, mask, cut, sample.n_employers)[row]))
        plain = [one.sum(axis=0) for one in sums]
        left_drawn, paid_n, asked = (totals(weights, one) for one in sums)
        value, drawn = told_without_noise(ratio(plain[0], plain[1]), plain[2], ratio(left_drawn, paid_n), asked)
        as_seen = float(rank_correlation(ratio(plain[0], plain[1])[None], plain[2][None])[0])
        return Answer(
            size, value, drawn, note=f"{len(enough)} skills; {say(as_seen, self.unit)} with the noise left in."
        )

    @property
    def tiers(self) -> tuple[str, ...]:
        return TIERS


def _masses(cells: Cells, mask: NDArray[np.bool_], cut: Cut, n_employers: int) -> Array:
    """Return what each vacancy counts for: one, its postings, or with weight per employer its part of what the employer has in the cut."""
    mass = cells.values["postings"] if cut.dedup == "off" else np.ones(len(cells.employer))
    if cut.weighting != "employer":
        return mass
    whole = np.bincount(cells.employer[mask], mass[mask], n_employers)[cells.employer]
    return np.divide(mass, whole, out=np.zeros_like(mass), where=whole > 0)


def disattenuation(plain: Array, drawn: Array) -> float:
    """Return by how much noise in a trait takes its correlations down, from its values, (skills,), and replicates, (replicates, skills).

    It is the root of the reliability: the share of the variance over skills that is not noise, whose variance is that
    of the replicates about the values, less what moves all skills alike; at least `LEAST_RELIABLE` (Spearman 1904).
    """
    moved = drawn - plain
    moved = moved - np.nanmean(moved, axis=1, keepdims=True)
    variance = float(np.var(plain))
    noise = float(np.nanmean(np.square(moved)))
    return float(np.sqrt(max(1 - noise / variance, LEAST_RELIABLE))) if variance > 0 else 1.0


def told_without_noise(premium: Array, reach: Array, premiums: Array, reaches: Array) -> tuple[float, Array]:
    """Return Spearman's correlation of two traits of skills, (skills,), less what noise takes off it, and its replicates.

    The replicates, (replicates, skills), have the noise twice; all are scaled alike, by the sample's own reliability.
    """
    kept = disattenuation(premium, premiums) * disattenuation(
        np.log(reach), np.log(np.maximum(reaches, LEAST_DRAWN * reach))
    )
    value = rank_correlation(premium[None], reach[None])[0]
    most = 1 - 1 / len(premium) ** 2
    return float(np.clip(value / kept, -most, most)), np.clip(rank_correlation(premiums, reaches) / kept, -most, most)


def rank_correlation(x: Array, y: Array) -> Array:
    """Return Spearman's correlation along the last axis of two arrays, (replicates, skills); unknown values rank lowest."""
    a, b = (stats.rankdata(np.nan_to_num(v, nan=-np.inf), axis=-1) for v in (x, y))
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    return ratio((a * b).sum(axis=-1), np.sqrt(np.square(a).sum(axis=-1) * np.square(b).sum(axis=-1)))
