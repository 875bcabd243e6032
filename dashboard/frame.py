"""What surrounds every page: the sentence that says where its data come from, the notice of newer data, and the page without data."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import snapshot, wording
from dashboard.wording import html_safe
from warehouse.schema import DataFolder

CHECK_EVERY = "30s"

PROVENANCE_WORDS = {
    "panel": "from the bundled panel of real postings (facts only, no text)",
    "crawl": "crawled from job boards",
    "import": "imported from files",
    "sample": "invented sample vacancies of the demo, which stay out of every estimate and chart",
}


def here() -> Path:
    """Return the snapshot this run shows."""
    return st.session_state["snapshot"]


def slug() -> str:
    """Return the last part of this page's address; on a claim's page it is the claim's slug."""
    return st.session_state["slug"]


def provenance_sentence(found: list[dict]) -> str:
    """Return in a sentence how many vacancies came how and over which dates; the word sample stands where any are."""
    if not found:
        return "This snapshot holds no vacancy yet."
    parts = [f"{wording.count(kind['n_vacancies'])} {PROVENANCE_WORDS[kind['provenance']]}" for kind in found]
    real = [kind for kind in found if kind["provenance"] != "sample"] or found
    starts = [kind["from_on"] for kind in real if kind["from_on"]]
    ends = [kind["to_on"] for kind in real if kind["to_on"]]
    when = f", {wording.day(min(starts))} to {wording.day(max(ends))}" if starts and ends else ""
    return f"Vacancies in this snapshot: {wording.listed(parts)}{when}."


def footer(path: Path) -> None:
    """Show where the data of this page come from and which snapshot it is."""
    facts = snapshot.facts(path)
    version = f" · rolemarket {facts['rolemarket_version']}" if "rolemarket_version" in facts else ""
    st.html(
        f'<footer class="rm rm-footer">{html_safe(provenance_sentence(snapshot.provenance(path)))}<br>'
        f"Snapshot published {html_safe(wording.instant(snapshot.published_at(path)))} · {html_safe(path.name)}{html_safe(version)}</footer>"
    )


@st.fragment(run_every=CHECK_EVERY)
def watch(path: Path) -> None:
    """Say when a newer snapshot has been published than the one on the page."""
    newest = snapshot.current()
    if newest is not None and newest != path:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Newer data were published {wording.instant(snapshot.published_at(newest))}.")
            if st.button("Show them", key="show_newer", icon=":material/refresh:", type="tertiary"):
                st.rerun(scope="app")


def nothing_yet() -> None:
    """Show what to do while no snapshot is published."""
    folder = DataFolder.of()
    st.title("No data yet")
    st.text(f"No snapshot is published in {folder.root}. Make one, and this page fills itself.")
    st.markdown("See it work offline, in a minute, on the bundled panel of real facts:")
    st.code("rolemarket demo", language=None)
    st.markdown("Or collect postings and build from them:")
    st.code(f"rolemarket crawl --data {folder.root}\nrolemarket build --data {folder.root}", language=None)
    _wait()


@st.fragment(run_every=CHECK_EVERY)
def _wait() -> None:
    if snapshot.current() is not None:
        st.rerun(scope="app")
    st.caption("This page looks again every half minute.")


def unreadable(error: Exception) -> None:
    """Show in one sentence why a snapshot cannot be shown and what to do."""
    st.title("The snapshot cannot be read")
    st.text(str(error))
