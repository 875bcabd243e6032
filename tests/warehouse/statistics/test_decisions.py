"""The verdict follows from the whole interval, and Holm's correction from the p-values, as traced by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.statistics.decisions import Region, decide, holm, p_value

MANY = 1e6
UNIT = np.linspace(-1, 1, 4_001)  # replicates whose 95 % interval is -0.95 to 0.95 and 90 % interval -0.90 to 0.90


@pytest.mark.parametrize(
    ("region", "centre", "verdict"),
    [
        (Region(low=0), 1.0, "supported"),
        (Region(low=0), 0.94, "inconclusive"),
        (Region(low=0), -1.0, "contradicted"),
        (Region(high=2), 1.04, "supported"),
        (Region(high=2), 1.06, "inconclusive"),
        (Region(high=2), 3.0, "contradicted"),
        (Region(low=-2, high=2), 0.0, "supported"),
        (Region(low=-2, high=2), 1.5, "inconclusive"),
        (Region(low=-2, high=2), -3.0, "contradicted"),
        # two one-sided tests look at the 90 % interval: 1.09 + 0.90 lies inside, 1.09 + 0.95 does not
        (Region(low=-2, high=2, is_equivalence=True), 1.09, "supported"),
        (Region(low=-2, high=2, is_equivalence=False), 1.09, "inconclusive"),
        (Region(low=-2, high=2, is_equivalence=True), 1.12, "inconclusive"),
        (Region(low=-2, high=2, is_equivalence=True), 2.93, "inconclusive"),
        (Region(low=-2, high=2, is_equivalence=True), 2.97, "contradicted"),
        # an interval wider than the band settles nothing
        (Region(low=-0.5, high=0.5), 0.0, "inconclusive"),
    ],
)
def test_verdict_of_interval(region: Region, centre: float, verdict: str) -> None:
    assert decide(centre, UNIT + centre, region, MANY, "drawn").verdict == verdict


@given(st.floats(-4, 4), st.floats(-3, 0), st.floats(0.01, 3), st.booleans())
def test_a_region_never_holds_and_excludes_the_same_interval(
    middle: float, low: float, width: float, equivalence: bool
) -> None:
    region = Region(low=low, high=low + width, is_equivalence=equivalence)
    assert not (region.holds(middle - 0.1, middle + 0.1) and region.excludes(middle - 0.1, middle + 0.1))


@settings(deadline=None)
@given(st.floats(-3, 3))
def test_p_value_under_five_percent_where_a_verdict_is_earned(centre: float) -> None:
    for region in (Region(low=0), Region(high=0), Region(low=-1.5, high=1.5, is_equivalence=True)):
        decision = decide(centre, UNIT + centre, region, MANY, "drawn")
        assert (decision.p_value < 0.0503) >= (decision.verdict != "inconclusive")
        assert decision.p_value == p_value(centre, UNIT + centre, region, MANY, "drawn")


def test_holm_by_hand() -> None:
    # 4 × 0.01, 3 × 0.02, then no smaller than the one before: 2 × 0.03 = 0.06, 1 × 0.04 -> 0.06
    assert holm([0.04, None, 0.01, 0.03, 0.02]) == pytest.approx([0.06, None, 0.04, 0.06, 0.06])
    assert holm([None, None]) == [None, None]
    assert holm([]) == []


@pytest.mark.parametrize("ends", [(None, None), (2.0, 1.0), (1.0, 1.0)])
def test_region_without_sense_is_refused(ends: tuple[float | None, float | None]) -> None:
    with pytest.raises(ValueError, match="region"):
        Region(*ends)
