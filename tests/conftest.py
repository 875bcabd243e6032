"""What every folder of tests may use: a data folder in which the demo has run, and properties that no clock judges."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("same for all", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("ROLEMARKET_PROPERTIES", "same for all"))
# A loaded machine is slow, which says nothing of a property; speed is measured by tests/benchmarks. The same examples are
# drawn everywhere, so that a change is judged by what it changes; `ROLEMARKET_PROPERTIES=explore` looks for new ones.


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which `rolemarket demo --no-serve` has run, as a person runs it."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "rolemarket", "demo", "--no-serve", "--data", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "160"})
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "output.txt").write_text(done.stdout + done.stderr, "utf-8")
    return folder
