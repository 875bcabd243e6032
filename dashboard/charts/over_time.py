"""Charts over time: yearly lines cut where the instrument changed, and the share still open by day."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from functools import lru_cache

import altair as alt
import polars as pl

from dashboard import wording
from dashboard.charts.axes import COUNTED, HUE, QUIET, axis, domain, figures, region, scale, text, within
from dashboard.charts.drawing import Drawing, layered, of
from dashboard.theme import BLUE, INK


@lru_cache(maxsize=64)
def _trend(unit: str | None, edges: tuple[float | None, float | None], height: int) -> dict:
    x_scale = scale("first", "until", range=[0, alt.ExprRef(expr="width - data('rows')[0].room")])
    years = alt.Axis(title=None, format="d", tickMinStep=1, grid=False, labelOverlap=True, **QUIET)
    x = alt.X("at:Q", scale=x_scale, axis=years)
    base = of("rows").encode(x=x, detail=alt.Detail("segment:N"), color=HUE)
    tooltip = [
        alt.Tooltip("name:N", title="Series"),
        alt.Tooltip("at:Q", title="Year", format="d"),
        alt.Tooltip("label:N", title="Estimate"),
        *COUNTED,
    ]
    value, shade = alt.Y("value:Q", scale=scale()), alt.Opacity("shade:Q", scale=None, legend=None)
    named = of("ends").encode(x=x, y=alt.Y("place:Q", scale=scale()))
    why = [alt.Tooltip("why:N", title="Instrument changed"), alt.Tooltip("on:N", title="On")]
    return layered(
        *region(*edges, "y"),
        base.mark_area(line=False).encode(
            y=alt.Y("low:Q", scale=scale(), axis=axis(unit)), y2=alt.Y2("high:Q"), opacity=shade
        ),
        base.transform_filter("datum.is_alone")
        .mark_rule(strokeWidth=2.5, opacity=0.45)
        .encode(y=alt.Y("low:Q", scale=scale()), y2=alt.Y2("high:Q")),
        base.mark_line(strokeWidth=2.2).encode(y=value),
        base.mark_point(filled=True, size=34, opacity=1).encode(y=value, tooltip=tooltip),
        named.mark_text(**text(align="left", dx=8, fontSize=9), text="●").encode(color=HUE),
        named.mark_text(**text(align="left", dx=19, fontWeight=600)).encode(text=alt.Text("text:N")),
        of("breaks").mark_rule(strokeDash=[2, 3], color=INK, opacity=0.55).encode(x=x, tooltip=why),
        height=height,
    )


def trend(
    table: pl.DataFrame,
    *,
    unit: str | None,
    series: str | None = None,
    colours: Mapping[str, str] | None = None,
    breaks: Sequence[tuple[dt.date, str]] = (),
    stretches: Mapping[int, int] | None = None,
    threshold_low: float | None = None,
    threshold_high: float | None = None,
    height: int = 300,
    zero: bool = False,
) -> Drawing:
    """Draw `value` with its band `low` to `high` over `year` (the first day of a year), one line per `series`.

    A line joins consecutive years only, of the same stretch (`stretches`: year to a number) and on the same side of each
    of `breaks`. Lines carry their name and last value at their end instead of a legend.
    """
    table = table.filter(pl.col("value").is_not_null())
    over = domain(
        [*table["value"], *table["low"], *table["high"], threshold_low, threshold_high, 0.0 if zero else None]
    )
    if zero:
        over[0] = 0.0
    table = table.with_columns(series=pl.col(series) if series else pl.lit("")).sort("series", "year")
    names, years = table["series"].to_list(), table["year"].to_list()
    cuts = sorted(day for day, _ in breaks)
    rows = table.select(
        "value", "low", "high", "n_vacancies", "n_employers", "series", at=pl.col("year").dt.year().cast(pl.Float64),
        segment=pl.Series(segments(names, years, cuts, stretches or {}), dtype=pl.Int32), label=figures(table["value"], unit),
        name=pl.Series([wording.name(name) for name in names], dtype=pl.String),
        hue=pl.Series([(colours or {}).get(name, BLUE) for name in names], dtype=pl.String),
        shade=pl.lit(0.16 if len(set(names)) < 4 else 0.08),
    )  # fmt: skip
    rows = rows.with_columns(is_alone=pl.len().over("segment") == 1)  # a band needs two years to be seen
    ends = rows.sort("at").group_by("series", maintain_order=True).last()
    ends = ends.select(
        "at", "hue", text=(pl.col("name") + " " + pl.col("label")) if series else pl.col("label"),
        place=pl.Series(_apart_by(ends["at"].to_list(), ends["value"].to_list(), over, 16 / height), dtype=pl.Float64),
    )  # fmt: skip
    first, last = (rows["at"].min(), rows["at"].max()) if rows.height else (0.0, 0.0)
    room = 26 + 6.4 * max(
        [len(label) for label in ends["text"]] or [0]
    )  # pixels right of the last point, for the names
    marks = [
        (_at(day), why, wording.day(day))
        for day, why in breaks
        if rows.height and years and min(years) <= day <= max(years)
    ]
    return Drawing(
        "Lines over the years",
        _trend(unit, (threshold_low, threshold_high), height),
        {
            "rows": within(
                rows.drop("series"), over, first=first, until=last if last > first else first + 1, room=room
            ),
            "ends": ends,
            "breaks": pl.DataFrame(marks, schema={"at": pl.Float64, "why": pl.String, "on": pl.String}, orient="row"),
        },
    )


def _at(day: dt.date) -> float:
    """Return a day as a number of years, with the part of its year that has gone."""
    start, end = dt.date(day.year, 1, 1), dt.date(day.year + 1, 1, 1)
    return day.year + (day - start) / (end - start)


def apart(values: Sequence[float], over: Sequence[float], least: float) -> list[float]:
    """Return positions near `values` with at least the share `least` of the range between neighbours, so that labels do not collide."""
    gap = least * (over[1] - over[0])
    order = sorted(range(len(values)), key=lambda k: values[k])
    placed = list(values)
    for below, above in itertools.pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    surplus = max(0.0, max(placed, default=0.0) - over[1] + gap / 2)
    return [position - surplus for position in placed]


def _apart_by(groups: Sequence[object], values: Sequence[float], over: Sequence[float], least: float) -> list[float]:
    """Return positions near `values`, apart from their neighbours of the same group."""
    placed = list(values)
    for group in set(groups):
        places = [k for k, other in enumerate(groups) if other == group]
        for k, position in zip(places, apart([values[k] for k in places], over, least), strict=True):
            placed[k] = position
    return placed


def segments(
    series: Sequence[str], years: Sequence[dt.date], breaks: Sequence[dt.date], stretches: Mapping[int, int]
) -> list[int]:
    """Return a number for each point, equal for neighbours that a line may join; points come sorted by series and year.

    A year with a break inside stands alone, joined to no neighbour.
    """
    numbers: list[int] = []
    before: tuple[str, dt.date] | None = None
    for name, year in zip(series, years, strict=True):
        joins = (
            before is not None
            and before[0] == name
            and year.year == before[1].year + 1
            and stretches.get(year.year) == stretches.get(before[1].year)
            and not any(before[1] < day <= dt.date(year.year, 12, 31) for day in breaks)
        )
        numbers.append((numbers[-1] if numbers else 0) + (not joins))
        before = (name, year)
    return numbers


@lru_cache(maxsize=1)
def _survival() -> dict:
    share, days = alt.Scale(domain=[0, 1]), scale()
    x = alt.X("day:Q", scale=days, axis=alt.Axis(title="days since first seen", grid=False, **QUIET))
    base = of("rows").encode(x=x, color=HUE)
    tooltip = [
        alt.Tooltip("name:N", title="Series"),
        alt.Tooltip("day:Q", title="Day"),
        alt.Tooltip("value:Q", format=".0%", title="Still open"),
        alt.Tooltip("at_risk:Q", format=",", title="At risk"),
    ]
    half = alt.Chart(alt.InlineData(values=[{"half": 0.5}])).mark_rule(strokeDash=[4, 3], color=INK, opacity=0.6)  # fmt: skip
    key = of("series").encode(x=alt.X("edge:Q", scale=days), y=alt.Y("place:Q", scale=share))
    return layered(
        half.encode(y=alt.Y("half:Q", scale=share)),
        base.mark_area(interpolate="step-after", opacity=0.15).encode(
            y=alt.Y("low:Q", scale=share, axis=axis("share", "still open")), y2=alt.Y2("high:Q")
        ),
        base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
            y=alt.Y("value:Q", scale=share), tooltip=tooltip
        ),
        # names in the page's ink with a coloured mark after them: small coloured type is hard to read on dark
        key.mark_text(**text(align="right", dx=-15, fontWeight=600)).encode(text=alt.Text("label:N")),
        key.mark_text(**text(align="right", fontSize=13), text="●").encode(color=HUE),
        height=320,
    )


def survival(table: pl.DataFrame, *, colours: Mapping[str, str], labels: Mapping[str, str]) -> Drawing:
    """Draw the share still open by day as steps with bands, one line per `series`; `labels` name them in the empty corner."""
    names = list(dict.fromkeys(table["series"]))
    last = float(table["day"].max() or 1)
    key = pl.DataFrame(
        {
            "label": [labels.get(name, wording.name(name)) for name in names],
            "hue": [colours.get(name, BLUE) for name in names],
            "edge": [last] * len(names),
            "place": [0.96 - 0.075 * place for place in range(len(names))],
        },
        schema={"label": pl.String, "hue": pl.String, "edge": pl.Float64, "place": pl.Float64},
    )
    rows = table.select(
        "day", "value", "low", "high", "at_risk",
        name=pl.Series([wording.name(name) for name in table["series"]], dtype=pl.String),
        hue=pl.Series([colours.get(name, BLUE) for name in table["series"]], dtype=pl.String),
    )  # fmt: skip
    return Drawing("Steps over days", _survival(), {"rows": within(rows, [0.0, last]), "series": key})
