"""As startups grow they hire better-trained modellers."""

from warehouse.evidence.claim import Also, Chart, Claim
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
    also={
        "within_employer": Also(
            measure=MatchedSlope(
                label="Yearly change of that share within the same employers and sources",
                unit="share per year",
                of=MASTER_UP,
                among=MODELLING,
            ),
            region=Region(low=0.0),
        ),
    },
    chart=Chart(axis="Change per step of employer size", groups=("market", "year", "source")),
    findings={
        "supported": "The share of modelling vacancies that require a master's degree or more rises by {by} with each step of employer size ({low} to {high}), and rises over the years within the same employers",
        "contradicted": "The share of modelling vacancies that require a master's degree or more does not rise both with employer size and over the years within employers: {value} a step of size ({low} to {high})",
        "inconclusive": "The share of modelling vacancies that require a master's degree or more changes by {value} with each step of employer size ({low} to {high}); size and the years within employers together do not settle it",
    },
    method="Both parts must hold: the share rises with employer size, and over the years within the same employers, which is the nearer test of growth.",
    caveats=(
        "Large employers today are not what startups of today will become.",
        "The size is of the day its source was read, not of the day of the posting.",
        "Sources differ in how much their texts say of degrees, and large and small employers need not post in the same: compare the breakdown by source.",
    ),
    fields=("role", "degree_min"),
    would_change="Headcounts of each employer by year.",
)
