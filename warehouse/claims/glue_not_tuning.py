"""A regular ML engineer serves and glues more than tunes."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import ML_ENGINEER
from warehouse.evidence.shares import Part, Shares, difference
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=60,
    statement="A regular ML engineer serves and glues models together more than tunes them.",
    question="Does an ML engineer serve models more than tune them?",
    estimate=Shares(
        label="Share of ML engineer vacancies whose work includes serving models, less the share that includes tuning them",
        unit="share difference",
        parts=(Part("serves_models", ML_ENGINEER), Part("tunes_models", ML_ENGINEER)),
        combine=difference,
    ),
    region=Region(low=0.0),
    beside={
        "serves": Shares(label="Share that serves models", unit="share", parts=(Part("serves_models", ML_ENGINEER),)),
        "tunes": Shares(label="Share that tunes models", unit="share", parts=(Part("tunes_models", ML_ENGINEER),)),
    },
    chart=Chart(axis="Serving less tuning"),
    findings={
        "supported": "ML engineer vacancies speak of serving models {by} more often than of tuning them ({low} to {high})",
        "contradicted": "ML engineer vacancies speak of serving models less often than of tuning them: {value} ({low} to {high})",
        "inconclusive": "ML engineer vacancies differ by {value} in how often they speak of serving and of tuning models ({low} to {high}): no clear direction",
    },
    caveats=(
        "A duty that is named is not a share of the day.",
        "Postings advertise; tuning may be named to attract, and glue left out.",
        "The two flags are recognised with different accuracy, which moves their difference.",
    ),
    fields=("role", "serves_models", "tunes_models"),
    would_change="Time spent, which a survey of engineers tells and a posting does not.",
)
