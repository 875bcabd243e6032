"""How much a profile of traits turns over from one period to the next, with the noise of sampling taken out."""

from __future__ import annotations

import numpy as np

from warehouse.statistics.resampling import Array, totals


def squared_turnover(before: Array, after: Array, weights: np.ndarray) -> tuple[float, Array]:
    """Return the squared distance between two periods' profiles and its bootstrap replicates, shape (replicates,).

    `before` and `after` are mentions by employer and trait, shape (employers, traits). The plain distance of two samples
    is never zero even where nothing changed; its expected noise is Σ_e |d_e|², with d_e the employer's contribution to
    the difference of profiles. It is taken off once from the estimate and twice from the replicates, which add their own.
    """
    ends = []
    for counts in (before, after):
        mass = counts.sum()
        if mass == 0:
            return np.nan, np.full(len(weights), np.nan)
        profile = counts.sum(axis=0) / mass
        ends.append((profile, (counts - counts.sum(axis=1, keepdims=True) * profile) / mass))
    (p, own_before), (q, own_after) = ends
    noise = float(np.square(own_after - own_before).sum())
    plain = float(np.square(q - p).sum()) - noise
    drawn_before, drawn_after = totals(weights, before), totals(weights, after)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = drawn_after / drawn_after.sum(axis=1, keepdims=True) - drawn_before / drawn_before.sum(
            axis=1, keepdims=True
        )
    return plain, np.square(moved).sum(axis=1) - 2 * noise
