"""Intervals for plain shares, ratios and medians over vacancies, with employers as clusters: postings of one employer are not independent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from scipy.special import stdtrit

from dashboard.columns import Coded, Columns, in_turn, n_distinct

FEWEST_VACANCIES = 30
FEWEST_EMPLOYERS = 8
CONFIDENCE = 0.95

SCHEMA = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64, "n_unknown": pl.Int64,
          "is_shown": pl.Boolean}  # fmt: skip
FEW_GROUPS = 24  # up to here empty groups cost less than finding out which they are
DISTRIBUTED = {"key": pl.String, "part": pl.String, "n": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
               "n_vacancies": pl.Int64, "n_employers": pl.Int64, "is_shown": pl.Boolean}  # fmt: skip
N_CELLS = 1 << 18  # counts of 8 bytes that are filled at once: 2 MB


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


def shares(columns: Columns, flag: np.ndarray, keys: Mapping[str, Coded], rows: np.ndarray) -> pl.DataFrame:
    """Return the share of the vacancies at `rows` for which `flag` (-1 unknown, 0 no, 1 yes, for every vacancy) holds, by `keys`.

    Columns: the keys, `value, low, high` (shares, clustered 95% interval), `n_vacancies, n_employers, n_unknown, is_shown`. An
    unknown flag is counted and left out. Below 30 vacancies or 8 employers only the counts are given.
    """
    return _estimated(columns, flag, keys, rows, is_share=True)


def ratios(columns: Columns, side: np.ndarray, keys: Mapping[str, Coded], rows: np.ndarray) -> pl.DataFrame:
    """Return vacancies whose `side` is 1 per vacancy whose side is 0, those of -1 left out, by `keys`, shaped as `shares` does."""
    return _estimated(columns, side, keys, rows, is_share=False)


def grouped(keys: Mapping[str, Coded], rows: np.ndarray) -> tuple[np.ndarray, list[tuple]]:
    """Return for each row the number of its group, and the values that each group stands for; an unknown value is None."""
    group, values = np.zeros(len(rows), dtype=np.int32), [()]
    for key in keys.values():
        group = group * np.int32(len(key.values) + 1) + key.codes[rows]
        values = [(*before, value) for before in values for value in (*key.values, None)]
    if len(values) <= FEW_GROUPS:
        return group, values
    is_present = np.bincount(group, minlength=len(values)) > 0
    renumbered = np.cumsum(is_present, dtype=np.int32) - np.int32(1)
    return renumbered[group], [value for value, present in zip(values, is_present, strict=True) if present]


def framed(
    keys: Mapping[str, Coded], values: Sequence[tuple], found: Mapping[str, Sequence], schema: Mapping
) -> pl.DataFrame:
    """Return groups as rows under their keys' names, sorted by the keys with unknown values last."""
    names = {
        name: pl.Int64 if key.values and isinstance(key.values[0], int) else pl.String for name, key in keys.items()
    }
    parts = {name: [value[place] for value in values] for place, name in enumerate(names)}
    table = pl.DataFrame(parts | dict(found), schema=names | dict(schema))
    return table.sort(*names, nulls_last=True) if names else table


def _by_name(names: Iterable[str], found: Sequence[tuple]) -> dict[str, list]:
    return {name: [row[place] for row in found] for place, name in enumerate(names)}


@in_turn
def _estimated(
    columns: Columns, state: np.ndarray, keys: Mapping[str, Coded], rows: np.ndarray, *, is_share: bool
) -> pl.DataFrame:
    group, values = grouped(keys, rows)
    sums = _summed(columns.employer[rows], group, state[rows], len(values), is_share=is_share)
    kept, found = [], []
    for value, (yes, under, unknown, ss, sm, mm, n_clusters) in zip(values, sums.T.tolist(), strict=True):
        if under <= 0:
            continue
        n_vacancies, n_employers, ratio = int(under if is_share else yes + under), int(n_clusters), yes / under
        is_shown = n_vacancies >= FEWEST_VACANCIES and n_employers >= FEWEST_EMPLOYERS
        low = high = None
        if is_shown:
            spread = max(ss - 2 * ratio * sm + ratio**2 * mm, 0) * n_employers / max(n_employers - 1, 1)
            low, high = bounds(ratio, math.sqrt(spread) / under, n_employers, is_share=is_share)
        kept.append(value)
        found.append((ratio if is_shown else None, low, high, n_vacancies, n_employers, int(unknown), is_shown))
    return framed(keys, kept, _by_name(SCHEMA, found), SCHEMA)


