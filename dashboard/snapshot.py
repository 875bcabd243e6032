"""The published snapshot: which file it is now, and read-only questions to it, remembered per file."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

from warehouse.schema import TABLES, DataFolder

MEMORY_LIMIT = "160MB"  # reading 1,000,000 vacancies and 4,400,000 skills into memory works in 64 MB
N_THREADS = 2
REQUIRED = ("vacancy", "claim", "verdict", "estimate", "snapshot_info")


class UnreadableSnapshotError(Exception):
    """The file is there but cannot be shown; the message says what to do."""


def current(folder: DataFolder | None = None) -> Path | None:
    """Return the file the symlink points at, or None where nothing is published.

    The resolved name is the cache key: a new snapshot has a new name, so nothing of the old one is shown under it.
    """
    market = (folder or DataFolder.of()).market
    return market.resolve() if market.exists() else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _open(path: str) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(
            path,
            read_only=True,
            config={
                "memory_limit": MEMORY_LIMIT,
                "threads": str(N_THREADS),
                "enable_external_access": "false",
                "lock_configuration": "true",
            },
        )
        present = set(connection.sql("SELECT table_name, column_name FROM duckdb_columns()").fetchall())
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UnreadableSnapshotError(
            f"{path} cannot be opened ({reason}); run `rolemarket build` to publish a fresh one."
        ) from error
    tables = {table for table, _ in present}
    if absent := [table for table in REQUIRED if table not in tables]:
        raise UnreadableSnapshotError(
            f"{path} lacks the table {absent[0]}; run `rolemarket build` to publish a fresh one."
        )
    declared = [(table.name, column.name) for table in TABLES if table.name in tables for column in table.columns]
    if missing := [named for named in declared if named not in present]:
        raise UnreadableSnapshotError(
            f"{path} was built by an earlier rolemarket and lacks {'.'.join(missing[0])}; run `rolemarket build` to publish a fresh one."
        )
    return connection


def loaded(path: Path, sql: str, **parameters: object) -> pl.DataFrame:
    """Return the rows of a query and remember nothing."""
    cursor = _open(str(path)).cursor()
    try:
        return cursor.sql(sql, params=parameters or None).pl()
    finally:
        cursor.close()


@st.cache_data(max_entries=600, show_spinner=False)
def _asked(path: str, sql: str, parameters: tuple[tuple[str, object], ...]) -> pl.DataFrame:
    return loaded(Path(path), sql, **dict(parameters))


def ask(path: Path, sql: str, **parameters: object) -> pl.DataFrame:
    """Return the rows of a query; the same question to the same file is answered from memory."""
    return _asked(str(path), sql, tuple(sorted(parameters.items())))


def rows(path: Path, sql: str, **parameters: object) -> list[dict]:
    """Return the rows of a query as dictionaries."""
    return ask(path, sql, **parameters).to_dicts()


def row(path: Path, sql: str, **parameters: object) -> dict:
    """Return the first row of a query, or an empty dictionary."""
    found = rows(path, sql, **parameters)
    return found[0] if found else {}


def slugs(path: Path) -> list[str]:
    """Return the claims of the snapshot, in the order of the essays.

    Raise `UnreadableSnapshotError` with one sentence where the file cannot be shown.
    """
    _open(str(path))
    return [claim["claim_slug"] for claim in rows(path, "SELECT claim_slug FROM claim ORDER BY position, claim_slug")]


def facts(path: Path) -> dict[str, str]:
    """Return `snapshot_info` as a dictionary."""
    return {fact["key"]: fact["value"] for fact in rows(path, "SELECT key, value FROM snapshot_info ORDER BY key")}


def published_at(path: Path) -> dt.datetime:
    """Return the UTC instant in the file's name, or when it was written where the name carries none."""
    if found := re.fullmatch(r"market-(\d{8}T\d{6}).*", path.stem):
        return dt.datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC)


PROVENANCE = """
SELECT provenance, count(*) AS n_vacancies, approx_count_distinct(employer_id) AS n_employers_approx,
  min(coalesce(posted_at, first_seen_at))::DATE AS from_on, max(last_seen_at)::DATE AS to_on
FROM vacancy GROUP BY provenance ORDER BY n_vacancies DESC
"""


def provenance(path: Path) -> list[dict]:
    """Return vacancies and dates by provenance, most first."""
    return rows(path, PROVENANCE)


def previous(path: Path) -> Path | None:
    """Return the snapshot published before this one, where it is still kept beside it."""
    others = sorted(file for file in path.parent.glob(f"*{path.suffix}") if file.name < path.name)
    return others[-1] if others else None
