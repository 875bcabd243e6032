"""Which ATS and board stand behind a careers page: read off its address first, then off what the page links and embeds."""

from __future__ import annotations

import csv
import html as markup
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from protego import Protego
from w3lib.url import safe_url_string

from crawler.board_lists import LONGEST_TOKEN, CrawlUsageError, read_board_file
from crawler.replay.handler import original_url, replayed_url
from crawler.run import _spiders
from crawler.settings import USER_AGENT
from warehouse.schema.layout import DataFolder

LONGEST_PAGE = 5 * 1024 * 1024
LONG_RUN = re.compile(r"[\w.-]{500,}")
NO_BOARDS = frozenset(
    {
        "",
        "www",
        "jobs",
        "job",
        "careers",
        "career",
        "api",
        "app",
        "apply",
        "embed",
        "js",
        "static",
        "assets",
        "cdn",
        "v0",
        "v1",
        "help",
        "support",
        "resources",
        "blog",
        "images",
        "oneclick-ui",
        "sr-jobs",
        "external-referrals",
    }
)
"""Words that stand where a token would in addresses of the vendors themselves."""


class FoundBoard(NamedTuple):
    """A board as a board file names it."""

    source: str
    board: str


class Discovery(NamedTuple):
    """What stands behind one careers page: the boards found, likeliest first, those of them that are new in the analyst's
    own list, and in a sentence why nothing was found."""

    page: str
    found: list[FoundBoard]
    added: list[tuple[str, str]]
    problem: str | None


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return the patterns of every source, each from the beginning of a name on: adjoin.com is not join.com."""
    return [
        (name, re.compile(rf"(?<![\w-])(?:{pattern})", re.IGNORECASE))
        for name, spider in _spiders().items()
        for pattern in spider.careers_pages
    ]


def _token(source: str, match: re.Match[str]) -> str | None:
    """Return the token as the source's spider takes it, from what its pattern found."""
    found = match.groupdict()
    board = unquote(found["board"]).strip().rstrip(".") if source == "ashby" else found["board"].rstrip(".")
    if (
        board.lower() in NO_BOARDS
        or board.lower().endswith("-cdn")
        or not board.isprintable()
        or len(board) > LONGEST_TOKEN
    ):
        return None
    if source == "workday":
        return f"{board}|{found['shard'].lower()}|{found['site']}"
    if source == "personio" and found["domain"].lower() == "com":
        return f"{board}.com"
    if source in {"oracle", "successfactors"}:
        return f"{board}|{found['site']}"
    if source == "lever" and found.get("region"):
        return f"eu:{board}"
    return board


def _boards_in(words: str) -> Iterator[tuple[str, str]]:
    taken: list[tuple[int, int]] = []
    hits = [
        (match.start(), -len(match[0]), name, match)
        for name, pattern in _patterns()
        for match in pattern.finditer(words)
    ]
    for start, _, name, match in sorted(hits, key=lambda hit: hit[:3]):
        # Of patterns that match the same address, the longer one knows more of it.
        if any(start < end and begin < match.end() for begin, end in taken):
            continue
        taken.append(match.span())
        token = _token(name, match)
        if token:
            yield name, token


def discover(url: str, html: str | None = None) -> list[FoundBoard]:
    """Return the boards behind a careers page, likeliest first, each once.

    The address itself is read first; `html`, the page's source, adds what it links, frames and embeds, the most
    frequent first. A page with schema.org postings and no ATS known here is itself a board of `sitemap_jobs`.
    """
    found = dict.fromkeys(_boards_in(url), 10**6)
    if html:
        # Patterns begin with a name: a run of a million letters would be tried from each of them.
        words = LONG_RUN.sub(" ", markup.unescape(html).replace("\\/", "/"))
        for board in _boards_in(words):
            found[board] = found.get(board, 0) + 1
        host = urlsplit(url).hostname
        # Jibe's pages carry schema.org postings too, and its own answers say more.
        if not found and host and re.search(r"/api/jobs\?|jibe(?:apply|cdn)", words):
            found["jibe", host] = 1
        if not found and host and "JobPosting" in words:
            found["sitemap_jobs", host] = 1
    return [FoundBoard(*board) for board in sorted(found, key=lambda board: -found[board])]


