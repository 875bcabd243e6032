"""Arbeitnow's job board API: pages of a hundred, newest first, back to what it still shows."""

from crawler.raw_text import Page, chosen, inner, joined
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting


class ArbeitnowSpider(PagedBoardSpider):
    """Arbeitnow (www.arbeitnow.com/api/job-board-api)."""

    name = "arbeitnow"
    backend = "www.arbeitnow.com"
    concurrency, delay_seconds = 1, 2.0
    feed = ("all",)
    max_pages = 100
    address = "https://www.arbeitnow.com/api/job-board-api"
    rows_at = ("data",)

    def after(self, page, response, reading):
        """Return the next page as the feed names it."""
        return inner(page, "links", "next")

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting."""
        return self.sighting(
            board,
            row["slug"],
            url=row.get("url"),
            title=row.get("title"),
            company_raw=row.get("company_name"),
            location_raw=row.get("location"),
            work_mode_raw="remote" if row.get("remote") is True else None,
            employment_raw=joined(*(row.get("job_types") or [])),
            body_html=row.get("description"),
            posted_raw=row.get("created_at"),
            extras=chosen(row, "tags"),
        )
