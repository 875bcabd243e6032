"""BambooHR's careers list: rows without text, the text on each opening's own page."""

from crawler.raw_text import Page, inner, joined
from crawler.trunk import Board, DetailBoardSpider
from warehouse.schema.records import Sighting

MODES = {"0": "onsite", "1": "remote", "2": "hybrid"}


class BambooHRSpider(DetailBoardSpider):
    """BambooHR boards (*.bamboohr.com); a tenant that is gone is sent to the vendor's site."""

    name = "bamboohr"
    backend = "bamboohr.com"
    concurrency, delay_seconds = 4, 0.25
    address = "https://{board}.bamboohr.com/careers/list"
    rows_at = ("result",)
    total_at = ("meta", "totalCount")
    careers_pages = (r"(?P<board>[\w-]+)\.bamboohr\.com(?<!www\.bamboohr\.com)(?<!api\.bamboohr\.com)",)

    def detail(self, row: Page, board: Board) -> str:
        """Return the address of the opening's detail."""
        return f"https://{board.token}.bamboohr.com/careers/{row['id']}/detail"

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one opening; the source's numbers for the work mode are written as the words they stand for."""
        opening = inner(detail, "result", "jobOpening") or {}
        place, ats = row.get("location") or {}, row.get("atsLocation") or {}
        mode = "remote" if row.get("isRemote") in (True, 1, "1") else MODES.get(str(row.get("locationType")))
        return self.sighting(
            board,
            row["id"],
            url=opening.get("jobOpeningShareUrl") or f"https://{board.token}.bamboohr.com/careers/{row['id']}",
            title=row.get("jobOpeningName") or opening.get("jobOpeningName"),
            location_raw=joined(
                place.get("city") or ats.get("city"), place.get("state") or ats.get("state") or ats.get("province")
            ),
            country_raw=ats.get("country") or inner(opening, "location", "addressCountry"),
            work_mode_raw=mode,
            employment_raw=row.get("employmentStatusLabel"),
            level_raw=opening.get("minimumExperience"),
            department_raw=row.get("departmentLabel"),
            pay_raw=opening.get("compensation"),
            body_html=opening.get("description"),
            posted_raw=opening.get("datePosted"),
        )
