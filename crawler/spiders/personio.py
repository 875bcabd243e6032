"""Personio's XML feed: the whole board with texts in one answer."""

from crawler.markup import decode_xml, said
from crawler.personio_feeds import LanguageFeedSpider
from crawler.raw_text import joined, places, sections
from crawler.trunk import Board
from warehouse.schema.records import Sighting


class PersonioSpider(LanguageFeedSpider):
    """Personio boards (*.jobs.personio.de, or NAME.com for *.jobs.personio.com); unknown names are sent to the vendor's site."""

    name = "personio"
    backend = "jobs.personio.de"
    concurrency, delay_seconds = 2, 0.5
    careers_pages = (r"(?P<board>[\w-]+)\.jobs\.personio\.(?P<domain>de|com)",)

    def decode(self, response, reading):
        """Return the feed's root; an empty feed is a board without postings."""
        return decode_xml(response.body, "workzag-jobs")

    def rows(self, page, response):
        """Return the positions."""
        return page.findall("position")

    def posting(self, row, board: Board) -> Sighting:
        """Map one position."""
        id_ = self.identifier(row)
        parts = ((said(part, "name"), said(part, "value")) for part in row.iterfind("jobDescriptions/jobDescription"))
        return self.sighting(
            board,
            id_,
            url=f"https://{self.host(board)}/job/{id_}",
            title=said(row, "name"),
            company_raw=said(row, "subcompany"),
            location_raw=places(
                [said(row, "office"), *(office.text for office in row.iterfind("additionalOffices/office"))]
            ),
            employment_raw=joined(said(row, "employmentType"), said(row, "schedule")),
            level_raw=said(row, "seniority"),
            department_raw=joined(said(row, "department"), said(row, "recruitingCategory"), by=" / "),
            body_html=sections(*parts),
            posted_raw=said(row, "createdAt"),
            extras={
                name: said(row, name) for name in ("yearsOfExperience", "keywords", "occupation", "occupationCategory")
            },
        )
