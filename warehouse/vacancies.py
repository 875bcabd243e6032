"""Which postings are the same opening, by ordered and explained rules, and when an opening was seen, closed and reopened.

Identity. A posting is a source's own identifier on a board (and the n-th role of a comment). The rules, in order:

1. `same_id`: one identifier over time is one posting.
2. `repost`: on one board, an identifier that appears after another has gone, with the same title and place, near-equal
   text and at most 90 days between. Identifiers shown by one reading stay distinct, however alike.
3. `cross_post`: the same page of one opening, as a feed gives it that links to the employer's board; else the same named
   employer on another board or feed, compatible titles and places, near-equal text where both have one, at most 45 days
   apart. One posting of a board joins at most one of another board. The employer's own board is the original, a feed's
   copy the twin.
4. `thread_repost`: a comment of the same poster (or, with nearly the same words, of the same employer) in another month's
   thread. Roles are matched by title, and the less of the text two comments share, the more of the title must agree; one
   that names no role follows the text alone, and never joins two roles whose titles object.

Closing. Only complete readings count as evidence, and only where they return at least a quarter of the median of the
seven complete readings of the board before. A vacancy is closed by the second such reading without it, or at once by a
404 or 410. Refusals and server errors close nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
import polars as pl

REPOST_GAP = timedelta(days=90)
CROSS_POST_GAP = timedelta(days=45)
THREAD_GAP = timedelta(days=380)
REPOST_SIMILARITY = 0.75
CROSS_POST_SIMILARITY = 0.50
THREAD_SIMILARITY = 0.34
THREAD_SIMILARITY_SAME_TITLE = 0.25
THREAD_CONTAINMENT = 0.52
THREAD_CONTAINMENT_WHOLE = 0.66
THREAD_SIMILARITY_WHOLE = 0.10
THREAD_SIMILARITY_CONTAINED = 0.18
CONTAINMENT_GAP = timedelta(days=200)
THREAD_SIMILARITY_KIN_TITLE = 0.36
THREAD_SIMILARITY_BROAD_TITLE = 0.62
THREAD_SIMILARITY_OTHER_EMPLOYER = 0.50
THREAD_SIMILARITY_OTHER_POSTER = 0.60
THREAD_SIMILARITY_COLLEAGUE = 0.20
DOUBLE_POST_SIMILARITY = 0.90
SHORTEST_NAME_STEM = 5
COMPARED_COMMENTS = 36
MEDIAN_RUNS = 7
LEAST_SHARE_OF_MEDIAN = 0.25
GONE = (404, 410)

_LEVEL_WORDS = {
    **dict.fromkeys(("senior", "sr", "sen", "iii"), "senior"),
    **dict.fromkeys(("junior", "jr", "entry", "graduate", "associate", "i"), "junior"),
    **dict.fromkeys(("staff", "iv", "v"), "staff"),
    **dict.fromkeys(("principal", "distinguished", "fellow"), "principal"),
    **dict.fromkeys(("lead", "tech lead"), "lead"),
    **dict.fromkeys(("mid", "ii", "midlevel", "intermediate"), "mid"),
    **dict.fromkeys(("intern", "internship", "interns"), "intern"),
    **dict.fromkeys(("director", "head", "vp", "chief", "manager"), "manager"),
}
_SAME_WORDS = {
    "developer": "engineer",
    "dev": "engineer",
    "programmer": "engineer",
    "swe": "engineer",
    "frontend": "front",
    "backend": "back",
}
_NOISE = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\b[mfwdx](?:/[mfwdx]){1,3}\b|\b(?:remote|hybrid|on-?site|full[- ]?time|contract|level|all genders|and|of|the|for|an?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=200_000)
def title_parts(title: str | None) -> tuple[str, frozenset[str]]:
    """Return a title's core (its words sorted, without level words and noise) and the levels it names."""
    if not title:
        return "", frozenset()
    folded = re.sub(r"front[- ]end", "frontend", re.sub(r"back[- ]end", "backend", title.lower()))
    folded = re.sub(r"full[- ]stack", "fullstack", re.sub(r"dev[- ]ops", "devops", folded))
    words = re.findall(r"[\w+#.]+", _NOISE.sub(" ", folded).replace("’s", ""))
    levels = frozenset(_LEVEL_WORDS[word.strip(".")] for word in words if word.strip(".") in _LEVEL_WORDS)
    core = sorted(
        {
            _SAME_WORDS.get(word, word)
            for raw in words
            if (word := _stem(raw)) and word not in _LEVEL_WORDS and not word.isdigit()
        }
    )
    return " ".join(core), levels


