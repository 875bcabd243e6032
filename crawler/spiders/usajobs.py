"""USAJOBS' search API: the United States' federal openings, five hundred a page, by occupational series."""

import os

from crawler.raw_text import Page, bands, inner, joined, objects, places, sections
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import Sighting


class USAJobsSpider(PagedBoardSpider):
    """USAJOBS (data.usajobs.gov); needs a key and an operator's word, for robots.txt forbids the documented API."""

    name = "usajobs"
    backend = "data.usajobs.gov"
    concurrency, delay_seconds = 1, 1.0
    keys = ("ROLEMARKET_USAJOBS_KEY", "ROLEMARKET_USAJOBS_EMAIL")
    off_because = "robots.txt of data.usajobs.gov forbids it although its publisher documents it as a public API"
    feed = ("1560", "2210", "1550", "1529", "1515")
    address = "https://data.usajobs.gov/api/Search?JobCategoryCode={board}&ResultsPerPage=500&Page=1"
    rows_at = ("SearchResult", "SearchResultItems")
    total_is_of_postings = True
    total_at = ("SearchResult", "SearchResultCountAll")

    @property
    def headers(self):
        """The key and the address it was given to."""
        key, address = (os.environ.get(name, "") for name in self.keys)
        return {"Authorization-Key": key, "User-Agent": address}

    def after(self, page, response, reading):
        """Return the next page, by number."""
        base, _, number = response.url.rpartition("=")
        return f"{base}={int(number) + 1}" if reading.rows < (reading.expected or 0) else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one opening."""
        said = row["MatchedObjectDescriptor"]
        details = inner(said, "UserArea", "Details") or {}
        paid = [band | {"currency": "USD"} for band in objects(said.get("PositionRemuneration"))]
        where = [place.get("LocationName") for place in objects(said.get("PositionLocation"))]
        parts = (details.get("JobSummary"), *(details.get("MajorDuties") or []), said.get("QualificationSummary"))
        return self.sighting(
            board,
            row.get("MatchedObjectId") or said.get("PositionID") or said["PositionURI"].rsplit("/", 1)[-1],
            url=said.get("PositionURI"),
            title=said.get("PositionTitle"),
            company_raw=said.get("OrganizationName"),
            location_raw=places(where) or said.get("PositionLocationDisplay"),
            work_mode_raw="remote" if details.get("RemoteIndicator") is True else None,
            employment_raw=joined(*(item.get("Name") for item in objects(said.get("PositionSchedule")))),
            level_raw=joined(*(item.get("Code") for item in objects(said.get("JobGrade")))),
            department_raw=said.get("DepartmentName"),
            pay_raw=bands(paid, "MinimumRange", "MaximumRange", "currency", "RateIntervalCode"),
            body_html=sections(*((None, part) for part in parts)),
            posted_raw=said.get("PublicationStartDate"),
            closes_raw=said.get("ApplicationCloseDate"),
            requisition_raw=said.get("PositionID"),
        )
