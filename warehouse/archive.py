"""How the archive is read: whole lines by byte range, with every torn or malformed one named instead of fatal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any

import polars as pl

from warehouse.benchmarks import archived_benchmarks
from warehouse.schema import BoardReading, DataFolder, Sighting
from warehouse.schema.records import DisclosedPay, EmployerFact, PublishedValue

CHUNK_BYTES = 16 * 1024 * 1024

_TEXT_FIELDS = tuple(f.name for f in fields(Sighting) if f.name not in {"extras", "is_sample", "is_repeat"})
_TEXT = frozenset({str})
_REQUIRED = ("source", "board", "posting_id", "sighted_at", "crawl_id", "content_hash")

READING_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "crawl_id": pl.String,
    "source": pl.String,
    "board": pl.String,
    "company": pl.String,
    "asked_at": pl.String,
    "answered_at": pl.String,
    "status": pl.Int64,
    "outcome": pl.String,
    "reason": pl.String,
    "postings": pl.Int64,
    "quarantined": pl.Int64,
    "pages": pl.Int64,
    "bytes": pl.Int64,
    "is_truncated": pl.Boolean,
    "unchanged_since": pl.String,
    "validator": pl.String,
    "is_first": pl.Boolean,
    "is_sample": pl.Boolean,
}


_READING_KINDS = {
    name: {pl.String: str, pl.Int64: int, pl.Boolean: bool}[kind]  # type: ignore[index]
    for name, kind in READING_SCHEMA.items()
}


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that could not be used: which file and line (from 1), and why."""

    file: str
    line: int
    reason: str

    @property
    def crawl_id(self) -> str:
        """The crawl that wrote the file."""
        return Path(self.file).stem


@dataclass(slots=True)
class Chunk:
    """Consecutive whole lines of one file: `records` that parsed, `problems` that did not, and where to read on."""

    records: list[dict[str, Any]]
    problems: list[LineProblem]
    next_byte: int
    next_line: int
    line_numbers: list[int] = field(default_factory=list)


