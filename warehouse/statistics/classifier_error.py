"""How shares of classes are corrected for a classifier's measured error, with that error's own uncertainty."""

from __future__ import annotations

import numpy as np

from warehouse.statistics.resampling import Array


def error_matrix(confusion: Array) -> Array:
    """Return P(predicted | labelled), shape (classes, classes), from counts labelled × predicted.

    A class that was never labelled is taken as recognised without error.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    sums = counts.sum(axis=1, keepdims=True)
    return np.where(sums > 0, counts / np.where(sums > 0, sums, 1), np.eye(len(counts)))


def error_draws(confusion: Array, replicates: int, seed: int) -> Array:
    """Return draws of P(predicted | labelled) from its Dirichlet posterior, shape (replicates, classes, classes).

    The prior of each row is one label, spread as the matrix as a whole errs: its diagonal has the share of all labels that
    were predicted right, the rest goes by how often each class is predicted wrongly (an empirical Bayes prior, Agresti and
    Hitchcock 2005, section 2.2). A flat prior gives the many cells without a count as much as what a row's few errors
    weigh, and makes intervals of rare roles too wide.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    if not counts.any():
        return np.tile(np.eye(len(counts)), (replicates, 1, 1))
    right = (np.trace(counts) + 0.5) / (counts.sum() + 1)
    wrongly = np.tile(counts.sum(axis=0) - np.diag(counts) + 0.5, (len(counts), 1))
    np.fill_diagonal(wrongly, 0.0)
    prior = right * np.eye(len(counts)) + (1 - right) * wrongly / wrongly.sum(axis=1, keepdims=True)
    rng = np.random.default_rng(seed)
    return np.stack([rng.dirichlet(row, replicates) for row in counts + prior], axis=1)


def corrected_shares(observed: Array, matrix: Array) -> Array:
    """Return the true shares behind observed ones, shape (..., classes), by inverting P(predicted | labelled).

    observed = true · matrix, so true = observed · matrix⁻¹ (the matrix method of Barron 1977; Lipton, Wang and Smola
    2018 for the shift of class shares); negative solutions are cut to zero and the rest scaled to the same sum. Classes
    that the labels cannot tell apart at all share alike what is seen of them.
    """
    transposed = np.swapaxes(matrix, -1, -2)
    try:
        solved = np.linalg.solve(transposed, observed[..., None])[..., 0]
    except np.linalg.LinAlgError:
        solved = (np.linalg.pinv(transposed) @ observed[..., None])[..., 0]
    cut = np.clip(solved, 0.0, None)
    sums = cut.sum(axis=-1, keepdims=True)
    return np.where(sums > 0, cut / np.where(sums > 0, sums, 1) * observed.sum(axis=-1, keepdims=True), np.nan)