def _stem(word: str) -> str:
    word = word.strip(".")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "ops", "js")) else word


_TitleRule = Callable[[str | None, str | None], bool]


def titles_agree(a: str | None, b: str | None) -> bool:
    """Whether two titles can name one opening: the same core, and levels that do not contradict each other."""
    core_a, levels_a = title_parts(a)
    core_b, levels_b = title_parts(b)
    return core_a == core_b and _levels_agree(levels_a, levels_b)


_LEVELS_APART = frozenset(["intern", "manager"])
"""Levels that make another job of a title, so that a title without a level does not go with them."""


def _levels_agree(a: frozenset[str], b: frozenset[str]) -> bool:
    return not (a ^ b) & _LEVELS_APART if not a or not b else bool(a & b)


_KINDS = {
    **dict.fromkeys(
        ("engineer", "sre", "devop", "devops", "sysadmin", "architect", "administrator", "admin"), "engineer"
    ),
    **{
        word: word
        for word in ("scientist", "analyst", "designer", "manager", "specialist", "writer", "researcher", "recruiter")
    },
}
_TELLING_KINDS = frozenset(["sre", "devop", "devops", "sysadmin"])
"""Kinds of work that are a field as well."""
_BROAD = frozenset(
    [
        "software",
        "web",
        "team",
        "position",
        "tech",
        "technical",
        "application",
        "app",
        "product",
    ]
)


_OTHER_CRAFTS = frozenset(
    [
        "qa",
        "quality",
        "test",
        "tester",
        "testing",
        "support",
        "sale",
        "devop",
        "devops",
        "sre",
        "sysadmin",
        "security",
        "data",
        "machine",
        "learning",
        "ml",
        "hardware",
        "mechanical",
        "electrical",
        "firmware",
        "network",
        "solution",
        "design",
    ]
)
"""Fields whose openings are not meant by a title that names none, such as "Senior Engineer"."""


def titles_kin(a: str | None, b: str | None, *, with_broad: bool, broad: frozenset[str] = _BROAD) -> bool:
    """Whether two titles in near-equal comments can be one role rewritten: the same kind of work and a field in common.

    No title goes with any; a title that names no field ("Software Engineer") only `with_broad`. Levels do not
    contradict each other.
    """
    if a is None or b is None:
        return True
    (core_a, levels_a), (core_b, levels_b) = title_parts(a), title_parts(b)
    words_a, words_b = set(core_a.split()), set(core_b.split())
    kinds_a, kinds_b = ({_KINDS[word] for word in words & _KINDS.keys()} for words in (words_a, words_b))
    if (kinds_a and kinds_b and not kinds_a & kinds_b) or not _levels_agree(levels_a, levels_b):
        return False
    fields_a, fields_b = words_a - broad - {"engineer"}, words_b - broad - {"engineer"}
    if not fields_a or not fields_b:
        return with_broad and not (fields_a | fields_b) & _OTHER_CRAFTS
    return bool(fields_a & fields_b & (_TELLING_KINDS | (fields_a | fields_b) - _KINDS.keys()))


def _titles_say_the_same(a: str | None, b: str | None) -> bool:
    """`titles_agree`, where "software" and "web" beside a field of work add nothing: "backend software engineer"."""
    (core_a, levels_a), (core_b, levels_b) = title_parts(a), title_parts(b)
    return _levels_agree(levels_a, levels_b) and _field_of(core_a) == _field_of(core_b)


_ADDS_NOTHING = frozenset(["software", "web", "application", "app", "team"])


@lru_cache(maxsize=50_000)
def _field_of(core: str) -> frozenset[str]:
    words = frozenset(core.split())
    return words - _ADDS_NOTHING if words - _ADDS_NOTHING - {"engineer"} else words


_ANYWHERE = re.compile(r"\b(?:remote|anywhere|worldwide|work from (?:home|anywhere)|distributed)\b", re.IGNORECASE)


