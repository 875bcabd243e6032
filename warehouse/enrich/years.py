"""How many years of experience a posting asks for overall."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from warehouse.enrich.windows import Sections, Window, lower, sections, texts_in, windows

FIELDS = ("years_min",)

ANCHORS: dict[str, tuple[str, ...]] = {
    "en": (
        "year",
        "Year",
        "YEAR",
        "yrs",
        "Yrs",
        "YRS",
        "yr ",
        "YoE",
        "YOE",
        "yoe",
        "months of",
        "months’ exp",
        "months' exp",
        "months experience",
    ),
    "de": ("jahr", "Jahr", "jähr", "year"),
    "fr": (" ans", "ans ", "année", " an ", " an\n", " an,", " an.", " an)", "year"),
    "es": ("año", "AÑO", "year"),
}
"""What a number of years ends with, by language, in the cases it is written in."""
BEFORE, AFTER = 150, 170
MOST_YEARS = 20
"""More than this is the age of a company, never a demand."""

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15,
    "ein": 1, "eine": 1, "einem": 1, "ersten": None, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "zehn": 10,
    "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "dix": 10,
    "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "diez": 10,
}  # fmt: skip
_WORD = "|".join(sorted((word for word, value in _WORDS.items() if value), key=len, reverse=True))
_ONE = rf"(?:\d{{1,2}}(?:[.,]5)?(?![\d%])|(?:{_WORD})(?:\b|(?=jähr)))"
_SPAN = (
    r"(?:\s*\(\s*(?P<paren>\d{1,2})\s*\+?\s*\)|\s*\((?:but|or|and|ideally|preferably)[^()\d]{0,24}\))?\s*(?:\+|plus\b|or more\b)?"
    rf"(?:\s*(?:-|–|—|‑|‐|to|or|and|through|bis|oder|und|à|et|ou|a|o|y|/|~)\s*(?P<high>{_ONE})(?:\s*\(\s*\d{{1,2}}\s*\))?)?\s*(?:\+|plus\b|or more\b|\(\+\)|und mehr\b|ou plus\b|o más\b)?\s*[-‑]?\s*"
    r"(?:full |whole |solid |consecutive |complete |minimum |or more |\(?min\.?\)? |más |volle |overall )?(?P<unit>years?|yrs?\b|yoe\b|months?|jahre?n?|jährige[rnsm]?|ans?\b|années?|años?|year\(s\))(?P<apostrophe>['’]s?|\(s\))?"
)
_NUMBER = re.compile(rf"(?=[\dotfsendzvuc])(?<![\w$€£,/#])(?<!\d\.)(?P<low>{_ONE}|1 [0-9](?=\s*\+)){_SPAN}")
_FIGURE = re.compile(rf"(?P<low>\d(?<![\w$€£,/#]\d)(?<!\d\.\d)(?:\d?(?:[.,]5)?(?![\d%])|(?<=1) [0-9](?=\s*\+))){_SPAN}")
"""The same where no number is written as a word: it begins with a digit, which is looked for five times as fast."""
_EXPERIENCE = re.compile(
    r"\b(?:experience|experienced|exp\b|expertise|background|track record|career|erfahrung\w*|berufserfahrung|praxis\w*|expérience|experiencia|yoe|berufspraxis|tätigkeit|seniority|practice|practical|post[- ]qualif\w*|pqe)"
)
_GOES_ON = re.compile(
    r"^\W{0,3}\s*(?:of\s+)?(?:(?:full[- ]time|hands[- ]on|professional|relevant|progressive|proven|direct|post[- ]?\w+|industry|work|software|solid|strong|total|combined|prior|demonstrated|commercial|practical|recent|related|applied|production|real[- ]world|technical|overall|applicable)[\s,/-]+)*"
    r"(?:in\b|as\b|with\b|within\b|working|building|designing|developing|leading|managing|programming|coding|writing|applying|using|shipping|running|doing|delivering|spent|at\b|across|on\b|operating|owning|creating|engineering|supporting|selling|driving|deploying|training|teaching|scaling|architecting|software|experience|\w+ing\b|of\b|minimum|required|full|hands|professional|post)"
)
_ASKED_BEFORE = re.compile(
    r"(?:at least|minimum(?: of)?|min\.?|you have|you['’]ve (?:got|spent|worked|been|had)|have|with|bring|possess|requires?|must have|over|more than|mindestens|wenigstens|au moins|al menos|mínimo(?: de)?|least|typically|usually|around|approximately|~|≥|>=|>|spent|skillset|qualifications?:?|need|:|-|•|·|experience of|preferably|(?:engineer|developer|scientist|analyst|designer|manager|leader|architect)s? \()\s*(?:a\s+)?(?:the\s+)?$"
)
_NOT_ASKED_AFTER = re.compile(
    r"^\W{0,2}\s*(?:old|ago|in a row|running|in business|of age|and (?:older|above)\b(?! of)|or older|of (?:employment|tenure|service|continuous|funding|runway|history|growth|paid|parental|vesting|age|innovation|age\b|operation|joining|operating|hypergrowth|leave|stability)|later|after|contract|warranty|term|fixed|anniversar|cliff|vest|from now|running|straight|in the (?:company|making)|into|since|plan|roadmap|horizon|guarantee|running|we['’]ve|we have|earlier|and counting|subscription|holiday|program\b|degree|college|university|diploma|post[- ]graduation|apprenticeship|alt\b|jung\b|garantie|\w*ausbildung|\w*studium|lehre\b|befrist|laufzeit|elternzeit|de garantie|d['’]existence|de edad|de antigüedad|de trayectoria de|lang\b|of (?:college|university|undergraduate|study|studies|high school))"
)
_NOT_ASKED_BEFORE = re.compile(
    r"(?:(?:last|past|next|coming|previous|first|every|each|recent|following|another|within|after|vest(?:ed|ing|s)? over|over a|established|for nearly|for almost|letzten|nächsten|kommenden|vergangenen|seit|nach|derni[eè]re?s|prochaine?s|depuis|últimos|próximos|desde hace|hace|ces|in just|in only|just over|in under|less than|only|aged|age of|grown|sabbatical (?:after|every)|for over|for more than|since|combined|built (?:up)?on|building on|drawing on|resulting from|the result of|(?:/|per |a )year for)\s+(?:the\s+|over\s+|about\s+|around\s+|approximately\s+|~\s*|mindestens\s+|mehr als\s+|über\s+|plus de\s+|más de\s+)?|\b(?:cdd|contrat|durée|stage|alternance|formation|préavis)\b[^.;\n:]{0,20}|\b(?:duration|length|term)\s*:\s*|\b(?!you\b|(?:you|who|we)['’]ve\b|have\b|who\b|and\b|or\b|also\b|already\b)[\w’'-]+ (?:has |had )?spent\s+(?:over |more than |nearly |almost |the )?|[$€£]\s?\d[^.;\n]{0,24}\bin (?:just |only |under |about |less than )?|\b(?:revenue|growth|growing|raised|funding|company|team|we(?:['’]ve)?(?!\w|['’]re| are (?:looking|seeking|searching|hiring|recruiting)| look| seek| need| require| want| hire| expect)|our(?! (?:ideal|qualif|require))|has been|have been|with over|boasts?|brings? over|collective|decade|backed|founded|history|wir|unser\w*|notre|nous|nuestr\w+|somos)\b[^.;\n:]{0,60})$"
)
_COMPANY = re.compile(
    r"\b(?:company|startup|start-up|firm|our (?:team|people|founders?|leadership)|we (?:have|are(?! (?:look|seek|search|hir|recruit))|bring|were)|has been|have been (?:in|around)|wir (?:sind|haben)|founders? (?:have|bring)|leadership team|led by)\b[^.\n]{0,70}$"
)
_WISHED_BEFORE = re.compile(
    r"\b(?:ideally|preferably),\s*(?:at least\s*)?$|\b(?:ideally|preferably|preferred(?! but not required):?|nice[- ]to[- ]haves?:?|bonus(?: points)?(?: (?:if|for))?:?|plus:|prefer(?!red but not required)|desired:?|desirable:?|idealerweise|wünschenswert:?|idéalement|idealmente|deseable:?|gerne|great if|even better)\b[^.;,\n]{0,28}$"
)
_WISHED_AFTER = re.compile(
    r"^[^.;,\n(]{0,90}?(?:(?:is|are|would be|will be)\s+(?:a\s+|an\s+)?(?:strong\s+|big\s+|huge\s+|definite\s+|added\s+)?(?:plus|bonus|preferred|desirable|advantage|ideal|asset|nice)|\b(?:strongly |highly |is )?preferred\b(?!\s+(?:in|but))|a\s+(?:strong |big |huge )?plus\b|\bnice to have|\bdesirable\b|\bdesired\b|wünschenswert|von vorteil|souhaité\w*|serait un plus|deseable|valorable)|^[^.;\n]{0,60}\((?:preferred|nice to have|a plus|desirable|ideally|bonus)\)"
)
_PART = re.compile(
    r"(?:\bincluding|\bof which|\bwith at least|\bwith a minimum of|\bplus|\band(?: at least)?|\bwith|\bdavon|\bdont|\bde los cuales|\bof those|\b(?:at least|minimum))\s*(?:at least\s*|a minimum of\s*|the (?:last|most recent)\s*)?$"
)
_MANAGING = re.compile(r"\b(?:manage(?:ment|d|r)?|managing|leadership|supervis\w+|people)\b")
_OR = re.compile(r"\bor (?:at least |minimum |a minimum of )?$")
_LIEU = re.compile(
    r"\b(?:in lieu of|instead of|without) (?:a |the )?(?:\w+ ){0,2}(?:degree|bachelor|education|diploma)"
    r"|\bif\b[^.]{0,40}\b(?:degree|diploma|education)\b[^.]{0,40}(?:n['’]t|\bnot) met\b"
)
_DEGREE = re.compile(
    r"bachelor|master['’]?s?\b|\bph\.?\s?d|\bb\.?s\.?c?\b|\bm\.?s\.?c?\b|advanced degree|graduate degree|doctora|\bdegree"
)
_STOP = re.compile(r"[\n•●▪;.\-–*·](?:(?<=[\n•●▪;])|(?<=[a-z)]\.)\s+(?=[A-Z\d])|(?<=\s[-–*·])\s(?=[A-Z\d]))")


@dataclass(slots=True)
class Demand:
    """A number of years with what surrounds it; `sentence` tells which numbers stand together."""

    years: float
    words: str
    sentence: tuple[int, int]
    is_part: bool
    is_alternative: bool
    is_managing: bool
    line: str


def _value(words: str) -> float | None:
    folded = words.replace(",", ".").replace(" ", "")
    if folded[0].isdecimal():
        return float(folded)
    return _WORDS.get(folded)


def _numbers(window: Window, lowered: str) -> list[re.Match[str]]:
    """The numbers that end at the window's anchors: they begin within 48 characters before one."""
    found: list[re.Match[str]] = []
    end = 0
    for hit in window.hits:
        if hit < end:
            continue
        start = max(end, hit - 48)
        near = lowered[start:hit]
        if not _COUNTING.isdisjoint(near.replace("-", " ").split()):
            pattern = _NUMBER
        elif _DIGIT.search(near):
            pattern = _FIGURE
        else:
            continue
        for match in pattern.finditer(lowered, start, hit + 14):
            found.append(match)
            end = match.end()
    return found


