"""The kinds of charts, each as a Vega-Lite declaration and the rows it draws.

A claim needs no chart of its own: `evidence.of_claim` draws every claim of the snapshot from its estimates, with the axis its
`Chart` declares. A figure on a topic is a function in `dashboard/topics/` that returns a `Figure`, shown by one line in its page
under `dashboard/app_pages/`; a kind of chart that is not among those below is a function in a module here.
"""

from dashboard.charts.counts import bars, heat
from dashboard.charts.intervals import dots, intervals, ranges
from dashboard.charts.over_time import survival, trend
from dashboard.charts.scatter import labelled_points
from dashboard.charts.specifications import specification_curve

__all__ = ["bars", "dots", "heat", "intervals", "labelled_points", "ranges", "specification_curve", "survival", "trend"]