@lru_cache(maxsize=200_000)
def _place_parts(place: str | None) -> tuple[frozenset[str], frozenset[str], bool]:
    """Return the first words of each place named, the regions after them, and whether it can be anywhere."""
    if not place:
        return frozenset(), frozenset(), False
    is_anywhere = bool(_ANYWHERE.search(place))
    bare = _ANYWHERE.sub(" ", re.sub(r"[()\[\]–-]", " ", place.lower()))
    heads, tails = set(), set()
    for piece in re.split(r"\s*(?:\||;|/| or | and |&)\s*", bare):
        names = [name.strip() for name in piece.split(",") if name.strip()]
        if names:
            heads.add(names[0])
            tails.update(names[1:])
    return frozenset(heads), frozenset(tails), is_anywhere


def places_agree(a: str | None, b: str | None) -> bool:
    """Whether two places as written can be one: a city in common, both anywhere, or one of them silent."""
    heads_a, tails_a, anywhere_a = _place_parts(a)
    heads_b, tails_b, anywhere_b = _place_parts(b)
    if not heads_a or not heads_b:
        return anywhere_a == anywhere_b or not (a and b) or not (heads_a or heads_b) or anywhere_a or anywhere_b
    return bool(heads_a & heads_b) or bool(heads_a & tails_b) or bool(heads_b & tails_a)


Sketch = npt.NDArray[np.uint64]
NO_SKETCH: Sketch = np.empty(0, np.uint64)


def similarity(a: Sketch, b: Sketch, size: int = 128) -> float:
    """Return the estimated Jaccard similarity of two texts from their sorted sketches; 0 where one has no words."""
    if not a.size or not b.size:
        return 0.0
    union = np.union1d(a, b)[:size]
    both = np.intersect1d(a, b, assume_unique=True)
    return float(np.count_nonzero(both <= union[-1])) / union.size


def containment(a: Sketch, b: Sketch, size: int = 128) -> float:
    """Return the estimated share of the shorter text's word pairs that stand in the other; 0 where one has no words.

    A full sketch tells the number of word pairs by how small its largest hash is, with a standard error of 9 %.
    """
    if not a.size or not b.size:
        return 0.0
    pairs = [s.size if s.size < size else (size - 1) / (float(s[-1]) / 2.0**64) for s in (a, b)]
    alike = similarity(a, b, size)
    return min(1.0, alike * sum(pairs) / (1 + alike) / min(pairs))


@dataclass(slots=True)
class Posting:
    """What identity rests on: one posting over all its sightings. `first_reading` and `last_reading` number its board's readings."""

    key: int
    source: str
    board: str
    posting_id: str
    part: int
    form: str
    employer_id: str
    is_named: bool
    is_feed: bool
    is_sample: bool
    title: str | None
    location: str | None
    text_hash: str
    sketch: Sketch
    poster_hash: str | None
    requisition: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    first_reading: int
    last_reading: int
    page: str | None = None


class _Clusters:
    """Disjoint sets of postings; each keeps which boards and comments it covers, so that distinct ids never meet."""

    def __init__(self, postings: Iterable[Posting]) -> None:
        self.postings = {posting.key: posting for posting in postings}
        self._parent = {key: key for key in self.postings}
        self.members = {key: [key] for key in self.postings}
        self.reason: dict[int, str] = {}

    def find(self, key: int) -> int:
        root = key
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[key] != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def join(self, a: int, b: int, reason: str) -> None:
        root, other = sorted((self.find(a), self.find(b)))
        if root != other:
            self._parent[other] = root
            self.members[root] += self.members.pop(other)
            self.reason.setdefault(b, reason)
            if self.reason.get(b) != reason:
                self.reason.setdefault(a, reason)

    def boards(self, key: int) -> set[tuple[str, str]]:
        return {(p.source, p.board) for p in (self.postings[m] for m in self.members[self.find(key)])}

    def comments(self, key: int) -> set[tuple[str, str]]:
        return {(p.source, p.posting_id) for p in (self.postings[m] for m in self.members[self.find(key)])}

    def titles(self, key: int) -> set[str | None]:
        return {self.postings[m].title for m in self.members[self.find(key)]}

    def are_apart(self, a: int, b: int) -> bool:
        """Whether no comment and no board has a posting in both, which would be two openings by their own ids."""
        if self.comments(a) & self.comments(b):
            return False
        ours, theirs = (
            {(p.source, p.board) for m in self.members[self.find(key)] if (p := self.postings[m]).form != "comment"}
            for key in (a, b)
        )
        return not ours & theirs


