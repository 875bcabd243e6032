"""How an index beside the archive is kept: one that is broken is begun anew, for losing it only costs time or bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_index(path: Path, schema: str) -> sqlite3.Connection:
    """Return a connection to the SQLite file with the tables of `schema`; a file that is no database is replaced.

    Raise `sqlite3.OperationalError` where the folder cannot be written or another process holds the file for a minute.
    """
    try:
        return _opened(path, schema)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for part in ("", "-wal", "-shm"):
            path.with_name(path.name + part).unlink(missing_ok=True)
        return _opened(path, schema)


def _opened(path: Path, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def in_one_go(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what the block writes, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
