"""join.com company pages: rows in the page's data, the text on each posting's page as a schema.org posting."""

from crawler.job_posting import fields, posting_on
from crawler.markup import next_data
from crawler.raw_text import Page, inner, joined
from crawler.trunk import Board, DetailBoardSpider, listed
from warehouse.schema.records import Sighting


class JoinSpider(DetailBoardSpider):
    """join.com company pages (join.com/companies/BOARD)."""

    name = "join"
    backend = "join.com"
    concurrency, delay_seconds = 1, 1.0
    address = "https://join.com/companies/{board}?page=1"
    accepts = "text/html"
    total_at = ("props", "pageProps", "initialState", "jobs", "pagination", "total")
    rows_at = ("props", "pageProps", "initialState", "jobs", "items")
    careers_pages = (r"join\.com/companies/(?P<board>[\w-]+)",)

    def decode(self, response, reading):
        """Return the page's data with the company's name in every row."""
        page = next_data(response)
        company = inner(page, "props", "pageProps", "initialState", "company", "name")
        for row in listed(page, *self.rows_at):
            row["company"] = company
        return page

    def after(self, page, response, reading):
        """Return the next page, by number."""
        paging = inner(page, *self.total_at[:-1]) or {}
        base, _, number = response.url.rpartition("=")
        return f"{base}={int(number) + 1}" if int(number) < int(paging.get("pageCount") or 1) else None

    def detail(self, row: Page, board: Board) -> str:
        """Return the posting's page."""
        return f"https://join.com/companies/{board.token}/{row['idParam']}"

    def decode_detail(self, response, reading):
        """Return the posting that the page carries."""
        return posting_on(response)

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one posting; the row goes before the page, which has the text and, where shown, the pay."""
        found = fields(detail)
        own = {
            "url": self.detail(row, board),
            "title": row.get("title"),
            "company_raw": row.get("company"),
            "location_raw": joined(inner(row, "city", "cityName"), inner(row, "city", "countryName")),
            "country_raw": inner(row, "country", "iso3166"),
            "work_mode_raw": row.get("workplaceType"),
            "employment_raw": inner(row, "employmentType", "name"),
            "department_raw": inner(row, "category", "name"),
            "posted_raw": row.get("createdAt"),
        }
        return self.sighting(board, row["id"], **found | {name: value for name, value in own.items() if value})
