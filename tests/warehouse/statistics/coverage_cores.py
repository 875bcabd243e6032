"""Clustered synthetic markets of two roles whose cores of skills are known: sharp ones, and some whose ends are blunt."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from coverage_shares import JUDGED, Drawn, Kind, Market, sizes, weights_for

from warehouse.evidence.sample import MOST_CLUSTERS
from warehouse.evidence.shares import behind, difference
from warehouse.evidence.skill_cores import CORE, Asking, covered_in_resamples, held_against_cores
from warehouse.statistics.resampling import share

SKILLS = 100
SHARED = 18
"""Skills in the cores of both roles."""
FIRST, LAST, LEAST = 0.35, 0.15, 0.01
"""How often the first role asks the first and the thirtieth skill of its core, and the one it asks least; each in between by
the same share less than the one before, 3 to 4 %, about as in real postings."""
SECOND = 0.7
"""How often the second role asks a skill of the same rank, over the first."""
MEANS = (1.0, 2.0)
"""Means of the logarithm of an employer's vacancies of either role: the second has more."""
SHARP = 5.0
"""How often the thirtieth skill is asked over the next where which are the core's survives sampling, nearly always."""
LEAN = 0.4
"""By what share of it, up or down, an employer asks what both cores have more often than the mean."""
_POINTS, _MASSES = np.polynomial.legendre.leggauss(8)


def chances(gap: float) -> np.ndarray:
    """Return how often either role asks a skill, (roles, skills): the thirtieth of its core `gap` times as often as the next.

    The first role asks most what both cores have, the second asks that as often as the rest of its core.
    """
    rng, asked = np.random.default_rng(31), np.zeros((2, SKILLS))
    for role in (0, 1):
        start = role * (CORE - SHARED)
        core = rng.permutation(np.arange(start, start + CORE))
        if role == 0:
            core = core[np.argsort(core < CORE - SHARED, kind="stable")]
        others = np.setdiff1d(np.arange(SKILLS), core)
        asked[role, core] = np.geomspace(FIRST, LAST, CORE)
        asked[role, rng.permutation(others)] = np.geomspace(LAST / gap, LEAST, SKILLS - CORE)
    return asked * [[1.0], [SECOND]]


def in_the_other_core(asked: np.ndarray) -> np.ndarray:
    """Return of each role, (roles, skills), which skills are among the thirty that the other asks most."""
    is_core = np.zeros(asked.shape, dtype=bool)
    np.put_along_axis(is_core, np.argsort(-asked, axis=1, kind="stable")[:, :CORE], True, axis=1)
    return is_core[::-1]


def number_asked(chance: np.ndarray) -> np.ndarray:
    """Return how likely 0, 1, 2, … skills are asked, each by itself with its chance."""
    likely = np.ones(1)
    for one in chance:
        likely = np.convolve(likely, (1 - one, one))
    return likely


def difference_of_all(asked: np.ndarray, cores: np.ndarray) -> float:
    """Return the mean share of the first role's skills in the other's core over all vacancies that ask any, less the reverse.

    `cores` as `in_the_other_core` gives them. Of infinitely many employers: their tastes for a skill, which are drawn by
    themselves, are not seen in the mean; how an employer leans is integrated over.
    """
    means = []
    for chance, is_common, is_inside in zip(asked, in_the_other_core(asked), cores, strict=True):
        above = below = 0.0
        for lean, mass in zip(1 + LEAN * _POINTS, _MASSES, strict=True):
            here = chance * np.where(is_common, lean, 2 - lean)
            inside, outside = number_asked(here[is_inside]), number_asked(here[~is_inside])
            i, o = np.arange(len(inside))[:, None], np.arange(len(outside))
            likely = inside[:, None] * outside * (i + o > 0)
            above += mass * float((likely * i / np.maximum(i + o, 1)).sum())
            below += mass * float(likely.sum())
        means.append(above / below)
    return means[0] - means[1]


def vacancies(rng: np.random.Generator, employers: int, asked: np.ndarray) -> Asking:
    """Return both roles' vacancies at the same employers.

    An employer asks a skill up to twice as often as the mean, or never, half of the time alike of both roles; and it leans
    towards what both cores have, or away from it.
    """
    lean = 1 + LEAN * rng.uniform(-1, 1, (employers, 1))
    of_both = rng.uniform(0, 2, (employers, SKILLS))
    owners, rows, skills = [], [], []
    for chance, is_common, mean in zip(asked, in_the_other_core(asked), MEANS, strict=True):
        taste = np.where(rng.random((employers, SKILLS)) < 0.5, of_both, rng.uniform(0, 2, (employers, SKILLS)))
        owner = np.repeat(np.arange(employers), sizes(rng, employers, mean))
        own = taste * chance * np.where(is_common, lean, 2 - lean)
        row, skill = np.nonzero(rng.random((len(owner), SKILLS)) < own[owner])
        rows.append(row + sum(len(one) for one in owners))
        skills.append(skill)
        owners.append(owner)
    role = np.repeat([0, 1], [len(one) for one in owners])
    source = np.zeros(len(role), dtype=int)
    return Asking(np.concatenate(owners), role, source, np.concatenate(rows), np.concatenate(skills))


def found_cores(asking: Asking) -> np.ndarray:
    """Return of each role, (roles, skills), which skills are among the thirty asked most of the other in the sample."""
    counts = np.bincount(asking.role[asking.row] * SKILLS + asking.skill, minlength=2 * SKILLS)
    return in_the_other_core(counts.reshape(2, SKILLS))


def cores(gap: float, *, of_sample: bool = False) -> Market:
    """The difference of the two roles' mean shares, estimated and resampled as the claim does it.

    The truth is that of the true cores, or, with `of_sample`, what the cores found in the sample cover in the whole market.
    """
    asked = chances(gap)
    true = difference_of_all(asked, in_the_other_core(asked))

    def market(rng: np.random.Generator, employers: int) -> Drawn:
        asking = vacancies(rng, employers, asked)
        group = rng.permutation(employers) % MOST_CLUSTERS if employers > MOST_CLUSTERS else np.arange(employers)
        weights = weights_for(min(employers, MOST_CLUSTERS), rng)
        held = held_against_cores(asking, SKILLS, group, weights)
        mass = held.is_told.astype(float)
        of_role = [mass * (asking.role == i) for i in (0, 1)]
        known = [np.bincount(asking.employer, one, employers) for one in of_role]
        point = [share(np.asarray((one * held.covered).sum()), np.asarray(one.sum())) for one in of_role]
        replicates = covered_in_resamples(asking, held, mass, group, weights)
        n = behind(difference, point, replicates, known)
        truth = difference_of_all(asked, found_cores(asking)) if of_sample else true
        return Drawn(float(difference(point)), difference(replicates), n, truth, "plain", weights)

    return market


CORES: tuple[Kind, ...] = (Kind("skills in the other's core", cores(SHARP), milliseconds=20),)
BLUNT: tuple[Kind, ...] = tuple(
    Kind(f"{name}, thirtieth {gap} times the next", cores(gap, of_sample=of_sample), employers=JUDGED, milliseconds=25)
    for name, of_sample in (("true core", False), ("core found", True))
    for gap in (2.0, 1.5, 1.2, 1.03)
)
"""Cores whose end is not sharp, which the table has not: the interval is then of the cores found, not of the true ones."""
