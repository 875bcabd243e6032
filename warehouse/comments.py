"""How a hiring thread's comment is told apart into vacancies: employer, place, way of working, and one part per role.

Two forms are read. Since about 2014 most comments open with a header, "Nordlicht Robotics | Data Engineer | Kiel |
ONSITE"; before, anything goes: "Nordlicht (Kiel) is looking for a backend engineer and a data scientist". A comment
that offers no work (a question, a reply, somebody who seeks work) gives nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from warehouse.places import is_place, is_region, strip_place
from warehouse.reference import skills

MAX_PARTS = 20
MAX_TITLE_CHARACTERS = 80
MAX_TITLE_WORDS = 10
MAX_HEADER_CHARACTERS = 140
MAX_HEADER_LINE_CHARACTERS = 250
MAX_PROSE_FREE_CHARACTERS = 90
"""A header's segment longer than this is prose, unless it lists roles and nothing else."""
NAMED_SEGMENTS = 2
"""How many segments of a header may be tried for the employer's name; later ones hold conditions."""


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


# ---------------------------------------------------------------------------------------------------------- plain text

_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>.*?</a>', re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"<p>|</p>|<br\s*/?>|</div>|</li>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0\u200b\u00ad]+")


def comment_text(body: str) -> str:
    """Return a comment's HTML as plain lines; links become their full addresses."""
    text = _PARAGRAPH.sub("\n", _LINK.sub(lambda match: f" {match.group(1)} ", body))
    text = html.unescape(html.unescape(_TAG.sub("", text)))
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


# ---------------------------------------------------------------------------------------------------------- vocabulary

_HEADS = (
    r"engineers?|developers?|devs?|programmers?|scientists?|analysts?|designers?|architects?|administrators?|admins?|"
    r"sys-?admins?|researchers?|managers?|directors?|dba|sres?|swes?|sdes?|sdets?|ctos?|cpo|cmo|coo|vp|interns?|internships?|co-?founders?|hackers?|"
    r"coders?|statisticians?|mathematicians?|technicians?|consultants?|evangelists?|advocates?|specialists?|testers?|generalists?|"
    r"recruiters?|marketers?|writers?|editors?|copywriters?|accountants?|coordinators?|strategists?|associates?|executives?|traders?|quants?|"
    r"leads?|rubyists?|pythonistas?|wizards?|ninjas?|rock-?stars?|gurus?|economists?|linguists?|biologists?|chemists?|physicists?|"
    r"representatives?|assistants?|instructors?|teachers?|producers?|artists?|illustrators?|animators?|partners?|trainees?|"
    r"officers?|technologists?|craftsm[ae]n|owners?|experts?|advisors?|advisers?|counsels?|post-?docs?|chief of staff|head of [a-z]+(?: [a-z]+)?|vp of [a-z]+|director of [a-z]+"
)
_HEAD = re.compile(rf"\b(?:{_HEADS})(?:\(s\))?(?![\w-])", re.IGNORECASE)
_FIELDS = (
    r"front[- ]?end|back[- ]?end|full[- ]?stack|web|mobile|ios|android|data|data science|data engineering|dev ?ops|on-?call|infrastructure|security|qa|"
    r"quality assurance|product|machine learning|deep learning|ml|ai|nlp|computer vision|platform|embedded|firmware|systems?|cloud|ui|ux|ui/ux|"
    r"ux/ui|software|hardware|site reliability|sre|test|automation|database|api|integration|solutions?|support|sales|marketing|design|"
    r"research|analytics|operations|ops|engineering|ruby on rails|ruby|rails|ror|python|django|java|scala|php|javascript|js|node(?:\.?js)?|react|angular|"
    r"golang|go|rust|c\+\+|c#|\.net|clojure|elixir|erlang|haskell|perl|swift|objective-c|kotlin|unity|graphics|games?|network|"
    r"linux|algorithms?|robotics|blockchain|growth|customer success|visual|graphic|interaction|technical|account|project|program|"
    r"business|content|community|people|hr|finance"
)
_FIELD = re.compile(rf"\b(?:{_FIELDS})(?![\w+#-])", re.IGNORECASE)
_ONLY_FIELDS = re.compile(
    rf"(?:(?:senior|sr\.?|junior|jr\.?|lead|staff|principal|mid(?:-level)?|mid[-/2](?:sr\.?|senior)|experienced)\s+)*(?:{_FIELDS})(?:[\s/&+-]+(?:{_FIELDS}))*",
    re.IGNORECASE,
)
_BARE_ROLE = (
    r"(?:front[- ]?end|back[- ]?end|full[- ]?stack|dev ?ops|on-?call|sre|ios|android|"
    r"data science|machine learning|data engineering|ui/ux|ux/ui|ux|qa|software engineering|web development|product design|"
    r"site reliability|mobile|infrastructure|ops|platform|security|embedded|firmware|computer vision|nlp)"
)
_BARE_ROLES = re.compile(
    rf"(?:(?:senior|sr\.?|junior|jr\.?|lead|staff|principal)\s+)*{_BARE_ROLE}(?:/{_BARE_ROLE})?(?: engineering| development)?",
    re.IGNORECASE,
)
_LEVEL = (
    r"senior|sr\.?|junior|jr\.?|lead|staff|principal|mid(?:-level)?|mid[-/2](?:sr\.?|senior)|entry(?:-level)?|experienced|"
    r"all levels|head|chief"
)
_ONLY_LEVEL = re.compile(rf"(?:{_LEVEL})(?:[\s/-]+(?:{_LEVEL}))*", re.IGNORECASE)
_NOT_IN_TITLES = re.compile(
    r"\b(?:you|your|we|our|us|the|is|are|will|with|from|their|they|who|that|this|by|my|me|i|i'm|if|to|have|has|be|can|not|"
    r"about|across|work|working|including|years?|experience|please|email|apply|contact|team of|join|build|building|"
    r"looking|hiring|seeking|company|startup|founded|backed|funded|learn more|more info|click|see)\b|[?!]|https?:|www\.",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?!(?:software |technical )?engineering (?:managers?|directors?|leads?)$)(?:multiple|various|several|many|all|different|open|other|engineering|technical|tech|dev(?:elopment)?|software|more|and|&|/|,|\s)*"
    r"(?:positions?|roles?|openings?|jobs?|engineering|teams?|opportunities|interns?|internships?|leads?|associates?|managers?|experts?|"
    r"executives?|directors?|partners?|assistants?|specialists?|hackers?|generalists?)",
    re.IGNORECASE,
)
"""Names no role, or hardly: the rest of the comment is asked."""
_BROAD = re.compile(
    r"(?:(?:software|web|all|good|great) )*(?:engineers?|developers?|devs?|programmers?|hackers?|coders?)",
    re.IGNORECASE,
)
"""A role so broad that a list of roles in the comment is taken instead, and that goes where the comment names another."""

