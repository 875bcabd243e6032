"""Clustered synthetic markets of two roles whose cores of 30 skills are known, and how coverage falls where they are not sharp.

`python tests/warehouse/statistics/coverage_cores.py` counts markets by how much oftener a core's thirtieth skill is asked
than the next.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from coverage_shares import JUDGED, Drawn, Kind, Market, sizes, weights_for

from warehouse.evidence.sample import MOST_CLUSTERS
from warehouse.evidence.shares import behind, difference
from warehouse.evidence.skill_cores import CORE, Asking, covered_in_resamples, held_against_cores
from warehouse.statistics.resampling import Array, share

SKILLS = 100
SHARED = 18
"""Skills that are in both roles' cores."""
LIKING = 12.0
"""How alike employers are in how often they ask a skill: the sum of the two parameters of its beta distribution."""
LEANS = np.array([0.6, 0.85, 1.15, 1.4])
"""How much oftener than the mean an employer asks skills of its role's core that the other's has not; the others, less often."""
