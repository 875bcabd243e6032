"""How processes beside this one read postings too: a third of the reading is Python, which runs one thread at a time.

A helper is started once so much text has been read that its start pays, serves this process over two pipes, and ends
with it, however it ends, or when it has had nothing to do for a while. What a helper cannot do is done here, so that
results never depend on one.
"""

from __future__ import annotations

import atexit
import io
import os
import signal
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import wait

import polars as pl

from warehouse.enrich import composition, pay

BYTES_WORTH_A_PROCESS = 60_000_000
"""Of text read by this process: 12,000 postings or 3 s of reading, about what a helper takes to start."""
MOST_HELPERS = 1
"""A helper takes 260 MB, and 360 MB with 2,000 postings in hand: the build as a whole is to stay within 4 GB."""
_IDLE_SECONDS = 60
_HEADER = struct.Struct("<?Q")
_START = "import sys; sys.path[:] = {path!r}; from warehouse.enrich.processes import serve; serve()"


class Helper:
    """Another process that reads postings; `is_ready` once it has loaded what it needs."""

    def __init__(self) -> None:
        path = [folder or os.getcwd() for folder in sys.path]
        self._child = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},
        )
        self._lock = threading.Lock()
        self._version: bytes | None = None

    @property
    def process_id(self) -> int:
        """Its number in the operating system."""
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs and reads by the same code as this process."""
        return self._child.poll() is None and self._version in {None, composition.PARSER_VERSION.encode()}

    def is_ready(self, timeout_seconds: float = 0.0) -> bool:
        """Whether it has loaded what it needs, waiting so long for it."""
        with self._lock:
            if self._version is None and wait([self._child.stdout], timeout_seconds):  # type: ignore[list-item]
                self._version = self._child.stdout.readline().strip()  # type: ignore[union-attr]
        return self._version is not None and self.is_alive

    def enrich(self, frame: pl.DataFrame, *, explain: bool) -> pl.DataFrame:
        """Do what `enrich_alone` does: there, or here where the helper is busy, fails or is gone."""
        if self._lock.acquire(blocking=False):
            try:
                _send(self._child.stdin, frame, explain=explain)
                answer = _receive(self._child.stdout)
            except (OSError, ValueError, pl.exceptions.PolarsError):
                answer = None
            finally:
                self._lock.release()
            if answer is not None:
                return answer[0]
        return composition.enrich_alone(frame, explain=explain)

    def stop(self) -> None:
        """End the process and wait until it has ended."""
        with self._lock:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                with suppress(OSError):  # what the pipe still held for a helper that is gone
                    pipe.close()  # type: ignore[union-attr]

    def forget(self) -> None:
        """Leave the process to the parent that this one was forked from."""
        self._child.returncode = 0


class _Helpers:
    """The helpers of this process and how much text it has read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Helper] = []
        self._read_bytes = 0

    @property
    def running(self) -> tuple[Helper, ...]:
        """Those that were started and have not been found to be gone."""
        return tuple(self._running)

    def ready(self, most: int, text_bytes: int) -> list[Helper]:
        """At most so many helpers that can read at once; starts them for later where enough text has been read."""
        with self._lock:
            self._read_bytes += text_bytes
            wanted = min(most, MOST_HELPERS) if self._read_bytes >= BYTES_WORTH_A_PROCESS else 0
            gone = [helper for helper in self._running if not helper.is_alive]
            self._running = [helper for helper in self._running if helper.is_alive]
            with suppress(OSError):  # no memory or no room for one more process
                self._running += [Helper() for _ in range(wanted - len(self._running))]
            running = list(self._running)
        for helper in gone:
            helper.stop()
        return [helper for helper in running if helper.is_ready()][:most]

    def start(self, most: int, timeout_seconds: float) -> int:
        """Start helpers whatever has been read, wait until they are ready, and return how many are."""
        self.ready(most, BYTES_WORTH_A_PROCESS)
        return sum(helper.is_ready(timeout_seconds) for helper in self._running)

    def stop(self) -> None:
        """End all helpers; later ones are started only after as much text again."""
        with self._lock:
            for helper in self._running:
                helper.stop()
            self._running, self._read_bytes = [], 0

    def forget(self) -> None:
        """In a forked child: the pipes are the parent's."""
        for helper in self._running:
            helper.forget()
        self._lock, self._running, self._read_bytes = threading.Lock(), [], 0


helpers = _Helpers()
atexit.register(helpers.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=helpers.forget)


def _send(pipe: io.BufferedIOBase | None, frame: pl.DataFrame, *, explain: bool) -> None:
    packed = io.BytesIO()
    frame.write_ipc_stream(packed)
    assert pipe is not None
    pipe.write(_HEADER.pack(explain, packed.tell()))
    pipe.write(packed.getbuffer())
    pipe.flush()


def _receive(pipe: io.BufferedIOBase | None) -> tuple[pl.DataFrame, bool] | None:
    """The next frame and whether to explain it; null where the other side is gone or could not read."""
    assert pipe is not None
    header = pipe.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    explain, size = _HEADER.unpack(header)
    packed = pipe.read(size)
    return (pl.read_ipc_stream(io.BytesIO(packed)), explain) if size and len(packed) == size else None


def serve() -> None:
    """Read the postings that come in through standard input until it ends or nothing comes for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; the parent ends this process
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not print between the answers
    words = pl.DataFrame({"id": ["0"], "title": ["Data Scientist"], "text": ["Five years of Python."]})
    composition.enrich_alone(words)
    answers.write(composition.PARSER_VERSION.encode() + b"\n")
    answers.flush()
    while wait([requests], _IDLE_SECONDS):  # type: ignore[list-item]
        asked = _receive(requests)
        if asked is None:
            return
        # In a thread of its own, with nothing left of earlier postings: extractors share what they found by thread.
        with ThreadPoolExecutor(1) as reader:
            reading = reader.submit(composition.enrich_alone, asked[0], explain=asked[1])
        pay.from_words.cache_clear()
        if reading.exception() is None:
            _send(answers, reading.result(), explain=asked[1])
        else:  # the parent reads these rows itself and meets the error there
            answers.write(_HEADER.pack(False, 0))
            answers.flush()
        del asked, reading
