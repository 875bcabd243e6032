"""Measures that are functions of shares and means: ratios of counts, differences, risk ratios, corrected role ratios."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, LATEST, Cut
from warehouse.evidence.derived import source_sql
from warehouse.evidence.measure import EMPTY, Answer, Measure, Size, indented, opening_table
from warehouse.evidence.sample import Cells, Sample, cut_sql
from warehouse.statistics.codes import distinct
from warehouse.statistics.intervals import welch_effective
from warehouse.statistics.resampling import (
    Array,
    effective_employers,
    effective_trials,
    rare_share_draws,
    ratio,
    share,
    totals,
)


@dataclass(frozen=True, slots=True)
class Part:
    """The mean of `of` (a condition or a number of a vacancy) over the vacancies that meet `among`.

    Vacancies where `of` is null could not be told and are left out of the mean; their number is reported.
    """

    of: str
    among: str
    name: str = "value"


RARE_EMPLOYERS = 5
OF_YEARS = (ALL, LATEST)
"""Periods of more than a year, in which what an employer has is counted a calendar year at a time."""
Combine = Callable[[Sequence[Array]], Array]


def only(parts: Sequence[Array]) -> Array:
    """The one part itself."""
    return parts[0]


def difference(parts: Sequence[Array]) -> Array:
    """The first less the second."""
    return parts[0] - parts[1]


def quotient(parts: Sequence[Array]) -> Array:
    """The first over the second."""
    return ratio(parts[0], parts[1])


def odds(parts: Sequence[Array]) -> Array:
    """p / (1 - p): of two counts whose sum is the population, the first over the second."""
    return ratio(parts[0], 1 - parts[0])


def odds_ratio(parts: Sequence[Array]) -> Array:
    """The odds of the first part over those of the second."""
    return ratio(odds(parts), odds(parts[1:]))


def over_the_larger(parts: Sequence[Array]) -> Array:
    """The first less the larger of the other two."""
    return parts[0] - np.maximum(parts[1], parts[2])


def mean_of_all(parts: Sequence[Array]) -> Array:
    """The plain mean of the parts."""
    return np.mean(np.stack(parts), axis=0)


_FORMULA = {only: "{0}", difference: "{0} - {1}", quotient: "{0} / {1}", odds: "{0} / (1 - {0})",
            odds_ratio: "({0} / (1 - {0})) / ({1} / (1 - {1}))", over_the_larger: "{0} - greatest({1}, {2})"}  # fmt: skip
_WORDS = {
    only: "The share is taken over vacancies where it could be told.",
    difference: "One share less the other.",
    quotient: "One share over the other.",
    odds: "One count over the other, as the odds of a vacancy being the first kind.",
    odds_ratio: "The odds in one group over the odds in the other.",
    over_the_larger: "The mean in one group less the larger of the means in two others.",
}


def is_rare(events: Array, known: Array) -> bool:
    """Return whether fewer than five employers have an event, or fewer than five lack one: of a share, not a mean."""
    has, lacks = np.count_nonzero(events > 0), np.count_nonzero(events < known)
    return bool(min(has, lacks) < RARE_EMPLOYERS and (events >= 0).all() and (events <= known).all())


def rare_draws(sample: Sample, events: Array, known: Array, part: int) -> Array:
    """Return draws of a share with hardly any events, from its sums by employer; `part` tells the seeds of parts apart."""
    trials = effective_trials(events, known)
    return rare_share_draws(float(share(events.sum(), known.sum())), trials, sample.replicates, sample.seed + 6 + part)


def behind(combine: Combine, point: Sequence[Array], replicates: Sequence[Array], known: Sequence[Array]) -> float:
    """Return the effective number of employers behind a function of shares, from each share's replicates and vacancies by employer."""
    each = [effective_employers(one) for one in known]
    variances = []
    for i, drawn in enumerate(replicates):
        step = 1e-4
        moved = [float(combine([p + sign * step * (i == k) for k, p in enumerate(point)])) for sign in (1, -1)]
        known_draws = drawn[np.isfinite(drawn)]
        spread = float(known_draws.var()) if known_draws.size else np.nan
        variances.append(((moved[0] - moved[1]) / (2 * step)) ** 2 * spread)
    return welch_effective(variances, each, effective_employers(np.sum(known, axis=0)))


