"""How an interval becomes a verdict: regions fixed before looking, two one-sided tests, Holm across claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from statsmodels.stats.multitest import multipletests

from warehouse.statistics.intervals import Scale, interval, tail_probability
from warehouse.statistics.resampling import Array

Verdict = Literal["supported", "contradicted", "inconclusive", "too_few", "not_testable"]

SIGNIFICANCE = 0.05
CONFIDENCE = 0.95
EQUIVALENCE_CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True)
class Region:
    """Where the estimate must lie for the claim to hold; an end is open where it is None.

    With `is_equivalence` the claim holds when two one-sided tests at 5 % place the estimate inside, that is, when the
    90 % interval lies in the region (Schuirmann 1987); it fails when the 95 % interval lies outside.
    """

    low: float | None = None
    high: float | None = None
    is_equivalence: bool = False

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a region needs at least one end")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"the region's low end {self.low} is not under its high end {self.high}")

    def holds(self, low: float, high: float) -> bool:
        """Return whether the whole interval lies in the region."""
        return (self.low is None or low >= self.low) and (self.high is None or high <= self.high)

    def excludes(self, low: float, high: float) -> bool:
        """Return whether the whole interval lies outside the region, on one side."""
        return (self.low is not None and high < self.low) or (self.high is not None and low > self.high)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its 95 % interval and two-sided bootstrap p-value."""

    verdict: Verdict
    low: float
    high: float
    p_value: float


def decide(value: float, replicates: Array, region: Region, n_effective: float, scale: Scale) -> Decision:
    """Return the verdict that the whole interval earns against the region."""
    low, high = interval(value, replicates, CONFIDENCE, n_effective, scale)
    judged = (
        interval(value, replicates, EQUIVALENCE_CONFIDENCE, n_effective, scale)
        if region.is_equivalence
        else (low, high)
    )
    verdict: Verdict = "inconclusive"
    if region.holds(*judged):
        verdict = "supported"
    elif region.excludes(low, high):
        verdict = "contradicted"
    return Decision(verdict, low, high, p_value(value, replicates, region, n_effective, scale))


def p_value(value: float, replicates: Array, region: Region, n_effective: float, scale: Scale) -> float:
    """Return the p-value against the region's nearest end: two one-sided tests for equivalence, two-sided otherwise."""
    ends = [(end, above) for end, above in ((region.low, False), (region.high, True)) if end is not None]

    def beyond(end: float, *, above: bool) -> float:
        return tail_probability(value, replicates, end, above=above, n_effective=n_effective, scale=scale)

    crossing = [beyond(end, above=above) for end, above in ends]
    inside = region.holds(value, value)
    if inside:
        worst = max(crossing)
        return worst if region.is_equivalence else min(1.0, 2 * worst)
    outside = [beyond(end, above=not above) for end, above in ends if (value > end) == above]
    return min(1.0, 2 * min(outside))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's step-down adjustment (Holm 1979) of the known p-values, in place; None stays None."""
    known = [index for index, p in enumerate(p_values) if p is not None and np.isfinite(p)]
    adjusted: list[float | None] = [None] * len(p_values)
    if known:
        values = multipletests([p_values[index] for index in known], method="holm")[1]
        for index, value in zip(known, values, strict=True):
            adjusted[index] = float(value)
    return adjusted
