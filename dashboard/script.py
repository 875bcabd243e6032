"""What Streamlit runs for a reader: finds the published snapshot, lays out the pages, and frames each with where its data come from."""

from __future__ import annotations

import streamlit as st

from dashboard import frame, snapshot, theme, wording
from dashboard.pages import CLAIM_PAGE, HOME, PAGES

st.set_page_config(page_title="rolemarket", page_icon=str(theme.HERE / "icon.svg"), layout="wide")
theme.apply()
path = snapshot.current()
claim_slugs: list[str] = []
problem: Exception | None = None
if path is not None:
    try:
        claim_slugs = snapshot.slugs(path)
    except snapshot.UnreadableSnapshotError as error:
        problem = error
menu = {
    section: [
        st.Page(file, title=title, icon=icon, help=says, default=(file == HOME)) for file, title, icon, says in pages
    ]
    for section, pages in PAGES.items()
}
menu[""] += [
    st.Page(CLAIM_PAGE, title=wording.name(slug), url_path=slug, visibility="hidden", icon="") for slug in claim_slugs
]
page = st.navigation(menu, position="top")
if path is None:
    frame.nothing_yet()
elif problem is not None:
    frame.unreadable(problem)
else:
    st.session_state["snapshot"], st.session_state["slug"] = path, page.url_path
    page.run()
    frame.footer(path)
    frame.watch(path)
