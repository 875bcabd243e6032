"""What base pay a posting offers: from the source's structured offer where there is one, else from its words."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
from typing import NamedTuple

import polars as pl

from warehouse.enrich.place import countries
from warehouse.enrich.windows import is_readable, lower, windows

FIELDS = ("pay_min", "pay_max", "pay_currency", "pay_period", "pay_kind", "pay_tier")

BEFORE, AFTER = 200, 230
_PERIODS = ("year", "month", "week", "day", "hour")


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code, its units per US dollar to one or two figures (for magnitudes only), its names."""

    code: str
    per_usd: float
    countries: tuple[str, ...]
    words: tuple[str, ...]


@cache
def currencies() -> tuple[Currency, ...]:
    """The currencies that are recognised in prose."""
    lines = resources.files("warehouse.reference").joinpath("currencies.csv").read_text("utf-8").splitlines()
    return tuple(
        Currency(
            row["code"],
            float(row["per_usd_magnitude"]),
            tuple(filter(None, row["countries"].split("|"))),
            tuple(filter(None, row["words"].split("|"))),
        )
        for row in csv.DictReader(lines)
    )


@cache
def _code_of() -> dict[str, str]:
    return {word.lower(): currency.code for currency in currencies() for word in (*currency.words, currency.code)}


@cache
def _per_usd() -> dict[str, float]:
    return {currency.code: currency.per_usd for currency in currencies()}


@cache
def _dollar_of() -> dict[str, str]:
    """The currency a bare $ means, by country; a US dollar everywhere else."""
    return {country: c.code for c in currencies() if c.code in {"CAD", "AUD", "NZD"} for country in c.countries}


def _currency_pattern() -> str:
    """Signs, codes and names, longest first, letters apart from signs: alternatives that begin with a literal are told
    apart by it at once."""
    names = sorted({word for currency in currencies() for word in currency.words} | {"$"}, key=len, reverse=True)
    parts = [re.escape(name) + (r"(?![A-Za-z])" if name[-1].isalpha() else "") for name in names]
    letters = [part for name, part in zip(names, parts, strict=True) if name[0].isalnum()]
    signs = [part for name, part in zip(names, parts, strict=True) if not name[0].isalnum()]
    return rf"{'|'.join(signs)}|(?:\b|(?<=[0-9]))(?:{'|'.join(letters)})"