def _summed(employer: np.ndarray, group: np.ndarray, state: np.ndarray, n_groups: int, *, is_share: bool) -> np.ndarray:
    """Return for each group, over its employers with s yes and m at the bottom of the fraction: Σs, Σm, Σunknown, Σs², Σsm, Σm², and how many there are.

    `employer` ascends, so that a block of employers is a slice, and its counts by employer, group and state stay in the cache.
    """
    sums = np.zeros((7, n_groups))
    if not len(employer):
        return sums
    cell = (employer * np.int32(n_groups) + group) * np.int32(3) + (state + np.int8(1))
    step = max(1, N_CELLS // (3 * n_groups))
    first, last = int(employer[0]), int(employer[-1])
    edges = np.arange(first, last + step, step)
    ends = np.searchsorted(employer, edges[1:]).tolist()
    start = 0
    for edge, end in zip(edges.tolist(), [*ends, len(employer)], strict=False):
        if end > start:
            n_employers = min(step, last + 1 - edge)
            counts = np.bincount(cell[start:end] - edge * n_groups * 3, minlength=n_employers * n_groups * 3)
            counts = counts.reshape(n_employers, n_groups, 3)
            unknown, no, yes = counts[:, :, 0], counts[:, :, 1], counts[:, :, 2]
            under = yes + no if is_share else no
            sums[:3] += yes.sum(axis=0), under.sum(axis=0), unknown.sum(axis=0)
            for place, (one, other) in enumerate(((yes, yes), (yes, under), (under, under)), 3):
                sums[place] += np.einsum("eg,eg->g", one, other)
            sums[6] += np.count_nonzero(yes + no, axis=0)
        start = end
    return sums


@in_turn
def distributed(columns: Columns, key: Coded, part: Coded, rows: np.ndarray) -> pl.DataFrame:
    """Return how the vacancies at `rows` of each value of `key` are distributed over the values of `part`, both known for every row.

    Columns: `key, part, n, value, low, high, n_vacancies, n_employers, is_shown`; `n_vacancies` counts the whole of the key.
    """
    n_keys, n_parts = len(key.values), len(part.values)
    employer, cell = columns.employer[rows], key.codes[rows].astype(np.int64) * n_parts + part.codes[rows]
    s, ss, sm, m, mm, clusters = (np.zeros((n_keys, n_parts)) for _ in range(6))
    step = max(1, N_CELLS // (n_keys * n_parts))
    first = int(employer[0]) if len(rows) else 0
    edges = np.arange(first, int(employer[-1]) + 1 if len(rows) else 0, step)
    for edge, start, end in zip(
        edges.tolist(), np.searchsorted(employer, edges), np.searchsorted(employer, edges + step), strict=True
    ):
        held = np.bincount(
            (employer[start:end] - edge) * np.int64(n_keys * n_parts) + cell[start:end],
            minlength=step * n_keys * n_parts,
        )
        held = held.reshape(-1, n_keys, n_parts)
        whole = held.sum(axis=2)
        s += held.sum(axis=0)
        ss += np.einsum("ekp,ekp->kp", held, held)
        sm += np.einsum("ekp,ek->kp", held, whole)
        m += whole.sum(axis=0)[:, None]
        mm += np.einsum("ek,ek->k", whole, whole)[:, None]
        clusters += np.count_nonzero(whole, axis=0)[:, None]
    found = []
    for k, p in np.argwhere(s > 0).tolist():
        n, n_employers, share = int(m[k, p]), int(clusters[k, p]), float(s[k, p] / m[k, p])
        is_shown = n >= FEWEST_VACANCIES and n_employers >= FEWEST_EMPLOYERS
        spread = max(ss[k, p] - 2 * share * sm[k, p] + share**2 * mm[k, p], 0) * n_employers / max(n_employers - 1, 1)
        low, high = bounds(share, math.sqrt(spread) / n, n_employers, is_share=True) if is_shown else (None, None)
        found.append(
            (
                key.values[k],
                part.values[p],
                int(s[k, p]),
                share if is_shown else None,
                low,
                high,
                n,
                n_employers,
                is_shown,
            )
        )
    return pl.DataFrame(found, schema=DISTRIBUTED, orient="row").sort("key", "part")


def quarters(amounts: np.ndarray) -> tuple[float, float, float]:
    """Return the quartiles of amounts, interpolated between neighbours; NumPy's own takes 60 µs to begin, and skills are hundreds."""
    ordered, last = np.sort(amounts), len(amounts) - 1
    found = []
    for place in (last * 0.25, last * 0.5, last * 0.75):
        below = int(place)
        low, high = float(ordered[below]), float(ordered[min(below + 1, last)])
        found.append(low + (high - low) * (place - below))
    return found[0], found[1], found[2]


QUARTILES = {"low": pl.Float64, "value": pl.Float64, "high": pl.Float64, "n_vacancies": pl.Int64, "n_employers": pl.Int64,
             "n_unknown": pl.Int64, "is_shown": pl.Boolean}  # fmt: skip


@in_turn
def quartiles(columns: Columns, amount: np.ndarray, keys: Mapping[str, Coded], rows: np.ndarray) -> pl.DataFrame:
    """Return the median (`value`) and quartiles (`low`, `high`) of an amount by `keys`: the middle half of a distribution, not an error."""
    group, values = grouped(keys, rows)
    kept, found = [], []
    for place in range(len(values)):
        of_group = rows[np.flatnonzero(group == place)]
        if not len(of_group):
            continue
        amounts = amount[of_group]
        known = np.flatnonzero(~np.isnan(amounts))
        n, n_employers = len(known), n_distinct(columns.employer[of_group[known]])
        is_shown = n >= FEWEST_VACANCIES and n_employers >= FEWEST_EMPLOYERS
        low, middle, high = quarters(amounts[known]) if is_shown else (None, None, None)
        kept.append(values[place])
        found.append((low, middle, high, n, n_employers, len(amounts) - n, is_shown))
    return framed(keys, kept, _by_name(QUARTILES, found), QUARTILES)
