"""What the last complete reading of each board left behind, so that the next crawl asks only for what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from warehouse.schema.index_file import in_one_go, open_index
from warehouse.schema.layout import DataFolder

SCHEMA = """
CREATE TABLE IF NOT EXISTS board (
    source TEXT, board TEXT, crawl_id TEXT, asked_at TEXT, postings INTEGER, reader TEXT, validators TEXT, digest TEXT,
    PRIMARY KEY (source, board)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS detail (
    source TEXT, board TEXT, posting_id TEXT, row_digest TEXT, content_hash TEXT, read_at TEXT,
    PRIMARY KEY (source, board, posting_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class LastReading:
    """The last complete reading of one board: when, how many postings, and what the source gave to ask again with."""

    crawl_id: str
    asked_at: str
    postings: int
    validators: Mapping[str, str]
    digest: str | None


@dataclass(frozen=True, slots=True)
class KnownDetail:
    """A posting whose detail page was read at `read_at` while its list row had `row_digest`."""

    row_digest: str
    content_hash: str
    read_at: str


def reader_version() -> str:
    """Return the version of the code that reads boards; another version asks every board afresh."""
    with suppress(PackageNotFoundError):
        return version("rolemarket")
    return "unknown"


class CrawlState:
    """The boards' memory in `crawler_state/boards.sqlite`; deleting it only costs bytes.

    What it vouches for counts only while the archive still holds the crawl it points to.
    """

    def __init__(self, folder: DataFolder) -> None:
        folder.crawler_state.mkdir(parents=True, exist_ok=True)
        path = folder.crawler_state / "boards.sqlite"
        self._folder = folder
        self._is_there: dict[str, bool] = {}
        self._connection = open_index(path, SCHEMA)
        if self._connection.execute("SELECT 1 FROM board LIMIT 1").fetchone() is None:
            self._learn_boards_from_archive()

    def _learn_boards_from_archive(self) -> None:
        for path in sorted(self._folder.readings.glob("*.jsonl")):
            with path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    with suppress(ValueError, KeyError, TypeError):
                        record = json.loads(line)
                        if record["outcome"] == "complete":
                            self._connection.execute(
                                "INSERT OR IGNORE INTO board VALUES (?, ?, ?, ?, ?, '', '{}', NULL)",
                                (record["source"], record["board"], record["crawl_id"], record["asked_at"], 0),
                            )

    def _holds(self, crawl_id: str) -> bool:
        if crawl_id not in self._is_there:
            self._is_there[crawl_id] = (self._folder.readings / f"{crawl_id}.jsonl").exists()
        return self._is_there[crawl_id]

    def knows(self, source: str, board: str) -> bool:
        """Return whether this board was ever read completely."""
        query = "SELECT 1 FROM board WHERE source = ? AND board = ?"
        return self._connection.execute(query, (source, board)).fetchone() is not None

    def last(self, source: str, board: str) -> LastReading | None:
        """Return what may vouch for this board, None where nothing of this reader's version does."""
        row = self._connection.execute(
            "SELECT crawl_id, asked_at, postings, validators, digest FROM board "
            "WHERE source = ? AND board = ? AND reader = ?",
            (source, board, reader_version()),
        ).fetchone()
        if row is None or not self._holds(row[0]):
            return None
        return LastReading(row[0], row[1], row[2], json.loads(row[3]), row[4])

    def details(self, source: str, board: str) -> dict[str, KnownDetail]:
        """Return the postings of one board whose detail pages were read, by posting id."""
        rows = self._connection.execute(
            "SELECT posting_id, row_digest, content_hash, read_at FROM detail WHERE source = ? AND board = ?",
            (source, board),
        )
        return {row[0]: KnownDetail(*row[1:]) for row in rows}

    def remember(
        self,
        source: str,
        board: str,
        reading: LastReading,
        details: Mapping[str, KnownDetail],
    ) -> None:
        """Keep what a complete reading left behind; forget details of postings that are no longer there."""
        with in_one_go(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO board VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    source,
                    board,
                    reading.crawl_id,
                    reading.asked_at,
                    reading.postings,
                    reader_version(),
                    json.dumps(dict(reading.validators)),
                    reading.digest,
                ),
            )
            self._connection.execute("DELETE FROM detail WHERE source = ? AND board = ?", (source, board))
            self._connection.executemany(
                "INSERT INTO detail VALUES (?, ?, ?, ?, ?, ?)",
                [(source, board, id_, d.row_digest, d.content_hash, d.read_at) for id_, d in details.items()],
            )

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
