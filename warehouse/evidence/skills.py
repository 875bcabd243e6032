"""Measures of the skills asked: likeness of profiles, telling roles apart, and what two groups ask year by year."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, stats

from warehouse.evidence.cuts import Cut
from warehouse.evidence.measure import (
    EMPTY,
    LEAST_EMPLOYERS,
    LEAST_VACANCIES,
    Answer,
    Measure,
    Size,
    indented,
    opening_table,
)
from warehouse.evidence.sample import Cells, Sample, cut_sql
from warehouse.evidence.shares import Part, Shares, mean_of_all
from warehouse.evidence.wording import named
from warehouse.statistics.profiles import (
    cosine_similarity,
    jensen_shannon_similarity,
    likeness,
    mentions_and_draws,
    permuted_similarity,
)
from warehouse.statistics.resampling import Array, effective_employers, two_sides_effective
from warehouse.statistics.separation import auc_between, held_out_probabilities

MOST_ROWS = 20_000
"""Vacancies a classifier is trained and judged on at most: the first by a fixed hash, so any part of the market is as likely."""
COMMON = 0.01
LEAST_YEARS = 3
PERMUTATIONS = 200
SCORE_BINS = 200
Year = tuple[str, int, int]
"""A year of one source and stretch between breaks of comparability."""


def _asked(sample: Sample, vacancies: NDArray[np.integer], least: int) -> sparse.csr_matrix:
    """Return who asks what as a 0/1 matrix of the vacancies' rows and the skills that `least` of them ask or more."""
    row, skill = sample.skills_of(vacancies)
    common = np.flatnonzero(np.bincount(skill, minlength=len(sample.skill_names)) >= least)
    column = np.full(len(sample.skill_names), -1)
    column[common] = np.arange(len(common))
    kept = column[skill] >= 0
    return sparse.csr_matrix(
        (np.ones(int(kept.sum())), (row[kept], column[skill[kept]])), shape=(len(vacancies), len(common))
    )


def _skilled_rows(sample: Sample, table: str, population: str, label: str) -> pl.DataFrame:
    """Return up to `MOST_ROWS` vacancies that ask some skill, `label` as a column, in the order of their identifiers."""
    return sample.rows(
        f"SELECT * FROM (SELECT vacancy_id, cell, employer_index, source, segment, year, n_postings, 1 AS n, {label} AS label FROM {table} WHERE ({population})"
        f" AND n_skill_categories IS NOT NULL ORDER BY draw, vacancy_id LIMIT {MOST_ROWS}) ORDER BY vacancy_id"
    )


@dataclass(frozen=True, kw_only=True)
class ToldApart(Shares):
    """Balanced accuracy of telling classes apart by the skills asked alone, on employers the classifier never saw."""

    classes: tuple[str, ...]
    """One condition per class."""

    @classmethod
    def of(cls, label: str, classes: tuple[str, ...]) -> ToldApart:
        """Return the measure for classes given as conditions on a vacancy."""
        parts = tuple(Part("is_told", f"label = {k}") for k in range(len(classes)))
        return cls(label=label, unit="share", parts=parts, combine=mean_of_all, classes=classes)

    @property
    def population(self) -> str:
        return " OR ".join(f"({one})" for one in self.classes)

    @property
    def method(self) -> str:
        return (
            "Logistic regression on the skills asked, five folds that hold whole employers, classes weighed alike; the mean over classes "
            f"of the share told rightly. At most {MOST_ROWS:,} vacancies."
        )

    def _label(self) -> str:
        return "CASE " + " ".join(f"WHEN {one} THEN {k}" for k, one in enumerate(self.classes)) + " END"

    def sql(self, cut: Cut) -> str:
        return (
            f"SELECT {self._label()} AS class, skill_id, count(*) AS n_vacancies\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id) JOIN vacancy_skill USING (vacancy_id)\nWHERE {indented(cut_sql(cut))}\n"
            f"  AND ({self.population})\nGROUP BY ALL ORDER BY class, n_vacancies DESC, skill_id"
        )

    def cells(self, sample: Sample, cut: Cut) -> Cells:
        table = opening_table(cut)

        def made() -> Cells:
            rows = _skilled_rows(sample, table, self.population, self._label())
            label = rows["label"].to_numpy()
            employer = rows["employer_index"].to_numpy()
            told = np.zeros(len(rows), dtype=bool)
            if all(len(np.unique(employer[label == k])) >= LEAST_EMPLOYERS for k in range(len(self.classes))):
                asked = _asked(sample, rows["vacancy_id"].to_numpy(), 10)
                told = held_out_probabilities(asked, label, employer, sample.seed).argmax(axis=1) == label
            columns = {"n": np.ones(len(rows))}
            postings = rows["n_postings"].to_numpy().astype(np.float64)
            for k in range(len(self.classes)):
                mine = (label == k).astype(np.float64)
                columns |= {
                    f"a{k}": mine * told,
                    f"d{k}": mine,
                    f"pa{k}": mine * told * postings,
                    f"pd{k}": mine * postings,
                    f"u{k}": 0 * mine,
                }
            return Cells(rows.select("cell", **{name: pl.Series(c) for name, c in columns.items()}), sample.grid)

        return sample.kept((self, table), made)


