"""Helpers read exactly as this process does, and none outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import polars as pl
import pytest

from warehouse.enrich import enrich, processes
from warehouse.enrich.composition import enrich_alone

_START_SECONDS = 120
_ONE_OF = """
import os
from warehouse.enrich.processes import BYTES_WORTH_A_PROCESS, helpers
helpers.ready(1, BYTES_WORTH_A_PROCESS)
print(helpers.running[0].process_id, flush=True)
"""


def _postings(n: int) -> pl.DataFrame:
    texts = (
        "We ask for {n}+ years of experience with Python and Spark. The salary is ${n}0,000 to ${n}5,000 a year.",
        "<p>Master’s degree preferred; hybrid, two days a week in our office in Zürich.</p><ul><li>Go</li></ul>",
        "Wir suchen Verstärkung: {n} Jahre Berufserfahrung, Abschluss in Informatik, Vergütung 60.000 € brutto.",
        "",
    )
    return pl.DataFrame(
        {
            "id": range(n),
            "title": [("Senior Data Scientist", "ML Engineer (m/w/d)", "Head of Data")[i % 3] for i in range(n)],
            "company": ["Nordlicht Robotics"] * n,
            "location": [("Berlin", "Remote - US", None)[i % 3] for i in range(n)],
            "text": [texts[i % 4].format(n=1 + i % 9) for i in range(n)],
        }
    )


@pytest.fixture
def helper() -> Iterator[processes.Helper]:
    assert processes.helpers.start(1, _START_SECONDS) == 1
    yield processes.helpers.running[0]
    processes.helpers.stop()


def test_a_helper_reads_as_this_process_does_and_is_missed_by_nobody(helper: processes.Helper) -> None:
    postings = _postings(600)
    assert helper.enrich(postings, explain=True).equals(enrich_alone(postings, explain=True))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        helper.enrich(pl.DataFrame({"text": ["no id"]}), explain=False)
    alone = enrich_alone(postings)
    assert enrich(postings).equals(alone)
    os.kill(helper.process_id, signal.SIGKILL)
    assert helper.enrich(postings, explain=False).equals(alone)
    assert enrich(postings).equals(alone)
    assert helper not in processes.helpers.running


def test_little_text_starts_no_helper() -> None:
    assert processes.helpers.ready(1, 1_000) == []
    assert processes.helpers.running == ()


def _is_running(process_id: int) -> bool:
    """Whether the process runs; one that has ended but that nobody has asked after ("Z") does not."""
    states = subprocess.run(["ps", "-o", "stat=", "-p", str(process_id)], check=False, capture_output=True, text=True)
    return bool(states.stdout.strip()) and not states.stdout.startswith("Z")


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_no_helper_outlives_its_parent(end: str) -> None:
    program = _ONE_OF + end
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL if end else 0, "")
    helper = int(done.stdout)
    deadline = time.monotonic() + _START_SECONDS
    while _is_running(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(helper)


def test_reading_loads_nothing_that_only_training_needs() -> None:
    program = "import sys; from warehouse.enrich import extractors; extractors(); print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
