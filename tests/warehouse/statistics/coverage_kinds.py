"""Clustered synthetic markets for the estimates that are not plain shares: slopes, durations, supply, skills."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import sparse, special, stats

sys.path.insert(0, str(Path(__file__).parent))

import itertools

from coverage_shares import JUDGED, Drawn, Kind, Market, sizes, tastes, weights_for

from warehouse.evidence.skill_premium import told_without_noise
from warehouse.evidence.supply import behind_both
from warehouse.statistics.durations import events_and_exposure, median_from_steps, steps_of, weibull_median
from warehouse.statistics.profiles import cosine_similarity, jensen_shannon_similarity, likeness, mentions_and_draws
from warehouse.statistics.resampling import effective_employers, ratio, totals, two_sides_effective
from warehouse.statistics.separation import auc_between
from warehouse.statistics.slopes import information, pooled_slope, within_sums
from warehouse.statistics.turnover import profiles_of, squared_turnover


def matched_slope(rng: np.random.Generator, employers: int) -> Drawn:
    """Yearly slope within employers that each have a level and a trend of their own; the truth is the mean trend."""
    slope, years = 0.03, np.arange(9)
    level, trend = rng.uniform(0.25, 0.45, employers), rng.normal(slope, 0.02, employers)
    n = sizes(rng, employers, 1.5)
    owner = np.repeat(np.arange(employers), n)
    first = rng.integers(0, 6, employers)[owner]
    x = np.minimum(first + rng.integers(0, 4, len(owner)), 8)
    p = np.clip(level[owner] + trend[owner] * (x - 4), 0, 1)
    asked = (rng.random(len(owner)) < p).astype(float)
    cell = owner * len(years) + x
    mass, y = (np.bincount(cell, v, employers * len(years)) for v in (np.ones(len(owner)), asked))
    unit = np.repeat(np.arange(employers), len(years))
    num, den = within_sums(mass, np.tile(years, employers).astype(float), y, unit, employers)
    w = weights_for(employers, rng)
    drawn = totals(w, np.column_stack([num, den]))
    value = float(ratio(num.sum(), den.sum()))
    return Drawn(value, ratio(drawn[:, 0], drawn[:, 1]), effective_employers(den), slope, "plain", w)


def size_slope(rng: np.random.Generator, employers: int) -> Drawn:
    """Slope over three size classes; larger employers are fewer, so many as asked for, and have more vacancies."""
    step = np.r_[np.zeros(round(1.5 * employers), dtype=int), 1 + (rng.random(employers) < 0.375)]
    n = sizes(rng, len(step)) * (1 + step)
    events = rng.binomial(n, rng.beta((0.2 + 0.1 * step) * 4, (0.8 - 0.1 * step) * 4))
    sums = np.column_stack([n, n * step, events, step * events, n * step**2]).astype(float)
    w = weights_for(len(step), rng)
    value, n_effective = float(pooled_slope(sums.sum(axis=0))), effective_employers(information(sums))
    return Drawn(value, pooled_slope(totals(w, sums)), n_effective, 0.1, "plain", w)


def _watched(rng: np.random.Generator, employers: int) -> dict[str, np.ndarray]:
    """Durations of a Weibull law whose scale differs by employer, with late entry, right and interval censoring."""
    n = sizes(rng, employers, 1.5)
    owner = np.repeat(np.arange(employers), n)
    scale = np.exp(rng.normal(0, 0.3, employers))[owner]
    true = 70 * scale * rng.weibull(1.3, len(owner))
    entry = np.where(rng.random(len(owner)) < 0.3, rng.uniform(0, 40, len(owner)), 0.0)
    censor = entry + rng.uniform(10, 200, len(owner))
    seen = true > entry
    owner, true, entry, censor = owner[seen], true[seen], entry[seen], censor[seen]
    closed = true <= censor
    low = np.where(closed, np.maximum(entry, true - rng.uniform(0, 4, len(true))), censor)
    high = np.where(closed, low + 4.0, np.inf)
    return {"owner": owner, "entry": entry, "closed": closed, "low": low, "high": high}


_GRID = np.linspace(1, 400, 8_000)
_SURVIVAL = np.exp(-((_GRID[:, None] / (70 * np.exp(0.3 * special.ndtri((np.arange(999) + 0.5) / 999)))) ** 1.3)).mean(
    axis=1
)
TRUE_MEDIAN = float(_GRID[np.searchsorted(-_SURVIVAL, -0.5)])


def open_days(rng: np.random.Generator, employers: int) -> Drawn:
    m = _watched(rng, employers)
    exits = np.where(m["closed"], (m["low"] + np.where(m["closed"], m["high"], 0)) / 2, m["low"])
    ends = steps_of(exits[m["closed"]])
    events, exposure = events_and_exposure(
        m["entry"], exits, m["closed"], np.ones(len(exits)), ends, m["owner"], employers
    )
    w = weights_for(employers, rng)
    value = float(median_from_steps(events.sum(axis=0), exposure.sum(axis=0), ends))
    n = effective_employers(np.bincount(m["owner"][m["closed"]], minlength=employers))
    return Drawn(value, median_from_steps(totals(w, events), totals(w, exposure), ends), n, TRUE_MEDIAN, "log", w)


def weibull_days(rng: np.random.Generator, employers: int) -> Drawn:
    """Its truth is what the model tends to: a Weibull law has one scale, these employers have many."""
    m = _watched(rng, employers)
    value, influence = weibull_median(m["low"], m["high"], m["entry"], np.ones(len(m["low"])), m["owner"], employers)
    w = weights_for(employers, rng)
    moved = totals(w, influence[:, None])[:, 0] - influence.sum()
    n = effective_employers(np.bincount(m["owner"][m["closed"]], minlength=employers))
    return Drawn(float(np.exp(value)), np.exp(value + moved), n, WEIBULL_LIMIT, "log", w)


WEIBULL_LIMIT = 52.7
"""The Weibull median over 18,000 such employers."""


def supply(rng: np.random.Generator, employers: int) -> Drawn:
    """Seekers by month, overdispersed, over openings by employer."""
    months = 60
    rate = rng.gamma(4, 1 / 4, months)
    sought = np.column_stack([rng.poisson(12 * rate), rng.poisson(30 * rate * rng.gamma(9, 1 / 9, months))]).astype(
        float
    )
    n = sizes(rng, employers)
    first = rng.binomial(n, tastes(rng, employers, 0.2)).astype(float)
    w, months_w = weights_for(employers, rng), weights_for(months, rng)
    drawn, wanted = totals(w, np.column_stack([first, n - first])), totals(months_w, sought)
    s = sought.sum(axis=0)
    value = (s[0] / s[1]) / (first.sum() / (n - first).sum())
    seekers, openings = ratio(wanted[:, 0], wanted[:, 1]), ratio(drawn[:, 0], drawn[:, 1])
    n_effective = behind_both(seekers, openings, effective_employers(sought.sum(axis=1)), effective_employers(n))
    return Drawn(
        float(value),
        ratio(seekers, openings),
        n_effective,
        (12 / 30) / 0.25,
        "log",
        np.concatenate([w, months_w], axis=1),
    )


def _scored(
    rng: np.random.Generator, employers: int, gap: float, n: np.ndarray
) -> tuple[list[sparse.csr_matrix], list[np.ndarray]]:
    """Return histograms by employer of the scores of two classes, which shift with the employer, and the classes' sizes."""
    owner = np.repeat(np.arange(employers), n)
    label = rng.random(len(owner)) < tastes(rng, employers, 0.4)[owner]
    score = gap * label + 0.6 * rng.normal(0, 1, employers)[owner] + rng.normal(0, 0.8, len(owner))
    column = np.clip(np.floor((score + 4) * 20), 0, 199).astype(int)
    sides = [(owner[mine], column[mine]) for mine in (label, ~label)]
    return (
        [sparse.csr_matrix((np.ones(len(side[0])), side), shape=(employers, 200)) for side in sides],
        [np.bincount(who, minlength=employers) for who, _ in sides],
    )


