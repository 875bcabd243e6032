"""The scatter of skills by what they pay and how many vacancies ask them, and which of them have room for their name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import polars as pl

from dashboard.charts.axes import QUIET, domain, scale, text, within
from dashboard.charts.drawing import Drawing, layered, of
from dashboard.theme import BLUE, INK

REACH_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
POINTS_HEIGHT = 420


def without_overlap(points: Sequence[tuple[float, float, str]], width: int, height: int) -> list[bool]:
    """Return which of the points (x and y from 0 to 1, name) may carry their name above them so that it meets no other name or point.

    The first come first; a name is taken to be 6.2 pixels a letter wide and 14 high, a point 8 wide and high.
    """
    dots = [(x * width - 4, (1 - y) * height - 4, x * width + 4, (1 - y) * height + 4) for x, y, _ in points]
    names: list[tuple[float, float, float, float]] = []
    kept = []
    for place, (x, y, name) in enumerate(points):
        half, middle, base = 3.1 * len(name) + 3, x * width, (1 - y) * height - 10
        box = (middle - half, base - 8, middle + half, base + 6)
        others = (*names, *dots[:place], *dots[place + 1 :])
        is_free = box[0] >= -4 and box[2] <= width + 4 and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in others
        )  # fmt: skip
        kept.append(is_free)
        if is_free:
            names.append(box)
    return kept


@lru_cache(maxsize=1)
def _points() -> dict:
    reach = alt.Axis(
        title="vacancies that ask it (log scale)",
        grid=False,
        **QUIET,
        values=alt.ExprRef(expr="split(data('rows')[0].ticks, ' ')"),
        labelExpr="format(datum.value, datum.value < 0.01 ? '.1%' : '.0%')",
    )
    premium = alt.Axis(
        title="pay against role and level", **QUIET, labelExpr="datum.value == 0 ? '0%' : format(datum.value, '+.0%')"
    )
    pays = scale("down", "up")
    tooltip = [
        alt.Tooltip("skill:N", title="Skill"),
        alt.Tooltip("category:N", title="Category"),
        alt.Tooltip("premium:Q", format="+.0%", title="Pay against role and level"),
        alt.Tooltip("reach:Q", format=".1%", title="Vacancies that ask it"),
        alt.Tooltip("n_vacancies:Q", format=",", title="Paid vacancies"),
        alt.Tooltip("n_employers:Q", format=",", title="Employers"),
    ]
    points = of("rows").encode(
        x=alt.X("reach:Q", axis=reach, scale=alt.Scale(type="log", domain=scale().domain, nice=False)),
        y=alt.Y("premium:Q", axis=premium, scale=pays),
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.5)
    return layered(
        zero.encode(y=alt.Y("zero:Q", scale=pays)),
        points.mark_point(filled=True, size=60, color=BLUE, opacity=0.75).encode(tooltip=tooltip),
        points.transform_filter("width > 560 ? datum.wide : datum.narrow")
        .mark_text(**text(dy=-10, fontSize=11))
        .encode(text=alt.Text("skill:N")),
        height=POINTS_HEIGHT,
    )


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
    rows = spread.select(
        "skill", "category", "premium", "reach", "n_vacancies", "n_employers",
        wide=pl.Series(without_overlap(places, 900, POINTS_HEIGHT), dtype=pl.Boolean),
        narrow=pl.Series(without_overlap(places, 280, POINTS_HEIGHT), dtype=pl.Boolean),
    )  # fmt: skip
    over = [math.exp(across[0]), math.exp(across[1])]
    rows = rows.with_columns(ticks=pl.lit(" ".join(str(tick) for tick in REACH_TICKS if over[0] <= tick <= over[1])))
    return Drawing("Points", _points(), {"rows": within(rows, over, down=up[0], up=up[1])})
