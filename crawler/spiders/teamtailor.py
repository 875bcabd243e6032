"""Teamtailor's JSON feed: texts and a schema.org posting per item, further pages where it names them."""

from crawler.job_posting import fields
from crawler.raw_text import Page
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting


class TeamtailorSpider(PagedBoardSpider):
    """Teamtailor boards (*.teamtailor.com); a board of another region is named NAME.na."""

    name = "teamtailor"
    backend = "teamtailor.com"
    concurrency, delay_seconds = 4, 0.25
    address = "https://{board}.teamtailor.com/jobs.json"
    rows_at = ("items",)
    follows_elsewhere = True
    marketing_hosts = ("www.teamtailor.com", "teamtailor.com")
    careers_pages = (
        r"(?P<board>[\w-]+(?:\.na)?)\.teamtailor\.com(?<!www\.teamtailor\.com)(?<!career\.teamtailor\.com)",
    )

    def after(self, page, response, reading):
        """Return the next page as the feed names it."""
        return page.get("next_url")

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one item; what the feed itself says goes before the schema.org posting in it."""
        found = fields(row.get("_jobposting") or {})
        own = {
            "url": row.get("url"),
            "title": row.get("title"),
            "body_html": row.get("content_html"),
            "posted_raw": row.get("date_published"),
            "updated_raw": row.get("date_modified"),
        }
        return self.sighting(board, row["id"], **found | {name: value for name, value in own.items() if value})
