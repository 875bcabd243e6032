"""The bootstrap over employers covers what it says, judged on simulated markets whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from warehouse.statistics.resampling import (
    effective_employers,
    effective_trials,
    employer_weights,
    rare_share_draws,
    sparse_totals,
    totals,
)


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


def test_rare_share_is_wide_where_no_event_was_seen() -> None:
    low, high = np.quantile(rare_share_draws(0.0, 14, 20_000, seed=1), [0.025, 0.975])
    assert low == 0
    assert high == pytest.approx(stats.beta(0.5, 14.5).ppf(0.975), abs=0.005)
    assert high == pytest.approx(0.16, abs=0.01)
    low, high = np.quantile(rare_share_draws(1.0, 14, 20_000, seed=1), [0.025, 0.975])
    assert (low, high) == pytest.approx((0.84, 1), abs=0.01)
    low, high = np.quantile(rare_share_draws(2 / 14, 14, 20_000, seed=1), [0.025, 0.975])
    assert (low, high) == pytest.approx(tuple(stats.beta(2.5, 12.5).ppf([0.025, 0.975])), abs=0.01)


def test_effective_trials_are_the_vacancies_where_employers_are_alike_and_the_employers_where_each_is_of_one_mind() -> (
    None
):
    rng = np.random.default_rng(4)
    known = np.full(400, 10.0)
    alike, of_one_mind = rng.binomial(10, 0.3, 400).astype(float), 10.0 * (rng.random(400) < 0.3)
    assert effective_trials(alike, known) == pytest.approx(4_000, rel=0.2)
    assert effective_trials(of_one_mind, known) == pytest.approx(400, rel=0.02)
    assert effective_trials(np.zeros(400), known) == 400  # nothing was seen to vary


def test_a_variance_told_by_few_employers_is_raised() -> None:
    # Two of 100 employers, alike in size, have one event each of their 50 vacancies: by hand the jackknife's variance is
    # 99 / 100 times 2 · (0.98 / 4950)² + 98 · (0.02 / 4950)², p = 2 / 5000, and two employers raise it by 0.5 / 2.
    events, known = np.r_[1.0, 1.0, np.zeros(98)], np.full(100, 50.0)
    variance = 0.99 * (2 * (0.98 / 4950) ** 2 + 98 * (0.02 / 4950) ** 2)
    p = 2 / 5000
    assert effective_trials(events, known) == pytest.approx(min(p * (1 - p) / (variance * 1.25), 5000))
