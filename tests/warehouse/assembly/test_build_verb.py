"""`rolemarket build` as its user meets it: refused, accepted, anew in full, and run without anything to build from."""

import pytest

import rolemarket
from warehouse import build as build_module
from warehouse.snapshot import open_snapshot

from .conftest import posting


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))


@pytest.fixture
def run(folder, capsys):
    """Run the verb on the test's data folder; return its exit code, what it printed, and what it said of errors."""

    def run_build(*options):
        with pytest.raises(SystemExit) as ended:
            rolemarket.main(["build", "--quiet", "--data", str(folder.root), *options])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run_build


def accepted(folder):
    connection = open_snapshot(folder)
    found = connection.sql("SELECT subject FROM change_log WHERE kind = 'accepted_shrink'").fetchall()
    connection.close()
    return found


def test_nothing_to_build_from_is_one_sentence_that_says_what_to_do(run):
    code, _, said = run()
    assert code == 2
    assert said.count("\n") == 1
    assert "rolemarket crawl" in said


def test_a_shrunken_source_is_refused_with_its_reason_and_published_on_accept(folder, crawl, run):
    for day in range(7):
        crawl(day, [posting(n) for n in range(10)])
    assert run()[0] == 0
    before = folder.market.resolve()
    crawl(7, [posting(n) for n in range(4)])
    code, _, said = run()
    assert code != 0
    assert "ashby returned 4 postings" in said
    assert "--accept" in said
    assert folder.market.resolve() == before
    assert run("--accept")[0] == 0
    assert folder.market.resolve() != before
    assert accepted(folder) == [("ashby",)]


def test_full_enriches_everything_anew(crawl, run, monkeypatch):
    enriched = []
    build = build_module.build

    def counted(*given, **named):
        summary = build(*given, **named)
        enriched.append(summary.enriched)
        return summary

    monkeypatch.setattr(build_module, "build", counted)
    crawl(0, [posting(n) for n in range(3)])
    assert run()[0] == run()[0] == run("--full")[0] == 0
    assert enriched == [3, 0, 3]
