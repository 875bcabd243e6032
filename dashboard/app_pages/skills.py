"""Skills: what a skill pays against how many doors it opens, and how fast it comes and goes."""

import streamlit as st

from dashboard import figures, topic_page, wording
from dashboard.topics import half_life, pay, skills

scope = topic_page.opened(
    "Skills",
    "What a skill pays against how many vacancies it opens, which are asked most, and how fast they come and go.",
)
tier = st.selectbox(
    "Where the pay was read", list(pay.TIERS), format_func=pay.TIERS.get, key="tier", bind="query-params", width=340
)
figures.show(skills.premium_against_reach(scope, tier))
categories = skills.categories(scope)
if categories:
    category = st.selectbox(
        "Category of skills", categories, format_func=wording.name, key="category", bind="query-params", width=340
    )
    figures.show(skills.asked_most(scope, category))
for among in half_life.GROUPS:
    figures.show(half_life.halving(scope, among))
topic_page.claims_here(scope, "specialists_have_fewer_doors", "red_queen", "one_way_switch")
