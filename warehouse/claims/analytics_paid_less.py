"""Analytics is paid less than platform engineering."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.pay import AdjustedPayRatio, CellPayRatio, MedianPayRatio, PayRatioBounds, disclosed
from warehouse.evidence.roles import PLATFORM
from warehouse.statistics.decisions import Region

ANALYST = "role = 'data_analyst'"
ROLES = {"treated": ANALYST, "base": PLATFORM, "unit": "ratio"}

CLAIM = Claim(
    essay="B",
    position=140,
    statement="Analytics is paid less than platform engineering.",
    question="Is analytics paid less than platform engineering?",
    estimate=AdjustedPayRatio(
        label="Median base pay of data analysts over that of platform and infrastructure engineers, level, country, year and employer held equal",
        **ROLES,
    ),
    region=Region(high=0.9),
    beside={
        "within_cell": CellPayRatio(label="The ratio within the same employer, level and place", **ROLES),
        "raw": MedianPayRatio(label="The raw ratio of medians, nothing held equal", **ROLES),
        "bounds": PayRatioBounds(label="Bounds of the raw ratio whatever the undisclosed pay is", **ROLES),
        "disclosed": disclosed(f"({ANALYST}) OR ({PLATFORM})"),
    },
    chart=Chart(axis="Data analyst pay over platform engineer pay"),
    findings={
        "supported": "Data analysts are offered {value} times what platform engineers are, like for like ({low} to {high}): at least a tenth less",
        "contradicted": "Data analysts are offered {value} times what platform engineers are, like for like ({low} to {high}): not a tenth less",
        "inconclusive": "Data analysts are offered {value} times what platform engineers are, like for like ({low} to {high}): a tenth less can be neither shown nor ruled out",
    },
    method="Platform is told from software titles that name platform, infrastructure, reliability, DevOps, cloud or systems.",
    caveats=(
        "Only vacancies that disclose pay speak.",
        "Bands are offers of base pay, without equity and bonus.",
        "Data analysts often sit outside engineering, on other pay scales at the same level word.",
    ),
    fields=("role", "level", "country", "pay_min", "pay_max", "pay_period", "pay_currency"),
    would_change="Pay of the vacancies that do not disclose it.",
)
