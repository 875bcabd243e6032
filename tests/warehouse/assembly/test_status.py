"""What `rolemarket status` tells, and that generated pages are told stale."""

from datetime import timedelta

import pytest

from warehouse import documents
from warehouse.schema import UserError
from warehouse.schema.records import NEWEST_ONLY
from warehouse.status import status

from .conftest import DAY_ONE, posting


def test_sources_failures_and_what_to_do(folder, crawl):
    for day in range(3):
        crawl(day, [posting(n) for n in range(10)])
        crawl(day, [posting(n) for n in range(4)], board="other")
    crawl(3, [posting(n) for n in range(6)])
    crawl(3, [], board="other", outcome="failed", status=503, reason="HTTP 503")
    told = status(folder, now=DAY_ONE + timedelta(days=4))
    (row,) = told["Sources"].rows(named=True)
    assert {name: row[name] for name in ("boards", "answered", "failed", "stale", "postings", "7-run median")} == {
        "boards": 2,
        "answered": 1,
        "failed": 1,
        "stale": 0,
        "postings": 6,
        "7-run median": 10,
    }
    assert told["Boards whose last reading failed (1 in all)"].rows() == [("ashby", "other", "failed", 503, "HTTP 503")]
    facts = dict(told["Data folder"].rows())
    assert facts["crawls"] == "4"
    assert "run `rolemarket build`" in facts["snapshot"]
    later = status(folder, now=DAY_ONE + timedelta(days=30))["Sources"]
    assert later["stale"].to_list() == [2]


def test_a_feed_of_the_newest_postings_is_answered_and_never_stale(folder, crawl):
    newest = {"outcome": "partial", "reason": NEWEST_ONLY, "is_truncated": True}
    crawl(0, [posting(1)], source="remoteok", board="all", **newest)
    crawl(0, [posting(1)], source="ashby", board="half", outcome="partial", reason="the JSON is broken")
    told = status(folder, now=DAY_ONE + timedelta(days=1))
    counts = told["Sources"].select("source", "answered", "partial", "failed", "stale").rows()
    assert counts == [("ashby", 0, 1, 0, 1), ("remoteok", 1, 1, 0, 0)]
    (failed,) = (frame for title, frame in told.items() if title.startswith("Boards whose"))
    assert failed["board"].to_list() == ["half"]


def test_an_empty_folder_is_one_sentence(folder):
    with pytest.raises(UserError, match="run `rolemarket crawl`"):
        status(folder)


def test_a_stale_page_is_named_and_rewritten(tmp_path, monkeypatch, capsys):
    page = tmp_path / "docs" / "page.md"
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    monkeypatch.setattr(documents, "PAGES", {page: lambda: "# Page\n"})
    assert documents.main(["--check"]) == 1
    assert documents.main([]) == 0
    assert page.read_text() == "# Page\n"
    assert documents.main(["--check"]) == 0
    assert "docs/page.md is stale" in capsys.readouterr().out
