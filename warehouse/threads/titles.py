"""Which role titles a phrase of a comment names, and which of several say no more than another."""

from __future__ import annotations

import re

from warehouse.threads.vocabulary import (
    BARE_ROLES,
    BROAD,
    EMPTY,
    FIELDS,
    HEAD,
    HEADS,
    LEVEL,
    MONEY,
    NOT_IN_TITLES,
    ONLY_FIELDS,
    ONLY_LEVEL,
    PARENTHESES,
    SPACES,
    URL,
)

MAX_TITLE_CHARACTERS = 80
MAX_TITLE_WORDS = 10


def _singular(title: str) -> str:
    def one(match: re.Match[str]) -> str:
        word = match.group().removesuffix("(s)").removesuffix("(S)")
        if re.fullmatch(r"(?:sres|swes|sdes|ctos|sdets)", word, re.IGNORECASE):
            return word[:-1]
        if word.lower() in {"eng", "engs"}:
            is_trade = re.search(r"\b(?:vp|head|director)(?: of)? $", title[: match.start()], re.IGNORECASE)
            return "Engineering" if is_trade or re.match(r" [a-z]", title[match.end() :], re.IGNORECASE) else "Engineer"
        if word.lower().endswith("men"):
            return word[:-2] + "an"
        return word[:-1] if word[-1] in "sS" and word[-2:].lower() != "ss" and word.lower() not in {"sales"} else word

    return HEAD.sub(one, title)


_LEADING = re.compile(
    r"^(?:(?:[a-z]+-(?:focused|minded|obsessed|savvy|driven)|engineering(?=\s*:)|an?|the|our|either|some|several|many|more|great|good|awesome|amazing|talented|skilled|strong|solid|excellent|exceptional|"
    r"passionate|motivated|smart|bright|brilliant|top|top-notch|world-class|kick-?ass|stellar|rock-?solid|ambitious|enthusiastic|"
    r"another|additional|new|first|second|third|two|three|four|five|\d+(?: ?x)?(?!\w)|handful|multiple|various|few|couple|of|part[- ]time|full[- ]time|fulltime|"
    r"highly|very|really|self-motivated|creative|capable|versatile|hands-on|dedicated|both|all|kinds|types|exceptionally|extremely|"
    r"currently|also|hiring|seeking|looking|for|to|hire|position|role|job|title|roles|positions|needed|wanted|remote|onsite|well-rounded|"
    r"energetic|driven|hard-?working|engaged|dynamic|seasoned|curious|savvy|fantastic|outstanding|superb|badass|bad-ass|qualified|"
    r"proven|dependable|friendly|diverse|like-minded|following|fearless|fellow|right|ideal|perfect|yrs?|exp|and|or|with|as|is|are|be|we|in|on|at|experienced?)\b[\s,:&/-]*)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:[\s,:;/&.–—-]+|\b(?:and|or|in|at|to|with|for|of|a|an|the|needed|wanted|position|positions|role|roles|required|welcome|welcomed|team|teams|"
    r"full[- ]?time|fulltime|part[- ]?time|remote|onsite|on-site|contract|permanent|only|jobs|openings|various|all|levels)\b)+$",
    re.IGNORECASE,
)


_FIELD_IN_BRACKETS = re.compile(rf"\((?:{LEVEL}\s+)?({FIELDS})\)\s*(\w?)", re.IGNORECASE)


_FIELD_AFTER_FIELD = re.compile(rf"(?<=\w) - (?:{FIELDS})$", re.IGNORECASE)
""""Senior Full Stack (Rails)" in a list of bare fields."""


def _unbracketed(field: re.Match[str]) -> str:
    return f"{field[1]} {field[2]}" if field[2] else f"- {field[1]}"


