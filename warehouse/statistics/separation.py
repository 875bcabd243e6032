"""How well classes can be told apart by their traits, judged only on employers the classifier has not seen."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from warehouse.statistics.resampling import Array, ratio, sparse_totals

FOLDS = 5


def held_out_probabilities(
    traits: sparse.csr_matrix, labels: NDArray[np.integer], groups: NDArray[np.integer], seed: int
) -> Array:
    """Return P(class) of each row, shape (rows, classes), from a logistic regression that never saw the row's group.

    Five folds hold whole groups; classes weigh alike, so that rare ones are not drowned. Labels are 0..classes-1 and
    every class must be in more groups than there are folds.
    """
    out = np.full((len(labels), int(labels.max()) + 1), np.nan)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(traits, labels, groups):
        model = LogisticRegression(class_weight="balanced", max_iter=200, C=0.5, tol=1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(traits[train], labels[train])
        out[np.ix_(test, model.classes_)] = model.predict_proba(traits[test])
    return np.nan_to_num(out)


def auc_from_counts(positive: Array, negative: Array) -> Array:
    """Return the area under the ROC curve from histograms of scores in rising bins, (..., bins); ties count half."""
    return ratio(*_wins_and_pairs(positive, negative))


def auc_between(
    positive: sparse.csr_matrix, negative: sparse.csr_matrix, weights: NDArray[np.float32]
) -> tuple[float, Array]:
    """Return the area under the ROC curve over pairs of two different clusters, and its replicates, (replicates,).

    `positive` and `negative` are histograms of scores by cluster, shape (clusters, bins). Pairs of one cluster, in
    replicates those of its copies, are left out: with few clusters they are many, and alike (Obuchowski 1997 keeps them).
    """
    both = np.flatnonzero((np.diff(positive.indptr) > 0) & (np.diff(negative.indptr) > 0))
    own = np.stack(_wins_and_pairs(positive[both].toarray(), negative[both].toarray()))
    drawn = np.stack(_wins_and_pairs(sparse_totals(weights, positive), sparse_totals(weights, negative)))
    drawn -= own @ np.square(weights[:, both], dtype=np.float64).T
    plain = [np.asarray(side.sum(axis=0), dtype=np.float64).reshape(-1) for side in (positive, negative)]
    wins, pairs = np.stack(_wins_and_pairs(*plain)) - own.sum(axis=1)
    return float(ratio(wins, pairs)), ratio(*drawn)


def _wins_and_pairs(positive: Array, negative: Array) -> tuple[Array, Array]:
    below = np.cumsum(negative, axis=-1) - negative
    return (positive * (below + negative / 2)).sum(axis=-1), positive.sum(axis=-1) * negative.sum(axis=-1)