_SIGNS = "$€£₹¥₩₱₪₺₴"
_CUR = _currency_pattern()
_SPACE = r"[ \u00a0\u202f]"
_DIGITS = rf"(?:\d{{1,3}}(?:[,.'’{_SPACE[1:-1]}]\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+(?:[.,]\d{{1,2}})?)(?![\d])"
_MULT = rf"{_SPACE}?(?:[kK]\b|K(?=[A-Z])|[mM]illions?\b|mil\b|mm\b|MM\b|[mM]\b|[bB]illions?\b|bn\b|[bB]\b|[tT]rillions?\b|lakhs?\b|Lakhs?\b|lacs?\b|Lacs?\b|LPA\b|lpa\b|Lpa\b|L\b|crores?\b|Cr\b|[tT]sd\.?|[tT]ausend|万)"
_DASH = r"(?:[-–—‑‒−~]|&ndash;)"
_JUNK = r"(?:\s*(?:\[[^\]]{0,100}\]|\([^)]{0,40}\))\s*)?"
_RATE = r"(?:\s*(?:/|per|p\.|an|a)\s*(?:hour|hr|h|year|yr|annum|month|mo|day|week|d)\b\.?)?"
_AMOUNT = rf"(?:(?P<pre{{n}}>{_CUR})\s?(?P<pro{{n}}>\$)?)?\s?(?P<num{{n}}>{_DIGITS})(?P<mult{{n}}>{_MULT})?(?P<plus{{n}}>\+(?!\w))?(?:,?{_SPACE}{{{{0,2}}}}(?P<post{{n}}>{_CUR})(?!(?<=[{_SIGNS}]){_SPACE}?\d))?"
_MONEY = re.compile(
    r"(?<![\w.,/$€£#-])(?=(?:[A-Z][A-Za-z]{0,3}\.?|z[łl])?\$?\s?[$€£₹¥₩₱₪₺₴]?\s?\d)"
    + _AMOUNT.replace("{n}", "1").replace("{{", "{").replace("}}", "}")
    + rf"(?:{_RATE}{_JUNK}\s*(?:{_DASH}+|\bto\b|\band\b|\bbis\b|\bund\b|\bà\b|\bet\b|\ba\b|\by\b|\bhasta\b|\bup to\b|(?P<gap>{_SPACE}(?=[{_SIGNS}]{_SPACE}?\d)))\s*(?:\(?up to\s*)?"
    + _AMOUNT.replace("{n}", "2").replace("{{", "{").replace("}}", "}").replace(r"\s?(?P<num2>", r"\s?(?P<num2>")
    + r")?"
)
_PERIOD_AFTER = re.compile(
    r"^(?:[ \t]*(?:[a-z]{3}\b|\(|\[|(?:brutto|gross|bruto?s?|bruts?|base|salary|plus|eur|usd|dollars?|euros?|in|of|as|before tax|annual base|fixed|compensation|wage|rate|pay|range|net\w*|total|cash|depending on experience|doe)\b|\+|€|,|\*|\.|-|–|—)[ \t]*){0,5}\s?"
    r"(?:(?:/\s?|p/|per\s+|p\.\s?|pro\s+|je\s+|par\s+|al\s+|por\s+)(?P<short>h|d|a|y|hr|yr|an|wk|mo|m|mes|día|dia|hora|jour|tag)\b|(?:/\s*|per\s+|a\s+|an\s+|p\.?\s?|pro\s+|je\s+|im\s+|par\s+|al\s+|por\s+|each\s+|every\s+|\()?\s*(?P<period>year\w*|yrs?\b|annum|annual\w*|anual\w*|p\.?a\.?(?=\s|$|[,;)])|jahr\w*|jährlich\w*|ans\b|année|annuel\w*|año|hour\w*|hrs?\b|std\b\.?|stunde\w*|heure\w*|horas?\b|days?\b|diem|daily|tag\b|tages\w*|jour\b|journalier|día|month\w*|mth\b|monat\w*|mois\b|mensuel\w*|mensual\w*|mes\b|weeks?\b|weekly|woche\w*|semaine|semana|lpa\b|a\.(?=\s|$)))"
)
_PERIOD_BEFORE = re.compile(
    r"\b(?P<period>annual\w*|yearly|per[- ]year|per annum|jahres\w*|jährlich\w*|anual\w*|annuel\w*|hourly|stunden\w*|horaire|per[- ]hour|daily|day[- ]rate|tages\w*|tjm|journalier|per[- ]day|monthly|monats\w*|monatlich\w*|mensual\w*|mensuel\w*|per[- ]month|weekly|per[- ]week|wöchentlich)"
)
_PERIOD_WORD = {
    "year": ("year", "yr", "y", "p.a", "annu", "anual", "pa", "a", "jahr", "jähr", "an", "ans", "ann", "año", "lpa", "per year", "per-year", "per annum"),
    "hour": ("hour", "hr", "h", "std", "stund", "heure", "hora", "per hour", "per-hour", "horaire"),
    "day": ("day", "diem", "d", "daily", "tag", "jour", "día", "dia", "tjm", "per day", "per-day"),
    "month": ("month", "mo", "m", "mth", "monat", "mois", "mensu", "mes", "per month"),
    "week": ("week", "wk", "woch", "wöch", "semain", "seman", "per week"),
}  # fmt: skip

