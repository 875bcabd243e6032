"""What a snapshot says of itself in words: its version, its span, where its vacancies come from and what is known of employers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

import polars as pl

from warehouse.enrich import PARSER_VERSION


def snapshot_info(vacancy: pl.DataFrame, employers: pl.DataFrame, of_facts: Mapping[str, str]) -> pl.DataFrame:
    """Return the table `snapshot_info`, `key` and `value`; `of_facts` is what files of facts say of themselves."""
    by_provenance = dict(vacancy.group_by("provenance").len().sort("provenance").iter_rows())
    info = {
        "rolemarket_version": metadata.version("rolemarket"),
        "parser_version": PARSER_VERSION,
        "data_from": str(vacancy["first_seen_at"].min() or ""),
        "data_to": str(vacancy["last_seen_at"].max() or ""),
        "provenance": provenance_sentence(by_provenance, of_facts.get("panel")),
        "employers_of_known_size": size_sentence(employers),
        **{f"vacancies_{name}": str(count) for name, count in by_provenance.items()},
        **of_facts,
    }
    return pl.DataFrame({"key": list(info), "value": list(info.values())}).sort("key")


def provenance_sentence(by_provenance: Mapping[str, int], panel: str | None) -> str:
    """Return in words what the vacancies of a snapshot are: `{"crawl": 3}` gives "3 vacancies: 3 crawled."."""
    words = {"crawl": "crawled", "import": "imported", "panel": "of the bundled panel of facts"}
    counted = {name: count for name, count in by_provenance.items() if name in words}
    parts = [f"{count:,} {words[name]}" for name, count in counted.items()]
    text = f"{sum(counted.values()):,} vacancies" + (f": {', '.join(parts)}." if parts else ".")
    if by_provenance.get("sample"):
        text += f" {by_provenance['sample']:,} invented sample vacancies beside them stay out of every estimate."
    return f"{text} {panel}" if panel else text


def size_sentence(table: pl.DataFrame) -> str:
    """Return in words how many employers, and how many of their vacancies, have a known size class."""
    known = table.filter(pl.col("size_class").is_not_null())
    n, of, vacancies_known, vacancies_all = (
        int(value or 0)
        for value in (known.height, table.height, known["n_vacancies"].sum(), table["n_vacancies"].sum())
    )
    return (
        f"{n:,} of {of:,} employers ({n / max(of, 1):.1%}) with {vacancies_known:,} of {vacancies_all:,} vacancies "
        f"({vacancies_known / max(vacancies_all, 1):.1%})"
    )
