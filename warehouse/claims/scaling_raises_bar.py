"""As startups grow they hire better-trained modellers."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import MASTER_UP, MODELLING
from warehouse.evidence.trends import MatchedSlope, SizeSlope
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B",
    position=170,
    statement="As startups grow they hire better-trained modellers.",
    question="Do growing startups ask for higher degrees?",
    estimate=SizeSlope(
        label="Rise of the share of modelling vacancies that require a master's degree or more, per step of employer size",
        unit="share difference",
        of=MASTER_UP,
        among=MODELLING,
    ),
    region=Region(low=0.0),
    beside={
        "within_employer": MatchedSlope(
            label="Yearly change of that share within the same employers and sources",
            unit="share per year",
            of=MASTER_UP,
            among=MODELLING,
        ),
    },
    chart=Chart(axis="Change per step of employer size", groups=("market", "year", "source")),
    findings={
        "supported": "The share of modelling vacancies that require a master's degree or more rises by {value} with each step of employer size ({low} to {high})",
        "contradicted": "The share of modelling vacancies that require a master's degree or more falls with employer size, by {value} a step ({low} to {high})",
        "inconclusive": "The share of modelling vacancies that require a master's degree or more changes by {value} with each step of employer size ({low} to {high}): no clear direction",
    },
    method="The change within the same employers over years stands beside; it is the nearer test of growth and needs more history.",
    caveats=(
        "Large employers today are not what startups of today will become.",
        "The size is of the day its source was read, not of the day of the posting.",
    ),
    fields=("role", "degree_min"),
    would_change="Headcounts of each employer by year.",
)
