"""Seniority and ladder: at which levels each role hires, and how high its ladder reaches."""

from dashboard import figures, topic_page
from dashboard.topics import ladder

scope = topic_page.opened(
    "Seniority and ladder",
    "At which levels each role hires, and how high its ladder reaches.",
    "market",
    "source",
    "period",
    "definition",
    "size",
)
figures.show(ladder.levels_by_role(scope))
for step in ladder.STEPS:
    figures.show(ladder.reach(scope, step))
topic_page.claims_here(scope, "mentors_are_scarce", "ceiling", "senior_first", "reports_to_engineering")
