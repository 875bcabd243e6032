"""Who an employer is: one identity across spellings, domains, boards and threads, and what named sources say of its size.

`python -m warehouse.employers --shared DIR` rewrites the fact tables in `warehouse/reference/employers/` from the data
sets they come from; `aliases.csv` there is written by hand and read by people: spelling, employer, why.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from warehouse.board_tokens import name_in_token
from warehouse.domains import registered_domain

FEED_EMPLOYERS = 3
"""Employers that postings of one board name, from which on it is a feed and no employer's own."""
SHORTEST_STEM = 4
BY_BOARD = "the posting's board"
BY_WORDS = "the posting's own words"
UNNAMED = "unnamed-"
"""How the identifier of an employer starts that no posting names; the rest is its poster's first posting."""

_LEGAL = re.compile(
    r"[\s,]+(?:inc|incorporated|llc|l\.l\.c|ltd|limited|gmbh|mbh|ag|se|sa|s\.a|sas|sarl|s\.a\.r\.l|bv|b\.v|nv|n\.v|ab|oy|oyj|as|a/s|aps|srl|s\.r\.l|"
    r"spa|s\.p\.a|plc|corp|corporation|co|company|kg|kgaa|pty|pte|pvt|private|llp|lp|pbc|kk|k\.k|holdings?)\.?$",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"^(?:https?://)?(?:www\.)?|\.(?:com|io|co|net|org|ai|ly|tv|me|de|co\.uk|app|dev|hq|us|eu|fm|xyz)$", re.IGNORECASE
)
_JOINED = {"&": " and ", "+": " plus ", "@": " at "}


@cache
def name_key(name: str) -> str:
    """Return what stays of an employer's name when case, accents, legal form, punctuation and spaces are put aside."""
    text = re.sub(r"\([^()]*\)", " ", name).strip()
    while (stripped := _LEGAL.sub("", text).strip(" ,.")) != text and stripped:
        text = stripped
    text = _WEB.sub("", text) or text
    for sign, word in _JOINED.items():
        text = text.replace(sign, word)
    folded = unicodedata.normalize("NFKD", text).casefold()
    key = "".join(character for character in folded if character.isalnum())
    return key.removeprefix("the") if len(key) > 6 else key


def _table(name: str) -> pl.DataFrame:
    return pl.read_csv(
        resources.files("warehouse.reference").joinpath("employers", name).read_bytes(), infer_schema=False
    )


def shipped_aliases() -> pl.DataFrame:
    """Return the file of aliases as it is reviewed: `spelling`, `employer` and `why`."""
    return _table("aliases.csv")


@cache
def aliases() -> dict[str, str]:
    """Return the reviewed spellings: key of a name to the key of the employer it belongs to."""
    return {name_key(row["spelling"]): name_key(row["employer"]) for row in shipped_aliases().iter_rows(named=True)}


