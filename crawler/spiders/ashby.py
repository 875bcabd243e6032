"""Ashby's posting API: the whole board with texts and compensation tiers in one answer."""

from crawler.raw_text import Page, inner, joined, objects, pay, places
from crawler.trunk import Board, BoardSpider
from warehouse.schema.records import PayOffer, Sighting


class AshbySpider(BoardSpider):
    """Ashby job boards (api.ashbyhq.com); a board's name is case-sensitive and may hold spaces."""

    name = "ashby"
    backend = "api.ashbyhq.com"
    concurrency, delay_seconds = 4, 0.25
    address = "https://api.ashbyhq.com/posting-api/job-board/{board}?includeCompensation=true"
    rows_at = ("jobs",)
    careers_pages = (
        r"jobs\.ashbyhq\.com/(?P<board>[^/?#\"'\s]+)",
        r"api\.ashbyhq\.com/posting-api/job-board/(?P<board>[^/?#\"'\s]+)",
    )

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one job; every component of every compensation tier is a pay band, equity included."""
        said = row.get("compensation") or {}
        tiers = objects(said.get("compensationTiers")) or [{"components": said.get("summaryComponents")}]
        offers = (
            PayOffer(
                low=part.get("minValue"),
                high=part.get("maxValue"),
                currency=part.get("currencyCode"),
                interval=part.get("interval"),
                kind=part.get("compensationType"),
                label=tier.get("title"),
            )
            for tier in tiers
            for part in objects(tier.get("components"))
        )
        elsewhere = [item.get("location") for item in objects(row.get("secondaryLocations"))]
        return self.sighting(
            board,
            row.get("id") or row["jobUrl"].rstrip("/").rsplit("/", 1)[-1],
            url=row.get("jobUrl"),
            title=row.get("title"),
            location_raw=places([row.get("location") or row.get("locationName"), *elsewhere]),
            country_raw=inner(row, "address", "postalAddress", "addressCountry"),
            work_mode_raw=row.get("workplaceType") or ("Remote" if row.get("isRemote") is True else None),
            employment_raw=row.get("employmentType"),
            department_raw=joined(row.get("department"), row.get("team"), by=" / "),
            pay_raw=pay(offers)
            or said.get("compensationTierSummary")
            or said.get("scrapeableCompensationSalarySummary"),
            body_html=row.get("descriptionHtml") or row.get("descriptionPlain"),
            posted_raw=row.get("publishedAt"),
            extras={
                "is_listed": row.get("isListed"),
                "pay_is_displayed": row.get("shouldDisplayCompensationOnJobPostings"),
                "region": inner(row, "address", "postalAddress", "addressRegion"),
            },
        )
