"""What a day's build does not spend: extractors loaded twice, threads that wait, garbage looked for in vain."""

import gc
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from warehouse import build as build_module
from warehouse import judge as judge_module
from warehouse.build import GARBAGE_THRESHOLD, BuildError, build

from .conftest import posting

ROOT = Path(build_module.__file__).parents[1]


def test_threads_share_extractors_that_were_loaded_once():
    """In a process of its own, where nothing is loaded yet: a day's texts come first to several threads at once."""
    program = """
        import os
        os.cpu_count = lambda: 4
        import polars as pl
        from warehouse.contents import _enriched
        from warehouse.enrich import cues, gazetteer

        n = 1_000
        hints = ("pay_raw", "posted_raw", "country_raw", "work_mode_raw", "level_raw", "department_raw")
        rows = {"title": "Data Engineer", "company_raw": "Nordlicht", "location_raw": "Kiel", "text": "Python, 3+ years."}
        found = _enriched(pl.DataFrame({k: [v] * n for k, v in (rows | dict.fromkeys(hints)).items()},
                                       schema_overrides=dict.fromkeys(hints, pl.String)))
        assert found.height == n and found["role"].unique().to_list() == ["data_engineer"], found
        print(cues.lexicon.cache_info().misses, gazetteer._names.cache_info().misses)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "1"]


def test_one_thread_of_linear_algebra_judges(folder, crawl, monkeypatch):
    seen = []
    sample = judge_module.Sample

    def looked_at(*given, **named):
        seen.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return sample(*given, **named)

    monkeypatch.setattr(judge_module, "Sample", looked_at)
    judge = build_module.judge
    monkeypatch.setattr(build_module, "judge", lambda market: judge(market, replicates=20))
    crawl(0, [posting(1)])
    before = [one["num_threads"] for one in threadpool_info()]
    build(folder)
    assert seen
    assert set(seen) == {1}
    after = [one["num_threads"] for one in threadpool_info()]
    assert after[: len(before)] == before


@pytest.mark.parametrize("fails", [False, True])
def test_garbage_is_looked_for_as_before_once_a_build_has_ended(folder, crawl, monkeypatch, fails):
    seen = []

    def judged(market):
        seen.append(gc.get_threshold()[0])
        raise BuildError("no more")

    before = gc.get_threshold()
    crawl(0, [posting(1)])
    if fails:
        monkeypatch.setattr(build_module, "judge", judged)
        with pytest.raises(BuildError, match="no more"):
            build(folder)
        assert seen == [GARBAGE_THRESHOLD]
    else:
        judge = build_module.judge
        monkeypatch.setattr(build_module, "judge", lambda market: judge(market, replicates=20))
        build(folder)
    assert gc.get_threshold() == before
