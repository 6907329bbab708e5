"""RFC 5545 rules of the common forms, by arithmetic: the day after another is found at once, near and far.

These are days and weeks with an interval, and the numbered weekdays or days of some months (`2TU`, `-1`).
Everything else is walked by dateutil; a law holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

import attrs

from carecoord.plans._calendar import LAST, WEEKDAYS
from carecoord.plans._rule_text import NARROWING

_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ONE_DAY: Final = timedelta(days=1)
_EVERY_MONTH: Final = tuple(range(12))


@attrs.frozen
class WeekSteps:
    """Some weekdays of every week, or of every so many weeks from a first one.

    Attributes:
        start: the ordinal of the first day of the first week.
        length: the days from one such week to the next.
        offsets: the days of such a week, as days from its first one, in order.
    """

    start: int
    length: int
    offsets: tuple[int, ...]

    def after(self, day: date) -> date | None:
        """Give the first day after `day`."""
        turn, within = divmod(day.toordinal() - self.start, self.length)
        for offset in self.offsets:
            if offset > within:
                return date.fromordinal(self.start + turn * self.length + offset)
        return date.fromordinal(self.start + (turn + 1) * self.length + self.offsets[0])

    def by(self, day: date) -> date | None:
        """Give the last day on or before `day`."""
        turn, within = divmod(day.toordinal() - self.start, self.length)
        for offset in reversed(self.offsets):
            if offset <= within:
                return date.fromordinal(self.start + turn * self.length + offset)
        return date.fromordinal(self.start + (turn - 1) * self.length + self.offsets[-1])


@attrs.frozen
class MonthSteps:
    """Some days of some months.

    Attributes:
        start: the first month, numbered from the year 0.
        length: the months from one turn to the next.
        months: the months of a turn, as months from its first one, in order.
        numbered: days of the month; negative ones count from its end.
        weekdays: weekdays of the month, each with which of them it is: `0` for all, negative from the end.
        places: which of the days that month then has are taken; all where there are none.
    """

    start: int
    length: int
    months: tuple[int, ...]
    numbered: tuple[int, ...]
    weekdays: tuple[tuple[int, int], ...]
    places: tuple[int, ...]
    _known: dict[tuple[int, int], tuple[int, ...]] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def after(self, day: date) -> date | None:
        """Give the first day after `day`; `None` where the calendar ends before."""
        month = day.year * 12 + day.month - 1
        turn, within = divmod(month - self.start, self.length)
        first = self.start + turn * self.length
        if within in self.months:
            for number in self._days(month):
                if number > day.day:
                    return day.replace(day=number)
        while first <= LAST.year * 12:
            for offset in self.months:
                if offset > within and (found := self._days(first + offset)):
                    return date((first + offset) // 12, (first + offset) % 12 + 1, found[0])
            first, within = first + self.length, -1
        return None

    def by(self, day: date) -> date | None:
        """Give the last day on or before `day`; `None` where there is none from the first month on."""
        month = day.year * 12 + day.month - 1
        turn, within = divmod(month - self.start, self.length)
        first = self.start + turn * self.length
        if within in self.months:
            for number in reversed(self._days(month)):
                if number <= day.day:
                    return day.replace(day=number)
        while first >= self.start:
            for offset in reversed(self.months):
                if offset < within and (found := self._days(first + offset)):
                    return date((first + offset) // 12, (first + offset) % 12 + 1, found[-1])
            first, within = first - self.length, self.length
        return None

    def _days(self, month: int) -> tuple[int, ...]:
        """Give the days that are meant of a month, in order: months of a length that open on one weekday are alike."""
        year, number = month // 12, month % 12
        length = _LENGTHS[number]
        if number == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            length = 29
        alike = (length, date(year, number + 1, 1).weekday() if self.weekdays else 0)
        found = self._known.get(alike)
        if found is None:
            found = self._known[alike] = self._days_of(*alike)
        return found

    def _days_of(self, length: int, opening: int) -> tuple[int, ...]:
        days = {day if day > 0 else length + 1 + day for day in self.numbered}
        for weekday, which in self.weekdays:
            all_of_them = range((weekday - opening) % 7 + 1, length + 1, 7)
            place = which - 1 if which > 0 else which
            if not which:
                days |= {*all_of_them}
            elif -len(all_of_them) <= place < len(all_of_them):
                days.add(all_of_them[place])
        there = sorted(day for day in days if 0 < day <= length)
        if not self.places:
            return tuple(there)
        chosen = {place - 1 if place > 0 else len(there) + place for place in self.places}
        return tuple(there[place] for place in sorted(chosen) if 0 <= place < len(there))


@attrs.frozen
class CommonRule:
    """A rule with its anchor and its last day, whose days near any day are found at once.

    Attributes:
        anchor: the day from which it counts.
        last: the last day that it may give.
        steps: the days that recur, before the anchor as well.
    """

    anchor: date
    last: date
    steps: WeekSteps | MonthSteps

    def first_after(self, day: date | None) -> date | None:
        """Give the first day after `day`; the first of all where it is `None`."""
        if day is None or day < self.anchor:
            day = self.anchor - _ONE_DAY
        found = self.steps.after(day) if day < self.last else None
        return None if found is None or found > self.last else found

    def days_after(self, day: date | None) -> Iterator[date]:
        """Give the days after `day`, in order; all of them where it is `None`."""
        found = self.first_after(day)
        while found is not None:
            yield found
            found = self.first_after(found)

    def day_by(self, day: date) -> date | None:
        """Give the last day on or before `day`."""
        day = min(day, self.last)
        found = None if day < self.anchor else self.steps.by(day)
        return None if found is None or found < self.anchor else found


def common_steps(parts: Mapping[str, str], anchor: date) -> WeekSteps | MonthSteps | None:
    """Read a rule of a common form, whose parts are checked already; `None` where it is of none."""
    frequency = parts["FREQ"]
    said = parts.keys() - {"FREQ", "INTERVAL", "WKST", "COUNT", "UNTIL"}
    if frequency == "DAILY" and not said:
        return WeekSteps(anchor.toordinal(), int(parts.get("INTERVAL", "1")), (0,))
    if frequency == "WEEKLY" and said <= {"BYDAY"}:
        return _weeks(parts, anchor)
    if frequency == "MONTHLY" and said <= {"BYDAY", "BYMONTHDAY", "BYSETPOS"}:
        return _months(parts, anchor, _EVERY_MONTH[:1])
    if frequency == "YEARLY" and said <= {"BYDAY", "BYMONTHDAY", "BYMONTH"}:
        return _years(parts, anchor)
    return None


def _weeks(parts: Mapping[str, str], anchor: date) -> WeekSteps:
    opens = WEEKDAYS.index(parts.get("WKST", "MO"))
    start = anchor.toordinal() - (anchor.weekday() - opens) % 7
    named = parts["BYDAY"].split(",") if "BYDAY" in parts else [WEEKDAYS[anchor.weekday()]]
    offsets = {(WEEKDAYS.index(day) - opens) % 7 for day in named}
    return WeekSteps(start, 7 * int(parts.get("INTERVAL", "1")), tuple(sorted(offsets)))


def _years(parts: Mapping[str, str], anchor: date) -> MonthSteps | None:
    if "BYMONTH" in parts:
        months = tuple(sorted({int(month) - 1 for month in parts["BYMONTH"].split(",")}))
    elif "BYDAY" in parts:
        return None
    else:
        months = _EVERY_MONTH if "BYMONTHDAY" in parts else (anchor.month - 1,)
    return _months(parts, anchor, months)


def _months(parts: Mapping[str, str], anchor: date, months: tuple[int, ...]) -> MonthSteps | None:
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        return None
    interval, yearly = int(parts.get("INTERVAL", "1")), parts["FREQ"] == "YEARLY"
    own = () if any(name in parts for name in NARROWING) else (anchor.day,)
    return MonthSteps(
        start=anchor.year * 12 + (0 if yearly else anchor.month - 1),
        length=interval * (12 if yearly else 1),
        months=months,
        numbered=_numbers(parts, "BYMONTHDAY") or own,
        weekdays=tuple(
            (WEEKDAYS.index(day[-2:]), int(day[:-2] or "0"))
            for day in (parts["BYDAY"].split(",") if "BYDAY" in parts else ())
        ),
        places=_numbers(parts, "BYSETPOS"),
    )


def _numbers(parts: Mapping[str, str], name: str) -> tuple[int, ...]:
    return tuple(map(int, parts[name].split(","))) if name in parts else ()
