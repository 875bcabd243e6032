"""The front page as HTML: its opening, and the verdict board narrowed, filtered and sorted; the page and its first paint share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dashboard import board, claims, snapshot
from dashboard.figures import remembered
from dashboard.filters import Filters
from dashboard.theme import VERDICT_LOOKS
from dashboard.wording import html_safe

EVERY_ESSAY = "all"
FILTERED_BY = ("market", "source", "period", "definition", "size")
LISTED_OPENLY = 3
NOTHING = "No claim has this verdict in this view; take a filter away to see more."


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose on the front page; the first value of each list where nothing is chosen."""

    filters: Filters = field(default_factory=Filters)
    verdicts: tuple[str, ...] = ()
    essay: str = EVERY_ESSAY
    sort: str = next(iter(claims.SORTS))


def essays(path: Path) -> list[str]:
    """Return the values of the filter on essays."""
    return [EVERY_ESSAY, *sorted({row["essay"] for row in claims.board(path)})]


def essay_label(essay: str) -> str:
    """Return an essay as the filter names it."""
    return "All essays" if essay == EVERY_ESSAY else f"Essay {essay}"


def verdict_label(verdict: str) -> str:
    """Return a verdict as the filter names it."""
    return VERDICT_LOOKS[verdict].word


@remembered
def opening(path: Path) -> str:
    """Return the head of the page: what the data say about the essays, and how many claims earned each verdict."""
    rows = claims.board(path)
    lede = html_safe(" ".join(claims.summary(rows)))
    firm = "".join(
        f'<div><p class="rm-kicker">{html_safe(title)}</p><ul>{"".join(_point(*finding) for finding in findings)}</ul></div>'
        for title, findings in claims.firmest(rows)
    )
    return (
        '<div class="rm rm-opening"><p class="rm-kicker">Two essays, tested on job postings</p>'
        f"<h1>{html_safe(claims.headline(rows))}</h1>"
        f'<p class="rm-lede">{lede}</p>{board.tally(rows)}'
        + (f'<div class="rm-firmest">{firm}</div>' if firm else "")
        + _news(path)
        + "</div>"
    )


def _point(slug: str, finding: str, basis: str) -> str:
    """Return one finding: its sentence as the link to the claim, and what it rests on smaller."""
    return f'<li><a href="{html_safe(slug)}">{html_safe(finding)}</a><small>{html_safe(basis)}</small></li>'


def _news(path: Path) -> str:
    """Return what is new since the snapshot before, folded where it is long; empty where nothing is or none is kept."""
    before = snapshot.previous(path)
    changes = claims.news_since(path, before) if before is not None else []
    if not changes:
        return ""
    said = "".join(f"<li>{html_safe(change)}</li>" for change in changes)
    is_open = " open" if len(changes) <= LISTED_OPENLY else ""
    return f'<details class="rm-news"{is_open}><summary>New since the last snapshot: {len(changes)}</summary><ul>{said}</ul></details>'


@remembered
def listing(path: Path, choice: Choice) -> str:
    """Return the sentence that says what is shown, and the verdict board under it."""
    rows = claims.narrowed(path, claims.board(path), choice.filters)
    shown = [
        row
        for row in rows
        if (not choice.verdicts or row["verdict"] in choice.verdicts) and choice.essay in (EVERY_ESSAY, row["essay"])
    ]
    narrows = choice.filters.chosen()
    said = choice.filters.sentence("level") if narrows else claims.AS_JUDGED
    note = f'<p class="rm rm-note">{html_safe(said)}</p>'
    if not shown:
        return f'{note}<p class="rm rm-note">{html_safe(NOTHING)}</p>'
    return note + board.table(claims.arranged(shown, choice.sort), choice.filters.query())
