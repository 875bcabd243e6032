"""Puts what the command answers into README.md, docs/querying.md and docs/crawling.md: `python -m tests.readme_output DATA`, or `make readme`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb

from crawler.run import sources

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
QUERYING = ROOT / "docs" / "querying.md"
CRAWLING = ROOT / "docs" / "crawling.md"
_VERDICTS = re.compile(r"(<!-- output of `rolemarket claims` -->\n```text\n).*?(```\n)", re.DOTALL)
_SOURCES = re.compile(r"(<!-- sources, written by `make readme` -->\n).*", re.DOTALL)
_QUERY = re.compile(r"```sql\n(?P<sql>[^`]*)```\n(?:\n(?:\|.*\n)+)?")


def verdicts(data: Path) -> str:
    """Return what `rolemarket claims` prints on the snapshot in `data`."""
    command = [sys.executable, "-m", "rolemarket", "claims", "--data", str(data)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line.rstrip() + "\n" for line in printed.splitlines())


def with_output(readme: str, printed: str) -> str:
    """Return `readme` with its block of verdicts replaced by `printed`."""
    replaced, count = _VERDICTS.subn(lambda block: block[1] + printed + block[2], readme)
    if count != 1:
        raise ValueError("README.md needs one block of verdicts")
    return replaced


def answer(data: Path, sql: str) -> str:
    """Return a query's rows on the snapshot in `data` as a Markdown table."""
    with duckdb.connect(str((data / "market.duckdb").resolve()), read_only=True) as connection:
        found = connection.sql(sql)
        names, rows = found.columns, found.fetchall()
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def with_answers(page: str, ask: Callable[[str], str]) -> str:
    """Return `page` with the answer of `ask` below each of its SQL queries."""
    return _QUERY.sub(lambda block: f"```sql\n{block['sql']}```\n\n{ask(block['sql'])}", page)


def with_sources(page: str) -> str:
    """Return `page` with the table of sources, as the spiders declare them, at its end."""
    lines = [
        "| source | host | requests at once, seconds between | key | off because |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in sources().values():
        keys = ", ".join(f"`{key}`" for key in one.keys)
        pace = f"{one.concurrency}, {one.delay_seconds:g}"
        lines.append(f"| `{one.name}` | {one.host} | {pace} | {keys} | {one.off_because or ''} |")
    replaced, count = _SOURCES.subn(lambda block: block[1] + "\n" + "\n".join(lines) + "\n", page)
    if count != 1:
        raise ValueError("docs/crawling.md needs one table of sources")
    return replaced


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    README.write_text(with_output(README.read_text("utf-8"), verdicts(folder)), "utf-8")
    QUERYING.write_text(with_answers(QUERYING.read_text("utf-8"), lambda sql: answer(folder, sql)), "utf-8")
    CRAWLING.write_text(with_sources(CRAWLING.read_text("utf-8")), "utf-8")
