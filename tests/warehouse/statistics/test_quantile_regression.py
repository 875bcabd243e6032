"""The adjusted pay difference agrees with statsmodels, and its interval covers the truth on clustered markets."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from warehouse.statistics.quantile_regression import adjusted_median_difference
from warehouse.statistics.resampling import effective_employers, employer_weights, interval, totals


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


RUNS = 4_000


@pytest.mark.parametrize(
    ("within", "employers", "n"),
    [(True, 60, 700), (False, 60, 700), (True, 25, 400)],
    ids=("within_employer", "pooled", "few_employers"),
)
def test_interval_covers_95_percent(within: bool, employers: int, n: int) -> None:
    """The whole 95 % interval of the simulated coverage, about ± 0.7 points, lies between 93 and 97 %."""
    held = 0
    weights = employer_weights(employers, 400, seed=1)
    for seed in range(RUNS):
        m = market(1_000 + seed, n=n, employers=employers)
        if not within:  # without the employer's control the truth holds only where pay does not draw the role
            m["treated"] = np.random.default_rng(seed).random(n) < 0.3
            m["y"] = market(1_000 + seed, n=n, employers=employers, gap=0.0)["y"] + 0.08 * m["treated"]
        found = adjusted_median_difference(
            m["y"], m["treated"], [m["level"], m["country"]], m["employer"], employers, within_employer=within
        )
        values = found.value + totals(weights - 1, found.influence[:, None])[:, 0]
        sides = [np.bincount(m["employer"][m["treated"] == side], minlength=employers) for side in (False, True)]
        low, high = interval(values, 0.95, min(map(effective_employers, sides)))  # as the claims on pay take it
        held += low <= 0.08 <= high
    simulated = stats.binomtest(held, RUNS).proportion_ci(0.95, method="wilson")
    assert simulated.low >= 0.93
    assert simulated.high <= 0.97
