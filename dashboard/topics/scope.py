"""What a topic page looks at: one snapshot, narrowed by the reader's filters, and the source line that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dashboard import charts, columns, snapshot, wording
from dashboard.charts.over_time import segments
from dashboard.columns import UNKNOWN, Coded, Columns, n_distinct
from dashboard.figures import Figure, remembered, source_line
from dashboard.filters import Filters

NOT_TOLD = "Not told"
OTHERS = {"role": "Other roles", "market": "Other markets"}
NOTHING_MEASURED = "No vacancy in this view can be measured for this."
NOT_COMPARED = (NOT_TOLD, OTHERS["role"])
"""Groups that are drawn and never named as the lowest or the highest: nobody asks how an unnamed rest does."""
GROUP_WORDS = {
    "small": "Small, under 200",
    "medium": "Medium, 200–999",
    "large": "Large, 1,000 and more",
}

EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """A snapshot and the filters on it."""

    path: Path
    filters: Filters

    @property
    def columns(self) -> Columns:
        """The snapshot's vacancies in memory."""
        return columns.of(self.path)

    @property
    def role(self) -> Coded:
        """The roles that the role definition reads."""
        return self.columns.coded[self.filters.role_column]

    @property
    def year(self) -> Coded:
        """The year a vacancy was posted, or first seen where its source does not tell."""
        return self.columns.coded["year"]

    def rows(self, *leave_out: str, only: np.ndarray | None = None) -> np.ndarray:
        """Return the places of the vacancies in this view; filters named in `leave_out` do not narrow, `only` narrows further."""
        return self.columns.rows(self.filters, leave_out, only)

    def sides(self) -> np.ndarray:
        """Return for every vacancy 1 where it is of DS/MLE, 0 where it is of SWE, -1 elsewhere."""
        return self.columns.sides[self.filters.role_column]

    def summary(self) -> dict:
        """Return vacancies, employers, sources and dates in this view."""
        return _summary(self)

    def source(self) -> str:
        """Return the source line of this view."""
        return _source_line(self.summary())

    def span(self) -> str:
        """Return the years of this view: "2018–2026"."""
        found = self.summary()
        return wording.years_between(found["from_on"], found["to_on"])

    def breaks(self, *, per_source: bool = False) -> list[tuple[dt.date, str]]:
        """Return the changes of the instrument that no line is drawn across in this view.

        A source that joins or fails breaks a series pooled over sources, and no other source's own series.
        """
        changes = snapshot.rows(
            self.path,
            "SELECT changed_at::DATE AS day, kind, subject, detail FROM change_log WHERE breaks_comparability ORDER BY changed_at",
        )
        is_pooled = self.filters.source == "all" and not per_source
        return [
            (change["day"], change["detail"])
            for change in changes
            if change["kind"] not in ("source_added", "outage") or is_pooled or change["subject"] == self.filters.source
        ]

    def break_notes(self, *, per_source: bool = False, within: tuple[dt.date, dt.date] | None = None) -> list[str]:
        """Return those changes as caveats, where `within` is given only those that lie between its dates."""
        return [
            f"No line is drawn across {wording.day(day)}, when the instrument changed: {wording.sentence(why)}"
            for day, why in self.breaks(per_source=per_source)
            if within is None or within[0] < day <= within[1]
        ]


def day_of(number: int) -> dt.date:
    """Return the date of a number of days since 1970."""
    return EPOCH + dt.timedelta(days=int(number))


@remembered
def _summary(scope: Scope) -> dict:
    return _told(scope.columns, scope.rows())


def of_rows(scope: Scope, rows: np.ndarray) -> str:
    """Return the source line of some of the vacancies in a view."""
    return _source_line(_told(scope.columns, rows))


def span_of(scope: Scope, rows: np.ndarray) -> str:
    """Return the years of some of the vacancies in a view: "2018–2026"."""
    found = _told(scope.columns, rows)
    return wording.years_between(found["from_on"], found["to_on"])