_REMOTE = re.compile(r"\b(?:remote|work from home|wfh|telecommute|distributed team|anywhere)\b", re.IGNORECASE)
_NO_REMOTE = re.compile(
    r"\b(?:no|not|non)[- ]?remote|remote\W{0,3}(?:no\b|not|isn't|is not)|\bno telecommut|\bon-?site only|\blocal only|remote:\s*no",
    re.IGNORECASE,
)
_ONSITE = re.compile(r"\b(?:on-?site|in-?office|in-?house|local only)\b", re.IGNORECASE)
_HYBRID = re.compile(
    r"\b(?:hybrid|partial(?:ly)? remote|part(?:ly|ial)?[- ]remote|some remote|remote[- ]friendly)\b", re.IGNORECASE
)
_EMPLOYMENT = re.compile(
    r"\b(?:full[- ]?time|fulltime|part[- ]?time|permanent|perm|contract(?:or)?|freelance|intern(?:s|ship|ships)?|f/?t|temporary|salaried)\b",
    re.IGNORECASE,
)
_FLAGS = re.compile(
    r"\b(?:remote|on-?site|onsite|hybrid|full[- ]?time|fulltime|part[- ]?time|permanent|perm|contract(?:or|ors|ing)?|freelance|"
    r"intern(?:s|ship|ships)?|f/?t|visa(?:s)?|h-?1b|sponsor(?:ship|ed)?|relo(?:cation)?|transfer|"
    r"no|not|ok(?:ay)?|only|possible|possibly|available|welcome|friendly|preferred|preferably|optional|considered|in|the|with|travel|"
    r"yes|us|usa|eu|uk|anywhere|worldwide|global(?:ly)?|local(?:s)?|office|allowed|negotiable|equity|salary|benefits|"
    r"citizens?|timezones?|time zones?|based|assistance|help|provided|either|also|some|partial(?:ly)?|for|right|candidates?|\d+%?|"
    r"competitive|stock options?|work from home|wfh|telecommut\w+|distributed|team|paid|open to|offices?|locations?|multiple|immediate)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:[$€£]|usd|eur|gbp|chf|cad|aud)\s?\d[\d,.]*\s?[km]?\b|\b\d{2,3}\s?-\s?\d{2,3}\s?k\b|\b\d{2,3}k\b", re.IGNORECASE
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s|)\]>,]+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|io|co|net|org|ai|de|fr|uk|eu|us|me|ly|tv|dev|app|tech|jobs|nl|ch|se|ca|in|xyz)\b(?:/[^\s|)\]>,]*)?",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

_HIRING = re.compile(
    r"\b(?:hiring|hire|looking (?:\w+ )?for|seeks|looking to (?:hire|add|grow|bring|fill|expand)|seeking|searching for|in search of|recruiting|we need|is needed|wanted|"
    r"join (?:us|our|the)|come work|work (?:with|for) us|positions?|openings?|apply|careers?|full[- ]?time|fulltime|"
    r"open roles?|first employee|your (?:dream|next|new) job|founding (?:engineer|team|member)|equity|salary|jobs? (?:page|at)|/jobs|/careers|vacanc(?:y|ies)|opportunit(?:y|ies)|team is (?:being expanded|expanding|growing)|as an? [\w /-]{3,40} you will|onsite|on-site|telecommute|relocat\w+|intern(?:s|ship)?s?)\b",
    re.IGNORECASE,
)
_SEEKS_WORK = re.compile(
    r"\b(?:seeking (?:work|freelancer|employment|a job)|looking for (?:a )?(?:job|work|employment|internship)\b|i(?:'m| am) (?:a |an )?[^.]{0,60}looking for (?:a |an |new |full)|"
    r"willing to relocate:|my (?:resume|résumé|cv|portfolio|github)\b|hire me|i(?:'m| am) available|for hire\b|my skills)",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"^(?:@|>|thanks|thank you|(?:hi|hey|hello)\b[^|]{0,40}(?:i |did|is )|is (?:this|there|it)|are (?:you|there)|do you|does|did|can (?:you|i|we)|could|would|what|why|how|when|where|"
    r"i(?:'ve|'d| have| had| applied| think| was| would| don't| sent| got| just| know| can|'m (?:not|curious|wondering))\b|just\b|edit:|update:|note:|please note|"
    r"ps\b|fyi\b|sorry|yes\b|no\b[, ]|also\b|same\b|interesting|great\b|nice\b|good luck|congrat\w+|wow|lol|agreed?|looks like|seems|shameless|for those|if you|anyone|has anyone|there (?:is|are|was)\b|it would|this thread|meta|"
    r"(?:new )?(?:tool|site|map|search|list|script|app)\b|\[(?:deleted|dead|flagged)\])",
    re.IGNORECASE,
)


# --------------------------------------------------------------------------------------------------------------- titles


def _singular(title: str) -> str:
    def one(match: re.Match[str]) -> str:
        word = match.group().removesuffix("(s)").removesuffix("(S)")
        if re.fullmatch(r"(?:sres|swes|sdes|ctos|sdets)", word, re.IGNORECASE):
            return word[:-1]
        if word.lower().endswith("men"):
            return word[:-2] + "an"
        return word[:-1] if word[-1] in "sS" and word[-2:].lower() != "ss" and word.lower() not in {"sales"} else word

    return _HEAD.sub(one, title)


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


_FIELD_IN_BRACKETS = re.compile(rf"\((?:{_LEVEL}\s+)?({_FIELDS})\)\s*(\w?)", re.IGNORECASE)


def _unbracketed(field: re.Match[str]) -> str:
    return f"{field[1]} {field[2]}" if field[2] else f"- {field[1]}"


