"""The anatomy every figure shares: finding as title, chart with its words for screen readers, source line, caveats, the table, downloads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import polars as pl
import streamlit as st

from dashboard import downloads, wording
from dashboard.charts.drawing import Drawing
from dashboard.headings import configured, named
from dashboard.wording import html_safe, markdown_safe

N_REMEMBERED = 20  # figures per kind, of which there are thirty; one takes up to 300 kB
remembered = lru_cache(maxsize=N_REMEMBERED)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure before it is shown; `table` holds exactly the rows that `chart` draws, `key` names its files.

    `below` is a second panel that shares the chart's horizontal axis.
    """

    key: str
    finding: str
    description: str
    table: pl.DataFrame
    source: str
    chart: Drawing | None = None
    below: Drawing | None = None
    subtitle: str = ""
    caveats: Sequence[str] = field(default_factory=tuple)

    @property
    def subject(self) -> str:
        """What is drawn, whatever the view holds: the description up to its first colon or full stop."""
        return re.split(r"[:.;] ", self.description, maxsplit=1)[0].rstrip(".")

    @cached_property
    def panels(self) -> list[dict]:
        """The chart, and the panel below it where there is one, as declarations for the page; made once per figure."""
        return [chart.declared() for chart in self.drawings]

    @property
    def drawings(self) -> list[Drawing]:
        """The chart, and the panel below it where there is one; none that has nothing to draw."""
        return [chart for chart in (self.chart, self.below) if chart is not None and chart.n_rows]


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
    """Show a figure in the order of its anatomy; where it has no row, what it says is all there is to show."""
    with st.container(key=f"figure_{figure.key}", gap="xsmall"):
        st.subheader(markdown_safe(wording.unbroken(figure.finding)), anchor=figure.key.replace("_", "-"))
        if figure.subtitle:
            st.caption(markdown_safe(figure.subtitle))
        if figure.table.height:
            # The alternative text is part of the declaration: it stays the same in every view, and the numbers follow it in words.
            for place, (drawing, panel) in enumerate(zip(figure.drawings, figure.panels, strict=True)):
                key = f"chart_{figure.key}" + ("_below" if place else "")
                alt = f"{drawing.kind}: {figure.subject}. The numbers follow in words."
                st.vega_lite_chart(spec=dict(panel), width="stretch", alt=alt, key=key)
        below = (
            f'<p class="rm-words">{html_safe(figure.description)}</p>' if figure.panels and figure.table.height else ""
        )
        below += f'<p class="rm rm-source">{html_safe(figure.source)}</p>' if figure.source else ""
        below += "".join(f'<p class="rm rm-note">{html_safe(caveat)}</p>' for caveat in figure.caveats)
        if below:
            st.html(below)
        if figure.table.height:
            download_row(figure)


@st.fragment
def download_row(figure: Figure, *, with_table: bool = True) -> None:
    """Offer the very table drawn and the chart itself, behind one button; filled when it is opened, each file made when asked for.

    One button, since each takes the browser 4 to 5 ms of every filter change: with a second one for the table the pages of
    four to six figures took it 15% more.
    """
    panel = st.popover(
        "Table and download" if with_table else "Download",
        icon=":material/table:" if with_table else ":material/download:",
        type="tertiary",
        key=f"downloads_{figure.key}",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            with st.container(horizontal=True, gap="small"):
                _download_buttons(figure)
            if with_table:
                shown = downloads.neutralised(named(figure.table))
                st.dataframe(
                    shown,
                    hide_index=True,
                    placeholder="–",
                    column_config=configured(shown),
                    alt=f"The table behind: {figure.finding}",
                )


def _download_buttons(figure: Figure) -> None:
    subtitle = [figure.subtitle] if figure.subtitle else []
    made = downloads.makers(figure.table, figure.drawings, figure.finding, subtitle, figure.source)
    for ending, label, mime in downloads.FORMATS:
        if ending in made:
            st.download_button(
                f"{'Chart' if ending in ('png', 'svg') else 'Table'} as {label}",
                made[ending],
                file_name=f"{figure.key.replace('_', '-')}.{ending}",
                mime=mime,
                key=f"download_{figure.key}_{ending}",
                on_click="ignore",
            )
