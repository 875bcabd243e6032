"""Rules for boards and feeds: reposts under a new identifier, one page of two boards, an opening posted across boards."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from warehouse.sketches import similarity
from warehouse.vacancies.places_written import places_agree
from warehouse.vacancies.postings import Clusters, Posting, first_of, groups_of, rank
from warehouse.vacancies.titles import title_parts, titles_agree

REPOST_GAP = timedelta(days=90)
CROSS_POST_GAP = timedelta(days=45)

REPOST_SIMILARITY = 0.75
CROSS_POST_SIMILARITY = 0.50


def repost(postings: list[Posting], clusters: Clusters) -> None:
    """Join an identifier that appears after another of its board has gone to the latest such of its text, title and place."""
    for group in groups_of(postings, lambda p: (p.source, p.board, p.employer_id, p.is_sample, title_parts(p.title))):
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


def same_page(postings: list[Posting], clusters: Clusters) -> None:
    """Join the postings that boards give with the address of one opening's page to the original."""
    for group in groups_of(postings, lambda p: (p.page, p.is_sample)):
        boards = {(p.source, p.board) for p in group}
        if len(boards) != len(group):
            continue  # a page that one board gives for several openings is a list, not an opening
        original = first_of(group)
        for twin in group:
            if twin is not original and not clusters.boards(original.key) & clusters.boards(twin.key):
                clusters.join(original.key, twin.key, "cross_post")


def cross_post(postings: list[Posting], clusters: Clusters) -> None:
    """Join what a named employer shows on several boards and feeds, at most one posting of each, to the original."""
    for group in groups_of(postings, lambda p: (p.employer_id, p.is_sample, title_parts(p.title)[0])):
        if len({(p.source, p.board) for p in group}) < 2:
            continue
        ranked = sorted(group, key=rank)
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
