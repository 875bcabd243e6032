"""The README shows what its commands print, and points at files that are there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme_output import CRAWLING, QUERYING, README, answer, verdicts, with_answers, with_output, with_sources

ROOT = README.parent
_PROSE = {"collects"}  # what the README says rolemarket does


def test_verdicts_shown_are_the_verdicts_printed(demo_folder: Path) -> None:
    readme = README.read_text("utf-8")
    assert with_output(readme, verdicts(demo_folder)) == readme, "run `make readme`"


def test_sources_shown_are_those_declared() -> None:
    page = CRAWLING.read_text("utf-8")
    assert with_sources(page) == page, "run `make readme`"


@pytest.mark.parametrize("page", [README, *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name)
def test_every_link_and_picture_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert targets or page != README
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", [README, CRAWLING, QUERYING], ids=lambda page: page.name)
def test_every_verb_and_option_named_exists(page: Path) -> None:
    for verb, options in re.findall(
        r"\brolemarket (?!on\b)([a-z]+)((?: [A-Z/…a-z0-9]*)?(?: --[a-z-]+)*)", page.read_text("utf-8")
    ):
        if verb in _PROSE:
            continue
        shown = subprocess.run(
            [sys.executable, "-m", "rolemarket", verb, "--help"], capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0, f"{page.name} names `rolemarket {verb}`"
        for option in re.findall(r"--[a-z-]+", options):
            assert option in shown.stdout, f"{page.name} names `rolemarket {verb} {option}`"


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)", README.read_text("utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} is not in the Makefile"


def test_results_shown_are_those_of_the_queries(demo_folder: Path) -> None:
    page = QUERYING.read_text("utf-8")
    assert page.count("```sql") >= 5
    assert with_answers(page, lambda sql: answer(demo_folder, sql)) == page, "run `make readme`"


def test_python_shown_runs(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_folder.parent)  # the page speaks of data/market.duckdb
    names: dict[str, float] = {}
    for block in re.findall(r"```python\n(.*?)```", QUERYING.read_text("utf-8"), re.DOTALL):
        exec(block, names)
    assert 0 < names["low"] < names["high"]
