"""Takes the pictures of the documents: `python -m tests.dashboard.screenshots [DATA]` writes docs/screenshots/*.png.

DATA is a data folder with a published snapshot (default: `ROLEMARKET_DATA` or ./data).
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.dashboard.serving import CHROMIUM, NO_CHROMIUM, ROOT, chromium, served, visit
from warehouse.schema import DataFolder

OUT = ROOT / "docs" / "screenshots"
SHOTS = (
    ("front", "/", 1280, 1000, "light"),
    ("claim", "/few_openings", 1280, 1250, "light"),
    ("phone", "/", 390, 844, "dark"),
)
LARGEST_BYTES = 300_000


def main(data: Path) -> None:
    """Write every picture, and fail where one is too large for the repository."""
    OUT.mkdir(parents=True, exist_ok=True)
    with served(data.resolve()) as (address, _), chromium() as browser:
        for name, where, width, height, scheme in SHOTS:
            window = visit(browser, address, width=width, height=height, scheme=scheme)
            page = window.open(where)
            page.wait_for_timeout(1_500)
            file = OUT / f"{name}.png"
            page.screenshot(path=file)
            window.context.close()
            if file.stat().st_size > LARGEST_BYTES:
                raise SystemExit(f"{file} is larger than {LARGEST_BYTES:,} bytes; make its window smaller.")
            print(file.relative_to(ROOT), f"{file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if CHROMIUM is None:
        raise SystemExit(f"There is {NO_CHROMIUM.replace('run the browser tests', 'take the pictures')}.")
    main(DataFolder.of(sys.argv[1] if len(sys.argv) > 1 else None).root)
