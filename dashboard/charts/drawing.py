"""A drawing: a Vega-Lite declaration that stays the same whatever a view holds, and the rows that the view puts into it.

The page draws a chart anew where its declaration changed, which costs a browser 50 to 100 ms, and hands new rows to the chart that
stands where only they did, which costs about ten. So what depends on the rows (domains, order, colours, labels) is read from the rows.
Declarations are made once per kind and unit: Altair takes 20 to 40 ms of CPU for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import altair as alt
import polars as pl
from altair.utils.schemapi import disable_debug_mode

# Altair looks at whatever is loaded of pandas, and fails on the half that another reader's first table is still loading.
import_module("pandas")
disable_debug_mode()  # the tests validate every chart whole; validating each part as it is made takes a tenth of a cold page

STARTS = {
    "$schema": alt.SCHEMA_URL,
    "padding": {"bottom": 6},  # Streamlit would leave 20 pixels between a chart and its source
    "config": {
        "view": {"continuousWidth": 300, "continuousHeight": 300},
        "mark": {
            "aria": False
        },  # the chart has its name, and its numbers follow in words: a name for each mark says them thrice
    },
}
FITS_ACROSS = {"type": "fit-x", "contains": "padding"}
FITS = {"type": "fit", "contains": "padding"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: what `kind` it is in words, its `view` (shared with its like, never changed), and its frames by name."""

    kind: str
    view: Mapping[str, object]
    rows: Mapping[str, pl.DataFrame]

    @property
    def n_rows(self) -> int:
        """How many rows its main frame has; a chart without any has no range to draw in."""
        return next(iter(self.rows.values())).height

    def declared(self) -> dict:
        """Return the declaration for the page, its rows as Arrow, which Streamlit hands on as they are."""
        return {**STARTS, **self.view, "datasets": {name: frame.write_ipc_stream(None).getvalue() for name, frame in self.rows.items()}}  # fmt: skip

    def to_dict(self) -> dict:
        """Return the declaration with its rows in it, which stands alone."""
        return stacked(self)


def stacked(*drawings: Drawing) -> dict:
    """Return drawings under one another, whose frames have different names, as one declaration that stands alone."""
    rows = {name: frame.to_dicts() for drawing in drawings for name, frame in drawing.rows.items()}
    if len(drawings) == 1:
        return {**STARTS, **drawings[0].view, "datasets": rows}
    views = [{key: part for key, part in drawing.view.items() if key != "autosize"} for drawing in drawings]
    return {**STARTS, "vconcat": views, "spacing": 4, "datasets": rows}


def of(name: str) -> alt.Chart:
    """Return a layer over the frame of a name, before it has a mark."""
    return alt.Chart(alt.NamedData(name=name))


def layered(*layers: alt.Chart, height: int) -> dict:
    """Return layers that share their axes, as wide as the page gives and `height` pixels high, axes included."""
    return _view(layers, height, FITS)


def in_rows(*layers: alt.Chart, row_height: int, each: str = "position") -> dict:
    """Return layers that share their axes, as wide as the page gives, `row_height` pixels for each row there is.

    Where rows are parted by an offset, `each` may be "offset": then the height is that of a part.
    """
    return _view(layers, {"step": row_height, "for": each}, FITS_ACROSS)


def _view(layers: tuple[alt.Chart, ...], height: object, autosize: dict) -> dict:
    # Altair's own layering copies each part deeply and turns it into Python objects and back.
    made = [layer.to_dict(validate=False, context={"top_level": False}) for layer in layers]
    for layer, part in zip(layers, made, strict=True):
        if isinstance(layer.data, alt.InlineData):
            part["data"] = {"values": layer.data.values}  # Altair would name it and keep the rows apart
    return {"layer": made, "width": "container", "height": height, "autosize": autosize}
