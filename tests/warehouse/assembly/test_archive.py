"""How the archive is read: whole lines in chunks, torn and malformed ones named."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.archive import employer_facts, read_chunks, readings, series, sighting_frame, torn_tail


def write(path, *lines, end=b"\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(lines) + end)
    return path


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64, 10_000])
def test_chunks_of_any_size_give_the_same_lines(tmp_path, chunk_bytes):
    path = write(tmp_path / "a.jsonl", *(json.dumps({"n": n, "word": "ä" * n}).encode() for n in range(20)))
    chunks = list(read_chunks(path, chunk_bytes=chunk_bytes))
    assert [record["n"] for chunk in chunks for record in chunk.records] == list(range(20))
    assert [line for chunk in chunks for line in chunk.line_numbers] == list(range(1, 21))
    assert chunks[-1].next_byte == path.stat().st_size
    for chunk in chunks:
        later = [r["n"] for c in read_chunks(path, chunk.next_byte, chunk.next_line) for r in c.records]
        assert later == list(range(chunk.next_line, 20))


def test_malformed_lines_are_named_and_the_others_kept(tmp_path):
    path = write(
        tmp_path / "a.jsonl", b'{"n": 1}', b'{"n": ', b"[1]", b"\xff\xfe", b"", b'{"n": 2}', b'{"n": 3', end=b""
    )
    chunks = list(read_chunks(path))
    assert [record["n"] for chunk in chunks for record in chunk.records] == [1, 2]
    assert [(p.file, p.line) for chunk in chunks for p in chunk.problems] == [
        ("a.jsonl", 2),
        ("a.jsonl", 3),
        ("a.jsonl", 4),
    ]
    tail = torn_tail(path, chunks[-1].next_byte, chunks[-1].next_line)
    assert tail is not None
    assert (tail.line, tail.reason) == (7, "line 7: the file ends inside it")


@settings(deadline=None)  # the first example of a busy machine opens a folder
@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), max_size=8))
def test_no_bytes_raise(tmp_path_factory, lines):
    path = write(tmp_path_factory.mktemp("archive") / "a.jsonl", *lines)
    for chunk in read_chunks(path):
        sighting_frame(chunk, path.name)


def test_a_line_without_identity_or_with_a_number_for_text_is_named(tmp_path):
    whole = {
        "source": "ashby",
        "board": "nordlicht",
        "posting_id": "1",
        "sighted_at": "2026-03-02T06:00:00Z",
        "crawl_id": "c",
        "content_hash": "h",
    }
    lines = [whole, {**whole, "board": None}, {**whole, "title": 7}, {**whole, "extras": {"b": 1, "a": [2]}}]
    path = write(tmp_path / "c.jsonl", *(json.dumps(line).encode() for line in lines))
    (chunk,) = read_chunks(path)
    frame, problems = sighting_frame(chunk, path.name)
    assert frame.height == 2
    assert frame["extras"].to_list() == [None, '{"a": [2], "b": 1}']
    assert [problem.reason for problem in problems] == ["line 2: no board", "line 3: title not text"]


def test_readings_keep_one_row_per_reading_and_name_what_is_none(folder):
    reading = {
        "crawl_id": "c",
        "source": "ashby",
        "board": "b",
        "asked_at": "2026-03-02T06:00:00Z",
        "outcome": "complete",
    }
    odd = [{"postings": "many"}, {"is_first": 1}, {"company": ["Acme"], "status": 200.5}]
    lines = [reading, {"crawl_id": "c"}, reading, *(reading | said for said in odd)]
    write(folder.readings / "c.jsonl", *(json.dumps(line).encode() for line in lines))
    frame, problems = readings(folder)
    assert frame.select("board", "outcome", "postings", "is_truncated").rows() == [("b", "complete", 0, False)]
    assert [(problem.file, problem.reason) for problem in problems] == [
        ("c.jsonl", "line 2: no source, board, asked_at, outcome"),
        ("c.jsonl", "line 4: postings is str"),
        ("c.jsonl", "line 5: is_first is int"),
        ("c.jsonl", "line 6: company is list, status is float"),
    ]


def test_published_lines_of_odd_kinds_are_named(folder):
    odd = [
        {"source": "hn", "month_on": "2026-03-01", "role": "data_scientist", "n_seekers": "three"},
        {"kind": "published_value", "series": "s", "period_on": "2026-03-01", "value": "x"},
        {"kind": "employer_fact", "employer": 5, "as_of_on": "2026-03-01"},
        {"kind": "disclosed_pay", "employer": "Acme", "pay_low": True},
    ]
    write(folder.series / "c.jsonl", *(json.dumps(line).encode() for line in odd))
    supply, published, problems = series(folder)
    assert (supply.height, published.height, employer_facts(folder)) == (0, 0, [])
    assert [problem.reason for problem in problems] == [
        "line 1: n_seekers is str",
        "line 2: value is str",
        "line 3: employer is int",
        "line 4: pay_low is bool",
    ]


def test_a_later_count_of_seekers_replaces_an_earlier_one(folder):
    counts = [{"source": "hn", "month_on": "2026-03-01", "role": "data_scientist", "n_seekers": n} for n in (3, 5)]
    value = {"series": "s", "period_on": "2026-03-01", "value": 1, "unit": "index", "title": "t", "publisher": "p"}
    write(folder.series / "c.jsonl", *(json.dumps(line).encode() for line in [*counts, value]), b'{"series": ')
    supply, published, problems = series(folder)
    assert [(problem.file, problem.line) for problem in problems] == [("c.jsonl", 4)]
    assert supply["n_seekers"].to_list() == [5]
    assert published.select("series", "value").rows() == [("s", 1.0)]
