"""The README shows what its commands print, and points at files that are there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from readme_output import README, verdicts, with_output

ROOT = README.parent


def test_verdicts_shown_are_the_verdicts_printed(demo_folder: Path) -> None:
    readme = README.read_text("utf-8")
    assert with_output(readme, verdicts(demo_folder)) == readme, "run `make readme`"


def test_every_link_and_picture_is_there() -> None:
    readme = README.read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)", README.read_text("utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} is not in the Makefile"
