"""An ML job pays 100,000."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.pay import PaidShare, PaidShareBounds, disclosed
from warehouse.evidence.roles import ML_ENGINEER, MODELLING
from warehouse.statistics.decisions import Region

IN_US = f"{MODELLING} AND country = 'US'"
REACHES = "pay_low_usd_year >= 100000"

CLAIM = Claim(
    essay="A",
    position=100,
    statement="An ML job pays 100,000 dollars.",
    question="Does an ML job start at 100,000 dollars?",
    estimate=PaidShare.of(
        "Share of US DS/MLE vacancies with disclosed pay that starts at 100,000 USD or more", REACHES, IN_US
    ),
    region=Region(low=0.5),
    beside={
        "ml_engineers": PaidShare.of("The same share of ML engineers", REACHES, f"{ML_ENGINEER} AND country = 'US'"),
        "bounds": PaidShareBounds.of("Bounds of the share whatever the undisclosed pay is", REACHES, IN_US),
        "disclosed": disclosed(IN_US),
    },
    chart=Chart(axis="US DS/MLE vacancies that start at 100,000 USD", groups=("size_class", "year", "source")),
    findings={
        "supported": "{value} of US data science and ML vacancies that disclose pay start at 100,000 dollars or more ({low} to {high})",
        "contradicted": "Only {value} of US data science and ML vacancies that disclose pay start at 100,000 dollars or more ({low} to {high})",
        "inconclusive": "{value} of US data science and ML vacancies that disclose pay start at 100,000 dollars or more ({low} to {high}), too close to half to call",
    },
    method="The lower end of the band decides. Dollars are those of the posting's day: 100,000 of 2020 is about 125,000 of 2025.",
    caveats=(
        "Only vacancies that disclose pay speak; who discloses pays differently.",
        "The dollar of the essay is that of 2020.",
    ),
    fields=("role", "country", "pay_min", "pay_period", "pay_currency"),
    would_change="Pay of the vacancies that do not disclose it.",
)