_DIGIT = re.compile(r"[0-9]")


_COUNTING = frozenset(word for word, value in _WORDS.items() if value)


_COMPANY_WORDS = re.compile(r"we[ ’']|company|start|firm|our |ha(?:s|ve) been|founder|leadership|led by|wir ")
_WISHES = (
    "plus",
    "prefer",
    "bonus",
    "desir",
    "nice",
    "ideal",
    "asset",
    "dvantage",
    "vorteil",
    "wünsch",
    "souhait",
    "esea",
    "alorable",
)
"""What a wish after the years cannot do without."""


def _names_company(before: str) -> bool:
    return bool(_COMPANY_WORDS.search(before))


def _is_wished(after: str) -> bool:
    return any(map(after.__contains__, _WISHES)) and bool(_WISHED_AFTER.match(after))


def _is_in_lieu(before: str) -> bool:
    return any(map(before.__contains__, ("lieu", "stead", "ithout", " met", "if "))) and bool(_LIEU.search(before))


def _is_about_others(before: str, after: str) -> bool:
    """Whether the years are the company's, a contract's or a benefit's and not asked of the candidate."""
    if _NOT_ASKED_AFTER.match(after) and not _STILL_EXPERIENCE.match(after):
        return True
    if _NOT_ASKED_BEFORE.search(before[-90:]) and not _OF_YOU.search(before):
        return True
    return _names_company(before) and bool(_COMPANY.search(before)) and not _OF_YOU.search(before)


