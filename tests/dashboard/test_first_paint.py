"""The page as the server sends it: the board is in it before any script runs, the same as the session draws."""

from __future__ import annotations

import gc
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit.web.server.app_discovery import discover_asgi_app

from dashboard import claims, columns, first_paint, front_page
from dashboard.filters import Filters

from .conftest import SCRIPT, Opened
from .synthetic import CLAIMS


def hrefs(html: str) -> list[str]:
    return re.findall(r'<tr><td><a href="([^"]*)"', html)


def test_the_page_sent_holds_every_claim_and_streamlits_own_scripts(
    at_folder: Callable[[Path], None], data: Path
) -> None:
    at_folder(data)
    page = first_paint.page()
    assert sorted(hrefs(page)) == sorted(claim[0] for claim in CLAIMS)
    assert page.count('<div id="root">') == page.count("</body>") == page.count("<title>rolemarket</title>") == 1
    assert page.index('id="rm-first"') < page.index('<div id="root">') < page.index("MutationObserver")
    assert 'type="module"' in page


@pytest.mark.parametrize(
    "query",
    [{}, {"market": "US"}, {"verdicts": "Supported", "sort": "Agreement over specifications"}, {"essay": "Essay B", "definition": "Strict"},
     {"market": "Atlantis", "sort": "sideways", "verdicts": "Never"}],
    ids=str,
)  # fmt: skip
def test_the_page_sent_shows_what_the_session_draws_for_the_same_address(
    opened: Opened, at_folder: Callable[[Path], None], data: Path, query: dict[str, str]
) -> None:
    at_folder(data)
    sent = first_paint.page("&".join(f"{key}={value.replace(' ', '%20')}" for key, value in query.items()))
    drawn = next(element.value for element in opened(**query).html if "rm-board" in element.value)
    assert drawn in sent


def test_an_address_chooses_by_the_words_of_the_controls(at_folder: Callable[[Path], None], data: Path) -> None:
    at_folder(data)
    path = (data / "market.duckdb").resolve()
    query = "market=US&size=Small&verdicts=Contradicted&verdicts=Supported&sort=Vacancies&essay=Essay%20A&x=1"
    assert first_paint.chosen(path, query) == front_page.Choice(
        Filters(market="US", size="small"), ("contradicted", "supported"), "A", "vacancies"
    )
    assert first_paint.chosen(path, "") == front_page.Choice() == front_page.Choice(sort=next(iter(claims.SORTS)))


def test_without_a_snapshot_the_page_sent_is_streamlits(at_folder: Callable[[Path], None], tmp_path: Path) -> None:
    at_folder(tmp_path)
    assert "rm-first" not in first_paint.page()
    (tmp_path / "market.duckdb").write_bytes(b"not a database")
    assert "rm-first" not in first_paint.page()


def test_streamlit_run_finds_the_app_to_serve() -> None:
    found = discover_asgi_app(SCRIPT.with_name("app.py"))
    assert (found.is_asgi_app, found.app_name) == (True, "app")


def test_the_page_sent_is_packed_for_who_unpacks_it(at_folder: Callable[[Path], None], data: Path) -> None:
    at_folder(data)

    def asked(**headers: str) -> Response:
        sent = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"market=US", "headers": sent}
        return first_paint.answer(Request(scope))

    packed, plain = asked(accept_encoding="gzip, br"), asked()
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3
    assert plain.headers["cache-control"] == packed.headers["cache-control"] == "no-cache"


def test_pages_are_prepared_whatever_is_published(
    at_folder: Callable[[Path], None], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "freeze", lambda: None)  # the tests' own objects are to be freed
    at_folder(data)
    path = (data / "market.duckdb").resolve()
    first_paint.prepare(path)
    assert columns.of(path) is columns.of(path)
    first_paint.prepare(None)
    broken = tmp_path / "market.duckdb"
    broken.write_bytes(b"not a database")
    first_paint.prepare(broken)
