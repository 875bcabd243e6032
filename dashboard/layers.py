"""Layers over one another as one Vega-Lite declaration whose rows stay frames.

Altair's own layering copies each part deeply and turns rows into Python objects and back: 20 to 40 ms of CPU a chart, more than
what it draws takes to count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl

STARTS = {"$schema": alt.SCHEMA_URL, "config": {"view": {"continuousWidth": 300, "continuousHeight": 300}}}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Layers that share their axes, as wide as the page gives and `height` pixels high."""

    layers: Sequence[alt.Chart]
    height: int

    def view(self, frames: dict[str, pl.DataFrame]) -> dict:
        """Return the declaration without its rows, which are added to `frames` under the names it calls them by."""
        names = {id(frame): name for name, frame in frames.items()}
        drawn = []
        for layer in self.layers:
            name = names.setdefault(id(layer.data), f"rows_{len(names)}")
            frames[name] = layer.data
            plain = layer.copy(deep=False)
            plain.data = alt.NamedData(name=name)
            drawn.append(plain.to_dict(validate=False, context={"top_level": False}))
        return {"layer": drawn, "width": "container", "height": self.height}

    def declared(self) -> dict:
        """Return the declaration for the page, its rows as Arrow, which Streamlit hands on as they are."""
        frames: dict[str, pl.DataFrame] = {}
        view = self.view(frames)
        rows = {name: timed(frame).write_ipc_stream(None).getvalue() for name, frame in frames.items()}
        return STARTS | view | {"datasets": rows}

    def to_dict(self) -> dict:
        """Return the declaration with its rows in it, which stands alone."""
        return stacked(self)


def stacked(*drawings: Drawing) -> dict:
    """Return drawings under one another, as one declaration that stands alone."""
    frames: dict[str, pl.DataFrame] = {}
    views = [drawing.view(frames) for drawing in drawings]
    rows = {name: timed(frame).to_dicts() for name, frame in frames.items()}
    return STARTS | (views[0] if len(views) == 1 else {"vconcat": views, "spacing": 4}) | {"datasets": rows}


def timed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with dates as the text that a time axis reads."""
    return frame.with_columns(pl.col(pl.Date).dt.strftime("%Y-%m-%dT00:00:00"))