@dataclass(frozen=True, slots=True)
class Link:
    """Which vacancy a posting belongs to and why; the original of a vacancy has the reason `original`."""

    key: int
    vacancy_id: str
    reason: str


def vacancy_id(posting: Posting) -> str:
    """Return the stable identifier of the vacancy whose original this posting is."""
    base = f"{posting.source}:{posting.board}:{posting.posting_id}"
    return f"{base}#{posting.part}" if posting.part else base


def merge(postings: list[Posting]) -> list[Link]:
    """Return one link per posting, in the order given. The result does not depend on that order."""
    ordered = sorted(postings, key=lambda p: (p.first_seen_at, p.source, p.board, p.posting_id, p.part))
    clusters = _Clusters(ordered)
    _repost([p for p in ordered if p.form != "comment"], clusters)
    _same_page([p for p in ordered if p.page], clusters)
    _cross_post([p for p in ordered if p.is_named], clusters)
    _thread_repost([p for p in ordered if p.form == "comment"], clusters)
    links: dict[int, Link] = {}
    for members in clusters.members.values():
        group = [clusters.postings[key] for key in members]
        original = _first(group)
        identity = vacancy_id(original)
        fallback = next((clusters.reason[key] for key in sorted(members) if key in clusters.reason), "original")
        for posting in group:
            reason = "original" if posting is original else clusters.reason.get(posting.key, fallback)
            links[posting.key] = Link(posting.key, identity, reason)
    return [links[posting.key] for posting in postings]


def _rank(p: Posting) -> tuple[bool, bool, datetime, str, str, str, int]:
    return p.is_feed, p.form == "comment", p.first_seen_at, p.source, p.board, p.posting_id, p.part


def _first(group: Iterable[Posting]) -> Posting:
    return min(group, key=_rank)


def _groups(postings: Iterable[Posting], key) -> Iterator[list[Posting]]:  # type: ignore[no-untyped-def]
    groups: dict[object, list[Posting]] = defaultdict(list)
    for posting in postings:
        groups[key(posting)].append(posting)
    return (group for group in groups.values() if len(group) > 1)


def _repost(postings: list[Posting], clusters: _Clusters) -> None:
    for group in _groups(postings, lambda p: (p.source, p.board, p.employer_id, p.is_sample, title_parts(p.title))):
        taken: set[int] = set()
        for later in group:
            best: Posting | None = None
            for earlier in group:
                if (
                    earlier.key not in taken
                    and earlier.last_reading < later.first_reading
                    and later.first_seen_at - earlier.last_seen_at <= REPOST_GAP
                    and places_agree(earlier.location, later.location)
                    and _near(earlier, later, REPOST_SIMILARITY)
                    and (best is None or earlier.last_seen_at > best.last_seen_at)
                ):
                    best = earlier
            if best is not None:
                taken.add(best.key)
                clusters.join(best.key, later.key, "repost")


def _near(a: Posting, b: Posting, least: float) -> bool:
    if a.text_hash == b.text_hash:
        return True
    if not a.sketch.size or not b.sketch.size:
        return True  # a source without text says nothing against it
    return similarity(a.sketch, b.sketch) >= least


def _contains(a: Posting, b: Posting) -> bool:
    """Whether the shorter text stands, for the most part, in the longer: feeds cut their copies short."""
    if not a.sketch.size or not b.sketch.size or a.text_hash == b.text_hash:
        return True
    return similarity(a.sketch, b.sketch) >= CROSS_POST_SIMILARITY


def page_key(url: pl.Expr) -> pl.Expr:
    """Return what the addresses of one opening's page have in common, null where no identifier stands in the address.

    "https://www.acme.com/jobs/4711/apply?utm_source=x" -> "acme.com/jobs/4711".
    """
    written = url.str.strip_chars().str.to_lowercase()
    place = written.str.extract(r"^https?://(?:www\.)?([^?#]+)").str.replace(r"(?:/(?:apply|application))?/*$", "")
    key = place + written.str.extract(r"[?&]((?:gh_jid|jobid|job_id|jid|reqid|id)=[^&#]+)").fill_null("")
    return pl.when(key.str.contains(r"\d{4}|[0-9a-f]{8}-[0-9a-f]{4}")).then(key)


