"""Knows how to read the title a role reports to."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.enrich import cues
from warehouse.enrich.phrases import Hits

FIELDS: tuple[str, ...] = ("reports_to",)

_WINDOW_BYTES = 160
_LONGEST = 70
_ARTICLE = re.compile(r"\W*(?:(?:our|the|an?|one of (?:our|the)|your|their)\s+)?", re.IGNORECASE)
_END = re.compile(
    r"(?<!\bSr)(?<!\bJr)\.|[;:!?()•|\n]|\s[-–—]\s|,? (?:and|to|on|in|within|based|with|where|while|who|as|for|at|through|is|are|will|you|this|we|but|located|responsible)\b(?! (?:[A-Z]|of\b))"
    r"|, (?!(?:and )?(?:[A-Z][\w&/-]*)(?: [A-Z&][\w&/-]*| and| of)*(?:[.,;]|\s|$))"
    r"|,? (?:based|located|while|where|you|this|with|who|within|through|as)\b"
    r"|\s(?=(?:What|Who|Your|You|The|Key|About|Responsibilities|Location|In|As|Why|How|We|Our|This|Job|Role|Team|Direct|Department)\b)"
)
"""Where a title ends: punctuation, or a small word that is not followed by a capital ("Head of Product and Design")."""
_TITLE = re.compile(
    r"\b(?:director|manager|head|lead|leader|leadership|s?vp|evp|vice president|president|chief|officer|c[etfmirpsd]o|coo|ciso|founders?|co-?founders?|"
    r"supervisor|principal|engineers?|scientist|architect|partner|counsel|controller|coordinator|dean|owner|managers|chair|leads)\b",
    re.IGNORECASE,
)


def _read(window: str) -> str | None:
    start = _ARTICLE.match(window)
    rest = window[start.end() if start else 0 :]
    end = _END.search(rest)
    if end is None and len(rest) > _LONGEST:
        return None
    written = rest[: end.start() if end else None].strip(" ,-–—'\"*’‘“”")
    return written if _TITLE.search(written) and len(written) <= _LONGEST else None


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Title the role reports to, as written; null where none is given. `explain` adds the same words as its span."""
    found = cues.find(postings)
    is_line = found.lexicon.phrases_of("reporting_line")
    titles = pl.Series(
        "reports_to", [title for hits in found.chunks for title in _lines(hits, is_line)], dtype=pl.String
    )
    result = pl.DataFrame({"reports_to": titles})
    return result.with_columns(reports_to_span=titles) if explain else result


def _lines(hits: Hits, is_line: npt.NDArray[np.bool_]) -> list[str | None]:
    """For each row of a chunk, the first title that follows a reporting line."""
    read: list[str | None] = [None] * hits.n_rows
    at = np.flatnonzero(is_line[hits.phrase] & ~hits.in_title)
    for row, end in zip(hits.row[at].tolist(), hits.words.ends[hits.last[at]].tolist(), strict=True):
        if read[row] is None:
            window = hits.words.raw[end : end + _WINDOW_BYTES].tobytes().decode("utf-8", "ignore")
            read[row] = _read(window.split("\n\n")[0])
    return read
