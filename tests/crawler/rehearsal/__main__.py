"""`python -m tests.crawler.rehearsal`: crawl the default plan at its real pace from a loopback internet, and say how long it took."""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from crawler.hiring_threads import ITEM_HOST
from crawler.run import CrawlSummary, crawl, plan, sources
from rolemarket import SEEKER_ROLES
from tests.crawler.rehearsal.answers import Internet, write_disclosures
from tests.crawler.rehearsal.server import SlowServer, backend_of
from warehouse.schema.layout import DataFolder

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "crawling.md"
FIGURES = re.compile(r"(<!-- rehearsal, written by `make rehearse` -->\n).*?(<!-- end of the rehearsal -->)", re.DOTALL)
MOST_SECONDS = 20 * 60


def report(summary: CrawlSummary, server: SlowServer, folder: DataFolder, seconds: float) -> list[str]:
    """Return the figures of a rehearsal as Markdown: the whole, then each backend, the slowest first."""
    asked: dict[str, list[str]] = defaultdict(list)
    for name in plan(folder):
        asked[sources()[name].host].append(name)
    latencies = sorted(one for tally in server.hosts.values() for one in tally.latencies)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [
        f"{sum(len(boards) for boards in plan(folder).values()):,} boards and feeds of {len(plan(folder))} sources, "
        f"{len(latencies):,} requests, {sum(tally.bytes for tally in server.hosts.values()) / 1e6:,.0f} MB, "
        f"{summary.postings:,} postings in **{seconds / 60:.1f} minutes** "
        f"({(child.ru_utime + child.ru_stime) / 60:.1f} of them processor time); "
        f"{len(summary.not_complete)} readings not complete; "
        f"half of the answers began within {latencies[len(latencies) // 2]:.2f} s, 19 of 20 within "
        f"{latencies[len(latencies) * 19 // 20]:.2f} s.",
        "",
        "| backend | sources | readings | requests | robots.txt | MB | most at once | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows, shared = [], defaultdict(list)
    for host, tally in server.hosts.items():
        shared[backend_of(host)].append(tally)
    for backend, tallies in shared.items():
        names = asked.get(backend) or asked["hn.algolia.com"] * (backend == ITEM_HOST)
        took = max(tally.ended for tally in tallies) - min(tally.began for tally in tallies)
        readings = sum(summary.by_source[name]["boards"] for name in names)
        cells = [
            *(backend, ", ".join(names), f"{readings:,}", f"{sum(tally.requests for tally in tallies):,}"),
            *(f"{sum(tally.robots for tally in tallies)}", f"{sum(tally.bytes for tally in tallies) / 1e6:,.1f}"),
            *(f"{server.most_at_once[backend]}", f"{took:,.0f}"),
        ]
        rows.append((took, "| " + " | ".join(cells) + " |"))
    return lines + [row for _, row in sorted(rows, reverse=True)]


def main() -> int:
    """Rehearse, print the figures and return 0 where every board was read within twenty minutes."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.crawler.rehearsal", description=sys.modules[__name__].__doc__
    )
    parser.add_argument("--slowness", type=float, default=1.0, help="times every latency")
    parser.add_argument("--limit", type=int, help="the most boards of each source")
    parser.add_argument("--document", action="store_true", help="put the figures into docs/crawling.md")
    given = parser.parse_args()
    # Whoever has keys has more sources; the rehearsal is of the plan that everybody has.
    for name in [name for source in sources().values() for name in source.keys]:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch:
        disclosures = Path(scratch) / "disclosures.xlsx"
        write_disclosures(disclosures)
        folder = DataFolder(Path(scratch) / "data")
        with SlowServer(Internet(disclosures), given.slowness) as server:
            begun = time.monotonic()
            summary = crawl(
                folder, limit=given.limit, seeker_roles=SEEKER_ROLES, settings={"ROLEMARKET_REPLAY": server.url}
            )
            seconds = time.monotonic() - begun
        lines = report(summary, server, folder, seconds)
    print("\n".join(lines))
    for reading in summary.not_complete:
        print(*reading.values())
    if given.document:
        page = DOCUMENT.read_text(encoding="utf-8")
        figures = "\n".join(lines) + "\n"
        replaced, count = FIGURES.subn(lambda block: f"{block[1]}\n{figures}\n{block[2]}", page)
        if count != 1:
            raise ValueError("docs/crawling.md needs one place for the rehearsal's figures")
        DOCUMENT.write_text(replaced, encoding="utf-8")
    return int(seconds > MOST_SECONDS or bool(summary.not_complete))


if __name__ == "__main__":
    sys.exit(main())
