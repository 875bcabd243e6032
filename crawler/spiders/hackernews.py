"""Hacker News "Who is hiring?": each top-level comment is a sighting, its poster no more than a keyed hash."""

import re

from crawler.hiring_threads import HiringThreadSpider
from crawler.raw_text import Page
from crawler.reading import OpenReading
from crawler.trunk import Output


class HackerNewsSpider(HiringThreadSpider):
    """Hacker News' monthly "Who is hiring?" threads (hacker-news.firebaseio.com, hn.algolia.com)."""

    name = "hackernews"
    thread_title = re.compile(r"\bwho is hiring\b", re.IGNORECASE)
    careers_pages = (r"news\.ycombinator\.com/item\?id=(?P<board>\d+)",)

    def take(self, comment: Page, thread: str, reading: OpenReading) -> Output:
        """Map one comment; splitting it into vacancies is the warehouse's work."""
        yield self.sighting(
            reading.board,
            comment["id"],
            form="comment",
            url=f"https://news.ycombinator.com/item?id={comment['id']}",
            body_html=comment["text"],
            posted_raw=comment.get("time"),
            poster_hash=self.poster_hash(comment.get("by")),
            extras={"thread_title": thread},
        )
