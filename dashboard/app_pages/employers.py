"""Employers: who hires for what, and what is known of their size."""

import streamlit as st

from dashboard import figures, topic_page
from dashboard.tables import counts, show_table
from dashboard.topics import employers

scope = topic_page.opened("Employers", "Who hires for what, and what is known of their size.")
figures.show(employers.by_size(scope))
figures.show(employers.concentration(scope))
wanted = st.text_input("Employer's name contains", key="employer", bind="query-params", width=340, max_chars=80)
show_table(
    "The employers with most vacancies",
    employers.listing(scope, wanted or ""),
    key="employer_list",
    caption="The first 500 in this view. Size is what a named source says; it is not told for most.",
    columns=counts("n_vacancies", "ds_mle", "swe")
    | {"size_source": st.column_config.TextColumn("Size as told by", width="medium")},
)
topic_page.claims_here(scope, "most_teams_have_none", "data_engineering_first", "full_stack_first")
