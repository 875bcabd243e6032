"""What Y Combinator's directory says of the companies it funded: how many they are, their stage, whether they live."""

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.board_lists import Board
from crawler.published_series import PublishedSeriesSpider
from crawler.raw_text import Page, text
from crawler.reading import OpenReading
from crawler.trunk import decode_json, listed
from warehouse.schema.archive_file import utc_now
from warehouse.schema.records import EmployerFact


class YcCompaniesSpider(PublishedSeriesSpider):
    """Y Combinator's company directory as its public mirror keeps it (yc-oss.github.io), employer facts."""

    name = "yc_companies"
    address = "https://yc-oss.github.io/api/companies/{board}.json"
    backend = "yc-oss.github.io"
    feed = ("all",)

    def decode(self, response: Response, reading: OpenReading) -> Any:
        """Return the decoded list of companies."""
        return decode_json(response.body, reading)

    def rows(self, page: Any, response: Response) -> list[Page]:
        """Return the companies."""
        return listed(page)

    def published(self, row: Page, board: Board) -> Iterator[EmployerFact]:
        """Yield what is said of one company; a batch is no year of foundation and not taken for one."""
        yield EmployerFact(
            source=self.name,
            employer=row["name"].strip(),
            website_raw=text(row.get("website")),
            size_raw=text(row.get("team_size")),
            stage_raw=text(row.get("stage")),
            status_raw=text(row.get("status")),
            as_of_on=utc_now()[:10],
        )
