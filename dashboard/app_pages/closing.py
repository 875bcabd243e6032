"""Closing times: how long vacancies stay open."""

from dashboard import figures, topic_page
from dashboard.topics import closing

scope = topic_page.opened(
    "Closing times", "How long vacancies stay open, by the experience asked, the market and the role."
)
for by in ("years", "market", "role"):
    figures.show(closing.curves(scope, by))
topic_page.claims_here(scope, "time_to_close")
