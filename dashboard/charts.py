"""Charts as Altair declarations: intervals against a threshold, trends cut where the instrument changed, specification curves, bars.

A claim needs no chart of its own: `evidence.of_claim` draws every claim of the snapshot from its estimates, with the axis its
`Chart` declares. A figure on a topic is a function in `dashboard/topics/` that returns a `Figure`, shown by one line in its page
under `dashboard/app_pages/`; a kind of chart that is not among those below is a function here.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
from altair.utils.schemapi import disable_debug_mode

from dashboard import clustered, wording
from dashboard.layers import Drawing
from dashboard.theme import BLUE, FONT, GREY, INK, ROLE_COLOURS, VERDICT_LOOKS

disable_debug_mode()  # the tests validate every chart whole; validating each part as it is made takes a tenth of a cold page
alt.data_transformers.disable_max_rows()  # a closing curve has a row per day and group; every table here is an aggregate

ROW_HEIGHT = 42
LABEL_SIZE = 12
AXIS_ROOM = 44  # the height of a chart includes its axis
LINE_LENGTH = 25  # letters of a row's name that fit beside a chart on a phone
GROUP_AXIS = alt.Axis(
    title=None,
    labelLimit=170,
    labelFontSize=13,
    labelOverlap=False,
    labelLineHeight=14,
    labelExpr="split(datum.value, '\\n')",
)


def axis(unit: str | None, title: str | None = None, **options: object) -> alt.Axis:
    """Return an axis whose labels are written in the unit."""
    kind = wording.unit_kind(unit)
    expressions = {
        "share": "format(datum.value, '.0%')",
        "points": "datum.value == 0 ? '0' : format(datum.value * 100, '+.1f') + ' pts'",
        "points_year": "datum.value == 0 ? '0' : format(datum.value * 100, '+.1f') + ' pts'",
        "money": "'$' + format(datum.value, ',.0f')",
        "days": "format(datum.value, ',.0f') + ' d'",
    }
    return alt.Axis(title=title, labelExpr=expressions.get(kind, "format(datum.value, ',.3~f')"), tickCount=5, titleAnchor="end", **options)  # fmt: skip


def on_lines(names: Sequence[str]) -> list[str]:
    """Return names parted into lines that fit beside a chart."""
    return ["\n".join(textwrap.wrap(name, LINE_LENGTH, break_long_words=False)) or name for name in names]


def _lined(table: pl.DataFrame, column: str) -> pl.DataFrame:
    return table.with_columns(pl.Series(column, on_lines(table[column].to_list()), dtype=pl.String))


def _few(row: Mapping[str, object]) -> str:
    """Return why a row has no number."""
    vacancies, employers = row["n_vacancies"], row["n_employers"]
    if vacancies >= clustered.FEWEST_VACANCIES and employers >= clustered.FEWEST_EMPLOYERS:
        if row.get("note"):
            return "no number: see the note"
        return f"too few on one side of {wording.plural(vacancies, 'vacancy', 'vacancies')}"
    return f"too few: {wording.plural(vacancies, 'vacancy', 'vacancies')}, {wording.plural(employers, 'employer')}"


def _text(**options: object) -> dict:
    return {"font": FONT, "fontSize": LABEL_SIZE, "color": INK, **options}


def domain(values: Sequence[float | None], pad: float = 0.1) -> list[float]:
    """Return a range that holds every known value, widened at both ends."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0, 1.0]
    low, high = min(known), max(known)
    width = (high - low) * pad or abs(high) * pad or 1.0
    return [low - width, high + width]


def _names(at: alt.Chart, mark: str = "●") -> list[alt.Chart]:
    """Return series names in the page's ink with a coloured mark after them: small coloured type is hard to read on dark."""
    channels = at.encoding.color
    plain = at.copy(deep=True)
    plain.encoding.color = alt.Undefined
    marked = at.mark_text(**_text(align="right", fontSize=13), text=mark)
    marked.encoding.text = alt.Undefined
    marked.encoding.color = channels
    return [plain.mark_text(**_text(align="right", dx=-15, fontWeight=600)), marked]


