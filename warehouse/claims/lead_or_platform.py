"""An ML lead is paid three to four times a platform engineer."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.pay import AdjustedPayRatio, MedianPayRatio, PayRatioBounds, disclosed
from warehouse.evidence.roles import MODELLING, PLATFORM
from warehouse.statistics.decisions import Region

LEAD = f"{MODELLING} AND (level IN ('manager', 'director', 'vp', 'c_level') OR names_lead)"
MID = f"{PLATFORM} AND level = 'mid'"
ROLES = {"treated": LEAD, "base": MID, "unit": "ratio"}

CLAIM = Claim(
    essay="B",
    position=230,
    statement="The lead of an ML team is paid three to four times what a platform engineer is.",
    question="Is an ML lead paid three times a platform engineer?",
    estimate=AdjustedPayRatio(
        label="Median base pay of ML leads and heads over that of mid-level platform engineers, country and year held equal",
        controls=("country", "year"),
        within_employer=False,
        **ROLES,
    ),
    region=Region(low=3.0),
    beside={
        "raw": MedianPayRatio(label="The raw ratio of medians, nothing held equal", **ROLES),
        "bounds": PayRatioBounds(label="Bounds of the raw ratio whatever the undisclosed pay is", **ROLES),
        "disclosed": disclosed(f"({LEAD}) OR ({MID})"),
    },
    chart=Chart(axis="ML lead pay over mid-level platform engineer pay"),
    findings={
        "supported": "ML leads are offered {value} times what mid-level platform engineers are in the same country ({low} to {high}): three times or more",
        "contradicted": "ML leads are offered {value} times what mid-level platform engineers are in the same country ({low} to {high}): short of three times",
        "inconclusive": "ML leads are offered {value} times what mid-level platform engineers are in the same country ({low} to {high}): three times can be neither shown nor ruled out",
    },
    method="A lead is a DS/MLE vacancy of a manager and above, or whose title names a lead or head; platform is told from software titles.",
    caveats=(
        "Equity is the larger part of a lead's pay at many employers and is not in the band.",
        "Only vacancies that disclose pay speak; leadership roles disclose less.",
    ),
    fields=("role", "level", "country", "pay_min", "pay_max", "pay_period", "pay_currency"),
    would_change="Total compensation, equity included.",
)
