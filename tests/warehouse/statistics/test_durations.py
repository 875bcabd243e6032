"""Medians of open days agree with lifelines and recover the truth under late entry and censoring."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from warehouse.statistics.durations import events_and_exposure, median_from_steps, steps_of, weibull_median


def watched(seed: int, n: int = 3_000) -> dict[str, np.ndarray]:
    """Return durations as a crawler sees them: some found late, some still open, closings known to within a week."""
    rng = np.random.default_rng(seed)
    true = 60 / np.log(2) ** (1 / 1.4) * rng.weibull(1.4, n)
    entry = np.where(rng.random(n) < 0.4, rng.uniform(0, 50, n), 0.0)
    censor = entry + rng.uniform(5, 120, n)
    seen = true > entry  # what closed before it was found is never seen
    true, entry, censor = true[seen], entry[seen], censor[seen]
    is_event = true <= censor
    low = np.where(is_event, np.maximum(entry, true - rng.uniform(0, 7, len(true))), censor)
    return {"true": true, "entry": entry, "exit": np.minimum(true, censor), "is_event": is_event, "low": low}


def median(m: dict[str, np.ndarray]) -> float:
    ends = steps_of(m["exit"][m["is_event"]])
    everyone = np.zeros(len(m["exit"]), dtype=int)
    events, exposure = events_and_exposure(
        m["entry"], m["exit"], m["is_event"], np.ones(len(everyone)), ends, everyone, 1
    )
    return float(median_from_steps(events[0], exposure[0], ends))


@pytest.mark.parametrize("seed", range(4))
def test_median_agrees_with_lifelines(seed: int) -> None:
    m = watched(seed)
    theirs = KaplanMeierFitter().fit(m["exit"], m["is_event"], entry=m["entry"]).median_survival_time_
    assert median(m) == pytest.approx(theirs, rel=0.03)


def test_median_recovers_the_truth_where_ignoring_late_entry_would_not() -> None:
    found = [median(watched(seed)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(60, rel=0.02)
    naive = [median(m | {"entry": np.zeros_like(m["entry"])}) for m in map(watched, range(20))]
    assert np.mean(naive) > 64


def test_median_by_hand() -> None:
    # two steps of ten days; hazard 0.05 a day, then 0.1: ln 2 = 0.5 + 0.1 x, x = 1.93
    ends = np.array([10.0, 20.0])
    assert median_from_steps(np.array([5.0, 5.0]), np.array([100.0, 50.0]), ends) == pytest.approx(
        10 + (np.log(2) - 0.5) / 0.1
    )
    assert np.isnan(median_from_steps(np.array([1.0, 1.0]), np.array([100.0, 100.0]), ends))


def test_events_and_exposure_by_hand() -> None:
    events, exposure = events_and_exposure(
        entry=np.array([0.0, 5.0, 0.0]), exit_=np.array([12.0, 8.0, 30.0]), is_event=np.array([True, False, False]),
        weight=np.ones(3), ends=np.array([10.0, 20.0]), cluster=np.array([0, 0, 1]), n_clusters=2,
    )  # fmt: skip
    assert events.tolist() == [[0, 1], [0, 0]]
    assert exposure.tolist() == [[10 + 3, 2], [10, 10]]


def weibull(m: dict[str, np.ndarray], weight: np.ndarray, clusters: int = 10) -> tuple[float, np.ndarray]:
    high = np.where(m["is_event"], m["low"] + 7, np.inf)
    return weibull_median(m["low"], high, m["entry"], weight, np.arange(len(high)) % clusters, clusters)


def test_weibull_recovers_the_truth_from_intervals() -> None:
    m = watched(11)
    assert np.exp(weibull(m, np.ones(len(m["low"])))[0]) == pytest.approx(60, rel=0.06)


def test_influence_on_the_weibull_median_is_the_change_when_a_cluster_counts_more() -> None:
    m = watched(12)
    whole, influence = weibull(m, ones := np.ones(len(m["low"])))
    assert influence.sum() == pytest.approx(0, abs=1e-4)
    for cluster in (0, 3, 8):
        more = ones + 0.05 * (np.arange(len(ones)) % 10 == cluster)
        assert (weibull(m, more)[0] - whole) / 0.05 == pytest.approx(influence[cluster], rel=0.05, abs=2e-4)
