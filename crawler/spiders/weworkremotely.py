"""We Work Remotely's RSS feeds: a hundred postings in the main one, the others by category."""

from crawler.markup import decode_xml, said
from crawler.raw_text import joined
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class WeWorkRemotelySpider(BoardSpider):
    """We Work Remotely (weworkremotely.com); a board is a category of its feeds."""

    name = "weworkremotely"
    backend = "weworkremotely.com"
    concurrency, delay_seconds = 1, 2.0
    feed = (
        "remote-programming-jobs",
        "remote-full-stack-programming-jobs",
        "remote-back-end-programming-jobs",
        "remote-front-end-programming-jobs",
        "remote-devops-sysadmin-jobs",
        "remote-management-and-finance-jobs",
        "remote-product-jobs",
        "all-other-remote-jobs",
    )
    is_window = True
    address = "https://weworkremotely.com/categories/{board}.rss"

    def decode(self, response, reading):
        """Return the feed's root."""
        return decode_xml(response.body, "rss")

    def rows(self, page, response):
        """Return the items."""
        return page.findall("channel/item")

    def posting(self, row, board: Board) -> Sighting:
        """Map one item, whose title is `Company: Role`."""
        company, _, title = (said(row, "title") or "").partition(": ")
        url = said(row, "link") or said(row, "guid") or ""
        return self.sighting(
            board,
            url.rstrip("/").rsplit("/", 1)[-1],
            url=url,
            title=title or company,
            company_raw=company if title else None,
            location_raw=joined(said(row, "region"), said(row, "state"), said(row, "country")),
            country_raw=said(row, "country"),
            work_mode_raw="remote",
            employment_raw=said(row, "type"),
            department_raw=said(row, "category"),
            body_html=said(row, "description"),
            posted_raw=said(row, "pubDate"),
            closes_raw=said(row, "expires_at"),
            extras={"skills": said(row, "skills")},
        )
