"""How long things stay open: medians with late entry, right and interval censoring, from per-employer counts or by lifelines."""

from __future__ import annotations

import numpy as np
from lifelines import WeibullFitter
from numpy.typing import NDArray

from warehouse.statistics.resampling import Array

STEPS = 60


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


def weibull_median(
    low: Array, high: Array, entry: Array, weight: Array, cluster: NDArray[np.integer], n_clusters: int
) -> tuple[float, Array]:
    """Return the logarithm of the median of a Weibull accelerated-failure model and each cluster's influence on it, (clusters,).

    The fit is lifelines', with interval censoring and late entry: a duration lies between `low` and `high`, which is
    infinite where still open. The influences are the clusters' scores times the inverse of the observed information;
    value + (w - 1)·influence is the one-step cluster bootstrap.
    """
    low = np.maximum(low, 1e-3)
    high, entry = np.maximum(high, low), np.minimum(entry, low)
    fitter = WeibullFitter()
    fitter.fit_interval_censoring(low, high, entry=entry, weights=weight)
    at = np.log([fitter.lambda_, fitter.rho_])
    scores = _weibull_scores(at, low, high, entry) * weight[:, None]
    step = 1e-5
    information = -np.stack([
        (_weibull_scores(at + step * unit, low, high, entry) - _weibull_scores(at - step * unit, low, high, entry)).T @ weight / (2 * step)
        for unit in np.eye(2)
    ])  # fmt: skip
    spread = np.exp(-at[1])
    direction = np.linalg.solve(information, np.array([1.0, -np.log(np.log(2)) * spread]))
    return float(at[0] + np.log(np.log(2)) * spread), np.bincount(cluster, scores @ direction, n_clusters)


def _weibull_scores(at: Array, low: Array, high: Array, entry: Array) -> Array:
    """Return the derivatives of each row's log-likelihood by log scale and log shape, shape (rows, 2)."""
    shape = np.exp(at[1])

    def cumulative(time: Array) -> tuple[Array, Array]:
        with np.errstate(divide="ignore", invalid="ignore"):
            away = np.log(time) - at[0]
            hazard = np.exp(shape * away)
            slopes = shape * np.stack([-hazard, away * hazard], axis=1)
        return hazard, np.where((time > 0)[:, None] & np.isfinite(hazard)[:, None], slopes, 0.0)

    (before, d_low), (after, d_high), (_, d_entry) = cumulative(low), cumulative(high), cumulative(entry)
    is_open = np.isinf(high)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inside = (d_high - d_low) / np.expm1(after - before)[:, None]
    return d_entry - d_low + np.where(is_open[:, None], 0.0, inside)
