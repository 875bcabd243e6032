"""How rows are numbered by the distinct codes they hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_CODES_A_ROW = 8
"""Beyond so many possible codes for each row sorting them costs less than a table to look them up in."""


def distinct(codes: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a row of each distinct code, in rising order of the non-negative codes, and which of them each row has."""
    span = int(codes.max(initial=-1)) + 1
    if span > MOST_CODES_A_ROW * len(codes):
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
        return first, which.reshape(-1)
    at = np.full(span, -1)
    at[codes] = np.arange(len(codes))
    is_used = at >= 0
    return at[is_used], (np.cumsum(is_used) - 1)[codes]
