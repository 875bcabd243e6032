"""Requirements: the skill profiles of ML engineers, data scientists and software engineers, side by side and over time."""

import streamlit as st

from dashboard import figures, topic_page
from dashboard.topics import requirements

scope = topic_page.opened(
    "Requirements",
    "What ML engineers, data scientists and software engineers are asked for, side by side and over time.",
)
figures.show(requirements.side_by_side(scope))
asked = st.selectbox(
    "Requirement or skill over the years",
    [*requirements.ASKED, *requirements.most_asked(scope)],
    format_func=lambda asked: requirements.ASKED.get(asked, (asked,))[0],
    key="requirement",
    bind="query-params",
    width=340,
)
is_flag = asked in requirements.ASKED
figures.show((requirements.asked_over_years if is_flag else requirements.skill_over_years)(scope, asked))
topic_page.claims_here(
    scope, "merging_requirements", "glue_not_tuning", "math_and_papers", "three_functions", "one_way_switch"
)
