"""Times of day by the clocks of a place, on the days on which clocks change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from carecoord.errors import DataError
from carecoord.plans import ClockTime, ReviewCycle


@pytest.mark.parametrize(
    ("at", "zone", "day", "moment"),
    [
        ("09:30", "Europe/Berlin", "2026-03-28", "2026-03-28T09:30:00+01:00"),
        ("09:30", "Europe/Berlin", "2026-03-29", "2026-03-29T09:30:00+02:00"),
        # RFC 5545, 3.3.5: a time that is left out is read with the offset from before the gap.
        ("02:30", "America/New_York", "2007-03-11", "2007-03-11T03:30:00-04:00"),
        ("02:30", "Europe/Berlin", "2026-03-29", "2026-03-29T03:30:00+02:00"),
        # A time that comes twice is the first of the two.
        ("01:30", "America/New_York", "2007-11-04", "2007-11-04T01:30:00-04:00"),
        ("02:30", "Europe/Berlin", "2026-10-25", "2026-10-25T02:30:00+02:00"),
        # Half an hour forward only, and a clock that is never changed.
        ("02:15", "Australia/Lord_Howe", "2026-10-04", "2026-10-04T02:45:00+11:00"),
        ("02:30", "Asia/Kolkata", "2026-03-29", "2026-03-29T02:30:00+05:30"),
    ],
)
def test_a_time_on_a_day(at: str, zone: str, day: str, moment: str) -> None:
    """Every day has one moment for each time, with its offset from UTC."""
    assert ClockTime(at, zone).on(date.fromisoformat(day)).isoformat() == moment


def test_the_days_on_which_clocks_change_are_told() -> None:
    """Which times are left out, and which come twice, can be asked before anyone is invited."""
    clock = ClockTime("02:30", "Europe/Berlin")
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day for day in days if clock.is_left_out(day)] == [date(2026, 3, 29)]
    assert [day for day in days if clock.comes_twice(day)] == [date(2026, 10, 25)]


@pytest.mark.parametrize("zone", ["", "Europe/Bonn", "Europe", "../etc", "Berlin\0", "+01:00"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    """A place's clocks are named, and nothing stands in for them."""
    with pytest.raises(DataError, match="a zone such as Europe/Berlin is wanted"):
        ClockTime("09:30", zone)


@pytest.mark.parametrize("at", ["9:30", "24:00", "09:30:00", "", "noon!", "09.30"])
def test_what_is_no_time_is_refused(at: str) -> None:
    """A time of day is written in one way."""
    with pytest.raises(DataError, match="a time such as 09:30 is wanted"):
        ClockTime(at, "Europe/Berlin")


def test_everything_wrong_with_a_time_is_said_at_once() -> None:
    """Each fault with its place, and no more than the beginning of what was found."""
    with pytest.raises(DataError) as raised:
        ClockTime("x" * 30, "y" * 60)
    assert str(raised.value) == (
        "clock time: 2 faults\n"
        f"  $.at: a time such as 09:30 is wanted, found {'x' * 20!r}\n"
        f"  $.zone: a zone such as Europe/Berlin is wanted, found {'y' * 40!r}"
    )


def test_appointments_keep_their_hour_when_clocks_change() -> None:
    """Weekly at half past nine stays half past nine, and its offset changes."""
    cycle = ReviewCycle(anchor=date(2026, 10, 20), every="P1W", at=ClockTime("09:30", "Europe/Berlin"))
    assert [moment.isoformat() for moment in cycle.times(date(2026, 10, 20), date(2026, 10, 27))] == [
        "2026-10-20T09:30:00+02:00",
        "2026-10-27T09:30:00+01:00",
    ]
    with pytest.raises(DataError, match=r"\$.at: a time of day and its zone are wanted"):
        ReviewCycle(anchor=date(2026, 10, 20), every="P1W").times(date(2026, 10, 20), date(2026, 10, 27))