_PAY_CUE = re.compile(
    r"\b(?:salar(?:y|ies)|compensation|pay\b|pay range|pays\b|paid\b(?! (?:time|parental|leave|vacation|off|holidays|commuter|by))|wages?|remuneration|base\b|earn(?:ings?)?\b|\bote\b|rate\b|rates\b|hourly|hiring range|target range|annual(?:ly)? range|package|stipend for this|cash\b|ctc|income|starting at|offer(?:ing|s)?\b|range (?:is|for|of|:)|range:|gross|annual range|zone|tier \d|"
    r"gehalt\w*|\w+gehalt\w*|vergütung\w*|verdienst\w*|entgelt|lohn\w*|stundenlohn|brutto\w*|entlohnung|salaires?|rémunération\w*|rémunéré\w*|package|fixe|brut|tjm|salari[oa]l?e?s?|retribución|remuneración|sueldo|bruto|compensación|banda salarial|rango|sba)"
)
_OTE = re.compile(
    r"\b(?:ote\b|on[- ]target|target(?:ed)? (?:annual )?(?:earnings|total)|total target|target cash|total cash|total (?:annual )?(?:earnings|comp\w*)|uncapped earning|at target|variable comp\w*|including commissions?|zielgehalt|zieleinkommen)"
)
_OTE_AFTER = re.compile(
    r"^[ \t]*\(?[ \t]*(?:(?:usd|eur|gbp|annual|annually|per year|/year|a year|total|cash)[ \t]*)*(?:ote|on[- ]target|total target|otc|target (?:earnings|compensation)|at target)\b"
)
_NOT_PAY_AFTER = re.compile(
    r"^[ \t’\'*–—-]{0,2}(?:(?:per|a|an|each|/)\s*(?:year|month|annum|quarter|week|day|employee|person)\w*|/\s?(?:year|month|yr|mo)|[a-z]{3}\b|annual(?:ly)?|yearly|monthly|quarterly|one[- ]time|personal|lifetime|company|gross|net|in|of|for|towards?|to (?:spend|use|put|invest)|learning|professional|flexible|home|wellness|health|work|minimum|additional|l&d|education\w*|training|travel|generous|hsa|fsa|cash|work[- ]from[- ]home|wfh|remote|your|the|office|wellbeing|lifestyle|internet|phone|equipment|development|one|conference|performance|retention|flat|housing|relocation|initial|discretionary|signing|sign[- ]on|referral|commuter|lunch|meal|food|annual|average|paid|worth|off|credit|voluntary|[ \t])*[ \t]*(?:stipend|allowance|bonus(?:es)?\b(?! (?:eligible|potential))|sign[- ]?on|signing|referral|reimburse\w*|budget|perks?|match|contribution|voucher\w*|gift|credits?\b|equity|stock|rsus?|options\b|shares|funding|round|series|seed|investment|raised|revenue|arr\b|mrr\b|valuation|market\b|industry|opportunity|in (?:funding|revenue|arr|assets|annual|sales|savings|equity|stock|capital|volume|payments?|transactions|debt|loans?|spend|value|grants?|total funding)|of (?:funding|revenue|equity|stock|assets|coverage|life insurance)|spending|donation|deductible|premium|insurance|coverage|life insurance|grant\b|prize|scholarship|tuition|fund\b|quota|deals?\b|deal (?:size|value)s?|ticket|acv|contracts?\b(?! (?:role|position|rate))|spend\b|purchase|subscription|fee\b|fine\b|penalty|customers|budgets|home office|towards|toward|cost|portfolio|book|projects?\b|accounts\b|401|hsa|to charit|donated|assets|savings|aum|laptop|setup|set-up|pension|gutschein|zuschuss|prämie|bonus|zulage|prime\b|chiffre|ca\b|de ca\b|millions?|umsatz|förder\w+|budget)"
)
_NOT_PAY_BEFORE = re.compile(
    r"\b(?:raised|raise|funding|funded|backed|valued|valuation|revenue|arr|series [a-f]|seed|worth|budget|stipends?|allowance|bonus(?:es)?|sign[- ]?on|signing|referral|reimburse\w*|equity|stock|rsus?|insurance|coverage|match(?:es|ing|ed)?|contribut\w*|donat\w*|spend\w*|invest\w*|sav(?:e|ed|ing|ings)|generat\w*|over \w+ in|credit|budgets|deal sizes?|acv|quota|portfolio|manag(?:e|ing) (?:a )?(?:\w+ )?(?:budget|book|portfolio)|gift|voucher|grants?|prize|fee|cost\w*|price\w*|from \$0|grew|growth|exceeding|transaction\w*|processed|payments? of|hsa|fsa|401\(?k\)?|up to a|relocation|housing|perks?|annual sales|accounts? (?:of|with|between)|companies (?:with|between|from)|loan|refer\w*|commission (?:of|up)|hiring bonus|welcome bonus|in addition|purchase|aum|assets|zuschuss|gutschein|prämie|umsatz|budget|prime|subsid\w+|tuition|education assistance|monthly (?:food|lunch|meal|phone|internet)|benefits? (?:of|worth)|commuter|subscription|pension|customers|contracts\b|h-1b|payment requirement|variable (?:pay|comp\w*|of|commissions?)|commissions?:|incentives? (?:of|up))\b[^.;\n•]{0,38}$"
)
_STRONG_CUE = re.compile(
    r"\b(?:salary|base (?:pay|compensation|salary|range)|pay range|compensation range|hourly (?:rate|wage|pay|range)|base|wage|gehalt|salaire|salario|rémunération|vergütung|pay)\b[^.;\n]{0,60}$"
)
_UP_TO = re.compile(
    r"\b(?:up to|upto|as much as|maximum(?: of)?|max\.?|bis zu|bis|jusqu['’]?[àa]|hasta|capped at|no more than|under)\s*(?:a\s+)?$"
)
_FROM = re.compile(
    r"\b(?:from|starting(?: salary)?(?: at| from| of)?|starts? (?:at|from)|at least|minimum(?: of)?|min\.?|upwards of|more than|over|ab|mindestens|à partir de|a partir de|desde|dès|beginning at|begins at)\s*:?\s*$"
)
_HEADING = re.compile(
    r"\b(?:compensation|salary|pay|comp|vergütung|gehalt|salaire|rémunération|salario)\b[^\n.]{0,30}\n[\s•*·-]*$"
)
_HARD_NO = re.compile(r"\b(?:payment requirement|application fee|h-1b visa petition)\b")
_WORK_NUMBER = re.compile(
    r"\b(?:users|customers|people|employees|requests|records|patients|students|companies|members|hours|years|followers|lines|sq)\b"
)
_SENTENCE_END = re.compile(r"[\n•●▪.!?](?:(?<=[\n•●▪])|(?<=[a-z)%][.!?])\s+(?=[A-Z]))")


