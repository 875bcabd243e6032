"""Methods: how a sentence of an essay becomes a verdict, in plain words."""

import streamlit as st

from dashboard import board, methods, snapshot
from dashboard.frame import here
from dashboard.tables import show_table
from dashboard.theme import VERDICT_LOOKS
from dashboard.wording import html_safe

path = here()
st.title("How a sentence becomes a verdict", anchor=False)
for title, text in methods.SECTIONS:
    st.header(title, anchor=title.lower().replace(" ", "-"))
    st.markdown(text, width=740)
    if title == methods.VERDICTS:
        for verdict, look in VERDICT_LOOKS.items():
            st.html(
                f'<p class="rm" style="margin:.15rem 0">{board.pill(verdict)} <span class="rm-note">{html_safe(look.says)}</span></p>'
            )
show_table(
    "The rules, written down before looking",
    snapshot.ask(path, methods.RULES),
    key="rules",
    columns={"claim_slug": "Claim"},
)
show_table("The roles", snapshot.ask(path, methods.ROLES), key="role_definitions", columns={"soc_2018": "SOC 2018"})
