"""How a comment becomes one part per vacancy: employer, place, way of working, title and its own lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from warehouse.places import strip_place
from warehouse.threads.body import BULLET, asked_titles, listed_titles
from warehouse.threads.company_names import clean_company
from warehouse.threads.employer_named import is_person, is_well_named, named_company, own_domain
from warehouse.threads.header import Header, from_first_words, whole_header
from warehouse.threads.offers import is_offer
from warehouse.threads.segments import clean_place, kind_of
from warehouse.threads.titles import distinct_titles, is_broad, is_generic
from warehouse.threads.vocabulary import EMPLOYMENT, HYBRID, NO_REMOTE, ONSITE, PARENTHESES, REMOTE

MAX_PARTS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One vacancy of a comment: `number` counts from 1 in the order written; `text` leaves out the other roles' own lines."""

    number: int
    title: str | None
    company: str | None
    domain: str | None
    location: str | None
    work_mode: str | None
    employment: str | None
    pay: str | None
    text: str


def work_mode(words: str) -> str | None:
    """Return remote, hybrid or onsite as a header says it, or null."""
    if NO_REMOTE.search(words):
        return "onsite"
    if HYBRID.search(words):
        return "hybrid"
    if REMOTE.search(words):
        return "remote"
    return "onsite" if ONSITE.search(words) else None


def _who_and_where(text: str, lines: list[str], header: Header) -> tuple[str | None, str | None]:
    """Return the employer and the place, from the header first, else from the lines and sentences after it."""
    company, location = header.company, header.location
    if location is None or company is None:
        for line in lines[: 1 if header.is_piped else 3]:
            if len(line) < 60 and location is None and kind_of(line) == "place":
                location = clean_place(line)
            elif location is None and len(line) < 140:
                before, place = strip_place(PARENTHESES.sub(" ", line))
                if place and not header.is_piped:
                    location = place
                    company = company or (clean_company(before) if before and len(before) < 40 else None)
    if company is None:
        company = named_company(text)
    if (
        company is None
        and location is not None
        and len(lines) > 1
        and len(lines[1]) < 45
        and kind_of(lines[1]) in {"words", "address"}
    ):
        company = clean_company(lines[1])
    return company, location


def split_comment(text: str) -> list[Part]:
    """Return the vacancies of a comment's plain text in the order written; none where it offers no work.

    A role that the comment names gets a part with its own title. A comment that offers work and names no role gives one
    part without a title.
    """
    if not is_offer(text):
        return []
    lines = from_first_words(text)
    header = whole_header(lines)
    listed = listed_titles(lines[1:])
    listed = [(index + 1, titles) for index, titles in listed]
    roles = list(header.roles)
    sections: dict[str, int] = {}
    if not header.roles and (first := listed_titles(lines[:1])):
        listed = [*first, *listed]
    from_list = [title for _, titles in listed for title in titles]
    is_headed = bool(listed) and listed[0][0] == 1 and not is_broad(from_list)
    if from_list and (not roles or is_generic(roles) or (is_broad(roles) and (len(from_list) > 1 or is_headed))):
        roles = from_list
    if roles and set(roles) & set(from_list):
        sections = {title: index for index, titles in listed for title in titles}
    if not roles or is_generic(roles):
        roles = asked_titles(text) or roles
    roles = distinct_titles(roles)[:MAX_PARTS]

    company, location = _who_and_where(text, lines, header)
    if company and not header.is_piped and is_person(company, text):
        company = None
    if company and company == header.company and not is_well_named(company, lines, header):
        company = named_company(text)
    domain = own_domain(lines, company)
    if company is None and domain:
        company = clean_company(domain.split(".")[0])
    flags = "\n".join(lines[:2])[:400]
    employment = match.group() if (match := EMPLOYMENT.search(flags)) else None
    base = Part(0, None, company, domain, location, work_mode(flags), employment, header.pay, text)
    if not roles:
        return [replace(base, number=1)]
    texts = _own_texts(lines, roles, sections)
    return [replace(base, number=n, title=title, text=texts[n - 1]) for n, title in enumerate(roles, start=1)]


def _own_texts(lines: list[str], roles: list[str], sections: dict[str, int]) -> list[str]:
    """Return for each role the comment without the lines that belong to another role alone.

    A listed role owns its line; where prose follows the titles line by line, it owns that prose up to the next title.
    What stands before the first title and after a bullet list is everybody's.
    """
    starts = sorted(set(sections.values()))
    if len(starts) < 2:
        return ["\n".join(lines)] * len(roles)
    owner: dict[int, int] = {}
    bullets = sum(bool(BULLET.match(lines[start])) for start in starts) * 2 > len(starts)
    gaps = [b - a for a, b in pairwise(starts)]
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        is_last = start == starts[-1]
        end = start + 1 if (max(gaps) == 1 or (is_last and bullets)) else following
        for index in range(start, end):
            owner[index] = start
    return [
        "\n".join(line for index, line in enumerate(lines) if owner.get(index, own) == own)
        for own in (sections.get(role, -1) for role in roles)
    ]
