"""Recruitee's offers API: the whole board with texts and salaries in one answer."""

from crawler.raw_text import Page, band, chosen, joined, objects, places, sections
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class RecruiteeSpider(BoardSpider):
    """Recruitee boards (*.recruitee.com); unauthenticated calls end on 10 February 2027, by the vendor's notice."""

    name = "recruitee"
    backend = "recruitee.com"
    concurrency, delay_seconds = 4, 0.25
    address = "https://{board}.recruitee.com/api/offers/"
    rows_at = ("offers",)
    follows_elsewhere = True
    marketing_hosts = ("recruitee.com", "www.recruitee.com", "tellent.com", "www.tellent.com")
    careers_pages = (r"(?P<board>[\w-]+)\.recruitee\.com(?<!www\.recruitee\.com)(?<!api\.recruitee\.com)",)

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one offer; all three work-mode flags may be true, so all that are true are kept."""
        modes = [word for word in ("remote", "hybrid", "on_site") if row.get(word) is True]
        where = [joined(p.get("city"), p.get("state"), p.get("country")) for p in objects(row.get("locations"))]
        return self.sighting(
            board,
            row["id"],
            url=row.get("careers_url"),
            title=row.get("title"),
            company_raw=row.get("company_name"),
            location_raw=places([row.get("location"), *where]),
            country_raw=row.get("country_code"),
            work_mode_raw=joined(*modes),
            employment_raw=row.get("employment_type_code"),
            level_raw=row.get("experience_code"),
            department_raw=row.get("department"),
            pay_raw=band(row.get("salary"), "min", "max", "currency", "period"),
            body_html=sections((None, row.get("description")), ("Requirements", row.get("requirements"))),
            posted_raw=row.get("published_at"),
            updated_raw=row.get("updated_at"),
            closes_raw=row.get("close_at"),
            extras=chosen(row, "education_code", "category_code", "created_at", "min_hours", "max_hours", "tags"),
        )
