"""One crawl of every source's own recording, shared by the tests that look at what it archived."""

import shutil

import pytest

from crawler.run import sources
from tests.crawler.packing import pack
from tests.crawler.replaying import KEYS, RECORDINGS, allow, replayed
from warehouse.schema.layout import DataFolder


@pytest.fixture(scope="session")
def every_source(tmp_path_factory):
    """The data folder of a crawl of all recordings at once, and its summary."""
    root = tmp_path_factory.mktemp("every_source")
    recordings, boards = root / "recordings", ["source,board,company"]
    # `hackernews` comes last: its list of threads also names the seekers' thread.
    for name in sorted(sources(), key=lambda name: (name == "hackernews", name)):
        shutil.copytree(RECORDINGS / name, recordings, dirs_exist_ok=True)
        boards += (RECORDINGS / name / "boards.csv").read_text(encoding="utf-8").splitlines()[1:]
    pack(recordings)
    listed = root / "boards.csv"
    listed.write_text("\n".join(boards) + "\n", encoding="utf-8")
    data = DataFolder(root / "data")
    allow(data, *(name for name, source in sources().items() if source.off_because))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        summary, _ = replayed(data, recordings, listed, seeker_roles="tests.crawler.seeker_roles.roles")
    return data, summary
