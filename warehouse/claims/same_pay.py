"""ML engineers and software engineers are paid about the same."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.pay import AdjustedPayRatio, CellPayRatio, MedianPayRatio, PayRatioBounds, disclosed
from warehouse.evidence.roles import ML_ENGINEER, SOFTWARE
from warehouse.statistics.decisions import Region

ROLES = {"treated": ML_ENGINEER, "base": SOFTWARE, "unit": "ratio"}

CLAIM = Claim(
    essay="A",
    position=90,
    statement="ML engineers and software engineers are paid about the same.",
    question="Are ML engineers paid what software engineers are?",
    estimate=AdjustedPayRatio(
        label="Median base pay of ML engineers over that of software engineers, level, country, year and employer held equal",
        **ROLES,
    ),
    region=Region(low=0.9, high=1.1, is_equivalence=True),
    beside={
        "within_cell": CellPayRatio(label="The ratio within the same employer, level and place", **ROLES),
        "raw": MedianPayRatio(label="The raw ratio of medians, nothing held equal", **ROLES),
        "bounds": PayRatioBounds(label="Bounds of the raw ratio whatever the undisclosed pay is", **ROLES),
        "disclosed": disclosed(f"{ML_ENGINEER} OR {SOFTWARE}"),
    },
    chart=Chart(axis="ML engineer pay over software engineer pay"),
    findings={
        "supported": "ML engineers are offered {value} times what software engineers are, like for like ({low} to {high}): the same within a tenth",
        "contradicted": "ML engineers are offered {value} times what software engineers are, like for like ({low} to {high}): not the same within a tenth",
        "inconclusive": "ML engineers are offered {value} times what software engineers are, like for like ({low} to {high}): a tenth apart can be neither shown nor ruled out",
    },
    caveats=(
        "Only vacancies that disclose pay speak; disclosure is law in some US states and rare elsewhere.",
        "Bands are offers of base pay: equity and bonus, large at AI companies, are not in them.",
        "The middle of a band is not what is paid.",
    ),
    fields=("role", "level", "country", "pay_min", "pay_max", "pay_period", "pay_currency"),
    would_change="Pay of the vacancies that do not disclose it, or equity counted as pay.",
)
