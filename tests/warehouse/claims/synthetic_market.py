"""A synthetic market of any size with clustered employers: seeded, vectorised, with the truth it was drawn from known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from warehouse.evidence.sample import table_schema
from warehouse.judge import Market
from warehouse.reference import skills
from warehouse.schema.tables import LEVELS, ROLES

ROLE_SHARES = {
    "ml_engineer": 0.06, "data_scientist": 0.05, "research_scientist": 0.02, "data_engineer": 0.06, "data_analyst": 0.05,
    "software_engineer": 0.50, "data_leader": 0.01, "other": 0.25,
}  # fmt: skip
LEVEL_SHARES = (0.03, 0.10, 0.35, 0.30, 0.08, 0.03, 0.06, 0.03, 0.01, 0.01)
COUNTRIES = (("US", "US", "New York", 1.0), ("IN", "India", "Pune", 0.25), ("SG", "Singapore", "Singapore", 0.7),
             ("DE", "Europe", "Berlin", 0.6), ("BR", "other", "Recife", 0.35))  # fmt: skip
COUNTRY_SHARES = (0.5, 0.15, 0.08, 0.2, 0.07)
LEVEL_PAY = dict(zip(LEVELS, (-0.6, -0.3, 0.0, 0.25, 0.45, 0.6, 0.4, 0.7, 0.9, 1.0), strict=True))
CATEGORY_OF = {
    "ml_engineer": ("modelling", "ML serving", "languages"), "data_scientist": ("modelling", "analytics", "languages"),
    "research_scientist": ("modelling", "research and maths", "languages"), "data_engineer": ("data engineering", "languages", "infrastructure"),
    "data_analyst": ("analytics", "data engineering", "languages"), "software_engineer": ("backend", "frontend", "infrastructure", "languages"),
    "data_leader": ("analytics", "data engineering", "modelling"), "other": ("analytics",),
}  # fmt: skip
TITLES = {
    "ml_engineer": ("ML Engineer", "Machine Learning Lead"), "data_scientist": ("Data Scientist",), "research_scientist": ("Research Scientist",),
    "data_engineer": ("Data Engineer",), "data_analyst": ("Data Analyst",), "data_leader": ("Head of Data",), "other": ("Designer",),
    "software_engineer": ("Platform Engineer", "Backend Engineer", "Frontend Engineer", "Software Engineer", "DevOps Engineer"),
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What the market is drawn from; employers vary around it on the logit or log scale with deviation `cluster`."""

    cluster: float = 0.5
    pay_ratio: float = 1.0
    asks_software: float = 0.4
    asks_software_slope: float = 0.0
    master_small: float = 0.2
    master_large: float = 0.35
    phd_mentioned: float = 0.4
    disclosed: float = 0.5


def _logit(p: np.ndarray | float) -> np.ndarray:
    return np.log(np.asarray(p) / (1 - np.asarray(p)))


def _where(known: np.ndarray, words: np.ndarray | str) -> pl.Series:
    """Return the words where they are known, null elsewhere."""
    return pl.Series(np.broadcast_to(words, known.shape)).zip_with(pl.Series(known), pl.Series([None], dtype=pl.String))


def _flag(rng: np.random.Generator, p: np.ndarray | float, effect: np.ndarray, unknown: float = 0.04) -> pl.Series:
    chance = 1 / (1 + np.exp(-(_logit(np.clip(p, 1e-6, 1 - 1e-6)) + effect)))
    drawn = rng.random(len(effect)) < chance
    return pl.Series(drawn).zip_with(pl.Series(rng.random(len(effect)) >= unknown), pl.Series([None], dtype=pl.Boolean))


