"""The measure of how much of what one role is asked lies in another role's core of skills."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.measure import EMPTY, LEAST_EMPLOYERS, LEAST_VACANCIES, Answer, indented, opening_table
from warehouse.evidence.sample import Cells, Sample, coded, cut_sql
from warehouse.evidence.shares import Part, Shares, behind, difference
from warehouse.statistics.codes import distinct
from warehouse.statistics.resampling import Array, share, totals

CORE = 30
"""Skills of a role's core: those asked most often, of equal number so that neither role has the wider net."""
CANDIDATES = 100
"""Skills of a role and source that may come into its core in a resample: those asked most often in the sample."""
Integers = NDArray[np.integer]


class Asking(NamedTuple):
    """Vacancies of two roles: each's employer, role (0 or 1) and source, all from 0; and each skill asked with its row."""

    employer: Integers
    role: Integers
    source: Integers
    row: Integers
    skill: Integers


class Held(NamedTuple):
    """Vacancies held against the cores: which could be told, and of each the share of its skills that the other's core has;
    of each skill asked of those the row and its column in the other role's core, -1 where it is in none; a skill's part of
    each vacancy; and both roles' cores in each resample, (replicates, columns)."""

    is_told: NDArray[np.bool_]
    covered: Array
    row: Integers
    column: Integers
    part: Array
    drawn: list[NDArray[np.bool_]]


class _Vacancies(NamedTuple):
    """What the vacancies of the two roles ask, with the cell and the postings of each."""

    asking: Asking
    cell: Integers
    postings: Integers


def held_against_cores(asking: Asking, n_skills: int, group: Integers, weights: NDArray[np.float32]) -> Held:
    """Return vacancies held against the other role's core in their own source, and the cores of each resample.

    `group`, shape (employers,), is what an employer is resampled with and `weights`, shape (replicates, groups), how often
    each is drawn. Of a source in which either role has fewer than 30 vacancies of 8 employers with skills none can be told.
    """
    counts = _counts(asking, n_skills, len(group))
    is_core = _most_asked(counts, CORE)
    row, n = asking.row, len(asking.role)
    n_asked = np.bincount(row, minlength=n)
    inside = np.bincount(row, is_core[asking.source[row], 1 - asking.role[row], asking.skill], n)
    is_told = (n_asked > 0) & is_core[asking.source, 0].any(axis=1)
    told = is_told[row]
    column, drawn = _drawn_cores(asking, counts, group, weights)
    part = np.where(is_told, 1 / np.maximum(n_asked, 1), 0.0)
    return Held(is_told, inside / np.maximum(n_asked, 1), row[told], column[told], part, drawn)


def covered_in_resamples(
    asking: Asking, held: Held, mass: Array, group: Integers, weights: NDArray[np.float32]
) -> list[Array]:
    """Return either role's mean share of skills in the other's core by resample, each (replicates,); vacancies count `mass`."""
    replicates = []
    for i, core in enumerate(reversed(held.drawn)):
        mine = np.where(asking.role == i, mass, 0.0)
        used = np.flatnonzero((held.column >= 0) & (mine[held.row] > 0))
        row = held.row[used]
        at = group[asking.employer[row]] * core.shape[1] + held.column[used]
        sums = np.bincount(at, mine[row] * held.part[row], weights.shape[1] * core.shape[1])
        above = (totals(weights, sums.reshape(weights.shape[1], -1)) * core).sum(axis=1)
        below = np.bincount(group[asking.employer], mine, weights.shape[1])
        replicates.append(share(above, totals(weights, below[:, None])[:, 0]))
    return replicates


