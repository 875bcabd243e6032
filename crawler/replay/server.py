"""A small server of recorded answers: `https://HOST/PATH?QUERY` is asked at `/HOST/PATH?QUERY`, with faults on request.

A recording of GET https://HOST/PATH?QUERY lies in the folder as `HOST/PATH~QUERY.json`, or as `HOST/PATH.json` where
one file answers every query; the suffix (.json .xml .rss .html .txt .csv .zip .xlsx) gives the content type. The answer to a POST with
a JSON object lies at `HOST/PATH~POST~NAME=VALUE&....json` with its members in their order (of lists none, of an object its lists joined by
commas), or `HOST/PATH~POST.json`. A path that ends in one of the suffixes itself is the file's name (`jobs~page=2.json` for `jobs.json?page=2`). A query is written as in the URL with `/` as `%2F`; a path that ends in `/` drops it. Answers carry an ETag or the day they changed; ranges are given.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlencode

from crawler.replay import SAMPLE, SAMPLE_HEADER

SUFFIXES = {
    ".json": "application/json; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NAME_BYTES = 200
RANGE = re.compile(r"bytes=(\d+)-(\d+)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which an answer is sick; those without `times` stay sick.

    `status` and `headers` replace the answer for the first `times` requests, `body` its bytes, `cut_to` ends the body
    early while promising all of it, `bytes_per_second` drips, `is_endless` never ends, `seconds_before` waits first.
    """

    status: int | None = None
    times: int | None = None
    headers: Mapping[str, str] = ()
    body: bytes | None = None
    content_type: str | None = None
    cut_to: int | None = None
    bytes_per_second: int | None = None
    is_endless: bool = False
    seconds_before: float = 0.0


def recording(folder: Path, target: str, method: str = "GET", body: bytes = b"") -> Path | None:
    """Return the file that answers a request for `/HOST/PATH?QUERY`, None where there is none."""
    path, _, query = target.lstrip("/").partition("?")
    base = folder / unquote(path).rstrip("/").replace("..", "")
    marker = "~"
    if method == "POST":
        marker = "~POST~"
        with suppress(ValueError, AttributeError):
            query = urlencode(list(_members(json.loads(body or b"{}"))))
    names = [f"{base.name}{marker}{query}".replace("/", "%2F")[:NAME_BYTES]] if query else []
    names.append(base.name + marker.removesuffix("~"))
    if (suffix := Path(base.name).suffix) in SUFFIXES:
        asked = base.with_name(f"{base.stem}~{query}{suffix}".replace("/", "%2F"))
        if found := next((path for path in (asked, base) if path.is_file()), None):
            return found
    for name in names:
        for suffix in SUFFIXES:
            if (found := base.with_name(name + suffix)).is_file():
                return found
    return None


