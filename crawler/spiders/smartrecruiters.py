"""SmartRecruiters' posting API: pages of a hundred, the text on each posting's own page."""

from crawler.raw_text import Page, band, inner, joined, objects, sections
from crawler.reading import NoSuchBoard
from crawler.trunk import Board, DetailBoardSpider
from warehouse.schema.records import Sighting


class SmartRecruitersSpider(DetailBoardSpider):
    """SmartRecruiters (api.smartrecruiters.com); off until an operator states why robots.txt may be set aside."""

    name = "smartrecruiters"
    backend = "api.smartrecruiters.com"
    concurrency, delay_seconds = 4, 0.25
    off_because = "robots.txt of api.smartrecruiters.com forbids it although its vendor documents it as a public API"
    address = "https://api.smartrecruiters.com/v1/companies/{board}/postings?limit=100&offset=0"
    rows_at = ("content",)
    total_is_of_postings = True
    careers_pages = (r"(?:jobs|careers|api)\.smartrecruiters\.com/(?:v1/companies/|[\w-]+/company/)?(?P<board>[\w-]+)",)

    def total(self, page):
        """Return the total; 0 is how this source answers for any name it does not know."""
        if page.get("totalFound") == 0:
            raise NoSuchBoard("no posting, which is also how unknown companies are answered")
        return page.get("totalFound")

    def after(self, page, response, reading):
        """Return the next page, by offset."""
        reached = int(page.get("offset") or 0) + len(page["content"])
        return f"{response.url.rpartition('=')[0]}={reached}" if reached < page["totalFound"] else None

    def detail(self, row: Page, board: Board) -> str:
        """Return the posting's own address."""
        return self.address.format(board=board.token).partition("?")[0] + f"/{row['id']}"

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one posting."""
        place = (row := row | detail).get("location") or {}
        parts = (inner(row, "jobAd", "sections") or {}).values()
        return self.sighting(
            board,
            row["id"],
            url=row.get("postingUrl") or f"https://jobs.smartrecruiters.com/{board.token}/{row['id']}",
            title=row.get("name"),
            company_raw=inner(row, "company", "name"),
            location_raw=place.get("fullLocation") or joined(place.get("city"), place.get("region")),
            country_raw=place.get("country"),
            work_mode_raw=joined(*(word for word in ("remote", "hybrid") if place.get(word))),
            employment_raw=inner(row, "typeOfEmployment", "label"),
            level_raw=inner(row, "experienceLevel", "label"),
            department_raw=inner(row, "department", "label") or inner(row, "function", "label"),
            pay_raw=band(inner(row, "compensation", "salary"), "min", "max", "currency", "period"),
            body_html=sections(*((part.get("title"), part.get("text")) for part in objects([*parts]))),
            language_raw=inner(row, "language", "code"),
            posted_raw=row.get("releasedDate"),
            requisition_raw=row.get("refNumber"),
            extras={f["fieldLabel"]: f.get("valueLabel") for f in objects(row.get("customField")) if "fieldLabel" in f},
        )
