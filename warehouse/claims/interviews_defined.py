"""Interviews for software engineers are better defined than those for ML."""

from warehouse.evidence.claim import Claim

CLAIM = Claim(
    essay="A",
    position=120,
    statement="Interviews for software engineers are better defined than those for ML.",
    question="Are software interviews better defined?",
    not_testable_reason="A posting is written before the interview and hardly ever describes it; it would take accounts of candidates on both sides.",
)
