"""Measures of the skills asked: likeness of profiles, telling roles apart, turnover, premium against reach."""

# ruff: noqa: D102 - the overrides do what `Measure` says of them
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, stats
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

from warehouse.evidence.cuts import Cut
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
from warehouse.evidence.sample import CUT_COLUMNS, Cells, Sample, cut_sql
from warehouse.evidence.shares import Part, Shares, mean_of_all
from warehouse.statistics.profiles import jensen_shannon_similarity, permuted_similarity
from warehouse.statistics.resampling import Array, effective_employers, ratio, sparse_totals
from warehouse.statistics.separation import auc_from_counts, held_out_probabilities
from warehouse.statistics.turnover import Profile, squared_turnover

MOST_ROWS = 20_000
"""Vacancies a classifier is trained and judged on at most: the first by a fixed hash, so any part of the market is as likely."""
COMMON = 0.01
VOCABULARY = 100
"""Skills, asked most often by both groups together, over which turnover is taken."""
PERMUTATIONS = 200
SCORE_BINS = 200
_KEYS = ", ".join(("employer_index", *CUT_COLUMNS))


def _asked(sample: Sample, frame: pl.DataFrame, least: int) -> tuple[sparse.csr_matrix, list[str]]:
    """Return who asks what as a 0/1 matrix over the frame's rows, skills asked `least` times or more, and their names."""
    pairs = sample.skills_of(frame["vacancy_id"])
    counts = pairs.group_by("skill_id").len().filter(pl.col("len") >= least).sort("skill_id")
    names = counts["skill_id"].to_list()
    row = pairs.select(
        pl.col("vacancy_id").replace_strict(frame["vacancy_id"], np.arange(len(frame)), return_dtype=pl.Int64)
    )["vacancy_id"]
    column = (
        pairs["skill_id"].replace_strict(names, np.arange(len(names)), default=-1, return_dtype=pl.Int64)
        if names
        else pl.Series([-1] * len(pairs))
    )
    kept = (column >= 0).to_numpy()
    shape = (len(frame), len(names))
    matrix = sparse.csr_matrix((np.ones(int(kept.sum())), (row.to_numpy()[kept], column.to_numpy()[kept])), shape=shape)
    return matrix, names


def _skilled_rows(sample: Sample, table: str, population: str, label: str) -> pl.DataFrame:
    """Return up to `MOST_ROWS` vacancies that ask some skill, `label` as a column, in the order of their identifiers."""
    return sample.rows(
        f"SELECT * FROM (SELECT vacancy_id, {_KEYS}, n_postings, {label} AS label FROM {table} WHERE ({population})"
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
                asked, _ = _asked(sample, rows, 10)
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
            return Cells(
                rows.drop("vacancy_id", "label", "n_postings").with_columns(
                    **{name: pl.Series(c) for name, c in columns.items()}
                )
            )

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
            return rows, Cells(rows.drop("vacancy_id"))

        return sample.kept((type(self).__name__, self.first, self.second, table), made)

    def _years(self, rows: pl.DataFrame) -> list[int]:
        """Return the years in which both groups have enough."""
        good = (
            rows.group_by("year", "label")
            .agg(n=pl.len(), e=pl.col("employer_index").n_unique())
            .filter((pl.col("n") >= LEAST_VACANCIES) & (pl.col("e") >= LEAST_EMPLOYERS))
            .group_by("year")
            .len()
            .filter(pl.col("len") == 2)
        )
        return sorted(good["year"].to_list())

    def _size(self, rows: pl.DataFrame, *, needs_years: int) -> Size:
        years = self._years(rows)
        used = rows.filter(pl.col("year").is_in(years)) if needs_years else rows
        sides = [used.filter(pl.col("label") == side) for side in (0, 1)]
        enough = len(years) >= needs_years
        per_employer = [side.group_by("employer_index").len()["len"].to_numpy() for side in sides]
        return Size(
            len(used), used["employer_index"].n_unique(), 0,
            min(map(len, sides)) if enough else 0, min(map(len, per_employer)) if enough else 0,
            min(effective_employers(counts) for counts in per_employer),
        )  # fmt: skip

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        rows, cells = self._rows(sample, cut)
        return self._size(rows.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean)), needs_years=self.least_years)

    least_years: ClassVar[int] = 3

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


