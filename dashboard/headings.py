"""How a table's columns are headed and its identifiers named on the page; the files a reader downloads keep both as they are."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import wording

NAMED = frozenset(
    {"role", "role_strict", "level", "source", "sources", "provenance", "size", "market", "work_mode", "degree_min", "pay_tier",
     "claim_slug", "field", "metric", "kind", "outcome", "verdict"}
)  # fmt: skip
"""Columns of identifiers, which a table on the page shows as names; the downloads keep them as they are."""
LABELS = {
    "ds_mle": "DS/MLE",
    "swe": "SWE",
    "value": "Value",
    "low": "From",
    "high": "To",
    "n": "n",
    "n_unknown": "Not told",
    "is_shown": "Enough to show",
    "is_aside": "Other period",
    "at_risk": "At risk",
}


def named(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with its identifiers as names for people."""
    found = [column for column in table.columns if column in NAMED]
    return table.with_columns(
        pl.Series(
            column,
            [
                wording.listed([wording.name(part) for part in value]) if isinstance(value, list)
                else None if value is None else wording.METRICS.get(value) or wording.name(value)
                for value in table[column].to_list()
            ],
            dtype=pl.String,
        )
        for column in found
    )  # fmt: skip


def label(column: str) -> str:
    """Return a column's name as a heading: `n_vacancies` gives "Vacancies", `from_on` gives "From"."""
    return LABELS.get(column) or wording.name(column.removeprefix("n_").removesuffix("_on").removesuffix("_at"))


def configured(table: pl.DataFrame, given: dict | None = None) -> dict:
    """Return a heading and a format for every column; what is given wins."""
    made: dict = {}
    for column, kind in table.schema.items():
        if kind == pl.Date:
            format_ = "YYYY" if column == "year" else "D MMM YYYY"
            made[column] = st.column_config.DateColumn(label(column), format=format_)
        elif isinstance(kind, pl.Datetime):
            made[column] = st.column_config.DatetimeColumn(label(column), format="D MMM YYYY, HH:mm")
        elif kind.is_numeric() and column != "year":
            made[column] = st.column_config.NumberColumn(label(column), format="localized")
        else:
            made[column] = label(column)
    return made | (given or {})