@dataclass(slots=True)
class Band:
    """One pay band read from words: amounts as written, and how sure its kind is."""

    low: float | None
    high: float | None
    currency: str
    period: str | None
    kind: str
    words: str
    strength: int
    """2 where its own line speaks of pay, 1 where the words before do, 0 where only its size does."""
    is_range: bool
    names_base: bool = False
    names_total: bool = False
    is_labelled: bool = False
    """Its line says "Pay:" or the like and nothing else before it: no place or level that it is the band of."""


def amount(digits: str, multiplier: str | None) -> float | None:
    """The number that "60.000", "1,20,000", "92k", "12 LPA" or "18.50" stand for."""
    folded = re.sub(r"[’'\u00a0\u202f ]", ",", digits)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?", folded):
        head = re.sub(r"[.,](?=\d{3}(?!\d))", "", folded)
        value = float(head.replace(",", "."))
    elif re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", folded):
        value = float(folded.replace(",", ""))
    else:
        value = float(folded.replace(",", "."))
    word = (multiplier or "").strip(" .\u00a0\u202f").lower()
    if not word:
        return value
    factors = {
        "k": 1e3,
        "tsd": 1e3,
        "tausend": 1e3,
        "万": 1e4,
        "lakh": 1e5,
        "lac": 1e5,
        "lpa": 1e5,
        "l": 1e5,
        "cr": 1e7,
        "crore": 1e7,
    }
    factor = factors.get(word.rstrip("s")) or factors.get(word)
    if factor:
        return round(value * factor, 2)
    return value * 1e6 if word in {"m", "million", "millions", "mil"} else None


def period_of(words: str | None) -> str | None:
    """The pay period a word names ("annum", "/hr", "1 YEAR", "per-year-salary", "PA"), null where it names none."""
    if not words:
        return None
    folded = words.strip(" .-_/1").lower().replace("_", "-")
    folded = folded.removesuffix("-salary").removesuffix("-wage").removeprefix("per-")
    for period, stems in _PERIOD_WORD.items():
        if folded in stems or any(len(stem) > 2 and folded.startswith(stem) for stem in stems):
            return period
    return None


def _magnitude_period(value: float, currency: str) -> str | None:
    usd = value / _per_usd().get(currency, 1.0)
    if usd >= 7_500:
        return "year"
    if usd >= 700:
        return "month"
    return "hour" if 4 <= usd <= 400 else None


_PLAUSIBLE_USD = {
    "year": (2_000, 3_000_000),
    "month": (150, 120_000),
    "week": (60, 40_000),
    "day": (15, 8_000),
    "hour": (2, 1_500),
}


def _plausible(ends: list[float], currency: str, period: str) -> bool:
    low, high = _PLAUSIBLE_USD[period]
    per_usd = _per_usd().get(currency, 1.0)
    return all(low <= value / per_usd <= high for value in ends)


def _sentence(text: str, at: int) -> int:
    """Where the sentence or line that holds `at` begins."""
    begin = 0
    for match in _SENTENCE_END.finditer(text, 0, at):
        begin = match.end()
    return begin


_LAKHS = ("lpa", "lakh", "lac", "crore", "cr")
_HUGE = re.compile(r"^(?:m|mm|mil|bn?|t|millions?|billions?|trillions?)$")
_AROUND_CODE = r"(USD|CAD|AUD|NZD|SGD|EUR|GBP|CHF|INR|HKD|MXN)"
_CODE_AFTER = re.compile(rf"\s*[\[(]?\s*{_AROUND_CODE}\b")
_CODE_AT_END = re.compile(rf"\b{_AROUND_CODE}\s*[:)]?\s*$")
_RATE_WITHIN = re.compile(r"(?:/|per|an|a)\s*(hour|hr|year|yr|annum|month|mo|day|week)\b")


class Quote(NamedTuple):
    """One or two amounts as they stand in prose, with the words around them in lower case."""

    words: str
    numbers: tuple[str, str | None]
    multipliers: tuple[str, str]
    marks: tuple[str, ...]
    is_open: bool
    """The first amount is followed by a plus sign."""
    line: str
    """What stands before the amounts in the same sentence or line."""
    before: str
    """Up to 190 characters before the amounts, whatever they are."""
    after: str
    code_beside: str | None
    """The code of a dollar that stands by itself right before or after the amounts."""

    @property
    def is_indian(self) -> bool:
        """An amount is counted in lakhs or crores."""
        return any(multiplier.startswith(_LAKHS) for multiplier in self.multipliers)

    @property
    def is_thousands(self) -> bool:
        """An amount is counted in thousands."""
        return any(multiplier in {"k", "tsd", "tsd.", "tausend"} for multiplier in self.multipliers)

    @property
    def is_listed(self) -> bool:
        """The amounts open a line, or follow a label that ends in a colon or a bar."""
        return self.line.strip(_RULES) == "" or self.line.rstrip().endswith((":", "|"))


_RULES = " -–—|•·*:"


