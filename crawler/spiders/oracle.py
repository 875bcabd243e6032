"""Oracle Recruiting Cloud: two hundred rows a page, ten thousand at most, the text on each requisition's detail."""

from crawler.oracle_lists import RequisitionListSpider
from crawler.raw_text import Page, inner, objects, places, sections
from crawler.trunk import Board, parted
from warehouse.schema.records import Sighting

PARTS = ("ExternalDescription", "ExternalResponsibilities", "ExternalQualifications", "CorporateDescription")


class OracleSpider(RequisitionListSpider):
    """Oracle Recruiting Cloud sites (*.oraclecloud.com); a board is HOST|SITE, such as acme.fa.us2.oraclecloud.com|CX_1."""

    name = "oracle"
    backend = "oraclecloud.com"
    concurrency, delay_seconds = 4, 0.25
    careers_pages = (r"(?P<board>[\w.-]+\.oraclecloud\.com)/hcmUI/CandidateExperience/[\w-]+/sites/(?P<site>[\w-]+)",)

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one requisition."""
        row = row | next(iter(objects(detail.get("items"))), detail)
        host, site = parted(board, "HOST|SITE")
        parts = [row.get(f"{name}Str") for name in PARTS]
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
            body_html=sections(*((None, part) for part in parts)) or row.get("ShortDescriptionStr"),
            posted_raw=row.get("PostedDate") or row.get("ExternalPostedStartDate"),
            closes_raw=row.get("PostingEndDate") or row.get("ExternalPostedEndDate"),
            requisition_raw=inner(row, "RequisitionId"),
        )
