"""Oracle Recruiting Cloud: two hundred rows a page, ten thousand at most, the text on each requisition's detail."""

from scrapy import Request

from crawler.raw_text import Page, inner, objects, places, sections
from crawler.trunk import Board, DetailBoardSpider, parted
from warehouse.schema.records import Sighting

MOST_ROWS = 10_000


class OracleSpider(DetailBoardSpider):
    """Oracle Recruiting Cloud sites (*.oraclecloud.com); a board is HOST|SITE, such as acme.fa.us2.oraclecloud.com|CX_1."""

    name = "oracle"
    backend = "oraclecloud.com"
    concurrency, delay_seconds = 4, 0.25
    careers_pages = (r"(?P<board>[\w.-]+\.oraclecloud\.com)/hcmUI/CandidateExperience/\w+/sites/(?P<site>[\w-]+)",)

    address = (
        "https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisitions?onlyData=true&expand=requisitionList"
        "&finder=findReqs;siteNumber={site},limit=200,offset={offset},sortBy=POSTING_DATES_DESC"
    )
    detail_address = (
        "https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails?onlyData=true&expand=all"
        '&finder=ById;Id="{id}",siteNumber={site}'
    )

    def first_request(self, board: Board, offset: int = 0) -> Request:
        """Return the request for a page of the list; `;`, `,` and `=` must stay as they are."""
        host, site = parted(board, "HOST|SITE")
        return Request(self.address.format(host=host, site=site, offset=offset), meta={"offset": offset})

    def rows(self, page: Page, response) -> list[Page]:
        """Return the requisitions of the list's one item."""
        return [row for item in objects(page["items"]) for row in objects(item.get("requisitionList"))]

    def total(self, page: Page):
        """Return the total of the list's one item, for the outer one counts items."""
        return next((item.get("TotalJobsCount") for item in objects(page.get("items"))), None)

    def after(self, page: Page, response, reading) -> Request | None:
        """Return the next page, up to the ten thousandth row; beyond it the source answers as if there were none."""
        reached = response.meta["offset"] + len(self.rows(page, response))
        reading.is_truncated |= reached >= MOST_ROWS
        return self.first_request(reading.board, reached) if reached < min(reading.expected or 0, MOST_ROWS) else None

    def row_id(self, row: Page) -> str:
        """Return the requisition's identifier."""
        return str(row["Id"])

    def detail(self, row: Page, board: Board) -> str:
        """Return the address of the requisition's detail."""
        host, site = parted(board, "HOST|SITE")
        return self.detail_address.format(host=host, site=site, id=row["Id"])

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one requisition."""
        row = row | next(iter(objects(detail.get("items"))), detail)
        host, site = parted(board, "HOST|SITE")
        parts = (
            "ExternalDescriptionStr",
            "ExternalResponsibilitiesStr",
            "ExternalQualificationsStr",
            "CorporateDescriptionStr",
        )
        body = sections(*((None, row.get(name)) for name in parts)) or row.get("ShortDescriptionStr")
        elsewhere = [place.get("Name") for place in objects(row.get("secondaryLocations"))]
        return self.sighting(
            board,
            row["Id"],
            url=f"https://{host}/hcmUI/CandidateExperience/en/sites/{site}/job/{row['Id']}",
            title=row.get("Title"),
            company_raw=row.get("LegalEmployer"),
            location_raw=places([row.get("PrimaryLocation"), *elsewhere]),
            country_raw=row.get("PrimaryLocationCountry"),
            work_mode_raw=row.get("WorkplaceType") or row.get("WorkplaceTypeCode"),
            employment_raw=row.get("JobSchedule"),
            level_raw=row.get("ManagerLevel"),
            department_raw=row.get("Department") or row.get("JobFamily") or row.get("JobFunction"),
            body_html=body,
            posted_raw=row.get("PostedDate") or row.get("ExternalPostedStartDate"),
            closes_raw=row.get("PostingEndDate") or row.get("ExternalPostedEndDate"),
            requisition_raw=inner(row, "RequisitionId"),
        )
