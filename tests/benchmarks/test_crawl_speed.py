"""How fast boards are crawled over loopback: a share of what a bare Scrapy spider does, and a multiple of `ats-scrapers`."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.replay.server import ReplayServer

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "ashby"
ROUNDS = 5
# A spider that only decodes the JSON and yields dicts: the least that reading these boards costs.
BARE = """
import json, sys
from urllib.parse import quote
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
server, boards = sys.argv[1], json.loads(sys.argv[2])
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for board in boards:
            yield scrapy.Request(f"{server}/api.ashbyhq.com/posting-api/job-board/{quote(board)}?includeCompensation=true")
    def parse(self, response):
        yield from json.loads(response.body)["jobs"]
process = AsyncCrawlerProcess({"LOG_LEVEL": "WARNING", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                               "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
crawler = process.create_crawler(Bare)
process.crawl(crawler)
process.start()
print(json.dumps([crawler.stats.get_value("item_scraped_count"), crawler.stats.get_value("elapsed_time_seconds")]))
"""
OURS = """
import json, sys
from crawler import process
from crawler.run import IMPOLITE
from scrapy.statscollectors import MemoryStatsCollector
server, boards, data = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
elapsed = []
closed = MemoryStatsCollector._persist_stats
MemoryStatsCollector._persist_stats = lambda self, stats: (elapsed.append(stats["elapsed_time_seconds"]), closed(self, stats))
job = {"crawl_id": "bench", "boards": {"ashby": [[board, None] for board in boards]}, "allowed": [], "is_quiet": True,
       "settings": {**IMPOLITE, "ROLEMARKET_REPLAY": server, "ROLEMARKET_DATA": data}}
summary = process.run(job)
assert summary["complete"] == len(boards), summary["not_complete"]
print(json.dumps([summary["postings"], elapsed[0]]))
"""
# The package's own fetch and parse, sixteen boards at once, its address pointed at the replay server.
RIVAL = """
import asyncio, json, sys, time
from urllib.parse import quote
from ats_scrapers.scrapers import ashby
server, boards = sys.argv[1], json.loads(sys.argv[2])
ashby.API_TEMPLATE = server + "/" + ashby.API_TEMPLATE.split("://", 1)[1]
async def main():
    limit = asyncio.Semaphore(16)
    async def one(board):
        async with limit:
            return len(await ashby.AshbyScraper(quote(board)).afetch())
    return sum(await asyncio.gather(*map(one, boards)))
begun = time.monotonic()
print(json.dumps([asyncio.run(main()), time.monotonic() - begun]))
"""


def rival_python(folder: Path) -> str | None:
    """Return a Python that has the package `ats-scrapers`, installed into `folder`, or None where it cannot be had."""
    python = folder / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "ats-scrapers", "beautifulsoup4", "lxml"]
        subprocess.run(install, check=True, capture_output=True, timeout=180)
    except (subprocess.SubprocessError, OSError):
        return None
    return str(python)


def run(program: str, *arguments: str, python: str = sys.executable) -> tuple[int, float]:
    """Return the postings and seconds that a program prints last."""
    done = subprocess.run([python, "-c", program, *arguments], capture_output=True, text=True, check=True)
    postings, seconds = json.loads(done.stdout.strip().splitlines()[-1])
    return postings, seconds


@pytest.fixture
def ashby(tmp_path):
    """The real Ashby boards laid out for the replay server, and their names."""
    files = sorted(RECORDINGS.glob("stapply-ai__ats-scrapers__*.json"))
    if not files:
        pytest.skip("the real recordings are not beside this project")
    folder = tmp_path / "recordings" / "api.ashbyhq.com" / "posting-api" / "job-board"
    folder.mkdir(parents=True)
    boards = [unquote(path.stem.rpartition("__")[2]) for path in files]
    for board, path in zip(boards, files, strict=True):
        (folder / f"{board}.json").symlink_to(path)
    return tmp_path / "recordings", boards


@pytest.mark.shared
def test_crawl_speed(ashby, tmp_path, benchmark):
    if benchmark.disabled:
        pytest.skip("speed is measured by `make bench` alone")
    recordings, boards = ashby
    rates: dict[str, list[float]] = {"bare spider": [], "rolemarket": []}
    with ReplayServer(recordings) as server:
        for number in range(ROUNDS):
            data = tmp_path / f"data{number}"
            for name, program, extra in (("bare spider", BARE, ()), ("rolemarket", OURS, (str(data),))):
                postings, seconds = run(program, server.url, json.dumps(boards), *extra)
                rates[name].append(postings / seconds)
            shutil.rmtree(data)
    ratios = [ours / bare for ours, bare in zip(rates["rolemarket"], rates["bare spider"], strict=True)]
    for name, values in rates.items():
        print(f"{name}: {statistics.median(values):,.0f} postings/s over loopback ({len(boards)} Ashby boards)")
    print(f"rolemarket / bare spider: {statistics.median(ratios):.2f} (median of {ROUNDS} pairs)")
    python = rival_python(tmp_path / "rival")
    if python is None:
        print("ats-scrapers could not be installed here; the comparison with it is left out")
    else:
        with ReplayServer(recordings) as server:
            postings, seconds = run(RIVAL, server.url, json.dumps(boards), python=python)
            assert postings > 0
        rival = postings / seconds
        print(f"ats-scrapers: {rival:,.0f} postings/s; rolemarket / ats-scrapers: ", end="")
        print(f"{statistics.median(rates['rolemarket']) / rival:.1f}")
        benchmark.extra_info["ratio_to_ats_scrapers"] = statistics.median(rates["rolemarket"]) / rival
    benchmark.extra_info["ratio_to_bare_spider"] = statistics.median(ratios)
    benchmark.pedantic(lambda: None, rounds=1)
