"""Employment and median wage of five occupations as the US Bureau of Labor Statistics publishes them each May."""

from collections.abc import Iterator
from typing import Any

from scrapy.http import JsonRequest, Response

from crawler.board_lists import Board
from crawler.published_series import PublishedSeriesSpider
from crawler.raw_text import Page
from crawler.reading import OpenReading, Unreadable
from crawler.trunk import decode_json, listed
from warehouse.schema.records import PublishedValue

OCCUPATIONS = ("15-1252", "15-2051", "15-1221", "15-2041", "15-1242")
MEASURES = {"01": "bls_oews_employment", "13": "bls_oews_median_pay"}


class BlsOewsSpider(PublishedSeriesSpider):
    """US Occupational Employment and Wage Statistics, national, latest year (api.bls.gov, version 1, no key)."""

    name = "bls_oews"
    address = "https://api.bls.gov/publicAPI/v1/timeseries/data/"
    backend = "api.bls.gov"
    feed = ("US",)

    def first_request(self, board: Board) -> JsonRequest:
        """Return one request for every series: OE, unadjusted, national, all industries, occupation, measure."""
        codes = [code.replace("-", "") for code in OCCUPATIONS]
        series = [f"OEUN0000000000000{code}{measure}" for code in codes for measure in MEASURES]
        return JsonRequest(self.address, data={"seriesid": series})

    def decode(self, response: Response, reading: OpenReading) -> Any:
        """Return the decoded answer; a refusal comes with status 200 and says why."""
        page = decode_json(response.body, reading)
        if page.get("status") != "REQUEST_SUCCEEDED":
            raise Unreadable(f"the source refused: {'; '.join(page.get('message') or ['nothing said'])}")
        return page

    def rows(self, page: Any, response: Response) -> list[Page]:
        """Return the series of the answer."""
        return listed(page, "Results", "series")

    def published(self, row: Page, board: Board) -> Iterator[PublishedValue]:
        """Yield a series' years; a dash stands for a figure that is not released."""
        code, measure = row["seriesID"][-8:-2], row["seriesID"][-2:]
        for year in row["data"]:
            if year["period"] == "A01" and year["value"] != "-":
                on, occupation = f"{year['year']}-05-01", f"{code[:2]}-{code[2:]}"
                yield self.value(MEASURES[measure], on, board.token, occupation, year["value"].replace(",", ""))