def auc(rng: np.random.Generator, employers: int) -> Drawn:
    """Scores of a fixed classifier that shift with the employer."""
    w = weights_for(employers, rng)
    sides, counts = _scored(rng, employers, 1.2, sizes(rng, employers, 1.5))
    value, replicates = auc_between(*sides, w)
    return Drawn(value, replicates, two_sides_effective(*counts), float(special.ndtr(1.2 / np.sqrt(2))), "logit", w)


def auc_trend(rng: np.random.Generator, employers: int) -> Drawn:
    """Four years in which two classes grow alike."""
    years, w = np.arange(4) - 1.5, weights_for(employers, rng)
    gaps, found, counts = 1.2 - 0.15 * np.arange(4), [], np.zeros((2, employers))
    for gap in gaps:
        sides, n = _scored(rng, employers, gap, sizes(rng, employers, 0.8))
        counts += n
        found.append(auc_between(*sides, w))
    x2 = np.square(years).sum()
    value, true = (
        float(years @ np.array(v) / x2) for v in ([one for one, _ in found], special.ndtr(gaps / np.sqrt(2)))
    )
    replicates = np.stack([drawn for _, drawn in found], axis=-1) @ years / x2
    return Drawn(value, replicates, two_sides_effective(*counts), true, "plain", w)


TRAITS = 40
_BASE = np.random.default_rng(17).dirichlet(np.full(TRAITS, 0.6), 4)


def _mentions(rng: np.random.Generator, shares: np.ndarray, employers: int, mean: float = 1.0) -> np.ndarray:
    """Mentions by employer and trait; employers have tastes of their own."""
    own = rng.dirichlet(shares * 40 + 1e-9, employers)
    return np.stack(
        [rng.multinomial(5 * k, taste) for k, taste in zip(sizes(rng, employers, mean), own, strict=True)]
    ).astype(float)


