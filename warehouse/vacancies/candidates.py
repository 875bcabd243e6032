"""Which postings can be another one's opening at all, so that of a million only the few that can are compared."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from warehouse.sketches import NO_SKETCH, Sketch
from warehouse.vacancies.boards import page_key
from warehouse.vacancies.merging import merge
from warehouse.vacancies.postings import Posting
from warehouse.vacancies.titles import title_parts


def link(identity: pl.DataFrame, sketches_of: Callable[[pl.Series], dict[str, Sketch]]) -> pl.DataFrame:
    """Return `key`, `vacancy_id` and `reason` of each posting, sorted by key.

    `identity` has the columns of `Posting` but `sketch`, and `whole_hash`; `sketches_of` gives the sketches of texts by
    that hash, and is asked for those alone that are compared.
    """
    core = pl.Series([" ".join(title_parts(title)[0].split()) for title in identity["title"]], dtype=pl.String)
    marked = identity.with_columns(
        core=core,
        board_key=pl.concat_str("source", "board", separator="\n"),
        page=page_key(pl.col("page")),
    )
    on_board = pl.len().over("board_key", "employer_id", "core")
    boards = pl.col("board_key").n_unique().over("employer_id", "core")
    of_poster = pl.len().over("source", "poster_hash")
    of_employer = pl.len().over("source", "employer_id")
    is_comment = pl.col("form") == "comment"
    may_merge = (
        (
            ~is_comment
            & (on_board > 1)
            # A repost begins where another has ended: of what merely stands beside it, none is compared.
            & (
                (pl.col("first_reading") > pl.col("last_reading").min().over("board_key", "employer_id", "core"))
                | (pl.col("last_reading") < pl.col("first_reading").max().over("board_key", "employer_id", "core"))
            )
        )
        | (pl.col("is_named") & (boards > 1))
        | (pl.col("page").is_not_null() & (pl.len().over("page") > 1))
        | (is_comment & ((of_poster > 1) | (pl.col("is_named") & (of_employer > 1))))
    )
    candidates = marked.filter(may_merge)
    alone = marked.filter(~may_merge).select("key", vacancy_id=_vacancy_id(), reason=pl.lit("original"))
    arrays = sketches_of(candidates["whole_hash"].unique()) if candidates.height else {}
    columns = [name for name in Posting.__slots__ if name != "sketch"]
    postings = [
        Posting(**row, sketch=arrays.get(whole_hash, NO_SKETCH))
        for row, whole_hash in zip(
            candidates.select(columns).iter_rows(named=True), candidates["whole_hash"], strict=True
        )
    ]
    merged = pl.DataFrame(
        [(one.key, one.vacancy_id, one.reason) for one in merge(postings)],
        schema={"key": pl.Int64, "vacancy_id": pl.String, "reason": pl.String},
        orient="row",
    )
    return pl.concat([alone.cast({"key": pl.Int64}), merged]).sort("key")


def _vacancy_id() -> pl.Expr:
    base = pl.concat_str("source", "board", "posting_id", separator=":")
    return (
        pl.when(pl.col("part") > 0)
        .then(pl.concat_str(base, pl.lit("#"), pl.col("part").cast(pl.String)))
        .otherwise(base)
    )
