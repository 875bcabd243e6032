"""The archive's file format: append-only JSON lines, written whole, personal data masked, equal content written once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse.schema.index_file import in_one_go, open_index
from warehouse.schema.layout import DataFolder
from warehouse.schema.masking import mask_addresses, mask_personal_data, may_hold_personal_data
from warehouse.schema.records import BoardReading, DisclosedPay, EmployerFact, PublishedValue, Sighting

IDENTITY = frozenset({"source", "board", "posting_id", "form", "is_sample"})
PASSAGE = frozenset({"sighted_at", "crawl_id", "content_hash", "is_repeat"})
CONTENT = tuple(f.name for f in fields(Sighting) if f.name not in IDENTITY | PASSAGE)
NEVER_MASKED = frozenset({"url", "poster_hash"})
DATES = frozenset({"posted_raw", "updated_raw", "closes_raw"})
SELDOM_MASKED = NEVER_MASKED | DATES | {"pay_raw"}
LONGEST_DATE = 40
SEPARATOR = b"\x00"
BUFFERED_BYTES = 65_536
SHORT_BYTES = 512
KNOWN = """
CREATE TABLE IF NOT EXISTS known (board TEXT, hash TEXT, crawl_id TEXT, PRIMARY KEY (board, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (key BLOB PRIMARY KEY, said BLOB, crawl_id TEXT) WITHOUT ROWID;
"""
SAMPLE_MEMBER = ',"is_sample":true'
REPEAT_MEMBER = ',"is_repeat":true'

_read_content = attrgetter(*CONTENT)
_NO_CONTROL = bytes(byte for byte in range(256) if byte >= 0x20 or byte in b"\t\n\r")
# The C function behind `json.dumps(..., ensure_ascii=False)` for one string, fast on short ones.
_quoted = json.encoder.encode_basestring
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_encode_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_SCALARS = (bool, int, float, type(None))
_MEMBER = {name: f'"{name}":'.encode() for name in CONTENT}


Published = PublishedValue | DisclosedPay | EmployerFact
FACT_KINDS = {PublishedValue: "published_value", DisclosedPay: "disclosed_pay", EmployerFact: "employer_fact"}


class InvalidSighting(ValueError):
    """A posting that cannot be archived; its message is the reason the quarantine keeps."""


def utc_now() -> str:
    """Return this instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_crawl_id(kind: str = "crawl") -> str:
    """Return an identifier that sorts by time and differs between processes, such as `20261121T081500.123456Z-crawl-4711`."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{kind}-{os.getpid()}"


def content_hash(identity: tuple[str, ...], content: Mapping[str, bytes]) -> str:
    """Return the hash of everything a line says of a posting except when and by which crawl it was seen.

    `identity` is source, board, posting id and form; `content` the encoded text of each content field that is set,
    in the order of `CONTENT`.
    """
    names = "\x1f".join([*identity, *content]).encode("utf-8", "replace")
    return hashlib.sha256(SEPARATOR.join([names, *content.values()])).hexdigest()[:32]


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(_encode(value).encode("utf-8", "replace"), digest_size=16).digest()


def _masked(value: Any) -> Any:
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, str):
        encoded = value.encode("utf-8", "replace")
        return mask_personal_data(value) if b"@" in encoded or may_hold_personal_data(encoded) else value
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value


def _board_key(sighting: Sighting) -> str:
    return f"{sighting.source}\x1f{sighting.board}"


def _is_plain(name: str, value: str) -> bool:
    """Return whether a field can only be a link, a hash, a date or bands of pay: digits in it are no phone number."""
    if name in DATES:
        return len(value) < LONGEST_DATE and value[0].isdigit()
    if name == "url":
        return "@" not in value and "%40" not in value
    return name in NEVER_MASKED or (name == "pay_raw" and value.startswith("[{") and "@" not in value)


def _json_string(encoded: bytes) -> bytes:
    """Return encoded text as a JSON string; long ones four times as fast as the standard encoder, short ones by it."""
    if len(encoded) < SHORT_BYTES:
        return _quoted(encoded.decode("utf-8")).encode("utf-8")
    if encoded.translate(None, _NO_CONTROL):
        return json.dumps(encoded.decode("utf-8"), ensure_ascii=False).encode("utf-8")
    if b"\\" in encoded:
        encoded = encoded.replace(b"\\", b"\\\\")
    return b'"%s"' % encoded.replace(b'"', b'\\"').replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\t", b"\\t")


def _masked_content(sighting: Sighting) -> dict[str, bytes]:
    """Return each content field that is set as encoded text, masked; `extras` as the text of its JSON."""
    texts: dict[str, bytes] = {}
    searched: list[bytes] = []
    for name, value in zip(CONTENT, _read_content(sighting), strict=True):
        if not value or name == "extras":
            continue
        if not isinstance(value, str):
            raise InvalidSighting(f"{name} is {type(value).__name__}, not text")
        texts[name] = encoded = value.encode("utf-8", "replace")
        if name not in SELDOM_MASKED or not _is_plain(name, value):
            searched.append(encoded)
    # Addresses have their sign, which takes 1 us to look for; the search for everything else takes 30 us over all fields
    # together, masking ten times as much: only where something may be there.
    whole = SEPARATOR.join(searched)
    may_hold = may_hold_personal_data(whole)
    if may_hold or b"@" in whole:
        for name, encoded in texts.items():
            if _is_plain(name, value := getattr(sighting, name)):
                continue
            if may_hold and may_hold_personal_data(encoded):
                texts[name] = mask_personal_data(value).encode("utf-8", "replace")
            elif b"@" in encoded:
                texts[name] = mask_addresses(value).encode("utf-8", "replace")
    if sighting.extras:
        texts["extras"] = _encode_sorted(_masked(sighting.extras)).encode("utf-8", "replace")
    return texts


class _WholeLines:
    """A file that grows by whole lines, so that a kill leaves at most one torn line at its end.

    Lines wait in memory until `flush` or until they fill 64 kB, and go out in one `write`.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._end_torn_line()

    def _end_torn_line(self) -> None:
        size = self.path.stat().st_size
        if size:
            with self.path.open("rb") as file:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    os.write(self._descriptor, b"\n")

    def append(self, line: bytes) -> None:
        self._waiting += (line, b"\n")
        self._waiting_bytes += len(line) + 1
        if self._waiting_bytes >= BUFFERED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits; where the disk takes but a part, take that back and let all of it wait on."""
        lines = b"".join(self._waiting)
        begun = os.fstat(self._descriptor).st_size
        written = 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:] if written else lines)
        except OSError:
            if written:
                os.ftruncate(self._descriptor, begun)
            raise
        self._waiting.clear()
        self._waiting_bytes = 0

    def let_go(self) -> None:
        """Close the file as it is."""
        os.close(self._descriptor)


class _KnownContent:
    """Which content the archive holds, board by board, and in which file; a lost index only costs repeated text."""

    COMMIT_EVERY = 500
    BOARDS_IN_MEMORY = 256

    def __init__(self, folder: DataFolder, crawl_id: str) -> None:
        folder.archive.mkdir(parents=True, exist_ok=True)
        self._sightings = folder.sightings
        self._crawl_id = crawl_id
        self._is_there: dict[Path, bool] = {}
        self._connection = open_index(folder.archive / "known_content.sqlite", KNOWN)
        # One query per board instead of one per posting.
        self._by_board: dict[str, dict[str, str]] = {}
        self._new: list[tuple[str, str, str]] = []
        self._series = folder.series
        self._published: dict[bytes, bytes] = {}

    def _of(self, board: str) -> dict[str, str]:
        known = self._by_board.get(board)
        if known is None:
            if len(self._by_board) >= self.BOARDS_IN_MEMORY:
                self.flush()
                self._by_board.clear()
            rows = self._connection.execute("SELECT hash, crawl_id FROM known WHERE board = ?", (board,))
            known = self._by_board[board] = dict(rows.fetchall())
        return known

    def holds(self, board: str, hash_: str) -> bool:
        crawl_id = self._of(board).get(hash_)
        if crawl_id is None:
            return False
        return self._has(self._sightings, crawl_id)

    def _has(self, folder: Path, crawl_id: str) -> bool:
        path = folder / f"{crawl_id}.jsonl"
        if path not in self._is_there:
            self._is_there[path] = crawl_id == self._crawl_id or path.exists()
        return self._is_there[path]

    def says(self, key: bytes, said: bytes) -> bool:
        """Return whether the last that the archive holds under the key of a published fact is what it says now."""
        if key in self._published:
            return self._published[key] == said
        row = self._connection.execute("SELECT said, crawl_id FROM published WHERE key = ?", (key,)).fetchone()
        return row is not None and row[0] == said and self._has(self._series, row[1])

    def publish(self, key: bytes, said: bytes) -> bool:
        """Note what a published fact says now; return whether enough is waiting to be committed."""
        self._published[key] = said
        return len(self._published) >= self.COMMIT_EVERY

    def add(self, board: str, hash_: str) -> bool:
        """Note new content; return whether enough is waiting to be committed."""
        self._of(board)[hash_] = self._crawl_id
        self._new.append((board, hash_, self._crawl_id))
        return len(self._new) >= self.COMMIT_EVERY

    def flush(self) -> None:
        if self._new or self._published:
            published = [(key, said, self._crawl_id) for key, said in self._published.items()]
            with in_one_go(self._connection):
                self._connection.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", self._new)
                self._connection.executemany("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", published)
            self._new.clear()
            self._published.clear()

    def let_go(self) -> None:
        """Close the index as it is."""
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
        self._quoted_id = _quoted(crawl_id)
        self._sighted: _WholeLines | None = None
        self._files: dict[Path, _WholeLines] = {}

    def _lines(self, folder: Path) -> _WholeLines:
        path = folder / f"{self.crawl_id}.jsonl"
        if path not in self._files:
            self._files[path] = _WholeLines(path)
        return self._files[path]

    def sight(self, sighting: Sighting) -> bool:
        """Append a sighting; return whether its content is new. Raise `InvalidSighting` where it lacks an identity.

        Sets `content_hash` and `is_repeat` of the sighting to what was written. A sighting that comes with
        `is_repeat` and the hash of content that the archive holds is written as a repeat as it is.
        """
        identity = (sighting.source, sighting.board, sighting.posting_id, sighting.form)
        for name, value in zip(("source", "board", "posting_id"), identity, strict=False):
            if not isinstance(value, str) or not value or value.isspace():
                raise InvalidSighting(f"the posting has no {name}")
        if sighting.is_repeat and sighting.content_hash:
            if not self._known.holds(_board_key(sighting), sighting.content_hash):
                raise InvalidSighting("the posting is said to be a repeat of content that the archive does not hold")
            self._append(sighting, identity, {})
            return False
        if not (sighting.title or sighting.body_html):
            raise InvalidSighting("the posting has neither title nor text")
        texts = _masked_content(sighting)
        sighting.content_hash = content_hash(identity, texts)
        board = _board_key(sighting)
        sighting.is_repeat = self._known.holds(board, sighting.content_hash)
        self._append(sighting, identity, {} if sighting.is_repeat else texts)
        if not sighting.is_repeat and self._known.add(board, sighting.content_hash):
            self._commit()
        return not sighting.is_repeat

    def _append(self, sighting: Sighting, identity: tuple[str, ...], content: Mapping[str, bytes]) -> None:
        source, board, posting_id, form = map(_quoted, identity)
        passage = (
            f'{{"source":{source},"board":{board},"posting_id":{posting_id},"form":{form},"crawl_id":{self._quoted_id},'
            f'"sighted_at":{_quoted(sighting.sighted_at or utc_now())},"content_hash":"{sighting.content_hash}"'
            f"{SAMPLE_MEMBER if self.is_sample or sighting.is_sample else ''}"
            f"{REPEAT_MEMBER if sighting.is_repeat else ''}"
        )
        members = [passage.encode("utf-8", "replace")]
        for name, encoded in content.items():
            members.append(_MEMBER[name] + (encoded if name == "extras" else _json_string(encoded)))
        if self._sighted is None:
            self._sighted = self._lines(self.folder.sightings)
        self._sighted.append(b",".join(members) + b"}")

    def _commit(self) -> None:
        """Write what waits, lines before the index of them: the index never knows more than the archive holds."""
        for file in self._files.values():
            file.flush()
        self._known.flush()

    def read(self, reading: BoardReading) -> None:
        """Append what one reading of a board came to, after everything that was sighted in it."""
        record = asdict(reading)
        record["is_sample"] = record["is_sample"] or self.is_sample
        self._commit()
        self._write(self.folder.readings, record)

    def quarantine(self, record: Mapping[str, Any], reason: str) -> None:
        """Keep a posting that failed validation, masked, with the reason."""
        line = {
            "crawl_id": self.crawl_id,
            "quarantined_at": utc_now(),
            "reason": mask_personal_data(reason),
            "record": _masked(dict(record)),
        }
        self._write(self.folder.quarantine, line)

    def publish(self, record: Published | Mapping[str, Any]) -> bool:
        """Append one published fact, masked, or one monthly count of seekers; return whether a line was written.

        A fact that says what the archive last held under its key is not written again, whatever the day it was read.
        """
        if isinstance(record, Published):
            line = {name: value for name, value in asdict(record).items() if value is not None}
            said = {name: value for name, value in line.items() if name not in {*record.KEY, "as_of_on"}}
            key = _digest([type(record).__name__, *(line.get(name) for name in record.KEY)])
            if self._known.says(key, digest := _digest(said)):
                return False
            line = {"crawl_id": self.crawl_id, "kind": FACT_KINDS[type(record)], **_masked(line)}
            self._lines(self.folder.series).append(_encode(line).encode("utf-8", "replace"))
            if self._known.publish(key, digest):
                self._commit()
            return True
        self._write(self.folder.series, {"crawl_id": self.crawl_id, **record})
        return True

    def _write(self, folder: Path, record: Mapping[str, Any]) -> None:
        lines = self._lines(folder)
        lines.append(_encode(record).encode("utf-8", "replace"))
        lines.flush()

    def close(self) -> None:
        """Close every file; safe to call twice."""
        try:
            self._commit()
        finally:
            for file in self._files.values():
                file.let_go()
            self._files.clear()
            self._sighted = None
            self._known.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
