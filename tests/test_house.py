"""The house keeps its own rules: import contracts, module sentences, names, small leaves, fresh generated text."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("crawler", "warehouse", "dashboard")
MODULES = sorted(
    [ROOT / "rolemarket.py", *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))],
    key=str,
)
SPIDERS = sorted(path for path in (ROOT / "crawler" / "spiders").glob("*.py") if not path.name.startswith("_"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_opens_with_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, f"{_name(path)} does not say what it knows"
    first = docstring.strip().splitlines()[0]
    assert first.endswith((".", ":", "?")) or "\n" in docstring, f"{_name(path)} opens with no sentence: {first!r}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_name_says_something(path: Path) -> None:
    assert not re.search(r"utils?|helpers?|common|manager", path.stem)


@pytest.mark.parametrize("path", SPIDERS, ids=_name)
def test_leaf_is_small(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) < 60, f"{_name(path)} has {len(lines)} lines: a leaf is a declaration"


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"--(extra-)?index[-]url|[r]egistry\s*=\s*\"?https?:[/]/|/(work|farm|root)/(main|shared|\.)")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".txt", ".cfg", ".md", ".csv", ".json", ".yml", ""} and path.is_file():
            found = forbidden.search(path.read_text("utf-8", errors="replace"))
            assert not found or path == Path(__file__).resolve(), f"{name} holds {found and found.group()!r}"


def test_generated_documents_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warehouse.documents", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
