"""The archive's file format: append-only JSON lines, written whole, personal data masked, equal content written once."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse.schema.layout import DataFolder
from warehouse.schema.masking import mask_personal_data
from warehouse.schema.records import BoardReading, Sighting

IDENTITY = frozenset({"source", "board", "posting_id", "form", "is_sample"})
PASSAGE = frozenset({"sighted_at", "crawl_id", "content_hash", "is_repeat"})
CONTENT = tuple(f.name for f in fields(Sighting) if f.name not in IDENTITY | PASSAGE)


class InvalidSighting(ValueError):
    """A posting that cannot be archived; its message is the reason the quarantine keeps."""


def utc_now() -> str:
    """Return this instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_crawl_id(kind: str = "crawl") -> str:
    """Return an identifier that sorts by time and differs between processes, such as `20261121T081500.123456Z-crawl-4711`."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{kind}-{os.getpid()}"


def content_hash(record: Mapping[str, Any]) -> str:
    """Return the hash of everything a line says of a posting except when and by which crawl it was seen."""
    content = {name: record[name] for name in CONTENT if record[name] not in (None, {})}
    identity = [record["source"], record["board"], record["posting_id"], record["form"]]
    encoded = json.dumps([identity, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(encoded.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_personal_data(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value


class _WholeLines:
    """A file that grows by whole lines: one `write` each, so a kill leaves at most one torn line at its end."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._end_torn_line()

    def _end_torn_line(self) -> None:
        size = self.path.stat().st_size
        if size:
            with self.path.open("rb") as file:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    os.write(self._descriptor, b"\n")

    def append(self, record: Mapping[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        written = os.write(self._descriptor, line)
        while written < len(line):
            written += os.write(self._descriptor, line[written:])

    def close(self) -> None:
        os.close(self._descriptor)


class _KnownContent:
    """Which content hashes the archive holds, and in which file; a lost index only costs repeated text."""

    COMMIT_EVERY = 500

    def __init__(self, folder: DataFolder, crawl_id: str) -> None:
        folder.archive.mkdir(parents=True, exist_ok=True)
        self._sightings = folder.sightings
        self._crawl_id = crawl_id
        self._pending = 0
        self._is_there: dict[str, bool] = {crawl_id: True}
        self._connection = sqlite3.connect(folder.archive / "known_content.sqlite", timeout=60, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS content (hash TEXT PRIMARY KEY, crawl_id TEXT) WITHOUT ROWID"
        )
        self._new: dict[str, str] = {}

    def holds(self, hash_: str) -> bool:
        if hash_ in self._new:
            return True
        row = self._connection.execute("SELECT crawl_id FROM content WHERE hash = ?", (hash_,)).fetchone()
        if row is None:
            return False
        crawl_id = row[0]
        if crawl_id not in self._is_there:
            self._is_there[crawl_id] = (self._sightings / f"{crawl_id}.jsonl").exists()
        return self._is_there[crawl_id]

    def add(self, hash_: str) -> None:
        self._new[hash_] = self._crawl_id
        if len(self._new) >= self.COMMIT_EVERY:
            self.flush()

    def flush(self) -> None:
        if self._new:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO content VALUES (?, ?)", self._new.items())
            self._connection.execute("COMMIT")
            self._new.clear()

    def close(self) -> None:
        self.flush()
        self._connection.close()


class ArchiveWriter:
    """Appends sightings, board readings and quarantined postings of one crawl or import to the archive.

    Every string is masked before it is written. Content that the archive already holds is written as a short repeat
    line. Two writers with different crawl ids may run at once.
    """

    def __init__(self, folder: DataFolder, crawl_id: str, *, is_sample: bool = False) -> None:
        self.folder = folder
        self.crawl_id = crawl_id
        self.is_sample = is_sample
        self._known = _KnownContent(folder, crawl_id)
        self._files: dict[Path, _WholeLines] = {}

    def _lines(self, folder: Path) -> _WholeLines:
        path = folder / f"{self.crawl_id}.jsonl"
        if path not in self._files:
            self._files[path] = _WholeLines(path)
        return self._files[path]

    def sight(self, sighting: Sighting) -> bool:
        """Append a sighting; return whether its content is new. Raise `InvalidSighting` where it lacks an identity."""
        record = asdict(sighting)
        for name in ("source", "board", "posting_id"):
            if not isinstance(record[name], str) or not record[name].strip():
                raise InvalidSighting(f"the posting has no {name}")
        if not (record["title"] or record["body_html"]):
            raise InvalidSighting("the posting has neither title nor text")
        for name in CONTENT:
            if record[name] is not None and name not in {"url", "poster_hash", "extras"}:
                if not isinstance(record[name], str):
                    raise InvalidSighting(f"{name} is {type(record[name]).__name__}, not text")
                record[name] = mask_personal_data(record[name])
        record["extras"] = _masked(record["extras"])
        record["crawl_id"] = self.crawl_id
        record["sighted_at"] = record["sighted_at"] or utc_now()
        record["is_sample"] = record["is_sample"] or self.is_sample
        record["content_hash"] = hash_ = content_hash(record)
        record["is_repeat"] = self._known.holds(hash_)
        if record["is_repeat"]:
            record = {name: value for name, value in record.items() if name not in CONTENT}
        else:
            record = {name: value for name, value in record.items() if value not in (None, {}, False)}
        self._lines(self.folder.sightings).append(record)
        if "is_repeat" not in record:
            self._known.add(hash_)
            return True
        return False

    def read(self, reading: BoardReading) -> None:
        """Append what one reading of a board came to."""
        record = asdict(reading)
        record["is_sample"] = record["is_sample"] or self.is_sample
        self._known.flush()
        self._lines(self.folder.readings).append(record)

    def quarantine(self, record: Mapping[str, Any], reason: str) -> None:
        """Keep a posting that failed validation, masked, with the reason."""
        line = {
            "crawl_id": self.crawl_id,
            "quarantined_at": utc_now(),
            "reason": reason,
            "record": _masked(dict(record)),
        }
        self._lines(self.folder.quarantine).append(json.loads(json.dumps(line, default=str)))

    def close(self) -> None:
        """Close every file; safe to call twice."""
        self._known.close()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
