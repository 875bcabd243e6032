"""iCIMS' newer career sites (Jibe): pages of a hundred JSON rows with texts, on the employer's own host."""

from crawler.raw_text import Page, band, chosen, inner, joined, objects
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting


class JibeSpider(PagedBoardSpider):
    """Jibe career sites; a board is the employer's host, such as careers.acme.com."""

    name = "jibe"
    concurrency, delay_seconds = 2, 0.5
    address = "https://{board}/api/jobs?limit=100&page=1"
    rows_at = ("jobs",)
    total_at = ("totalCount",)

    def after(self, page, response, reading):
        """Return the next page, by number."""
        base, _, number = response.url.rpartition("=")
        return f"{base}={int(number) + 1}" if reading.rows < (reading.expected or 0) else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one row; a salary of zero is one that was left out."""
        row = row.get("data", row)
        amounts = {name: row.get(name) or None for name in ("salary_min_value", "salary_max_value")}
        return self.sighting(
            board,
            row.get("req_id") or row["slug"],
            url=inner(row, "meta_data", "canonical_url") or f"https://{board.token}/jobs/{row.get('slug')}",
            title=row.get("title"),
            company_raw=row.get("hiring_organization") or row.get("brand"),
            location_raw=joined(row.get("city"), row.get("state"), row.get("country")) or row.get("location_name"),
            country_raw=row.get("country_code"),
            employment_raw=row.get("employment_type"),
            department_raw=joined(*(item.get("name") for item in objects(row.get("categories")))),
            pay_raw=band(row | amounts, "salary_min_value", "salary_max_value", "salary_currency", "salary_frequency"),
            body_html=row.get("description"),
            language_raw=row.get("language"),
            posted_raw=row.get("posted_date"),
            closes_raw=row.get("posting_expiry_date"),
            requisition_raw=row.get("req_id"),
            extras=chosen(row, "tags1", "tags2", "tags3", "tags4", "tags5", "tags6"),
        )
