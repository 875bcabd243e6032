"""The very table and chart that are shown, as files: CSV safe for spreadsheets, Parquet, PNG and SVG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence

import polars as pl

from dashboard.charts.drawing import Drawing, stacked

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PNG_SCALE = 2


def neutralised(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run as a formula; lists become text."""
    text = [name for name, kind in table.schema.items() if kind == pl.String]
    lists = [name for name, kind in table.schema.items() if kind == pl.List(pl.String)]
    table = table.with_columns(pl.col(name).list.join("; ") for name in lists)
    return table.with_columns(
        pl.when(pl.any_horizontal(pl.col(name).str.starts_with(start) for start in FORMULA_STARTS))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in (*text, *lists)
    )


def csv(table: pl.DataFrame) -> bytes:
    """Return the table as CSV in UTF-8."""
    return neutralised(table).write_csv().encode()


def parquet(table: pl.DataFrame) -> bytes:
    """Return the table as Parquet."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


PAPER_WIDTH = 640


def _for_paper(drawings: Sequence[Drawing], title: str, subtitle: list[str], source: str) -> dict:
    """Return the drawings' declaration with its finding and source on it and a width of its own, so that it stands alone."""
    declaration = stacked(*drawings)
    for view in (declaration, *declaration.get("vconcat", ())):
        if view.get("width") == "container":
            view["width"] = PAPER_WIDTH
    return declaration | {
        "title": {
            "text": wrapped(title, 70),
            "subtitle": [*(line for part in (*subtitle, source) for line in wrapped(part, 100))],
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 16,
            "subtitleColor": "#555555",
            "offset": 14,
            "subtitlePadding": 6,
        },
        "background": "white",
        "padding": 16,
    }


def wrapped(text: str, width: int) -> list[str]:
    """Return text cut into lines of at most `width` characters."""
    return textwrap.wrap(text, width) or [""]


def svg(drawings: Sequence[Drawing], title: str, subtitle: list[str], source: str) -> bytes:
    """Return the drawings as SVG, with title and source."""
    import vl_convert

    return vl_convert.vegalite_to_svg(_for_paper(drawings, title, subtitle, source)).encode()


def png(drawings: Sequence[Drawing], title: str, subtitle: list[str], source: str) -> bytes:
    """Return the drawings as PNG at twice its size, with title and source."""
    import vl_convert

    return vl_convert.vegalite_to_png(_for_paper(drawings, title, subtitle, source), scale=PNG_SCALE)


FORMATS: tuple[tuple[str, str, str], ...] = (
    ("csv", "CSV", "text/csv"),
    ("parquet", "Parquet", "application/vnd.apache.parquet"),
    ("png", "PNG", "image/png"),
    ("svg", "SVG", "image/svg+xml"),
)


def makers(
    table: pl.DataFrame, drawings: Sequence[Drawing], title: str, subtitle: list[str], source: str
) -> dict[str, Callable[[], bytes]]:
    """Return, by format, what makes the file; nothing is made before a reader asks."""
    made: dict[str, Callable[[], bytes]] = {"csv": lambda: csv(table), "parquet": lambda: parquet(table)}
    if drawings:
        made["png"] = lambda: png(drawings, title, subtitle, source)
        made["svg"] = lambda: svg(drawings, title, subtitle, source)
    return made
