"""What a topic page looks at: one snapshot, narrowed by the reader's filters, and the source line that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dashboard import charts, columns, snapshot, wording
from dashboard.columns import Coded, Columns, n_distinct
from dashboard.figures import Figure, remembered, source_line
from dashboard.filters import Filters

NOT_TOLD = "Not told"
GROUP_WORDS = {
    "other": "Other",
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


def _source_line(found: dict) -> str:
    return source_line(
        found["sources"],
        found["n_vacancies"],
        found["n_employers"],
        wording.days_between(found["from_on"], found["to_on"]),
    )


def _told(held: Columns, rows: np.ndarray) -> dict:
    if not len(rows):
        return {"n_vacancies": 0, "n_employers": 0, "sources": [], "from_on": None, "to_on": None}
    source, day = held.coded["source"], held.day[rows]
    seen = np.bincount(source.codes[rows], minlength=len(source.values))
    return {
        "n_vacancies": len(rows),
        "n_employers": n_distinct(held.employer[rows]),
        "sources": [name for name, n in zip(source.values, seen, strict=False) if n],
        "from_on": day_of(day.min()),
        "to_on": day_of(day.max()),
    }


LEAST_PART = 0.1  # a source below a tenth of a year's vacancies does not make the year another mix
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


def named(table: pl.DataFrame, column: str, order: Sequence[str] = ()) -> pl.DataFrame:
    """Return the table with `group` as the column's values in words, in the order given, unknown values last."""
    rank = {value: place for place, value in enumerate(order)}
    values = table[column].to_list()
    return table.with_columns(
        group=pl.Series([GROUP_WORDS.get(v, wording.name(v)) if v is not None else NOT_TOLD for v in values], dtype=pl.String),
        rank_=pl.Series([rank.get(v, len(rank) + (v is None)) for v in values], dtype=pl.Int32),
    ).sort("rank_", "group").drop("rank_")  # fmt: skip


def extremes(table: pl.DataFrame) -> tuple[dict, dict] | None:
    """Return the shown rows with the lowest and the highest value, or None where fewer than two are shown."""
    shown = table.filter(pl.col("value").is_not_null() & (pl.col("group") != NOT_TOLD)).sort("value", "group")
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
    colour: str | None = None,
    row_height: int = 38,
    rows: np.ndarray | None = None,
) -> Figure:
    """Return a figure of intervals by `group`, whose finding names the years and the extremes: "`what`, 2018–2026: from 4% (A) to 18% (B)".

    `rows` are the vacancies that the table rests on where they are not all of the view.
    """
    found = scope.summary() if rows is None else _told(scope.columns, rows)
    ends = extremes(table)
    finding = f"{what}: too few vacancies or employers to compare in this view"
    if ends:
        low, high = ends
        years = wording.years_between(found["from_on"], found["to_on"])
        finding = f"{what}, {years}: from {wording.figure(low['value'], unit)} ({low['group']}) to {wording.figure(high['value'], unit)} ({high['group']})"
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


def over_time(
    scope: Scope,
    table: pl.DataFrame,
    *,
    key: str,
    unit: str,
    what: str,
    series: str,
    colours: dict[str, str],
    subtitle: str = "",
    caveats: Sequence[str] = (),
    zero: bool = True,
    per_source: bool = False,
) -> Figure:
    """Return a figure of yearly lines by `series`; `table` has `year` as a number. The finding names first and last year."""
    drawn = (
        table.filter(pl.col("value").is_not_null())
        .with_columns(year=pl.date(pl.col("year"), 1, 1))
        .sort(series, "year")
    )
    finding = what
    if drawn.height:
        parts = []
        for name, rows in drawn.group_by(series, maintain_order=True):
            first, last = rows.row(0, named=True), rows.row(-1, named=True)
            if first["year"] != last["year"]:
                parts.append(
                    f"{wording.name(name[0])} {wording.figure(first['value'], unit)} in {first['year'].year}, {wording.figure(last['value'], unit)} in {last['year'].year}"
                )
        if parts:
            finding = f"{what}: {'; '.join(parts[:3])}"
    few = table.height - drawn.height
    notes = list(caveats)
    alike = {} if per_source else stretches(scope)
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
            breaks=scope.breaks(per_source=per_source),
            stretches=alike,
            zero=zero,
            height=320,
        )
        if drawn.height
        else None,
        table=drawn,
        source=scope.source(),
        caveats=notes,
    )
