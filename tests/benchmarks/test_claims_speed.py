"""How fast every claim is judged on a million vacancies, in how much memory, and that the bootstrap ignores postings per employer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from warehouse.statistics.resampling import employer_weights, totals

SECONDS = 60.0
"""From the frames to the verdicts, by the clock, on two cores that do little else."""
MEMORY_GB = 4.0
SYNTHETIC = Path(__file__).resolve().parents[1] / "warehouse" / "claims"

_RUN = """
import os, resource, sys, time
sys.path.insert(0, {folder!r})
from synthetic_market import synthetic_market
from warehouse.judge import judge
market = synthetic_market(1_000_000, 20_000)
before, start = os.times(), time.perf_counter()
judged = judge(market)
wall, after = time.perf_counter() - start, os.times()
cpu = after.user + after.system - before.user - before.system
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(len(judged.verdict), len(judged.estimate), wall, cpu, peak)
"""


@pytest.fixture
def is_measuring(request: pytest.FixtureRequest) -> None:
    """Skip in the ordinary test run, where nothing is timed."""
    if not request.config.getoption("--benchmark-enable"):
        pytest.skip("measured by `make bench`")


@pytest.mark.timeout(900)
def test_every_claim_on_a_million_vacancies(is_measuring: None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RUN.format(folder=str(SYNTHETIC))],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    claims, estimates, wall, cpu, peak = map(float, done.stdout.split()[-5:])
    print(
        f"\n{claims:.0f} claims, {estimates:.0f} estimates on 1,000,000 vacancies of 20,000 employers: {wall:.1f} s, {cpu:.1f} s of processor, peak {peak:.2f} GB"
    )
    assert wall < SECONDS
    assert peak < MEMORY_GB


def test_bootstrap_does_not_grow_with_postings(is_measuring: None) -> None:
    rng = np.random.default_rng(1)
    weights = employer_weights(20_000, 1_000, seed=1)

    def seconds(postings_per_employer: int) -> float:
        sizes = rng.poisson(postings_per_employer, (20_000, 8)).astype(float)
        found = []
        for _ in range(3):
            start = time.perf_counter()
            totals(weights, sizes)
            found.append(time.perf_counter() - start)
        return min(found)

    seconds(5)
    few, many = seconds(5), seconds(500)
    print(f"\nbootstrap of 8 totals: {few * 1000:.0f} ms at 5 postings an employer, {many * 1000:.0f} ms at 500")
    assert many < 1.5 * few