@dataclass(frozen=True, kw_only=True)
class Shares(Measure):
    """A function of one or more shares; with weight per employer each share is the mean of the employers' shares."""

    parts: tuple[Part, ...]
    combine: Combine = only
    counted: str | None = None
    """Which vacancies count as those it rests on; by default all that a part is taken among."""

    @property
    def population(self) -> str:
        return self.counted or " OR ".join(f"({part.among})" for part in self.parts)

    @property
    def method(self) -> str:
        return _WORDS.get(self.combine, "A function of shares.")

    def sql(self, cut: Cut) -> str:
        lines = []
        for number, part in enumerate(self.parts, 1):
            suffix = "" if len(self.parts) == 1 else f"_{number}"
            lines += [
                f"  count(*) FILTER (WHERE ({part.among}) AND ({part.of}) IS NOT NULL) AS n_known{suffix}",
                f"  count(*) FILTER (WHERE ({part.among}) AND ({part.of}) IS NULL) AS n_unknown{suffix}",
                f"  avg(({part.of})::DOUBLE) FILTER (WHERE {part.among}) AS {part.name}{suffix}",
            ]
        names = [part.name if len(self.parts) == 1 else f"{part.name}_{i}" for i, part in enumerate(self.parts, 1)]
        estimate = _FORMULA[self.combine].format(*names) if self.combine in _FORMULA else names[0]
        counts = ",\n".join(lines)
        told = f"FROM {source_sql(counts)} LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\n"
        if cut.weighting == "vacancy":
            return f"WITH counted AS (\nSELECT\n{counts}\n{told})\nSELECT *, {estimate} AS estimate FROM counted"
        sums = [f"sum({count}{name.removeprefix(part.name)}) AS {count}{name.removeprefix(part.name)}"
                for part, name in zip(self.parts, names, strict=True) for count in ("n_known", "n_unknown")]  # fmt: skip
        means = [f"avg({name}) AS {name}" for name in names]
        return (
            f"WITH by_employer AS (\nSELECT employer_id,\n{counts}\n{told}GROUP BY employer_id\n),\n"
            f"counted AS (SELECT {', '.join([*sums, *means])} FROM by_employer)\nSELECT *, {estimate} AS estimate FROM counted"
        )

    def cells(self, sample: Sample, cut: Cut) -> Cells:
        """Return sums by cell: for part i `a` (numerator), `d` (known), `u` (unknown), `pa` and `pd` by postings."""
        is_strict = cut.role_definition == "strict"
        return sample.kept((self, is_strict), lambda: self._counted(sample, is_strict))

    def _counted(self, sample: Sample, is_strict: bool) -> Cells:
        asked = [text for part in self.parts for text in (part.among, part.of)]
        columns = sample.columns(asked, is_strict=is_strict)
        has_role, postings = sample.columns(["role IS NOT NULL", "n_postings"], is_strict=is_strict)
        tier, tiers = sample.kept(("pay_tier", is_strict), sample.tiers) if self.uses_pay else (None, [])
        among = [(column == 1) & (has_role == 1) if is_strict else column == 1 for column in columns[::2]]
        rows = np.flatnonzero(np.logical_or.reduce(among))
        key = (
            sample.cell[rows]
            if tier is None
            else sample.cell[rows].astype(np.int64) * (len(tiers) + 1) + tier[rows] + 1
        )
        first, at = distinct(key)
        used = key[first]
        postings = postings[rows]

        def summed(chosen: NDArray[np.bool_], values: Array | None = None) -> Array:
            weights = None if values is None else values[chosen]
            return np.bincount(at[chosen], weights, len(used)).astype(np.float64)

        values: dict[str, Array] = {}
        is_counted = np.zeros(len(rows), dtype=bool)
        for i, (mine, of) in enumerate(zip(among, columns[1::2], strict=True)):
            here, what = mine[rows], of[rows]
            is_known = here & (what >= 0 if what.dtype == np.int8 else ~np.isnan(what))
            is_counted |= is_known
            events = what.astype(np.float64)
            values |= {
                f"a{i}": summed(is_known, events),
                f"d{i}": summed(is_known),
                f"pa{i}": summed(is_known, events * postings),
                f"pd{i}": summed(is_known, postings),
                f"u{i}": summed(here & ~is_known),
            }
        if self.counted:
            is_counted = sample.columns([self.counted], is_strict=is_strict)[0][rows] == 1
        values["n"] = summed(is_counted)
        if tier is None:
            return Cells(pl.DataFrame({"cell": used, **values}), sample.grid)
        words = pl.Series([None, *tiers], dtype=pl.String).gather(used % (len(tiers) + 1))
        return Cells(pl.DataFrame({"cell": used // (len(tiers) + 1), "pay_tier": words, **values}), sample.grid)

    def _sides(self, sample: Sample, cells: Cells, cut: Cut) -> tuple[Size, list[tuple[Array, Array]]]:
        """Return what the cut rests on and, for each part, per-employer numerators and denominators."""
        mask = cells.mask(cut)
        employer = cells.employer[mask]

        def by_employer(name: str) -> Array:
            return np.bincount(employer, cells.values[name][mask], sample.n_employers)

        sides = []
        known = []
        prefix = "p" if cut.dedup == "off" else ""
        for i in range(len(self.parts)):
            plain = by_employer(f"d{i}")
            known.append(plain)
            a, d = by_employer(f"{prefix}a{i}"), plain if not prefix else by_employer(f"{prefix}d{i}")
            sides.append((share(a, d), (d > 0).astype(float)) if cut.weighting == "employer" else (a, d))
        n = by_employer("n")
        size = Size(
            n_vacancies=int(n.sum()),
            n_employers=int(np.count_nonzero(n)),
            n_unknown=int(sum(cells.values[f"u{i}"][mask].sum() for i in range(len(self.parts)))),
            least_vacancies=int(min(n.sum(), *(d.sum() for d in known))),
            least_employers=int(min(np.count_nonzero(n), *(np.count_nonzero(d) for d in known))),
            n_effective=min(effective_employers(d) for _, d in sides),
        )
        return size, [(np.nan_to_num(a), d) for a, d in sides]

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._sides(sample, self.cells(sample, cut), cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self._sides(sample, self.cells(sample, cut), cut) for cut in cuts]
        columns = np.column_stack([column for _, sides in made for side in sides for column in side])
        drawn = totals(sample.weights, columns)
        plain = columns.sum(axis=0)
        answers = []
        width = 2 * len(self.parts)
        for k, (size, sides) in enumerate(made):
            here = slice(k * width, (k + 1) * width)
            replicates = [share(drawn[:, here][:, 2 * i], drawn[:, here][:, 2 * i + 1]) for i in range(len(self.parts))]
            point = [share(plain[here][2 * i], plain[here][2 * i + 1]) for i in range(len(self.parts))]
            rare = [i for i, (events, known) in enumerate(sides) if size.is_enough and is_rare(events, known)]
            for i in rare:
                replicates[i] = rare_draws(sample, *sides[i], i)
            answer = self._answer(sample, size, point, replicates)
            if len(sides) > 1:
                n = behind(self.combine, point, replicates, [known for _, known in sides])
                answer = replace(answer, size=replace(size, n_effective=n))
            answers.append(replace(answer, scale="drawn") if rare else answer)
        return answers

    def _answer(self, sample: Sample, size: Size, point: list[Array], replicates: list[Array]) -> Answer:
        return Answer(size, float(self.combine(point)), self.combine(replicates))


def count_ratio(label: str, numerator: str, denominator: str) -> Shares:
    """Return the measure of how many vacancies of one kind there are for one of another."""
    among = f"({numerator}) OR ({denominator})"
    return Shares(label=label, unit="ratio", parts=(Part(numerator, among),), combine=odds)


@dataclass(frozen=True, kw_only=True)
class EmployersWithout(Measure):
    """Share of employers with at least `least` vacancies of one kind in a year that have none of another in it.

    A period of several years counts each employer once a year. With weight per vacancy an employer counts as often as
    it has vacancies of the first kind.
    """

    having: str
    lacking: str
    least: int = 3

    @property
    def population(self) -> str:
        return self.having

    @property
    def method(self) -> str:
        return (
            f"Employers with at least {self.least} vacancies of the first kind in a year are looked at; the share of them "
            "that have no vacancy of the second kind in the same year is given."
        )

    def sql(self, cut: Cut) -> str:
        year = ", year(first_seen_at) AS year" if cut.period in OF_YEARS else ""
        mean = "avg((n_lacking = 0)::INTEGER)"
        if cut.weighting == "vacancy":
            mean = "sum(n_having * (n_lacking = 0)::INTEGER) / sum(n_having)"
        return (
            f"WITH hiring AS (\nSELECT employer_id{year},\n"
            f"  count(*) FILTER (WHERE {self.having}) AS n_having,\n  count(*) FILTER (WHERE {self.lacking}) AS n_lacking\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id)\nWHERE {indented(cut_sql(cut))}\nGROUP BY ALL\n)\n"
            f"SELECT count(DISTINCT employer_id) AS n_employers, {mean} AS estimate FROM hiring WHERE n_having >= {self.least}"
        )

    def _cells(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)
        return sample.kept(
            (self, table),
            lambda: sample.cells(
                f"SELECT cell, year AS first_year, count(*) FILTER (WHERE {self.having}) AS having_,"
                f" count(*) FILTER (WHERE {self.lacking}) AS lacking_, sum(n_postings) FILTER (WHERE {self.having})::DOUBLE AS postings_"
                f" FROM {table} WHERE ({self.having}) OR ({self.lacking}) GROUP BY cell, year ORDER BY cell"),
        )  # fmt: skip

    def _side(self, sample: Sample, cut: Cut) -> tuple[Size, Array, Array]:
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        employer = cells.employer[mask]
        # within a single period of months a year boundary does not part an employer; over several years it does
        years = (
            cells.values["first_year"][mask].astype(np.int64)
            if cut.period in OF_YEARS
            else np.zeros(len(employer), int)
        )
        unit, index = np.unique(employer * 10_000 + years, return_inverse=True)
        owner = unit // 10_000
        having, lacking, postings = (
            np.bincount(index, cells.values[f"{name}_"][mask], len(unit)) for name in ("having", "lacking", "postings")
        )
        counted = having if cut.dedup == "on" else postings
        looked_at = counted >= self.least
        weight = np.where(looked_at, counted if cut.weighting == "vacancy" else 1.0, 0.0)
        den = np.bincount(owner, weight, sample.n_employers)
        num = np.bincount(owner, weight * (lacking == 0), sample.n_employers)
        n = int(having[looked_at].sum())
        employers = int(np.count_nonzero(den))
        return Size(n, employers, 0, n, employers, effective_employers(den)), num, den

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._side(sample, cut)[0] if sample.n_employers else EMPTY

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self._side(sample, cut) for cut in cuts]
        columns = np.column_stack([column for _, num, den in made for column in (num, den)])
        drawn, plain = totals(sample.weights, columns), columns.sum(axis=0)
        answers = []
        for k, (size, num, den) in enumerate(made):
            value = float(share(plain[2 * k], plain[2 * k + 1]))
            if size.is_enough and is_rare(num, den):
                answers.append(Answer(size, value, rare_draws(sample, num, den, 0), scale="drawn"))
            else:
                answers.append(Answer(size, value, share(drawn[:, 2 * k], drawn[:, 2 * k + 1])))
        return answers
