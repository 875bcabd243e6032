"""The specification curve: every way to measure a claim in order of size, over the choices that each makes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt
import polars as pl

from dashboard import wording
from dashboard.charts.axes import QUIET, axis, domain, ordered, region, rows_of, scale, text, within
from dashboard.charts.drawing import Drawing, in_rows, layered, of
from dashboard.theme import INK, VERDICT_LOOKS

CHOICES = (
    ("role_definition", "Roles"),
    ("dedup", "Duplicates"),
    ("weighting", "Weight"),
    ("source_set", "Source"),
    ("region", "Market"),
    ("period", "Period"),
    ("pay_tier", "Pay"),
)
WORDS = {
    ("role_definition", "broad"): "Broad roles",
    ("role_definition", "strict"): "Strict roles",
    ("dedup", "on"): "Duplicates merged",
    ("dedup", "off"): "Duplicates kept",
    ("weighting", "vacancy"): "Each vacancy once",
    ("weighting", "employer"): "Each employer once",
    ("source_set", "all"): "All sources",
    ("region", "all"): "All markets",
    ("region", "other"): "Other markets",
    ("period", "all"): "All years",
    ("pay_tier", "all"): "All pay",
    ("pay_tier", "structured"): "Pay as numbers",
    ("pay_tier", "text"): "Pay from the text",
    ("pay_tier", "estimate"): "Pay estimated",
}


def worded(column: str, value: str) -> str:
    """Return a choice as people read it: ("dedup", "on") gives "Duplicates merged", ("source_set", "hn") "Hacker News"."""
    return WORDS.get((column, value)) or wording.name(value).replace("Latest ", "Last ")


ROOM = {"minExtent": 124, "maxExtent": 124}


@lru_cache(maxsize=64)
def _curve(unit: str | None, colour: str, edges: tuple[float | None, float | None]) -> dict:
    base = of("rows").encode(x=alt.X("rank:O", axis=None))
    tooltip = [
        *(alt.Tooltip(f"{column}:N", title=label) for column, label in CHOICES),
        alt.Tooltip("value:Q", format=".3~f", title="Estimate"),
        alt.Tooltip("verdict:N", title="Verdict"),
        alt.Tooltip("n_vacancies:Q", format=",", title="Vacancies"),
    ]
    return layered(
        *region(*edges, "y"),
        base.mark_rule(strokeWidth=1.6, opacity=0.55, color=colour).encode(
            y=alt.Y("low:Q", scale=scale(), axis=axis(unit, **ROOM)), y2=alt.Y2("high:Q")
        ),
        base.mark_point(size=46, strokeWidth=1.8, opacity=1, stroke=colour).encode(
            y=alt.Y("value:Q", scale=scale()), fill=alt.Fill("filled:N", scale=None, legend=None), tooltip=tooltip
        ),
        base.transform_filter("datum.is_headline")
        .mark_text(**text(dy=-10, fontWeight=600), text="judged")
        .encode(y=alt.Y("high:Q", scale=scale())),
        height=230,
    )


@lru_cache(maxsize=1)
def _choices() -> dict:
    grid = alt.Axis(title=None, labelLimit=120, labelOverlap=False, grid=True, gridOpacity=0.5, **QUIET, **ROOM)
    marks = of("choices").mark_point(filled=True, size=24, color=INK, opacity=0.75)
    return in_rows(marks.encode(x=alt.X("rank:O", axis=None), y=rows_of("choice", grid, "choices")), row_height=17)


def specification_curve(
    table: pl.DataFrame, *, unit: str | None, verdict: str, threshold_low: float | None, threshold_high: float | None
) -> tuple[Drawing, Drawing]:
    """Draw every specification's estimate in order of size, and below which choices it makes; hollow where its verdict differs.

    Two panels whose vertical axes take the same room, so that their columns meet.
    """
    colour = VERDICT_LOOKS[verdict].colour
    table = table.filter(pl.col("is_shown") & pl.col("value").is_not_null()).sort("value", "specification")
    table = table.with_columns(
        rank=pl.int_range(1, table.height + 1),
        filled=pl.when(pl.col("verdict") == verdict).then(pl.lit(colour)).otherwise(pl.lit("transparent")),
        is_headline=pl.col("specification") == "headline",
        **{
            column: pl.Series([worded(column, value) for value in table[column]], dtype=pl.String)
            for column, _ in CHOICES
        },
    )
    over = domain([*table["low"], *table["high"], threshold_low, threshold_high])
    columns = [column for column, _ in CHOICES]
    kept = ("rank", "value", "low", "high", "filled", "is_headline", "verdict", "n_vacancies", *columns)
    top = Drawing(
        "Specification curve",
        _curve(unit, colour, (threshold_low, threshold_high)),
        {"rows": within(table.select(*kept), over)},
    )
    choices = [column for column in columns if table[column].n_unique() > 1] or ["role_definition"]
    long = pl.concat(table.select("rank", choice=column).sort("choice", "rank") for column in choices)
    return top, Drawing("Choices of each specification", _choices(), {"choices": ordered(long, "choice")})
