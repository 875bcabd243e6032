"""What the hosts of the default plan would answer: the project's own recordings, made as many and as long as the real."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.hiring_threads import MONTHS as MONTH_NAMES
from tests.crawler.packing import MAIN, column
from tests.crawler.replaying import RECORDINGS

POSTING_BYTES = 13_000
"""346 whole Ashby boards of 2025 have 13.3 kB a posting; the others' shapes are alike (texts once or twice as HTML)."""
POSTINGS = {"boards-api.greenhouse.io": 45, "api.lever.co": 35, "api.ashbyhq.com": 20}
"""Medians; 14 Greenhouse, 3 Lever and 12 Ashby employers of May 2026 have means of 89, 66 and 59 postings."""
OTHER_POSTINGS = 11
"""The median of the 346 Ashby boards, whose mean is 21 and 95th percentile 80: a log-normal with this deviation."""
DEVIATION = 1.1
LARGEST_BOARD = 1_100
"""The largest boards known are about 15 MB."""
FEED_PAGES = {"www.arbeitnow.com": 100, "www.themuse.com": 99, "himalayas.app": 5_000}
"""As many pages as the spiders read at most, or more."""
MONTHS = 191
"""January 2011 to November 2026."""
COMMENTS = 527
COMMENT_BYTES = 1_265
"""The mean of 105 threads of 2011 to 2019 and of their 55,359 comments."""
LACKING, DELETED = 0.02, 0.05
"""The shares of a thread's comments that the tree lacks or gives without words. Assumed: the search's published code gives
deleted and dead comments a place in the tree, so what it lacks is what it has not taken up."""
COMPANIES, COMPANY_BYTES = 5_706, 2_000
CASES, CASE_COLUMNS, CASE_FILLED = 120_000, 98, 60
CASE_TEXTS = 250_000
AI_SHARE = "raw.githubusercontent.com/hiring-lab/ai-tracker/main/AI_posting.csv"
BLS = "api.bls.gov/publicAPI/v1/timeseries/data~POST.json"
RATE_DAYS, INDEX_DAYS = 7_000, 1_700
SECTORS = 46

