"""A dashboard served on loopback for tests that need a real browser, and the browser itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
NO_CHROMIUM = "no Chromium is installed; install it with your system's package manager to run the browser tests"
MILLISECONDS = 60_000
"""How long a browser waits for what must come: a limit for what hangs, far above what a loaded machine needs."""
# Streamlit's client asks each possible base path of a deep link for its server; the answers 404 of the wrong ones are not ours.
PROBES = ("/_stcore/health", "/_stcore/host-config")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def served(data: Path, *options: str, script: Path = APP, seconds: float = 60) -> Iterator[tuple[str, int]]:
    """Serve the dashboard of a data folder as `streamlit run dashboard/app.py` does, or another script; yield its address and process id."""
    port = free_port()
    log = data / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                str(script),
                f"--server.port={port}",
                "--server.headless=true",
                *options,
            ],
            cwd=ROOT,
            env=os.environ | {"ROLEMARKET_DATA": str(data)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the dashboard did not start: {log.read_text()}") from error
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the system's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One reader's window: its page, and every error its console has shown."""

    context: BrowserContext
    page: Page
    address: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Open an address of the dashboard and wait until it is drawn to its end."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the running script has come to its end and the page has been drawn."""
        self.page.wait_for_selector(".rm-footer", timeout=MILLISECONDS)
        self.page.wait_for_selector("#rm-first", state="detached", timeout=MILLISECONDS)
        self.page.wait_for_function(
            "() => document.querySelector('.stApp')?.getAttribute('data-test-script-state') === 'notRunning'",
            timeout=MILLISECONDS,
        )


def visit(browser: Browser, address: str, *, width: int, scheme: str, height: int = 900) -> Visit:
    """Open a window of a width in a colour scheme."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
    )
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    made = Visit(context, page, address)
    page.on("console", lambda message: made.errors.append(message.text) if _is_ours(message) else None)
    page.on("pageerror", lambda error: made.errors.append(str(error)))
    return made


def _is_ours(message) -> bool:
    return message.type == "error" and not message.location["url"].endswith(PROBES)
