"""Clustered synthetic markets of pay: ratios held equal, within a cell, of medians, and bounds for what is not disclosed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy import special

sys.path.insert(0, str(Path(__file__).parent))

from coverage_shares import JUDGED, Drawn, Ends, Kind, Market, sizes, tastes, weights_for

from warehouse.evidence.pay import bounds_interval, median_gap, pay_bounds
from warehouse.statistics.histograms import LOG_STEP
from warehouse.statistics.quantile_regression import adjusted_median_difference
from warehouse.statistics.resampling import effective_employers, share, totals


def _paid(rng: np.random.Generator, employers: int, gap: float = 0.08) -> dict[str, np.ndarray]:
    """Log pay that rests on level, country, employer and role, in round thousands; better payers hire more of the role."""
    effect = rng.normal(0, 0.25, employers)
    n = sizes(rng, employers, 1.7)
    owner = np.repeat(np.arange(employers), n)
    treated = rng.random(len(owner)) < special.expit(-0.8 + 3 * effect[owner])
    level, country = rng.integers(0, 4, len(owner)), rng.integers(0, 3, len(owner))
    noise = rng.laplace(0, 0.12, len(owner)) + 0.05 * rng.normal(0, 1, employers)[owner] * treated
    pay = np.exp(11 + 0.2 * level + 0.3 * country + effect[owner] + gap * treated + noise)
    return {"y": np.log(np.round(pay, -3)), "treated": treated, "level": level, "country": country, "owner": owner}


def adjusted_pay(*, within: bool) -> Market:
    def market(rng: np.random.Generator, employers: int) -> Drawn:
        m = _paid(rng, employers)
        if not within:
            shuffled = rng.permutation(m["treated"])
            m["y"], m["treated"] = m["y"] - 0.08 * m["treated"] + 0.08 * shuffled, shuffled
        fit = adjusted_median_difference(
            m["y"], m["treated"], [m["level"], m["country"]], m["owner"], employers, within_employer=within
        )
        w = weights_for(employers, rng)
        moved = totals(w, fit.influence[:, None])[:, 0] - fit.influence.sum()
        n = effective_employers(fit.information)
        return Drawn(float(np.exp(fit.value)), np.exp(fit.value + moved), n, float(np.exp(0.08)), "log", w)

    return market


def smaller_pay_ratio(rng: np.random.Generator, employers: int) -> Drawn:
    """The smaller of the ratios to two kinds of others, at the same employers, of which one is paid less."""
    m = _paid(rng, employers)
    is_second = ~m["treated"] & (rng.random(len(m["y"])) < 0.5)
    m["y"] = m["y"] - 0.1 * is_second
    w, values, drawn, n = weights_for(employers, rng), [], [], []
    for kept in (~is_second, m["treated"] | is_second):
        fit = adjusted_median_difference(
            m["y"][kept], m["treated"][kept], [m["level"][kept], m["country"][kept]], m["owner"][kept], employers
        )
        values.append(fit.value)
        drawn.append(fit.value + totals(w, fit.influence[:, None])[:, 0] - fit.influence.sum())
        n.append(effective_employers(fit.information))
    return Drawn(
        float(np.exp(min(values))), np.exp(np.minimum(*drawn)), n[int(np.argmin(values))], float(np.exp(0.08)), "log", w
    )


def cell_pay_ratio(rng: np.random.Generator, employers: int) -> Drawn:
    """Medians compared within employer and level, averaged with the harmonic size of the two sides as weight."""
    m = _paid(rng, employers)
    cell = m["owner"] * 4 + m["level"]
    order = np.lexsort((m["y"], cell))
    medians, counts = [], []
    for side in (False, True):
        mine = order[m["treated"][order] == side]
        n = np.bincount(cell[mine], minlength=4 * employers)
        first = np.cumsum(n) - n
        middle = [m["y"][mine][np.minimum(first + (n + step) // 2, len(mine) - 1)] for step in (-1, 0)]
        medians.append(np.mean(middle, axis=0))
        counts.append(n)
    known = (counts[0] > 0) & (counts[1] > 0)
    weight = np.where(known, counts[0] * counts[1] / np.maximum(counts[0] + counts[1], 1), 0.0)
    gap = np.where(known, medians[1] - medians[0], 0.0)
    den, num = (np.bincount(np.arange(4 * employers) // 4, v, employers) for v in (weight, weight * gap))
    w = weights_for(employers, rng)
    drawn = totals(w, np.column_stack([num, den]))
    n_effective = effective_employers(den)
    value = float(np.exp(share(num.sum(), den.sum())))
    return Drawn(value, np.exp(share(drawn[:, 0], drawn[:, 1])), n_effective, float(np.exp(0.08)), "log", w)


def _histograms(rng: np.random.Generator, employers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pay of two kinds as histograms by employer (undisclosed pay is higher), and disclosed and all vacancies by employer."""
    counts, both = [], []
    effect = rng.normal(0, 0.2, employers)
    for gap in (0.1, 0.0):
        n = sizes(rng, employers, 1.5)
        owner = np.repeat(np.arange(employers), n)
        log_pay = 11.5 + gap + effect[owner] + rng.normal(0, 0.25, len(owner))
        willing = rng.beta(8, 2, employers)[owner]
        shown = rng.random(len(owner)) < willing
        bins = np.clip(np.floor((log_pay[shown] - 10) / LOG_STEP).astype(int), 0, 299)
        counts.append(
            np.bincount(owner[shown] * 300 + bins, minlength=employers * 300).reshape(employers, 300).astype(float)
        )
        both.append(np.column_stack([np.bincount(owner[shown], minlength=employers), n]).astype(float))
    return counts[0], counts[1], both[0], both[1]


