"""Workable's widget API: the whole account with texts in one answer."""

from crawler.raw_text import Page, joined, objects, places
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class WorkableSpider(BoardSpider):
    """Workable accounts (apply.workable.com); the host blocks an address that asks more than two at once."""

    name = "workable"
    backend = "apply.workable.com"
    concurrency, delay_seconds = 1, 1.5
    address = "https://apply.workable.com/api/v1/widget/accounts/{board}?details=true"
    rows_at = ("jobs",)
    careers_pages = (
        r"apply\.workable\.com/(?:api/v\d/(?:widget/)?accounts/)?(?!api/|j/)(?P<board>[\w-]+)",
        r"www\.workable\.com/api/accounts/(?P<board>[\w-]+)",
        r"(?P<board>[\w-]+)\.workable\.com(?<!apply\.workable\.com)(?<!www\.workable\.com)(?<!jobs\.workable\.com)",
    )

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one job; places that the employer hides are left out."""
        where = [
            joined(place.get("city"), place.get("region"), place.get("country"))
            for place in objects(row.get("locations"))
            if not place.get("hidden")
        ]
        codes = [place.get("countryCode") for place in objects(row.get("locations")) if not place.get("hidden")]
        return self.sighting(
            board,
            row["shortcode"],
            url=row.get("url") or row.get("shortlink"),
            title=row.get("title"),
            location_raw=places([joined(row.get("city"), row.get("state"), row.get("country")), *where]),
            country_raw=next(filter(None, codes), None) or row.get("country"),
            work_mode_raw=row.get("workplace_type") or ("telecommuting" if row.get("telecommuting") is True else None),
            employment_raw=row.get("employment_type"),
            level_raw=row.get("experience"),
            department_raw=row.get("department"),
            body_html=row.get("description"),
            posted_raw=row.get("published_on"),
            requisition_raw=row.get("code"),
            extras={name: row.get(name) for name in ("education", "function", "industry", "created_at")},
        )
