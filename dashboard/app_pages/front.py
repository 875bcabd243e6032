"""The front page: what the data say about the essays, the verdict board, and what is new."""

import streamlit as st

from dashboard import board, claims, filters, snapshot
from dashboard.frame import here
from dashboard.theme import VERDICT_LOOKS
from dashboard.wording import html_safe, markdown_safe

path = here()
rows = claims.board(path)

st.html('<p class="rm rm-kicker">Two essays, tested on job postings</p>')
st.title("Is the market for data science what the essays say?", anchor=False)
st.html(f'<p class="rm rm-lede">{html_safe(" ".join(claims.summary(rows)))}</p>')
st.html(board.tally(rows))

if (before := snapshot.previous(path)) is not None and (changes := claims.news_since(rows, before)):
    with st.expander(
        f"New since the last snapshot: {len(changes)}", icon=":material/update:", expanded=len(changes) <= 3
    ):
        st.markdown("\n".join(f"- {markdown_safe(change)}" for change in changes))

st.header("The verdict board", anchor="board")
is_open = st.session_state.setdefault("narrow_is_open", any(key in st.query_params for key in filters.LABELS))
with st.expander("Narrow the view", icon=":material/filter_list:", expanded=is_open):
    chosen = filters.bar(path, "market", "source", "period", "definition", "size")
with st.container(horizontal=True, gap="small"):
    verdicts = st.pills(
        "Verdicts",
        list(VERDICT_LOOKS),
        selection_mode="multi",
        format_func=lambda verdict: VERDICT_LOOKS[verdict].word,
        key="verdicts",
        bind="query-params",
        wrap=True,
    )
    essay = st.selectbox(
        "Essay",
        ["all", *sorted({row["essay"] for row in rows})],
        format_func=lambda essay: "Both essays and their companions" if essay == "all" else f"Essay {essay}",
        key="essay",
        bind="query-params",
        width=270,
    )
    sort = st.selectbox(
        "Sort by", list(claims.SORTS), format_func=claims.SORTS.get, key="sort", bind="query-params", width=230
    )
shown = claims.narrowed(path, rows, chosen)
shown = [row for row in shown if (not verdicts or row["verdict"] in verdicts) and essay in ("all", row["essay"])]
st.html(f'<p class="rm rm-note">{html_safe(chosen.sentence("level") if chosen.chosen() else claims.AS_JUDGED)}</p>')
if shown:
    st.html(board.table(claims.arranged(shown, sort), chosen.query()))
else:
    st.caption("No claim has this verdict in this view; take a filter away to see more.")