def _same_page(postings: list[Posting], clusters: _Clusters) -> None:
    for group in _groups(postings, lambda p: (p.page, p.is_sample)):
        boards = {(p.source, p.board) for p in group}
        if len(boards) != len(group):
            continue  # a page that one board gives for several openings is a list, not an opening
        original = _first(group)
        for twin in group:
            if twin is not original and not clusters.boards(original.key) & clusters.boards(twin.key):
                clusters.join(original.key, twin.key, "cross_post")


def _cross_post(postings: list[Posting], clusters: _Clusters) -> None:
    for group in _groups(postings, lambda p: (p.employer_id, p.is_sample, title_parts(p.title)[0])):
        if len({(p.source, p.board) for p in group}) < 2:
            continue
        ranked = sorted(group, key=_rank)
        for n, twin in enumerate(ranked):
            for original in ranked[:n]:
                if (
                    _may_cross(original, twin)
                    and not clusters.boards(original.key) & clusters.boards(twin.key)
                    and titles_agree(original.title, twin.title)
                    and places_agree(original.location, twin.location)
                    and _contains(original, twin)
                ):
                    clusters.join(original.key, twin.key, "cross_post")
                    break


def _may_cross(a: Posting, b: Posting) -> bool:
    if (a.source, a.board) == (b.source, b.board) or (a.form == "comment" and b.form == "comment"):
        return False
    if "comment" in (a.form, b.form) and not (a.sketch.size and b.sketch.size):
        return False
    return max(a.first_seen_at, b.first_seen_at) - min(a.last_seen_at, b.last_seen_at) <= CROSS_POST_GAP


def _thread_repost(postings: list[Posting], clusters: _Clusters) -> None:
    matched: set[int] = set()
    for is_same_poster in (True, False):
        by_block: dict[object, list[list[Posting]]] = defaultdict(list)
        comments: dict[tuple[str, str, str], list[Posting]] = {}
        for posting in postings:
            comments.setdefault((posting.source, posting.board, posting.posting_id), []).append(posting)
        for parts in comments.values():
            parts.sort(key=lambda p: p.part)
            first = parts[0]
            block = first.poster_hash if is_same_poster else first.employer_id if first.is_named else None
            if block is not None:
                by_block[first.source, first.is_sample, block].append(parts)
        for block_comments in by_block.values():
            for n, later in enumerate(block_comments):
                wanting = {p.key for p in later if p.key not in matched}
                for earlier in reversed(block_comments[max(0, n - COMPARED_COMMENTS) : n]):
                    if not wanting:
                        break
                    taken = _match_roles(earlier, later, wanting, clusters, is_same_poster)
                    matched |= taken
                    wanting -= taken


def _match_roles(
    earlier: list[Posting], later: list[Posting], wanting: set[int], clusters: _Clusters, is_same_poster: bool
) -> set[int]:
    """Join the wanting roles of the later comment to those of the earlier that they repeat; return what was joined."""
    gap = later[0].first_seen_at - earlier[0].last_seen_at
    if gap > THREAD_GAP or (not is_same_poster and earlier[0].poster_hash == later[0].poster_hash):
        return set()
    alike = similarity(earlier[0].sketch, later[0].sketch)
    rules = _title_rules(earlier[0], later[0], alike, is_same_poster=is_same_poster)
    taken: set[int] = set()
    joined: set[int] = set()
    for agree in rules:
        for role in later:
            if role.key not in wanting or role.key in joined:
                continue
            for candidate in earlier:
                if (
                    candidate.key not in taken
                    and agree(candidate.title, role.title)
                    and clusters.are_apart(candidate.key, role.key)
                    and _no_title_objects(clusters.titles(candidate.key), clusters.titles(role.key))
                ):
                    clusters.join(candidate.key, role.key, "thread_repost")
                    taken.add(candidate.key)
                    joined.add(role.key)
                    break
    return joined


