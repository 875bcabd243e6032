"""ML engineers are offered another job two or three times within their first 18 months."""

from warehouse.evidence.claim import Claim

CLAIM = Claim(
    essay="B3",
    position=300,
    statement="ML engineers are offered another job two or three times within their first 18 months.",
    question="Are ML engineers poached within 18 months?",
    not_testable_reason="A posting addresses whoever may apply; offers made to people in work leave no trace in it. It would take careers followed person by person, which this project does not collect.",
)
