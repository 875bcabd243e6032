"""How the extractors of this folder become one function of a row, whatever table the row stands in."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from warehouse.enrich.text import plain_text, with_language
from warehouse.schema.tables import CODEBOOK

HINTS = ("country_raw", "work_mode_raw", "level_raw", "department_raw", "pay_raw", "posted_at")
"""What a source may say beside the text, in its own words; every one may be absent."""

_TYPES = {"VARCHAR": pl.String(), "BOOLEAN": pl.Boolean(), "DOUBLE": pl.Float64()}
ENRICHED_SCHEMA: dict[str, pl.DataType] = {column.name: _TYPES[column.type] for column in CODEBOOK} | {
    "skills": pl.List(pl.String),
    "ambiguous_skills": pl.List(pl.String),
}
"""The columns `enrich` adds to `id`, in order, with their types."""


_ROWS_WORTH_A_THREAD = 250
_ROWS_AT_ONCE = 8_000
"""Rows read together: each call of the extractors costs some 60 ms for compiling their regexes, whatever its height."""


class Extractor(Protocol):
    """A module of this folder that reads some fields of the codebook."""

    FIELDS: tuple[str, ...]

    def extract(self, postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
        """Return the columns FIELDS for `postings`, same height and order; with `explain` also `<field>_span`."""
        ...


@cache
def extractors() -> tuple[Extractor, ...]:
    """Return every module beside this one that declares `FIELDS` and `extract`, by name."""
    package = __name__.rpartition(".")[0]
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    return tuple(
        cast(Extractor, module) for module in modules if hasattr(module, "FIELDS") and hasattr(module, "extract")
    )


def _digest() -> str:
    """Return a digest of everything an extractor can depend on: the code and the reference files beside it."""
    here = Path(__file__).parent
    files = [path for folder in (here, here.parent / "reference") for path in folder.rglob("*")]
    digest = hashlib.blake2b(digest_size=5)
    for path in sorted(files):
        if path.is_file() and path.suffix in {".py", ".csv", ".toml", ".json", ".npz"} and path.name != "quality.json":
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


PARSER_VERSION = f"1-{_digest()}"
"""Changes whenever code or reference data of the extractors changes, so that nothing stale is ever reused."""


def prepare(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what extractors read: title, company, location, plain text (never null), language and the hints."""
    words = [
        (pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("")).alias(name)
        for name in ("title", "company", "location", "text")
    ]
    hints = [
        (pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String)).alias(name)
        for name in HINTS
    ]
    postings = frame.select("id", *words, *hints).drop("id")
    return with_language(plain_text(postings))


def enrich(frame: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Return `id` and the codebook's fields of each row of `frame`, same height and order.

    `frame` needs a column `id` and should have `title, company, location, text` (`text` plain or HTML); it may have the
    columns of `HINTS`. Each row is read alone, so cutting the table anywhere changes nothing. With `explain`, each field
    that was read from words has a `<field>_span` with those words.
    """
    threads = min(os.cpu_count() or 1, frame.height // _ROWS_WORTH_A_THREAD)
    if threads < 2:
        return enrich_alone(frame, explain=explain)
    slices = max(-(-threads // 2), -(-frame.height // _ROWS_AT_ONCE))
    with ThreadPoolExecutor(threads) as pool:
        parts = [
            (rows, pool.map(prepare, rows.iter_slices(-(-rows.height // threads))))
            for rows in frame.iter_slices(-(-frame.height // slices))
        ]
        found = [
            (rows, [pool.submit(_read, group, postings, explain=explain) for group in _groups()])
            for rows, postings in ((rows, pl.concat(pieces)) for rows, pieces in parts)
        ]
        return pl.concat(_joined(rows, [future.result() for future in futures]) for rows, futures in found)


@cache
def _groups() -> tuple[tuple[Extractor, ...], ...]:
    """The extractors in groups that share a pass over the text, the longest first: phrases, then headings, then each alone.

    Threads that do different work seldom wait for each other's interpreter lock, and a regex is compiled once.
    """
    groups: dict[str, list[Extractor]] = {"cues": [], "sections": []}
    for module in extractors():
        shared = next((name for name in groups if hasattr(module, name)), module.__name__)
        groups.setdefault(shared, []).append(module)
    return tuple(tuple(group) for group in groups.values())


def enrich_alone(frame: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Do what `enrich` does in the calling thread, the rows together."""
    return _joined(frame, [_read(extractors(), prepare(frame), explain=explain)])


def _read(group: Iterable[Extractor], postings: pl.DataFrame, *, explain: bool) -> dict[str, pl.Series]:
    columns = {"language": postings["language"]}
    for module in group:
        columns |= {column.name: column for column in module.extract(postings, explain=explain)}
    return columns


def _joined(frame: pl.DataFrame, found: Iterable[dict[str, pl.Series]]) -> pl.DataFrame:
    columns = {name: column for part in found for name, column in part.items()}
    fields = [
        columns[name].cast(kind).alias(name) if name in columns else pl.Series(name, [None] * frame.height, dtype=kind)
        for name, kind in ENRICHED_SCHEMA.items()
    ]
    spans = [columns[name] for name in sorted(columns) if name.endswith("_span")]
    return pl.DataFrame([frame["id"], *fields, *spans])