def _no_title_objects(a: set[str | None], b: set[str | None]) -> bool:
    """Whether every title of one vacancy can be every title of the other, so that none without a title joins two roles."""
    broad = _BROAD | {"fullstack"}  # who does all of it may be sought for either half next
    return all(
        _titles_say_the_same(one, other) or titles_kin(one, other, with_broad=True, broad=broad)
        for one in a
        for other in b
    )


def _title_rules(a: Posting, b: Posting, alike: float, *, is_same_poster: bool) -> list[_TitleRule]:
    """Return how the titles of two comments may agree, in order, given how alike the texts are; none if not enough."""
    if alike < THREAD_SIMILARITY_OTHER_EMPLOYER and not _one_employer(a, b, is_same_poster=is_same_poster):
        return []
    if a.board == b.board:
        return [_titles_say_the_same] if alike >= DOUBLE_POST_SIMILARITY else []
    if not is_same_poster:
        if alike < THREAD_SIMILARITY_OTHER_POSTER:
            return _extension_rules(a, b, alike)[:1] if alike >= THREAD_SIMILARITY_COLLEAGUE else []
    elif alike < THREAD_SIMILARITY:
        is_same_role = [_titles_same] if alike >= THREAD_SIMILARITY_SAME_TITLE else []
        return [*is_same_role, *_extension_rules(a, b, alike)]
    if alike < THREAD_SIMILARITY_KIN_TITLE:
        return [_titles_say_the_same, *_extension_rules(a, b, alike)]
    return [_titles_say_the_same, partial(titles_kin, with_broad=alike >= THREAD_SIMILARITY_BROAD_TITLE)]


def _titles_same(a: str | None, b: str | None) -> bool:
    """Whether both name one role at one level: the less the texts share, the more the titles must."""
    return bool(a and b) and _titles_say_the_same(a, b) and title_parts(a)[1] == title_parts(b)[1]


def _extension_rules(a: Posting, b: Posting, alike: float) -> list[_TitleRule]:
    """Return how titles may agree where the same employer's comment was cut short or written out within half a year."""
    if not a.is_named or a.employer_id != b.employer_id or b.first_seen_at - a.last_seen_at > CONTAINMENT_GAP:
        return []
    contained = containment(a.sketch, b.sketch)
    if contained >= THREAD_CONTAINMENT_WHOLE and alike >= THREAD_SIMILARITY_WHOLE:
        return [_titles_say_the_same, partial(titles_kin, with_broad=False)]
    return [_titles_same] if contained >= THREAD_CONTAINMENT and alike >= THREAD_SIMILARITY_CONTAINED else []


def _one_employer(a: Posting, b: Posting, *, is_same_poster: bool) -> bool:
    """Whether two comments can be one employer's; a poster may write its name out one month and short the next."""
    if not (a.is_named and b.is_named) or a.employer_id == b.employer_id:
        return True
    short, long = sorted((a.employer_id, b.employer_id), key=len)
    return is_same_poster and len(short) >= SHORTEST_NAME_STEM and long.startswith(short)


# -------------------------------------------------------------------------------------------------------------- spans


