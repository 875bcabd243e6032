"""Data engineering is hired before ML."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B3",
    position=270,
    statement="Data engineering should be hired before ML.",
    question="Are data engineers hired before modellers?",
    estimate=Shares(
        label="Share of employers with both whose first data engineer vacancy precedes the first DS/MLE one",
        unit="share",
        parts=(Part("data_engineering_came_first", "is_first_modelling AND data_engineering_came_first IS NOT NULL"),),
    ),
    region=Region(low=0.5),
    headline=Cut(weighting="employer", period=ALL),
    chart=Chart(axis="Employers that sought a data engineer first", groups=("market", "size_class", "source")),
    findings={
        "supported": "{value} of employers with both sought a data engineer before their first modeller ({low} to {high}): the advice is followed by half or more",
        "contradicted": "{value} of employers with both sought a data engineer before their first modeller ({low} to {high}): most do not follow the advice",
        "inconclusive": "{value} of employers with both sought a data engineer before their first modeller ({low} to {high}), too close to half to call",
    },
    method="Vacancies that were open before their board was first read are not firsts; employers whose two firsts opened at the same instant are left out.",
    caveats=(
        "A check of practice against advice, not of the advice.",
        "An employer that only ever sought one of the two is not counted.",
        "Before the title spread, about 2015, data engineering was sought under software titles.",
    ),
    fields=("role",),
    would_change="Software vacancies read for data-engineering work before the title was common.",
)