def likeness_trend(similarity) -> Market:
    """Six years in which one profile moves towards the other while samples grow; the truth is the slope of the profiles' own likeness."""

    def market(rng: np.random.Generator, employers: int) -> Drawn:
        years = np.arange(6) - 2.5
        values, drawn, true = [], [], []
        w, asked = weights_for(employers, rng), np.zeros((employers, 2))
        for k in range(6):
            first, second = _BASE[0] * (0.6 - 0.06 * k) + _BASE[1] * (0.4 + 0.06 * k), _BASE[1]
            sides = [sparse.csr_matrix(_mentions(rng, s, employers, 0.6 + 0.15 * k)) for s in (first, second)]
            asked += np.column_stack([np.asarray(side.sum(axis=1)).reshape(-1) for side in sides])
            value, replicates = likeness(*(mentions_and_draws(side, w) for side in sides), similarity)
            values.append(value)
            drawn.append(replicates)
            true.append(float(similarity(first, second)))
        x2 = np.square(years).sum()
        value = float(years @ np.array(values) / x2)
        n = min(effective_employers(side) for side in asked.T)
        return Drawn(value, np.stack(drawn, axis=-1) @ years / x2, n, float(years @ np.array(true) / x2), "plain", w)

    return market


def turnover(rng: np.random.Generator, employers: int) -> Drawn:
    """Two groups over four years; the first turns over twice as fast."""
    w, squares, true, n = weights_for(employers, rng), [], [], np.inf
    for speed in (0.3, 0.15):
        path = [_BASE[2] * (1 - speed * k) + _BASE[3] * speed * k for k in range(4)]
        mentions = [_mentions(rng, s, employers, 1.5) for s in path]
        n = min(n, effective_employers(np.sum(mentions, axis=(0, 2))))
        profiles = profiles_of(mentions, w)
        squares.append(squared_turnover(list(itertools.pairwise(profiles)), w))
        true.append(sum(np.square(b - a).sum() for a, b in itertools.pairwise(path)))
    with np.errstate(invalid="ignore"):
        value = float(np.sqrt(ratio(np.maximum(squares[0][0], 0.0), squares[1][0])))
        replicates = np.sqrt(ratio(np.maximum(squares[0][1], 0.0), squares[1][1]))
    return Drawn(value, replicates, n, float(np.sqrt(true[0] / true[1])), "log", w)


def premium_against_reach(rng: np.random.Generator, employers: int) -> Drawn:
    """Thirty skills whose premium falls with their reach, asked and paid by employers with tastes of their own."""
    skills = 30
    reach = np.linspace(0.06, 0.5, skills)
    premium = PREMIUM
    n = sizes(rng, employers, 2.2)
    owner = np.repeat(np.arange(employers), n)
    asks = rng.random((len(owner), skills)) < rng.beta(reach * 8, (1 - reach) * 8, (employers, skills))[owner]
    left = rng.normal(0, 0.2, len(owner)) + rng.normal(0, 0.05, employers)[owner]
    sums = np.zeros((3, employers, skills))
    for k in range(skills):
        mine = asks[:, k]
        sums[0, :, k] = np.bincount(owner[mine], left[mine] + premium[k], employers)
        sums[1, :, k] = sums[2, :, k] = np.bincount(owner[mine], minlength=employers)
    w = weights_for(employers, rng)
    plain = [one.sum(axis=0) for one in sums]
    drawn = [totals(w, one) for one in sums]
    value, drawn = told_without_noise(ratio(plain[0], plain[1]), plain[2], ratio(drawn[0], drawn[1]), drawn[2])
    truth = float(stats.spearmanr(premium, reach).statistic)
    return Drawn(value, drawn, float(employers), truth, "fisher", w)


PREMIUM = np.random.default_rng(23).normal(0, 0.06, 30) - np.linspace(-0.04, 0.04, 30)

HARD: tuple[Kind, ...] = (
    Kind("yearly slope, matched employers", matched_slope),
    Kind("slope over size classes", size_slope, employers=(15, *JUDGED)),
    Kind("median open days", open_days, milliseconds=5),
    Kind("median open days, Weibull", weibull_days, employers=JUDGED, milliseconds=90),
    Kind("seekers per opening, ratio", supply, milliseconds=3),
    Kind("AUC", auc, milliseconds=8),
    Kind("yearly change of AUC", auc_trend, employers=JUDGED, milliseconds=30),
    Kind(
        "yearly change of likeness, Jensen-Shannon",
        likeness_trend(jensen_shannon_similarity),
        employers=(15, *JUDGED),
        milliseconds=30,
    ),
    Kind(
        "yearly change of likeness, cosine", likeness_trend(cosine_similarity), employers=(15, *JUDGED), milliseconds=27
    ),
    Kind("turnover ratio", turnover, employers=(150, 450), milliseconds=11),
    Kind("premium against reach", premium_against_reach, employers=JUDGED, milliseconds=7),
)
