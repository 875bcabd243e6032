"""How numbers, counts and dates are written in findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

NAMES = {
    "hackernews": "Hacker News",
    "network_jobs": "Venture network",
    "smartrecruiters": "SmartRecruiters",
    "bamboohr": "BambooHR",
}
MOST_NAMED = 3
MINUS = "\u2212"


def say(value: float | None, unit: str) -> str:
    """Return a value in its unit: (0.25, "share") gives "25%", (0.051, "share per year") gives "+5.1 points"."""
    if value is None:
        return "an unknown amount"
    sign = MINUS if value < 0 else ""
    size = abs(value)
    if unit == "share":
        return f"{sign}{size:.{0 if size >= 0.1 or size == 0 else 1}%}"
    if unit.startswith("share "):
        return f"{'+' if value > 0 else sign}{size * 100:.1f} points" if value else "0 points"
    if unit == "days":
        return f"{sign}{size:,.0f} days"
    if unit == "ratio":
        return f"{sign}{size:,.{0 if size >= 100 else 1 if size >= 10 else 2}f}"
    return f"{'+' if value > 0 and unit == 'correlation' else sign}{size:,.2f}"


def say_interval(low: float | None, high: float | None, unit: str) -> str:
    """Return both ends in their unit, said once: (0.039, 0.1, "share per year") gives "+3.9 to +10.0 points"."""
    return f"{say_low(low, high, unit)} to {say(high, unit)}"


def say_low(low: float | None, high: float | None, unit: str) -> str:
    """Return the lower end of an interval as it stands before the upper one: without the word of the unit that ends both."""
    number, _, word = say(low, unit).rpartition(" ")
    return number if number and say(high, unit).endswith(f" {word}") else say(low, unit)


def count(n: int) -> str:
    """Return a count with its thousands parted."""
    return f"{n:,}"


def vacancies_of_employers(n_vacancies: int, n_employers: int) -> str:
    """Return how much a number rests on: (1, 1) gives "1 vacancy of 1 employer"."""
    vacancies = "vacancy" if n_vacancies == 1 else "vacancies"
    return f"{count(n_vacancies)} {vacancies} of {count(n_employers)} {'employer' if n_employers == 1 else 'employers'}"


def named(source: str) -> str:
    """Return a source's name as people write it: "hackernews" gives "Hacker News", "city_register" "City register"."""
    return NAMES.get(source, source.replace("_", " ").capitalize())


def month(day: dt.date | None) -> str:
    """Return a day's month as "October 2025"."""
    return f"{day:%B %Y}" if day else "an unknown month"


def span_words(spans: Sequence[tuple[str, dt.date, dt.date]]) -> str:
    """Return what was looked at and when: "Hacker News January 2011 to September 2019 and Ashby October 2025".

    More than three sources are counted and given one span, so that the sentence stays one.
    """

    def span(first: dt.date, last: dt.date) -> str:
        return month(first) if month(first) == month(last) else f"{month(first)} to {month(last)}"

    if len(spans) > MOST_NAMED:
        return f"{len(spans)} sources, {span(min(s[1] for s in spans), max(s[2] for s in spans))}"
    return " and ".join(f"{named(source)} {span(first, last)}" for source, first, last in spans)
