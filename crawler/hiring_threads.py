"""How the monthly threads of the account `whoishiring` are found and read whole, without their posters."""

from __future__ import annotations

import hashlib
import html
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.board_lists import Board
from crawler.raw_text import Page, objects
from crawler.reading import NoSuchBoard, OpenReading, Unreadable
from crawler.trunk import BoardSpider, Output, expect, listed
from warehouse.schema.layout import DataFolder

ITEM = "https://hacker-news.firebaseio.com/v0/item/{id}.json"
ITEM_HOST = "hacker-news.firebaseio.com"
TREE = "https://hn.algolia.com/api/v1/items/{id}"
THREADS = "https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=1000"
ACCOUNT = "whoishiring"
REREAD = 2
KEY_BYTES = 32
FEW_LACKING = 50
"""So many comments are asked for one by one where the tree lacks them, or a tenth of the thread if that is more."""
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
    if not path.exists():
        # Written whole and then given its name: a key cut short by a full disk would be no key at all.
        with tempfile.NamedTemporaryFile(dir=archive, prefix=".poster_key-") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Unreadable(f"{path} is no key of {KEY_BYTES} bytes; delete it, and posters' hashes begin anew")
    return key


class HiringThreadSpider(BoardSpider):
    """Reads threads whose title matches `thread_title`; a board is a thread's id.

    A board may also be a month (2026-11), "latest" (the last two months) or "all" (every month not yet read
    completely, and the last two again): these find the threads and are read as the boards that they stand for.

    Hacker News' own API lists which comments a thread has and gives them one by one; its search (hn.algolia.com) gives
    the tree whole, deleted and dead comments without words. So the first says what there is, the second what it says,
    and the few comments that the search has not taken up yet are asked for one by one. The tree comes first: a comment
    written in between is then one of those.
    """

    backend = "hn.algolia.com"
    # The search bears 10,000 requests an hour from one address; two spiders that ask it once a second stay below.
    concurrency, delay_seconds = 1, 1.0
    # The item API has no rate limit.
    item_concurrency, item_delay_seconds = 8, 0.05
    thread_title: ClassVar[re.Pattern[str]]

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Bound the item API on its own, beside the backend; read threads in their order, the newest first."""
        super().update_settings(settings)
        settings.set("SCHEDULER_MEMORY_QUEUE", "scrapy.squeues.FifoMemoryQueue", "spider")
        bounds = {"concurrency": cls.item_concurrency, "delay": cls.item_delay_seconds}
        settings.set("DOWNLOAD_SLOTS", {ITEM_HOST: bounds}, "spider")

    @classmethod
    def default_boards(cls, *, is_curated: bool) -> Iterable[Board]:
        """Return the board that stands for every thread."""
        return [Board(cls.name, "all")]

    @classmethod
    def stands_for_others(cls, token: str) -> bool:
        """Return whether a board is a month or a word, under which threads are found."""
        return not token.isdigit()

    @cached_property
    def _key(self) -> bytes:
        return poster_key(DataFolder.of(self.settings.get("ROLEMARKET_DATA")).archive)

    def poster_hash(self, name: str | None) -> str | None:
        """Return a hash that tells one poster's comments from another's and nothing else."""
        return hashlib.blake2b(name.encode(), key=self._key, digest_size=12).hexdigest() if name else None

    def first_request(self, board: Board) -> Request:
        """Return the request for a thread, or for the list of threads where the board is a month or a word."""
        if not self.stands_for_others(board.token):
            return Request(TREE.format(id=board.token), callback=self.read_tree)
        if board.token not in {"all", "latest"} and not re.fullmatch(r"20\d\d-[01]\d", board.token):
            raise Unreadable("no board of this source: give a thread's id, a month such as 2026-11, `latest` or `all`")
        return Request(THREADS, callback=self.read_threads)

    def _is_unchanged(self, response: Response, reading: OpenReading) -> bool:
        """Judge threads alone: the list of threads stays the same for a month, in which comments come."""
        return not self.stands_for_others(reading.board.token) and super()._is_unchanged(response, reading)

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

    def read_tree(self, response: Response, reading: OpenReading) -> Output:
        """Ask which comments a thread of the right kind has, now that their words are there."""
        tree = self.decode(response, reading)
        title = html.unescape(expect(tree, dict, "thread").get("title") or "")
        if tree.get("author") != ACCOUNT or not self.thread_title.search(title):
            raise NoSuchBoard(f"the thread is none of this source's ({title[:80]!r})")
        said = {child.get("id"): child for child in objects(listed(tree, "children"))}
        yield _item(reading.board.token, self.read_thread, title=title, said=said)

    def read_thread(self, response: Response, reading: OpenReading, title: str, said: dict[int, Page]) -> Output:
        """Take every top-level comment of the thread; ask for those that the tree lacks, unless it lacks too many."""
        kids = expect(self.decode(response, reading), dict, "thread").get("kids") or []
        reading.expected = len(kids)
        for kid in kids:
            if kid in said:
                child = said[kid]
                names = {"by": child.get("author"), "time": child.get("created_at_i"), "parent": child.get("parent_id")}
                yield from self.read_one({**child, **names}, title, reading)
        lacking = [kid for kid in kids if kid not in said]
        if len(lacking) <= max(FEW_LACKING, len(kids) // 10):
            for kid in lacking:
                yield _item(kid, self.read_comment, title=title)

    def read_comment(self, response: Response, reading: OpenReading, title: str) -> Output:
        """Take a comment that came alone."""
        yield from self.read_one(self.decode(response, reading), title, reading)

    def read_one(self, comment: Any, title: str, reading: OpenReading) -> Output:
        """Take one comment, by the names of the item API; a deleted, dead or empty one is none."""
        reading.rows += 1
        if not isinstance(comment, dict) or comment.get("deleted") or comment.get("dead") or not comment.get("text"):
            return
        if comment.get("type", "comment") == "comment" and str(comment.get("parent")) == reading.board.token:
            yield from self.take(comment, title, reading)

    def take(self, comment: Page, thread: str, reading: OpenReading) -> Iterator[Any]:
        """Yield what the source keeps of a comment."""
        raise NotImplementedError


def _item(id_: Any, callback: Callable[..., Any], **given: Any) -> Request:
    """Return the request for one item, at the item API's own pace."""
    return Request(ITEM.format(id=id_), callback=callback, cb_kwargs=given, meta={"download_slot": ITEM_HOST})
