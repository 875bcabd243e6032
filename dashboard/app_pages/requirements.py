"""Requirements: the skill profiles of ML engineers, data scientists and software engineers, side by side and over time."""

import streamlit as st

from dashboard import figures, topic_page
from dashboard.topics import requirements

scope = topic_page.opened(
    "Requirements",
    "What ML engineers, data scientists and software engineers are asked for, side by side and over time.",
)
figures.show(requirements.side_by_side(scope))
flag = st.selectbox(
    "Requirement over the years",
    list(requirements.ASKED),
    format_func=lambda flag: requirements.ASKED[flag][0],
    key="requirement",
    bind="query-params",
    width=340,
)
figures.show(requirements.asked_over_years(scope, flag))
topic_page.claims_here(
    scope, "merging_requirements", "glue_not_tuning", "math_and_papers", "three_functions", "one_way_switch"
)
