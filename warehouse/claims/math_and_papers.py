"""The routine work of an ML engineer needs maths and papers."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import ML_ENGINEER, SOFTWARE
from warehouse.evidence.shares import Part, Shares, quotient
from warehouse.statistics.decisions import Region

ASKED = "asks_math OR asks_research"

CLAIM = Claim(
    essay="A",
    position=80,
    statement="The routine work of an ML engineer needs mathematics and papers.",
    question="Are ML engineers asked for maths and papers?",
    estimate=Shares(
        label="Share of ML engineer vacancies that ask mathematics or research",
        unit="share",
        parts=(Part(ASKED, ML_ENGINEER),),
    ),
    region=Region(low=0.5),
    beside={
        "risk_ratio": Shares(
            label="That share over the same share of SWE vacancies",
            unit="ratio",
            parts=(Part(ASKED, ML_ENGINEER), Part(ASKED, SOFTWARE)),
            combine=quotient,
        ),
        "math": Shares(label="Share that asks mathematics", unit="share", parts=(Part("asks_math", ML_ENGINEER),)),
        "research": Shares(label="Share that asks research", unit="share", parts=(Part("asks_research", ML_ENGINEER),)),
    },
    chart=Chart(axis="ML engineer vacancies that ask mathematics or research"),
    findings={
        "supported": "{value} of ML engineer vacancies ask for mathematics or research ({low} to {high}), half or more",
        "contradicted": "{value} of ML engineer vacancies ask for mathematics or research ({low} to {high}), fewer than half",
        "inconclusive": "{value} of ML engineer vacancies ask for mathematics or research ({low} to {high}), too close to half to call",
    },
    caveats=(
        "What is asked at the door is not what the routine work needs.",
        "Research scientists, who are asked for papers, are a role of their own and not counted here.",
        "A field of study such as statistics counts as mathematics.",
    ),
    fields=("role", "asks_math", "asks_research"),
    would_change="Counting research scientists as ML engineers.",
)
