"""Recorded answers served over loopback in place of the internet, for demos and tests."""

from pathlib import Path

SAMPLE = Path(__file__).with_name("sample")
"""The invented boards of the demo, with `boards.csv` that names them."""

SAMPLE_HEADER = "X-Rolemarket-Sample"
"""The header by which a server of that folder says that nothing it answers is real."""
