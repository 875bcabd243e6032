"""Clustered synthetic markets whose truth is known, estimated by the functions of the claims: what they share, and those of shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from warehouse.evidence.measure import SCALES
from warehouse.evidence.shares import (
    behind,
    difference,
    is_rare,
    mean_of_all,
    odds,
    odds_ratio,
    only,
    over_the_larger,
    quotient,
)
from warehouse.statistics.classifier_error import corrected_shares, error_draws, error_matrix
from warehouse.statistics.intervals import Scale, effective_contributors, on_scale
from warehouse.statistics.resampling import (
    Array,
    effective_employers,
    effective_trials,
    employer_weights,
    rare_share_draws,
    ratio,
    share,
    totals,
)

REPLICATES = 1_000
SEEDS = 12
SIGMA = 1.2
JUDGED = (20, 40, 150, 450)
"""Numbers of employers on the thinner side with which a verdict may be earned; with fewer an estimate is only shown."""


@dataclass
class Drawn:
    """One estimate of one simulated market, as a measure hands it to be judged."""

    value: float
    replicates: Array
    n_effective: float
    truth: float
    scale: Scale
    weights: np.ndarray


Ends = tuple[float, float, float, float]
"""An interval of bounds, low and high, and the least and most that it must hold."""
Market = Callable[[np.random.Generator, int], Drawn | Ends]


@dataclass(frozen=True)
class Kind:
    """A kind of interval: what it is called, how a market of so many employers is drawn and estimated, for which numbers."""

    name: str
    market: Market
    employers: tuple[int, ...] = (8, 15, *JUDGED)
    milliseconds: float = 1.0
    """CPU time of a market of 150 employers, about."""


def judged_by(one: Drawn) -> float:
    """Return the effective number of employers as `Measure` settles it."""
    on = on_scale(one.replicates, one.scale)[:, None]
    return min(one.n_effective, float(effective_contributors(on, one.weights)[0]))


def weights_for(employers: int, rng: np.random.Generator) -> np.ndarray:
    """Return the bootstrap's weights of so many employers, by one of twelve seeds.

    With one seed alone all markets of a row would share its error of some 3 % in every interval's width.
    """
    key = (employers, int(rng.integers(SEEDS)))
    if key not in _WEIGHTS:
        _WEIGHTS[key] = employer_weights(employers, REPLICATES, seed=SEEDS * employers + key[1])
    return _WEIGHTS[key]


_WEIGHTS: dict[tuple[int, int], np.ndarray] = {}


def sizes(rng: np.random.Generator, employers: int, mean: float = 1.0) -> np.ndarray:
    """Return vacancies by employer."""
    return 1 + np.floor(rng.lognormal(mean, SIGMA, employers)).astype(int)


def tastes(rng: np.random.Generator, employers: int, mean: float, spread: float = 3.0) -> np.ndarray:
    """Return each employer's own share of a trait, beta distributed around the mean."""
    return rng.beta(mean * spread, (1 - mean) * spread, employers)


def combined(
    sides: Sequence[tuple[Array, Array]],
    combine: Callable[[Sequence[Array]], Array],
    truth: float,
    unit: str,
    rng: np.random.Generator,
) -> Drawn:
    """Return a function of shares as `Shares` estimates it, from each part's events and vacancies by employer."""
    weights, seed = weights_for(len(sides[0][0]), rng), int(rng.integers(1 << 30))
    point, replicates, scale = [], [], SCALES.get(unit, "plain")
    for i, (events, known) in enumerate(sides):
        point.append(share(events.sum(), known.sum()))
        if is_rare(events, known):
            scale = "drawn"
            trials = effective_trials(events, known)
            replicates.append(rare_share_draws(float(point[-1]), trials, REPLICATES, seed + i))
        else:
            drawn = totals(weights, np.column_stack([events, known]))
            replicates.append(share(drawn[:, 0], drawn[:, 1]))
    n = behind(combine, point, replicates, [known for _, known in sides])
    return Drawn(float(combine(point)), combine(replicates), n, truth, scale, weights)


def a_share(mean: float, *, per_employer: bool = False) -> Market:
    def market(rng: np.random.Generator, employers: int) -> Drawn:
        known = sizes(rng, employers)
        events = rng.binomial(known, tastes(rng, employers, mean)).astype(float)
        if per_employer:
            events, known = events / known, np.ones(employers)
        return combined([(events, known.astype(float))], only, mean, "share", rng)

    return market


