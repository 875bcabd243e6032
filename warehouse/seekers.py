"""Which role a person who seeks work names, read from their words in memory so that only counts need be kept."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.enrich.composition import enrich
from warehouse.enrich.text import plain_text

MOST_LINES = 15
"""Where people name what they seek: a template of some ten short lines opens nearly every comment."""

LONGEST_LINE = 140


def seeker_roles(texts: Sequence[str]) -> list[str | None]:
    """Return the role each text seeks, as its first short line that names one beyond doubt; None where none does.

    `texts` are comments as HTML or plain text. Nothing of them is kept.
    """
    lines = (
        plain_text(pl.DataFrame({"text": list(texts)}, schema={"text": pl.String}))
        .with_row_index("comment")
        .with_columns(pl.col("text").str.split("\n").list.head(MOST_LINES))
        .explode("text")
        .with_columns(pl.col("text").str.replace(r"^[^:]{1,30}:", "").str.strip_chars())
        .filter(pl.col("text").str.len_chars().is_between(3, LONGEST_LINE))
        .select("comment", id=pl.int_range(pl.len()), title="text", text=pl.lit(""))
    )
    roles = enrich(lines)["role_strict"]
    named = lines.with_columns(role=roles).filter(pl.col("role").is_not_null() & (pl.col("role") != "other"))
    first = dict(named.group_by("comment", maintain_order=True).first().select("comment", "role").iter_rows())
    return [first.get(number) for number in range(len(texts))]
