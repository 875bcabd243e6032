"""What charts share: axes in their unit, domains and rows read from the frames, text, the region where a claim says its number lies."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from dashboard import clustered, wording
from dashboard.theme import BLUE, FONT, INK

LABEL_SIZE = 12
LINE_LENGTH = 25  # letters of a row's name that fit beside a chart on a phone
GROUP_AXIS = alt.Axis(
    title=None,
    labelLimit=170,
    labelFontSize=13,
    labelOverlap=False,
    labelLineHeight=14,
    labelColor=INK,
    labelOpacity=0.9,
    labelExpr="split(datum.value, '\\n')",
)
LABELS = {
    "share": "format(datum.value, '.0%')",
    "points": "datum.value == 0 ? '0' : format(datum.value * 100, '+.1f') + ' pts'",
    "points_year": "datum.value == 0 ? '0' : format(datum.value * 100, '+.1f') + ' pts'",
    "money": "'$' + format(datum.value, ',.0f')",
    "days": "format(datum.value, ',.0f') + ' d'",
}
QUIET = {
    "labelColor": INK,
    "labelOpacity": 0.78,
    "titleColor": INK,
    "titleOpacity": 0.78,
}  # at least 4.5 to 1 on both grounds
HUE = alt.Color("hue:N", scale=None, legend=None)
COUNTED = (
    alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
    alt.Tooltip("n_employers:Q", title="Employers", format=","),
)


def axis(unit: str | None, title: str | None = None, **options: object) -> alt.Axis:
    """Return an axis whose labels are written in the unit."""
    words = LABELS.get(wording.unit_kind(unit), "format(datum.value, ',.3~f')")
    return alt.Axis(title=title, labelExpr=words, tickCount=5, titleAnchor="end", **QUIET, **options)


def on_lines(names: Sequence[str]) -> list[str]:
    """Return names parted into lines that fit beside a chart."""
    return ["\n".join(textwrap.wrap(name, LINE_LENGTH, break_long_words=False)) or name for name in names]


def lined(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the table with the names in a column parted into lines."""
    return table.with_columns(pl.Series(column, on_lines(table[column].to_list()), dtype=pl.String))


def figures(values: Sequence[float | None], unit: str | None) -> pl.Series:
    """Return numbers as they are read, in their unit; null where there is none."""
    return pl.Series([None if value is None else wording.figure(value, unit) for value in values], dtype=pl.String)


def few(row: Mapping[str, object]) -> str:
    """Return why a row has no number."""
    vacancies, employers = row["n_vacancies"], row["n_employers"]
    if vacancies >= clustered.FEWEST_VACANCIES and employers >= clustered.FEWEST_EMPLOYERS:
        if row.get("note"):
            return "no number: see the note"
        return f"too few on one side of {wording.plural(vacancies, 'vacancy', 'vacancies')}"
    return f"too few: {wording.plural(vacancies, 'vacancy', 'vacancies')}, {wording.plural(employers, 'employer')}"


def text(**options: object) -> dict:
    """Return how a label is written: in the page's ink, unless `options` say otherwise."""
    return {"font": FONT, "fontSize": LABEL_SIZE, "color": INK, **options}


def domain(values: Sequence[float | None], pad: float = 0.1) -> list[float]:
    """Return a range that holds every known value, widened at both ends."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0, 1.0]
    low, high = min(known), max(known)
    width = (high - low) * pad or abs(high) * pad or 1.0
    return [low - width, high + width]


def within(rows: pl.DataFrame, over: Sequence[float], **more: float) -> pl.DataFrame:
    """Return rows that carry the two ends of the chart's range, and what else the declaration reads from the first of them."""
    ends = {"range_low": over[0], "range_high": over[1], **more}
    return rows.with_columns(**{name: pl.lit(float(value)) for name, value in ends.items()})


def scale(low: str = "range_low", high: str = "range_high", **options: object) -> alt.Scale:
    """Return a scale whose domain runs between two columns of the first row drawn."""
    ends = alt.ExprRef(expr=f"[data('rows')[0].{low}, data('rows')[0].{high}]")
    return alt.Scale(domain=ends, nice=False, **({"zero": False} | options))


BETWEEN = "\x1f"  # parts the names in one text


def ordered(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return rows that carry the names in a column, each once, in the order in which they come first."""
    return rows.with_columns(order=pl.lit(BETWEEN.join(dict.fromkeys(rows[column]))))


def rows_of(column: str, axis: alt.Axis = GROUP_AXIS, name: str = "rows", **options: object) -> alt.Y:
    """Return the vertical channel with a row for each name that the `ordered` frame carries."""
    names = alt.ExprRef(expr=f"split(data('{name}')[0].order, '{BETWEEN}')")
    return alt.Y(f"{column}:N", sort=None, axis=axis, scale=alt.Scale(domain=names, **options))


def region(threshold_low: float | None, threshold_high: float | None, channel: str) -> list[alt.Chart]:
    """Return the supporting region as a band and its edges as dashed lines; an open region goes on to the chart's edge."""
    edges = [edge for edge in (threshold_low, threshold_high) if edge is not None]
    if not edges:
        return []
    (at, to), (start, end) = ((alt.X, alt.X2), (0, "width")) if channel == "x" else ((alt.Y, alt.Y2), ("height", 0))
    band = alt.Chart(alt.InlineData(values=[{"low": threshold_low, "high": threshold_high}]))
    lines = alt.Chart(alt.InlineData(values=[{"edge": edge} for edge in edges]))
    low, high = at("low:Q", scale=scale()), alt.value(end) if threshold_high is None else to("high:Q")
    if threshold_low is None:
        low, high = at("high:Q", scale=scale()), alt.value(start)
    return [
        band.mark_rect(color=BLUE, opacity=0.1).encode(**{channel: low, f"{channel}2": high}),
        lines.mark_rule(strokeDash=[4, 3], color=INK, opacity=0.75).encode(**{channel: at("edge:Q", scale=scale())}),
    ]
