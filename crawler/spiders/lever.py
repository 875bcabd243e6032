"""Lever's postings API: the whole site as one array; `eu:SITE` asks the European host."""

from scrapy import Request

from crawler.raw_text import Page, band, inner, joined, objects, places, sections
from crawler.trunk import Board, BoardSpider, listed
from warehouse.schema.records import Sighting


class LeverSpider(BoardSpider):
    """Lever job sites (api.lever.co, api.eu.lever.co); robots.txt asks for one request per second."""

    name = "lever"
    backend = "api.lever.co"
    concurrency, delay_seconds = 1, 1.0
    address = "https://api.lever.co/v0/postings/{board}?mode=json"
    careers_pages = (
        r"(?P<region>jobs\.eu)\.lever\.co/(?P<board>[\w.-]+)",
        r"(?:jobs|api)\.lever\.co/(?:v0/postings/)?(?P<board>[\w.-]+)",
        r"(?P<region>api\.eu)\.lever\.co/v0/postings/(?P<board>[\w.-]+)",
    )

    def first_request(self, board: Board) -> Request:
        """Return the request for the site, on the European host where its token says so."""
        region, _, site = board.token.rpartition(":")
        request = super().first_request(Board(board.source, site))
        return request.replace(url=request.url.replace("api.lever.co", "api.eu.lever.co")) if region else request

    def rows(self, page, response):
        """Return the postings, also from the grouped form that some sites answer with."""
        rows = listed(page)
        return [posting for row in rows for posting in (inner(row, "postings") or [row])]

    def posting(self, row: Page, board: Board) -> Sighting:
        """Map one posting; its text is the opening and body, the headed lists and the closing words."""
        place = row.get("categories") or {}
        lists = [(part.get("text"), part.get("content")) for part in objects(row.get("lists"))]
        return self.sighting(
            board,
            row["id"],
            url=row.get("hostedUrl"),
            title=row.get("text"),
            location_raw=places([place.get("location"), *(place.get("allLocations") or [])]),
            country_raw=row.get("country"),
            work_mode_raw=row.get("workplaceType"),
            employment_raw=place.get("commitment"),
            level_raw=place.get("level"),
            department_raw=joined(place.get("department"), place.get("team"), by=" / "),
            pay_raw=band(row.get("salaryRange"), "min", "max", "currency", "interval")
            or row.get("salaryDescriptionPlain")
            or row.get("salaryDescription"),
            body_html=sections(
                (None, row.get("description") or row.get("descriptionPlain")),
                *lists,
                (None, row.get("additional") or row.get("additionalPlain")),
            ),
            posted_raw=row.get("createdAt"),
            extras={"pay_words": row.get("salaryDescriptionPlain")},
        )