def synthetic_market(
    n_vacancies: int = 6_000,
    n_employers: int = 300,
    seed: int = 0,
    truth: Truth | None = None,
    *,
    n_skills: int = 6,
    years: tuple[int, int] = (2016, 2025),
) -> Market:
    """Return a market; the same arguments give the same rows. Employer sizes are log-normal, so a few hold many."""
    truth = truth or Truth()
    rng = np.random.default_rng(seed)
    weight = rng.lognormal(0, 1.0, n_employers)
    employer = np.sort(np.concatenate([np.arange(min(n_employers, n_vacancies)),
                               rng.choice(n_employers, max(0, n_vacancies - n_employers), p=weight / weight.sum())]))  # fmt: skip
    n = len(employer)
    effect = (rng.normal(0, truth.cluster, n_employers))[employer]
    roles = np.array(ROLES)
    tilt = np.exp(np.outer(rng.normal(0, truth.cluster, n_employers), [1, 1, 1, 0.5, 0.5, 0, 0.5, 0]))
    chance = np.array([ROLE_SHARES[role] for role in ROLES]) * tilt
    cumulative = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
    role = roles[np.minimum((rng.random(n)[:, None] > cumulative[employer]).sum(axis=1), len(roles) - 1)]
    level = rng.choice(LEVELS, n, p=LEVEL_SHARES)
    country = rng.choice(len(COUNTRIES), n, p=COUNTRY_SHARES)
    source = np.array(["hackernews", "ashby", "greenhouse", "lever"])[np.arange(n_employers) % 4][employer]
    size = np.array(["small", "medium", "large", "unknown"])[np.arange(n_employers) % 7 % 4]
    day = (np.datetime64(f"{years[0]}-01-15") + rng.integers(0, (years[1] - years[0] + 1) * 365 - 60, n)).astype(
        "datetime64[us]"
    )
    year = day.astype("datetime64[Y]").astype(int) + 1970
    modelling = np.isin(role, ["ml_engineer", "data_scientist", "research_scientist"])
    mle = role == "ml_engineer"
    swe = role == "software_engineer"
    is_large, is_small = (size == "large")[employer], (size == "small")[employer]
    master = np.where(
        is_large,
        truth.master_large,
        np.where(is_small, truth.master_small, (truth.master_large + truth.master_small) / 2),
    )
    asks_master = _flag(rng, np.where(modelling, master, 0.05), effect)
    upper = np.where(rng.random(n) < 0.25, "phd", "master")
    lower = np.where(rng.random(n) < 0.5, "none", "bachelor")
    degree = _where(
        asks_master.is_not_null().to_numpy(), np.where(asks_master.fill_null(False).to_numpy(), upper, lower)
    )
    pay = np.log(110_000) + np.log([row[3] for row in COUNTRIES])[country] + np.array([LEVEL_PAY[x] for x in level])
    pay = pay + 0.2 * effect + np.where(mle, np.log(truth.pay_ratio), 0) + 0.02 * (year - 2020) + rng.normal(0, 0.2, n)
    shown = rng.random(n) < truth.disclosed
    low = pl.Series(np.exp(pay) * 0.9).zip_with(pl.Series(shown), pl.Series([None], dtype=pl.Float64))
    open_days = rng.weibull(1.3, n) * 60 * np.exp(0.2 * np.isin(level, ["senior", "staff"]))
    closed = rng.random(n) < 0.7
    seen = np.where(closed, open_days, open_days * rng.random(n))
    first = pl.Series(day)
    truncated = rng.random(n) < 0.1
    ids = pl.Series([f"{employer_:06d}:{k:07d}" for k, employer_ in enumerate(employer)])
    slope = _logit(truth.asks_software) + truth.asks_software_slope * (year - sum(years) / 2)
    frame = pl.DataFrame(
        {
            "vacancy_id": ids,
            "source": source,
            "board": pl.Series(employer).cast(pl.String),
            "posting_id": ids,
            "part": pl.zeros(n, dtype=pl.Int32, eager=True),
            "provenance": pl.repeat("crawl", n, eager=True),
            "employer_id": pl.Series([f"employer-{e:06d}" for e in range(n_employers)])[employer],
            "title": [TITLES[r][k % len(TITLES[r])] for k, r in enumerate(role)],
            "role": role,
            "role_strict": pl.Series(role).zip_with(pl.Series(rng.random(n) < 0.85), pl.Series([None], dtype=pl.String)),
            "level": level,
            "degree_min": degree,
            "phd_mentioned": _flag(rng, np.where(modelling, truth.phd_mentioned, 0.03), effect),
            "years_min": pl.Series(rng.integers(0, 12, n).astype(float)).zip_with(pl.Series(rng.random(n) < 0.7), pl.Series([None], dtype=pl.Float64)),
            "pay_kind": _where(shown, "base"),
            "pay_tier": _where(shown, np.where(source == "hackernews", "text", "structured")),
            "country": np.array([row[0] for row in COUNTRIES])[country],
            "city": np.array([row[2] for row in COUNTRIES])[country],
            "market": np.array([row[1] for row in COUNTRIES])[country],
            "asks_ml": _flag(rng, np.where(modelling, 0.95, np.where(swe, 0.12, 0.02)), effect),
            "asks_software": _flag(rng, np.where(modelling, 1 / (1 + np.exp(-slope)), np.where(swe, 0.9, 0.1)), effect),
            "serves_models": _flag(rng, np.where(mle, 0.6, 0.1), effect),
            "tunes_models": _flag(rng, np.where(mle, 0.5, 0.1), effect),
            "asks_research": _flag(rng, np.where(modelling, 0.2, 0.02), effect),
            "asks_math": _flag(rng, np.where(modelling, 0.4, 0.1), effect),
            "reports_to": _where(rng.random(n) < 0.2, np.where(rng.random(n) < 0.6, "VP of Engineering", "Chief Product Officer")),
            "pay_low_usd_year": low,
            "pay_high_usd_year": low * 1.2,
            "posted_at": first,
            "first_seen_at": first,
            "last_seen_at": pl.Series(day + (seen * 86_400_000_000).astype("timedelta64[us]")),
            "closed_at": pl.Series(day + ((seen + 2) * 86_400_000_000).astype("timedelta64[us]")).zip_with(pl.Series(closed), pl.Series([None], dtype=pl.Datetime("us"))),
            "is_left_truncated": truncated,
            "is_right_censored": ~closed,
            "open_days_low": seen,
            "open_days_high": pl.Series(seen + 2).zip_with(pl.Series(closed), pl.Series([None], dtype=pl.Float64)),
            "n_postings": 1 + rng.poisson(0.3, n).astype(np.int32),
        }
    )  # fmt: skip
    schema = table_schema("vacancy")
    vacancy = frame.with_columns(pl.lit(None).alias(name) for name in schema if name not in frame.columns)
    vacancy = (
        vacancy.with_columns(pl.lit(0).alias("reopened"), pl.lit(3).alias("n_sightings"))
        .select(list(schema))
        .cast(schema)
    )
    names = pl.Series([f"employer-{e:06d}" for e in range(n_employers)])
    employer_rows = pl.DataFrame(
        {"employer_id": names, "employer_name": names, "size_class": _where(size != "unknown", size)}
    )
    return Market(
        vacancy=vacancy,
        vacancy_skill=_skills(rng, ids, role, n_skills),
        employer=_filled(employer_rows, "employer"),
        supply_month=_supply(rng, years),
        benchmark=pl.DataFrame(schema=table_schema("benchmark")),
        quality=pl.DataFrame(schema=table_schema("quality")),
        change_log=pl.DataFrame(schema=table_schema("change_log")),
        confusion=confusion(),
    )


