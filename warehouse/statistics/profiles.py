"""How alike two profiles are: Jensen-Shannon and cosine similarity of counts, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from warehouse.statistics.resampling import Array, sparse_totals


def distribution(counts: Array) -> Array:
    """Return counts as shares of their sum along the last axis; NaN where they are all zero."""
    sums = counts.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums > 0, counts / np.where(sums > 0, sums, 1.0), np.nan)


def jensen_shannon_similarity(first: Array, second: Array) -> Array:
    """Return 1 less the Jensen-Shannon divergence in bits (Lin 1991) of two profiles of counts, (...,): 1 is alike."""
    p, q = distribution(first), distribution(second)
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = sum(
            np.where(x > 0, x * np.log2(np.where(x > 0, x, 1) / np.where(m > 0, m, 1)), 0.0).sum(axis=-1) / 2
            for x in (p, q)
        )
    return np.where(np.isnan(p).any(axis=-1) | np.isnan(q).any(axis=-1), np.nan, 1 - divergence)


def cosine_similarity(first: Array, second: Array) -> Array:
    """Return the cosine of the angle between two profiles of counts, (...,)."""
    norms = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norms > 0, (first * second).sum(axis=-1) / np.where(norms > 0, norms, 1.0), np.nan)


def likeness(
    first: tuple[Array, Array],
    second: tuple[Array, Array],
    similarity: Callable[[Array, Array], Array] = jensen_shannon_similarity,
) -> tuple[float, Array]:
    """Return the similarity of two groups' profiles less the bias of finite samples, and its bootstrap replicates.

    Each group is its mentions by trait, (traits,), and their replicates, (replicates, traits). Two samples look less alike
    than what they were drawn from; by how much is what the replicates, drawn from the samples, fall short of these
    (Efron and Tibshirani 1993, section 10.6), clusters' own tastes included.
    """
    plain, drawn = float(similarity(first[0], second[0])), similarity(first[1], second[1])
    return 2 * plain - float(np.nanmean(drawn)), drawn


def mentions_and_draws(counts: sparse.csr_matrix, weights: NDArray[np.float32]) -> tuple[Array, Array]:
    """Return mentions by trait, (traits,), and their replicates, (replicates, traits), from counts by cluster and trait."""
    return np.asarray(counts.sum(axis=0), dtype=np.float64).reshape(-1), sparse_totals(weights, counts)


def permuted_similarity(
    asked: sparse.csr_matrix,
    is_first: NDArray[np.bool_],
    permutations: int,
    seed: int,
    similarity: Callable[[Array, Array], Array] = jensen_shannon_similarity,
) -> Array:
    """Return the similarity of two groups whose members were dealt anew, shape (permutations,).

    `asked` has a row per member and a column per trait; group sizes stay. It is how alike two samples of one
    population of these sizes look, which is less than 1.
    """
    rng = np.random.default_rng(seed)
    total = np.asarray(asked.sum(axis=0), dtype=np.float64).reshape(-1)
    dealt = np.stack([rng.permutation(is_first) for _ in range(permutations)]).astype(np.float64)
    first = np.asarray(dealt @ asked)
    return similarity(first, total - first)
