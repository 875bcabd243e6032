"""How a backend that keeps erring is left alone, tried again, and read on as soon as it answers."""

import time

import pytest

from crawler.replay.server import Fault
from tests.crawler.replaying import lines, record, replayed
from warehouse.schema.layout import DataFolder

BOARD = "api.ashbyhq.com/posting-api/job-board"
SICK = [f"board{number:02d}" for number in range(10)]
HEALTHY = [f"board{number:02d}" for number in range(10, 30)]
# Eight failures in a row open the circuit; after its first three rests it is tried with one request each.
FAILURES, RESTS, AT_ONCE = 8, 3, 4
IN_TURN = {"CONCURRENT_REQUESTS": 1, "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue"}


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.fixture
def recordings(tmp_path):
    for board in HEALTHY:
        record(tmp_path, f"recordings/{BOARD}/{board}.json", {"jobs": [{"id": board, "title": "Welder"}]})
    return tmp_path / "recordings"


def outcomes(data):
    return {line["board"]: line["outcome"] for line in lines(data.readings)}


@pytest.mark.parametrize("retries", [0, 2])
def test_a_dead_backend_is_left_alone(retries, recordings, data):
    boards = [("ashby", f"board{number:02d}") for number in range(60)]
    settings = {"RETRY_TIMES": retries, "CIRCUIT_PAUSE_SECONDS": 0.1, "CONCURRENT_REQUESTS": AT_ONCE}
    summary, server = replayed(data, recordings, boards, faults={"/job-board/": Fault(status=503)}, settings=settings)
    asked = {target: times for target, times in server.asked.items() if "/job-board/" in target}
    # What was on its way when the circuit opened fails as well.
    assert FAILURES < len(asked) <= FAILURES + AT_ONCE + RESTS
    assert max(asked.values()) <= 1 + retries
    assert summary.failed + summary.refused == len(boards)
    refused = [line["reason"] for line in lines(data.readings) if line["outcome"] == "refused"]
    assert len(refused) >= len(boards) - len(asked)
    assert all(reason.startswith("circuit open: api.ashbyhq.com failed") for reason in refused)


@pytest.mark.parametrize("retries", [0, 1])
def test_a_backend_that_recovers_is_read_on(retries, recordings, data):
    settings = IN_TURN | {"RETRY_TIMES": retries, "CIRCUIT_PAUSE_SECONDS": 0.3}
    faults = {f"/job-board/{board}": Fault(status=503) for board in SICK}
    begun = time.monotonic()
    summary, server = replayed(
        data, recordings, [("ashby", board) for board in SICK + HEALTHY], faults=faults, settings=settings
    )
    # The ninth and the tenth board are the requests that try the backend, and fail.
    assert outcomes(data) == dict.fromkeys(SICK, "failed") | dict.fromkeys(HEALTHY, "complete")
    assert time.monotonic() - begun > RESTS * 0.3
    assert summary.refused == 0
    asked = {target.removeprefix(f"/{BOARD}/")[:7]: times for target, times in server.asked.items() if BOARD in target}
    assert {asked[board] for board in SICK} == {1 + retries}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(status=302, headers={"Location": "https://www.ashbyhq.com/"}), "failed"),
        (Fault(status=404), "failed"),
        (Fault(body=b" " * (30 * 2**20)), "failed"),
        (Fault(status=503, times=1), "complete"),
        (Fault(status=302, times=1, headers={"Location": f"/{BOARD}/board11?includeCompensation=true"}), "complete"),
    ],
    ids=["sent elsewhere", "not there", "too large", "asked again", "sent on"],
)
def test_whatever_the_request_that_tries_a_backend_comes_to_the_others_go_on(fault, outcome, recordings, data):
    settings = IN_TURN | {"RETRY_TIMES": 1, "CIRCUIT_PAUSE_SECONDS": 0.1}
    faults = {f"/job-board/{board}": Fault(status=503) for board in SICK[:FAILURES]}
    tried, *others = HEALTHY
    boards = [("ashby", board) for board in [*SICK[:FAILURES], tried, *others]]
    summary, _ = replayed(data, recordings, boards, faults=faults | {f"/job-board/{tried}": fault}, settings=settings)
    assert outcomes(data)[tried] == outcome
    assert {outcomes(data)[board] for board in others} == {"complete"}
    assert summary.unread == summary.refused == 0
