"""Charts of shares and counts that carry no interval of their own: labelled bars, and shaded cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import polars as pl

from dashboard import wording
from dashboard.charts.axes import QUIET, figures, lined, ordered, rows_of, scale, text, within
from dashboard.charts.drawing import Drawing, in_rows, of
from dashboard.theme import BLUE


@lru_cache(maxsize=16)
def _bars(row_height: int) -> dict:
    base = of("rows").encode(y=rows_of("group"), x=alt.X("value:Q", axis=None, scale=scale(zero=True)))
    tooltip = [alt.Tooltip("group:N", title="Group"), alt.Tooltip("label:N", title="Value")]
    return in_rows(
        base.mark_bar(color=BLUE, height={"band": 0.68}).encode(tooltip=tooltip),
        base.mark_text(**text(align="left", dx=5)).encode(text=alt.Text("label:N")),
        row_height=row_height,
    )


def bars(table: pl.DataFrame, *, unit: str | None, row_height: int = 26) -> Drawing:
    """Draw one labelled bar per `group` for counts, in the order given; counts have no sampling interval."""
    values = table["value"].to_list()
    shown = lined(table, "group").select(
        "group", "value", label=figures(values, unit) if unit else pl.Series([wording.count(v) for v in values], dtype=pl.String)
    )  # fmt: skip
    top = max(table["value"].max() or 1, 1e-9)
    return Drawing("Bars", _bars(row_height), {"rows": ordered(within(shown, [0.0, top * 1.18]), "group")})


def _if_wide(wide: str, narrow: str) -> alt.ExprRef:
    """Return what a chart reads one way where names of columns fit side by side, and another way on a phone."""
    return alt.ExprRef(expr=f"width > 480 ? {wide} : {narrow}")


@lru_cache(maxsize=16)
def _heat(columns: tuple[str, ...]) -> dict:
    base = of("rows").encode(
        x=alt.X(
            "column:N",
            sort=list(columns),
            axis=alt.Axis(
                title=None,
                orient="top",
                labelLimit=90,
                labelOverlap=False,
                **QUIET,
                labelAngle=_if_wide("0", "-55"),
                labelAlign=_if_wide("'center'", "'left'"),
                labelBaseline=_if_wide("'bottom'", "'middle'"),
            ),
        ),
        y=rows_of("row"),
    )
    tooltip = [
        alt.Tooltip("row:N", title="Of"),
        alt.Tooltip("column:N", title="At"),
        alt.Tooltip("label:N", title="Share"),
        alt.Tooltip("interval:N", title="95% interval"),
        alt.Tooltip("n_vacancies:Q", title="Vacancies", format=","),
    ]
    shade = alt.Opacity("value:Q", scale=alt.Scale(domain=[0, 0.6], range=[0.03, 0.6], clamp=True), legend=None)
    return in_rows(
        base.mark_rect(color=BLUE, cornerRadius=2).encode(opacity=shade, tooltip=tooltip),
        base.transform_filter("width > 480 || datum.value >= 0.1")
        .mark_text(**text(fontSize=11))
        .encode(text=alt.Text("label:N")),
        row_height=34,
    )


def heat(table: pl.DataFrame, *, row: str, column: str, columns: Sequence[str], unit: str | None) -> Drawing:
    """Draw `value` as a shaded cell with its figure in it, one row per `row`, columns in the order given.

    On a phone only figures from 10% on have room; the shade and the table tell the others.
    """
    intervals = [wording.interval(low, high, unit) for low, high in zip(table["low"], table["high"], strict=True)]
    shown = lined(table, row).select(
        "value", "n_vacancies", row=pl.col(row), column=pl.col(column), label=figures(table["value"], unit),
        interval=pl.Series(intervals, dtype=pl.String),
    )  # fmt: skip
    return Drawing("Shaded cells", _heat(tuple(columns)), {"rows": ordered(shown, "row")})
