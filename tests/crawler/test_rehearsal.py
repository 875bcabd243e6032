"""The rehearsal itself, in small and without waiting: every source of the default plan is answered and counted."""

from __future__ import annotations

import math

import pytest

from crawler.run import crawl, plan, sources
from tests.crawler.rehearsal import __main__ as rehearsal
from tests.crawler.rehearsal import answers
from tests.crawler.rehearsal.server import MEDIAN_SECONDS, P95_SECONDS, SlowServer
from tests.crawler.replaying import KEYS, lines
from warehouse.schema.layout import DataFolder

SMALL = {"MONTHS": 3, "CASES": 300, "CASE_TEXTS": 600, "RATE_DAYS": 40, "INDEX_DAYS": 40, "COMPANIES": 20}


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    """A rehearsal of two boards a source, three months, and feeds of two pages."""
    root = tmp_path_factory.mktemp("rehearsal")
    with pytest.MonkeyPatch.context() as patch:
        for name in KEYS:
            patch.delenv(name, raising=False)
        for name, value in SMALL.items():
            patch.setattr(answers, name, value)
        patch.setattr(answers, "FEED_PAGES", dict.fromkeys(answers.FEED_PAGES, 2))
        answers.write_disclosures(root / "disclosures.xlsx")
        folder = DataFolder(root / "data")
        with SlowServer(answers.Internet(root / "disclosures.xlsx"), slowness=0) as server:
            roles = "tests.crawler.seeker_roles.roles"
            summary = crawl(folder, limit=2, replay=server.url, quiet=True, seeker_roles=roles)
    return summary, server, folder


def test_every_source_of_the_default_plan_is_read_whole(rehearsed):
    summary, _, folder = rehearsed
    assert summary.not_complete == []
    assert (
        set(summary.by_source)
        == set(plan(folder))
        == {name for name, source in sources().items() if not source.needs_key and not source.is_off_by_default}
        - {name for name in sources() if not plan(folder, sources=[name])}
    )
    nothing = {name for name, tally in summary.by_source.items() if not tally["postings"]}
    assert nothing == {"bls_oews", "ecb_rates", "hackernews_seekers", "indeed_hiring_lab", "lca", "yc_companies"}
    # Seekers stand under the source that has the openings of the same forum.
    assert {line["source"] for line in lines(folder.series)} == nothing - {"hackernews_seekers"} | {"hackernews"}


def test_the_default_plan_asks_no_detail_pages(rehearsed):
    _, server, folder = rehearsed
    asked = sum(tally.requests - tally.robots for host, tally in server.hosts.items() if host)
    readings = lines(folder.readings)
    # Beyond the pages of lists, only comments that a tree lacks are asked for one by one.
    comments = sum(
        line["pages"] - 2 for line in readings if line["source"].startswith("hackernews") and line["board"].isdigit()
    )
    assert asked == sum(line["pages"] for line in readings)
    assert 0 < comments < 6 * answers.COMMENTS * 2 * answers.LACKING


def test_the_report_names_every_backend(rehearsed):
    summary, server, folder = rehearsed
    words = "\n".join(rehearsal.report(summary, server, folder, 61.0))
    assert "in **1.0 minutes**" in words
    for name in plan(folder):
        assert f"| {sources()[name].host} |" in words
    assert f"{summary.postings:,} postings" in words
    assert rehearsal.FIGURES.search(rehearsal.DOCUMENT.read_text(encoding="utf-8"))


def test_answers_wait_as_long_as_said(tmp_path):
    (tmp_path / "none.xlsx").write_bytes(b"")
    server = SlowServer(answers.Internet(tmp_path / "none.xlsx"))
    drawn = sorted(server.latency() for _ in range(4_000))
    assert math.isclose(drawn[2_000], MEDIAN_SECONDS, rel_tol=0.05)
    assert math.isclose(drawn[3_800], P95_SECONDS, rel_tol=0.1)


def test_postings_are_as_long_as_real_ones():
    for shape in answers.SHAPES.values():
        assert math.isclose(len(shape.template()), answers.POSTING_BYTES, rel_tol=0.05)
