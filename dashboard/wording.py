"""Numbers, dates and names in the words a reader expects, and text made safe for Markdown and HTML."""

from __future__ import annotations

import datetime as dt
import html
import math
import re

NBSP = "\u00a0"
MINUS = "\u2212"
JOINER = "\u2060"

NAMES: dict[str, str] = {
    "ml_engineer": "ML engineer",
    "data_scientist": "Data scientist",
    "research_scientist": "Research scientist",
    "data_engineer": "Data engineer",
    "data_analyst": "Data analyst",
    "software_engineer": "Software engineer",
    "data_leader": "Data leader",
    "other": "Other",
    "c_level": "C-level",
    "vp": "VP",
    "hn": "Hacker News",
    "hackernews": "Hacker News",
    "network_jobs": "Venture network",
    "all": "All",
    "none": "None",
    "phd": "PhD",
    "onsite": "On site",
    "us": "US",
    "too_few": "Too few",
    "not_testable": "Not testable",
    "size_class": "Employer size",
    "degree_min": "Degree required",
    "years_min": "Years asked",
    "phd_mentioned": "PhD mentioned",
    "asks_ml": "Asks ML",
    "asks_math": "Asks mathematics",
    "posted_at": "Day of posting",
    "role_strict": "Role by title alone",
    "reports_to": "Reporting line",
    "pay_low_usd_year": "Pay in USD a year",
    "pay_min": "Pay from",
    "pay_max": "Pay to",
}


ACRONYMS = {"swe": "SWE", "ml": "ML", "phd": "PhD", "usd": "USD", "ppp": "PPP"}


def name(value: object) -> str:
    """Return an identifier as a name for people: `ml_engineer` gives "ML engineer"."""
    if value is None:
        return "not told"
    text = str(value)
    if text.lower() in NAMES and text != "other":
        return NAMES[text.lower()]
    words = " ".join(ACRONYMS.get(word, word) for word in text.split("_"))
    return words[:1].upper() + words[1:]


METRICS = {"f1": "F1", "macro_f1": "Macro F1", "over_claim": "Over-claim"}

PEOPLE: dict[str, str] = {
    "ml_engineer": "ML engineers",
    "data_scientist": "data scientists",
    "research_scientist": "research scientists",
    "data_engineer": "data engineers",
    "data_analyst": "data analysts",
    "software_engineer": "software engineers",
    "data_leader": "data leaders",
    "other": "other roles",
}


def people(role: str) -> str:
    """Return a role as the people who do it: `ml_engineer` gives "ML engineers"."""
    return PEOPLE.get(role, name(role))


def count(n: float | None) -> str:
    """Return a count with thousands parted: 12345 gives "12,345"."""
    return "–" if n is None else f"{round(n):,}"


def plural(n: int | None, one: str, many: str | None = None) -> str:
    """Return a count with its noun: (1, "vacancy", "vacancies") gives "1 vacancy"."""
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def _decimals(value: float) -> int:
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 3


UNIT_KINDS = (
    (("share", "year"), "points_year"),
    (("share", "difference"), "points"),
    (("point", "year"), "points_year"),
    (("point",), "points"),
    (("share",), "share"),
    (("usd",), "money"),
    (("day",), "days"),
    (("ratio",), "ratio"),
    (("times",), "ratio"),
    (("correlation",), "correlation"),
)


def unit_kind(unit: str | None) -> str:
    """Return how a unit is written: share, points, points_year, money, days, ratio, correlation or plain."""
    text = (unit or "").lower()
    return next((kind for words, kind in UNIT_KINDS if all(word in text for word in words)), "plain")


def _parts(value: float, unit: str | None) -> tuple[str, str]:
    """Return the figure and the words that follow it."""
    size = abs(value)
    minus = MINUS if value < 0 else ""
    plus = "+" if value > 0 else minus
    scaled = 100 if unit and "percentage point" not in unit.lower() else 1
    points = f"{plus}{size * scaled:.1f}" if size else "0"
    small = f"{minus}{size * 100:.{0 if size >= 0.1 or size == 0 else 1}f}%"
    written = {
        "share": ("under 0.1%" if 0 < value < 0.0005 else small, ""),
        "points": (points, f"{NBSP}points"),
        "points_year": (points, f"{NBSP}points a year"),
        "money": (f"{minus}${size:,.0f}", ""),
        "days": (f"{minus}{size:,.0f}", f"{NBSP}days"),
        "ratio": (f"{minus}{size:,.{_decimals(size)}f}", ""),
        "correlation": (f"{value:+.2f}".replace("-", MINUS) if round(value, 2) else "0", ""),
    }
    named = f"{NBSP}{unit}" if unit and len(unit) < 16 and "auc" not in unit.lower() else ""
    return written.get(unit_kind(unit), (f"{minus}{size:,.{_decimals(size)}f}", named))


def figure(value: float | None, unit: str | None = None) -> str:
    """Return a value in its unit as people write it: (0.25, "share") gives "25%"."""
    return "–" if value is None or math.isnan(value) else "".join(_parts(value, unit))


def interval(low: float | None, high: float | None, unit: str | None = None) -> str:
    """Return an interval in words: "22% to 29%"."""
    if low is None or high is None:
        return "no interval"
    return f"{_parts(low, unit)[0]} to {figure(high, unit)}"


def day(value: dt.date | dt.datetime | None) -> str:
    """Return a date as "3 March 2026"."""
    return "an unknown day" if value is None else f"{value.day} {value:%B %Y}"


def month(value: dt.date | dt.datetime | None) -> str:
    """Return a month as "March 2026"."""
    return "an unknown month" if value is None else f"{value:%B %Y}"


def days_between(first: dt.date | None, last: dt.date | None) -> str:
    """Return two dates as "November 2018 to October 2026", or one month where they share it."""
    if first is None or last is None:
        return "dates unknown"
    return month(first) if (first.year, first.month) == (last.year, last.month) else f"{month(first)} to {month(last)}"


def years_between(first: dt.date | None, last: dt.date | None) -> str:
    """Return two dates as "2018–2026", or the month where they share it."""
    if first is None or last is None:
        return "dates unknown"
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"


def unbroken(text: str) -> str:
    """Return text in which no line ends within a span of years: "2011–2026" stays together."""
    return re.sub(r"(?<=\d)–(?=\d)", f"{JOINER}–{JOINER}", text)


def listed(items: list[str], final: str = "and") -> str:
    """Return names as "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {final} {items[-1]}" if items else ""


def sentence(text: str | None) -> str:
    """Return the text with one full stop at its end."""
    text = (text or "").strip()
    return text if not text or text[-1] in ".?!" else text + "."


def markdown_safe(text: object) -> str:
    r"""Return text that Markdown shows as it is: `*`, `$`, `<`, `:` and their like are escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$~:&-])", r"\\\1", "" if text is None else str(text))


def html_safe(text: object) -> str:
    """Return text that HTML shows as it is."""
    return html.escape("" if text is None else str(text), quote=True)


def instant(value: dt.datetime) -> str:
    """Return a UTC instant as "3 March 2026, 06:00 UTC"."""
    return f"{day(value)}, {value:%H:%M} UTC"
