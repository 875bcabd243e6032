"""Greenhouse's public job board API: the whole board with texts and pay ranges in one answer."""

from crawler.raw_text import Page, inner, joined, objects, pay, places, text
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import PayOffer, Sighting


class GreenhouseSpider(BoardSpider):
    """Greenhouse job boards (boards-api.greenhouse.io)."""

    name = "greenhouse"
    backend = "boards-api.greenhouse.io"
    concurrency, delay_seconds = 4, 0.25
    address = "https://boards-api.greenhouse.io/v1/boards/{board}/jobs?content=true&pay_transparency=true"
    rows_at = ("jobs",)
    total_at = ("meta", "total")
    careers_pages = (
        r"(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?!embed/)(?P<board>[\w-]+)",
        r"(?:boards-)?api(?:\.eu)?\.greenhouse\.io/v1/boards/(?P<board>[\w-]+)",
        r"greenhouse\.io/embed/job_(?:board|app)(?:/js)?\?(?:[^\"'\s]{0,300}&)?for=(?P<board>[\w-]+)",
    )

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one job. Its `content` is HTML escaped once more, kept so; amounts are in cents."""
        location = inner(row, "location", "name")
        metadata = {item.get("name"): item.get("value") for item in objects(row.get("metadata")) if item.get("value")}
        offices = [text(office.get("location")) or office.get("name") for office in objects(row.get("offices"))]
        return self.sighting(
            board,
            row["id"],
            url=row.get("absolute_url"),
            title=row.get("title"),
            company_raw=row.get("company_name"),
            location_raw=places([location]) or places(offices),
            work_mode_raw=metadata.get("Workplace Type") or metadata.get("Location Type"),
            department_raw=joined(*(item.get("name") for item in objects(row.get("departments")))),
            pay_raw=pay(
                PayOffer(
                    low=band.get("min_cents"),
                    high=band.get("max_cents"),
                    currency=band.get("currency_type"),
                    label=joined(band.get("title"), band.get("blurb"), by=": "),
                    minor_units=True,
                )
                for band in objects(row.get("pay_input_ranges"))
            ),
            body_html=row.get("content"),
            language_raw=row.get("language"),
            posted_raw=row.get("first_published"),
            updated_raw=row.get("updated_at"),
            closes_raw=row.get("application_deadline"),
            requisition_raw=row.get("requisition_id"),
            extras={
                "internal_job_id": row.get("internal_job_id"),
                "offices": offices,
                "metadata": metadata,
            },
        )
