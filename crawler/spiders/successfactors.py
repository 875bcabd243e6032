"""SuccessFactors' job listing feed: the whole board in XML that is not quite XML."""

import re

from scrapy import Request

from crawler.markup import decode_xml, said
from crawler.raw_text import joined
from crawler.reading import NoSuchBoard
from crawler.trunk import Board, BoardSpider, parted
from warehouse.schema.records import Sighting

NAMELESS = re.compile(rb"<>[^<]*</>|</?>")
MERGE_TOKEN = re.compile(r"\[\[[^\[\]]*\]\]")


class SuccessFactorsSpider(BoardSpider):
    """SuccessFactors career sites (careerN.successfactors.*); a board is COMPANY|HOST, such as acme|career5.successfactors.eu."""

    name = "successfactors"
    concurrency, delay_seconds = 2, 0.5
    careers_pages = (r"(?P<site>career\d*\.(?:successfactors|sapsf)\.\w+)/[^\"'\s]{0,300}?company=(?P<board>[\w-]+)",)

    def first_request(self, board: Board) -> Request:
        """Return the request for the feed."""
        company, host = parted(board, "COMPANY|HOST")
        return Request(f"https://{host}/career?company={company}&career_ns=job_listing_summary&resultType=XML")

    def decode(self, response, reading):
        """Return the feed's root; a wrong company is answered with a short web page."""
        if b"<Job-Listing" not in response.body:
            raise NoSuchBoard("the source answers with a page, as it does for unknown companies")
        return decode_xml(NAMELESS.sub(b"", response.body), "Job-Listing")

    def rows(self, page, response):
        """Return the jobs."""
        return page.findall("Job")

    def posting(self, row, board: Board) -> Sighting:
        """Map one job; its labelled filters differ from employer to employer, so all are kept."""
        (company, host), id_ = parted(board, "COMPANY|HOST"), said(row, "ReqId")
        labelled = {said(part, "label"): said(part, "value") for part in row if part.tag[:6] in {"filter", "mfield"}}
        return self.sighting(
            board,
            id_,
            url=f"https://{host}/career?company={company}&career_ns=job_listing&career_job_req_id={id_}",
            title=said(row, "JobTitle"),
            location_raw=said(row, "Location") or _place(labelled),
            country_raw=labelled.get("Country") or labelled.get("Country/Region"),
            department_raw=said(row, "Department") or labelled.get("Department"),
            body_html=MERGE_TOKEN.sub("", said(row, "Job-Description") or ""),
            posted_raw=said(row, "Posted-Date"),
            extras={str(label): value for label, value in labelled.items()},
        )


def _place(labelled: dict[str | None, str | None]) -> str | None:
    parts = (("City", "Location"), ("State/Province", "State", "Region"), ("Country", "Country/Region"))
    return joined(*(next((labelled[name] for name in names if labelled.get(name)), None) for names in parts))
