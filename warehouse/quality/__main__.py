"""`python -m warehouse.quality`: measure every label set and rewrite `reference/quality.json` and `docs/quality.md`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from warehouse.quality.document import QUALITY_MD, render
from warehouse.quality.labels import FRESH_RESEARCH, GOLD, every_set
from warehouse.quality.measuring import QUALITY_JSON, measure
from warehouse.schema import UserError


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write `quality.json` and `docs/quality.md`; print the latter's first tables."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD, help="folder or file of labelled postings")
    parser.add_argument("--recordings", type=Path, help="folder of recorded Ashby boards")
    parser.add_argument("--print", action="store_true", dest="only_print", help="write nothing")
    given = parser.parse_args(arguments)
    beside = (given.gold if given.gold.is_dir() else given.gold.parent).parent
    recordings = given.recordings or beside / "recordings" / "ashby"
    try:
        sets = every_set(given.gold, recordings, beside / "datasets")
    except UserError as problem:
        raise SystemExit(str(problem)) from None
    measured = measure(sets, recordings)
    if any(one.label_set in FRESH_RESEARCH for one in sets):
        from warehouse.quality.census import expected

        measured["expected_research"] = expected(given.gold, recordings, beside / "datasets")
    if not given.only_print:
        QUALITY_JSON.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", "utf-8")
        QUALITY_MD.write_text(render(measured), "utf-8")
    print(render(measured).split("## Recall, precision")[0])


if __name__ == "__main__":
    main()
