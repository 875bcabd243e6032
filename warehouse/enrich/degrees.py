"""Which degree a posting requires, accepts experience instead of, or only prefers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from warehouse.enrich.windows import READ_LANGUAGES, Window, is_readable, lower, sections, texts_in, windows

FIELDS = ("degree_min", "degree_equivalent", "degree_preferred", "phd_mentioned")

ENGLISH = (
    "bachelor", "Bachelor", "BACHELOR", "accalaureate", "master", "Master", "MASTER", "PhD", "phd", "PHD", "Phd", "Ph.D", "Ph. D", "Ph.d", "ph.d", "PH.D",
    "doctora", "Doctora", "DOCTORA", "D.Phil", "DPhil", "J.D", "JD", "Juris", "juris", "degree", "Degree", "DEGREE", "B.S", "B. S", "B.A", "B.T", "B.E", "B.C", "M.S", "M. S", "M.A",
    "M.T", "M.E", "M.B", "BTech", "MTech", "BEng", "MEng", "BS", "MS", "BA", "MA/", "MA ", "ME ", "ME/", "BE ", "BE/", "MBA", "MPH", "MPhil", "MCA", "BCA", "BBA", "BCom", "BEng",
    "Msc", "Bsc", "bsc", "msc", "mba", "ndergraduate", "ostgraduate", "ost-graduate", "high school", "High school", "High School", "igh-school",
    "academic background in", "Academic background in", "university education", "College diploma", "college diploma", "lieu of",
)  # fmt: skip
"""Where an English degree can begin, in the cases it is written in: exact anchors are found faster than folded ones."""
GATES = (
    "degree|Degree|DEGREE|cademic background in|achelor|ACHELOR|accalaureate",
    "aster['’]s|asters|ASTER|Master|master",
    "PhD|PHD|Phd|phd|Ph[.]|ph[.]d|octora|OCTORA",
    "J[.]D|JD|uris",
    "BS|MS|BA|MBA|MPH|MCA|BE/|ME/",
    "B[.] ?S|B[.]A|B[.]T|B[.]E|M[.] ?S|M[.]T|M[.]A|M[.]E|M[.]B",
    "[Bb]sc|[Mm]sc|igh [Ss]chool|BEng|MEng|BCom|BTech|MTech|D[.]?Phil|MPhil",
)
FOREIGN = (
    "bachelor", "master", "phd", "ph.d", "doctora", "degree", "diplom", "studium", "hochschul", "universitätsab", "promotion", "promoviert",
    "studienab", "ausbildung", "akademische", "bac+", "bac +", "licence", "ingénieur", "école", "ecole", "thèse", "bts", "dut", "grado", "licenciatura",
    "licenciad", "titulación", "titulado", "titulada", "título", "ingeniería", "carrera", "universitari", "máster", "posgrado", "egresad", "ciclo formativo", "técnico superior",
    "b.sc", "m.sc", "msc", "bsc", "mba",
)  # fmt: skip
BEFORE, AFTER = 220, 300
_RANK = {"bachelor": 1, "master": 2, "phd": 3}
_LEVEL = {rank: level for level, rank in _RANK.items()} | {0: "none"}


def _dotless(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, word.replace(".", "․")) for word in words)


# Dots of abbreviations are put aside as one-dot leaders (U+2024), so that every dot that is left ends a sentence.
_DOTTED_WITHIN = _dotless(
    "Ph.D.", "Ph.D", "Ph.d.", "Ph.d", "ph.d.", "ph.d", "PH.D.", "PH.D", "D.Phil.", "D.Phil", "B.Sc.", "B.Sc", "B.S.", "B.S", "B.A.", "B.A", "B.Tech.", "B.Tech",
    "B.Eng.", "B.Eng", "B.E.", "B.E", "B.Com.", "B.Com", "b.sc.", "b.s.", "M.Sc.", "M.Sc", "M.S.", "M.S", "M.A.", "M.A", "M.B.A.", "M.Tech.", "M.Tech",
    "M.Eng.", "M.Eng", "M.E.", "M.E", "m.sc.", "m.s.", "J.D.", "M.D.", "Sc.D.", "e.g.", "i.e.", "U.S.", "z.B.", "o.ä.", "u.a.",
)  # fmt: skip
_DOTTED_AFTER = _dotless(
    "Ph. D.",
    "Ph. D",
    "B. S.",
    "M. S.",
    "MSc. in",
    "MSc. or",
    "BSc. in",
    "BSc. or",
    "Msc. in",
    "Bsc. in",
    "etc.)",
    "etc.,",
    "vs.",
    "incl.",
    "equiv.",
    "yrs.",
    "yr.",
    "exp.",
    "PhD. in",
)
_DOTTED_GERMAN = _dotless("z. B.", "bzw.", "ggf.", "inkl.", "o. ä.", "Dipl.", "Ing.", "Inf.", "Univ.")
_INNER_DOT = re.compile(r"\.[A-Za-zä]")
_SPELLED = re.compile(r"M(?:[Ss]c|SC(?=\s+(?:in|degree|or)\b|/))|JD")
"""Degrees only as spelled so: in lower case they keep a letter of their own, which no other word has."""
_BULLETS = "\n•●▪◦‣⁃➢✔✅🔹"
_SPLIT = re.compile(
    rf"[{_BULLETS}.!?;\-–*·](?:(?<=[{_BULLETS}])|(?<=[.!?;])(?:[”\")]?\s+|(?<=[.!?])(?=[A-Z][a-z]))"
    r"|(?<=\s[-–*·])\s(?=[A-Z“\"(])|(?<=[.:)]\s[-–*·])\s*)"
)
"""Begins with one class of characters, which is scanned for ten times faster than alternatives are tried."""

_PHD = (
    r"\b(?:p\.?h[․.]?\s?d\b[․.]?(?:['’]?s\b)?|doctora(?:l|te|tes|do|t|nd\w*)\b(?:[- ](?:degree|level|studies|student|candidate))?|d[․.]?phil\b[․.]?|promotion\b(?=\s+(?:in|im|oder|von|wünsch|ist)\b)|promoviert\w*|thèse\b(?=\s+(?:de doctorat|en|dans)))"
    r"|(?:(?<=idealerweise )|(?<=abgeschlossene )|(?<=oder ))promotion\b"
)
_MASTER = (
    r"\b(?:masters?\s?['’´`](?:s\b)?(?!\s+of\s+(?:their|your|the))(?:[- ](?:level )?degrees?)?|máster\b|mestrado\b|(?:m[․.]\s?s[․.]?c?|ɱsc|m[․.]eng|meng|m[․.]tech|mtech|m[․.]a[․.]|mba|emba|mph|mfa|mphil|mca)\b[․.]?(?:['’]s)?(?:\s+degrees?)?"
    r"|(?:advanced|graduate|post-?graduate|(?<!or )higher)\s+(?:academic\s+|university\s+|technical\s+|quantitative\s+|level\s+)?(?:degrees?|studies|qualification)\b|advanced academic degrees?|post-?graduate\b(?=\s+(?:in|or|degree|qualif))|bac\s?\+\s?[5678](?![0-9])|diplom(?:[- ]?(?:ingenieur|informatik|studium|mathemat)\w*|-?ing[․.]?)"
    r"|diplom\b(?!a)|dipl[oô]me\s+d['’]\s?ing[ée]nieur\w*|posgrado\b|magíster\b)"
    r"|(?<!scrum )(?<!web)(?<!the )(?<!old )\bmasters\b(?=\s*(?:degree|in\b|or\b|/|,|and ph|level|preferred|required|\)|\(|from\b|\.|;|$|with\b|is\b|qualif|-|of (?:sci|art|eng|bus|tech|pub)))(?:\s+degrees?)?"
    r"|(?<!scrum )(?<!web)(?<!data )(?<!tree/)\bmaster(?=\s*(?:degree|of\s+(?:science|arts|engineering|business|technology|public|computer|laws|finance|social|data|education)|/|or\s+(?:ph|doct|higher|equiv|above|adv)|level|of\s+art|program|oder|ou\b|o\b|in\s+[a-z]|en\b|im\b|bzw|-abschluss|abschluss|studium|preferred|:|,\s*(?:or\s+)?ph|\)|$))(?:\s*degrees?)?"
    r"|(?<=bachelor or )master\b"
    r"|(?<=bachelor/)master\b"
    r"|(?<=bachelor oder )master\b"
    r"|(?<=bachelor- oder )master\w*"
    r"|(?:dipl[oô]me\s+d['’e]\s*)?(?:écoles?|ecoles?)\s+(?:supérieure\s+)?d['’e]\s*(?:ing[ée]nieurs?|commerce)"
)
_BACHELOR = (
    r"\b(?:bachelor['’´`]?s?(?:['’](?=\s))?(?:[- ](?:level )?degrees?)?(?:\s+of\s+(?:science|arts|engineering|technology|business))?|baccalaureate\b(?:\s+degree)?|bachelor\w*abschluss\w*"
    r"|(?:b[․.]\s?s[․.]?c?|b[․.]\s?sc|bsc|b[․.]a[․.]?|b[․.]\s?tech|btech|b[․.]\s?eng|beng|b[․.]e|b[․.]com|bcom|bca|bba)\b[․.]?(?:['’]s)?(?:\s+\(?hons\)?)?(?:\s+degrees?)?|(?:undergraduate|university|college|universitäts|four[- ]year|4[- ]year)\s+(?:level\s+)?(?:degrees?|education|diploma|qualification)\b"
    r"|undergraduate\b(?=\s*[,/]\s*(?:graduate|master|post))|undergraduate\b(?=\s+(?:or\s+(?:graduate|master)|in\s+(?:comp|engin|math|sci)))|bac\s?\+\s?[34](?![0-9])(?:\s*(?:/|à|ou|-)\s*(?:bac\s?\+\s?)?[45])?|licence\b(?=\s+(?:pro|en\b|universitaire|ou|informatique|d[e']))|\w*(?:hochschul|fachhochschul|universitäts|uni-?)-?(?:abschluss|studium|ausbildung)\w*"
    r"|(?:abgeschlossene[snr]?|abgeschlossenem|erfolgreiche[srn]?|technische[srn]?|wissenschaftliche[srn]?|betriebswirtschaftliche[srn]?|wirtschaftswissenschaftliche[srn]?|naturwissenschaftliche[srn]?|akademische[srn]?|relevante[srn]?|einschlägige[srn]?)\s+(?:\w+(?:es|e|er|em)?\s+)?(?:\w*studium\w*|studienabschluss|hochschul\w*|abschluss\s+(?:in|im|eines)\s+\w*studi\w*)"
    r"|studium\b(?=\s+(?:der|des|im|in|mit|\(|oder|bzw|z․|an)\b)|akademische[rn]?\s+abschluss\w*|studienabschluss\w*|(?:título|titulación|grado|carrera|formación|licenciatura|estudios)\s+(?:\w+\s+)?(?:universitari[oa]s?|de ingenier\w+)\b|(?:titulación|estudios)\s+superior(?:es)?\b|grado\s+en\b|licenciatura\b|licenciad[oa]s?\b"
    r"|ingeniería\s+(?:en|de|técnica|superior|inform|indust|civil|eléc|mec)\w*|carrera\s+(?:en|afín|técnica|de (?:ingenier|licenc))\w*|titulación\s+en\b|título\s+(?:en|de\s+grado|oficial)\b|egresad[oa]s?\b|titulad[oa]\b|diplom(?:é|ée)\s+d['’]une?\s+(?:école|université))"
    r"|\w*studium\b(?=\s*[,(/])"
)
_GENERIC = r"\b(?<!360 )(?<!360-)(?:technical\s+|stem\s+|quantitative\s+|relevant\s+|related\s+|accredited\s+|engineering\s+|science\s+|law\s+|cs\s+|computer science\s+|academic\s+)*(?:degrees?|(?<=academic )background(?=\s+in\b))\b(?!\s+(?:of\s+(?!science|arts|engineering)|program|view|celsius|to which))"
_LOWER = r"\b(?:(?:associate['’]?s?(?:['’]s)?|two[- ]year|2[- ]year|foundation)(?:\s+degrees?|(?=\s*(?:or|/)\s*bachelor))(?:\s+degrees?)?|(?:high|secondary)[- ]school\s+(?:diploma|degree|education)|ged\b|bac\s?\+\s?2\b|bts\b|dut\b|grado superior\b|t[ée]cnico superior\b|ciclo formativo\b|[\w-]*ausbildung(?=\s+(?:\S+\s+){0,4}oder\s))"
_LAW = r"\bj[․.]\s?d\b[․.]?|\bjuris doctor(?:ate)?\b|\bɉd(?=\s*(?:degree|or\b|from\b|/|,|required|and\b))"
"""A law degree follows a first degree; the codebook has no level of its own for it."""
_MENTION = re.compile(
    rf"(?P<lower>{_LOWER})|(?P<phd>{_PHD})|(?P<master>{_LAW}|{_MASTER})|(?P<bachelor>{_BACHELOR})|(?P<generic>{_GENERIC})"
)
_QUALIFIED = re.compile(
    rf"(?P<lower>{_LOWER})|(?P<master>\b(?:advanced|graduate|post-?graduate|(?<!or )higher)\s+(?:academic\s+|university\s+|technical\s+|quantitative\s+|level\s+)?degrees?\b|\badvanced academic degrees?)"
    r"|(?P<bachelor>\b(?:undergraduate|university|college|four[- ]year|4[- ]year)\s+(?:level\s+)?degrees?\b)"
)
"""Degrees that an adjective before the word "degree" tells the level of."""
# Two capital letters are degrees only in capitals, and only where a degree can stand.
_CAPITALS = re.compile(
    r"(?:(?<![\w-])|(?<=[Pp]ost-))(?P<bachelor>B[SAE]|BSEE|BSCS|BEng)(?=\s*(?:/|,|\)|\(|or\b|and\b|in\s|degrees?\b|&|\+|[-–]|w/|with\b|required|preferred|from\b|from|;|․|\.|$|\n))"
    r"|(?<![\w-])(?P<master>M[SE]|MSEE|MSCS)(?=\s*(?:/|,\s*(?:or|and|Ph|P)|\)|or\b|and\s(?:Ph|\d)|in\s+(?:[A-Z(]|a\b|an\b|any|comp|data|stat|related|relevant|machine|engin|quant)|degrees?\b|required|preferred|with\b|\+|$|;|\.))"
    r"|(?<=B[AS]/)(?P<master2>MA|M[SE])|(?<=B[AS] or )(?P<master3>MA|M[SE])|(?<![\w-])(?P<master4>MA)(?=\s*/\s*(?:MS|PhD|MBA))"
)
_NO_MS = re.compile(
    r"^\s*(?:Office|Excel|SQL|Word|Teams|Azure|Power|Dynamics|Access|Project|Windows|Outlook|Fabric|365|SharePoint)"
)

_PREFERRED_AFTER = re.compile(
    r"\b(?:preferred|prefered|a\s+(?:big\s+|huge\s+|strong\s+|definite\s+|real\s+)?plus|is\s+(?:an?\s+)?(?:big\s+)?(?:plus|bonus|asset|advantage)|as\s+an?\s+(?:plus|bonus|advantage)|(?:is|are|would be|highly)\s+(?:preferred|desirable|desired|beneficial|ideal|advantageous|helpful|great|welcome|nice)|nice[- ]to[- ]haves?|good to have|desirable|desired|advantageous|optional|an? (?:added |strong |distinct )?(?:advantage|asset|bonus)|bonus(?: points)?|beneficial|not required but|but not required|helpful|ideal(?!ly)|or ideally|strongly considered"
    r"|wünschenswert|von vorteil|gerne gesehen|ein plus|idealerweise|souhaité\w*|apprécié\w*|serait un (?:plus|atout)|est un (?:plus|atout)|un plus|deseable|valorable|se valorará\w*|preferible\w*|preferentemente|no (?:es )?imprescindible)"
)
_PREFERRED_BEFORE = re.compile(
    r"\b(?:preferably|preferred(?:\s+(?:qualifications?|education|degrees?))?\s*[:–-]?|prefer|preference (?:for|given to|will be given to)|ideally|ideal candidates?\b[^.]{0,40}|nice[- ]to[- ]haves?\s*:?|bonus(?: points)?(?: (?:if|for))?\s*:?|plus\s*:|(?<=\()plus\)|pluses\s*:?|desired\s*:?|desirable(?!\s+candidate)\s*:?|optional\s*:?|good to have|great if|even better|you may (?:also )?have|would love|extra points|"
    r"idealerweise|gerne|wünschenswert\s*:?|vorzugsweise|bevorzugt|idéalement|de préférence|preferentemente|idealmente|deseable\s*:?|se valorará\w*|preferible\w*)[^.;]{0,60}$"
)
_FIELD_CUE = re.compile(
    r"\b(?:preferably|ideally|idealerweise|vorzugsweise|idéalement|de préférence|preferentemente|preferiblemente)\b"
)
_REQUIRED_CUE = re.compile(
    r"\b(?:required|mandatory|must|minimum|is a must|zwingend|vorausgesetzt|exigé|requis|imprescindible|obligatorio)\b"
)

_NOT_NEEDED = re.compile(
    r"\b(?:no|without(?: a)?|not (?:a |need a |require a )?|don['’]t (?:need|require|care)[^.]{0,25}|(?:isn['’]t|not|aren['’]t) (?:need|requir)\w*[^.]{0,25}|regardless of[^.]{0,30}|rather than[^.]{0,15}|over|more than|never mind|irrespective of[^.]{0,20}|doesn['’]t matter[^.]{0,20}|with or without[^.]{0,10}|instead of|beyond|keine?n?|sans|sin|ohne)\s+(?:(?:formal|college|university|specific|particular|advanced|traditional|cs|fancy|prior|the|a|your|academic|any|minimum|need\w*|for|of|bachelor['’]?s?|bachelor)\s+){0,4}$"
)
_NOT_NEEDED_AFTER = re.compile(
    r"^\W{0,3}(?:in [^.,;]{0,50})?(?:\s*(?:is|are)?\s*(?:not|never|n['’]t)\s+(?:strictly |always |necessarily |a |absolutely )?(?:required|necessary|needed|mandatory|essential|requirement|must|a must|important|everything))|^\W{0,3}(?:isn['’]t|aren['’]t|doesn['’]t|don['’]t)\b|^[^.;]{0,20}\boptional\b"
)
_NOT_OURS = re.compile(
    r"\b(?:copilot|chatgpt|our (?:\w+ ){0,3}(?:founder|team|engineer|scientist|researcher|staff|people|colleague|employee|advisor|leadership|cofounder|co-founder|group|ceo|cto|talent|members?|authors|faculty|network|experts)|we are (?:a |an )|we['’]re (?:a |an )|(?:team|group|collective|mix|network|community|bunch|crew) (?:of|is|includes|made|consists)|founded by|co-?founded|founders?|led by|backed by|run by|alongside|include[sd]? (?:\w+ )?(?:former|ex-)|tuition|reimburse\w*|sponsor\w*|scholarship|mentor(?:ing)?|supervis\w+|interns?\b[^.]{0,15}with|hire[sd]?|recruit\w*|among|colleagues|peers|employees|customers|students? (?:earn|get)|(?:he|she) (?:holds|has|earned|completed|received)|earned (?:his|her|their)|surrounded by|discount|support (?:for|you)|pursue|earn (?:a|your)|obtain|complete a|"
    r"unser(?:e|em)? (?:team|gründer)|notre équipe|nuestro equipo)\b[^.:;]{0,110}$"
)
_WITH_OTHERS = re.compile(
    r"\b(?:collaborat\w+|work(?:ing)?(?: closely| alongside| side by side)?|partner\w*) with\b[^.:;a-z]{0,45}$"
)
_CANDIDATE = re.compile(
    r"\b(?:you(?:['’]ve| have| hold| are|['’]re| bring| possess| completed| should have| must have| will have)|currently|actively|pursuing|enrolled|completing|working towards?|studying|must have|candidates?)\b[^.;]{0,80}$"
)
_PURSUING = re.compile(
    r"\b(?:currently|actively|pursu\w+|enrolled|completing|working towards?|studying|obtaining|complete)\b[^.;]{0,80}$"
)
_STUDENT_COMPANY = re.compile(
    r"\b(?:degree|study|studies|education|learning)\s+(?:support|assistance|reimbursement|sponsorship|program\w*|apprenticeship)"
)
_EQUIVALENT = re.compile(
    r"\b(?:in lieu of\b|equivalent\s+(?:\w+[\s/-]+){0,3}?(?:experience|exposure|work|background|combination|skills|expertise|knowledge|depth|qualifications?\s+(?:and|or)|demonstrated|practical|professional|industry|training|self)"
    r"|(?:or|and/or)\s+(?:an?\s+|the\s+|be\s+|have\s+)?(?:equivalent|equivalence|equal|equivalents)(?!\s+in\b)(?!\s*(?:\w+\s+){0,2}?(?:field|degree|discipline|major|subject|area|program|course|technical field|qualification in|quantitative|stem))"
    r"|or\s+(?!\d+\+?\s+years[^.;]{0,30}\bwith an? (?:p\.?h|doct|mast|advanced))(?:(?:an?|the|other|relevant|related|similar|comparable|commensurate|practical|professional|demonstrated|demonstrable|proven|significant|substantial|extensive|equivalent|hands[- ]on|work|working|industry|real[- ]world|strong|direct|deep|applicable|prior|previous|technical|job|military|business|solid|life|lived|self-taught|additional|years? of|\d+\+?(?:\s*[-–]\s*\d+)? (?:additional |more )?years?(?: of)?|commercial|on-the-job|production|research|clinical)[\s,/-]+){1,6}(?:experience|background|track record|expertise|work history|career|skills)\b"
    r"|or\s+self[- ]taught|or experience\b|experience (?:in lieu|accepted|may (?:be )?substitut\w*|can substitute|considered)|may be substituted|combination of (?:relevant )?(?:education|training|degree|academic|study)"
    r"|or\s+(?:a\s+)?(?:proven|demonstrated|demonstrable)\s+(?:ability|proficiency|competence|success)|or (?:bootcamp|boot camp|coding)|or the equivalent\b"
    r"|oder\s+(?:eine?n?\s+)?(?:vergleichbar|gleichwertig|ähnlich|entsprechend|äquivalent)\w*\s*(?!\w*(?:studien|fach))|vergleichbare\s+(?:qualifikation|berufserfahrung|ausbildung|erfahrung)|ou\s+(?:une?\s+)?(?:expérience|équivalent\w*)"
    r"|[oó]\s+(?:experiencia|equivalente))|/\s*equivalent(?!\s+(?:field|degree|disc))"
)
_EQUIVALENT_BEFORE = re.compile(
    r"\b(?:experience|background|expertise|skills)\b[^.;]{0,120}\bor\s+(?:an?\s+)?(?:\w+\s+){0,2}$|\b(?:equivalent|relevant|practical) (?:\w+ )?experience (?:or|/) (?:an? )?(?:\w+ ){0,2}$"
)
_LIEU = re.compile(
    r"\bin lieu of (?:a |the |your )?(?:\w+ ){0,3}(?:degree|education|bachelor|diploma)|\b(?:instead of|substitute[sd]? for|in place of) (?:a |the )?(?:\w+ ){0,2}(?:degree|bachelor)"
)
_CONNECTOR = re.compile(
    r"^(?:[\s,/&(]|or\b|and\b|and/or\b|oder\b|und\b|bzw․?|ou\b|et\b|o\b|y\b|-|–|a\b|an\b|degrees?|['’]s?|even\b|higher\b|better\b|a completed\b|completed\b|your\b|level\b)*$"
)
_BREAK = re.compile(r"[;(—]|\s[–-]\s|,\s*(?!(?:or|and|oder|ou|o|y|und|et)\b)[^,;]{0,40}$|\.\s")


@dataclass(slots=True)
class _Mention:
    rank: int
    start: int
    end: int
    is_generic: bool = False
    is_plural: bool = False


@dataclass(slots=True)
class Verdict:
    """What the mentions read so far say of one posting, and the words that said it."""

    required: int = 0
    required_generic: bool = False
    preferred: int = 0
    is_preferred_said: bool = False
    """The wish is said of the degree itself, not only by the heading of its part."""
    is_equivalent: bool = False
    names_phd: bool = False
    required_words: str | None = None
    preferred_words: str | None = None
    equivalent_words: str | None = None
    phd_words: str | None = None


def _at(text: str, lowered: str, hit: int) -> re.Match[str] | None:
    """The degree that begins at an anchor: six anchors in ten are "TEAMS", "based" or "master the art"."""
    if text[hit] in "anoi":
        return _MENTION.match(lowered, hit) or (_MENTION.match(lowered, hit - 1) if hit else None)
    if hit and lowered[hit - 1].isalnum():
        return None
    if text[hit] in "BM" and text[hit + 1].isalnum() and not text[hit + 2 : hit + 3].isalnum():
        return _CAPITALS.match(text, hit)
    return _MENTION.match(lowered, hit) or _CAPITALS.match(text, hit)


def _matches(item: str, lowered: str, hits: Sequence[int] | None) -> Iterator[re.Match[str]]:
    """Degrees in the item: looked for at the anchors `hits` (character positions), everywhere where `hits` is null."""
    if hits is None:
        yield from _MENTION.finditer(lowered)
        yield from _CAPITALS.finditer(item)
        return
    end = 0
    for at in hits:
        if at < end:
            continue
        match = None
        if item[at] in "dD":
            match = _QUALIFIED.search(lowered, max(end, at - 45), at + 16)
            match = match if match and match.start() < at < match.end() else None
        match = match or _at(item, lowered, at)
        if match:
            end = match.end()
            yield match


def _mentions(item: str, lowered: str, hits: Sequence[int] | None = None) -> list[_Mention]:
    found: list[_Mention] = []
    for match in _matches(item, lowered, hits):
        kind = (match.lastgroup or "").rstrip("234")
        words = match.group().lower()
        if match.re is _CAPITALS:
            is_microsoft = kind == "master" and bool(_NO_MS.match(item[match.end() :]))
            if is_microsoft or any(m.start <= match.start() < m.end for m in found):
                continue
        if kind == "lower":
            found.append(_Mention(0, match.start(), match.end()))
        elif kind == "generic":
            found.append(_Mention(1, match.start(), match.end(), is_generic=True, is_plural=words.endswith("s")))
        else:
            plural = kind == "phd" and words.rstrip("․.").endswith("s") and "doctor" not in words
            found.append(_Mention(_RANK[kind], match.start(), match.end(), is_plural=plural))
    found.sort(key=lambda m: m.start)
    return found


def _groups(item: str, mentions: list[_Mention]) -> list[list[_Mention]]:
    groups: list[list[_Mention]] = []
    for mention in mentions:
        if not groups:
            groups.append([mention])
            continue
        between = item[groups[-1][-1].end : mention.start]
        aside = item[mention.end : (item.find(")", mention.end) + 1 or len(item))] if "(" in between else ""
        if _CONNECTOR.match(between) and not _PREFERRED_AFTER.search(aside):
            groups[-1].append(mention)
        elif (
            _BREAK.search(between)
            or _PREFERRED_AFTER.search(between)
            or _PREFERRED_BEFORE.search(between)
            or _REQUIRED_CUE.search(between)
        ):
            groups.append([mention])
        else:
            groups[-1].append(mention)
    return groups


_NOT_STRICTLY = re.compile(
    r"\((?:but |though |is )*not (?:strictly |absolutely |always |necessarily )?(?:required|necessary|mandatory|needed)\)"
)
_WISHED_FIELD = re.compile(r"^\s*,\s*(?:(?!in\b|is\b|or\b)[a-z/&]+\s+){1,4}(?:preferred|a plus)\b")
"""A field after a comma: "Bachelor's or master's degree, computer science preferred" asks for the degree."""
_WISHED_AT_END = re.compile(
    r"^[^.;]{0,140}\((?:strongly |highly )?(?:preferred|desired|optional|ideal|a plus|a bonus|nice to have)\)[\s.]*$"
)
_LISTED_PAY = re.compile(r"\d\+?\s*$|[$€£]\s?\d[^.]{0,20}\bfor\s*(?:a\s*)?$")
_AFTER_PLURAL = re.compile(r"\s+(?:in|or|and|preferred|required|with \d)\b")
_AS_LEVEL = re.compile(r"[- ]?level\b(?! (?:degree|education))")
_FIRMLY = re.compile(r"\b(?:required|is a must|mandatory)\b")
_DEMAND = re.compile(r"\d(?<!\bor \d)(?<!or at least \d)(?<![\d+–-]\d)[\d–+ -]{0,5}\s*(?:years|yrs)")
_YEARS_BEFORE = re.compile(r"\byears?\b[^.;]{0,120}\bor\s+(?:an?\s+)?$|\bor \d+\+? years[^.;]{0,60} with an?\s*$")
_YEARS_AFTER = re.compile(r"^\W{0,8}(?:and|with|\+)?\W{0,2}\d+\+?\s*years")
_YEARS = re.compile(r"\d[\d–+ -]{0,5}\s*(?:years|yrs)")


def _is_qualification(item: str, group: list[_Mention], before: str, after: str) -> bool:
    """Whether the degrees are asked of the candidate: not those of the team, not declared needless, no benefit or scale."""
    start, end = group[0].start, group[-1].end
    if _NOT_NEEDED.search(before) or (_NOT_NEEDED_AFTER.match(after) and not _PREFERRED_AFTER.search(after[:80])):
        return False
    if _STUDENT_COMPANY.search(item[start : end + 30]) and not _PURSUING.search(before):
        return False
    others = _NOT_OURS.search(item[:start]) or _WITH_OTHERS.search(item[:start])
    if _of_staff(before, after) or (others and not _CANDIDATE.search(item[:start])):
        return False
    are_people = len(group) == 1 and group[0].is_plural and not group[0].is_generic and not _AFTER_PLURAL.match(after)
    return not (are_people or _LISTED_PAY.search(before) or _AS_LEVEL.match(after))


def _wish(before: str, after: str, *, has_next: bool, in_wishes: bool) -> tuple[bool, bool]:
    """Whether the degrees are only wished for, and whether their own words say so rather than a heading."""
    if _NOT_STRICTLY.search(after[:160]) or (not has_next and _WISHED_AT_END.search(after)):
        return True, True
    field_cue = _FIELD_CUE.search(after)
    tail = after[: field_cue.start()] if field_cue and _names_field(after[field_cue.end() :]) else after
    years = _YEARS.search(tail)
    tail = tail[: min(200, years.start() if years else 200)]
    aside = tail.find("(")
    if aside > 3:
        tail = tail[:aside]
    said = _PREFERRED_AFTER.search(tail)
    if said and _FIRMLY.search(tail[: said.start()]):
        said = None
    if said and _WISHED_FIELD.match(tail):
        said = None
    if said and has_next and _leads_next(tail, said):
        said = None
    if said:
        return True, True
    if in_wishes:
        return not re.search(r"\brequired\b", after), False
    return bool(_PREFERRED_BEFORE.search(before)) and not _FIRMLY.search(after[:40]), True


def _is_shortcut(before: str, after: str) -> bool:
    """Whether the degree only shortens the years asked: "6 years, or a PhD and 3 years"."""
    early = _YEARS_BEFORE.search(before)
    return bool(early) and (early.group().lower().startswith("or") or bool(_YEARS_AFTER.match(after)))


def _require(
    item: str, lowered: str, group: list[_Mention], ranks: list[int], before: str, words: str, verdict: Verdict
) -> None:
    lowest, start = min(ranks), group[0].start
    is_generic = all(mention.is_generic for mention in group)
    takes = (
        verdict.required_words is None
        or (verdict.required_generic and not is_generic)
        or (is_generic == verdict.required_generic and lowest < verdict.required)
    )
    if takes:
        verdict.required, verdict.required_words, verdict.required_generic = lowest, words, is_generic
    if lowest > 0:
        rest = lowered[start:]
        demand = _DEMAND.search(rest)
        match = _EQUIVALENT.search(rest)
        if match and demand and match.start() > demand.start():
            match = None
        if match:
            verdict.is_equivalent, verdict.equivalent_words = True, item[start + match.start() : start + match.end()]
        elif before == lowered[:start] and (match := _EQUIVALENT_BEFORE.search(before)):
            verdict.is_equivalent, verdict.equivalent_words = True, item[match.start() : match.end()]


def _read_item(item: str, lowered: str, hits: Sequence[int] | None, *, in_wishes: bool, verdict: Verdict) -> None:
    groups = _groups(lowered, _mentions(item, lowered, hits))
    for n, group in enumerate(groups):
        end = group[-1].end
        before = lowered[groups[n - 1][-1].end if n else 0 : group[0].start]
        after = lowered[end : groups[n + 1][0].start if n + 1 < len(groups) else len(item)]
        if not _is_qualification(lowered, group, before, after):
            continue
        words = item[group[0].start : end + min(len(after), 60)]
        ranks = [mention.rank for mention in group if not mention.is_generic] or [mention.rank for mention in group]
        if max(ranks) == 3:
            verdict.names_phd = True
            verdict.phd_words = verdict.phd_words or words
        is_wished, is_said = _wish(before, after, has_next=n + 1 < len(groups), in_wishes=in_wishes)
        if not is_wished and not 0 < min(ranks) < verdict.required and _is_shortcut(before, after):
            continue
        if not is_wished:
            _require(item, lowered, group, ranks, before, words, verdict)
        elif max(ranks) > verdict.preferred:
            verdict.preferred, verdict.preferred_words = max(ranks), words
            verdict.is_preferred_said = verdict.is_preferred_said or is_said


_OUR = re.compile(r"\bour\s+$")
_STAFF = re.compile(r"^\W{0,2}\s*(?:co-?founders?|founders?|advisors?|colleagues|staff\b)")


def _of_staff(before: str, after: str) -> bool:
    """Whether the degree is that of the employer's own people: "our PhD founders"."""
    return bool(_STAFF.match(after)) or bool(_OUR.search(before))


