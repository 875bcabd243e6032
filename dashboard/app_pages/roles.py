"""Roles and openings: how many of each, and how many for data science and ML against software."""

from dashboard import figures, topic_page
from dashboard.topics import openings

scope = topic_page.opened(
    "Roles and openings", "How many openings there are for each role, and for data science and ML against software."
)
figures.show(openings.by_role(scope))
figures.show(openings.over_years(scope))
for kind in ("market", "size", "source"):
    figures.show(openings.per_software_opening(scope, kind))
topic_page.claims_here(scope, "few_openings", "most_teams_have_none", "swe_does_ml")
