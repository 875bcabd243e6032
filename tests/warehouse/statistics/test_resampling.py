"""The bootstrap over employers covers what it says, judged on simulated markets whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from warehouse.statistics.decisions import Region, decide
from warehouse.statistics.resampling import (
    effective_employers,
    employer_weights,
    interval,
    rare_share_draws,
    ratio,
    share,
    sparse_totals,
    tail_probability,
    totals,
)

REPLICATES = 600
MARKETS = 1_500


def test_weights_draw_every_employer_once_on_average() -> None:
    weights = employer_weights(50, 400, seed=1)
    assert weights.shape == (400, 50)
    assert (weights.sum(axis=1) == 50).all()
    assert weights.mean() == 1
    assert weights.var() == pytest.approx(1 - 1 / 50, rel=0.05)  # multinomial counts
    assert (weights == employer_weights(50, 400, seed=1)).all()
    assert (weights != employer_weights(50, 400, seed=2)).any()


def test_totals_are_the_sums_of_the_drawn_employers() -> None:
    statistics = np.array([[1.0, 10.0], [2.0, 20.0], [0.0, 0.0]])
    weights = np.array([[2, 0, 1], [0, 3, 0], [1, 1, 1]], dtype=np.float32)
    assert totals(weights, statistics).tolist() == [[2, 20], [6, 60], [3, 30]]
    assert sparse_totals(weights, sparse.csr_matrix(statistics)).tolist() == [[2, 20], [6, 60], [3, 30]]


def test_totals_of_counts_are_exact() -> None:
    counts = np.full((2_000, 1), 5_003.0)
    assert totals(np.ones((1, 2_000), dtype=np.float32), counts)[0, 0] == 2_000 * 5_003


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_effective_employers_lie_between_one_and_their_number(sizes: list[int]) -> None:
    n = effective_employers(np.array(sizes))
    holding = sum(size > 0 for size in sizes)
    assert (n == 0) if holding == 0 else (1 - 1e-9 <= n <= holding + 1e-9)


def test_effective_employers_by_hand() -> None:
    assert effective_employers(np.array([5, 5, 5, 5])) == 4
    assert effective_employers(np.array([97, 1, 1, 1])) == pytest.approx(100**2 / (97**2 + 3))


def test_interval_tends_to_the_percentiles_with_many_employers() -> None:
    replicates = np.random.default_rng(0).normal(3, 2, 200_000)
    low, high = interval(replicates, 0.95, 1e7)
    assert (low, high) == pytest.approx((3 - 1.96 * 2, 3 + 1.96 * 2), abs=0.03)
    narrow, wide = interval(replicates, 0.95, 10)
    t = stats.t.isf(0.025, 9) * np.sqrt(10 / 9)
    assert (narrow, wide) == pytest.approx((3 - 2 * t, 3 + 2 * t), abs=0.08)


@pytest.mark.parametrize("threshold", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("n_effective", [12.0, 500.0])
def test_p_value_agrees_with_the_interval(threshold: float, n_effective: float) -> None:
    replicates = np.random.default_rng(1).lognormal(0, 0.4, 20_000)
    low, high = interval(replicates, 0.95, n_effective)
    above = threshold > 1
    p = 2 * tail_probability(replicates, threshold, above=above, n_effective=n_effective)
    excluded = threshold > high if above else threshold < low
    assert (p < 0.05) == excluded


def test_far_threshold_has_a_small_but_positive_p_value() -> None:
    replicates = np.random.default_rng(2).normal(0, 1, 1_000)
    p = tail_probability(replicates, 6, above=True, n_effective=1e6)
    assert 0 < p < 1e-7


def clustered(rng: np.random.Generator, employers: int, mean: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return events and vacancies by employer and market, each (employers, markets): shares vary by employer as a beta."""
    sizes = 1 + rng.geometric(0.15, (employers, MARKETS))
    a, b = mean * spread, (1 - mean) * spread
    return rng.binomial(sizes, rng.beta(a, b, (employers, MARKETS))), sizes


def covered(values: np.ndarray, n_effective: np.ndarray, truth: float) -> float:
    """Return the share of markets, columns of (replicates, markets), whose 95 % interval holds the truth."""
    held = 0
    for column, n in zip(values.T, n_effective, strict=True):
        low, high = interval(column, 0.95, n)
        held += low <= truth <= high
    return held / values.shape[1]


