"""For every company that hires for ML, several hire software engineers and no one for ML."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL, LATEST_YEAR, Cut
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.shares import EmployersWithout
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=20,
    statement="For every company that hires for ML, several hire software engineers and no one for ML.",
    question="Do most companies that hire software engineers hire no one for ML?",
    estimate=EmployersWithout(
        label="Share of employers with three or more SWE vacancies in a year that have no DS/MLE vacancy in it",
        unit="share",
        having=SOFTWARE,
        lacking=MODELLING,
        least=3,
    ),
    region=Region(low=0.75),
    headline=Cut(weighting="employer"),
    periods=(LATEST_YEAR, ALL),
    chart=Chart(axis="Employers that hire software engineers and no one for ML"),
    findings={
        "supported": "{value} of employers that hire software engineers have no opening in data science or ML in the same year ({low} to {high})",
        "contradicted": "Only {value} of employers that hire software engineers have no opening in data science or ML in the same year ({low} to {high})",
        "inconclusive": "{value} of employers that hire software engineers have no opening in data science or ML in the same year ({low} to {high}), too close to three in four to call",
    },
    method="Taken over employers, so a large one counts as much as a small one.",
    caveats=(
        "Having no opening seen is not having no team: the vacancy may stand on a board that is not read.",
        "An employer with many openings has more chances to show one for ML.",
        "A board read at one instant shows what is open that day, not the year's hiring.",
    ),
    fields=("role",),
    would_change="A year of complete readings of the same boards: every further month can only turn employers from having none to having one.",
)
