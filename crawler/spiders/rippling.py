"""Rippling's board API: one row per posting and place, the text on each posting's own page."""

from crawler.raw_text import Page, bands, inner, places, sections
from crawler.trunk import Board, DetailBoardSpider, listed
from warehouse.schema.records import Sighting


class RipplingSpider(DetailBoardSpider):
    """Rippling boards (api.rippling.com); documented limit 100 requests in ten minutes."""

    name = "rippling"
    backend = "api.rippling.com"
    id_at = "uuid"
    concurrency, delay_seconds = 1, 6.0
    address = "https://api.rippling.com/platform/api/ats/v1/board/{board}/jobs"
    careers_pages = (
        r"ats\.rippling\.com/(?:embed/)?(?:[a-z]{2}-[A-Z]{2}/)?(?P<board>[\w-]+)",
        r"api\.rippling\.com/platform/api/ats/v1/board/(?P<board>[\w-]+)",
    )

    def rows(self, page, response) -> list[Page]:
        """Return one row per posting, with the places of all its rows."""
        merged: dict[str, Page] = {}
        for row in listed(page):
            first = merged.setdefault(row["uuid"], {**row, "places": []})
            first["places"].append(inner(row, "workLocation", "label"))
        return list(merged.values())

    def detail(self, row: Page, board: Board) -> str:
        """Return the posting's own address."""
        return f"{self.address.format(board=board.token)}/{row['uuid']}"

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one posting."""
        told = detail.get("description") or {}
        return self.sighting(
            board,
            row["uuid"],
            url=row.get("url"),
            title=row.get("name"),
            company_raw=detail.get("companyName"),
            location_raw=places(detail.get("workLocations") or row["places"]),
            employment_raw=inner(detail, "employmentType", "label"),
            department_raw=inner(row, "department", "label") or inner(row, "department", "name"),
            pay_raw=bands(detail.get("payRangeDetails"), "rangeStart", "rangeEnd", "currency", "frequency", "location"),
            body_html=sections((None, told.get("company")), (None, told.get("role"))),
            posted_raw=detail.get("createdOn"),
        )
