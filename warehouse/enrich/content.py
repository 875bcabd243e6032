"""Knows what a posting asks of the candidate and what the work does with models: the codebook's content flags.

Each flag is a logistic regression on counts of the cues of cues.toml (by zone of the text) and the role, `asks_research`
also on whose papers a posting speaks of and how likely a sentence asks for them; its weights are in content_weights.json,
fitted by `python -m warehouse.enrich.training`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import asked_sentences, cues, mentions, role
from warehouse.schema.tables import ROLES

FIELDS: tuple[str, ...] = ("asks_ml", "asks_software", "serves_models", "tunes_models", "asks_research", "asks_math")

Matrix = npt.NDArray[np.float64]

EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    "asks_ml": ("ml_asked", "ai_asked", "ml", "llm", "data_science", "frameworks"),
    "asks_software": ("software_asked", "software"),
    "serves_models": (
        "serving_words",
        "inference_words",
        "ml_platform_words",
        "ai_product_words",
        "models_in_production",
        "ai_feature_words",
    ),
    "tunes_models": ("tuning_words", "evaluation_words", "prediction_words", "models_trained", "kinds_made"),
    "asks_research": (
        "research_asked",
        "publications_else",
        "research_record",
        "literature_else",
        "wanted_else",
        "research_applied",
        "research_followed",
        "research_experience",
    ),
    "asks_math": ("math_asked", "math_studied", "math_field", "math"),
}
"""The cues whose first signs are shown as the evidence of a true flag, where no sentence is that asks for papers."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a flag's regression looks at: cues in zones, cues whose weight may differ by role, and whose papers are spoken of.

    `strength` is the inverse of the ridge penalty; weights that differ by role are held back by the inverse square of
    `ease_by_role` more.
    """

    cues: tuple[str, ...]
    zones: tuple[str, ...] = ("any", "ask", "duty")
    by_role: tuple[str, ...] = ()
    strength: float = 0.03
    ease_by_role: float = 1.0
    with_mentions: bool = False


_TUNING = (
    "tuning_words",
    "evaluation_words",
    "prediction_words",
    "models_trained",
    "ml",
    "llm",
    "data_science",
    "frameworks",
    "research",
    "analytics",
    "software",
    "data_engineering",
    "serving_words",
    "ai_product_words",
    "agents",
    "inference_words",
    "duties_business",
    "duties_sales",
    "duties_customer",
    "gig",
    "deploy_words",
    "model_kinds",
    "quality_words",
    "training_words",
    "modellers",
    "ai_governance_words",
    "experiment_words",
    "ai_built",
    "kinds_made",
)
"""What is a sign of modelling in one role (evaluation, experiments, agents) is none in another: each may differ by role."""

RECIPES: dict[str, Recipe] = {
    "asks_ml": Recipe(
        tuple(
            [
                "ml",
                "ml_asked",
                "llm",
                "ai_asked",
                "data_science",
                "frameworks",
                "agents",
                "ai_bare",
                "ai_tools",
                "ai_product_words",
                "models_trained",
                "tuning_words",
                "ai_hiring_boilerplate",
                "duties_sales",
                "duties_business",
                "model_kinds",
                "experiment_words",
                "ai_built",
            ]
        ),
        zones=("any", "ask"),
        by_role=("ml_asked", "llm"),
        strength=0.1,
    ),
    "asks_software": Recipe(
        tuple(
            [
                "software",
                "software_asked",
                "data_engineering",
                "analytics",
                "research",
                "math",
                "duties_sales",
                "duties_customer",
                "duties_hardware",
                "duties_business",
                "ml",
                "models_served",
                "frameworks",
                "serving_words",
                "ai_product_words",
            ]
        ),
        zones=("any", "ask"),
    ),
    "serves_models": Recipe(
        tuple(
            [
                "serving_words",
                "inference_words",
                "ml_platform_words",
                "ai_product_words",
                "models_served",
                "models_in_production",
                "llm",
                "agents",
                "software",
                "ml",
                "tuning_words",
                "duties_business",
                "duties_sales",
                "production_words",
                "deploy_words",
                "ai_feature_words",
                "model_running_words",
                "model_kinds",
                "quality_words",
                "training_words",
                "modellers",
                "ai_governance_words",
                "experiment_words",
                "training_platform_words",
                "ai_built",
                "kinds_made",
            ]
        ),
        zones=("any", "ask", "duty", "us", "open"),
        by_role=("serving_words", "models_in_production", "ai_built"),
        strength=0.03,
    ),
    "tunes_models": Recipe(_TUNING, by_role=_TUNING, strength=0.1, ease_by_role=0.4),
    "asks_research": Recipe(
        (
            "publications_else",
            "literature_else",
            "research_record",
            "research_asked",
            "record_asked",
            "wanted_else",
            "research_applied",
            "research_followed",
            "research_experience",
            "papers_denied",
            "hires_others",
        ),
        zones=("any", "ask", "duty"),
        strength=0.1,
        with_mentions=True,
    ),
    "asks_math": Recipe(
        tuple(["math", "math_field", "math_asked", "math_studied", "data_science", "analytics", "software"]),
        zones=("any",),
        strength=0.03,
    ),
}
"""Chosen by figures cross-validated over companies."""

_OF_PAPERS = ("research", "literature", "research_record", "research_followed", "publications_wanted")
_MENTION_COLUMNS = (*mentions.COLUMNS, *asked_sentences.COLUMNS)
_LOG = np.log1p(np.arange(64))


@cache
def _cue_columns(flag: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    names, wanted = cues.lexicon().cue_names, RECIPES[flag].cues
    return np.array([names.index(name) for name in wanted]), wanted


@cache
def feature_names(flag: str) -> tuple[str, ...]:
    """Names of the columns of `features`, in order."""
    recipe = RECIPES[flag]
    _, wanted = _cue_columns(flag)
    return (
        *(f"{name}@{zone}" for zone in recipe.zones for name in wanted),
        *(f"role={name}" for name in ROLES),
        *(f"{cue}*{name}" for cue in recipe.by_role for name in ROLES),
        *(_MENTION_COLUMNS if recipe.with_mentions else ()),
    )


def features(postings: pl.DataFrame, flag: str) -> Matrix:
    """One row per posting, one column per `feature_names(flag)`: log(1 + count) of cues and indicators of the role."""
    found = cues.find(postings)
    roles = role.extract(postings)["role"]
    columns, _ = _cue_columns(flag)
    recipe = RECIPES[flag]
    names = found.lexicon.cue_names
    blocks = [
        found.any_zone[:, columns] if zone == "any" else found.counts[:, columns, cues.ZONES.index(zone)]
        for zone in recipe.zones
    ]
    counted = _LOG[np.minimum(np.concatenate(blocks, axis=1), len(_LOG) - 1)]
    is_role = np.stack([(roles == name).to_numpy() for name in ROLES], axis=1).astype(np.float64)
    by_role = [
        is_role * _LOG[np.minimum(found.any_zone[:, names.index(cue)], len(_LOG) - 1)][:, None]
        for cue in recipe.by_role
    ]
    told = [_mentions(postings)] if recipe.with_mentions else []
    return np.concatenate([counted, is_role, *by_role, *told], axis=1)


@cache
def weights() -> dict[str, tuple[npt.NDArray[np.float64], float, float]]:
    """For each flag its coefficients over `feature_names`, its intercept and the log-odds from which it is true."""
    stored = json.loads(resources.files(__package__).joinpath("content_weights.json").read_text("utf-8"))
    return {
        flag: (
            np.array([model["coefficients"].get(name, 0.0) for name in feature_names(flag)]),
            model["intercept"],
            model["threshold"],
        )
        for flag, model in stored["flags"].items()
    }


@dataclass(frozen=True, slots=True)
class _Sums:
    """All regressions over one set of counts: their columns, and each flag's coefficients in the same order."""

    anywhere: npt.NDArray[np.int64]
    zoned: npt.NDArray[np.int64]
    counted: dict[str, npt.NDArray[np.float64]]
    role: dict[str, npt.NDArray[np.float64]]
    by_role: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]
    of_mentions: dict[str, npt.NDArray[np.float64]]