def clean_title(written: str) -> str | None:
    """Return a short role title out of a phrase, or null where the phrase is no title: no sentence, no address, no name.

    A field in brackets stays: "Senior (Frontend) Engineer", "Software Engineer (Mobile)".
    """
    title = _PARENTHESES.sub(" ", _FIELD_IN_BRACKETS.sub(_unbracketed, _URL.sub(" ", written)))
    title = re.sub(r"\[(?:e-?mail|phone)\]?|\S+@\S+", " ", title)
    title = re.sub(r"[*_•★☆►▶●■◆=~^<>{}\"“”`#|]+|^[\s\-–—+·o]+(?=\s)", " ", title)
    title = _MONEY.sub(" ", title)
    title = re.sub(r"^\W+", "", re.sub(r"\b[A-Z][\w ]{2,14}-based\b", " ", title))
    title = _SPACES.sub(" ", title).strip(" \t-–—:;,./&+'’)(")
    sides = re.split(r"\s+[-–—]+\s+", title)
    if len(sides) > 1 and not _HEAD.search(sides[0]):
        title = next((side for side in sides if _HEAD.search(side)), title)
    title = _TRAILING.sub("", _LEADING.sub("", title)).strip(" -–—:;,./&'’)(")
    if not 2 < len(title) <= MAX_TITLE_CHARACTERS or len(title.split()) > MAX_TITLE_WORDS:
        return None
    if _NOT_IN_TITLES.search(title):
        return None
    title = _singular(title)
    return title if title[0].isdigit() or not title.isupper() or len(title) <= 4 else _capitalised(title)


def _capitalised(title: str) -> str:
    return " ".join(
        word if len(word) <= 3 and word not in {"AND", "FOR", "THE", "OF"} else word.capitalize()
        for word in title.split(" ")
    )


_BRACES = re.compile(r"\{([^{}]*)\}\s*([\w -]+)?")
_HEAD_SLASH_HEAD = re.compile(rf"((?:\b[\w.+#-]+ ){{1,3}})({_HEADS})/({_HEADS})(?![\w-])", re.IGNORECASE)
""""Data Analyst/Scientist" names two roles with one field."""
_SEPARATOR = re.compile(
    r"\s*(?:,|;|\s/\s|\s\+\s|\s[*•·]\s|&|\s\|\s|\band/or\b|\band\b|\bor\b|\bas well as\b|\bplus\b)\s*", re.IGNORECASE
)


def _spelt_out(braces: re.Match[str]) -> str:
    return ", ".join(f"{field.strip()} {(braces[2] or '').strip()}" for field in braces[1].split(","))


def split_roles(phrase: str) -> list[str]:
    """Return the titles that a phrase lists: "Frontend, Backend & Data Engineers" gives three; no role gives none."""
    phrase = _BRACES.sub(_spelt_out, phrase)
    phrase = _PARENTHESES.sub(" ", _FIELD_IN_BRACKETS.sub(_unbracketed, phrase))
    phrase = _HEAD_SLASH_HEAD.sub(r"\1\2, \1\3", phrase)
    phrase = re.sub(rf"\b({_HEADS})/(?=[\w ]*\b(?:{_HEADS})\b)", r"\1, ", phrase, flags=re.IGNORECASE)
    pieces = [piece for piece in _SEPARATOR.split(phrase) if piece.strip()]
    titles: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        if _HEAD.search(piece) and not _ONLY_LEVEL.fullmatch(piece.strip()):
            head = _HEAD.findall(piece)[-1]
            if _EMPTY.fullmatch(piece.strip()):  # "Machine Learning, Backend, Managers": managers of all of it
                titles += [_completed(field) for field in waiting if _BARE_ROLES.fullmatch(field)]
            else:
                titles += [f"{field} {head}" for field in waiting if _ONLY_FIELDS.fullmatch(field)]
            titles.append(piece)
            waiting = []
        else:
            waiting.append(_LEADING.sub("", piece.strip()))
    titles += [_completed(piece.strip()) for piece in waiting if _BARE_ROLES.fullmatch(piece.strip())]
    cleaned = [title for piece in titles if (title := clean_title(piece)) and _names_role(title)]
    return list(dict.fromkeys(cleaned))


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
    if _ONLY_LEVEL.fullmatch(title) or _FOR_DEVELOPERS.search(title):
        return False
    return bool(_HEAD.search(title) or _BARE_ROLES.fullmatch(title))


def _is_generic(titles: list[str]) -> bool:
    return all(_EMPTY.fullmatch(title) for title in titles)


def _is_broad(titles: list[str]) -> bool:
    return all(_EMPTY.fullmatch(title) or _BROAD.fullmatch(title) for title in titles)


_BARE_ENGINEERS = frozenset(["engineer", "developer", "dev", "programmer", "hacker"])
_ENGINEER = re.compile(r"\b(?:engineer|developer|dev|programmer|hacker|architect|sre)s?\b", re.IGNORECASE)


def _distinct(titles: list[str]) -> list[str]:
    """Return the titles without those that say no more than another: "engineer" beside "backend engineer"."""
    named = [title for title in titles if not _EMPTY.fullmatch(title)] or titles
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


# --------------------------------------------------------------------------------------------------------------- header

_PIPES = re.compile(r"\s*[|¦│]\s*|\s+//+\s+")
_DASHES = re.compile(
    r"(?<=[a-zA-Z)]{3})\.\s+(?=[A-Z])|(?<=\b[A-Z]{2})\.\s+(?=[A-Z])|\s+(?:-{1,3}|–|—|•|·|\*|::?|~|»)\s+|\s*--+\s*|\s*—\s*|\s+/\s+"
)


@dataclass(frozen=True, slots=True)
class _Header:
    company: str | None = None
    location: str | None = None
    roles: tuple[str, ...] = ()
    flags: str = ""
    pay: str | None = None
    is_piped: bool = False


_LOOSE = re.compile(
    r"^(?:\W*\b(?:or|and)\b\W*)+|(?:\W*\b(?:or|and)\b\W*)+$|\b(?:or|and)\s+(?=(?:or|and)\b)", re.IGNORECASE
)


def _is_role_list(words: str) -> bool:
    pieces = _SEPARATOR.split(words)
    if len(pieces) == 1:
        return bool(_BARE_ROLES.fullmatch(words))
    return all(len(piece.split()) <= 3 for piece in pieces) and any(_BARE_ROLES.fullmatch(piece) for piece in pieces)


