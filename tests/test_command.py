"""The command says in one sentence what to do when it is used wrongly, and never loses anything."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import rolemarket

VERBS = ("demo", "crawl", "discover", "import", "build", "claims", "enrich", "status", "export", "dashboard")


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        rolemarket.main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def one_sentence(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(verb, "--help", capsys=capsys)
    assert code == 0
    assert f"rolemarket {verb}" in out.split("Example:")[1]
    assert "--data" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("harvest",), "No such command 'harvest'"),
        (("crawl", "nosuchats"), "nosuchats"),
        (("crawl", "greenhouse", "--boards", "missing.csv"), "missing.csv"),
        (("crawl", "greenhouse", "--shard", "5/4"), "I/N"),
        (("crawl", "--limit", "many"), "--limit"),
        (("import", "missing.csv", "--map", "missing.toml"), "missing"),
        (("build",), "rolemarket crawl"),
        (("claims",), "rolemarket build"),
        (("status",), "rolemarket"),
        (("export", "out"), "rolemarket build"),
        (("enrich", "missing.jsonl", "out.jsonl"), "missing.jsonl"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(
    arguments: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLEMARKET_DATA", raising=False)
    code, out, err = run(*arguments, capsys=capsys)
    assert code == 2
    assert out == ""
    assert says in one_sentence(err)


def test_demo_goes_the_whole_way(demo_folder: Path) -> None:
    output = (demo_folder / "output.txt").read_text("utf-8")
    for said in ("greenhouse", "lever", "ashby", "hackernews", "few_openings", "supported", "sample"):
        assert said in output


def test_claims_as_json_keeps_its_documented_schema(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("claims", "--format", "json", "--data", str(demo_folder), capsys=capsys)
    document = json.loads(out)
    assert code == 0
    assert document["schema_version"] == 1
    documented = (Path(__file__).resolve().parents[1] / "docs" / "claims-json.md").read_text("utf-8")
    for claim in document["claims"]:
        assert {name for name in claim if f"`{name}`" not in documented} == set()
    few = next(claim for claim in document["claims"] if claim["claim_slug"] == "few_openings")
    assert few["low"] <= few["value"] <= few["high"]
    assert few["interval"] == [few["low"], few["high"]]
    assert few["n_employers"] >= 8


def test_claims_as_csv_and_table_hold_the_same_claims(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("claims", "--format", "csv", "--data", str(demo_folder), capsys=capsys)
    slugs = [row["claim_slug"] for row in csv.DictReader(io.StringIO(out))]
    _, table, _ = run("claims", "--data", str(demo_folder), capsys=capsys)
    assert len(slugs) == len(set(slugs)) >= 6
    assert "same_pay" in slugs
    assert "same_pay" in table


def test_unknown_claim_names_the_known_ones(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("claims", "sky_is_blue", "--data", str(demo_folder), capsys=capsys)
    assert code == 2
    assert "few_openings" in one_sentence(err.replace("\n", " "))


def test_status_after_the_demo(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("status", "--data", str(demo_folder), capsys=capsys)
    assert code == 0
    assert "ashby" in out


def test_second_demo_run_changes_no_verdict(demo_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = run("claims", "--format", "csv", "--data", str(demo_folder), capsys=capsys)
    code, _, _ = run("demo", "--no-serve", "--quiet", "--data", str(demo_folder), capsys=capsys)
    _, after, _ = run("claims", "--format", "csv", "--data", str(demo_folder), capsys=capsys)
    assert code == 0
    assert after == before
