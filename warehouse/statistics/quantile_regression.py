"""Median regression on categorical controls, with employer effects and per-employer influences for the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.codes import distinct
from warehouse.statistics.resampling import Array

MOST_STEPS = 30
ROUGH = 1e-3
"""Enough for a fit that only tells which residuals are near zero."""
MOST_INTERIOR = 100
GAP = 1e-9
"""The loss found is within this part of the least possible."""
STALLED = 1e-3
"""A gap so far under what is asked closes no further; what the scores miss by then is rounding."""
BALANCE = 1e-6
"""The scores add up to zero along every control within this part of the rows."""
SMALL = 4_000
"""So many rows are solved for at once."""
RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class AdjustedDifference:
    """The coefficient of the treatment, NaN where it was not solved, and what each employer is to it, shape (employers,).

    `influence` is its influence on the coefficient, `information` the sum of squares of the treatment, less what the
    controls and the employer explain, over its rows.
    """

    value: float
    influence: Array
    information: Array


_FirstStep = tuple[Array, Array, Array, tuple[Array, NDArray[np.integer], NDArray[np.integer]]]
"""Employer means of the design, within Gram matrix, within residuals; the mass, employer and row of each cell with any."""


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
    """Return the coefficients of the median regression, the scores and the densities at the residuals.

    A fit of the smoothed check loss (Fernandes, Guerre and Horta 2021: convolved with a uniform kernel, so that Newton
    steps work) tells which residuals are far from zero; the check loss itself is then minimised over the rest. Scores are
    1/2 - 1{residual < 0}, and in between where the fit passes through a row; densities are those of the kernel.
    """
    pilot = _solve(design.gram(weights), design.sum(weights * y))
    h = _bandwidth(y - design.fitted(pilot), weights, design.rows.shape[1])
    wide = 4 * h
    while wide >= h:
        for _ in range(MOST_STEPS):
            residuals = y - design.fitted(pilot)
            score = np.clip(residuals / (2 * wide), -0.5, 0.5)
            density = (np.abs(residuals) < wide) / (2 * wide)
            step = _solve(design.gram(weights * (density + 1e-3)), design.sum(weights * score))
            pilot = pilot + step
            if np.abs(step).max() < ROUGH:
                break
        wide /= 2
    coefficients, score = _exact(y, weights, design, pilot)
    return coefficients, score, (np.abs(y - design.fitted(coefficients)) < h) / (2 * h)


def _exact(y: Array, weights: Array, design: _Design, pilot: Array) -> tuple[Array, Array]:
    """Return the coefficients that minimise the check loss, from ones that are near, and the scores, which balance.

    Rows whose residual is far from zero keep its sign and need not be solved for (Portnoy and Koenker 1997); signs that
    turn out otherwise are put back in and it is solved again.
    """
    n, p = len(y), design.rows.shape[1]
    distance = np.abs(residuals := y - design.fitted(pilot))
    most = max(SMALL, int((p * n) ** (2 / 3)))
    is_near = np.ones(n, dtype=bool) if n <= most else distance <= np.partition(distance, most)[most]
    is_over = residuals > 0
    balance = design.sum(weights) / 2
    while True:
        fixed = design.sum(np.where(is_near | ~is_over, 0.0, weights))
        part = _Design(design.rows, design.cell[is_near])
        found, dual = _interior_point(y[is_near], weights[is_near], part, balance - fixed, pilot)
        left = y - design.fitted(found)
        is_wrong = ~is_near & ((left > 0) != is_over)
        if not is_wrong.any() or np.isnan(found).any():
            score = np.where(is_over, 0.5, -0.5)
            score[is_near] = dual / weights[is_near] - 0.5
            return found, score
        is_near |= is_wrong | (distance <= 2 * np.max(distance[is_near]))
        pilot = found


def _interior_point(y: Array, weights: Array, design: _Design, balance: Array, start: Array) -> tuple[Array, Array]:
    """Return the coefficients b that minimise Σ w |y - x b| / 2 given what rows left out add, and the dual a of each row.

    By a primal-dual method. The dual is: maximise y'a where Xᵀa = `balance` and 0 ≤ a ≤ w (Koenker and Bassett 1978), solved by predictor and
    corrector steps (Portnoy and Koenker 1997; Mehrotra 1992) until the gap between both is under `GAP` of the loss. Where
    several b are optimal it tends to the middle of them, whatever the order of rows.
    """
    b, a, s = start.copy(), weights / 2, weights / 2
    r = y - design.fitted(b)
    floor = max(float(np.abs(r).mean()), 1e-3)
    over, under = np.maximum(r, 0.0) + floor, np.maximum(-r, 0.0) + floor
    for _ in range(MOST_INTERIOR):
        gap = float(a @ under + s @ over)
        missing = balance - design.sum(a)
        reached = gap / (GAP * (1.0 + float(weights @ np.abs(r))))
        if reached < 1 and (np.abs(missing).max() < BALANCE * (1.0 + weights.sum()) or reached < STALLED):
            break
        q = 1.0 / (over / s + under / a)
        gram = design.gram(q)
        unfit = r - (over - under)

        direction = partial(_direction, design, a, s, under, over, q, gram, unfit, missing)
        db, da, dunder, dover = direction(-a * under, -s * over)
        primal, dual = _step(a, da, s, -da), _step(under, dunder, over, dover)
        after = float((a + primal * da) @ (under + dual * dunder) + (s - primal * da) @ (over + dual * dover))
        mean = gap / (2 * len(y)) * (after / gap) ** 3
        db, da, dunder, dover = direction(mean - a * under - da * dunder, mean - s * over + da * dover)
        primal, dual = _step(a, da, s, -da), _step(under, dunder, over, dover)
        a, s, b = a + primal * da, s - primal * da, b + dual * db
        under, over = under + dual * dunder, over + dual * dover
        r = y - design.fitted(b)
    else:
        return np.full_like(b, np.nan), a
    return b, a


def _direction(
    design: _Design, a: Array, s: Array, under: Array, over: Array, q: Array, gram: Array, unfit: Array, missing: Array,
    first: Array, second: Array,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """Return the Newton steps of b, a, `under` and `over` towards products a·under and s·over changed by the last two."""
    g = second / s - first / a
    db = _solve(gram, design.sum(q * (unfit - g)) - missing)
    da = q * (unfit - design.fitted(db) - g)
    return db, da, first / a - under / a * da, second / s + over / s * da


def _step(first: Array, along: Array, second: Array, beside: Array) -> float:
    """Return how far two positive vectors may go along their directions and stay positive, at most 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shrinking = [np.where(d < 0, -x / d, np.inf).min() for x, d in ((first, along), (second, beside))]
    return float(min(1.0, 0.9995 * min(shrinking)))


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
    first_step: _FirstStep | None = None
    if within_employer:
        adjusted, first_step = _without_employers(y, design, employer, n_employers, weights)
    coefficients, score, density = _median_fit(adjusted, weights, design)
    if not within_employer:
        density = _of_each_side(density, treated, weights)
    hessian = design.gram(weights * density)
    target = np.zeros(len(coefficients))
    target[1] = 1.0
    row = _solve(hessian, target)
    influence = np.bincount(employer, weights * (design.rows @ row)[design.cell] * score, n_employers)
    if first_step is None:
        apart = design.rows @ _solve(design.gram(weights), target)
        information = np.bincount(employer, weights * np.square(apart)[design.cell], n_employers)
    else:
        means, bread, residual, (mass, who, what) = first_step
        apart = _solve(bread, target)
        left = (design.rows @ apart)[what] - (means @ apart)[who]
        information = np.bincount(who, mass * np.square(left), n_employers)
        # d(coefficients)/d(first-step slopes) = hessian⁻¹ Σ f x x̄ᵀ, since the offsets move by -x̄ᵀδ
        along = (design.rows @ row)[design.cell] * weights * density
        pushed = np.bincount(employer, along, n_employers) @ means
        projected = _solve(bread, pushed)
        centred = (design.rows @ projected)[design.cell] - (means @ projected)[employer]
        influence = influence + np.bincount(employer, weights * centred * residual, n_employers)
    return AdjustedDifference(float(coefficients[1]), influence, information)


def _of_each_side(density: Array, treated: NDArray[np.bool_], weights: Array) -> Array:
    """Return the mean density of the treated and of the others in place of each row's own.

    With employers' effects left in the residuals, the rows near the fit are those of few employers, so that densities by
    level or country are mostly noise and the influences, which have the inverse, come out 12 % too large.
    """
    found = np.empty_like(density)
    for side in (treated, ~treated):
        if weights[side].any():
            found[side] = np.average(density[side], weights=weights[side])
    return found


def _without_employers(
    y: Array, design: _Design, employer: NDArray[np.integer], n_employers: int, weights: Array
) -> tuple[Array, _FirstStep]:
    """Return y less its employer's effect, and the first step: see `_FirstStep`."""
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
    return y - effect[employer], (means, bread, residual, (mass, who, what))
