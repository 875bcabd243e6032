"""How often each kind of interval holds the truth on clustered synthetic markets.

A market has employers of heavy-tailed sizes (log-normal, deviation 1.2: the largest of 40 holds about a fifth of all
vacancies) that differ from one another in every quantity. Each kind is drawn with its truth known, estimated and given
its interval by the functions that the claims use. `python tests/warehouse/statistics/interval_coverage.py --write` counts
1,000 markets a row and puts the table into docs/methods.md, `--counts FILE` adds those of other seeds to it; `--blunt`
counts what the table has not.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from coverage_cores import BLUNT, CORES
from coverage_kinds import HARD
from coverage_pay import PAY
from coverage_shares import JUDGED, SHARES, Kind, judged_by

from warehouse.statistics.intervals import interval

KINDS = (*SHARES, *PAY, *HARD, *CORES)
"""The kinds of the table."""
EVERY = (*KINDS, *BLUNT)
METHODS = Path(__file__).resolve().parents[3] / "docs" / "methods.md"
BEGIN, END = "<!-- coverage: written by tests/warehouse/statistics/interval_coverage.py -->", "<!-- /coverage -->"

LEAST_MARKETS = 5
"""Fewer markets with an estimate at all are no row."""


@dataclass(frozen=True)
class Covered:
    """Over how many markets the 95 % interval was counted; in how many it held the truth, lay above it, lay below it."""

    markets: int
    held: int
    above: int
    below: int

    @property
    def share(self) -> float:
        return self.held / self.markets


def covered(kind: Kind, employers: int, markets: int, seed: int = 1) -> Covered:
    """Return how often a kind's interval holds the truth; markets too thin for an estimate are left out."""
    rng = np.random.default_rng([seed, employers, *kind.name.encode()])
    ends = []
    for _ in range(markets):
        one = kind.market(rng, employers)
        if isinstance(one, tuple):
            ends.append(one)
        elif np.isfinite(one.value) and np.mean(~np.isfinite(one.replicates)) <= 0.025:
            low, high = interval(one.value, one.replicates, 0.95, judged_by(one), one.scale)
            ends.append((low, high, one.truth, one.truth))
    low, high, least, most = np.array(ends).T
    known = np.isfinite(low) & np.isfinite(high)
    above, below = known & (low > least), known & (high < most)
    return Covered(int(known.sum()), int((known & ~above & ~below).sum()), int(above.sum()), int(below.sum()))


def _row(task: tuple[int, int, int, int]) -> tuple[int, int, Covered]:
    number, employers, markets, seed = task
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return number, employers, covered(EVERY[number], employers, markets, seed)


def table(found: Sequence[tuple[int, int, Covered]]) -> str:
    """Return the rows as a table: coverage by number of employers; of those judged the worst error at a boundary and fewest markets."""
    columns = sorted({employers for _, employers, _ in found})
    lines = [
        "| estimate | "
        + " | ".join(f"{n} employers{'' if n in JUDGED else ', shown'}" for n in columns)
        + " | wrong verdict | markets |",
        "| --- |" + " ---: |" * (len(columns) + 2),
    ]
    for number, kind in enumerate(KINDS):
        own = {n: one for k, n, one in found if k == number and one.markets >= LEAST_MARKETS}
        if own:
            cells = (f"{100 * own[n].share:.1f} %" if n in own else "" for n in columns)
            judged = [one for n, one in own.items() if n in JUDGED]
            wrong = max(max(one.above, one.below) / one.markets for one in judged)
            lines.append(
                f"| {kind.name} | {' | '.join(cells)} | {100 * wrong:.1f} % | {min(one.markets for one in judged):,} |"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the coverage of every kind, and with `--write` put the table into docs/methods.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markets", type=int, default=1_000)
    parser.add_argument("--only", default="", help="kinds whose name matches this pattern")
    parser.add_argument(
        "--blunt", action="store_true", help="cores of skills that are not sharp, in place of the table's kinds"
    )
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--counts", type=Path, help="a file that counts are added to, so that seeds may be run in turn")
    chosen = parser.parse_args(arguments)
    kinds = [
        (k, one) for k, one in enumerate(EVERY) if (one in BLUNT) == chosen.blunt and re.search(chosen.only, one.name)
    ]
    tasks = [(k, n, chosen.markets, chosen.seed) for k, kind in kinds for n in kind.employers]
    counts = json.loads(chosen.counts.read_text("utf-8")) if chosen.counts and chosen.counts.is_file() else {}
    with ProcessPoolExecutor(chosen.processes) as pool:
        for k, n, one in pool.map(_row, tasks):
            key = f"{EVERY[k].name}|{n}"
            counts[key] = [a + b for a, b in zip(counts.get(key, [0] * 4), astuple(one), strict=True)]
            shares = (f"{x / max(one.markets, 1):.3f}" for x in astuple(one)[1:])
            print(f"{EVERY[k].name:45s} {n:4d} employers: held, above, below", *shares, f"of {one.markets}", flush=True)
    if chosen.counts:
        chosen.counts.write_text(json.dumps(counts, indent=1), "utf-8")
    if chosen.write:
        found = [(k, n, Covered(*counts[f"{kind.name}|{n}"])) for k, kind in enumerate(KINDS) for n in kind.employers]
        text = METHODS.read_text("utf-8")
        before, _, rest = text.partition(BEGIN)
        METHODS.write_text(f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
