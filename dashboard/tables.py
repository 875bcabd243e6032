"""Tables as they are shown everywhere: a heading, a caption, rows as plain text, and a download of the very rows."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.downloads import neutralised
from dashboard.figures import Figure, download_row
from dashboard.headings import configured, label, named
from dashboard.wording import markdown_safe


def counts(*columns: str) -> dict:
    """Return the configuration that writes these columns as counts."""
    return {column: st.column_config.NumberColumn(label(column), format="localized") for column in columns}


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
