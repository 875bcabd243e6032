"""An ML engineer job is five times harder to get."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.supply import SupplyRatio
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=40,
    statement="A job as ML engineer is five times harder to get than one as software engineer.",
    question="Is an ML engineer job five times harder to get?",
    estimate=SupplyRatio(
        label="Seekers for each ML engineer opening over seekers for each SWE opening, same forum and months",
        unit="ratio",
        sought=("ml_engineer",),
        against=("software_engineer",),
    ),
    region=Region(low=3.33),
    chart=Chart(axis="Seekers per opening, ML engineer over SWE", groups=("year", "source"), zero=True),
    findings={
        "supported": "Each ML engineer opening has {value} times the seekers that each software opening has ({low} to {high}): near five",
        "contradicted": "Each ML engineer opening has {value} times the seekers that each software opening has ({low} to {high}): well short of five",
        "inconclusive": "Each ML engineer opening has {value} times the seekers that each software opening has ({low} to {high}): five can be neither shown nor ruled out",
    },
    method="Five times is taken to hold from two thirds of five upward, 3.33.",
    caveats=(
        "Seekers per opening is a crowd, not a difficulty: a weak crowd is easily passed.",
        "The forum is one place, and who posts there is not who applies elsewhere.",
    ),
    fields=("role",),
    would_change="Applications and offers per opening, which only the systems that receive them know.",
)
