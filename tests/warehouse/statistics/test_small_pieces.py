"""Histograms, profiles, error correction, separation and turnover agree with independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse, stats
from scipy.spatial.distance import cosine, jensenshannon
from sklearn.metrics import roc_auc_score

from warehouse.statistics.classifier_error import corrected_shares, error_draws, error_matrix
from warehouse.statistics.histograms import LOG_STEP, log_bin, log_bin_edge, quantile_from_counts
from warehouse.statistics.profiles import (
    cosine_similarity,
    jensen_shannon_similarity,
    likeness,
    mentions_and_draws,
    permuted_similarity,
)
from warehouse.statistics.resampling import employer_weights
from warehouse.statistics.separation import auc_between, auc_from_counts, held_out_probabilities
from warehouse.statistics.turnover import profiles_of, squared_turnover


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_quantile_from_histogram_is_within_a_bin_of_the_sample_quantile(q: float) -> None:
    pay = np.random.default_rng(1).lognormal(11.5, 0.5, 5_000)
    bins = log_bin(pay)
    counts = np.bincount(bins - bins.min()).astype(float)
    found = log_bin_edge(bins.min() + quantile_from_counts(counts, q))
    assert found == pytest.approx(np.quantile(pay, q), rel=LOG_STEP)


def test_quantile_by_hand() -> None:
    # 2 in the first bin, 6 in the third: the median, the 4th of 8, is a third of the way into the third
    assert quantile_from_counts(np.array([2.0, 0.0, 6.0]), 0.5) == pytest.approx(2 + 1 / 3)
    assert np.isnan(quantile_from_counts(np.zeros(3), 0.5))
    assert np.isnan(quantile_from_counts(np.ones(3), 1.2))


def test_similarities_agree_with_scipy() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.poisson(3, (2, 40)).astype(float)
    assert jensen_shannon_similarity(first, second) == pytest.approx(1 - jensenshannon(first, second, base=2) ** 2)
    assert cosine_similarity(first, second) == pytest.approx(1 - cosine(first, second))
    assert jensen_shannon_similarity(first, first) == pytest.approx(1)
    assert jensen_shannon_similarity(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(0)


def test_groups_dealt_at_random_look_as_alike_as_one_population() -> None:
    rng = np.random.default_rng(3)
    asked = sparse.csr_matrix(rng.random((400, 30)) < 0.2, dtype=float)
    is_first = np.arange(400) < 60
    null = permuted_similarity(asked, is_first, 200, seed=1)
    seen = jensen_shannon_similarity(*(np.asarray(asked[side].sum(axis=0)).ravel() for side in (is_first, ~is_first)))
    assert np.quantile(null, 0.01) < seen < np.quantile(null, 0.99)
    assert null.max() < 1


def test_likeness_is_not_fooled_by_small_samples() -> None:
    """Forty employers with tastes of their own look less alike than the profiles they are drawn from."""
    rng = np.random.default_rng(11)
    profiles = rng.dirichlet(np.ones(20), 2)
    true = jensen_shannon_similarity(*profiles)
    weights = employer_weights(40, 300, seed=1)
    found, plain = [], []
    for _ in range(200):
        sides = [sparse.csr_matrix(_mentions(rng, shares, 40)) for shares in profiles]
        found.append(likeness(*(mentions_and_draws(side, weights) for side in sides))[0])
        plain.append(jensen_shannon_similarity(*(np.asarray(side.sum(axis=0)).ravel() for side in sides)))
    assert abs(np.mean(found) - true) < 0.3 * abs(np.mean(plain) - true)


def test_error_matrix_inverts_by_hand() -> None:
    # 100 of each labelled; 10 of the first are taken for the second, 20 of the second for the first
    confusion = np.array([[90.0, 10.0], [20.0, 80.0]])
    assert error_matrix(confusion).tolist() == [[0.9, 0.1], [0.2, 0.8]]
    observed = np.array([0.3, 0.7]) @ error_matrix(confusion)
    assert observed.tolist() == pytest.approx([0.41, 0.59])
    assert corrected_shares(observed, error_matrix(confusion)).tolist() == pytest.approx([0.3, 0.7])


def test_correction_cuts_impossible_shares() -> None:
    confusion = np.array([[90.0, 10.0], [20.0, 80.0]])
    assert corrected_shares(np.array([0.1, 0.9]), error_matrix(confusion)).tolist() == [
        0,
        1,
    ]  # under the 0.2 that error alone gives


def test_correction_carries_the_labels_own_uncertainty() -> None:
    truth = np.array([0.2, 0.5, 0.3])
    recognition = np.array([[0.85, 0.05, 0.10], [0.03, 0.92, 0.05], [0.06, 0.04, 0.90]])
    rng = np.random.default_rng(4)
    observed = truth @ recognition
    held, widths = 0, []
    for run in range(400):
        confusion = np.stack([rng.multinomial(150, row) for row in recognition])
        drawn = corrected_shares(np.broadcast_to(observed, (400, 3)), error_draws(confusion, 400, seed=run))[:, 0]
        low, high = np.quantile(drawn, [0.025, 0.975])
        held += low <= truth[0] <= high
        widths.append(high - low)
    assert 0.92 <= held / 400 <= 0.98
    assert np.mean(widths) > 0.03  # as if it were known, the width would be zero


def test_classes_that_labels_cannot_tell_apart_do_not_break_the_correction() -> None:
    confusion = np.array(
        [[8.0, 2.0, 0.0], [0.0, 10.0, 0.0], [0.0, 3.0, 0.0]]
    )  # the third is always taken for the second
    found = corrected_shares(np.array([0.4, 0.6, 0.0]), error_matrix(confusion))
    assert found.tolist() == pytest.approx([0.5, 0.25, 0.25])


def test_class_never_labelled_is_taken_as_recognised_and_drawn_as_the_others_err() -> None:
    counts = np.array([[80.0, 15.0, 5.0], [10.0, 90.0, 0.0], [0.0, 0.0, 0.0]])
    assert error_matrix(counts)[2].tolist() == [0, 0, 1]
    drawn = error_draws(counts, 20_000, seed=1)
    assert drawn[:, 2].mean(axis=0) == pytest.approx([0.0612, 0.0903, 0.8483], abs=0.005)  # 170 of 200 were right
    assert drawn[:, 2].std(axis=0).min() > 0.1


def test_error_draws_are_the_dirichlet_posterior_of_one_prior_label_a_row() -> None:
    counts = np.array([[80.0, 15.0, 5.0], [10.0, 90.0, 0.0], [1.0, 1.0, 30.0]])
    right = 200.5 / 233
    off = (1 - right) * np.array([0.0, 16.5, 5.5]) / 22
    drawn = error_draws(counts, 40_000, seed=2)[:, 0]
    theirs = stats.dirichlet(counts[0] + off + [right, 0, 0])
    assert drawn.mean(axis=0) == pytest.approx(theirs.mean(), abs=0.001)
    assert drawn.var(axis=0) == pytest.approx(theirs.var(), rel=0.05)
    assert (error_draws(np.zeros((3, 3)), 2, seed=1) == np.eye(3)).all()


def test_auc_from_histograms_agrees_with_sklearn() -> None:
    rng = np.random.default_rng(5)
    labels = rng.random(3_000) < 0.3
    scores = np.clip(np.floor(rng.normal(50 + 8 * labels, 15)), 0, 99).astype(int)
    positive, negative = (np.bincount(scores[side], minlength=100).astype(float) for side in (labels, ~labels))
    assert auc_from_counts(positive, negative) == pytest.approx(roc_auc_score(labels, scores))


def test_auc_between_employers_agrees_with_counting_pairs() -> None:
    rng = np.random.default_rng(15)
    employer, label = rng.integers(0, 12, 300), rng.random(300) < 0.4
    score = rng.integers(0, 30, 300)
    sides = [
        sparse.csr_matrix((np.ones(mine.sum()), (employer[mine], score[mine])), shape=(12, 30))
        for mine in (label, ~label)
    ]
    weights = employer_weights(12, 50, seed=1)
    value, drawn = auc_between(*sides, weights)

    def counted(times: np.ndarray) -> float:
        copies = np.concatenate([np.full(times[e], e) for e in range(12)]).astype(int)
        rows = [(e, s, one) for e in copies for s, one in zip(score[employer == e], label[employer == e], strict=True)]
        wins = [(s > t) + (s == t) / 2 for e, s, a in rows if a for f, t, b in rows if not b and e != f]
        return float(np.mean(wins))

    assert value == pytest.approx(counted(np.ones(12, dtype=int)))
    for k in (0, 7):
        assert drawn[k] == pytest.approx(counted(weights[k].astype(int)))


def test_auc_between_employers_has_no_lift_of_their_own_pairs() -> None:
    """Employers shift all their scores: within one the classes are told apart better than across, by chance of few employers."""
    rng = np.random.default_rng(16)
    within, between = [], []
    for _ in range(300):
        employer = np.repeat(np.arange(10), 8)
        label = rng.random(80) < 0.5
        score = np.clip(
            np.floor(30 + 6 * label + 10 * rng.normal(size=10)[employer] + 5 * rng.normal(size=80)), 0, 79
        ).astype(int)
        sides = [
            sparse.csr_matrix((np.ones(mine.sum()), (employer[mine], score[mine])), shape=(10, 80))
            for mine in (label, ~label)
        ]
        between.append(auc_between(*sides, employer_weights(10, 1, seed=1))[0])
        within.append(auc_from_counts(*(np.asarray(side.sum(axis=0)).reshape(-1) for side in sides)))
    truth = stats.norm.cdf(6 / np.sqrt(2 * (10**2 + 5**2)))
    error = np.std(between) / np.sqrt(300)
    assert np.mean(between) == pytest.approx(truth, abs=3 * error)
    assert np.mean(within) > truth + 3 * error


def test_classifier_is_judged_on_employers_it_never_saw() -> None:
    """Every employer has a trait and a label of its own: what is learnt of one says nothing of another."""
    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(60), 10)
    labels = (rng.permutation(60) < 30).astype(int)[groups]
    traits = sparse.csr_matrix((np.ones(600), (np.arange(600), groups)))
    found = held_out_probabilities(traits, labels, groups, seed=1)[:, 1]
    assert 0.35 < roc_auc_score(labels, found) < 0.65


def test_classifier_learns_what_holds_across_employers() -> None:
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(60), 10)
    labels = rng.integers(0, 3, 600)
    traits = sparse.csr_matrix(rng.random((600, 6)) < 0.1 + 0.7 * (np.arange(6) // 2 == labels[:, None]), dtype=float)
    found = held_out_probabilities(traits, labels, groups, seed=1)
    assert found.sum(axis=1) == pytest.approx(1)
    assert np.mean(found.argmax(axis=1) == labels) > 0.8


def _mentions(rng: np.random.Generator, shares: np.ndarray, employers: int) -> np.ndarray:
    """Return mentions by employer and trait, employers with tastes of their own."""
    tastes = rng.dirichlet(shares * 30, employers)
    return np.stack(
        [rng.multinomial(n, taste) for n, taste in zip(1 + rng.poisson(6, employers), tastes, strict=True)]
    ).astype(float)


def test_turnover_is_not_fooled_by_small_samples() -> None:
    rng = np.random.default_rng(8)
    shares = rng.dirichlet(np.ones(20))
    changed = np.roll(shares, 1) * 0.2 + shares * 0.8
    true = float(np.square(changed - shares).sum())
    weights = employer_weights(60, 200, seed=1)
    still, moved, plain = [], [], []
    for _ in range(300):
        before, same, after = (profiles_of([_mentions(rng, s, 60)], weights)[0] for s in (shares, shares, changed))
        still.append(squared_turnover([(before, same)], weights)[0])
        moved.append(squared_turnover([(before, after)], weights)[0])
        plain.append(float(np.square(same.shares - before.shares).sum()))
    assert np.mean(still) == pytest.approx(0, abs=3 * np.std(still) / np.sqrt(300))
    assert np.mean(moved) == pytest.approx(true, abs=3 * np.std(moved) / np.sqrt(300))
    assert np.mean(plain) > true / 5  # uncorrected, nothing looks like a good part of the change


def test_turnover_replicates_centre_on_the_estimate() -> None:
    rng = np.random.default_rng(9)
    weights = employer_weights(200, 2_000, seed=1)
    ends = [
        profiles_of([_mentions(rng, s, 200)], weights)[0]
        for s in (np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4]))
    ]
    value, replicates = squared_turnover([tuple(ends)], weights)
    assert replicates.mean() == pytest.approx(value, abs=0.1 * replicates.std())