_START = re.compile(rf"[{_SIGNS}0-9](?:(?<=[0-9])[0-9.,]*)?")
_CODE_BEFORE = re.compile(r"(?<![\w$])(?:[A-Z][A-Za-z]{0,3}\.?|zł)\$?\s?$")


def _amounts(text: str) -> Iterator[re.Match[str]]:
    """Every amount or pair of amounts: matched only where a sign or a number stands, at the code before it if there is one."""
    end = 0
    for start in _START.finditer(text):
        at = start.start()
        if at < end:
            continue
        code = _CODE_BEFORE.search(text, max(end, at - 6), at)
        match = (code and _MONEY.match(text, code.start())) or _MONEY.match(text, at)
        if match:
            end = match.end()
            yield match


def _rises(number: str, multiplier: str | None, other: str, other_multiplier: str | None) -> bool:
    """Whether two amounts without a dash between them, lost with the markup, are a range and no list of unlike things."""
    low, high = amount(number, multiplier), amount(other, other_multiplier)
    return low is not None and high is not None and low < high <= 2.5 * low


def _quotes(text: str) -> Iterator[Quote]:
    lowered = lower(text)
    for match in _amounts(text):
        number, other, multiplier, other_multiplier = match.group("num1", "num2", "mult1", "mult2")
        at, end = match.span()
        beside_it = ("pre2", "post2")
        if match["gap"] and not _rises(number, multiplier, other, other_multiplier):
            other = other_multiplier = None
            end, beside_it = match.start("gap"), ()
        marks = tuple(filter(None, match.group("pre1", "post1", *beside_it)))
        if not marks and not multiplier and not other_multiplier and len(number) < 6:
            continue
        begin = _sentence(text, at)
        beside = _CODE_AFTER.match(text, end) or _CODE_AT_END.search(text[begin:at])
        yield Quote(
            words=text[at:end],
            numbers=(number, other),
            multipliers=((multiplier or "").strip().lower(), (other_multiplier or "").strip().lower()),
            marks=marks,
            is_open=match["plus1"] is not None,
            line=lowered[begin:at],
            before=lowered[max(0, at - 190) : at],
            after=lowered[end:],
            code_beside=beside[1] if beside else None,
        )


def _bands(text: str, dollar: str) -> Iterator[Band]:
    for quote in _quotes(text):
        if quote.marks or quote.is_indian or _bare_is_money(quote):
            band = _band(quote, dollar)
            if band:
                yield band


_GOES_ON_AS_PAY = re.compile(r"\s*(?:\+|plus|and)?\s*(?:equity|bonus|ote|base|salary|per|/|annual|p\.?a)|\s*\|")
_LABELLED_AS_PAY = re.compile(
    r"\b(?:salary|\w*gehalt\w*|salaire|salario|pay|compensation)\s*(?:range|:|is|of|from|up to|brutto|brut|bruto|von|ab|de|\s)*$"
)


def _bare_is_money(quote: Quote) -> bool:
    """Whether numbers without a currency are pay: after a pay word, in thousands, as "92k-110k" or "60.000 - 75.000"."""
    number, second = quote.numbers
    is_large = len(re.sub(r"\D", "", number)) >= 5 and bool(re.search(r"[.,’' \u00a0\u202f]", number))
    if _WORK_NUMBER.match(quote.after.lstrip()) or quote.after.lstrip().startswith("%"):
        return False
    if second and quote.is_thousands:
        alone = number.isdigit() and 30 <= int(number) <= 900 and quote.is_listed
        return alone or bool(_PAY_CUE.search(quote.before[-90:])) or bool(_GOES_ON_AS_PAY.match(quote.after))
    if second and is_large:
        return bool(_PAY_CUE.search(quote.line[-80:]))
    return (quote.is_thousands or is_large) and bool(_LABELLED_AS_PAY.search(quote.line))


def _ends(quote: Quote) -> tuple[float | None, float | None]:
    """Both amounts in order, a multiplier shared as in "130-180k"; (null, null) where they are no range of one thing."""
    (number, other), (multiplier, other_multiplier) = quote.numbers, quote.multipliers
    first = amount(number, multiplier)
    if other is None or first is None:
        return first, None
    second = amount(other, other_multiplier)
    if second is None:
        return None, None
    if other_multiplier and not multiplier and first < second / 100:
        first = amount(number, other_multiplier) or first
    if multiplier and not other_multiplier and second < first / 100:
        second = amount(other, multiplier) or second
    if second < first / 5:
        return first, None
    if second > first * 15:
        return None, None
    return min(first, second), max(first, second)


def _currency(quote: Quote, dollar: str) -> str:
    codes = [_code_of().get(mark.strip().lower()) for mark in quote.marks]
    named = next((code for code in codes if code), None)
    if named:
        return named
    if quote.is_indian:
        return "INR"
    return quote.code_beside or dollar


