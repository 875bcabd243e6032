from __future__ import annotations

from collections import Counter

import polars as pl

from warehouse.enrich import cues, enrich
from warehouse.enrich.phrases import words
from warehouse.enrich.skills import AMBIGUOUS
from warehouse.reference import roles, skills
from warehouse.schema.tables import DS_MLE, ROLES, TABLE

CATEGORIES = {
    "languages", "backend", "frontend", "mobile", "infrastructure", "data engineering", "modelling", "ML serving", "analytics",
    "research and maths",
}  # fmt: skip
SHARED_ALIASES = {("ruby", "on", "rails"): ["rails", "ruby"]}


def test_tables_have_the_declared_shape() -> None:
    assert skills().columns == list(TABLE["skill"].column_names)
    assert roles().columns == list(TABLE["role"].column_names)
    assert skills()["skill_id"].is_sorted()
    assert skills()["skill_id"].is_unique().all()
    assert skills()["name"].is_unique().all()
    assert skills().schema["aliases"] == pl.List(pl.String)


def test_there_are_hundreds_of_skills_in_every_category() -> None:
    assert skills().height >= 400
    assert set(skills()["category"]) == CATEGORIES
    assert skills()["category"].value_counts()["count"].min() >= 10


def test_ids_are_slugs_and_links_are_whole() -> None:
    assert skills()["skill_id"].str.contains(r"^[a-z0-9][a-z0-9+#-]*$").all()
    uris = skills()["esco_uri"].drop_nulls()
    assert uris.str.contains(r"^http://data\.europa\.eu/esco/skill/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$").all()
    assert uris.is_unique().all()
    assert skills()["onet_name"].drop_nulls().is_unique().all()


def test_no_spelling_names_two_skills() -> None:
    owners: dict[tuple[str, ...], list[str]] = {}
    for row in skills().iter_rows(named=True):
        for spelling in (row["name"], *row["aliases"]):
            owners.setdefault(words(spelling), []).append(row["skill_id"])
    assert {spelling: sorted(ids) for spelling, ids in owners.items() if len(ids) > 1} == SHARED_ALIASES


def test_the_codebooks_ambiguous_names_are_marked_and_have_rules() -> None:
    marked = set(skills().filter("is_ambiguous")["name"])
    assert set(AMBIGUOUS) <= marked
    rules = {name for name in cues.ambiguity() if not name.startswith("*")}
    assert set(AMBIGUOUS) <= rules <= marked


def test_roles_carry_the_groups() -> None:
    assert sorted(roles()["role"]) == sorted(ROLES)
    groups = dict(zip(roles()["role"], roles()["essay_group"], strict=True))
    assert {role for role, group in groups.items() if group == "DS/MLE"} == set(DS_MLE)
    assert Counter(groups.values())["SWE"] == 1
    assert dict(zip(roles()["role"], roles()["data_function"], strict=True))["data_analyst"] == "analytics"


def test_near_rules_name_cues_that_exist() -> None:
    lexicon = cues.lexicon()
    for rule in lexicon.near.values():
        assert set(rule.first) | set(rule.second) <= set(lexicon.cue_phrases)


def test_a_title_without_a_text_asks_no_skill_that_could_be_told() -> None:
    frame = pl.DataFrame({"id": ["1", "2"], "title": ["Python Developer"] * 2, "text": ["", "You write Rust daily."]})
    for part in (frame, frame.head(1), frame.tail(1)):
        asked = dict(enrich(part).select("id", "skills").iter_rows())
        assert {name: value for name, value in {"1": None, "2": ["python", "rust"]}.items() if name in asked} == asked
    assert enrich(frame, explain=True)["skills_span"].is_null().to_list() == [True, False]
