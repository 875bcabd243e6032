"""Knows how right `asks_research` is to be expected on postings drawn as the development labels were: by role.

Hardly one posting in fifty asks for research, so that a random draw tells little, and who is searched for by words of
research is harder than the rest. This counts every recorded posting of boards and of May 2026 instead. Each labelled one is
told by weights that saw no posting and no sentence of its company. Those that were learnt from stand for themselves; of the
others the labelled ones of a role that speak of papers stand for all such, and those that do not for all such. Roles then
weigh what they weigh among the development labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from warehouse.enrich import content, mentions, role, training
from warehouse.enrich.composition import prepare
from warehouse.enrich.sentence_training import Fitting, company_key, read_examples
from warehouse.quality import labels as label_sets
from warehouse.quality.figures import REPLICATES, Row

FLAG = "asks_research"
COLUMNS = ("company", "title", "location", "text")
_PREFIX = "stapply-ai__ats-scrapers__"


def expected(gold: Path, recordings: Path, datasets: Path) -> Row:
    """F1 to expect with its 95 % interval over companies, the postings counted and labelled, and each role's part in it.

    Takes a quarter of a minute. Keys: value, low, high, n_postings, n_labelled, n_asking; roles, a list of rows; and parts,
    the plain counts of labelled postings that weights were fitted to and of those they were not.
    """
    # Threads of the matrix library only wait for each other on sums this small, several times as long as the sums take.
    with threadpool_limits(1):
        postings, truth, is_told, weight = _census(gold, recordings, datasets)
    names = postings["role"].to_list()
    drawn = pl.Series([label["role"] for label in label_sets.read_gold(gold).labels])
    kinds = sorted(set(drawn))
    company, n_companies = _coded(postings["company"])
    sums = np.zeros((n_companies, len(kinds), 4))
    outcomes = (truth & is_told, ~truth & is_told, truth & ~is_told, np.ones(len(truth), dtype=bool))
    for kind, name in enumerate(kinds):
        is_kind = np.array([one == name for one in names])
        for column, outcome in enumerate(outcomes):
            sums[:, kind, column] = np.bincount(company, weight * (outcome & is_kind), n_companies)
    shares = np.array([(drawn == name).mean() for name in kinds])
    generator = np.random.default_rng(0)
    resampled = np.stack(
        [np.bincount(generator.integers(0, n_companies, n_companies), minlength=n_companies) for _ in range(REPLICATES)]
    )
    shares_drawn = generator.multinomial(len(drawn), shares, REPLICATES) / len(drawn)
    low, high = np.nanpercentile(_f1(np.einsum("rc,cko->rko", resampled, sums), shares_drawn), [2.5, 97.5])
    total = sums.sum(axis=0)
    rows = [
        {"role": name, "share": float(share), "postings": float(n), "right": float(tp), "over": float(fp), "missed": float(fn)}
        for name, share, (tp, fp, fn, n) in zip(kinds, shares, total, strict=True)
    ]  # fmt: skip
    counted, is_learnt = weight > 0, postings["is_learnt_from"].fill_null(False).to_numpy()
    parts = {
        name: {"n": int(is_part.sum()), "right": int((truth & is_told & is_part).sum()), "over": int((~truth & is_told & is_part).sum()),
               "missed": int((truth & ~is_told & is_part).sum())}
        for name, is_part in (("learnt from", counted & is_learnt), ("not learnt from", counted & ~is_learnt))
    }  # fmt: skip
    return {
        "value": float(_f1(total, shares)), "low": float(low), "high": float(high), "n_postings": round(float(weight.sum())),
        "n_labelled": int(counted.sum()), "n_asking": int((truth & counted).sum()), "roles": rows, "parts": parts,
    }  # fmt: skip


def _f1(sums: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """F1 of sums (…, roles, right / over / missed / postings) where each role has its share of the postings."""
    rates = np.divide(sums[..., :3], sums[..., 3:], out=np.zeros_like(sums[..., :3]), where=sums[..., 3:] > 0)
    right, over, missed = np.moveaxis((rates * shares[..., None]).sum(axis=-2), -1, 0)
    return 2 * right / (2 * right + over + missed)


def _census(
    gold: Path, recordings: Path, datasets: Path
) -> tuple[pl.DataFrame, npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Every posting once by its text, with its role: whether it asks, whether it is told to, and how many it stands for."""
    fitting = Fitting(read_examples(gold.parent))
    given, is_told_of_given = _learnt_from(gold.parent, fitting)
    fresh = _fresh(recordings, datasets)
    listed = pl.concat([given, fresh, _recorded(recordings, datasets)], how="diagonal")
    n_rest = listed.height - given.height - fresh.height
    told_apart = pl.Series([*is_told_of_given, *_told_apart(fresh, fitting), *[None] * n_rest], dtype=pl.Boolean)
    plain = prepare(listed.select(*COLUMNS, id=pl.lit("")).with_columns(pl.col(COLUMNS).fill_null("")))
    every = plain.with_columns(listed.select(FLAG, "role", "is_learnt_from"), is_told=told_apart)
    every = every.filter(pl.col("text") != "").unique("text", keep="first", maintain_order=True)
    speaks = np.zeros(every.height, dtype=bool)
    speaks[[sentence.row for sentence in mentions.sentences(every["text"])]] = True
    every = every.with_columns(
        pl.coalesce("role", role.extract(every)["role"]),
        speaks=pl.Series(speaks),
        is_told=pl.col("is_told").fill_null(False),
        is_labelled=pl.col(FLAG).is_not_null(),
    )
    rest = ~pl.col("is_learnt_from").fill_null(False)
    kind = ("role", "speaks")
    stands_for = (pl.len() / pl.col("is_labelled").sum()).alias("stands_for")
    joined = every.join(every.filter(rest).group_by(kind).agg(stands_for), on=kind, how="left", maintain_order="left")
    weight = pl.when(~rest).then(1.0).when(pl.col("is_labelled")).then(pl.col("stands_for")).otherwise(0.0)
    told = joined.with_columns(weight=weight)
    return told, told[FLAG].fill_null(False).to_numpy(), told["is_told"].to_numpy(), told["weight"].to_numpy()