_STILL_EXPERIENCE = re.compile(
    r"\W{0,2}\s*(?:of\s+)?(?:(?:post|continuous|product|data|research)\b.{0,40}|(?:(?!and\b)[\w/&+#.-]+\s+){1,4})experience\b(?! with (?:our|us)\b)"
)
_OF_EXPERIENCE = re.compile(r"['’]?\s*(?:of\s+)?(?:\w+[\s-]+){0,3}experience")
_IN_A_ROW = re.compile(r"\W{0,2}\s*(?:in|at) (?:a row|business|the us)\b")
_OF_YOU = re.compile(r"\byou\b[^.]{0,60}$|\b(?:must|candidate|require)\w*[^.]{0,50}$")


def _demands(window: Window, lowered: str, numbers: list[re.Match[str]], parts: Sections) -> Iterator[Demand]:
    text = window.text
    stops = [0, *[match.end() for match in _STOP.finditer(text)], len(text)]
    for match in numbers:
        years = _value(match["low"])
        if years is None:
            continue
        unit = match["unit"]
        begin = stops[bisect_right(stops, match.start()) - 1]
        end = stops[bisect_left(stops, match.end())]
        before, after = lowered[begin : match.start()], lowered[match.end() : end]
        if unit.startswith("month"):
            if not _OF_EXPERIENCE.match(after):
                continue
            years /= 12
        if years > MOST_YEARS or (years == 0 and match["high"] is None):
            continue
        near = bool(_EXPERIENCE.search(after[:110]))
        if _is_about_others(before, after):
            continue
        if not (
            near
            or _EXPERIENCE.search(before[-70:])
            or _GOES_ON.match(after)
            or (_ASKED_BEFORE.search(before[-30:]) and begin)
        ):
            continue
        if not near and _IN_A_ROW.match(after):
            continue
        if _WISHED_BEFORE.search(before) or _is_wished(after) or _is_in_lieu(before):
            continue
        byte = window.start + len(text[: match.start()].encode())
        if parts.is_preferred(window.row, byte):
            continue
        yield Demand(
            years=years,
            words=text[match.start() : min(match.end() + 50, end)],
            sentence=(window.start, begin),
            is_part=bool(_PART.search(before)) and bool(_NUMBER.search(before)) and not _DEGREE.search(before[-30:]),
            is_alternative=bool(_OR.search(before)),
            is_managing=bool(_MANAGING.search(after[:60]) or _MANAGING.search(before[-30:])),
            line=lowered[begin:end],
        )


