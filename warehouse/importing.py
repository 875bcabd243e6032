"""How a file of postings joins the archive: CSV, JSON lines or Parquet, read through a TOML map of its columns.

A map says what the file is and which column holds which field of a sighting:

    source = "hackernews"          # required: the source the rows count as
    form = "comment"               # optional: "posting" (default), or "comment" where one row may hold several vacancies
    sighted_until = "last_seen"    # optional: column with the last instant seen, of a row that stands for a span

    [columns]                      # field of a sighting = column of the file
    posting_id = "id"              # required, here or in [constants] or [templates]
    board = "parent"               # required likewise
    sighted_at = "time"            # required likewise: any date the file writes (ISO, epoch seconds or milliseconds)
    title = "job_title"

    [constants]                    # field = one text for every row
    company_raw = "Nordlicht Robotics"

    [templates]                    # field = text with {column} in it
    url = "https://example.org/job/{id}"
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pyarrow.parquet as pq

from warehouse.archive import read_chunks
from warehouse.instants import read_instant
from warehouse.schema import DataFolder, Sighting, UserError
from warehouse.schema.archive_file import ArchiveWriter, InvalidSighting, new_crawl_id

BUNDLED_MAPS = Path(__file__).parent / "reference" / "maps"
MAPPED_FIELDS = frozenset(f.name for f in fields(Sighting)) - {
    *("source", "form", "crawl_id", "content_hash", "is_repeat", "is_sample", "extras"),
}
BATCH_ROWS = 5_000
SHOWN_COLUMNS, SHOWN_SIGNS = 8, 60
SOURCE_NAME = re.compile(r"[\w.-]+")


class UnusableFile(UserError):
    """The file or its map cannot be used."""


@dataclass(frozen=True, slots=True)
class ImportMap:
    """Which column of a file holds which field of a sighting."""

    source: str
    form: str = "posting"
    sighted_until: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)

    def sightings(self, row: dict[str, Any]) -> list[Sighting]:
        """Return a row of the file as a sighting, or two where it says until when the posting was seen.

        Raise `InvalidSighting` where an instant cannot be read.
        """
        first = self._sighting(row)
        if self.sighted_until is None or (until := _text(row.get(self.sighted_until))) is None:
            return [first]
        last_at = _written_instant(until, self.sighted_until)
        return [first] if last_at <= (first.sighted_at or "") else [first, replace(first, sighted_at=last_at)]

    def columns_named(self) -> list[str]:
        """Return the columns that the map names, each once."""
        of_templates = [column for template in self.templates.values() for column in _columns_of(template)]
        until = [self.sighted_until] if self.sighted_until else []
        return list(dict.fromkeys([*self.columns.values(), *until, *of_templates]))

    def _sighting(self, row: dict[str, Any]) -> Sighting:
        values = {name: _text(row.get(column)) for name, column in self.columns.items()} | self.constants
        for name, template in self.templates.items():
            values[name] = _filled(template, row)
        values["sighted_at"] = _written_instant(values.get("sighted_at"), "sighted_at")
        values = {name: value for name, value in values.items() if value is not None}
        for name in ("board", "posting_id"):
            if name not in values:
                raise InvalidSighting(f"the posting has no {name}")
        return Sighting(source=self.source, form=self.form, **values)


def _columns_of(template: str) -> list[str]:
    """Return the columns that a template names; raise `ValueError` where it holds anything but text and {column}."""
    columns = []
    for _, column, form, conversion in Formatter().parse(template):
        if form or conversion or column == "":
            raise ValueError("a template holds text and {column}, nothing else")
        columns += [] if column is None else [column]
    return columns


def _filled(template: str, row: dict[str, Any]) -> str:
    parts = []
    for words, column, _, _ in Formatter().parse(template):
        if column is not None and column not in row:
            raise InvalidSighting(f"the row has no {column}")
        parts += [words, "" if column is None else _text(row[column]) or ""]
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import came to: rows appended, of which new in content, and rows kept in quarantine."""

    crawl_id: str
    postings: int
    new: int
    quarantined: int


def read_map(path: Path) -> ImportMap:
    """Read a TOML map, or the bundled one of that name; raise a `UserError` that says what is wrong with it."""
    if not path.is_file():
        bundled = BUNDLED_MAPS / f"{path.stem}.toml"
        if not bundled.is_file():
            known = ", ".join(sorted(file.stem for file in BUNDLED_MAPS.glob("*.toml")))
            raise UnusableFile(f"There is no map {path}: give a TOML file, or one of the bundled maps {known}.")
        path = bundled
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableFile(f"The map {path} is not valid TOML: {error}.") from error
    unknown = sorted(set(document) - {"source", "form", "sighted_until", "columns", "constants", "templates"})
    if unknown:
        raise UnusableFile(
            f"The map {path} has unknown keys {', '.join(unknown)}: see the head of warehouse/importing.py."
        )
    given: dict[str, str] = {}
    for table in ("columns", "constants", "templates"):
        entries = document.get(table, {})
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise UnusableFile(f"In the map {path}, [{table}] must give one text for each field.")
        given |= dict.fromkeys(entries, table)
    if wrong := sorted(set(given) - MAPPED_FIELDS):
        raise UnusableFile(f"The map {path} names no field of a sighting: {', '.join(wrong)}.")
    if missing := sorted({"board", "posting_id", "sighted_at"} - set(given)):
        raise UnusableFile(f"The map {path} does not say where to find {', '.join(missing)}.")
    if not isinstance(document.get("source"), str) or document.get("form", "posting") not in ("posting", "comment"):
        raise UnusableFile(f'The map {path} needs source = "…", and form "posting" or "comment" if it gives one.')
    if not SOURCE_NAME.fullmatch(document["source"]):
        raise UnusableFile(f"In the map {path}, source must be one word of letters, digits, dots and dashes.")
    _check_templates(path, document.get("templates", {}))
    if not isinstance(document.get("sighted_until", ""), str):
        raise UnusableFile(f"In the map {path}, sighted_until must name a column.")
    return ImportMap(**document)


