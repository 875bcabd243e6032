"""RemoteOK's feed: one array whose first element is its terms."""

from crawler.raw_text import Page, band, chosen
from crawler.trunk import Board, BoardSpider, listed
from warehouse.schema.records import Sighting

# Every text ends with a line that holds the asker's IP address in base64, against scrapers; it is no content.
ASKER_LINE = "Please mention the word **"


class RemoteOKSpider(BoardSpider):
    """RemoteOK (remoteok.com/api); its terms ask for a link back and its name."""

    name = "remoteok"
    backend = "remoteok.com"
    concurrency, delay_seconds = 1, 1.0
    feed = ("all",)
    is_window = True
    address = "https://remoteok.com/api"

    def rows(self, page, response):
        """Return the postings without the terms."""
        return [row for row in listed(page) if not (isinstance(row, dict) and "legal" in row)]

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting; a salary of 0 is one that was left out, amounts are US dollars a year."""
        amounts = {name: row.get(name) or None for name in ("salary_min", "salary_max")} | {
            "currency": "USD",
            "per": "year",
        }
        return self.sighting(
            board,
            row["id"],
            url=row.get("url"),
            title=row.get("position"),
            company_raw=row.get("company"),
            location_raw=row.get("location"),
            work_mode_raw="remote",
            pay_raw=band(amounts, "salary_min", "salary_max", "currency", "per"),
            body_html=_content(row.get("description") or ""),
            posted_raw=row.get("date"),
            extras=chosen(row, "tags", "apply_url"),
        )


def _content(words: str) -> str:
    """Return a text without the asker's line and the few line breaks before it."""
    content, line, _ = words.partition(ASKER_LINE)
    for mark in ("<br/>", "<br>", "<br />") * 4 if line else ():
        content = content.rstrip().removesuffix(mark)
    return content.rstrip()
