"""JazzHR's XML feed: the whole board with texts in one answer."""

import re

from crawler.markup import decode_xml, said
from crawler.raw_text import joined
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import Sighting

MADE_AT = re.compile(r"job_(\d{14})_")


class JazzHRSpider(BoardSpider):
    """JazzHR boards (app.jazz.co); the feed may be several megabytes."""

    name = "jazzhr"
    backend = "app.jazz.co"
    concurrency, delay_seconds = 2, 0.5
    address = "https://app.jazz.co/feeds/export/jobs/{board}"
    careers_pages = (
        r"(?P<board>[\w-]+)\.applytojob\.com",
        r"app\.jazz\.co/(?:feeds/export/jobs|widgets/basic/create)/(?P<board>[\w-]+)",
        r"(?P<board>[\w-]+)\.theresumator\.com",
    )

    def decode(self, response, reading):
        """Return the feed's root."""
        return decode_xml(response.body, "jobs")

    def rows(self, page, response):
        """Return the jobs."""
        return page.findall("job")

    def posting(self, row, board: Board) -> Sighting:
        """Map one job; its identifier begins with the instant at which it was made."""
        id_ = said(row, "id") or ""
        made = MADE_AT.match(id_)
        return self.sighting(
            board,
            id_,
            url=said(row, "url"),
            title=said(row, "title"),
            company_raw=said(row.getparent(), "company"),
            location_raw=joined(said(row, "city"), said(row, "state"), said(row, "country")),
            country_raw=said(row, "country"),
            employment_raw=said(row, "type"),
            level_raw=said(row, "experience"),
            department_raw=said(row, "department"),
            body_html=said(row, "description"),
            posted_raw=made[1] if made else None,
            requisition_raw=said(row, "internalcode"),
            extras={"status": said(row, "status"), "postal_code": said(row, "postalcode")},
        )
