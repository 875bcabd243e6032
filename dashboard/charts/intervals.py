"""Charts of one row per group: estimates with their intervals, the middle half of a distribution, several series on each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import altair as alt
import polars as pl

from dashboard import wording
from dashboard.charts.axes import (
    COUNTED,
    HUE,
    axis,
    domain,
    few,
    figures,
    lined,
    ordered,
    region,
    rows_of,
    scale,
    text,
    within,
)
from dashboard.charts.drawing import Drawing, in_rows, of
from dashboard.theme import BLUE, GREY, ROLE_COLOURS

ROW_HEIGHT = 42
IS_KNOWN = pl.col("is_shown") & pl.col("value").is_not_null()
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")


@lru_cache(maxsize=64)
def _intervals(unit: str | None, edges: tuple[float | None, float | None], row_height: int, title: str | None) -> dict:
    base = of("rows").encode(y=rows_of("group", paddingInner=0.2))
    known, x = base.transform_filter("datum.known"), alt.X("value:Q", scale=scale(), axis=axis(unit, title))
    tooltip = [alt.Tooltip("group:N", title="Group"), alt.Tooltip("label:N", title="Estimate"), *COUNTED]
    return in_rows(
        *region(*edges, "x"),
        known.mark_rule(strokeWidth=3.5, opacity=0.72).encode(
            x=alt.X("low:Q", scale=scale(), axis=axis(unit, title)), x2=alt.X2("high:Q"), color=HUE
        ),
        known.mark_point(filled=True, size=95, opacity=1).encode(x=x, tooltip=tooltip, color=HUE),
        known.mark_text(**text(dy=-13, fontWeight=600)).encode(x=x, text=alt.Text("label:N")),
        _too_few(base),
        row_height=row_height,
    )


def _too_few(base: alt.Chart) -> alt.Chart:
    small = base.transform_filter("!datum.known").mark_text(**text(opacity=0.68, fontStyle="italic"))
    return small.encode(x=alt.X("middle:Q", scale=scale()), text=alt.Text("label:N"))


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
    is_aside = pl.col("is_aside") if "is_aside" in table.columns else pl.lit(False)
    shown = lined(table, "group").select(
        "group", "value", "low", "high", "n_vacancies", "n_employers",
        label=_labels(table, unit), known=IS_KNOWN, middle=pl.lit(sum(over) / 2),
        hue=pl.when(is_aside).then(pl.lit(GREY)).otherwise(pl.lit(colour)),
    )  # fmt: skip
    view = _intervals(unit, (threshold_low, threshold_high), row_height, title)
    return Drawing("Estimates with intervals", view, {"rows": ordered(within(shown, over), "group")})


def _labels(table: pl.DataFrame, unit: str | None) -> pl.Series:
    """Return what stands at each row: its own words or its number, or why there is none."""
    return pl.Series(
        [
            (row.get("label") or wording.figure(row["value"], unit))
            if row["is_shown"] and row["value"] is not None
            else few(row)
            for row in table.iter_rows(named=True)
        ],
        dtype=pl.String,
    )


@lru_cache(maxsize=64)
def _ranges(unit: str | None, row_height: int) -> dict:
    base = of("rows").encode(y=rows_of("group"))
    known, middle = base.transform_filter("datum.known"), alt.X("value:Q", scale=scale())
    low = alt.X("low:Q", scale=scale(), axis=axis(unit))
    tooltip = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("label:N", title="Median"),
        alt.Tooltip("half:N", title="Middle half"),
        *COUNTED,
    ]
    return in_rows(
        known.mark_bar(opacity=0.32, height={"band": 0.5}).encode(x=low, x2=alt.X2("high:Q"), color=HUE, tooltip=tooltip),
        known.mark_tick(thickness=3, height={"band": 0.62}).encode(x=middle, color=HUE),
        known.mark_text(**text(dy=-20, fontWeight=600)).encode(x=middle, text=alt.Text("label:N")),
        _too_few(base),
        row_height=row_height,
    )  # fmt: skip


def ranges(
    table: pl.DataFrame, *, unit: str | None, colours: Mapping[str, str] = ROLE_COLOURS, row_height: int = ROW_HEIGHT
) -> Drawing:
    """Draw `low` to `high` as a band with `value` marked: the middle half of a distribution, one row per `group`, in order.

    `kind` names the row's colour; rows with too few vacancies or employers show their count only.
    """
    over = domain([*table["low"], *table["high"]])
    halves = [wording.interval(low, high, unit) for low, high in zip(table["low"], table["high"], strict=True)]
    shown = lined(table, "group").select(
        "group", "value", "low", "high", "n_vacancies", "n_employers",
        label=_labels(table, unit), half=pl.Series(halves, dtype=pl.String), known=IS_KNOWN, middle=pl.lit(sum(over) / 2),
        hue=pl.col("kind").replace_strict(colours, default=BLUE, return_dtype=pl.String),
    )  # fmt: skip
    return Drawing(
        "Medians with the middle half", _ranges(unit, row_height), {"rows": ordered(within(shown, over), "group")}
    )


@lru_cache(maxsize=16)
def _dots(unit: str | None, part_height: int) -> dict:
    y = rows_of("row", paddingInner=0.3)
    offset = alt.YOffset("offset:O", scale=alt.Scale(paddingInner=0, paddingOuter=0))
    shape = alt.Shape("shape:N", scale=None, legend=None)
    base, keyed = of("rows").encode(y=y, yOffset=offset, color=HUE), of("series").encode(y=y, yOffset=offset)
    start = alt.X("zero:Q", scale=scale(zero=True))
    tooltip = [
        alt.Tooltip("row:N", title="Of"),
        alt.Tooltip("series:N", title="Series"),
        alt.Tooltip("label:N", title="Share"),
        *COUNTED,
    ]
    return in_rows(
        base.mark_rule(strokeWidth=2, opacity=0.7).encode(
            x=alt.X("low:Q", scale=scale(zero=True), axis=axis(unit, orient="top")), x2=alt.X2("high:Q")
        ),
        base.mark_point(filled=True, size=52, opacity=1).encode(
            x=alt.X("value:Q", scale=scale(zero=True)), shape=shape, tooltip=tooltip
        ),
        keyed.mark_point(filled=True, size=52, opacity=1, xOffset=8).encode(x=start, shape=shape, color=HUE),
        keyed.mark_text(**text(align="left", dx=18, fontWeight=600)).encode(x=start, text=alt.Text("label:N")),
        row_height=part_height,
        each="offset",
    )  # fmt: skip


def dots(
    table: pl.DataFrame,
    *,
    unit: str | None,
    row: str,
    series: str,
    names: Sequence[str],
    colours: Mapping[str, str],
) -> Drawing:
    """Draw one mark with its interval per `series` on each `row`, in the order given, under a first row that names the marks.

    `names` are all the series there can be; each keeps its shape and colour in every view.
    """
    table = lined(table, row)
    present = [name for name in names if name in set(table[series])]
    key = pl.DataFrame(
        {
            "row": [" "] * len(present),
            "zero": [0.0] * len(present),
            "offset": range(len(present)),
            "label": [wording.name(name) for name in present],
            "shape": [SHAPES[names.index(name)] for name in present],
            "hue": [colours.get(name, BLUE) for name in present],
        },
        schema={"row": pl.String, "zero": pl.Float64, "offset": pl.Int64, "label": pl.String, "shape": pl.String, "hue": pl.String},
    )  # fmt: skip
    of_name = {name: place for place, name in enumerate(present)}
    places = [of_name[name] for name in table[series]]
    shown = table.select(
        "value", "low", "high", "n_vacancies", "n_employers", row=pl.col(row), label=figures(table["value"], unit),
        series=key["label"].gather(places), offset=key["offset"].gather(places), shape=key["shape"].gather(places), hue=key["hue"].gather(places),
    )  # fmt: skip
    of_names = shown.clear(1).with_columns(row=pl.lit(" "), offset=pl.lit(0, pl.Int64))
    shown = pl.concat([of_names, shown])
    top = max([value for value in table["high"] if value is not None] or [1.0]) * 1.04
    view = _dots(unit, 14)
    return Drawing("Shares with intervals, side by side", view, {"rows": ordered(within(shown, [0.0, top]), "row"), "series": key})  # fmt: skip
