"""At big companies one competes with PhDs."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import LARGE, MODELLING, SMALL
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B",
    position=160,
    statement="At big companies one competes with PhDs.",
    question="Do big companies' modelling jobs speak of PhDs?",
    estimate=Shares(
        label="Share of large employers' modelling vacancies that name a doctorate as a qualification",
        unit="share",
        parts=(Part("phd_mentioned", f"{MODELLING} AND {LARGE}"),),
    ),
    region=Region(low=0.5),
    beside={
        "small_employers": Shares(
            label="The same share at small employers",
            unit="share",
            parts=(Part("phd_mentioned", f"{MODELLING} AND {SMALL}"),),
        ),
    },
    chart=Chart(axis="Large employers' modelling vacancies that name a doctorate", groups=("market", "year", "source")),
    findings={
        "supported": "{value} of large employers' modelling vacancies name a doctorate ({low} to {high}), half or more",
        "contradicted": "{value} of large employers' modelling vacancies name a doctorate ({low} to {high}), fewer than half",
        "inconclusive": "{value} of large employers' modelling vacancies name a doctorate ({low} to {high}), too close to half to call",
    },
    method="Large is from 1,000 employees. Required, preferred and accepted doctorates all count.",
    caveats=(
        "A posting names who may apply, not who applies: competitors without a named degree are not seen.",
        "Employers of unknown size are left out.",
        "Short threads name a degree only where it matters most: compare the small employers, shown beside, and the breakdown by source.",
    ),
    fields=("role", "phd_mentioned"),
    would_change="Who applied, which no posting tells; or large employers outside technology.",
)
