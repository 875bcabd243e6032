"""A well-paid specialisation narrows the choice of jobs."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.skill_premium import PremiumAgainstReach
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B2",
    position=240,
    statement="A well-paid specialisation narrows the choice of jobs.",
    question="Do well-paid skills open fewer doors?",
    estimate=PremiumAgainstReach(
        label="Rank correlation over skills of pay premium and share of vacancies that ask the skill",
        unit="correlation",
        among=f"{MODELLING} OR {SOFTWARE}",
    ),
    region=Region(high=0.0),
    chart=Chart(axis="Rank correlation of premium and reach", groups=("market", "year", "source")),
    findings={
        "supported": "The better a skill is paid, the fewer vacancies ask it: rank correlation {value} ({low} to {high})",
        "contradicted": "Better paid skills are asked by more vacancies, not fewer: rank correlation {value} ({low} to {high})",
        "inconclusive": "How well a skill is paid says little of how many vacancies ask it: rank correlation {value} ({low} to {high})",
    },
    caveats=(
        "A skill is not a specialisation: people bring several.",
        "Only vacancies that disclose pay give a premium.",
        "Doors are vacancies that name the skill; many would take its holder without naming it.",
    ),
    fields=("role", "level", "country", "pay_min", "pay_max", "pay_period", "pay_currency"),
    would_change="Bundles of skills taken as specialisations.",
)
