"""The work of ML is trial and error, hand-wavy where software is definite."""

from warehouse.evidence.claim import Claim

CLAIM = Claim(
    essay="A",
    position=121,
    statement="The work of ML is trial and error, hand-wavy where software is definite.",
    question="Is ML work trial and error?",
    not_testable_reason="A posting names duties and skills, not how certain the way to a result is; it would take observation of the work or the fate of projects.",
)
