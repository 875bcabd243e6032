"""What each line of the archive is worked up to, once: comments split, texts enriched, results kept by content and parser.

Two families of parts lie below `enriched/<key>/`, one of each per range of an archive file that was read:

- `lines/`: every sighting without its content (who, where, when, which content), as Parquet;
- `units/`: for each new content the vacancies it shows, enriched: one for a posting, one per role of a comment. Parquet
  without the sketches, and beside it their matrix, of which a build reads the few rows that it compares.

The key names everything that decides the result, so a new parser version starts an empty folder, and a text whose
content hash is already there is not enriched again. A range is done when its part of `lines` is in place.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.archive import LineProblem, read_chunks, sighting_frame, torn_tail
from warehouse.contents import UNIT_SCHEMA, interpret_contents, naive_utc
from warehouse.enrich import PARSER_VERSION
from warehouse.instants import read_instant
from warehouse.schema import DataFolder
from warehouse.sketches import Sketch, sketch_matrix

_HERE = Path(__file__).parent
_BEFORE_EXTRACTORS = (
    *("places.py", "instants.py", "headcount.py", "interpretation.py", "contents.py", "sketches.py"),
    *("domains.py", "shared_hosts.toml"),
    *sorted(f"threads/{path.name}" for path in (_HERE / "threads").glob("*.py")),
)
SPLITTER_VERSION = hashlib.blake2b(
    b"".join((_HERE / name).read_bytes() for name in _BEFORE_EXTRACTORS), digest_size=4
).hexdigest()
"""Changes whenever the code before the extractors changes, so that nothing stale is ever reused."""

BATCH_UNITS = 4_000

LINE_SCHEMA = {
    "source": pl.String,
    "board": pl.String,
    "posting_id": pl.String,
    "sighted_at": pl.Datetime("us"),
    "crawl_id": pl.String,
    "content_hash": pl.String,
    "is_sample": pl.Boolean,
    "is_repeat": pl.Boolean,
    "line": pl.Int64,
}
_RANGE = re.compile(r"(?P<stem>.+)\.(?P<start>\d+)-(?P<end>\d+)\.(?P<lines>\d+)\.(?P<units>\d+)\.parquet")


@dataclass(frozen=True, slots=True)
class Interpretation:
    """In which folder the parts lie and under which patterns, which lines could not be used, and how many texts were enriched this time."""

    root: Path
    lines: str
    units: str
    problems: list[LineProblem]
    enriched: int
    sightings: int


@dataclass(slots=True)
class _Store:
    root: Path
    known: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))

    @property
    def lines(self) -> Path:
        return self.root / "lines"

    @property
    def units(self) -> Path:
        return self.root / "units"

    def done(self) -> dict[str, tuple[int, int]]:
        """Return for each archive file how many bytes and lines of it are interpreted without a gap.

        A range whose parts are not all there, and what comes after it, is forgotten.
        """
        ranges: dict[str, list[tuple[int, int, int, Path]]] = {}
        for path in self.lines.glob("*.parquet"):
            if match := _RANGE.fullmatch(path.name):
                stem, start, end = match["stem"], int(match["start"]), int(match["end"])
                units = [self.units / f"{stem}.{start}-{end}.{n}.parquet" for n in range(int(match["units"]))]
                if all(unit.is_file() and sketch_file(unit).is_file() for unit in units):
                    ranges.setdefault(stem, []).append((start, end, int(match["lines"]), path))
                    continue
            path.unlink()
        ends: dict[str, tuple[int, int]] = {}
        for stem, found in ranges.items():
            position, line = 0, 0
            for start, end, last_line, path in sorted(found):
                if start == position:
                    position, line = end, last_line
                else:
                    path.unlink()
            ends[stem] = (position, line)
        return ends


def cache_key() -> str:
    """Return the name of everything but the archive that decides an interpretation."""
    shape = hashlib.blake2b(repr(UNIT_SCHEMA).encode() + repr(LINE_SCHEMA).encode(), digest_size=4).hexdigest()
    return f"{PARSER_VERSION}-{SPLITTER_VERSION}-{shape}"


def interpret(
    folder: DataFolder, *, full: bool = False, progress: Callable[[str, int, int], None] | None = None
) -> Interpretation:
    """Interpret every line of the archive that has not been, a bounded number at a time; `full` starts anew.

    So does an archive out of which a file was taken or cut short, for what it held may be all there is of texts that
    other files repeat. Raise nothing for a bad line: it is in `problems`, with its file and line.
    """
    store = _Store(folder.enriched / cache_key())
    files = sorted(folder.sightings.glob("*.jsonl"))
    bytes_of = {path.stem: path.stat().st_size for path in files}
    if full or any(end > bytes_of.get(stem, 0) for stem, (end, _) in store.done().items()):
        shutil.rmtree(store.root, ignore_errors=True)
    for old in folder.enriched.glob("*"):
        if old != store.root and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    store.lines.mkdir(parents=True, exist_ok=True)
    store.units.mkdir(parents=True, exist_ok=True)
    for leftover in [*store.lines.glob("*.partial"), *store.units.glob("*.partial")]:
        leftover.unlink()
    done = store.done()
    units_there = sorted(store.units.glob("*.parquet"))
    if units_there:
        store.known = pl.scan_parquet(units_there).select(pl.col("content_hash").unique()).collect()["content_hash"]

    problems: list[LineProblem] = []
    total = sum(bytes_of.values())
    position = enriched = sightings = 0
    for path in files:
        start, line = done.get(path.stem, (0, 0))
        for chunk in read_chunks(path, start, line):
            frame, wrong = sighting_frame(chunk, path.name)
            enriched += _interpret_chunk(
                store,
                frame,
                chunk.line_numbers,
                path.stem,
                start,
                chunk.next_byte,
                chunk.next_line,
                [*chunk.problems, *wrong],
            )
            sightings += frame.height
            start, line = chunk.next_byte, chunk.next_line
            if progress:
                progress("Interpreting the archive", (position + start) // 1024, total // 1024)
        if tail := torn_tail(path, start, line):
            problems.append(tail)
        position += bytes_of[path.stem]
    problems += _problems_so_far(store)
    lines, units = str(store.lines / "*.parquet"), str(store.units / "*.parquet")
    return Interpretation(store.root, lines, units, problems, enriched, sightings)


def _interpret_chunk(
    store: _Store,
    frame: pl.DataFrame,
    line_numbers: list[int],
    stem: str,
    start: int,
    end: int,
    last_line: int,
    problems: list[LineProblem],
) -> int:
    bad = {problem.line for problem in problems}
    numbers = [number for number in line_numbers if number not in bad]
    frame = frame.with_columns(
        pl.Series("line", numbers, dtype=pl.Int64),
        pl.Series("instant", [naive_utc(read_instant(text)) for text in frame["sighted_at"]], dtype=pl.Datetime("us")),
    )
    undated = frame.filter(pl.col("instant").is_null())
    problems += [LineProblem(f"{stem}.jsonl", n, f"line {n}: sighted_at is not a date") for n in undated["line"]]
    frame = frame.filter(pl.col("instant").is_not_null())
    fresh = (
        frame.filter(~pl.col("is_repeat"))
        .unique("content_hash", keep="first", maintain_order=True)
        .filter(~pl.col("content_hash").is_in(store.known.implode()))
    )
    parts = 0
    if fresh.height:
        for batch in _batches(fresh):
            _put_units(batch, store.units / f"{stem}.{start}-{end}.{parts}.parquet")
            parts += 1
        store.known = store.known.append(fresh["content_hash"])
    lines = frame.select(
        "source",
        "board",
        "posting_id",
        pl.col("instant").alias("sighted_at"),
        "crawl_id",
        "content_hash",
        "is_sample",
        "is_repeat",
        "line",
    )
    if problems:
        faults = pl.DataFrame(
            [{"line": p.line, "reason": p.reason} for p in problems], schema={"line": pl.Int64, "reason": pl.String}
        )
        faults.write_csv(store.lines / f"{stem}.{start}-{end}.{last_line}.{parts}.problems.csv")
    _put(lines.cast(LINE_SCHEMA), store.lines / f"{stem}.{start}-{end}.{last_line}.{parts}.parquet")
    return fresh.height


def _problems_so_far(store: _Store) -> list[LineProblem]:
    found = []
    for path in sorted(store.lines.glob("*.problems.csv")):
        if (store.lines / path.name.replace(".problems.csv", ".parquet")).exists():
            stem = path.name.rsplit(".", 5)[0]
            for row in pl.read_csv(path, schema={"line": pl.Int64, "reason": pl.String}).iter_rows(named=True):
                found.append(LineProblem(f"{stem}.jsonl", row["line"], row["reason"]))
    return found


def _put(frame: pl.DataFrame, path: Path) -> None:
    partial = path.with_suffix(".partial")
    frame.write_parquet(partial, compression="zstd", compression_level=1)
    partial.replace(path)


def sketch_file(units: Path) -> Path:
    """Return where the sketches of a part of `units` lie."""
    return units.with_suffix(".npy")


def _put_units(frame: pl.DataFrame, path: Path) -> None:
    """Write the sketches before the part that makes them count."""
    partial = sketch_file(path).with_suffix(".partial")
    with partial.open("wb") as file:
        np.save(file, sketch_matrix(frame["sketch"]))
    partial.replace(sketch_file(path))
    _put(frame.drop("sketch"), path)


def read_sketches(units: Path, rows: npt.NDArray[np.int64]) -> list[Sketch]:
    """Return the sketches of these rows of a part of `units`, reading no others: a kilobyte each."""
    wanted = np.load(sketch_file(units), mmap_mode="r")[rows]
    return [row[1 : 1 + int(row[0])] for row in wanted]


def _batches(fresh: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for start in range(0, fresh.height, BATCH_UNITS):
        yield interpret_contents(fresh.slice(start, BATCH_UNITS))