ID = "@ID@"
WORDS = (
    "<p>You will weigh, record and mend harbour instruments with a crew of six, keep their drift below what the "
    "pilots bear, and write down what you find for whoever sails next. We ask for patience, Python or Rust, and "
    "four years with sensors or the wish to learn them. The pay is stated, the week has four days.</p>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `seconds` is what it takes beyond the drawn latency."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = ()
    seconds: float = 0.0


NOT_FOUND = Answer(b'{"status":404}', 404)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a recording keeps its rows, and in them the identifier and the text; `around` is what stands about them."""

    recording: str
    rows: tuple[str, ...]
    id: str
    text: str

    @cache  # noqa: B019 - a handful of shapes, each for the whole rehearsal
    def template(self) -> str:
        """Return one row as JSON of a posting's real length, with `ID` for what tells it from others."""
        page = json.loads((RECORDINGS / self.recording).read_text(encoding="utf-8"))
        for name in self.rows:
            page = page[name]
        row = dict(max(page, key=lambda row: len(json.dumps(row)) if self.id in row else 0))
        row[self.id] = row[self.text] = ID
        missing = POSTING_BYTES - len(json.dumps(row))
        row[self.text] = f"<p>{ID}</p>" + (WORDS * (missing // len(WORDS) + 1))[:missing]
        return json.dumps(row)

    def listed(self, first: int, count: int) -> str:
        """Return a JSON list of rows."""
        return "[" + ",".join(self.template().replace(ID, str(first + n)) for n in range(count)) + "]"


SHAPES = {
    "boards-api.greenhouse.io": _Shape(
        "greenhouse/boards-api.greenhouse.io/v1/boards/nordlicht/jobs.json", ("jobs",), "id", "content"
    ),
    "api.ashbyhq.com": _Shape(
        "ashby/api.ashbyhq.com/posting-api/job-board/Quill Feather.json", ("jobs",), "id", "descriptionHtml"
    ),
    "api.lever.co": _Shape("lever/api.lever.co/v0/postings/nordlicht.json", (), "id", "description"),
    "api.gem.com": _Shape("gem/api.gem.com/job_board/v0/nordlicht/job_posts.json", (), "id", "content"),
    "apply.workable.com": _Shape(
        "workable/apply.workable.com/api/v1/widget/accounts/nordlicht.json", ("jobs",), "shortcode", "description"
    ),
    "recruitee.com": _Shape("recruitee/nordlicht.recruitee.com/api/offers.json", ("offers",), "id", "description"),
    "pinpointhq.com": _Shape("pinpoint/nordlicht.pinpointhq.com/postings.json", ("data",), "id", "description"),
    "teamtailor.com": _Shape("teamtailor/nordlicht.teamtailor.com/jobs.json", ("items",), "id", "content_html"),
    "www.arbeitnow.com": _Shape("arbeitnow/www.arbeitnow.com/api/job-board-api.json", ("data",), "slug", "description"),
    "himalayas.app": _Shape(
        "himalayas/himalayas.app/jobs/api~limit=20&offset=0.json", ("jobs",), "guid", "description"
    ),
    "www.themuse.com": _Shape(
        "themuse/www.themuse.com/api/public/jobs~category=Data%20Science&page=1.json", ("results",), "id", "contents"
    ),
    "remoteok.com": _Shape("remoteok/remoteok.com/api.json", (), "id", "description"),
    "jobicy.com": _Shape("jobicy/jobicy.com/api/v2/remote-jobs.json", ("jobs",), "id", "jobDescription"),
}


def _seed(*parts: Any) -> random.Random:
    return random.Random("/".join(map(str, parts)))


def _numbers(host: str, board: str) -> tuple[int, int]:
    """Return the first identifier and the number of postings of a board, the same whenever it is asked."""
    draw = _seed(host, board)
    median = POSTINGS.get(host, OTHER_POSTINGS)
    return draw.randrange(10**6) * 10_000, min(round(median * draw.lognormvariate(0, DEVIATION)), LARGEST_BOARD)


def _page(host: str, **around: Any) -> Callable[[str], Answer]:
    def answer(rows: str) -> Answer:
        said = json.dumps(around)[:-1]
        (name,) = SHAPES[host].rows
        return Answer(f'{said}{", " if around else ""}"{name}": {rows}}}'.encode())

    return answer


def _board(host: str, board: str) -> Answer:
    """Return a whole board in one answer."""
    rows = SHAPES[host].listed(*_numbers(host, board))
    if not SHAPES[host].rows:
        return Answer(rows.encode())
    return _page(host)(rows)


def _teamtailor(board: str, page: int) -> Answer:
    first, count = _numbers("teamtailor.com", board)
    here = max(0, min(100, count - 100 * (page - 1)))
    more = {"next_url": f"https://{board}/jobs.json?page={page + 1}&per_page=100"} if count > 100 * page else {}
    return _page("teamtailor.com", version="https://jsonfeed.org/version/1.1", **more)(
        SHAPES["teamtailor.com"].listed(first + 100 * (page - 1), here)
    )


def _personio(board: str) -> Answer:
    first, count = _numbers("jobs.personio.de", board)
    page = (RECORDINGS / "personio/nordlicht.jobs.personio.de/xml~language=en.xml").read_text(encoding="utf-8")
    position = page[page.index("<position>") : page.index("</position>") + len("</position>")]
    text = WORDS * (POSTING_BYTES // len(WORDS))
    position = re.sub(r"<id>\d+", f"<id>{ID}", position).replace("<p>Papers", f"{text}<p>Papers")
    rows = "".join(position.replace(ID, str(first + n)) for n in range(count))
    return Answer(f'<?xml version="1.0"?><workzag-jobs>{rows}</workzag-jobs>'.encode(), content_type="application/xml")


def _rss(feed: str) -> Answer:
    page = (RECORDINGS / "weworkremotely/weworkremotely.com/categories/remote-programming-jobs.rss").read_text("utf-8")
    first, last = page.index("<item>"), page.rindex("</item>") + len("</item>")
    item = page[first : page.index("</item>") + len("</item>")]
    text = WORDS.replace("<", "&lt;").replace(">", "&gt;") * (POSTING_BYTES // len(WORDS))
    item = re.sub(r"(<guid>[^<]*|<link>[^<]*)", rf"\1-{feed}-{ID}", item).replace("&lt;p&gt;Go.", f"{text}&lt;p&gt;Go.")
    items = "".join(item.replace(ID, str(n)) for n in range(100))
    return Answer((page[:first] + items + page[last:]).encode(), content_type="application/rss+xml")


def _feed_page(host: str, target: str) -> Answer:
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    if host == "himalayas.app":
        offset = int(query["offset"])
        return _page(host, totalCount=20 * FEED_PAGES[host], offset=offset)(SHAPES[host].listed(offset, 20))
    page = int(query.get("page", 1))
    if host == "www.themuse.com":
        rows = SHAPES[host].listed(_seed(query["category"]).randrange(10**6) * 10_000 + 20 * page, 20)
        return _page(host, page=page, page_count=FEED_PAGES[host])(rows)
    following = f"https://{host}/api/job-board-api?page={page + 1}" if page < FEED_PAGES[host] else None
    return _page(host, links={"next": following})(SHAPES[host].listed(100 * page, 100))


# Hacker News: every month has a thread of those who hire, of those who seek and of freelancers, by one account.
KINDS = ("Who is hiring?", "Who wants to be hired?", "Freelancer? Seeking freelancer?")


def _thread(month: int, kind: int) -> int:
    return 20_000_000 + month * 100_000 + kind * 10_000


def _title(thread: int) -> str:
    month, kind = (thread - 20_000_000) // 100_000, thread % 100_000 // 10_000
    return f"Ask HN: {KINDS[kind]} ({MONTH_NAMES[month % 12]} {2011 + month // 12})"


def _threads() -> Answer:
    ids = [_thread(month, kind) for month in range(MONTHS) for kind in range(len(KINDS))]
    hits = [{"objectID": str(id_), "title": _title(id_), "author": "whoishiring", "num_comments": 700} for id_ in ids]
    return Answer(json.dumps({"hits": hits[::-1], "nbHits": len(hits)}).encode())


def _item(id_: int) -> Answer:
    thread = id_ // 10_000 * 10_000
    if id_ == thread:
        kids = [thread + n for n in range(1, COMMENTS + 1)]
        return Answer(json.dumps({"by": "whoishiring", "id": thread, "kids": kids, "title": _title(thread)}).encode())
    return Answer(json.dumps({"by": "p", "id": id_, "parent": thread, "text": _comment(id_), "time": id_}).encode())


def _comment(id_: int) -> str:
    return f"Acme {id_} | ML Engineer | Kiel" + (WORDS * 5)[:COMMENT_BYTES]


def _tree(thread: int) -> Answer:
    draw = _seed(thread)
    children = []
    for id_ in range(thread + 1, thread + COMMENTS + 1):
        luck = draw.random()
        if luck < DELETED:
            children.append({"id": id_, "children": []})
        elif luck < 1 - LACKING:
            said = {"author": f"p{id_}", "text": _comment(id_), "created_at_i": id_, "type": "comment"}
            empty = dict.fromkeys(("points", "title", "url"))
            ids = {"id": id_, "parent_id": thread, "story_id": thread, "children": [], "options": []}
            children.append(said | empty | ids | {"created_at": "2026-11-01T15:01:40.000Z"})
    # The tree is put together from a database for every asker.
    return Answer(
        json.dumps({"id": thread, "author": "whoishiring", "title": _title(thread), "children": children}).encode(),
        seconds=1.0,
    )


# Published series


@cache
def _rates() -> Answer:
    names = ["USD", *(f"C{first}{second}" for first in "ABCDEFGH" for second in "ABCDE")]
    draw = _seed("rates")
    rows = [
        f"{2026 - n // 252}-{n % 252 // 21 + 1:02d}-{n % 21 + 1:02d},1.1,"
        + "".join(f"{draw.uniform(0.5, 200):.5g}," for _ in range(40))
        for n in range(RATE_DAYS)
    ]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("eurofxref-hist.csv", "Date," + ",".join(names) + ",\n" + "\n".join(rows))
    return Answer(held.getvalue(), content_type="application/zip")


@cache
def _index(country: str) -> Answer:
    if country == "main":
        return Answer((RECORDINGS / "indeed_hiring_lab" / AI_SHARE).read_bytes(), content_type="text/csv")
    rows = ["date,jobcountry,indeed_job_postings_index,variable,display_name"]
    for day in range(INDEX_DAYS):
        on = f"{2020 + day // 336}-{day % 336 // 28 + 1:02d}-{day % 28 + 1:02d}"
        for variable in ("total postings", "new postings"):
            rows += [f"{on},{country},{60 + day % 50}.25,{variable},Sector of industry {n}" for n in range(SECTORS)]
            rows.append(f"{on},{country},{70 + day % 40}.5,{variable},Software Development")
    return Answer("\n".join(rows).encode(), content_type="text/csv")


@cache
def _companies() -> Answer:
    page = json.loads((RECORDINGS / "yc_companies/yc-oss.github.io/api/companies/all.json").read_text(encoding="utf-8"))
    companies = [
        page[0] | {"id": n, "name": f"Nordlicht {n}", "long_description": "w" * COMPANY_BYTES} for n in range(COMPANIES)
    ]
    return Answer(json.dumps(companies).encode())


def write_disclosures(path: Path) -> None:
    """Write a quarter's disclosures: 120,000 cases, 60 of 98 columns filled, half of the cases computer occupations."""
    names = [f"COLUMN_{n}" for n in range(CASE_COLUMNS)]
    wanted = {
        **{"CASE_STATUS": 3, "DECISION_DATE": 4, "JOB_TITLE": 9, "SOC_CODE": 10, "FULL_TIME_POSITION": 12},
        **{"EMPLOYER_NAME": 20, "WORKSITE_STATE": 68, "WAGE_RATE_OF_PAY_FROM": 72, "WAGE_RATE_OF_PAY_TO": 73},
        **{"WAGE_UNIT_OF_PAY": 74},
    }
    for name, at in wanted.items():
        names[at] = name
    texts = [*names, "Certified", "Y", "15-1252.00", "17-2072.00", "WA", "Year"]
    said = {text: n for n, text in enumerate(texts)}
    first_free = len(texts)
    texts += [f"Invented text number {n}" for n in range(CASE_TEXTS)]
    draw = _seed("disclosures")
    others = [at for at in range(CASE_COLUMNS) if at not in wanted.values()][: CASE_FILLED - len(wanted)]
    tails = [
        "".join(f'<c r="{column(at)}1" t="s"><v>{draw.randrange(first_free, len(texts))}</v></c>' for at in others)
        for _ in range(500)
    ]
    head = "".join(f'<c r="{column(at)}1" t="s"><v>{said[name]}</v></c>' for at, name in enumerate(names))

    def case(n: int) -> str:
        texts_at = {
            **{"CASE_STATUS": said["Certified"], "FULL_TIME_POSITION": said["Y"], "WORKSITE_STATE": said["WA"]},
            **{"SOC_CODE": said["15-1252.00" if n % 2 else "17-2072.00"], "WAGE_UNIT_OF_PAY": said["Year"]},
            **{
                "JOB_TITLE": draw.randrange(first_free, first_free + CASE_TEXTS // 50),
                "EMPLOYER_NAME": draw.randrange(first_free, first_free + CASE_TEXTS // 12),
            },
        }
        numbers = {"DECISION_DATE": 46_000 + n % 90, "WAGE_RATE_OF_PAY_FROM": 90_000 + draw.randrange(90) * 1000}
        cells = [f'<c r="{column(wanted[name])}1" t="s"><v>{at}</v></c>' for name, at in texts_at.items()]
        cells += [f'<c r="{column(wanted[name])}1"><v>{at}</v></c>' for name, at in numbers.items()]
        return f"<row>{''.join(cells)}{tails[draw.randrange(500)]}</row>"

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData><row>{head}</row>'.encode())
            for n in range(CASES):
                sheet.write(case(n).encode())
            sheet.write(b"</sheetData></worksheet>")
        strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
        book.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?><sst xmlns="{MAIN}">{strings}</sst>')


class Internet:
    """Answers for every host of the default plan; `disclosures` is the file that the labour office links."""

    def __init__(self, disclosures: Path) -> None:
        self.disclosures = disclosures.read_bytes()
        self._hosts: dict[str, Callable[[str, Mapping[str, str]], Answer]] = {
            "hn.algolia.com": lambda target, _: _threads() if "search_by_date" in target else _tree(int(_name(target))),
            "hacker-news.firebaseio.com": lambda target, _: _item(int(_name(target))),
            "www.dol.gov": self._labour,
            "www.ecb.europa.eu": lambda *_: _rates(),
            "raw.githubusercontent.com": lambda target, _: _index(target.split("/")[-2]),
            "yc-oss.github.io": lambda *_: _companies(),
            "api.bls.gov": lambda *_: Answer((RECORDINGS / "bls_oews" / BLS).read_bytes()),
            "weworkremotely.com": lambda target, _: _rss(_name(target)),
            "remoteok.com": lambda *_: Answer(SHAPES["remoteok.com"].listed(0, 100).encode()),
            "jobicy.com": lambda *_: _page("jobicy.com")(SHAPES["jobicy.com"].listed(0, 100)),
        }
        self._hosts |= {host: lambda target, _, host=host: _feed_page(host, target) for host in FEED_PAGES}

    def answer(self, host: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to a request for `target` (path and query) of `host`."""
        domain = host.partition(".")[2]
        if target == "/robots.txt":
            rules = b"User-agent: *\nAllow: /\nCrawl-delay: 1\n"
            found = Answer(rules, content_type="text/plain") if host == "api.lever.co" else NOT_FOUND
        elif host in self._hosts:
            found = self._hosts[host](target, headers)
        elif domain == "jobs.personio.de":
            found = _personio(host)
        elif domain == "teamtailor.com":
            found = _teamtailor(host, int(parse_qs(urlsplit(target).query).get("page", ["1"])[0]))
        elif host in SHAPES or domain in SHAPES:
            found = _board(host if host in SHAPES else domain, host + target)
        else:
            found = NOT_FOUND
        return found

    def _labour(self, target: str, headers: Mapping[str, str]) -> Answer:
        if not target.endswith(".xlsx"):
            page = b'<a href="/sites/dolgov/files/ETA/oflc/pdfs/LCA_Disclosure_Data_FY2026_Q3.xlsx">LCA</a>'
            return Answer(page, content_type="text/html")
        first, last = map(int, headers["range"].removeprefix("bytes=").split("-"))
        body = self.disclosures[first : last + 1]
        where = f"bytes {first}-{first + len(body) - 1}/{len(self.disclosures)}"
        return Answer(body, 206, "application/octet-stream", {"Content-Range": where, "ETag": '"q3"'})


def _name(target: str) -> str:
    """Return the last part of a path without its suffix."""
    return urlsplit(target).path.rpartition("/")[2].partition(".")[0]