def read_chunks(
    path: Path, start_byte: int = 0, start_line: int = 0, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Yield the JSON objects of a line file from a byte offset on, a bounded number of bytes at a time.

    Text after the last line end is left for the next reading; `torn_tail` reports it.
    """
    with path.open("rb") as file:
        file.seek(start_byte)
        kept = b""
        position, line = start_byte, start_line
        while block := file.read(chunk_bytes):
            kept += block
            end = kept.rfind(b"\n") + 1
            if not end:
                continue
            chunk = Chunk([], [], position + end, line)
            for raw in kept[:end].split(b"\n")[:-1]:
                line += 1
                if not raw.strip():
                    continue
                try:
                    record = json.loads(raw)
                    if not isinstance(record, dict):
                        raise ValueError("not an object")
                except ValueError as error:
                    chunk.problems.append(LineProblem(path.name, line, f"line {line}: {_json_reason(error)}"))
                else:
                    chunk.records.append(record)
                    chunk.line_numbers.append(line)
            chunk.next_line = line
            position += end
            kept = kept[end:]
            yield chunk


def _json_reason(error: ValueError) -> str:
    return f"not whole JSON ({error.msg})" if isinstance(error, json.JSONDecodeError) else f"not usable ({error})"


def torn_tail(path: Path, start_byte: int, start_line: int) -> LineProblem | None:
    """Return the unfinished line that a file ends with, if it does."""
    if path.stat().st_size > start_byte:
        return LineProblem(path.name, start_line + 1, f"line {start_line + 1}: the file ends inside it")
    return None


def sighting_frame(chunk: Chunk, file_name: str) -> tuple[pl.DataFrame, list[LineProblem]]:
    """Return a chunk of a sightings file as a frame of `Sighting` fields, and the lines that are no sighting.

    Fields are text but `extras` (JSON text), `is_sample` and `is_repeat`.
    """
    problems: list[LineProblem] = []
    rows: list[dict[str, Any]] = []
    marks: list[tuple[str | None, bool, bool]] = []
    for record, line in zip(chunk.records, chunk.line_numbers, strict=True):
        extras = record.pop("extras", None)
        mark = (
            json.dumps(extras, ensure_ascii=False, sort_keys=True) if extras else None,
            bool(record.pop("is_sample", False)),
            bool(record.pop("is_repeat", False)),
        )
        # Most lines hold nothing but text, which one look at the kinds of their values tells.
        is_plain = _TEXT.issuperset(map(type, record.values())) and all(map(record.get, _REQUIRED))
        if not is_plain and (wrong := _what_is_wrong(record)):
            problems.append(LineProblem(file_name, line, f"line {line}: {wrong}"))
            continue
        rows.append(record)
        marks.append(mark)
    columns = {
        name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String)
        if any(name in row for row in rows)
        else pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(rows))
        for name in _TEXT_FIELDS
    }
    said = {"extras": pl.String, "is_sample": pl.Boolean, "is_repeat": pl.Boolean}
    frame = pl.DataFrame(columns).hstack(pl.DataFrame(marks, schema=said, orient="row"))
    return frame.with_columns(pl.col("form").fill_null("posting")), problems


def _what_is_wrong(record: dict[str, Any]) -> str | None:
    missing = [name for name in _REQUIRED if not isinstance(record.get(name), str) or not record[name]]
    if missing:
        return f"no {', '.join(missing)}"
    wrong = [name for name in _TEXT_FIELDS if not isinstance(record.get(name), str | None)]
    return f"{', '.join(wrong)} not text" if wrong else None


def read_all(
    folder: Path, required: tuple[str, ...] = (), kinds: Mapping[str, type | UnionType] | None = None
) -> tuple[list[dict[str, Any]], list[LineProblem]]:
    """Return every record of the small line files of a folder, in file order, and the lines that are none.

    A record needs a text under each of the `required` names, and null or a value of its kind under those of `kinds`.
    """
    records: list[dict[str, Any]] = []
    problems: list[LineProblem] = []
    for path in sorted(folder.glob("*.jsonl")):
        position, line = 0, 0
        for chunk in read_chunks(path):
            problems += chunk.problems
            for record, number in zip(chunk.records, chunk.line_numbers, strict=True):
                missing = [name for name in required if not isinstance(record.get(name), str)]
                odd = [
                    name
                    for name, kind in (kinds or {}).items()
                    if record.get(name) is not None
                    and (not isinstance(record[name], kind) or (isinstance(record[name], bool) and kind is not bool))
                ]
                if missing:
                    problems.append(LineProblem(path.name, number, f"line {number}: no {', '.join(missing)}"))
                elif odd:
                    said = ", ".join(f"{name} is {type(record[name]).__name__}" for name in odd)
                    problems.append(LineProblem(path.name, number, f"line {number}: {said}"))
                else:
                    records.append(record)
            position, line = chunk.next_byte, chunk.next_line
        if tail := torn_tail(path, position, line):
            problems.append(tail)
    return records, problems


def readings(folder: DataFolder) -> tuple[pl.DataFrame, list[LineProblem]]:
    """Return every board reading with the columns of `BoardReading`, sorted, and the lines that are none."""
    records, problems = read_all(
        folder.readings, ("crawl_id", "source", "board", "asked_at", "outcome"), _READING_KINDS
    )
    names = {f.name for f in fields(BoardReading)}
    rows = [{name: record.get(name) for name in names} for record in records]
    frame = pl.DataFrame(rows, schema=READING_SCHEMA, strict=False).with_columns(
        pl.col("postings", "quarantined", "pages", "bytes").fill_null(0),
        pl.col("is_truncated", "is_first", "is_sample").fill_null(False),
    )
    return frame.unique().sort("asked_at", "crawl_id", "source", "board", "outcome", "answered_at"), problems


_SERIES_KINDS = {
    "month_on": str,
    "role": str,
    "n_seekers": int,
    **{
        one.name: {"str": str, "int": int, "float": int | float}[str(one.type).split(" ")[0]]
        for kind in (PublishedValue, DisclosedPay, EmployerFact)
        for one in fields(kind)
    },
}
"""The kinds of what a line of the folder says, whichever of its kinds of lines that is."""

_SUPPLY = {"source": pl.String, "month_on": pl.Date, "role": pl.String, "n_seekers": pl.Int32}


def series(folder: DataFolder) -> tuple[pl.DataFrame, pl.DataFrame, list[LineProblem]]:
    """Return the archived counts of seekers as `supply_month`, the published series as `benchmark`, and unusable lines.

    A later line of the same source, month and role (or series, period, place and group) replaces an earlier one.
    """
    records, problems = read_all(folder.series, kinds=_SERIES_KINDS)
    counts = [{name: record.get(name) for name in _SUPPLY} for record in records if record.get("n_seekers") is not None]
    key = ["source", "month_on", "role"]
    supply = (
        pl.DataFrame(counts, schema=_SUPPLY | {"month_on": pl.String}, strict=False)
        .with_columns(pl.col("month_on").str.slice(0, 10).str.to_date(strict=False))
        .drop_nulls(key[:2])
        .unique(key, keep="last", maintain_order=True)
        .sort(key)
    )
    return supply, archived_benchmarks(records), problems


def employer_facts(folder: DataFolder) -> list[dict[str, Any]]:
    """Return what crawled directories last said of each employer, as the lines of `EmployerFact`."""
    records, _ = read_all(folder.series, kinds=_SERIES_KINDS)
    last = {
        tuple(record.get(name) for name in EmployerFact.KEY): record
        for record in records
        if record.get("kind") == "employer_fact" and record.get("employer")
    }
    return list(last.values())
