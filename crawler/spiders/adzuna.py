"""Adzuna's search API: fifty rows a page, by country and words, with a snippet of each text."""

import os
from urllib.parse import quote_plus

from scrapy import Request

from crawler.raw_text import Page, band, inner, joined
from crawler.trunk import Board, PagedBoardSpider, parted
from warehouse.schema.records import Sighting


class AdzunaSpider(PagedBoardSpider):
    """Adzuna (api.adzuna.com); needs a key, which allows 250 requests a day; a board is COUNTRY|WORDS."""

    name = "adzuna"
    backend = "api.adzuna.com"
    concurrency, delay_seconds = 1, 3.0
    keys = ("ROLEMARKET_ADZUNA_ID", "ROLEMARKET_ADZUNA_KEY")
    feed = ("us|data scientist", "us|machine learning engineer", "gb|data scientist", "gb|machine learning engineer")
    max_pages = 10
    address = "https://api.adzuna.com/v1/api/jobs/{country}/search/{page}?app_id={id}&app_key={key}&results_per_page=50&what={words}"
    rows_at = ("results",)
    total_at = ("count",)

    def first_request(self, board: Board, page: int = 1) -> Request:
        """Return the request for a page of a search."""
        country, words = parted(board, "COUNTRY|WORDS")
        id_, key = (os.environ.get(name, "") for name in self.keys)
        return Request(self.address.format(country=country, words=quote_plus(words), page=page, id=id_, key=key))

    def after(self, page, response, reading):
        """Return the next page."""
        more = reading.rows < (reading.expected or 0)
        return self.first_request(reading.board, reading.pages + 1) if more else None

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting; pay that Adzuna predicted is not pay that an employer offers."""
        told = {"currency": {"us": "USD", "gb": "GBP"}.get(board.token[:2]), "per": "year"}
        is_predicted = str(row.get("salary_is_predicted")) == "1"
        return self.sighting(
            board,
            row["id"],
            url=row.get("redirect_url", "").partition("?")[0],
            title=row.get("title"),
            company_raw=inner(row, "company", "display_name"),
            location_raw=inner(row, "location", "display_name"),
            country_raw=next(iter(inner(row, "location", "area") or []), None),
            employment_raw=joined(row.get("contract_type"), row.get("contract_time")),
            department_raw=inner(row, "category", "label"),
            pay_raw=None if is_predicted else band(row | told, "salary_min", "salary_max", "currency", "per"),
            body_html=row.get("description"),
            posted_raw=row.get("created"),
            extras={"text_is_snippet": True},
        )
