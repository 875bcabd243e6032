"""A file goes in and out row for row, whatever its format, and a bad one is named with its line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from warehouse.enrich import ENRICHED_SCHEMA, enrich, enrich_file, extractors
from warehouse.enrich.files import BATCH_ROWS
from warehouse.schema import UserError

ROWS = [
    {
        "id": "a",
        "title": "Senior Machine Learning Engineer",
        "company": "Nordlicht Robotics",
        "location": "Oslo, Norway",
        "text": "<p>You bring 5+ years with Python. A master's degree is required.</p>",
    },
    {"id": "b", "title": "Backend Engineer", "company": "Brückenwerk", "location": "Berlin", "text": ""},
    {"id": "c", "title": None, "company": None, "location": None, "text": None},
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_ndjson(path)


@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl"])
@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_one_row_out_per_row_in_and_in_order(tmp_path: Path, suffix: str, out: str) -> None:
    source = tmp_path / f"in{suffix}"
    if suffix == ".parquet":
        pl.DataFrame(ROWS).write_parquet(source)
    else:
        write(source, ROWS)
    assert enrich_file(source, tmp_path / out) == 3
    enriched = read(tmp_path / out)
    assert enriched["id"].to_list() == ["a", "b", "c"]
    assert set(ENRICHED_SCHEMA) <= set(enriched.columns)
    assert enriched["role"].to_list()[:2] == ["ml_engineer", "software_engineer"]
    assert enriched["degree_min"][0] == "master"
    assert enriched["years_min"][0] == 5


def test_explain_shows_the_words(tmp_path: Path) -> None:
    enrich_file(write(tmp_path / "in.jsonl", ROWS), tmp_path / "out.jsonl", explain=True)
    first = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert "master" in first["degree_min_span"].lower()
    assert "5" in first["years_min_span"]


def test_rows_beyond_one_batch_keep_their_order(tmp_path: Path) -> None:
    rows = [{"id": number, "title": "Data Analyst", "text": ""} for number in range(BATCH_ROWS + 7)]
    enrich_file(write(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["id"].to_list() == list(range(BATCH_ROWS + 7))


def test_no_rows_give_the_columns(tmp_path: Path) -> None:
    assert enrich_file(write(tmp_path / "in.jsonl", []), tmp_path / "out.parquet") == 0
    assert set(ENRICHED_SCHEMA) <= set(pl.read_parquet_schema(tmp_path / "out.parquet"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"id": 1, "title": "x", "text": ""}\n{"id": 2, "tit', "Line 2"),
        ("[1]\n", "Line 1"),
        ('{"id": 1, "title": "x"}\n', "text"),
    ],
)
def test_a_malformed_line_is_named_and_nothing_is_left(tmp_path: Path, content: str, says: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(content, "utf-8")
    with pytest.raises(UserError, match=says):
        enrich_file(source, tmp_path / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_file_that_is_no_parquet_and_a_wrong_suffix_are_told(tmp_path: Path) -> None:
    fake = tmp_path / "in.parquet"
    fake.write_text("no", "utf-8")
    with pytest.raises(UserError, match="not a Parquet"):
        enrich_file(fake, tmp_path / "out.jsonl")
    with pytest.raises(UserError, match="suffix"):
        enrich_file(fake, tmp_path / "out.csv")


def test_every_field_has_one_extractor() -> None:
    fields = [name for module in extractors() for name in module.FIELDS] + ["language"]
    assert sorted(fields) == sorted(ENRICHED_SCHEMA)


def test_any_cut_of_the_table_gives_the_same_rows() -> None:
    frame = pl.DataFrame(ROWS * 5)
    whole = enrich(frame)
    for size in (1, 4):
        assert pl.concat([enrich(part) for part in frame.iter_slices(size)]).equals(whole)
