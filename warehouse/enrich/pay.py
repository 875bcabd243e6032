"""What base pay a posting offers: from the source's structured offer where there is one, else from its words."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby

import polars as pl

from warehouse.enrich.place import countries
from warehouse.enrich.windows import is_readable, windows

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
    words = sorted((word for currency in currencies() for word in currency.words), key=len, reverse=True)
    parts = [
        (r"\b" if word[0].isalnum() else "") + re.escape(word) + (r"(?![A-Za-z])" if word[-1].isalpha() else "")
        for word in words
    ]
    return "|".join([*parts, r"\$"])


_CUR = _currency_pattern()
_SPACE = r"[ \u00a0\u202f]"
_DIGITS = rf"(?:\d{{1,3}}(?:[,.'’{_SPACE[1:-1]}]\d{{3}})+(?:[.,]\d{{1,2}})?|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+(?:[.,]\d{{1,2}})?)(?![\d])"
_MULT = rf"{_SPACE}?(?:[kK]\b|K(?=[A-Z])|[mM]illions?\b|mil\b|mm\b|MM\b|[mM]\b|[bB]illions?\b|bn\b|[bB]\b|[tT]rillions?\b|lakhs?\b|Lakhs?\b|lacs?\b|Lacs?\b|LPA\b|lpa\b|Lpa\b|L\b|crores?\b|Cr\b|[tT]sd\.?|[tT]ausend|万)"
_DASH = r"(?:[-–—‑‒−~]|&ndash;)"
_JUNK = r"(?:\s*(?:\[[^\]]{0,100}\]|\([^)]{0,40}\))\s*)?"
_RATE = r"(?:\s*(?:/|per|p\.|an|a)\s*(?:hour|hr|h|year|yr|annum|month|mo|day|week|d)\b\.?)?"
_AMOUNT = rf"(?:(?P<pre{{n}}>{_CUR})\s?(?P<pro{{n}}>\$)?)?\s?(?P<num{{n}}>{_DIGITS})(?P<mult{{n}}>{_MULT})?(?P<plus{{n}}>\+(?!\w))?(?:,?{_SPACE}{{{{0,2}}}}(?P<post{{n}}>{_CUR}))?"
_MONEY = re.compile(
    r"(?<![\w.,/$€£#-])"
    + _AMOUNT.replace("{n}", "1").replace("{{", "{").replace("}}", "}")
    + rf"(?:{_RATE}{_JUNK}\s*(?:{_DASH}+|\bto\b|\band\b|\bbis\b|\bund\b|\bà\b|\bet\b|\ba\b|\by\b|\bhasta\b|\bup to\b)\s*(?:\(?up to\s*)?"
    + _AMOUNT.replace("{n}", "2").replace("{{", "{").replace("}}", "}").replace(r"\s?(?P<num2>", r"\s?(?P<num2>")
    + r")?"
)
_PERIOD_AFTER = re.compile(
    r"^(?:[ \t]*(?:[A-Z]{3}\b|\(|\[|(?:brutto|gross|bruto?s?|bruts?|base|salary|plus|eur|usd|dollars?|euros?|in|of|as|before tax|annual base|fixed|compensation|wage|rate|pay|range|net\w*|total|cash|depending on experience|doe)\b|\+|€|,|\*|\.|-|–|—)[ \t]*){0,5}\s?"
    r"(?:(?:/\s?|per\s+|p\.\s?|pro\s+|par\s+|al\s+|por\s+)(?P<short>h|d|a|y|hr|yr|an|wk|mo|m|mes|día|dia|hora|jour|tag)\b|(?:/\s*|per\s+|a\s+|an\s+|p\.?\s?|pro\s+|im\s+|par\s+|al\s+|por\s+|each\s+|every\s+|\()?\s*(?P<period>year\w*|yrs?\b|annum|annual\w*|anual\w*|p\.?a\.?(?=\s|$|[,;)])|jahr\w*|jährlich\w*|ans\b|année|annuel\w*|año|hour\w*|hrs?\b|std\b\.?|stunde\w*|heure\w*|horas?\b|days?\b|diem|daily|tag\b|tages\w*|jour\b|journalier|día|month\w*|mth\b|monat\w*|mois\b|mensuel\w*|mensual\w*|mes\b|weeks?\b|weekly|woche\w*|semaine|semana|lpa\b|a\.(?=\s|$)))",
    re.IGNORECASE,
)
_PERIOD_BEFORE = re.compile(
    r"\b(?P<period>annual\w*|yearly|per[- ]year|per annum|jahres\w*|jährlich\w*|anual\w*|annuel\w*|hourly|stunden\w*|horaire|per[- ]hour|daily|day[- ]rate|tages\w*|tjm|journalier|per[- ]day|monthly|monats\w*|monatlich\w*|mensual\w*|mensuel\w*|per[- ]month|weekly|per[- ]week|wöchentlich)",
    re.IGNORECASE,
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
    r"gehalt\w*|\w+gehalt\w*|vergütung\w*|verdienst\w*|entgelt|lohn\w*|stundenlohn|brutto\w*|entlohnung|salaires?|rémunération\w*|rémunéré\w*|package|fixe|brut|tjm|salari[oa]l?e?s?|retribución|remuneración|sueldo|bruto|compensación|banda salarial|rango|sba)",
    re.IGNORECASE,
)
_OTE = re.compile(
    r"\b(?:ote\b|on[- ]target|target(?:ed)? (?:annual )?(?:earnings|total)|total target|target cash|total cash|total (?:annual )?(?:earnings|comp\w*)|uncapped earning|at target|variable comp\w*|including commissions?|zielgehalt|zieleinkommen)",
    re.IGNORECASE,
)
_OTE_AFTER = re.compile(
    r"^\s*\(?\s*(?:(?:USD|EUR|GBP|annual|annually|per year|/year|a year|total|cash)\s*)*(?:OTE|on[- ]target|total target|OTC|target (?:earnings|compensation)|at target)\b",
    re.IGNORECASE,
)
_NOT_PAY_AFTER = re.compile(
    r"^[ \t’\'*–—-]{0,2}(?:(?:per|a|an|each|/)\s*(?:year|month|annum|quarter|week|day|employee|person)\w*|/\s?(?:year|month|yr|mo)|[A-Z]{3}\b|annual(?:ly)?|yearly|monthly|quarterly|one[- ]time|personal|lifetime|company|gross|net|in|of|for|towards?|to (?:spend|use|put|invest)|learning|professional|flexible|home|wellness|health|work|minimum|additional|l&d|education\w*|training|travel|generous|hsa|fsa|cash|work[- ]from[- ]home|wfh|remote|your|the|office|wellbeing|lifestyle|internet|phone|equipment|development|one|conference|performance|retention|flat|housing|relocation|initial|discretionary|signing|sign[- ]on|referral|commuter|lunch|meal|food|annual|paid|worth|off|credit|voluntary|[ \t])*[ \t]*(?:stipend|allowance|bonus(?:es)?\b(?! (?:eligible|potential))|sign[- ]?on|signing|referral|reimburse\w*|budget|perks?|match|contribution|voucher\w*|gift|credits?\b|equity|stock|rsus?|options\b|shares|funding|round|series|seed|investment|raised|revenue|arr\b|mrr\b|valuation|market\b|industry|opportunity|in (?:funding|revenue|arr|assets|annual|sales|savings|equity|stock|capital|volume|payments?|transactions|debt|loans?|spend|value|grants?|total funding)|of (?:funding|revenue|equity|stock|assets|coverage|life insurance)|spending|donation|deductible|premium|insurance|coverage|life insurance|grant\b|prize|scholarship|tuition|fund\b|quota|deals?\b|acv|contracts?\b(?! (?:role|position|rate))|spend\b|purchase|subscription|fee\b|fine\b|penalty|customers|budgets|home office|towards|toward|cost|portfolio|book|projects?\b|accounts\b|401|hsa|to charit|donated|assets|savings|aum|laptop|setup|set-up|pension|gutschein|zuschuss|prämie|bonus|zulage|prime\b|chiffre|ca\b|de ca\b|millions?|umsatz|förder\w+|budget)",
    re.IGNORECASE,
)
_NOT_PAY_BEFORE = re.compile(
    r"\b(?:raised|raise|funding|funded|backed|valued|valuation|revenue|arr|series [a-f]|seed|worth|market|industry|budget|stipends?|allowance|bonus(?:es)?|sign[- ]?on|signing|referral|reimburse\w*|equity|stock|rsus?|insurance|coverage|match(?:es|ing|ed)?|contribut\w*|donat\w*|spend\w*|invest\w*|sav(?:e|ed|ing|ings)|generat\w*|over \w+ in|credit|budgets|deal sizes?|acv|quota|portfolio|manag(?:e|ing) (?:a )?(?:\w+ )?(?:budget|book|portfolio)|gift|voucher|grants?|prize|fee|cost\w*|price\w*|from \$0|grew|growth|exceeding|transaction\w*|processed|payments? of|hsa|fsa|401\(?k\)?|up to a|relocation|housing|perks?|annual sales|accounts? (?:of|with|between)|companies (?:with|between|from)|loan|refer\w*|commission (?:of|up)|hiring bonus|welcome bonus|in addition|purchase|aum|assets|zuschuss|gutschein|prämie|umsatz|budget|prime|subsid\w+|tuition|education assistance|monthly (?:food|lunch|meal|phone|internet)|benefits? (?:of|worth)|commuter|subscription|pension|customers|contracts\b|h-1b|payment requirement|variable (?:pay|comp\w*|of|commissions?)|commissions?:|incentives? (?:of|up))\b[^.;\n•]{0,38}$",
    re.IGNORECASE,
)
_STRONG_CUE = re.compile(
    r"\b(?:salary|base (?:pay|compensation|salary|range)|pay range|compensation range|hourly (?:rate|wage|pay|range)|base|wage|gehalt|salaire|salario|rémunération|vergütung|pay)\b[^.;\n]{0,60}$",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"\b(?:up to|upto|as much as|maximum(?: of)?|max\.?|bis zu|bis|jusqu['’]?[àa]|hasta|capped at|no more than|under)\s*(?:a\s+)?$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|starting(?: salary)?(?: at| from| of)?|starts? (?:at|from)|at least|minimum(?: of)?|min\.?|upwards of|more than|over|ab|mindestens|à partir de|a partir de|desde|dès|beginning at|begins at|von)\s*:?\s*$",
    re.IGNORECASE,
)
_HARD_NO = re.compile(r"\b(?:payment requirement|application fee|H-1B visa petition)\b", re.IGNORECASE)
_WORK_NUMBER = re.compile(
    r"\b(?:users|customers|people|employees|requests|records|patients|students|companies|members|hours|years|followers|lines|sq)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\n|[•●▪]|(?<=[a-z)%])[.!?]\s+(?=[A-Z])")


@dataclass(slots=True)
class Band:
    """One pay band read from words: amounts as written, and how sure its kind is."""

    low: float | None
    high: float | None
    currency: str
    period: str | None
    kind: str
    words: str
    has_cue: bool
    is_range: bool
    has_currency: bool = True


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


def _plausible(low: float | None, high: float | None, currency: str, period: str) -> bool:
    bounds = {
        "year": (2_000, 3_000_000),
        "month": (150, 120_000),
        "week": (60, 40_000),
        "day": (15, 8_000),
        "hour": (2, 1_500),
    }[period]
    per_usd = _per_usd().get(currency, 1.0)
    return all(bounds[0] <= value / per_usd <= bounds[1] for value in (low, high) if value is not None)


def _sentence(text: str, at: int) -> int:
    """Where the sentence or line that holds `at` begins."""
    begin = 0
    for match in _SENTENCE_END.finditer(text, 0, at):
        begin = match.end()
    return begin


def _bands(text: str, dollar: str) -> Iterator[Band]:
    for match in _MONEY.finditer(text):
        groups = match.groupdict()
        marks = [groups[name] for name in ("pre1", "post1", "pre2", "post2") if groups[name]]
        is_range = groups["num2"] is not None
        lpa = any(
            (groups[name] or "").strip().lower().startswith(("lpa", "lakh", "lac", "crore", "cr"))
            for name in ("mult1", "mult2")
        )
        thousands = any((groups[name] or "").strip().lower() in {"k", "tsd", "tausend"} for name in ("mult1", "mult2"))
        begin = _sentence(text, match.start())
        line = text[begin : match.start()]
        wide = text[max(0, match.start() - 190) : match.start()]
        after = text[match.end() :]
        if not marks and not lpa and not (_bare_is_money(groups, line, wide, after, is_range, thousands)):
            continue
        band = _band(groups, marks, line, wide, after, dollar=dollar, is_lpa=lpa, words=match.group())
        if band:
            yield band


def _bare_is_money(
    groups: Mapping[str, str | None], line: str, wide: str, after: str, is_range: bool, thousands: bool
) -> bool:
    """Whether numbers without a currency are pay: after a pay word, in thousands, as "92k-110k" or "60.000 - 75.000"."""
    number = groups["num1"] or ""
    large = len(re.sub(r"\D", "", number)) >= 5 and re.search(r"[.,’' \u00a0\u202f]", number)
    if _WORK_NUMBER.match(after.lstrip()) or after.lstrip().startswith("%"):
        return False
    if is_range and thousands:
        return (
            bool(_PAY_CUE.search(wide[-90:]))
            or bool(
                re.match(
                    r"\s*(?:\+|plus|and)?\s*(?:equity|bonus|ote|base|salary|per|/|annual|p\.?a)|\s*\|",
                    after,
                    re.IGNORECASE,
                )
            )
            or (number.isdigit() and 30 <= int(number) <= 900 and line.strip(" |-•·") == "")
        )
    if is_range and large:
        return bool(_PAY_CUE.search(line[-80:]))
    return bool(
        (thousands or large)
        and re.search(
            r"\b(?:salary|gehalt\w*|jahresgehalt|salaire|salario|pay|compensation)\s*(?:range|:|is|of|from|up to|brutto|brut|bruto|von|ab|de|\s)*$",
            line,
            re.IGNORECASE,
        )
    )


def _band(
    groups: Mapping[str, str | None],
    marks: list[str],
    line: str,
    wide: str,
    after: str,
    *,
    dollar: str,
    is_lpa: bool,
    words: str,
) -> Band | None:
    first = amount(groups["num1"] or "", groups["mult1"])
    second = amount(groups["num2"], groups["mult2"]) if groups["num2"] else None
    if first is None or (groups["num2"] and second is None):
        return None
    mult = groups["mult2"]
    if second is not None and mult and not groups["mult1"] and first < second / 100:
        first = amount(groups["num1"] or "", mult)
    if second is not None and first is not None and groups["mult1"] and not mult and second < first / 100:
        second = amount(groups["num2"] or "", groups["mult1"])
    if second is not None and first is not None and (second < first or second > first * 6):
        if second < first and second < first / 5:
            second = None
        elif second > first * 6:
            return None
        else:
            first, second = second, first
    codes = [_code_of().get(mark.strip().lower()) or "$" for mark in marks]
    named = [code for code in codes if code != "$"]
    following = re.match(r"\s*[\[(]?\s*(USD|CAD|AUD|NZD|SGD|EUR|GBP|CHF|INR|HKD|MXN)\b", after)
    leading = re.search(r"\b(USD|CAD|AUD|NZD|SGD|EUR|GBP|CHF|INR|HKD|MXN)\s*[:)]?\s*$", line)
    if named:
        currency = named[0]
    elif is_lpa:
        currency = "INR"
    elif following:
        currency = following[1]
    elif leading:
        currency = leading[1]
    else:
        currency = dollar
    big = max(value for value in (first, second) if value is not None)
    if (
        any(
            (groups[name] or "").strip().lower()[:1] in {"m", "b", "t"}
            and (groups[name] or "").strip().lower() not in {"tsd", "tausend"}
            for name in ("mult1", "mult2")
        )
        and _per_usd().get(currency, 1) < 50
    ):
        return None
    if _NOT_PAY_AFTER.match(after) or _HARD_NO.search(after[:60]):
        return None
    cue = bool(_PAY_CUE.search(line[-180:]))
    rejected = _NOT_PAY_BEFORE.search(line[-110:])
    if rejected and not _STRONG_CUE.search(line[rejected.start() - 110 if rejected.start() > 110 else 0 :][-60:]):
        return None
    after_period = _PERIOD_AFTER.match(after[:70])
    period = period_of(after_period["period"] or after_period["short"]) if after_period else None
    inner = re.search(r"(?:/|per|an|a)\s*(hour|hr|year|yr|annum|month|mo|day|week)\b", words, re.IGNORECASE)
    if period is None and inner:
        period = period_of(inner[1])
    if is_lpa:
        period = period or "year"
    if period is None:
        named_before = list(_PERIOD_BEFORE.finditer(wide[-120:]))
        if named_before:
            period = period_of(named_before[-1]["period"])
            if period and not _plausible(first, second, currency, period):
                period = None
    is_range = second is not None
    wide_cue = cue or bool(_PAY_CUE.search(wide[-130:]))
    magnitude = _magnitude_period(big, currency)
    if period is None:
        if magnitude is None or (magnitude != "year" and not wide_cue):
            return None
        period = magnitude
    if not _plausible(first, second, currency, period):
        return None
    alone = line.strip(" -–—|•·*:") == "" or line.rstrip().endswith(":") or bool(re.search(r"\|\s*$", line))
    fits = period == "year" and 12_000 <= big / _per_usd().get(currency, 1) <= 2_000_000
    if not (
        cue
        or (is_range and wide_cue)
        or (is_range and (fits or after_period) and (alone or after_period or fits and line.strip() == ""))
        or (is_range and fits)
        or (after_period and (alone or wide_cue) and period in {"hour", "day", "year", "month"})
        or (is_lpa and (is_range or wide_cue))
    ):
        return None
    if not is_range and not cue and not alone:
        return None
    if (
        not is_range
        and period == "hour"
        and not (after_period or inner or re.search(r"\bhour", wide[-80:], re.IGNORECASE))
    ):
        return None
    is_ote = bool(_OTE_AFTER.match(after)) or bool(
        _OTE.search(line[-70:]) and not re.search(r"\bbase\b[^.]{0,30}$", line[-40:], re.IGNORECASE)
    )
    low, high = first, second if is_range else first
    if not is_range:
        if _UP_TO.search(line):
            low = None
        elif _FROM.search(line) or groups["plus1"]:
            high = None
    elif groups["plus2"]:
        pass
    return Band(
        low, high, currency, period, "ote" if is_ote else "base", words, wide_cue, is_range, bool(marks) or is_lpa
    )


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


def merge(bands: list[Band], tier: str = "text") -> Pay | None:
    """One offer of several bands: lowest minimum and highest maximum in the first-named currency and its period."""
    base = [band for band in bands if band.kind == "base"] or bands
    if not base:
        return None
    cued = [band for band in base if band.has_cue]
    ranged = [band for band in base if band.is_range]
    if ranged and cued and len(ranged) < len(base):
        base = [band for band in base if band.is_range or (band.has_cue and not ranged[0].has_cue)]
    first = base[0]
    same = [band for band in base if (band.currency, band.period) == (first.currency, first.period)]
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
        is_ote = bool(_OTE.search(f"{kind} {label}"))
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
        bands.append(Band(low, high, currency, period, "ote" if is_ote else "base", words, True, True))
    return merge(bands, "structured")


_EXACT = ("$", "€", "£", "₹", "¥", "₩", "₱", "₪", "₺", "₴", "zł", "円", "USD", "EUR", "GBP", " CAD", "CAD ", "AUD", " INR", "INR ", "CHF", "SGD", "PLN", " SEK", "SEK ", "AED", "PKR", "JPY", "BRL", "MXN", "DKK", " NOK", "NOK ", "CZK", "HUF", "RON ", " RON", "PHP ", "IDR ", "MYR", "ZAR", "NGN", "KES", "BDT", "RMB", "LPA", "Rs.", "NZD", "HKD", "ILS", "NIS ")  # fmt: skip
_WORDS = ("lakh", " lpa", "euro ", "euros", "ctc")
_BARE = r"\b\d{2,3}\s?[kK]\s?(?:-|–|—|to)\s?\d{2,3}\s?[kK]\b|\b\d{2,3}\s?(?:-|–)\s?\d{2,3}\s?[kK]\b|(?:[sS]alary|SALARY|[Gg]ehalt\w*|[Ss]alaire|[Ss]alario|[Pp]ay [Rr]ange|[Cc]ompensation)[^.\n\d$€£]{0,40}\d{2,3}[.,’' ]\d{3}|(?:[sS]alary|[Pp]ay|[Cc]ompensation)[^.\n\d$€£]{0,20}\d{2,3}[kK]\b"
_HAS_MONEY = re.compile(
    rf"(?:{_CUR})\s?\$?\s?\d|\d[\d.,’' \u00a0\u202f]*(?:{_MULT})?\s?(?:{_CUR})|\d\s?(?:lakh|lac|lpa|LPA|L\b)"
)


def _pieces(texts: pl.Series) -> Iterator[tuple[int, str]]:
    found = [(w.row, w.start, w.text) for w in windows(texts, _EXACT, before=BEFORE, after=AFTER, is_exact=True)]
    found += [(w.row, w.start, w.text) for w in windows(texts, _WORDS, before=BEFORE, after=AFTER)]
    with_currency = {row for row, _, text in found if _HAS_MONEY.search(text)}
    bare = pl.select(pl.lit(texts).str.contains(_BARE)).to_series().arg_true().to_list()
    rows = [row for row in bare if row not in with_currency]
    for row, start, text in found:
        if row in with_currency:
            yield row, text
    if rows:
        chosen = texts.gather(rows)
        anchors = [f"{digit}{k}" for digit in "0123456789" for k in ("k", " k")] + [
            "salary",
            "gehalt",
            "salaire",
            "salario",
            "pay range",
            "compensation",
        ]
        for window in windows(chosen, anchors, before=BEFORE, after=AFTER):
            yield rows[window.row], window.text


def from_words(text: str, dollar: str = "USD") -> list[Band]:
    """Every pay band in a piece of prose; `dollar` is what a bare $ means there."""
    return list(_bands(text, dollar))


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
    for row, pieces in groupby(sorted(_pieces(texts), key=lambda piece: piece[0]), key=lambda piece: piece[0]):
        if row not in pays:
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
