"""How a file joins the archive: by map, in batches, with every unusable row kept and named."""

import json
from pathlib import Path

import polars as pl
import pytest

from warehouse.archive import read_all
from warehouse.importing import BUNDLED_MAPS, import_file, read_map
from warehouse.schema import UserError

MAP = """
source = "network"

[columns]
board = "company"
posting_id = "id"
sighted_at = "seen"
title = "job"
posted_raw = "posted"

[constants]
language_raw = "en"

[templates]
url = "https://jobs.example/{company}/{id}"
"""
ROWS = [
    {"id": "1", "company": "nordlicht", "seen": "2026-03-02", "job": "Data Engineer", "posted": "2026-02-27"},
    {"id": "2", "company": "nordlicht", "seen": "1772438400", "job": "Data Analyst", "posted": ""},
]


@pytest.fixture
def map_file(tmp_path):
    path = tmp_path / "network.toml"
    path.write_text(MAP)
    return path


def written(folder):
    records, problems = read_all(folder.sightings)
    assert problems == []
    return records


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_each_kind_of_file_gives_the_same_sightings(folder, tmp_path, map_file, kind):
    frame, path = pl.DataFrame(ROWS), tmp_path / f"rows.{kind}"
    {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[kind](path)
    summary = import_file(folder, path, map_file)
    assert (summary.postings, summary.new, summary.quarantined) == (2, 2, 0)
    first, second = written(folder)
    assert first | {"crawl_id": "", "content_hash": ""} == {
        "source": "network",
        "board": "nordlicht",
        "posting_id": "1",
        "sighted_at": "2026-03-02T00:00:00Z",
        "form": "posting",
        "url": "https://jobs.example/nordlicht/1",
        "title": "Data Engineer",
        "language_raw": "en",
        "posted_raw": "2026-02-27",
        "crawl_id": "",
        "content_hash": "",
    }
    assert second["sighted_at"] == "2026-03-02T08:00:00Z"
    assert "posted_raw" not in second
    assert "-import-" in summary.crawl_id


def test_a_row_that_was_seen_over_a_span_is_seen_at_both_ends(folder, tmp_path, map_file):
    map_file.write_text(MAP.replace('"network"\n', '"network"\nsighted_until = "gone"\n'))
    rows = [
        ROWS[0] | {"gone": "2026-04-01"},
        ROWS[0] | {"id": "2", "gone": "2026-03-02"},
        ROWS[0] | {"id": "3", "gone": ""},
        ROWS[0] | {"id": "4", "gone": "later"},
    ]
    path = tmp_path / "rows.jsonl"
    pl.DataFrame(rows).write_ndjson(path)
    summary = import_file(folder, path, map_file)
    assert (summary.postings, summary.new, summary.quarantined) == (3, 3, 1)
    assert [
        (line["posting_id"], line["sighted_at"][:10], line.get("is_repeat", False)) for line in written(folder)
    ] == [
        ("1", "2026-03-02", False),
        ("1", "2026-04-01", True),
        ("2", "2026-03-02", False),
        ("3", "2026-03-02", False),
    ]
    assert [line["reason"] for line in read_all(folder.quarantine)[0]] == ["gone is not a date: 'later'"]


def test_importing_again_adds_repeats_only(folder, tmp_path, map_file):
    path = tmp_path / "rows.csv"
    pl.DataFrame(ROWS).write_csv(path)
    import_file(folder, path, map_file)
    again = import_file(folder, path, map_file)
    assert (again.postings, again.new) == (2, 0)
    assert [record.get("is_repeat", False) for record in written(folder)].count(True) == 2


def test_rows_that_are_no_posting_are_kept_with_the_reason(folder, tmp_path, map_file):
    path = tmp_path / "rows.jsonl"
    lines = [
        json.dumps(ROWS[0]),
        '{"id": ',
        json.dumps({**ROWS[1], "seen": "soon"}),
        json.dumps({**ROWS[1], "company": None}),
        json.dumps({**ROWS[1], "job": None}),
        json.dumps({**ROWS[1], "job": "Write to jane@nordlicht.example"}),
    ]
    path.write_text("\n".join(lines))
    summary = import_file(folder, path, map_file)
    assert (summary.postings, summary.quarantined) == (2, 4)
    assert written(folder)[1]["title"] == "Write to [e-mail]"
    kept, _ = read_all(folder.quarantine)
    assert [line["reason"] for line in kept] == [
        "sighted_at is not a date: 'soon'",
        "the posting has no board",
        "the posting has neither title nor text",
        "line 2: not whole JSON (Expecting value)",
    ]
    assert kept[0]["record"]["job"] == "Data Analyst"


def test_a_csv_row_with_too_many_values_is_kept_aside(folder, tmp_path, map_file):
    path = tmp_path / "rows.csv"
    path.write_text(
        "id,company,seen,job,posted\n1,nordlicht,2026-03-02,Data Engineer,,extra\n2,nordlicht,2026-03-02,CTO,\n"
    )
    summary = import_file(folder, path, map_file)
    assert (summary.postings, summary.quarantined) == (1, 1)
    assert read_all(folder.quarantine)[0][0]["reason"] == "line 2: 6 values for 5 columns"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source = ", "not valid TOML"),
        ('source = "a"\ncolour = "red"', "unknown keys colour"),
        ('source = "a"\n[columns]\nposting_id = "id"\nboard = "b"', "where to find sighted_at"),
        (
            'source = "a"\n[columns]\nposting_id = "id"\nboard = "b"\nsighted_at = "t"\nname = "n"',
            "no field of a sighting: name",
        ),
        ('[columns]\nposting_id = "id"\nboard = "b"\nsighted_at = "t"', "needs source"),
        ('source = "a"\ncolumns = "x"', "must give one text"),
        (
            'source = "a"\nsighted_until = 3\n[columns]\nposting_id = "id"\nboard = "b"\nsighted_at = "t"',
            "must name a column",
        ),
        (MAP.replace('"network"\n', '"a b/../c"\n'), "source must be one word"),
        (MAP.replace("{id}", "{id"), "template of url cannot be read"),
        (MAP.replace("{id}", "{id:>1000000000}"), "template of url cannot be read: a template holds text"),
        (MAP.replace("{id}", "{}"), "template of url cannot be read: a template holds text"),
    ],
)
def test_a_map_that_cannot_be_used_is_one_sentence(tmp_path, text, says):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=says):
        read_map(path)


