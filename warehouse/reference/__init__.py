"""Knows the reference tables that ship with the package: the skill taxonomy and the roles with their official codes.

`esco_uri` are concepts of ESCO v1.2 (European Commission, CC BY 4.0), matched by preferred label; `onet_name` are examples of
O*NET's Technology Skills (US Department of Labor, CC BY 4.0). Where no concept has the skill's own name, the link is null.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import polars as pl


def _csv(name: str) -> pl.DataFrame:
    content = resources.files(__package__).joinpath(name).read_bytes()
    return pl.read_csv(content, infer_schema=False)


@cache
def skills() -> pl.DataFrame:
    """The skill taxonomy in the shape of the table `skill`, sorted by `skill_id`; aliases leave out the name itself."""
    return _csv("skills.csv").select(
        "skill_id",
        "name",
        "category",
        aliases=pl.col("aliases").str.split("|").fill_null([]),
        is_ambiguous=pl.col("is_ambiguous") == "true",
        esco_uri="esco_uri",
        onet_name="onet_name",
    )


@cache
def roles() -> pl.DataFrame:
    """The roles in the shape of the table `role`, sorted by `role`."""
    return _csv("roles.csv").select("role", "label", "essay_group", "data_function", "soc_2018", "definition")
