"""Openings for data scientists and ML engineers are few against those for software engineers."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.schema.tables import DS_MLE
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=10,
    statement="Openings for data scientists and ML engineers are few against those for software engineers.",
    question="Are openings in data science and machine learning few?",
    estimate=RoleRatio(
        label="DS/MLE vacancies for each SWE vacancy",
        unit="ratio",
        numerator=DS_MLE,
        denominator=("software_engineer",),
    ),
    region=Region(high=0.20),
    chart=Chart(axis="DS/MLE vacancies for each SWE vacancy", zero=True),
    findings={
        "supported": "For each software opening there are {value} in data science and machine learning ({low} to {high}), at most one for five",
        "contradicted": "For each software opening there are {value} in data science and machine learning ({low} to {high}), more than one for five",
        "inconclusive": "For each software opening there are {value} in data science and machine learning ({low} to {high}), too close to one for five to call",
    },
    method="Research scientists and engineers count as DS/MLE; data engineers and analysts do not.",
    caveats=(
        "Openings are not jobs: a team that hires once a decade shows little.",
        "Boards of technology employers are over-represented; banks, hospitals and agencies are hardly seen.",
        "One posting may stand for several hires.",
    ),
    fields=("role",),
    would_change="A ratio wholly on the other side of one for five, as would come from another mix of employers: AI companies post several times as much ML work as the rest.",
)
