"""Crawls the project's own recordings over loopback, as the tests of every source do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crawler.replay.server import Fault, ReplayServer
from crawler.run import CrawlSummary, crawl
from warehouse.schema.layout import DataFolder

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
SHARED = Path(__file__).resolve().parents[3] / "shared"
FAST = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "RETRY_BACKOFF_SECONDS": 0.01,
}
KEYS = {
    name: "key-of-no-one"
    for name in (
        "ROLEMARKET_USAJOBS_KEY",
        "ROLEMARKET_USAJOBS_EMAIL",
        "ROLEMARKET_ADZUNA_ID",
        "ROLEMARKET_ADZUNA_KEY",
        "ROLEMARKET_REED_KEY",
    )
}


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return every line of every file of an archive folder."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in filter(None, path.read_text(encoding="utf-8").split("\n"))
    ]


def record(recordings: Path, path: str, answer: Any) -> None:
    """Write one answer as JSON where the replay server looks for it."""
    file = recordings / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(answer), encoding="utf-8")


def allow(data: DataFolder, *sources: str) -> None:
    """Switch sources on that are off by default."""
    data.root.mkdir(parents=True, exist_ok=True)
    data.sources.write_text("".join(f'[{name}]\nreason = "a test on loopback"\n' for name in sources))


def replayed(
    data: DataFolder,
    recordings: Path,
    boards: Iterable[tuple[str, str]] | Path,
    *,
    faults: Mapping[str, Fault] | None = None,
    validator: str | None = "ETag",
    settings: Mapping[str, Any] | None = None,
    **options: Any,
) -> tuple[CrawlSummary, ReplayServer]:
    """Crawl `boards` from the recordings below a folder into `data`; return the summary and the server."""
    if not isinstance(boards, Path):
        listed = data.root / "asked.csv"
        data.root.mkdir(parents=True, exist_ok=True)
        listed.write_text("source,board\n" + "".join(f"{source},{board}\n" for source, board in boards))
        boards = listed
    with ReplayServer(recordings, faults=faults, validator=validator) as server:
        summary = crawl(
            data, boards_file=boards, replay=server.url, quiet=True, settings=FAST | dict(settings or {}), **options
        )
    return summary, server
