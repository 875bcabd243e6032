"""Ratios of vacancies by role, corrected for how often one role is taken for another."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from warehouse.evidence.cuts import Cut
from warehouse.evidence.measure import EMPTY, Answer, Measure, Size, indented
from warehouse.evidence.roles import any_of
from warehouse.evidence.sample import Cells, Sample, cut_sql
from warehouse.evidence.shares import is_rare, rare_draws
from warehouse.schema.tables import ROLES
from warehouse.statistics.classifier_error import corrected_shares, error_draws, error_matrix
from warehouse.statistics.codes import distinct
from warehouse.statistics.intervals import Scale
from warehouse.statistics.resampling import Array, effective_employers, ratio, share, totals

NOT_CORRECTED = "Not corrected: no labelled postings were at hand."


def confusion_counts(confusion: pl.DataFrame) -> Array:
    """Return counts labelled × predicted in the order of `ROLES`, shape (roles, roles)."""
    counts = np.zeros((len(ROLES), len(ROLES)))
    for labelled, predicted, n in confusion.select("labelled", "predicted", "n").iter_rows():
        if labelled in ROLES and predicted in ROLES:
            counts[ROLES.index(labelled), ROLES.index(predicted)] += n
    return counts


def corrected_by_role(sample: Sample, observed: Array, *, is_point: bool) -> Array | None:
    """Return shares of roles less what is misread, shape (..., roles), from those observed; None without labels.

    At the point the matrix is the labels' own; in replicates, shape (replicates, roles), it is drawn anew for each.
    """
    if sample.confusion is None or sample.confusion.is_empty():
        return None
    counts = confusion_counts(sample.confusion)
    if is_point:
        return corrected_shares(observed, error_matrix(counts))
    draws = sample.lasting("role errors", lambda: error_draws(counts, sample.replicates, sample.seed + 1))
    return corrected_shares(observed, draws)


@dataclass(frozen=True, kw_only=True)
class RoleRatio(Measure):
    """Vacancies of some roles for one of others, corrected for the measured error of role recognition.

    `narrowing` may narrow the numerator by a further condition; the share of each role that meets it is taken as
    recognised, only the number of vacancies of the role is corrected. That share needs as many vacancies and employers
    of the numerator's roles as any side of a comparison.
    """

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    narrowing: str = ""
    within: str = ""
    """Which vacancies count at all; by default every one."""

    @property
    def population(self) -> str:
        narrowed = f"{any_of('role', self.numerator)} AND ({self.narrowing})" if self.narrowing else ""
        if not narrowed:
            return any_of("role", (*self.numerator, *self.denominator))
        return f"({narrowed}) OR ({any_of('role', self.denominator)})"

    @property
    def roles(self) -> tuple[str, ...]:
        return self.numerator if len(self.numerator) > 1 else ()

    @property
    def method(self) -> str:
        return (
            "Vacancies of the one over vacancies of the other. Observed shares of the eight roles are corrected by the inverse of "
            "the recognition matrix measured on labelled postings, drawn anew in each bootstrap replicate."
        )

    def of_role(self, role: str) -> RoleRatio:
        return replace(self, numerator=(role,))

    def sql(self, cut: Cut) -> str:
        narrowed = f" AND ({self.narrowing})" if self.narrowing else ""
        kept = [*cut_sql(cut), *([self.within] if self.within else [])]
        return (
            f"WITH counted AS (\nSELECT\n  count(*) FILTER (WHERE {any_of('role', self.numerator)}{narrowed}) AS n_numerator,\n"
            f"  count(*) FILTER (WHERE {any_of('role', self.denominator)}) AS n_denominator\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id)\nWHERE {indented(kept)}\n)\n"
            "SELECT *, n_numerator / n_denominator AS estimate FROM counted"
        )

    def _cells(self, sample: Sample, cut: Cut) -> Cells:
        """Return by cell and role k the vacancies `r{k}`, those of the numerator that are not narrowed out `m{k}`, `p*` by postings, `n`, `u` and the numerator's `b`."""
        is_strict = cut.role_definition == "strict"

        def made() -> Cells:
            columns = sample.columns([f"role = '{role}'" for role in ROLES], is_strict=is_strict)
            (postings,) = sample.columns(["n_postings"], is_strict=is_strict)
            meets = sample.columns([self.narrowing], is_strict=is_strict)[0] if self.narrowing else None
            is_known = np.logical_or.reduce([column == 1 for column in columns])
            if self.within:
                is_known &= sample.columns([self.within], is_strict=is_strict)[0] == 1
            rows = np.flatnonzero(is_known)
            first, at = distinct(sample.cell[rows])
            values = {"u": np.zeros(len(first))}
            for k, (role, column) in enumerate(zip(ROLES, columns, strict=True)):
                mine = column[rows] == 1
                chosen = {"r": mine}
                if role in self.numerator and meets is not None:
                    chosen["m"] = mine & (meets[rows] == 1)
                    values["u"] += np.bincount(at[mine & (meets[rows] < 0)], minlength=len(first))
                for name, here in chosen.items():
                    values[f"{name}{k}"] = np.bincount(at[here], minlength=len(first)).astype(np.float64)
                    values[f"p{name}{k}"] = np.bincount(at[here], postings[rows][here], len(first))
            top = [f"m{ROLES.index(role)}" if self.narrowing else f"r{ROLES.index(role)}" for role in self.numerator]
            values["n"] = sum(values[name] for name in [*top, *(f"r{ROLES.index(role)}" for role in self.denominator)])
            values["b"] = sum(values[f"r{ROLES.index(role)}"] for role in self.numerator)
            return Cells(pl.DataFrame({"cell": sample.cell[rows][first], **values}), sample.grid)

        return sample.kept((self, is_strict), made)

    def _columns(self) -> list[str]:
        """Return the columns of `sums`: a role each, then the roles of the numerator narrowed."""
        narrowed = [f"m{ROLES.index(role)}" for role in self.numerator] if self.narrowing else []
        return [f"r{k}" for k in range(len(ROLES))] + narrowed

    def sums(self, sample: Sample, cut: Cut) -> Array:
        """Return per employer vacancies by role, followed by those of the narrowed numerator, (employers, columns)."""
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        employer = cells.employer[mask]
        prefix = "p" if cut.dedup == "off" else ""
        sums = np.column_stack(
            [np.bincount(employer, cells.values[prefix + name][mask], sample.n_employers) for name in self._columns()]
        )
        if cut.weighting == "employer":
            sums = np.nan_to_num(share(sums, sums[:, : len(ROLES)].sum(axis=1, keepdims=True)))
        return sums

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        cells = self._cells(sample, cut)
        mask = cells.mask(cut)
        counted = np.bincount(cells.employer[mask], cells.values["n"][mask], sample.n_employers)
        vacancies, employers = int(counted.sum()), int(np.count_nonzero(counted))
        least = vacancies, employers
        if self.narrowing:
            narrowed = np.bincount(cells.employer[mask], cells.values["b"][mask], sample.n_employers)
            least = min(vacancies, int(narrowed.sum())), min(employers, int(np.count_nonzero(narrowed)))
        return Size(vacancies, employers, int(cells.values["u"][mask].sum()), *least, effective_employers(counted))

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        if not sample.n_employers:
            return [Answer(EMPTY)] * len(cuts)
        made = [self.sums(sample, cut) for cut in cuts]
        width = len(self._columns())
        drawn = totals(sample.weights, np.concatenate(made, axis=1))
        return [
            self._answer(sample, self.size(sample, cut), sums, drawn[:, k * width : (k + 1) * width])
            for k, (cut, sums) in enumerate(zip(cuts, made, strict=True))
        ]

    def _answer(self, sample: Sample, size: Size, sums: Array, drawn: Array) -> Answer:
        known = sums[:, : len(ROLES)].sum(axis=1)
        if not known.any():
            return Answer(size)
        point, drawn = sums.sum(axis=0) / known.sum(), share(drawn, drawn[:, : len(ROLES)].sum(axis=1, keepdims=True))
        meets, meeting = self._meeting(sample, sums, point, drawn)
        asked = [ROLES.index(role) for role in (*self.numerator, *self.denominator)]
        rare = [k for k in asked if is_rare(sums[:, k], known)]
        for k in rare:
            drawn[:, k] = rare_draws(sample, sums[:, k], known, k)
        scale: Scale = "drawn" if rare or self._has_rare_narrowing(sums) else "plain"
        raw = float(self._ratio(point, meets))
        corrected = corrected_by_role(sample, point[: len(ROLES)], is_point=True)
        replicates = corrected_by_role(sample, drawn[:, : len(ROLES)], is_point=False)
        if corrected is None or replicates is None:
            note = NOT_CORRECTED if size.is_enough else None
            return Answer(size, raw, self._ratio(drawn, meeting), note=note, scale=scale)
        return Answer(size, float(self._ratio(corrected, meets)), self._ratio(replicates, meeting), raw, scale=scale)

    def _narrowed(self, sums: Array) -> list[tuple[int, Array, Array]]:
        """Return each of the numerator's roles with its vacancies by employer that meet the narrowing, and all of them."""
        above = [ROLES.index(role) for role in self.numerator] if self.narrowing else []
        return [(k, sums[:, len(ROLES) + j], sums[:, k]) for j, k in enumerate(above)]

    def _has_rare_narrowing(self, sums: Array) -> bool:
        return any(known.any() and is_rare(events, known) for _, events, known in self._narrowed(sums))

    def _meeting(self, sample: Sample, sums: Array, point: Array, drawn: Array) -> tuple[Array, Array]:
        """Return what share of each of the numerator's roles meets the narrowing, (roles,), and its replicates."""
        if not self.narrowing:
            return np.ones(len(self.numerator)), np.ones((len(drawn), len(self.numerator)))
        above = [ROLES.index(role) for role in self.numerator]
        meets, meeting = (np.nan_to_num(share(one[..., len(ROLES) :], one[..., above])) for one in (point, drawn))
        for j, (k, events, known) in enumerate(self._narrowed(sums)):
            if known.any() and is_rare(events, known):
                meeting[:, j] = rare_draws(sample, events, known, len(ROLES) + k)
        return meets, meeting

    def _ratio(self, shares: Array, meeting: Array) -> Array:
        """Return the ratio from shares of roles, (..., roles), and what share of the numerator's counts, (..., numerator)."""
        above = [ROLES.index(role) for role in self.numerator]
        below = [ROLES.index(role) for role in self.denominator]
        return ratio((shares[..., above] * meeting).sum(axis=-1), shares[..., below].sum(axis=-1))
