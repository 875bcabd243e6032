"""Supply and demand: people who seek work per opening."""

from dashboard import figures, topic_page
from dashboard.topics import supply

scope = topic_page.opened(
    "Supply and demand", "People who seek work per opening, in the same forum and month.", "definition"
)
balance = supply.seekers_per_opening(scope)
figures.show(balance)
if balance.chart is None:
    figures.show(supply.openings_a_month(scope))
else:
    figures.show(supply.seekers_by_role(scope))
topic_page.claims_here(scope, "oversupply", "five_times_harder")
