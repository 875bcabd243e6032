"""Which phrase can be an employer's name, and what of it is the name alone."""

from __future__ import annotations

import re
from functools import cache

from warehouse.places import is_place, is_region
from warehouse.reference import skills
from warehouse.threads.segments import kind_of
from warehouse.threads.vocabulary import FIELDS, HEADS, ONLY_FIELDS, PARENTHESES, SPACES, URL


def clean_company(written: str | None) -> str | None:
    """Return the employer's name out of a phrase, or null where the phrase is a place, a role, a condition or a sentence."""
    if not written:
        return None
    name = PARENTHESES.sub(" ", _NUMBERED.sub("", written))
    stripped = URL.sub(" ", name).strip()
    if len(stripped.strip(" -–—:;,.()[]")) >= 2:
        name = stripped
    else:  # the name is its address: "fair.com"
        match = URL.search(name)
        name = re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", match.group()) if match else ""
    name = re.sub(r"[*_★☆►▶●■◆◎✱•→−=~^<>{}\"“”`#\[\]\\\ufeff\ufe0f]+", " ", name)
    name = re.sub(
        r"\b(?:is|are)\s+(?:now\s+|currently\s+|also\s+)?hiring\b.*$|^(?:hiring(?: at)?|join|company|at|we are|we're|welcome to|(?:job )?description)\b:?\s*",
        " ",
        name,
        flags=re.IGNORECASE,
    )
    name = re.sub(r",?\s*\b(?:yc|y combinator)\s*[-(]?[sw]?\d{0,2}\b\)?", " ", name, flags=re.IGNORECASE)
    name = SPACES.sub(" ", name).strip(" -–—:;,/&+()'’|")
    if employer := _AT_EMPLOYER.search(name):
        name = employer.group(1)
    name = _AFTER_NAME.split(name, maxsplit=1)[0].strip(" -–—:;,/&+()'’|")
    name = re.sub(r"(?<=\w\w)\.$", "", name)
    name = _without_apposition(name)
    if not 1 < len(name) <= 60 or len(name.split()) > 7 or not re.search(r"\w", name):
        return None
    if (
        kind_of(name) in {"place", "flags", "pay", "generic", "nothing", "address"}
        or "@" in name
        or _is_only_skills(name)
    ):
        return None
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) > 2 or (len(pieces) == 2 and ONLY_FIELDS.fullmatch(pieces[0])) or _ROLE_END.search(name):
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
    rf"(?:\W*\b(?!(?:segment|front|platform)\b)(?:{FIELDS}|{_TECHNOLOGIES}|and|or|with|&|some|mostly|experience|skills)(?![\w+#]))+\W*",
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
    rf"(?:\b(?:{HEADS}|{FIELDS}|teams?|groups?|work|search|tools)|/\S+)\s+(?:at|@)\s+([A-Z0-9].+)$", re.IGNORECASE
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
