"""Which roles a comment lists line by line, and which its sentences ask for."""

from __future__ import annotations

import re

from warehouse.threads.segments import kind_of
from warehouse.threads.titles import split_roles
from warehouse.threads.vocabulary import FIELDS, HEAD, HEADS, LEVEL, PARENTHESES

BULLET = re.compile(r"^(?:[-*•·–—+>►▶●■◆o✓→]|\d{1,2} ?x(?=\s)|\(?\d{1,2}[.):]+|\(?[a-z]\))\s*(?=\S)")
_INTERVIEW = re.compile(r"\b(?:screen|screening|interviews?|phone call|chat)\b", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(?:[-–—~]+ ?)?(?i:(?:thanks|cheers|best|regards),? )?[A-Z][a-z]+(?: [A-Z][a-z'’-]+)?(?:,| ?/| ?\(| [-–—])\s*"
    r"(?i:(?:co-?)?founder|ceo|cto|coo|vp|head of|director of|recruiter|talent|engineering manager|lead (?:developer|engineer))\b"
)
"""A line that a person signs with: "Jane Doe, CTO". """
_TITLE_END = re.compile(
    r"\s*(?:(?<=[a-z)])\s(?=(?:Our|We|You|This|The|As)\s)|:|\s[-–—|]+\s|--|—|\(|\[|https?:|www\.|;|(?<!\b[SsJj]r)\.\s|\.$| who | with | to )"
)
_ASKING = re.compile(
    r"\b(?:looking (?:for|to (?:hire|add|recruit|find|bring (?:on|in)|fill|grow our team with))|(?:is|are|we're|currently|now|actively|also|be) hiring(?: for)?|"
    r"(?m:^)hiring(?: for)?|hire|seeking|searching for|in search of|recruiting|(?:we|also|really|urgently|and) need|in need of|wanted:?|"
    r"(?:openings?|positions?|opportunit(?:y|ies)|roles?|spots?|room) (?:available )?(?:for|as|include|are|is|available:?)|join (?:us|our team|our [a-z]+ team) as|"
    r"(?:position|role|job title|title|positions|roles|openings|hiring)\s*[:\-–—])\s*:?\s*(?=(?P<phrase>[^\n]{3,220}))",
    re.IGNORECASE,
)
_PHRASE_END = re.compile(
    r"[.!?;:](?=\s|$)|\s[-–—]+\s|--|https?:|\s\(|\b(?:to|who|that|with|in|for|at|on|interested|capable|willing|able|excited|passionate|"
    r"familiar|skilled|proficient|experienced|using|comfortable|based|whose|if|so|from|we|you|our|if|looking|wanting|please|including|like|such|as|"
    r"joining|focus(?:ed|ing)?|specializ\w+|having|because|across|eager|which|ready|working|but|knowledgeable|well-versed|of all|preferably)\b(?!-)",
    re.IGNORECASE,
)


def _linked_titles(line: str) -> list[str]:
    """Return the titles of a line that is nothing but titles, each with its address; none where prose stands between."""
    pieces = [piece.strip(" ,;|*•:–—-()[]") for piece in re.split(r"https?://\S+", line)]
    pieces = [piece for piece in pieces if piece]
    if line.count("http") < 2 or len(pieces) < 2 or any(len(piece.split()) > 9 for piece in pieces):
        return []
    titles = [title for piece in pieces for title in split_roles(_FIELD_AFTER_TITLE.sub(r"\1 - \2", piece))]
    return titles if len(titles) * 2 > len(pieces) else []


_FIELD_AFTER_TITLE = re.compile(
    rf"^([^,]*\b(?:{HEADS})(?:\(s\))?),\s*((?:{FIELDS})(?:\s(?:{FIELDS}))?)$", re.IGNORECASE
)
"""On a line of its own, "Software Engineer, Mobile" is one role."""


def listed_titles(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the lines that are role titles by themselves, each with its titles: bullets and headings."""
    found = []
    for index, line in enumerate(lines):
        if titles := _linked_titles(line):
            found.append((index, titles))
            continue
        bullet = BULLET.match(line)
        rest = line[bullet.end() :] if bullet else line
        head = _TITLE_END.split(rest, maxsplit=1)[0].strip()
        has_more = len(rest) > len(head) + 3
        if (index < 2 and kind_of(rest) in {"flags", "place"}) or _INTERVIEW.search(head):
            continue
        if index and _SIGNATURE.match(line):
            continue
        if not head or len(head) > 80 or len(head.split()) > 9 or not HEAD.search(head):
            continue
        if not bullet and not (head[0].isupper() or head[0] in "*_<") and index:
            continue
        if not bullet and has_more and not re.match(r"\s*(?::|[-–—|(\[]|https?:|www)", rest[len(head) :]):
            continue
        if re.match(
            r"(?:[a-z]+ing|[a-z]+ly|e-?mail|contact|ping|reach|talk|ask|meet|apply|also|ability|strong|good|solid|own|lead|manage|mentor|help|write|develop|design|be|managed|worked|developed|designed|led|built|delivered|demonstrated|proven|every|any|each|other|former|most|those|these|expert (?:understanding|knowledge|in|level))\s|(?:architect|engineer)\s(?-i:[a-z]+)\s",
            head,
            re.IGNORECASE,
        ) and not re.match(
            r"(?:lead|marketing|engineering|machine learning|deep learning|computing|testing|design|trading|accounting|billing|learning|growing|gaming|programming|networking|pricing|advertising)\b",
            head,
            re.IGNORECASE,
        ):
            continue
        if not re.search(
            rf"(?:\b(?:{HEADS})(?:\(s\))?(?:\s+(?:i{{1,3}}|iv|[1-4]|team))?|\b(?:{FIELDS}))\W*$", head, re.IGNORECASE
        ) and not re.match(rf"(?:{LEVEL}|{FIELDS}|vp|director|head|{HEADS})\b", head, re.IGNORECASE):
            continue
        if titles := split_roles(_FIELD_AFTER_TITLE.sub(r"\1 - \2", head)):
            found.append((index, titles))
    return found


def asked_titles(text: str) -> list[str]:
    """Return the roles that sentences ask for: "looking for a backend engineer and two data scientists"."""
    titles: list[str] = []
    for match in _ASKING.finditer(text):
        phrase = PARENTHESES.sub(" ", match["phrase"])
        head = HEAD.search(phrase)
        if head is None or head.start() > 110 or phrase.lstrip()[:1] in {".", "!", "?"}:
            continue
        clause = phrase
        for end in _PHRASE_END.finditer(phrase):
            if end.start() > 2 and HEAD.search(phrase[: end.start()]):
                clause = phrase[: end.start()]
                break
            if end.start() > 2 and end.group()[0] in ".!?;":
                clause = phrase[: end.start()]
                break
        titles += split_roles(clause)
    return list(dict.fromkeys(titles))
