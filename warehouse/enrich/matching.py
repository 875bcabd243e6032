"""How hundreds of regexes are asked of a batch without being compiled anew for every batch.

Polars keeps the last 32 regexes of each thread compiled and compiles every other one again, which for the 200 of the
codebook took 110 ms a call. So each regex belongs to a thread with few enough of them, and only that thread runs it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

_REGEXES_PER_THREAD = 30
"""Two fewer than Polars 2.1 keeps."""


T = TypeVar("T")


class _Owners:
    """Which thread runs what: given out in order of first use, so that what is asked together shares a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: list[ThreadPoolExecutor] = []
        self._room = 0
        self._owner: dict[Hashable, ThreadPoolExecutor] = {}

    def start_anew(self) -> None:
        """In a forked child no thread of its parent lives on."""
        self._lock, self._threads, self._room, self._owner = threading.Lock(), [], 0, {}

    def of(self, key: Hashable, regexes: int = 1) -> ThreadPoolExecutor:
        with self._lock:
            if key not in self._owner:
                if self._room < regexes:
                    self._threads.append(ThreadPoolExecutor(1, thread_name_prefix="regexes"))
                    self._room = _REGEXES_PER_THREAD
                self._room -= regexes
                self._owner[key] = self._threads[-1]
            return self._owner[key]


_owners = _Owners()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_owners.start_anew)


def run(key: str, regexes: int, work: Callable[..., T], *arguments: object) -> T:
    """Return `work(*arguments)` done by one thread; `key` names work with so many regexes of its own, at most 30.

    Their expressions are to be evaluated one by one (`select_seq`, `with_columns_seq`): Polars' own threads take others.
    """
    return _owners.of(key, regexes).submit(work, *arguments).result()


def contains(texts: pl.Series, patterns: Sequence[str]) -> list[pl.Series]:
    """For each regex whether each text of a String series holds a match, null for null.

    The regexes are constants of this package: each stays compiled for the life of the process.
    """
    return _answers(texts.alias("text").to_frame(), [("text", pattern) for pattern in patterns])


def _answers(frame: pl.DataFrame, asked: Sequence[tuple[str, str]]) -> list[pl.Series]:
    batches: dict[ThreadPoolExecutor, list[pl.Expr]] = {}
    for number, (column, pattern) in enumerate(asked):
        expression = pl.col(column).str.contains(pattern).alias(str(number))
        batches.setdefault(_owners.of(pattern), []).append(expression)
    working = [owner.submit(frame.select_seq, *expressions) for owner, expressions in batches.items()]
    found = {column.name: column for future in working for column in future.result()}
    return [found[str(number)] for number in range(len(asked))]


class Questions:
    """Regexes that expressions ask of columns: `contains` stands for an answer, which `answered` then puts there.

    An expression is built once, with `questions.contains("title", regex)` where it would else have
    `pl.col("title").str.contains(regex)`, and is evaluated on the frame that `answered` returns.
    """

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], str] = {}

    def contains(self, column: str, pattern: str) -> pl.Expr:
        """The column that will tell whether `column` holds a match."""
        return pl.col(self._asked.setdefault((column, pattern), f"~{len(self._asked)}"))

    def answered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` with a Boolean column for each regex that was asked of one of its columns."""
        found = _answers(frame, list(self._asked))
        return frame.hstack([answer.alias(name) for answer, name in zip(found, self._asked.values(), strict=True)])