def raw_pay(rng: np.random.Generator, employers: int) -> Drawn:
    first, second, one, other = _histograms(rng, employers)
    w = weights_for(employers, rng)
    sums = [side.sum(axis=0) for side in (first, second)]
    gap, gaps, n = median_gap(sums, [totals(w, first), totals(w, second)], [one[:, 0], other[:, 0]])
    return Drawn(float(np.exp(gap)), np.exp(gaps), n, float(np.exp(0.1)), "log", w)


_SD = float(np.hypot(0.2, 0.25))
TRUE_BOUNDS = tuple(
    0.1 + _SD * (special.ndtri(p) - special.ndtri(q))
    for p, q in ((1 - 0.5 / 0.8, 0.5 / 0.8), (0.5 / 0.8, 1 - 0.5 / 0.8))
)


def share_ends(rng: np.random.Generator, employers: int) -> Ends:
    """Bounds of a share of which a fifth is undisclosed: all of these, then none, are taken to have the trait."""
    n = sizes(rng, employers, 1.5)
    shown = rng.binomial(n, tastes(rng, employers, 0.8, 10))
    met = rng.binomial(shown, tastes(rng, employers, 0.4))
    w = weights_for(employers, rng)
    drawn = totals(w, np.column_stack([met, n - shown + met, n]).astype(float))
    ends = (met.sum() / n.sum(), (n - shown + met).sum() / n.sum())
    replicates = tuple(share(drawn[:, k], drawn[:, 2]) for k in (0, 1))
    low, high = bounds_interval(ends, replicates, w, effective_employers(n), "logit")
    return low, high, 0.32, 0.52


def pay_ends(rng: np.random.Generator, employers: int) -> Ends:
    """The bounds' interval and the ends of what they must hold: nothing is disclosed by 20 % of either kind."""
    first, second, one, other = _histograms(rng, employers)
    w = weights_for(employers, rng)
    drawn1, drawn0 = totals(w, one), totals(w, other)
    d1, d0 = (x[:, 0].sum() / x[:, 1].sum() for x in (one, other))
    plain, histograms = [first.sum(axis=0), second.sum(axis=0)], [totals(w, first), totals(w, second)]
    ends = pay_bounds(*plain, d1, d0)
    drawn = pay_bounds(*histograms, share(drawn1[:, 0], drawn1[:, 1]), share(drawn0[:, 0], drawn0[:, 1]))
    n = median_gap(plain, histograms, [one[:, 0], other[:, 0]])[2]
    low, high = bounds_interval((float(ends[0]), float(ends[1])), drawn, w, n, "plain")
    return low, high, TRUE_BOUNDS[0], TRUE_BOUNDS[1]


PAY: tuple[Kind, ...] = (
    Kind("adjusted pay ratio, within employers", adjusted_pay(within=True), milliseconds=5),
    Kind("adjusted pay ratio, pooled", adjusted_pay(within=False), milliseconds=5),
    Kind("smaller of two adjusted pay ratios", smaller_pay_ratio, employers=JUDGED, milliseconds=9),
    Kind("pay ratio within employer and level", cell_pay_ratio),
    Kind("ratio of medians", raw_pay, milliseconds=15),
    Kind("bounds of a ratio of medians", pay_ends, employers=JUDGED, milliseconds=17),
    Kind("bounds of a share", share_ends),
)
