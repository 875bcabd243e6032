"""Which postings the interpreted parts of the archive show, and when: the first work tables of a build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from warehouse.archive import LineProblem
from warehouse.contents import UNIT_SCHEMA
from warehouse.engine import do, keep, quoted
from warehouse.interpretation import Interpretation


def load_shown(connection: duckdb.DuckDBPyConnection, interpretation: Interpretation) -> list[LineProblem]:
    """Make the tables `line`, `unit`, `shown` and `posting`; return the lines that repeat a text the archive lacks.

    `line` is a sighting without its content; `unit` what a content shows, without its text but with where that lies
    (`part_file`, `part_row`); `shown` joins both; `posting` has one numbered row (`key`) per posting over all sightings.
    """
    has_lines = any((Path(interpretation.lines).parent).glob("*.parquet"))
    has_units = any((Path(interpretation.units).parent).glob("*.parquet"))
    if has_lines:
        lines = f"read_parquet('{quoted(interpretation.lines)}')"
        columns = "source, board, posting_id, sighted_at, content_hash, crawl_id, is_sample, is_repeat, line"
        # Only a crawl that was continued or a file imported twice shows a posting twice at one instant; to find out takes
        # a fifth of the time of uniting the lines.
        ((n_repeated,),) = connection.sql(
            f"SELECT count(*) - count(DISTINCT hash(source, board, posting_id, sighted_at)) FROM {lines}"
        ).fetchall()
        is_shown_once = n_repeated == 0
        do(
            connection,
            f"CREATE TABLE line AS SELECT {columns} FROM {lines}"
            if is_shown_once
            else f"""
            CREATE TABLE line AS
            SELECT source, board, posting_id, sighted_at, content_hash, min(crawl_id) AS crawl_id,
                   bool_and(is_sample) AS is_sample, bool_and(is_repeat) AS is_repeat, min(line) AS line
            FROM {lines} GROUP BY source, board, posting_id, sighted_at, content_hash
            """,
        )
    else:
        is_shown_once = True
        do(
            connection,
            "CREATE TABLE line (source VARCHAR, board VARCHAR, posting_id VARCHAR, sighted_at TIMESTAMP,"
            " content_hash VARCHAR, crawl_id VARCHAR, is_sample BOOLEAN, is_repeat BOOLEAN, line BIGINT)",
        )
    facts = [name for name in UNIT_SCHEMA if name not in ("text", "sketch")]
    if has_units:
        # Interpretation never writes a content twice, so no grouping: it would hash every text.
        columns = ", ".join(f'"{name}"' for name in facts)
        do(
            connection,
            f"CREATE TABLE unit AS SELECT {columns}, filename AS part_file, file_row_number AS part_row"
            f" FROM read_parquet('{quoted(interpretation.units)}', filename = true, file_row_number = true)",
        )
    else:
        where = {"part_file": pl.String, "part_row": pl.Int64}
        keep(connection, "unit", pl.DataFrame(schema={name: UNIT_SCHEMA[name] for name in facts} | where))
    once = """
        QUALIFY row_number() OVER (
            PARTITION BY l.source, l.board, l.posting_id, u.part, l.sighted_at ORDER BY l.content_hash, l.crawl_id) = 1
    """
    do(
        connection,
        f"""
        CREATE TABLE shown AS
        SELECT l.source, l.board, l.posting_id, u.part, l.sighted_at, l.crawl_id, l.content_hash, l.is_sample
        FROM line l JOIN unit u USING (content_hash) {"" if is_shown_once else once}
        """,
    )
    do(
        connection,
        """
        CREATE TABLE posting AS
        SELECT row_number() OVER (ORDER BY source, board, posting_id, part) AS key, *
        FROM (SELECT source, board, posting_id, part, bool_and(is_sample) AS is_sample,
                     arg_max(content_hash, (sighted_at, content_hash)) AS content_hash,
                     arg_min(crawl_id, (sighted_at, crawl_id)) AS first_crawl_id,
                     min(sighted_at) AS first_at
              FROM shown GROUP BY source, board, posting_id, part)
        """,
    )
    lost = connection.sql(
        """
        SELECT crawl_id, line, posting_id FROM line l
        WHERE is_repeat AND NOT EXISTS (SELECT 1 FROM line o WHERE o.content_hash = l.content_hash AND NOT o.is_repeat)
        ORDER BY crawl_id, line
        """
    ).fetchall()
    return [
        LineProblem(f"{crawl}.jsonl", line, f"line {line}: repeats a text of {posting} that the archive lacks")
        for crawl, line, posting in lost
    ]
