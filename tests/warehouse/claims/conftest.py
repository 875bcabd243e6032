"""What the tests of claims share: one synthetic market, judged once, and the snapshot a reader would query."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from synthetic_market import synthetic_market

from warehouse.judge import Judgement, Market, judge
from warehouse.reference import skills

REPLICATES = 200


@pytest.fixture(scope="session")
def market() -> Market:
    """A synthetic market of 8,000 vacancies and 400 employers."""
    return synthetic_market(8_000, 400, seed=1)


@pytest.fixture(scope="session")
def judged(market: Market) -> Judgement:
    """Every claim judged on it."""
    return judge(market, replicates=REPLICATES)


@pytest.fixture(scope="session")
def snapshot(market: Market) -> duckdb.DuckDBPyConnection:
    """The market's public tables in a database, as a reader finds them."""
    connection = duckdb.connect()
    for name in ("vacancy", "vacancy_skill", "employer", "supply_month", "change_log"):
        connection.register(name, getattr(market, name).to_arrow())
    connection.register("skill", skills().to_arrow())
    return connection
