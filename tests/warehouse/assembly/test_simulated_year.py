"""A year of daily crawls of which everything is known, through the archive and two builds, recovered from the snapshot."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from warehouse import build as build_module
from warehouse.build import build
from warehouse.schema import BoardReading, DataFolder, Sighting
from warehouse.schema.archive_file import ArchiveWriter
from warehouse.snapshot import open_snapshot

from .conftest import DAY_ONE, iso

DAYS = 365
BOARDS = 10
OPENINGS = {"Data Scientist": (240, 30.0), "Backend Engineer": (240, 60.0)}
"""How many openings a title has over the year, and the median of the days that they stay open."""
PAUSE_DAYS = 2
FAILED, EMPTY = 0.04, 0.01
"""Shares of a board's readings that fail with an error, and that answer with an empty list."""
WORDS = [
    f"{start}{end}"
    for start in ("ba", "do", "fe", "gu", "ki", "lo", "mu", "ne")
    for end in ("lan", "mir", "sot", "ver")
]


@dataclass(frozen=True)
class Opening:
    """One opening: on which board, from which day to which, and from which day under a second identifier."""

    number: int
    title: str
    board: int
    opened: float
    ended: float
    renewed: float
    text: str

    def shown_on(self, day: int) -> str | None:
        """Return the identifier that a crawl at the start of a day finds, null where it finds none."""
        if not self.opened <= day < self.ended or self.renewed <= day < self.renewed + PAUSE_DAYS:
            return None
        return f"{self.number}-again" if day >= self.renewed else f"{self.number}"


def openings(rng):
    found = []
    for title, (count, median_days) in OPENINGS.items():
        for _ in range(count):
            number = len(found)
            opened, lasts = rng.uniform(-60, 330), rng.exponential(median_days / np.log(2))
            renewed = opened + lasts / 2 if number % 5 == 0 and lasts > 4 * PAUSE_DAYS else np.inf
            text = " ".join(rng.choice(WORDS, 120))
            found.append(Opening(number, title, number % BOARDS, opened, opened + lasts, renewed, text))
    return found


def crawl_days(folder, market, days, rng):
    """Archive a crawl of all boards a day; return how many readings of each kind there were."""
    kinds = {"complete": 0, "failed": 0, "empty": 0}
    for day in days:
        at = DAY_ONE + timedelta(days=day)
        crawl_id = f"{at:%Y%m%dT%H%M%S.%fZ}-crawl-1"
        with ArchiveWriter(folder, crawl_id) as archive:
            for board in range(BOARDS):
                kind = rng.choice(list(kinds), p=[1 - FAILED - EMPTY, FAILED, EMPTY])
                kinds[kind] += 1
                shown = (
                    [one for one in market if one.board == board and one.shown_on(day)] if kind == "complete" else []
                )
                for one in shown:
                    archive.sight(
                        Sighting(
                            source="ashby",
                            board=f"works{board}",
                            posting_id=one.shown_on(day),
                            sighted_at=iso(at + timedelta(seconds=1)),
                            title=one.title,
                            location_raw="Kiel, Germany",
                            body_html=f"<p>{one.text}</p>",
                        )
                    )
                archive.read(
                    BoardReading(
                        crawl_id=crawl_id,
                        source="ashby",
                        board=f"works{board}",
                        company=f"Works {board}",
                        asked_at=iso(at),
                        answered_at=iso(at + timedelta(seconds=2)),
                        status=503 if kind == "failed" else 200,
                        outcome="failed" if kind == "failed" else "complete",
                        postings=len(shown),
                    )
                )
    return kinds


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The known openings, how the readings went, and the published vacancies of that year."""
    folder = DataFolder(tmp_path_factory.mktemp("year") / "data")
    rng = np.random.default_rng(20_260_302)
    market = openings(rng)
    crawl_days(folder, market, range(200), rng)
    judge = build_module.judge
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_module, "judge", lambda sample: judge(sample, replicates=20))
        build(folder)
        kinds = crawl_days(folder, market, range(200, DAYS), rng)
        build(folder)
    connection = open_snapshot(folder)
    vacancy = connection.sql("FROM vacancy ORDER BY vacancy_id").pl()
    connection.close()
    return market, kinds, vacancy


def test_every_opening_that_was_seen_is_one_vacancy_however_often_it_was_posted(year):
    market, kinds, vacancy = year
    assert min(kinds.values()) > 5, "all kinds of readings occurred"
    seen = vacancy["posting_id"].str.strip_suffix("-again").cast(pl.Int64)
    assert seen.n_unique() == vacancy.height
    lasting = {one.number for one in market if one.ended - max(one.opened, 0) > 5 and one.opened < DAYS - 5}
    assert lasting <= set(seen)
    renewed = vacancy.filter(pl.col("n_postings") == 2)
    assert renewed.height > 40
    assert all(int(name) % 5 == 0 for name in renewed["posting_id"])


def test_closings_are_those_that_happened(year):
    market, _, vacancy = year
    ended = {one.number: one.ended for one in market}
    start = DAY_ONE.replace(tzinfo=None)
    for name, closed_at in vacancy.select("posting_id", "closed_at").iter_rows():
        end = ended[int(name.removesuffix("-again"))]
        if closed_at is None:
            assert end > DAYS - 8, "two complete readings within a week"
        else:
            assert 1 <= (closed_at - start) / timedelta(days=1) - end < 8
    assert vacancy["is_right_censored"].equals(vacancy["closed_at"].is_null())


@pytest.mark.parametrize(("title", "median_days"), [(title, days) for title, (_, days) in OPENINGS.items()])
def test_the_median_is_recovered_within_its_interval(year, title, median_days):
    _, _, vacancy = year
    watched = vacancy.filter((pl.col("title") == title) & ~pl.col("is_left_truncated"))
    low, high = watched["open_days_low"], watched["open_days_high"]
    durations = ((low + high.fill_null(low)) / 2).to_numpy() + 0.5  # it opened between two daily crawls
    fitted = KaplanMeierFitter().fit(durations, (~watched["is_right_censored"]).to_numpy())
    low_days, high_days = median_survival_times(fitted.confidence_interval_).to_numpy().ravel()
    assert low_days <= median_days <= high_days
    assert high_days - low_days < median_days
