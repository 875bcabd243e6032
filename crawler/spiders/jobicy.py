"""Jobicy's API: the hundred newest remote postings in one answer."""

from crawler.raw_text import Page, band, joined
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class JobicySpider(BoardSpider):
    """Jobicy (jobicy.com/api); its terms ask that it be named as the source."""

    name = "jobicy"
    backend = "jobicy.com"
    concurrency, delay_seconds = 1, 5.0
    feed = ("all",)
    is_window = True
    address = "https://jobicy.com/api/v2/remote-jobs?count=100"
    rows_at = ("jobs",)

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting; pay has had two spellings."""
        now = band(row, "salaryMin", "salaryMax", "salaryCurrency", "salaryPeriod")
        return self.sighting(
            board,
            row["id"],
            url=row.get("url"),
            title=row.get("jobTitle"),
            company_raw=row.get("companyName"),
            location_raw=row.get("jobGeo"),
            work_mode_raw="remote",
            employment_raw=joined(*(row.get("jobType") or [])),
            level_raw=row.get("jobLevel"),
            department_raw=joined(*(row.get("jobIndustry") or [])),
            pay_raw=now or band(row | {"per": "year"}, "annualSalaryMin", "annualSalaryMax", "salaryCurrency", "per"),
            body_html=row.get("jobDescription") or row.get("jobExcerpt"),
            posted_raw=row.get("pubDate"),
        )