@dataclass(frozen=True, kw_only=True)
class TwoGroups(Measure):
    """What two groups of vacancies ask, year by year."""

    first: str
    second: str

    @property
    def population(self) -> str:
        return f"({self.first}) OR ({self.second})"

    def sql(self, cut: Cut) -> str:
        return (
            f"SELECT year(first_seen_at) AS year, ({self.first}) AS is_first, skill_id, count(*) AS n_vacancies\n"
            f"FROM vacancy LEFT JOIN employer USING (employer_id) JOIN vacancy_skill USING (vacancy_id)\nWHERE {indented(cut_sql(cut))}\n"
            f"  AND ({self.population})\nGROUP BY ALL ORDER BY ALL"
        )

    def _rows(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            rows = _skilled_rows(sample, table, self.population, f"({self.first})::INTEGER")
            return rows, Cells(rows.select("cell"), sample.grid)

        return sample.kept((type(self).__name__, self.first, self.second, table), made)

    def _size(self, rows: pl.DataFrame) -> Size:
        if not self.is_yearly:
            return two_sided(rows)
        stretches = stretches_of(shared_years(rows), least=LEAST_YEARS)
        size = two_sided(in_years(rows, [year for years in stretches.values() for year in years]))
        return size if stretches else replace(size, least_vacancies=0, least_employers=0)

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        rows, cells = self._rows(sample, cut)
        return self._size(rows.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean)))

    @property
    def is_yearly(self) -> bool:
        """Whether it is a change over years, which takes three of one source in which both groups have enough."""
        return True

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._one(sample, cut) for cut in cuts]

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        if not size.is_enough:
            return Answer(size)
        rows, cells = self._rows(sample, cut)
        return self._computed(sample, rows.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean)), size)

    def _computed(self, sample: Sample, rows: pl.DataFrame, size: Size) -> Answer:
        raise NotImplementedError


def shared_years(rows: pl.DataFrame) -> list[Year]:
    """Return the years of one source and stretch in which both groups have enough, sorted; `n` is what a row counts for."""
    keys = ("source", "segment", "year")
    enough = (
        rows.group_by(*keys, "label")
        .agg(n=pl.col("n").sum(), e=pl.col("employer_index").n_unique())
        .filter((pl.col("n") >= LEAST_VACANCIES) & (pl.col("e") >= LEAST_EMPLOYERS))
        .group_by(*keys)
        .len()
        .filter(pl.col("len") == 2)
    )
    return sorted(enough.select(keys).rows())


def in_years(rows: pl.DataFrame, years: Sequence[Year]) -> pl.DataFrame:
    """Return the rows first seen in one of the years of one source, in their order."""
    schema = {"source": pl.String, "segment": pl.Int32, "year": pl.Int32}
    return rows.join(
        pl.DataFrame(sorted(set(years)), schema=schema, orient="row"),
        on=list(schema),
        how="semi",
        maintain_order="left",
    )


