"""Hacker News "Who wants to be hired?": how many seek which role in which month; no text and no name is archived."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from scrapy.utils.misc import load_object

from crawler.hiring_threads import HiringThreadSpider, thread_month
from crawler.raw_text import Page
from crawler.reading import OpenReading, SeriesLine, judge


class HackerNewsSeekersSpider(HiringThreadSpider):
    """Hacker News' monthly "Who wants to be hired?" threads, read for counts by role alone."""

    name = "hackernews_seekers"
    # Seekers are counted against the openings of the same forum, so under the source that reads these.
    forum = "hackernews"
    thread_title = re.compile(r"\bwho wants to be hired\b", re.IGNORECASE)

    def refusal(self) -> str | None:
        """Refuse to read what could not be counted: the classifier is the warehouse's and named by whoever composes."""
        if not self.settings.get("ROLEMARKET_SEEKER_ROLES"):
            return "needs ROLEMARKET_SEEKER_ROLES, the dotted name of the function that names the role a text seeks"
        self.texts: dict[str, list[str]] = defaultdict(list)
        self.months: dict[str, str | None] = {}
        return super().refusal()

    def take(self, comment: Page, thread: str, reading: OpenReading) -> Iterator[object]:
        """Keep the words in memory until the thread is read."""
        self.texts[reading.board.token].append(comment["text"])
        self.months[reading.board.token] = thread_month(thread)
        return iter(())

    def closing(self, reading: OpenReading) -> Iterator[SeriesLine]:
        """Yield the month's counts by role where the whole thread was read, and forget its texts."""
        texts, month = self.texts.pop(reading.board.token, []), self.months.pop(reading.board.token, None)
        if not texts or month is None or judge(reading)[0] != "complete":
            return
        roles = load_object(self.settings["ROLEMARKET_SEEKER_ROLES"])(texts)
        for role, n in sorted(Counter(role for role in roles if role).items()):
            line = {"source": self.forum, "month_on": f"{month}-01", "role": role, "n_seekers": n}
            yield SeriesLine(reading.board.token, line)
