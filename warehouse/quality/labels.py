"""Where labels made by reading postings lie, and the postings they belong to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
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
FRESH_RESEARCH = {
    "fresh labels of research in postings": LABELS / "fresh_research_postings.jsonl",
    "fresh labels of research elsewhere": LABELS / "fresh_research_elsewhere.jsonl",
}
RESEARCH_OF_REST = LABELS / "research_rest_of_boards.jsonl"
"""Of postings of boards that no other set has; the sentences of some have been learnt from."""
EARLIER_RANDOM = "earlier random openings"
"""Rules have been corrected by them since they were drawn: their figures flatter, and no share is corrected by them."""
EARLIER_BOARDS = READINGS.with_name("readings_random_ashby.jsonl")
EARLIER_NETWORK = READINGS.with_name("readings_random_network.jsonl")
GOLD = ROOT / ".." / "shared" / "gold"
OF_MAY, OF_2020 = "ats_postings_2026_05.parquet", "glassdoor_data_scientist_2020_04.parquet"
OF_THREADS = "hn_who_is_hiring_2011_2019.parquet"
OF_SOFTWARE_2020 = "glassdoor_software_engineer_2020_06.parquet"
_ESCAPE = re.compile(r'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
"""An escape of JSON, or a backslash that is none: three of the recorded threads of 2026 have some."""


class Labelled(NamedTuple):
    """Postings (`id, title, company, location, text`), their labels in the same order, and the name of the set.

    `is_unseen` says that no rule, cue or weight has been corrected by any of them.
    """

    label_set: str
    postings: pl.DataFrame
    labels: list[Row]
    is_unseen: bool = False


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
    postings = pl.concat([_recorded(of_boards, recordings), _of_may([line["row"] for line in of_rows], listed)])
    return Labelled(FRESH, postings, [line["label"] for line in [*of_boards, *of_rows]], is_unseen=True)


def _of_may(rows: Sequence[int], listed: Path) -> pl.DataFrame:
    numbers = pl.Series("id", [str(row) for row in rows], dtype=pl.String)
    return pl.read_parquet(listed)[list(rows)].select(numbers, "company", "title", "location", "text")


def _of_2020(rows: Sequence[int], listed: Path) -> pl.DataFrame:
    return pl.read_parquet(listed)[list(rows)].select(
        id=pl.Series([str(row) for row in rows], dtype=pl.String), company="Company Name", title="Job Title",
        location="Location", text="Job Description",
    )  # fmt: skip


def _of_threads(comments: Sequence[int], listed: Path) -> pl.DataFrame:
    """Comments whole, each under its first line; an employer's name comes first there, as a rule."""
    first_line = pl.col("text").str.split("<p>").list.first().str.replace_all("<[^>]*>", "")
    wanted = pl.DataFrame({"id": comments}, schema={"id": pl.Int64})
    told = pl.read_parquet(listed, columns=["id", "text"]).with_columns(pl.col("id").cast(pl.Int64))
    return wanted.join(told, on="id", how="left", maintain_order="left").select(
        pl.col("id").cast(pl.String),
        company=first_line.str.extract(r"^\s*([^|(,:–]{2,40})").str.strip_chars().fill_null(""),
        title=first_line,
        location=pl.lit(""),
        text="text",
    )


def _of_threads_2026(comments: Sequence[int], recordings: Path) -> pl.DataFrame:
    texts: dict[int, str] = {}
    for path in sorted(recordings.glob("gantryops__hn-jobs-data__runs_*_raw.json")):
        mended = _ESCAPE.sub(lambda at: at[0] if at[1] else "\\\\", path.read_text("utf-8"))
        thread = json.loads(mended, strict=False)
        for job in thread["jobs"]:
            texts.setdefault(job["id"], job["text"] or "")
    return pl.DataFrame(
        [
            {"id": str(comment), "company": "", "title": texts[comment].split("<p>")[0][:150], "location": ""}
            | {"text": f"<p>{texts[comment]}"}
            for comment in comments
        ]
    )