def _choose(demands: Iterable[Demand]) -> Demand | None:
    """The main demand: the first one that is no part of another; among alternatives by degree the longest, else the least.

    Demands are read one by one and only to the end of the first one's sentence. Years of managing are no main demand
    where the next one asks for more years of the craft: "1+ years of managing; 5+ years of software engineering".
    """
    first: Demand | None = None
    for demand in demands:
        if demand.is_part and not (first and demand.sentence == first.sentence and demand.years > first.years):
            continue
        if first is not None and demand.is_part:
            # No part is longer than its whole: "2 years of SQL and 5 years overall".
            return demand
        if first is None:
            first = longest = demand
            continue
        if demand.sentence != first.sentence:
            if first.is_managing and not demand.is_managing and demand.years > longest.years:
                return demand
            break
        if _DEGREE.search(first.line):
            longest = max(longest, demand, key=lambda told: told.years)
        elif demand.is_alternative and demand.years < first.years:
            return demand
        else:
            break
    return longest if first else None


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Read `years_min`, in years, same height and order; null where no years are asked or the language is not read."""
    found: list[tuple[Window, str, list[re.Match[str]]]] = []
    for language, anchors in ANCHORS.items():
        if (texts := texts_in(postings, language)) is None:
            continue
        for window in windows(texts, anchors, before=BEFORE, after=AFTER, is_exact=True):
            lowered = lower(window.text)
            if numbers := _numbers(window, lowered):
                found.append((window, lowered, numbers))
    found.sort(key=lambda piece: (piece[0].row, piece[0].start))
    parts = sections(postings["text"])
    years: list[float | None] = [None] * postings.height
    spans: list[str | None] = [None] * postings.height
    for row, pieces in groupby(found, key=lambda piece: piece[0].row):
        demand = _choose(demand for piece in pieces for demand in _demands(*piece, parts))
        if demand:
            years[row], spans[row] = demand.years, demand.words.strip()
    columns = {"years_min": pl.Series(years, dtype=pl.Float64)}
    if explain:
        columns["years_min_span"] = pl.Series(spans, dtype=pl.String)
    return pl.DataFrame(columns)
