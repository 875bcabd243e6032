"""Remotive's API: one answer with every current posting."""

from crawler.raw_text import Page, chosen
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class RemotiveSpider(BoardSpider):
    """Remotive (remotive.com/api); off until an operator states why robots.txt may be set aside."""

    name = "remotive"
    backend = "remotive.com"
    concurrency, delay_seconds = 1, 30.0
    off_because = (
        "robots.txt of remotive.com forbids /api/ although its makers invite its use; ask at most four times a day"
    )
    feed = ("all",)
    address = "https://remotive.com/api/remote-jobs"
    rows_at = ("jobs",)

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting."""
        return self.sighting(
            board,
            row["id"],
            url=row.get("url"),
            title=row.get("title"),
            company_raw=row.get("company_name"),
            location_raw=row.get("candidate_required_location"),
            work_mode_raw="remote",
            employment_raw=row.get("job_type"),
            department_raw=row.get("category"),
            pay_raw=row.get("salary"),
            body_html=row.get("description"),
            posted_raw=row.get("publication_date"),
            extras=chosen(row, "tags"),
        )