def _slope(years: Sequence[int], values: Array) -> Array:
    """Return the least-squares slope of values, shape (..., years)."""
    x = np.asarray(years, dtype=np.float64) - np.mean(years)
    return (values * x).sum(axis=-1) / np.square(x).sum()


@dataclass(frozen=True, kw_only=True)
class LikenessTrend(_TwoGroups):
    """Yearly change of the Jensen-Shannon similarity of two groups' skill profiles."""

    @property
    def method(self) -> str:
        return (
            "Each year's profiles are the shares of skill mentions; likeness is 1 less the Jensen-Shannon divergence, less what vacancies "
            "dealt to the two groups at random would show, so that growing samples do not look like growing likeness."
        )

    def _computed(self, sample: Sample, rows: pl.DataFrame, size: Size) -> Answer:
        years = self._years(rows)
        asked, _ = _asked(sample, rows, max(1, int(COMMON * len(rows))))
        values, drawn, chance = [], [], []
        for year in years:
            here = (rows["year"] == year).to_numpy()
            first = rows["label"].to_numpy()[here] == 1
            employer = rows["employer_index"].to_numpy()[here]
            matrix = asked[here]
            sides = []
            for side in (first, ~first):
                who = sparse.csr_matrix(
                    (np.ones(int(side.sum())), (employer[side], np.arange(int(side.sum())))),
                    shape=(sample.n_employers, int(side.sum())),
                )
                sides.append((who @ matrix[side]).tocsr())
            null = permuted_similarity(matrix, first, PERMUTATIONS, sample.seed + year)
            chance.append(float(null.mean()))
            values.append(
                float(jensen_shannon_similarity(*(np.asarray(side.sum(axis=0)).reshape(-1) for side in sides)))
                - chance[-1]
            )
            drawn.append(jensen_shannon_similarity(*(sparse_totals(sample.weights, side) for side in sides)))
        value = float(_slope(years, np.array(values)))
        slopes = _slope(years, np.stack(drawn, axis=-1))
        note = (
            f"Similarity {values[0] + chance[0]:.2f} in {years[0]} (by chance {chance[0]:.2f}), "
            f"{values[-1] + chance[-1]:.2f} in {years[-1]} (by chance {chance[-1]:.2f})."
        )
        # replicates carry the sampling noise twice; centring them on the estimate keeps their spread alone
        return Answer(size, value, slopes - np.nanmean(slopes) + value, note=note)


@dataclass(frozen=True, kw_only=True)
class Separability(_TwoGroups):
    """How well two groups are told apart by the skills asked alone: cross-validated AUC, or its yearly change."""

    per_year: bool = False
    least_years: ClassVar[int] = 0

    @property
    def method(self) -> str:
        return (
            "Area under the ROC curve of a logistic regression on the skills asked, judged on employers it never saw."
        )

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        rows, cells = self._rows(sample, cut)
        return self._size(
            rows.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean)), needs_years=3 if self.per_year else 0
        )

    def _score(self, sample: Sample, cut: Cut) -> Array:
        def made() -> Array:
            rows, _ = self._rows(sample, cut)
            asked, _ = _asked(sample, rows, 10)
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
        years = self._years(kept) if self.per_year else [0]
        values, drawn = [], []
        for year in years:
            here = (kept["year"] == year).to_numpy() if self.per_year else np.ones(len(kept), dtype=bool)
            column = score[here] + SCORE_BINS * (kept["label"].to_numpy()[here] == 1)
            shape = (sample.n_employers, 2 * SCORE_BINS)
            counts = sparse.csr_matrix(
                (np.ones(int(here.sum())), (kept["employer_index"].to_numpy()[here], column)), shape=shape
            )
            plain, replicates = np.asarray(counts.sum(axis=0)).reshape(-1), sparse_totals(sample.weights, counts)
            values.append(float(auc_from_counts(plain[SCORE_BINS:], plain[:SCORE_BINS])))
            drawn.append(auc_from_counts(replicates[:, SCORE_BINS:], replicates[:, :SCORE_BINS]))
        if not self.per_year:
            return Answer(size, values[0], drawn[0])
        note = f"AUC {values[0]:.2f} in {years[0]}, {values[-1]:.2f} in {years[-1]}."
        return Answer(size, float(_slope(years, np.array(values))), _slope(years, np.stack(drawn, axis=-1)), note=note)


