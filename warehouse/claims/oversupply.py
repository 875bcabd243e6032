"""More people seek DS/MLE work per opening than SWE work."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.supply import SupplyRatio
from warehouse.schema.tables import DS_MLE
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="A",
    position=30,
    statement="More people seek data science and ML work for each opening than seek software work.",
    question="Do more people chase each ML opening?",
    estimate=SupplyRatio(
        label="Seekers for each DS/MLE opening over seekers for each SWE opening, same forum and months",
        unit="ratio",
        sought=DS_MLE,
        against=("software_engineer",),
    ),
    region=Region(low=1.0),
    chart=Chart(axis="Seekers per opening, DS/MLE over SWE", groups=("year", "source"), zero=True),
    findings={
        "supported": "Each DS/MLE opening has {value} times the seekers that each software opening has ({low} to {high})",
        "contradicted": "Each DS/MLE opening has only {value} times the seekers that each software opening has ({low} to {high})",
        "inconclusive": "Each DS/MLE opening has {value} times the seekers that each software opening has ({low} to {high}), too close to equal to call",
    },
    caveats=(
        "The forum is one place; where few software engineers need a thread to be found, they are under-counted.",
        "Who seeks is read from what they call themselves; a seeker of both counts for the role read first.",
        "The same person may post month after month.",
    ),
    fields=("role",),
    would_change="Applications per opening, which only the systems that receive them know.",
)
