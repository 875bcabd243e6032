"""Methods: how a sentence of an essay becomes a verdict, in plain words."""

import streamlit as st

from dashboard import board, methods, snapshot
from dashboard.figures import Figure, download_row
from dashboard.frame import here
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
rules = snapshot.ask(path, methods.RULES)
st.header("The rules, written down before looking", anchor="rules")
st.html(
    board.plain(
        (
            (row["claim_slug"], row["statement"], f"Essay {row['essay']}", row["rule"] or "Postings cannot tell.")
            for row in rules.iter_rows(named=True)
        ),
        ("Claim", "Rule"),
    )
)
download_row(
    Figure(key="rules", finding="The rules", description="The rules", table=rules, source=""), with_table=False
)
roles = snapshot.ask(path, methods.ROLES)
st.header("The roles", anchor="roles")
st.html(
    board.plain(
        (
            (
                "",
                row["role"],
                " · ".join(
                    part
                    for part in (
                        row["essay_group"],
                        row["data_function"],
                        f"SOC {row['soc_2018']}" if row["soc_2018"] else None,
                    )
                    if part
                ),
                row["definition"],
            )
            for row in roles.iter_rows(named=True)
        ),
        ("Role", "What it is"),
    )
)
download_row(
    Figure(key="role_definitions", finding="The roles", description="The roles", table=roles, source=""),
    with_table=False,
)
