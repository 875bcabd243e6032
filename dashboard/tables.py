"""Tables as they are shown everywhere: a heading, a caption, rows as plain text, and a download of the very rows."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import wording
from dashboard.downloads import neutralised
from dashboard.figures import Figure, download_row
from dashboard.wording import markdown_safe

NAMED = frozenset(
    {"role", "role_strict", "level", "source", "sources", "provenance", "size", "market", "work_mode", "degree_min", "pay_tier",
     "claim_slug", "field", "metric", "kind", "outcome"}
)  # fmt: skip
"""Columns of identifiers, which a table on the page shows as names; the downloads keep them as they are."""
LABELS = {"ds_mle": "DS/MLE", "swe": "SWE"}


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


def counts(*columns: str) -> dict:
    """Return the configuration that writes these columns as counts."""
    return {column: st.column_config.NumberColumn(label(column), format="localized") for column in columns}


def configured(table: pl.DataFrame, given: dict | None = None) -> dict:
    """Return a heading and a format for every column; what is given wins."""
    made: dict = {}
    for column, kind in table.schema.items():
        if kind == pl.Date:
            made[column] = st.column_config.DateColumn(label(column), format="D MMM YYYY")
        elif isinstance(kind, pl.Datetime):
            made[column] = st.column_config.DatetimeColumn(label(column), format="D MMM YYYY, HH:mm")
        else:
            made[column] = label(column)
    return made | (given or {})


def show_table(
    title: str,
    table: pl.DataFrame,
    *,
    key: str,
    caption: str = "",
    columns: dict | None = None,
    empty: str = "Nothing to show in this view.",
) -> None:
    """Show a table under its title, or the sentence that says why there is none."""
    st.subheader(markdown_safe(title), anchor=key.replace("_", "-"))
    if caption:
        st.caption(markdown_safe(caption))
    if not table.height:
        st.caption(markdown_safe(empty))
        return
    st.dataframe(
        neutralised(named(table)), hide_index=True, column_config=configured(table, columns), placeholder="–", alt=title
    )
    download_row(Figure(key=key, finding=title, description=title, table=table, source=caption), with_table=False)
