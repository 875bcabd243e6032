"""How the verdicts of a snapshot are told: as rows for a terminal, as JSON with a stable schema, as CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.evidence.wording import say, say_interval
from warehouse.schema import DataFolder, UserError
from warehouse.snapshot import open_snapshot

SCHEMA_VERSION = 1
MARKS = {"supported": "✓", "contradicted": "✗", "inconclusive": "~", "too_few": "…", "not_testable": "–"}

HEADINGS = ("claim", "verdict", "estimate", "95% interval", "supported if", "agree", "vacancies", "employers")

_QUERY = """
SELECT c.claim_slug, c.essay, c.essay_title, c.statement, c.rule, c.threshold_low, c.threshold_high, c.n_further_parts,
       v.verdict, v.reason, v.finding, v.value, v.low, v.high, coalesce(v.unit, c.unit) AS unit,
       v.p_value, v.p_value_holm, v.n_vacancies, v.n_employers, v.n_specifications, v.n_agreeing,
       v.data_from_on, v.data_to_on, v.sources
FROM claim c JOIN verdict v USING (claim_slug) ORDER BY c.position, c.claim_slug
"""


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """The verdicts asked for: `frame` has one row per claim; `provenance` says in a sentence what they rest on."""

    snapshot: str
    provenance: str
    frame: pl.DataFrame


def read_verdicts(folder: DataFolder, slugs: Sequence[str] = ()) -> VerdictReport:
    """Read the verdicts of the current snapshot, all or those named.

    Raise `UserError` where no snapshot is published or a slug is unknown.
    """
    connection = open_snapshot(folder)
    try:
        frame = connection.sql(_QUERY).pl()
        by_provenance = connection.sql(
            "SELECT provenance, count(*) AS n FROM vacancy GROUP BY provenance ORDER BY provenance"
        ).fetchall()
    finally:
        connection.close()
    unknown = sorted(set(slugs) - set(frame["claim_slug"]))
    if unknown:
        known = ", ".join(frame["claim_slug"])
        raise UserError(f"There is no claim {', '.join(unknown)}: choose from {known}.")
    if slugs:
        frame = frame.filter(pl.col("claim_slug").is_in(list(slugs)))
    return VerdictReport(folder.market.resolve().name, _provenance(dict(by_provenance)), frame)


def _provenance(counts: dict[str, int]) -> str:
    words = {
        "panel": "{:,} of the bundled panel of real postings",
        "crawl": "{:,} crawled",
        "import": "{:,} imported",
    }
    parts = [text.format(counts[name]) for name, text in words.items() if counts.get(name)]
    sentence = f"Vacancies: {', '.join(parts)}." if parts else "No vacancy stands behind these verdicts."
    if counts.get("sample"):
        sentence += f" {counts['sample']:,} invented sample vacancies stay out of every estimate."
    return sentence


def _region(low: float | None, high: float | None, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {say(high, unit)}"
    if high is None:
        return f"≥ {say(low, unit)}"
    return say_interval(low, high, unit)


def _further(n: int | None) -> str:
    """Return how many further parts of a claim must hold too; empty for a claim of one part."""
    return f" and {n} more" if n else ""


def as_rows(report: VerdictReport) -> list[tuple[str, ...]]:
    """Return one tuple of words per claim, in the order of `HEADINGS`."""
    rows = []
    for row in report.frame.iter_rows(named=True):
        unit = row["unit"] or ""
        interval = "" if row["low"] is None else say_interval(row["low"], row["high"], unit)
        rows.append(
            (
                row["claim_slug"],
                f"{MARKS[row['verdict']]} {row['verdict'].replace('_', ' ')}",
                "" if row["value"] is None else say(row["value"], unit),
                interval,
                _region(row["threshold_low"], row["threshold_high"], unit) + _further(row["n_further_parts"]),
                f"{row['n_agreeing']} of {row['n_specifications']}" if row["n_specifications"] else "",
                f"{row['n_vacancies']:,}" if row["n_vacancies"] else "",
                f"{row['n_employers']:,}" if row["n_employers"] else "",
            )
        )
    return rows


def as_document(report: VerdictReport) -> dict[str, Any]:
    """Return the report as the JSON document that docs/claims-json.md describes."""
    records = []
    for row in report.frame.iter_rows(named=True):
        record = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        record["interval"] = None if row["low"] is None else [row["low"], row["high"]]
        records.append(record)
    return {
        "schema_version": SCHEMA_VERSION,
        "snapshot": report.snapshot,
        "provenance": report.provenance,
        "claims": records,
    }


def as_json(report: VerdictReport) -> str:
    """Return the report as JSON text."""
    return json.dumps(as_document(report), ensure_ascii=False, indent=2)


def as_csv(report: VerdictReport) -> str:
    """Return the report as CSV text with a header, lists joined by a space."""
    return report.frame.with_columns(pl.col(pl.List(pl.String)).list.join(" ")).write_csv()