@cache
def _sums() -> _Sums:
    names = cues.lexicon().cue_names
    pairs = dict.fromkeys((zone, cue) for recipe in RECIPES.values() for zone in recipe.zones for cue in recipe.cues)
    anywhere = dict.fromkeys([cue for zone, cue in pairs if zone == "any"])
    for recipe in RECIPES.values():
        anywhere |= dict.fromkeys(recipe.by_role)
    zoned = [(zone, cue) for zone, cue in pairs if zone != "any"]
    coefficients = {flag: dict(zip(feature_names(flag), weights()[flag][0], strict=True)) for flag in FIELDS}
    columns = [*(f"{cue}@any" for cue in anywhere), *(f"{cue}@{zone}" for zone, cue in zoned)]
    at = {cue: number for number, cue in enumerate(anywhere)}
    return _Sums(
        anywhere=np.array([names.index(cue) for cue in anywhere]),
        zoned=np.array([names.index(cue) * len(cues.ZONES) + cues.ZONES.index(zone) for zone, cue in zoned]),
        counted={flag: np.array([coefficients[flag].get(column, 0.0) for column in columns]) for flag in FIELDS},
        role={flag: np.array([coefficients[flag][f"role={name}"] for name in ROLES]) for flag in FIELDS},
        by_role={
            flag: (
                np.array([at[cue] for cue in RECIPES[flag].by_role], dtype=np.int64),
                np.array([[coefficients[flag][f"{cue}*{name}"] for cue in RECIPES[flag].by_role] for name in ROLES]),
            )
            for flag in FIELDS
        },
        of_mentions={
            flag: np.array([coefficients[flag][column] for column in _MENTION_COLUMNS])
            for flag in FIELDS
            if RECIPES[flag].with_mentions
        },
    )