def _told_period(quote: Quote) -> str | None:
    """The period said right after the amounts or between them."""
    after = _PERIOD_AFTER.match(quote.after[:70])
    period = period_of(after["period"] or after["short"]) if after else None
    if period is None:
        within = _RATE_WITHIN.search(quote.words.lower())
        period = period_of(within[1]) if within else None
    return period or ("year" if quote.is_indian else None)


def _period_before(quote: Quote, ends: list[float], currency: str) -> str | None:
    named = list(_PERIOD_BEFORE.finditer(quote.before[-120:]))
    period = period_of(named[-1]["period"]) if named else None
    return period if period and _plausible(ends, currency, period) else None


def _is_something_else(quote: Quote, currency: str) -> bool:
    """Whether the words around say bonus, budget, funding, revenue or the like."""
    huge = any(_HUGE.match(multiplier) for multiplier in quote.multipliers)
    if huge and _per_usd().get(currency, 1) < 50:
        return True
    if _NOT_PAY_AFTER.match(quote.after) or _HARD_NO.search(quote.after[:60]):
        return True
    rejected = _NOT_PAY_BEFORE.search(quote.line[-110:])
    return bool(rejected) and not _STRONG_CUE.search(quote.line[-60:])


_CUE_AFTER = re.compile(r"^[ \t(]*(?:\w+[ \t]+)?(?:brutto\w*|base\b|salary|gross|bruts?\b|bruto|gehalt|ote\b)")


def _strength(quote: Quote, is_ote: bool) -> int:
    headed = quote.line.strip(_RULES) == "" and bool(_HEADING.search(quote.before))
    if is_ote or headed or _PAY_CUE.search(quote.line[-180:]) or _CUE_AFTER.match(quote.after):
        return 2
    return int(bool(_PAY_CUE.search(quote.before[-130:])))


_HOURLY = re.compile(r"\bhour|\bstunde|\bhoraire|\bhora\b")


def _is_accepted(quote: Quote, strength: int, period: str, *, is_told: bool, usd: float) -> bool:
    is_yearly_size = period == "year" and 12_000 <= usd <= 2_000_000
    if quote.numbers[1]:
        return strength > 0 or is_told or is_yearly_size
    if period == "hour" and not (is_told or _HOURLY.search(quote.before[-80:])):
        return False
    return strength == 2 or (is_told and (quote.is_listed or period in {"hour", "day"}))


def _band(quote: Quote, dollar: str) -> Band | None:
    first, second = _ends(quote)
    currency = _currency(quote, dollar)
    if first is None or _is_something_else(quote, currency):
        return None
    ends = [first] if second is None else [first, second]
    is_ote = bool(_OTE_AFTER.match(quote.after)) or bool(
        _OTE.search(quote.line[-70:]) and not _BASE_AT_END.search(quote.line[-40:])
    )
    strength = _strength(quote, is_ote)
    told = _told_period(quote)
    period = told or _period_before(quote, ends, currency) or _magnitude_period(ends[-1], currency)
    if period is None or not _plausible(ends, currency, period):
        return None
    if told is None and period != "year" and strength == 0:
        return None
    if not _is_accepted(quote, strength, period, is_told=told is not None, usd=ends[-1] / _per_usd().get(currency, 1)):
        return None
    low: float | None = first
    high: float | None = ends[-1]
    if second is None and _UP_TO.search(quote.line):
        low = None
    elif second is None and (_FROM.search(quote.line) or quote.is_open):
        high = None
    return Band(
        low,
        high,
        currency,
        period,
        "ote" if is_ote else "base",
        quote.words,
        strength,
        is_range=second is not None,
        names_base=bool(_BASE.search(quote.line[-60:] + quote.after[:16])),
        names_total=bool(_TOTAL.search(quote.line[-70:])),
        is_labelled=bool(_BARE_LABEL.fullmatch(quote.line)),
    )


_BARE_LABEL = re.compile(r"[\s•*·–—-]*(?:base )?(?:pay|salary|compensation)(?: range)?\s*:\s*")
_BASE = re.compile(r"\bbase\b")
_BASE_AT_END = re.compile(r"\bbase\b[^.]{0,30}$")
_TOTAL = re.compile(r"\b(?:annual|total|target|expected)[\w ]{0,10} compensation\b")


@dataclass(slots=True)
class Pay:
    """The pay of one posting: amounts in `currency` per `period`."""

    low: float | None
    high: float | None
    currency: str | None
    period: str | None
    kind: str
    tier: str
    words: str | None = None


def _restates(band: Band, first: Band) -> bool:
    """Whether a band says the first one again, as a footer does with another upper end: the first one stands."""
    return band is not first and band.is_labelled and first.is_labelled and band.low == first.low


