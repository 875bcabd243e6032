"""The project's own gold cases: invented sentences with what a careful reader takes from them, and why each is hard."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

GOLD = Path(__file__).resolve().parents[2] / "gold"
HINTS = ("country_raw", "work_mode_raw", "level_raw", "department_raw", "pay_raw", "posted_at")


def read_cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()]


def postings(cases: list[dict[str, Any]]) -> pl.DataFrame:
    """Cases as the rows that extractors read; words that a case leaves out are empty, hints null."""
    words = {
        name: [case["posting"].get(name, "") for case in cases] for name in ("title", "company", "location", "text")
    }
    hints = {name: [case["posting"].get(name) for case in cases] for name in (*HINTS, "language")}
    return pl.DataFrame(words | hints, schema_overrides=dict.fromkeys((*words, *hints), pl.String))


def check_contract(module: ModuleType, frame: pl.DataFrame) -> None:
    """Same height, the declared columns in order, spans on demand, and the same rows whichever way the table is cut."""
    whole = module.extract(frame)
    assert whole.columns == list(module.FIELDS)
    assert whole.height == frame.height
    explained = module.extract(frame, explain=True)
    assert explained.select(module.FIELDS).equals(whole)
    assert all(name.removesuffix("_span") in module.FIELDS for name in explained.columns if name.endswith("_span"))
    pieces = [module.extract(frame[start : start + 7]) for start in range(0, frame.height, 7)]
    assert pl.concat(pieces).equals(whole)
    assert module.extract(frame.reverse()).reverse().equals(whole)
    assert module.extract(frame.clear()).schema == whole.schema
