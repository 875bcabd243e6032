"""How fast the dashboard is for ten readers at once on a snapshot of 1,000,000 vacancies, seen from a real browser.

`make bench` prints the figures. Nine readers walk through the pages all the while; the tenth is measured. First paint is the
verdict board on the screen; the page is live once its controls answer, which waits for Streamlit's own scripts as an empty
Streamlit page does, painted in turn with ours. Last the nine leave and the server's CPU time is counted, which other work on
the machine does not blur.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dashboard.serving import CHROMIUM, NO_CHROMIUM, Visit, chromium, served, visit
from tests.dashboard.synthetic import publish

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

N_VACANCIES, N_EMPLOYERS, N_READERS = 1_000_000, 20_000, 10
FIRST_PAINT_SECONDS, FILTER_SECONDS, MEMORY_MB = 1.5, 0.3, 1024
EMPTY_PAGE = 'import streamlit as st\nst.html("<table class=rm-board><tbody><tr><td>empty</td></tr></tbody></table>")\n'
MARKETS = ("US", "India", "Singapore", "Europe", "Other markets", "All")
PAUSE_SECONDS = 5.0  # a reader looks at a page at least this long before the next click


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("million")
    publish(data, n_vacancies=N_VACANCIES, n_employers=N_EMPLOYERS)
    return data


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def memory_mb(process: int) -> float:
    """Return the largest resident memory the process has had."""
    peak = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


class Crowd:
    """Nine readers without a browser: sessions of the running app, driven over HTTP, that narrow the board and wander from page to page."""

    pages = ("", "roles", "pay", "degrees", "few_openings", "closing")

    def __init__(self, address: str, n_readers: int) -> None:
        self._address, self._stop = address, threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(k,), daemon=True) for k in range(n_readers)]
        self.seconds: list[float] = []
        self.failures: list[str] = []

    def _ask(self, **body: object) -> dict:
        request = urllib.request.Request(
            f"{self._address}/_stcore/agent/interact", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        self.seconds.append(time.monotonic() - began)
        if found.get("status") != "ready":
            self.failures.append(str(found.get("status")))
        return found

    def _read(self, k: int) -> None:
        choose = random.Random(k)
        session = self._ask()["session_id"]
        while not self._stop.wait(choose.uniform(0.5, 1.5) * PAUSE_SECONDS):
            if choose.random() < 0.5:
                self._ask(session_id=session, page="")
                self._ask(session_id=session, widget_state={"market": choose.choice(MARKETS)})
            else:
                self._ask(session_id=session, page=choose.choice(self.pages))

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Let every reader finish and go."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


@pytest.fixture(scope="module")
def empty_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Streamlit app that shows one cell and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "empty.py").write_text(EMPTY_PAGE)
    with served(folder, script=folder / "empty.py") as (address, _):
        yield address


@pytest.fixture(scope="module")
def measured(million: Path) -> Iterator[tuple[Callable[[str | None], Visit], int, Crowd]]:
    with (
        served(million, "--server.enableAgentApi=true") as (address, process),
        chromium() as browser,
        Crowd(address, N_READERS - 1) as crowd,
    ):
        time.sleep(2 * PAUSE_SECONDS)
        yield (lambda where=None: visit(browser, where or address, width=1280, scheme="light")), process, crowd


def opened(window: Visit) -> tuple[float, float]:
    """Return the seconds from the request of the front page until the board's rows stand on it, and until its controls answer."""
    began = time.monotonic()
    window.page.goto(window.address + "/", wait_until="commit")
    window.page.wait_for_selector(".rm-board tbody tr")
    painted = time.monotonic() - began
    window.page.wait_for_selector(".stApp .rm-board tbody tr")
    return painted, time.monotonic() - began


