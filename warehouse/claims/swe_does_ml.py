"""Companies have software engineers do ML rather than hire an ML engineer."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.evidence.roles import SOFTWARE
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=70,
    statement="Companies have their software engineers do the ML rather than hire an ML engineer.",
    question="Do software engineers do the ML?",
    estimate=RoleRatio(
        label="SWE vacancies that ask ML skills for each ML engineer vacancy",
        unit="ratio",
        numerator=("software_engineer",),
        denominator=("ml_engineer",),
        narrowing="asks_ml",
        within="asks_ml IS NOT NULL",
    ),
    region=Region(low=1.0),
    beside={
        "share_of_software": Shares(
            label="Share of SWE vacancies that ask ML skills", unit="share", parts=(Part("asks_ml", SOFTWARE),)
        ),
        "engineers": RoleRatio(
            label="ML engineer vacancies for each SWE vacancy",
            unit="ratio",
            numerator=("ml_engineer",),
            denominator=("software_engineer",),
        ),
    },
    chart=Chart(axis="SWE vacancies that ask ML for each ML engineer vacancy", zero=True),
    findings={
        "supported": "For each ML engineer opening there are {value} software openings that ask ML skills ({low} to {high})",
        "contradicted": "For each ML engineer opening there are only {value} software openings that ask ML skills ({low} to {high})",
        "inconclusive": "For each ML engineer opening there are {value} software openings that ask ML skills ({low} to {high}), too close to one to call",
    },
    caveats=(
        "Asking ML skills, required or preferred, is not the same as doing ML.",
        "A software title whose duties are mostly models counts as ML engineer, which lowers this ratio.",
        "Software vacancies whose text could not be told are left out, as if they asked none.",
    ),
    fields=("role", "asks_ml"),
    would_change="A narrower reading of ML skills, such as required ones alone.",
)
