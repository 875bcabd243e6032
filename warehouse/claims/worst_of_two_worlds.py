"""A big-company ML engineer needs both skill sets and is underpaid for each."""

from warehouse.evidence.claim import Also, Chart, Claim
from warehouse.evidence.pay import SmallestPayRatio, disclosed
from warehouse.evidence.roles import BACKEND, LARGE, ML_ENGINEER
from warehouse.evidence.shares import Part, Shares, over_the_larger
from warehouse.statistics.decisions import Region

MLE, BACK, SCIENTIST = (f"({one}) AND {LARGE}" for one in (ML_ENGINEER, BACKEND, "role = 'data_scientist'"))

CLAIM = Claim(
    essay="B",
    position=210,
    statement="An ML engineer at a big company needs both skill sets and is underpaid for each.",
    question="Do ML engineers get the worst of two worlds?",
    estimate=Shares(
        label="Skill categories asked of ML engineers at large employers, less the larger of those asked of backend engineers and data scientists",
        unit="categories",
        parts=(
            Part("n_skill_categories", MLE),
            Part("n_skill_categories", BACK),
            Part("n_skill_categories", SCIENTIST),
        ),
        combine=over_the_larger,
    ),
    region=Region(low=0.0),
    also={
        "pay": Also(
            measure=SmallestPayRatio.of(
                "Pay of ML engineers at large employers over that of the better paid of backend engineers and data scientists, adjusted",
                MLE,
                (BACK, SCIENTIST),
            ),
            region=Region(high=1.0),
        )
    },
    beside={"disclosed": disclosed(f"({MLE}) OR ({BACK}) OR ({SCIENTIST})")},
    chart=Chart(axis="Skill categories more than the broader neighbour", groups=("market", "year", "source")),
    findings={
        "supported": "ML engineers at large employers are asked {value} skill categories more than their broader neighbour ({low} to {high}) and paid less than their better paid one",
        "contradicted": "ML engineers at large employers do not get the worst of two worlds: they are asked {value} skill categories more than their broader neighbour ({low} to {high}), or are paid no less",
        "inconclusive": "ML engineers at large employers are asked {value} skill categories more than their broader neighbour ({low} to {high}); breadth and pay together do not settle it",
    },
    method="Both parts must hold: more categories than either neighbour, and less pay than the better paid one with level, country, year and employer held equal.",
    caveats=(
        "A category counts from one skill on: breadth is not depth.",
        "Backend is told from software titles that name backend, servers, APIs, services or distributed systems.",
        "Only employers known to have 1,000 people or more count.",
    ),
    fields=("role", "level", "country", "pay_min", "pay_max", "pay_period", "pay_currency"),
    would_change="Sizes for more employers: most large ones are not known to be large.",
)
