"""Closing times: how long vacancies stay open, and what dates alone say where closing was not observed."""

import streamlit as st

from dashboard import figures, topic_page
from dashboard.topics import closing

scope = topic_page.opened(
    "Closing times", "How long vacancies stay open, by the experience asked, the market and the role."
)
curves = [closing.curves(scope, by) for by in ("years", "market", "role")]
drawn = [figure for figure in curves if figure.chart is not None]
for figure in drawn or curves[:1]:
    figures.show(figure)
others = [figure for figure in (closing.posted_again(scope), closing.age_when_last_seen(scope)) if figure is not None]
if others:
    st.header("What dates of posting say, short of closing", anchor="dates")
    for figure in others:
        figures.show(figure)
topic_page.claims_here(scope, "time_to_close")
