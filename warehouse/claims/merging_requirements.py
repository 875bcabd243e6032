"""Requirements for data science and ML work are turning into those for software work."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.skills import LikenessTrend, Separability
from warehouse.evidence.trends import MatchedSlope
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=50,
    statement="The requirements for data science and ML jobs are turning into those for software jobs.",
    question="Do ML jobs ask ever more software engineering?",
    estimate=MatchedSlope(
        label="Yearly change of the share of DS/MLE vacancies that ask software-engineering practice, same employers and sources",
        unit="share per year",
        of="asks_software",
        among=MODELLING,
    ),
    region=Region(low=0.0),
    beside={
        "likeness": LikenessTrend(
            label="Yearly change of the likeness of DS/MLE and SWE skill profiles",
            unit="share per year",
            first=MODELLING,
            second=SOFTWARE,
        ),
        "likeness_cosine": LikenessTrend(
            label="Yearly change of that likeness, as the cosine of the profiles",
            unit="share per year",
            first=MODELLING,
            second=SOFTWARE,
            by="cosine",
        ),
        "told_apart": Separability(
            label="How well DS/MLE and SWE are told apart by the skills asked, cross-validated AUC",
            unit="AUC",
            first=MODELLING,
            second=SOFTWARE,
        ),
        "told_apart_change": Separability(
            label="Yearly change of that AUC", unit="AUC per year", first=MODELLING, second=SOFTWARE, per_year=True
        ),
    },
    periods=(ALL,),
    has_year_groups=False,
    chart=Chart(
        kind="trend", axis="DS/MLE vacancies that ask software practice", groups=("market", "size_class", "source")
    ),
    findings={
        "supported": "The share of DS/MLE vacancies that ask software practice rises by {by} a year within the same employers ({low} to {high})",
        "contradicted": "The share of DS/MLE vacancies that ask software practice falls within the same employers, by {by} a year ({low} to {high})",
        "inconclusive": "Within the same employers the share of DS/MLE vacancies that ask software practice changes by {value} a year ({low} to {high}): no clear direction",
    },
    method="The change needs years, so it rests on sources with history, from {from} on; boards read once add nothing to it.",
    caveats=(
        "Only employers that posted DS/MLE vacancies in two years or more of one source count; those that hired once are silent.",
        "Hiring threads are short texts: what is not said is not asked there, so levels are low and only the change is meaningful.",
        "Longer texts mention more: a rise may be wordiness.",
    ),
    fields=("role", "asks_software"),
    would_change="Years after 2019 from the same sources: the threads of recent years, crawled live, continue the panel.",
)
