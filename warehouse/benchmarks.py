"""Official and published series that stand beside our estimates, and why each differs from them.

`python -m warehouse.benchmarks --shared FOLDER` rebuilds `warehouse/reference/benchmarks.csv` from the published data
sets in FOLDER/datasets: facts under licences that allow it (US public domain, CC BY 4.0, CC0, MIT), thinned to months.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.disclosures import disclosed_pay

FACTS = Path(__file__).parent / "reference" / "benchmarks.csv"
LEAST_ANSWERS = 30
"""Fewer survey answers than this behind a median and it is not kept."""

_KEYS = {"series": pl.String, "period_on": pl.Date, "place": pl.String, "grouping": pl.String}
_VALUES = {"value": pl.Float64, "n": pl.Int32}


@dataclass(frozen=True, slots=True)
class Series:
    """A published series: what it measures, who says so, under which licence, beside which claims, and why it differs.

    `read` takes its facts from a published data set to ship them; one without is known from crawls alone.
    """

    name: str
    title: str
    publisher: str
    licence: str
    unit: str
    claim_slugs: tuple[str, ...]
    difference: str
    read: Callable[[Path], pl.DataFrame] | None = None


_OCCUPATIONS = {
    "15-1252": "software developers",
    "15-2051": "data scientists",
    "15-1221": "computer and information research scientists",
    "15-2041": "statisticians",
    "15-1242": "database administrators",
}
_OEWS_ON = date(2025, 5, 1)


def _oews(column: str) -> Callable[[Path], pl.DataFrame]:
    def read(datasets: Path) -> pl.DataFrame:
        rows = pl.read_csv(datasets / "bls_oews_2025_05_national.csv", infer_schema_length=None)
        return rows.filter(pl.col("soc_code").is_in(list(_OCCUPATIONS))).select(
            period_on=pl.lit(_OEWS_ON),
            place=pl.lit("US"),
            grouping=pl.col("soc_code").replace_strict(_OCCUPATIONS),
            value=pl.col(column).cast(pl.Float64),
            n=pl.lit(None, dtype=pl.Int32),
        )

    return read


def _indeed_sector_index(datasets: Path) -> pl.DataFrame:
    files = sorted(datasets.glob("indeed_job_postings_by_sector_*.parquet"))
    rows = pl.concat([pl.read_parquet(path) for path in files])
    rows = rows.filter(pl.col("variable") == "total postings")
    return _monthly(rows, "jobcountry", "indeed_job_postings_index", "software development")


def _indeed_ai_share(datasets: Path) -> pl.DataFrame:
    rows = pl.read_parquet(datasets / "indeed_ai_share.parquet")
    return _monthly(rows, "jobcountry", "AI_share_postings", "all occupations")


def _monthly(rows: pl.DataFrame, place: str, value: str, grouping: str) -> pl.DataFrame:
    month = pl.col("date").cast(pl.String).str.to_date().dt.truncate("1mo").alias("period_on")
    return (
        rows.group_by(month, pl.col(place).alias("place"))
        .agg(pl.col(value).mean().round(3).alias("value"))
        .with_columns(grouping=pl.lit(grouping), n=pl.lit(None, dtype=pl.Int32))
    )


def _ai_jobs(datasets: Path) -> pl.DataFrame:
    titles = {
        "Machine Learning Engineer": "ml_engineer",
        "Data Scientist": "data_scientist",
        "Research Scientist": "research_scientist",
        "Data Engineer": "data_engineer",
        "Data Analyst": "data_analyst",
        "Software Engineer": "software_engineer",
    }
    rows = pl.read_parquet(datasets / "ai_jobs_salaries_2020_2025.parquet").unique()
    rows = rows.filter(
        (pl.col("company_location") == "US")
        & (pl.col("employee_residence") == "US")
        & (pl.col("employment_type") == "FT")
        & pl.col("job_title").is_in(list(titles))
    )
    return _medians(
        rows, pl.date(pl.col("work_year"), 1, 1), pl.col("job_title").replace_strict(titles), "salary_in_usd"
    )


def _levels_fyi(datasets: Path) -> pl.DataFrame:
    rows = pl.read_parquet(datasets / "levels_fyi_2017_2021.parquet")
    rows = rows.filter(
        pl.col("location").str.contains(r"^[^,]+, [A-Z]{2}$")
        & pl.col("title").is_in(["Software Engineer", "Data Scientist"])
    )
    year = pl.col("timestamp").str.extract(r"/(\d{4}) ").cast(pl.Int32)
    role = pl.col("title").str.to_lowercase().str.replace(" ", "_")
    return _medians(rows, pl.date(year, 1, 1), role, "totalyearlycompensation")


def _medians(rows: pl.DataFrame, period: pl.Expr, grouping: pl.Expr, value: str) -> pl.DataFrame:
    return (
        rows.group_by(period.alias("period_on"), grouping.alias("grouping"))
        .agg(pl.col(value).median().cast(pl.Float64).alias("value"), pl.len().cast(pl.Int32).alias("n"))
        .filter(pl.col("n") >= LEAST_ANSWERS)
        .with_columns(place=pl.lit("US"))
    )


SERIES: tuple[Series, ...] = (
    Series(
        "bls_oews_employment",
        "People employed by occupation, United States, each May",
        "US Bureau of Labor Statistics, Occupational Employment and Wage Statistics",
        "public domain",
        "employees",
        ("few_openings", "swe_does_ml"),
        "It counts people in a job, not openings; the SOC has no code for ML engineers, who are spread over several.",
        _oews("employment"),
    ),
    Series(
        "bls_oews_median_pay",
        "Median annual wage by occupation, United States, each May",
        "US Bureau of Labor Statistics, Occupational Employment and Wage Statistics",
        "public domain",
        "USD per year",
        ("same_pay", "hundred_thousand", "analytics_paid_less"),
        "It is paid to people already employed, of every level and employer size; postings give ranges for new hires.",
        _oews("annual_median_usd"),
    ),
    Series(
        "indeed_software_postings_index",
        "Software development postings on Indeed, monthly mean of the daily index",
        "Indeed Hiring Lab",
        "CC BY 4.0",
        "index, 1 February 2020 = 100",
        ("few_openings",),
        "It is an index of all postings of one sector on one aggregator, without counts and without roles.",
        _indeed_sector_index,
    ),
    Series(
        "indeed_ai_share",
        "Share of all postings on Indeed that mention AI, monthly mean",
        "Indeed Hiring Lab",
        "CC BY 4.0",
        "% of postings",
        ("swe_does_ml", "merging_requirements"),
        "It covers every occupation, and a mention of AI in a posting is less than asking for ML skills.",
        _indeed_ai_share,
    ),
    Series(
        "ai_jobs_median_pay",
        "Median pay by title, full-time in the United States, survey answers by year",
        "ai-jobs.net salary survey",
        "CC0-1.0",
        "USD per year",
        ("same_pay", "analytics_paid_less", "hundred_thousand"),
        "People report their own pay; who answers is not a sample, and exact duplicates were dropped.",
        _ai_jobs,
    ),
    Series(
        "levels_fyi_median_total_pay",
        "Median total pay by title, United States, self-reported by year",
        "levels.fyi answers in a public data set",
        "MIT",
        "USD per year",
        ("same_pay", "hundred_thousand"),
        "It includes stock and bonus, comes mostly from large employers, and has no ML engineer title.",
        _levels_fyi,
    ),
)


CRAWLED: tuple[Series, ...] = (
    Series(
        "lca_median_pay",
        "Median pay offered in certified labour condition applications, full-time, United States, by year",
        "US Department of Labor, Office of Foreign Labor Certification",
        "public domain",
        "USD per year",
        ("same_pay", "hundred_thousand", "analytics_paid_less"),
        "It is the lower end of what employers offer to people on visas, who work for few and large employers.",
    ),
    Series(
        "lca_median_pay_by_employer",
        "Median pay offered in certified labour condition applications, by employer and year",
        "US Department of Labor, Office of Foreign Labor Certification",
        "public domain",
        "USD per year",
        (),
        "It is the lower end of what one employer offers to people on visas, one case per application.",
    ),
    Series(
        "ecb_usd_per_unit",
        "Euro foreign exchange reference rates as US dollars for one unit, mean of the month's days",
        "European Central Bank",
        "free reuse with the source named",
        "USD per unit of the currency",
        (),
        "It is no estimate of ours: it is a rate that pay is converted with.",
    ),
)
"""Series that no data set ships; what crawls archived of these and of `SERIES` stands in the `benchmark` table."""

# The publisher's codes, as crawls archive them, in the words of the shipped facts.
_GROUPINGS = dict(_OCCUPATIONS)


def collect_facts(datasets: Path) -> pl.DataFrame:
    """Return the facts of every series read from `datasets`, one row per series, period, place and grouping."""
    frames = [
        series.read(datasets).with_columns(series=pl.lit(series.name)).select(*_KEYS, *_VALUES)
        for series in SERIES
        if series.read
    ]
    return pl.concat(frames).sort(*_KEYS)


COLUMNS = (
    *("series", "title", "publisher", "licence", "period_on", "place", "grouping"),
    *("value", "unit", "n", "claim_slugs", "difference"),
)


def benchmarks() -> pl.DataFrame:
    """Return the `benchmark` table: the shipped facts with title, publisher, licence, unit, claims and difference."""
    facts = pl.read_csv(FACTS, schema=_KEYS | _VALUES)
    return facts.join(_about(), on="series", how="inner").select(COLUMNS).sort(*_KEYS)


def archived_benchmarks(records: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the rows of the `benchmark` table that archived lines of published values and of disclosed pay give.

    A later line of the same series, period, place and group replaces an earlier one. A series that is described
    nowhere is named by its identifier.
    """
    written = {name: pl.String if kind == pl.Date else kind for name, kind in (_KEYS | _VALUES).items()}
    values = [{name: record.get(name) for name in written} for record in records if record.get("series")]
    facts = (
        pl.DataFrame(values, schema=written, strict=False)
        .with_columns(
            pl.col("period_on").str.slice(0, 10).str.to_date(strict=False),
            pl.col("grouping").replace(_GROUPINGS),
        )
        .drop_nulls(["series", "period_on", "value"])
        .unique(list(_KEYS), keep="last", maintain_order=True)
    )
    disclosed = [record for record in records if record.get("kind") == "disclosed_pay"]
    return (
        pl.concat([facts, *(frame.select(*_KEYS, *_VALUES) for frame in disclosed_pay(disclosed))])
        .join(_about(), on="series", how="left")
        .with_columns(
            pl.col("title").fill_null(pl.col("series")),
            pl.col("publisher", "licence", "unit", "difference").fill_null("not stated"),
            pl.col("claim_slugs").fill_null([]),
        )
        .select(COLUMNS)
        .sort(*_KEYS)
    )


def _about() -> pl.DataFrame:
    known = (*SERIES, *CRAWLED)
    return pl.DataFrame(
        {
            "series": [series.name for series in known],
            "title": [series.title for series in known],
            "publisher": [series.publisher for series in known],
            "licence": [series.licence for series in known],
            "unit": [series.unit for series in known],
            "claim_slugs": [list(series.claim_slugs) for series in known],
            "difference": [series.difference for series in known],
        },
        schema_overrides={"claim_slugs": pl.List(pl.String)},
    )


def main() -> None:
    """Rebuild the shipped facts."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds datasets/")
    facts = collect_facts(parser.parse_args().shared / "datasets")
    facts.write_csv(FACTS)
    print(f"Wrote {facts.height:,} facts of {len(SERIES)} series to {FACTS.name}.")


if __name__ == "__main__":
    main()
