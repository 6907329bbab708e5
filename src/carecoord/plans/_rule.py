"""RFC 5545 rules for days, read by dateutil.

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

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final, cast

import attrs
from dateutil.rrule import rrule, rrulestr

from carecoord.errors import did_you_mean
from carecoord.plans._recurrence import LAST, LONGEST_STEP, WEEKDAYS

LONGEST_COUNT: Final = timedelta(days=36_525)
"""How far from its anchor a `COUNT` may reach, so that walking it is bounded."""

STEPS: Final = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": 7, "DAILY": 1}
"""The frequencies that count days, and how many days a step of each has at most."""

_NUMBERS: Final = {
    "INTERVAL": LONGEST_STEP, "COUNT": LONGEST_COUNT.days,
    "BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366,
}  # fmt: skip
_SIGNED: Final = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_KNOWN: Final = ("FREQ", "UNTIL", "WKST", "BYDAY", *_NUMBERS)
_NARROWING: Final = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_FORBIDDEN: Final = {
    ("WEEKLY", "BYMONTHDAY"), ("DAILY", "BYYEARDAY"), ("WEEKLY", "BYYEARDAY"), ("MONTHLY", "BYYEARDAY"),
    ("DAILY", "BYWEEKNO"), ("WEEKLY", "BYWEEKNO"), ("MONTHLY", "BYWEEKNO"),
}  # fmt: skip


def _parts(text: str) -> dict[str, str]:
    """Take a rule apart and check each part.

    Raises:
        ValueError: it is no rule, or says something RFC 5545 does not allow.
    """
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN:
            hint = did_you_mean(name, _KNOWN) if name else ""
            raise ValueError(f"{part[:40]!r} is no part of an RFC 5545 rule for days{hint}")
        if name in parts:
            raise ValueError(f"{name} stands twice")
        parts[name] = value
        if name in _NUMBERS:
            _check_numbers(name, value)
    if parts.get("FREQ") not in STEPS:
        raise ValueError(f"FREQ is one of {', '.join(STEPS)}: cycles count days")
    _check_days(parts)
    _check_together(parts)
    return parts


def _check_numbers(name: str, value: str) -> None:
    numbers = value.split(",") if name.startswith("BY") else [value]
    sign = "[+-]?" if name in _SIGNED else ""
    for number in numbers:
        if not re.fullmatch(f"{sign}[0-9]{{1,5}}", number) or not 1 <= abs(int(number)) <= _NUMBERS[name]:
            either = " or that many from the end, as -1" if sign else ""
            raise ValueError(f"{name} is a number from 1 to {_NUMBERS[name]:,}{either}, not {number[:20]!r}")


def _check_days(parts: Mapping[str, str]) -> None:
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise ValueError(f"WKST is one of {', '.join(WEEKDAYS)}")
    found = [(day, _DAY.fullmatch(day)) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    numbers = {match[1] for _, match in found if match and match[1]}
    wrong = next((day for day, match in found if not match), None)
    if wrong is not None:
        raise ValueError(f"BYDAY is a list of days such as TU, 2TU or -1FR, not {wrong[:20]!r}")
    if not numbers:
        return
    if any(match and not match[1] for _, match in found):
        raise ValueError("BYDAY mixes numbered days (2TU) with plain ones (TU): use two cycles")
    if parts["FREQ"] not in {"YEARLY", "MONTHLY"} or "BYWEEKNO" in parts:
        raise ValueError("BYDAY numbers days (2TU) only where FREQ is MONTHLY, or YEARLY without BYWEEKNO")
    most = 5 if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else 53
    if not all(1 <= abs(int(number)) <= most for number in numbers):
        raise ValueError(f"BYDAY numbers a day from 1 to {most} here")


def _check_together(parts: Mapping[str, str]) -> None:
    frequency = parts["FREQ"]
    if int(parts.get("INTERVAL", "1")) * STEPS[frequency] > LONGEST_STEP:
        raise ValueError("INTERVAL is longer than forty years")
    for name in parts:
        if (frequency, name) in _FORBIDDEN:
            raise ValueError(f"{name} cannot stand with FREQ={frequency}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("UNTIL and COUNT cannot stand together")
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        raise ValueError("BYWEEKNO needs BYDAY: on which day of that week?")
    if "BYSETPOS" in parts and not any(name in parts for name in (*_NARROWING, "BYMONTH")):
        raise ValueError("BYSETPOS chooses among the days of another part such as BYDAY, and there is none")


def _until(parts: Mapping[str, str]) -> date:
    text = parts.get("UNTIL", "99991231")
    try:
        if not re.fullmatch("[0-9]{8}", text):
            raise ValueError
        return min(date(int(text[:4]), int(text[4:6]), int(text[6:])), LAST)
    except ValueError:
        raise ValueError(f"UNTIL is a day such as 20261231, not {text[:20]!r}: cycles count days") from None


def _without_end(parts: Mapping[str, str], anchor: date) -> rrule:
    """Give the rule without its end, and with what it takes from its anchor: it says the same from any step."""
    said = {name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}}
    said.setdefault("WKST", "MO")  # dateutil's own default is a setting of the whole process
    if not any(name in said for name in _NARROWING) and said["FREQ"] != "DAILY":
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
class Rule:
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


@lru_cache(maxsize=1_024)
def rule_of(text: str, anchor: date) -> Rule:
    """Read a rule.

    Raises:
        ValueError: it is no RFC 5545 rule for days, or gives no day at all.
    """
    parts = _parts(text)
    rule = _without_end(parts, anchor)
    if not _gives_a_day(rule, anchor):
        raise ValueError("there is no such day")
    made = Rule(
        anchor=anchor,
        last=_until(parts),
        frequency=parts["FREQ"],
        interval=int(parts.get("INTERVAL", "1")),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        rule=rule,
    )
    if next(made.days_after(None), None) is None:
        raise ValueError(f"it gives no day from its anchor {anchor} on")
    if "COUNT" not in parts:
        return made
    days = takewhile(lambda day: day <= anchor + LONGEST_COUNT, made.days_after(None))
    counted = tuple(islice(days, int(parts["COUNT"])))
    if len(counted) < int(parts["COUNT"]):
        raise ValueError("COUNT reaches more than a hundred years from the anchor")
    return attrs.evolve(made, last=counted[-1])
