"""iCIMS' classic career portals: HTML pages of cards, each posting's page with a schema.org posting in it."""

import re
from urllib.parse import urljoin

from crawler.icims_cards import card_labels, card_title
from crawler.job_posting import fields, posting_on
from crawler.raw_text import Page
from crawler.reading import Unreadable
from crawler.trunk import Board, DetailBoardSpider
from warehouse.schema.records import Sighting

JOB = re.compile(r"/jobs/(\d+)/[^/?]*/?job")


class IcimsSpider(DetailBoardSpider):
    """iCIMS portals (*.icims.com); a board is the portal's host, such as careers-acme.icims.com."""

    name = "icims"
    backend = "icims.com"
    concurrency, delay_seconds = 2, 0.5
    address = "https://{board}/jobs/search?pr=0&in_iframe=1"
    accepts = "text/html"
    careers_pages = (r"(?P<board>\w+-[\w-]+\.icims\.com)", r"(?P<board>[\w-]+\.icims\.com)/jobs")

    def decode(self, response, reading):
        """Return the page itself; one without a portal's markup is none."""
        if b"iCIMS" not in response.body:
            raise Unreadable("the page is no iCIMS portal")
        return response

    def rows(self, page, response) -> list[Page]:
        """Return the cards with their labelled header fields."""
        cards = page.css("li.iCIMS_JobCardItem, div.iCIMS_JobListingRow")
        return [{"href": c.css("a::attr(href)").get(""), "title": card_title(c), "said": card_labels(c)} for c in cards]

    def after(self, page, response, reading):
        """Return the next page as the portal links it."""
        return (following := page.css('link[rel="next"]::attr(href)').get()) and response.urljoin(following)

    def row_id(self, row: Page) -> str:
        """Return the number in the posting's address."""
        return JOB.search(row["href"])[1]

    def detail(self, row: Page, board: Board) -> str:
        """Return the posting's page."""
        return urljoin(f"https://{board.token}", row["href"].partition("?")[0]) + "?in_iframe=1"

    def decode_detail(self, response, reading):
        """Return the posting that the page carries."""
        return posting_on(response)

    def described(self, row: Page, detail: Page, board: Board) -> Sighting:
        """Map one posting; what the card says fills what the page leaves out."""
        found = {name: value for name, value in fields(detail).items() if value}
        where = next((value for label, value in row["said"].items() if "location" in label.lower()), None)
        card = {"title": row["title"], "location_raw": where, "url": self.detail(row, board).partition("?")[0]}
        said = card | found | {"url": card["url"], "extras": {"card": row["said"]}}
        return self.sighting(board, self.row_id(row), **said)
