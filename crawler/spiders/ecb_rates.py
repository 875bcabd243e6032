"""The euro reference rates of the European Central Bank, as US dollars for one unit of each currency."""

from collections.abc import Iterator

from crawler.board_lists import Board
from crawler.published_series import PublishedSeriesSpider
from crawler.raw_text import Page
from warehouse.schema.records import PublishedValue


class EcbRatesSpider(PublishedSeriesSpider):
    """ECB euro foreign exchange reference rates since 1999 (www.ecb.europa.eu)."""

    name = "ecb_rates"
    address = "https://www.ecb.europa.eu/stats/eurofxref/{board}.zip"
    backend = "www.ecb.europa.eu"
    feed = ("eurofxref-hist",)
    is_daily = True

    def published(self, row: Page, board: Board) -> Iterator[PublishedValue]:
        """Yield a day's rates: the file says units for one euro, and N/A where a currency has no rate."""
        usd = float(row["USD"])
        yield self.value("ecb_usd_per_unit", row["Date"], "world", "EUR", usd)
        for currency, units in row.items():
            if len(currency or "") == 3 and currency != "USD" and units not in ("N/A", "", None):
                yield self.value("ecb_usd_per_unit", row["Date"], "world", currency, usd / float(units))
