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
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.archive import LineProblem, read_chunks, sighting_frame, torn_tail
from warehouse.domains import registered_domain
from warehouse.enrich import PARSER_VERSION, enrich
from warehouse.enrich.text import plain_text
from warehouse.headcount import said_headcount
from warehouse.instants import read_date, read_instant
from warehouse.schema import DataFolder
from warehouse.schema.tables import CODEBOOK
from warehouse.threads import comment_text, split_comment

_HERE = Path(__file__).parent
_BEFORE_EXTRACTORS = (
    *("places.py", "instants.py", "headcount.py", "interpretation.py", "domains.py", "shared_hosts.toml"),
    *sorted(f"threads/{path.name}" for path in (_HERE / "threads").glob("*.py")),
)
SPLITTER_VERSION = hashlib.blake2b(
    b"".join((_HERE / name).read_bytes() for name in _BEFORE_EXTRACTORS), digest_size=4
).hexdigest()
"""Changes whenever the code before the extractors changes, so that nothing stale is ever reused."""

BATCH_UNITS = 4_000
SKETCH_SIZE = 128

_TYPES = {"VARCHAR": pl.String, "BOOLEAN": pl.Boolean, "DOUBLE": pl.Float64}
CODEBOOK_TYPES = {column.name: _TYPES[column.type] for column in CODEBOOK}

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
UNIT_SCHEMA = {
    "content_hash": pl.String,
    "part": pl.Int32,
    "source": pl.String,
    "board": pl.String,
    "posting_id": pl.String,
    "form": pl.String,
    "is_sample": pl.Boolean,
    "url": pl.String,
    "title": pl.String,
    "company_raw": pl.String,
    "domain": pl.String,
    "size_raw": pl.String,
    "headcount": pl.Int64,
    "location_raw": pl.String,
    "employment_raw": pl.String,
    "department_raw": pl.String,
    "requisition_raw": pl.String,
    "poster_hash": pl.String,
    "posted_at": pl.Datetime("us"),
    "source_closes_on": pl.Date,
    **CODEBOOK_TYPES,
    "skills": pl.List(pl.String),
    "text": pl.String,
    "text_hash": pl.String,
    "whole_hash": pl.String,
    "sketch": pl.List(pl.UInt64),
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

    Raise nothing for a bad line: it is in `problems`, with its file and line.
    """
    store = _Store(folder.enriched / cache_key())
    if full:
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
    files = sorted(folder.sightings.glob("*.jsonl"))
    total = sum(path.stat().st_size for path in files)
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
        position += path.stat().st_size
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
        pl.Series("instant", [_utc(read_instant(text)) for text in frame["sighted_at"]], dtype=pl.Datetime("us")),
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


def sketch_matrix(sketches: pl.Series) -> npt.NDArray[np.uint64]:
    """Return sketches as rows of 1 + `SKETCH_SIZE` numbers: how many there are, these, and zeros."""
    sizes = sketches.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    matrix = np.zeros((sketches.len(), 1 + SKETCH_SIZE), np.uint64)
    matrix[:, 0] = sizes
    matrix[:, 1:][np.arange(SKETCH_SIZE) < sizes[:, None]] = sketches.explode(empty_as_null=False).to_numpy()
    return matrix


def read_sketches(units: Path, rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.uint64]]:
    """Return the sketches of these rows of a part of `units`, reading no others: a kilobyte each."""
    wanted = np.load(sketch_file(units), mmap_mode="r")[rows]
    return [row[1 : 1 + int(row[0])] for row in wanted]


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None


def _batches(fresh: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for start in range(0, fresh.height, BATCH_UNITS):
        yield interpret_contents(fresh.slice(start, BATCH_UNITS))


def interpret_contents(contents: pl.DataFrame) -> pl.DataFrame:
    """Return the vacancies that contents show (`Sighting` fields and `instant`, one row each) with `UNIT_SCHEMA`.

    Each content is looked at alone: cutting the frame anywhere changes nothing.
    """
    rows = [row for content in contents.iter_rows(named=True) for row in _units(content)]
    before = plain_text(pl.DataFrame(rows, schema=_BEFORE, orient="row"))
    whole = before.select(pl.coalesce("whole", "text")).to_series()
    return (
        before.hstack(_enriched(before))
        .with_columns(
            text_hash=pl.Series([text_hash(text) for text in before["text"]], dtype=pl.String),
            whole_hash=pl.Series([text_hash(text) for text in whole], dtype=pl.String),
            sketch=sketch(whole),
            headcount=before.select(said_headcount(pl.coalesce("whole", "text"))).to_series(),
        )
        .select(list(UNIT_SCHEMA))
        .cast(UNIT_SCHEMA)
    )


_HINTS = {
    "pay_raw": pl.String,
    "posted_raw": pl.String,
    "country_raw": pl.String,
    "work_mode_raw": pl.String,
    "level_raw": pl.String,
    "whole": pl.String,
}
_BEFORE = {
    name: kind
    for name, kind in UNIT_SCHEMA.items()
    if name not in {*CODEBOOK_TYPES, "skills", "text_hash", "whole_hash", "sketch", "headcount"}
} | _HINTS


def _units(content: dict[str, object]) -> Iterator[dict[str, object]]:
    seen_at = content["instant"].replace(tzinfo=UTC)  # type: ignore[attr-defined]
    posted_at = _utc(read_instant(content["posted_raw"], seen_at))  # type: ignore[arg-type]
    own = {
        "content_hash": content["content_hash"],
        "source": content["source"],
        "board": content["board"],
        "posting_id": content["posting_id"],
        "form": content["form"],
        "is_sample": content["is_sample"],
        "url": content["url"],
        "size_raw": content["company_size_raw"],
        "department_raw": content["department_raw"],
        "requisition_raw": content["requisition_raw"],
        "poster_hash": content["poster_hash"],
        "posted_at": posted_at,
        "source_closes_on": read_date(content["closes_raw"]),  # type: ignore[arg-type]
        "posted_raw": posted_at.isoformat() if posted_at else None,
        "country_raw": content["country_raw"],
        "level_raw": content["level_raw"],
    }
    body = str(content["body_html"] or "")
    if content["form"] != "comment":
        domain = content["company_domain_raw"]
        yield own | {
            "part": 0,
            "title": content["title"],
            "company_raw": content["company_raw"],
            "domain": registered_domain(str(domain)) if domain else None,
            "location_raw": content["location_raw"],
            "employment_raw": content["employment_raw"],
            "work_mode_raw": content["work_mode_raw"],
            "pay_raw": content["pay_raw"],
            "text": body,
            "whole": None,
        }
        return
    whole = comment_text(body)
    for part in split_comment(whole):
        yield own | {
            "part": part.number,
            "title": part.title,
            "company_raw": content["company_raw"] or part.company,
            "domain": part.domain,
            "location_raw": content["location_raw"] or part.location,
            "employment_raw": content["employment_raw"] or part.employment,
            "work_mode_raw": content["work_mode_raw"] or part.work_mode,
            "pay_raw": content["pay_raw"] or part.pay,
            "text": part.text,
            "whole": whole,
        }


def _enriched(before: pl.DataFrame) -> pl.DataFrame:
    given = before.select(
        pl.int_range(pl.len()).cast(pl.String).alias("id"),
        "title",
        pl.col("company_raw").alias("company"),
        pl.col("location_raw").alias("location"),
        "text",
        "pay_raw",
        pl.col("posted_raw").alias("posted_at"),
        "country_raw",
        "work_mode_raw",
        "level_raw",
        "department_raw",
    )
    found = enrich(given)
    return found.select(*CODEBOOK_TYPES, "skills").cast({**CODEBOOK_TYPES, "skills": pl.List(pl.String)})


def text_hash(text: str) -> str:
    """Return the hash under which a text is known: 96 bits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def sketch(texts: pl.Series) -> pl.Series:
    """Return for each text the 128 smallest hashes of its pairs of neighbouring words, sorted.

    The share of the smallest 128 of two such lists together that both hold estimates the Jaccard similarity of the
    texts' word pairs (Broder 1997), exactly so below 128 pairs, else with a standard error of at most 0.044.
    """
    words = texts.fill_null("").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}+#]+")
    pairs = pl.element() + " " + pl.element().shift(-1).fill_null("")
    hashed = pl.col("words").list.eval(pairs.hash(seed=7)).list.unique().list.sort().list.head(SKETCH_SIZE)
    return pl.DataFrame({"words": words}).select(hashed.alias("sketch")).to_series()
