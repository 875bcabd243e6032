"""The rules in their order, from postings to one link each with its reason."""

from __future__ import annotations

from warehouse.vacancies.boards import cross_post, repost, same_page
from warehouse.vacancies.months import thread_repost
from warehouse.vacancies.postings import Clusters, Link, Posting, first_of, vacancy_id


def merge(postings: list[Posting]) -> list[Link]:
    """Return one link per posting, in the order given. The result does not depend on that order."""
    ordered = sorted(postings, key=lambda p: (p.first_seen_at, p.source, p.board, p.posting_id, p.part))
    clusters = Clusters(ordered)
    repost([p for p in ordered if p.form != "comment"], clusters)
    same_page([p for p in ordered if p.page], clusters)
    cross_post([p for p in ordered if p.is_named], clusters)
    thread_repost([p for p in ordered if p.form == "comment"], clusters)
    links: dict[int, Link] = {}
    for members in clusters.members.values():
        group = [clusters.postings[key] for key in members]
        original = first_of(group)
        identity = vacancy_id(original)
        fallback = next((clusters.reason[key] for key in sorted(members) if key in clusters.reason), "original")
        for posting in group:
            reason = "original" if posting is original else clusters.reason.get(posting.key, fallback)
            links[posting.key] = Link(posting.key, identity, reason)
    return [links[posting.key] for posting in postings]
