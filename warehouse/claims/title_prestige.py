"""Moving from data scientist or ML engineer to software engineer costs prestige."""

from warehouse.evidence.claim import Claim

CLAIM = Claim(
    essay="A",
    position=122,
    statement="Moving from data scientist or ML engineer to software engineer costs prestige.",
    question="Does moving to software cost prestige?",
    not_testable_reason="Prestige is what people think of a title, and no posting says it; it would take a survey.",
)
