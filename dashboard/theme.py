"""How things look: the palette read from `.streamlit/config.toml`, and the mark, word and colour of each verdict and role."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
CONFIG = tomllib.loads((HERE / ".streamlit" / "config.toml").read_text())

BLUE, VERMILION, GREEN, PURPLE, GREY, OCHRE, SKY, SIENNA = CONFIG["theme"]["chartCategoricalColors"]
INK = "currentColor"  # in an SVG this is the page's text colour, so a label is read on light and on dark
FONT = "Source Sans, Source Sans Pro, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict's word and mark, which say it without the colour."""

    word: str
    mark: str
    colour: str
    says: str


VERDICT_LOOKS: dict[str, VerdictLook] = {
    "supported": VerdictLook("Supported", "✓", BLUE, "The whole interval lies where the claim says."),
    "contradicted": VerdictLook("Contradicted", "✕", VERMILION, "The whole interval lies where the claim does not."),
    "inconclusive": VerdictLook("Inconclusive", "≈", OCHRE, "The interval reaches over the threshold."),
    "too_few": VerdictLook("Too few", "…", GREY, "Fewer than 30 vacancies or 20 employers on a side."),
    "not_testable": VerdictLook("Not testable", "–", GREY, "Postings cannot tell."),
}

NOT_ESTIMATED = "not_estimated"
"""What stands in a verdict's place where a narrowed view has no estimate of its own; it is no verdict and no filter."""
LOOKS = VERDICT_LOOKS | {
    NOT_ESTIMATED: VerdictLook("Not estimated", "–", GREY, "No estimate was made for exactly this view.")
}

ROLE_COLOURS: dict[str, str] = {
    "ml_engineer": BLUE,
    "data_scientist": GREEN,
    "research_scientist": PURPLE,
    "software_engineer": VERMILION,
    "data_engineer": OCHRE,
    "data_analyst": SKY,
    "data_leader": SIENNA,
    "other": GREY,
}


def apply() -> None:
    """Add the style sheet of the parts that Streamlit has no element for."""
    st.html(HERE / "style.css")
