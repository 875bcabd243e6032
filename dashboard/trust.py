"""What a reader needs to trust the data: provenance, quality of the fields, coverage, crawl health, changes of the instrument."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dashboard import charts, snapshot, wording
from dashboard.figures import Figure
from dashboard.frame import provenance_sentence

BY_SOURCE = """
SELECT source, provenance, count(*) AS n_vacancies, count(DISTINCT employer_id) AS n_employers, count(DISTINCT board) AS n_boards,
  min(coalesce(posted_at, first_seen_at))::DATE AS from_on, max(last_seen_at)::DATE AS to_on
FROM vacancy GROUP BY source, provenance ORDER BY n_vacancies DESC, source, provenance
"""
QUALITY = 'SELECT field, "class", label_set, metric, value, low, high, n_labelled, is_unseen FROM quality ORDER BY field, "class" <> \'all\', "class", label_set, metric'
HEADLINE_METRICS = ("accuracy", "f1", "recall", "precision")
"""Which figure stands for a field, the first that was measured; a flag that is rarely true is judged by F1 instead."""
IS_FLAG = pl.col("field").str.contains("^(?:asks|serves|tunes)_")
KNOWN = """
SELECT subject AS "group", sum(n_known) / sum(n) AS value, sum(n)::BIGINT AS n_vacancies FROM coverage
WHERE subject <> 'boards' GROUP BY subject HAVING sum(n) > 0 ORDER BY value DESC, subject
"""
BOARDS = """
SELECT source, month_on, n, n_known, known_share FROM coverage WHERE subject = 'boards' ORDER BY source, month_on
"""
HEALTH = """
SELECT source, count(*) AS asked, count(*) FILTER (outcome IN ('complete', 'unchanged')) AS answered,
  count(*) FILTER (outcome IN ('partial', 'failed', 'refused')) AS failed, sum(postings)::BIGINT AS postings,
  sum(quarantined)::BIGINT AS quarantined, max(asked_at) AS last_asked_at
FROM crawl_log WHERE NOT is_sample GROUP BY source ORDER BY source
"""
FAILURES = """
SELECT source, board, company, asked_at, status, outcome, reason FROM crawl_log
WHERE outcome NOT IN ('complete', 'unchanged') ORDER BY asked_at DESC NULLS LAST, source, board LIMIT 500
"""
CHANGES = "SELECT changed_at, kind, subject, breaks_comparability, detail FROM change_log ORDER BY changed_at DESC, kind, subject"
DICTIONARY = """
SELECT column_name, data_type, unit, "values", is_nullable, comment FROM data_dictionary WHERE table_name = $table AND position > 0 ORDER BY position
"""


def judged(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `quality` that stand for each field: labels that have corrected nothing go before all others.

    Of several such sets the one tells most that has the most postings with a value to find, or where none is measured so,
    the most postings. One figure a field, the first of `HEADLINE_METRICS` that was measured; where that is recall, its
    precision beside it.
    """
    found = pl.when(pl.col("metric") == "recall").then("n_labelled").max().over("field", "label_set").fill_null(0)
    order = [pl.col("is_unseen"), found, pl.col("n_labelled").max().over("field", "label_set"), pl.col("label_set")]
    ranked = (
        table.filter(pl.col("metric").is_in(HEADLINE_METRICS))
        .filter(pl.col("label_set") == pl.col("label_set").sort_by(order).last().over("field"))
        .filter(~(IS_FLAG & (pl.col("metric") == "accuracy")))
        .with_columns(pl.col("metric").replace_strict(HEADLINE_METRICS, range(len(HEADLINE_METRICS))).alias("rank"))
    )
    best = pl.col("rank").min().over("field")
    pair = [HEADLINE_METRICS.index("recall"), HEADLINE_METRICS.index("precision")]
    return ranked.filter((pl.col("rank") == best) | ((best == pair[0]) & (pl.col("rank") == pair[1]))).drop("rank")


def quality_figure(path: Path) -> Figure | None:
    """How well each field is read, as intervals; None where the snapshot carries no measurement."""
    table = snapshot.ask(path, QUALITY).filter(pl.col("class") == "all")
    if not table.height:
        return None
    drawn = judged(table).sort("value", "field", "metric", descending=[True, False, False])
    names = [
        f"{wording.name(row['field'])}, {wording.METRICS.get(row['metric'], row['metric'])}"
        for row in drawn.iter_rows(named=True)
    ]
    drawn = drawn.select(
        pl.Series("group", names, dtype=pl.String),
        *("field", "metric", "value", "low", "high", "label_set", "n_labelled"),
        n_vacancies=pl.col("n_labelled"),
        n_employers=pl.lit(0),
        is_shown=pl.lit(True),
    )
    worst = drawn.row(-1, named=True)
    return Figure(
        key="quality",
        finding=f"{wording.name(worst['field'])} is read least well: {wording.METRICS.get(worst['metric'], worst['metric'])} {wording.figure(worst['value'], 'share')}",
        subtitle="Measured against postings labelled by reading them; bars are 95% intervals. Flags are judged by F1, since most are rarely true. Every metric, over-claim too, is in the table below.",
        description="Quality by field: "
        + "; ".join(f"{row['group']} {wording.figure(row['value'], 'share')}" for row in drawn.iter_rows(named=True)),
        chart=charts.intervals(drawn, unit="share", row_height=40),
        table=drawn.drop("n_vacancies", "n_employers", "is_shown"),
        source=label_sets(drawn),
    )


def label_sets(drawn: pl.DataFrame) -> str:
    """Return which label sets the figures rest on: "Labelled postings behind each figure: 73 to 105 (later labels, 15 figures)"."""
    said = []
    for (name,), rows in sorted(drawn.partition_by("label_set", as_dict=True).items()):
        low, high = rows["n_labelled"].min(), rows["n_labelled"].max()
        n = wording.count(low) if low == high else f"{wording.count(low)} to {wording.count(high)}"
        said.append(f"{n} ({name}, {wording.plural(rows.height, 'figure')})")
    return f"Labelled postings behind each figure: {'; '.join(said)}"


def known_figure(path: Path) -> Figure | None:
    """How often each field could be told; what could not is null and left out of n."""
    table = snapshot.ask(path, KNOWN)
    if not table.height:
        return None
    table = table.with_columns(group=pl.Series([wording.name(name) for name in table["group"]], dtype=pl.String))
    least = table.row(-1, named=True)
    return Figure(
        key="known",
        finding=f"{least['group']} is known least often, for {wording.figure(least['value'], 'share')} of vacancies",
        subtitle="Share of vacancies whose field could be told. A field that could not be told is null and is left out of every n.",
        description="Share known by field: "
        + "; ".join(f"{row['group']} {wording.figure(row['value'], 'share')}" for row in table.iter_rows(named=True)),
        chart=charts.bars(table, unit="share"),
        table=table,
        source=provenance_sentence(snapshot.provenance(path)),
    )


def health_sentence(rows: list[dict]) -> str:
    """Return in a sentence how many boards answered."""
    if not rows:
        return "No crawl is recorded in this snapshot; its data were imported or came with the bundled panel."
    asked, answered = sum(row["asked"] for row in rows), sum(row["answered"] for row in rows)
    last = max((row["last_asked_at"] for row in rows if row["last_asked_at"]), default=None)
    return (
        f"{wording.count(answered)} of {wording.plural(asked, 'board reading')} were complete or unchanged; "
        f"the last was on {wording.day(last)}."
    )
