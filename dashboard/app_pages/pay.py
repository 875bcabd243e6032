"""Pay: advertised base pay by role, level and market, and how often it is stated at all."""

import streamlit as st

from dashboard import figures, topic_page
from dashboard.topics import pay

scope = topic_page.opened("Pay", "Advertised base pay by role, level and market, and how often it is stated at all.")
tier = st.selectbox(
    "Where the pay was read",
    list(pay.TIERS),
    format_func=pay.TIERS.get,
    key="tier",
    bind="query-params",
    width=340,
    help="The three are never blended: each is a different kind of evidence.",
)
for by in ("role", "level", "market"):
    figures.show(pay.bands(scope, tier, by))
figures.show(pay.disclosure(scope, "role"))
figures.show(pay.disclosure(scope, "market"))
figures.show(pay.disclosure_over_years(scope))
topic_page.claims_here(
    scope, "same_pay", "hundred_thousand", "analytics_paid_less", "lead_or_platform", "worst_of_two_worlds"
)