def two_kinds(first: float, second: float, combine: Callable, truth: float, unit: str, share_first: float) -> Market:
    """A share at employers of one kind against that at another, such as large and small ones; the first are fewer."""

    def market(rng: np.random.Generator, employers: int) -> Drawn:
        many = round(employers / share_first)
        sides = []
        for n, mean, before, after in ((employers, first, 0, many), (many, second, employers, 0)):
            known = sizes(rng, n)
            events = rng.binomial(known, tastes(rng, n, mean)).astype(float)
            sides.append(tuple(np.pad(x.astype(float), (before, after)) for x in (events, known)))
        return combined(sides, combine, truth, unit, rng)

    return market


def same_employers(means: tuple[float, ...], combine: Callable, truth: float, unit: str) -> Market:
    """Traits of several groups of vacancies at the same employers, whose tastes go together."""

    def market(rng: np.random.Generator, employers: int) -> Drawn:
        rank = rng.random(employers)
        sides = []
        for mean in means:
            own = np.where(rng.random(employers) < 0.6, rank, rng.random(employers))
            known = sizes(rng, employers)
            events = rng.binomial(known, stats.beta.ppf(own, mean * 3, (1 - mean) * 3)).astype(float)
            sides.append((events, known.astype(float)))
        return combined(sides, combine, truth, unit, rng)

    return market


TRUE_ROLES = np.array([0.06, 0.02, 0.015, 0.02, 0.01, 0.24, 0.005, 0.63])
RECOGNITION = np.full((8, 8), 0.005) + np.diag(np.full(8, 0.92))
RECOGNITION[0, 5], RECOGNITION[1, 4], RECOGNITION[7, 0], RECOGNITION[6, 3] = 0.02, 0.02, 0.012, 0.05
RECOGNITION /= RECOGNITION.sum(axis=1, keepdims=True)
LABELS = 500


def roles_corrected(rng: np.random.Generator, employers: int) -> Drawn:
    """DS/MLE over SWE from misread roles, corrected by labels drawn at random as the product's are."""
    own = rng.dirichlet(TRUE_ROLES * 12, employers)
    n = sizes(rng, employers, 2.0)
    seen = np.stack([rng.multinomial(k, taste @ RECOGNITION) for k, taste in zip(n, own, strict=True)]).astype(float)
    labelled = rng.multinomial(LABELS, TRUE_ROLES)
    confusion = np.stack([rng.multinomial(k, row) for k, row in zip(labelled, RECOGNITION, strict=True)]).astype(float)

    def over(shares: Array) -> Array:
        return ratio(shares[..., :3].sum(axis=-1), shares[..., 5])

    weights = weights_for(employers, rng)
    drawn = totals(weights, seen)
    drawn /= drawn.sum(axis=1, keepdims=True)
    point = seen.sum(axis=0) / seen.sum()
    replicates = corrected_shares(drawn, error_draws(confusion, REPLICATES, int(rng.integers(1 << 30))))
    return Drawn(
        float(over(corrected_shares(point, error_matrix(confusion)))), over(replicates), effective_employers(n),
        float(over(TRUE_ROLES)), "log", weights,
    )  # fmt: skip


SHARES: tuple[Kind, ...] = (
    Kind("share, 50 %", a_share(0.5)),
    Kind("share, 20 %", a_share(0.2)),
    Kind("share, 8 %", a_share(0.08)),
    Kind("share, per employer", a_share(0.3, per_employer=True)),
    Kind("ratio of counts", same_employers((0.2,), odds, 0.25, "ratio")),
    Kind("difference, large less small employers", two_kinds(0.35, 0.2, difference, 0.15, "share difference", 0.25)),
    Kind("difference at the same employers", same_employers((0.6, 0.45), difference, 0.15, "share difference")),
    Kind("ratio of two shares", same_employers((0.2, 0.2), quotient, 1.0, "ratio")),
    Kind("ratio of two odds", same_employers((0.1, 0.15), odds_ratio, 0.1 / 0.9 / (0.15 / 0.85), "ratio")),
    Kind("share less the larger of two", same_employers((0.5, 0.4, 0.3), over_the_larger, 0.1, "categories")),
    Kind("mean of three shares", same_employers((0.8, 0.65, 0.7), mean_of_all, 2.15 / 3, "share")),
    Kind("ratio of roles, corrected", roles_corrected, employers=(15, *JUDGED), milliseconds=5),
)