def _region(
    threshold_low: float | None, threshold_high: float | None, over: list[float], channel: str
) -> list[alt.Chart]:
    """Return the supporting region as a band and its edges as dashed lines, each labelled."""
    edges = [edge for edge in (threshold_low, threshold_high) if edge is not None]
    if not edges:
        return []
    low, high = (
        threshold_low if threshold_low is not None else over[0],
        threshold_high if threshold_high is not None else over[1],
    )
    scale = alt.Scale(domain=over, nice=False, zero=False)
    band = alt.Chart(pl.DataFrame({"low": [low], "high": [high]})).mark_rect(color=BLUE, opacity=0.1)
    lines = alt.Chart(pl.DataFrame({"edge": edges})).mark_rule(strokeDash=[4, 3], color=INK, opacity=0.75)
    if channel == "x":
        return [
            band.encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q")),
            lines.encode(x=alt.X("edge:Q", scale=scale)),
        ]
    return [
        band.encode(y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
        lines.encode(y=alt.Y("edge:Q", scale=scale)),
    ]


def intervals(
    table: pl.DataFrame,
    *,
    unit: str | None,
    threshold_low: float | None = None,
    threshold_high: float | None = None,
    colour: str = BLUE,
    row_height: int = ROW_HEIGHT,
    title: str | None = None,
    zero: bool = False,
) -> Drawing:
    """Draw one row per group: `group, value, low, high, n_vacancies, n_employers, is_shown`, in the order given.

    A group with too few vacancies or employers shows its count, greyed, and no number; one that `is_aside` is greyed. A
    column `label` holds other words than the value to stand above its dot.
    """
    over = domain(
        [*table["value"], *table["low"], *table["high"], threshold_low, threshold_high, 0.0 if zero else None]
    )
    if zero and over[0] < 0 <= min([value for value in table["low"] if value is not None] or [0.0]):
        over[0] = 0.0
    shown = table.with_columns(
        label=pl.Series(
            [
                row.get("label") or wording.figure(row["value"], unit)
                if row["is_shown"] and row["value"] is not None
                else _few(row)
                for row in table.iter_rows(named=True)
            ],
            dtype=pl.String,
        ),
        known=pl.col("is_shown") & pl.col("value").is_not_null(),
        middle=pl.lit((over[0] + over[1]) / 2),
        hue=pl.when("is_aside" if "is_aside" in table.columns else pl.lit(False))
        .then(pl.lit(GREY))
        .otherwise(pl.lit(colour)),
    )
    shown = _lined(shown, "group")
    order = list(dict.fromkeys(shown["group"]))
    hue = alt.Color("hue:N", scale=None, legend=None)
    scale = alt.Scale(domain=over, nice=False, zero=False)
    x = alt.X("value:Q", scale=scale, axis=axis(unit, title))
    y = alt.Y("group:N", sort=order, axis=GROUP_AXIS, scale=alt.Scale(paddingInner=0.2))  # fmt: skip
    base = alt.Chart(shown).encode(y=y)
    known = base.transform_filter("datum.known")
    tooltip = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("label:N", title="Estimate"),
        alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
        alt.Tooltip("n_employers:Q", title="Employers", format=","),
    ]
    layers = [
        *_region(threshold_low, threshold_high, over, "x"),
        known.mark_rule(strokeWidth=3.5, opacity=0.6).encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), color=hue),
        known.mark_point(filled=True, size=95, opacity=1).encode(x=x, tooltip=tooltip, color=hue),
        known.mark_text(**_text(dy=-13, fontWeight=600)).encode(x=x, text=alt.Text("label:N")),
        base.transform_filter("!datum.known").mark_text(**_text(color=GREY, fontStyle="italic")).encode(
            x=alt.X("middle:Q", scale=scale), text=alt.Text("label:N")
        ),
    ]  # fmt: skip
    return Drawing(layers, height=max(1, len(order)) * row_height + AXIS_ROOM)


