"""Startups ask for a master's degree or a doctorate less often than big companies."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import LARGE, MASTER_UP, MODELLING, SMALL
from warehouse.evidence.shares import Part, Shares, difference
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B",
    position=150,
    statement="Startups ask for a master's degree or a doctorate less often than big companies do.",
    question="Do startups waive degrees?",
    estimate=Shares(
        label="Share of modelling vacancies that require a master's degree or more, large employers less small ones",
        unit="share difference",
        parts=(Part(MASTER_UP, f"{MODELLING} AND {LARGE}"), Part(MASTER_UP, f"{MODELLING} AND {SMALL}")),
        combine=difference,
    ),
    region=Region(low=0.0),
    chart=Chart(
        axis="Large less small employers: share that require a master's or more", groups=("market", "year", "source")
    ),
    findings={
        "supported": "Large employers require a master's degree or more in {by} more of their modelling vacancies than small ones ({low} to {high})",
        "contradicted": "Large employers require a master's degree or more less often than small ones: {value} of difference ({low} to {high})",
        "inconclusive": "Large and small employers differ by {value} in how often they require a master's degree or more ({low} to {high}): no clear direction",
    },
    method="Small is under 200 employees, large from 1,000, at the date the size is known for; employers of unknown size are left out.",
    caveats=(
        "The size is of the day its source was read, not of the day of the posting.",
        "An 'or equivalent experience' clause is still a requirement here.",
        "A small employer is not always a startup.",
        "Sources differ in how much their texts say of degrees, and large and small employers need not post in the same: compare the breakdown by source.",
    ),
    fields=("role", "degree_min"),
    would_change="Sizes for the employers whose size is unknown, if those differ from the rest.",
)