def _lists_roles(words: str) -> bool:
    """Whether a long phrase lists roles alone: at least three short pieces, more than half of which name one."""
    pieces = [piece for piece in _SEPARATOR.split(words) if piece.strip()]
    roles = sum(bool(_HEAD.search(piece) or _BARE_ROLES.fullmatch(piece)) for piece in pieces)
    return (
        len(pieces) >= 3
        and roles * 2 > len(pieces)
        and all(len(piece.split()) <= 6 for piece in pieces)
        and not _NOT_IN_TITLES.search(words)
    )


_KINDS_OF_WORDS = (
    ("place", is_place),
    ("role", lambda words: len(words) > MAX_PROSE_FREE_CHARACTERS and _lists_roles(words)),
    ("prose", lambda words: len(words) > MAX_PROSE_FREE_CHARACTERS),
    ("role", lambda words: _HEAD.search(words) and not _NOT_IN_TITLES.search(words)),
    ("role", _is_role_list),
    ("generic", _EMPTY.fullmatch),
    ("field", _ONLY_FIELDS.fullmatch),
)


def _kind(segment: str) -> str:
    """Return what a header's segment is: place, pay, role, field, flags, address, prose, generic, words or nothing."""
    bare = _PARENTHESES.sub(" ", _URL.sub(" ", segment)).strip(" -–—:;,.*★[]()")
    if not bare:
        return "address" if segment.strip() else "nothing"
    if _MONEY.search(bare) and len(bare) < 60 and not _HEAD.search(bare):
        return "pay"
    rest = _LOOSE.sub(" ", _SPACES.sub(" ", _FLAGS.sub(" ", bare))).strip(" -–—:;,./&+()")
    if len(rest) < 2:
        return "place" if _REMOTE.search(bare) else "flags"
    return next((kind for kind, fits in _KINDS_OF_WORDS if fits(rest)), "words")


def _clean_company(written: str | None) -> str | None:
    """Return the employer's name out of a phrase, or null where the phrase is a place, a role, a condition or a sentence."""
    if not written:
        return None
    name = _PARENTHESES.sub(" ", _NUMBERED.sub("", written))
    stripped = _URL.sub(" ", name).strip()
    if len(stripped.strip(" -–—:;,.()[]")) >= 2:
        name = stripped
    else:  # the name is its address: "fair.com"
        match = _URL.search(name)
        name = re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", match.group()) if match else ""
    name = re.sub(r"[*_★☆►▶●■◆◎✱•→−=~^<>{}\"“”`#\[\]\\\ufeff\ufe0f]+", " ", name)
    name = re.sub(
        r"\b(?:is|are)\s+(?:now\s+|currently\s+|also\s+)?hiring\b.*$|^(?:hiring(?: at)?|join|company|at|we are|we're|welcome to|(?:job )?description)\b:?\s*",
        " ",
        name,
        flags=re.IGNORECASE,
    )
    name = re.sub(r",?\s*\b(?:yc|y combinator)\s*[-(]?[sw]?\d{0,2}\b\)?", " ", name, flags=re.IGNORECASE)
    name = _SPACES.sub(" ", name).strip(" -–—:;,/&+()'’|")
    if employer := _AT_EMPLOYER.search(name):
        name = employer.group(1)
    name = _AFTER_NAME.split(name, maxsplit=1)[0].strip(" -–—:;,/&+()'’|")
    name = re.sub(r"(?<=\w\w)\.$", "", name)
    name = _without_apposition(name)
    if not 1 < len(name) <= 60 or len(name.split()) > 7 or not re.search(r"\w", name):
        return None
    if (
        _kind(name) in {"place", "flags", "pay", "generic", "nothing", "address"}
        or "@" in name
        or _is_only_skills(name)
    ):
        return None
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) > 2 or (len(pieces) == 2 and _ONLY_FIELDS.fullmatch(pieces[0])) or _ROLE_END.search(name):
        return None
    if any(rule.search(name) for rule in _NO_NAMES) or _is_sentence(name):
        return None
    return name


_NUMBERED = re.compile(r"^\s*\(?\d{1,2}\)\s*")
_LEGAL_FORM = r"(?:inc|llc|l\.?l\.?c|ltd|limited|gmbh|ag|corp|corporation|co|company|sa|sas|bv|b\.v|pte|pty|plc|llp|lp|l\.p|pbc|ab|oy|kg|srl)\.?"
_WITH_LEGAL_FORM = re.compile(rf",\s*{_LEGAL_FORM}(?=$|\W)", re.IGNORECASE)
_APPOSITION = re.compile(r"^\W*(?:an? |the |makers? of |part of |leading |by |now |which |[a-z])")


def _without_apposition(name: str) -> str:
    """Return a name without what a comma adds to it: "Basis, an Intel Company", "PowWow Energy, San Mateo CA".

    Nothing is left where a place comes first or a state or country follows: "Athens, Ga" is no employer, and
    "New York, CrimsonJet" does not tell which half is.
    """
    legal = _WITH_LEGAL_FORM.search(name)
    start = legal.end() if legal else 0
    head, comma, tail = name[start:].partition(",")
    if legal and not comma:  # "Galvanize, Inc. San Francisco"
        return name[:start] if head.strip(" .") else name
    if not comma:
        return name
    head, tail = name[:start] + head, tail.strip()
    if is_place(head) or len(tail.strip(".")) <= 2 or is_region(tail):
        return ""
    return head.strip() if _APPOSITION.match(tail) or is_place(tail) else name


_TECHNOLOGIES = (
    r"html5?|css3?|jquery|sql|mysql|postgres(?:ql)?|redis|mongo|typescript|vue(?:\.?js)?|ember(?:\.?js)?|backbone|bash|shell|c|r|"
    r"ruby on rails|web(?:rtc|socket|gl)|voip|nosql|big data|blockchain|saas|fintech|crypto|iot|cyber ?security|infosec|devops|"
    r"advertising technology|ad ?tech|software development|development|consulting|technology|startups?|remote|full"
)
_ONLY_SKILLS = re.compile(
    rf"(?:\W*\b(?!(?:segment|front|platform)\b)(?:{_FIELDS}|{_TECHNOLOGIES}|and|or|with|&|some|mostly|experience|skills)(?![\w+#]))+\W*",
    re.IGNORECASE,
)


@cache
def _skill_names() -> frozenset[str]:
    """Return every name and alias of the skill taxonomy in lower case."""
    taxonomy = skills()
    return frozenset(
        name.lower() for row in taxonomy.select("name", "aliases").iter_rows() for name in (row[0], *(row[1] or []))
    )


