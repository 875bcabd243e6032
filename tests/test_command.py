"""The command says in one sentence what to do when it is used wrongly, and never loses anything."""

from __future__ import annotations

import csv
import io
import json
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import rolemarket
from crawler.replay import SAMPLE
from crawler.replay.server import ReplayServer
from crawler.run import CrawlSummary

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
        (("discover", "file:///etc/passwd"), "is no address of a web page"),
        (("dashboard", "--port", "99999"), "--port"),
        (("claims", "--format", "xml"), "--format"),
        (("crawl", "--replay", "127.0.0.1"), "is no http address"),
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


SNAPSHOT_VERBS = (("claims",), ("export", "OUT"))


@pytest.mark.parametrize("verb", SNAPSHOT_VERBS, ids=lambda verb: verb[0])
@pytest.mark.parametrize("how", ["text", "cut short"])
def test_a_broken_snapshot_is_one_sentence(
    verb: tuple[str, ...], how: str, tmp_path: Path, demo_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "data" / "snapshots" / "market-20261121T120000.000000Z.duckdb"
    broken.parent.mkdir(parents=True)
    whole = (demo_folder / "market.duckdb").read_bytes()
    broken.write_bytes(b"no database" if how == "text" else whole[: len(whole) // 2])
    (tmp_path / "data" / "market.duckdb").symlink_to(broken)
    arguments = [str(tmp_path / "out") if word == "OUT" else word for word in verb]
    code, out, err = run(*arguments, "--data", str(tmp_path / "data"), capsys=capsys)
    assert (code, out) == (2, "")
    assert one_sentence(err).endswith("run `rolemarket build` to publish a new one.")


def test_status_tells_of_a_broken_snapshot_beside_the_rest(
    tmp_path: Path, demo_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_folder / "archive", data / "archive")
    (data / "market.duckdb").write_text("no database")
    code, out, _ = run("status", "--data", str(data), capsys=capsys)
    assert code == 0
    assert "greenhouse" in out
    assert "the snapshot cannot be read" in out


WRITING_VERBS = (
    ("demo", "--no-serve"),
    ("crawl", "greenhouse", "--replay", "URL"),
    ("discover", "https://jobs.lever.co/acme"),
    ("import", "FILE", "--map", "hn_who_is_hiring"),
)


@pytest.mark.parametrize("verb", WRITING_VERBS, ids=lambda verb: verb[0])
def test_a_data_folder_that_is_a_file_is_one_sentence(
    verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("no folder")
    (tmp_path / "rows.csv").write_text("id,parent,time,text,by_hash\n1,2,1700000000,Acme | Welder,x\n")
    with ReplayServer(SAMPLE) as server:
        given = {"URL": server.url, "FILE": str(tmp_path / "rows.csv")}
        arguments = [given.get(word, word) for word in verb]
        code, out, err = run(*arguments, "--data", str(tmp_path / "data"), capsys=capsys)
    assert (code, out) == (2, "")
    said = "\n".join(line for line in err.splitlines() if not line.startswith("1/4"))
    assert "check the path and its permissions." in one_sentence(said)
    assert (tmp_path / "data").read_text() == "no folder"


@pytest.mark.parametrize("verb", ["export", "enrich", "discover"])
def test_a_full_disk_is_one_sentence_and_exit_1(verb: str, tmp_path: Path, demo_folder: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    words = " ".join(f"word{number}" for number in range(2_000))
    rows.write_text("".join(json.dumps({"id": f"{n}", "title": "Welder", "text": words}) + "\n" for n in range(50)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "boards.csv").write_text("source,board\n" + "".join(f"lever,acme{n}\n" for n in range(400)))
    arguments = {
        "export": ("export", str(tmp_path / "out"), "--data", str(demo_folder)),
        "enrich": ("enrich", str(rows), str(tmp_path / "out.jsonl")),
        "discover": ("discover", "https://jobs.lever.co/acme", "--data", str(tmp_path / "data")),
    }[verb]
    done = subprocess.run(
        [sys.executable, "-m", "rolemarket", *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096)),
    )
    assert done.returncode == 1, done.stderr
    assert "The disk is full: free some space" in one_sentence(done.stderr)


def test_a_port_that_is_taken_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, out, err = run("dashboard", "--port", port, "--data", str(tmp_path), capsys=capsys)
    assert (code, out) == (2, "")
    assert f"Nothing can listen on 127.0.0.1:{port} (Address already in use)" in one_sentence(err)


def test_an_error_of_the_programs_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("warehouse.status.status", failing)
    with pytest.raises(ZeroDivisionError):
        rolemarket.main(["status"])


def test_a_stopped_command_says_so_in_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crawler.run.crawl", stop)
    code, out, err = run("crawl", "greenhouse", "--data", str(tmp_path), capsys=capsys)
    assert (code, out) == (1, "")
    assert one_sentence(err) == "rolemarket: stopped; what was read so far is kept."


def test_a_crawl_that_was_stopped_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    why = "the archive cannot be written (No space left on device)"
    ended = CrawlSummary(crawl_id="c1", is_interrupted=True, interrupted_because=why, unread=1_234)
    monkeypatch.setattr("crawler.run.crawl", lambda *_, **__: ended)
    code, _, err = run("crawl", "greenhouse", capsys=capsys)
    assert code == 1
    assert one_sentence(err) == (
        f"rolemarket: The crawl stopped before 1,234 boards were read to their end: {why}; "
        "go on with `rolemarket crawl --resume`."
    )


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
