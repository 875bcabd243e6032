"""What a build costs: a day of 2 % new texts against a full build, and memory as sightings grow; ratios within one run.

`ROLEMARKET_BENCH_POSTINGS` sets the number of openings: 100,000 unless told. Below it what
does not grow weighs more: loading the extractors and the statistics and judging the claims take about 4.5 s of processor
time whatever the size: a day came to 16 % of a full build at 20,000 openings and 12 % at 60,000. With `ROLEMARKET_BENCH_PLAIN=1` the extractors
are left out, so that the memory of everything else is seen at a million: a full build takes 9 minutes of processor time and 3.2 GB.
"""

import json
import os
import random
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.schema import BoardReading, DataFolder, Sighting
from warehouse.schema.archive_file import ArchiveWriter

POSTINGS = int(os.environ.get("ROLEMARKET_BENCH_POSTINGS", "100000"))
IS_PLAIN = os.environ.get("ROLEMARKET_BENCH_PLAIN") == "1"
PER_BOARD = 50
NEW_SHARE = 0.02
LARGEST_SHARE_OF_FULL = 0.10
LARGEST_GIGABYTES = 4.0
ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 6, tzinfo=UTC)

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


def measured_build(folder: DataFolder) -> dict[str, float]:
    """Build in a process of its own; return its seconds of processor time, peak gigabytes and number of texts enriched."""
    script = textwrap.dedent(
        f"""
        import json, resource, sys, time
        from pathlib import Path
        import polars as pl
        from warehouse import interpretation
        from warehouse.build import build
        from warehouse.schema import DataFolder
        if {IS_PLAIN}:
            types = {{**interpretation.CODEBOOK_TYPES, "skills": pl.List(pl.String)}}
            interpretation.enrich = lambda frame: frame.select("id", *(pl.lit(None, dtype=t).alias(n) for n, t in types.items()))
        begun = time.process_time()
        summary = build(DataFolder(Path({str(folder.root)!r})))
        seconds = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps({{"seconds": seconds, "gigabytes": peak, "enriched": summary.enriched, **summary.counts}}))
        """
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_day_of_new_texts_costs_a_fraction_of_a_full_build(tmp_path, request):
    if not request.config.getoption("benchmark_enable", default=False):
        pytest.skip("runs with `make bench`")
    folder = DataFolder(tmp_path / "data")
    new = int(POSTINGS * NEW_SHARE)
    write_crawl(folder, 0, range(POSTINGS))
    full = measured_build(folder)
    write_crawl(folder, 1, range(new, POSTINGS + new))
    daily = measured_build(folder)
    ratio = daily["seconds"] / full["seconds"]
    print(
        f"\n{POSTINGS:,} openings{' without extractors' if IS_PLAIN else ''}: full build {full['seconds']:.1f} s of processor time, peak "
        f"{full['gigabytes']:.2f} GB; a day with {new:,} new texts {daily['seconds']:.1f} s, peak {daily['gigabytes']:.2f} GB; "
        f"ratio {ratio:.1%}, {daily['sighting']:,} sightings"
    )
    assert (full["enriched"], daily["enriched"]) == (POSTINGS, new)
    assert max(full["gigabytes"], daily["gigabytes"]) < LARGEST_GIGABYTES
    if not IS_PLAIN:
        assert ratio < LARGEST_SHARE_OF_FULL
