"""Which employer a comment names in its sentences, whether a name is a person's, and which address is the employer's own."""

from __future__ import annotations

import re

from warehouse.domains import registered_domain
from warehouse.threads.company_names import clean_company
from warehouse.threads.header import Header
from warehouse.threads.segments import PIPES
from warehouse.threads.titles import split_roles
from warehouse.threads.vocabulary import HEAD, URL

MAX_HEADER_CHARACTERS = 140

_NAME = r"[A-Z0-9][\w.&'’+-]*(?: (?:[A-Z0-9&][\w.&'’+-]*|of|and|the|for)){0,4}?"
_NAMED = tuple(
    (is_enough, re.compile(pattern))
    for is_enough, pattern in (
        (
            True,
            rf"(?:^|\n|[-–—|:] )(?:(?:Hi|Hello|Hey)[,!.]? )?(?:Here at |At |The team at )?(?P<c>{_NAME})(?: ?[(\[][^)\]]{{0,80}}[)\]])?,?"
            r"(?: in [A-Z][\w., ]{2,30}| \(?https?://\S+)? (?:is|are) (?:now |currently |actively |also |still |always )*"
            r"(?:looking|hiring|seeking|recruiting|searching|expanding|growing)",
        ),
        (True, rf"(?:^|\n)At (?P<c>{_NAME}),? we"),
        (True, rf"(?:^|\n)About (?P<c>{_NAME})\s*:?\s*(?:\n|$)"),
        (True, rf"(?:^|\n|[.!] )[Cc]ompany ?: (?P<c>{_NAME})(?=[\s,.:;(!-])"),
        (
            False,
            rf"(?:^|\n|[.!] )(?:I work (?:for|at)|[Cc]ome (?:work|join us) (?:for|at|with)|[Ww]ork (?:for|at)|[Jj]oin(?: us at)?|"
            rf"[Hh]ere at|[Hh]iring (?:at|for)|[Ww]e(?:'re| are)|[Ww]e here at) (?P<c>{_NAME})(?=[\s,.:;(!-])",
        ),
        (
            False,
            rf"(?:^|\n|[-–—|:] )(?P<c>{_NAME})(?: ?[(\[][^)\]]{{0,80}}[)\]])? (?:is|are|has|have) (?:an? |the |building|changing|making|"
            r"on a|one of|backed|growing|revolutioni|disrupting|transforming|currently|now )",
        ),
        (
            False,
            rf"(?:^|\n)(?P<c>{_NAME}) (?:transforms?|provides?|builds?|makes?|helps?|offers?|creates?|develops?|powers?|enables?|connects?|"
            r"delivers?|brings?|gives?|lets|runs?|operates?|believes?|exists|aims?|allows?|designs?|publishes|manages|automates|simplifies|"
            r"combines|solves|turns|focuses|specializes|started|launched|raised|recently)\b",
        ),
        (False, rf"^(?P<c>{_NAME}) ?[(\[,:–—-]"),
    )
)
"""Sentences that name the employer, and whether the sentence is enough: it says who hires, so the name is no person's."""

_NOT_A_NAME = re.compile(
    r"(?:We|Our|I|It|This|The|There|You|They|My|Full|Part|Who|What|Hi|Hello|Remote|Location|Looking|Position|Job|Here|Work|About|As|In|If|Email|Hiring|Currently|Senior|Junior|Software|Web|Lead|Intern|Interns|"
    r"Engineer|Developer|Developers|Engineers|Startup|Stealth|Please|Contact|Requirements|Responsibilities|Apply|Not|No|Yes|All|Also|Both|Onsite|Fulltime|Company|Team|Seeking|Multiple|Build|Help|Join|One|Work with|Skills|Salary|Python|Ruby|Rails|Java|JavaScript|PHP|Data|Benefits|Technologies|Stack|Tech|Several|Everyone|Someone|People|Candidates|Us|Note|Edit|That|These|Those)(?: .*)?",
)

