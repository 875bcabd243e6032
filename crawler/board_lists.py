"""Which boards are asked: the bundled lists, the curated default and the analyst's own file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from warehouse.schema.errors import UserError

BUNDLED = "crawler"
CURATED = "1"
LONGEST_TOKEN = 300


class CrawlUsageError(UserError):
    """A crawl that cannot be started as asked; its message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Board:
    """One employer's page on one source. `token` is what the source's address needs; `company` a name, if known."""

    source: str
    token: str
    company: str | None = None


def bundled(source: str, *, is_curated: bool) -> Iterator[Board]:
    """Yield the bundled boards of `source`, only the curated ones where `is_curated`."""
    path = files(BUNDLED) / "boards" / f"{source}.csv"
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not is_curated or row["is_curated"] == CURATED:
                yield Board(source, row["board"], row["company"] or None)


def read_board_file(path: Path, known_sources: Sequence[str]) -> list[Board]:
    """Return the boards of a CSV with the columns source, board and, if known, company; duplicates once."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in ("source", "board") if name not in (reader.fieldnames or [])]
            if missing:
                raise CrawlUsageError(
                    f"{path} lacks the column {' and '.join(missing)}; give it a first line `source,board,company`."
                )
            boards: dict[tuple[str, str], Board] = {}
            for row in reader:
                source, token = (row["source"] or "").strip(), (row["board"] or "").strip()
                if not source and not token:
                    continue
                if source not in known_sources:
                    raise CrawlUsageError(
                        f"{path} line {reader.line_num} names the unknown source {source!r}; "
                        f"use one of {', '.join(sorted(known_sources))}."
                    )
                if not (token.isprintable() and len(token) <= LONGEST_TOKEN):
                    raise CrawlUsageError(
                        f"{path} line {reader.line_num} names a board of {len(token)} characters that is no name; "
                        "write the name that stands in the board's address."
                    )
                if not token:
                    raise CrawlUsageError(f"{path} line {reader.line_num} names no board; fill its second column.")
                company = (row.get("company") or "").strip() or None
                boards.setdefault((source, token), Board(source, token, company))
    except FileNotFoundError:
        raise CrawlUsageError(
            f"There is no board file {path}; give the path of a CSV `source,board,company`."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CrawlUsageError(f"{path} cannot be read as a CSV in UTF-8 ({error}); save it as such.") from None
    if not boards:
        raise CrawlUsageError(f"{path} names no board; add lines such as `greenhouse,acme,Acme Inc`.")
    return list(boards.values())
