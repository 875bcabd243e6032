"""Modelling knowledge goes stale faster than software knowledge."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.cuts import ALL
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.skill_turnover import TurnoverRatio
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B",
    position=220,
    statement="Modelling knowledge goes stale faster than software knowledge.",
    question="Do modelling skills go stale faster?",
    estimate=TurnoverRatio(
        label="Yearly turnover of the skills asked, DS/MLE over SWE", unit="ratio", first=MODELLING, second=SOFTWARE
    ),
    region=Region(low=1.0),
    periods=(ALL,),
    has_year_groups=False,
    chart=Chart(axis="Turnover of skills, DS/MLE over SWE", groups=("market", "size_class", "source")),
    findings={
        "supported": "The skills asked of data scientists and ML engineers turn over {value} times as fast as those asked of software engineers ({low} to {high})",
        "contradicted": "The skills asked of data scientists and ML engineers turn over more slowly than those asked of software engineers: {value} times ({low} to {high})",
        "inconclusive": "The skills asked of data scientists and ML engineers turn over {value} times as fast as those asked of software engineers ({low} to {high}): no clear difference",
    },
    caveats=(
        "What is asked follows what is known by months or years, and names of tools change faster than knowledge.",
        "The taxonomy knows the skills of its own day: a tool that came and went before it was written is not seen.",
        "Who posts changes too; the windows are of one source but not of the same employers.",
    ),
    fields=("role",),
    would_change="Years after 2019 from the same source.",
)