@dataclass(frozen=True, kw_only=True)
class CoreCoverage(Shares):
    """Mean share of the skills asked of one role that lie in the other's core, less the reverse.

    A core is of one source and of the period looked at, so that jobs of one time are never held against what another
    time or another kind of text asked; markets and sizes are held against the whole source's. Vacancies that name no
    skill, or of a source in which either role has fewer than 30 vacancies of 8 employers with skills, cannot be told.
    Which skills are a core's hangs on the sample, so each resample draws its own.
    """

    pair: tuple[str, str]
    """The two roles."""

    @classmethod
    def of(cls, label: str, first: str, second: str) -> CoreCoverage:
        """Return the measure of what `first` is asked that `second` brings, less the reverse."""
        parts = tuple(Part("is_covered", f"role = '{role}'") for role in (first, second))
        return cls(label=label, unit="share difference", parts=parts, combine=difference, pair=(first, second))

    @property
    def method(self) -> str:
        return (
            f"A role's core is the {CORE} skills asked most often in one source and in the period looked at. Of each vacancy the share of its "
            "skills that lie in the other role's core of its own source is taken; the mean of the one role less that of the other. "
            "Each resample has cores of its own. Large markets are resampled in 400 random groups of employers."
        )

    def sql(self, cut: Cut) -> str:
        first, second = self.pair
        told = "FROM vacancy LEFT JOIN employer USING (employer_id) JOIN vacancy_skill USING (vacancy_id)"
        period = [
            *cut_sql(replace(cut, source_set=ALL, region=ALL, size_class=ALL)),
            f"role IN ('{first}', '{second}')",
        ]
        return (
            f"WITH asked AS (\nSELECT source, role, skill_id, vacancy_id, employer_id\n{told}\nWHERE {indented(period)}\n),\n"
            "told AS (\nSELECT source FROM (\n  SELECT source, role, count(DISTINCT vacancy_id) AS n, count(DISTINCT employer_id) AS e FROM asked GROUP BY ALL\n"
            f") WHERE n >= {LEAST_VACANCIES} AND e >= {LEAST_EMPLOYERS} GROUP BY source HAVING count(*) = 2\n),\n"
            "core AS (\nSELECT source, role, skill_id FROM asked SEMI JOIN told USING (source) GROUP BY source, role, skill_id\n"
            f"QUALIFY row_number() OVER (PARTITION BY source, role ORDER BY count(*) DESC, skill_id) <= {CORE}\n),\n"
            "covered AS (\nSELECT vacancy_id, a.role AS role, avg((core.skill_id IS NOT NULL)::INTEGER) AS covered\n"
            "FROM (SELECT * FROM asked SEMI JOIN told USING (source)) AS a LEFT JOIN core\n"
            "  ON core.source = a.source AND core.skill_id = a.skill_id AND core.role <> a.role\nGROUP BY ALL\n)\n"
            f"SELECT count(*) FILTER (WHERE role = '{first}') AS n_first, count(*) FILTER (WHERE role = '{second}') AS n_second,\n"
            f"  avg(covered) FILTER (WHERE role = '{first}') AS covered_first, avg(covered) FILTER (WHERE role = '{second}') AS covered_second,\n"
            "  covered_first - covered_second AS estimate\n"
            f"FROM covered SEMI JOIN (SELECT vacancy_id FROM vacancy LEFT JOIN employer USING (employer_id) WHERE {' AND '.join(cut_sql(cut))}) USING (vacancy_id)"
        )

    def _vacancies(self, sample: Sample, cut: Cut) -> _Vacancies:
        table = opening_table(cut)

        def made() -> _Vacancies:
            rows = sample.rows(
                f"SELECT vacancy_id, cell, n_postings, source, (role = '{self.pair[1]}')::INTEGER AS role FROM {table}"
                f" WHERE {self.population} ORDER BY vacancy_id"
            )
            row, skill = sample.skills_of(rows["vacancy_id"].to_numpy())
            cell, postings, role = (rows[name].to_numpy() for name in ("cell", "n_postings", "role"))
            asking = Asking(sample.grid.employer[cell], role, coded(rows["source"])[0], row, skill)
            return _Vacancies(asking, cell, postings)

        return sample.kept((self, table, "asking"), made)

    def cells(self, sample: Sample, cut: Cut) -> Cells:
        return self._held(sample, cut)[0]

    def _held(self, sample: Sample, cut: Cut) -> tuple[Cells, Held]:
        return sample.kept((self, opening_table(cut), cut.period), lambda: self._covered(sample, cut))

    def _covered(self, sample: Sample, cut: Cut) -> tuple[Cells, Held]:
        asking, cell, postings = self._vacancies(sample, cut)
        mask = sample.grid.mask(Cut(period=cut.period))
        is_here = np.ones(len(cell), dtype=bool) if mask is None else mask[cell]
        kept = is_here[asking.row]
        asking = asking._replace(row=asking.row[kept], skill=asking.skill[kept])
        held = held_against_cores(asking, len(sample.skill_names), *sample.coarse())
        here = np.flatnonzero(is_here)
        first, at = distinct(cell[here])

        def summed(is_chosen: NDArray[np.bool_], values: NDArray[np.number]) -> Array:
            return np.bincount(at, np.where(is_chosen, values, 0.0)[here], len(first))

        one = np.ones(len(cell))
        columns = {"n": summed(held.is_told, one)}
        for i in (0, 1):
            known = held.is_told & (asking.role == i)
            columns |= {f"a{i}": summed(known, held.covered), f"d{i}": summed(known, one)}
            columns |= {f"pa{i}": summed(known, held.covered * postings), f"pd{i}": summed(known, postings)}
            columns[f"u{i}"] = summed(~held.is_told & (asking.role == i), one)
        return Cells(pl.DataFrame({"cell": cell[here][first], **columns}), sample.grid), held

    def drawn_by(self, sample: Sample) -> NDArray[np.float32]:
        return sample.coarse()[1]

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._one(sample, cut) for cut in cuts] if sample.n_employers else [Answer(EMPTY)] * len(cuts)

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        (cells, held), (asking, cell, postings) = self._held(sample, cut), self._vacancies(sample, cut)
        size, sides = self._sides(sample, cells, cut)
        if not size.is_enough:
            return Answer(size)
        point = [share(np.asarray(a.sum()), np.asarray(d.sum())) for a, d in sides]
        mask = sample.grid.mask(cut)
        is_kept = held.is_told if mask is None else held.is_told & mask[cell]
        mass = np.where(is_kept, postings if cut.dedup == "off" else 1.0, 0.0)
        if cut.weighting == "employer":
            side = asking.employer.astype(np.int64) * 2 + asking.role
            whole = np.bincount(side, mass, 2 * sample.n_employers)[side]
            mass = np.divide(mass, whole, out=np.zeros_like(mass), where=whole > 0)
        replicates = covered_in_resamples(asking, held, mass, *sample.coarse())
        n = behind(self.combine, point, replicates, [known for _, known in sides])
        return Answer(replace(size, n_effective=n), float(self.combine(point)), self.combine(replicates))


