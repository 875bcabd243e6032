"""Columns that claims need beyond the public tables, each an expression a reader can run on the snapshot himself."""

from __future__ import annotations

import re

from warehouse.evidence.roles import MODELLING, TITLE_MARKS

_OPENED = "coalesce(posted_at, first_seen_at)"
_ENGINEER = f"min({_OPENED}) FILTER (WHERE role = 'data_engineer' AND {{}}) OVER (PARTITION BY employer_id)"

BY_ROLE: dict[str, str] = {
    # the vacancies that tie for an employer's first modelling opening, where it was not open before we looked
    "is_first_modelling": (
        f"({MODELLING}) AND NOT is_left_truncated AND {_OPENED} = min({_OPENED}) FILTER (WHERE {MODELLING})"
        " OVER (PARTITION BY employer_id)"
    ),
    # null where the employer's first data engineer opening is unknown, was open before we looked or opened at the same instant
    "data_engineering_came_first": (
        f"CASE WHEN NOT coalesce({_ENGINEER.format('is_left_truncated')} < {_ENGINEER.format('NOT is_left_truncated')}, false)"
        f" THEN nullif(sign(epoch({_OPENED}) - epoch({_ENGINEER.format('NOT is_left_truncated')})), 0) > 0 END"
    ),
}
"""Columns that depend on `role`, and so on whether it is taken broadly or strictly."""

BY_TITLE: dict[str, str] = {name: f"regexp_matches(title, '{pattern}')" for name, pattern in TITLE_MARKS.items()}
"""Columns that say whether a title names a kind of work."""

FULL_STACK = ("data engineering", "modelling", "ML serving")
_ASKED = "FROM vacancy_skill JOIN skill USING (skill_id) WHERE vacancy_skill.vacancy_id = vacancy.vacancy_id"
BY_SKILL: dict[str, str] = {
    # null where no skill was recognised: the text may ask for some under names the taxonomy does not know
    "n_skill_categories": f"nullif((SELECT count(DISTINCT category) {_ASKED}), 0)",
    "is_full_stack": (
        f"(SELECT CASE WHEN count(*) > 0 THEN {' AND '.join(f'bool_or(category = {name!r})' for name in FULL_STACK)} END {_ASKED})"
    ),
}
"""Columns that depend on the skills asked."""

DERIVED = BY_ROLE | BY_TITLE | BY_SKILL


def source_sql(text: str) -> str:
    """Return the relation a reader's query over `text` starts from: `vacancy`, with the derived columns it names."""
    used = [name for name in DERIVED if re.search(rf"\b{name}\b", text)]
    if not used:
        return "vacancy"
    columns = "".join(f",\n    {DERIVED[name]} AS {name}" for name in used)
    return f"(\n  SELECT vacancy.*{columns}\n  FROM vacancy WHERE provenance <> 'sample'\n)"
