"""What a build costs: a day of 2 % new texts against a full build, and memory as sightings grow; ratios within one run.

`ROLEMARKET_BENCH_POSTINGS` sets the number of openings, each with its own text of 5 KB, `ROLEMARKET_BENCH_READINGS` on
how many days all of them are read before the full build: 1 unless told. 170,000 openings on 6 days are a million
sightings; how many texts lie behind a million sightings is what repeated readings make of it. The day after, 2 % of the
openings are gone and as many are new. Processor time and memory are those of the whole command: Python's start, every
import, judging, publishing, and whatever processes it starts.

At 60,000 openings loading the extractors, judging and Python's imports take 6 s of processor time whatever the day
brings. A day came to 10.3 % of a full build at 50,000 openings, 8.9 % at 60,000 and 7.6 % at 100,000, each measured
once. At a million sightings of 170,000 texts the full build peaked at 2.8 GB, the day after it at 2.1 GB and 7.6 %.

With `ROLEMARKET_BENCH_PLAIN=1` the extractors are left out, so that the memory of everything else is seen with a million
texts.
"""

import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.schema import BoardReading, DataFolder, Sighting
from warehouse.schema.archive_file import ArchiveWriter

POSTINGS = int(os.environ.get("ROLEMARKET_BENCH_POSTINGS", "100000"))
READINGS = int(os.environ.get("ROLEMARKET_BENCH_READINGS", "1"))
IS_PLAIN = os.environ.get("ROLEMARKET_BENCH_PLAIN") == "1"
PER_BOARD = 50
NEW_SHARE = 0.02
LARGEST_SHARE_OF_FULL = 0.10
LARGEST_GIGABYTES = 4.0
ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SECONDS_BETWEEN_LOOKS = 0.1

_WORDS = [
    "we",
    "build",
    "robots",
    "that",
    "sort",
    "glass",
    "and",
    "ship",
    "them",
    "to",
    "harbours",
    "train",
    "deploy",
    "measure",
    "models",
    "services",
    "python",
    "spark",
    "kafka",
    "postgres",
    "terraform",
    "experience",
    "degree",
    "statistics",
    "years",
    "team",
    "remote",
    "hybrid",
    "salary",
    "berlin",
    "kiel",
    "you",
    "will",
    "own",
    "design",
    "review",
    "mentor",
    "pipelines",
    "experiments",
    "customers",
    "data",
    "platform",
    "reliability",
    "production",
    "research",
    "papers",
    "bonus",
    "equity",
]
_TITLES = (
    "Machine Learning Engineer",
    "Backend Engineer",
    "Data Analyst",
    "Data Engineer",
    "Product Designer",
    "Nurse",
)


def _text(rng: random.Random) -> str:
    """Return about 5 KB of invented prose in 7 KB of HTML."""
    paragraphs = (" ".join(rng.choices(_WORDS, k=70)).capitalize() for _ in range(11))
    return "".join(f'<p style="min-height:1.5em">{paragraph}. 5+ years, BS required.</p>' for paragraph in paragraphs)


def write_crawl(folder: DataFolder, day: int, numbers: range) -> None:
    """Archive one crawl of all boards on a day that shows the openings of these numbers."""
    at = START + timedelta(days=day)
    crawl_id = f"{at:%Y%m%dT%H%M%S.%fZ}-crawl-1"
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    boards = range(max(1, POSTINGS // PER_BOARD))
    with ArchiveWriter(folder, crawl_id) as archive:
        for number in numbers:
            board = f"board{number % len(boards)}"
            archive.sight(
                Sighting(
                    source="ashby",
                    board=board,
                    posting_id=str(number),
                    sighted_at=stamp,
                    title=_TITLES[number % len(_TITLES)],
                    location_raw="Kiel, Germany",
                    body_html=_text(random.Random(number)),
                )
            )
        for board in boards:
            archive.read(
                BoardReading(
                    crawl_id=crawl_id,
                    source="ashby",
                    board=f"board{board}",
                    asked_at=stamp,
                    outcome="complete",
                    postings=PER_BOARD,
                )
            )


def processes_of(pid: int) -> list[int]:
    """Return a process and all below it, as far as they still run."""
    below: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            below += [int(child) for child in (task / "children").read_text().split()]
    return [pid, *(one for child in below for one in processes_of(child))]


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds, 0 where it has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def measured_build(folder: DataFolder) -> dict[str, float]:
    """Build in a process of its own; return its seconds of processor time, peak gigabytes and number of texts enriched.

    The peak is the largest sum over the process and its children, looked at ten times a second.
    """
    script = textwrap.dedent(
        f"""
        import json
        from pathlib import Path
        import polars as pl
        from warehouse import contents
        from warehouse.build import build
        from warehouse.schema import DataFolder
        if {IS_PLAIN}:
            types = {{**contents.CODEBOOK_TYPES, "skills": pl.List(pl.String)}}
            contents.enrich = lambda frame: frame.select("id", *(pl.lit(None, dtype=t).alias(n) for n, t in types.items()))
        summary = build(DataFolder(Path({str(folder.root)!r})))
        print(json.dumps({{"enriched": summary.enriched, **summary.counts}}))
        """
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    peak = 0
    while child.poll() is None:
        peak = max(peak, sum(map(resident_bytes, processes_of(child.pid))))
        time.sleep(SECONDS_BETWEEN_LOOKS)
    said, errors = child.communicate()
    assert child.returncode == 0, errors
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(said.splitlines()[-1]) | {"seconds": seconds, "gigabytes": peak / 1e9}


@pytest.mark.timeout(3_600)  # a million sightings take 10 minutes on two cores
def test_a_day_of_new_texts_costs_a_fraction_of_a_full_build(tmp_path, request):
    if not request.config.getoption("benchmark_enable", default=False):
        pytest.skip("runs with `make bench`")
    folder = DataFolder(tmp_path / "data")
    new = int(POSTINGS * NEW_SHARE)
    for day in range(READINGS):
        write_crawl(folder, day, range(POSTINGS))
    full = measured_build(folder)
    write_crawl(folder, READINGS, range(new, POSTINGS + new))
    daily = measured_build(folder)
    ratio = daily["seconds"] / full["seconds"]
    print(
        f"\n{POSTINGS:,} openings{' without extractors' if IS_PLAIN else ''}: full build of {full['sighting']:,} sightings "
        f"{full['seconds']:.1f} s of processor time, peak {full['gigabytes']:.2f} GB; a day with {new:,} new texts "
        f"{daily['seconds']:.1f} s, peak {daily['gigabytes']:.2f} GB; ratio {ratio:.1%}, {daily['sighting']:,} sightings"
    )
    assert (full["enriched"], daily["enriched"]) == (POSTINGS, new)
    assert max(full["gigabytes"], daily["gigabytes"]) < LARGEST_GIGABYTES
    if not IS_PLAIN:
        assert ratio < LARGEST_SHARE_OF_FULL
