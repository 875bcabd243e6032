"""Knows how to read the title a role reports to."""

from __future__ import annotations

import polars as pl

FIELDS: tuple[str, ...] = ("reports_to",)

_WINDOW_BYTES = 140
# The verb with its object; "reports" (documents), "report on" and "report issues" have no "to" and do not match.
_REPORTS = (
    r"(?i)\b(?:report(?:s|ing)?|accountable|answer(?:s|ing)?)(?: (?:directly|you will|in|functionally|line|solid))* (?:in)?to[: ]+"
    r"(?:(?:our|the|a|an|one of our|your)\s+)?((?:[^.;:!?()•\n|]|\.(?=\w)){2,90})"
)
"""The rest of the sentence after the verb."""
_STOP = (
    r"(?i)\s*(?:,\s*(?:you|this|and (?:you|will|work)|the role|who|based|with|located|we|our|in |as |while|she|he|they|supporting|leading|working|but|your|i |is )"
    r"|\s(?:and (?:will|work|collaborat\w*|partner\w*|you|be|lead|play|own|have|act|support\w*|is)|you|this|in this|who|within|based|as (?:a|an|the|part)|to (?:\w+)|on (?:a|the|all|your)|while|with (?:a|the)|where|will|is|are|for (?:a|the)|at (?:the )?[A-Z]|regarding|about|located|while|responsible|through|alongside|in (?:a|the|our|your|\w+ing))\b"
    r"|\s[-–—]\s|\s(?:What|Who|Your|You|The|Key|About|Responsibilities|Location|In|As|Why|How|We|Our|This|Job|Role|Team)\b).*$"
)
_TITLE = (
    r"(?i)\b(?:director|manager|head|lead|leader|leadership|vp|svp|evp|vice president|president|chief|officer|c[etofmirpsd]o|ciso|cto|founder|co-founder|supervisor|"
    r"principal|engineer|scientist|architect|partner|counsel|controller|coordinator|dean|owner|managers?|chair)s?\b"
)


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Title the role reports to, as written; null where none is given. `explain` adds the sentence's words."""
    sentence = postings["text"].str.extract(_REPORTS, 1)
    read = (
        pl.DataFrame({"rest": sentence})
        .with_columns(title=pl.col("rest").str.replace(_STOP, "").str.strip_chars(" ,-–—'\"*’‘“”"))
        .select(
            reports_to=pl.when(pl.col("title").str.contains(_TITLE) & (pl.col("title").str.len_chars() <= 70)).then(
                "title"
            ),
        )
    )
    if explain:
        read = read.with_columns(reports_to_span=pl.col("reports_to"))
    return read
