"""USAJOBS' search API: the United States' federal openings, five hundred a page, by occupational series."""

import os

from scrapy import Request

from crawler.raw_text import Page, inner, joined, objects, pay, places, sections
from crawler.trunk import Board, PagedBoardSpider
from warehouse.schema.records import PayOffer, Sighting

SERIES = ("1560", "2210", "1550", "1529", "1515")


class USAJobsSpider(PagedBoardSpider):
    """USAJOBS (data.usajobs.gov); needs a key and an operator's word, for robots.txt forbids the documented API."""

    name = "usajobs"
    backend = "data.usajobs.gov"
    concurrency, delay_seconds = 1, 1.0
    keys = ("ROLEMARKET_USAJOBS_KEY", "ROLEMARKET_USAJOBS_EMAIL")
    off_because = "robots.txt of data.usajobs.gov forbids it although its publisher documents it as a public API"
    feed = "1560"
    address = "https://data.usajobs.gov/api/Search?JobCategoryCode={board}&ResultsPerPage=500&Page=1"
    rows_at = ("SearchResult", "SearchResultItems")
    total_at = ("SearchResult", "SearchResultCountAll")

    @classmethod
    def default_boards(cls, *, is_curated: bool):
        """Return the occupational series of data science, IT, computer science, statistics and operations research."""
        return [Board(cls.name, series) for series in SERIES]

    @property
    def headers(self):
        """The key and the address it was given to."""
        key, address = (os.environ.get(name, "") for name in self.keys)
        return {"Authorization-Key": key, "User-Agent": address}

    def after(self, page, response, reading):
        """Return the next page, by number."""
        base, _, number = response.url.rpartition("=")
        more = reading.rows < (reading.expected or 0)
        return Request(f"{base}={int(number) + 1}", headers=self.headers) if more else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one opening."""
        said = row["MatchedObjectDescriptor"]
        details = inner(said, "UserArea", "Details") or {}
        offers = objects(said.get("PositionRemuneration"))
        where = [place.get("LocationName") for place in objects(said.get("PositionLocation"))]
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
            pay_raw=pay(
                PayOffer(
                    low=o.get("MinimumRange"),
                    high=o.get("MaximumRange"),
                    currency="USD",
                    interval=o.get("RateIntervalCode"),
                )
                for o in offers
            ),
            body_html=sections(
                (None, details.get("JobSummary")),
                (None, joined(*(details.get("MajorDuties") or []), by="\n")),
                ("Qualifications", said.get("QualificationSummary")),
            ),
            posted_raw=said.get("PublicationStartDate"),
            closes_raw=said.get("ApplicationCloseDate"),
            requisition_raw=said.get("PositionID"),
        )
