"""Spark workers give what the local engine gives, row for row, and the absence of Spark is told in one sentence."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import polars as pl
import pytest

from warehouse.enrich import enrich, enrich_file
from warehouse.enrich.files import as_arrow
from warehouse.scale import ROW, enrich_batches
from warehouse.schema import UserError

HAS_SPARK = importlib.util.find_spec("pyspark") is not None
ROWS = [
    {
        "id": f"p{number}",
        "title": ("Data Scientist", "Backend Engineer", "Account Executive")[number % 3],
        "company": "Nordlicht Robotics",
        "location": "Oslo, Norway",
        "text": f"You bring {number % 9 + 1}+ years of experience. Pay: $1{number % 10}0,000 a year.",
    }
    for number in range(40)
]


def test_a_worker_gives_what_the_local_engine_gives() -> None:
    frame = pl.DataFrame(ROWS).with_row_index(ROW).with_columns(pl.col(ROW).cast(pl.Int64))
    batches = as_arrow(frame).to_batches(max_chunksize=7)
    got = pl.concat(pl.DataFrame(pl.from_arrow(batch)) for batch in enrich_batches(batches))
    assert got.drop(ROW).equals(enrich(frame))
    assert got[ROW].to_list() == list(range(40))


@pytest.mark.skipif(HAS_SPARK, reason="Spark is installed")
def test_without_spark_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(ROWS[0]) + "\n", "utf-8")
    with pytest.raises(UserError, match=r"rolemarket\[spark\]"):
        enrich_file(source, tmp_path / "out.parquet", engine="spark")


@pytest.mark.skipif(not HAS_SPARK, reason="the extra `spark` is not installed")
@pytest.mark.filterwarnings("ignore")  # Spark's own warnings about pandas and sockets are not ours to mend
@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl"])
def test_spark_and_local_write_equal_files(tmp_path: Path, out: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    (tmp_path / "spark").mkdir()
    assert enrich_file(source, tmp_path / "spark" / out, engine="spark") == 40
    enrich_file(source, tmp_path / out)
    read = pl.read_parquet if out.endswith("parquet") else pl.read_ndjson
    assert read(tmp_path / "spark" / out).equals(read(tmp_path / out))
