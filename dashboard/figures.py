"""The anatomy every figure shares: finding as title, chart with its words for screen readers, source line, caveats, the table, downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import altair as alt
import polars as pl
import streamlit as st

from dashboard import downloads, wording
from dashboard.wording import html_safe, markdown_safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure before it is shown; `table` holds exactly the rows that `chart` draws, `key` names its files.

    `below` is a second panel that shares the chart's horizontal axis.
    """

    key: str
    finding: str
    description: str
    table: pl.DataFrame
    source: str
    chart: alt.TopLevelMixin | None = None
    below: alt.TopLevelMixin | None = None
    subtitle: str = ""
    caveats: Sequence[str] = field(default_factory=tuple)


def source_line(sources: Sequence[str], n_vacancies: int | None, n_employers: int | None, dates: str) -> str:
    """Return "source · n vacancies · n employers · dates"."""
    return " · ".join(
        (
            wording.listed([wording.name(source) for source in sources]) or "no source",
            wording.plural(n_vacancies or 0, "vacancy", "vacancies"),
            wording.plural(n_employers or 0, "employer"),
            dates,
        )
    )


def show(figure: Figure) -> None:
    """Show a figure in the order of its anatomy."""
    with st.container(key=f"figure_{figure.key}", gap="small"):
        st.subheader(markdown_safe(figure.finding), anchor=figure.key.replace("_", "-"))
        if figure.subtitle:
            st.caption(markdown_safe(figure.subtitle))
        if figure.chart is not None and figure.table.height:
            st.altair_chart(figure.chart, width="stretch", alt=figure.description, key=f"chart_{figure.key}")
            if figure.below is not None:
                st.altair_chart(
                    figure.below,
                    width="stretch",
                    alt="Which choices each of the above makes",
                    key=f"below_{figure.key}",
                )
        elif figure.chart is not None:
            st.caption("Nothing in this view to draw.")
        st.html(
            f'<p class="rm rm-source">{html_safe(figure.source)}</p>'
            + "".join(f'<p class="rm rm-note">{html_safe(caveat)}</p>' for caveat in figure.caveats)
        )
        download_row(figure)


def download_row(figure: Figure, *, with_table: bool = True) -> None:
    """Offer the very table drawn and the chart itself, made when asked for."""
    whole = figure.chart if figure.below is None else alt.vconcat(figure.chart, figure.below, spacing=4)
    made = downloads.makers(
        figure.table, whole, figure.finding, [figure.subtitle] if figure.subtitle else [], figure.source
    )
    with st.container(horizontal=True, gap="small"):
        if with_table:
            with st.popover("Table", icon=":material/table:", type="tertiary", key=f"table_{figure.key}"):
                st.dataframe(
                    downloads.neutralised(figure.table), hide_index=True, alt=f"The table behind: {figure.finding}"
                )
        with st.popover("Download", icon=":material/download:", type="tertiary", key=f"downloads_{figure.key}"):
            for ending, label, mime in downloads.FORMATS:
                if ending in made:
                    st.download_button(
                        f"{'Chart' if ending in ('png', 'svg') else 'Table'} as {label}",
                        made[ending],
                        file_name=f"{figure.key.replace('_', '-')}.{ending}",
                        mime=mime,
                        key=f"download_{figure.key}_{ending}",
                        on_click="ignore",
                        width="stretch",
                    )