def _filled(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    schema = table_schema(table)
    return (
        frame.with_columns(pl.lit(None).alias(name) for name in schema if name not in frame.columns)
        .select(list(schema))
        .cast(schema)
    )


def _skills(rng: np.random.Generator, ids: pl.Series, role: np.ndarray, per_vacancy: int) -> pl.DataFrame:
    taxonomy = skills()
    pools = {name: rows["skill_id"].to_list() for (name,), rows in taxonomy.group_by("category", maintain_order=True)}
    every = taxonomy["skill_id"].to_numpy()
    parts = []
    for name, categories in CATEGORY_OF.items():
        own = np.flatnonzero(role == name)
        pool = np.array([skill for category in categories for skill in pools[category][:20]])
        pick = np.minimum((rng.random((len(own), per_vacancy)) ** 2 * len(pool)).astype(int), len(pool) - 1)
        chosen = np.where(rng.random(pick.shape) < 0.85, pool[pick], every[rng.integers(0, len(every), pick.shape)])
        parts.append(pl.DataFrame({"vacancy_id": ids[np.repeat(own, per_vacancy)], "skill_id": chosen.reshape(-1)},
                                  schema={"vacancy_id": pl.String, "skill_id": pl.String}))  # fmt: skip
    return pl.concat(parts).unique(maintain_order=True)


def _supply(rng: np.random.Generator, years: tuple[int, int]) -> pl.DataFrame:
    months = [f"{year}-{month:02d}-01" for year in range(years[0], years[1] + 1) for month in range(1, 13)]
    rate = {"ml_engineer": 12, "data_scientist": 15, "software_engineer": 90}
    rows = [("hackernews", month, role, int(rng.poisson(mean))) for month in months for role, mean in rate.items()]
    frame = pl.DataFrame(rows, schema=["source", "month_on", "role", "n_seekers"], orient="row")
    return frame.with_columns(pl.col("month_on").str.to_date()).cast(table_schema("supply_month"))


def confusion(accuracy: float = 0.93, n: int = 100) -> pl.DataFrame:
    """Return counts labelled × predicted of a classifier that errs evenly."""
    wrong = (1 - accuracy) / (len(ROLES) - 1)
    rows = [(a, b, round(n * (accuracy if a == b else wrong))) for a in ROLES for b in ROLES]
    return pl.DataFrame(rows, schema=["labelled", "predicted", "n"], orient="row")


def empty_market() -> Market:
    """Return a market with no row at all."""
    names = ("vacancy", "vacancy_skill", "employer", "supply_month", "benchmark", "quality", "change_log")
    return Market(**{name: pl.DataFrame(schema=table_schema(name)) for name in names}, confusion=None)
