"""How claims are judged: estimates for every specification and group, a verdict for each, and the finding in words."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from warehouse.claims import load_claims
from warehouse.evidence.claim import ESSAYS, Claim
from warehouse.evidence.claims_page import claims_markdown
from warehouse.evidence.cuts import ALL, CHOICES, DEFAULT, Cut, groups, specifications
from warehouse.evidence.market import Judgement, Market
from warehouse.evidence.measure import Answer, Measure, opening_table
from warehouse.evidence.sample import NotACondition, Sample, opening_sql, table_schema
from warehouse.evidence.unjudged import lacking, why_too_few, why_unjudged
from warehouse.evidence.wording import (
    count,
    month,
    named,
    say,
    say_interval,
    say_low,
    span_words,
    vacancies_of_employers,
)
from warehouse.schema.errors import UserError
from warehouse.statistics.decisions import CONFIDENCE, SIGNIFICANCE, Decision, Region, decide, holm

__all__ = ["Judgement", "Market", "judge"]

CLAIMS_MD = Path(__file__).resolve().parents[1] / "docs" / "claims.md"
REPLICATES = 1_000
SEED = 20_201_122
NEAR = (0.02, 0.1)
"""Corrected p-values between which 1,000 replicates may leave the verdict to the seed. They are drawn again, `MORE` times as many, as far as `MOST_DRAWN` weights allow."""
MORE, MOST_DRAWN = 10, 100_000_000
RECENT_YEARS = 3
NO_REPLICATES = "The estimate has no sampling interval to be judged by."
DIGITS = 9
FALLEN_BACK = "Taken over all periods: the preferred recent months are too thin for this group."
WEAKENED = "; this does not survive correction for the number of claims tested"
UNREADABLE = (
    NotACondition,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.ParserException,
)
"""What a condition raises that names no column, compares unlike things or is no condition at all."""
PAY_TIERS_TRIED = ("structured", "text", "estimate")


def judge(
    market: Market, slugs: Sequence[str] | None = None, *, replicates: int = REPLICATES, seed: int = SEED
) -> Judgement:
    """Judge the claims named, or all, on a market; equal markets, slugs, replicates and seeds give equal tables.

    Vacancies with provenance `sample` are left out of everything. An empty market earns `too_few` everywhere. Raise
    `UserError` for a claim whose file or conditions cannot be read.
    """
    claims = load_claims(slugs)
    # One thread of linear algebra: the matrices are so small that a second one only waits, a third of the processor time
    # that judging took, and how many threads add up would show in the last digits.
    with threadpool_limits(1, user_api="blas"):
        sample = Sample(market, replicates=replicates, seed=seed)
        judged = [_tried(claim, sample) for claim in claims]
        corrected = _corrected(judged)
        near = [one for one, p in zip(judged, corrected, strict=True) if p is not None and NEAR[0] < p < NEAR[1]]
        if near:
            most = MOST_DRAWN // max(sample.n_employers, 1)
            sample.redraw(max(replicates, min(MORE * replicates, most)))
            for one in near:
                one.redrawn(sample)
            corrected = _corrected(judged)
    verdicts = [one.verdict_row(p) for one, p in zip(judged, corrected, strict=True)]
    return Judgement(
        claim=_frame("claim", [one.claim_row() for one in judged]),
        estimate=_frame("estimate", [row for one in judged for row in one.estimates]),
        verdict=_frame("verdict", verdicts),
    )


def _corrected(judged: Sequence[_Judged]) -> list[float | None]:
    return holm([one.decision.p_value if one.decision else None for one in judged])


def _tried(claim: Claim, sample: Sample) -> _Judged:
    try:
        return _Judged.of(claim, sample)
    except UNREADABLE as error:
        said = str(error).splitlines()[0]
        raise UserError(f"The conditions in warehouse/claims/{claim.slug}.py cannot be read: {said}") from error


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    from warehouse.schema.tables import TABLE

    return pl.DataFrame(rows, schema=table_schema(table), orient="row").sort(TABLE[table].sort)


@dataclass
class _Judged:
    """One claim's estimates and what its headline earns before Holm's correction."""

    claim: Claim
    estimates: list[dict[str, Any]]
    headline: Cut | None = None
    answer: Answer | None = None
    decision: Decision | None = None
    dates: tuple[Any, Any, list[str], str] = (None, None, [], "")
    further: tuple[tuple[str, Answer], ...] = ()
    """The further parts of the claim, each with its label."""

    @classmethod
    def of(cls, claim: Claim, sample: Sample) -> _Judged:
        if claim.estimate is None or claim.region is None:
            return cls(claim, [])
        years = sample.years if claim.has_year_groups else []
        tiers = PAY_TIERS_TRIED if claim.estimate.uses_pay else ()
        narrowed = groups(claim.headline, sample.sources, sample.markets, years, sample.sizes)
        varied = [cut.named() for cut in specifications(
            claim.headline, sample.sources, sample.markets, years[-RECENT_YEARS:], tiers, claim.periods, is_heavy=claim.estimate.is_heavy)]  # fmt: skip
        asked = [claim.headline, *narrowed, *varied]
        settled, answers, rows, further = _answered(claim, claim, sample, asked, 1 + len(narrowed))
        for role in claim.estimate.roles:
            of_role = claim.of_role(role)
            cut = replace(claim.headline, group_kind="role", group_value=role)
            rows += _answered(claim, of_role, sample, [cut], 1)[2]
        for name, beside in claim.readings().items():
            reading = beside.measure.settle(sample, beside.headline, beside.periods)
            (answer,) = beside.measure.answers_to(sample, [reading])
            rows.append(_row(claim, name, beside.measure, reading, answer, None))
        answer, decision = answers[0]
        judged = cls(claim, _distinct(rows), settled[0], answer, decision if answer.is_shown else None)
        judged.dates = _dates(sample, claim.estimate, settled[0])
        judged.further = tuple((part.measure.label, further[name]) for name, part in claim.also.items())
        sample.forget()
        return judged

    def redrawn(self, sample: Sample) -> None:
        """Take the p-value from the sample's replicates, drawn again; the estimate and its interval stay."""
        if self.decision is not None:
            _, ((_, decision), *_), _, _ = _answered(self.claim, self.claim, sample, [self.claim.headline], 0)
            if decision is not None:
                self.decision = replace(self.decision, p_value=decision.p_value)
        sample.forget()

    @property
    def verdict(self) -> str:
        if not self.claim.is_testable:
            return "not_testable"
        return self.decision.verdict if self.decision else "too_few"

    def verdict_row(self, p_holm: float | None) -> dict[str, Any]:
        verdict = self.verdict
        answer, decision, claim = self.answer, self.decision, self.claim
        unit = claim.estimate.unit if claim.estimate else None
        weakened = verdict in {"supported", "contradicted"} and (p_holm is None or p_holm >= SIGNIFICANCE)
        if weakened:
            verdict = "inconclusive"
        curve = [
            row
            for row in self.estimates
            if row["measure"] == "headline" and row["group_kind"] == ALL and row["is_shown"]
        ]
        size = answer.size if answer else None
        low, high, value = (decision.low, decision.high, answer.value) if decision and answer else (None, None, None)
        start, end, sources, spans = self.dates
        lacks = lacking(answer, has_parts=bool(self.further)) if answer and decision is None else ""
        words = {
            "value": say(value, unit or ""),
            "by": say(None if value is None else abs(value), unit or "").removeprefix("+"),
            "low": say_low(low, high, unit or ""),
            "high": say(high, unit or ""),
            "n_vacancies": count(size.n_vacancies if size else 0),
            "n_employers": count(size.n_employers if size else 0),
            "size": vacancies_of_employers(size.n_vacancies if size else 0, size.n_employers if size else 0),
            "from": month(start),
            "to": month(end),
        }
        return {
            "claim_slug": claim.slug,
            "verdict": verdict,
            "reason": self._reason(verdict, weakened, p_holm, low, high),
            "finding": claim.templates[self.verdict].format(**words)
            + (WEAKENED if weakened else lacks)
            + (f"; {words['size']}, {spans}" if decision else ""),
            "value": _rounded(value),
            "low": _rounded(low),
            "high": _rounded(high),
            "unit": unit,
            "p_value": _rounded(decision.p_value) if decision else None,
            "p_value_holm": _rounded(p_holm),
            "n_vacancies": size.n_vacancies if size else 0,
            "n_employers": size.n_employers if size else 0,
            "n_specifications": len(curve),
            "n_agreeing": sum(row["verdict"] == verdict for row in curve),
            "data_from_on": start,
            "data_to_on": end,
            "sources": sources,
        }

    def _reason(self, verdict: str, weakened: bool, p_holm: float | None, low: float | None, high: float | None) -> str:
        claim = self.claim
        if claim.estimate is None or claim.region is None:
            return claim.not_testable_reason or ""
        if verdict == "too_few":
            if self.answer and not self.answer.is_judged:
                return why_too_few(self.answer)
            return next(
                (f"{label}: {why_too_few(part)}" for label, part in self.further if not part.is_judged), NO_REPLICATES
            )
        unit = claim.estimate.unit
        interval = f"The 95% interval {say_interval(low, high, unit)}"
        if weakened:
            alone = f"{interval} earns a verdict alone"
            if claim.region.is_equivalence and self.verdict == "supported":
                band = say_interval(low, high, unit)
                alone = f"Two one-sided tests at 5% place the number inside the band (95% interval {band})"
            return f"{alone}, but not after Holm's correction across claims (p = {p_holm:.3f})."
        where = {"supported": "lies where the rule says", "contradicted": "lies wholly outside of what the rule says",
                 "inconclusive": "reaches across what the rule says"}[verdict]  # fmt: skip
        if claim.region.is_equivalence and verdict == "supported":
            where = "and two one-sided tests place the ratio inside the band"
        if claim.also:
            where = {"supported": "and every further part lie where the rule says",
                     "contradicted": "or a further part lies wholly outside of what the rule says",
                     "inconclusive": "and the further parts do not settle it"}[verdict]  # fmt: skip
        return f"{interval} {where}.{self._disagreement(verdict)}"

    def _disagreement(self, verdict: str) -> str:
        """Return which sources alone earn the opposite of the verdict, as a sentence; empty where none does."""
        opposite = {"supported": "contradicted", "contradicted": "supported"}.get(verdict)
        against = [
            named(row["group_value"])
            for row in self.estimates
            if row["measure"] == "headline"
            and row["group_kind"] == "source"
            and row["is_shown"]
            and row["verdict"] == opposite
        ]
        return f" {' and '.join(sorted(against))} alone would earn the opposite: the sources differ." if against else ""

    def claim_row(self) -> dict[str, Any]:
        claim = self.claim
        estimate = claim.estimate
        cut = self.headline
        from_ = month(self.dates[0])
        return {
            "claim_slug": claim.slug,
            "essay": claim.essay,
            "essay_title": ESSAYS[claim.essay],
            "statement": claim.statement,
            "question": claim.question,
            "estimate_description": claim.estimate_description,
            "unit": estimate.unit if estimate else None,
            "rule": claim.rule,
            "threshold_low": claim.region.low if claim.region else None,
            "threshold_high": claim.region.high if claim.region else None,
            "n_further_parts": len(claim.also) if estimate else None,
            "finding_templates": json.dumps(claim.templates, ensure_ascii=False, sort_keys=True),
            "chart": json.dumps(vars(claim.chart), sort_keys=True) if claim.chart else None,
            "method": claim.method_words().replace("{from}", from_) if estimate else None,
            "sql": (claim.sql or estimate.sql(cut)) if estimate and cut else None,
            "caveats": list(claim.caveats),
            "fields": list(claim.fields),
            "would_change": claim.would_change or None,
            "not_testable_reason": claim.not_testable_reason,
            "position": claim.position,
        }