def resolve(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `mentions` with `employer_id` and `employer_name` (null where nobody names the employer).

    `mentions` has one row per posting: `source`, `board`, `posting_id`, `form`, `company_raw`, `board_company` (what the
    board list calls it), `domain`, `poster_hash`. In order: the name as written; else the board list's; else the board's
    token, unless it is a feed; for a thread's comment else the name its poster gives elsewhere; else it stays unnamed,
    one per poster. Then reviewed aliases, and names that start with the stem of the domain they stand beside ("Acme Data
    Team", acme.com).
    """
    tokens = _tokens(mentions)
    named = mentions.join(tokens, on=["source", "board"], how="left", maintain_order="left").with_columns(
        written=pl.coalesce(
            _blank_to_null("company_raw"),
            _blank_to_null("board_company"),
            pl.when(pl.col("form") != "comment").then(_blank_to_null("token_name")),
        )
    )
    distinct = named.select("written", "domain").unique()
    stems = {
        (row["written"], row["domain"]): _employer_key(row["written"], row["domain"])
        for row in distinct.iter_rows(named=True)
        if row["written"]
    }
    keys = pl.DataFrame(
        [(written, domain, key) for (written, domain), key in stems.items()],
        schema={"written": pl.String, "domain": pl.String, "own_key": pl.String},
        orient="row",
    )
    named = named.join(keys, on=["written", "domain"], how="left", nulls_equal=True, maintain_order="left")
    by_poster = (
        named.filter(pl.col("own_key").is_not_null() & pl.col("poster_hash").is_not_null())
        .group_by("source", "poster_hash", "own_key")
        .agg(n=pl.len())
        .sort("n", "own_key", descending=[True, False])
        .group_by("source", "poster_hash", maintain_order=True)
        .agg(pl.col("own_key").first().alias("poster_key"), (pl.col("n").first() / pl.col("n").sum()).alias("share"))
        .filter(pl.col("share") > 0.5)
        .drop("share")
    )
    anyone = pl.coalesce("poster_hash", "posting_id")
    named = named.join(by_poster, on=["source", "poster_hash"], how="left", maintain_order="left").with_columns(
        employer_id=pl.coalesce(
            "own_key",
            "poster_key",
            pl.format("{}{}-{}", pl.lit(UNNAMED), "source", pl.col("posting_id").min().over("source", anyone)),
        )
    )
    spelling = (
        named.filter(pl.col("written").is_not_null())
        .with_columns(is_lower=pl.col("written") == pl.col("written").str.to_lowercase())
        .group_by("employer_id", "written")
        .agg(pl.len().alias("n"), pl.col("is_lower").first())
        .with_columns(
            is_own=pl.struct("employer_id", "written").map_elements(_is_own_spelling, return_dtype=pl.Boolean)
        )
        .sort("is_own", "n", "is_lower", "written", descending=[True, True, False, False])
        .group_by("employer_id", maintain_order=True)
        .agg(pl.col("written").first().str.strip_chars().alias("employer_name"))
    )
    return named.join(spelling, on="employer_id", how="left", maintain_order="left").select(
        *mentions.columns, "employer_id", "employer_name"
    )


def _tokens(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `token_name` of each `source` and `board`, null where the board is a feed: many names, and none is its own."""
    boards = mentions.group_by("source", "board").agg(names=_blank_to_null("company_raw").drop_nulls().unique())
    named = []
    for source, board, names in boards.iter_rows():
        name = name_in_token(source, board)
        is_feed = len(names) >= FEED_EMPLOYERS and not (
            len(key := name_key(name)) >= SHORTEST_STEM and any(name_key(one).startswith(key) for one in names)
        )
        named.append(None if is_feed else name)
    return boards.select("source", "board", token_name=pl.Series(named, dtype=pl.String))


def _blank_to_null(name: str) -> pl.Expr:
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _is_own_spelling(row: dict[str, str]) -> bool:
    return name_key(row["written"]) == row["employer_id"]


def _employer_key(written: str, domain: str | None) -> str:
    key = name_key(written) or written.strip().casefold()
    if key in aliases():
        return aliases()[key]
    if domain:
        stem = name_key(domain.split(".")[0])
        if len(stem) >= SHORTEST_STEM and key.startswith(stem) and key != stem:
            return aliases().get(stem, stem)
    return key


FACT_COLUMNS = {
    "name": pl.String,
    "domain": pl.String,
    "size_class": pl.String,
    "stage": pl.String,
    "founded_year": pl.Int32,
    "as_of_on": pl.Date,
}
SOURCES = {
    "yc": "Y Combinator company directory",
    "remote_companies": "remote-jobs company profiles",
    "yc_past": "Y Combinator company directory, last size before it closed or was bought",
}


@cache
def facts() -> pl.DataFrame:
    """Return what named sources say of employers: `key`, `FACT_COLUMNS`, `fact_source`, the preferred source first."""
    tables = [
        _table(f"{name}.csv")
        .with_columns(pl.col("as_of_on").str.to_date(strict=False))
        .cast(FACT_COLUMNS)
        .with_columns(fact_source=pl.lit(title), preference=pl.lit(n))
        for n, (name, title) in enumerate(SOURCES.items())
    ]
    return (
        pl.concat(tables)
        .with_columns(key=pl.col("name").map_elements(name_key, return_dtype=pl.String))
        .with_columns(key=pl.col("key").replace(aliases()))
        .sort("preference", "key", "domain", nulls_last=True)
    )


def employer_table(employers: pl.DataFrame, crawled: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the `employer` table of a frame `employer_id`, `employer_name`, `domain`, `n_vacancies`, `posted_size_class`.

    A fact is taken where the source's name gives the same employer and no domain contradicts it, or, failing that, where
    the domain is the same. `posted_size_class` (what the latest posting that tells says, by `posted_size_by`, on
    `posted_size_on`) is used where no source knows. What directories said when they were `crawled` (columns of `facts`)
    goes before what is shipped of them.
    """
    known = facts() if crawled is None else pl.concat([crawled.select(facts().columns), facts()])
    by_name = known.select(
        "key",
        pl.col("domain").alias("fact_domain"),
        "size_class",
        "stage",
        "founded_year",
        "as_of_on",
        "fact_source",
        "preference",
    )
    matched_name = employers.join(by_name, left_on="employer_id", right_on="key").filter(
        pl.col("domain").is_null()
        | pl.col("fact_domain").is_null()
        | (pl.col("domain") == pl.col("fact_domain"))
        | (_stem("domain") == _stem("fact_domain"))
        | (_stem("domain") != pl.col("employer_id"))
    )
    # A name that is free again may be another's by now: of a company that is gone, the domain must be the same too.
    matched_name = matched_name.filter(
        (pl.col("fact_source") != SOURCES["yc_past"]) | (_stem("domain") == _stem("fact_domain")).fill_null(False)
    )
    matched_domain = employers.join(
        by_name.filter(pl.col("fact_domain").is_not_null()), left_on="domain", right_on="fact_domain"
    ).with_columns(preference=pl.col("preference") + 100)
    columns = ["employer_id", "size_class", "stage", "founded_year", "as_of_on", "fact_source", "preference"]
    matched = pl.concat([matched_name.select(columns), matched_domain.select(columns)]).sort(
        "employer_id", "preference", "as_of_on", "size_class", nulls_last=True
    )

    def first(fact: str, source: str, as_of: str | None) -> pl.DataFrame:
        found = matched.filter(pl.col(fact).is_not_null()).group_by("employer_id", maintain_order=True).first()
        chosen = [pl.col(fact), pl.col("fact_source").alias(source)]
        return found.select("employer_id", *chosen, *([pl.col("as_of_on").alias(as_of)] if as_of else []))

    table = (
        employers.join(first("size_class", "size_source", "size_as_of_on"), on="employer_id", how="left")
        .join(first("stage", "stage_source", "stage_as_of_on"), on="employer_id", how="left")
        .join(first("founded_year", "founded_source", None), on="employer_id", how="left")
    )
    own = pl.col("size_class").is_null() & pl.col("posted_size_class").is_not_null()
    return (
        table.with_columns(
            size_source=pl.when(own).then("posted_size_by").otherwise("size_source"),
            size_as_of_on=pl.when(own).then("posted_size_on").otherwise("size_as_of_on"),
            size_class=pl.coalesce("size_class", "posted_size_class"),
        )
        .drop("posted_size_class", "posted_size_by", "posted_size_on")
        .with_columns(employer_name=pl.coalesce("employer_name", pl.lit("(not named)")))
        .sort("employer_id")
    )


def _stem(name: str) -> pl.Expr:
    return pl.col(name).str.split(".").list.first()


_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\s*(k\b)?", re.IGNORECASE)


def size_class(employees: float | None) -> str | None:
    """Return small (under 200 employees), medium (under 1,000) or large; null for an unknown number."""
    if employees is None or employees <= 0:
        return None
    return "small" if employees < 200 else "medium" if employees < 1000 else "large"


def size_class_of(employees: pl.Expr) -> pl.Expr:
    """Return `size_class` of a column of numbers."""
    return (
        pl.when(employees < 200)
        .then(pl.lit("small"))
        .when(employees < 1000)
        .then(pl.lit("medium"))
        .when(employees.is_not_null())
        .then(pl.lit("large"))
    )


def read_size(written: str | None) -> str | None:
    """Return the size class of a size as written: "51-200", "10,001+ employees", "Approx. 2100"; null if it tells none.

    Of a range the middle decides. A year ("as of June 2021") is no size.
    """
    if not written:
        return None
    text = re.sub(
        r"\(?\bas of[^)]*\)?|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b(?:19|20)\d\d\b(?!\s*(?:\+|employees|people|staff|-))",
        " ",
        written,
    )
    numbers = [float(n.replace(",", "")) * (1000 if k else 1) for n, k in _NUMBER.findall(text)]
    if not numbers:
        return None
    is_range = re.search(r"\d\s*(?:-|–|to)\s*\d", text) and len(numbers) >= 2
    return size_class((numbers[0] + numbers[1]) / 2 if is_range else numbers[0])


_PROFILE_CLASSES = {
    "tiny": "small",
    "small": "small",
    "startup": "small",
    "medium": "small",
    "large": "medium",
    "enterprise": "large",
}
"""What the profiles' words stand for in their own texts: medium about 50 to 200 employees, large 200 to 1,000."""


def write_facts(shared: Path) -> dict[str, int]:
    """Rewrite the fact tables from the data sets beside the project; return the rows of each."""
    target = Path(__file__).parent / "reference" / "employers"
    written = {}
    directory = pl.read_parquet(shared / "datasets" / "yc_companies.parquet")
    tables = {"yc": _of_directory(directory.filter(pl.col("status").is_in(["Active", "Public"])))}
    # A company that is gone has no stage, but old postings are its own, and the directory keeps its last size.
    gone = directory.filter(pl.col("status").is_in(["Acquired", "Inactive"]))
    tables["yc_past"] = _of_directory(gone).with_columns(stage=pl.lit(None, dtype=pl.String))
    profiles = pl.read_parquet(shared / "datasets" / "remote_companies.parquet")
    tables["remote_companies"] = profiles.select(
        pl.col("title").str.strip_chars().alias("name"),
        domain=_domains("website"),
        size_class=pl.coalesce(
            pl.col("company_size_text").map_elements(read_size, return_dtype=pl.String),
            pl.col("company_size").replace_strict(_PROFILE_CLASSES, default=None),
        ),
        stage=pl.lit(None, dtype=pl.String),
        founded_year=pl.lit(None, dtype=pl.Int32),
        as_of_on=pl.coalesce("updatedAt", "addedAt").str.slice(0, 10),
    )
    for name, table in tables.items():
        kept = (
            table.filter(pl.col("name").is_not_null() & pl.any_horizontal(pl.col("size_class", "stage").is_not_null()))
            .unique(["name", "domain"], keep="first", maintain_order=True)
            .sort("name", "domain")
        )
        kept.write_csv(target / f"{name}.csv")
        written[name] = kept.height
    return written


def _of_directory(companies: pl.DataFrame) -> pl.DataFrame:
    return companies.select(
        pl.col("name").str.strip_chars(),
        domain=_domains("website"),
        size_class=pl.col("team_size").cast(pl.Float64, strict=False).map_elements(size_class, return_dtype=pl.String),
        stage=pl.when(pl.col("status") == "Public").then(pl.lit("Public")).otherwise("stage"),
        founded_year=pl.lit(None, dtype=pl.Int32),
        as_of_on=pl.lit("2026-03-01"),
    )


def _domains(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda url: registered_domain(url) if url else None, return_dtype=pl.String)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Rewrite the fact tables of employers.")
    arguments.add_argument("--shared", type=Path, required=True, help="folder that holds datasets/")
    for table_name, rows in write_facts(arguments.parse_args().shared).items():
        print(f"{table_name}: {rows} employers")
