"""The Muse's public API: twenty rows a page, by category."""

from crawler.raw_text import Page, inner, objects, places
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting


class TheMuseSpider(PagedBoardSpider):
    """The Muse (www.themuse.com/api/public/jobs); a board is a category, read up to its hundredth page."""

    name = "themuse"
    backend = "www.themuse.com"
    concurrency, delay_seconds = 1, 1.0
    feed = ("Data and Analytics", "Software Engineering", "Data Science", "Computer and IT")
    # Pages beyond the 99th are refused, and 500 requests an hour are allowed without a key.
    max_pages = 99
    address = "https://www.themuse.com/api/public/jobs?category={board}&page=1"
    rows_at = ("results",)

    def after(self, page, response, reading):
        """Return the next page, by number."""
        number = int(page.get("page") or 1)
        return f"{response.url.rpartition('=')[0]}={number + 1}" if number < int(page.get("page_count") or 1) else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting."""
        return self.sighting(
            board,
            row["id"],
            url=inner(row, "refs", "landing_page"),
            title=row.get("name"),
            company_raw=inner(row, "company", "name"),
            location_raw=places(place.get("name") for place in objects(row.get("locations"))),
            level_raw=places(level.get("name") for level in objects(row.get("levels"))),
            department_raw=places(category.get("name") for category in objects(row.get("categories"))),
            body_html=row.get("contents"),
            posted_raw=row.get("publication_date"),
            extras={"company": inner(row, "company", "short_name")},
        )