def _answered(
    claim: Claim, asked_of: Claim, sample: Sample, cuts: list[Cut], n_parts: int
) -> tuple[list[Cut], list[tuple[Answer, Decision | None]], list[dict[str, Any]], dict[str, Answer]]:
    """Return the settled cuts, their answers with what each earns, the rows, and the further parts' answers to the first cut.

    Rows of further parts are for the first `n_parts` cuts. `asked_of` is the claim, or the claim narrowed to one role.
    """
    estimate, region = asked_of.estimate, asked_of.region
    if estimate is None or region is None:
        return [], [], [], {}
    settled = [estimate.settle(sample, cut, claim.periods) for cut in cuts]
    answers = [
        _noted(answer, cut, to, claim.periods)
        for answer, cut, to in zip(estimate.answers_to(sample, settled), cuts, settled, strict=True)
    ]
    joint = {name: part.measure.answers_to(sample, [part.measure.settle(sample, cut, claim.periods) for cut in cuts])
             for name, part in asked_of.also.items()}  # fmt: skip
    decisions = [
        _decide([(answer, region), *((joint[name][k], part.region) for name, part in asked_of.also.items())])
        for k, answer in enumerate(answers)
    ]
    rows = [
        _row(claim, "headline", estimate, cut, answer, decision)
        for cut, answer, decision in zip(settled, answers, decisions, strict=True)
    ]
    for name, part in asked_of.also.items():
        own = [_decide([(answer, part.region)]) for answer in joint[name]]
        rows += [
            _row(claim, name, part.measure, cut, answer, decision)
            for cut, answer, decision in zip(settled[:n_parts], joint[name], own, strict=False)
        ]
    return settled, list(zip(answers, decisions, strict=True)), rows, {name: part[0] for name, part in joint.items()}


