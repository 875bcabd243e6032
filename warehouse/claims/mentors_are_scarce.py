"""Senior engineers are easier to find than senior modellers."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import MODELLING, NOT_MANAGER, SOFTWARE, STAFF
from warehouse.evidence.shares import Part, Shares, quotient
from warehouse.statistics.decisions import Region

MODELLERS, ENGINEERS = f"{MODELLING} AND {NOT_MANAGER}", f"{SOFTWARE} AND {NOT_MANAGER}"

CLAIM = Claim(
    essay="B",
    position=180,
    statement="Senior engineers to learn from are easier to find than senior modellers.",
    question="Are senior modellers scarcer than senior engineers?",
    estimate=Shares(
        label="Share of staff and principal vacancies among non-managers, DS/MLE over SWE",
        unit="ratio",
        parts=(Part(STAFF, MODELLERS), Part(STAFF, ENGINEERS)),
        combine=quotient,
    ),
    region=Region(high=1.0),
    beside={
        "modellers": Shares(label="The share among DS/MLE", unit="share", parts=(Part(STAFF, MODELLERS),)),
        "engineers": Shares(label="The share among SWE", unit="share", parts=(Part(STAFF, ENGINEERS),)),
    },
    chart=Chart(axis="Share at staff and above, DS/MLE over SWE"),
    findings={
        "supported": "Staff and principal levels make up {value} times the share of DS/MLE vacancies that they do of software ones ({low} to {high}): fewer",
        "contradicted": "Staff and principal levels make up {value} times the share of DS/MLE vacancies that they do of software ones ({low} to {high}): more, not fewer",
        "inconclusive": "Staff and principal levels make up {value} times the share of DS/MLE vacancies that they do of software ones ({low} to {high}): no clear difference",
    },
    caveats=(
        "A vacancy for a senior is a senior who is missing: the demand for mentors, not their number.",
        "Levels are read from titles, and titles inflate differently by trade.",
    ),
    fields=("role", "level"),
    would_change="The levels of people in work, as in staff directories, rather than of openings.",
)
