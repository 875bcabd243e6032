"""Moving from software engineer to ML engineer is easier than the reverse."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.skill_cores import CoreCoverage
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=105,
    statement="Moving from software engineer to ML engineer is easier than the reverse.",
    question="Is it easier to move from software to ML than back?",
    estimate=CoreCoverage.of(
        "Mean share of the skills an ML engineer posting asks that software engineers are asked too, less the reverse",
        "ml_engineer",
        "software_engineer",
    ),
    region=Region(low=0.0),
    chart=Chart(axis="Skills covered by the other role's core, ML less software"),
    findings={
        "supported": "A software engineer brings {by} more of the skills that ML postings ask than an ML engineer brings of those that software postings ask ({low} to {high})",
        "contradicted": "A software engineer brings less of what ML postings ask than an ML engineer brings of what software postings ask: {value} ({low} to {high})",
        "inconclusive": "The two cores differ by {value} in how much they cover of what the other role is asked ({low} to {high}): no clear direction",
    },
    method="The cores are of equal number so that neither role has the wider net.",
    caveats=(
        "Sharing a skill's name is not mastering it, and the hardest part of a switch may be the one skill that is missing.",
        "Every skill counts alike: Python as much as a niche tool.",
        "Skills around the thirtieth are asked about equally often: the interval is of the cores found here, not of those a larger sample would find, and on simulated markets it leans below.",
        "Vacancies in which no skill was recognised are left out, and sources with too few of either role to know its core.",
    ),
    fields=("role",),
    would_change="Careers followed person by person in both directions.",
)