def web_address(given: str) -> str:
    """Return the address of a careers page as it is asked for, with https:// where it names no scheme.

    Raise `CrawlUsageError` for what is no address of a web page.
    """
    url = given.strip()
    url = url if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", url, re.IGNORECASE) else f"https://{url}"
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and url.isprintable()
        # Blanks and letters beyond ASCII are written as browsers send them.
        url = safe_url_string(url)
        is_web &= bool(urlsplit(url).hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise CrawlUsageError(f"{given!r} is no address of a web page: give one that begins with https://.")
    return url


def fetch(url: str, replay: str | None = None) -> tuple[str, str]:
    """Return the address a careers page ends at and its source, if the robots.txt of every host on the way lets it be read.

    With `replay` the page comes from that replay server. Raise `CrawlUsageError` where there is no page, or none to read.
    """
    url = web_address(url)
    _ask_robots(url, replay)
    try:
        with _opened(url, replay, _PoliteRedirects(replay)) as answer:
            body = answer.read(LONGEST_PAGE)
            charset = answer.headers.get_content_charset() or "utf-8"
            ended = original_url(answer.geturl(), replay) if replay else answer.geturl()
            return ended, body.decode(charset, "replace")
    except urllib.error.HTTPError as error:
        raise CrawlUsageError(f"{url} answers with status {error.code}; check the address.") from None
    except (OSError, ValueError, LookupError, HTTPException) as error:
        raise CrawlUsageError(
            f"{url} does not answer ({getattr(error, 'reason', error)}); check the address."
        ) from None


def _opened(url: str, replay: str | None, *handlers: urllib.request.BaseHandler) -> HTTPResponse:
    asked = replayed_url(url, replay) if replay else url
    request = urllib.request.Request(asked, headers={"User-Agent": USER_AGENT, "Accept": "text/html"})
    return urllib.request.build_opener(*handlers).open(request, timeout=30)


def _ask_robots(url: str, replay: str | None) -> None:
    """Raise `CrawlUsageError` where robots.txt forbids a page; one that is not there (4xx but 429) forbids nothing."""
    host = urlsplit(url).netloc
    try:
        with _opened(urljoin(url, "/robots.txt"), replay) as answer:
            rules = Protego.parse(answer.read(LONGEST_PAGE).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        if error.code // 100 == 4 and error.code != 429:
            return
        raise CrawlUsageError(
            f"The robots.txt of {host} answers with status {error.code}, so nothing else of it is asked; try again later."
        ) from None
    except (OSError, ValueError, HTTPException) as error:
        raise CrawlUsageError(
            f"{url} does not answer ({getattr(error, 'reason', error)}); check the address."
        ) from None
    if not rules.can_fetch(url, USER_AGENT):
        raise CrawlUsageError(f"The robots.txt of {host} forbids {url}: give the address of its list of openings.")


class _PoliteRedirects(urllib.request.HTTPRedirectHandler):
    """Asks the robots.txt of wherever a page leads."""

    def __init__(self, replay: str | None) -> None:
        self.replay = replay

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        _ask_robots(original_url(newurl, self.replay) if self.replay else newurl, self.replay)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def discover_boards(folder: DataFolder, urls: Iterable[str], *, replay: str | None = None) -> Iterator[Discovery]:
    """Yield what stands behind each careers page, and add the likeliest board to the analyst's own list.

    A page is fetched only where its address does not tell; one that does not answer costs the others nothing. Raise
    `CrawlUsageError`, before anything is asked, where one of them is no address of a web page.
    """
    for given, url in [(given, web_address(given)) for given in urls]:
        problem = None
        found = discover(url)
        if not found:
            try:
                found = discover(*fetch(url, replay))
            except CrawlUsageError as error:
                problem = str(error)
        if not found and problem is None:
            problem = f"No known ATS was found behind {given}: give the address of its list of openings."
        yield Discovery(given, found, remember(folder.boards, found[:1]), problem)


def remember(path: Path, boards: Sequence[tuple[str, str]], company: str | None = None) -> list[tuple[str, str]]:
    """Append boards to the analyst's own file, without those it holds; return the ones added."""
    held = (
        {(board.source, board.token) for board in read_board_file(path, list(_spiders()))} if path.exists() else set()
    )
    new = [board for board in dict.fromkeys(boards) if board not in held]
    if not new:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    columns, has_end = ["source", "board", "company"], True
    is_new = not path.exists()
    if not is_new:
        written = path.read_text(encoding="utf-8-sig")
        columns = next(csv.reader(written.splitlines()))
        has_end = written.endswith("\n")
    with path.open("a", encoding="utf-8", newline="") as file:
        if not has_end:
            file.write("\n")
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        if is_new:
            writer.writeheader()
        writer.writerows({"source": source, "board": token, "company": company or ""} for source, token in new)
    return new


__all__ = ["Discovery", "FoundBoard", "discover", "discover_boards", "fetch", "remember", "web_address"]
