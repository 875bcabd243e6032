"""The bundled panel: real facts of past postings without a sentence of any, so that a first offline run shows results."""

from __future__ import annotations

import polars as pl

from warehouse.schema import DataFolder


def read_facts(folder: DataFolder) -> tuple[pl.DataFrame | None, dict[str, str]]:
    """Return the facts loaded into a data folder and what they are in words; null where there are none."""
    return None, {}
