"""How Workday's lists are read whole: every page by offset, and by facet where the list is cut off at 2,000 rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import JsonRequest, Response

from crawler.board_lists import Board
from crawler.raw_text import Page, objects
from crawler.reading import OpenReading
from crawler.trunk import DetailBoardSpider, Output, parted

PAGE_ROWS = 20
MOST_ROWS = 2000


def facet_values(facets: Any) -> Iterator[tuple[str, list[Page]]]:
    """Yield every facet that can narrow a query with its values, those too that lie within a group of facets."""
    for facet in objects(facets):
        values = objects(facet.get("values"))
        plain = [value for value in values if value.get("id")]
        if facet.get("facetParameter") and plain:
            yield facet["facetParameter"], plain
        yield from facet_values([value for value in values if value.get("facetParameter")])


def best_split(facets: Any, total: int) -> tuple[str, list[str]] | None:
    """Return the facet and its value ids that part a list into queries that are not cut off, None where none does.

    A facet serves where each value stands for fewer than 2,000 rows and together they cover the total (postings in
    several places count more than once); among those the one with the fewest values needs the fewest requests.
    """
    serving = [
        (len(values), name, [value["id"] for value in values])
        for name, values in facet_values(facets)
        if all(int(value.get("count") or 0) < MOST_ROWS for value in values)
        and sum(int(value.get("count") or 0) for value in values) >= total
    ]
    if not serving:
        return None
    _, name, ids = min(serving)
    return name, ids


class FacetedListSpider(DetailBoardSpider):
    """Reads Workday's list by offset and facet; a board is TENANT|wdN|SITE, or TENANT|wdN.myworkdaysite|SITE."""

    rows_at = ("jobPostings",)

    def first_request(self, board: Board) -> Request:
        """Return the request for the first page of the whole list."""
        return self.page(board, {}, 0)

    def site(self, board: Board) -> tuple[str, str, str]:
        """Return the host of a site, its tenant and its name; some tenants are on a host that all share."""
        tenant, shard, site = parted(board, "TENANT|wdN|SITE")
        host = f"{shard}.com" if shard.endswith(".myworkdaysite") else f"{tenant}.{shard}.myworkdayjobs.com"
        return host, tenant, site

    def root(self, board: Board) -> str:
        """Return the address that the list and the details of a site lie below."""
        host, tenant, site = self.site(board)
        return f"https://{host}/wday/cxs/{tenant}/{site}"

    def page(self, board: Board, facets: dict[str, list[str]], offset: int) -> JsonRequest:
        """Return the request for one page of a query; more than 20 rows a page are refused with status 400."""
        query = {"appliedFacets": facets, "limit": PAGE_ROWS, "offset": offset, "searchText": ""}
        given = {"facets": facets, "offset": offset}
        return JsonRequest(f"{self.root(board)}/jobs", data=query, callback=self.read_page, cb_kwargs=given)

    def read_page(self, response: Response, reading: OpenReading, facets: dict[str, list[str]], offset: int) -> Output:
        """Read one page; the first of a query asks for all the others, for later ones may give no total."""
        page = self.decode(response, reading)
        rows = self.rows(page, response)
        total = int(page.get("total") or 0)
        if offset == 0 and not facets and total >= MOST_ROWS and (split := best_split(page.get("facets"), total)):
            name, ids = split
            for id_ in ids:
                yield self.page(reading.board, {name: [id_]}, 0)
            return
        if offset == 0:
            reading.expected = (reading.expected or 0) + total
        if offset == 0 and total >= MOST_ROWS:
            reading.is_truncated = True
        if offset == 0 and total <= PAGE_ROWS and not facets and self._is_known(rows, reading):
            reading.is_unchanged = True
            return
        yield from self.sight(rows, reading)
        for following in range(PAGE_ROWS, total if offset == 0 else 0, PAGE_ROWS):
            yield self.page(reading.board, facets, following)

    def row_id(self, row: Page) -> str:
        """Return the path of a posting, which its host tells it from others by."""
        return str(row["externalPath"])

    def detail(self, row: Page, board: Board) -> str:
        """Return the address of a posting's detail."""
        return self.root(board) + row["externalPath"]

    def page_address(self, row: Page, board: Board) -> str:
        """Return the address of a posting's page for people."""
        host, tenant, site = self.site(board)
        within = f"recruiting/{tenant}/{site}" if host.endswith(".myworkdaysite.com") else site
        return f"https://{host}/{within}{row['externalPath']}"
