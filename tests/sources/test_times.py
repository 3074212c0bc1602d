"""Times as files hold them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.sources.times import read_time

MOMENT = datetime(2026, 3, 1, 10, 0, 0, 500000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T10:00:00.5Z",
        "2026-03-01T10:00:00.500000",
        "2026-03-01 10:00:00.500000",
        "2026-03-01 10:00:00.500 UTC",
        "2026/03/01 10:00:00.500",
        "2026-03-01T12:00:00.500000000+02:00",
        1772359200.5,
        "1772359200.5",
        1772359200500,
        1772359200500000,
        1772359200500000000,
        MOMENT,
        MOMENT.replace(tzinfo=None),
    ],
)
def test_the_same_moment_is_read_however_it_is_written(value):
    assert read_time(value) == MOMENT
    assert read_time(value).tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "", "soon", -1, 0, "0", -1772359200, 1e30, float("nan"), float("inf"), "1e999", 10**400, [], {}),
        *("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "1970-01-01T00:00:00Z", "3026-01-01"),
        *(date(1, 1, 1), b"2026", "9" * 5000),
    ],
)
def test_what_is_no_time_is_none(value):
    assert read_time(value) is None


def test_a_day_begins_at_midnight():
    assert read_time(date(2026, 3, 1)) == read_time("2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.datetimes(), st.dates(), st.binary(), st.booleans()))
def test_nothing_makes_it_fail(value):
    time = read_time(value)
    assert time is None or 1971 <= time.year <= 2199
