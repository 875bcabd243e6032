"""The vacancies that estimates rest on: everything but the demo's samples, in one in-memory table with employers numbered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.evidence.cuts import ALL, LATEST, LATEST_YEAR, Cut
from warehouse.evidence.derived import BY_ROLE, BY_TITLE, FULL_STACK
from warehouse.evidence.market import Market
from warehouse.evidence.roles import MODELLING
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
Column = NDArray[np.int8] | NDArray[np.float64]
MONTHS = {LATEST: 24, LATEST_YEAR: 12}
REAL = "provenance <> 'sample'"
CUT_COLUMNS = ("source", "market", "size_class", "year", "is_latest_24_months", "is_latest_12_months")

NOT_NEEDED = (
    "vacancy_id",
    "employer_id",
    "board",
    "posting_id",
    "employer_name",
    "url",
    "location_raw",
    "source_closes_on",
    "reopened",
    "closed_reason",
)
BREAK_THEIR_OWN = ("source_added", "outage")
"""Kinds of change that break the series of their own source alone; every other kind breaks all."""

WORDS = {
    **{c.name: c.values for c in TABLE["vacancy"].columns if c.values and c.name in
       ("role", "role_strict", "level", "degree_min", "pay_kind", "pay_tier", "market")},
    "size_class": SIZE_CLASSES,
}  # fmt: skip
"""Columns of few words, which are compared as numbers."""
_BY_TITLE = ", ".join(f"{expression} AS {name}" for name, expression in BY_TITLE.items())
_BY_ROLE = ", ".join(f"{expression} AS {name}" for name, expression in BY_ROLE.items())
_FIRSTS = f"""
CREATE TABLE firsts_{{kind}} AS
SELECT vacancy_id, {_BY_ROLE}
FROM (SELECT * REPLACE ({{role}} AS role), employer_index AS employer_id FROM staged)
WHERE {MODELLING} OR role = 'data_engineer'
"""
"""Neither kind of first can be anything but false or null outside of these roles."""
_OPENING = f"""
CREATE TABLE opening AS
SELECT s.* REPLACE ({", ".join(f"{name}::{name}_word AS {name}" for name in WORDS)}), {_BY_TITLE}, {", ".join(f"b.{name}, t.{name} AS {name}_strict" for name in BY_ROLE)}
FROM staged s LEFT JOIN firsts_broad b USING (vacancy_id) LEFT JOIN firsts_strict t USING (vacancy_id)
ORDER BY vacancy_id
"""
_RETOLD = f"""
CREATE VIEW opening_retold AS
SELECT * REPLACE (role_strict AS role, {", ".join(f"{name}_strict AS {name}" for name in BY_ROLE)}) FROM opening
"""
_STRICT = "CREATE VIEW opening_strict AS SELECT * FROM opening_retold WHERE role IS NOT NULL"


class NotACondition(ValueError):
    """An expression is neither a condition nor a number."""


class Grid:
    """The cells that cuts are made of: one for each employer and value of the cut columns that occurs together.

    `employer` has the employer of each cell; a column that is missing from the frame is not cut by.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.employer = frame["employer_index"].to_numpy().astype(np.int64)
        self._flags = {name: frame[name].to_numpy() for name in CUT_COLUMNS[4:] if name in frame.columns}
        self._codes = {name: coded(frame[name]) for name in CUT_COLUMNS[:4] if name in frame.columns}
        self._masks: dict[tuple[str, ...], NDArray[np.bool_] | None] = {}

    def codes(self, name: str) -> tuple[NDArray[np.int64], list[str]]:
        """Return each cell's code of a cut column, -1 where it is unknown, and the words the codes stand for."""
        return self._codes[name]

    def mask(self, cut: Cut) -> NDArray[np.bool_] | None:
        """Return which cells a settled cut keeps, None for all; role definition and pay tier are not its business."""
        key = (cut.source_set, cut.region, cut.size_class, cut.period)
        if key not in self._masks:
            self._masks[key] = self._made(cut)
        return self._masks[key]

    def _made(self, cut: Cut) -> NDArray[np.bool_] | None:
        wanted = {"source": cut.source_set, "market": cut.region, "size_class": cut.size_class}
        kept = []
        if cut.period in MONTHS:
            kept.append(self._flags[f"is_{cut.period}"])
        else:
            wanted["year"] = cut.period
        for name, word in wanted.items():
            if word != ALL and name in self._codes:
                codes, words = self._codes[name]
                kept.append(codes == (words.index(word) if word in words else -2))
        return np.logical_and.reduce(kept) if kept else None


def coded(words: pl.Series) -> tuple[NDArray[np.int64], list[str]]:
    """Return a column as codes in the order of its sorted words, -1 where null, and the words."""
    words = words.cast(pl.String)
    known = words.drop_nulls().unique().sort().to_list()
    codes = words.cast(pl.Enum(known)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), known


