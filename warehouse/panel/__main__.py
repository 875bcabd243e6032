"""Rebuilds the bundled panel by the project's own pipeline: crawl recorded boards, import recorded threads, build, strip."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from warehouse.build import build
from warehouse.employers import BY_BOARD, BY_WORDS, UNNAMED
from warehouse.enrich import PARSER_VERSION
from warehouse.importing import import_file
from warehouse.panel import FACT_SCHEMA, PANEL
from warehouse.schema import DataFolder
from warehouse.snapshot import open_snapshot

RECORDED_ON = "2025-10-28"
"""The day on which the Ashby boards were recorded, as their repository's commit says."""
IMPORTED = {"hn_who_is_hiring_2011_2019.parquet": "hn_who_is_hiring", "network_jobs_2025_2026.parquet": "network_jobs"}
"""Data sets whose licence lets facts of them be shipped, and the map each is read by."""
LARGEST_BYTES = 15_000_000
LONGEST_NAME_CHARACTERS = 40
LONGEST_NAME_WORDS = 5
LONGEST_TITLE_CHARACTERS = 60
LONGEST_TITLE_WORDS = 8

SENTENCE = (
    "The panel's facts come from {ashby:,} openings on {boards:,} Ashby boards recorded on {recorded}, the titles of {network:,} openings "
    "at companies of a venture network of {network_first} to {network_last}, and {threads:,} openings in the Hacker News hiring "
    "threads of {first} to {last}; it holds no sentence of any posting."
)