def trend(
    table: pl.DataFrame,
    *,
    unit: str | None,
    x: str = "year",
    series: str | None = None,
    colours: dict[str, str] | None = None,
    breaks: Sequence[tuple[dt.date, str]] = (),
    stretches: Mapping[int, int] | None = None,
    threshold_low: float | None = None,
    threshold_high: float | None = None,
    height: int = 300,
    zero: bool = False,
) -> Drawing:
    """Draw `value` with its band `low` to `high` over `x` (the first day of a year), one line per `series`.

    A line joins consecutive years only, of the same stretch (`stretches`: year to a number) and on the same side of each
    of `breaks`. Lines carry their name and last value at their end instead of a legend.
    """
    table = table.filter(pl.col("value").is_not_null())
    over = domain(
        [*table["value"], *table["low"], *table["high"], threshold_low, threshold_high, 0.0 if zero else None]
    )
    if zero:
        over[0] = 0.0
    days = sorted(day for day, _ in breaks)
    table = table.with_columns(
        label=pl.Series([wording.figure(value, unit) for value in table["value"]], dtype=pl.String),
        **({} if series else {"series_": pl.lit("")}),
    )
    series = series or "series_"
    table = table.sort(series, x)
    table = table.with_columns(
        segment=pl.Series(segments(table[series].to_list(), table[x].to_list(), days, stretches or {}), dtype=pl.Int32)
    )
    names = sorted(table[series].unique().to_list())
    range_ = [(colours or {}).get(name, BLUE) for name in names]
    table = table.with_columns(series_label=pl.Series([wording.name(name) for name in table[series]], dtype=pl.String))
    ends = table.sort(x).group_by(series, maintain_order=True).last()
    color = alt.Color(f"{series}:N", scale=alt.Scale(domain=names, range=range_), legend=None)
    scale = alt.Scale(domain=over, nice=False, zero=False)
    first_day, last_day = table[x].min(), table[x].max()
    ends = ends.with_columns(
        text=pl.col("label") if names == [""] else pl.col("series_label") + " " + pl.col("label"),
        at=pl.Series(_apart_by(ends[x].to_list(), ends["value"].to_list(), over, 16 / height), dtype=pl.Float64),
    )
    room = 26 + 7 * max(
        [len(text) for text in ends["text"]] or [0]
    )  # pixels right of the last point, where names stand
    x_scale = alt.Undefined
    if table.height:
        until = last_day if last_day > first_day else last_day.replace(year=last_day.year + 1)
        x_scale = alt.Scale(
            domain=[_instant(first_day), _instant(until)], nice=False, range=[0, alt.ExprRef(expr=f"width - {room}")]
        )
    xs = alt.X(
        f"{x}:T", scale=x_scale, axis=alt.Axis(title=None, format="%Y", tickCount="year", grid=False, labelOverlap=True)
    )
    base = alt.Chart(table).encode(x=xs, detail=alt.Detail("segment:N"), color=color)
    shade = 0.16 if len(names) < 4 else 0.08
    tooltip = [
        alt.Tooltip("series_label:N", title="Series"),
        alt.Tooltip(f"{x}:T", title="From", format="%B %Y"),
        alt.Tooltip("label:N", title="Estimate"),
        alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
        alt.Tooltip("n_employers:Q", title="Employers", format=","),
    ]
    layers = [
        *_region(threshold_low, threshold_high, over, "y"),
        base.mark_area(opacity=shade, line=False).encode(
            y=alt.Y("low:Q", scale=scale, axis=axis(unit)), y2=alt.Y2("high:Q")
        ),
        base.mark_line(strokeWidth=2.2).encode(y=alt.Y("value:Q", scale=scale)),
        base.mark_point(filled=True, size=34, opacity=1).encode(y=alt.Y("value:Q", scale=scale), tooltip=tooltip),
    ]
    if table.height:
        named = alt.Chart(ends).encode(x=xs, y=alt.Y("at:Q", scale=scale))
        layers += [
            named.mark_text(**_text(align="left", dx=8, fontSize=9), text="●").encode(color=color),
            named.mark_text(**_text(align="left", dx=19, fontWeight=600)).encode(text=alt.Text("text:N")),
        ]
    if days and table.height:
        first, last = table[x].min(), table[x].max()
        marks = pl.DataFrame(
            [{"day": day, "why": why} for day, why in breaks if _date(first) <= day <= _date(last)],
            schema={"day": pl.Date, "why": pl.String},
        )
        layers.append(
            alt.Chart(marks)
            .mark_rule(strokeDash=[2, 3], color=INK, opacity=0.55)
            .encode(x=alt.X("day:T"), tooltip=[alt.Tooltip("why:N", title="Instrument changed"), alt.Tooltip("day:T", format="%d %B %Y", title="On")])
        )  # fmt: skip
    return Drawing(layers, height)