def _of_external(names: Sequence[str], path: Path) -> pl.DataFrame:
    rows = {line["id"]: line for line in _lines(path)}
    return pl.DataFrame(
        [
            {"id": name, "company": rows[name]["company_key"], "title": rows[name]["title"], "location": ""}
            | {"text": rows[name]["description_text"]}
            for name in names
        ]
    )


def read_elsewhere(labels: Path, recordings: Path, datasets: Path, label_set: str, *, is_unseen: bool) -> Labelled:
    """Read labels of postings from any of the collections at hand, as `postings_of` names them."""
    postings, lines = postings_of(_lines(labels), recordings, datasets)
    return Labelled(label_set, postings, [line["label"] for line in lines], is_unseen)


def postings_of(lines: Sequence[Row], recordings: Path, datasets: Path) -> tuple[pl.DataFrame, list[Row]]:
    """Return the postings that lines name, one row per line, and the lines in the same order.

    A line names its posting by {"board", "posting_id"} (a recorded Ashby board), by {"row_2026_05"}, {"row_2020"} or
    {"row_swe_2020"} (a row of the postings of that month or year), by {"comment"} (of the hiring threads of 2011 to 2019) or
    {"comment_2026"} (of recorded threads of 2026) or by {"external"} (of other people's labelled postings).
    """
    collections: dict[str, Callable[[list[Row]], pl.DataFrame]] = {
        "posting_id": lambda own: _recorded(own, recordings),
        "row_2026_05": lambda own: _of_may([line["row_2026_05"] for line in own], datasets / OF_MAY),
        "row_2020": lambda own: _of_2020([line["row_2020"] for line in own], datasets / OF_2020),
        "row_swe_2020": lambda own: _of_2020([line["row_swe_2020"] for line in own], datasets / OF_SOFTWARE_2020),
        "comment": lambda own: _of_threads([line["comment"] for line in own], datasets / OF_THREADS),
        "comment_2026": lambda own: _of_threads_2026(
            [line["comment_2026"] for line in own], recordings.parent / "hackernews"
        ),
        "external": lambda own: _of_external(
            [line["external"] for line in own], datasets.parent / "gold" / "external" / "gold.jsonl"
        ),
    }
    postings, named = [], []
    for key, read in collections.items():
        if own := [line for line in lines if key in line]:
            postings.append(read(own))
            named += own
    columns = ("id", "company", "title", "location", "text")
    return pl.concat([part.select(columns) for part in postings]), named


def read_research(labels: Path, listed: Path, first: int = 1) -> Labelled:
    """Read every other label of `asks_research`: {"row", "label"} lines over the Parquet file of postings of April 2020.

    From the line numbered `first`: weights are fitted to lines 0, 2, 4 …, and measured on lines 1, 3, 5 …
    """
    lines = _lines(labels)[first::2]
    postings = _of_2020([line["row"] for line in lines], listed)
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
        is_unseen=label_set == RANDOM,
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
    of_may, of_2020 = datasets / OF_MAY, datasets / OF_2020
    if recordings.is_dir() and of_may.is_file() and FRESH_BOARDS.is_file():
        sets.append(read_fresh(FRESH_BOARDS, FRESH_ROWS, recordings, of_may))
    if RESEARCH.is_file() and of_2020.is_file():
        sets.append(read_research(RESEARCH, of_2020))
        if recordings.is_dir() and of_may.is_file() and (datasets / OF_THREADS).is_file():
            for name, labels in FRESH_RESEARCH.items():
                sets.append(read_elsewhere(labels, recordings, datasets, name, is_unseen=True))
    listed = datasets / "network_jobs_2025_2026.parquet"
    if recordings.is_dir() and listed.is_file():
        sets.append(read_random(EARLIER_BOARDS, EARLIER_NETWORK, recordings, listed, EARLIER_RANDOM))
        if RANDOM_BOARDS.is_file():
            sets.append(read_random(RANDOM_BOARDS, RANDOM_NETWORK, recordings, listed))
            sets.append(read_readings(RARE, recordings, "openings of rare roles"))
    return sets
