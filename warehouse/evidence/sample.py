"""The vacancies that estimates rest on: everything but the demo's samples, in one in-memory table with employers numbered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, LATEST, LATEST_YEAR, Cut
from warehouse.evidence.market import Market
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


Kept = TypeVar("Kept")
MONTHS = {LATEST: 24, LATEST_YEAR: 12}
REAL = "provenance <> 'sample'"

_OPENING = """
CREATE TABLE opening AS
WITH real AS (SELECT * FROM vacancy WHERE provenance <> 'sample'),
last AS (SELECT max(last_seen_at) AS day FROM real),
broken AS (SELECT changed_at, subject, kind FROM change_log WHERE breaks_comparability),
numbered AS (SELECT employer_id, (row_number() OVER (ORDER BY employer_id) - 1)::INTEGER AS employer_index
             FROM (SELECT DISTINCT employer_id FROM real))
SELECT v.* EXCLUDE (employer_name), n.employer_index, e.size_class, year(v.first_seen_at)::INTEGER AS year,
  v.last_seen_at > last.day - INTERVAL 24 MONTH AS is_latest_24_months,
  v.last_seen_at > last.day - INTERVAL 12 MONTH AS is_latest_12_months,
  coalesce(v.posted_at, v.first_seen_at) AS opened_at,
  (SELECT count(*) FROM broken b WHERE b.changed_at <= v.first_seen_at
     AND (b.subject = v.source OR b.kind NOT IN ('source_added', 'outage')))::INTEGER AS segment
FROM real v JOIN numbered n USING (employer_id) LEFT JOIN employer e USING (employer_id) CROSS JOIN last
ORDER BY v.vacancy_id
"""

_STRICT = """
CREATE VIEW opening_strict AS SELECT * REPLACE (role_strict AS role) FROM opening
"""


class Sample:
    """The market as judging sees it.

    `rows(sql)` queries table `opening` (or `opening_strict`, where `role` is what the title alone names): the columns
    of `vacancy` and `size_class`, `employer_index` (0-based), `year` first seen, `is_latest_24_months`,
    `is_latest_12_months`, `opened_at`, and `segment` (how many breaks of comparability lie before it); and the tables
    `vacancy_skill`, `supply_month`. `weights` are the bootstrap's, shape (replicates, employers).
    """

    def __init__(self, market: Market, *, replicates: int, seed: int) -> None:
        self.seed = seed
        self.replicates = replicates
        self.confusion = market.confusion
        self._connection = duckdb.connect()
        for name in ("vacancy", "vacancy_skill", "employer", "supply_month", "change_log"):
            self._connection.register(name, _typed(getattr(market, name), name).to_arrow())
        self._connection.execute(_OPENING).complete()
        self._connection.execute(_STRICT).complete()
        self.n_employers = int(self.one("SELECT count(DISTINCT employer_id) FROM opening") or 0)
        self.weights = employer_weights(self.n_employers, replicates, seed)
        self.sources = self._values("source")
        self.years = [str(year) for year in self._values("year")]
        self.markets = [market for market in MARKETS if market in set(self._values("market"))]
        self.sizes = [size for size in SIZE_CLASSES if size in set(self._values("size_class"))]
        self._kept: dict[object, object] = {}

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
