"""Any career site with schema.org postings: robots.txt names its sitemaps, those its job pages, each carries JSON-LD."""

from crawler.job_posting import fields
from crawler.raw_text import Page
from crawler.sitemaps import SitemapBoardSpider
from crawler.trunk import Board
from warehouse.schema.records import Sighting


class SitemapJobsSpider(SitemapBoardSpider):
    """Career sites that publish schema.org JobPosting pages; a board is a host, or HOST|PART of the job pages' paths."""

    name = "sitemap_jobs"
    concurrency, delay_seconds = 1, 1.0
    follows_elsewhere = True

    def described(self, row: Page, detail: Page, board: Board) -> Sighting | None:
        """Map the posting of one page; a page without one is no job page."""
        if not detail:
            return None
        return self.sighting(board, row["loc"], **fields(detail) | {"url": row["loc"]})
