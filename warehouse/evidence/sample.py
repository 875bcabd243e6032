"""The vacancies that estimates rest on: everything but the demo's samples, in one in-memory table with employers numbered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, LATEST, LATEST_YEAR, Cut
from warehouse.evidence.derived import BY_ROLE
from warehouse.evidence.market import Market
from warehouse.reference import skills
from warehouse.schema.tables import MARKETS, SIZE_CLASSES, TABLE
from warehouse.statistics.resampling import employer_weights

_POLARS = {
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    "DOUBLE": pl.Float64,
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
    "VARCHAR[]": pl.List(pl.String),
}


def table_schema(name: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return the Polars schema of a public table."""
    return {column.name: _POLARS[column.type] for column in TABLE[name].columns}


MOST_CLUSTERS = 400
Kept = TypeVar("Kept")
MONTHS = {LATEST: 24, LATEST_YEAR: 12}
REAL = "provenance <> 'sample'"

NOT_NEEDED = "vacancy_id, employer_id, board, posting_id, employer_name, url, location_raw, language, source_closes_on, reopened, closed_reason"

_NUMBERED = f"""
CREATE TABLE numbered AS
SELECT vacancy_id AS name, (row_number() OVER (ORDER BY vacancy_id) - 1)::INTEGER AS vacancy_id,
  (dense_rank() OVER (ORDER BY employer_id) - 1)::INTEGER AS employer_index, hash(vacancy_id) AS draw
FROM vacancy WHERE {REAL}
"""
_SKILL_NAMES = "CREATE TYPE skill_name AS ENUM (SELECT skill_id FROM skill ORDER BY skill_id)"
_ASKED = """
CREATE TABLE asked AS
SELECT n.vacancy_id, s.skill_id::skill_name AS skill_id FROM vacancy_skill s JOIN numbered n ON n.name = s.vacancy_id
SEMI JOIN skill USING (skill_id) ORDER BY ALL
"""
_BASE = f"""
CREATE TABLE base AS
WITH real AS (
  SELECT v.* EXCLUDE ({NOT_NEEDED}), n.vacancy_id, n.employer_index, n.draw, v.employer_id AS employer_name
  FROM vacancy v JOIN numbered n ON n.name = v.vacancy_id
),
last AS (SELECT max(last_seen_at) AS day FROM real),
broken AS (SELECT changed_at, subject, kind FROM change_log WHERE breaks_comparability),
span AS (SELECT vacancy_id, count(DISTINCT category) AS n, bool_or(category = 'data engineering') AS moves,
            bool_or(category = 'modelling') AS models, bool_or(category = 'ML serving') AS serves
          FROM asked JOIN (SELECT skill_id::skill_name AS skill_id, category FROM skill) USING (skill_id) GROUP BY vacancy_id)
SELECT v.* EXCLUDE (employer_name), v.employer_index AS employer_id, e.size_class, year(v.first_seen_at)::INTEGER AS year,
  v.last_seen_at > last.day - INTERVAL 24 MONTH AS is_latest_24_months,
  v.last_seen_at > last.day - INTERVAL 12 MONTH AS is_latest_12_months,
  span.n AS n_skill_categories, span.moves AND span.models AND span.serves AS is_full_stack,
  (SELECT count(*) FROM broken b WHERE b.changed_at <= v.first_seen_at
     AND (b.subject = v.source OR b.kind NOT IN ('source_added', 'outage')))::INTEGER AS segment
FROM real v LEFT JOIN employer e ON e.employer_id = v.employer_name LEFT JOIN span USING (vacancy_id) CROSS JOIN last
"""

_BY_ROLE = ", ".join(f"{expression} AS {name}" for name, expression in BY_ROLE.items())
_OPENING = f"CREATE TABLE opening AS SELECT *, {_BY_ROLE} FROM base ORDER BY vacancy_id"
_STRICT = (
    f"CREATE TABLE opening_strict AS SELECT *, {_BY_ROLE} FROM (SELECT * REPLACE (role_strict AS role) FROM base)"
    " WHERE role IS NOT NULL ORDER BY vacancy_id"
)


