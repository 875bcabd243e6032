"""The senior-most ML hire comes first."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.roles import MODELLING, SENIOR_UP
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B3",
    position=260,
    statement="The senior-most ML hire should come first.",
    question="Is the first ML hire a senior one?",
    estimate=Shares(
        label="Share of employers whose first observed DS/MLE vacancy is senior or above",
        unit="share",
        parts=(Part(SENIOR_UP, "is_first_modelling"),),
    ),
    region=Region(low=0.5),
    headline=Cut(weighting="employer", period=ALL),
    beside={
        "all_vacancies": Shares(
            label="Share of all DS/MLE vacancies that are senior or above",
            unit="share",
            parts=(Part(SENIOR_UP, MODELLING),),
        ),
    },
    chart=Chart(
        axis="Employers whose first DS/MLE vacancy is senior or above", groups=("market", "size_class", "source")
    ),
    findings={
        "supported": "At {value} of employers the first DS/MLE vacancy we saw is senior or above ({low} to {high}): the advice is followed by half or more",
        "contradicted": "At {value} of employers the first DS/MLE vacancy we saw is senior or above ({low} to {high}): most do not follow the advice",
        "inconclusive": "At {value} of employers the first DS/MLE vacancy we saw is senior or above ({low} to {high}), too close to half to call",
    },
    method="Vacancies that were open before their board was first read are not firsts; where several tie, each counts in part.",
    caveats=(
        "A check of practice against advice, not of the advice.",
        "The first we saw is not the first there was: employers that hired before we watched look new.",
        "Where nothing is said the level counts as mid, and short threads seldom say it: compare the share over all their vacancies, shown beside.",
    ),
    fields=("role", "level"),
    would_change="Hiring histories that reach back to the employer's founding.",
)
