"""Some data scientists are statisticians, apart from the rest."""

from warehouse.evidence.claim import Again, Chart, Claim
from warehouse.evidence.cuts import ALL, LATEST_YEAR, Cut
from warehouse.evidence.role_ratios import RoleRatio
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.shares import EmployersWithout, Part, Shares
from warehouse.evidence.trends import MatchedSlope
from warehouse.schema.tables import DS_MLE
from warehouse.statistics.decisions import Region

STATISTICIAN = "asks_math AND NOT asks_software"
THEIRS = f"(role = 'data_scientist' AND coalesce({STATISTICIAN}, false))"
REST = f"{MODELLING} AND NOT {THEIRS}"

CLAIM = Claim(
    essay="A",
    position=110,
    statement="Some data scientists are statisticians, a kind apart from the rest.",
    question="Are some data scientists statisticians?",
    estimate=Shares(
        label="Share of data scientist vacancies that ask mathematics and no software practice",
        unit="share",
        parts=(Part(STATISTICIAN, "role = 'data_scientist'"),),
    ),
    region=Region(low=0.15),
    beside={
        "few_openings_without_them": RoleRatio(
            label="DS/MLE vacancies other than theirs for each SWE vacancy",
            unit="ratio",
            numerator=DS_MLE,
            denominator=("software_engineer",),
            narrowing=f"NOT {THEIRS}",
        ),
        "most_teams_have_none_without_them": Again(
            measure=EmployersWithout(
                label="Share of employers with three or more SWE vacancies in a year and no DS/MLE vacancy other than theirs",
                unit="share",
                having=SOFTWARE,
                lacking=REST,
            ),
            headline=Cut(weighting="employer"),
            periods=(LATEST_YEAR, ALL),
        ),
        "merging_requirements_without_them": Again(
            measure=MatchedSlope(
                label="Yearly change of the share of DS/MLE vacancies other than theirs that ask software-engineering practice, same employers and sources",
                unit="share per year",
                of="asks_software",
                among=REST,
            ),
            headline=Cut(),
            periods=(ALL,),
        ),
    },
    chart=Chart(axis="Data scientist vacancies that ask mathematics and no software practice"),
    findings={
        "supported": "{value} of data scientist vacancies ask for mathematics and no software practice ({low} to {high})",
        "contradicted": "Only {value} of data scientist vacancies ask for mathematics and no software practice ({low} to {high})",
        "inconclusive": "{value} of data scientist vacancies ask for mathematics and no software practice ({low} to {high}), too close to 15% to call",
    },
    method="Three claims on DS/MLE are taken once more without these vacancies, each as its own page takes it, and stand beside.",
    caveats=(
        "A kind apart is read from two flags of the text, not from the work.",
        "Sources differ in how much their texts say, and a pooled share lies between theirs: compare the breakdown by source.",
        "Short postings say little of either; where neither is said the vacancy is not counted as a statistician's.",
    ),
    fields=("role", "asks_math", "asks_software"),
    would_change="A finer reading of mathematics, with statistics as a method set apart from a degree in it.",
)
