"""How much a profile of traits turns over from one period to the next, with the noise of sampling taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.intervals import INNER
from warehouse.statistics.resampling import Array, single_totals

LEAST_KEPT = 0.25
"""Of the replicates' variance at least so much is kept, whatever the noise is found to add."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of mentions by trait, (traits,); what each cluster adds to them, (clusters, traits); replicates, (r, traits)."""

    shares: Array
    own: Array
    drawn: NDArray[np.float32]


def profiles_of(counts: Sequence[Array], weights: NDArray[np.float32]) -> list[Profile]:
    """Return the profiles of mentions by cluster and trait, each of shape (clusters, traits) and not all zero.

    All replicates come from one matrix product.
    """
    traits = counts[0].shape[1]
    drawn = single_totals(weights, np.concatenate(counts, axis=1)).reshape(len(weights), len(counts), traits)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn /= drawn.sum(axis=2, keepdims=True)
    found = []
    for k, one in enumerate(counts):
        mass = one.sum()
        shares = one.sum(axis=0) / mass
        found.append(Profile(shares, (one - one.sum(axis=1, keepdims=True) * shares) / mass, drawn[:, k]))
    return found


def squared_turnover(windows: Sequence[tuple[Profile, Profile]], weights: NDArray[np.float32]) -> tuple[float, Array]:
    """Return the sum over windows of the squared distance between two periods' profiles, and its replicates, (replicates,).

    The plain distance of two samples is never zero even where nothing changed; its expected noise is Σ_e |d_e|², with
    d_e the cluster's contribution to the difference of profiles. It is taken off the estimate, which leaves products of
    two clusters only, and off the replicates as they drew it, Σ_e w_e² |d_e|². The replicates also move about a distance
    that holds noise already, which adds 4 Σ_{e≠f} (Σ d_e·d_f)² to their variance, the inner sum over windows; they are
    drawn together by as much.
    """
    plain, drawn, added = 0.0, np.zeros(len(weights)), []
    for before, after in windows:
        added.append(after.own - before.own)
        plain += float(np.square(after.shares - before.shares).sum())
        moved = after.drawn - before.drawn
        drawn += np.einsum("rt,rt->r", moved, moved).astype(np.float64)
    stacked = np.concatenate(added, axis=1)
    alike = stacked @ stacked.T
    each = np.diag(alike)
    drawn -= np.square(weights) @ each
    excess = 4 * max(float(np.square(alike).sum() - np.square(each).sum()), 0.0)
    low, centre, high = np.nanquantile(drawn, [1 - INNER, 0.5, INNER])
    variance = float(high - low) ** 2 / 4  # of the spread that `interval` takes
    kept = np.sqrt(max(1 - excess / variance, LEAST_KEPT)) if variance > 0 else 1.0
    return plain - float(each.sum()), centre + (drawn - centre) * kept