def test_a_missing_file_map_or_kind_is_one_sentence(folder, tmp_path, map_file):
    with pytest.raises(UserError, match="There is no file"):
        import_file(folder, tmp_path / "none.csv", map_file)
    with pytest.raises(UserError, match=r"one of the bundled maps .*hn_who_is_hiring"):
        read_map(Path("nonsense"))
    other = tmp_path / "rows.xlsx"
    other.write_bytes(b"PK")
    with pytest.raises(UserError, match="convert it"):
        import_file(folder, other, map_file)
    broken = tmp_path / "rows.parquet"
    broken.write_bytes(b"not parquet")
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        import_file(folder, broken, map_file)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (
            "rows.csv",
            "id;company;seen;job;posted\n1;n;2026-03-02;x;\n",
            "lacks the columns company, id, seen, job, posted",
        ),
        (
            "rows.csv",
            "id,company,seen,posted\n1,n,2026-03-02,\n",
            "lacks the columns job that the map names; its first",
        ),
        ("rows.csv", "", "lacks the columns .* its first columns are none"),
        ("rows.json", ' [{"id": "1"}]', "is one JSON array: write one object a line"),
    ],
    ids=["another delimiter", "a column less", "empty", "array"],
)
def test_a_file_that_the_map_does_not_fit_leaves_nothing_behind(folder, tmp_path, map_file, name, content, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=says) as caught:
        import_file(folder, tmp_path / name, map_file)
    assert "\n" not in str(caught.value)
    assert not folder.archive.exists()


def test_a_line_that_is_no_object_and_one_without_a_column_are_kept_aside(folder, tmp_path, map_file):
    path = tmp_path / "rows.jsonl"
    lacking = {name: value for name, value in ROWS[1].items() if name != "id"}
    path.write_text(f"{json.dumps(ROWS[0])}\n{json.dumps(lacking)}\n[1]")
    summary = import_file(folder, path, map_file)
    assert (summary.postings, summary.quarantined) == (1, 2)
    assert [line["reason"] for line in read_all(folder.quarantine)[0]] == [
        "the row has no id",
        "the last line is not an object",
    ]


def test_every_bundled_map_is_usable():
    assert [read_map(path).source for path in sorted(BUNDLED_MAPS.glob("*.toml"))]