@pytest.mark.parametrize(("employers", "mean", "spread"), [(25, 0.4, 3.0), (60, 0.25, 2.0), (150, 0.5, 6.0)])
def test_share_covers_95_percent(employers: int, mean: float, spread: float) -> None:
    rng = np.random.default_rng(employers)
    events, sizes = clustered(rng, employers, mean, spread)
    weights = employer_weights(employers, REPLICATES, seed=3)
    values = share(totals(weights, events), totals(weights, sizes))
    n = np.array([effective_employers(column) for column in sizes.T])
    assert 0.93 <= covered(values, n, mean) <= 0.97


def test_ratio_of_counts_covers_95_percent() -> None:
    rng = np.random.default_rng(8)
    employers, mean = 100, 0.2
    events, sizes = clustered(rng, employers, mean, 4.0)
    weights = employer_weights(employers, REPLICATES, seed=4)
    drawn = totals(weights, events)
    values = ratio(drawn, totals(weights, sizes) - drawn)
    n = np.array([effective_employers(column) for column in sizes.T])
    assert 0.93 <= covered(values, n, mean / (1 - mean)) <= 0.97


def test_difference_of_two_kinds_of_employers_covers_95_percent() -> None:
    rng = np.random.default_rng(9)
    half = 40
    first, second = clustered(rng, half, 0.35, 3.0), clustered(rng, half, 0.2, 3.0)
    weights = employer_weights(2 * half, REPLICATES, seed=5)
    values = share(totals(weights[:, :half], first[0]), totals(weights[:, :half], first[1])) - share(
        totals(weights[:, half:], second[0]), totals(weights[:, half:], second[1])
    )
    n = np.array(
        [min(effective_employers(a), effective_employers(b)) for a, b in zip(first[1].T, second[1].T, strict=True)]
    )
    assert 0.93 <= covered(values, n, 0.15) <= 0.97


def test_naive_interval_would_not_cover() -> None:
    """The simulation is hard enough to tell a right interval from one that takes postings as independent."""
    events, sizes = clustered(np.random.default_rng(10), 60, 0.25, 2.0)
    p, n = events.sum(axis=0) / sizes.sum(axis=0), sizes.sum(axis=0)
    half = 1.96 * np.sqrt(p * (1 - p) / n)
    assert np.mean((p - half <= 0.25) & (p + half >= 0.25)) < 0.80


def test_rare_share_is_wide_where_no_event_was_seen() -> None:
    low, high = np.quantile(rare_share_draws(0.0, 14, 20_000, seed=1), [0.025, 0.975])
    assert low == 0
    assert high == pytest.approx(stats.beta(0.5, 14.5).ppf(0.975), abs=0.005)
    assert high == pytest.approx(0.16, abs=0.01)
    low, high = np.quantile(rare_share_draws(1.0, 14, 20_000, seed=1), [0.025, 0.975])
    assert (low, high) == pytest.approx((0.84, 1), abs=0.01)
    low, high = np.quantile(rare_share_draws(2 / 14, 14, 20_000, seed=1), [0.025, 0.975])
    assert (low, high) == pytest.approx(tuple(stats.beta(2.5, 12.5).ppf([0.025, 0.975])), abs=0.01)


@pytest.mark.parametrize(
    "region",
    [Region(low=0.3), Region(high=0.3), Region(low=0.3, high=0.5, is_equivalence=True)],
    ids=("low", "high", "band"),
)
def test_verdict_errors_at_the_boundary_stay_under_five_percent(region: Region) -> None:
    """At 0.3 exactly, an end of every region, neither the one nor the other verdict may be earned by chance."""
    events, sizes = clustered(np.random.default_rng(11), 80, 0.3, 4.0)
    weights = employer_weights(80, REPLICATES, seed=6)
    values = share(totals(weights, events), totals(weights, sizes))
    points = events.sum(axis=0) / sizes.sum(axis=0)
    n = [effective_employers(column) for column in sizes.T]
    verdicts = [decide(point, column, region, k).verdict for point, column, k in zip(points, values.T, n, strict=True)]
    noise = 1.64 * np.sqrt(0.05 * 0.95 / MARKETS)
    assert verdicts.count("contradicted") / MARKETS < 0.05
    assert verdicts.count("supported") / MARKETS < 0.05 + (noise if region.is_equivalence else 0)
