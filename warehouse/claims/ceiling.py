"""Modelling careers end below engineering's."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import DATA, DIRECTOR_UP, NOT_MANAGER, SOFTWARE
from warehouse.evidence.shares import Part, Shares, odds_ratio
from warehouse.statistics.decisions import Region

RANKED = f"({DIRECTOR_UP} OR {NOT_MANAGER})"

CLAIM = Claim(
    essay="B",
    position=190,
    statement="Careers in modelling end below those in engineering.",
    question="Is the ceiling lower for modellers?",
    estimate=Shares(
        label="Director-and-above vacancies for each non-manager one, DS/MLE and data over SWE",
        unit="ratio",
        parts=(Part(DIRECTOR_UP, f"{DATA} AND {RANKED}"), Part(DIRECTOR_UP, f"{SOFTWARE} AND {RANKED}")),
        combine=odds_ratio,
    ),
    region=Region(high=1.0),
    chart=Chart(axis="Directors for each non-manager, data over software"),
    findings={
        "supported": "Data and ML have {value} times the director-and-above openings per non-manager opening that software has ({low} to {high}): fewer",
        "contradicted": "Data and ML have {value} times the director-and-above openings per non-manager opening that software has ({low} to {high}): more, not fewer",
        "inconclusive": "Data and ML have {value} times the director-and-above openings per non-manager opening that software has ({low} to {high}): no clear difference",
    },
    method="Data engineers, analysts and heads of data count on the data side; managers below director on neither.",
    caveats=(
        "Directors are often promoted or headhunted, not advertised.",
        "The CTO is counted as software, the head of data as data, whoever reports to whom.",
    ),
    fields=("role", "level"),
    would_change="Counting appointments instead of advertised openings.",
)