def two_sided(rows: pl.DataFrame) -> Size:
    """Return the size of two groups of rows, told apart by `label`, each row standing for `n` vacancies."""
    sides = [rows.filter(pl.col("label") == side) for side in (0, 1)]
    per_employer = [side.group_by("employer_index").agg(pl.col("n").sum())["n"].to_numpy() for side in sides]
    return Size(
        int(rows["n"].sum()), rows["employer_index"].n_unique(), 0, int(min(n.sum() for n in per_employer)),
        min(map(len, per_employer)), min(effective_employers(n) for n in per_employer),
    )  # fmt: skip


def stretches_of(years: Sequence[Year], *, least: int) -> dict[tuple[str, int], list[Year]]:
    """Return the years by source and stretch, where there are `least` or more."""
    found: dict[tuple[str, int], list[Year]] = {}
    for year in years:
        found.setdefault(year[:2], []).append(year)
    return {key: own for key, own in found.items() if len(own) >= least}


def _slope(stretches: Sequence[Sequence[Year]], values: Sequence[Array]) -> Array:
    """Return the least-squares slope over years within stretches of one source; each stretch's values have shape (..., years)."""
    top, bottom = 0.0, 0.0
    for years, own in zip(stretches, values, strict=True):
        x = np.array([year for _, _, year in years], dtype=np.float64)
        x -= x.mean()
        top, bottom = top + (own * x).sum(axis=-1), bottom + np.square(x).sum()
    return top / bottom


SIMILARITIES = {"Jensen-Shannon": jensen_shannon_similarity, "cosine": cosine_similarity}


@dataclass(frozen=True, kw_only=True)
class LikenessTrend(TwoGroups):
    """Yearly change, within one source, of the similarity of two groups' skill profiles."""

    by: Literal["Jensen-Shannon", "cosine"] = "Jensen-Shannon"

    @property
    def method(self) -> str:
        said = {
            "Jensen-Shannon": "1 less the Jensen-Shannon divergence",
            "cosine": "the cosine of the angle between them",
        }
        return (
            f"Each year's profiles are the shares of skill mentions; likeness is {said[self.by]}, less the bias of finite samples as the bootstrap "
            "shows it, so that growing samples do not look like growing likeness. Years of one source are compared. What vacancies dealt to the "
            "two groups at random would show stands in the note."
        )

    def _computed(self, sample: Sample, rows: pl.DataFrame, size: Size) -> Answer:
        stretches = list(stretches_of(shared_years(rows), least=LEAST_YEARS).values())
        asked = _asked(sample, rows["vacancy_id"].to_numpy(), max(1, int(COMMON * len(rows))))
        values, drawn, likenesses = [], [], {}
        for years in stretches:
            found = [self._year(sample, rows, asked, year) for year in years]
            likenesses |= {year: one[0] for year, one in zip(years, found, strict=True)}
            values.append(np.array([alike for alike, _ in found]))
            drawn.append(np.stack([replicates for _, replicates in found], axis=-1))
        longest = max(stretches, key=len)
        said = " and ".join(
            f"{likenesses[year]:.2f} in {year[2]} (by chance {self._by_chance(sample, rows, asked, year):.2f})"
            for year in (longest[0], longest[-1])
        )
        note = f"Similarity {said}, {named(longest[0][0])}."
        return Answer(size, float(_slope(stretches, values)), _slope(stretches, drawn), note=note)

    def _year(self, sample: Sample, rows: pl.DataFrame, asked: sparse.csr_matrix, year: Year) -> tuple[float, Array]:
        """Return one year's likeness and its bootstrap replicates."""
        here = _is_year(rows, year)
        first = rows["label"].to_numpy()[here] == 1
        employer = rows["employer_index"].to_numpy()[here]

        def side(mine: NDArray[np.bool_]) -> tuple[Array, Array]:
            n = int(mine.sum())
            who = sparse.csr_matrix((np.ones(n), (employer[mine], np.arange(n))), shape=(sample.n_employers, n))
            return mentions_and_draws((who @ asked[here][mine]).tocsr(), sample.weights)

        return likeness(side(first), side(~first), SIMILARITIES[self.by])

    def _by_chance(self, sample: Sample, rows: pl.DataFrame, asked: sparse.csr_matrix, year: Year) -> float:
        """Return the likeness that vacancies dealt to the two groups at random show on average."""
        here = _is_year(rows, year)
        first = rows["label"].to_numpy()[here] == 1
        dealt = permuted_similarity(asked[here], first, PERMUTATIONS, sample.seed + year[2], SIMILARITIES[self.by])
        return float(dealt.mean())


