"""What the explore page lists: vacancies a page at a time, and the facts of one."""

from __future__ import annotations

import streamlit as st

from dashboard import board, reader_sql, snapshot, wording
from dashboard.columns import WHEN
from dashboard.topics.scope import Scope
from warehouse.schema.tables import ROLES

PER_PAGE = 100
DEEPEST = 10_000
ROLE_CHOICES = ("all", *ROLES)
SHOWN = (
    "v.vacancy_id, v.title, v.employer_name, v.role, v.level, v.market, v.city, v.work_mode, v.degree_min, v.years_min,"
    " v.pay_low_usd_year, v.pay_high_usd_year, v.pay_tier, v.source, v.provenance,"
    f" {WHEN}::DATE AS posted_on, v.closed_at::DATE AS closed_on"
)
MATCH = "($contains = '' OR contains(lower(v.title), lower($contains)) OR contains(lower(v.employer_name), lower($contains)))"
ONE = "SELECT * EXCLUDE (url) FROM vacancy WHERE vacancy_id = $id"
COLUMNS = {
    "title": st.column_config.TextColumn("Title", pinned=True, width="medium"),
    "employer_name": "Employer",
    "years_min": st.column_config.NumberColumn("Years asked", format="%g"),
    "degree_min": "Degree required",
    "pay_low_usd_year": st.column_config.NumberColumn("Pay from, USD/year", format="localized"),
    "pay_high_usd_year": st.column_config.NumberColumn("Pay to, USD/year", format="localized"),
}
ASK_WORDS = (
    f"One SELECT at a time, on this snapshot, read-only: no files, no network, at most {reader_sql.SECONDS:g} seconds, {reader_sql.MEMORY_LIMIT} of memory and "
    f"{wording.count(reader_sql.ROW_CAP)} rows. The data page names every table and column."
)
EXAMPLE = """SELECT role, level, count(*) AS n_vacancies, count(DISTINCT employer_id) AS n_employers
FROM vacancy
WHERE provenance <> 'sample'
GROUP BY role, level
ORDER BY n_vacancies DESC"""


def _where(scope: Scope, role: str, with_sample: bool) -> str:
    only = f" AND v.{scope.filters.role_column} = '{role}'" if role in ROLES else ""
    return f"{scope.filters.where(with_sample=with_sample)}{only} AND {MATCH}"


def counted(scope: Scope, role: str, *, with_sample: bool = False) -> str:
    """Return the query that counts the vacancies in this view; its parameter `contains` is part of a title or employer."""
    return f"SELECT count(*) AS n FROM vacancy v WHERE {_where(scope, role, with_sample)}"


def n_found(scope: Scope, role: str, contains: str, *, with_sample: bool = False) -> int:
    """Return how many vacancies are in this view; the arrays in memory tell where no text is looked for, DuckDB elsewhere."""
    if contains or with_sample:
        return snapshot.row(scope.path, counted(scope, role, with_sample=with_sample), contains=contains)["n"]
    return len(scope.rows(only=scope.role.among(role) if role in ROLES else None))


def listing(scope: Scope, role: str, *, with_sample: bool = False) -> str:
    """Return the query of one page of vacancies, newest first; its parameters are `contains` and `start`."""
    return f"SELECT {SHOWN} FROM vacancy v WHERE {_where(scope, role, with_sample)} ORDER BY {WHEN} DESC, v.vacancy_id LIMIT {PER_PAGE} OFFSET $start"


def facts_html(facts: dict) -> str:
    """Return what is known of one vacancy as a grid of facts; the word sample stands where it is one."""
    pay = "not stated"
    if facts.get("pay_min") is not None or facts.get("pay_max") is not None:
        ends = [f"{amount:,.0f}" for amount in (facts["pay_min"], facts["pay_max"]) if amount is not None]
        pay = f"{'–'.join(dict.fromkeys(ends))} {facts['pay_currency'] or ''} per {facts['pay_period'] or 'period not told'}"
    return board.facts(
        (
            ("Role", wording.name(facts["role"]), f"the title alone says {wording.name(facts['role_strict']).lower()}" if facts["role_strict"] else "the title alone does not tell"),
            ("Level", wording.name(facts["level"]), f"{facts['years_min']:g} years asked" if facts["years_min"] is not None else "no years asked"),
            ("Degree required", wording.name(facts["degree_min"]), f"preferred: {wording.name(facts['degree_preferred']).lower()}"),
            ("Pay", pay, wording.name(facts["pay_tier"]) if facts["pay_tier"] else ""),
            ("Place", facts["city"] or facts["country"] or "not told", wording.name(facts["work_mode"]) if facts["work_mode"] else "work mode not told"),
            ("First seen", wording.day(facts["first_seen_at"]), f"last seen {wording.day(facts['last_seen_at'])}"),
            ("Came as", wording.name(facts["provenance"]), wording.name(facts["source"])),
        )
    )  # fmt: skip
