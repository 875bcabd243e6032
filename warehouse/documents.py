"""Which documents are generated, and from what: `python -m warehouse.documents` rewrites them, `--check` tells stale ones.

A document's page is a pure function of what is declared or measured elsewhere, so that the two cannot part.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from warehouse import reasoning
from warehouse.claims import load_claims
from warehouse.evidence.claims_page import claims_markdown
from warehouse.quality.document import QUALITY_MD, render
from warehouse.quality.measuring import QUALITY_JSON
from warehouse.schema.ddl import dictionary_markdown

ROOT = Path(__file__).resolve().parents[1]


def _claims() -> str:
    return claims_markdown(load_claims())


def _quality() -> str:
    return render(json.loads(QUALITY_JSON.read_text("utf-8")))


PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "data-dictionary.md": dictionary_markdown,
    ROOT / "docs" / "claims.md": _claims,
    QUALITY_MD: _quality,
    reasoning.NUMBERS: reasoning.numbers_text,
    **{ROOT / "docs" / "reasoning" / f"{slug}.md": partial(reasoning.page, slug) for slug in reasoning.pages()},
}


def stale() -> dict[Path, str]:
    """Return the pages whose file is missing or differs, each with what it should hold."""
    written = {path: page() for path, page in PAGES.items()}
    return {path: text for path, text in written.items() if not path.is_file() or path.read_text("utf-8") != text}


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the stale pages, or with `--check` only name them and return 1 where there are any."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.documents", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="name what is stale and change nothing")
    is_check = parser.parse_args(arguments).check
    found = stale()
    for path, text in found.items():
        name = path.relative_to(ROOT)
        if is_check:
            print(f"{name} is stale: run `python -m warehouse.documents`.")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return int(is_check and bool(found))


if __name__ == "__main__":
    sys.exit(main())
