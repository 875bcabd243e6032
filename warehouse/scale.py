"""How `enrich` runs on Spark workers: the same pure function over Arrow batches, rows put back in their order."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pyarrow as pa

from warehouse.enrich.composition import enrich_alone
from warehouse.enrich.files import BATCH_ROWS, READ, FrameWriter, as_arrow, read_frames
from warehouse.schema import UserError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROW = "_row"


def enrich_with_spark(source: Path, target: Path, *, explain: bool = False, session: SparkSession | None = None) -> int:
    """Enrich `source` into `target` on Spark and return the number of rows; the result equals the local engine's.

    Uses `session`, else one on all local cores. Raise `UserError` where the extra `spark` is not installed.
    """
    try:
        from pyspark.sql import SparkSession
        from pyspark.sql.pandas.types import from_arrow_schema
    except ImportError as error:
        raise UserError(
            "Spark is not installed: run `pip install rolemarket[spark]`, or use --engine local."
        ) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = session or (
        SparkSession.builder.appName("rolemarket enrich")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH_ROWS)
        .getOrCreate()
    )
    try:
        with tempfile.TemporaryDirectory(prefix="rolemarket-") as scratch:
            numbered, parts = Path(scratch) / "in.parquet", Path(scratch) / "out"
            schema = _number_rows(source, numbered, explain=explain)
            rows = spark.read.parquet(str(numbered))
            enriched = rows.mapInArrow(partial(enrich_batches, explain=explain), from_arrow_schema(schema))
            enriched.write.parquet(str(parts))
            return _gather(parts, target)
    finally:
        if session is None:
            spark.stop()


def enrich_batches(batches: Iterable[pa.RecordBatch], *, explain: bool = False) -> Iterator[pa.RecordBatch]:
    """Enrich Arrow batches that carry a row number in `_row`; what each Spark worker runs."""
    for batch in batches:
        yield from _enriched(pl.DataFrame(pl.from_arrow(batch)), explain=explain).to_batches()


def _enriched(numbered: pl.DataFrame, *, explain: bool) -> pa.Table:
    return as_arrow(enrich_alone(numbered, explain=explain).with_columns(numbered[ROW]))


def _number_rows(source: Path, numbered: Path, *, explain: bool) -> pa.Schema:
    """Write `source` with a row number and every column `enrich` may read; return the schema its enrichment has."""
    schema: pa.Schema | None = None
    offset = 0
    with FrameWriter(numbered) as writer:
        for frame in read_frames(source):
            given = [
                pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name) for name in READ
            ]
            row = pl.int_range(offset, offset + frame.height, dtype=pl.Int64).alias(ROW)
            rows = frame.select(*given).with_columns(row)
            writer.write(rows)
            offset += frame.height
            schema = schema or _enriched(rows.head(0), explain=explain).schema
    if schema is None:
        raise AssertionError("read_frames yields at least one frame")
    return schema


def _gather(parts: Path, target: Path) -> int:
    connection = duckdb.connect()
    try:
        ordered = connection.sql(f"SELECT * EXCLUDE ({ROW}) FROM '{parts}/*.parquet' ORDER BY {ROW}")
        rows = 0
        with FrameWriter(target) as writer:
            for batch in ordered.to_arrow_reader(BATCH_ROWS):
                frame = pl.DataFrame(pl.from_arrow(batch))
                writer.write(frame)
                rows += frame.height
            if rows == 0:
                writer.write(connection.sql(f"SELECT * EXCLUDE ({ROW}) FROM '{parts}/*.parquet' LIMIT 0").pl())
        return rows
    finally:
        connection.close()
