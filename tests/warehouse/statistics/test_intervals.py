"""An interval is Student's t on its scale, its p-value the same test, and its degrees of freedom those of the influences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from warehouse.statistics.intervals import (
    Scale,
    effective_contributors,
    interval,
    on_scale,
    tail_probability,
    welch_effective,
)
from warehouse.statistics.resampling import employer_weights, totals

MANY = 1e7


def normal(centre: float, spread: float, n: int = 20_000, seed: int = 0) -> np.ndarray:
    return centre + spread * stats.norm.ppf((np.random.default_rng(seed).permutation(n) + 0.5) / n)


@pytest.mark.parametrize("n", [6.0, 12.0, MANY])
def test_interval_is_students_t(n: float) -> None:
    t = stats.t.isf(0.025, n - 1) * np.sqrt(n / (n - 1))
    assert interval(3.0, normal(3, 2), 0.95, n, "plain") == pytest.approx((3 - 2 * t, 3 + 2 * t), abs=0.01)


@pytest.mark.parametrize(
    ("scale", "back", "centre"),
    [("log", np.exp, 0.4), ("logit", special.expit, -1.2), ("fisher", np.tanh, 0.3)],
)
def test_interval_is_symmetric_on_its_scale(scale: Scale, back, centre: float) -> None:
    low, high = interval(float(back(centre)), back(normal(centre, 0.2)), 0.95, MANY, scale)
    assert (low, high) == pytest.approx((back(centre - 0.392), back(centre + 0.392)), abs=0.003)


def test_percentiles_are_read_where_the_scale_does_not_reach() -> None:
    drawn = np.concatenate([np.zeros(300), np.linspace(0.01, 1, 700)])
    low, high = interval(0.3, drawn, 0.95, MANY, "log")
    assert (low, high) == pytest.approx((0, np.quantile(drawn, 0.975)))
    uniform = np.linspace(0, 1, 1_001)
    # an estimate outside of its draws, as one cut at zero can be, still lies in its interval
    assert interval(0.0, uniform, 0.95, MANY, "logit") == pytest.approx((0.0, 0.975), abs=0.001)
    assert interval(0.5, uniform, 0.95, MANY, "drawn") == pytest.approx((0.025, 0.975), abs=0.001)
    assert np.isnan(interval(1.0, np.full(5, np.nan), 0.95, 9, "log")).all()


@pytest.mark.parametrize("scale", ["log", "drawn", "plain"])
@pytest.mark.parametrize("threshold", [0.5, 0.9, 1.4, 2.5])
@pytest.mark.parametrize("n_effective", [9.0, 500.0])
def test_p_value_agrees_with_the_interval(scale: Scale, threshold: float, n_effective: float) -> None:
    replicates = np.random.default_rng(1).lognormal(0, 0.4, 20_000)
    low, high = interval(1.0, replicates, 0.95, n_effective, scale)
    above = threshold > 1
    p = 2 * tail_probability(1.0, replicates, threshold, above=above, n_effective=n_effective, scale=scale)
    assert (p < 0.05) == (threshold > high if above else threshold < low)


@pytest.mark.parametrize("scale", ["plain", "drawn"])
def test_far_threshold_has_a_small_but_positive_p_value(scale: Scale) -> None:
    replicates = np.random.default_rng(2).normal(0, 1, 1_000)
    p = tail_probability(0.0, replicates, 6, above=True, n_effective=1e6, scale=scale)
    assert 0 < p < 1e-7


def test_threshold_beyond_the_scale_is_never_reached() -> None:
    replicates = np.random.default_rng(3).lognormal(0, 0.4, 1_000)
    assert tail_probability(1.0, replicates, 0.0, above=False, n_effective=20, scale="log") == 0
    assert tail_probability(1.0, replicates, -1.0, above=False, n_effective=20, scale="log") == 0


@pytest.mark.parametrize(
    "sizes", [np.ones(60), np.r_[np.full(3, 20.0), np.ones(200)], np.r_[np.full(8, 5.0), np.zeros(300)]]
)
def test_effective_contributors_are_those_of_the_known_influences(sizes: np.ndarray) -> None:
    """The estimate is a sum of what employers add, so that its influences are known without the replicates."""
    influence = sizes * np.random.default_rng(4).choice([-1.0, 1.0], len(sizes))
    weights = employer_weights(len(sizes), 4_000, seed=5)
    drawn = totals(weights, influence[:, None])
    influence = influence - influence.mean()
    known = 1 + 1.5 * np.square(np.square(influence).sum()) / np.square(np.square(influence)).sum()
    assert effective_contributors(drawn, weights)[0] == pytest.approx(known, rel=0.12)


def test_noise_that_no_employer_adds_leaves_the_number_large() -> None:
    weights = employer_weights(50, 2_000, seed=6)
    assert effective_contributors(np.random.default_rng(7).normal(size=(2_000, 1)), weights)[0] > 500


def test_welch_agrees_with_the_formula_and_is_bounded() -> None:
    assert welch_effective([2.0, 1.0], [10, 30], 1e9) == pytest.approx(1 + 9 / (4 / 9 + 1 / 29))
    assert welch_effective([2.0, 1.0], [10, 30], 8) == 8
    assert welch_effective([0.0, 1.0], [10, 30], 1e9) == pytest.approx(30)
    assert welch_effective([np.nan, 1.0], [10, 30], 1e9) == 10


def test_scales_reach_no_further_than_their_domain() -> None:
    assert np.isinf(on_scale(0.0, "log"))
    assert np.isnan(on_scale(-1.0, "log"))
    assert on_scale(0.25, "drawn") == 0.25
