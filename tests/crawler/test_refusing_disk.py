"""What a crawl does when the disk is full, a folder cannot be written or an index is broken: it says so and loses nothing."""

import os
import resource
import shutil
import subprocess
import sys

import pytest

from crawler.hiring_threads import KEY_BYTES, poster_key
from crawler.reading import Unreadable
from crawler.replay.server import ReplayServer
from crawler.run import crawl
from tests.crawler.replaying import FAST, lines, record, replayed
from warehouse.schema.archive_file import ArchiveWriter
from warehouse.schema.layout import DataFolder
from warehouse.schema.records import BoardReading, Sighting

BOARDS = [f"board{number:02d}" for number in range(12)]
LARGEST_FILE_BYTES = 110_000  # of the 240,000 that all sightings take


def job(board, number):
    words = f"<p>{'Nordlicht Robotics builds robots. ' * 120}{board} {number}</p>"
    return {"id": f"{board}-{number}", "title": f"Engineer {number}", "descriptionHtml": words}


@pytest.fixture
def recordings(tmp_path):
    for board in BOARDS:
        path = f"recordings/api.ashbyhq.com/posting-api/job-board/{board}.json"
        record(tmp_path, path, {"jobs": [job(board, number) for number in range(5)]})
    return tmp_path / "recordings"


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


def run(*arguments, largest_file=None, drop_rights=False):
    """Run the command in a process whose files may not grow beyond `largest_file` bytes."""

    def limit():
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", "rolemarket", *map(str, arguments)]
    if drop_rights and os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("only setpriv can take a superuser's right to write anywhere")
        command = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", *command]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, timeout=120)


def test_a_disk_that_fills_up_costs_no_posting(recordings, data, tmp_path):
    listed = tmp_path / "boards.csv"
    listed.write_text("source,board\n" + "".join(f"ashby,{board}\n" for board in BOARDS))
    with ReplayServer(recordings) as server:
        options = ("--boards", listed, "--replay", server.url, "--data", data.root, "--quiet")
        ended = run("crawl", *options, largest_file=LARGEST_FILE_BYTES)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "boards were read to their end: the archive cannot be written (File too large); go on with" in ended.stderr

    # Every line is whole, and whatever is logged as complete is there.
    kept = {(line["board"], line["posting_id"]) for line in lines(data.sightings) if not line.get("is_repeat")}
    done = {line["board"] for line in lines(data.readings) if line["outcome"] == "complete"}
    assert 0 < len(done) < len(BOARDS)
    assert {(board, f"{board}-{number}") for board in done for number in range(5)} <= kept

    with ReplayServer(recordings) as server:
        crawl(data, resume=True, replay=server.url, quiet=True, settings=FAST)
    archived = lines(data.sightings)
    assert {line["posting_id"] for line in archived} == {f"{board}-{n}" for board in BOARDS for n in range(5)}
    # What is written as a repeat repeats a text that the archive holds.
    texts = {(line["board"], line["content_hash"]) for line in archived if "body_html" in line}
    assert {(line["board"], line["content_hash"]) for line in archived} == texts
    assert {line["board"] for line in lines(data.readings) if line["outcome"] == "complete"} == set(BOARDS)


def test_what_a_full_disk_refused_is_written_later_and_not_known_before(data, monkeypatch):
    writer = ArchiveWriter(data, "c1")
    write, room = os.write, [20]

    def full(descriptor, content):
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = write(descriptor, content[: room[0]])
        room[0] = 0
        return written

    reading = BoardReading(crawl_id="c1", source="ashby", board="acme", asked_at="t", outcome="complete")
    writer.sight(Sighting(source="ashby", board="acme", posting_id="1", title="Cook"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        for _ in range(2):
            with pytest.raises(OSError, match="No space left"):
                writer.read(reading)
    assert (data.sightings / "c1.jsonl").read_bytes() == b""
    assert not data.readings.exists()
    writer.read(reading)
    writer.close()
    assert [line["title"] for line in lines(data.sightings)] == ["Cook"]
    assert [line["board"] for line in lines(data.readings)] == ["acme"]


def test_broken_indexes_are_begun_anew(recordings, data):
    boards = [("ashby", BOARDS[0])]
    replayed(data, recordings, boards)
    for path in (data.crawler_state / "boards.sqlite", data.archive / "known_content.sqlite"):
        path.write_bytes(b"no database at all" * 300)
    summary, _ = replayed(data, recordings, boards)
    assert (summary.complete, summary.postings, summary.is_whole) == (1, 5, True)
    assert [line["is_first"] for line in lines(data.readings)] == [True, False]
    third, _ = replayed(data, recordings, boards)
    assert third.unchanged == 1


@pytest.mark.parametrize(
    ("verb", "begins"),
    [
        (("crawl", "greenhouse"), "rolemarket: "),
        (("discover", "https://jobs.lever.co/acme"), "rolemarket: "),
    ],
)
@pytest.mark.parametrize("what", ["a file", "read-only"])
def test_a_data_folder_that_cannot_be_written_is_one_sentence(verb, begins, what, tmp_path, recordings):
    folder = tmp_path / "folder"
    if what == "a file":
        folder.write_text("no folder")
    else:
        folder.mkdir(mode=0o555)
    with ReplayServer(recordings) as server:
        ended = run(*verb, "--data", folder / "data", "--replay", server.url, drop_rights=True)
    assert ended.returncode == 2
    assert ended.stdout == ""
    (said,) = ended.stderr.splitlines()
    assert said.startswith(begins)
    assert str(folder) in said
    assert "check the path and its permissions" in said


def test_an_archive_that_cannot_be_written_asks_nobody(recordings, data):
    data.root.mkdir()
    data.archive.write_text("no folder")
    summary, server = replayed(data, recordings, [("ashby", board) for board in BOARDS])
    assert not [target for target in server.asked if "posting-api" in target]
    assert (summary.unread, summary.is_whole, summary.boards_asked) == (len(BOARDS), False, 0)
    assert summary.interrupted_because == "the archive cannot be written (File exists)"


def test_a_poster_key_is_whole_or_none(tmp_path):
    key = poster_key(tmp_path)
    assert len(key) == KEY_BYTES
    assert poster_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["poster_key"]
    (tmp_path / "poster_key").write_bytes(b"")
    with pytest.raises(Unreadable, match="is no key of 32 bytes"):
        poster_key(tmp_path)
