"""Rules for monthly threads: which comment repeats another of its poster or employer, role by role."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import partial

from warehouse.sketches import containment, similarity
from warehouse.vacancies.postings import Clusters, Posting
from warehouse.vacancies.titles import BROAD, TitleRule, title_parts, titles_kin, titles_say_the_same

THREAD_GAP = timedelta(days=380)

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


def thread_repost(postings: list[Posting], clusters: Clusters) -> None:
    """Join the roles of comments to those of earlier months, the poster's own first, then the same employer's."""
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
    earlier: list[Posting], later: list[Posting], wanting: set[int], clusters: Clusters, is_same_poster: bool
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
    broad = BROAD | {"fullstack"}  # who does all of it may be sought for either half next
    return all(
        titles_say_the_same(one, other) or titles_kin(one, other, with_broad=True, broad=broad)
        for one in a
        for other in b
    )


def _title_rules(a: Posting, b: Posting, alike: float, *, is_same_poster: bool) -> list[TitleRule]:
    """Return how the titles of two comments may agree, in order, given how alike the texts are; none if not enough."""
    if alike < THREAD_SIMILARITY_OTHER_EMPLOYER and not _one_employer(a, b, is_same_poster=is_same_poster):
        return []
    if a.board == b.board:
        return [titles_say_the_same] if alike >= DOUBLE_POST_SIMILARITY else []
    if not is_same_poster:
        if alike < THREAD_SIMILARITY_OTHER_POSTER:
            return _extension_rules(a, b, alike)[:1] if alike >= THREAD_SIMILARITY_COLLEAGUE else []
    elif alike < THREAD_SIMILARITY:
        is_same_role = [_titles_same] if alike >= THREAD_SIMILARITY_SAME_TITLE else []
        return [*is_same_role, *_extension_rules(a, b, alike)]
    if alike < THREAD_SIMILARITY_KIN_TITLE:
        return [titles_say_the_same, *_extension_rules(a, b, alike)]
    return [titles_say_the_same, partial(titles_kin, with_broad=alike >= THREAD_SIMILARITY_BROAD_TITLE)]


def _titles_same(a: str | None, b: str | None) -> bool:
    """Whether both name one role at one level: the less the texts share, the more the titles must."""
    return bool(a and b) and titles_say_the_same(a, b) and title_parts(a)[1] == title_parts(b)[1]


def _extension_rules(a: Posting, b: Posting, alike: float) -> list[TitleRule]:
    """Return how titles may agree where the same employer's comment was cut short or written out within half a year."""
    if not a.is_named or a.employer_id != b.employer_id or b.first_seen_at - a.last_seen_at > CONTAINMENT_GAP:
        return []
    contained = containment(a.sketch, b.sketch)
    if contained >= THREAD_CONTAINMENT_WHOLE and alike >= THREAD_SIMILARITY_WHOLE:
        return [titles_say_the_same, partial(titles_kin, with_broad=False)]
    return [_titles_same] if contained >= THREAD_CONTAINMENT and alike >= THREAD_SIMILARITY_CONTAINED else []


def _one_employer(a: Posting, b: Posting, *, is_same_poster: bool) -> bool:
    """Whether two comments can be one employer's; a poster may write its name out one month and short the next."""
    if not (a.is_named and b.is_named) or a.employer_id == b.employer_id:
        return True
    short, long = sorted((a.employer_id, b.employer_id), key=len)
    return is_same_poster and len(short) >= SHORTEST_NAME_STEM and long.startswith(short)
