"""The first paint: Streamlit's own page with the front page already in it, so that a reader reads while the scripts load.

Streamlit draws nothing before its scripts are loaded and a session has run, about a second on two busy cores. The front page
is the same for every reader of one address, so its HTML is put into the page that loads the scripts, and taken away once the
session has drawn its own.
"""

from __future__ import annotations

import gc
import gzip
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qs

import duckdb
import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard import claims, columns, filters, front_page, snapshot
from dashboard.theme import CONFIG, HERE, VERDICT_LOOKS

STATIC = Path(st.__file__).parent / "static"
ROOT = '<div id="root">'
LEAVE = """
(() => {
  const first = document.getElementById("rm-first"), root = document.getElementById("root");
  const look = () => {
    const app = root.querySelector(".stApp"), drawn = root.querySelector(".rm-footer");
    if (!drawn && app?.getAttribute("data-test-script-state") !== "notRunning") return;
    watcher.disconnect();
    const main = root.querySelector("[data-testid=stMain]");
    if (main) main.scrollTop = first.scrollTop;
    first.remove();
  };
  const watcher = new MutationObserver(look);
  watcher.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
})();
"""


def _font(family: str, stem: str) -> str:
    """Return the declaration of one of the fonts Streamlit brings, at the address it will load it from itself."""
    files = sorted((STATIC / "static" / "media").glob(f"{stem}*.woff2"))
    return "".join(
        f"@font-face{{font-family:'{family}';src:url('./static/media/{file.name}') format('woff2');font-weight:200 900;font-display:swap}}"
        for file in files[:1]
    )


@cache
def _around() -> tuple[str, str]:
    """Return Streamlit's page before and after the place where the first paint goes."""
    theme = CONFIG["theme"]
    light, dark = (
        f"--ground:{theme[kind]['backgroundColor']};--ink:{theme[kind]['textColor']}" for kind in ("light", "dark")
    )
    style = (
        f"<style>{_font('Source Sans', 'SourceSansVF-Upright')}{_font('Source Serif', 'SourceSerifVariable-Roman')}"
        f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}{(HERE / 'style.css').read_text()}</style>"
    )
    page = (STATIC / "index.html").read_text().replace("<title>Streamlit</title>", "<title>rolemarket</title>")
    before, found, after = page.partition(ROOT)
    return before.replace("</head>", f"{style}</head>"), found + after.replace("</body>", f"<script>{LEAVE}</script></body>", 1)  # fmt: skip


def chosen(path: Path, query: str) -> front_page.Choice:
    """Return what the query string of the front page's address chooses; what is not among the values chooses nothing."""
    given = parse_qs(query)

    def picked(key: str, labels: dict[str, str], default: str) -> str:
        return labels.get(given.get(key, [""])[-1], default)

    allowed = filters.options(path)
    narrowed = {
        key: picked(key, {filters.option_label(key, value): value for value in allowed[key]}, allowed[key][0])
        for key in front_page.FILTERED_BY
    }
    words = {front_page.verdict_label(verdict): verdict for verdict in VERDICT_LOOKS}
    essays = {front_page.essay_label(essay): essay for essay in front_page.essays(path)}
    plain = front_page.Choice()
    return front_page.Choice(
        filters.Filters(**narrowed),
        tuple(sorted({words[word] for word in given.get("verdicts", ()) if word in words})),
        picked("essay", essays, plain.essay),
        picked("sort", {label: sort for sort, label in claims.SORTS.items()}, plain.sort),
    )


def page(query: str = "") -> str:
    """Return the page of an address; Streamlit's own where there is nothing to show yet."""
    path = snapshot.current()
    if path is None:
        return (STATIC / "index.html").read_text()
    try:
        choice = chosen(path, query)
        body = (
            f'<main id="rm-first"><div class="rm-page">{front_page.opening(path)}<h2 class="rm">The verdict board</h2>'
            f'<div class="rm-controls" aria-hidden="true"></div>{front_page.listing(path, choice)}</div></main>'
        )
    except snapshot.UnreadableSnapshotError:
        return (STATIC / "index.html").read_text()
    before, after = _around()
    return f"{before}{body}{after}"


@lru_cache(maxsize=64)
def _packed(sent: str) -> bytes:
    return gzip.compress(sent.encode(), 6)


def answer(request: Request) -> Response:
    """Answer the root of the dashboard; Streamlit's server leaves packing to whoever answers here, and 50 kB become 10."""
    sent = page(request.url.query)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(sent, headers=headers)
    return HTMLResponse(_packed(sent), headers=headers | {"Content-Encoding": "gzip"})


def prepare(path: Path | None) -> None:
    """Make the front page of a snapshot and read its vacancies into memory, so that no reader waits for either.

    What is loaded by then is taken out of the garbage collector's sight: Altair and Polars bring 100,000 objects that stay, and
    a full collection takes 35 ms to find them alive.
    """
    page()
    if path is not None:
        with suppress(snapshot.UnreadableSnapshotError, duckdb.Error):  # the page itself says what is wrong
            columns.of(path)
    gc.collect()
    gc.freeze()
