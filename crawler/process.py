"""One crawl in a process of its own: every spider of the job in one reactor, the summary as JSON at the end."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.board_lists import Board
from crawler.extensions import Watch
from crawler.pipelines import UNWRITABLE, unwritable
from crawler.reading import board_read


def _end_with_parent() -> None:
    def wait() -> None:
        while os.read(0, 1):
            pass
        os._exit(130)

    threading.Thread(target=wait, daemon=True).start()


def warn_without_contact(settings: Settings) -> None:
    """Say so where other people's servers are about to be asked by nobody whom they could reach."""
    if not settings.get("ROLEMARKET_REPLAY") and not os.environ.get("ROLEMARKET_CONTACT"):
        logging.getLogger("rolemarket").warning(
            "ROLEMARKET_CONTACT is not set: the user agent names nobody whom a site could reach; set it to your address."
        )


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job (crawl_id, boards by source, settings, allowed sources) and return the fields of its summary."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(job["settings"], priority="cmdline")
    settings.set("ROLEMARKET_CRAWL_ID", job["crawl_id"], priority="cmdline")
    settings.set("LOG_LEVEL", job["settings"].get("LOG_LEVEL", "WARNING"), priority="cmdline")
    boards = {name: [Board(name, *board) for board in listed] for name, listed in job["boards"].items()}
    watch = Watch(boards=sum(map(len, boards.values())), is_quiet=job["is_quiet"])
    process = AsyncCrawlerProcess(settings)
    warn_without_contact(settings)
    if not job["is_quiet"]:
        logging.getLogger("rolemarket").setLevel(logging.INFO)
    # A robots.txt that is not answered is the reason of its boards' readings; here it would be a page of traceback each.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    interrupted: list[str] = []
    crawlers = []
    with watch:
        for name, listed in boards.items():
            crawler = process.create_crawler(name)
            crawlers.append(crawler)
            crawler.signals.connect(watch.board_done, board_read)
            task = process.crawl(crawler, boards=listed, is_allowed=name in job["allowed"])
            task.add_done_callback(lambda task, crawler=crawler: _note_end(task, crawler, interrupted))
        # Half a million objects of imported modules need not be walked by every collection, and boards come and go by
        # the ten thousand: at Python's own thresholds a tenth of the time went into looking for cycles.
        gc.freeze()
        gc.set_threshold(200_000, 20, 20)
        if boards:
            process.start()
        else:
            asyncio.get_event_loop().close()
    asked = {(name, board.token) for name, listed in boards.items() for board in listed}
    # Of boards that others stood for, those that were begun are known.
    asked |= {(one.spidercls.name, token) for one in crawlers if one.spider for token in one.spider.readings}
    unread = len(asked - watch.read)
    total = (
        {name: sum(row[name] for row in rows) for name in SUMMED}
        if (rows := _rows(watch))
        else dict.fromkeys(SUMMED, 0)
    )
    return {
        "boards_asked": total.pop("boards"),
        **total,
        "is_interrupted": bool(interrupted or unread),
        "interrupted_because": next((reason for reason in interrupted if reason != STOPPED), None),
        "unread": unread,
        "by_source": {name: asdict(tally) for name, tally in watch.by_source.items()},
        "not_complete": [
            {
                "source": reading.source,
                "board": reading.board,
                "outcome": reading.outcome,
                "status": reading.status,
                "reason": reading.reason,
            }
            for reading in watch.sick
        ],
    }


STOPPED = "shutdown"
"""Scrapy's word for a crawl that somebody stopped at the keyboard."""

SUMMED = ("boards", "complete", "unchanged", "partial", "failed", "refused", "postings", "quarantined", "bytes")


def _rows(watch: Watch) -> list[dict[str, int]]:
    return [asdict(tally) for tally in watch.by_source.values()]


def _note_end(task: asyncio.Future[None], crawler: Any, interrupted: list[str]) -> None:
    error = None if task.cancelled() else task.exception()
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if isinstance(error, UNWRITABLE):
        interrupted.append(unwritable(error))
    elif error is not None:
        logging.getLogger("rolemarket").error("%s ended early", crawler.spidercls.name, exc_info=error)
        interrupted.append(f"{crawler.spidercls.name} ended early ({type(error).__name__}: {error})")
    elif reason != "finished":
        interrupted.append(str(reason))


def main() -> None:
    """Run the job in the file named first and write the summary to the file named second."""
    _end_with_parent()
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(run(job)), encoding="utf-8")


if __name__ == "__main__":
    main()
