"""When an opening was seen, closed and reopened: traced by hand, and recovered from a simulated year of crawls."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from warehouse.archive import READING_SCHEMA
from warehouse.vacancies import evidence, merge, spans, vacancy_spans

START = datetime(2026, 3, 2, 6)


def readings(*rows):
    """One reading a day of one board: (outcome, status, postings, …), in order."""
    frame = pl.DataFrame(
        [
            {
                "crawl_id": f"c{day:03}",
                "source": "ashby",
                "board": "nordlicht",
                "asked_at": (START + timedelta(days=day)).isoformat(),
                "answered_at": (START + timedelta(days=day, minutes=1)).isoformat(),
                "outcome": outcome,
                "status": status,
                "postings": postings,
                "is_truncated": False,
                "is_sample": False,
            }
            for day, (outcome, status, postings) in enumerate(rows)
        ],
        schema=READING_SCHEMA,
    )
    return evidence(frame.with_columns(pl.col("asked_at", "answered_at").str.to_datetime("%Y-%m-%dT%H:%M:%S")))


def seen(*days, key=1):
    return pl.DataFrame(
        {
            "key": [key] * len(days),
            "source": ["ashby"] * len(days),
            "board": ["nordlicht"] * len(days),
            "crawl_id": [f"c{day:03}" for day in days],
            "sighted_at": [START + timedelta(days=day, seconds=30) for day in days],
        },
        schema_overrides={"key": pl.Int64, "sighted_at": pl.Datetime("us")},
    )


def day_of(instant):
    return None if instant is None else (instant - START).days


OK = ("complete", 200, 10)
NONE = ("complete", 200, 0)
PARTIAL = ("partial", 200, 4)
ERROR = ("failed", 503, 0)
FORBIDDEN = ("failed", 403, 0)
MISSING = ("failed", 404, 0)
UNCHANGED = ("unchanged", 304, 0)


@pytest.mark.parametrize(
    ("read", "days", "closed_on", "reason", "absent_on", "last_seen_on"),
    [
        ([OK, OK], (0, 1), None, None, None, 1),
        ([OK, OK], (0,), None, None, 1, 0),  # absent once: not closed yet
        ([OK, OK, OK], (0,), 2, "absent_twice", 1, 0),
        ([OK, ERROR, FORBIDDEN, ERROR], (0,), None, None, None, 0),
        ([OK, PARTIAL, PARTIAL, PARTIAL], (0,), None, None, None, 0),
        ([OK, MISSING], (0,), 1, "gone", 1, 0),
        ([OK, OK, MISSING], (0,), 2, "gone", 1, 0),
        ([OK, OK, ERROR, OK], (0,), 3, "absent_twice", 1, 0),
        ([OK, NONE, NONE], (0,), None, None, None, 0),  # under a quarter of the median: a broken reading
        ([OK] * 7 + [NONE] * 6, range(7), 12, "absent_twice", 11, 6),  # until the median itself is that low
        ([OK, UNCHANGED, UNCHANGED], (0,), None, None, None, 2),  # the source vouches that it is still there
        ([OK, OK, UNCHANGED], (0,), 2, "absent_twice", 1, 0),  # and that it is still gone
        ([OK, UNCHANGED, OK, OK], (0,), 3, "absent_twice", 2, 1),
    ],
)
def test_what_closes(read, days, closed_on, reason, absent_on, last_seen_on):
    row = spans(seen(*days), readings(*read)).row(0, named=True)
    got = (day_of(row["closed_at"]), row["closed_reason"], day_of(row["absent_at"]), day_of(row["last_seen_at"]))
    assert got == (closed_on, reason, absent_on, last_seen_on)


def test_a_return_after_closing_is_counted_and_one_after_a_single_absence_is_not():
    rows = spans(pl.concat([seen(0, 4, key=1), seen(0, 2, 4, key=2)]), readings(*[OK] * 5))
    assert rows.select("key", "reopened", "closed_at").rows() == [(1, 1, None), (2, 0, None)]


def test_a_killed_crawl_without_a_reading_still_shows_presence():
    last = spans(seen(0, 2), readings(OK, OK).head(2)).row(0, named=True)
    assert (day_of(last["last_seen_at"]), last["closed_at"], last["reopened"]) == (2, None, 0)


def test_only_what_the_first_reading_shows_is_left_truncated():
    sightings = pl.concat([seen(0, 1, key=1), seen(1, key=2)])
    assert spans(sightings, readings(OK, OK))["is_at_first_reading"].to_list() == [True, False]


def test_two_builds_of_evidence_do_not_depend_on_line_order():
    frame = readings(OK, OK, ERROR, OK, UNCHANGED)
    assert frame["proof"].to_list() == [1, 2, 2, 3, 4]


def test_a_vacancy_is_closed_when_all_its_postings_are_and_reopens_with_a_repost():
    both = spans(pl.concat([seen(0, key=1), seen(4, 5, key=2)]), readings(*[OK] * 8))
    whole = vacancy_spans(both.with_columns(vacancy_id=pl.lit("v"), form=pl.lit("posting"))).row(0, named=True)
    assert whole["n_postings"] == 2
    assert whole["n_sightings"] == 3
    assert whole["reopened"] == 1
    assert (day_of(whole["closed_at"]), whole["closed_reason"]) == (7, "absent_twice")
    assert whole["is_left_truncated"]
    assert whole["open_days_low"] == pytest.approx(5)
    assert whole["open_days_high"] == pytest.approx(6, abs=0.01)


def simulated_year(seed, median_days, boards=30, openings=900):
    """Return sightings and readings of a year of daily crawls with outages, and which opening each identifier is.

    Every fifth opening comes back under a new identifier, after a pause of two days, when half its life is over.
    """
    rng = np.random.default_rng(seed)
    opened = rng.uniform(-60, 330, openings)
    lasted = rng.exponential(median_days / np.log(2), openings)
    renewed = np.where(np.arange(openings) % 5 == 0, opened + lasted / 2, np.inf)
    board = rng.integers(0, boards, openings)
    is_out = rng.random((365, boards)) < 0.05
    sightings, asked = [], []
    for day in range(365):
        at = START + timedelta(days=day)
        is_open = (opened <= day) & (day < opened + lasted) & ~((renewed <= day) & (day < renewed + 2))
        key = np.arange(openings) + 1 + np.where(day >= renewed, openings, 0)
        for b in range(boards):
            here = np.flatnonzero(is_open & (board == b))
            outcome, shown = ("failed", 0) if is_out[day, b] else ("complete", here.size)
            asked.append((f"c{day:03}", f"b{b}", at, outcome, shown))
            if not is_out[day, b]:
                sightings += [(int(key[k]), f"b{b}", f"c{day:03}", at + timedelta(seconds=1)) for k in here]
    seen_frame = pl.DataFrame(
        sightings,
        schema={"key": pl.Int64, "board": pl.String, "crawl_id": pl.String, "sighted_at": pl.Datetime("us")},
        orient="row",
    ).with_columns(source=pl.lit("ashby"))
    read_frame = pl.DataFrame(
        [dict(zip(("crawl_id", "board", "asked_at", "outcome", "postings"), row, strict=True)) for row in asked],
        schema={**READING_SCHEMA, "asked_at": pl.Datetime("us"), "answered_at": pl.Datetime("us")},
    ).with_columns(source=pl.lit("ashby"), status=pl.lit(200, dtype=pl.Int64), is_truncated=pl.lit(False))
    return seen_frame, evidence(read_frame), openings


@pytest.mark.parametrize(("seed", "median_days"), [(1, 30.0), (2, 60.0), (3, 90.0)])
def test_a_simulated_years_median_is_recovered_within_its_interval(seed, median_days, make_posting):
    sightings, read, openings = simulated_year(seed, median_days)
    posting = spans(sightings, read)
    board = dict(sightings.group_by("key").agg(pl.col("board").first()).iter_rows())
    opening = {key: (key - 1) % openings for key in board}
    postings = [
        make_posting(
            key=row["key"],
            posting_id=f"{row['key']:05}",
            board=board[row["key"]],
            title=f"Engineer of team {chr(97 + opening[row['key']] % 26)}{opening[row['key']]}x",
            text_hash=f"{opening[row['key']]}",
            **{name: row[name] for name in ("first_seen_at", "last_seen_at", "first_reading", "last_reading")},
        )
        for row in posting.iter_rows(named=True)
    ]
    links = pl.DataFrame(
        [(link.key, link.vacancy_id) for link in merge(postings)], schema=["key", "vacancy_id"], orient="row"
    )
    assert links["vacancy_id"].n_unique() == len(set(opening.values())), "every renewed opening is one vacancy"
    vacancy = vacancy_spans(posting.join(links, on="key").with_columns(form=pl.lit("posting")))
    assert (vacancy["n_postings"] == 2).sum() > openings / 10
    vacancy = vacancy.filter(~pl.col("is_left_truncated"))
    low, high = vacancy["open_days_low"], vacancy["open_days_high"]
    durations = ((low + high.fill_null(low)) / 2).to_numpy() + 0.5  # it opened between two daily crawls
    closed = (~vacancy["is_right_censored"]).to_numpy()
    fitted = KaplanMeierFitter().fit(durations, closed)
    interval = median_survival_times(fitted.confidence_interval_).to_numpy().ravel()
    assert interval[0] <= median_days <= interval[1]
    assert interval[1] - interval[0] < median_days
    assert closed.mean() > 0.5


def test_taking_every_absence_for_a_closing_would_not_recover_it():
    """The rule of two readings matters: an outage that answers 200 with an empty list closes nothing."""
    read = readings(*([OK] * 10 + [NONE] + [OK] * 5))
    row = spans(seen(*range(10), *range(11, 16)), read).row(0, named=True)
    assert (row["reopened"], row["closed_at"]) == (0, None)
