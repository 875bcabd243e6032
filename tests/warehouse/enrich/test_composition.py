"""The extractors together: one pure function of a row, in one shape, whatever else stands in the table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.enrich import ENRICHED_SCHEMA, PARSER_VERSION, composition, enrich, extractors
from warehouse.schema.tables import CODEBOOK

GOLD = Path(__file__).resolve().parents[2] / "gold"
SENTENCES = [
    json.loads(line)["posting"].get("text", "")
    for path in sorted(GOLD.glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]

POSTING = {
    "id": "n-1",
    "title": "Senior Machine Learning Engineer",
    "company": "Nordlicht Robotics",
    "location": "Toronto, Canada",
    "text": (
        "You train and deploy ranking models in Python and Go with the team and own them for our users. "
        "Master's degree in computer science or equivalent experience required; PhD preferred. "
        "5+ years of professional experience in machine learning. The base salary range is C$150,000 - C$180,000 per year. "
        "This is a hybrid role: three days a week in our office. You will report to the Director of Data Science."
    ),
}


def one(**changes: object) -> dict:
    """The enriched row of `POSTING` with changes."""
    return enrich(pl.DataFrame([POSTING | changes], infer_schema_length=None)).row(0, named=True)


def test_every_field_of_the_codebook_has_an_extractor() -> None:
    named = [field for module in extractors() for field in module.FIELDS]
    assert len(named) == len(set(named)), "two modules claim one field"
    assert set(named) | {"language", "role_strict"} >= {column.name for column in CODEBOOK}
    assert set(named) <= set(ENRICHED_SCHEMA)


def test_the_shape_is_the_declared_one_even_for_no_rows() -> None:
    for frame in (pl.DataFrame([POSTING]), pl.DataFrame([POSTING]).clear()):
        found = enrich(frame)
        assert dict(found.schema) == {"id": pl.String()} | ENRICHED_SCHEMA
        assert found.height == frame.height


def test_a_posting_is_read_whole() -> None:
    row = one()
    expected = {
        "role": "ml_engineer", "level": "senior", "degree_min": "master", "degree_equivalent": True, "degree_preferred": "phd",
        "phd_mentioned": True, "years_min": 5.0, "pay_min": 150_000.0, "pay_max": 180_000.0, "pay_currency": "CAD", "pay_period": "year",
        "pay_kind": "base", "pay_tier": "text", "work_mode": "hybrid", "country": "CA", "city": "Toronto", "asks_ml": True,
        "reports_to": "Director of Data Science", "language": "en", "ambiguous_skills": ["Go"],
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert "python" in row["skills"]


def test_markup_changes_nothing_that_is_read() -> None:
    blocks = [f"<li>{sentence}</li>" for sentence in POSTING["text"].split(". ")]
    markup = f"<div><p><b>About</b></p><ul>{''.join(blocks)}</ul></div>"
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert one(text=markup) == one(text=escaped)
    plain = one()
    for name in (
        "degree_min",
        "degree_preferred",
        "years_min",
        "pay_min",
        "pay_max",
        "pay_currency",
        "work_mode",
        "skills",
    ):
        assert one(text=markup)[name] == plain[name], name


def test_the_source_may_say_it_better_than_the_text() -> None:
    offers = [
        {
            "low": 9_000_000,
            "high": 11_000_000,
            "currency": "EUR",
            "interval": "1 YEAR",
            "kind": "Salary",
            "minor_units": True,
        },
        {"low": 5, "high": 10, "currency": "EUR", "interval": "1 YEAR", "kind": "Bonus"},
    ]
    row = one(pay_raw=json.dumps(offers), work_mode_raw="Remote", country_raw="Germany", location="")
    assert (row["pay_min"], row["pay_max"], row["pay_currency"], row["pay_period"], row["pay_tier"]) == (
        90_000.0,
        110_000.0,
        "EUR",
        "year",
        "structured",
    )
    assert (row["work_mode"], row["country"]) == ("remote", "DE")


def test_what_is_absent_is_null_and_not_guessed() -> None:
    row = enrich(pl.DataFrame({"id": ["x"]})).row(0, named=True)
    for name in (
        "years_min",
        "pay_min",
        "pay_max",
        "pay_currency",
        "pay_period",
        "pay_kind",
        "pay_tier",
        "work_mode",
        "country",
        "city",
        "reports_to",
        "language",
        "degree_min",
        "phd_mentioned",
        "skills",
        "ambiguous_skills",
    ):
        assert row[name] is None, name
    assert one(title=None, company=None, location=None)["years_min"] == 5.0


def test_other_columns_do_not_matter() -> None:
    frame = pl.DataFrame([POSTING]).with_columns(pl.lit("chaff").alias("role"), pl.lit(1).alias("n"))
    assert enrich(frame).equals(enrich(pl.DataFrame([POSTING])))


def test_a_language_that_is_not_read_is_named_and_left_null() -> None:
    row = one(
        text="機械学習エンジニアとして製品の開発を担当していただきます。実務経験3年以上、年収600万円から900万円。修士号が望ましい。",
        title="エンジニア",
        location="Tokyo, Japan",
    )
    assert row["language"] == "ja"
    assert [row[name] for name in ("degree_min", "degree_preferred", "phd_mentioned", "years_min", "pay_min")] == [
        None
    ] * 5
    assert row["country"] == "JP"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_rows_are_read_alone_wherever_the_table_is_cut(data: st.DataObject) -> None:
    texts = st.lists(st.sampled_from(SENTENCES), min_size=0, max_size=4).map(" ".join)
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "title": st.sampled_from(["Data Analyst", "Staff Engineer", "VP Sales", "", "ML Intern"]),
                    "company": st.sampled_from(["Nordlicht", "Go Labs", ""]),
                    "location": st.sampled_from(["", "Berlin", "Remote - US", "Atlanta, Georgia", "Various"]),
                    "text": texts | st.text(max_size=60),
                }
            ),
            min_size=1,
            max_size=12,
        )
    )
    frame = pl.DataFrame(rows).with_row_index("id").with_columns(pl.col("id").cast(pl.String))
    cut = data.draw(st.integers(0, frame.height))
    whole = enrich(frame)
    assert pl.concat([enrich(frame[:cut]), enrich(frame[cut:])]).equals(whole)
    assert enrich(frame.reverse()).reverse().equals(whole)
    assert whole["id"].equals(frame["id"])


def test_shares_of_the_table_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame([POSTING | {"id": str(n), "text": text} for n, text in enumerate(SENTENCES[:60])])
    alone = composition.enrich_alone(frame, explain=True)
    monkeypatch.setattr(composition, "_ROWS_WORTH_A_THREAD", 7)
    monkeypatch.setattr(composition, "_ROWS_AT_ONCE", 25)
    monkeypatch.setattr(composition.os, "cpu_count", lambda: 3)
    assert enrich(frame, explain=True).equals(alone)


def test_explaining_shows_the_words_and_changes_nothing() -> None:
    frame = pl.DataFrame([POSTING])
    explained = enrich(frame, explain=True)
    assert explained.select(enrich(frame).columns).equals(enrich(frame))
    row = explained.row(0, named=True)
    words = f"{POSTING['title']} {POSTING['location']} {POSTING['text']}"
    for field in (
        "degree_min",
        "degree_preferred",
        "phd_mentioned",
        "years_min",
        "pay_min",
        "country",
        "work_mode",
        "reports_to",
    ):
        assert row[f"{field}_span"], field
        assert row[f"{field}_span"] in words, field


def test_the_parser_version_follows_code_and_reference_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"1-[0-9a-f]{10}", PARSER_VERSION)
    package = tmp_path / "enrich"
    package.mkdir()
    (package / "years.py").write_text("A = 1\n")
    (tmp_path / "reference").mkdir()
    monkeypatch.setattr(composition, "__file__", str(package / "composition.py"))
    before = composition._digest()
    (tmp_path / "reference" / "quality.json").write_text("{}")
    assert composition._digest() == before, "measuring quality does not make a new parser"
    (tmp_path / "reference" / "skills.csv").write_text("a\n")
    assert composition._digest() != before