def crawl_recordings(shared: Path, folder: DataFolder, scratch: Path) -> int:
    """Crawl the recorded Ashby boards through the real spider over loopback; return the number of boards.

    The command line is the seam: the warehouse does not import the crawler. Sightings are then dated to the day of the
    recording.
    """
    served = scratch / "served" / "api.ashbyhq.com" / "posting-api" / "job-board"
    served.mkdir(parents=True)
    manifest = pl.read_csv(shared / "recordings" / "MANIFEST.tsv", separator="\t", infer_schema=False, quote_char=None)
    usable = manifest.filter(
        (pl.col("source") == "ashby") & pl.col("licence").str.starts_with("MIT") & (pl.col("kind") == "verbatim-api")
    )
    boards = []
    for path in usable["file"]:
        board = unquote(Path(path).stem.split("__")[-1])
        shutil.copy(shared / "recordings" / path, served / f"{board}.json")
        boards.append(board)
    board_file = scratch / "boards.csv"
    pl.DataFrame({"source": ["ashby"] * len(boards), "board": sorted(boards)}).write_csv(board_file)
    server = subprocess.Popen(
        [sys.executable, "-m", "crawler.replay", str(scratch / "served"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        if address is None:
            raise RuntimeError("the replay server gave no address")
        asked = ["crawl", "ashby", "--boards", str(board_file), "--replay", address.group(), "--quiet"]
        settings = ["--data", str(folder.root)]
        subprocess.run([sys.executable, "-m", "rolemarket", *asked, *settings], check=True)
    finally:
        server.terminate()
        server.wait()
    for path in [*folder.sightings.glob("*.jsonl"), *folder.readings.glob("*.jsonl")]:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            for name in ("sighted_at", "asked_at", "answered_at"):
                if line.get(name):
                    line[name] = RECORDED_ON + line[name][10:]
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return len(boards)


def facts_of(folder: DataFolder) -> pl.DataFrame:
    """Return the facts of a built snapshot with `FACT_SCHEMA`: no text, no address of a page, no poster.

    A thread's comment is free text, so of it only short names and titles are kept, and the place as the country and
    city that were understood.
    """
    connection = open_snapshot(folder)
    try:
        vacancies = connection.sql(
            """
            SELECT v.*, e.domain, e.size_class, e.size_source, e.size_as_of_on, s.skills FROM vacancy v
            JOIN employer e USING (employer_id)
            LEFT JOIN (SELECT vacancy_id, list(skill_id ORDER BY skill_id) AS skills FROM vacancy_skill GROUP BY ALL) s
                USING (vacancy_id)
            ORDER BY vacancy_id
            """
        ).pl()
    finally:
        connection.close()
    is_thread = pl.col("part") > 0
    unnamed = pl.col("employer_id").str.starts_with(UNNAMED)
    is_long = _is_long("employer_name", LONGEST_NAME_CHARACTERS, LONGEST_NAME_WORDS) & is_thread
    nameless = unnamed | is_long
    said_then = pl.col("size_source").is_in([BY_BOARD, BY_WORDS]) & (
        pl.col("size_as_of_on") == pl.col("first_seen_at").dt.date()
    )
    number = pl.col("employer_id").rank("dense").cast(pl.Int64).cast(pl.String).str.zfill(6)
    return (
        vacancies.with_columns(
            provenance=pl.lit("panel"),
            url=pl.lit(None, dtype=pl.String),
            location_raw=pl.when(~is_thread).then("location_raw"),
            title=pl.when(~(is_thread & _is_long("title", LONGEST_TITLE_CHARACTERS, LONGEST_TITLE_WORDS))).then(
                "title"
            ),
            employer_name=pl.when(~nameless).then("employer_name"),
            employer_id=pl.when(nameless)
            .then(pl.concat_str(pl.lit(f"{UNNAMED}panel-"), number))
            .otherwise("employer_id"),
            domain=pl.when(~nameless).then("domain"),
            reports_to=pl.when(~is_thread).then("reports_to"),
            size_said=pl.when(said_then).then("size_class"),
            size_said_by=pl.when(said_then).then("size_source"),
            skills=pl.col("skills").fill_null([]),
        )
        .select(list(FACT_SCHEMA))
        .cast(FACT_SCHEMA)
        .sort("vacancy_id")
    )


def _is_long(name: str, characters: int, words: int) -> pl.Expr:
    text = pl.col(name)
    return ((text.str.len_chars() > characters) | (text.str.count_matches(r"\s+") >= words)).fill_null(False)


def write_panel(shared: Path, target: Path = PANEL) -> pl.DataFrame:
    """Rebuild the panel from the recordings and data sets below `shared`; return its rows."""
    with tempfile.TemporaryDirectory(prefix="rolemarket-panel-") as scratch:
        folder = DataFolder(Path(scratch) / "data")
        boards = crawl_recordings(shared, folder, Path(scratch))
        for file, columns in IMPORTED.items():
            import_file(folder, shared / "datasets" / file, Path(columns))
        build(folder, progress=lambda step, done, total: print(f"{step} {done}/{total}", end="\r", file=sys.stderr))
        return write_facts(folder, boards, target)


def write_facts(folder: DataFolder, boards: int, target: Path = PANEL) -> pl.DataFrame:
    """Write the facts of a built data folder as a panel that says what it is; return its rows. Fail above 15 MB."""
    facts = facts_of(folder)
    threads = facts.filter(pl.col("part") > 0)
    network = facts.filter(pl.col("source") == "network_jobs")
    sentence = SENTENCE.format(
        ashby=facts.filter(pl.col("source") == "ashby").height,
        network=network.height,
        network_first=f"{network['first_seen_at'].min():%B %Y}",
        network_last=f"{network['last_seen_at'].max():%B %Y}",
        boards=boards,
        recorded=RECORDED_ON,
        threads=threads.height,
        first=f"{threads['first_seen_at'].min():%B %Y}",
        last=f"{threads['last_seen_at'].max():%B %Y}",
    )
    said = {"rolemarket_panel": sentence, "rolemarket_panel_parser_version": PARSER_VERSION}
    partial = target.with_suffix(".partial")
    facts.write_parquet(partial, compression="zstd", compression_level=19, metadata=said)
    if partial.stat().st_size > LARGEST_BYTES:
        raise RuntimeError(f"the panel has {partial.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}")
    partial.replace(target)
    return facts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m warehouse.panel", description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds recordings/ and datasets/")
    rows = write_panel(parser.parse_args().shared)
    print(f"{rows.height:,} vacancies of {rows['employer_id'].n_unique():,} employers, {PANEL.stat().st_size:,} bytes")
    print(rows.group_by("source").len().sort("source"))
