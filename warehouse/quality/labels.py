"""Where labels made by reading postings lie, and the postings they belong to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import polars as pl

from warehouse.quality.figures import Row
from warehouse.schema import UserError

ROOT = Path(__file__).resolve().parents[2]
READINGS = ROOT / "warehouse" / "reference" / "readings_ashby.jsonl"
LABELS = ROOT / "tests" / "labels"
FURTHER = LABELS / "ashby_further.jsonl"
RANDOM = "random openings"
RANDOM_BOARDS, RANDOM_NETWORK = LABELS / "roles_random_ashby.jsonl", LABELS / "roles_random_network.jsonl"
RARE = LABELS / "roles_rare_ashby.jsonl"
RESEARCH = READINGS.with_name("readings_research_2020.jsonl")
FRESH = "fresh labels"
FRESH_BOARDS, FRESH_ROWS = LABELS / "fresh_ashby.jsonl", LABELS / "fresh_2026_05.jsonl"
EARLIER_RANDOM = "earlier random openings"
"""Rules have been corrected by them since they were drawn: their figures flatter, and no share is corrected by them."""
EARLIER_BOARDS = READINGS.with_name("readings_random_ashby.jsonl")
EARLIER_NETWORK = READINGS.with_name("readings_random_network.jsonl")
GOLD = ROOT / ".." / "shared" / "gold"


class Labelled(NamedTuple):
    """Postings (`id, title, company, location, text`), their labels in the same order, and the name of the set."""

    label_set: str
    postings: pl.DataFrame
    labels: list[Row]


def read_gold(folder: Path) -> Labelled:
    """Read `postings_dev.jsonl` of a folder of labels."""
    path = folder / "postings_dev.jsonl" if folder.is_dir() else folder
    if not path.is_file():
        raise UserError(f"There are no labelled postings at {path}: give their file or folder with --gold.")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Labelled(
        "development labels", pl.DataFrame([line["posting"] for line in lines]), [line["label"] for line in lines]
    )


def read_readings(labels: Path, recordings: Path, label_set: str = "later labels") -> Labelled:
    """Read labels of recorded Ashby postings, one {"board", "posting_id", "label"} a line, without pay and reporting line.

    A label may leave out fields.
    """
    lines = _lines(labels)
    return Labelled(label_set, _recorded(lines, recordings), [line["label"] for line in lines])


def read_fresh(boards: Path, rows: Path, recordings: Path, listed: Path) -> Labelled:
    """Read labels that no rule and no weight has seen: recorded Ashby postings, and rows of the postings of May 2026.

    `boards` holds one {"board", "posting_id", "label"} a line, `rows` one {"row", "label"} for a row of the Parquet file
    `listed`, without the place and the pay, which are that file's facts.
    """
    of_boards, of_rows = _lines(boards), _lines(rows)
    postings = pl.concat([_recorded(of_boards, recordings), _listed(of_rows, listed)])
    return Labelled(FRESH, postings, [line["label"] for line in [*of_boards, *of_rows]])


def _listed(lines: Sequence[Row], listed: Path) -> pl.DataFrame:
    told = pl.read_parquet(listed)[[line["row"] for line in lines]]
    numbers = pl.Series("id", [str(line["row"]) for line in lines])
    return told.select(numbers, "company", "title", "location", "text")


def read_research(labels: Path, listed: Path, first: int = 1) -> Labelled:
    """Read every other label of `asks_research`: {"row", "label"} lines over the Parquet file of postings of April 2020.

    From the line numbered `first`: weights are fitted to lines 0, 2, 4 …, and measured on lines 1, 3, 5 …
    """
    lines = _lines(labels)[first::2]
    told = pl.read_parquet(listed)[[line["row"] for line in lines]]
    postings = told.select(
        id=pl.Series([str(line["row"]) for line in lines]), title="Job Title", company="Company Name", location="Location",
        text="Job Description",
    )  # fmt: skip
    return Labelled("research labels of 2020", postings, [line["label"] for line in lines])


def read_random(boards: Path, network: Path, recordings: Path, listed: Path, label_set: str = RANDOM) -> Labelled:
    """Read the roles of openings drawn at random: recorded Ashby postings, and titles of the venture network's list.

    `boards` holds one {"board", "posting_id", "label"} a line, `network` one {"id", "label"} for a row of the Parquet file
    `listed`. Each had the same chance whatever is read of it, so that these labels alone tell how often roles are confused
    in the market that is judged.
    """
    of_boards, of_network = _lines(boards), _lines(network)
    wanted = pl.DataFrame({"id": [line["id"] for line in of_network]})
    titles = wanted.join(pl.read_parquet(listed), on="id", how="left", maintain_order="left")
    shown = titles.select(pl.col("id").cast(pl.String), "company", "title", "location", text=pl.lit(""))
    return Labelled(
        label_set,
        pl.concat([_recorded(of_boards, recordings), shown]),
        [line["label"] for line in [*of_boards, *of_network]],
    )


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _recorded(lines: Sequence[Row], recordings: Path) -> pl.DataFrame:
    jobs = {}
    for board in {line["board"] for line in lines}:
        recorded = json.loads((recordings / f"stapply-ai__ats-scrapers__{quote(board)}.json").read_text("utf-8"))
        jobs |= {(board, job["id"]): job for job in recorded["jobs"]}
    rows = []
    for line in lines:
        job = jobs[line["board"], line["posting_id"]]
        text = {"title": job["title"], "location": job["location"], "text": job["descriptionPlain"] or ""}
        rows.append({"id": line["posting_id"], "company": line["board"]} | text)
    return pl.DataFrame(rows)


def every_set(gold: Path, recordings: Path, datasets: Path) -> list[Labelled]:
    """Every set of labels whose postings are at hand; UserError where the given labels are not."""
    sets = [read_gold(gold)]
    if recordings.is_dir():
        sets.append(read_readings(READINGS, recordings))
        if FURTHER.is_file():
            sets.append(read_readings(FURTHER, recordings, "labels of further boards"))
    of_may, of_2020 = datasets / "ats_postings_2026_05.parquet", datasets / "glassdoor_data_scientist_2020_04.parquet"
    if recordings.is_dir() and of_may.is_file() and FRESH_BOARDS.is_file():
        sets.append(read_fresh(FRESH_BOARDS, FRESH_ROWS, recordings, of_may))
    if RESEARCH.is_file() and of_2020.is_file():
        sets.append(read_research(RESEARCH, of_2020))
    listed = datasets / "network_jobs_2025_2026.parquet"
    if recordings.is_dir() and listed.is_file():
        sets.append(read_random(EARLIER_BOARDS, EARLIER_NETWORK, recordings, listed, EARLIER_RANDOM))
        if RANDOM_BOARDS.is_file():
            sets.append(read_random(RANDOM_BOARDS, RANDOM_NETWORK, recordings, listed))
            sets.append(read_readings(RARE, recordings, "openings of rare roles"))
    return sets