def _instant(day: dt.date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


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


def _date(value: dt.date | dt.datetime) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


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


CHOICES = (
    ("role_definition", "roles"),
    ("dedup", "dedup"),
    ("weighting", "weight"),
    ("source_set", "source"),
    ("region", "market"),
    ("period", "period"),
    ("pay_tier", "pay"),
)


def specification_curve(
    table: pl.DataFrame, *, unit: str | None, verdict: str, threshold_low: float | None, threshold_high: float | None
) -> tuple[Drawing, Drawing]:
    """Draw every specification's estimate in order of size, and below which choices it makes; hollow where its verdict differs.

    Two panels whose vertical axes take the same room, so that their columns meet.
    """
    table = table.filter(pl.col("is_shown") & pl.col("value").is_not_null()).sort("value", "specification")
    table = table.with_columns(
        rank=pl.int_range(1, table.height + 1),
        filled=pl.when(pl.col("verdict") == verdict)
        .then(pl.lit(VERDICT_LOOKS[verdict].colour))
        .otherwise(pl.lit("transparent")),
        is_headline=pl.col("specification") == "headline",
    )
    over = domain([*table["low"], *table["high"], threshold_low, threshold_high])
    scale = alt.Scale(domain=over, nice=False, zero=False)
    x = alt.X("rank:O", axis=None)
    colour = VERDICT_LOOKS[verdict].colour
    base = alt.Chart(table).encode(x=x)
    room = {"minExtent": 124, "maxExtent": 124}
    tooltip = [alt.Tooltip(f"{column}:N", title=label) for column, label in CHOICES]
    tooltip += [alt.Tooltip("value:Q", format=".3~f", title="estimate"), alt.Tooltip("verdict:N"), alt.Tooltip("n_vacancies:Q", format=",")]  # fmt: skip
    top = Drawing(
        [
            *_region(threshold_low, threshold_high, over, "y"),
            base.mark_rule(strokeWidth=1.6, opacity=0.55, color=colour).encode(
                y=alt.Y("low:Q", scale=scale, axis=axis(unit, **room)), y2=alt.Y2("high:Q")
            ),
            base.mark_point(size=46, strokeWidth=1.8, opacity=1, stroke=colour).encode(
                y=alt.Y("value:Q", scale=scale),
                fill=alt.Fill("filled:N", scale=None, legend=None),
                tooltip=tooltip,
            ),
            base.transform_filter("datum.is_headline")
            .mark_text(**_text(dy=-10, fontWeight=600), text="judged")
            .encode(y=alt.Y("high:Q", scale=scale)),
        ],
        height=230,
    )
    labels = dict(CHOICES)
    choices = [column for column in labels if table[column].n_unique() > 1] or ["role_definition"]
    long = pl.concat(
        table.select(
            "rank",
            choice=pl.lit(f"{labels[column]}: ")
            + pl.col(column).str.replace("latest_", "last_").str.replace_all("_", " "),
        )
        for column in choices
    )
    order = [
        f"{labels[c]}: {str(v).replace('latest_', 'last_').replace('_', ' ')}"
        for c in choices
        for v in sorted(table[c].unique())
    ]
    matrix = (
        alt.Chart(long)
        .mark_point(filled=True, size=24, color=INK, opacity=0.75)
        .encode(
            x=x,
            y=alt.Y(
                "choice:N",
                sort=order,
                axis=alt.Axis(title=None, labelLimit=120, labelOverlap=False, grid=True, gridOpacity=0.5, **room),
            ),
        )
    )
    return top, Drawing([matrix], height=17 * len(order))


def bars(
    table: pl.DataFrame,
    *,
    unit: str | None,
    group: str = "group",
    colour: str = BLUE,
    row_height: int = 26,
) -> Drawing:
    """Draw one labelled bar per group for counts, in the order given; counts have no sampling interval."""
    table = _lined(table, group)
    order = list(table[group])
    table = table.with_columns(
        label=pl.Series(
            [wording.figure(v, unit) if unit else wording.count(v) for v in table["value"]], dtype=pl.String
        )
    )
    y = alt.Y(f"{group}:N", sort=order, axis=GROUP_AXIS)
    top = max(table["value"].max() or 1, 1e-9)
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.18], nice=False))
    base = alt.Chart(table).encode(y=y)
    return Drawing(
        [
            base.mark_bar(color=colour, height={"band": 0.68}).encode(x=x),
            base.mark_text(**_text(align="left", dx=5)).encode(x=x, text=alt.Text("label:N")),
        ],
        height=max(1, len(order)) * row_height + AXIS_ROOM,
    )


