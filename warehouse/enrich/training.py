"""Knows how the weights of the content flags are fitted to labels made by reading: `python -m warehouse.enrich.training`.

Reads the labelled postings beside the project (`../shared/gold/postings_dev.jsonl`) and the project's own labels of the
recorded Ashby boards and of the ATS postings of May 2026 there (`reference/readings_ashby*.jsonl` and
`readings_2026_05.jsonl`: judgements, no text), most of them picked where earlier weights were unsure, half of the
labels of research in postings of 2020, and those of research in boards and hiring threads (`readings_research.jsonl`); and
the labelled sentences of `sentence_training.py`. Prints figures
cross-validated over companies, then writes `sentence_weights.json` and `content_weights.json`. Deterministic: the same
labels give the same files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from warehouse.enrich import asked_sentences, content
from warehouse.enrich.sentence_training import Fitting, company_key, plain, read_examples
from warehouse.quality import labels as label_sets
from warehouse.quality.figures import counts

SHARED = Path(__file__).resolve().parents[3] / "shared"
REFERENCE = Path(content.__file__).parents[1] / "reference"
READINGS = REFERENCE / "readings_2026_05.jsonl"
READINGS_OF_RESEARCH = REFERENCE / "readings_research.jsonl"
READINGS_OF_FLAGS = REFERENCE / "readings_ashby_flags.jsonl"
SENTENCE_WEIGHTS = Path(content.__file__).with_name("sentence_weights.json")
_FOLDS = 10
_PARTITIONS = 5
"""F1 of one partition of the companies into folds differs from that of another by about 0.01."""
_SMALLEST_WEIGHT = 0.004


def labelled(shared: Path) -> tuple[pl.DataFrame, list[dict]]:
    """The labelled postings and their labels, in the same order, given ones first.

    Columns title, company, location, text, and `is_of_board`: whether it is one of a job board or of May 2026.
    """
    boards, datasets = shared / "recordings" / "ashby", shared / "datasets"
    columns = [pl.col(name).fill_null("") for name in ("title", "company", "location", "text")]
    sets = (
        label_sets.read_gold(shared / "gold"),
        label_sets.read_readings(label_sets.READINGS, boards),
        label_sets.read_readings(READINGS_OF_FLAGS, boards),
    )
    lines = [
        *_lines(READINGS_OF_RESEARCH),
        *({"row_2020": line["row"], "label": line["label"]} for line in _lines(label_sets.RESEARCH)[0::2]),
        *({"row_2026_05": line["row"], "label": line["label"]} for line in _lines(READINGS)),
    ]
    others, named = label_sets.postings_of(lines, boards, datasets)
    is_of_board = ["posting_id" in line or "row_2026_05" in line for line in named]
    postings = pl.concat(
        [
            *(given.postings.select(*columns, is_of_board=pl.lit(True)) for given in sets),
            others.select(*columns, is_of_board=pl.Series(is_of_board)),
        ]
    )
    return postings, [label for given in sets for label in given.labels] + [line["label"] for line in named]


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def fit(
    matrix: npt.NDArray[np.float64],
    truth: npt.NDArray[np.bool_],
    strength: float,
    ease: npt.NDArray[np.float64] | float = 1.0,
) -> tuple[npt.NDArray[np.float64], float]:
    """Coefficients over the columns as they are, and intercept, of a ridge logistic regression on scaled columns.

    The penalty is 1 / `strength` on each squared weight of a column of unit deviation, divided by the squared `ease`.
    """
    scale = np.maximum(matrix.std(axis=0), 0.25) / ease
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=5000)
    model.fit(matrix / scale, truth)
    return model.coef_[0] / scale, float(model.intercept_[0])


def f1(
    predicted: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64] | None = None
) -> float:
    """Harmonic mean of precision and recall of the true class; each row counts once, or by its weight."""
    each = np.ones(len(truth)) if weight is None else weight
    whole = float(each[predicted].sum() + each[truth].sum())
    return 2 * float(each[predicted & truth].sum()) / whole if whole else 0.0


def cross_validated(
    matrix: npt.NDArray[np.float64],
    truth: npt.NDArray[np.bool_],
    groups: pl.Series,
    strength: float,
    ease: npt.NDArray[np.float64] | float = 1.0,
    held_out: Sequence[npt.NDArray[np.float64]] = (),
) -> npt.NDArray[np.float64]:
    """Log-odds of each row (columns) from models that saw no posting of its company, once per partition (rows).

    `held_out` holds for each partition the matrix to go by in it, where its columns come of a model themselves.
    """
    odds = np.zeros((_PARTITIONS, len(truth)))
    for number in range(_PARTITIONS):
        seen = held_out[number] if len(held_out) else matrix
        for train, test in _folds(number, groups):
            coefficients, intercept = fit(seen[train], truth[train], strength, ease)
            odds[number, test] = seen[test] @ coefficients + intercept
    return odds


def _folds(number: int, groups: pl.Series) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """The rows to learn from and to be told, for each fold of a partition of the companies."""
    rows = np.zeros(len(groups))
    return list(GroupKFold(_FOLDS, shuffle=True, random_state=number).split(rows, rows, groups.to_list()))


def told_apart(
    postings: pl.DataFrame, matrix: npt.NDArray[np.float64], names: Sequence[str], fitting: Fitting
) -> list[npt.NDArray[np.float64]]:
    """For each partition the matrix with the columns of the sentence model told by models that never saw the row's company.

    They saw no sentence of the company's, nor one that a posting of the fold says.
    """
    found = content.sentences_of_papers(postings)
    traits = fitting.matrix_of(found)
    owner = np.array([sentence.row for sentence in found], dtype=np.int64)
    said = np.array([plain(sentence.text) for sentence in found])
    companies = [company_key(company) for company in postings["company"]]
    at = [names.index(column) for column in asked_sentences.COLUMNS]
    told = []
    for number in range(_PARTITIONS):
        replaced = matrix.copy()
        for _, test in _folds(number, postings["company"].str.to_lowercase()):
            own = np.isin(owner, test)
            fitted = fitting.fit({companies[row] for row in test}, set(said[own]))
            odds = fitted.decision_function(traits)
            replaced[np.ix_(test, at)] = asked_sentences.columns(odds, found, postings.height)[test]
        told.append(replaced)
    return told


def log_loss(odds: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """Mean negative log-likelihood of the truth, in nats; `odds` may have any number of leading rows."""
    return float(np.logaddexp(0, np.where(truth, -odds, odds)).mean())


def best_threshold(
    odds: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> float:
    """Log-odds between -1.5 and 1 with the best F1, averaged over its neighbours so that no single row decides."""
    grid = np.arange(-1.5, 1.01, 0.1)
    scores = np.array([f1(odds > at, truth, weight) for at in grid])
    # Nine neighbours: with five the threshold moved half as much again between partitions, and F1 was no better.
    smooth = np.convolve(np.pad(scores, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    return round(float(grid[int(np.argmax(smooth))]), 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit every flag, print cross-validated figures, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, default=SHARED, help="folder that holds gold/, recordings/ and datasets/"
    )
    parser.add_argument("--out", type=Path, default=Path(content.__file__).with_name("content_weights.json"))
    options = parser.parse_args(arguments)
    fitting = Fitting(read_examples(options.shared))
    sentences = fitting.written(fitting.fit())
    SENTENCE_WEIGHTS.write_text(json.dumps(sentences, indent=0, ensure_ascii=False) + "\n", "utf-8")
    asked_sentences.model.cache_clear()
    print(
        f"Wrote {SENTENCE_WEIGHTS.name} from {len(fitting.examples.sentences)} labelled sentences, "
        f"{fitting.examples.is_asking.sum()} of which ask; {len(sentences['weights'])} weights."
    )
    postings, labels = labelled(options.shared)
    companies = postings["company"].str.to_lowercase()
    # Thresholds follow the given labels twice as much as our own: figures are judged by their reading of the codebook.
    n_given = len(label_sets.read_gold(options.shared / "gold").labels)
    weight = np.where(np.arange(len(labels)) < n_given, 2.0, 1.0)
    flags: dict[str, dict] = {}
    for flag in content.FIELDS:
        # A reading leaves out the flags that the text does not settle.
        known = np.flatnonzero([flag in label for label in labels])
        truth = np.array([labels[at][flag] for at in known])
        matrix = content.features(postings, flag)[known]
        names = content.feature_names(flag)
        recipe = content.RECIPES[flag]
        ease = np.where(["*" in name for name in names], recipe.ease_by_role, 1.0)
        held_out = told_apart(postings[known.tolist()], matrix, names, fitting) if recipe.with_mentions else ()
        odds = cross_validated(matrix, truth, companies.gather(known), recipe.strength, ease, held_out)
        threshold = best_threshold(odds.ravel(), np.tile(truth, _PARTITIONS), np.tile(weight[known], _PARTITIONS))
        # Fitted to what a model says of companies it has not seen, as it will be told of new postings.
        learnt = held_out[0] if len(held_out) else matrix
        coefficients, intercept = fit(learnt, truth, recipe.strength, ease)
        given = known < n_given
        each = np.array([(f1(of > threshold, truth), f1(of[given] > threshold, truth[given])) for of in odds])
        # The counts that are kept are of one partition: the one with the middle F1.
        found = odds[np.argsort(each[:, 0])[_PARTITIONS // 2]] > threshold
        print(
            f"{flag:14} n {len(truth)}, true {truth.sum():3}, cross-validated over companies, {_PARTITIONS} partitions: "
            f"F1 {each[:, 0].mean():.3f} (given labels {each[:, 1].mean():.3f}), log loss {log_loss(odds, truth):.4f} "
            f"({log_loss(odds[:, given], truth[given]):.4f}), threshold {threshold:+.1f}; the middle partition: "
            f"precision {(found & truth).sum() / max(1, found.sum()):.3f}, recall {(found & truth).sum() / truth.sum():.3f}"
        )
        flags[flag] = {
            "intercept": round(intercept, 5),
            "threshold": threshold,
            "cross_validated": {
                name: counts(truth[rows].tolist(), found[rows].tolist())._asdict()
                for name, rows in (("development labels", given), ("all labels", known >= 0))
            },
            "coefficients": {
                name: round(float(value), 5)
                for name, value in zip(names, coefficients, strict=True)
                if abs(value) >= _SMALLEST_WEIGHT
            },
        }
    options.out.write_text(json.dumps({"n_labelled": len(labels), "flags": flags}, indent=1) + "\n", "utf-8")
    print(f"Wrote {options.out.name} from {len(labels)} labelled postings.")


if __name__ == "__main__":
    main()
