"""Measures of the skills asked: likeness of profiles, telling roles apart, turnover, premium against reach."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, stats
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
from warehouse.evidence.shares import Part, Shares, mean_of_all
from warehouse.evidence.wording import NAMES
from warehouse.statistics.profiles import cosine_similarity, jensen_shannon_similarity, likeness, permuted_similarity
from warehouse.statistics.resampling import Array, effective_employers, ratio, sparse_totals, totals
from warehouse.statistics.separation import auc_from_counts, held_out_probabilities
from warehouse.statistics.turnover import Profile, profiles_of, squared_turnover

MOST_ROWS = 20_000
"""Vacancies a classifier is trained and judged on at most: the first by a fixed hash, so any part of the market is as likely."""
COMMON = 0.01
LEAST_YEARS = 3
VOCABULARY = 100
"""Skills, asked most often by both groups together, over which turnover is taken."""
PERMUTATIONS = 200
SCORE_BINS = 200
Integers = NDArray[np.integer]
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
class _TwoGroups(Measure):
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
            return _two_sided(rows)
        stretches = _stretches(_shared_years(rows), least=LEAST_YEARS)
        size = _two_sided(_in_years(rows, [year for years in stretches.values() for year in years]))
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


def _shared_years(rows: pl.DataFrame) -> list[Year]:
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


def _in_years(rows: pl.DataFrame, years: Sequence[Year]) -> pl.DataFrame:
    schema = {"source": pl.String, "segment": pl.Int32, "year": pl.Int32}
    return rows.join(
        pl.DataFrame(sorted(set(years)), schema=schema, orient="row"),
        on=list(schema),
        how="semi",
        maintain_order="left",
    )


def _two_sided(rows: pl.DataFrame) -> Size:
    """Return the size of two groups of rows, told apart by `label`, each row standing for `n` vacancies."""
    sides = [rows.filter(pl.col("label") == side) for side in (0, 1)]
    per_employer = [side.group_by("employer_index").agg(pl.col("n").sum())["n"].to_numpy() for side in sides]
    return Size(
        int(rows["n"].sum()), rows["employer_index"].n_unique(), 0, int(min(n.sum() for n in per_employer)),
        min(map(len, per_employer)), min(effective_employers(n) for n in per_employer),
    )  # fmt: skip


def _stretches(years: Sequence[Year], *, least: int) -> dict[tuple[str, int], list[Year]]:
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
class LikenessTrend(_TwoGroups):
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
        stretches = list(_stretches(_shared_years(rows), least=LEAST_YEARS).values())
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
        note = f"Similarity {said}, {NAMES.get(longest[0][0], longest[0][0])}."
        return Answer(size, float(_slope(stretches, values)), _slope(stretches, drawn), note=note)

    def _year(self, sample: Sample, rows: pl.DataFrame, asked: sparse.csr_matrix, year: Year) -> tuple[float, Array]:
        """Return one year's likeness and its bootstrap replicates."""
        here = _is_year(rows, year)
        first = rows["label"].to_numpy()[here] == 1
        employer = rows["employer_index"].to_numpy()[here]
        sides = []
        for side in (first, ~first):
            n = int(side.sum())
            who = sparse.csr_matrix((np.ones(n), (employer[side], np.arange(n))), shape=(sample.n_employers, n))
            sides.append((who @ asked[here][side]).tocsr())
        return likeness(*sides, sample.weights, SIMILARITIES[self.by])

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
class Separability(_TwoGroups):
    """How well two groups are told apart by the skills asked alone: cross-validated AUC, or its yearly change."""

    per_year: bool = False

    @property
    def is_yearly(self) -> bool:
        return self.per_year

    @property
    def method(self) -> str:
        return (
            "Area under the ROC curve of a logistic regression on the skills asked, judged on employers it never saw."
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
        if not self.per_year:
            return Answer(size, *self._auc(sample, kept, score))
        stretches = list(_stretches(_shared_years(kept), least=LEAST_YEARS).values())
        found = [
            [self._auc(sample, kept.filter(here), score[here]) for here in (_is_year(kept, year) for year in years)]
            for years in stretches
        ]
        value = _slope(stretches, [np.array([auc for auc, _ in own]) for own in found])
        drawn = _slope(stretches, [np.stack([replicates for _, replicates in own], axis=-1) for own in found])
        k = max(range(len(stretches)), key=lambda k: len(stretches[k]))
        first, last = ((stretches[k][end][2], found[k][end][0]) for end in (0, -1))
        source = NAMES.get(stretches[k][0][0], stretches[k][0][0])
        note = f"AUC {first[1]:.2f} in {first[0]}, {last[1]:.2f} in {last[0]}, {source}."
        return Answer(size, float(value), drawn, note=note)

    def _auc(self, sample: Sample, rows: pl.DataFrame, score: Array) -> tuple[float, Array]:
        """Return the area under the curve of the rows' scores, and its bootstrap replicates."""
        column = score + SCORE_BINS * (rows["label"].to_numpy() == 1)
        counts = sparse.csr_matrix(
            (np.ones(len(rows)), (rows["employer_index"].to_numpy(), column)),
            shape=(sample.n_employers, 2 * SCORE_BINS),
        )
        plain, drawn = np.asarray(counts.sum(axis=0)).reshape(-1), sparse_totals(sample.weights, counts)
        at_point = float(auc_from_counts(plain[SCORE_BINS:], plain[:SCORE_BINS]))
        return at_point, auc_from_counts(drawn[:, SCORE_BINS:], drawn[:, :SCORE_BINS])


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
class TurnoverRatio(_TwoGroups):
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
        years = set(_shared_years(kept))
        windows = sorted(window for window in years if (*window[:2], window[2] + 1) in years)
        size = _two_sided(_in_years(kept, [(*window[:2], window[2] + step) for window in windows for step in (0, 1)]))
        return size, windows

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._windows(sample, cut)[0] if sample.n_employers else EMPTY

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size, windows = self._windows(sample, cut) if sample.n_employers else (EMPTY, [])
        if not size.is_enough:
            return Answer(size)
        mentions, weights = self._mentions(sample, cut), sample.coarse()[1]
        pairs: dict[int, list[tuple[Profile, Profile]]] = {0: [], 1: []}
        for (source, segment), stretch in _stretches(windows, least=1).items():
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
            "of 8 employers ask. Large markets are resampled in 400 random groups of employers."
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
        return Size(n, e, 0, n, e, effective_employers(counts))

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
                replace(size, least_vacancies=0), note=f"Only {len(enough)} skills have enough paid vacancies."
            )
        group, weights = sample.coarse()

        def summed(employer: Integers, skill: Integers, values: Array | None) -> Array:
            at = group[employer] * n_skills + skill
            groups = weights.shape[1]
            return np.bincount(at, values, groups * n_skills).astype(np.float64).reshape(groups, n_skills)[:, enough]

        mass = paid.values["postings"][row] if cut.dedup == "off" else None
        if cut.weighting == "employer":
            per = np.bincount(paid.employer[mask], minlength=sample.n_employers)[employer]
            mass = (1.0 if mass is None else mass) / per
        left = paid.values["left"][row]
        sums = [summed(employer, skill, left if mass is None else mass * left), summed(employer, skill, mass)]
        every, row, skill = self._reach(sample, cut)
        is_enough = np.zeros(n_skills, dtype=bool)
        is_enough[enough] = True
        kept = every.mask(replace(cut, pay_tier=ALL))[row] & is_enough[skill]
        row, skill = row[kept], skill[kept]
        employer = every.employer[row]
        reached = every.values["postings"][row] if cut.dedup == "off" else None
        if cut.weighting == "employer":
            reached = (1.0 if reached is None else reached) / np.bincount(employer, minlength=sample.n_employers)[
                employer
            ]
        sums.append(summed(employer, skill, reached))
        plain = [one.sum(axis=0) for one in sums]
        left_drawn, paid_n, asked = (totals(weights, one) for one in sums)
        value = float(stats.spearmanr(ratio(plain[0], plain[1]), plain[2]).statistic)
        drawn = rank_correlation(ratio(left_drawn, paid_n), asked)
        return Answer(size, value, drawn, note=f"{len(enough)} skills.")

    @property
    def tiers(self) -> tuple[str, ...]:
        return TIERS


def rank_correlation(x: Array, y: Array) -> Array:
    """Return Spearman's correlation along the last axis of two arrays, (replicates, skills); unknown values rank lowest."""
    a, b = (stats.rankdata(np.nan_to_num(v, nan=-np.inf), axis=-1) for v in (x, y))
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    return ratio((a * b).sum(axis=-1), np.sqrt(np.square(a).sum(axis=-1) * np.square(b).sum(axis=-1)))
