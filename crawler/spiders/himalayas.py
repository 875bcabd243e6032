"""Himalayas' API: twenty rows a page by offset, newest first; a crawl reads the newest two thousand."""

from crawler.raw_text import Page, band, chosen, joined, places
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting

NEWEST = 2_000


class HimalayasSpider(PagedBoardSpider):
    """Himalayas (himalayas.app/jobs/api); its terms ask that it be named as the source."""

    name = "himalayas"
    backend = "himalayas.app"
    concurrency, delay_seconds = 1, 1.0
    feed = ("all",)
    is_window = True
    address = "https://himalayas.app/jobs/api?limit=20&offset=0"
    rows_at = ("jobs",)
    total_at = ("totalCount",)

    def after(self, page, response, reading):
        """Return the next page, by the offset reached."""
        is_more = reading.rows < min(reading.expected or 0, NEWEST)
        return f"{response.url.rpartition('=')[0]}={reading.rows}" if is_more else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting."""
        return self.sighting(
            board,
            row["guid"],
            url=row.get("applicationLink") or row["guid"],
            title=row.get("title"),
            # Some rows have the name of the member in place of the employer's.
            company_raw=row.get("companyName") if row.get("companyName") != "name" else row.get("companySlug"),
            location_raw=places(row.get("locationRestrictions") or []),
            work_mode_raw="remote",
            employment_raw=row.get("employmentType"),
            level_raw=joined(*(row.get("seniority") or [])),
            department_raw=joined(*(row.get("parentCategories") or [])),
            pay_raw=band(row, "minSalary", "maxSalary", "currency", "salaryPeriod"),
            body_html=row.get("description") or row.get("excerpt"),
            posted_raw=row.get("pubDate"),
            closes_raw=row.get("expiryDate"),
            extras=chosen(row, "companySlug", "categories", "timezoneRestrictions"),
        )
