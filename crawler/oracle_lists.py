"""How Oracle Recruiting's lists are read: two hundred rows a page by offset, ten thousand at most."""

from __future__ import annotations

from typing import ClassVar

from scrapy import Request
from scrapy.http import Response

from crawler.board_lists import Board
from crawler.raw_text import Page, objects
from crawler.reading import OpenReading
from crawler.trunk import DetailBoardSpider, parted

MOST_ROWS = 10_000
RESOURCES = "https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisition"
# Oracle's finders need `;`, `,` and `=` as they are.
LIST = "s?onlyData=true&expand=requisitionList&finder=findReqs;siteNumber={site},limit=200,offset={offset},sortBy=POSTING_DATES_DESC"
DETAIL = 'Details?onlyData=true&expand=all&finder=ById;Id="{id}",siteNumber={site}'


class RequisitionListSpider(DetailBoardSpider):
    """Reads the requisitions of one site; a board is HOST|SITE."""

    id_at = "Id"
    # The outer total counts items, of which there is one.
    total_at: ClassVar[tuple[str | int, ...]] = ("items", 0, "TotalJobsCount")

    def first_request(self, board: Board, offset: int = 0) -> Request:
        """Return the request for a page of the list."""
        host, site = parted(board, "HOST|SITE")
        return Request((RESOURCES + LIST).format(host=host, site=site, offset=offset), meta={"offset": offset})

    def rows(self, page: Page, response: Response) -> list[Page]:
        """Return the requisitions of the list's one item."""
        return [row for item in objects(page["items"]) for row in objects(item.get("requisitionList"))]

    def after(self, page: Page, response: Response, reading: OpenReading) -> Request | None:
        """Return the next page, up to the ten thousandth row; beyond it the source answers as if there were none."""
        reached = response.meta["offset"] + len(self.rows(page, response))
        reading.is_truncated |= reached >= MOST_ROWS
        return self.first_request(reading.board, reached) if reached < min(reading.expected or 0, MOST_ROWS) else None

    def detail(self, row: Page, board: Board) -> Request:
        """Return the request for a requisition's detail."""
        host, site = parted(board, "HOST|SITE")
        return Request((RESOURCES + DETAIL).format(host=host, site=site, id=row["Id"]), meta={"is_first": False})
