"""Data's head reports to engineering's head."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import DATA, DIRECTOR_UP
from warehouse.evidence.shares import Part, Shares
from warehouse.statistics.decisions import Region

LEADER = f"{DATA} AND ({DIRECTOR_UP} OR role = 'data_leader')"
ENGINEERING = (
    "regexp_matches(reports_to, '(?i)\\b(cto|svpe|vpe)\\b|chief (technology|technical|engineering) officer"
    "|(vp|vice president|head|svp|evp|director)\\W.{0,25}(engineering|eng\\b|technology|software)')"
    " AND NOT regexp_matches(reports_to, '(?i)\\b(data|analytics|ml|ai|machine learning|sales|solutions) engineering\\b')"
)

CLAIM = Claim(
    essay="B",
    position=200,
    statement="The head of data reports to the head of engineering.",
    question="Do heads of data report to engineering?",
    estimate=Shares(
        label="Share of data and ML leader vacancies naming whom they report to that name an engineering executive",
        unit="share",
        parts=(Part(ENGINEERING, LEADER),),
    ),
    region=Region(low=0.5),
    beside={
        "named": Shares(
            label="Share of leader vacancies that say whom they report to",
            unit="share",
            parts=(Part("reports_to IS NOT NULL", LEADER),),
        )
    },
    chart=Chart(axis="Leaders who report to engineering"),
    findings={
        "supported": "{value} of data and ML leader vacancies that name a superior name an engineering executive ({low} to {high}), half or more",
        "contradicted": "{value} of data and ML leader vacancies that name a superior name an engineering executive ({low} to {high}), fewer than half",
        "inconclusive": "{value} of data and ML leader vacancies that name a superior name an engineering executive ({low} to {high}), too close to half to call",
    },
    method="A leader is director or above in a data or ML role, or a head of several data functions. A head of data, ML or sales engineering is no head of engineering.",
    caveats=("Few postings say whom the role reports to, and those that do may differ from the rest.",),
    fields=("role", "level", "reports_to"),
    would_change="Organisation charts of the employers whose postings name no superior.",
)