def merge(bands: Sequence[Band], tier: str = "text") -> Pay | None:
    """One offer of several bands: lowest minimum and highest maximum in the first-named currency and its period."""
    base = [band for band in bands if band.kind == "base"] or bands
    if not base:
        return None
    if any(band.names_base and not band.names_total for band in base):
        base = [band for band in base if not band.names_total]
    if any(band.is_range for band in base):
        base = [band for band in base if band.is_range]
    elif any(band.strength == 2 for band in base):
        base = [band for band in base if band.strength == 2]
    first = base[0]
    same = [
        band
        for band in base
        if (band.currency, band.period) == (first.currency, first.period) and not _restates(band, first)
    ]
    lows = [band.low for band in same if band.low is not None]
    highs = [band.high for band in same if band.high is not None]
    return Pay(
        min(lows) if lows else None, max(highs) if highs else None, first.currency, first.period, first.kind, tier,
        "; ".join(dict.fromkeys(band.words.strip() for band in same)),
    )  # fmt: skip


_NO_OFFER = re.compile(r"equity|stock|bonus|commission|option|rsu|incentive|benefit|variable|sign", re.IGNORECASE)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    match = re.search(_DIGITS, str(value))
    return amount(match.group(), None) if match else None


def from_offers(pay_raw: str, dollar: str = "USD") -> Pay | None:
    """The pay of a JSON array of `PayOffer`, equity, bonuses and commission left out; null where none is base pay."""
    try:
        offers = json.loads(pay_raw)
    except json.JSONDecodeError:
        return None
    bands = []
    for offer in offers if isinstance(offers, list) else [offers]:
        if not isinstance(offer, dict):
            continue
        kind, label = str(offer.get("kind") or ""), str(offer.get("label") or "")
        is_ote = bool(_OTE.search(f"{kind} {label}".lower()))
        if _NO_OFFER.search(kind) and not is_ote:
            continue
        scale = 0.01 if offer.get("minor_units") else 1.0
        low, high = (
            (value * scale or None) if value is not None else None
            for value in (_number(offer.get("low")), _number(offer.get("high")))
        )
        if low is None and high is None:
            continue
        code = str(offer.get("currency") or "").strip()
        currency = _code_of().get(code.lower()) or (code.upper() if re.fullmatch(r"[A-Za-z]{3}", code) else dollar)
        period = period_of(offer.get("interval")) or _magnitude_period(high or low or 0, currency)
        if low is not None and high is not None and low > high:
            low, high = high, low
        words = f"{low if low is not None else ''}-{high if high is not None else ''} {code}".strip()
        bands.append(Band(low, high, currency, period, "ote" if is_ote else "base", words, 2, True))
    return merge(bands, "structured")


_CODES = "USD|EUR|GBP| CAD|CAD |AUD| INR|INR |CHF|SGD|PLN| SEK|SEK |AED|PKR|JPY|BRL|MXN|DKK| NOK|NOK |CZK|HUF|RON | RON|PHP |IDR |MYR|ZAR|NGN|KES|BDT|RMB|LPA|Rs[.]|NZD|HKD|ILS|NIS |zł|円| yen| Yen|Lakh|lakh| lpa| Lpa|[0-9] ?[Ee]uros?|[0-9] ?EURO"
_GATES = (rf"[{_SIGNS}]", _CODES.partition("|[0-9]")[0], "euro|Euro|EURO")
"""What a text that tells pay in a currency holds."""
_ANCHORS = (
    *_SIGNS,
    *(word for word in _CODES.replace("[.]", ".").split("|") if "[" not in word),
    *("euro", "Euro", "EURO"),
)
_FUNDING = r"[$€£] ?[0-9][0-9.,]*\+? ?(?:[MBT]\b|[bmt]n\b|[Mm]{2}\b|[MmBbTt]illions?\b|[MmBbTt]rillions?\b|m\b|b\b|MM\b|B\+|M\+)"
_HAS_AMOUNT = rf"[{_SIGNS}]\s?[0-9]|[0-9]\s?(?:[kKMm]\s?)?[{_SIGNS}]|(?:USD|EUR|GBP|CAD|AUD|INR|CHF|SGD|PLN|SEK|AED|PKR|JPY|BRL|MXN|DKK|NOK|CZK|HUF|RON|PHP|IDR|MYR|ZAR|NGN|KES|BDT|RMB|NZD|HKD|ILS|NIS|Rs[.])\s?\$?\s?[0-9]|[0-9][0-9.,’' k\x{{a0}}\x{{202f}}]*\s?(?:USD|EUR|GBP|CAD|AUD|INR|CHF|SGD|PLN|SEK|AED|PKR|JPY|BRL|MXN|DKK|NOK|CZK|HUF|RON|PHP|IDR|MYR|ZAR|NGN|KES|BDT|RMB|NZD|HKD|ILS|NIS|zł|円|[Yy]en\b|Euro|EURO|euro|[Ll]akh|LPA|lpa|Lpa)"
_BARE = (
    "[0-9]{2,3} ?[kK] ?(?:-|–|—|to) ?[0-9]{2,3} ?[kK]",
    "[0-9]{2,3} ?(?:-|–) ?[0-9]{2,3} ?[kK]",
    "(?:[sS]alary|SALARY)[^.\n0-9$€£]{0,60}[0-9]{2,3}(?:[.,’' ][0-9]{3}|[kK])",
    "(?:[Gg]ehalt|[Ss]alaire|[Ss]alario|[Pp]ay [Rr]ange|[Cc]ompensation)[^.\n0-9$€£]{0,60}[0-9]{2,3}(?:[.,’' ][0-9]{3}|[kK])",
)
"""How an amount without a currency stands in a text that tells pay by it."""
_BARE_ANCHORS = (
    *(f"{digit}{k}" for digit in "0123456789" for k in ("k", " k", "K", " K")),
    *("alary", "SALARY", "ehalt", "alaire", "alario", "ay range", "ay Range", "ompensation"),
)


