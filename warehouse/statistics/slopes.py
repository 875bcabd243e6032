"""Least-squares slopes from sums: within units that each keep their own level, or over everything at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array, ratio

LEAST_SPREAD = 1e-9


def within_sums(mass: Array, x: Array, y: Array, unit: NDArray[np.integer], n_units: int) -> tuple[Array, Array]:
    """Return what each unit adds to the numerator and the denominator of the slope within units, each (units,).

    Rows hold `mass` observations at `x` whose values add up to `y`. A unit seen at one `x` only adds nothing to either.
    """
    n, sx, sy, sxy, sxx = (np.bincount(unit, v, n_units) for v in (mass, mass * x, y, x * y, mass * x * x))
    safe = np.where(n > 0, n, 1.0)
    numerator, denominator = sxy - sx * sy / safe, sxx - sx * sx / safe
    is_matched = denominator > LEAST_SPREAD
    return np.where(is_matched, numerator, 0.0), np.where(is_matched, denominator, 0.0)


def pooled_slope(sums: Array) -> Array:
    """Return the slope from sums of 1, x, y, xy and x², shape (..., 5); NaN where x does not vary."""
    n, sx, sy, sxy, sxx = np.moveaxis(sums, -1, 0)
    return ratio(n * sxy - sx * sy, n * sxx - sx * sx)


def information(sums: Array) -> Array:
    """Return each unit's sum of squares of x about the mean of all, (units,), from sums of 1, x, y, xy and x², (units, 5)."""
    n, sx, _, _, sxx = sums.T
    mean = ratio(sx.sum(), n.sum())
    return np.nan_to_num(sxx - 2 * mean * sx + np.square(mean) * n)
