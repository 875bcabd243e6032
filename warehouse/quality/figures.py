"""How a field's reading is scored against labels: shares with Wilson's interval, F1 with a bootstrap, row by row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from warehouse.schema.tables import DS_MLE, ROLES, TABLE

CATEGORIES = ("role", "level", "degree_min", "degree_preferred", "work_mode", "country")
FLAGS = (
    "degree_equivalent",
    "phd_mentioned",
    "asks_ml",
    "asks_software",
    "serves_models",
    "tunes_models",
    "asks_research",
    "asks_math",
)
PAY = ("pay_min", "pay_max", "pay_currency", "pay_period")
ABSENT = {"degree_min": "none", "degree_preferred": "none"}
"""What says that a posting has nothing of the field, where that is not null."""

REPLICATES = 1_000
SEED = 20_260_501
_Z = 1.959963984540054

Row = dict[str, Any]


class Counts(NamedTuple):
    """Outcomes of a yes-or-no question over postings: true and false positives, false and true negatives."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def f1(self) -> float | None:
        """Twice the hits over twice the hits and the misses of both kinds; null where there is nothing to find."""
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if whole else None


def wilson(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """Return the share `hits / n` and its Wilson score interval (95 %); nulls where `n` is 0 (Wilson 1927)."""
    if n == 0:
        return None, None, None
    share = hits / n
    centre = (share + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
    half = _Z / (1 + _Z * _Z / n) * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    return share, max(0.0, centre - half), min(1.0, centre + half)


def counts(labelled: Sequence[bool], claimed: Sequence[bool]) -> Counts:
    """Count the outcomes of two aligned sequences of truth values."""
    pairs = list(zip(labelled, claimed, strict=True))
    return Counts(
        *(
            sum(pair == wanted for pair in pairs)
            for wanted in ((True, True), (False, True), (True, False), (False, False))
        )
    )


def confusion(labelled: Sequence[str], predicted: Sequence[str], classes: Sequence[str] = ROLES) -> pl.DataFrame:
    """Return counts of every pair of classes: columns `labelled`, `predicted`, `n`, zeros included."""
    pairs = list(zip(labelled, predicted, strict=True))
    return pl.DataFrame(
        [{"labelled": a, "predicted": b, "n": pairs.count((a, b))} for a in classes for b in classes],
        schema={"labelled": pl.String, "predicted": pl.String, "n": pl.Int32},
    )


def proportion(field: str, label_set: str, metric: str, hits: int, n: int, kind: str = "all") -> Row:
    """A row of `quality` for the share `hits / n` with its interval."""
    value, low, high = wilson(hits, n)
    return {
        "field": field, "class": kind, "label_set": label_set, "metric": metric,
        "value": value, "low": low, "high": high, "n_labelled": n,
    }  # fmt: skip


def _resampled(
    field: str, label_set: str, metric: str, n: int, statistic: Callable[[np.ndarray], float | None], kind: str = "all"
) -> Row:
    """A figure that is no share: its interval is the percentile bootstrap over postings, `REPLICATES` with a fixed seed."""
    rng = np.random.default_rng(SEED)
    draws = [statistic(rng.integers(0, n, n)) for _ in range(REPLICATES)] if n else []
    kept = [draw for draw in draws if draw is not None]
    low, high = np.quantile(kept, [0.025, 0.975]).tolist() if kept else (None, None)
    return {
        "field": field, "class": kind, "label_set": label_set, "metric": metric,
        "value": statistic(np.arange(n)) if n else None, "low": low, "high": high, "n_labelled": n,
    }  # fmt: skip


def _detection(field: str, label_set: str, c: Counts, kind: str = "all") -> list[Row]:
    """Recall, precision and over-claim of a yes-or-no question, kept apart."""
    return [
        proportion(field, label_set, "recall", c.tp, c.tp + c.fn, kind),
        proportion(field, label_set, "precision", c.tp, c.tp + c.fp, kind),
        proportion(field, label_set, "over_claim", c.fp, c.fp + c.tn, kind),
    ]


def _value_detection(
    field: str, label_set: str, labelled: Sequence[Any], read: Sequence[Any], absent: Any = None
) -> list[Row]:
    """For a field with a value or none: how often a value is found and right, right when claimed, claimed where none is."""
    pairs = list(zip(labelled, read, strict=True))
    right = sum(a == b != absent for a, b in pairs)
    return [
        proportion(field, label_set, "recall", right, sum(a != absent for a, _ in pairs)),
        proportion(field, label_set, "precision", right, sum(b != absent for _, b in pairs)),
        proportion(
            field, label_set, "over_claim", sum(a == absent != b for a, b in pairs), sum(a == absent for a, _ in pairs)
        ),
    ]


def _macro_f1(labelled: np.ndarray, read: np.ndarray) -> float | None:
    scores = [
        Counts(int(((labelled == kind) & (read == kind)).sum()), int(((labelled != kind) & (read == kind)).sum()),
               int(((labelled == kind) & (read != kind)).sum()), 0).f1
        for kind in np.unique(labelled)
    ]  # fmt: skip
    known = [score for score in scores if score is not None]
    return float(np.mean(known)) if known else None


def category_rows(field: str, label_set: str, labelled: Sequence[str | None], read: Sequence[str | None]) -> list[Row]:
    """Rows of a field with classes: accuracy, macro-F1, and recall and precision of each class."""
    n = len(labelled)
    rows = [proportion(field, label_set, "accuracy", sum(a == b for a, b in zip(labelled, read, strict=True)), n)]
    a, b = (np.array(["" if value is None else value for value in values], dtype=object) for values in (labelled, read))
    rows.append(_resampled(field, label_set, "macro_f1", n, lambda at: _macro_f1(a[at], b[at])))
    for kind in sorted({value for value in (*labelled, *read) if value is not None}):
        if field == "country" and list(labelled).count(kind) < 5:
            continue
        c = counts([value == kind for value in labelled], [value == kind for value in read])
        rows += _detection(field, label_set, c, kind)[:2]
    if field not in {"role", "level"}:
        rows += _value_detection(field, label_set, labelled, read, ABSENT.get(field))
    return rows


def flag_rows(field: str, label_set: str, labelled: Sequence[bool], read: Sequence[bool | None]) -> list[Row]:
    """Rows of a yes-or-no field: accuracy, F1, recall, precision, over-claim; what could not be told counts as no."""
    a, b = np.array(labelled, dtype=bool), np.array([bool(value) for value in read], dtype=bool)

    def f1(at: np.ndarray) -> float | None:
        return counts(a[at].tolist(), b[at].tolist()).f1

    return [
        proportion(field, label_set, "accuracy", int((a == b).sum()), len(a)),
        _resampled(field, label_set, "f1", len(a), f1),
        *_detection(field, label_set, counts(a.tolist(), b.tolist())),
    ]


def years_rows(label_set: str, labelled: Sequence[float | None], read: Sequence[float | None]) -> list[Row]:
    """Rows of `years_min`: exact, within one year (class `within one year`), and the detection of any demand."""
    pairs = list(zip(labelled, read, strict=True))
    near = sum((a is None and b is None) or (a is not None and b is not None and abs(a - b) <= 1) for a, b in pairs)
    return [
        proportion("years_min", label_set, "accuracy", sum(a == b for a, b in pairs), len(pairs)),
        proportion("years_min", label_set, "accuracy", near, len(pairs), "within one year"),
        *_value_detection("years_min", label_set, labelled, read),
    ]


def pay_rows(label_set: str, labelled: Sequence[tuple], read: Sequence[tuple]) -> list[Row]:
    """Rows of pay as a whole (field `pay`): all of `PAY` right where pay is given, and pay claimed where none is."""
    none = (None,) * len(PAY)
    pairs = list(zip(labelled, read, strict=True))
    return [
        proportion("pay", label_set, "accuracy", sum(a == b for a, b in pairs), len(pairs)),
        *_value_detection("pay", label_set, labelled, read, none),
    ]


def names_rows(
    field: str, label_set: str, labelled: Sequence[Sequence[str]], read: Sequence[Sequence[str]]
) -> list[Row]:
    """Rows of a field that lists names: recall and precision over all names of all postings."""
    pairs = [(set(a), set(b)) for a, b in zip(labelled, read, strict=True)]
    hits = sum(len(a & b) for a, b in pairs)
    return [
        proportion(field, label_set, "recall", hits, sum(len(a) for a, _ in pairs)),
        proportion(field, label_set, "precision", hits, sum(len(b) for _, b in pairs)),
    ]


def _folded(words: str | None) -> str | None:
    """A title without case, article and its own team: "the VP, Engineering" is "vp engineering"."""
    return re.sub(r"^(?:the|our|a) |[^\w ]", "", words.casefold()).strip() if words else None


def essay_group(role: str) -> str:
    """The essays' group of a role: DS/MLE, SWE or rest."""
    return "DS/MLE" if role in DS_MLE else "SWE" if role == "software_engineer" else "rest"


def compare(read: pl.DataFrame, labels: Sequence[Row], label_set: str) -> pl.DataFrame:
    """Compare enriched rows with their labels, in the same order: rows of the table `quality`.

    Each field is compared on the rows whose label gives it.
    """
    rows: list[Row] = []

    def pairs(field: str) -> tuple[list, list]:
        told = [at for at, label in enumerate(labels) if field in label]
        return [labels[at][field] for at in told], read[field].gather(told).to_list() if told else []

    for field in CATEGORIES:
        labelled, found = pairs(field)
        if labelled:
            rows += category_rows(field, label_set, labelled, found)
        if labelled and field == "role":
            same = sum(essay_group(a) == essay_group(b or "other") for a, b in zip(labelled, found, strict=True))
            rows.append(proportion("role", label_set, "accuracy", same, len(labelled), "DS/MLE, SWE or rest"))
    for field in FLAGS:
        labelled, found = pairs(field)
        if labelled:
            rows += flag_rows(field, label_set, labelled, found)
    labelled, found = pairs("years_min")
    if labelled:
        rows += years_rows(label_set, [None if years is None else float(years) for years in labelled], found)
    paid = [at for at, label in enumerate(labels) if "pay_min" in label]
    if paid:
        rows += pay_rows(label_set, [_pay_of(labels[at]) for at in paid], list(read[paid].select(PAY).iter_rows()))
    labelled, found = pairs("ambiguous_skills")
    if labelled:
        rows += names_rows("ambiguous_skills", label_set, labelled, found)
    labelled, found = pairs("reports_to")
    if labelled:
        rows += _value_detection("reports_to", label_set, [_folded(t) for t in labelled], [_folded(t) for t in found])
    return table(rows)


def _pay_of(label: Row) -> tuple:
    amounts = [None if label[name] is None else float(label[name]) for name in PAY[:2]]
    return (*amounts, *(label[name] for name in PAY[2:]))


def table(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows in the shape of the table `quality`, sorted as it is; labels that nobody calls unseen have been seen."""
    kinds = {"VARCHAR": pl.String, "DOUBLE": pl.Float64, "INTEGER": pl.Int32, "BOOLEAN": pl.Boolean}
    schema = {column.name: kinds[column.type] for column in TABLE["quality"].columns}
    shaped = pl.DataFrame(list(rows), schema=schema).with_columns(pl.col("is_unseen").fill_null(False))
    return shaped.sort(TABLE["quality"].sort)