def _is_only_skills(name: str) -> bool:
    """Whether a phrase names technologies and fields alone. One word with a capital may be a company: "Unity", "Graphics"."""
    pieces = [piece for piece in re.split(r"\s*(?:,|/|&|\+(?!\+)|\band\b|\bor\b)\s*", name) if piece]
    if len(pieces) > 1 and all(piece.lower() in _skill_names() or _ONLY_SKILLS.fullmatch(piece) for piece in pieces):
        return True
    if not _ONLY_SKILLS.fullmatch(name):
        return False
    return " " in name or not name[0].isupper() or bool(_NEVER_ALONE.fullmatch(name))


_NEVER_ALONE = re.compile(
    r"rails|ruby|python|java|javascript|php|django|scala|perl|haskell|erlang|clojure|elixir|golang|c|r|html5?|css3?|jquery|sql|mysql|postgres(?:ql)?|"
    r"ios|android|web|mobile|software|hardware|engineering|design|marketing|sales|operations|ops|security|research|analytics|data|ai|ml|nlp|qa|"
    r"devops|backend|frontend|full ?stack|blockchain|fintech|crypto|saas|consulting|technology|startups?|development|full|product|finance|content",
    re.IGNORECASE,
)


def _is_sentence(name: str) -> bool:
    """Whether most words of a phrase of four or more begin in lower case, which names do not."""
    words = [word for word in re.findall(r"[^\W\d][\w’'-]*", name) if word.lower() not in _JOINING]
    return len(name.split()) >= 4 and sum(word[0].islower() for word in words) * 2 >= len(words)


_JOINING = frozenset(
    ["of", "and", "the", "for", "de", "la", "von", "van", "di", "du", "in", "at", "by", "on", "a", "to"]
)
_AT_EMPLOYER = re.compile(
    rf"(?:\b(?:{_HEADS}|{_FIELDS}|teams?|groups?|work|search|tools)|/\S+)\s+(?:at|@)\s+([A-Z0-9].+)$", re.IGNORECASE
)
_AFTER_NAME = re.compile(
    r"\(|\s(?:is|are|was|has)\s|[:;,–—-]?\s*\b(?:remote|on-?site|full[- ]?time|fulltime|part[- ]?time|visas?|relocation|locations?|positions?|salary|contract|freelance|"
    r"interns?(?:hip)?s?|fte|hybrid)\b|:\s|;\s|\s-+\s|\s[–—]\s",
    re.IGNORECASE,
)
_ROLE_END = re.compile(
    r"(?:^|\s)(?:engineers?|developers?|devs?|scientists?|designers?|programmers?|architects?|analysts?|administrators?|managers?|"
    r"software engineering|web development|for|at|of|in|and|or|is|are|was|be|including|located|expert|data geek|marketers?|tester/qa|openings?|needed on|nerds?|wizards?)$|"
    r"^(?:senior|sr\.?|junior|jr\.?|lead|head of|maybe|all|semi|up to|early stage|dir\.|vp of|chief)\b|\b(?:engineers?|developers?)(?:-| (?:with|and|w/|i+|full)\b)",
    re.IGNORECASE,
)
_NO_NAMES = (
    re.compile(
        r"\b(?:you|your|looking|hiring|seeking|hello|hey|hi|everyone|i'm|i am|we|our|this|that|there|who|what|why|how|"
        r"please|email|based in|need|needs|needed|want|wants|my|startup in|company in|founded)\b|^(?:(?-i:here)|email|phone)$|"
        r"^(?:the|a|an|it|and|but|so|if|as|in|at|on|to|for|with|about)$",
        re.IGNORECASE,
    ),
    re.compile(rf"^{_LEGAL_FORM}$", re.IGNORECASE),
    re.compile(
        r"^(?:about(?: .*)?|accepting|answer|ask|both|come|complete|completely|currently|description|edit|events?|full|jobs?|"
        r"must|name|no|non-technical|now|none|only|others?|permanent|promo|series [a-d]|sorry|tba|tbd|tl;dr|updated?|"
        r"various|yes|https?|www|apply|bonus|candidates|clients?|funded|global|international|local|members|new|notes?|offices?|open|"
        r"perks|preferred|profitable|project|public|parent|link|hide|reply|flag|people|privacy|comp|any|react|requirements|responsibilities|skills|stack|summary|tech|title|tools|types|urgent|react native|ruby on rails|worldwide|thanks|labs|jobseeker)\W*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?<!& )only|preferred(?! [A-Z])|willing|eligible|authori[sz]ed|passports|passport[- ]holders?|relocate|per week|freelancers?|"
        r"proficiency|compensation|competitive|requirements?|required|applicants|candidates?|stock options?|holders?|experience(?= in| with|$)|"
        r"interested|sorry|tired|openings|opportunities|specialize\w*|\d\+? years?|stealth|early[- ]stage|seed[- ]stage|hedge fund|"
        r"(?:full|good|great|amazing|attractive) (?:equity|benefits|pay)|roles?|multiple|points? by|pay by|temp to|accommodate|to join|aka)\b|"
        r"\bstart-?up$|^telecommut\w*\b|^(?:full[- ]?stack|front[- ]?end|back[- ]?end|web|software|data|ios|android) (?:developers?|engineers?)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:be|become|come|work (?:at|with)|search for|will|can|full[ -]or|part[ -]+or|good pay|base \+|ok to|building|one block|in the|since \d|apply|headquartered|mostly|excellent|contractor|"
        r"permanent|software (?:to|for)|help (?:us|advance|build|make)|make .* faster|a (?:little|better|growing|small))\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\d+ .*\b(?:broadway|street|st|avenue|ave|road|rd|blvd|drive)\.?$|[|?]\s|\bhttp|(?<!Which)\?$", re.IGNORECASE
    ),
    re.compile(r"^(?:.*-(?:backed|funded|based)|[a-z]\S*(?: \S+){2,}|[a-z]+(?: [a-z]+)+|(?:The|An?) [a-z].*)$"),
)
"""What no employer is called, each for phrases found in place of a name; a name is rather left out than wrong."""


