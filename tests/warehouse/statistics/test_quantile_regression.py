"""The adjusted pay difference is the exact median regression, by linear programming and by statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse
from scipy.optimize import linprog

from warehouse.statistics.quantile_regression import _Design, _median_fit, adjusted_median_difference


def market(seed: int, n: int = 1_500, employers: int = 60, gap: float = 0.08) -> dict[str, np.ndarray]:
    """Return log pay that rests on level, country, employer and role; better paying employers hire more of the role."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(0, 0.3, employers)
    employer = rng.choice(employers, n, p=(w := rng.lognormal(0, 0.7, employers)) / w.sum())
    treated = rng.random(n) < 1 / (1 + np.exp(0.8 - 3 * effect[employer]))
    level, country = rng.integers(0, 4, n), rng.integers(0, 3, n)
    y = 11 + 0.2 * level + 0.3 * country + effect[employer] + gap * treated + rng.laplace(0, 0.15, n)
    return {"y": y, "treated": treated, "level": level, "country": country, "employer": employer}


def fit(m: dict[str, np.ndarray], **options):
    return adjusted_median_difference(
        m["y"], m["treated"], [m["level"], m["country"]], m["employer"], int(m["employer"].max()) + 1, **options
    )


def dummies(code: np.ndarray) -> np.ndarray:
    return (code[:, None] == np.unique(code)[1:]).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_statsmodels_without_employers(seed: int) -> None:
    m = market(seed, n=3_000)
    design = np.column_stack([np.ones(len(m["y"])), m["treated"], dummies(m["level"]), dummies(m["country"])])
    theirs = sm.QuantReg(m["y"], design).fit(q=0.5, max_iter=5_000)
    assert fit(m, within_employer=False).value == pytest.approx(theirs.params[1], abs=0.25 * theirs.bse[1])


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_statsmodels_after_the_employers_effects(seed: int) -> None:
    m = market(seed, n=3_000)
    design = np.column_stack([m["treated"], dummies(m["level"]), dummies(m["country"])])
    every = np.column_stack([design, m["employer"][:, None] == np.unique(m["employer"])]).astype(float)
    means = sm.OLS(m["y"], every).fit().params[design.shape[1] :]
    adjusted = m["y"] - means[np.searchsorted(np.unique(m["employer"]), m["employer"])]
    theirs = sm.QuantReg(adjusted, np.column_stack([np.ones(len(adjusted)), design])).fit(q=0.5, max_iter=5_000)
    assert fit(m).value == pytest.approx(theirs.params[1], abs=0.25 * theirs.bse[1])


@pytest.mark.parametrize("within", [True, False])
def test_information_is_the_treatment_less_what_least_squares_explains(within: bool) -> None:
    m = market(6, n=900)
    controls = np.column_stack([np.ones(900), dummies(m["level"]), dummies(m["country"])])
    if within:
        controls = np.column_stack([controls, dummies(m["employer"])])
    left = sm.OLS(m["treated"].astype(float), controls).fit().resid
    theirs = np.bincount(m["employer"], np.square(left))
    mine = fit(m, within_employer=within).information
    assert mine / mine.sum() == pytest.approx(theirs / theirs.sum(), abs=1e-6)


def test_influences_of_the_pooled_fit_agree_with_the_sandwich_of_two_densities() -> None:
    """Two groups without controls: the difference of medians, whose variance is 1 / (4 n f²) a side."""
    rng = np.random.default_rng(7)
    n, spread = 40_000, np.array([0.2, 0.4])
    treated = rng.random(n) < 0.3
    y = rng.normal(0, spread[treated.astype(int)])
    found = adjusted_median_difference(y, treated, [np.zeros(n, dtype=int)], np.arange(n), n, within_employer=False)
    theirs = sum(np.pi / 2 * b**2 / side.sum() for b, side in zip(spread, (~treated, treated), strict=True))
    assert np.square(found.influence).sum() == pytest.approx(theirs, rel=0.15)


