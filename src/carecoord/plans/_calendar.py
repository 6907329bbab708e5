"""The days between which cycles recur, working days, and pauses in which nothing falls due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

import attrs

from carecoord.errors import DataError, Fault

__all__ = ["Pause"]

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(9950, 1, 1)
"""Cycles are anchored and recur between these days, so that no step can leave the calendar."""

EARLIEST: Final = FIRST - timedelta(days=366)
"""Nothing is due before this day, however far a review moves to come before holidays."""

LONGEST_STEP: Final = 40 * 12 * 31
"""Days: a cycle may step forty years at a time, and no further."""

ONE_DAY: Final = timedelta(days=1)

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""A day of the week, as RFC 5545 writes it."""

WEEKDAYS: Final[tuple[Weekday, ...]] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Adjust = Literal["following", "preceding"]
"""Where a review goes that is scheduled for a closed day."""


@attrs.frozen(kw_only=True)
class Pause:
    """A stretch in which nothing falls due and no grace runs out, as while the person is in hospital.

    Attributes:
        since: its first day.
        until: the day after its last one; `None` while nobody knows.
        because: why, in words.

    Raises:
        DataError: it ends before it begins, or lies outside the calendar.
    """

    since: date
    until: date | None = None
    because: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a pause without a day, and days that no calendar holds."""
        if type(self.since) is not date or not FIRST <= self.since <= LAST:
            raise DataError("pause", [Fault("$.since", f"a day from {FIRST} to {LAST} is wanted")])
        if self.until is not None and (type(self.until) is not date or not self.since < self.until <= LAST):
            raise DataError("pause", [Fault("$.until", f"a day after {self.since} and up to {LAST} is wanted")])

    def __contains__(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def within(self, first: date | None, last: date | None) -> Pause | None:
        """Give what lies from `first` on and before `last`; `None` where nothing does."""
        since = self.since if first is None else max(self.since, first)
        ends = [day for day in (self.until, last) if day is not None]
        until = min(ends, default=None)
        return None if until is not None and until <= since else attrs.evolve(self, since=since, until=until)


def pauses(given: Iterable[Pause]) -> tuple[Pause, ...]:
    """Keep pauses in order."""
    return tuple(sorted(given, key=lambda pause: pause.since)) if given else ()


def overlaps(given: tuple[Pause, ...]) -> Iterator[str]:
    """Say which pauses run into each other."""
    for earlier, later in pairwise(given):
        if earlier.until is None or later.since < earlier.until:
            yield f"the one from {later.since} begins before the one from {earlier.since} is over"


def joined(stretches: Iterable[Pause]) -> tuple[Pause, ...]:
    """Make one pause of those that meet, as where one goes on across a change of cycle."""
    found: list[Pause] = []
    for each in pauses(stretches):
        if found and found[-1].until == each.since and found[-1].because == each.because:
            found[-1] = attrs.evolve(found[-1], until=each.until)
        else:
            found.append(each)
    return tuple(found)


@attrs.frozen
class OpenDays:
    """The days on which something may fall due.

    Attributes:
        adjust: where what is scheduled for a closed day goes; with `None` no day is closed.
        holidays: days that are closed.
        weekend: weekdays that are closed.
        pauses: when nothing falls due, in order and apart from each other.
    """

    adjust: Adjust | None
    holidays: frozenset[date]
    weekend: frozenset[Weekday]
    pauses: tuple[Pause, ...]

    def pause_on(self, day: date) -> Pause | None:
        """Give the pause that holds a day."""
        return next((pause for pause in self.pauses if day in pause), None)

    def moved(self, day: date) -> date | None:
        """Give the day on which what is scheduled for `day` falls due; `None` while its pause has no end.

        It comes after the pause it is scheduled in, and is never moved before a working day into one.
        A later day never falls due before an earlier one.
        """
        paused = self.pause_on(day)
        if self.adjust != "preceding" or paused is not None:
            return self._forward(day)
        while self._is_closed(day):
            day -= ONE_DAY
            if self.pause_on(day) is not None:
                return self._forward(day)
        return day

    def open_by(self, day: date) -> date:
        """Give the last day by `day` that is neither closed nor in a pause: what is scheduled for it stays."""
        while True:
            paused = self.pause_on(day)
            if paused is not None:
                day = paused.since - ONE_DAY
            elif self._is_closed(day):
                day -= ONE_DAY
            else:
                return day

    def stretched(self, due: date, end: date) -> date | None:
        """Put off the end of what began on `due` by the pauses since; `None` where one of them has no end yet."""
        for pause in self.pauses:
            if due < pause.since < end:
                if pause.until is None:
                    return None
                end += pause.until - pause.since
        return end

    def _forward(self, day: date) -> date | None:
        while True:
            paused = self.pause_on(day)
            if paused is not None:
                if paused.until is None:
                    return None
                day = paused.until
            elif self._is_closed(day):
                day += ONE_DAY
            else:
                return day

    def _is_closed(self, day: date) -> bool:
        return self.adjust is not None and (day in self.holidays or WEEKDAYS[day.weekday()] in self.weekend)
