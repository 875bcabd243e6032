"""Measures every set of labels and keeps the figures: `quality.json`, from which the table `quality` is filled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.enrich import enrich
from warehouse.quality.figures import Row, compare, confusion, table
from warehouse.quality.labels import RANDOM, ROOT, Labelled
from warehouse.quality.own_bands import employers_pay_rows

QUALITY_JSON = ROOT / "warehouse" / "reference" / "quality.json"


def measure(sets: Sequence[Labelled], recordings: Path | None = None) -> Row:
    """Return what `quality.json` holds: `quality` rows, the `confusion` of roles, and the sizes of the sets.

    The confusion is that of the openings drawn at random where they are given, else pooled over the sets.
    """
    tables, labelled, read_roles = [], [], []
    is_drawn = any(given.label_set == RANDOM for given in sets)
    for given in sets:
        read = enrich(given.postings)
        compared = compare(read, given.labels, given.label_set)
        tables.append(compared.with_columns(is_unseen=pl.lit(given.is_unseen)))
        if given.label_set == RANDOM or not is_drawn:
            labelled += [label["role"] for label in given.labels]
            read_roles += [role or "other" for role in read["role"].to_list()]
    rows = [row for part in tables for row in part.iter_rows(named=True)]
    if recordings is not None and recordings.is_dir():
        rows += employers_pay_rows(recordings)
    return {
        "label_sets": {given.label_set: len(given.labels) for given in sets},
        "quality": table(rows).to_dicts(),
        "confusion": confusion(labelled, read_roles).to_dicts(),
    }


def role_confusion() -> pl.DataFrame | None:
    """The counts labelled × predicted of roles as last measured, columns `labelled, predicted, n`; None where never."""
    if not QUALITY_JSON.is_file():
        return None
    rows = json.loads(QUALITY_JSON.read_text("utf-8"))["confusion"]
    return pl.DataFrame(rows, schema={"labelled": pl.String, "predicted": pl.String, "n": pl.Int32})
