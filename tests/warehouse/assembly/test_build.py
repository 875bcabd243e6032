"""The whole way from an invented archive to a published snapshot, and what must survive on that way."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from warehouse import build as build_module
from warehouse import changes, interpretation, texts
from warehouse.build import BuildError, build
from warehouse.markets import market
from warehouse.panel import FACT_SCHEMA
from warehouse.schema import TABLES
from warehouse.schema.archive_file import ArchiveWriter
from warehouse.snapshot import open_snapshot
from warehouse.snapshot_info import provenance_sentence
from warehouse.status import status

from .conftest import comment_monthly, posting

COMMENT = (
    "Mosslight | Data Engineer, Product Designer | Berlin, Germany | ONSITE<p>We build lamps. You know Spark and Python. "
    "Write to jane.doe@mosslight.example or call +49 30 1234567."
)


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    """Judge with few replicates: these tests look at what is judged, not at how well."""
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))


def tables(folder):
    connection = open_snapshot(folder)
    found = {table.name: connection.sql(f'FROM "{table.name}"').pl() for table in TABLES}
    connection.close()
    return found


def rows(folder, sql):
    connection = open_snapshot(folder)
    found = connection.sql(sql).fetchall()
    connection.close()
    return found


@pytest.fixture
def archive(folder, crawl):
    """Two crawls of a board and two months of a thread: four openings, one new, one reposted comment with two roles."""
    crawl(0, [posting(n) for n in range(4)])
    comment_monthly(
        folder, "20260302T120000.000000Z-import-1", COMMENT, ("2026-02-01T10:00:00Z", "2026-03-01T10:00:00Z")
    )
    crawl(1, [posting(n) for n in range(1, 5)])
    return folder


def test_the_whole_way(archive):
    summary = build(archive)
    assert summary.problems == []
    assert summary.counts["vacancy"] == 7
    assert summary.enriched == 7  # five postings, two comments; what is shown again is not enriched again
    found = tables(archive)
    vacancy = found["vacancy"]
    assert vacancy["vacancy_id"].to_list() == [
        *(f"ashby:nordlicht:{n}" for n in range(5)),
        *(f"hackernews:thread1:c1#{n}" for n in (1, 2)),
    ]
    first = vacancy.row(0, named=True)
    assert first["employer_name"] == "Nordlicht Robotics"
    assert (first["title"], first["role"], first["years_min"]) == ("Machine Learning Engineer", "ml_engineer", 3.0)
    assert (first["country"], first["market"], first["provenance"]) == ("DE", "Europe", "crawl")
    assert str(first["posted_at"]) == "2026-02-27 08:00:00"
    assert first["is_left_truncated"]
    assert first["is_right_censored"]
    assert not vacancy.row(4, named=True)["is_left_truncated"]
    assert vacancy["n_postings"].to_list() == [1] * 5 + [2] * 2
    assert vacancy["n_sightings"].to_list() == [1, 2, 2, 2, 1, 2, 2]
    assert vacancy["provenance"].to_list() == ["crawl"] * 5 + ["import"] * 2
    assert found["sighting"]["merge_reason"].value_counts().sort("merge_reason").rows() == [
        ("original", 7),
        ("same_id", 3),
        ("thread_repost", 2),
    ]
    assert found["vacancy_text"].height == 7
    assert not any("mosslight.example" in text or "1234567" in text for text in found["vacancy_text"]["text"])
    assert {"python", "spark"} <= set(
        found["vacancy_skill"].filter(pl.col("vacancy_id") == "hackernews:thread1:c1#1")["skill_id"]
    )
    assert found["employer"].select("employer_id", "n_vacancies").rows() == [("mosslight", 2), ("nordlichtrobotics", 5)]
    assert found["crawl_log"].select("outcome", "postings").rows() == [("complete", 4)] * 2
    assert found["claim"].height > 0
    assert set(found["verdict"]["verdict"]) <= {"too_few", "not_testable"}
    assert [(kind, subject) for _, kind, subject, *_ in found["change_log"].rows()] == [
        ("source_added", "hackernews"),
        ("source_added", "ashby"),
        ("parser_version", "warehouse.enrich"),
    ]


def test_an_incremental_build_gives_the_tables_of_a_full_one(archive, crawl):
    build(archive)
    crawl(2, [posting(n) for n in range(2, 7)])
    assert build(archive).enriched == 2
    incremental = tables(archive)
    assert build(archive, full=True).enriched == 9
    for name, frame in tables(archive).items():
        assert frame.equals(incremental[name]), name


def test_nothing_new_enriches_nothing_and_changes_nothing(archive):
    build(archive)
    before = tables(archive)
    assert build(archive).enriched == 0
    after = tables(archive)
    assert all(after[name].equals(before[name]) for name in before)


def test_the_share_of_employers_of_known_size_and_who_says_it_are_shown(folder, crawl):
    crawl(0, [posting(1, body_html="<p>We are 45 people in Kiel.</p>"), posting(2)])
    crawl(1, [posting(1, body_html="<p>We are now 245 people in Kiel.</p>"), posting(2)])
    crawl(1, [posting(3)], board="other", company="Other Works")
    build(folder)
    said = rows(
        folder, "SELECT employer_id, size_class, size_source, size_as_of_on::VARCHAR FROM employer ORDER BY ALL"
    )
    assert said == [
        ("nordlichtrobotics", "medium", "the posting's own words", "2026-03-02"),
        ("otherworks", None, None, None),
    ]
    shown = "1 of 2 employers (50.0%) with 2 of 3 vacancies (66.7%)"
    assert rows(folder, "SELECT value FROM snapshot_info WHERE key = 'employers_of_known_size'") == [(shown,)]
    assert shown in status(folder)["Data folder"]["value"].to_list()


def test_texts_sorted_in_stretches_come_out_as_sorted_at_once(archive, monkeypatch):
    build(archive)
    at_once = tables(archive)["vacancy_text"]
    monkeypatch.setattr(texts, "SORTED_AT_ONCE", 2)
    build(archive)
    assert tables(archive)["vacancy_text"].equals(at_once)
    assert at_once["vacancy_id"].is_sorted()
    assert at_once.height == 7


def test_a_lost_cache_changes_nothing(archive):
    build(archive)
    before = tables(archive)
    for path in sorted(archive.enriched.rglob("*.parquet"))[::2]:
        path.unlink()
    build(archive)
    after = tables(archive)
    assert all(after[name].equals(before[name]) for name in before)


def test_another_parser_interprets_everything_anew_and_says_so(archive, monkeypatch):
    build(archive)
    monkeypatch.setattr(interpretation, "PARSER_VERSION", "another")
    monkeypatch.setattr(changes, "PARSER_VERSION", "another")
    assert build(archive).enriched == 7
    assert [path.name.split("-")[0] for path in archive.enriched.iterdir()] == ["another"]
    said = rows(archive, "SELECT detail FROM change_log WHERE kind = 'parser_version' ORDER BY changed_at, detail")
    assert len(said) == 2


def test_torn_and_malformed_lines_are_named_and_lose_nothing_else(archive, crawl):
    (path,) = archive.sightings.glob("*0302T060000*")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"source": "ashby", "boa')
    summary = build(archive)
    assert summary.counts["vacancy"] == 7
    assert summary.problems == [f"{path.name}, line 5: the file ends inside it"]
    path.write_bytes(whole + b'{"source": "ashby", "boa\n{"source": "ashby"}\n')
    assert len(build(archive).problems) == 2
    logged = rows(archive, "SELECT board, reason FROM crawl_log WHERE outcome = 'truncated_line' ORDER BY reason")
    assert [reason.split(":")[0] for _, reason in logged] == ["line 5", "line 6"]
    assert {board for board, _ in logged} == {path.name}
    assert len(build(archive).problems) == 2, "a line that was bad stays named when nothing is read anew"


def test_a_repeat_whose_text_is_gone_is_named(archive):
    (path,) = archive.sightings.glob("*0302T060000*")
    path.unlink()
    summary = build(archive)
    assert summary.counts["vacancy"] == 3
    assert len(summary.problems) == 3
    assert all("that the archive lacks" in problem for problem in summary.problems)


def test_an_empty_archive_is_one_sentence(folder):
    with pytest.raises(BuildError, match="run `rolemarket crawl` or `rolemarket demo` first"):
        build(folder)
    assert not folder.snapshots.exists()


def test_quarantined_postings_stand_in_the_log(archive):
    with ArchiveWriter(archive, "20260303T120000.000000Z-crawl-9") as writer:
        for _ in range(2):
            writer.quarantine({"source": "ashby", "board": "nordlicht", "title": 7}, "title is int, not text")
    build(archive)
    logged = rows(archive, "SELECT source, board, reason, quarantined FROM crawl_log WHERE outcome = 'quarantined'")
    assert logged == [("ashby", "nordlicht", "title is int, not text", 2)]


@pytest.mark.parametrize("how", ["taken", "cut"])
def test_what_was_taken_out_of_the_archive_is_in_no_later_snapshot(how, folder, crawl):
    crawl(0, [posting(n) for n in range(4)])
    gone = crawl(1, [*(posting(n) for n in range(4)), posting(5), posting(6)])
    crawl(2, [posting(n) for n in range(3)] + [posting(6)])
    build(folder)
    path = folder.sightings / f"{gone}.jsonl"
    if how == "taken":
        path.unlink()
    else:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:5]))
    after = build(folder)
    assert after.enriched
    # The sixth opening's text was in that file alone; what the third crawl says of it repeats nothing.
    assert [problem for problem in after.problems if "repeats a text of 6 that the archive lacks" in problem]
    found = tables(folder)
    assert found["vacancy"].height == (4 if how == "taken" else 5)
    build(folder, full=True)
    assert all(frame.equals(found[name]) for name, frame in tables(folder).items())


def test_samples_stay_marked(archive, crawl):
    crawl(3, [posting(90)], board="sampled", company="Sample Works", is_sample=True)
    build(archive)
    assert rows(archive, "SELECT provenance, count(*) FROM vacancy GROUP BY 1 ORDER BY 1") == [
        ("crawl", 5),
        ("import", 2),
        ("sample", 1),
    ]


def test_a_source_that_shrank_is_not_published_until_it_is_accepted(folder, crawl):
    for day in range(7):
        crawl(day, [posting(n) for n in range(10)])
    first = build(folder).path
    crawl(7, [posting(n) for n in range(4)])
    with pytest.raises(BuildError, match=r"The latest crawl of ashby returned 4 postings .* 10: nothing is published"):
        build(folder)
    assert folder.market.resolve() == first.resolve()
    build(folder, accept=True)
    assert rows(
        folder, "SELECT subject, breaks_comparability, detail FROM change_log WHERE kind = 'accepted_shrink'"
    ) == [("ashby", True, "4 postings where the 7-run median is 10")]
    crawl(8, [posting(n) for n in range(4)])
    build(folder)


def test_a_board_that_is_unchanged_since_it_shrank_is_not_published_either(folder, crawl):
    for day in range(3):
        crawl(day, [posting(n) for n in range(10)])
        crawl(day, [posting(n) for n in range(2)], board="other", company="Other Works")
    crawl(3, [posting(n) for n in range(3)])
    with pytest.raises(BuildError, match="returned 3 postings where its boards used to return 10"):
        build(folder)
    # The next day its list is still the same, and another board answers as ever.
    crawl(4, [], outcome="unchanged", status=304)
    crawl(4, [posting(n) for n in range(2)], board="other", company="Other Works")
    with pytest.raises(BuildError, match="returned 5 postings where its boards used to return 12"):
        build(folder)
    build(folder, accept=True)
    crawl(5, [], outcome="unchanged", status=304)
    build(folder)


def test_failed_boards_and_smaller_crawls_are_no_shrinking(folder, crawl):
    for day in range(3):
        crawl(day, [posting(n) for n in range(10)])
        crawl(day, [posting(n) for n in range(10)], board="other", company="Other Works")
    crawl(3, [posting(n) for n in range(9)])
    crawl(4, [], outcome="failed", status=503)
    assert build(folder).problems == []


def test_an_outage_of_a_source_stands_in_the_change_log(folder, crawl):
    for board in ("a", "b", "c"):
        crawl(0, [posting(1)], board=board)
        crawl(1, [] if board != "c" else [posting(1)], board=board, outcome="failed" if board != "c" else "complete")
    build(folder)
    assert rows(folder, "SELECT subject, detail FROM change_log WHERE kind = 'outage'") == [
        ("ashby", "2 of 3 boards failed; their openings were neither seen nor closed")
    ]


OPEN = "circuit open: api.ashbyhq.com failed 11 requests in a row"


@pytest.mark.parametrize(
    ("others", "is_outage"),
    [
        ({"outcome": "refused", "reason": OPEN}, True),
        ({"outcome": "refused", "reason": "robots.txt of api.ashbyhq.com could not be read (status 503)"}, True),
        ({"outcome": "refused", "reason": "robots.txt of the host forbids it"}, False),
        ({"outcome": "refused", "reason": "needs a key: set ROLEMARKET_REED_KEY"}, False),
        ({"outcome": "failed", "status": 404}, False),
    ],
)
def test_boards_that_were_left_alone_failed_with_their_backend_and_those_that_are_gone_did_not(
    others, is_outage, folder, crawl
):
    crawl(0, [posting(1)], board="a")
    crawl(1, [], board="a", outcome="failed", status=503)
    for board in ("b", "c", "d"):
        crawl(1, [], board=board, **others)
    build(folder)
    found = rows(folder, "SELECT detail FROM change_log WHERE kind = 'outage'")
    assert found == [("4 of 4 boards failed; their openings were neither seen nor closed",)] * is_outage


def facts(**said):
    row = dict.fromkeys(FACT_SCHEMA) | {
        "vacancy_id": "ashby:old:1",
        "source": "ashby",
        "board": "old",
        "posting_id": "1",
        "part": 0,
        "provenance": "panel",
        "employer_id": "oldworks",
        "employer_name": "Old Works",
        "role": "data_scientist",
        "country": "IN",
        "pay_min": 2_000_000.0,
        "pay_currency": "INR",
        "pay_period": "year",
        "first_seen_at": datetime(2025, 10, 28),
        "last_seen_at": datetime(2025, 10, 28),
        "reopened": 0,
        "is_left_truncated": True,
        "is_right_censored": True,
        "n_sightings": 1,
        "n_postings": 1,
        "skills": ["python", "no such skill"],
    }
    return pl.DataFrame([row | one for one in said["rows"]], schema=FACT_SCHEMA)


def test_facts_join_as_panel_and_yield_to_what_was_crawled(archive):
    archive.facts.mkdir(parents=True)
    facts(rows=[{}, {"vacancy_id": "ashby:nordlicht:1", "board": "nordlicht"}]).write_parquet(
        archive.facts / "panel.parquet"
    )
    build(archive)
    panel = rows(archive, "SELECT vacancy_id, employer_name, market FROM vacancy WHERE provenance = 'panel'")
    assert panel == [("ashby:old:1", "Old Works", "India")]
    assert rows(archive, "SELECT skill_id FROM vacancy_skill WHERE vacancy_id = 'ashby:old:1'") == [("python",)]
    assert rows(archive, "SELECT count(*) FROM vacancy") == [(8,)]


def test_facts_alone_can_be_built(folder):
    folder.facts.mkdir(parents=True)
    facts(rows=[{}]).write_parquet(folder.facts / "panel.parquet")
    assert build(folder).counts["vacancy"] == 1
    assert "1 of the bundled panel" in rows(folder, "SELECT value FROM snapshot_info WHERE key = 'provenance'")[0][0]


def test_two_builds_at_once_both_publish(archive):
    with ThreadPoolExecutor(2) as pool:
        paths = [future.result().path for future in [pool.submit(build, archive) for _ in range(2)]]
    assert len(set(paths)) == 2
    assert archive.market.resolve() == max(paths).resolve()
    assert rows(archive, "SELECT count(*) FROM vacancy") == [(7,)]


def test_a_build_killed_at_any_instant_leaves_the_last_snapshot_and_the_next_completes(archive, crawl):
    reference = build(archive)
    expected = tables(archive)
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from warehouse import build as module
        from warehouse.schema import DataFolder
        judge = module.judge
        module.judge = lambda sample: judge(sample, replicates=20)
        print("ready", flush=True)
        module.build(DataFolder(Path({str(archive.root)!r})), full=True)
        print("done", flush=True)
        """
    )
    rng = random.Random(os.getpid())
    killed = 0
    # The first comes so early that no machine has finished by then.
    for latest in (0.03, 0.4, 0.8, 1.2):
        child = subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(build_module.__file__).parents[1],
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.02, latest))
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        child.stdout.close()
        found = tables(archive)
        assert all(found[name].equals(expected[name]) for name in expected)
    assert killed, "no build was still running when it was killed"
    after = build(archive)
    assert after.path != reference.path
    found = tables(archive)
    assert all(found[name].equals(expected[name]) for name in expected)
    assert not list(archive.root.glob(".build-*"))
    assert not list(archive.snapshots.glob("*.partial*"))