def ranges(
    table: pl.DataFrame,
    *,
    unit: str | None,
    colours: dict[str, str] | None = None,
    row_height: int = 42,
) -> Drawing:
    """Draw `low` to `high` as a band with `value` marked: the middle half of a distribution, one row per `group`, in order.

    `kind` names the row's colour; rows with too few vacancies or employers show their count only.
    """
    table = _lined(table, "group")
    over = domain([*table["low"], *table["high"]])
    table = table.with_columns(
        known=pl.col("is_shown") & pl.col("value").is_not_null(),
        middle=pl.lit((over[0] + over[1]) / 2),
        label=pl.Series(
            [
                wording.figure(row["value"], unit) if row["is_shown"] and row["value"] is not None else _few(row)
                for row in table.iter_rows(named=True)
            ],
            dtype=pl.String,
        ),
    )
    kinds = list(dict.fromkeys(table["kind"]))
    color = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[(colours or ROLE_COLOURS).get(kind, BLUE) for kind in kinds]), legend=None)  # fmt: skip
    y = alt.Y("group:N", sort=list(dict.fromkeys(table["group"])), axis=GROUP_AXIS)  # fmt: skip
    scale = alt.Scale(domain=over, nice=False, zero=False)
    base = alt.Chart(table).encode(y=y)
    known = base.transform_filter("datum.known")
    return Drawing(
        [
            known.mark_bar(opacity=0.32, height={"band": 0.5}).encode(
                x=alt.X("low:Q", scale=scale, axis=axis(unit)), x2=alt.X2("high:Q"), color=color
            ),
            known.mark_tick(thickness=3, height={"band": 0.62}).encode(x=alt.X("value:Q", scale=scale), color=color),
            known.mark_text(**_text(dy=-18, fontWeight=600)).encode(
                x=alt.X("value:Q", scale=scale), text=alt.Text("label:N")
            ),
            base.transform_filter("!datum.known")
            .mark_text(**_text(color=GREY, fontStyle="italic"))
            .encode(x=alt.X("middle:Q", scale=scale), text=alt.Text("label:N")),
        ],
        height=max(1, table["group"].n_unique()) * row_height + AXIS_ROOM,
    )


SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")


def dots(
    table: pl.DataFrame,
    *,
    unit: str | None,
    row: str,
    series: str,
    colours: dict[str, str],
    row_height: int = 30,
) -> Drawing:
    """Draw one mark with its interval per `series` on each `row`, in the order given, under a first row that names the marks."""
    table = _lined(table, row)
    rows = list(dict.fromkeys(table[row]))
    names = sorted(table[series].unique())
    offsets = {name: place for place, name in enumerate(names)}
    shapes = dict(zip(names, SHAPES, strict=False))
    table = table.with_columns(
        series_label=pl.Series([wording.name(name) for name in table[series]], dtype=pl.String),
        label=pl.Series([wording.figure(value, unit) for value in table["value"]], dtype=pl.String),
        offset=pl.col(series).replace_strict(offsets, default=0, return_dtype=pl.Int64),
    )
    over = [0.0, max([value for value in table["high"] if value is not None] or [1.0]) * 1.04]
    scale = alt.Scale(domain=over, nice=False, zero=True)
    color = alt.Color(
        f"{series}:N", scale=alt.Scale(domain=names, range=[colours.get(name, BLUE) for name in names]), legend=None
    )
    shape = alt.Shape(f"{series}:N", scale=alt.Scale(domain=names, range=[shapes[name] for name in names]), legend=None)
    y = alt.Y(f"{row}:N", sort=[" ", *rows], scale=alt.Scale(domain=[" ", *rows], paddingInner=0.12), axis=GROUP_AXIS)
    offset = alt.YOffset("offset:O", scale=alt.Scale(paddingInner=0, paddingOuter=0))
    key = pl.DataFrame(
        {
            row: [" "] * len(names),
            series: names,
            "offset": list(range(len(names))),
            "label": [wording.name(name) for name in names],
            "at": [0.0] * len(names),
        }
    )
    base = alt.Chart(table).encode(y=y, yOffset=offset, color=color)
    tooltip = [
        alt.Tooltip(f"{row}:N"),
        alt.Tooltip("series_label:N", title="Series"),
        alt.Tooltip("label:N", title="Share"),
        alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
        alt.Tooltip("n_employers:Q", title="Employers", format=","),
    ]
    keyed = alt.Chart(key).encode(y=y, yOffset=offset, x=alt.X("at:Q", scale=scale))
    marks = keyed.mark_point(filled=True, size=52, opacity=1, xOffset=8).encode(shape=shape, color=color)
    named = keyed.mark_text(**_text(align="left", dx=18, fontWeight=600)).encode(text=alt.Text("label:N"))
    return Drawing(
        [
            base.mark_rule(strokeWidth=2, opacity=0.5).encode(
                x=alt.X("low:Q", scale=scale, axis=axis(unit)), x2=alt.X2("high:Q")
            ),
            base.mark_point(filled=True, size=52, opacity=1).encode(
                x=alt.X("value:Q", scale=scale), shape=shape, tooltip=tooltip
            ),
            marks,
            named,
        ],
        height=(len(rows) + 1) * max(row_height, 17 * len(names)) + AXIS_ROOM,
    )


