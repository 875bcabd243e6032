"""In India it takes two months to hire early in a career, three in mid-career and six or more for seniors."""

from warehouse.evidence.claim import Also, Chart, Claim
from warehouse.evidence.closing import MedianOpenDays, WeibullMedianDays, between
from warehouse.evidence.cuts import Cut
from warehouse.evidence.roles import MODELLING
from warehouse.statistics.decisions import Region

EARLY, MID, SENIOR = between(MODELLING, 0, 3), between(MODELLING, 3, 7), between(MODELLING, 7, None)
LABEL = "Median days a DS/MLE vacancy stays open"

CLAIM = Claim(
    essay="B3",
    position=250,
    statement="In India it takes about two months to hire for ML early in a career, three in mid-career and six or more for seniors.",
    question="How long does an ML opening stay open in India?",
    estimate=MedianOpenDays(label=f"{LABEL}, under 3 years asked", unit="days", among=EARLY),
    region=Region(low=45, high=75),
    also={
        "mid_career": Also(
            measure=MedianOpenDays(label=f"{LABEL}, 3 to 7 years asked", unit="days", among=MID),
            region=Region(low=75, high=120),
        ),
        "senior": Also(
            measure=MedianOpenDays(label=f"{LABEL}, 7 years or more asked", unit="days", among=SENIOR),
            region=Region(low=150),
        ),
    },
    beside={
        "weibull": WeibullMedianDays(
            label=f"{LABEL}, under 3 years asked, accelerated-failure model", unit="days", among=EARLY
        ),
        "closed_when_last_seen": MedianOpenDays(
            label=f"{LABEL}, under 3 years asked, closing at the last sighting", unit="days", among=EARLY, closing=0.0
        ),
        "closed_when_missed": MedianOpenDays(
            label=f"{LABEL}, under 3 years asked, closing when first missed", unit="days", among=EARLY, closing=1.0
        ),
    },
    headline=Cut(region="India"),
    chart=Chart(
        kind="survival", axis="Median days open, early career", groups=("market", "size_class", "source"), zero=True
    ),
    findings={
        "supported": "Half of the early-career DS/MLE openings in India close within {value} ({low} to {high}), and the other two stages lie in their bands too",
        "contradicted": "Half of the early-career DS/MLE openings in India close within {value} ({low} to {high}); at least one stage lies outside of what the essay says",
        "inconclusive": "Half of the early-career DS/MLE openings in India close within {value} ({low} to {high}); the three stages together do not settle it",
    },
    method="All three stages must lie in their bands: 45 to 75 days under 3 years, 75 to 120 days from 3 to 7, 150 days or more from 7.",
    caveats=(
        "A posting that comes down was filled or given up; the two look alike.",
        "Time to close is not time to hire: offers are accepted and notice served after, or the posting stays up for a pool.",
        "Sources whose closings are never established, such as hiring threads, do not count.",
    ),
    fields=("role", "years_min", "country"),
    would_change="Weeks of repeated complete readings of Indian boards, which one crawl cannot give.",
)
