"""How many people an employer says it has, in a posting's own words: "we are 45 people", "a 20-person company"."""

from __future__ import annotations

import polars as pl

_COUNT = r"(\d{1,3}(?:,\d{3})+|\d{1,6})\+?"
_ABOUT = (
    r"(?:(?:about|around|over|more than|almost|nearly|approximately|roughly|just|only|now|currently|already|up to|some|under|fewer than|"
    r"less than|a|an|still)\s+|~\s?)*"
)
_PEOPLE = r"\s?(?:people|employees|folks|staff)\b"
_PATTERNS = (
    rf"\bwe(?:['’]re| are| have| employ)\s+{_ABOUT}(?:(?:team|company|group|startup|start-up)\s+(?:of|with)\s+{_ABOUT})?{_COUNT}{_PEOPLE}",
    rf"\bwe(?:['’]re| are)\s+{_ABOUT}{_COUNT}[- ](?:person|people|employee)\s+(?:company|startup|start-up|team|business)\b",
    rf"\b(?:company|startup|start-up|organi[sz]ation)\s+(?:of|with)\s+{_ABOUT}{_COUNT}{_PEOPLE}",
    rf"\b(?:our|an?|the)\s+(?:[a-z-]+,?\s+)?{_COUNT}[- ](?:person|people|employee)\s+(?:company|startup|start-up|business)\b",
)
"""Sentences in which an employer counts itself. "A team of 12" may be one team of many, and a customer's employees are
not its own, so neither is read."""


def said_headcount(texts: pl.Expr) -> pl.Expr:
    """Return the number of people that a plain text says its employer has, or null. The first sentence that says so counts."""
    return pl.coalesce(
        texts.str.extract(rf"(?i){pattern}").str.replace_all(",", "").cast(pl.Int64, strict=False)
        for pattern in _PATTERNS
    ).replace(0, None)