def _noted(answer: Answer, asked: Cut, settled: Cut, periods: tuple[str, ...]) -> Answer:
    """Return the answer with a note where a group rests on another period than was preferred."""
    has_fallen_back = asked.period == DEFAULT and settled.period != periods[0]
    if asked.group_kind == ALL or not has_fallen_back or not answer.is_shown:
        return answer
    return replace(answer, note=" ".join(part for part in (answer.note, FALLEN_BACK) if part))


def _decide(parts: list[tuple[Answer, Region]]) -> Decision | None:
    """Return what the parts earn together: all must hold; one wholly outside fails the claim.

    The p-value of a joint support is the largest of its parts' (intersection-union test), that of a failure the
    smallest times their number (Bonferroni). None where any part has too few behind it for a verdict.
    """
    if not all(answer.is_judged for answer, _ in parts):
        return None
    found = []
    for answer, region in parts:
        if answer.replicates is None:
            return None
        found.append(decide(answer.value, answer.replicates, region, answer.size.n_effective, answer.scale))
    first = found[0]
    if len(found) == 1:
        return first
    if any(one.verdict == "contradicted" for one in found):
        p = min(one.p_value for one in found if one.verdict == "contradicted") * len(found)
        return replace(first, verdict="contradicted", p_value=min(1.0, p))
    verdict = "supported" if all(one.verdict == "supported" for one in found) else "inconclusive"
    return replace(first, verdict=verdict, p_value=max(one.p_value for one in found))