@dataclass(frozen=True, kw_only=True)
class TurnoverRatio(_TwoGroups):
    """Yearly turnover of the skills asked by one group over that by another."""

    is_heavy: ClassVar[bool] = True

    @property
    def method(self) -> str:
        return (
            "Turnover is the distance between the profiles of two consecutive years of the same source, over the 100 skills asked most, "
            "of a taxonomy that is frozen and merges synonyms; the expected noise of sampling is taken off, since a small group always looks restless. "
            "Root of the summed squares over the years both groups share, one over the other. Large markets are resampled in 400 random groups of employers."
        )

    def _cells(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        """Return mentions by employer, cut columns and skill, sorted by source, segment, group and year."""
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            frame = sample.rows(
                f"WITH mention AS (SELECT {_KEYS}, segment, ({self.first})::INTEGER AS label, n_postings, skill_id FROM {table}"
                f" JOIN vacancy_skill USING (vacancy_id) WHERE {self.population}),"
                " top AS (SELECT skill_id, row_number() OVER (ORDER BY count(*) DESC, skill_id) - 1 AS skill FROM mention GROUP BY skill_id"
                f" QUALIFY skill < {VOCABULARY})"
                f" SELECT {_KEYS}, segment, label, skill::DOUBLE AS skill, count(*)::DOUBLE AS asked, sum(n_postings)::DOUBLE AS postings"
                " FROM mention JOIN top USING (skill_id) GROUP BY ALL ORDER BY source, segment, label, year, employer_index, market, size_class, skill"
            )
            return frame.select("source", "segment", "label", "year"), Cells(frame)

        return sample.kept((self, table), made)

    def _counts(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            frame = sample.rows(
                f"SELECT {_KEYS}, segment, ({self.first})::INTEGER AS label, count(*)::DOUBLE AS n FROM {table}"
                f" WHERE ({self.population}) AND n_skill_categories IS NOT NULL GROUP BY ALL ORDER BY ALL"
            )
            return frame, Cells(frame)

        return sample.kept((self, table, "counts"), made)

    def _windows(self, sample: Sample, cut: Cut) -> tuple[Size, list[tuple[str, int, int]]]:
        """Return the size, and the windows (source, segment, first year) in which both groups have enough in both years."""
        frame, cells = self._counts(sample, cut)
        kept = frame.filter(pl.Series(cells.mask(cut), dtype=pl.Boolean))
        good = (
            kept.group_by("source", "segment", "year", "label")
            .agg(n=pl.col("n").sum(), e=pl.col("employer_index").n_unique())
            .filter((pl.col("n") >= LEAST_VACANCIES) & (pl.col("e") >= LEAST_EMPLOYERS))
            .group_by("source", "segment", "year")
            .len()
            .filter(pl.col("len") == 2)
        )
        years = set(good.select("source", "segment", "year").rows())
        windows = sorted(window for window in years if (window[0], window[1], window[2] + 1) in years)
        used = kept.join(
            pl.DataFrame(
                sorted({(s, g, y + step) for s, g, y in windows for step in (0, 1)}),
                schema={"source": pl.String, "segment": pl.Int32, "year": pl.Int32},
                orient="row",
            ),
            on=["source", "segment", "year"],
            how="semi",
        )
        sides = [used.filter(pl.col("label") == side) for side in (0, 1)]
        sizes = [side.group_by("employer_index").agg(pl.col("n").sum())["n"].to_numpy() for side in sides]
        size = Size(
            int(used["n"].sum()), used["employer_index"].n_unique(), 0, int(min(s.sum() for s in sizes)), min(map(len, sizes)),
            min(effective_employers(s) for s in sizes),
        )  # fmt: skip
        return size, windows

    def size(self, sample: Sample, cut: Cut) -> Size:
        return self._windows(sample, cut)[0] if sample.n_employers else EMPTY

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size, windows = self._windows(sample, cut) if sample.n_employers else (EMPTY, [])
        if not size.is_enough:
            return Answer(size)
        frame, cells = self._cells(sample, cut)
        group, weights = sample.coarse()
        kept = np.flatnonzero(cells.mask(cut))
        runs = frame[kept].with_row_index().group_by("source", "segment", "label", "year", maintain_order=True).agg(
            start=pl.col("index").first(), end=pl.col("index").last() + 1)  # fmt: skip
        mass = cells.values["postings" if cut.dedup == "off" else "asked"][kept]
        skill = cells.values["skill"][kept].astype(np.int64)
        employer = cells.employer[kept]
        needed = {(source, segment, year + step) for source, segment, year in windows for step in (0, 1)}
        profiles: dict[tuple, Profile] = {}
        for source, segment, label, year, start, end in runs.iter_rows():
            if (source, segment, year) in needed:
                here = slice(start, end)
                weight = mass[here]
                if cut.weighting == "employer":
                    weight = weight / np.bincount(employer[here], weight, sample.n_employers)[employer[here]]
                flat = np.bincount(
                    group[employer[here]] * VOCABULARY + skill[here], weight, weights.shape[1] * VOCABULARY
                )
                profiles[source, segment, label, year] = Profile.of(flat.reshape(weights.shape[1], VOCABULARY), weights)
        totals_: dict[int, list] = {0: [0.0, 0.0], 1: [0.0, 0.0]}
        for source, segment, year in windows:
            for label in (0, 1):
                before, after = (profiles[source, segment, label, year + step] for step in (0, 1))
                plain, drawn = squared_turnover(before, after)
                totals_[label] = [totals_[label][0] + plain, totals_[label][1] + drawn]
        with np.errstate(invalid="ignore"):
            value = np.sqrt(ratio(np.maximum(totals_[1][0], 0.0), totals_[0][0]))
            replicates = np.sqrt(ratio(np.maximum(totals_[1][1], 0.0), totals_[0][1]))
        note = f"{len(windows)} windows of two years, the first from {min(w[2] for w in windows)}, the last to {max(w[2] for w in windows) + 1}."
        return Answer(size, float(value), replicates, note=note)


@dataclass(frozen=True, kw_only=True)
class PremiumAgainstReach(Measure):
    """Rank correlation over skills of what a skill is paid above its like, and the share of vacancies that ask it."""

    among: str
    uses_pay: ClassVar[bool] = True
    is_heavy: ClassVar[bool] = True

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

    def _paid(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            frame = sample.rows(
                f"SELECT vacancy_id, {_KEYS}, pay_tier, n_postings::DOUBLE AS postings, ln({PAY}) AS log_pay, role, level, coalesce(country, '?') AS country"
                f" FROM {table} WHERE ({self.among}) AND n_skill_categories IS NOT NULL AND {CREDIBLE} ORDER BY vacancy_id"
            )
            if len(frame):
                controls = frame.select(
                    pl.col("role", "level", "country", "year", "pay_tier").rank("dense").fill_null(0)
                )
                design = OneHotEncoder(min_frequency=30, handle_unknown="ignore").fit_transform(
                    controls.to_numpy().astype(np.int64)
                )
                y = frame["log_pay"].to_numpy()
                frame = frame.with_columns(left=pl.Series(y - LinearRegression().fit(design, y).predict(design)))
            else:
                frame = frame.with_columns(left=pl.lit(None, dtype=pl.Float64))
            return frame, Cells(frame.drop("vacancy_id", "role", "level", "country", "log_pay"))

        return sample.kept((self, table, "paid"), made)

    def _reach(self, sample: Sample, cut: Cut) -> tuple[pl.DataFrame, Cells]:
        table = opening_table(cut)

        def made() -> tuple[pl.DataFrame, Cells]:
            frame = sample.rows(
                f"SELECT {_KEYS}, skill_id::VARCHAR AS skill_id, count(*)::DOUBLE AS asked, sum(n_postings)::DOUBLE AS postings FROM {table}"
                f" JOIN vacancy_skill USING (vacancy_id) WHERE {self.among} GROUP BY ALL ORDER BY ALL"
            )
            return frame, Cells(frame.drop("skill_id"))

        return sample.kept((self, table, "reach"), made)

    def size(self, sample: Sample, cut: Cut) -> Size:
        if not sample.n_employers:
            return EMPTY
        _, cells = self._paid(sample, cut)
        counts = np.bincount(cells.employer[cells.mask(cut)], minlength=sample.n_employers)
        n, e = int(counts.sum()), int(np.count_nonzero(counts))
        return Size(n, e, 0, n, e, effective_employers(counts))

    def answers(self, sample: Sample, cuts: Sequence[Cut]) -> list[Answer]:
        return [self._one(sample, cut) for cut in cuts]

    def _one(self, sample: Sample, cut: Cut) -> Answer:
        size = self.size(sample, cut)
        if not size.is_enough:
            return Answer(size)
        frame, cells = self._paid(sample, cut)
        paid = frame.filter(pl.Series(cells.mask(cut)))
        pairs = sample.skills_of(paid["vacancy_id"]).join(
            paid.select("vacancy_id", "employer_index", "left", "postings"), on="vacancy_id"
        )
        enough = (
            pairs.group_by("skill_id")
            .agg(n=pl.len(), e=pl.col("employer_index").n_unique())
            .filter((pl.col("n") >= LEAST_VACANCIES) & (pl.col("e") >= LEAST_EMPLOYERS))["skill_id"]
            .sort()
            .to_list()
        )
        if len(enough) < LEAST_EMPLOYERS:
            return Answer(
                replace(size, least_vacancies=0), note=f"Only {len(enough)} skills have enough paid vacancies."
            )
        group, weights = sample.coarse()
        codes = dict(zip(enough, range(len(enough)), strict=True))
        reach_frame, reach_cells = self._reach(sample, replace(cut, pay_tier="all"))
        reach = reach_frame.filter(
            pl.Series(reach_cells.mask(replace(cut, pay_tier="all"))) & pl.col("skill_id").is_in(enough)
        )
        pairs = pairs.filter(pl.col("skill_id").is_in(enough)).sort("vacancy_id", "skill_id")
        mass = np.ones(len(pairs)) if cut.dedup == "on" else pairs["postings"].to_numpy()
        reached = (reach["asked"] if cut.dedup == "on" else reach["postings"]).to_numpy()
        if cut.weighting == "employer":
            per = paid.group_by("employer_index").len()
            mass = (
                mass
                / pairs["employer_index"]
                .replace_strict(per["employer_index"], per["len"], return_dtype=pl.Float64)
                .to_numpy()
            )
            reached = reached / reach.select(pl.col("asked").sum().over("employer_index"))["asked"].to_numpy()

        def summed(rows: pl.DataFrame, values: NDArray[np.floating]) -> sparse.csr_matrix:
            column = rows["skill_id"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
            return sparse.csr_matrix(
                (values, (group[rows["employer_index"].to_numpy()], column)), shape=(weights.shape[1], len(enough))
            )

        sums = [summed(pairs, mass * pairs["left"].to_numpy()), summed(pairs, mass), summed(reach, reached)]
        plain = [np.asarray(one.sum(axis=0)).reshape(-1) for one in sums]
        left, paid_n, asked = (sparse_totals(weights, one) for one in sums)
        value = float(stats.spearmanr(ratio(plain[0], plain[1]), plain[2]).statistic)
        drawn = _rank_correlation(ratio(left, paid_n), asked)
        return Answer(size, value, drawn, note=f"{len(enough)} skills.")

    @property
    def tiers(self) -> tuple[str, ...]:
        return TIERS


def _rank_correlation(x: Array, y: Array) -> Array:
    """Return Spearman's correlation along the last axis of two arrays, (replicates, skills); unknown values rank lowest."""
    a, b = (stats.rankdata(np.nan_to_num(v, nan=-np.inf), axis=-1) for v in (x, y))
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    return ratio((a * b).sum(axis=-1), np.sqrt(np.square(a).sum(axis=-1) * np.square(b).sum(axis=-1)))
