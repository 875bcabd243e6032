"""How `enrich` runs over a file of any size: JSON lines or Parquet in and out, a bounded number of rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.enrich.composition import HINTS, enrich
from warehouse.schema import UserError

REQUIRED = ("id", "title", "text")
READ = (*REQUIRED, "company", "location", *HINTS)
BATCH_ROWS = 4_000
"""Rows held at a time: 4,000 postings of 10 KB take some 250 MB while they are read."""

_JSONL = frozenset({".jsonl", ".ndjson"})


def enrich_file(source: Path, target: Path, *, engine: str = "local", explain: bool = False) -> int:
    """Enrich every row of `source` into `target`, in order, and return how many.

    Both are JSON lines (`.jsonl`, `.ndjson`) or Parquet (`.parquet`), told by the suffix. `source` needs the columns
    `id, title, text` and should have `company, location`; see `enrich` for what else it may have. `target` appears
    only when it is complete. `engine` is "local" or "spark". Raise `UserError` for a file that is missing, unreadable
    or lacks a column; a malformed line is named by its number.
    """
    for path in (source, target):
        if path.suffix not in {*_JSONL, ".parquet"}:
            raise UserError(f"{path} is neither .jsonl nor .parquet: give a file with one of these suffixes.")
    if not source.is_file():
        raise UserError(f"There is no file {source}: check the path.")
    if not target.parent.is_dir():
        raise UserError(f"There is no folder {target.parent} to write to: create it first.")
    if engine == "spark":
        from warehouse.scale import enrich_with_spark

        return enrich_with_spark(source, target, explain=explain)
    rows = 0
    with FrameWriter(target) as writer:
        for frame in read_frames(source):
            writer.write(enrich(frame, explain=explain))
            rows += frame.height
    return rows


def read_frames(source: Path) -> Iterator[pl.DataFrame]:
    """Yield the rows of `source`, at most `BATCH_ROWS` at a time and at least one frame, only the columns used."""
    frames = _parquet_frames(source) if source.suffix == ".parquet" else _jsonl_frames(source)
    for frame in frames:
        missing = [name for name in REQUIRED if name not in frame.columns]
        if missing:
            raise UserError(f"{source} has no column {', '.join(missing)}: it needs {', '.join(REQUIRED)}.")
        yield frame


def _parquet_frames(source: Path) -> Iterator[pl.DataFrame]:
    try:
        file = pq.ParquetFile(source)
    except pa.ArrowInvalid as error:
        raise UserError(f"{source} is not a Parquet file: write it anew ({error}).") from error
    with file:
        columns = [name for name in file.schema_arrow.names if name in READ]
        if file.metadata.num_rows == 0:
            yield pl.DataFrame(pl.from_arrow(file.schema_arrow.empty_table().select(columns)))
        for batch in file.iter_batches(BATCH_ROWS, columns=columns):
            yield pl.DataFrame(pl.from_arrow(batch))


def _jsonl_frames(source: Path) -> Iterator[pl.DataFrame]:
    with source.open("rb") as file:
        numbered = ((number, line) for number, line in enumerate(file, start=1) if line.strip())
        first = True
        while chunk := list(islice(numbered, BATCH_ROWS)):
            yield _jsonl_frame(source, chunk)
            first = False
        if first:
            yield pl.DataFrame(schema=dict.fromkeys(("id", "title", "company", "location", "text"), pl.String))


def _jsonl_frame(source: Path, numbered: list[tuple[int, bytes]]) -> pl.DataFrame:
    rows = []
    for number, line in numbered:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UserError(f"Line {number} of {source} is not a JSON object: mend or remove it.")
        absent = [name for name in REQUIRED if name not in row]
        if absent:
            raise UserError(
                f"Line {number} of {source} has no {', '.join(absent)}: every row needs {', '.join(REQUIRED)}."
            )
        rows.append(row)
    names = [name for name in READ if any(name in row for row in rows)]
    return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _column(name: str, values: list[Any]) -> pl.Series:
    if name == "id" and all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        with suppress(OverflowError, pl.exceptions.PolarsError):
            return pl.Series(name, values, dtype=pl.Int64)
    return pl.Series(name, [_as_text(value) for value in values], dtype=pl.String)


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=False)


class FrameWriter:
    """Writes frames of one schema to a JSON-lines or Parquet file that appears, whole, when the block ends well."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._partial = target.with_name(f".{target.name}.partial")
        self._parquet: pq.ParquetWriter | None = None
        self._lines: BinaryIO | None = None

    def write(self, frame: pl.DataFrame) -> None:
        """Append a frame."""
        if self.target.suffix == ".parquet":
            table = as_arrow(frame)
            if self._parquet is None:
                self._parquet = pq.ParquetWriter(self._partial, table.schema, compression="zstd")
            self._parquet.write_table(table.cast(self._parquet.schema))
            return
        if self._lines is None:
            self._lines = self._partial.open("wb")
        frame.write_ndjson(self._lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._parquet, self._lines):
            if file is not None:
                file.close()
        if kind is None:
            self._partial.replace(self.target)
        else:
            self._partial.unlink(missing_ok=True)


def as_arrow(frame: pl.DataFrame) -> pa.Table:
    """Return a frame as an Arrow table of plain types, which every reader of Arrow takes (Spark knows no views)."""
    table = frame.to_arrow()
    return table.cast(pa.schema([(field.name, _plain(field.type)) for field in table.schema]))


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list_view(kind):
        return pa.list_(_plain(kind.value_type))
    return kind
