"""Breezy's JSON list: rows with pay but without text, the text on each position's page."""

from crawler.job_posting import fields, posting_on
from crawler.raw_text import Page, inner, objects, places
from crawler.trunk import Board, DetailBoardSpider, expect, listed
from warehouse.schema.records import Sighting


class BreezySpider(DetailBoardSpider):
    """Breezy boards (*.breezy.hr); an unknown name is sent to the vendor's site."""

    name = "breezy"
    backend = "breezy.hr"
    concurrency, delay_seconds = 2, 0.5
    address = "https://{board}.breezy.hr/json"
    careers_pages = (r"(?P<board>[\w-]+)\.breezy\.hr(?<!www\.breezy\.hr)(?<!app\.breezy\.hr)",)

    def rows(self, page, response):
        """Return the positions, also from the older form of the list."""
        return page if isinstance(page, list) else listed(expect(page, dict, "positions"), "positions")

    def row_id(self, row: Page) -> str:
        """Return the position's identifier."""
        return str(row.get("id") or row["_id"])

    def detail(self, row: Page, board: Board) -> str:
        """Return the position's page."""
        return f"https://{board.token}.breezy.hr/p/{row['friendly_id']}" if row.get("friendly_id") else row["url"]

    def decode_detail(self, response, reading):
        """Return the posting that the page carries; where it has none, the text as shown."""
        return posting_on(response) or {"description": response.css(".description").get()}

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one position."""
        where = [row.get("location") or {}, *objects(row.get("locations"))]
        mode = inner(where[0], "remote_details", "label") or ("remote" if where[0].get("is_remote") is True else None)
        return self.sighting(
            board,
            self.row_id(row),
            url=row.get("url"),
            title=row.get("name"),
            company_raw=inner(row, "company", "name"),
            location_raw=places(place.get("name") for place in where),
            country_raw=inner(where[0], "country", "id"),
            work_mode_raw=mode,
            employment_raw=inner(row, "type", "name"),
            department_raw=row.get("department"),
            pay_raw=row.get("salary"),
            body_html=fields(detail)["body_html"] or row.get("description"),
            posted_raw=row.get("published_date") or row.get("creation_date"),
            closes_raw=fields(detail)["closes_raw"],
        )
