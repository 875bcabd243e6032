"""How verdicts come about, in plain words; the numbers in them are read from where they are used."""

from __future__ import annotations

from dashboard.clustered import FEWEST_EMPLOYERS, FEWEST_VACANCIES

VERDICTS = "Verdicts"
SECTIONS: tuple[tuple[str, str], ...] = (
    (
        "From postings to vacancies",
        "A **posting** is what one board showed at one instant. Postings of the same opening, reposted or shown on several boards, are one **vacancy**. "
        "From each text the project reads role, level, degrees, years, pay, place, skills and what is asked. "
        "What cannot be told is left empty, stays out of every count that needs it, and the page says how many were left out.",
    ),
    (
        "From vacancies to estimates",
        "Postings of one employer are alike, so every interval asks what would change with **other employers**, not with other postings: the claims’ intervals "
        "resample employers a thousand times; the intervals of the topic pages treat each employer as one cluster. Shares of roles are corrected for the measured error of role recognition, and the "
        "uncorrected number stands beside them.",
    ),
    (
        VERDICTS,
        "The rule and its threshold are written down before looking. The whole 95% interval is held against the threshold, with a correction for judging many claims at once (Holm). "
        f"Below {FEWEST_VACANCIES} vacancies or {FEWEST_EMPLOYERS} employers nothing is shown but the count.",
    ),
    (
        "Specifications",
        "Each number can be measured in more than one defensible way: roles named strictly or broadly, reposts merged or not, each vacancy or each employer alike, one source or all, one market or all, one year or all. "
        "All of them are computed and drawn in order of size; the page says in how many the verdict holds.",
    ),
    (
        "Time",
        "Lines are not drawn across a change of the instrument, such as a source that joins or a parser that reads differently. "
        "A vacancy that is still open counts up to its last sighting; one that was there when its board was first read is left out of closing times. "
        "Absence closes a vacancy only after two complete readings of its board.",
    ),
    (
        "Pay",
        "Pay given by the source as numbers, read from the text, and estimated by the source are three kinds of evidence and never blended. Currencies are converted at the month’s rate before anything is compared. "
        "The share of vacancies that state pay stands beside every pay figure.",
    ),
    (
        "What the numbers are not",
        "They speak for the sources read, not for the whole market: boards of companies that hire in software, and a forum. They count openings, not people hired. Official and published series stand beside the "
        "estimates and are never mixed into them. Vacancies marked “sample” are invented for the demo and stay out of everything.",
    ),
)  # fmt: skip
RULES = "SELECT claim_slug, essay, statement, rule, threshold_low, threshold_high, unit FROM claim ORDER BY position, claim_slug"
ROLES = "SELECT label AS role, essay_group, data_function, soc_2018, definition FROM role ORDER BY role"
