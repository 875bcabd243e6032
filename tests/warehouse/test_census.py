"""What is to be expected of `asks_research`: the arithmetic by hand, the figure against the postings beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from warehouse.quality import census
from warehouse.quality import labels as label_sets
from warehouse.quality.measuring import QUALITY_JSON

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"


def test_roles_weigh_what_they_weigh_in_the_draw() -> None:
    # Of 100 scientists 40 are rightly told, 10 told wrongly, 10 missed; of 1,000 engineers 10, 20 and 30.
    sums = np.array([[40, 10, 10, 100], [10, 20, 30, 1000]], dtype=float)
    assert census._f1(sums, np.array([1.0, 0.0])) == pytest.approx(80 / 100)
    assert census._f1(sums, np.array([0.0, 1.0])) == pytest.approx(20 / 70)
    half = 2 * (0.4 + 0.01) / (2 * (0.4 + 0.01) + (0.1 + 0.02) + (0.1 + 0.03))
    assert census._f1(sums, np.array([0.5, 0.5])) == pytest.approx(half)
    assert census._f1(np.stack([sums, 3 * sums]), np.array([0.5, 0.5])) == pytest.approx([half, half])


def test_role_without_postings_adds_nothing() -> None:
    sums = np.array([[40, 10, 10, 100], [0, 0, 0, 0]], dtype=float)
    assert census._f1(sums, np.array([0.3, 0.7])) == pytest.approx(0.8)


def test_figure_is_that_of_the_labels_and_reaches_its_aim() -> None:
    recordings, datasets = SHARED / "recordings" / "ashby", SHARED / "datasets"
    if not recordings.is_dir() or not (datasets / label_sets.OF_MAY).is_file():
        pytest.skip("the recorded boards and the published data are not beside the project")
    shown = json.loads(QUALITY_JSON.read_text("utf-8"))["expected_research"]
    found = census.expected(SHARED / "gold", recordings, datasets)
    assert {key: found[key] for key in ("n_postings", "n_labelled", "n_asking")} == {
        key: shown[key] for key in ("n_postings", "n_labelled", "n_asking")
    }
    for key in ("value", "low", "high"):
        assert found[key] == pytest.approx(shown[key], abs=0.005), "run `python -m warehouse.quality`"
    assert found["value"] >= 0.85
    assert sum(row["share"] for row in found["roles"]) == pytest.approx(1)
    # Each labelled posting stands for itself or more, so that the census counts every posting of the roles it speaks of.
    assert sum(row["postings"] for row in found["roles"]) == pytest.approx(found["n_postings"], abs=5)


def test_threads_with_stray_backslashes_are_read(tmp_path: Path) -> None:
    threads = tmp_path / "hackernews"
    threads.mkdir()
    whole = '{"jobs": [{"id": 1, "text": "Maker | Ulm<p>We like C:\\\\Users \\u00e4 and \\"tea\\""}]}'
    broken = '{"jobs": [{"id": 2, "text": "Other | Bonn<p>50\\% more \\user"}, {"id": 1, "text": "again"}]}'
    (threads / "gantryops__hn-jobs-data__runs_1_raw.json").write_text(whole, "utf-8")
    (threads / "gantryops__hn-jobs-data__runs_2_raw.json").write_text(broken, "utf-8")
    postings, lines = label_sets.postings_of([{"comment_2026": 2}, {"comment_2026": 1}], tmp_path / "ashby", tmp_path)
    assert [line["comment_2026"] for line in lines] == [2, 1]
    assert postings["title"].to_list() == ["Other | Bonn", "Maker | Ulm"]
    assert postings["text"].to_list() == [
        "<p>Other | Bonn<p>50\\% more \\user",
        '<p>Maker | Ulm<p>We like C:\\Users ä and "tea"',
    ]