def _names_field(words: str) -> bool:
    """Whether "ideally …" goes on to name a field ("in computer science") rather than a higher degree."""
    return not _MENTION.search(words[:60])


def _leads_next(tail: str, cue: re.Match[str]) -> bool:
    """Whether the cue between two degrees belongs to the second one: "BS required, preferred: MS"."""
    return bool(re.match(r"\s*:", tail[cue.end() :])) or cue.group().lower() in {"ideal", "or ideally", "idealerweise"}


def _items(text: str, hits: Sequence[int] | None) -> Iterator[tuple[int, int, list[int] | None]]:
    """Where the lines and sentences of a piece begin and end, and the hits in each; those without hits are left out."""
    starts, ends = [0], []
    for match in _SPLIT.finditer(text):
        start, end = match.span()
        ends.append(start + 1)
        starts.append(end)
    ends.append(len(text))
    if hits is None:
        yield from ((start, end, None) for start, end in zip(starts, ends, strict=True))
        return
    for number, held in groupby(hits, key=lambda hit: bisect_right(starts, hit) - 1):
        start, end = starts[number], ends[number]
        if within := [hit - start for hit in held if hit < end]:
            yield start, end, within


def _lower(text: str) -> str:
    if not any(degree in text for degree in ("MSc", "Msc", "MSC", "JD")):
        return lower(text)
    return lower(_SPELLED.sub(lambda degree: _KEPT[degree[0][0]] + degree[0][1:], text))


