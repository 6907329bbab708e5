"""When something was: on a day, or at a minute of it.

A day is the local one of whoever wrote the entry.
A minute is counted from one fixed point, so that hours are real ones.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from carecoord._values import Period
from carecoord.errors import DataError, Fault

__all__ = ["NO_HOUR", "Moment", "is_current", "moment", "on_or_before"]

NO_HOUR = -(10**12)
"""The minute of an entry that has a date only; it sorts before every time of that day."""


class Moment(NamedTuple):
    """A day, and the minute if the entry had one. Moments sort by day, those with a date only first."""

    day: int
    minute: int = NO_HOUR

    @property
    def has_hour(self) -> bool:
        """Whether the minute is known."""
        return self.minute != NO_HOUR

    def __str__(self) -> str:
        """Give the day as YYYY-MM-DD."""
        return date.fromordinal(self.day).isoformat()


_new = tuple.__new__
"""Makes a named tuple of what is known to fit; most of what a history costs is placing its entries in time."""


def moment(on: date | datetime) -> Moment:
    """Place a date or a time.

    Raises:
        DataError: a time says no offset from UTC, so that nobody knows when it was.
    """
    if type(on) is date:
        return _new(Moment, (on.toordinal(), NO_HOUR))
    if isinstance(on, datetime):
        if on.tzinfo is None:
            raise DataError("time", [Fault("", "it has no offset from UTC, wanted as in 2026-01-31T09:30:00+01:00")])
        return Moment(on.toordinal(), int(on.timestamp() // 60))
    return Moment(on.toordinal())


def on_or_before(one: Moment, other: Moment) -> bool:
    """Say whether `one` is not after `other`: by the minute where both have one, else by the day."""
    if one.minute != NO_HOUR != other.minute:
        return one.minute <= other.minute
    return one.day <= other.day


def is_current(when: Moment, now: Moment, valid_for: Period | None) -> bool | None:
    """Say whether what was so at `when` may still be used; the last day (or minute) of the period counts.

    Unknown where the period is counted in hours and either moment has a date only.
    """
    if valid_for is None:
        return True
    if not valid_for.minutes:
        last = when.day + valid_for.days
        if valid_for.months:
            last = valid_for.after(date.fromordinal(when.day)).toordinal()
        return last >= now.day
    if not (when.has_hour and now.has_hour):
        return None
    days = valid_for.days
    if valid_for.months:
        days = valid_for.after(date.fromordinal(when.day)).toordinal() - when.day
    return when.minute + days * 1440 + valid_for.minutes >= now.minute