def test_weights_are_as_good_as_repeating_rows() -> None:
    m = market(5, n=600)
    times = np.random.default_rng(1).integers(1, 4, 600)
    repeated = {name: np.repeat(column, times) for name, column in m.items()}
    # the bandwidth depends on the effective number of rows, hence the small tolerance
    assert fit(m, weights=times.astype(float)).value == pytest.approx(fit(repeated).value, abs=0.005)


def test_influence_is_the_change_when_an_employer_counts_twice() -> None:
    m = market(6, n=4_000, employers=40)
    whole = fit(m)
    for employer in (3, 17, 29):
        weights = 1.0 + (m["employer"] == employer)
        moved = fit(m, weights=weights).value - whole.value
        assert moved == pytest.approx(whole.influence[employer], abs=0.35 * abs(whole.influence[employer]) + 5e-4)


def test_ignoring_the_employer_would_mislead() -> None:
    assert fit(market(7, n=4_000), within_employer=False).value > 0.08 + 0.05
    assert fit(market(7, n=4_000)).value == pytest.approx(0.08, abs=0.02)


def rounded(seed: int, n: int) -> tuple[np.ndarray, _Design, np.ndarray]:
    """Return log pay in round thousands, so that many rows tie, its design and a design matrix."""
    m = market(seed, n=n)
    design = _Design.of(m["treated"], [m["level"], m["country"]])
    return np.log(np.round(np.exp(m["y"]), -3)), design, design.rows[design.cell]


def loss(y: np.ndarray, matrix: np.ndarray, coefficients: np.ndarray, weights: np.ndarray) -> float:
    return float(weights @ np.abs(y - matrix @ coefficients)) / 2


@pytest.mark.parametrize("n", [80, 700, 6_000])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_fit_reaches_the_least_loss_that_linear_programming_finds(n: int, is_weighted: bool) -> None:
    y, design, matrix = rounded(n, n)
    weights = np.random.default_rng(n).uniform(0.2, 4, n) if is_weighted else np.ones(n)
    found, score, _ = _median_fit(y, weights, design)
    p = matrix.shape[1]
    best = linprog(
        np.concatenate([np.zeros(p), weights / 2, weights / 2]),
        A_eq=sparse.hstack([sparse.csr_matrix(matrix), sparse.eye(n), -sparse.eye(n)]), b_eq=y,
        bounds=[(None, None)] * p + [(0, None)] * (2 * n), method="highs",
    )  # fmt: skip
    assert loss(y, matrix, found, weights) == pytest.approx(best.fun, rel=1e-8)
    assert design.sum(weights * score) == pytest.approx(np.zeros(p), abs=1e-5 * weights.sum())
    assert np.abs(score).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_fit_is_statsmodels_own_where_the_optimum_is_one_point(seed: int) -> None:
    m = market(seed, n=801)
    design = _Design.of(m["treated"], [m["level"], m["country"]])
    theirs = sm.QuantReg(m["y"], design.rows[design.cell]).fit(q=0.5, max_iter=20_000, p_tol=1e-9)
    found = _median_fit(m["y"], np.ones(801), design)[0]
    matrix = design.rows[design.cell]
    assert loss(m["y"], matrix, found, np.ones(801)) <= loss(m["y"], matrix, theirs.params, np.ones(801)) + 1e-9
    assert found[1] == pytest.approx(theirs.params[1], abs=0.1 * theirs.bse[1])


def test_order_of_rows_does_not_move_the_fit() -> None:
    m = market(9, n=9_000)
    m["y"] = np.log(np.round(np.exp(m["y"]), -3))
    mixed = {name: column[np.random.default_rng(3).permutation(9_000)] for name, column in m.items()}
    first, second = fit(m), fit(mixed)
    assert first.value == pytest.approx(second.value, abs=1e-9)
    assert first.influence == pytest.approx(second.influence, abs=1e-6)