def _counts(asking: Asking, n_skills: int, n_employers: int) -> Integers:
    """Return how often each source's vacancies of each role ask a skill, (sources, roles, skills); nought of a thin source."""
    n_sources = int(asking.source.max(initial=-1)) + 1
    side = asking.source.astype(np.int64) * 2 + asking.role
    counts = np.bincount(side[asking.row] * n_skills + asking.skill, minlength=n_sources * 2 * n_skills)
    names = np.flatnonzero(np.bincount(asking.row, minlength=len(asking.role)))
    vacancies = np.bincount(side[names], minlength=2 * n_sources)
    seen = np.unique(side[names] * n_employers + asking.employer[names])
    employers = np.bincount(seen // max(n_employers, 1), minlength=2 * n_sources)
    is_enough = ((vacancies >= LEAST_VACANCIES) & (employers >= LEAST_EMPLOYERS)).reshape(n_sources, 2).all(axis=1)
    return counts.reshape(n_sources, 2, n_skills) * is_enough[:, None, None]


def _drawn_cores(
    asking: Asking, counts: Integers, group: Integers, weights: NDArray[np.float32]
) -> tuple[Integers, list[NDArray[np.bool_]]]:
    """Return of each skill asked its column in the other role's core, -1 for none, and the cores of both roles in each resample.

    A core is of shape (replicates, columns); its columns are each source's candidates, in the order of the skills.
    """
    is_candidate = _most_asked(counts, CANDIDATES)
    column = np.full(is_candidate.shape, -1)
    row, skill = asking.row, asking.skill
    drawn = []
    for role in (0, 1):
        mine = is_candidate[:, role]
        column[:, role][mine] = np.arange(mine.sum())
        own = column[asking.source[row], role, skill]
        chosen = (own >= 0) & (asking.role[row] == role)
        at = group[asking.employer[row[chosen]]] * mine.sum() + own[chosen]
        sums = np.bincount(at, minlength=weights.shape[1] * mine.sum()).reshape(weights.shape[1], -1)
        asked = totals(weights, sums)
        core = np.zeros(asked.shape, dtype=bool)
        for block in np.split(np.arange(mine.sum()), np.cumsum(mine.sum(axis=1))[:-1]):
            top = np.argsort(-asked[:, block], axis=1, kind="stable")[:, :CORE]
            np.put_along_axis(core, block[top], np.take_along_axis(asked, block[top], 1) > 0, 1)
        drawn.append(core)
    return column[asking.source[row], 1 - asking.role[row], skill], drawn


def _most_asked(counts: Integers, most: int) -> NDArray[np.bool_]:
    """Return which skills are among those asked most often, of counts (…, skills); ties go to the first, none to what nobody asks."""
    top = np.argsort(-counts, axis=-1, kind="stable")[..., :most]
    is_most = np.zeros(counts.shape, dtype=bool)
    np.put_along_axis(is_most, top, np.take_along_axis(counts, top, -1) > 0, -1)
    return is_most
