"""How the dates that sources write are read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.instants import read_date, read_instant

SEEN = datetime(2026, 8, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-08-05", datetime(2026, 8, 5, tzinfo=UTC)),
        ("2026-08-05T09:41:37.412+02:00", datetime(2026, 8, 5, 7, 41, 37, 412000, tzinfo=UTC)),
        ("2026-08-05 09:41:37 UTC", datetime(2026, 8, 5, 9, 41, 37, tzinfo=UTC)),
        ("2026-08-05T09:41:37Z", datetime(2026, 8, 5, 9, 41, 37, tzinfo=UTC)),
        ("1785922897", datetime(2026, 8, 5, 9, 41, 37, tzinfo=UTC)),
        ("1785922897000", datetime(2026, 8, 5, 9, 41, 37, tzinfo=UTC)),
        ("Wed, 05 Aug 2026 09:41:37 +0200", datetime(2026, 8, 5, 7, 41, 37, tzinfo=UTC)),
        ("Posted 3 Days Ago", datetime(2026, 8, 3, 12, tzinfo=UTC)),
        ("posted today", SEEN),
        ("an hour ago", SEEN - timedelta(hours=1)),
        ("Posted 30+ Days Ago", None),
        ("0", None),
        ("1970-01-01", None),
        ("2027-01-01", None),
        ("2026-13-45", None),
        ("ASAP", None),
        ("", None),
        (None, None),
    ],
)
def test_read_instant(written, read):
    assert read_instant(written, SEEN) == read


def test_relative_words_tell_nothing_without_the_instant_they_were_seen():
    assert read_instant("Posted 3 days ago") is None


def test_a_closing_date_may_lie_ahead():
    assert read_date("2027-01-31T23:59:59Z") == date(2027, 1, 31)
    assert read_date("until filled") is None


@given(st.text())
def test_no_text_raises(text):
    read_instant(text, SEEN)
    read_date(text)
