"""The front page: what the data say about the essays, the verdict board, and what is new."""

import streamlit as st

from dashboard import claims, filters, front_page
from dashboard.frame import here
from dashboard.theme import VERDICT_LOOKS

path = here()
st.html(front_page.opening(path))


@st.fragment
def verdict_board() -> None:
    """Draw the board under its controls; a change reruns this part alone."""
    with st.container(horizontal=True, gap="small", key="board_controls"):
        verdicts = st.pills(
            "Verdicts",
            list(VERDICT_LOOKS),
            selection_mode="multi",
            format_func=front_page.verdict_label,
            key="verdicts",
            bind="query-params",
            wrap=True,
        )
        essay = st.selectbox(
            "Essay",
            front_page.essays(path),
            format_func=front_page.essay_label,
            key="essay",
            bind="query-params",
            width=130,
        )
        sort = st.selectbox(
            "Sort by", list(claims.SORTS), format_func=claims.SORTS.get, key="sort", bind="query-params", width=212
        )
    is_open = st.session_state.setdefault("narrow_is_open", any(key in st.query_params for key in filters.LABELS))
    with st.expander("Narrow the view", icon=":material/filter_list:", expanded=is_open):
        chosen = filters.bar(path, *front_page.FILTERED_BY)
    st.html(front_page.listing(path, front_page.Choice(chosen, tuple(sorted(verdicts)), essay, sort)))


st.header("The verdict board", anchor="board")
verdict_board()
