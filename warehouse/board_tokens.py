"""What an employer is called in the token of its board, where neither its postings nor a list name it."""

from __future__ import annotations

from warehouse.domains import registered_domain

_PURPOSES = frozenset(["careers", "career", "jobs", "job"])


def name_in_token(source: str, token: str) -> str:
    """Return the part of a board's token that names the employer; the whole token where it has no parts.

    "acme|wd5|External" -> "acme", "uk-careers-acme.icims.com" -> "acme", "careers.acme.co.uk|/vacancies/" -> "acme",
    "eu:acme" -> "acme".
    """
    name = token.partition("|")[0].strip()
    if source == "lever":
        name = name.removeprefix("eu:")
    elif source == "teamtailor":
        name = name.removesuffix(".na")
    elif name.endswith(".icims.com"):
        words = name.partition(".")[0].split("-")[1:]
        while len(words) > 1 and words[0] in _PURPOSES:
            words = words[1:]
        name = "-".join(words) or name.partition(".")[0]
    elif name.endswith(".oraclecloud.com"):
        name = name.partition(".")[0]
    elif source in {"sitemap_jobs", "jibe"}:
        name = (registered_domain(name) or name).partition(".")[0]
    return name or token
