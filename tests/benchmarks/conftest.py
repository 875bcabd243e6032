"""Benchmarks run only when asked for (`make bench`): a timed test would fail on a busy machine and prove nothing."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out unless benchmarks are enabled."""
    return None if config.getoption("benchmark_enable") else True
