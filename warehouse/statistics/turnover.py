"""How much a profile of traits turns over from one period to the next, with the noise of sampling taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array, single_totals


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


def squared_turnover(before: Profile, after: Profile) -> tuple[float, Array]:
    """Return the squared distance between two periods' profiles and its bootstrap replicates, shape (replicates,).

    The plain distance of two samples is never zero even where nothing changed; its expected noise is Σ_e |d_e|², with
    d_e the cluster's contribution to the difference of profiles. It is taken off once from the estimate and twice from
    the replicates, which add their own.
    """
    noise = float(np.square(after.own - before.own).sum())
    plain = float(np.square(after.shares - before.shares).sum()) - noise
    moved = after.drawn - before.drawn
    return plain, np.einsum("rt,rt->r", moved, moved).astype(np.float64) - 2 * noise