def heat(table: pl.DataFrame, *, row: str, column: str, columns: list[str], unit: str | None) -> Drawing:
    """Draw `value` as a shaded cell with its figure in it, one row per `row`, columns in the order given.

    On a phone only figures from 10% on have room; the shade and the table tell the others.
    """
    table = _lined(table, row)
    table = table.with_columns(
        label=pl.Series([wording.figure(value, unit) for value in table["value"]], dtype=pl.String),
        interval=pl.Series(
            [wording.interval(low, high, unit) for low, high in zip(table["low"], table["high"], strict=True)],
            dtype=pl.String,
        ),
    )
    tooltip = [
        alt.Tooltip(f"{row}:N"),
        alt.Tooltip(f"{column}:N"),
        alt.Tooltip("label:N", title="Share"),
        alt.Tooltip("interval:N", title="95% interval"),
        alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
    ]
    present = [name for name in columns if name in set(table[column])]
    base = alt.Chart(table).encode(
        x=alt.X(
            f"{column}:N",
            sort=present,
            axis=alt.Axis(title=None, orient="top", labelAngle=-55, labelLimit=90, labelOverlap=False),
        ),
        y=alt.Y(f"{row}:N", sort=list(dict.fromkeys(table[row])), axis=GROUP_AXIS),
    )
    return Drawing(
        [
        base.mark_rect(color=BLUE, cornerRadius=2).encode(opacity=alt.Opacity("value:Q", scale=alt.Scale(domain=[0, 0.6], range=[0.03, 0.6], clamp=True), legend=None), tooltip=tooltip),
        base.transform_filter("width > 480 || datum.value >= 0.1")
        .mark_text(**_text(fontSize=11))
        .encode(text=alt.Text("label:N")),
        ],
        height=34 * max(1, table[row].n_unique()) + 50,
    )  # fmt: skip


def survival(table: pl.DataFrame, *, colours: dict[str, str], labels: dict[str, str]) -> Drawing:
    """Draw the share still open by day as steps with bands, one line per `series`; `labels` name them in the empty corner."""
    names = list(dict.fromkeys(table["series"]))
    color = alt.Color(
        "series:N", scale=alt.Scale(domain=names, range=[colours.get(name, BLUE) for name in names]), legend=None
    )
    last = table["day"].max() or 1
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(title="days since first seen", grid=False),
    )
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(table).encode(x=x, color=color)
    key = pl.DataFrame(
        {
            "series": names,
            "label": [labels.get(name, wording.name(name)) for name in names],
            "edge": [float(last)] * len(names),
            "at": [0.96 - 0.075 * place for place in range(len(names))],
        },
        schema={"series": pl.String, "label": pl.String, "edge": pl.Float64, "at": pl.Float64},
    )
    half = alt.Chart(pl.DataFrame({"half": [0.5]})).mark_rule(strokeDash=[4, 3], color=INK, opacity=0.6)
    tooltip = [
        alt.Tooltip("series:N", title="Series"),
        alt.Tooltip("day:Q", title="Day"),
        alt.Tooltip("value:Q", format=".0%", title="Still open"),
        alt.Tooltip("at_risk:Q", format=",", title="At risk"),
    ]
    return Drawing(
        [
            half.encode(y=alt.Y("half:Q", scale=scale)),
            base.mark_area(interpolate="step-after", opacity=0.15).encode(
                y=alt.Y("low:Q", scale=scale, axis=axis("share", "still open")), y2=alt.Y2("high:Q")
            ),
            base.mark_line(interpolate="step-after", strokeWidth=2.2).encode(
                y=alt.Y("value:Q", scale=scale), tooltip=tooltip
            ),
            *_names(
                alt.Chart(key).encode(
                    x=alt.X("edge:Q", scale=alt.Scale(domain=[0, last], nice=False)),
                    y=alt.Y("at:Q", scale=scale),
                    text=alt.Text("label:N"),
                    color=color,
                )
            ),
        ],
        height=320,
    )


