"""The JSON document has exactly the fields that docs/claims-json.md declares, each of its declared type."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import verdict_report
from warehouse.claims import load_claims
from warehouse.judge import Judgement
from warehouse.verdict_report import HEADINGS, VerdictReport, as_json, as_rows

PAGE = Path(__file__).resolve().parents[3] / "docs" / "claims-json.md"
IS: dict[str, Any] = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "date": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", v) is not None,
    "array": lambda v: isinstance(v, list),
    "array of strings": lambda v: isinstance(v, list) and all(isinstance(one, str) for one in v),
    "array of two numbers": lambda v: isinstance(v, list) and len(v) == 2 and all(isinstance(x, float) for x in v),
    "null": lambda v: v is None,
}


def declared(part: str) -> dict[str, list[str]]:
    """Return the fields of one of the page's two tables with the types that each may have."""
    found = {}
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            types = re.split(r",? or ", cells[1])
            found |= {name: types for name in re.findall(r"`(\w+)`", cells[0])}
    return found


@pytest.fixture(scope="module")
def report(judged: Judgement) -> VerdictReport:
    """The report of the judged synthetic market."""
    connection = duckdb.connect()
    connection.register("claim", judged.claim.to_arrow())
    connection.register("verdict", judged.verdict.to_arrow())
    return VerdictReport("market.duckdb", "Vacancies: 8,000 crawled.", connection.sql(verdict_report._QUERY).pl())


@pytest.fixture(scope="module")
def document(report: VerdictReport) -> dict[str, Any]:
    """Its document, read back from its text."""
    return json.loads(as_json(report))


def test_row_of_a_claim_of_several_parts_says_that_there_are_more(report: VerdictReport) -> None:
    place = HEADINGS.index("supported if")
    parts = {claim.slug: len(claim.also) for claim in load_claims()}
    said = {row[0]: row[place] for row in as_rows(report)}
    assert said["time_to_close"] == "45 to 75 days and 2 more"
    assert said["worst_of_two_worlds"] == "≥ 0.00 and 1 more"
    assert {slug for slug, words in said.items() if words.endswith("more")} == {slug for slug, n in parts.items() if n}
    for claim in load_claims():
        assert ("any of these intervals lies wholly outside" in (claim.rule or "")) == (parts[claim.slug] > 0)


def test_every_field_is_declared_and_every_declared_field_is_there(document: dict[str, Any]) -> None:
    whole, each = PAGE.read_text("utf-8").split("Each object of `claims`")
    assert set(document) == set(declared(whole))
    assert document["schema_version"] == verdict_report.SCHEMA_VERSION
    for claim in document["claims"]:
        assert set(claim) == set(declared(each)), claim["claim_slug"]
    for fields, rows in ((declared(whole), [document]), (declared(each), document["claims"])):
        for name, types in fields.items():
            for row in rows:
                assert any(IS[one](row[name]) for one in types), f"{name} is {row[name]!r}, not {' or '.join(types)}"


def test_claims_that_are_not_testable_and_too_few_stand_with_their_reason(document: dict[str, Any]) -> None:
    told = {claim["verdict"] for claim in document["claims"]}
    assert {"not_testable", "supported", "inconclusive"} <= told
    for claim in document["claims"]:
        assert claim["reason"]
        if claim["verdict"] in {"not_testable", "too_few"}:
            assert claim["value"] is None
            assert claim["interval"] is None
