"""The trunk class of a claim: what a leaf of `warehouse/claims/` declares, checked when it is declared."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from warehouse.evidence.cuts import ALL, LATEST, Cut
from warehouse.evidence.measure import Measure
from warehouse.evidence.wording import say, say_interval
from warehouse.statistics.decisions import Region

Essay = Literal["A", "B", "B2", "B3"]
ESSAYS: dict[Essay, str] = {
    "A": "The Problem With Machine Learning And Data Science Jobs (Jinay Shah, 2020)",
    "B": "Why I Quit Data Science",
    "B2": "Anti Skills (companion of Why I Quit Data Science)",
    "B3": "Dos and Don'ts for ML Hiring (companion of Why I Quit Data Science)",
}
TEMPLATE_KEYS = frozenset({"value", "by", "low", "high", "n_vacancies", "n_employers", "size", "from", "to"})
TOO_FEW = "Too few to say: {size}; on each side of a comparison a number needs 30 vacancies of 8 employers, a verdict 30 of 20"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """How the claim is drawn: which breakdowns matter, in this order, on what axis."""

    kind: Literal["interval", "trend", "survival"] = "interval"
    groups: tuple[str, ...] = ("market", "size_class", "year", "source")
    axis: str
    zero: bool = False


@dataclass(frozen=True, kw_only=True)
class Also:
    """A further estimate that must lie in its own region for the claim to hold."""

    measure: Measure
    region: Region


@dataclass(frozen=True, kw_only=True)
class Again:
    """A measure shown beside a claim as another claim takes it, with that claim's headline and periods."""

    measure: Measure
    headline: Cut
    periods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A sentence of an essay made checkable; a leaf declares one as `CLAIM` and its file's name is its slug.

    `estimate` is judged against `region`; every one of `also` must hold too. `beside` measures are shown and do not
    decide. `headline` is the judged specification; its period and pay tier are settled by the rule in `Cut.settled`
    over `periods`. `findings` maps supported, contradicted and inconclusive (too_few has a common wording) to a
    sentence with {value} {by} {low} {high} {n_vacancies} {n_employers} {size} {from} {to}, {by} being the value without
    its sign and {size} both counts in words.
    """

    essay: Essay
    position: int
    statement: str
    question: str
    slug: str = ""
    estimate: Measure | None = None
    region: Region | None = None
    also: Mapping[str, Also] = field(default_factory=dict)
    beside: Mapping[str, Measure | Again] = field(default_factory=dict)
    headline: Cut = field(default_factory=Cut)
    periods: tuple[str, ...] = (LATEST, ALL)
    has_year_groups: bool = True
    chart: Chart | None = None
    findings: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    sql: str = ""
    caveats: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    would_change: str = ""
    not_testable_reason: str | None = None

    def __post_init__(self) -> None:
        if self.essay not in ESSAYS:
            raise ValueError(f"{self.question}: essay {self.essay!r} is none of {', '.join(ESSAYS)}")
        if not isinstance(self.caveats, tuple) or not isinstance(self.fields, tuple):
            raise ValueError(f"{self.question}: caveats and fields are tuples; one alone needs a comma after it")
        if self.estimate is None:
            if not self.not_testable_reason:
                raise ValueError(f"{self.question}: a claim has an estimate, or a reason why it is not testable")
            return
        if not isinstance(self.estimate, Measure):
            raise ValueError(f"{self.question}: the estimate is a measure of warehouse.evidence")
        if self.region is None or self.chart is None or not self.caveats or not self.fields or not self.would_change:
            raise ValueError(
                f"{self.question}: a testable claim has a region, a chart, caveats, fields and what would change it"
            )
        missing = {"supported", "contradicted", "inconclusive"} - set(self.findings)
        if missing:
            raise ValueError(f"{self.question}: no finding for {', '.join(sorted(missing))}")
        for sentence in self.findings.values():
            used = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
            if not used <= TEMPLATE_KEYS:
                raise ValueError(f"{self.question}: a finding uses {', '.join(sorted(used - TEMPLATE_KEYS))}")

    def readings(self) -> dict[str, Again]:
        """Return the measures shown beside, each with the headline and periods it is taken with."""
        return {
            name: one if isinstance(one, Again) else Again(measure=one, headline=self.headline, periods=self.periods)
            for name, one in self.beside.items()
        }

    @property
    def is_testable(self) -> bool:
        """Whether postings can tell."""
        return self.estimate is not None

    def of_role(self, role: str) -> Claim:
        """Return the claim with its group of roles narrowed to one of them, as the breakdown by role asks it."""
        if self.estimate is None:
            return self
        also = {name: replace(part, measure=part.measure.of_role(role)) for name, part in self.also.items()}
        return replace(self, estimate=self.estimate.of_role(role), also=also)

    @property
    def templates(self) -> dict[str, str]:
        """The finding sentences by verdict, the common one for too few included."""
        return (
            {"too_few": TOO_FEW, **self.findings}
            if self.is_testable
            else {"not_testable": f"Not testable: {self.not_testable_reason}"}
        )

    @property
    def rule(self) -> str | None:
        """The verdict rule in words."""
        if self.estimate is None or self.region is None:
            return None
        said = _region_words(self.region, self.estimate.unit)
        for part in self.also.values():
            said += f"; and {part.measure.label[0].lower()}{part.measure.label[1:]}: {_region_words(part.region, part.measure.unit)}"
        if self.region.is_equivalence:
            return (
                f"Supported if two one-sided tests at 5% place the estimate {said}; contradicted if the 95% interval lies wholly outside; "
                "Holm-corrected across claims."
            )
        outside = "any of these intervals" if self.also else "it"
        return f"Supported if the whole 95% interval is {said}; contradicted if {outside} lies wholly outside; Holm-corrected across claims."

    @property
    def estimate_description(self) -> str | None:
        """What is estimated, in words."""
        return self.estimate.label if self.estimate else None

    def method_words(self) -> str:
        """The method in plain words: the measure's, and what the leaf adds."""
        if self.estimate is None:
            return ""
        weight = {"vacancy": "Every vacancy counts once.", "employer": "Every employer counts alike."}[
            self.headline.weighting
        ]
        return " ".join(part for part in (self.estimate.method, weight, self.method, INTERVAL_WORDS) if part)


INTERVAL_WORDS = "The interval is a bootstrap over employers, since postings of one employer are not independent."


def _region_words(region: Region, unit: str) -> str:
    if region.low is not None and region.high is not None:
        return f"within {say_interval(region.low, region.high, unit)}"
    if region.high is not None:
        return f"at most {say(region.high, unit)}"
    return f"at least {say(region.low, unit)}"
