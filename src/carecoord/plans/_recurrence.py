"""The days on which something recurs: by a period counted from its anchor, or by an RFC 5545 rule.

Both give the next day and the last one in bounded time, however far they lie from the anchor.
Periods are month and day arithmetic, done here; rules are dateutil's, which is imported when the first rule is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from carecoord._values import Period, add_months

if TYPE_CHECKING:
    from carecoord.plans._rule import Rule

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(9950, 1, 1)
"""Cycles are anchored and recur between these days, so that no step can leave the calendar."""

LONGEST_STEP: Final = 40 * 12 * 31
"""Days: a cycle may step forty years at a time, and no further."""

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""A day of the week, as RFC 5545 writes it."""

WEEKDAYS: Final[tuple[Weekday, ...]] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# The Gregorian calendar repeats itself every 400 years: 4,800 months that hold 146,097 days.
_MONTHS, _DAYS = 4_800, 146_097

_AHEAD: Final = 5
"""Days: no stretch of months is longer than as many months of mean length by more than 4.4."""


def days_after(anchor: date, every: Period | str, day: date | None) -> Iterator[date]:
    """Give the days that recur after `day`, in order and without end; from the anchor on where `day` is `None`."""
    if isinstance(every, str):
        return _rule(every, anchor).days_after(day)
    return _period_days(anchor, every, 0 if day is None else times_after(anchor, every, day))


def day_by(anchor: date, every: Period | str, day: date) -> date | None:
    """Give the last day that recurs on or before `day`."""
    if isinstance(every, str):
        return _rule(every, anchor).day_by(day)
    times = times_after(anchor, every, day)
    return every.after(anchor, times - 1) if times else None


def times_after(anchor: date, every: Period, day: date) -> int:
    """Give how many periods lie from the anchor to the first day that recurs after `day`."""
    if day < anchor:
        return 0
    if not every.months:
        return (day - anchor).days // every.days + 1
    if not every.days:
        times = ((day.year - anchor.year) * 12 + day.month - anchor.month) // every.months
        return times if add_months(anchor, times * every.months) > day else times + 1
    # So many of mean length are on or before `day`, even where months run ahead of it; a turn or two is left to try.
    times = max((day - anchor).days - _AHEAD, 0) * _MONTHS // (every.months * _DAYS + every.days * _MONTHS) + 1
    while every.after(anchor, times) <= day:
        times += 1
    return times


def _period_days(anchor: date, every: Period, times: int) -> Iterator[date]:
    while True:
        yield every.after(anchor, times)
        times += 1


def _rule(text: str, anchor: date) -> Rule:
    from carecoord.plans._rule import rule_of  # noqa: PLC0415 only a host that uses rules pays for dateutil

    return rule_of(text, anchor)
