"""How much a profile of traits turns over from one period to the next, with the noise of sampling taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array, totals


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of mentions by trait, (traits,); what each cluster adds to them, (clusters, traits); replicates, (r, traits)."""

    shares: Array
    own: Array
    drawn: Array

    @classmethod
    def of(cls, counts: Array, weights: NDArray[np.float32]) -> Profile:
        """Return the profile of mentions by cluster and trait, shape (clusters, traits), not all zero."""
        mass = counts.sum()
        shares = counts.sum(axis=0) / mass
        drawn = totals(weights, counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn /= drawn.sum(axis=1, keepdims=True)
        return cls(shares, (counts - counts.sum(axis=1, keepdims=True) * shares) / mass, drawn)


def squared_turnover(before: Profile, after: Profile) -> tuple[float, Array]:
    """Return the squared distance between two periods' profiles and its bootstrap replicates, shape (replicates,).

    The plain distance of two samples is never zero even where nothing changed; its expected noise is Σ_e |d_e|², with
    d_e the cluster's contribution to the difference of profiles. It is taken off once from the estimate and twice from
    the replicates, which add their own.
    """
    noise = float(np.square(after.own - before.own).sum())
    plain = float(np.square(after.shares - before.shares).sum()) - noise
    return plain, np.square(after.drawn - before.drawn).sum(axis=1) - 2 * noise
