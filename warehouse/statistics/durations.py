"""How long things stay open: medians with late entry, right and interval censoring, from per-employer counts or by lifelines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from lifelines import WeibullFitter
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array

STEPS = 60
JACKKNIFE_GROUPS = 10


def steps_of(event_times: Array) -> Array:
    """Return the right ends of up to 60 steps that hold about as many events each."""
    unique = np.unique(event_times)
    return unique if len(unique) <= STEPS else np.unique(np.quantile(event_times, np.linspace(0, 1, STEPS + 1)[1:]))


def events_and_exposure(
    entry: Array,
    exit_: Array,
    is_event: NDArray[np.bool_],
    weight: Array,
    ends: Array,
    cluster: NDArray[np.integer],
    n_clusters: int,
) -> tuple[Array, Array]:
    """Return events and time at risk by cluster and step, each shape (clusters, steps).

    Someone is at risk from `entry` (late entry: left truncation) to `exit_`; `ends` are the steps' right ends.
    """
    starts = np.concatenate([[0.0], ends[:-1]])
    events = np.zeros((n_clusters, len(ends)))
    exposure = np.zeros((n_clusters, len(ends)))
    step = np.searchsorted(ends, exit_, side="left")
    counted = is_event & (step < len(ends))
    np.add.at(events, (cluster[counted], step[counted]), weight[counted])
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        time = np.clip(np.minimum(exit_, end) - np.maximum(entry, start), 0.0, None)
        exposure[:, k] = np.bincount(cluster, weight * time, n_clusters)
    return events, exposure


def median_from_steps(events: Array, exposure: Array, ends: Array) -> Array:
    """Return the median duration under a hazard that is constant within each step, shape (...,); NaN where never reached.

    With steps at every event time this is the Nelson-Aalen form of the Kaplan-Meier estimate (Kaplan and Meier 1958).
    """
    widths = np.diff(np.concatenate([[0.0], ends]))
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(exposure > 0, events / np.where(exposure > 0, exposure, 1.0), 0.0) * widths
    cumulative = np.cumsum(hazard, axis=-1)
    position = (cumulative < np.log(2)).sum(axis=-1)
    inside = np.minimum(position, len(ends) - 1)
    here = np.take_along_axis(hazard, inside[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(cumulative, inside[..., None], axis=-1)[..., 0] - here
    with np.errstate(divide="ignore", invalid="ignore"):
        median = ends[inside] - widths[inside] * (1 - (np.log(2) - before) / np.where(here > 0, here, np.nan))
    return np.where(position < len(ends), median, np.nan)


def weibull_median(low: Array, high: Array, entry: Array, weight: Array) -> float:
    """Return the median of a Weibull accelerated-failure model (lifelines) with interval censoring and late entry.

    A duration lies between `low` and `high`, which is infinite where still open.
    """
    fitter = WeibullFitter()
    low = np.maximum(low, 1e-3)
    fitter.fit_interval_censoring(low, np.maximum(high, low), entry=np.minimum(entry, low), weights=weight)
    return float(fitter.median_survival_time_)


def jackknife(values: Sequence[float]) -> float:
    """Return the standard error from estimates that each left out one of as many random groups of clusters."""
    known = np.asarray(values, dtype=np.float64)
    return float(np.sqrt((len(known) - 1) / len(known) * np.square(known - known.mean()).sum()))
