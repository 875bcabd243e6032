"""What an estimate of several sides rests on, and what noise takes off a correlation, against scipy and known truths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from warehouse.evidence.pay import median_gap
from warehouse.evidence.skill_premium import disattenuation, rank_correlation, told_without_noise
from warehouse.evidence.supply import behind_both
from warehouse.statistics.histograms import LOG_STEP
from warehouse.statistics.resampling import effective_employers, employer_weights, totals, two_sides_effective


def test_two_sides_count_alike_whatever_their_size() -> None:
    alike = np.array([3.0, 1.0, 5.0, 0.0])
    assert two_sides_effective(alike, 100 * alike) == pytest.approx(effective_employers(alike))
    first, second = np.r_[np.ones(10), np.zeros(40)], np.r_[np.zeros(10), np.full(40, 7.0)]
    assert two_sides_effective(first, second) == pytest.approx(4 / (1 / 10 + 1 / 40))  # twice the harmonic mean
    assert two_sides_effective(np.zeros(3), np.zeros(3)) == 0


def test_gap_of_medians_rests_on_what_welch_says() -> None:
    rng = np.random.default_rng(1)
    sides = [rng.poisson(2, (n, 60)).astype(float) for n in (30, 60)]
    padded = [np.pad(sides[0], ((0, 60), (0, 0))), np.pad(sides[1], ((30, 0), (0, 0)))]
    weights = employer_weights(90, 2_000, seed=1)
    drawn = [totals(weights, side) for side in padded]
    gap, gaps, n = median_gap([side.sum(axis=0) for side in padded], drawn, [side.sum(axis=1) for side in padded])
    levels = [np.repeat(np.arange(60), side.sum(axis=0).astype(int)) for side in sides]
    assert gap == pytest.approx((np.median(levels[0]) - np.median(levels[1])) * LOG_STEP, abs=LOG_STEP)
    samples = [side.sum(axis=1) for side in sides]
    v = [
        median_gap([side.sum(axis=0)] * 2, [one, side.sum(axis=0)[None]], [side.sum(axis=1)] * 2)[1].var()
        for one, side in zip(drawn, padded, strict=True)
    ]
    degrees = sum(v) ** 2 / sum(
        part**2 / (effective_employers(size) - 1) for part, size in zip(v, samples, strict=True)
    )
    assert n == pytest.approx(1 + degrees, rel=0.01)
    assert gaps.var() == pytest.approx(sum(v), rel=0.1)


def test_supply_rests_on_the_months_where_they_make_the_variance() -> None:
    rng = np.random.default_rng(2)
    wide, narrow = rng.lognormal(0, 0.5, 4_000), rng.lognormal(0, 0.01, 4_000)
    assert behind_both(wide, narrow, 12, 300) == pytest.approx(12, rel=0.02)
    assert behind_both(narrow, wide, 12, 300) == pytest.approx(300, rel=0.02)
    assert 40 < behind_both(wide, rng.permutation(wide), 12, 300) < 50  # 1 + 2² / (1 / 11 + 1 / 299)


def test_correlation_without_noise_is_spearmans() -> None:
    rng = np.random.default_rng(3)
    premium, reach = rng.normal(size=25), rng.lognormal(size=25)
    value, drawn = told_without_noise(premium, reach, np.tile(premium, (4, 1)), np.tile(reach, (4, 1)))
    theirs = stats.spearmanr(premium, reach).statistic
    assert value == pytest.approx(theirs)
    assert drawn == pytest.approx(np.full(4, theirs))
    assert rank_correlation(premium[None], reach[None])[0] == pytest.approx(theirs)


def test_noise_is_taken_out_of_a_correlation() -> None:
    rng = np.random.default_rng(4)
    found, plain = [], []
    for _ in range(300):
        reach = np.exp(rng.normal(size=60))
        true = -0.6 * np.log(reach) + 0.8 * rng.normal(size=60)
        premium = true + 0.7 * rng.normal(size=60) + 5.0
        premiums = (
            premium + 0.7 * rng.normal(size=(200, 60)) + 3 * rng.normal(size=(200, 1))
        )  # the last moves all alike
        found.append(told_without_noise(premium, reach, premiums, np.tile(reach, (200, 1)))[0])
        plain.append(stats.spearmanr(premium, reach).statistic)
    truth = 6 / np.pi * np.arcsin(-0.6 / 2)  # Spearman's of a bivariate normal
    assert np.mean(found) == pytest.approx(truth, abs=0.02)
    assert np.mean(plain) > truth + 0.08


def test_reliability_has_a_floor() -> None:
    rng = np.random.default_rng(5)
    value = rng.normal(size=30)
    assert disattenuation(value, value + 9 * rng.normal(size=(200, 30))) == 0.5
    assert disattenuation(np.ones(30), np.ones((5, 30))) == 1
