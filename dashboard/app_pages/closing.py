"""Closing times: how long vacancies stay open."""

from dashboard import figures, topic_page
from dashboard.topics import closing

scope = topic_page.opened(
    "Closing times", "How long vacancies stay open, by the experience asked, the market and the role."
)
curves = [closing.curves(scope, by) for by in ("years", "market", "role")]
drawn = [figure for figure in curves if figure.chart is not None]
for figure in drawn or curves[:1]:
    figures.show(figure)
topic_page.claims_here(scope, "time_to_close")
