"""Every claim declares all that the page needs; a file that lacks something fails here."""

from __future__ import annotations

import importlib
import json
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from warehouse import claims as registry
from warehouse.claims import load_claims
from warehouse.evidence.claim import ESSAYS, TEMPLATE_KEYS, Chart, Claim
from warehouse.evidence.claims_page import claims_markdown
from warehouse.judge import Judgement, Market, judge
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


NEW = '''"""ML work asks for publications more often than software work."""

from warehouse.evidence.claim import Chart, Claim
from warehouse.evidence.roles import MODELLING, SOFTWARE
from warehouse.evidence.shares import Part, Shares, difference
from warehouse.statistics.decisions import Region

CLAIM = Claim(
    essay="B2",
    position=245,
    statement="ML work asks for publications more often than software work.",
    question="Does ML work ask for publications more often?",
    estimate=Shares(
        label="Share of vacancies that ask for publications, DS/MLE less SWE",
        unit="share difference",
        parts=(Part("asks_research", MODELLING), Part("asks_research", SOFTWARE)),
        combine=difference,
    ),
    region=Region(low=0.0),
    chart=Chart(axis="Less"),
    findings={
        "supported": "More by {by} ({low} to {high})",
        "contradicted": "Less: {value} ({low} to {high})",
        "inconclusive": "Unclear: {value} ({low} to {high})",
    },
    caveats=("One.",),
    fields=("role",),
    would_change="Another.",
)
'''


@pytest.fixture
def new_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of claims with one file more, and nothing else changed."""
    monkeypatch.setattr(registry, "__path__", [*registry.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "a_new_claim.py"
    path.write_text(NEW, "utf-8")
    yield path
    sys.modules.pop("warehouse.claims.a_new_claim", None)
    registry.__dict__.pop("a_new_claim", None)


def test_one_file_more_is_judged_and_documented(new_claim: Path, market: Market) -> None:
    claims = load_claims()
    assert [claim.slug for claim in claims if claim.slug not in FILES] == ["a_new_claim"]
    found = judge(market, ["a_new_claim"], replicates=50)
    assert found.verdict["verdict"].item() == "supported"
    assert found.verdict["finding"].item().startswith("More by ")
    assert found.estimate["is_shown"].any()
    assert "### `a_new_claim`\n\n**ML work asks for publications" in claims_markdown(claims)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('    region=Region(low=0.0),\n', "", "a testable claim has a region"),
        ('essay="B2"', 'essay="C"', "essay 'C' is none of A, B, B2, B3"),
        ('caveats=("One.",)', 'caveats=("One.")', "one alone needs a comma after it"),
        ("combine=", "combin=", "unexpected keyword argument 'combin'"),
        ("import MODELLING", "import MODELING", "cannot import name 'MODELING'"),
        ("{by}", "{mood}", "a finding uses mood"),
        ("estimate=Shares(", "estimate=dict(", "the estimate is a measure"),
        ("CLAIM = Claim(", "CLAIM = Claim(,", "invalid syntax"),
        ("CLAIM = Claim(", "CLAIMS = Claim(", "give it a `CLAIM = Claim"),
    ],
)  # fmt: skip
def test_file_that_declares_no_claim_is_named_in_a_sentence(
    new_claim: Path, written: str, instead: str, said: str
) -> None:
    assert NEW.count(written) == 1
    new_claim.write_text(NEW.replace(written, instead), "utf-8")
    importlib.invalidate_caches()
    with pytest.raises(UserError, match=r"^warehouse/claims/a_new_claim\.py declares no claim: ") as raised:
        load_claims()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


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
