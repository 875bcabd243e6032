"""What a topic page looks at: one snapshot, narrowed by the reader's filters, and the source line that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard import charts, snapshot, wording
from dashboard.figures import Figure, source_line
from dashboard.filters import Filters
from warehouse.schema.tables import DS_MLE

WHEN = "coalesce(v.posted_at, v.first_seen_at)"
YEAR = f"year({WHEN})"
NOT_TOLD = "Not told"
HAS_TEXT = "(v.language IS NOT NULL OR v.asks_ml IS NOT NULL)"
"""Whether there was a text in which skills could be asked: shares of those who ask one are taken over these alone."""
GROUP_WORDS = {
    "other": "Other",
    "small": "Small, under 200",
    "medium": "Medium, 200–999",
    "large": "Large, 1,000 and more",
}

SUMMARY = """
SELECT count(*) AS n_vacancies, count(DISTINCT v.employer_id) AS n_employers, list_sort(list(DISTINCT v.source)) AS sources,
  min({when})::DATE AS from_on, max({when})::DATE AS to_on
FROM vacancy v WHERE {where}
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """A snapshot and the filters on it."""

    path: Path
    filters: Filters

    @property
    def role(self) -> str:
        """The role column that the role definition reads, qualified."""
        return f"v.{self.filters.role_column}"

    def where(self, *leave_out: str) -> str:
        """Return the filters as a condition."""
        return self.filters.where(*leave_out)

    def is_one_of(self, group: str) -> str:
        """Return the condition that a vacancy is of an essay's group: "DS/MLE" or "SWE"."""
        roles = DS_MLE if group == "DS/MLE" else ("software_engineer",)
        return f"{self.role} IN ({', '.join(repr(role) for role in roles)})"

    def summary(self) -> dict:
        """Return vacancies, employers, sources and dates in this view."""
        return snapshot.row(self.path, SUMMARY.format(when=WHEN, where=self.where()))

    def source(self) -> str:
        """Return the source line of this view."""
        found = self.summary()
        return source_line(
            found["sources"] or [],
            found["n_vacancies"],
            found["n_employers"],
            wording.days_between(found["from_on"], found["to_on"]),
        )

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


SOURCES_BY_YEAR = """
WITH per AS (SELECT {year} AS year, v.source, count(*) AS n FROM vacancy v WHERE {where} GROUP BY ALL),
shares AS (SELECT year, source, n / sum(n) OVER (PARTITION BY year) AS part FROM per)
SELECT year::INT AS year, list_sort(list(source)) AS sources FROM shares WHERE part >= {least} GROUP BY year ORDER BY year
"""
LEAST_PART = 0.1  # a source below a tenth of a year's vacancies does not make the year another mix
SAME_SOURCES = "Lines join only consecutive years that rest on the same sources."


def stretches(scope: Scope) -> dict[int, int]:
    """Return, for each year, the number of the stretch of years that rest on the same sources."""
    found = snapshot.rows(scope.path, SOURCES_BY_YEAR.format(year=YEAR, where=scope.where("period"), least=LEAST_PART))
    numbers: dict[int, int] = {}
    before: list[str] | None = None
    for row in found:
        numbers[row["year"]] = max(numbers.values(), default=0) + (row["sources"] != before)
        before = row["sources"]
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
) -> Figure:
    """Return a figure of intervals by `group`, whose finding names the years and the extremes: "`what`, 2018–2026: from 4% (A) to 18% (B)"."""
    ends = extremes(table)
    finding = f"{what}: too few vacancies or employers to compare in this view"
    if ends:
        low, high = ends
        finding = f"{what}, {scope.span()}: from {wording.figure(low['value'], unit)} ({low['group']}) to {wording.figure(high['value'], unit)} ({high['group']})"
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
        source=scope.source(),
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
            zero=zero,
            height=320,
        )
        if drawn.height
        else None,
        table=drawn,
        source=scope.source(),
        caveats=notes,
    )
