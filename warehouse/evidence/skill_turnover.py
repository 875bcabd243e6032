"""The measure of how fast the skills asked turn over, one group of vacancies against another."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import Cut
from warehouse.evidence.measure import EMPTY, Answer, Size, opening_table
from warehouse.evidence.sample import Cells, Sample
from warehouse.evidence.skills import TwoGroups, in_years, shared_years, stretches_of, two_sided
from warehouse.statistics.resampling import Array, ratio
from warehouse.statistics.turnover import Profile, profiles_of, squared_turnover

VOCABULARY = 100
"""Skills, asked most often by both groups together, over which turnover is taken."""
LEAST_EMPLOYERS = 150
"""With fewer on a side the noise taken off is nearly all there is: in simulations the few estimates left miss the truth."""
DROWNED = "The thinner side has {} employers; with fewer than 150 the noise of sampling drowns turnover."


@dataclass(frozen=True, slots=True)
class _Mentions:
    """Skills asked, sorted into runs of one source, segment, group and year: each with its cell, employer and weight.

    `at` is the place of its group of employers and its skill in a table of both.
    """

    runs: dict[tuple, slice]
    cell: NDArray[np.integer]
    employer: NDArray[np.integer]
    at: NDArray[np.integer]
    postings: NDArray[np.integer]

    def counts(self, sample: Sample, cut: Cut, run: tuple) -> Array:
        """Return what one run's vacancies in the cut ask, shape (groups of employers, skills)."""
        here = self.runs[run]
        at, employer, postings = self.at[here], self.employer[here], self.postings[here]
        mask = sample.grid.mask(cut)
        if mask is not None:
            kept = mask[self.cell[here]]
            at, employer, postings = at[kept], employer[kept], postings[kept]
        weight = postings.astype(np.float64) if cut.dedup == "off" else None
        if cut.weighting == "employer":
            weight = np.ones(len(at)) if weight is None else weight
            weight = weight / np.bincount(employer, weight, sample.n_employers)[employer]
        groups = sample.coarse()[1].shape[1]
        return np.bincount(at, weight, groups * VOCABULARY).astype(np.float64).reshape(groups, VOCABULARY)


@dataclass(frozen=True, kw_only=True)
class TurnoverRatio(TwoGroups):
    """Yearly turnover of the skills asked by one group over that by another."""

    is_heavy: ClassVar[bool] = True

    def drawn_by(self, sample: Sample) -> NDArray[np.float32]:
        return sample.coarse()[1]

    @property
    def method(self) -> str:
        return (
            "Turnover is the distance between the profiles of two consecutive years of the same source, over the 100 skills asked most, "
            "of a taxonomy that is frozen and merges synonyms; the expected noise of sampling is taken off, since a small group always looks restless. "
            "Root of the summed squares over the years both groups share, one over the other. Large markets are resampled in 400 random groups of employers."
        )

    def _mentions(self, sample: Sample, cut: Cut) -> _Mentions:
        table = opening_table(cut)

        def made() -> _Mentions:
            rows = sample.rows(
                f"SELECT vacancy_id, source, segment, ({self.first})::INTEGER AS label, year, n_postings FROM {table}"
                f" WHERE ({self.population}) AND n_skill_categories IS NOT NULL ORDER BY vacancy_id"
            )
            keys = rows.select("source", "segment", "label", "year").unique().sort("source", "segment", "label", "year")
            run = rows.join(keys.with_row_index("run"), on=keys.columns, how="left", maintain_order="left")[
                "run"
            ].to_numpy()
            row, skill = sample.skills_of(rows["vacancy_id"].to_numpy())
            counts = np.bincount(skill, minlength=len(sample.skill_names))
            top = np.argsort(-counts, kind="stable")[:VOCABULARY]
            column = np.full(len(counts), -1, dtype=np.int16)
            column[top[counts[top] > 0]] = np.arange(np.count_nonzero(counts[top]), dtype=np.int16)
            order = np.argsort(run[row].astype(np.uint16), kind="stable")
            order = order[column[skill[order]] >= 0]
            row, skill = row[order], column[skill[order]].astype(np.int64)
            cell = sample.cell[rows["vacancy_id"].to_numpy()[row]]
            ends = np.searchsorted(run[row], np.arange(len(keys) + 1))
            return _Mentions(
                {key: slice(*ends[k : k + 2]) for k, key in enumerate(keys.rows())},
                cell,
                sample.grid.employer[cell],
                sample.coarse()[0][sample.grid.employer[cell]] * VOCABULARY + skill,
                rows["n_postings"].to_numpy()[row],
            )

        return sample.kept((self, table), made)

    def _counts(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            frame = sample.rows(
                f"SELECT cell, employer_index, source, year, segment, ({self.first})::INTEGER AS label, count(*)::DOUBLE AS n FROM {table}"
                f" WHERE ({self.population}) AND n_skill_categories IS NOT NULL GROUP BY ALL ORDER BY cell, segment, label"
            )
            return frame, Cells(frame.select("cell"), sample.grid)

        return sample.kept((self, table, "counts"), made)

    def _windows(self, sample: Sample, cut: Cut) -> tuple[Size, list[tuple[str, int, int]]]:
        """Return the size, and the windows (source, segment, first year) in which both groups have enough in both years."""
        frame, cells = self._counts(sample, cut)
        kept = frame.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean))
        years = set(shared_years(kept))
        windows = sorted(window for window in years if (*window[:2], window[2] + 1) in years)
        size = two_sided(in_years(kept, [(*window[:2], window[2] + step) for window in windows for step in (0, 1)]))
        return size, windows

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._windows(sample, cut)[0] if sample.n_employers else EMPTY

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size, windows = self._windows(sample, cut) if sample.n_employers else (EMPTY, [])
        if not size.is_enough:
            return Answer(size)
        if size.least_employers < LEAST_EMPLOYERS:
            return Answer(replace(size, least_vacancies=0), note=DROWNED.format(size.least_employers))
        mentions, weights = self._mentions(sample, cut), sample.coarse()[1]
        pairs: dict[int, list[tuple[Profile, Profile]]] = {0: [], 1: []}
        for (source, segment), stretch in stretches_of(windows, least=1).items():
            years = [year for _, _, year in stretch]
            used = sorted({year + step for year in years for step in (0, 1)})
            for label in (0, 1):
                counts = [mentions.counts(sample, cut, (source, segment, label, year)) for year in used]
                profiles = dict(zip(used, profiles_of(counts, weights), strict=True))
                pairs[label] += [(profiles[year], profiles[year + 1]) for year in years]
        (below, drawn_below), (above, drawn_above) = (squared_turnover(pairs[label], weights) for label in (0, 1))
        with np.errstate(invalid="ignore"):
            value = np.sqrt(ratio(np.maximum(above, 0.0), below))
            replicates = np.sqrt(ratio(np.maximum(drawn_above, 0.0), drawn_below))
        note = f"{len(windows)} windows of two years, the first from {min(w[2] for w in windows)}, the last to {max(w[2] for w in windows) + 1}."
        return Answer(size, float(value), replicates, note=note)
