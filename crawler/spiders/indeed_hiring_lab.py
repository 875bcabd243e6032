"""Indeed Hiring Lab's published trackers: the index of software postings by country, and the share that mentions AI."""

from collections.abc import Iterator

from scrapy import Request

from crawler.board_lists import Board
from crawler.published_series import PublishedSeriesSpider
from crawler.raw_text import Page
from warehouse.schema.records import PublishedValue

AI_SHARE = "ai-tracker"
FILES = "https://raw.githubusercontent.com/hiring-lab"


class IndeedHiringLabSpider(PublishedSeriesSpider):
    """Indeed Hiring Lab job postings tracker and AI tracker, CC BY 4.0 (raw.githubusercontent.com/hiring-lab)."""

    name = "indeed_hiring_lab"
    address = f"{FILES}/job_postings_tracker/master/{{board}}/job_postings_by_sector_{{board}}.csv"
    backend = "raw.githubusercontent.com"
    feed = ("AU", "CA", "DE", "FR", "GB", "US", AI_SHARE)
    is_daily = True

    def first_request(self, board: Board) -> Request:
        """Return the request for a country's sectors, or for the share of every country."""
        return (
            Request(f"{FILES}/{AI_SHARE}/main/AI_posting.csv")
            if board.token == AI_SHARE
            else super().first_request(board)
        )

    def published(self, row: Page, board: Board) -> Iterator[PublishedValue]:
        """Yield a day's index of software development, or its share of postings that mention AI."""
        if "AI_share_postings" in row:
            share = row["AI_share_postings"]
            yield self.value("indeed_ai_share", row["date"], row["jobcountry"], "all occupations", share)
        elif (row["display_name"], row["variable"]) == ("Software Development", "total postings"):
            index, sector = row["indeed_job_postings_index"], row["display_name"].lower()
            yield self.value("indeed_software_postings_index", row["date"], row["jobcountry"], sector, index)
