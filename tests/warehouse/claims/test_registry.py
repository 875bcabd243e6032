"""Every claim declares all that the page needs; a file that lacks something fails here."""

from __future__ import annotations

import json
import string
from pathlib import Path

import polars as pl
import pytest

from warehouse import claims as registry
from warehouse.claims import load_claims
from warehouse.evidence.claim import ESSAYS, TEMPLATE_KEYS, Chart, Claim
from warehouse.judge import Judgement
from warehouse.schema.errors import UserError
from warehouse.schema.tables import CODEBOOK, TABLE

CLAIMS = load_claims()
TESTABLE = [claim for claim in CLAIMS if claim.is_testable]
FILES = sorted(path.stem for path in Path(registry.__path__[0]).glob("*.py") if path.stem != "__init__")
FIELDS = {column.name for column in CODEBOOK}


def slug(claim: Claim) -> str:
    return claim.slug


def test_folder_is_the_registry() -> None:
    assert sorted(claim.slug for claim in CLAIMS) == FILES
    assert len({claim.position for claim in CLAIMS}) == len(CLAIMS)
    assert [claim.position for claim in CLAIMS] == sorted(claim.position for claim in CLAIMS)


@pytest.mark.parametrize("name", FILES)
def test_leaf_is_a_declaration(name: str) -> None:
    source = (Path(registry.__path__[0]) / f"{name}.py").read_text("utf-8")
    assert len(source.splitlines()) < 90
    assert "def " not in source
    assert "lambda" not in source


@pytest.mark.parametrize("claim", CLAIMS, ids=slug)
def test_claim_says_what_it_is(claim: Claim) -> None:
    assert claim.essay in ESSAYS
    assert claim.question.endswith("?")
    assert claim.statement.endswith(".")
    assert (claim.not_testable_reason is None) == claim.is_testable


@pytest.mark.parametrize("claim", TESTABLE, ids=slug)
def test_testable_claim_has_chart_findings_and_caveats(claim: Claim) -> None:
    assert isinstance(claim.chart, Chart)
    assert set(claim.templates) == {"supported", "contradicted", "inconclusive", "too_few"}
    assert len(set(claim.templates.values())) == 4
    for verdict, template in claim.templates.items():
        used = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        assert used <= TEMPLATE_KEYS
        if verdict != "too_few":
            assert {"low", "high"} < used, "a finding states its interval"
            assert {"value", "by"} & used, "a finding states its number"
    assert claim.caveats
    assert claim.would_change
    assert set(claim.fields) <= FIELDS
    assert claim.rule
    assert "Supported if" in claim.rule


@pytest.mark.parametrize("claim", TESTABLE, ids=slug)
def test_sql_of_claim_runs_on_a_snapshot(claim: Claim, judged: Judgement, snapshot) -> None:
    sql = judged.claim.filter(claim_slug=claim.slug)["sql"].item()
    assert "sample" in sql, "the demo's samples stay out of the raw number too"
    assert snapshot.sql(sql).fetchall()


def test_chart_and_templates_travel_as_json(judged: Judgement) -> None:
    for row in judged.claim.filter(pl.col("chart").is_not_null()).iter_rows(named=True):
        assert json.loads(row["chart"])["kind"] in {"interval", "trend", "survival"}
        assert json.loads(row["finding_templates"])["supported"]


def test_unknown_claim_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match="There is no claim moon_landing: choose from"):
        load_claims(["moon_landing"])


@pytest.mark.parametrize("lacking", ["region", "chart", "caveats", "fields", "would_change", "findings"])
def test_claim_that_lacks_something_is_refused(lacking: str) -> None:
    whole = {name: getattr(TESTABLE[0], name) for name in ("essay", "position", "statement", "question", "estimate", "region",
             "chart", "findings", "caveats", "fields", "would_change")}  # fmt: skip
    assert Claim(**whole).is_testable
    del whole[lacking]
    with pytest.raises(ValueError, match=r"testable claim has|no finding for"):
        Claim(**whole)


def test_finding_with_an_unknown_name_is_refused() -> None:
    claim = TESTABLE[0]
    with pytest.raises(ValueError, match="uses mood"):
        Claim(**{name: getattr(claim, name) for name in ("essay", "position", "statement", "question", "estimate", "region", "chart", "caveats",
              "fields", "would_change")}, findings={**claim.findings, "supported": "{mood}"})  # fmt: skip


def test_tables_have_the_declared_columns(judged: Judgement) -> None:
    for name in ("claim", "estimate", "verdict"):
        assert tuple(getattr(judged, name).columns) == TABLE[name].column_names
        for column in TABLE[name].columns:
            if not column.is_nullable:
                assert getattr(judged, name)[column.name].null_count() == 0, f"{name}.{column.name}"
