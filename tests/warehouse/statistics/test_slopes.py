"""Slopes from sums agree with scipy and statsmodels, and each unit's information with its part of the regression's."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from warehouse.statistics.resampling import ratio
from warehouse.statistics.slopes import information, pooled_slope, within_sums


@pytest.fixture
def market() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    unit = rng.integers(0, 12, 400)
    x = rng.integers(0, 5, 400).astype(float)
    return unit, x, 0.1 * x + rng.normal(0, 1, 12)[unit] + rng.normal(0, 0.3, 400)


def test_pooled_slope_agrees_with_scipy(market) -> None:
    unit, x, y = market
    sums = np.column_stack([np.bincount(unit, v, 12) for v in (np.ones(400), x, y, x * y, x * x)])
    assert pooled_slope(sums.sum(axis=0)) == pytest.approx(stats.linregress(x, y).slope)
    assert np.isnan(pooled_slope(np.array([3.0, 6.0, 1.0, 2.0, 12.0])))  # one x only
    assert information(sums) == pytest.approx(np.bincount(unit, np.square(x - x.mean()), 12))


def test_slope_within_units_agrees_with_statsmodels(market) -> None:
    unit, x, y = market
    numerator, denominator = within_sums(np.ones(400), x, y, unit, 12)
    dummies = (unit[:, None] == np.arange(12)).astype(float)
    theirs = sm.OLS(y, np.column_stack([x, dummies])).fit().params[0]
    assert ratio(numerator.sum(), denominator.sum()) == pytest.approx(theirs)
    alone = within_sums(np.ones(2), np.array([2.0, 2.0]), np.array([1.0, 0.0]), np.zeros(2, dtype=int), 1)
    assert [float(part[0]) for part in alone] == [0, 0]  # seen at one x only
