"""Gem's job board API: the whole board with texts in one answer."""

from crawler.raw_text import Page, inner, joined, objects, places
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class GemSpider(BoardSpider):
    """Gem boards (api.gem.com); shaped like Greenhouse's."""

    name = "gem"
    backend = "api.gem.com"
    concurrency, delay_seconds = 2, 0.5
    address = "https://api.gem.com/job_board/v0/{board}/job_posts/"
    careers_pages = (r"jobs\.gem\.com/(?P<board>[\w-]+)", r"api\.gem\.com/job_board/v0/(?P<board>[\w-]+)")

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one post."""
        offices = [inner(office, "location", "name") or office.get("name") for office in objects(row.get("offices"))]
        return self.sighting(
            board,
            row["id"],
            url=row.get("absolute_url"),
            title=row.get("title"),
            location_raw=places([inner(row, "location", "name"), *offices]),
            work_mode_raw=row.get("location_type"),
            employment_raw=row.get("employment_type"),
            department_raw=joined(*(item.get("name") for item in objects(row.get("departments")))),
            body_html=row.get("content") or row.get("content_plain"),
            posted_raw=row.get("first_published_at") or row.get("created_at"),
            updated_raw=row.get("updated_at"),
            requisition_raw=row.get("requisition_id"),
        )