def _read_header(line: str) -> _Header:
    if "|" not in line and line.count("~") >= 3:
        line = line.replace("~", " | ")
    piped = [s for s in _PIPES.split(line) if s.strip()]
    is_piped = len(piped) >= 3 or (len(piped) == 2 and len(line) < 200)
    segments = piped if is_piped else [s for s in _DASHES.split(line) if s and s.strip()]
    if len(segments) < 2 or (not is_piped and len(segments[0]) > 90):
        return _Header()
    kinds = [_kind(segment) for segment in segments]
    if is_piped and kinds[0] in {"role", "field", "words", "address", "generic"}:
        names_role = kinds[0] == "role" and _HEAD.search(segments[0]) and "role" not in kinds[1:]
        if not names_role or ("words" not in kinds[1:4] and _clean_company(segments[0])):
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
            company = _clean_company(company)
            location = location or place
        elif kind == "place":
            location = location or _clean_place(segment)
        elif kind in {"role", "field"}:
            roles += split_roles(segment)
        elif kind == "pay":
            pay = pay or segment.strip()
        elif kind == "prose" and not is_piped:
            break
    return _Header(company, location, tuple(dict.fromkeys(roles)), line, pay, is_piped)


def _from_first_words(text: str) -> list[str]:
    """Return a text's lines without the rules and fences before the first that says something."""
    lines = text.split("\n")
    return lines[next((n for n, line in enumerate(lines) if re.search(r"\w", line)), 0) :]


def _whole_header(lines: list[str]) -> _Header:
    """Return the first line as a header, with the roles of the lines below that repeat its form.

    "Nordlicht | Data Engineer | Kiel", "Nordlicht | Web Developer | Kiel" are two roles. Where the first line is none,
    the first line of that form is the header.
    """
    header = _read_header(lines[0])
    first = _first_segment(lines[0])
    for line in lines[1:]:
        if len(line) > MAX_HEADER_LINE_CHARACTERS or (line.count("|") < 2 and not (first and line.startswith(first))):
            continue
        further = _read_header(line)
        if not further.roles:
            continue
        if header.is_piped or header.roles:
            header = replace(header, roles=tuple(dict.fromkeys(header.roles + further.roles)))
        elif further.is_piped:
            header = replace(further, company=header.company or further.company)
    return header


def _first_segment(line: str) -> str | None:
    """Return what a header of several segments begins with, up to its first separator, or null."""
    piped = [s for s in _PIPES.split(line) if s.strip()]
    segments = piped if len(piped) >= 3 else [s for s in _DASHES.split(line) if s and s.strip()]
    return segments[0].strip() if len(segments) >= 3 and len(segments[0].strip()) > 2 else None


def _with_specialities(segments: list[str], kinds: list[str]) -> tuple[list[str], list[str]]:
    """Return the segments with a field after a role joined to it: "Software Engineer - Infrastructure" is one role."""
    joined: list[str] = []
    kept: list[str] = []
    for segment, kind in zip(segments, kinds, strict=True):
        is_field = kind in {"role", "field"} and not _HEAD.search(segment) and "," not in segment
        if is_field and kept and kept[-1] == "role" and _HEAD.search(joined[-1]):
            joined[-1] = f"{joined[-1].strip()} - {segment.strip()}"
        else:
            joined.append(segment)
            kept.append(kind)
    return joined, kept


def _clean_place(segment: str) -> str | None:
    segment = re.sub(r"^\W*(?:location|locations|where|office|offices|based in)\W+", "", segment, flags=re.IGNORECASE)
    place = _SPACES.sub(" ", _URL.sub(" ", segment)).strip(" -–—:;,.*★|[]")
    return place[:120] or None


# ----------------------------------------------------------------------------------------------------------------- body

_BULLET = re.compile(r"^(?:[-*•·–—+>►▶●■◆o✓→]|\d{1,2} ?x(?=\s)|\(?\d{1,2}[.):]+|\(?[a-z]\))\s*(?=\S)")
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
    rf"^([^,]*\b(?:{_HEADS})(?:\(s\))?),\s*((?:{_FIELDS})(?:\s(?:{_FIELDS}))?)$", re.IGNORECASE
)
"""On a line of its own, "Software Engineer, Mobile" is one role."""