def _near_currencies(texts: pl.Series) -> Iterator[tuple[int, str]]:
    """Pieces around a currency's sign, code or name in which a number other than funding or revenue stands beside one."""
    pieces = list(windows(texts, _ANCHORS, before=BEFORE, after=AFTER, is_exact=True, gates=_GATES))
    words = pl.Series([piece.text for piece in pieces], dtype=pl.String)
    kept = pl.select(pl.lit(words).str.replace_all(_FUNDING, "").str.contains(_HAS_AMOUNT)).to_series()
    return ((piece.row, piece.text) for piece, is_kept in zip(pieces, kept.to_list(), strict=True) if is_kept)


def _near_bare_amounts(texts: pl.Series) -> Iterator[tuple[int, str]]:
    """Pieces around amounts that name no currency, as "92k-110k" and "Salary: 60.000 - 75.000"."""
    found = windows(texts, _BARE_ANCHORS, before=BEFORE, after=AFTER, is_exact=True, gates=_BARE, keep="|".join(_BARE))
    return ((piece.row, piece.text) for piece in found)


@lru_cache(maxsize=4_096)
def from_words(text: str, dollar: str = "USD") -> tuple[Band, ...]:
    """Every pay band in a piece of prose; `dollar` is what a bare $ means there.

    Remembered, because an employer's postings repeat their words on pay and benefits.
    """
    return tuple(_bands(text, dollar))


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Read base pay: `pay_min` and `pay_max` in `pay_currency` per `pay_period`, `pay_kind`, `pay_tier`.

    A structured `pay_raw` wins over its prose, prose over the text, the text over the title. Same height and order.
    """
    texts = postings["text"]
    readable = is_readable(postings["language"])
    texts = texts if readable.all() else texts.set(~readable, "")
    where = countries(postings)
    dollars = [_dollar_of().get(country or "", "USD") for country in where.to_list()]
    raws = postings["pay_raw"].to_list()
    pays: dict[int, Pay] = {}
    for row, raw in enumerate(raws):
        if not raw:
            continue
        pay = (
            from_offers(raw, dollars[row])
            if raw.lstrip()[:1] in "[{"
            else merge(from_words("Pay: " + raw, dollars[row]))
        )
        if pay:
            pays[row] = pay
    for near in (_near_currencies, _near_bare_amounts):
        is_known = pl.Series([row in pays for row in range(postings.height)], dtype=pl.Boolean)
        unknown = texts.set(is_known, "") if is_known.any() else texts
        for row, pieces in groupby(near(unknown), key=lambda piece: piece[0]):
            pay = merge([band for _, text in pieces for band in from_words(text, dollars[row])])
            if pay:
                pays[row] = pay
    titles = postings["title"]
    for row in titles.str.contains(r"[$€£₹]\s?\d|\d\s?[€£]").arg_true().to_list():
        if row not in pays and readable[row]:
            pay = merge(from_words("Pay: " + titles[row], dollars[row]))
            if pay:
                pays[row] = pay
    return _columns(postings.height, pays, explain)


def _columns(height: int, pays: Mapping[int, Pay], explain: bool) -> pl.DataFrame:
    rows = [pays.get(row) for row in range(height)]
    columns = {
        "pay_min": pl.Series([pay and pay.low for pay in rows], dtype=pl.Float64),
        "pay_max": pl.Series([pay and pay.high for pay in rows], dtype=pl.Float64),
        "pay_currency": pl.Series([pay and pay.currency for pay in rows], dtype=pl.String),
        "pay_period": pl.Series([pay and pay.period for pay in rows], dtype=pl.String),
        "pay_kind": pl.Series([pay and pay.kind for pay in rows], dtype=pl.String),
        "pay_tier": pl.Series([pay and pay.tier for pay in rows], dtype=pl.String),
    }
    if explain:
        spans = pl.Series([pay and pay.words for pay in rows], dtype=pl.String)
        columns |= {f"{name}_span": spans for name in FIELDS}
    return pl.DataFrame(columns)
