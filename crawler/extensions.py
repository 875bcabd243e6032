"""What an operator sees of a running crawl: a progress bar, or plain log lines, and one table at the end."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from scrapy.logformatter import LogFormatter

from warehouse.schema.records import NEWEST_ONLY, BoardReading

logger = logging.getLogger("rolemarket.crawl")
PLAIN_EVERY_SECONDS = 15.0


class QuietLogFormatter(LogFormatter):
    """Scrapy's log lines without one per item: what a posting said is in the archive."""

    def scraped(self, item: Any, response: Any, spider: Any) -> None:
        """Log nothing for an archived sighting."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> None:
        """Log nothing: readings are in the crawl log, malformed postings in the quarantine."""


@dataclass(slots=True)
class SourceTally:
    """What one source's boards came to in one crawl; `bytes` as they crossed the wire."""

    boards: int = 0
    complete: int = 0
    unchanged: int = 0
    partial: int = 0
    failed: int = 0
    refused: int = 0
    postings: int = 0
    quarantined: int = 0
    bytes: int = 0

    def add(self, reading: BoardReading) -> None:
        """Count one reading."""
        self.boards += 1
        setattr(self, reading.outcome, getattr(self, reading.outcome) + 1)
        self.postings += reading.postings
        self.quarantined += reading.quarantined
        self.bytes += reading.bytes


@dataclass
class Watch:
    """Counts finished readings of all spiders of a crawl and shows them while it runs."""

    boards: int
    is_quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True))
    by_source: dict[str, SourceTally] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    sick: list[BoardReading] = field(default_factory=list)
    read: set[tuple[str, str]] = field(default_factory=set)
    _progress: Progress | None = None
    _task: Any = None
    _said_at: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Watch:
        if not self.is_quiet and self.console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=8),  # so that the time left stands within 80 columns
                MofNCompleteColumn(),
                TextColumn("boards · {task.fields[postings]} postings · {task.fields[errors]} not complete"),
                TimeRemainingColumn(),
                console=self.console,
                transient=True,
            )
            self._task = self._progress.add_task("crawl", total=self.boards, postings=0, errors=0)
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def board_done(self, reading: BoardReading) -> None:
        """Take note of a finished reading."""
        self.by_source.setdefault(reading.source, SourceTally()).add(reading)
        self.read.add((reading.source, reading.board))
        is_window = reading.outcome == "partial" and reading.reason == NEWEST_ONLY
        if reading.outcome in {"partial", "failed", "refused"} and not is_window:
            self.sick.append(reading)
        done = sum(tally.boards for tally in self.by_source.values())
        self.boards = max(self.boards, done)
        postings = sum(tally.postings for tally in self.by_source.values())
        if self._progress:
            self._progress.update(
                self._task, completed=done, total=self.boards, postings=postings, errors=len(self.sick)
            )
        elif time.monotonic() - self._said_at > PLAIN_EVERY_SECONDS:
            self._said_at = time.monotonic()
            logger.info("%d of %d boards, %d postings, %d not complete", done, self.boards, postings, len(self.sick))


def summary_table(by_source: dict[str, dict[str, int]], title: str) -> Table:
    """Return the table shown at the end of a crawl, one row per source and, where there are several, a total."""
    columns = ("boards", "complete", "unchanged", "partial", "failed", "refused", "postings", "quarantined", "bytes")
    table = Table(title=title, title_justify="left")
    table.add_column("source")
    for name in columns:
        table.add_column(name, justify="right")
    for source, row in sorted(by_source.items()):
        table.add_row(source, *(f"{row[name]:,}" for name in columns))
    if len(by_source) > 1:
        table.add_section()
        table.add_row("all", *(f"{sum(row[name] for row in by_source.values()):,}" for name in columns))
    return table