def test_a_crawl_and_two_builds_at_once_do_not_hurt_each_other(archive, crawl):
    with ThreadPoolExecutor(3) as pool:
        crawling = pool.submit(lambda: [crawl(day, [posting(n) for n in range(5)]) for day in range(2, 8)])
        building = [pool.submit(build, archive) for _ in range(2)]
        crawling.result()
        assert all(not one.result().problems for one in building)
    build(archive)
    incremental = tables(archive)
    build(archive, full=True)
    full = tables(archive)
    assert all(full[name].equals(incremental[name]) for name in full)


@pytest.mark.parametrize(
    ("country", "name"),
    [
        ("US", "US"),
        ("IN", "India"),
        ("SG", "Singapore"),
        ("DE", "Europe"),
        ("GB", "Europe"),
        ("CH", "Europe"),
        ("UA", "Europe"),
        ("BR", "other"),
        (None, None),
    ],
)
def test_market(country, name):
    assert pl.DataFrame({"c": [country]}, schema={"c": pl.String}).select(market(pl.col("c"))).item() == name


def test_provenance_in_words():
    assert provenance_sentence({"crawl": 3, "panel": 1200, "sample": 2}, "It is old.") == (
        "1,203 vacancies: 3 crawled, 1,200 of the bundled panel of facts. "
        "2 invented sample vacancies beside them stay out of every estimate. It is old."
    )