class Sample:
    """The market as judging sees it.

    `rows(sql)` queries table `opening` (or `opening_strict`, where `role` is what the title alone names): the columns
    of `vacancy` (identifiers as numbers, in the order of their names) and `size_class`, `employer_index` (0-based), `year` first seen, `is_latest_24_months`,
    `is_latest_12_months`, the columns of `warehouse.evidence.derived`, and `segment` (how many breaks of comparability
    lie before it), `draw` (a fixed hash); and the tables `vacancy_skill`, `skill`, `supply_month`. `weights` are the bootstrap's, shape (replicates, employers).
    """

    def __init__(self, market: Market, *, replicates: int, seed: int) -> None:
        self.seed = seed
        self.replicates = replicates
        self.confusion = market.confusion
        self._connection = duckdb.connect()
        for name in ("vacancy", "vacancy_skill", "employer", "supply_month", "change_log"):
            self._connection.register(name, _typed(getattr(market, name), name).to_arrow())
        self._connection.register("skill", skills().select("skill_id", "category").to_arrow())
        for statement in (
            _NUMBERED,
            _SKILL_NAMES,
            _ASKED,
            _BASE,
            _OPENING,
            _STRICT,
            "DROP TABLE base",
            "DROP TABLE numbered",
        ):
            self._connection.execute(statement).complete()
        for name in ("vacancy", "vacancy_skill", "employer", "change_log"):
            self._connection.unregister(name)
        self._connection.execute("ALTER TABLE asked RENAME TO vacancy_skill").complete()
        self.n_employers = int(self.one("SELECT max(employer_index) + 1 FROM opening") or 0)
        self.weights = employer_weights(self.n_employers, replicates, seed)
        self.sources = self._values("source")
        self.years = [str(year) for year in self._values("year")]
        self.markets = [market for market in MARKETS if market in set(self._values("market"))]
        self.sizes = [size for size in SIZE_CLASSES if size in set(self._values("size_class"))]
        self._kept: dict[object, object] = {}
        self._coarse: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None

    def coarse(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return a group for each employer and the bootstrap weights of the groups, for measures with very many columns.

        Beyond 400 employers they are dealt at random into 400 groups that are resampled whole; groups of independent
        employers are themselves independent, so the interval stays valid and its cost bounded.
        """

        def made() -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            if self.n_employers <= MOST_CLUSTERS:
                return np.arange(self.n_employers), self.weights
            rng = np.random.default_rng(self.seed + 3)
            group = rng.permutation(self.n_employers) % MOST_CLUSTERS
            return group, employer_weights(MOST_CLUSTERS, self.replicates, self.seed + 4)

        if self._coarse is None:
            self._coarse = made()
        return self._coarse

    def _values(self, column: str) -> list:
        return [row[0] for row in self._connection.sql(
            f"SELECT DISTINCT {column} FROM opening WHERE {column} IS NOT NULL ORDER BY 1").fetchall()]  # fmt: skip

    def one(self, sql: str) -> object:
        """Return the first value of a query."""
        row = self._connection.sql(sql).limit(1).fetchall()
        return row[0][0] if row else None

    def rows(self, sql: str) -> pl.DataFrame:
        """Return a query's rows."""
        return self._connection.sql(sql).pl()

    def skills_of(self, vacancy_ids: pl.Series) -> pl.DataFrame:
        """Return the pairs `vacancy_id`, `skill_id` of the vacancies named, in a fixed order."""
        self._connection.register("wanted", pl.DataFrame({"vacancy_id": vacancy_ids}).to_arrow())
        try:
            return self.rows(
                "SELECT vacancy_id, skill_id::VARCHAR AS skill_id FROM vacancy_skill SEMI JOIN wanted USING (vacancy_id) ORDER BY ALL"
            )
        finally:
            self._connection.unregister("wanted")

    def kept(self, key: object, make: Callable[[], Kept]) -> Kept:
        """Return what was made for `key` before, making it the first time."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    def forget(self) -> None:
        """Let go of what was kept between measures of one claim."""
        self._kept.clear()


def _typed(frame: pl.DataFrame | pl.LazyFrame, name: str) -> pl.DataFrame:
    frame = frame.lazy().collect()
    schema = table_schema(name)
    missing = sorted(set(schema) - set(frame.columns))
    if missing and frame.width:
        raise ValueError(f"table {name} lacks its columns {', '.join(missing)}")
    return frame.select(list(schema)).cast(schema) if frame.width else pl.DataFrame(schema=schema)


CUT_COLUMNS = ("source", "market", "size_class", "year", "is_latest_24_months", "is_latest_12_months")


class Cells:
    """Rows of a query that carry `employer_index` and columns to cut by, as arrays; further columns are sums to add up.

    Where the query gives `pay_tier`, cuts by tier work on it; a column that is missing is not cut by.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.employer = frame["employer_index"].to_numpy().astype(np.int64)
        self.values = {
            name: frame[name].cast(pl.Float64).fill_null(0.0).to_numpy()
            for name, dtype in frame.schema.items()
            if (dtype.is_numeric() or dtype == pl.Boolean) and name not in {"employer_index", *CUT_COLUMNS}
        }
        self._flags = {name: frame[name].to_numpy() for name in CUT_COLUMNS[4:] if name in frame.columns}
        self._codes: dict[str, tuple[NDArray, dict[str, int]]] = {}
        for name in (*CUT_COLUMNS[:4], "pay_tier"):
            if name in frame.columns:
                words = frame[name].cast(pl.String)
                known = sorted(words.drop_nulls().unique())
                lookup = {word: code for code, word in enumerate(known)}
                codes = words.replace_strict(lookup, default=-1, return_dtype=pl.Int16)
                self._codes[name] = (codes.to_numpy(), lookup)

    def mask(self, cut: Cut) -> NDArray[np.bool_]:
        """Return which rows a settled cut keeps; the role definition is not its business."""
        kept = np.ones(len(self.employer), dtype=bool)
        narrowed = {
            "source": cut.source_set,
            "market": cut.region,
            "size_class": cut.size_class,
            "pay_tier": cut.pay_tier,
        }
        if cut.period in MONTHS:
            kept &= self._flags[f"is_{cut.period}"]
        else:
            narrowed["year"] = cut.period
        for name, wanted in narrowed.items():
            if wanted != ALL and name in self._codes:
                codes, lookup = self._codes[name]
                kept &= codes == lookup.get(wanted, -2)
        return kept


def cut_sql(cut: Cut) -> list[str]:
    """Return the conditions by which a reader narrows the public tables to a settled cut."""
    said = [REAL]
    for name, wanted in (("source", cut.source_set), ("market", cut.region), ("size_class", cut.size_class)):
        if wanted != ALL:
            said.append(f"{name} = '{wanted}'")
    if cut.period in MONTHS:
        said.append(
            f"last_seen_at > (SELECT max(last_seen_at) FROM vacancy WHERE {REAL}) - INTERVAL {MONTHS[cut.period]} MONTH"
        )
    elif cut.period != ALL:
        said.append(f"year(first_seen_at) = {cut.period}")
    if cut.pay_tier != ALL:
        said.append(f"pay_tier = '{cut.pay_tier}'")
    return said
