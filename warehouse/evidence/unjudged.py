"""Why an answer is not shown or earns no verdict, in words."""

from __future__ import annotations

from warehouse.evidence.measure import JUDGED_EMPLOYERS, LEAST_VACANCIES, Answer
from warehouse.evidence.wording import vacancies_of_employers

UNCOMPUTABLE = "There are vacancies enough, but what the estimate divides by is not told from zero in every resample."
STILL = "Every resample gives the same number, so that how sure it is cannot be told."


def why_unjudged(answer: Answer) -> str | None:
    """Return why an answer with vacancies enough is not shown or earns no verdict; None where neither is so."""
    if not answer.size.is_enough:
        return None
    return (STILL if answer.is_still else None) if answer.is_shown else UNCOMPUTABLE


def why_too_few(answer: Answer) -> str:
    """Return why an answer earns no verdict, as a sentence."""
    size = answer.size
    if size.is_judged:
        return why_unjudged(answer) or UNCOMPUTABLE
    if answer.note and not answer.is_shown:
        return answer.note
    needs = f"a verdict needs {vacancies_of_employers(LEAST_VACANCIES, JUDGED_EMPLOYERS)}"
    if not size.least_vacancies:
        return f"The thinnest side has no vacancy; {needs}."
    return f"The thinnest side rests on {vacancies_of_employers(size.least_vacancies, size.least_employers)}; {needs}."


def lacking(answer: Answer, *, has_parts: bool) -> str:
    """Return what a finding of too few adds where the headline has vacancies and employers enough."""
    if not answer.size.is_judged:
        return ""
    if answer.is_judged:
        return "; a further part of the claim has too few" if has_parts else ""
    return (
        "; every resample gives the same number"
        if answer.is_shown
        else "; the estimate is drowned by the noise of sampling"
    )
