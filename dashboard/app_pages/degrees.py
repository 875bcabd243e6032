"""Degrees: who must hold a master's or a doctorate."""

from dashboard import figures, topic_page
from dashboard.topics import degrees

scope = topic_page.opened(
    "Degrees", "Who must hold a master's or a doctorate, at employers of which size, and how that moves."
)
figures.show(degrees.required_by_role(scope, "master"))
figures.show(degrees.required_by_role(scope, "phd"))
figures.show(degrees.by_size(scope))
figures.show(degrees.over_years(scope))
topic_page.claims_here(
    scope, "startups_waive_degrees", "phd_competition", "scaling_raises_bar", "specialists_too_early"
)