def _check_templates(path: Path, templates: dict[str, str]) -> None:
    for name, template in templates.items():
        try:
            _columns_of(template)
        except ValueError as error:
            raise UnusableFile(f"In the map {path}, the template of {name} cannot be read: {error}.") from None


def import_file(
    folder: DataFolder, path: Path, mapping: Path, *, progress: Callable[[str, int, int], None] | None = None
) -> ImportSummary:
    """Append one sighting per row of a CSV, JSON-lines or Parquet file to the archive, a batch at a time.

    Raise `UnusableFile` where a CSV or Parquet file lacks a column that the map names. Rows that are no sighting are kept
    in quarantine with the reason. Importing a file again adds short repeat lines,
    which the build recognises as the same sightings.
    """
    map_ = read_map(mapping)
    if not path.is_file():
        raise UnusableFile(f"There is no file {path}: give a CSV, JSON-lines or Parquet file.")
    rows, total, columns = _rows(path)
    if columns is not None and (lacking := [name for name in map_.columns_named() if name not in columns]):
        has = ", ".join(repr(name[:SHOWN_SIGNS]) for name in columns[:SHOWN_COLUMNS]) or "none"
        raise UnusableFile(
            f"{path.name} lacks the columns {', '.join(lacking)} that the map names; its first columns are {has}."
        )
    postings = new = quarantined = done = 0
    with ArchiveWriter(folder, new_crawl_id("import")) as archive:
        for done, (row, fault) in enumerate(rows, start=1):
            reason = fault
            if reason is None:
                try:
                    new += sum([archive.sight(sighting) for sighting in map_.sightings(row)])
                    postings += 1
                except (InvalidSighting, KeyError, IndexError) as error:
                    reason = str(error)
            if reason is not None:
                archive.quarantine(
                    {name: _text(value) for name, value in row.items()} | {"source": map_.source}, reason
                )
                quarantined += 1
            if progress and done % BATCH_ROWS == 0:
                progress("Importing", done, total)
        if progress:
            progress("Importing", done, done)
        return ImportSummary(archive.crawl_id, postings, new, quarantined)


Row = tuple[dict[str, Any], str | None]


def _rows(path: Path) -> tuple[Iterator[Row], int, list[str] | None]:
    """Return the rows of a file, each with what is wrong with it, their number, else 0, and columns, where it tells them."""
    kind = path.suffix.lower()
    if kind in {".parquet", ".pq"}:
        try:
            file = pq.ParquetFile(path)
        except (OSError, ValueError) as error:
            raise UnusableFile(f"{path} cannot be read as Parquet: {error}.") from error
        return _parquet_rows(file), file.metadata.num_rows, file.schema_arrow.names
    if kind in {".jsonl", ".ndjson", ".json"}:
        with path.open("rb") as lines:
            if lines.read(1_000).lstrip().startswith(b"["):
                raise UnusableFile(f"{path.name} is one JSON array: write one object a line.")
        return _json_rows(path), 0, None
    if kind in {".csv", ".tsv", ".txt"}:
        delimiter = "\t" if kind == ".tsv" else ","
        csv.field_size_limit(sys.maxsize)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as table:
            names = next(csv.reader(table, delimiter=delimiter), [])
        return _csv_rows(path, delimiter), 0, names
    raise UnusableFile(f"{path.name} ends in neither .csv, .jsonl nor .parquet: convert it to one of them.")


def _parquet_rows(file: pq.ParquetFile) -> Iterator[Row]:
    for batch in file.iter_batches(BATCH_ROWS):
        for row in batch.to_pylist():
            yield row, None


def _json_rows(path: Path) -> Iterator[Row]:
    position = 0
    for chunk in read_chunks(path):
        for record in chunk.records:
            yield record, None
        for problem in chunk.problems:
            yield {}, problem.reason
        position = chunk.next_byte
    with path.open("rb") as file:
        file.seek(position)
        tail = file.read().strip()
    if tail:  # a last line without its line end is common in files that people write
        try:
            record = json.loads(tail)
        except ValueError:
            yield {}, "the last line is not whole JSON"
        else:
            yield (record, None) if isinstance(record, dict) else ({}, "the last line is not an object")


def _csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, restkey="__more__", restval=None)
        names = reader.fieldnames or []
        for row in reader:
            if "__more__" in row:
                extra = row.pop("__more__")
                yield row, f"line {reader.line_num}: {len(names) + len(extra)} values for {len(names)} columns"
            else:
                yield row, None


def _written_instant(text: str | None, name: str) -> str:
    instant = read_instant(text)
    if instant is None:
        raise InvalidSighting(f"{name} is not a date: {text!r}")
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(value: Any) -> str | None:
    """Return a value of a file as the text that stands in the archive."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