class Sample:
    """The market as judging sees it.

    `rows(sql)` queries table `opening` (or `opening_strict`, where `role` is what the title alone names): the columns
    of `vacancy` (`vacancy_id` a number in the order of the names, which are not kept), `employer_index` (0-based),
    `size_class`, `year` first seen, `is_latest_24_months`, `is_latest_12_months`, `cell` (its place in `grid`), the
    columns of `warehouse.evidence.derived`, `segment` (how many breaks of comparability lie before it) and `draw` (a
    fixed hash); and the tables `vacancy_skill`, `skill`, `supply_month`. `asked_by` and `asked` are the vacancy and the
    skill, an index into `skill_names`, of each skill asked, sorted. `weights` are the bootstrap's, shape (replicates,
    employers).
    """

    def __init__(self, market: Market, *, replicates: int, seed: int) -> None:
        self.seed = seed
        self.replicates = replicates
        self.confusion = market.confusion
        self._kept: dict[object, object] = {}
        self._lasting: dict[object, object] = {}
        self._columns: dict[tuple[str, bool], Column] = {}
        self._coarse: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None
        self._connection = duckdb.connect()
        vacancy = _typed(market.vacancy, "vacancy").filter(pl.col("provenance") != "sample")
        if not vacancy["vacancy_id"].is_sorted():
            vacancy = vacancy.sort("vacancy_id")
        taxonomy = skills().select("skill_id", "category").sort("skill_id")
        self.skill_names: list[str] = taxonomy["skill_id"].to_list()
        self.asked_by, self.asked = _asked(
            _typed(market.vacancy_skill, "vacancy_skill"), vacancy["vacancy_id"], taxonomy
        )
        staged = self._staged(vacancy, market, taxonomy)
        grid = staged.select("employer_index", *CUT_COLUMNS, "cell").unique("cell").sort("cell")
        self.grid = Grid(grid)
        self.cell: NDArray[np.int32] = staged["cell"].to_numpy()
        self._register("staged", staged)
        self._register("skill", taxonomy)
        self._register("supply_month", _typed(market.supply_month, "supply_month"))
        names = pl.Series(self.skill_names, dtype=pl.String).gather(pl.Series(self.asked).cast(pl.UInt32))
        self._register("vacancy_skill", pl.DataFrame({"vacancy_id": self.asked_by, "skill_id": names}))
        for kind, role in (("broad", "role"), ("strict", "role_strict")):
            self._connection.execute(_FIRSTS.format(kind=kind, role=role)).complete()
        for name, declared in WORDS.items():
            words = dict.fromkeys((*declared, *staged[name].drop_nulls().unique().sort()))
            told = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
            self._connection.execute(f"CREATE TYPE {name}_word AS ENUM ({told})").complete()
        self._connection.execute(_OPENING).complete()
        self._connection.execute(_RETOLD).complete()
        self._connection.execute(_STRICT).complete()
        self._connection.unregister("staged")
        self.n_employers = int(staged["employer_index"].max() or 0) + 1 if len(staged) else 0
        self.weights = employer_weights(self.n_employers, replicates, seed)
        self.sources = self.grid.codes("source")[1]
        self.years = self.grid.codes("year")[1]
        self.markets = [market for market in MARKETS if market in self.grid.codes("market")[1]]
        self.sizes = [size for size in SIZE_CLASSES if size in self.grid.codes("size_class")[1]]

    def _register(self, name: str, frame: pl.DataFrame) -> None:
        self._connection.register(name, frame.to_arrow())

    def _staged(self, vacancy: pl.DataFrame, market: Market, taxonomy: pl.DataFrame) -> pl.DataFrame:
        """Return the vacancies as table `opening` has them, less what is derived by SQL."""
        employers = vacancy["employer_id"].unique().sort()
        index = vacancy["employer_id"].cast(pl.Enum(employers)).to_physical().cast(pl.Int32)
        sizes = pl.DataFrame({"employer_id": employers}).join(
            _typed(market.employer, "employer").select("employer_id", "size_class"), on="employer_id", how="left", maintain_order="left"
        )["size_class"]  # fmt: skip
        self._register("named", vacancy.select("vacancy_id"))
        draw = self.rows("SELECT hash(vacancy_id) AS draw FROM named")["draw"]
        self._connection.unregister("named")
        last = vacancy["last_seen_at"].max()
        since = self._connection.execute(
            "SELECT $1::TIMESTAMP - INTERVAL 24 MONTH, $1::TIMESTAMP - INTERVAL 12 MONTH", [last]
        ).fetchall()[0]
        categories, full = _span(self.asked_by, self.asked, taxonomy, len(vacancy))
        staged = vacancy.select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias("vacancy_id"),
            pl.exclude(*NOT_NEEDED),
            employer_index=index,
            draw=draw,
            size_class=sizes.gather(index) if len(vacancy) else pl.Series([], dtype=pl.String),
            year=pl.col("first_seen_at").dt.year().cast(pl.Int32),
            is_latest_24_months=pl.col("last_seen_at") > pl.lit(since[0], pl.Datetime("us")),
            is_latest_12_months=pl.col("last_seen_at") > pl.lit(since[1], pl.Datetime("us")),
            n_skill_categories=categories,
            is_full_stack=full,
            segment=_segment(_typed(market.change_log, "change_log")),
        )
        key = np.zeros(len(staged), dtype=np.int64)
        for name in ("employer_index", *CUT_COLUMNS):
            codes, words = (
                coded(staged[name]) if name != "employer_index" else (index.to_numpy().astype(np.int64), employers)
            )
            key = key * (len(words) + 1) + codes + 1
        cell = np.unique(key, return_inverse=True)[1].reshape(-1).astype(np.int32)
        return staged.with_columns(cell=pl.Series(cell))

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

    def rows(self, sql: str) -> pl.DataFrame:
        """Return a query's rows."""
        return self._connection.sql(sql).pl()

    def cells(self, sql: str) -> Cells:
        """Return a query's rows, which carry `cell`, as cells to cut by."""
        return Cells(self.rows(sql), self.grid)

    def columns(self, expressions: Sequence[str], *, is_strict: bool) -> list[Column]:
        """Return expressions over `opening` for every vacancy, in the order of their numbers; each is asked once.

        With `is_strict` the role is what the title alone names, null for most. Conditions are 1, 0 or, where null, -1;
        numbers are NaN where null.
        """
        wanted = [name for name in dict.fromkeys(expressions) if (name, is_strict) not in self._columns]
        if wanted:
            table = "opening_retold" if is_strict else "opening"
            told = ", ".join(f"({expression}) AS c{k}" for k, expression in enumerate(wanted))
            order = " ORDER BY vacancy_id" if any("SELECT" in name for name in wanted) else ""
            frame = self.rows(f"SELECT {told} FROM {table}{order}")
            for name, column in zip(wanted, frame.iter_columns(), strict=True):
                is_condition = column.dtype == pl.Boolean
                if not (is_condition or column.dtype.is_numeric() or column.dtype == pl.Null):
                    raise NotACondition(f"{name} is neither a condition nor a number.")
                known = (
                    column.cast(pl.Int8).fill_null(-1) if is_condition else column.cast(pl.Float64).fill_null(np.nan)
                )
                self._columns[name, is_strict] = known.to_numpy()
        return [self._columns[name, is_strict] for name in expressions]

    def tiers(self) -> tuple[NDArray[np.int64], list[str]]:
        """Return the pay tier of every vacancy as codes, -1 where there is none, and the tiers."""
        return coded(self.rows("SELECT pay_tier FROM opening")["pay_tier"])

    def skills_of(self, vacancies: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return, for vacancies named once each, the position among them and the skill of each skill they ask.

        The skill is an index into `skill_names`; pairs come in the order of the vacancy's number and the skill.
        """
        position = np.full(len(self.cell), -1, dtype=np.int32)
        position[vacancies] = np.arange(len(vacancies), dtype=np.int32)
        row = position[self.asked_by]
        found = row >= 0
        return row[found].astype(np.int64), self.asked[found].astype(np.int64)

    def kept(self, key: object, make: Callable[[], Kept]) -> Kept:
        """Return what was made for `key` before, making it the first time."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]

    def lasting(self, key: object, make: Callable[[], Kept]) -> Kept:
        """Return what was made for `key` before, by whichever claim, making it the first time."""
        if key not in self._lasting:
            self._lasting[key] = make()
        return self._lasting[key]  # type: ignore[return-value]

    def redraw(self, replicates: int) -> None:
        """Draw another number of replicates, by the same seed; what rests on those drawn before is let go of."""
        self.replicates = replicates
        self.weights = employer_weights(self.n_employers, replicates, self.seed)
        self._coarse = None
        self._kept.clear()
        self._lasting.clear()

    def forget(self) -> None:
        """Let go of what was kept between measures of one claim."""
        self._kept.clear()


def _asked(
    pairs: pl.DataFrame, names: pl.Series, taxonomy: pl.DataFrame
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Return who asks what as numbers, sorted by vacancy and skill, of the skills that the taxonomy knows."""
    run = pairs["vacancy_id"].rle_id()
    heads = pairs.select("vacancy_id").filter(run.diff().fill_null(1) > 0) if len(pairs) else pairs.select("vacancy_id")
    numbered = pl.DataFrame({"vacancy_id": names}).with_row_index("number")
    number = heads.join(numbered, on="vacancy_id", how="left", maintain_order="left")["number"].cast(pl.Int32)
    vacancy = number.gather(run).fill_null(-1).to_numpy() if len(pairs) else np.zeros(0, dtype=np.int32)
    skill = (
        pairs["skill_id"]
        .cast(pl.Enum(taxonomy["skill_id"]), strict=False)
        .to_physical()
        .cast(pl.Int16)
        .fill_null(-1)
        .to_numpy()
    )
    known = (vacancy >= 0) & (skill >= 0)
    vacancy, skill = vacancy[known], skill[known]
    key = vacancy.astype(np.int64) * len(taxonomy) + skill
    if len(key) and (np.diff(key) < 0).any():
        order = np.argsort(key, kind="stable")
        vacancy, skill = vacancy[order], skill[order]
    return vacancy, skill


def _span(
    asked_by: NDArray[np.int32], asked: NDArray[np.int16], taxonomy: pl.DataFrame, n: int
) -> tuple[pl.Series, pl.Series]:
    """Return of each vacancy how many categories of skills it asks, and whether it spans the full stack; null for none."""
    code, names = coded(taxonomy["category"])
    bits = np.zeros(n, dtype=np.int64)
    if len(asked):
        starts = np.flatnonzero(np.diff(asked_by, prepend=-1))
        bits[asked_by[starts]] = np.bitwise_or.reduceat(np.left_shift(1, code)[asked], starts)
    full = sum(1 << names.index(category) for category in FULL_STACK)
    frame = pl.DataFrame({"n": np.bitwise_count(bits).astype(np.int64), "full": (bits & full) == full})
    known = pl.col("n") > 0
    return tuple(frame.select(pl.when(known).then("n"), pl.when(known).then("full")))  # type: ignore[return-value]


def _segment(changes: pl.DataFrame) -> pl.Expr:
    """Return how many changes that break comparability lie before a vacancy was first seen."""
    broken = changes.filter(pl.col("breaks_comparability")).select("changed_at", "subject", "kind")
    counted = pl.lit(0)
    for changed_at, subject, kind in broken.iter_rows():
        concerns = (pl.col("source") == subject).fill_null(False) if kind in BREAK_THEIR_OWN else pl.lit(True)
        counted = counted + (concerns & (pl.col("first_seen_at") >= pl.lit(changed_at, pl.Datetime("us")))).cast(
            pl.Int32
        )
    return counted.cast(pl.Int32)


def _typed(frame: pl.DataFrame | pl.LazyFrame, name: str) -> pl.DataFrame:
    frame = frame.lazy().collect()
    schema = table_schema(name)
    missing = sorted(set(schema) - set(frame.columns))
    if missing and frame.width:
        raise ValueError(f"table {name} lacks its columns {', '.join(missing)}")
    return frame.select(list(schema)).cast(schema) if frame.width else pl.DataFrame(schema=schema)


class Cells:
    """Rows that carry `cell`, their place in a grid; further numeric columns are sums to add up.

    Where the rows give `pay_tier`, cuts by tier work on it.
    """

    def __init__(self, frame: pl.DataFrame, grid: Grid) -> None:
        self.grid = grid
        self.cell = frame["cell"].to_numpy()
        self.employer = grid.employer[self.cell]
        self.values = {
            name: _number(column)
            for name, column in ((name, frame[name]) for name in frame.columns if name != "cell")
            if column.dtype.is_numeric() or column.dtype == pl.Boolean
        }
        self._tier = coded(frame["pay_tier"]) if "pay_tier" in frame.columns else None

    def mask(self, cut: Cut) -> NDArray[np.bool_]:
        """Return which rows a settled cut keeps; the role definition is not its business."""
        cells = self.grid.mask(cut)
        kept = cells[self.cell] if cells is not None else np.ones(len(self.cell), dtype=bool)
        if cut.pay_tier != ALL and self._tier is not None:
            codes, words = self._tier
            kept &= codes == (words.index(cut.pay_tier) if cut.pay_tier in words else -2)
        return kept


def _number(column: pl.Series) -> NDArray[np.float64]:
    return column.cast(pl.Float64).fill_null(0.0).to_numpy()


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


def opening_sql(cut: Cut) -> list[str]:
    """Return the conditions that narrow table `opening` to a settled cut."""
    words = {"source": cut.source_set, "market": cut.region, "size_class": cut.size_class, "pay_tier": cut.pay_tier}
    said = [f"{name} = '{wanted}'" for name, wanted in words.items() if wanted != ALL]
    if cut.period in MONTHS:
        return [*said, f"is_{cut.period}"]
    return said if cut.period == ALL else [*said, f"year = {cut.period}"]
