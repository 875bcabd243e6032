"""Workday's careers sites: twenty rows a page, two thousand rows a query, the text on each posting's own page."""

from crawler.raw_text import Page, inner, joined, places
from crawler.trunk import Board
from crawler.workday_lists import FacetedListSpider
from warehouse.schema.records import Sighting


class WorkdaySpider(FacetedListSpider):
    """Workday sites (TENANT.wdN.myworkdayjobs.com); a board is TENANT|wdN|SITE, or TENANT|wdN.myworkdaysite|SITE."""

    name = "workday"
    concurrency, delay_seconds = 2, 0.5
    maintenance_hosts = ("community.workday.com",)
    careers_pages = (
        r"(?P<board>[\w-]+)\.(?P<shard>wd\d+)\.myworkdayjobs\.com/"
        r"(?:wday/cxs/[\w-]+/|[a-z]{2}(?:-[a-z]{4})?-[a-z]{2}/)?(?!wday/)(?P<site>[\w-]+)",
        r"(?P<shard>wd\d+\.myworkdaysite)\.com/(?:[a-z]{2}(?:-[a-z]{4})?-[a-z]{2}/)?"
        r"(?:recruiting|wday/cxs)/(?P<board>[\w-]+)/(?P<site>[\w-]+)",
    )

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one posting; the list's relative date is kept as words beside the detail's start date."""
        info = detail.get("jobPostingInfo") or {}
        bullets = [word for word in row.get("bulletFields") or [] if isinstance(word, str)]
        where = [info.get("location"), *(info.get("additionalLocations") or [])]
        return self.sighting(
            board,
            self.row_id(row),
            url=info.get("externalUrl") or self.page_address(row, board),
            title=info.get("title") or row.get("title"),
            company_raw=inner(detail, "hiringOrganization", "name"),
            location_raw=places(where) or row.get("locationsText"),
            country_raw=inner(info, "jobRequisitionLocation", "country", "alpha2Code")
            or inner(info, "country", "descriptor"),
            work_mode_raw=info.get("remoteType") or row.get("remoteType"),
            employment_raw=info.get("timeType") or row.get("timeType"),
            body_html=info.get("jobDescription"),
            posted_raw=info.get("startDate"),
            requisition_raw=info.get("jobReqId") or joined(*bullets[:1]),
            extras={"posted_words": info.get("postedOn") or row.get("postedOn"), "bullets": bullets},
        )
