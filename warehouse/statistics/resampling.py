"""The bootstrap over employers: weights drawn once, totals of what each employer adds by one matrix product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]

FEW = 0.5
"""How much a variance told by one employer alone is raised: without, intervals of low shares lie wholly below the truth too
often, and with much more they hold it too often; how often now is in the table of docs/methods.md."""
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
    used = np.flatnonzero(np.diff(statistics.indptr))  # the product copies the weights it is given
    held = statistics[used].T.tocsr().astype(np.float32)
    return np.asarray((held @ np.ascontiguousarray(weights[:, used].T)).T, dtype=np.float64)


def effective_employers(sizes: NDArray[np.floating]) -> float:
    """Return Kish's effective number of clusters, (Σn)² / Σn², of the employers' sizes; 0 where all are empty.

    Ten employers of which one holds nearly all vacancies carry the information of little more than one
    (Carter, Schnepel and Steigerwald 2017).
    """
    total = float(np.sum(sizes))
    return total**2 / float(np.sum(np.square(sizes, dtype=np.float64))) if total > 0 else 0.0


def two_sides_effective(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Return the effective number of clusters behind a comparison of two sides, from the clusters' sizes on each.

    Either side counts alike, whatever its size: Kish's number of a cluster's share of the one plus its share of the other.
    """
    return effective_employers(first / max(float(first.sum()), 1.0) + second / max(float(second.sum()), 1.0))


def effective_trials(events: NDArray[np.floating], known: NDArray[np.floating]) -> float:
    """Return how many independent trials a share's employers are worth: p (1 - p) over its jackknife variance.

    From the employers' events and vacancies (or, per employer, shares and ones), in the spirit of Korn and Graubard
    (1998); at least their effective number, as if each gave one observation, and that where no variance is seen. A
    variance told by the k employers that have events (or lack them) is taken 1 + `FEW` / k times.
    """
    least = effective_employers(known)
    has = known > 0
    n, x, m = int(np.count_nonzero(has)), float(events.sum()), float(known.sum())
    if n < 2 or not 0 < x < m:
        return least
    without = (x - events[has]) / (m - known[has])
    variance = (n - 1) / n * float(np.square(without - without.mean()).sum())
    variance *= 1 + FEW / min(np.count_nonzero(events > 0), np.count_nonzero(events < known))
    p = x / m
    return float(np.clip(p * (1 - p) / variance, least, max(m, least))) if variance > 0 else least


def rare_share_draws(mean: float, trials: float, replicates: int, seed: int) -> Array:
    """Return draws of a share that rests on a handful of events or none, where resampling would repeat the same few.

    Jeffreys' posterior Beta(x + 1/2, n - x + 1/2) with `trials` as n, which need not be whole (after Korn and Graubard
    1998): zero of 14 employers reaches up to 16 %. Its
    end is 0 where there was no event, and 1 where all were (Brown, Cai and DasGupta 2001).
    """
    rng = np.random.default_rng(seed)
    draws = rng.beta(mean * trials + 0.5, (1 - mean) * trials + 0.5, replicates)
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
