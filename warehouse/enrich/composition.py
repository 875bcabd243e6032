"""How the extractors of this folder become one function of a row, whatever table the row stands in."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import threading
from collections.abc import Callable
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
"""At most so many rows are read together: fewer bound memory. Threads share the rows, not the extractors: two that did
different work waited for each other's interpreter lock and took a third longer."""


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
    here = Path(__file__).parent
    names = sorted(module.name for module in pkgutil.iter_modules([str(here)]))
    # The others stay unread: the training of weights alone would load 1.3 s of libraries into every process.
    declaring = [name for name in names if "\nFIELDS" in (here / f"{name}.py").read_text("utf-8")]
    modules = [importlib.import_module(f"{package}.{name}") for name in declaring]
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


@cache
def _load() -> None:
    """Have extractors read what they know, 2 s of it, before threads share the rows: two at once would both read it."""
    enrich_alone(
        pl.DataFrame({"id": ["0"], "title": [""], "company": [""], "location": ["Kiel"], "text": ["Five years."]})
    )


def enrich(frame: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Return `id` and the codebook's fields of each row of `frame`, same height and order.

    `frame` needs a column `id` and should have `title, company, location, text` (`text` plain or HTML); it may have the
    columns of `HINTS`. Each row is read alone, so cutting the table anywhere changes nothing. With `explain`, each field
    that was read from words has a `<field>_span` with those words.
    """
    threads = min(os.cpu_count() or 1, frame.height // _ROWS_WORTH_A_THREAD)
    if threads < 2:
        return enrich_alone(frame, explain=explain)
    from warehouse.enrich.processes import helpers

    _load()
    text_bytes = frame["text"].cast(pl.String).str.len_bytes().sum() if "text" in frame.columns else 0
    here: list[Callable[..., pl.DataFrame]] = [enrich_alone] * threads
    readers = [*(helper.enrich for helper in helpers.ready(threads - 1, text_bytes)), *here][:threads]
    rounds = -(-frame.height // (threads * _ROWS_AT_ONCE))
    slices = list(frame.iter_slices(-(-frame.height // (threads * rounds))))
    waiting = iter(enumerate(slices))
    taking = threading.Lock()

    def read(reader: Callable[..., pl.DataFrame]) -> dict[int, pl.DataFrame]:
        enriched = {}
        while True:
            with taking:
                number, rows = next(waiting, (None, None))
            if number is None or rows is None:
                return enriched
            enriched[number] = reader(rows, explain=explain)

    with ThreadPoolExecutor(threads) as pool:
        enriched = {number: rows for part in pool.map(read, readers) for number, rows in part.items()}
    return pl.concat([enriched[number] for number in range(len(slices))])


def enrich_alone(frame: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Do what `enrich` does in the calling thread, the rows together."""
    postings = prepare(frame)
    columns = {"language": postings["language"]}
    for module in extractors():
        columns |= {column.name: column for column in module.extract(postings, explain=explain)}
    fields = [
        columns[name].cast(kind).alias(name) if name in columns else pl.Series(name, [None] * frame.height, dtype=kind)
        for name, kind in ENRICHED_SCHEMA.items()
    ]
    spans = [columns[name] for name in sorted(columns) if name.endswith("_span")]
    return pl.DataFrame([frame["id"], *fields, *spans])
