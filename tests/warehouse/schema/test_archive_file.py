"""What the archive's files hold: whole lines, masked, content once, and an index that never knows more than the files."""

import json
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.schema.archive_file import ArchiveWriter, InvalidSighting
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import BoardReading, Sighting


def lines(folder):
    return [
        json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line
    ]


def sighting(**said):
    return Sighting(**{"source": "ashby", "board": "acme", "posting_id": "1", "title": "Cook"} | said)


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path)


def test_a_line_holds_what_was_said_and_nothing_empty(data):
    with ArchiveWriter(data, "c1") as writer:
        assert writer.sight(
            sighting(body_html='a "b" \\ c\n\té\x01', company_raw="", extras={"b": [1, None], "a": "x"})
        )
    (line,) = lines(data.sightings)
    assert line.pop("sighted_at").endswith("Z")
    assert len(line.pop("content_hash")) == 32
    assert line == {
        "source": "ashby",
        "board": "acme",
        "posting_id": "1",
        "form": "posting",
        "crawl_id": "c1",
        "title": "Cook",
        "body_html": 'a "b" \\ c\n\té\x01',
        "extras": {"a": "x", "b": [1, None]},
    }


@settings(deadline=None, max_examples=40)
@given(st.text(), st.text(min_size=1))
def test_any_text_survives(tmp_path_factory, body, title):
    data = DataFolder(tmp_path_factory.mktemp("archive"))
    with ArchiveWriter(data, "c1") as writer:
        writer.sight(sighting(title="x" + title, body_html=body))
    (line,) = lines(data.sightings)
    clean = [text.encode("utf-8", "replace").decode() for text in ("x" + title, body)]
    if not any(sign in body + title for sign in "@+-&.("):
        assert [line["title"], line.get("body_html", "")] == clean


def test_equal_content_is_written_once_also_by_the_next_crawl(data):
    with ArchiveWriter(data, "c1") as writer:
        assert [writer.sight(sighting()), writer.sight(sighting()), writer.sight(sighting(title="Baker"))] == [
            True,
            False,
            True,
        ]
    with ArchiveWriter(data, "c2") as writer:
        assert not writer.sight(sighting())
        assert writer.sight(sighting(board="other"))
    repeats = [line for line in lines(data.sightings) if line.get("is_repeat")]
    assert [set(line) for line in repeats] == [
        {
            *("source", "board", "posting_id", "form", "crawl_id", "sighted_at", "content_hash", "is_repeat"),
        }
    ] * 2
    assert len({line["content_hash"] for line in lines(data.sightings)}) == 3


def test_a_lost_file_is_written_again(data):
    with ArchiveWriter(data, "c1") as writer:
        writer.sight(sighting())
    (data.sightings / "c1.jsonl").unlink()
    with ArchiveWriter(data, "c2") as writer:
        assert writer.sight(sighting())


def test_the_index_never_knows_more_than_the_files(data):
    writer = ArchiveWriter(data, "c1")
    writer.sight(sighting())
    assert (data.sightings / "c1.jsonl").stat().st_size == 0
    with sqlite3.connect(data.archive / "known_content.sqlite") as index:
        assert index.execute("SELECT count(*) FROM known").fetchone() == (0,)
    index.close()
    writer.read(BoardReading(crawl_id="c1", source="ashby", board="acme", asked_at="t", outcome="complete"))
    assert len(lines(data.sightings)) == 1
    with sqlite3.connect(data.archive / "known_content.sqlite") as index:
        assert index.execute("SELECT count(*) FROM known").fetchone() == (1,)
    index.close()
    writer.close()
    writer.close()


def test_a_torn_line_is_ended_before_the_next(data):
    data.sightings.mkdir(parents=True)
    (data.sightings / "c1.jsonl").write_bytes(b'{"source":"ash')
    with ArchiveWriter(data, "c1") as writer:
        writer.sight(sighting())
    torn, whole = (data.sightings / "c1.jsonl").read_bytes().splitlines()
    assert torn == b'{"source":"ash'
    assert json.loads(whole)["title"] == "Cook"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"posting_id": " "}, "the posting has no posting_id"),
        ({"board": None}, "the posting has no board"),
        ({"title": None}, "the posting has neither title nor text"),
        ({"pay_raw": 7}, "pay_raw is int, not text"),
        ({"content_hash": "0" * 32, "is_repeat": True}, "does not hold"),
    ],
)
def test_what_cannot_be_archived_is_refused_with_the_reason(data, said, reason):
    with ArchiveWriter(data, "c1") as writer, pytest.raises(InvalidSighting, match=reason):
        writer.sight(sighting(**said))


def test_personal_data_is_masked_in_every_field_and_in_quarantine(data):
    address = "jane@acme.example"
    with ArchiveWriter(data, "c1") as writer:
        writer.sight(sighting(title=f"Cook ({address})", closes_raw="+49 40 1234567", extras={"to": [address]}))
        writer.quarantine({"who": address}, "no identifier")
    (line,) = lines(data.sightings)
    assert (line["title"], line["closes_raw"], line["extras"]) == ("Cook ([e-mail])", "[phone]", {"to": ["[e-mail]"]})
    assert lines(data.quarantine)[0]["record"] == {"who": "[e-mail]"}


def test_a_known_repeat_is_written_as_it_is(data):
    with ArchiveWriter(data, "c1") as writer:
        first = sighting()
        writer.sight(first)
        known = Sighting(source="ashby", board="acme", posting_id="1", content_hash=first.content_hash, is_repeat=True)
        assert not writer.sight(known)
    assert [line.get("is_repeat", False) for line in lines(data.sightings)] == [False, True]
