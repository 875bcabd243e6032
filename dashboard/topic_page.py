"""The frame of a topic page: title, filters as a row and as a sentence, and the claims that bear on the topic."""

from __future__ import annotations

import streamlit as st

from dashboard import board, claims, filters
from dashboard.frame import here
from dashboard.topics.scope import Scope
from dashboard.wording import html_safe, markdown_safe


def opened(title: str, lede: str, *names: str) -> Scope:
    """Draw the head of a topic page with the named filters (all where none is named) and return what it looks at."""
    path = here()
    st.title(markdown_safe(title), anchor=False)
    st.html(f'<p class="rm rm-lede">{html_safe(lede)}</p>')
    chosen = filters.bar(path, *names)
    scope = Scope(path, chosen)
    leave_out = [key for key in filters.LABELS if names and key not in names]
    st.html(f'<p class="rm rm-note">{html_safe(chosen.sentence(*leave_out))}</p>')
    return scope


def claims_here(scope: Scope, *slugs: str) -> None:
    """Show the verdicts of the claims that bear on this topic, over the whole data."""
    rows = [row for row in claims.board(scope.path) if row["claim_slug"] in slugs]
    if rows:
        st.header("What the essays say of this", anchor="claims")
        st.html(board.table(rows, scope.filters.query()))
