"""RFC 5545 rules of the uncommon forms, walked by dateutil.

dateutil walks a rule from its anchor, which takes longer the further one looks.
Here it starts at the step (year, month, week or day) that holds the day asked about.
That is the same set of days: what a step gives, `BYSETPOS` included, depends on nothing but the step, the rule's parts
and the defaults they take from the anchor, and those are written into the rule first.
`COUNT` alone counts from the anchor: such a rule is walked once and kept as a rule that ends on its last day.

dateutil looks for the next day until the year 9999, however long there is none.
The calendar repeats itself every 400 years, so a rule that gives a day once gives one again within 146,097 steps.
One that never does is refused when it is read, by looking at the last four centuries that dateutil knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import cast

import attrs
from dateutil.rrule import rrule, rrulestr

from carecoord.plans._calendar import WEEKDAYS
from carecoord.plans._rule_text import NARROWING, STEPS


def _without_end(parts: Mapping[str, str], anchor: date) -> rrule:
    """Give the rule without its end, and with what it takes from its anchor: it says the same from any step."""
    said = {name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}}
    said.setdefault("WKST", "MO")  # dateutil's own default is a setting of the whole process
    if not any(name in said for name in NARROWING) and said["FREQ"] != "DAILY":
        if said["FREQ"] == "WEEKLY":
            said["BYDAY"] = WEEKDAYS[anchor.weekday()]
        else:
            said["BYMONTHDAY"] = str(anchor.day)
        if said["FREQ"] == "YEARLY":
            said.setdefault("BYMONTH", str(anchor.month))
    text = ";".join(map("=".join, said.items()))
    return cast("rrule", rrulestr(text, dtstart=datetime.combine(anchor, time())))


def _gives_a_day(rule: rrule, anchor: date) -> bool:
    """Look for one from the same day of a year near the end of the calendar, at least forty years before it."""
    same = anchor.replace(year=anchor.year + (9_958 - anchor.year) // 400 * 400)
    try:
        return next(iter(rule.replace(dtstart=datetime.combine(same, time()))), None) is not None
    except ValueError:  # it gives one in the year 10000, which is none of Python's
        return True


@attrs.frozen(kw_only=True)
class WalkedRule:
    """A rule with its anchor and its last day, whose days near any day are found at once."""

    anchor: date
    last: date
    frequency: str
    interval: int
    week_start: int
    rule: rrule

    def days_after(self, day: date | None) -> Iterator[date]:
        """Give the days after `day`, in order; from the anchor on where it is `None`."""
        if day is None:
            return self._walk(self.anchor, self.last)
        start = self._step(max(self.anchor, min(day, self.last)))
        return (found for found in self._walk(start, self.last) if found > day)

    def first_after(self, day: date | None) -> date | None:
        """Give the first day after `day`; the first of all where it is `None`."""
        return next(self.days_after(day), None)

    def day_by(self, day: date) -> date | None:
        """Give the last day on or before `day`."""
        day = min(day, self.last)
        if day < self.anchor:
            return None
        # A little way back at first: most rules give a day in the step before.
        for back in (self.interval * STEPS[self.frequency], 31, 366, 3_000, 15_000):
            start = self._step(max(self.anchor, day - timedelta(days=back)))
            found = max(self._walk(start, day), default=None)
            if found is not None:
                return found
        return max(self._walk(self.anchor, day), default=None)

    def _walk(self, start: date, end: date) -> Iterator[date]:
        """Let dateutil give the days from `start` to `end`, where `start` begins a step."""
        rule = self.rule.replace(dtstart=datetime.combine(start, time()), until=datetime.combine(end, time()))
        with suppress(ValueError):  # a week that ends in the year 10000
            yield from (moment.date() for moment in rule)

    def _step(self, day: date) -> date:
        """Give the first day of the step that holds `day`, or of the last one before where `INTERVAL` leaves it out."""
        steps = (self._number(day) - self._number(self.anchor)) // self.interval * self.interval
        if not steps:
            return self.anchor
        number = self._number(self.anchor) + steps
        if self.frequency == "YEARLY":
            return date(number, 1, 1)
        if self.frequency == "MONTHLY":
            return date(number // 12, number % 12 + 1, 1)
        return date.fromordinal(number * 7 + self.week_start + 1 if self.frequency == "WEEKLY" else number)

    def _number(self, day: date) -> int:
        """Number the year, month, week or day that holds `day`."""
        if self.frequency == "YEARLY":
            return day.year
        if self.frequency == "MONTHLY":
            return day.year * 12 + day.month - 1
        ordinal = day.toordinal()
        return (ordinal - 1 - self.week_start) // 7 if self.frequency == "WEEKLY" else ordinal


def walked_rule(parts: Mapping[str, str], anchor: date, last: date) -> WalkedRule | None:
    """Read a rule whose parts are checked already; `None` where it gives no day at all."""
    rule = _without_end(parts, anchor)
    if not _gives_a_day(rule, anchor):
        return None
    return WalkedRule(
        anchor=anchor,
        last=last,
        frequency=parts["FREQ"],
        interval=int(parts.get("INTERVAL", "1")),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        rule=rule,
    )