def _learnt_from(shared: Path, fitting: Fitting) -> tuple[pl.DataFrame, npt.NDArray[np.bool_]]:
    """The labelled postings of boards that weights were fitted to, and what weights without their company tell of each."""
    postings, labels = training.labelled(shared)
    known = np.flatnonzero([FLAG in label for label in labels])
    table, truth = postings[known.tolist()], np.array([labels[row][FLAG] for row in known])
    held_out = training.told_apart(table, content.features(table, FLAG), content.feature_names(FLAG), fitting)
    companies, strength = table["company"].str.to_lowercase(), content.RECIPES[FLAG].strength
    odds = training.cross_validated(held_out[0], truth, companies, strength, held_out=held_out)
    threshold = content.weights()[FLAG][2]
    told = table.with_columns(
        pl.Series(FLAG, truth),
        pl.Series("role", [labels[row].get("role") for row in known], dtype=pl.String),
        is_learnt_from=pl.lit(True),
    )
    is_of_board = told["is_of_board"].to_numpy()
    return told.filter("is_of_board"), (odds.mean(axis=0) > threshold)[is_of_board]


def _told_apart(postings: pl.DataFrame, fitting: Fitting) -> npt.NDArray[np.bool_]:
    """What is told of postings whose labels nothing was fitted to by a sentence model that saw no sentence of the company."""
    coefficients, intercept, threshold = content.weights()[FLAG]
    matrix, names = content.features(postings, FLAG), content.feature_names(FLAG)
    odds = [told @ coefficients for told in training.told_apart(postings, matrix, names, fitting)]
    return np.mean(odds, axis=0) + intercept > threshold


def _fresh(recordings: Path, datasets: Path) -> pl.DataFrame:
    """Labelled postings of boards whose labels nothing was fitted to."""
    picked = label_sets.FRESH_RESEARCH["fresh labels of research in postings"]
    sets = [
        label_sets.read_fresh(label_sets.FRESH_BOARDS, label_sets.FRESH_ROWS, recordings, datasets / label_sets.OF_MAY),
        *(
            label_sets.read_elsewhere(labels, recordings, datasets, FLAG, is_unseen=True)
            for labels in (picked, label_sets.RESEARCH_OF_REST)
        ),
    ]
    parts = []
    for one in sets:
        flags = pl.Series(FLAG, [label.get(FLAG) for label in one.labels], dtype=pl.Boolean)
        roles = pl.Series("role", [label.get("role") for label in one.labels], dtype=pl.String)
        parts.append(one.postings.select(COLUMNS).with_columns(flags, roles).filter(pl.col(FLAG).is_not_null()))
    return pl.concat(parts).with_columns(is_learnt_from=pl.lit(False))


def _recorded(recordings: Path, datasets: Path) -> pl.DataFrame:
    """Every recorded posting of Ashby boards and of May 2026."""

    def postings() -> Iterator[Sequence[str]]:
        for path in sorted(recordings.glob(f"{_PREFIX}*.json")):
            company = unquote(path.stem.removeprefix(_PREFIX))
            for job in json.loads(path.read_text("utf-8")).get("jobs", []):
                yield company, job["title"], job["location"], job["descriptionPlain"] or ""

    boards = pl.DataFrame(list(postings()), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return pl.concat([boards, pl.read_parquet(datasets / label_sets.OF_MAY).select(COLUMNS)])


def _coded(companies: pl.Series) -> tuple[npt.NDArray[np.int64], int]:
    keys, codes = np.unique([company_key(company) for company in companies], return_inverse=True)
    return codes, len(keys)
