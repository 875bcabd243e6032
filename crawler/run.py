"""What `rolemarket crawl` does: choose the boards, run Scrapy in a process of its own, return what it came to."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.board_lists import Board, CrawlUsageError, bundled, read_board_file
from crawler.replay import SAMPLE_HEADER
from crawler.trunk import BoardSpider
from warehouse.schema.archive_file import new_crawl_id
from warehouse.schema.errors import UserError
from warehouse.schema.layout import DataFolder

__all__ = ["CrawlSummary", "CrawlUsageError", "SourceInfo", "crawl", "sources"]

SEEKERS = "hackernews_seekers"
DONE = frozenset({"complete", "unchanged"})


class CrawlEnded(UserError):
    """A crawl whose process ended before it could say what it came to; what was read so far is kept."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """One source: where it is asked and how politely. `keys` are environment variables it cannot do without."""

    name: str
    host: str
    keys: tuple[str, ...]
    off_because: str | None
    concurrency: int
    delay_seconds: float
    is_feed: bool
    description: str

    @property
    def needs_key(self) -> bool:
        """Whether the source stays off until its keys are set."""
        return bool(self.keys)

    @property
    def is_off_by_default(self) -> bool:
        """Whether an operator has to switch the source on in `sources.toml`."""
        return self.off_because is not None


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl came to. `bytes` crossed the wire; `by_source` has the same counts per source.

    `not_complete` names every board that is not complete or unchanged: source, board, outcome, status, reason. Feeds
    that never show more than their newest postings count as partial and are not named. `unread` boards were not read
    to an end before the crawl was interrupted; `interrupted_because` says why, None where somebody stopped it.
    """

    crawl_id: str
    boards_asked: int = 0
    complete: int = 0
    unchanged: int = 0
    partial: int = 0
    failed: int = 0
    refused: int = 0
    postings: int = 0
    quarantined: int = 0
    bytes: int = 0
    seconds: float = 0.0
    is_interrupted: bool = False
    interrupted_because: str | None = None
    unread: int = 0
    by_source: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    not_complete: Sequence[Mapping[str, Any]] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every board asked was read as far as its source shows it."""
        return not self.is_interrupted and not self.not_complete


@cache
def _spiders() -> dict[str, type[BoardSpider]]:
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawler.spiders"]}))
    return {name: loader.load(name) for name in sorted(loader.list())}


def sources() -> Mapping[str, SourceInfo]:
    """Return every source by name; the folder `crawler/spiders` is the registry."""
    return {
        name: SourceInfo(
            name=name,
            host=spider.backend or "each employer's own",
            keys=spider.keys,
            off_because=spider.off_because,
            concurrency=spider.concurrency,
            delay_seconds=spider.delay_seconds,
            is_feed=bool(spider.feed),
            description=(spider.__doc__ or "").strip().split("\n")[0],
        )
        for name, spider in _spiders().items()
    }


def allowed_sources(folder: DataFolder) -> dict[str, str]:
    """Return the sources that the operator switched on in `DIR/sources.toml`, each with the reason written there."""
    path = folder.sources
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CrawlUsageError(f'{path} is not valid TOML ({error}); write `[source]` and `reason = "..."`.') from None
    allowed = {}
    for name, table in tables.items():
        if name not in _spiders():
            raise CrawlUsageError(f"{path} names the unknown source {name!r}; use one of {', '.join(_spiders())}.")
        reason = table.get("reason") if isinstance(table, dict) else None
        if not isinstance(reason, str) or not reason.strip():
            raise CrawlUsageError(f'{path} must say why {name} may be asked; write `reason = "..."` under [{name}].')
        allowed[name] = reason
    return allowed


def plan(
    folder: DataFolder,
    *,
    sources: Sequence[str] = (),
    boards_file: Path | None = None,
    limit: int | None = None,
    shard: tuple[int, int] | None = None,
    all_boards: bool = False,
) -> dict[str, list[Board]]:
    """Return the boards to ask, by source; raise `CrawlUsageError` where what was asked for cannot be done.

    A board file is taken as it is. Without one, the analyst's own list stands on top of the bundled ones. `limit` is
    the most boards of each source. `shard` (i, n) keeps the i-th of n disjoint parts, the same in every crawl.
    """
    known = _spiders()
    for name in sources:
        if name not in known:
            raise CrawlUsageError(f"There is no source {name!r}; use one of {', '.join(known)}.")
    if limit is not None and limit < 1:
        raise CrawlUsageError(f"--limit must be 1 or more, not {limit}.")
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise CrawlUsageError(f"--shard {shard[0]}/{shard[1]} is no part; give I/N with I from 1 to N.")
    chosen: dict[str, list[Board]] = {}
    if boards_file is not None:
        listed = read_board_file(boards_file, list(known))
        for board in listed:
            if not sources or board.source in sources:
                chosen.setdefault(board.source, []).append(board)
        if not chosen:
            raise CrawlUsageError(f"{boards_file} names no board of {', '.join(sources)}; add one or leave SOURCE out.")
    else:
        chosen = _default_plan(folder, sources, all_boards)
    for name, boards in chosen.items():
        kept = boards if shard is None else [board for board in boards if _part(board, shard[1]) == shard[0]]
        chosen[name] = kept[:limit]
    return {name: boards for name, boards in chosen.items() if boards}


def _check_named(
    named: Sequence[str], chosen: Mapping[str, list[Board]], boards_file: Path | None, all_boards: bool
) -> None:
    """Raise `CrawlUsageError` where a source was named and nothing of it would be asked."""
    without = [name for name in named if name not in chosen]
    if not without:
        return
    if boards_file is not None:
        raise CrawlUsageError(f"{boards_file} names no board of {', '.join(without)}; add one or leave the name out.")
    others = (
        "" if all_boards or not any(bundled(without[0], is_curated=False)) else ", or read all known ones with --all"
    )
    raise CrawlUsageError(
        f"No board of {', '.join(without)} is asked unless it is named: give --boards FILE, or find one with "
        f"`rolemarket discover URL`{others}."
    )


def _default_plan(folder: DataFolder, wanted: Sequence[str], all_boards: bool) -> dict[str, list[Board]]:
    """Return the bundled boards of the sources wanted, or of all that are on and have their keys, own boards first."""
    known, allowed = _spiders(), allowed_sources(folder)
    chosen = {}
    for name, spider in known.items():
        is_off = (spider.off_because and name not in allowed) or not all(map(os.environ.get, spider.keys))
        if name in wanted or not (wanted or is_off):
            chosen[name] = {board.token: board for board in spider.default_boards(is_curated=not all_boards)}
    own = read_board_file(folder.boards, list(known)) if folder.boards.exists() else []
    for name, boards in chosen.items():
        mine = {board.token: board for board in own if board.source == name}
        chosen[name] = mine | {token: board for token, board in boards.items() if token not in mine}
    return {name: list(boards.values()) for name, boards in chosen.items()}


def _part(board: Board, parts: int) -> int:
    digest = hashlib.blake2b(f"{board.source} {board.token}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % parts + 1


def _check_replay(url: str) -> tuple[str, bool]:
    """Return the address of a replay server, and whether it says that its answers are the invented sample."""
    if not url.startswith(("http://", "https://")):
        raise CrawlUsageError(f"--replay {url} is no http address; give one such as http://127.0.0.1:8800.")
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            headers = answer.headers
    except urllib.error.HTTPError as error:
        headers = error.headers
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise CrawlUsageError(
            f"The replay server {url} does not answer ({reason}); start it with `python -m crawler.replay FOLDER`."
        ) from None
    return url.rstrip("/"), headers.get(SAMPLE_HEADER) is not None


def _ended(folder: DataFolder) -> Iterator[Path]:
    """Yield what crawls that are over left on record, latest first: whoever crawls holds a lock on its own."""
    for path in sorted(folder.crawler_state.glob("running-*.json"), reverse=True):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield path


def _interrupted(folder: DataFolder) -> dict[str, Any]:
    for path in _ended(folder):
        with contextlib.suppress(OSError, ValueError):
            return json.loads(path.read_text(encoding="utf-8"))
    raise CrawlUsageError(f"There is no interrupted crawl in {folder.root}; start one without --resume.")


def _already_read(folder: DataFolder, crawl_id: str) -> set[tuple[str, str]]:
    """Return the boards that a crawl read completely; one that stands for others is not done when it has found them."""
    path = folder.readings / f"{crawl_id}.jsonl"
    done = set()
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                reading = json.loads(line)
                source, board = reading["source"], reading["board"]
                if reading["outcome"] in DONE and not _spiders()[source].stands_for_others(board):
                    done.add((source, board))
    return done


def crawl(
    folder: DataFolder,
    *,
    sources: Sequence[str] = (),
    boards_file: Path | None = None,
    limit: int | None = None,
    shard: tuple[int, int] | None = None,
    replay: str | None = None,
    resume: bool = False,
    all_boards: bool = False,
    is_sample: bool = False,
    quiet: bool = False,
    polite: bool = True,
    seeker_roles: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> CrawlSummary:
    """Crawl boards into the archive of `folder` and return what it came to.

    `resume` goes on with the crawl that was interrupted in this folder, under its own identifier: boards it read
    completely are not asked again. `replay` sends every request to a replay server, without delays. `polite=False`
    also leaves out robots.txt and conditional requests, and is only taken together with `replay`. `settings` are
    Scrapy settings (JSON values) that override the project's. Raises `CrawlUsageError` with one sentence.
    """
    if not polite and replay is None:
        raise CrawlUsageError("Politeness can be switched off only against a replay server; give --replay URL.")
    if resume and (sources or boards_file or limit or shard or all_boards):
        raise CrawlUsageError(
            "--resume goes on with a crawl as it was begun: leave out SOURCE, --boards, --limit, --shard and --all."
        )
    job = _interrupted(folder) if resume else {}
    replay = replay or job.get("settings", {}).get("ROLEMARKET_REPLAY")
    if replay is not None:
        replay, serves_sample = _check_replay(replay)
        is_sample = is_sample or serves_sample
    if resume:
        read = _already_read(folder, job["crawl_id"])
        boards = {
            source: [board for board in boards if (source, board[0]) not in read]
            for source, boards in job["boards"].items()
        }
        job = {**job, "boards": {source: boards for source, boards in boards.items() if boards}}
        job["settings"] = {**job["settings"], **({"ROLEMARKET_REPLAY": replay} if replay else {}), **(settings or {})}
    else:
        chosen = plan(folder, sources=sources, boards_file=boards_file, limit=limit, shard=shard, all_boards=all_boards)
        if shard is None:
            _check_named(sources, chosen, boards_file, all_boards)
        if not seeker_roles and boards_file is None and SEEKERS not in sources:
            chosen.pop(SEEKERS, None)
        overrides: dict[str, Any] = {"ROLEMARKET_REPLAY": replay, "ROLEMARKET_SAMPLE": is_sample}
        if seeker_roles:
            overrides["ROLEMARKET_SEEKER_ROLES"] = seeker_roles
        if replay is not None:
            overrides |= NO_DELAYS if polite else IMPOLITE
        job = {
            "crawl_id": new_crawl_id(),
            "boards": {name: [[b.token, b.company] for b in boards] for name, boards in chosen.items()},
            "settings": overrides | dict(settings or {}),
        }
    job["settings"]["ROLEMARKET_DATA"] = str(folder.root.absolute())
    job["allowed"] = sorted(allowed_sources(folder))
    job["is_quiet"] = quiet
    return _run_in_child(folder, job)


NO_DELAYS: Mapping[str, Any] = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
}
"""A replay server is one's own: nobody waits behind the delays, everything else is as on the open net."""

