"""How well classes can be told apart by their traits, judged only on employers the classifier has not seen."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from warehouse.statistics.resampling import Array

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
    below = np.cumsum(negative, axis=-1) - negative
    with np.errstate(divide="ignore", invalid="ignore"):
        wins = (positive * (below + negative / 2)).sum(axis=-1)
        pairs = positive.sum(axis=-1) * negative.sum(axis=-1)
        return np.where(pairs > 0, wins / np.where(pairs > 0, pairs, 1.0), np.nan)
