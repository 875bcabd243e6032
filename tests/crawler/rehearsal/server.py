"""The stand-in for the internet: every request waits as long as a server far away would take, and is counted."""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from crawler.hiring_threads import ITEM_HOST
from crawler.run import sources
from tests.crawler.rehearsal.answers import Internet

MEDIAN_SECONDS, P95_SECONDS = 0.35, 1.0
SHORTEST_SECONDS, LONGEST_SECONDS = 0.15, 4.0
BYTES_PER_SECOND = 2_500_000
PACKED = 5
"""Hosts compress text about so many times on the wire; ranges of workbooks are packed already."""


def backend_of(host: str) -> str:
    """Return the backend that a host is part of, for which all its hosts are asked as one."""
    backends = {source.host for source in sources().values()} | {ITEM_HOST}
    return next((one for one in backends if f".{host}".endswith(f".{one}")), host)


@dataclass(slots=True)
class HostTally:
    """What one host was asked: `began` and `ended` are seconds since the server started."""

    requests: int = 0
    robots: int = 0
    bytes: int = 0
    began: float = math.inf
    ended: float = 0.0
    latencies: list[float] = field(default_factory=list)


class SlowServer:
    """Serves an `Internet` on 127.0.0.1, `https://HOST/PATH` at `/HOST/PATH`, with latencies times `slowness`."""

    def __init__(self, internet: Internet, slowness: float = 1.0) -> None:
        self.internet = internet
        self.slowness = slowness
        self.hosts: dict[str, HostTally] = defaultdict(HostTally)
        self.at_once: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self.started_at = time.monotonic()
        self.url = ""
        self._draw = random.Random("latency")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rehearsal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._converse, "127.0.0.1", 0, limit=2**20))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            conversations = asyncio.all_tasks(self._loop)
            for conversation in conversations:
                conversation.cancel()
            self._loop.run_until_complete(asyncio.gather(*conversations, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def latency(self) -> float:
        """Draw the seconds until an answer begins: log-normal, the half in 0.35 s, one in twenty beyond 1 s."""
        deviation = math.log(P95_SECONDS / MEDIAN_SECONDS) / 1.645
        drawn = self._draw.lognormvariate(math.log(MEDIAN_SECONDS), deviation)
        return min(max(drawn, SHORTEST_SECONDS), LONGEST_SECONDS)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                _, target, _ = lines[0].split(" ")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
                await reader.readexactly(int(headers.get("content-length", 0)))
                await self._answer(target, headers, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, target: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        host, _, path = target[1:].partition("/")
        tally = self.hosts[host]
        begun = time.monotonic() - self.started_at
        tally.requests += 1
        is_robots = path == "robots.txt"
        tally.robots += is_robots
        tally.began = min(tally.began, begun)
        if not is_robots:
            backend = backend_of(host)
            self.at_once[backend] += 1
            self.most_at_once[backend] = max(self.most_at_once[backend], self.at_once[backend])
        answer = self.internet.answer(host, f"/{path}", headers)
        packed = len(answer.body) / (1 if answer.status == 206 else PACKED)
        latency = (self.latency() + answer.seconds) * self.slowness
        tally.latencies.append(latency)
        await asyncio.sleep(latency)
        said = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body)), **dict(answer.headers)}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        writer.write(f"HTTP/1.1 {answer.status} Answered\r\n{head}\r\n".encode())
        # The head goes first, so that what the crawler takes for latency has no part of the transfer.
        await writer.drain()
        await asyncio.sleep(packed / BYTES_PER_SECOND)
        if not is_robots:
            self.at_once[backend] -= 1
        writer.write(answer.body)
        await writer.drain()
        tally.bytes += len(answer.body)
        tally.ended = max(tally.ended, time.monotonic() - self.started_at)
