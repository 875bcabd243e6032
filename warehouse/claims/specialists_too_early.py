"""Startups should not ask for PhDs at once."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.roles import SMALL
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B3",
    position=290,
    statement="Startups should not hire PhD specialists first, and few do.",
    question="Do startups ask for a PhD at once?",
    estimate=Shares(
        label="Share of small employers' first DS/MLE vacancies that require a doctorate",
        unit="share",
        parts=(Part("degree_min = 'phd'", f"is_first_modelling AND {SMALL}"),),
    ),
    region=Region(high=0.10),
    headline=Cut(weighting="employer", period=ALL),
    chart=Chart(axis="Small employers whose first DS/MLE vacancy requires a doctorate", groups=("market", "source")),
    findings={
        "supported": "{value} of small employers require a doctorate in their first DS/MLE vacancy ({low} to {high}), at most one in ten",
        "contradicted": "{value} of small employers require a doctorate in their first DS/MLE vacancy ({low} to {high}), more than one in ten",
        "inconclusive": "{value} of small employers require a doctorate in their first DS/MLE vacancy ({low} to {high}), too close to one in ten to call",
    },
    method="Small is under 200 employees. Vacancies that were open before their board was first read are not firsts.",
    caveats=(
        "Whether they should is advice; only whether they do is tested.",
        "Employers of unknown size are left out.",
        "Short threads name a degree only where it matters most.",
    ),
    fields=("role", "degree_min"),
    would_change="Sizes at the day of the first vacancy, for employers that have grown since.",
)
