"""The trunk every spider grows from: boards in, requests bounded per backend, sightings and one reading per board out."""

from crawler.board_lists import Board
from crawler.reading import NoSuchBoard, Unreadable
from crawler.trunk.answers import decode_json, expect, listed, parted
from crawler.trunk.board import ROW_ERRORS, BoardSpider
from crawler.trunk.items import BATCH, Batch, MalformedPosting, in_batches
from crawler.trunk.pages import DetailBoardSpider, PagedBoardSpider
from crawler.trunk.plan import Output

__all__ = [
    "BATCH",
    "ROW_ERRORS",
    "Batch",
    "Board",
    "BoardSpider",
    "DetailBoardSpider",
    "MalformedPosting",
    "NoSuchBoard",
    "Output",
    "PagedBoardSpider",
    "Unreadable",
    "decode_json",
    "expect",
    "in_batches",
    "listed",
    "parted",
]
