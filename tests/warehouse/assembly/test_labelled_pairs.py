"""How often pairs of postings that people compared by reading are merged rightly, on the real threads and on other labels."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from warehouse.employers import name_key
from warehouse.interpretation import UNIT_SCHEMA, interpret_contents
from warehouse.vacancies import Posting, merge

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT / ".." / "shared"
LABELS = ROOT / "tests" / "gold" / "thread_reposts.csv"
THREADS = SHARED / "datasets" / "hn_who_is_hiring_2011_2019.parquet"
OTHER_PAIRS = SHARED / "gold" / "external" / "alex-zagorianos_Zaggregate_labeled_pairs.jsonl"
LEAST_PRECISION, LEAST_RECALL = 0.97, 0.90


def shares(pairs):
    """Return precision and recall of `(is_merged, is_same)` pairs."""
    both = sum(merged and same for merged, same in pairs)
    return both / max(1, sum(merged for merged, _ in pairs)), both / max(1, sum(same for _, same in pairs))


def test_the_labels_are_three_hundred_with_hard_negatives():
    rows = list(csv.DictReader(LABELS.read_text("utf-8").splitlines()))
    assert len(rows) == 300
    assert 100 <= sum(row["is_repost"] == "true" for row in rows) <= 200
    assert all(int(row["earlier"]) < int(row["later"]) for row in rows)


@pytest.mark.shared
def test_reposts_in_the_threads(monkeypatch):
    if not THREADS.is_file():
        pytest.skip("the hiring threads beside the project are absent")
    pairs = [
        (row["earlier"], row["later"], row["is_repost"] == "true")
        for row in csv.DictReader(LABELS.read_text("utf-8").splitlines())
    ]
    named = {identifier for earlier, later, _ in pairs for identifier in (earlier, later)}
    comments = pl.read_parquet(THREADS).with_columns(pl.col("id", "parent").cast(pl.String))
    posters = comments.filter(pl.col("id").is_in(named)).select("by_hash").unique()
    contents = comments.join(posters, on="by_hash", how="semi").select(
        content_hash="id",
        source=pl.lit("hackernews"),
        board="parent",
        posting_id="id",
        form=pl.lit("comment"),
        is_sample=pl.lit(False),
        body_html="text",
        poster_hash="by_hash",
        posted_raw=pl.col("time").cast(pl.String),
        instant=pl.from_epoch("time").cast(pl.Datetime("us")),
        **dict.fromkeys(_UNSAID, pl.lit(None, dtype=pl.String)),
    )
    monkeypatch.setattr("warehouse.interpretation.enrich", _without_extraction)
    units = interpret_contents(contents)
    postings = [
        Posting(
            key=key,
            source="hackernews",
            board=row["board"],
            posting_id=row["posting_id"],
            part=row["part"],
            form="comment",
            employer_id=name_key(row["company_raw"] or "") or f"unnamed-{row['poster_hash']}",
            is_named=bool(row["company_raw"]),
            is_feed=False,
            is_sample=False,
            title=row["title"],
            location=row["location_raw"],
            text_hash=row["text_hash"],
            sketch=np.asarray(row["sketch"], np.uint64),
            poster_hash=row["poster_hash"],
            requisition=None,
            first_seen_at=row["posted_at"],
            last_seen_at=row["posted_at"],
            first_reading=-1,
            last_reading=-1,
        )
        for key, row in enumerate(units.sort("posted_at", "posting_id", "part").iter_rows(named=True))
    ]
    vacancies = {}
    for posting, link in zip(postings, merge(postings), strict=True):
        vacancies.setdefault(posting.posting_id, set()).add(link.vacancy_id)
    nothing = set()
    judged = [(bool(vacancies.get(a, nothing) & vacancies.get(b, nothing)), same) for a, b, same in pairs]
    precision, recall = shares(judged)
    print(f"\nthread reposts: precision {precision:.3f}, recall {recall:.3f} on {len(pairs)} pairs")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


_UNSAID = (
    *(
        "url",
        "title",
        "company_raw",
        "company_domain_raw",
        "company_size_raw",
        "location_raw",
        "country_raw",
        "pay_raw",
    ),
    *("work_mode_raw", "employment_raw", "level_raw", "department_raw", "requisition_raw", "closes_raw"),
)


def _without_extraction(frame):
    """Stand in for the extractors, whose results identity does not look at, to save their time."""
    fields = [name for name in UNIT_SCHEMA if name not in frame.columns]
    return frame.select("id", *(pl.lit(None).alias(name) for name in fields))


@pytest.mark.shared
def test_pairs_of_postings_labelled_elsewhere():
    if not OTHER_PAIRS.is_file():
        pytest.skip("the labelled pairs beside the project are absent")
    judged = []
    for number, line in enumerate(OTHER_PAIRS.read_text("utf-8").splitlines()):
        pair = json.loads(line)
        links = merge([_listing(2 * number, "a", pair["a"]), _listing(2 * number + 1, "b", pair["b"])])
        judged.append((links[0].vacancy_id == links[1].vacancy_id, pair["same"]))
    precision, recall = shares(judged)
    print(f"\npairs labelled elsewhere: precision {precision:.3f}, recall {recall:.3f} on {len(judged)} pairs")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


def _listing(key, source, said):
    seen_at = datetime.fromisoformat(said["created"]).replace(tzinfo=UTC)
    return Posting(
        key=key,
        source=source,
        board="feed",
        posting_id=str(key),
        part=0,
        form="posting",
        employer_id=name_key(said["company"]),
        is_named=True,
        is_feed=True,
        is_sample=False,
        title=said["title"],
        location=said["location"],
        text_hash=said["description"],
        sketch=np.empty(0, np.uint64),
        poster_hash=None,
        requisition=None,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
        first_reading=0,
        last_reading=0,
    )