_WRITTEN_URL = re.compile(
    r"(?:https?://|www\.)[^\s|)\]>,]+|\b[a-z0-9-]+\.(?:com|io|co|org|net|ai)\b(?:/[^\s|)\]>,]*)?", re.IGNORECASE
)
"""An address that is meant as one, not the end of a sentence and the start of the next ("people.In")."""
_CAREERS = re.compile(r"jobs?\b|careers?\b|hiring|join|apply|about|work|team|vacanc|position|opening", re.IGNORECASE)


def own_domain(lines: list[str], company: str | None) -> str | None:
    """Return the domain of the employer's own site: one that resembles its name, else the one in the first line.

    Where nothing names the employer, an address further down must be a careers page: others lead to articles and tools.
    """
    marked = [
        lines[0],
        *(line for line in lines[1:] if "http" in line or "www." in line or (len(line) < 80 and "." in line)),
    ]
    domains = [d for line in marked for match in URL.finditer(line) if (d := registered_domain(match.group()))]
    if company:
        squeezed = re.sub(r"\W", "", company.lower())
        for domain in domains:
            stem = domain.split(".")[0].replace("-", "")
            if len(stem) > 2 and (stem in squeezed or squeezed in stem or squeezed == domain.replace(".", "")):
                return domain
    pattern = URL if company is not None else _WRITTEN_URL
    first = [d for match in pattern.finditer(lines[0]) if (d := registered_domain(match.group()))]
    if company is not None or (first and len(lines[0]) < MAX_HEADER_CHARACTERS):
        return first[0] if first else None
    squeezed = letters("".join(lines))
    for line in marked:
        for match in _WRITTEN_URL.finditer(line):
            if domain := registered_domain(match.group()):
                stem = letters(domain.split(".")[0])
                if _CAREERS.search(match.group()) or (len(stem) > 3 and squeezed.count(stem) > 1):
                    return domain
    return None


def named_company(text: str) -> str | None:
    """Return the employer that a sentence names, where it is said to hire, or where the comment names it again.

    A sentence's subject may be a person as well, so a name that stands once and beside no address of its own is not
    taken from it.
    """
    squeezed = letters(text)
    for is_enough, pattern in _NAMED:
        for match in pattern.finditer(text[:1200]):
            name = clean_company(match["c"])
            if name and not _NOT_A_NAME.fullmatch(name) and not HEAD.search(name):
                key = letters(name)
                if (is_enough or (len(key) > 2 and squeezed.count(key) > 1)) and not is_person(name, text):
                    return name
    return None


_OFFICE = r"(?:co-?founder|founder|ceo|cto|vp|head of|engineering manager|recruiter|director)"
_PERSON = r"\b(?:I'm|I am|my name is|this is) {0}(?:[,.]| (?:and|from|at)\b)|\b{0} here\b"
_FULL_NAME = rf"\b(?:contact|ask for|e-?mail|ping|cc|hi|hello|thanks|cheers|regards|best)[,:]? {{0}}\b|\b{{0}},? {_OFFICE}\b|\n\W*{{0}}\W*$"


def is_person(name: str, text: str) -> bool:
    """Whether a text introduces itself with a name, or greets, signs or gives an office with one of two or three words."""
    patterns = [_PERSON, _FULL_NAME] if 2 <= len(name.split()) <= 3 else [_PERSON]
    return any(re.search(pattern.format(re.escape(name)), text, re.IGNORECASE) for pattern in patterns)


def is_well_named(company: str, lines: list[str], header: Header) -> bool:
    """Whether a name opens the comment, follows "at" or a role in bars, or stands in the comment a second time.

    What is written once after a role or a place may as well be the trade ("Network Engineer - Mobile Gaming") or a
    part of the town; an employer's name comes again.
    """
    key = letters(company)
    written = PIPES.split(lines[0])
    fields = [letters(field) for field in written]
    if key and (letters(re.sub(r"^\W*\d+\W+", "", lines[0])).startswith(key) or fields[0].startswith(key)):
        return True
    if header.is_piped and fields[1:2] == [key] and split_roles(written[0]):
        return True
    return bool(re.search(rf"\bat {re.escape(company)}", lines[0])) or letters("\n".join(lines)).count(key) > 1


def letters(text: str) -> str:
    """Return the letters and digits of a text alone, in lower case, so that spellings of a name compare."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
