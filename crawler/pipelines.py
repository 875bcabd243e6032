"""How what spiders yield reaches the archive: sightings and readings as lines, what is no posting to the quarantine."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import replace
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem

from crawler.generated_dates import drop_generated
from crawler.reading import OpenReading, SeriesLine, board_read, board_reading, judge
from crawler.state import LastReading
from crawler.trunk import Batch, MalformedPosting
from warehouse.schema.archive_file import ArchiveWriter, InvalidSighting, new_crawl_id
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import Sighting

logger = logging.getLogger("rolemarket.crawl")
UNWRITABLE = (OSError, sqlite3.Error)
"""What a full disk, a folder without permission or one that is gone come as."""


def unwritable(error: Exception) -> str:
    """Return in words why nothing can be archived any more."""
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"the archive cannot be written ({why})"


class ArchivePipeline:
    """Writes each item as it comes; a reading is judged and logged when all its postings have passed."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.folder = DataFolder.of(settings.get("ROLEMARKET_DATA"))
        self.crawl_id = settings.get("ROLEMARKET_CRAWL_ID") or new_crawl_id()
        self.is_sample = settings.getbool("ROLEMARKET_SAMPLE")
        self.archive: ArchiveWriter | None = None
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        """Make it for one spider's crawl."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Open the archive; where it cannot be written, ask nobody anything."""
        self.spider: Any = self.crawler.spider
        try:
            self.archive = ArchiveWriter(self.folder, self.crawl_id, is_sample=self.is_sample)
        except UNWRITABLE as error:
            raise CloseSpider(unwritable(error)) from None

    def close_spider(self) -> None:
        """Close the archive."""
        if self.archive:
            try:
                self.archive.close()
            except UNWRITABLE as error:
                # Readings are logged as they end, so what waited here belongs to boards that count as unread.
                logger.error("At its end %s", unwritable(error))

    def process_item(self, item: Any) -> Any:
        """Archive a sighting; let feeds see sightings only. Stop the crawl where the archive cannot be written."""
        try:
            return self._archived(item)
        except UNWRITABLE as error:
            self._stop(error)
            raise DropItem(unwritable(error), log_level="DEBUG") from None

    def _stop(self, error: Exception) -> None:
        """End this spider's crawl: what cannot be kept need not be asked for. It can be resumed."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=unwritable(error)))

    def _archived(self, item: Any) -> Any:
        if type(item) is Batch:
            return self._sight_all(item)
        if type(item) is Sighting:
            return self._sight(item)
        if type(item) is OpenReading:
            self._log(item)
            raise DropItem("a reading of a board, kept in the archive", log_level="DEBUG")
        if type(item) is MalformedPosting:
            self._count(item.board, "quarantined")
            record = item.record if isinstance(item.record, dict) else {"row": item.record}
            self.archive.quarantine({"source": self.spider.name, "board": item.board, **record}, item.reason)
            raise DropItem(item.reason, log_level="DEBUG")
        if type(item) is SeriesLine:
            self.archive.publish(item.record)
            self._count(item.board, "published")
            raise DropItem("a value of a series, kept in the archive", log_level="DEBUG")
        return item

    def _sight_all(self, batch: Batch) -> Batch:
        """Archive every sighting of a batch that can be; what is lost shows in the judgement of its reading."""
        archived = 0
        for sighting in batch:
            try:
                self._sight(sighting)
                archived += 1
            except DropItem as error:
                logger.debug("Dropped: %s", error)
            except UNWRITABLE as error:
                self._stop(error)
            except Exception:
                logger.exception("%s of %s could not be archived", sighting.posting_id, sighting.board)
        if self.crawler.stats and archived:
            # Scrapy counts the batch itself as one.
            self.crawler.stats.inc_value("item_scraped_count", archived - 1)
        return batch

    def _sight(self, sighting: Sighting) -> Sighting:
        reading = self.spider.readings.get(sighting.board)
        drop_generated(sighting)
        try:
            self.archive.sight(sighting)
        except InvalidSighting as error:
            if reading is not None:
                reading.quarantined += 1
            self.archive.quarantine(_as_record(sighting), str(error))
            raise DropItem(str(error), log_level="DEBUG") from None
        if reading is not None:
            reading.archived += 1
            detail = reading.details.get(sighting.posting_id)
            if detail is not None and not detail.content_hash:
                reading.details[sighting.posting_id] = replace(detail, content_hash=sighting.content_hash or "")
        return sighting

    def _count(self, board: str, what: str) -> None:
        reading = self.spider.readings.get(board)
        if reading is not None:
            setattr(reading, what, getattr(reading, what) + 1)

    def _log(self, reading: OpenReading) -> None:
        board, state = reading.board, self.spider.state
        self.spider.readings.pop(board.token, None)
        is_first = not (state and state.knows(board.source, board.token))
        line = board_reading(reading, self.crawl_id, is_first=is_first, is_sample=self.is_sample)
        self.archive.read(line)
        self.crawler.signals.send_catch_log(board_read, reading=line)
        outcome, _ = judge(reading)
        if state and outcome == "complete":
            last = LastReading(self.crawl_id, line.asked_at, line.postings, reading.validators, reading.digest)
            state.remember(board.source, board.token, last, reading.details)


def _as_record(sighting: Sighting) -> dict[str, Any]:
    return {name: getattr(sighting, name) for name in Sighting.__slots__ if getattr(sighting, name) not in (None, {})}
