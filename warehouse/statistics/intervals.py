"""How bootstrap replicates become an interval and a p-value: Student's t on the scale where an estimate is about symmetric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from warehouse.statistics.resampling import Array

Scale = Literal["plain", "log", "logit", "fisher", "drawn"]
"""Where an estimate is taken as about symmetric: shares on the logit, ratios and durations on the logarithm, correlations
on Fisher's z, differences and slopes as they are; `drawn` reads the percentiles of the replicates themselves."""

LEAST_EFFECTIVE = 2.0
COUNTED_TAIL = 10
INNER = float(special.ndtr(1.0))
"""Level of one standard deviation above the median: the spread is half the distance of the middle 68 %."""
MOST_OUTSIDE = 0.05
"""Share of replicates beyond the scale's domain, such as ratios of zero, from which on the percentiles are read instead."""
WIDEST = 6.0
TINY = 1e-300
FOURTH = 1.5
_SCALES: dict[Scale, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "plain": (lambda x: x, lambda x: x),
    "log": (np.log, np.exp),
    "logit": (special.logit, special.expit),
    "fisher": (np.arctanh, np.tanh),
}


def on_scale(values: Array | float, scale: Scale) -> Array:
    """Return values on a scale; infinite or NaN beyond its domain."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_SCALES["plain" if scale == "drawn" else scale][0](np.asarray(values, dtype=np.float64)))


def effective_contributors(replicates: Array, weights: NDArray[np.float32]) -> Array:
    """Return the effective number of clusters that each estimate's bootstrap variance rests on, shape (columns,).

    `replicates`, shape (replicates, columns), on the scale of the interval; `weights`, shape (replicates, clusters), drew
    them. It is 1 + 1.5 (Σl²)² / Σl⁴, after the degrees of freedom of a variance that is a sum of squared influences l
    (Satterthwaite 1946): few where a handful of clusters make most of it. 1.5 stands for his 2, since a sample's fourth
    moment falls short of a heavy tail's. The influences are the covariances of replicates and weights (the infinitesimal
    jackknife, Efron 2014), less what chance adds to their moments.
    """
    centred = np.zeros_like(replicates)
    for k, column in enumerate(replicates.T):
        is_known = np.isfinite(column)
        if is_known.any():
            low, middle, high = np.quantile(column[is_known], [1 - INNER, 0.5, INNER])
            spread = max(float(high - low) / 2, TINY)
            centred[is_known, k] = np.clip((column[is_known] - middle) / spread, -WIDEST, WIDEST)
    centred -= centred.mean(axis=0)
    count, clusters = weights.shape
    variance = np.square(centred).mean(axis=0)
    influence = np.asarray(weights.T @ (centred / count).astype(np.float32), dtype=np.float64)
    noise = variance / count
    second = np.maximum(np.square(influence).sum(axis=0) - clusters * noise, 0.0)
    fourth = np.square(np.square(influence)).sum(axis=0) - 6 * second * noise - 3 * clusters * np.square(noise)
    return np.where(fourth > 0, 1 + FOURTH * np.square(variance) / np.where(fourth > 0, fourth, 1.0), np.inf)


def welch_effective(variances: Sequence[float], effective: Sequence[float], together: float) -> float:
    """Return the effective number of clusters behind a function of several estimates (Welch 1947; Satterthwaite 1946).

    `variances` are what each adds to the function's variance, `effective` their own effective numbers of clusters and
    `together` that of all their clusters, which bounds it where the estimates share clusters.
    """
    parts = np.asarray(variances, dtype=np.float64)
    if not np.isfinite(parts).all() or parts.sum() <= 0:
        return float(min(effective))
    degrees = np.maximum(np.asarray(effective), LEAST_EFFECTIVE) - 1
    return float(min(together, 1 + parts.sum() ** 2 / np.sum(np.square(parts) / degrees)))


def interval(
    value: float, replicates: Array, confidence: float, n_effective: float, scale: Scale
) -> tuple[float, float]:
    """Return the interval around an estimate, (low, high); NaN where no replicate could be computed.

    On the scale it is value ± t · spread · sqrt(n / (n - 1)) with n = `n_effective` and n - 1 degrees of freedom; the
    factor mends what the bootstrap's variance lacks with few clusters. Where the estimate, or more than 5 % of its
    replicates, lie beyond the scale's domain, and for `drawn`, it is the expanded percentile interval (Hesterberg 2015,
    section 3.3), as far as the estimate at least, which a correction cut at zero can leave outside of its draws.
    """
    known = replicates[np.isfinite(replicates)]
    if known.size == 0:
        return (np.nan, np.nan)
    tail = (1 - confidence) / 2
    told = _centre_and_spread(value, known, scale)
    if told is None:
        low, high = np.quantile(known, [level := _expanded(tail, n_effective), 1 - level])
        return float(np.fmin(low, value)), float(np.fmax(high, value))
    centre, spread = told
    half = -float(special.stdtrit(max(n_effective, LEAST_EFFECTIVE) - 1, tail)) * _widening(n_effective) * spread
    back = _SCALES[scale][1]
    with np.errstate(over="ignore"):
        return float(back(np.float64(centre - half))), float(back(np.float64(centre + half)))


def tail_probability(
    value: float, replicates: Array, threshold: float, *, above: bool, n_effective: float, scale: Scale
) -> float:
    """Return the one-sided p-value of the truth lying on the other side of `threshold`; `above` asks for at or over it.

    It is that of the interval: p < α holds where the interval of confidence 1 - 2α excludes the threshold. On read
    percentiles with fewer than ten replicates beyond, a normal tail extends them whose spread is that of the replicates'
    own half on that side, so that skewness is kept.
    """
    known = replicates[np.isfinite(replicates)]
    if known.size == 0:
        return 1.0
    degrees = max(n_effective, LEAST_EFFECTIVE) - 1
    told = _centre_and_spread(value, known, scale)
    if told is not None:
        centre, spread = told
        at = on_scale(threshold, scale)
        if np.isnan(at):  # beyond the domain, such as a ratio under zero
            return 0.0 if above == (threshold > value) else 1.0
        z = float((at - centre) if above else (centre - at)) / spread
        return float(special.stdtr(degrees, -z / _widening(n_effective)))
    crossing = int(np.sum(known >= threshold if above else known <= threshold))
    if crossing >= COUNTED_TAIL:
        z = -float(special.ndtri((crossing + 0.5) / (known.size + 1)))
    else:
        median, end = np.quantile(known, [0.5, 0.975 if above else 0.025])
        spread, distance = abs(end - median) / -special.ndtri(0.025), abs(threshold - median)
        z = distance / spread if spread > 0 else (np.inf if distance > 0 else 0.0)
        z = max(z, -float(special.ndtri((COUNTED_TAIL + 0.5) / (known.size + 1))))
    return float(special.stdtr(degrees, -z / _widening(n_effective)))


def _centre_and_spread(value: float, known: Array, scale: Scale) -> tuple[float, float] | None:
    if scale == "drawn":
        return None
    centre, told = float(on_scale(value, scale)), on_scale(known, scale)
    if not np.isfinite(centre) or np.mean(~np.isfinite(told)) > MOST_OUTSIDE:
        return None
    low, high = np.quantile(np.nan_to_num(told, nan=-np.inf), [1 - INNER, INNER])
    spread = float(high - low) / 2
    return (centre, spread) if np.isfinite(spread) and spread > 0 else None


def _widening(n_effective: float) -> float:
    n = max(n_effective, LEAST_EFFECTIVE)
    return float(np.sqrt(n / (n - 1))) if np.isfinite(n) else 1.0


def _expanded(tail: float, n_effective: float) -> float:
    degrees = max(n_effective, LEAST_EFFECTIVE) - 1
    return float(special.ndtr(special.stdtrit(degrees, tail) * _widening(n_effective)))