def measured(flag: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return those of the vacancies at `rows` whose flag (-1 unknown, 0 no, 1 yes) is known: a share rests on these alone."""
    return rows.compress(flag.take(rows) != UNKNOWN)


def _source_line(found: dict) -> str:
    if not found["n_vacancies"]:
        return NOTHING_MEASURED
    return source_line(
        found["sources"],
        found["n_vacancies"],
        found["n_employers"],
        wording.days_between(found["from_on"], found["to_on"]),
    )


def _told(held: Columns, rows: np.ndarray) -> dict:
    if not len(rows):
        return {"n_vacancies": 0, "n_employers": 0, "sources": [], "from_on": None, "to_on": None}
    # `take` of a million rows is a third faster than indexing, and every figure asks
    source, day = held.coded["source"], held.day.take(rows)
    seen = source.codes.take(rows)
    return {
        "n_vacancies": len(rows),
        "n_employers": n_distinct(held.employer.take(rows)),
        "sources": [name for code, name in enumerate(source.values) if (seen == code).any()],
        "from_on": day_of(day.min()),
        "to_on": day_of(day.max()),
    }


LEAST_PART = 0.1  # a source below a tenth of a year's vacancies does not make the year another mix
N_SAID = 3  # series that a title has room for
SAME_SOURCES = "Lines join only consecutive years that rest on the same sources."


@remembered
def stretches(scope: Scope) -> dict[int, int]:
    """Return, for each year, the number of the stretch of years that rest on the same sources."""
    source, year, rows = scope.columns.coded["source"], scope.year, scope.rows("period")
    n_sources = len(source.values) + 1
    counts = np.bincount(
        year.codes[rows].astype(np.int32) * n_sources + source.codes[rows], minlength=n_sources * len(year.values)
    ).reshape(-1, n_sources)
    numbers: dict[int, int] = {}
    before: list[int] | None = None
    for number, of_year in zip(year.values, counts, strict=False):
        if not of_year.any():
            continue
        sources = np.flatnonzero(of_year >= LEAST_PART * of_year.sum()).tolist()
        numbers[number] = max(numbers.values(), default=0) + (sources != before)
        before = sources
    return numbers


def said(table: pl.DataFrame, unit: str, label: str = "group") -> str:
    """Return a table of estimates in words, for alt text."""
    return "; ".join(
        f"{row[label]} {wording.figure(row['value'], unit)}"
        if row["value"] is not None
        else f"{row[label]} too few ({wording.plural(row['n_vacancies'], 'vacancy', 'vacancies')})"
        for row in table.iter_rows(named=True)
    )


def group_name(column: str, value: str | None) -> str:
    """Return a group as its row is named: ("market", "other") gives "Other markets"."""
    if value is None:
        return NOT_TOLD
    return OTHERS.get(column, "Other") if value == "other" else GROUP_WORDS.get(value, wording.name(value))


def named(table: pl.DataFrame, column: str, order: Sequence[str] = ()) -> pl.DataFrame:
    """Return the table with `group` as the column's values in words, in the order given, unknown values last."""
    rank = {value: place for place, value in enumerate(order)}
    values = table[column].to_list()
    return table.with_columns(
        group=pl.Series([group_name(column, v) for v in values], dtype=pl.String),
        rank_=pl.Series([rank.get(v, len(rank) + (v is None)) for v in values], dtype=pl.Int32),
    ).sort("rank_", "group").drop("rank_")  # fmt: skip


def extremes(table: pl.DataFrame) -> tuple[dict, dict] | None:
    """Return the shown rows with the lowest and the highest value, or None where fewer than two groups with a name are shown."""
    shown = table.filter(pl.col("value").is_not_null() & ~pl.col("group").is_in(NOT_COMPARED)).sort("value", "group")
    return (shown.row(0, named=True), shown.row(-1, named=True)) if shown.height > 1 else None


def compared(
    scope: Scope,
    table: pl.DataFrame,
    *,
    key: str,
    unit: str,
    what: str,
    subtitle: str = "",
    caveats: Sequence[str] = (),
    rows: np.ndarray,
    colour: str | None = None,
    row_height: int = 38,
) -> Figure:
    """Return a figure of intervals by `group`, whose finding names the years and the extremes: "`what`, 2018–2026: from 4% (A) to 18% (B)".

    Where the intervals of the two meet, the finding says so. `rows` are the vacancies that the table rests on.
    """
    found = _told(scope.columns, rows)
    ends = extremes(table)
    finding = f"{what}: too few vacancies or employers to compare in this view"
    if ends:
        low, high = ends
        years = wording.years_between(found["from_on"], found["to_on"])
        finding = f"{what}, {years}: from {wording.figure(low['value'], unit)} ({low['group']}) to {wording.figure(high['value'], unit)} ({high['group']})"
        if low["high"] >= high["low"]:
            finding += ", with intervals that overlap"
    unknown = int(table["n_unknown"].sum()) if table.height else 0
    if unknown:
        caveats = [
            *caveats,
            f"{wording.plural(unknown, 'vacancy', 'vacancies')} left out because a field could not be told.",
        ]
    return Figure(
        key=key,
        finding=finding,
        subtitle=subtitle,
        description=f"{what}. {said(table, unit)}.",
        chart=charts.intervals(table, unit=unit, row_height=row_height, **({"colour": colour} if colour else {})),
        table=table,
        source=_source_line(found),
        caveats=caveats,
    )


def longest_lines(
    table: pl.DataFrame, series: str, breaks: Sequence[dt.date], alike: Mapping[int, int]
) -> dict[str, pl.DataFrame]:
    """Return, for each series of a table sorted by it and by `year` (a date), the rows of the longest line drawn, the last of several."""
    joined = segments(table[series].to_list(), table["year"].to_list(), sorted(breaks), alike)
    lines: dict[str, pl.DataFrame] = {}
    for line in table.with_columns(line_=pl.Series(joined, dtype=pl.Int32)).partition_by("line_", include_key=False):
        name = line[series][0]
        if name not in lines or line.height >= lines[name].height:
            lines[name] = line
    return lines


def changed(line: pl.DataFrame, unit: str | None) -> str:
    """Return how a line runs from its first year to its last: up or down where the two intervals part, else without clear change."""
    first, last = line.row(0, named=True), line.row(-1, named=True)
    ends = f"from {wording.figure(first['value'], unit)} in {first['year'].year} to {wording.figure(last['value'], unit)} in {last['year'].year}"
    if first["high"] < last["low"]:
        return f"up {ends}"
    return f"down {ends}" if last["high"] < first["low"] else f"without clear change, {ends}"


def changes_said(lines: Mapping[str, pl.DataFrame], unit: str | None) -> str:
    """Return which series went up or down over their longest line, or that none clearly did; lines of one year say nothing."""
    told = {name: line for name, line in lines.items() if line.height > 1}
    if not told:
        return "too few years in a row to compare"
    moved = {name: said for name, line in told.items() if (said := changed(line, unit)).startswith(("up", "down"))}
    if not moved:
        first, last = (
            min(line["year"].min() for line in told.values()),
            max(line["year"].max() for line in told.values()),
        )
        return f"no clear change, {first.year}–{last.year}"
    parts = [f"{wording.name(name)} {said}" for name, said in moved.items()]
    still = len(told) - len(moved)
    rest = "" if not still else f"; no clear change for {'the other' if still == 1 else 'the others'}"
    return "; ".join(parts[:N_SAID]) + (rest if len(parts) <= N_SAID else "; and others")


def over_time(
    scope: Scope,
    table: pl.DataFrame,
    *,
    key: str,
    unit: str,
    what: str,
    series: str,
    colours: dict[str, str],
    rows: np.ndarray,
    subtitle: str = "",
    caveats: Sequence[str] = (),
    zero: bool = True,
    per_source: bool = False,
) -> Figure:
    """Return a figure of yearly lines by `series`; `table` has `year` as a number and rests on the vacancies at `rows`.

    The finding names the first and the last year of each series' longest line: years that no line joins are not compared.
    """
    drawn = (
        table.filter(pl.col("value").is_not_null())
        .with_columns(year=pl.date(pl.col("year"), 1, 1))
        .sort(series, "year")
    )
    few = table.height - drawn.height
    notes = list(caveats)
    alike = {} if per_source else stretches(scope)
    breaks = scope.breaks(per_source=per_source)
    lines = longest_lines(drawn, series, [day for day, _ in breaks], alike)
    finding = f"{what}: {changes_said(lines, unit)}"
    if len({alike.get(year.year) for year in drawn["year"]}) > 1:
        notes.append(SAME_SOURCES)
    if drawn.height:
        end = dt.date(drawn["year"].max().year, 12, 31)
        notes += scope.break_notes(per_source=per_source, within=(drawn["year"].min(), end))
    if few:
        notes.append(f"{wording.plural(few, 'year')} of a series left out: fewer than 30 vacancies or 8 employers.")
    return Figure(
        key=key,
        finding=finding,
        subtitle=subtitle,
        description=f"{what}, by year. "
        + "; ".join(
            f"{wording.name(row[series])} {row['year'].year} {wording.figure(row['value'], unit)}"
            for row in drawn.iter_rows(named=True)
        ),
        chart=charts.trend(
            drawn,
            unit=unit,
            series=series,
            colours=colours,
            breaks=breaks,
            stretches=alike,
            zero=zero,
            height=320,
        )
        if drawn.height
        else None,
        table=drawn,
        source=of_rows(scope, rows),
        caveats=notes,
    )
