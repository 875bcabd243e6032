"""Every source against its own recording: each posting's archived fields, value by value."""

import json

import pytest

from crawler.run import _spiders, sources
from tests.crawler.replaying import RECORDINGS, lines

PASSAGE = ("crawl_id", "sighted_at", "content_hash", "poster_hash")
COUNTED, OPENINGS = "hackernews_seekers", "hackernews"
EXPECTED = [
    pytest.param(source, row, id=f"{source}-{row['posting_id'].rsplit('/', 1)[-1]}")
    for source in sorted(sources())
    if source != COUNTED and (RECORDINGS / source / "expected.json").exists()
    for row in json.loads((RECORDINGS / source / "expected.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("source", sorted(sources()))
def test_every_source_has_a_recording_and_a_tiny_leaf(source):
    folder = RECORDINGS / source
    assert (folder / "boards.csv").is_file(), f"record an answer of {source} in tests/recordings/{source}"
    assert source == COUNTED or list(folder.glob("expected*.json"))
    leaf = (RECORDINGS.parents[1] / "crawler" / "spiders" / f"{source}.py").read_text(encoding="utf-8")
    assert len(leaf.splitlines()) < 60, "a leaf is a declaration; move what it does into a trunk"


@pytest.mark.parametrize(("source", "row"), EXPECTED)
def test_fields(source, row, every_source):
    data, _ = every_source
    (found,) = [
        line for line in lines(data.sightings) if line["source"] == source and line["posting_id"] == row["posting_id"]
    ]
    assert {name: value for name, value in found.items() if name not in PASSAGE} == row


def test_nothing_else_is_archived(every_source):
    data, _ = every_source
    found = sorted((line["source"], line["posting_id"]) for line in lines(data.sightings))
    assert found == sorted((param.values[0], param.values[1]["posting_id"]) for param in EXPECTED)
    assert not data.quarantine.exists()


def test_every_reading_is_complete_or_a_window(every_source):
    data, summary = every_source
    assert summary.not_complete == []
    windows = {name for name, spider in _spiders().items() if spider.is_window}
    by_outcome = {(line["source"], line["outcome"]) for line in lines(data.readings)}
    assert by_outcome == {(name, "partial" if name in windows else "complete") for name in sources()}


def test_posters_are_hashes_of_an_own_key(every_source):
    data, _ = every_source
    comments = [line for line in lines(data.sightings) if line["source"] == "hackernews"]
    assert [len(comment["poster_hash"]) for comment in comments] == [24, 24]
    assert comments[0]["poster_hash"] != comments[1]["poster_hash"]
    assert (data.archive / "poster_key").stat().st_mode & 0o077 == 0
    archived = b"".join(path.read_bytes() for path in data.archive.rglob("*.jsonl"))
    for name in (
        b"poster_one",
        b"poster_two",
        b"poster_three",
        b"seeker_21",
        b"seeker@private.example",
        b"Lisbon",
        b"jane.doe",
    ):
        assert name not in archived


def test_seekers_are_counts_by_month_and_role_of_the_forum_that_has_the_openings(every_source):
    data, _ = every_source
    counted = [line for line in lines(data.series) if "n_seekers" in line]
    counts = [{name: line[name] for name in ("source", "month_on", "role", "n_seekers")} for line in counted]
    assert counts == [
        {"source": OPENINGS, "month_on": "2026-11-01", "role": "data_scientist", "n_seekers": 2},
        {"source": OPENINGS, "month_on": "2026-11-01", "role": "software_engineer", "n_seekers": 1},
    ]
    archived = {line["source"] for line in lines(data.sightings)}
    assert OPENINGS in archived
    assert COUNTED not in archived
