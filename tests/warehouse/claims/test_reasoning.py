"""The pages of reasoning say no number that was not measured on the panel that is shipped."""

from __future__ import annotations

import json
import re
import string

import duckdb
import pytest

from warehouse import reasoning
from warehouse.claims import load_claims
from warehouse.schema.tables import VERDICTS

PAGES = reasoning.pages()
YEAR = re.compile(r"\b20[0-2]\d\b|\b2010s\b")


def template(slug: str) -> str:
    return (reasoning.FOLDER / f"{slug}.md").read_text("utf-8")


def test_at_least_three_claims_have_a_page() -> None:
    assert len(PAGES) >= 3
    assert set(PAGES) <= {claim.slug for claim in load_claims() if claim.is_testable}


@pytest.mark.parametrize("slug", PAGES)
def test_every_number_is_measured_and_every_measured_number_said(slug: str) -> None:
    text = template(slug)
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    assert named == set(reasoning.queries(slug))
    prose = "".join(literal for literal, *_ in string.Formatter().parse(text))
    assert not re.findall(r"\d", YEAR.sub("", prose)), "a number other than a year stands in the prose"


@pytest.mark.parametrize("slug", PAGES)
def test_page_is_about_a_page_and_says_what_an_expert_asks(slug: str) -> None:
    page = reasoning.page(slug)
    assert 500 <= len(page.split()) <= 850
    for part in ("What was looked at", "Measurement", "Would an expert believe it?", "What would change the verdict"):
        assert f"**{part}.**" in page or f"**{part}**" in page
    verdict = json.loads(reasoning.numbers_text())["numbers"][slug]["verdict"]
    assert verdict in VERDICTS
    assert f"**The verdict: {verdict}.**" in page


def test_numbers_are_those_of_the_shipped_panel() -> None:
    """Builds the panel's snapshot and asks every query again."""
    assert json.loads(reasoning.NUMBERS.read_text("utf-8"))["panel"] == reasoning.panel_digest(), (
        "the panel was rebuilt: run `python -m warehouse.documents`"
    )
    assert reasoning.main(["--check"]) == 0, "run `python -m warehouse.reasoning`, then `python -m warehouse.documents`"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT NULL", "has no value"),
        ("SELECT 1 WHERE false", "has no value"),
        ("SELECT unnest([1.03, 1.02])", "has 2 values in this snapshot"),
    ],
)
def test_query_without_one_value_is_refused(monkeypatch, sql: str, said: str) -> None:
    connection = duckdb.connect()
    for statement in ("CREATE TABLE vacancy (role VARCHAR, provenance VARCHAR, first_seen_at TIMESTAMP)",
                      "CREATE TABLE estimate (measure VARCHAR, group_kind VARCHAR)"):  # fmt: skip
        connection.execute(statement).complete()
    monkeypatch.setattr(reasoning, "pages", lambda: ["few_openings"])
    monkeypatch.setattr(reasoning, "queries", lambda slug: {"value": {"unit": "ratio", "sql": sql}})
    with pytest.raises(ValueError, match=rf"few_openings\.value {said}"):
        reasoning.measured(connection)
