"""An invented snapshot for every test here, and the app run against it without a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import snapshot
from dashboard.filters import Filters
from dashboard.topics.scope import Scope

from .synthetic import publish

SCRIPT = Path(__file__).parents[2] / "dashboard" / "script.py"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one published, invented snapshot; read only."""
    folder = tmp_path_factory.mktemp("data")
    publish(folder)
    return folder


@pytest.fixture(scope="session")
def market(data: Path) -> Path:
    """The resolved path of that snapshot."""
    return (data / "market.duckdb").resolve()


@pytest.fixture
def at_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Point the app at a data folder; caches are emptied so that no test sees another's answers."""

    def point(folder: Path) -> None:
        monkeypatch.setenv("ROLEMARKET_DATA", os.fspath(folder))

    yield point
    st.cache_data.clear()


Opened = Callable[..., AppTest]


@pytest.fixture
def opened(at_folder: Callable[[Path], None], data: Path) -> Opened:
    """Return a function that opens a page: by the last part of its address; keywords fill the URL."""

    def open_page(page: str = "front", *, folder: Path = data, **query: str) -> AppTest:
        at_folder(folder)
        at = AppTest.from_file(str(SCRIPT), default_timeout=120)
        for key, value in query.items():
            at.query_params[key] = value
        if page != "front":
            # A reader who follows a link lands on the page at once; AppTest.switch_page would run the front page first, and
            # cannot tell the claims' pages apart, which share one file.
            at._page_hash = calc_hash(page)
        at.run()
        assert not at.exception, at.exception[0].message
        return at

    return open_page


@pytest.fixture
def scope(market: Path) -> Scope:
    return Scope(market, Filters())


@pytest.fixture
def vacancies(market: Path) -> pl.DataFrame:
    return snapshot.ask(market, "SELECT * FROM vacancy WHERE provenance <> 'sample'")