REACH_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
POINTS_HEIGHT = 420


def without_overlap(points: Sequence[tuple[float, float, str]], width: int, height: int) -> list[bool]:
    """Return which of the points (x and y from 0 to 1, name) may carry their name above them so that no two names collide.

    The first come first; a name is taken to be 6.2 pixels a letter wide and 14 high.
    """
    boxes: list[tuple[float, float, float, float]] = []
    kept = []
    for x, y, name in points:
        half, middle, base = 3.1 * len(name) + 3, x * width, (1 - y) * height - 10
        box = (middle - half, base - 8, middle + half, base + 6)
        is_free = box[0] >= -4 and box[2] <= width + 4 and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in boxes
        )  # fmt: skip
        kept.append(is_free)
        if is_free:
            boxes.append(box)
    return kept


def labelled_points(table: pl.DataFrame) -> Drawing:
    """Draw skills by `reach` and `premium`; names stand where they fit, the outermost first, the others on hover and in the table."""
    spread = table.with_columns(far=((pl.col("premium") - pl.col("premium").mean()).abs() / (pl.col("premium").std().fill_null(1) + 1e-9)
                                     + (pl.col("reach") - pl.col("reach").mean()).abs() / (pl.col("reach").std().fill_null(1) + 1e-9)))  # fmt: skip
    spread = spread.sort("far", "skill", descending=[True, False])
    across = domain([math.log(value) for value in spread["reach"]], 0.03)
    up = domain(spread["premium"].to_list(), 0.08)
    places = [
        ((math.log(row["reach"]) - across[0]) / (across[1] - across[0]), (row["premium"] - up[0]) / (up[1] - up[0]), row["skill"])
        for row in spread.iter_rows(named=True)
    ]  # fmt: skip
    spread = spread.with_columns(
        wide=pl.Series(without_overlap(places, 900, POINTS_HEIGHT), dtype=pl.Boolean),
        narrow=pl.Series(without_overlap(places, 280, POINTS_HEIGHT), dtype=pl.Boolean),
    )
    over = [math.exp(across[0]), math.exp(across[1])]
    x = alt.X(
        "reach:Q",
        axis=alt.Axis(
            title="vacancies that ask it (log scale)",
            grid=False,
            values=[tick for tick in REACH_TICKS if over[0] <= tick <= over[1]],
            labelExpr="format(datum.value, datum.value < 0.01 ? '.1%' : '.0%')",
        ),
        scale=alt.Scale(type="log", domain=over, nice=False),
    )
    y = alt.Y(
        "premium:Q",
        axis=alt.Axis(
            title="pay against role and level", labelExpr="datum.value == 0 ? '0%' : format(datum.value, '+.0%')"
        ),
        scale=alt.Scale(domain=up, nice=False, zero=False),
    )
    tooltip = [alt.Tooltip("skill:N"), alt.Tooltip("category:N"), alt.Tooltip("premium:Q", format="+.0%"), alt.Tooltip("reach:Q", format=".1%"),
               alt.Tooltip("n_vacancies:Q", format=",", title="paid vacancies"), alt.Tooltip("n_employers:Q", format=",", title="employers")]  # fmt: skip
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=INK, opacity=0.5).encode(y=alt.Y("zero:Q"))
    points = alt.Chart(spread)
    return Drawing(
        [
            zero,
            points.mark_point(filled=True, size=60, color=BLUE, opacity=0.75).encode(x=x, y=y, tooltip=tooltip),
            points.transform_filter("width > 560 ? datum.wide : datum.narrow")
            .mark_text(**_text(dy=-10, fontSize=11))
            .encode(x=x, y=y, text=alt.Text("skill:N")),
        ],
        height=POINTS_HEIGHT,
    )
