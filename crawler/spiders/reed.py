"""Reed's search API: a hundred rows a page, by words, the full text on each job's detail."""

import base64
import os

from crawler.raw_text import Page, band
from crawler.trunk import Board, DetailBoardSpider
from warehouse.schema.records import Sighting


class ReedSpider(DetailBoardSpider):
    """Reed (www.reed.co.uk/api); needs a key; a board is the words searched for."""

    name = "reed"
    backend = "www.reed.co.uk"
    id_at = "jobId"
    concurrency, delay_seconds = 1, 1.0
    keys = ("ROLEMARKET_REED_KEY",)
    feed = ("data scientist", "machine learning engineer", "software engineer")
    max_pages = 20
    address = "https://www.reed.co.uk/api/1.0/search?keywords={board}&resultsToTake=100&resultsToSkip=0"
    rows_at = ("results",)
    total_at = ("totalResults",)

    @property
    def headers(self):
        """The key as the user of basic authentication."""
        return {"Authorization": "Basic " + base64.b64encode(f"{os.environ.get(self.keys[0], '')}:".encode()).decode()}

    def after(self, page, response, reading):
        """Return the next page, by what was read."""
        base, _, skip = response.url.rpartition("=")
        return f"{base}={int(skip) + 100}" if int(skip) + 100 < (reading.expected or 0) else None

    def detail(self, row: Page, board: Board) -> str:
        """Return the address of the job's detail."""
        return f"https://www.reed.co.uk/api/1.0/jobs/{row['jobId']}"

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one job; the list's text is a snippet."""
        row = row | {name: value for name, value in detail.items() if value is not None}
        return self.sighting(
            board,
            row["jobId"],
            url=row.get("jobUrl"),
            title=row.get("jobTitle"),
            company_raw=row.get("employerName"),
            location_raw=row.get("locationName"),
            employment_raw=row.get("contractType"),
            pay_raw=band(
                row | {"per": row.get("salaryType") or "year"}, "minimumSalary", "maximumSalary", "currency", "per"
            ),
            body_html=row.get("jobDescription"),
            posted_raw=row.get("date"),
            closes_raw=row.get("expirationDate"),
        )
