"""Data work falls into engineering, modelling and analytics."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import MODELLING
from warehouse.evidence.skills import ToldApart
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B",
    position=130,
    statement="Data work falls into three functions: engineering, modelling and analytics.",
    question="Does data work fall into three functions?",
    estimate=ToldApart.of(
        "Balanced accuracy of telling data engineering, modelling and analytics vacancies apart by the skills asked alone",
        ("role = 'data_engineer'", MODELLING, "role = 'data_analyst'"),
    ),
    region=Region(low=0.70),
    chart=Chart(axis="Share of vacancies told rightly, mean over the three"),
    findings={
        "supported": "From the skills alone {value} of data vacancies are put into the right one of three functions ({low} to {high}), where chance gives a third",
        "contradicted": "From the skills alone only {value} of data vacancies are put into the right one of three functions ({low} to {high}); chance gives a third",
        "inconclusive": "From the skills alone {value} of data vacancies are put into the right one of three functions ({low} to {high}), too close to 70% to call",
    },
    method="The interval holds the trained classifier fixed.",
    caveats=(
        "The truth to be told is our reading of the role, which title and text decide; skills are part of the text.",
        "That three can be told apart does not show that there are not four.",
        "Vacancies in which no skill was recognised are left out.",
        "Short texts name few skills and are harder to tell apart; a pooled accuracy lies between the sources': compare the breakdown by source.",
    ),
    fields=("role",),
    would_change="Labels of what people do rather than of what they are hired as.",
)
