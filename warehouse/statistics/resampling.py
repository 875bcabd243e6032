"""The bootstrap over employers: weights drawn once, totals by one matrix product, intervals and p-values from the replicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

Array = NDArray[np.float64]

LEAST_EFFECTIVE = 2.0
COUNTED_TAIL = 10
WORTH_LEAVING_OUT = 0.3
"""Share of employers under which copying their weights costs less than multiplying by zeros."""


def employer_weights(n_employers: int, replicates: int, seed: int) -> NDArray[np.float32]:
    """Return how often each employer is drawn, shape (replicates, employers); each row sums to `n_employers`.

    Drawing whole employers with replacement is the cluster bootstrap (Davison and Hinkley 1997, section 3.8; Cameron,
    Gelbach and Miller 2008). One matrix serves every claim, so the cost does not grow with the postings of an employer.
    """
    rng = np.random.default_rng(seed)
    weights = np.empty((replicates, n_employers), dtype=np.float32)
    for row in weights:
        row[:] = np.bincount(rng.integers(0, n_employers, n_employers), minlength=n_employers) if n_employers else 0
    return weights


def totals(weights: NDArray[np.float32], statistics: NDArray[np.floating]) -> Array:
    """Return replicate totals, shape (replicates, columns), of per-employer statistics, shape (employers, columns).

    Where most employers' statistics are all zero they are left out of the product. Counts stay exact: float32 holds
    whole numbers up to 16.7 million.
    """
    return single_totals(weights, statistics).astype(np.float64)


def single_totals(weights: NDArray[np.float32], statistics: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return `totals` in single precision, for where there are very many."""
    used = np.flatnonzero(statistics.any(axis=1))
    if used.size > WORTH_LEAVING_OUT * len(statistics):
        return weights @ statistics.astype(np.float32)
    return weights[:, used] @ statistics[used].astype(np.float32)


def sparse_totals(weights: NDArray[np.float32], statistics: sparse.csr_matrix) -> Array:
    """Return replicate totals, shape (replicates, columns), of per-employer statistics that are mostly zero."""
    return np.asarray((statistics.T.tocsr().astype(np.float32) @ weights.T).T, dtype=np.float64)


def effective_employers(sizes: NDArray[np.floating]) -> float:
    """Return Kish's effective number of clusters, (Σn)² / Σn², of the employers' sizes; 0 where all are empty.

    Ten employers of which one holds nearly all vacancies carry the information of little more than one
    (Carter, Schnepel and Steigerwald 2017).
    """
    total = float(np.sum(sizes))
    return total**2 / float(np.sum(np.square(sizes, dtype=np.float64))) if total > 0 else 0.0


def interval(replicates: Array, confidence: float, n_effective: float) -> tuple[float, float]:
    """Return the expanded percentile interval (Hesterberg 2015, section 3.3).

    The percentile levels are widened from normal to Student's t with `n_effective` - 1 degrees of freedom and by the
    factor sqrt(n / (n - 1)) that the bootstrap's own variance lacks, which mends its shortness with few employers.
    Replicates that could not be computed (NaN) are left out.
    """
    known = replicates[np.isfinite(replicates)]
    if known.size == 0:
        return (np.nan, np.nan)
    tail = _expanded((1 - confidence) / 2, n_effective)
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _expanded(tail: float, n_effective: float) -> float:
    n = max(n_effective, LEAST_EFFECTIVE)
    return float(special.ndtr(special.stdtrit(n - 1, tail) * np.sqrt(n / (n - 1))))


def tail_probability(replicates: Array, threshold: float, *, above: bool, n_effective: float) -> float:
    """Return the one-sided bootstrap p-value of the replicates lying on the other side of `threshold`.

    `above` asks how likely a value at or over the threshold is. The share of replicates is read back through the same
    expansion as `interval`, so that p < α holds where the interval excludes the threshold. Where fewer than ten
    replicates cross, a normal tail extends them whose spread is that of the replicates' own half on that side, from
    their median to their 2.5 % point, so that skewness is kept.
    """
    known = replicates[np.isfinite(replicates)]
    if known.size == 0:
        return 1.0
    crossing = int(np.sum(known >= threshold if above else known <= threshold))
    if crossing >= COUNTED_TAIL:
        z = -float(special.ndtri((crossing + 0.5) / (known.size + 1)))
    else:
        median, end = np.quantile(known, [0.5, 0.975 if above else 0.025])
        spread, distance = abs(end - median) / -special.ndtri(0.025), abs(threshold - median)
        z = distance / spread if spread > 0 else (np.inf if distance > 0 else 0.0)
        z = max(z, -float(special.ndtri((COUNTED_TAIL + 0.5) / (known.size + 1))))
    n = max(n_effective, LEAST_EFFECTIVE)
    return float(special.stdtr(n - 1, -z / np.sqrt(n / (n - 1))))


def rare_share_draws(mean: float, n_effective: float, replicates: int, seed: int) -> Array:
    """Return draws of a share that rests on a handful of events or none, where resampling would repeat the same few.

    Jeffreys' posterior Beta(x + 1/2, n - x + 1/2) with the effective number of employers as n, as if each gave one
    observation (after Korn and Graubard 1998): zero of 14 employers reaches up to 16 %. Its
    end is 0 where there was no event, and 1 where all were (Brown, Cai and DasGupta 2001).
    """
    rng = np.random.default_rng(seed)
    draws = rng.beta(mean * n_effective + 0.5, (1 - mean) * n_effective + 0.5, replicates)
    if mean == 0:
        return np.where(draws < np.quantile(draws, 0.05), 0.0, draws)
    return np.where(draws > np.quantile(draws, 0.95), 1.0, draws) if mean == 1 else draws


def share(numerator: Array, denominator: Array) -> Array:
    """Return numerator / denominator, NaN where the denominator is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / np.where(denominator > 0, denominator, 1.0), np.nan)


def ratio(numerator: Array, denominator: Array) -> Array:
    """Return numerator / denominator of any sign, NaN where the denominator is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator != 0, numerator / np.where(denominator != 0, denominator, 1.0), np.nan)
