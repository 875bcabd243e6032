"""What the pages on crawling and importing show can be done as shown, and their numbers are the program's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rolemarket
from crawler.run import allowed_sources, sources
from crawler.settings import (
    CIRCUIT_FAILURES,
    CIRCUIT_OPENINGS,
    CIRCUIT_PAUSE_SECONDS,
    DOWNLOAD_MAXSIZE,
    DOWNLOAD_TIMEOUT,
    RETRY_AFTER_MAX_SECONDS,
    RETRY_HTTP_CODES,
    RETRY_TIMES,
)
from tests.crawler.replaying import lines
from warehouse.importing import MAPPED_FIELDS
from warehouse.schema.layout import DataFolder

DOCS = Path(__file__).resolve().parents[1] / "docs"
IMPORTING = (DOCS / "importing.md").read_text("utf-8")
CRAWLING = (DOCS / "crawling.md").read_text("utf-8")


def block(page: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return found


def test_the_file_shown_is_imported_with_the_map_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("postings.csv").write_text(block(IMPORTING, "csv"), "utf-8")
    Path("map.toml").write_text(block(IMPORTING, "toml"), "utf-8")
    for command in block(IMPORTING, "sh").splitlines():
        program, *arguments = command.split()
        assert program == "rolemarket"
        with pytest.raises(SystemExit) as ended:
            rolemarket.main([*arguments, "--data", "data", "--quiet"])
        assert ended.value.code == 0, command
    first, second = lines(DataFolder(Path("data")).sightings)
    assert (first["source"], first["board"], first["posting_id"]) == ("city_register", "register", "17")
    assert first["url"] == "https://jobs.example.org/17"
    assert first["pay_raw"] == "EUR 70000-85000"
    assert "pay_raw" not in second


def test_every_field_that_a_map_may_give_is_named() -> None:
    named = set(re.findall(r"`([a-z_]+)`", IMPORTING)) | set(re.findall(r"^(\w+) = ", block(IMPORTING, "toml"), re.M))
    assert named >= MAPPED_FIELDS
    assert {name for name in named if name.endswith("_raw")} <= MAPPED_FIELDS


def test_the_switch_shown_turns_a_source_on(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.sources.write_text(block(CRAWLING, "toml"), "utf-8")
    (name,) = allowed_sources(folder)
    assert sources()[name].is_off_by_default


def test_the_numbers_of_the_crawl_are_those_of_its_settings() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", CRAWLING.split("## What a crawl does")[1].split("## Sources")[0], re.M)
    said = dict(rows)
    codes, retries = next((what, done) for what, done in said.items() if what.startswith("408"))
    assert [int(code) for code in re.findall(r"\d{3}", codes)] == RETRY_HTTP_CODES
    numbers = {"two": 2, "three": 3, "eight": 8}
    assert numbers[re.search(r"again (\w+) times", retries)[1]] == RETRY_TIMES
    wait = next(done for what, done in said.items() if what.startswith("`Retry-After`"))
    assert numbers[re.search(r"than (\w+) minutes", wait)[1]] * 60 == RETRY_AFTER_MAX_SECONDS
    given_up, rest = next((what, done) for what, done in said.items() if "given up in a row" in what)
    assert numbers[given_up.split()[0]] == CIRCUIT_FAILURES
    assert float(re.search(r"for (\d+) s", rest)[1]) == CIRCUIT_PAUSE_SECONDS
    assert numbers[re.search(r"after (\w+) rests", rest)[1]] == CIRCUIT_OPENINGS
    size, seconds = next(re.search(r"(\d+) MB.*?; (\d+) s", what).groups() for what in said if "MB" in what)
    assert int(size) * 2**20 == DOWNLOAD_MAXSIZE
    assert float(seconds) == DOWNLOAD_TIMEOUT
