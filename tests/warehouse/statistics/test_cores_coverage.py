"""The simulated cores of skills are what they are taken to be; on blunt ones the interval is of the cores found, as told in the methods."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from coverage_cores import (
    SHARP,
    chances,
    cores,
    difference_of_all,
    found_cores,
    in_the_other_core,
    number_asked,
    vacancies,
)
from coverage_shares import Kind
from interval_coverage import covered
from test_interval_coverage import MARKS, is_plausible

from warehouse.evidence.skill_cores import CORE


def test_number_of_skills_asked_counts_every_way() -> None:
    assert number_asked(np.array([0.5, 0.25])) == pytest.approx([0.375, 0.5, 0.125])


def test_true_difference_written_out_for_two_skills() -> None:
    """Both are in the common core, which employers lean to alike, but only the first counts as covered, and that of one role."""
    asked = np.zeros((2, CORE + 1))
    asked[0, :2], asked[1, :2] = (0.5, 0.25), (0.4, 0.3)
    covered_skills = np.zeros(asked.shape, dtype=bool)
    covered_skills[0, 0] = True
    lean = np.linspace(0.6, 1.4, 2_001)
    p, q = 0.5 * lean, 0.25 * lean
    share = np.mean(p * (1 - q) + p * q / 2) / np.mean(1 - (1 - p) * (1 - q))
    assert difference_of_all(asked, covered_skills) == pytest.approx(share, rel=1e-5)
    assert difference_of_all(asked[::-1], covered_skills[::-1]) == pytest.approx(-share, rel=1e-5)


@pytest.mark.parametrize("gap", [SHARP, 1.03])
def test_true_difference_is_that_of_a_large_market(gap: float) -> None:
    asked = chances(gap)
    inside = in_the_other_core(asked)
    assert (inside.sum(axis=1) == CORE).all()
    asking = vacancies(np.random.default_rng(5), 6_000, asked)
    n = np.bincount(asking.row, minlength=len(asking.role))
    of_each = np.bincount(asking.row, inside[asking.role[asking.row], asking.skill], len(n)) / np.maximum(n, 1)
    first, second = (of_each[(asking.role == role) & (n > 0)].mean() for role in (0, 1))
    # one standard error of so many employers of such sizes is 0.4 points; the truth is some ten
    assert difference_of_all(asked, inside) == pytest.approx(first - second, abs=0.016)
    assert difference_of_all(asked, inside) > 0.08


def test_a_sharp_core_is_found_and_a_blunt_one_is_not() -> None:
    rng = np.random.default_rng(6)

    def whole(gap: float, employers: int) -> float:
        asked = chances(gap)
        true = in_the_other_core(asked)
        return float(np.mean([(found_cores(vacancies(rng, employers, asked)) == true).all() for _ in range(30)]))

    assert whole(SHARP, 20) > 0.7
    assert whole(SHARP, 150) > 0.95
    assert whole(1.03, 150) < 0.1


@MARKS
def test_on_blunt_cores_the_interval_holds_what_the_cores_found_cover_and_not_the_true_ones() -> None:
    """The limit that docs/methods.md tells of: a core whose end is not sharp is never quite the true one."""
    found, true = (
        covered(Kind(f"blunt {of_sample}", cores(1.03, of_sample=of_sample)), 40, 60, seed=7)
        for of_sample in (True, False)
    )
    assert is_plausible(found.held, found.markets), found
    assert true.share < 0.9, true
