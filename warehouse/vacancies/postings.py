"""What identity rests on: postings over all their sightings, and the disjoint sets they are joined into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from warehouse.sketches import Sketch


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


class Clusters:
    """Disjoint sets of postings; each keeps which boards and comments it covers, so that distinct ids never meet."""

    def __init__(self, postings: Iterable[Posting]) -> None:
        self.postings = {posting.key: posting for posting in postings}
        self._parent = {key: key for key in self.postings}
        self.members = {key: [key] for key in self.postings}
        self.reason: dict[int, str] = {}

    def find(self, key: int) -> int:
        """Return the key that stands for the set of a posting."""
        root = key
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[key] != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def join(self, a: int, b: int, reason: str) -> None:
        """Unite the sets of two postings; the reason is kept with `b`, the later or the twin."""
        root, other = sorted((self.find(a), self.find(b)))
        if root != other:
            self._parent[other] = root
            self.members[root] += self.members.pop(other)
            self.reason.setdefault(b, reason)
            if self.reason.get(b) != reason:
                self.reason.setdefault(a, reason)

    def boards(self, key: int) -> set[tuple[str, str]]:
        """Return the source and board of every posting of a set."""
        return {(p.source, p.board) for p in (self.postings[m] for m in self.members[self.find(key)])}

    def comments(self, key: int) -> set[tuple[str, str]]:
        """Return the source and identifier of every posting of a set; the roles of one comment share theirs."""
        return {(p.source, p.posting_id) for p in (self.postings[m] for m in self.members[self.find(key)])}

    def titles(self, key: int) -> set[str | None]:
        """Return every title of a set."""
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


def rank(p: Posting) -> tuple[bool, bool, datetime, str, str, str, int]:
    """Return what orders postings of one opening, the original first: an employer's own board, a comment, then a feed."""
    return p.is_feed, p.form == "comment", p.first_seen_at, p.source, p.board, p.posting_id, p.part


def first_of(group: Iterable[Posting]) -> Posting:
    """Return the original of a vacancy's postings."""
    return min(group, key=rank)


def groups_of(postings: Iterable[Posting], key: Callable[[Posting], Hashable]) -> Iterator[list[Posting]]:
    """Return the postings with an equal key, in their order, where there are at least two."""
    groups: dict[Hashable, list[Posting]] = defaultdict(list)
    for posting in postings:
        groups[key(posting)].append(posting)
    return (group for group in groups.values() if len(group) > 1)