def clean_title(written: str) -> str | None:
    """Return a short role title out of a phrase, or null where the phrase is no title: no sentence, no address, no name.

    A field in brackets stays: "Senior (Frontend) Engineer", "Software Engineer (Mobile)".
    """
    title = PARENTHESES.sub(" ", _FIELD_IN_BRACKETS.sub(_unbracketed, URL.sub(" ", written)))
    title = re.sub(r"\[(?:e-?mail|phone)\]?|\S+@\S+", " ", title)
    title = re.sub(r"[*_•★☆►▶●■◆=~^<>{}\"“”`#|]+|^[\s\-–—+·o]+(?=\s)", " ", title)
    title = MONEY.sub(" ", title)
    title = re.sub(r"^\W+", "", re.sub(r"\b[A-Z][\w ]{2,14}-based\b", " ", title))
    title = SPACES.sub(" ", title).strip(" \t-–—:;,./&+'’)(")
    sides = re.split(r"\s+[-–—]+\s+", title)
    if len(sides) > 1 and not HEAD.search(sides[0]):
        title = next((side for side in sides if HEAD.search(side)), title)
    title = _TRAILING.sub("", _LEADING.sub("", title)).strip(" -–—:;,./&'’)(")
    if not 2 < len(title) <= MAX_TITLE_CHARACTERS or len(title.split()) > MAX_TITLE_WORDS:
        return None
    if NOT_IN_TITLES.search(title):
        return None
    title = _singular(title)
    return title if title[0].isdigit() or not title.isupper() or len(title) <= 4 else _capitalised(title)


def _capitalised(title: str) -> str:
    return " ".join(
        word if len(word) <= 3 and word not in {"AND", "FOR", "THE", "OF"} else word.capitalize()
        for word in title.split(" ")
    )


_BRACES = re.compile(r"\{([^{}]*)\}\s*([\w -]+)?")
_HEAD_SLASH_HEAD = re.compile(rf"((?:\b[\w.+#-]+ ){{1,3}})({HEADS})/({HEADS})(?![\w-])", re.IGNORECASE)
""""Data Analyst/Scientist" names two roles with one field."""
SEPARATOR = re.compile(
    r"\s*(?:,|;|(?<!\w)\(?[a-h1-9]\)|\s/\s|\s\+\s|\s[*•·]\s|&|\s\|\s|\band/or\b|\band\b|\bor\b|\bas well as\b|\bplus\b)\s*",
    re.IGNORECASE,
)


def _spelt_out(braces: re.Match[str]) -> str:
    return ", ".join(f"{field.strip()} {(braces[2] or '').strip()}" for field in braces[1].split(","))


def split_roles(phrase: str) -> list[str]:
    """Return the titles that a phrase lists: "Frontend, Backend & Data Engineers" gives three; no role gives none."""
    phrase = _BRACES.sub(_spelt_out, phrase)
    phrase = PARENTHESES.sub(" ", _FIELD_IN_BRACKETS.sub(_unbracketed, phrase))
    phrase = _HEAD_SLASH_HEAD.sub(r"\1\2, \1\3", phrase)
    phrase = re.sub(rf"\b({HEADS})/(?=[\w ]*\b(?:{HEADS})\b)", r"\1, ", phrase, flags=re.IGNORECASE)
    pieces = [piece for piece in SEPARATOR.split(phrase) if piece.strip()]
    titles: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        if HEAD.search(piece) and not ONLY_LEVEL.fullmatch(piece.strip()):
            head = HEAD.findall(piece)[-1]
            if EMPTY.fullmatch(piece.strip()):  # "Machine Learning, Backend, Managers": managers of all of it
                titles += [_completed(field) for field in waiting if BARE_ROLES.fullmatch(field)]
            else:
                titles += [
                    _completed(field) if _of_engineers(field, head) else f"{field} {head}"
                    for field in waiting
                    if ONLY_FIELDS.fullmatch(field)
                ]
            titles.append(piece)
            waiting = []
        else:
            waiting.append(_LEADING.sub("", _FIELD_AFTER_FIELD.sub("", piece.strip())))
    titles += [_completed(piece.strip()) for piece in waiting if BARE_ROLES.fullmatch(piece.strip())]
    cleaned = [title for piece in titles if (title := clean_title(piece)) and _names_role(title)]
    return list(dict.fromkeys(cleaned))


