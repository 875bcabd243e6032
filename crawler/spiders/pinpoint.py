"""Pinpoint's postings feed: the whole board with texts and pay in one answer, without posting dates."""

from crawler.raw_text import Page, band, chosen, inner, joined, sections
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting


class PinpointSpider(BoardSpider):
    """Pinpoint boards (*.pinpointhq.com)."""

    name = "pinpoint"
    backend = "pinpointhq.com"
    address = "https://{board}.pinpointhq.com/postings.json"
    rows_at = ("data",)
    careers_pages = (r"(?P<board>[\w-]+)\.pinpointhq\.com(?<!www\.pinpointhq\.com)",)

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting; pay that the employer hides from the page is not read."""
        place = row.get("location") or {}
        amounts = band(
            row, "compensation_minimum", "compensation_maximum", "compensation_currency", "compensation_frequency"
        )
        parts = ("key_responsibilities", "skills_knowledge_expertise", "benefits")
        return self.sighting(
            board,
            row["id"],
            url=row.get("url"),
            title=row.get("title"),
            location_raw=joined(place.get("city"), place.get("province")) or place.get("name"),
            work_mode_raw=row.get("workplace_type"),
            employment_raw=row.get("employment_type_text") or row.get("employment_type"),
            department_raw=inner(row, "job", "department", "name"),
            pay_raw=(amounts or row.get("compensation")) if row.get("compensation_visible") is not False else None,
            body_html=sections(
                (None, row.get("description")), *((row.get(f"{name}_header"), row.get(name)) for name in parts)
            ),
            closes_raw=row.get("deadline_at"),
            requisition_raw=inner(row, "job", "requisition_id"),
            extras=chosen(row, "reporting_to")
            | {"place_name": place.get("name"), "division": inner(row, "job", "division", "name")},
        )