def _listed(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Return the lines that are role titles by themselves, each with its titles: bullets and headings."""
    found = []
    for index, line in enumerate(lines):
        if titles := _linked_titles(line):
            found.append((index, titles))
            continue
        bullet = _BULLET.match(line)
        rest = line[bullet.end() :] if bullet else line
        head = _TITLE_END.split(rest, maxsplit=1)[0].strip()
        has_more = len(rest) > len(head) + 3
        if (index < 2 and _kind(rest) in {"flags", "place"}) or _INTERVIEW.search(head):
            continue
        if index and _SIGNATURE.match(line):
            continue
        if not head or len(head) > 80 or len(head.split()) > 9 or not _HEAD.search(head):
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
            rf"(?:\b(?:{_HEADS})(?:\(s\))?(?:\s+(?:i{{1,3}}|iv|[1-4]|team))?|\b(?:{_FIELDS}))\W*$", head, re.IGNORECASE
        ) and not re.match(rf"(?:{_LEVEL}|{_FIELDS}|vp|director|head|{_HEADS})\b", head, re.IGNORECASE):
            continue
        if titles := split_roles(_FIELD_AFTER_TITLE.sub(r"\1 - \2", head)):
            found.append((index, titles))
    return found


def _asked(text: str) -> list[str]:
    """Return the roles that sentences ask for: "looking for a backend engineer and two data scientists"."""
    titles: list[str] = []
    for match in _ASKING.finditer(text):
        phrase = _PARENTHESES.sub(" ", match["phrase"])
        head = _HEAD.search(phrase)
        if head is None or head.start() > 110 or phrase.lstrip()[:1] in {".", "!", "?"}:
            continue
        clause = phrase
        for end in _PHRASE_END.finditer(phrase):
            if end.start() > 2 and _HEAD.search(phrase[: end.start()]):
                clause = phrase[: end.start()]
                break
            if end.start() > 2 and end.group()[0] in ".!?;":
                clause = phrase[: end.start()]
                break
        titles += split_roles(clause)
    return list(dict.fromkeys(titles))


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


@cache
def _suffixes():  # type: ignore[no-untyped-def]
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


SHARED_HOSTS = frozenset(
    [
        "github.com",
        "gist.github.com",
        "linkedin.com",
        "twitter.com",
        "facebook.com",
        "medium.com",
        "youtube.com",
        "youtu.be",
        "google.com",
        "docs.google.com",
        "goo.gl",
        "bit.ly",
        "angel.co",
        "greenhouse.io",
        "lever.co",
        "jobvite.com",
        "workable.com",
        "ashbyhq.com",
        "smartrecruiters.com",
        "recruiterbox.com",
        "icims.com",
        "taleo.net",
        "breezy.hr",
        "bamboohr.com",
        "resumator.com",
        "jazz.co",
        "jazzhr.com",
        "applytojob.com",
        "theresumator.com",
        "stackoverflow.com",
        "careers.stackoverflow.com",
        "ycombinator.com",
        "workatastartup.com",
        "techcrunch.com",
        "wikipedia.org",
        "nytimes.com",
        "forbes.com",
        "wired.com",
        "tumblr.com",
        "wordpress.com",
        "blogspot.com",
        "herokuapp.com",
        "appspot.com",
        "amazonaws.com",
        "apple.com",
        "play.google.com",
        "imgur.com",
        "vimeo.com",
        "slideshare.net",
        "quora.com",
        "reddit.com",
        "crunchbase.com",
        "glassdoor.com",
        "indeed.com",
        "hired.com",
        "typeform.com",
        "wufoo.com",
        "hackruiter.com",
        "recruitee.com",
        "personio.de",
        "teamtailor.com",
        "workdayjobs.com",
        "myworkdayjobs.com",
        "ultipro.com",
        "silkroad.com",
        "tinyurl.com",
        "t.co",
        "dropbox.com",
        "evernote.com",
        "notion.so",
        "hackerrank.com",
        "codility.com",
        "bloomberg.com",
        "businessinsider.com",
        "venturebeat.com",
        "wsj.com",
        "instagram.com",
        "keyvalues.com",
        "stackshare.io",
        "homerun.co",
        "comeet.co",
        "comeet.com",
        "pinpointhq.com",
        "hire.withgoogle.com",
        "withgoogle.com",
        "triplebyte.com",
        "mailto",
        "gmail.com",
        *("grnh.se", "jobscore.com", "bullhornreach.com", "careerbuilder.com", "dice.com", "monster.com", "kenexa.com"),
        *(
            "jsco.re",
            "jobsco.re",
            "smrtr.io",
            "short.sg",
            "ow.ly",
            "buff.ly",
            "is.gd",
            "bit.do",
            "rolp.co",
            "goo.gl",
            "hireclub.com",
        ),
        *(
            "workshape.io",
            "weworkremotely.com",
            "remoteok.com",
            "seek.com.au",
            "swissdevjobs.ch",
            "builtinchicago.org",
            "builtinnyc.com",
        ),
        *(
            "themuse.com",
            "workinstartups.com",
            "f6s.com",
            "wellfound.com",
            "codefor.cash",
            "airtable.com",
            "calendly.com",
            "jobs.nl",
        ),
        *(
            "wordpress.org",
            "python.org",
            "kickstarter.com",
            "indiegogo.com",
            "itunes.com",
            "soundcloud.com",
            "prezi.com",
            "dribbble.com",
        ),
        *("startupers.com", "college2startup.com", "meetup.com", "eventbrite.com", "surveymonkey.com", "trello.com"),
        *("asp.net", "vb.net", "ado.net", "socket.io", "draw.io", "crates.io", "ietf.org", "archive.org", "w3.org"),
        *("bbc.co.uk", "theguardian.com", "economist.com", "cnn.com", "cnbc.com", "fortune.com", "inc.com", "time.com"),
        *("fastcompany.com", "mashable.com", "gigaom.com", "thenextweb.com", "theverge.com", "usatoday.com", "ted.com"),
        *(
            "geekwire.com",
            "craigslist.org",
            "lnkd.in",
            "linkd.in",
            "hrmdirect.com",
            "applicantpro.com",
            "applicantstack.com",
            "xconomy.com",
            "producthunt.com",
            "huffingtonpost.com",
            "pando.com",
            "recode.net",
            "npr.org",
        ),
    ]
)


def registered_domain(address: str) -> str | None:
    """Return the registrable domain of a web address in lower case, or null for none and for hosts that many share."""
    found = _suffixes()(address)
    domain = f"{found.domain}.{found.suffix}".lower() if found.domain and found.suffix else None
    return None if domain in SHARED_HOSTS else domain


_WRITTEN_URL = re.compile(
    r"(?:https?://|www\.)[^\s|)\]>,]+|\b[a-z0-9-]+\.(?:com|io|co|org|net|ai)\b(?:/[^\s|)\]>,]*)?", re.IGNORECASE
)
"""An address that is meant as one, not the end of a sentence and the start of the next ("people.In")."""
_CAREERS = re.compile(r"jobs?\b|careers?\b|hiring|join|apply|about|work|team|vacanc|position|opening", re.IGNORECASE)


def _own_domain(lines: list[str], company: str | None) -> str | None:
    """Return the domain of the employer's own site: one that resembles its name, else the one in the first line.

    Where nothing names the employer, an address further down must be a careers page: others lead to articles and tools.
    """
    marked = [
        lines[0],
        *(line for line in lines[1:] if "http" in line or "www." in line or (len(line) < 80 and "." in line)),
    ]
    domains = [d for line in marked for match in _URL.finditer(line) if (d := registered_domain(match.group()))]
    if company:
        squeezed = re.sub(r"\W", "", company.lower())
        for domain in domains:
            stem = domain.split(".")[0].replace("-", "")
            if len(stem) > 2 and (stem in squeezed or squeezed in stem or squeezed == domain.replace(".", "")):
                return domain
    pattern = _URL if company is not None else _WRITTEN_URL
    first = [d for match in pattern.finditer(lines[0]) if (d := registered_domain(match.group()))]
    if company is not None or (first and len(lines[0]) < MAX_HEADER_CHARACTERS):
        return first[0] if first else None
    squeezed = _letters("".join(lines))
    for line in marked:
        for match in _WRITTEN_URL.finditer(line):
            if domain := registered_domain(match.group()):
                stem = _letters(domain.split(".")[0])
                if _CAREERS.search(match.group()) or (len(stem) > 3 and squeezed.count(stem) > 1):
                    return domain
    return None


def _named_company(text: str) -> str | None:
    """Return the employer that a sentence names, where it is said to hire, or where the comment names it again.

    A sentence's subject may be a person as well, so a name that stands once and beside no address of its own is not
    taken from it.
    """
    squeezed = _letters(text)
    for is_enough, pattern in _NAMED:
        for match in pattern.finditer(text[:1200]):
            name = _clean_company(match["c"])
            if name and not _NOT_A_NAME.fullmatch(name) and not _HEAD.search(name):
                key = _letters(name)
                if (is_enough or (len(key) > 2 and squeezed.count(key) > 1)) and not _is_person(name, text):
                    return name
    return None


_OFFICE = r"(?:co-?founder|founder|ceo|cto|vp|head of|engineering manager|recruiter|director)"
_PERSON = r"\b(?:I'm|I am|my name is|this is) {0}(?:[,.]| (?:and|from|at)\b)|\b{0} here\b"
_FULL_NAME = rf"\b(?:contact|ask for|e-?mail|ping|cc|hi|hello|thanks|cheers|regards|best)[,:]? {{0}}\b|\b{{0}},? {_OFFICE}\b|\n\W*{{0}}\W*$"


def _is_person(name: str, text: str) -> bool:
    """Whether a text introduces itself with a name, or greets, signs or gives an office with one of two or three words."""
    patterns = [_PERSON, _FULL_NAME] if 2 <= len(name.split()) <= 3 else [_PERSON]
    return any(re.search(pattern.format(re.escape(name)), text, re.IGNORECASE) for pattern in patterns)


# ---------------------------------------------------------------------------------------------------------------- parts


def is_offer(text: str) -> bool:
    """Whether a comment offers work, rather than asks, answers or seeks."""
    if len(text) < 25:
        return False
    first = _from_first_words(text)[0]
    if len(_PIPES.split(first)) >= 3:
        return not re.search(r"seeking work|seeking freelancer|who wants to be hired", first, re.IGNORECASE)
    if _SEEKS_WORK.search(text[:500]) and not re.search(
        r"\bwe(?:'re| are)\b|\bour (?:team|company)\b", text, re.IGNORECASE
    ):
        return False
    if _REPLY.match(text) and not re.search(
        r"\bwe(?:'re| are)\b.{0,60}\b(?:hiring|looking)|\bis hiring\b|\bare hiring\b",
        text[:600],
        re.IGNORECASE | re.DOTALL,
    ):
        return False
    if _HIRING.search(text):
        return True
    header = _read_header(first)
    opening = text.split("\n")[:3]
    return (
        (bool(header.roles) and bool(header.location or header.company))
        or _lists_roles(first.strip(" *"))
        or bool(header.location and header.company and _listed(text.split("\n")[1:]))
        or (any(len(line) < 60 and _kind(line) == "place" for line in opening[:1]) and bool(_listed(opening[1:])))
    )


def work_mode(words: str) -> str | None:
    """Return remote, hybrid or onsite as a header says it, or null."""
    if _NO_REMOTE.search(words):
        return "onsite"
    if _HYBRID.search(words):
        return "hybrid"
    if _REMOTE.search(words):
        return "remote"
    return "onsite" if _ONSITE.search(words) else None


def _who_and_where(text: str, lines: list[str], header: _Header) -> tuple[str | None, str | None]:
    """Return the employer and the place, from the header first, else from the lines and sentences after it."""
    company, location = header.company, header.location
    if location is None or company is None:
        for line in lines[: 1 if header.is_piped else 3]:
            if len(line) < 60 and location is None and _kind(line) == "place":
                location = _clean_place(line)
            elif location is None and len(line) < 140:
                before, place = strip_place(_PARENTHESES.sub(" ", line))
                if place and not header.is_piped:
                    location = place
                    company = company or (_clean_company(before) if before and len(before) < 40 else None)
    if company is None:
        company = _named_company(text)
    if (
        company is None
        and location is not None
        and len(lines) > 1
        and len(lines[1]) < 45
        and _kind(lines[1]) in {"words", "address"}
    ):
        company = _clean_company(lines[1])
    return company, location


def _is_well_named(company: str, lines: list[str], header: _Header) -> bool:
    """Whether a name opens the comment, follows "at" or a role in bars, or stands in the comment a second time.

    What is written once after a role or a place may as well be the trade ("Network Engineer - Mobile Gaming") or a
    part of the town; an employer's name comes again.
    """
    key = _letters(company)
    written = _PIPES.split(lines[0])
    fields = [_letters(field) for field in written]
    if key and (_letters(re.sub(r"^\W*\d+\W+", "", lines[0])).startswith(key) or fields[0].startswith(key)):
        return True
    if header.is_piped and fields[1:2] == [key] and split_roles(written[0]):
        return True
    return bool(re.search(rf"\bat {re.escape(company)}", lines[0])) or _letters("\n".join(lines)).count(key) > 1


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def split_comment(text: str) -> list[Part]:
    """Return the vacancies of a comment's plain text in the order written; none where it offers no work.

    A role that the comment names gets a part with its own title. A comment that offers work and names no role gives one
    part without a title.
    """
    if not is_offer(text):
        return []
    lines = _from_first_words(text)
    header = _whole_header(lines)
    listed = _listed(lines[1:])
    listed = [(index + 1, titles) for index, titles in listed]
    roles = list(header.roles)
    sections: dict[str, int] = {}
    if not header.roles and (first := _listed(lines[:1])):
        listed = [*first, *listed]
    from_list = [title for _, titles in listed for title in titles]
    is_headed = bool(listed) and listed[0][0] == 1 and not _is_broad(from_list)
    if from_list and (not roles or _is_generic(roles) or (_is_broad(roles) and (len(from_list) > 1 or is_headed))):
        roles = from_list
    if roles and set(roles) & set(from_list):
        sections = {title: index for index, titles in listed for title in titles}
    if not roles or _is_generic(roles):
        roles = _asked(text) or roles
    roles = _distinct(roles)[:MAX_PARTS]

    company, location = _who_and_where(text, lines, header)
    if company and not header.is_piped and _is_person(company, text):
        company = None
    if company and company == header.company and not _is_well_named(company, lines, header):
        company = _named_company(text)
    domain = _own_domain(lines, company)
    if company is None and domain:
        company = _clean_company(domain.split(".")[0])
    flags = "\n".join(lines[:2])[:400]
    employment = match.group() if (match := _EMPLOYMENT.search(flags)) else None
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
    bullets = sum(bool(_BULLET.match(lines[start])) for start in starts) * 2 > len(starts)
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