def _members(said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield from ((inner, ",".join(map(str, given))) for inner, given in value.items())
        elif not isinstance(value, list):
            yield name, value


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the server counts instead."""

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, method: str, body: bytes) -> None:
        self.server.begin(self.path)
        try:
            self._answer_with(method, body)
        finally:
            self._end()

    def _end(self) -> None:
        """Note that this request is answered before its last byte is sent, or the next could seem to overlap."""
        if self.path is not None:
            self.server.end(self.path)
            self.path = None

    def _answer_with(self, method: str, body: bytes) -> None:
        fault = self.server.fault(self.path)
        found = recording(self.server.folder, self.path, method, body)
        if fault:
            time.sleep(fault.seconds_before)
            if fault.status:
                return self._send(fault.status, fault.body or b"", dict(fault.headers), fault)
        if found is None and not (fault and (fault.body is not None or fault.is_endless)):
            return self._send(404, b'{"status":404,"error":"not recorded"}', {})
        payload = found.read_bytes() if found else b""
        kind = SUFFIXES[found.suffix] if found else "application/json"
        if fault and fault.body is not None:
            payload = fault.body
        tag = f'"{hashlib.blake2b(payload, digest_size=8).hexdigest()}"'
        headers = {"Content-Type": (fault and fault.content_type) or kind}
        if self.server.validator == "ETag":
            headers["ETag"] = tag
            if self.headers.get("If-None-Match") == tag:
                return self._send(304, b"", {"ETag": tag})
        elif self.server.validator and found:
            headers["Last-Modified"] = changed = formatdate(found.stat().st_mtime, usegmt=True)
            if self.headers.get("If-Modified-Since") == changed:
                return self._send(304, b"", {"Last-Modified": changed})
        ranged = RANGE.match(self.headers.get("Range", ""))
        if ranged and self.headers.get("If-Range", tag) == tag:
            first, last = int(ranged[1]), min(int(ranged[2]), len(payload) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(payload)}"
            return self._send(206, payload[first : last + 1], headers, fault)
        if "gzip" in self.headers.get("Accept-Encoding", "") and self.server.is_gzipped:
            payload, headers["Content-Encoding"] = gzip.compress(payload, 1), "gzip"
        return self._send(200, payload, headers, fault)

    def _send(self, status: int, payload: bytes, headers: Mapping[str, str], fault: Fault | None = None) -> None:
        self._end()
        self.send_response(status)
        if self.server.is_sample:
            self.send_header(SAMPLE_HEADER, "1")
        for name, value in headers.items():
            self.send_header(name, value)
        with suppress(BrokenPipeError, ConnectionResetError):
            if fault and fault.is_endless:
                return self._drip_forever()
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            if fault and fault.cut_to is not None:
                self.wfile.write(payload[: fault.cut_to])
                self.close_connection = True
            elif fault and fault.bytes_per_second:
                for at in range(0, len(payload), fault.bytes_per_second):
                    self.wfile.write(payload[at : at + fault.bytes_per_second])
                    self.wfile.flush()
                    time.sleep(1)
            else:
                self.wfile.write(payload)
            self.server.sent += len(payload)

    def _drip_forever(self) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.server.is_stopping:
            self.wfile.write(b"1\r\n \r\n")
            self.wfile.flush()
            time.sleep(0.05)
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        folder: Path,
        faults: Mapping[str, Fault],
        validator: str | None,
        is_gzipped: bool,
    ) -> None:
        super().__init__(address, _Handler)
        self.folder = folder
        self.is_sample = folder.resolve() == SAMPLE.resolve()
        self.faults = dict(faults)
        self.validator = validator
        self.is_gzipped = is_gzipped
        self.asked: Counter[str] = Counter()
        self.at_once: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.sent = 0
        self.is_stopping = False

    def begin(self, target: str) -> None:
        host = target.split("/", 2)[1]
        with self.lock:
            self.asked[target] += 1
            self.at_once[host] += 1
            self.most_at_once[host] = max(self.most_at_once[host], self.at_once[host])

    def end(self, target: str) -> None:
        with self.lock:
            self.at_once[target.split("/", 2)[1]] -= 1

    def fault(self, target: str) -> Fault | None:
        for part, fault in self.faults.items():
            if part in target and (fault.times is None or self.asked[target] <= fault.times):
                return fault
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


class ReplayServer:
    """Serves the recordings below `folder` on 127.0.0.1 while the context lasts.

    `faults` maps a part of `/HOST/PATH?QUERY` to what is wrong with the answer. `validator` is the header that answers
    can be asked again with ("ETag", "Last-Modified" or None). `asked` counts requests by target, `sent` the body bytes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        faults: Mapping[str, Fault] | None = None,
        port: int = 0,
        validator: str | None = "ETag",
        is_gzipped: bool = False,
    ) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder of recordings {folder}.")
        self._server = _Server(("127.0.0.1", port), folder, faults or {}, validator, is_gzipped)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="replay", daemon=True
        )

    @property
    def url(self) -> str:
        """The address to give to `--replay`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> Counter[str]:
        """How often each `/HOST/PATH?QUERY` was asked for."""
        return self._server.asked

    @property
    def most_at_once(self) -> Counter[str]:
        """How many requests for one host were being answered at the same time, at most."""
        return self._server.most_at_once

    @property
    def sent(self) -> int:
        """How many body bytes were sent."""
        return self._server.sent

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.is_stopping = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
