"""How the monthly threads of the account `whoishiring` are found and read, comment by comment, without their posters."""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawler.board_lists import Board
from crawler.raw_text import Page, objects
from crawler.reading import NoSuchBoard, OpenReading, Unreadable
from crawler.trunk import BoardSpider, Output
from warehouse.schema.layout import DataFolder

FIREBASE = "https://hacker-news.firebaseio.com/v0/item/{id}.json"
ALGOLIA = "https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=1000"
ACCOUNT = "whoishiring"
REREAD = 2
MONTH = re.compile(r"\((?P<name>[A-Z][a-z]+) (?P<year>20\d\d)\)")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def thread_month(title: str) -> str | None:
    """Return the month a thread's title names, such as 2026-11, None where it names none."""
    match = MONTH.search(title)
    if match is None or match["name"] not in MONTHS:
        return None
    return f"{match['year']}-{MONTHS.index(match['name']) + 1:02d}"


def poster_key(archive: Path) -> bytes:
    """Return the archive's own random key for poster hashes, made at first use and never shown."""
    path = archive / "poster_key"
    archive.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(32))
    return path.read_bytes()


class HiringThreadSpider(BoardSpider):
    """Reads threads whose title matches `thread_title`; a board is a thread's id.

    A board may also be a month (2026-11), "latest" (the last two months) or "all" (every month not yet read
    completely, and the last two again): these find the threads and are read as the boards that they stand for.
    """

    backend = "hacker-news.firebaseio.com"
    concurrency, delay_seconds = 8, 0.0
    thread_title: ClassVar[re.Pattern[str]]

    @classmethod
    def default_boards(cls, *, is_curated: bool) -> Iterable[Board]:
        """Return the board that stands for the threads to read: 180 months are 90,000 comments, so two by default."""
        return [Board(cls.name, "latest" if is_curated else "all")]

    @cached_property
    def _key(self) -> bytes:
        return poster_key(DataFolder.of(self.settings.get("ROLEMARKET_DATA")).archive)

    def poster_hash(self, name: str | None) -> str | None:
        """Return a hash that tells one poster's comments from another's and nothing else."""
        return hashlib.blake2b(name.encode(), key=self._key, digest_size=12).hexdigest() if name else None

    def first_request(self, board: Board) -> Request:
        """Return the request for a thread, or for the list of threads where the board is a month or a word."""
        if board.token.isdigit():
            return Request(FIREBASE.format(id=board.token), callback=self.read_thread)
        if board.token not in {"all", "latest"} and not re.fullmatch(r"20\d\d-[01]\d", board.token):
            raise Unreadable("no board of this source: give a thread's id, a month such as 2026-11, `latest` or `all`")
        return Request(ALGOLIA, callback=self.read_threads, meta={"download_slot": "hn.algolia.com"})

    def read_threads(self, response: Response, reading: OpenReading) -> Iterator[Board]:
        """Yield the threads that the board stands for, newest first."""
        page = self.decode(response, reading)
        hits = [hit for hit in objects(page.get("hits")) if self.thread_title.search(hit.get("title") or "")]
        hits.sort(key=lambda hit: int(hit["objectID"]), reverse=True)
        wanted = reading.board.token
        if wanted == "latest":
            hits = hits[:REREAD]
        elif wanted != "all":
            hits = [hit for hit in hits if thread_month(hit["title"]) == wanted]
        if not hits:
            raise NoSuchBoard(f"no thread is found for {wanted}")
        for rank, hit in enumerate(hits):
            id_ = str(hit["objectID"])
            if rank < REREAD or wanted != "all" or not (self.state and self.state.knows(self.name, id_)):
                yield Board(self.name, id_)

    def read_thread(self, response: Response, reading: OpenReading) -> Output:
        """Ask for each top-level comment of a thread of the right kind."""
        thread = self.decode(response, reading)
        if not isinstance(thread, dict):
            raise NoSuchBoard("there is no such thread")
        title = html.unescape(thread.get("title") or "")
        if thread.get("by") != ACCOUNT or not self.thread_title.search(title):
            raise NoSuchBoard(f"the thread is none of this source's ({title[:80]!r})")
        for kid in thread.get("kids") or []:
            yield Request(FIREBASE.format(id=kid), callback=self.read_comment, cb_kwargs={"thread": title})

    def read_comment(self, response: Response, reading: OpenReading, thread: str) -> Output:
        """Take one comment; a deleted, dead or empty one is none."""
        comment = self.decode(response, reading)
        reading.rows += 1
        if not isinstance(comment, dict) or comment.get("deleted") or comment.get("dead") or not comment.get("text"):
            return
        if comment.get("type", "comment") == "comment" and str(comment.get("parent")) == reading.board.token:
            yield from self.take(comment, thread, reading)

    def take(self, comment: Page, thread: str, reading: OpenReading) -> Iterator[Any]:
        """Yield what the source keeps of a comment."""
        raise NotImplementedError