def _rounded(value: float | None) -> float | None:
    """Return a figure to nine digits, so that the order in which threads add up leaves no trace."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.{DIGITS}g}")


def _row(
    claim: Claim, name: str, measure: Measure, cut: Cut, answer: Answer, decision: Decision | None
) -> dict[str, Any]:
    shown = answer.is_shown
    low = high = None
    if shown and answer.ends is not None:
        low, high = answer.ends
    elif shown and answer.replicates is not None:
        found = decision or decide(
            answer.value, answer.replicates, Region(low=0.0), answer.size.n_effective, answer.scale
        )
        low, high = found.low, found.high
    return {
        "claim_slug": claim.slug,
        "measure": name,
        "measure_label": measure.label,
        "specification": cut.specification,
        **{choice: getattr(cut, choice) for choice in CHOICES},
        "group_kind": cut.group_kind,
        "group_value": cut.group_value,
        "value": _rounded(answer.value) if shown else None,
        "low": _rounded(low),
        "high": _rounded(high),
        "confidence": CONFIDENCE,
        "value_uncorrected": _rounded(answer.value_uncorrected) if shown else None,
        "unit": measure.unit,
        "n_vacancies": answer.size.n_vacancies,
        "n_employers": answer.size.n_employers,
        "n_unknown": answer.size.n_unknown,
        "is_shown": shown,
        "verdict": decision.verdict if decision else "inconclusive" if answer.is_judged else "too_few",
        "note": answer.note or why_unjudged(answer),
    }


def _distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows without a specification that settles to what another already says."""
    seen: set[tuple] = set()
    kept = []
    for row in rows:
        key = (row["measure"], row["group_kind"], row["group_value"], *(row[choice] for choice in CHOICES))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _dates(sample: Sample, measure: Measure, cut: Cut) -> tuple[Any, Any, list[str], str]:
    """Return the first and last day, the sources, and each source's span in words, of the vacancies the headline rests on."""
    conditions = " AND ".join(f"({one})" for one in (measure.population, *opening_sql(replace(cut, pay_tier=ALL))))
    frame = sample.rows(
        "SELECT source, min(first_seen_at)::DATE AS first_on, max(last_seen_at)::DATE AS last_on"
        f" FROM {opening_table(cut)} WHERE {conditions} GROUP BY source ORDER BY first_on, source"
    )
    resting = [
        source
        for source in sorted(frame["source"].unique())
        if measure.size(sample, replace(cut, source_set=source)).n_vacancies
    ]
    if not resting:
        return None, None, [], ""
    used = frame.filter(pl.col("source").is_in(resting))
    return used["first_on"].min(), used["last_on"].max(), resting, span_words(used.rows())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write docs/claims.md with `--docs`; with `--check` only say whether it is stale, and return 1 where it is."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.judge", description=__doc__.splitlines()[0])
    parser.add_argument("--docs", action="store_true", required=True, help="write docs/claims.md from the claims")
    parser.add_argument("--check", action="store_true", help="name it where it is stale and change nothing")
    is_check = parser.parse_args(arguments).check
    page = claims_markdown(load_claims())
    if CLAIMS_MD.is_file() and CLAIMS_MD.read_text("utf-8") == page:
        return 0
    if is_check:
        print("docs/claims.md is stale: run `python -m warehouse.judge --docs`.")
        return 1
    CLAIMS_MD.write_text(page, "utf-8")
    print("wrote docs/claims.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