def evidence(readings: pl.DataFrame) -> pl.DataFrame:
    """Return the readings of each board in order, each with what its silence proves.

    In: the columns of `BoardReading` with `asked_at` and `answered_at` as instants. Out, per `source`, `board`:
    `reading` (0, 1, …), `crawl_id`, `read_at`, `weight` (2 for a 404 or 410, 1 for a reading whose silence counts, else
    0), `proof` (their running sum), `stands_until` (the last reading in a row that vouches this one is unchanged).
    """
    board = ["source", "board"]
    ordered = (
        readings.with_columns(read_at=pl.coalesce("answered_at", "asked_at"))
        .sort(*board, "asked_at", "crawl_id", "outcome")
        .unique([*board, "crawl_id"], keep="last", maintain_order=True)
        .with_columns(
            is_complete=(pl.col("outcome") == "complete") & ~pl.col("is_truncated"),
            is_gone=pl.col("status").is_in(GONE).fill_null(False) & (pl.col("outcome") != "complete"),
            reading=pl.int_range(pl.len(), dtype=pl.Int64).over(board),
        )
    )
    complete = (
        ordered.filter(pl.col("is_complete"))
        .with_columns(
            median=pl.col("postings")
            .shift(1)
            .rolling_median(MEDIAN_RUNS, min_samples=1)
            .over(board, order_by="reading")
        )
        .select(
            *board,
            "reading",
            is_enough=(pl.col("postings") >= LEAST_SHARE_OF_MEDIAN * pl.col("median")).fill_null(True),
        )
    )
    counted = ordered.join(complete, on=[*board, "reading"], how="left").sort(*board, "reading")
    base = pl.when(pl.col("is_complete")).then(pl.col("reading")).forward_fill().over(board, order_by="reading")
    base_is_enough = (
        pl.when(pl.col("is_complete")).then(pl.col("is_enough")).forward_fill().over(board, order_by="reading")
    )
    is_unchanged = (pl.col("outcome") == "unchanged") & base.is_not_null()
    return (
        counted.with_columns(
            weight=pl.when("is_gone")
            .then(2)
            .when(pl.col("is_complete"))
            .then(pl.col("is_enough").cast(pl.Int32))
            .when(is_unchanged)
            .then(base_is_enough.cast(pl.Int32))
            .otherwise(0),
            base=pl.when(is_unchanged).then(base).otherwise(pl.col("reading")),
        )
        .with_columns(proof=pl.col("weight").cum_sum().over(board, order_by="reading"))
        .with_columns(stands_until=pl.col("reading").max().over([*board, "base"]))
        .select(
            *board, "reading", "crawl_id", "asked_at", "read_at", "status", "is_gone", "weight", "proof", "stands_until"
        )
        .sort(*board, "reading")
    )


