"""The essays' groups of roles and levels as conditions on a vacancy's columns, in the words of SQL."""

from __future__ import annotations

from warehouse.schema.tables import DS_MLE


def any_of(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that a column is one of the values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


MODELLING = any_of("role", DS_MLE)
"""DS/MLE: ML engineers, data scientists and research scientists."""
SOFTWARE = "role = 'software_engineer'"
"""SWE."""
ML_ENGINEER = "role = 'ml_engineer'"
DATA_ROLES = (*DS_MLE, "data_engineer", "data_analyst", "data_leader")
DATA = any_of("role", DATA_ROLES)
FIRST_MODELLING = "is_first_modelling"
"""An employer's first DS/MLE vacancies, a column of `warehouse.evidence.derived`."""
GROUPS = {DATA: DATA_ROLES, MODELLING: DS_MLE, FIRST_MODELLING: DS_MLE}
"""The conditions that several roles meet, with these roles."""


def roles_in(condition: str) -> tuple[str, ...]:
    """Return the roles of the first group of roles that a condition names; none where it names no group."""
    return next((roles for group, roles in GROUPS.items() if group in condition), ())


def of_role(condition: str, role: str) -> str:
    """Return a condition with each group of roles in it narrowed to one role of the group."""
    one = f"role = '{role}'"
    condition = condition.replace(DATA, one).replace(MODELLING, one)
    return condition.replace(FIRST_MODELLING, f"({FIRST_MODELLING} AND {one})")


TITLE_MARKS = {
    "names_platform": r"(?i)platform|infrastructure|reliability|\bsre\b|devops|cloud|systems",
    "names_backend": r"(?i)back.?end|server|\bapi\b|services|distributed",
    "names_lead": r"(?i)\blead\b|head of",
}
"""What a title must match to name a kind of work; each is a column of `warehouse.evidence.derived`."""
PLATFORM = f"{SOFTWARE} AND names_platform"
BACKEND = f"{SOFTWARE} AND names_backend"
NOT_MANAGER = any_of("level", ("intern", "entry", "mid", "senior", "staff", "principal"))
STAFF = any_of("level", ("staff", "principal"))
SENIOR_UP = any_of("level", ("senior", "staff", "principal", "manager", "director", "vp", "c_level"))
DIRECTOR_UP = any_of("level", ("director", "vp", "c_level"))
MASTER_UP = any_of("degree_min", ("master", "phd"))
LARGE = "size_class = 'large'"
SMALL = "size_class = 'small'"
