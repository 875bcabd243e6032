"""Puts what the demo prints into README.md: `python tests/readme_output.py DATA`, or `make readme`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
_BLOCK = re.compile(r"(<!-- output of `rolemarket claims` -->\n```text\n).*?(```\n)", re.DOTALL)


def verdicts(data: Path) -> str:
    """Return what `rolemarket claims` prints on the snapshot in `data`."""
    command = [sys.executable, "-m", "rolemarket", "claims", "--data", str(data)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def with_output(readme: str, printed: str) -> str:
    """Return `readme` with its block of verdicts replaced by `printed`."""
    replaced, count = _BLOCK.subn(lambda block: block[1] + printed + block[2], readme)
    if count != 1:
        raise ValueError("README.md needs one block of verdicts")
    return replaced


if __name__ == "__main__":
    README.write_text(with_output(README.read_text("utf-8"), verdicts(Path(sys.argv[1]))), "utf-8")