def spans(sightings: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """Return for each posting when it was seen first and last, closed and reopened.

    `sightings`: `key`, `source`, `board`, `crawl_id`, `sighted_at`. `readings`: the result of `evidence`. Out, one row
    per `key`: `first_seen_at`, `last_seen_at`, `n_sightings`, `absent_at` (the first reading that proves it absent after
    its last sighting), `closed_at`, `closed_reason`, `reopened`, `first_reading`, `last_reading` (the board's readings
    so far; -1 before the first), `is_at_first_reading`.
    """
    board = ["source", "board"]
    own = readings.select(*board, "crawl_id", "reading", "weight", "proof", "stands_until")
    seen = sightings.join(own, on=[*board, "crawl_id"], how="left")
    before = readings.select(
        *board,
        pl.col("asked_at").alias("sighted_at"),
        pl.col("reading").alias("reading_before"),
        pl.col("proof").alias("proof_before"),
    ).sort("sighted_at")
    seen = seen.sort("sighted_at").join_asof(
        before, on="sighted_at", by=board, strategy="backward", check_sortedness=False
    )
    until = readings.select(
        *board,
        pl.col("reading").alias("stands_until"),
        pl.col("proof").alias("proof_until"),
        pl.col("read_at").alias("vouched_at"),
    )
    seen = (
        seen.join(until, on=[*board, "stands_until"], how="left")
        .with_columns(
            has_own=pl.col("reading").is_not_null(),
            position=pl.coalesce("reading", "reading_before", pl.lit(-1)),
            proof_at=pl.coalesce("proof_until", "proof", "proof_before", pl.lit(0)),
            proof_until_then=pl.coalesce(pl.col("proof") - pl.col("weight"), "proof_before", pl.lit(0)),
            seen_until=pl.max_horizontal(
                "sighted_at", pl.when(pl.col("stands_until") > pl.col("reading")).then("vouched_at")
            ),
            until_reading=pl.coalesce("stands_until", "reading", "reading_before", pl.lit(-1)),
        )
        .sort("key", "sighted_at", "crawl_id")
        .with_columns(
            absences=(pl.col("proof_until_then") - pl.col("proof_at").shift(1)).over(
                "key", order_by=["sighted_at", "crawl_id"]
            )
        )
    )
    first_crawl = (
        pl.concat(
            [
                sightings.select(*board, "crawl_id", pl.col("sighted_at").alias("at")),
                readings.select(*board, "crawl_id", pl.col("asked_at").alias("at")),
            ]
        )
        .group_by(*board, "crawl_id")
        .agg(pl.col("at").min())
        .sort("at", "crawl_id")
        .group_by(board, maintain_order=True)
        .agg(pl.col("crawl_id").first().alias("first_crawl"))
    )
    posting = (
        seen.group_by("key", maintain_order=True)
        .agg(
            pl.col("source").first(),
            pl.col("board").first(),
            pl.col("crawl_id").first(),
            first_seen_at=pl.col("sighted_at").first(),
            last_seen_at=pl.col("seen_until").max(),
            n_sightings=pl.len(),
            proof_at=pl.col("proof_at").last(),
            reopened=(pl.col("absences") >= 2).sum(),
            first_reading=pl.col("position").first(),
            last_reading=pl.col("until_reading").last(),
        )
        .join(first_crawl, on=board, how="left")
        .with_columns(is_at_first_reading=pl.col("crawl_id") == pl.col("first_crawl"))
    )
    proofs = readings.filter(pl.col("weight") > 0).select(*board, "proof", "read_at", "is_gone").sort("proof")

    def proved(n: int, prefix: str) -> pl.DataFrame:
        wanted = posting.select("key", *board, (pl.col("proof_at") + n).cast(pl.Int64).alias("proof")).sort("proof")
        found = wanted.join_asof(
            proofs.with_columns(pl.col("proof").cast(pl.Int64)),
            on="proof",
            by=board,
            strategy="forward",
            check_sortedness=False,
        )
        return found.select("key", pl.col("read_at").alias(f"{prefix}_at"), pl.col("is_gone").alias(f"{prefix}_gone"))

    return (
        posting.join(proved(1, "absent"), on="key", how="left")
        .join(proved(2, "closed"), on="key", how="left")
        .with_columns(
            closed_reason=pl.when(pl.col("closed_at").is_not_null()).then(
                pl.when("closed_gone").then(pl.lit("gone")).otherwise(pl.lit("absent_twice"))
            ),
        )
        .select(
            *(
                "key",
                "first_seen_at",
                "last_seen_at",
                "n_sightings",
                "absent_at",
                "closed_at",
                "closed_reason",
                "reopened",
            ),
            *("first_reading", "last_reading", "is_at_first_reading"),
        )
        .sort("key")
    )


def vacancy_spans(postings: pl.DataFrame) -> pl.DataFrame:
    """Return for each `vacancy_id` the span of all its postings (`spans` and `form`), with the censoring marks.

    A vacancy is closed when every posting of it is; it reopens when a posting returns, or a repost appears, after that.
    """
    ordered = postings.sort("vacancy_id", "first_seen_at", "key").with_columns(
        closed_before=pl.col("closed_at")
        .fill_null(datetime(9999, 1, 1))
        .cum_max()
        .shift(1)
        .over("vacancy_id", order_by=["first_seen_at", "key"])
    )
    day = 86_400_000_000
    return (
        ordered.group_by("vacancy_id", maintain_order=True)
        .agg(
            first_seen_at=pl.col("first_seen_at").min(),
            last_seen_at=pl.col("last_seen_at").max(),
            is_closed=pl.col("closed_at").is_not_null().all(),
            closed_at=pl.col("closed_at").max(),
            absent_at=pl.col("absent_at").max(),
            closed_reason=pl.col("closed_reason").sort_by("closed_at").last(),
            reopened=(pl.col("reopened").sum() + (pl.col("closed_before") <= pl.col("first_seen_at")).sum()).cast(
                pl.Int32
            ),
            is_left_truncated=(pl.col("is_at_first_reading") & (pl.col("form") != "comment")).first(),
            n_sightings=pl.col("n_sightings").sum().cast(pl.Int32),
            n_postings=pl.len().cast(pl.Int32),
        )
        .with_columns(
            closed_at=pl.when("is_closed").then("closed_at"),
            closed_reason=pl.when("is_closed").then("closed_reason"),
            is_right_censored=~pl.col("is_closed"),
            open_days_low=(pl.col("last_seen_at") - pl.col("first_seen_at")).dt.total_microseconds() / day,
            open_days_high=pl.when("is_closed").then(
                (pl.col("absent_at") - pl.col("first_seen_at")).dt.total_microseconds() / day
            ),
        )
        .drop("is_closed", "absent_at")
    )
