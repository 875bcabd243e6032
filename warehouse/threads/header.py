"""How a comment's first line is read: "Nordlicht Robotics | Data Engineer | Kiel | ONSITE"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from warehouse.places import strip_place
from warehouse.threads.company_names import clean_company
from warehouse.threads.segments import DASHES, PIPES, clean_place, kind_of
from warehouse.threads.titles import split_roles
from warehouse.threads.vocabulary import HEAD

MAX_HEADER_LINE_CHARACTERS = 250

NAMED_SEGMENTS = 2
"""How many segments of a header may be tried for the employer's name; later ones hold conditions."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a first line says; `flags` is the line itself, `is_piped` whether bars part it. A line that is none says nothing."""

    company: str | None = None
    location: str | None = None
    roles: tuple[str, ...] = ()
    flags: str = ""
    pay: str | None = None
    is_piped: bool = False


def read_header(line: str) -> Header:
    """Return what a line of several segments says of employer, place, roles and pay; an empty header for prose."""
    if "|" not in line and line.count("~") >= 3:
        line = line.replace("~", " | ")
    piped = [s for s in PIPES.split(line) if s.strip()]
    is_piped = len(piped) >= 3 or (len(piped) == 2 and len(line) < 200)
    segments = piped if is_piped else [s for s in DASHES.split(line) if s and s.strip()]
    if len(segments) < 2 or (not is_piped and len(segments[0]) > 90):
        return Header()
    kinds = [kind_of(segment) for segment in segments]
    if is_piped and kinds[0] in {"role", "field", "words", "address", "generic"}:
        names_role = kinds[0] == "role" and HEAD.search(segments[0]) and "role" not in kinds[1:]
        if not names_role or ("words" not in kinds[1:4] and clean_company(segments[0])):
            kinds[0] = "company"
    company: str | None = None
    location: str | None = None
    pay: str | None = None
    roles: list[str] = []
    n_named = 0
    if not is_piped:
        segments, kinds = _with_specialities(segments, kinds)
    for segment, kind in zip(segments, kinds, strict=True):
        if kind in {"company", "words"} and company is None and n_named < NAMED_SEGMENTS:
            n_named += 1
            company, place = strip_place(segment) if kind == "words" or "," in segment else (segment, None)
            company = clean_company(company)
            location = location or place
        elif kind == "place":
            location = location or clean_place(segment)
        elif kind in {"role", "field"}:
            roles += split_roles(segment)
        elif kind == "pay":
            pay = pay or segment.strip()
        elif kind == "prose" and not is_piped:
            break
    return Header(company, location, tuple(dict.fromkeys(roles)), line, pay, is_piped)


def from_first_words(text: str) -> list[str]:
    """Return a text's lines without the rules and fences before the first that says something."""
    lines = text.split("\n")
    return lines[next((n for n, line in enumerate(lines) if re.search(r"\w", line)), 0) :]


def whole_header(lines: list[str]) -> Header:
    """Return the first line as a header, with the roles of the lines below that repeat its form.

    "Nordlicht | Data Engineer | Kiel", "Nordlicht | Web Developer | Kiel" are two roles. Where the first line is none,
    the first line of that form is the header.
    """
    header = read_header(lines[0])
    first = _first_segment(lines[0])
    for line in lines[1:]:
        if len(line) > MAX_HEADER_LINE_CHARACTERS or (line.count("|") < 2 and not (first and line.startswith(first))):
            continue
        further = read_header(line)
        if not further.roles:
            continue
        if header.is_piped or header.roles:
            header = replace(header, roles=tuple(dict.fromkeys(header.roles + further.roles)))
        elif further.is_piped:
            header = replace(further, company=header.company or further.company)
    return header


def _first_segment(line: str) -> str | None:
    """Return what a header of several segments begins with, up to its first separator, or null."""
    piped = [s for s in PIPES.split(line) if s.strip()]
    segments = piped if len(piped) >= 3 else [s for s in DASHES.split(line) if s and s.strip()]
    return segments[0].strip() if len(segments) >= 3 and len(segments[0].strip()) > 2 else None


def _with_specialities(segments: list[str], kinds: list[str]) -> tuple[list[str], list[str]]:
    """Return the segments with a field after a role joined to it: "Software Engineer - Infrastructure" is one role."""
    joined: list[str] = []
    kept: list[str] = []
    for segment, kind in zip(segments, kinds, strict=True):
        is_field = kind in {"role", "field"} and not HEAD.search(segment) and "," not in segment
        if is_field and kept and kept[-1] == "role" and HEAD.search(joined[-1]):
            joined[-1] = f"{joined[-1].strip()} - {segment.strip()}"
        else:
            joined.append(segment)
            kept.append(kind)
    return joined, kept
