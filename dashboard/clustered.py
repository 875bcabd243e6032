"""Intervals for plain shares, ratios and medians over vacancies, with employers as clusters: postings of one employer are not independent."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
from scipy.special import stdtrit

from dashboard import snapshot

FEWEST_VACANCIES = 30
FEWEST_EMPLOYERS = 8
CONFIDENCE = 0.95

SCHEMA = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64, "n_unknown": pl.Int64,
          "is_shown": pl.Boolean}  # fmt: skip

PER_EMPLOYER = """
WITH seen AS (SELECT {keys}, v.employer_id, ({over}) AS y, ({under}) AS m FROM {source} WHERE {where}),
per AS (
  SELECT {names}, employer_id,  count(*) FILTER (y IS NULL AND coalesce(m, true)) AS n_unknown, count(*) FILTER (y) AS s, count(*) FILTER (m AND y IS NOT NULL) AS m
  FROM seen GROUP BY ALL
)
SELECT {names}, sum(s) / sum(m) AS value, ({rests})::BIGINT AS n_vacancies, count(*) FILTER (m > 0 OR s > 0) AS n_employers,
  sum(n_unknown)::BIGINT AS n_unknown,
  sqrt(greatest(sum(s * s) - 2 * (sum(s) / sum(m)) * sum(s * m) + (sum(s) / sum(m)) ** 2 * sum(m * m), 0)
    * n_employers / greatest(n_employers - 1, 1)) / sum(m) AS error
FROM per GROUP BY ALL HAVING sum(m) > 0 ORDER BY {names}
"""


def t_quantile(degrees: int) -> float:
    """Return Student's t at the two-sided 95% level."""
    return float(stdtrit(max(degrees, 1), 0.5 + CONFIDENCE / 2))


def bounds(value: float, error: float, n_employers: int, *, is_share: bool) -> tuple[float, float]:
    """Return the 95% interval of a share (on the logit scale) or a ratio (on the log scale) from its clustered standard error.

    A share of exactly 0 or 1 has no error to measure; its other end is the exact bound over employers, 1 − 0.05^(1/n).
    """
    t = t_quantile(n_employers - 1)
    if value == 0 or (is_share and value == 1):
        reach = 1 - 0.05 ** (1 / max(n_employers, 1))
        return (0.0, reach) if value == 0 else (1 - reach, 1.0)
    if is_share:
        middle, spread = math.log(value / (1 - value)), t * error / (value * (1 - value))
        low, high = middle - min(spread, 30), middle + min(spread, 30)
        return 1 / (1 + math.exp(-low)), 1 / (1 + math.exp(-high))
    spread = min(t * error / value, 30)
    return value * math.exp(-spread), value * math.exp(spread)


def _finished(raw: pl.DataFrame, keys: list[str], *, is_share: bool) -> pl.DataFrame:
    done = []
    for row in raw.iter_rows(named=True):
        is_shown = row["n_vacancies"] >= FEWEST_VACANCIES and row["n_employers"] >= FEWEST_EMPLOYERS
        low, high = (
            bounds(row["value"], row["error"], row["n_employers"], is_share=is_share) if is_shown else (None, None)
        )
        done.append(
            {key: row[key] for key in keys}
            | {"value": row["value"] if is_shown else None, "low": low, "high": high, "n_vacancies": row["n_vacancies"],
               "n_employers": row["n_employers"], "n_unknown": row["n_unknown"], "is_shown": is_shown}
        )  # fmt: skip
    return pl.DataFrame(done, schema={key: raw.schema[key] for key in keys} | SCHEMA)


def shares(
    path: Path, flag: str, keys: dict[str, str], where: str, *, source: str = "vacancy v", among: str = "true"
) -> pl.DataFrame:
    """Return the share of vacancies for which `flag` holds, by `keys` (name to SQL), with its clustered 95% interval.

    Columns: the keys, `value, low, high` (shares), `n_vacancies, n_employers, n_unknown, is_shown`. A null flag counts
    as unknown and is left out. Below 30 vacancies or 8 employers only the counts are given.
    """
    return _asked(path, flag, among, keys, where, source, is_share=True)


def ratios(path: Path, over: str, under: str, keys: dict[str, str], where: str) -> pl.DataFrame:
    """Return vacancies for which `over` holds per vacancy for which `under` holds, by `keys`, shaped as `shares` does."""
    return _asked(path, over, under, keys, where, "vacancy v", is_share=False)


def _asked(
    path: Path, over: str, under: str, keys: dict[str, str], where: str, source: str, *, is_share: bool
) -> pl.DataFrame:
    names = ", ".join(f'"{name}"' for name in keys)
    sql = PER_EMPLOYER.format(
        keys=", ".join(f'{expression} AS "{name}"' for name, expression in keys.items()),
        names=names,
        over=over,
        under=under,
        rests="sum(m)" if is_share else "sum(s) + sum(m)",
        source=source,
        where=where,
    )
    return _finished(snapshot.ask(path, sql), list(keys), is_share=is_share)


QUANTILES = """
SELECT {keys}, quantile_cont({amount}, 0.25) AS low, quantile_cont({amount}, 0.5) AS value, quantile_cont({amount}, 0.75) AS high,
  count({amount}) AS n_vacancies, count(DISTINCT v.employer_id) FILTER ({amount} IS NOT NULL) AS n_employers,
  count(*) - count({amount}) AS n_unknown
FROM vacancy v WHERE {where} GROUP BY ALL ORDER BY {names}
"""


def quartiles(path: Path, amount: str, keys: dict[str, str], where: str) -> pl.DataFrame:
    """Return the median (`value`) and quartiles (`low`, `high`) of an amount by `keys`: the middle half of a distribution, not an error."""
    raw = snapshot.ask(
        path,
        QUANTILES.format(
            keys=", ".join(f'{expression} AS "{name}"' for name, expression in keys.items()),
            names=", ".join(f'"{name}"' for name in keys),
            amount=amount,
            where=where,
        ),
    )
    is_shown = (pl.col("n_vacancies") >= FEWEST_VACANCIES) & (pl.col("n_employers") >= FEWEST_EMPLOYERS)
    return raw.with_columns(is_shown=is_shown).with_columns(
        pl.when("is_shown").then(pl.col(column)) for column in ("low", "value", "high")
    )
