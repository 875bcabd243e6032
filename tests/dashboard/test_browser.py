"""The main journeys in a real browser: open, read a claim, narrow, share, download; wide and phone, light and dark, no console error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import TimeoutError, expect

from dashboard.pages import PAGES

from .serving import CHROMIUM, NO_CHROMIUM, Visit, chromium, served, visit
from .synthetic import CLAIMS, publish

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

VIEWS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
ADDRESSES = [
    "/",
    *(f"/{Path(file).stem}" for pages in PAGES.values() for file, *_ in pages[0 if pages[0][1] != "Findings" else 1 :]),
]


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with served(data) as (where, _):
        yield where


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def window(browser, address: str):
    opened: list[Visit] = []

    def open_window(width: int = 1280, scheme: str = "light") -> Visit:
        opened.append(visit(browser, address, width=width, scheme=scheme))
        return opened[-1]

    yield open_window
    for made in opened:
        made.context.close()


def choose(made: Visit, key: str, option: str) -> None:
    """Open the list and choose; opened again, with more patience each time, where a redraw has closed it."""
    box = made.page.locator(f".st-key-{key}")
    wanted = made.page.get_by_role("option", name=option, exact=True)
    for seconds in range(1, 11):
        box.locator("button[aria-haspopup=listbox]").click()
        try:
            wanted.click(timeout=1_000 * seconds)
            expect(box.get_by_role("combobox")).to_have_value(option, timeout=1_000 * seconds)
            break
        except (TimeoutError, AssertionError):
            made.page.keyboard.press("Escape")
    else:
        raise AssertionError(f"{option} could not be chosen from {key}")
    made.settle()


def sideways(made: Visit) -> int:
    return made.page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
    )


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_a_reader_opens_reads_narrows_and_shares(window, width: int, scheme: str) -> None:
    reader = window(width, scheme)
    page = reader.open("/")
    assert page.locator(".rm-board tbody tr").count() == len(CLAIMS)
    assert sideways(reader) <= 0
    page.locator('.rm-board a[href="few_openings"]').click()
    reader.settle()
    page.wait_for_selector("text=There are 25 openings for data scientists")
    page.wait_for_selector("[data-testid=stVegaLiteChart] svg")
    assert sideways(reader) <= 0
    assert page.locator(".rm-pill").first.inner_text().split() == ["✕", "Contradicted"]
    page.get_by_text("Narrow the view").click()
    choose(reader, "market", "US")
    page.wait_for_selector("text=In this view 0.20")
    assert page.url.endswith("/few_openings?market=US")
    friend = window(width, scheme)
    shared = friend.open(page.url.removeprefix(reader.address))
    assert "In this view 0.20" in shared.locator(".st-key-narrowed").inner_text()
    page.locator(".st-key-neighbours a:visible").last.click()
    page.wait_for_selector("text=74% of employers")
    reader.settle()
    assert "Showing US" in page.locator(".st-key-narrowed").inner_text()
    assert reader.errors == []
    assert friend.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_scrolls_sideways_or_errs_and_every_chart_has_words(window, width: int, scheme: str) -> None:
    reader = window(width, scheme)
    for where in ADDRESSES:
        page = reader.open(where)
        assert sideways(reader) <= 0, where
        # A chart is drawn anew when its column settles, and has no words for that instant.
        page.wait_for_function(
            "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
            ".every(chart => chart.querySelector('svg, canvas') && chart.getAttribute('aria-label')?.endsWith('The numbers follow in words.')"
            " && chart.closest('[class*=st-key-figure_]').querySelector('.rm-words').textContent.length > 20)"
        )
    assert reader.errors == []


def test_downloads_are_the_table_and_the_chart_drawn(window, tmp_path: Path) -> None:
    reader = window()
    page = reader.open("/few_openings")
    page.wait_for_selector("[data-testid=stVegaLiteChart] svg")
    page.locator(".st-key-downloads_few_openings_groups button").click()
    page.wait_for_selector("[data-testid=stPopoverBody] [data-testid=stDataFrame]")
    saved = {}
    for ending in ("csv", "parquet", "png", "svg"):
        with page.expect_download() as coming:
            page.locator(f".st-key-download_few_openings_groups_{ending} button").focus()
            page.keyboard.press("Enter")
        saved[ending] = tmp_path / coming.value.suggested_filename
        coming.value.save_as(saved[ending])
    assert saved["csv"].name == "few-openings-groups.csv"
    table = pl.read_parquet(saved["parquet"])
    assert table["group"].to_list()[:3] == ["All", "US", "India"]
    assert table["value"][0] == 0.25
    assert pl.read_csv(saved["csv"])["n_vacancies"].to_list() == table["n_vacancies"].to_list()
    assert saved["png"].read_bytes().startswith(b"\x89PNG")
    assert "From 0.20" in saved["svg"].read_text()
    assert reader.errors == []


def test_the_text_of_a_posting_is_shown_and_never_run(window) -> None:
    reader = window()
    page = reader.open("/explore?contains=onerror")
    page.wait_for_selector("text=Read one")
    assert page.locator("img[src=x]").count() == 0
    assert (
        "**Engineer**"
        in page.locator(".st-key-vacancy").inner_text() + page.locator(".st-key-vacancy input").first.input_value()
    )
    assert reader.errors == []


def test_the_board_is_reached_and_opened_by_keyboard(window) -> None:
    reader = window()
    page = reader.open("/?sort=Order%20of%20the%20essays")
    page.locator("#board, [id=board]").first.scroll_into_view_if_needed()
    page.locator(".st-key-sort input, .st-key-sort [role=combobox]").first.focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.closest('.rm-board') !== null"):
            break
    assert page.evaluate("() => document.activeElement.getAttribute('href')").startswith("few_openings")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There are 25 openings for data scientists")


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_the_first_paint_reads_as_the_page_and_gives_way_to_it(browser, address: str, width: int, scheme: str) -> None:
    still = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=False
    )
    unscripted = still.new_page()
    unscripted.goto(address + "/?verdicts=Contradicted", wait_until="networkidle")  # the fonts decide where lines break
    assert unscripted.locator("#rm-first .rm-board tbody tr").count() == 2
    ground = unscripted.evaluate("() => getComputedStyle(document.querySelector('#rm-first')).backgroundColor")
    first = unscripted.locator(".rm-board tbody tr").first.bounding_box()
    still.close()
    reader = visit(browser, address, width=width, scheme=scheme)
    page = reader.open("/?verdicts=Contradicted")
    assert page.locator("#rm-first").count() == 0
    assert page.locator(".rm-board tbody tr").count() == 2
    assert page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor") == ground
    drawn = page.locator(".rm-board tbody tr").first.bounding_box()
    assert abs(first["x"] - drawn["x"]) <= 1
    assert abs(first["width"] - drawn["width"]) <= 1
    page.wait_for_function(
        "y => Math.abs(document.querySelector('.rm-board tbody tr').getBoundingClientRect().y - y) <= 24",
        arg=first["y"],
    )
    assert reader.errors == []
    reader.context.close()


def test_a_new_snapshot_is_shown_without_a_restart(browser, tmp_path: Path) -> None:
    publish(tmp_path, "market-20260101T000000.000000Z.duckdb", n_vacancies=400)
    with served(tmp_path) as (address, _):
        reader = visit(browser, address, width=1280, scheme="light")
        assert "1 January 2026" in reader.open("/").locator(".rm-footer").inner_text()
        publish(
            tmp_path, "market-20260201T000000.000000Z.duckdb", n_vacancies=700, verdicts={"same_pay": "contradicted"}
        )
        page = reader.open("/")
        assert "1 February 2026" in page.locator(".rm-footer").inner_text()
        assert page.get_by_text("supported became contradicted").count() == 1
        reader.context.close()
