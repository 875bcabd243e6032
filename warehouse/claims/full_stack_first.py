"""Small teams hire full-stack data people first."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL, Cut
from warehouse.evidence.roles import LARGE, SMALL
from warehouse.evidence.shares import Part, Shares, difference
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B3",
    position=280,
    statement="Small teams hire full-stack data people first.",
    question="Do small teams start with full-stack data people?",
    estimate=Shares(
        label="Share of first DS/MLE vacancies that span data engineering, modelling and serving, small less large employers",
        unit="share difference",
        parts=(
            Part("is_full_stack", f"is_first_modelling AND {SMALL}"),
            Part("is_full_stack", f"is_first_modelling AND {LARGE}"),
        ),
        combine=difference,
    ),
    region=Region(low=0.0),
    headline=Cut(weighting="employer", period=ALL),
    beside={
        "all_vacancies": Shares(
            label="The same difference over all DS/MLE vacancies",
            unit="share difference",
            parts=tuple(
                Part("is_full_stack", f"role IN ('ml_engineer', 'data_scientist', 'research_scientist') AND {size}")
                for size in (SMALL, LARGE)
            ),
            combine=difference,
        ),
    },
    chart=Chart(axis="Small less large employers: first vacancies that span all three", groups=("market", "source")),
    findings={
        "supported": "Small employers' first DS/MLE vacancies span data engineering, modelling and serving {by} more often than large ones' ({low} to {high})",
        "contradicted": "Small employers' first DS/MLE vacancies span data engineering, modelling and serving less often than large ones': {value} ({low} to {high})",
        "inconclusive": "Small and large employers differ by {value} in how often the first DS/MLE vacancy spans data engineering, modelling and serving ({low} to {high}): no clear direction",
    },
    method="A vacancy spans the three when it asks at least one skill of each of these categories of the taxonomy.",
    caveats=(
        "A long list of skills is not a broad job: large employers write longer texts.",
        "Vacancies in which no skill was recognised are left out.",
    ),
    fields=("role",),
    would_change="Employer sizes at the day of the first vacancy.",
)