def sentences_of_papers(postings: pl.DataFrame) -> list[mentions.Sentence]:
    """The sentences that speak of papers; none where no cue of papers is seen.

    That spares nine texts of ten the look, and costs those of the rare postings that ask in words no cue has.
    """
    found = cues.find(postings)
    rows = np.flatnonzero(sum(found.count(cue) for cue in _OF_PAPERS))
    if not len(rows):
        return []
    texts = postings["text"].gather(rows)
    return [sentence._replace(row=int(rows[sentence.row])) for sentence in mentions.sentences(texts)]


def _mentions(postings: pl.DataFrame) -> Matrix:
    """`mentions.COLUMNS`, as log(1 + count), and `asked_sentences.COLUMNS`."""
    found, asked = sentences_of_papers(postings), asked_sentences.model()
    told = asked_sentences.columns([asked.log_odds(sentence) for sentence in found], found, postings.height)
    return np.concatenate([_LOG[mentions.counts(found, postings.height)], told], axis=1)


def log_odds(postings: pl.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """For each flag the log-odds of each posting above its threshold: `features` times `weights`, summed in one pass."""
    found, sums = cues.find(postings), _sums()
    told = _mentions(postings)
    counts = found.counts.reshape(len(found.counts), len(found.lexicon.cue_names) * len(cues.ZONES))
    capped = np.minimum(np.concatenate([found.any_zone[:, sums.anywhere], counts[:, sums.zoned]], axis=1), 63)
    # In rows: numpy adds a row of another layout in another order when it stands alone, which shows in the last digit.
    counted = np.ascontiguousarray(_LOG[capped])
    roles = role.extract(postings)["role"].cast(pl.Enum(ROLES)).to_physical().to_numpy()
    odds = {}
    for flag in FIELDS:
        _, intercept, threshold = weights()[flag]
        # A sum row by row, not a matrix product: BLAS may add in another order for another number of rows.
        total = np.add.reduce(counted * sums.counted[flag], axis=1) + sums.role[flag][roles] + (intercept - threshold)
        columns, by_role = sums.by_role[flag]
        odds[flag] = total + np.add.reduce(np.ascontiguousarray(counted[:, columns] * by_role[roles]), axis=1)
        if flag in sums.of_mentions:
            odds[flag] += np.add.reduce(np.ascontiguousarray(told * sums.of_mentions[flag]), axis=1)
    return odds


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """The content flags of each posting; null where the text is empty or, by the column `language`, not English."""
    readable = postings["text"].str.strip_chars() != ""
    if "language" in postings.columns:
        readable &= postings["language"].fill_null("en") == "en"
    flags = {
        flag: pl.select(pl.when(readable).then(pl.Series(odds > 0))).to_series()
        for flag, odds in log_odds(postings).items()
    }
    result = pl.DataFrame(flags)
    if explain:
        result = result.with_columns(
            pl.when(pl.col(flag)).then(_evidence(postings, flag)).alias(f"{flag}_span") for flag in FIELDS
        )
    return result.select(*FIELDS, *([f"{flag}_span" for flag in FIELDS] if explain else []))


def _evidence(postings: pl.DataFrame, flag: str) -> pl.Series:
    """The sentence or the signs that a flag is told by, in each text; without them, those of any cue that speaks for it."""
    found = cues.find(postings)
    asked = [None] * postings.height
    if RECIPES[flag].with_mentions:
        asked = asked_sentences.most_asking(sentences_of_papers(postings), postings.height)
    coefficients = dict(zip(feature_names(flag), weights()[flag][0], strict=True))
    others = [cue for cue in RECIPES[flag].cues if max(coefficients[f"{cue}@{z}"] for z in RECIPES[flag].zones) > 0]
    first, second = (
        pl.Series(found.spans(*names), dtype=pl.String) for names in (EXPLAINED_BY[flag], others or EXPLAINED_BY[flag])
    )
    return pl.Series(asked, dtype=pl.String).fill_null(first).fill_null(second)
