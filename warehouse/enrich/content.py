"""Knows what a posting asks of the candidate and what the work does with models: the codebook's content flags.

Each flag is a logistic regression on counts of the cues of cues.toml (by zone of the text) and the role; its weights
are in content_weights.json, fitted by `python -m warehouse.enrich.training`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import cues, role
from warehouse.schema.tables import ROLES

FIELDS: tuple[str, ...] = ("asks_ml", "asks_software", "serves_models", "tunes_models", "asks_research", "asks_math")

Matrix = npt.NDArray[np.float64]

EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    "asks_ml": ("ml_asked", "ai_asked", "ml", "llm", "data_science", "frameworks"),
    "asks_software": ("software_asked", "software"),
    "serves_models": ("serving_words", "models_served"),
    "tunes_models": ("tuning_words", "models_trained"),
    "asks_research": ("research_asked", "research"),
    "asks_math": ("math_asked", "math_studied", "math_field", "math"),
}
"""The cues whose first signs are shown as the evidence of a true flag."""
_LOG = np.log1p(np.arange(64))
_NOT_FEATURES = frozenset(
    {"experience_word", "train_verb", "serve_verb", "model_noun", "degree_word", "head_ask", "head_duty", "head_us"}
)


@cache
def _feature_cues() -> npt.NDArray[np.int64]:
    return np.array([i for i, name in enumerate(cues.lexicon().cue_names) if name not in _NOT_FEATURES])


@cache
def feature_names() -> tuple[str, ...]:
    """Names of the columns of `features`, in order."""
    names = np.array(cues.lexicon().cue_names)[_feature_cues()]
    by_zone = [f"{name}@{zone}" for name in names for zone in (*cues.ZONES[1:], "any")]
    return (*by_zone, *(f"role={name}" for name in ROLES), "has_no_headings")


def features(postings: pl.DataFrame) -> Matrix:
    """One row per posting, one column per `feature_names`: log(1 + count) of cues and indicators of the role."""
    found = cues.find(postings)
    counts = found.counts[:, _feature_cues()]
    by_zone = np.concatenate([counts[:, :, 1:], counts.sum(axis=2, keepdims=True)], axis=2).reshape(
        found.hits.n_rows, -1
    )
    roles = role.extract(postings)["role"]
    indicators = [(roles == name).to_numpy() for name in ROLES]
    indicators.append(found.count("head_ask") + found.count("head_duty") == 0)
    return np.concatenate([_LOG[np.minimum(by_zone, len(_LOG) - 1)], np.stack(indicators, axis=1)], axis=1)


@cache
def weights() -> dict[str, tuple[npt.NDArray[np.float64], float, float]]:
    """For each flag its coefficients over `feature_names`, its intercept and the log-odds from which it is true."""
    stored = json.loads(resources.files(__package__).joinpath("content_weights.json").read_text("utf-8"))
    names = feature_names()
    return {
        flag: (
            np.array([model["coefficients"].get(name, 0.0) for name in names]),
            model["intercept"],
            model["threshold"],
        )
        for flag, model in stored["flags"].items()
    }


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """The content flags of each posting; null where the text is empty or, by the column `language`, not English."""
    matrix = features(postings)
    readable = postings["text"].str.strip_chars() != ""
    if "language" in postings.columns:
        readable &= postings["language"].fill_null("en") == "en"
    flags: dict[str, pl.Series] = {}
    for flag in FIELDS:
        coefficients, intercept, threshold = weights()[flag]
        # A sum row by row, not a matrix product: BLAS may add in another order for another number of rows.
        odds = np.add.reduce(matrix * coefficients, axis=1) + intercept
        flags[flag] = pl.select(pl.when(readable).then(pl.Series(odds > threshold))).to_series()
    result = pl.DataFrame(flags)
    if explain:
        found = cues.find(postings)
        result = result.with_columns(
            pl.when(pl.col(flag))
            .then(pl.Series(found.spans(*EXPLAINED_BY[flag]), dtype=pl.String))
            .alias(f"{flag}_span")
            for flag in FIELDS
        )
    return result.select(*FIELDS, *([f"{flag}_span" for flag in FIELDS] if explain else []))
