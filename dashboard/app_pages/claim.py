"""One claim in full: finding, verdict, evidence, what it rests on, what would change it, and the query."""

import streamlit as st

from dashboard import claim_parts, claims, evidence, figures, filters
from dashboard.frame import here, slug

path = here()
rows = claims.board(path)
claim = next(row for row in rows if row["claim_slug"] == slug())
found = claims.estimates(path, claim["claim_slug"])

claim_parts.heading(claim)
if claim["verdict"] != "not_testable":
    period = claims.judged_period(found)
    claim_parts.numbers(claim, period)
    with st.expander("Narrow the view", icon=":material/filter_list:"):
        chosen = filters.bar(path, "market", "source", "period", "definition", "size")
    claim_parts.narrowed(claim, claims.view(found, chosen), chosen, period)
    for figure in evidence.of_claim(path, claim["claim_slug"]):
        figures.show(figure)
    claim_parts.benchmarks(path, claim)
claim_parts.words(path, claim)
claim_parts.query(path, claim)
claim_parts.neighbours(claim, rows)