_CODE = r"front[- ]?end|back[- ]?end|full[- ]?stack|dev ?ops|ios|android|sre|site reliability|embedded|firmware"
_NO_HEAD_BUT_ENGINEERS = (
    (
        re.compile(r"scientists?", re.IGNORECASE),
        re.compile(rf"(?:.* )?(?:{_CODE}|qa|mobile|web|infrastructure|ops)", re.IGNORECASE),
    ),
    (
        re.compile(r"(?:analyst|designer|manager|recruiter|writer)s?", re.IGNORECASE),
        re.compile(rf"(?:.* )?(?:{_CODE})", re.IGNORECASE),
    ),
)
"""Fields that stand for engineers though a list goes on with another kind: "QA, data scientists", "backend, designers"."""


def _of_engineers(field: str, head: str) -> bool:
    """Whether a field before a list's later head is a role of its own: there are no backend designers."""
    return any(kind.fullmatch(head) and fields.fullmatch(field) for kind, fields in _NO_HEAD_BUT_ENGINEERS)


_COMPLETE = (
    (re.compile(r"(?:data science)$", re.IGNORECASE), lambda field: re.sub("cience$", "cientist", field)),
    (re.compile(r"(?:engineering|development)$", re.IGNORECASE), lambda field: re.sub("ing$|ment$", "er", field)),
    (
        re.compile(r"(?:ux|ui|design)$", re.IGNORECASE),
        lambda field: f"{field} designer".replace("design designer", "designer"),
    ),
)


def _completed(field: str) -> str:
    """Return the role that a bare field stands for in a list of roles: "Mobile" is a mobile engineer."""
    for ending, complete in _COMPLETE:
        if ending.search(field):
            return re.sub("engineerer", "engineer", complete(field))
    return f"{field} engineer"


_FOR_DEVELOPERS = re.compile(
    r"\bdevelopers? (?:platform|tools?|tooling|portal|experience|productivity|relations|network|api)$", re.IGNORECASE
)


def _names_role(title: str) -> bool:
    if ONLY_LEVEL.fullmatch(title) or _FOR_DEVELOPERS.search(title):
        return False
    return bool(HEAD.search(title) or BARE_ROLES.fullmatch(title))


def is_generic(titles: list[str]) -> bool:
    """Whether no title names a role: "multiple positions"."""
    return all(EMPTY.fullmatch(title) for title in titles)


def is_broad(titles: list[str]) -> bool:
    """Whether no title says more than "engineers"."""
    return all(EMPTY.fullmatch(title) or BROAD.fullmatch(title) for title in titles)


_BARE_ENGINEERS = frozenset(["engineer", "developer", "dev", "programmer", "hacker"])
_ENGINEER = re.compile(r"\b(?:engineer|developer|dev|programmer|hacker|architect|sre)s?\b", re.IGNORECASE)


def distinct_titles(titles: list[str]) -> list[str]:
    """Return the titles without those that say no more than another: "engineer" beside "backend engineer"."""
    named = [title for title in titles if not EMPTY.fullmatch(title)] or titles
    kept: list[str] = []
    for title in named:
        folded = title.casefold()
        if any(folded == other.casefold() for other in kept):
            continue
        if any(
            folded != other.casefold() and folded.endswith(" " + other.casefold()) and len(other) > 12
            for other in named
        ):
            continue  # "engaged system administrator" beside "System Administrator"
        if title.casefold() in _BARE_ENGINEERS and any(
            _ENGINEER.search(other) for other in named if other.casefold() not in _BARE_ENGINEERS
        ):
            continue
        kept.append(title)
    return kept or titles[:1]
