"""Workable's list and detail API of its own careers pages, for accounts whose widget is switched off."""

from scrapy.http import JsonRequest

from crawler.raw_text import Page, joined, objects, places, sections
from crawler.trunk import Board, DetailBoardSpider
from warehouse.schema.records import Sighting


class WorkableV3Spider(DetailBoardSpider):
    """Workable accounts through the careers pages' own API (apply.workable.com)."""

    name = "workable_v3"
    backend = "apply.workable.com"
    id_at = "shortcode"
    concurrency, delay_seconds = 1, 1.5
    address = "https://apply.workable.com/api/v3/accounts/{board}/jobs"
    rows_at = ("results",)
    total_at = ("total",)

    def first_request(self, board: Board, token: str | None = None) -> JsonRequest:
        """Return the request for a page of the list; `token` is what the page before said."""
        query = {"query": "", "location": [], "department": [], "worktype": []} | ({"token": token} if token else {})
        return JsonRequest(self.address.format(board=board.token), data=query)

    def after(self, page, response, reading):
        """Return the request for the next page."""
        return self.first_request(reading.board, page["nextPage"]) if page.get("nextPage") else None

    def detail(self, row: Page, board: Board) -> str:
        """Return the address of the job's detail."""
        return f"https://apply.workable.com/api/v2/accounts/{board.token}/jobs/{row['shortcode']}"

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one job."""
        row = row | detail
        listed = [row.get("location") or {}, *objects(row.get("locations"))]
        shown = [place for place in listed if not place.get("hidden")]
        department = row.get("department")
        return self.sighting(
            board,
            row["shortcode"],
            url=f"https://apply.workable.com/{board.token}/j/{row['shortcode']}/",
            title=row.get("title"),
            location_raw=places(joined(p.get("city"), p.get("region"), p.get("country")) for p in shown),
            country_raw=next((p.get("countryCode") for p in shown if p.get("countryCode")), None),
            work_mode_raw=row.get("workplace") or ("remote" if row.get("remote") is True else None),
            employment_raw=row.get("type"),
            department_raw=joined(*department) if isinstance(department, list) else department,
            body_html=sections(
                (None, row.get("description")),
                ("Requirements", row.get("requirements")),
                ("Benefits", row.get("benefits")),
            ),
            language_raw=row.get("language"),
            posted_raw=row.get("published"),
            requisition_raw=row.get("code"),
        )
