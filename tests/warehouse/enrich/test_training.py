from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from warehouse.enrich import cues, training


def test_no_model_saw_a_posting_of_the_company_it_is_judged_on() -> None:
    company = np.repeat(np.arange(30), 4)
    truth = np.random.default_rng(0).random(30)[company] < 0.5
    # Each company has a column of its own, which tells everything to a model that saw the company and nothing to one that did not.
    matrix = np.eye(30)[company]
    coefficients, intercept = training.fit(matrix, truth, strength=100.0)
    assert ((matrix @ coefficients + intercept > 0) == truth).all()
    odds = training.cross_validated(matrix, truth, pl.Series(company.astype(str)), strength=100.0)
    assert odds.shape[1] == len(truth)
    for of_one in odds:
        assert len(np.unique(of_one.round(6))) <= 10, "one value per fold: its intercept"
    assert not np.array_equal(odds[0], odds[1]), "partitions differ"


def test_log_loss_of_a_coin_and_of_certainty() -> None:
    truth = np.array([True, False])
    assert training.log_loss(np.zeros((3, 2)), truth) == pytest.approx(np.log(2))
    assert training.log_loss(np.array([30.0, -30.0]), truth) == pytest.approx(0, abs=1e-9)
    assert training.log_loss(np.array([-30.0, 30.0]), truth) == pytest.approx(30)


def test_the_threshold_lies_between_what_is_true_and_what_is_not() -> None:
    odds = np.concatenate([np.full(50, -1.3), np.full(50, 0.6)])
    at = training.best_threshold(odds, odds > 0, np.ones(100))
    assert -1.3 < at < 0.6


def test_weights_of_rows_move_the_threshold() -> None:
    odds = np.concatenate([np.full(30, -1.0), np.full(30, 0.0), np.full(30, 0.8)])
    truth = np.concatenate([np.zeros(30, bool), np.tile([True, False, False], 10), np.ones(30, bool)])
    light, heavy = np.ones(90), np.where(truth, 9.0, 1.0)
    assert training.best_threshold(odds, truth, heavy) < 0 <= training.best_threshold(odds, truth, light)


@pytest.mark.parametrize(
    ("cue", "shown", "not_shown"),
    [
        ("ai_built", "You build and ship AI-powered features.", "Our AI-powered platform is trusted by many."),
        ("kinds_made", "Develop churn and pricing models.", "Pricing models of suppliers change."),
        ("model_running_words", "Route requests between model providers.", "Show jewellery with a model on site."),
        ("model_kinds", "Attribution models and media mix.", "New car models arrive in spring."),
        ("quality_words", "Compare answers by LLM-as-a-judge.", "Judge what good looks like."),
        ("production_words", "Bring models into production.", "A producer of concerts."),
        ("modellers", "Partner with data scientists.", "Partner with sales."),
        ("ai_governance_words", "Answer for responsible AI.", "Answer for responsible sourcing."),
        ("training_platform_words", "Run GPU clusters for distributed training.", "Training on the job."),
    ],
)
def test_a_cue_of_work_with_models_knows_its_phrases(cue: str, shown: str, not_shown: str) -> None:
    found = cues.find(pl.DataFrame({"title": ["", ""], "text": [shown, not_shown]})).count(cue)
    assert found[0] > 0
    assert found[1] == 0