def _is_year(rows: pl.DataFrame, year: Year) -> NDArray[np.bool_]:
    keys = zip(("source", "segment", "year"), year, strict=True)
    return np.logical_and.reduce([(rows[name] == value).to_numpy() for name, value in keys])


@dataclass(frozen=True, kw_only=True)
class Separability(TwoGroups):
    """How well two groups are told apart by the skills asked alone: cross-validated AUC, or its yearly change."""

    per_year: bool = False

    @property
    def is_yearly(self) -> bool:
        return self.per_year

    @property
    def method(self) -> str:
        return (
            "Area under the ROC curve of a logistic regression on the skills asked, judged on employers it never saw: how often a vacancy "
            "of the one kind scores above one of the other kind at another employer."
        )

    def _score(self, sample: Sample, cut: Cut) -> Array:
        def made() -> Array:
            rows, _ = self._rows(sample, cut)
            asked = _asked(sample, rows["vacancy_id"].to_numpy(), 10)
            found = held_out_probabilities(
                asked, rows["label"].to_numpy(), rows["employer_index"].to_numpy(), sample.seed
            )[:, 1]
            return np.minimum((stats.rankdata(found) - 1) / len(found) * SCORE_BINS, SCORE_BINS - 1).astype(np.int64)

        return sample.kept(("scores", self.first, self.second, opening_table(cut)), made)

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        if not size.is_enough:
            return Answer(size)
        rows, cells = self._rows(sample, cut)
        mask = cells.mask(cut)
        kept = rows.filter(pl.Series(mask))
        score = self._score(sample, cut)[mask]
        sides = [kept.filter(pl.col("label") == side)["employer_index"].to_numpy() for side in (0, 1)]
        n = two_sides_effective(*(np.bincount(side, minlength=sample.n_employers) for side in sides))
        size = replace(size, n_effective=n)
        if not self.per_year:
            return Answer(size, *self._auc(sample, kept, score))
        stretches = list(stretches_of(shared_years(kept), least=LEAST_YEARS).values())
        found = [
            [self._auc(sample, kept.filter(here), score[here]) for here in (_is_year(kept, year) for year in years)]
            for years in stretches
        ]
        value = _slope(stretches, [np.array([auc for auc, _ in own]) for own in found])
        drawn = _slope(stretches, [np.stack([replicates for _, replicates in own], axis=-1) for own in found])
        k = max(range(len(stretches)), key=lambda k: len(stretches[k]))
        first, last = ((stretches[k][end][2], found[k][end][0]) for end in (0, -1))
        source = named(stretches[k][0][0])
        note = f"AUC {first[1]:.2f} in {first[0]}, {last[1]:.2f} in {last[0]}, {source}."
        return Answer(size, float(value), drawn, note=note)

    def _auc(self, sample: Sample, rows: pl.DataFrame, score: Array) -> tuple[float, Array]:
        """Return the area under the curve of the rows' scores, and its bootstrap replicates."""
        label, employer = rows["label"].to_numpy(), rows["employer_index"].to_numpy()
        sides = [
            sparse.csr_matrix(
                (np.ones(int(mine.sum())), (employer[mine], score[mine])), shape=(sample.n_employers, SCORE_BINS)
            )
            for mine in (label == 1, label == 0)
        ]
        return auc_between(*sides, sample.weights)