_KEPT = {"M": "ɱ", "J": "ɉ"}


def _without_dots(text: str, *, is_foreign: bool) -> str:
    pairs = _DOTTED_AFTER
    if is_foreign:
        pairs += _DOTTED_GERMAN
    if _INNER_DOT.search(text):
        pairs = _DOTTED_WITHIN + pairs
    for word, dotless in pairs:
        text = text.replace(word, dotless)
    return text


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Read the degree fields: `degree_min`, `degree_equivalent`, `degree_preferred`, `phd_mentioned`, same height and order.

    Null where there is no text, and in languages that are not read. With `explain`, `<field>_span` holds the words
    each value rests on.
    """
    found: list[tuple[Window, tuple[int, ...] | None]] = []
    if (english := texts_in(postings, "en")) is not None:
        near = windows(english, ENGLISH, before=BEFORE, after=AFTER, is_exact=True, gates=GATES)
        found += [(window, window.hits) for window in near]
    if (foreign := texts_in(postings, *(language for language in READ_LANGUAGES if language != "en"))) is not None:
        found += [(window, None) for window in windows(foreign, FOREIGN, before=BEFORE, after=AFTER)]
    parts = sections(postings["text"])
    verdicts: dict[int, Verdict] = {}
    for row, pieces in groupby(found, key=lambda piece: piece[0].row):
        verdict = Verdict()
        lieu = None
        for window, hits in pieces:
            text = window.text
            lowered = _lower(text)
            if hits is not None and not any(_at(text, lowered, hit) for hit in hits):
                continue
            if "." in text and (dotless := _without_dots(text, is_foreign=hits is None)) is not text:
                text, lowered = dotless, _lower(dotless)
            if "lieu" in text or "instead" in text or "substitut" in text:
                found_lieu = _LIEU.search(lowered)
                lieu = lieu or (text[found_lieu.start() : found_lieu.end()] if found_lieu else None)
            for at, end, within in _items(text, hits):
                byte = window.start + len(text[: (at + end) // 2].encode())
                in_wishes = parts.is_preferred(row, byte)
                _read_item(text[at:end], lowered[at:end], within, in_wishes=in_wishes, verdict=verdict)
        if verdict.preferred <= verdict.required and not verdict.is_preferred_said:
            verdict.preferred, verdict.preferred_words = 0, None
        if lieu and verdict.required > 0:
            verdict.is_equivalent, verdict.equivalent_words = True, lieu
        verdicts[row] = verdict
    readable = is_readable(postings["language"]) & (postings["text"].str.len_bytes() > 0)
    return _columns(postings.height, readable.to_list(), verdicts, explain)


def _shown(words: str | None) -> str | None:
    return words.replace("․", ".").strip() if words else None


def _columns(height: int, readable: list[bool], verdicts: dict[int, Verdict], explain: bool) -> pl.DataFrame:
    nothing = Verdict()
    rows = [verdicts.get(row, nothing) if is_read else None for row, is_read in enumerate(readable)]
    columns = {
        "degree_min": pl.Series([None if v is None else _LEVEL[v.required] for v in rows], dtype=pl.String),
        "degree_equivalent": pl.Series(
            [None if v is None else v.is_equivalent and v.required > 0 for v in rows], dtype=pl.Boolean
        ),
        "degree_preferred": pl.Series([None if v is None else _LEVEL[v.preferred] for v in rows], dtype=pl.String),
        "phd_mentioned": pl.Series([None if v is None else v.names_phd for v in rows], dtype=pl.Boolean),
    }
    if explain:
        words = {
            "degree_min_span": [v.required_words if v and v.required else None for v in rows],
            "degree_equivalent_span": [
                v.equivalent_words if v and v.is_equivalent and v.required else None for v in rows
            ],
            "degree_preferred_span": [v.preferred_words if v else None for v in rows],
            "phd_mentioned_span": [v.phd_words if v else None for v in rows],
        }
        columns |= {name: pl.Series([_shown(w) for w in values], dtype=pl.String) for name, values in words.items()}
    assert all(len(series) == height for series in columns.values())
    return pl.DataFrame(columns)
