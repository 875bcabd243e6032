"""Median regression on categorical controls, with employer effects and per-employer influences for the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.codes import distinct
from warehouse.statistics.resampling import Array

MOST_STEPS = 60
TOLERANCE = 1e-7
ROUGH = 1e-3
"""Enough for a smoothing that is only the way to the next, half as wide."""
RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class AdjustedDifference:
    """The coefficient of the treatment, and each employer's influence on it, shape (employers,)."""

    value: float
    influence: Array


@dataclass(frozen=True, slots=True)
class _Design:
    """Distinct rows of a design of an intercept, the treatment and dummies, and which row each observation has."""

    rows: Array
    cell: NDArray[np.int64]

    @classmethod
    def of(cls, treated: NDArray[np.bool_], controls: list[NDArray[np.integer]]) -> _Design:
        joint = treated.astype(np.int64)
        for control in controls:
            joint = joint * (int(control.max(initial=0)) + 1) + control
        first, cell = distinct(joint)
        cells = np.column_stack([treated.astype(np.int64)[first], *(control[first] for control in controls)])
        columns = [np.ones(len(cells)), cells[:, 0].astype(np.float64)]
        for control in cells[:, 1:].T:
            columns += [(control == level).astype(np.float64) for level in np.unique(control)[1:]]
        return cls(np.column_stack(columns), cell)

    def sum(self, per_row: Array) -> Array:
        """Σ_i x_i a_i, shape (p,)."""
        return np.bincount(self.cell, per_row, len(self.rows)) @ self.rows

    def gram(self, per_row: Array) -> Array:
        """Σ_i a_i x_i x_iᵀ, shape (p, p)."""
        return (self.rows * np.bincount(self.cell, per_row, len(self.rows))[:, None]).T @ self.rows

    def fitted(self, coefficients: Array) -> Array:
        return (self.rows @ coefficients)[self.cell]


def _solve(matrix: Array, vector: Array) -> Array:
    scale = max(float(np.trace(matrix)) / len(matrix), 1e-12)
    return np.linalg.solve(matrix + RIDGE * scale * np.eye(len(matrix)), vector)


def _bandwidth(residuals: Array, weights: Array, parameters: int) -> float:
    """Return the smoothing bandwidth of He, Pan, Tan and Zhou (2023), scaled by the residuals' spread."""
    n = float(weights.sum()) ** 2 / float(np.square(weights).sum())
    spread = float(np.quantile(residuals, 0.75) - np.quantile(residuals, 0.25)) / 1.349
    return max(((parameters + np.log(n)) / n) ** 0.4, 0.02) * max(spread, 1e-3)


def _median_fit(y: Array, weights: Array, design: _Design) -> tuple[Array, Array, Array]:
    """Return coefficients of the smoothed median regression, the scores and the densities at the residuals.

    The check loss is convolved with a uniform kernel (Fernandes, Guerre and Horta 2021), which makes Newton steps
    possible; score = 1/2 - smoothed 1{residual < 0}.
    """
    coefficients = _solve(design.gram(weights), design.sum(weights * y))
    h = _bandwidth(y - design.fitted(coefficients), weights, design.rows.shape[1])
    wide = 4 * h
    while True:
        for _ in range(MOST_STEPS):
            residuals = y - design.fitted(coefficients)
            score = np.clip(residuals / (2 * wide), -0.5, 0.5)
            density = (np.abs(residuals) < wide) / (2 * wide)
            step = _solve(design.gram(weights * (density + 1e-3)), design.sum(weights * score))
            coefficients = coefficients + step
            if np.abs(step).max() < (TOLERANCE if wide <= h else ROUGH):
                break
        if wide <= h:
            break
        wide = max(wide / 2, h)
    residuals = y - design.fitted(coefficients)
    return (
        coefficients,
        np.clip(residuals / (2 * wide), -0.5, 0.5),
        (np.abs(residuals) < wide) / (2 * wide),
    )


def adjusted_median_difference(
    y: Array,
    treated: NDArray[np.bool_],
    controls: list[NDArray[np.integer]],
    employer: NDArray[np.integer],
    n_employers: int,
    weights: Array | None = None,
    *,
    within_employer: bool = True,
) -> AdjustedDifference:
    """Return the treatment's shift of the conditional median of `y`, held equal on `controls` and on the employer.

    `controls` are codes from 0, one array per control. With `within_employer`, employer effects are removed in two
    steps as in Canay (2011): estimated from the within-employer mean regression, then subtracted before the median
    regression. The influences carry both steps' uncertainty; value + (w - 1)·influence is the one-step cluster
    bootstrap of the estimator (Hagemann 2017; Parente and Santos Silva 2016 for its sandwich).
    """
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    design = _Design.of(treated, controls)
    adjusted = y
    first_step: tuple[Array, Array, Array] | None = None
    if within_employer:
        adjusted, first_step = _without_employers(y, design, employer, n_employers, weights)
    coefficients, score, density = _median_fit(adjusted, weights, design)
    hessian = design.gram(weights * density)
    target = np.zeros(len(coefficients))
    target[1] = 1.0
    row = _solve(hessian, target)
    influence = np.bincount(employer, weights * (design.rows @ row)[design.cell] * score, n_employers)
    if first_step is not None:
        means, bread, residual = first_step
        # d(coefficients)/d(first-step slopes) = hessian⁻¹ Σ f x x̄ᵀ, since the offsets move by -x̄ᵀδ
        along = (design.rows @ row)[design.cell] * weights * density
        pushed = np.bincount(employer, along, n_employers) @ means
        projected = _solve(bread, pushed)
        centred = (design.rows @ projected)[design.cell] - (means @ projected)[employer]
        influence = influence + np.bincount(employer, weights * centred * residual, n_employers)
    return AdjustedDifference(float(coefficients[1]), influence)


def _without_employers(
    y: Array, design: _Design, employer: NDArray[np.integer], n_employers: int, weights: Array
) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return y less its employer's effect, and (employer means of the design, within Gram matrix, within residuals)."""
    total = np.bincount(employer, weights, n_employers)
    divisor = np.where(total > 0, total, 1.0)
    y_mean = np.bincount(employer, weights * y, n_employers) / divisor
    n_cells, p = design.rows.shape
    means = np.zeros((n_employers, p))
    codes = employer.astype(np.int64) * n_cells + design.cell
    first, which = distinct(codes)
    mass = np.bincount(which, weights, len(first))
    who, what = employer[first], design.cell[first]
    for column in range(p):
        means[:, column] = np.bincount(who, mass * design.rows[what, column], n_employers) / divisor
    bread = design.gram(weights) - (means * total[:, None]).T @ means
    right = design.sum(weights * y) - means.T @ (total * y_mean)
    slopes = _solve(bread, right)
    effect = y_mean - means @ slopes
    effect = np.where(total > 0, effect - np.average(effect, weights=np.where(total > 0, total, 0.0)), 0.0)
    residual = (y - y_mean[employer]) - (design.fitted(slopes) - (means @ slopes)[employer])
    return y - effect[employer], (means, bread, residual)
