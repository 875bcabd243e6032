"""Quantiles from per-employer histograms, so that a bootstrap of medians does not grow with postings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array

LOG_STEP = 0.01


def log_bin(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the bin of each positive value on a logarithmic grid of 1 % steps."""
    return np.floor(np.log(values) / LOG_STEP).astype(np.int64)


def log_bin_edge(bins: NDArray[np.int64] | Array) -> Array:
    """Return the lower edge of each bin."""
    return np.exp(np.asarray(bins, dtype=np.float64) * LOG_STEP)


def quantile_from_counts(counts: Array, q: Array | float) -> Array:
    """Return the position of quantile `q`, in bins from the first one's lower edge, by interpolation within the bin.

    `counts` has shape (..., bins); `q` broadcasts over the leading shape. NaN where the counts are empty or `q` lies
    outside 0..1.
    """
    cumulative = np.cumsum(counts, axis=-1)
    total = cumulative[..., -1]
    q = np.broadcast_to(np.asarray(q, dtype=np.float64), total.shape)
    target = q * total
    position = np.minimum((cumulative < target[..., None]).sum(axis=-1), counts.shape[-1] - 1)
    here = np.take_along_axis(counts, position[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(cumulative, position[..., None], axis=-1)[..., 0] - here
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(here > 0, (target - before) / np.where(here > 0, here, 1), 0.0)
    result = position + np.clip(inside, 0.0, 1.0)
    return np.where((total > 0) & (q >= 0) & (q <= 1), result, np.nan)