def cpu_ms(process: int) -> float:
    """Return the CPU time of all threads of a process so far, in milliseconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def said(seconds: list[float]) -> str:
    return f"p95 {p95(seconds) * 1000:.0f} ms (median {statistics.median(seconds) * 1000:.0f})"


def test_front_page_is_painted_and_filters_answer_in_time(
    measured, empty_page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    open_window, process, crowd = measured
    painted: dict[str, list[float]] = {"new": [], "returning": []}
    live: dict[str, list[float]] = {"new": [], "returning": [], "empty": []}
    for _ in range(15):
        window = open_window()
        for reader in ("new", "returning"):
            first, answers = opened(window)
            painted[reader].append(first)
            live[reader].append(answers)
        window.context.close()
        window = open_window(empty_page)
        live["empty"].append(opened(window)[1])
        window.context.close()
    reader = open_window()
    answered: dict[str, list[float]] = {"/": [], "/roles": [], "/pay": []}
    drawn: dict[str, list[float]] = {where: [] for where in answered}
    for where, times in answered.items():
        go(reader, where)
        for turn in range(24):
            first, all_ = change_market(reader, MARKETS[turn % len(MARKETS)])
            times.append(first)
            drawn[where].append(all_)
    crowd.leave()
    go(reader, "/")
    cost = {}
    before = cpu_ms(process)
    for turn in range(24):
        change_market(reader, MARKETS[turn % len(MARKETS)])
    cost["filter change"] = (cpu_ms(process) - before) / 24
    before = cpu_ms(process)
    for _ in range(10):
        window = open_window()
        opened(window)
        window.settle()
        window.context.close()
    cost["front page"] = (cpu_ms(process) - before) / 10
    used = memory_mb(process)
    with capsys.disabled():
        print(
            f"\ndashboard, {N_VACANCIES:,} vacancies, {N_READERS} readers; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
        print(
            f"first paint of the front page: {said(painted['new'])} for a new reader, {said(painted['returning'])} for a returning one"
        )
        print(
            f"controls answer after: {said(live['new'])} new, {said(live['returning'])} returning; an empty Streamlit page {said(live['empty'])}"
        )
        for where, times in answered.items():
            print(f"filter change on {where}: answered {said(times)}, all drawn {said(drawn[where])}")
        print(
            f"server: {cost['front page']:.0f} ms of CPU a front page, {cost['filter change']:.0f} ms a filter change on it, peak memory {used:.0f} MB; "
            f"{len(crowd.seconds)} requests of the other readers, {said(crowd.seconds)}"
        )
    assert not crowd.failures
    assert p95(painted["new"]) < FIRST_PAINT_SECONDS
    assert p95(drawn["/"]) < FILTER_SECONDS
    assert used < MEMORY_MB


def go(reader: Visit, where: str) -> None:
    """Open a page and its filters."""
    page = reader.open(where)
    if where == "/":
        page.get_by_text("Narrow the view").click()


def change_market(reader: Visit, market: str) -> tuple[float, float]:
    """Choose a market as a reader does; return the seconds from the choice until the sentence that says it, and until all is drawn."""
    page = reader.page
    wanted = {"All": "all markets", "Other markets": "other markets"}.get(market, market)
    option = page.get_by_role("option", name=market, exact=True)
    while not option.is_visible():
        page.locator(".st-key-market button[aria-haspopup=listbox]").click()
        page.wait_for_timeout(400)
    page.evaluate(
        """wanted => { window.times = new Promise(done => {
            let chosen, answered;
            addEventListener('pointerup', () => { chosen = performance.now(); }, { capture: true, once: true });
            const look = () => {
                const now = performance.now();
                if (chosen && !answered && [...document.querySelectorAll('.rm-note')].some(note => new RegExp('(Showing|specification:) ' + wanted).test(note.textContent))) answered = now;
                const state = document.querySelector('.stApp').getAttribute('data-test-script-state');
                answered && state === 'notRunning' ? done([answered - chosen, now - chosen]) : requestAnimationFrame(look); };
            look(); }); }""",
        wanted,
    )
    option.click()
    answered, drawn = page.evaluate("() => window.times")
    page.wait_for_timeout(300)
    return answered / 1000, drawn / 1000