IMPOLITE: Mapping[str, Any] = NO_DELAYS | {"ROBOTSTXT_OBEY": False, "HTTPCACHE_ENABLED": False}
"""For measuring the crawler alone."""


CHILD = """
import signal
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
from crawler.process import main
main()
"""
"""What the child runs: until the reactor takes interruptions over, one ends it without a traceback."""


def _run_in_child(folder: DataFolder, job: dict[str, Any]) -> CrawlSummary:
    """Run the job in a child process, for a Twisted reactor runs once per process and callers crawl more than once."""
    folder.crawler_state.mkdir(parents=True, exist_ok=True)
    running = folder.crawler_state / f"running-{job['crawl_id']}.json"
    partial = running.with_suffix(".partial")
    begun = time.monotonic()
    with partial.open("w", encoding="utf-8") as record, tempfile.TemporaryDirectory(prefix="rolemarket-") as scratch:
        fcntl.flock(record, fcntl.LOCK_EX)
        record.write(json.dumps(job))
        record.flush()
        # A crawl that goes on replaces the record of its first part: killed in between, there must still be one.
        os.replace(partial, running)
        for superseded in _ended(folder):
            superseded.unlink(missing_ok=True)
        asked, answer = Path(scratch) / "job.json", Path(scratch) / "summary.json"
        asked.write_text(json.dumps(job), encoding="utf-8")
        command = [sys.executable, "-c", CHILD, str(asked), str(answer)]
        # The child ends itself when its standard input closes, so that it never outlives a killed parent.
        child = subprocess.Popen(command, stdin=subprocess.PIPE)
        is_stopped = False
        while True:
            try:
                code = child.wait()
                break
            except KeyboardInterrupt:
                # The terminal sent it to the child as well, which stops after the requests in flight.
                is_stopped = True
        if child.stdin:
            child.stdin.close()
        if not answer.exists():
            if is_stopped:
                raise CrawlEnded("The crawl was stopped; go on with `rolemarket crawl --resume`.")
            raise CrawlEnded(
                f"The crawl's process ended with code {code} before it finished: put right what is logged above and go on "
                "with `rolemarket crawl --resume`."
            )
        told = json.loads(answer.read_text(encoding="utf-8"))
    if not told["is_interrupted"]:
        running.unlink(missing_ok=True)
    return CrawlSummary(crawl_id=job["crawl_id"], seconds=time.monotonic() - begun, **told)
