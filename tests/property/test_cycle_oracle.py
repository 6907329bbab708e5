"""Constant-time dates held against an oracle that walks every day of a cycle from its anchor, one after the other.

The oracle is written to be read, not to be fast: dateutil gives the days of rules and resolves times that clocks leave
out, relativedelta those of periods, and closed days and pauses are passed one by one.
`LAW_CYCLES` says how many random cycles are drawn; `nox -s laws` draws ten thousand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from random import Random
from typing import Any

import pytest
from dateutil import tz
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import ClockTime, Pause, Recurrence, ReviewCycle

CYCLES = int(os.environ.get("LAW_CYCLES", "400"))
BATCHES = 4
ONE_DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata")
YEARS = {"DAILY": 1, "WEEKLY": 2, "MONTHLY": 8, "YEARLY": 30}
ANCHORS = [date(2024, 2, 29), date(2020, 2, 29), date(2023, 2, 28), date(2025, 12, 31), date(2026, 1, 31)]


class Drawn:
    """Draws one cycle, and says how far its oracle walks."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.years = 2

    def some_day(self, anchor: date, before: int = 30) -> date:
        """Give a day near the anchor or within the years that the oracle walks."""
        return anchor + timedelta(days=self.random.randint(-before, 366 * self.years))

    def anchor(self) -> date:
        """Give a first day: often a month end or 29 February."""
        if self.random.random() < 0.3:
            return self.random.choice(ANCHORS)
        return date(2023, 1, 1) + timedelta(days=self.random.randint(0, 1_500))

    def every(self) -> str:
        """Give a rhythm."""
        frequency = self.random.choice(["PERIOD", "DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"])
        if frequency == "PERIOD":
            self.years = 6
            months, days = self.random.choice(
                [(self.random.randint(1, 14), 0), (0, self.random.randint(3, 90)), (1, 3)]
            )
            return str(Period(months=months, days=days))
        self.years = YEARS[frequency]
        parts = {"FREQ": frequency, **self._narrowed(frequency)}
        if self.random.random() < 0.5:
            parts["INTERVAL"] = str(self.random.randint(1, 5))
        if self.random.random() < 0.3:
            parts["WKST"] = self.random.choice(WEEKDAYS)
        if self.random.random() < 0.2:
            parts["COUNT"] = str(self.random.randint(2, 40))
        return ";".join(f"{name}={value}" for name, value in parts.items())

    def _narrowed(self, frequency: str) -> dict[str, str]:
        some = self.random.sample
        weekdays = some(WEEKDAYS, self.random.randint(1, 3))
        numbered = [f"{self.random.choice([1, 2, 3, 4, 5, -1, -2])}{day}" for day in weekdays]
        numbers = ",".join(map(str, some([1, 15, 28, 29, 30, 31, -1, -2, -30], 3)))
        months = ",".join(map(str, some(range(1, 13), self.random.randint(1, 4))))
        choices: dict[str, list[dict[str, str]]] = {
            "DAILY": [{}],
            "WEEKLY": [{}, {"BYDAY": ",".join(weekdays)}],
            "MONTHLY": [
                {}, {"BYMONTHDAY": numbers}, {"BYDAY": ",".join(numbered)},
                {"BYDAY": ",".join(weekdays)}, {"BYDAY": ",".join(weekdays), "BYSETPOS": "1,-1"},
                {"BYMONTHDAY": numbers, "BYSETPOS": "-1"},
            ],
            "YEARLY": [
                {}, {"BYMONTH": months}, {"BYMONTHDAY": numbers}, {"BYMONTH": months, "BYMONTHDAY": numbers},
                {"BYMONTH": months, "BYDAY": ",".join(numbered)}, {"BYMONTH": months, "BYDAY": ",".join(weekdays)},
                {"BYYEARDAY": "60,366"}, {"BYWEEKNO": "53,9", "BYDAY": "MO"},
            ],
        }  # fmt: skip
        return self.random.choice(choices[frequency])

    def cycle(self) -> ReviewCycle:
        """Give a cycle."""
        anchor, every = self.anchor(), self.every()
        given: dict[str, Any] = {"grace": f"P{self.random.randint(1, 10)}D"}
        chance = self.random.random
        if chance() < 0.3:
            given["until"] = anchor + timedelta(days=self.random.randint(1, 366 * self.years))
        if chance() < 0.2:
            given["since"] = anchor + timedelta(days=self.random.randint(-30, 200))
            given["until"] = None
        if chance() < 0.2:
            given["also"] = [Recurrence(anchor=self.some_day(anchor), every=f"P{self.random.randint(20, 80)}D")]
        if chance() < 0.3:
            given["except_on"] = {self.some_day(anchor, 0) for _ in range(20)} | {anchor}
        if chance() < 0.4:
            given["adjust"] = self.random.choice(["following", "preceding"])
            given["holidays"] = {self.some_day(anchor) for _ in range(20)}
            given["weekend"] = self.random.choice([("SA", "SU"), ("FR", "SA"), ("SU",), ()])
        if chance() < 0.4:
            given["pauses"] = self.pauses(anchor)
        if chance() < 0.3:
            given["at"] = ClockTime(f"{self.random.randint(0, 3):02}:30", self.random.choice(ZONES))
        try:
            cycle = ReviewCycle(anchor=anchor, every=every, **given)
        except DataError:  # a rule that gives no day, or too few for its COUNT
            return self.cycle()
        if chance() < 0.2:
            extra = self.some_day(anchor)
            cycle = cycle.call(on=extra, because="asked")
        return cycle

    def pauses(self, anchor: date) -> list[Pause]:
        """Give some pauses, one after the other; the last of them may be open."""
        found, since = [], self.some_day(anchor)
        for _ in range(self.random.randint(1, 3)):
            until = since + timedelta(days=self.random.randint(1, 120))
            found.append(Pause(since=since, until=until))
            since = until + timedelta(days=self.random.randint(0, 60))
        if self.random.random() < 0.2:
            found.append(Pause(since=since))
        return found


def walked(rhythm: ReviewCycle | Recurrence, end: date) -> Iterator[date]:
    """Walk the days of one rhythm from its anchor."""
    anchor, every = rhythm.anchor, rhythm.every
    if isinstance(every, Period):
        days = (anchor + relativedelta(months=every.months * n) + timedelta(days=every.days * n) for n in count())
    else:
        text = every if "WKST" in every else f"{every};WKST=MO"
        days = (moment.date() for moment in rrulestr(text, dtstart=datetime.combine(anchor, time())))
    for day in takewhile(lambda day: day < end, days):
        if (rhythm.since is None or day >= rhythm.since) and (rhythm.until is None or day < rhythm.until):
            yield day


def paused_days(cycle: ReviewCycle, end: date) -> set[date]:
    """List every day of every pause, up to a last one."""
    found = set()
    for pause in cycle.pauses:
        day = pause.since
        while day <= end and (pause.until is None or day < pause.until):
            found.add(day)
            day += ONE_DAY
    return found


def moved(cycle: ReviewCycle, day: date, paused: set[date], end: date) -> date | None:
    """Pass closed days and pauses one by one; `None` where that leads beyond the last day."""
    back = cycle.adjust == "preceding" and day not in paused
    while day in paused or (cycle.adjust and (day in cycle.holidays or WEEKDAYS[day.weekday()] in cycle.weekend)):
        back = back and day not in paused
        day += -ONE_DAY if back else ONE_DAY
        if day > end:
            return None
    return day


def reviews(cycle: ReviewCycle, end: date) -> dict[date, date]:
    """Give what falls due on which day: the last scheduled day of those that fall together."""
    named = set(walked(cycle, end))
    named |= {day for rhythm in cycle.also for day in walked(rhythm, end)}
    named |= {call.on for call in cycle.called}
    due: dict[date, date] = {}
    paused = paused_days(cycle, end)
    unending = [pause.since for pause in cycle.pauses if pause.until is None]
    for day in sorted(named - cycle.except_on):
        on = None if unending and day >= unending[0] else moved(cycle, day, paused, end)
        if on is not None:
            due[on] = day
    return due


def check(random: Random) -> None:
    """Draw one cycle and ask of it what the oracle knows."""
    drawn = Drawn(random)
    cycle = drawn.cycle()
    last = cycle.anchor + timedelta(days=366 * drawn.years)
    oracle = reviews(cycle, last + timedelta(days=200))
    days = sorted(oracle)
    for _ in range(4):
        day = drawn.some_day(cycle.anchor, 60)
        following = next((each for each in days if each > day), None)
        if following is not None:
            assert cycle.next(after=day) == following, (cycle, day)
        first, until = day, min(day + timedelta(days=random.randint(0, 400)), last)
        expected = [(oracle[each], each) for each in days if first <= each <= until]
        assert [(each.scheduled, each.due) for each in cycle.occurrences(first, until)] == expected, (cycle, first)
        latest = cycle.latest(by=day)
        assert (latest and latest.due) == max((each for each in days if each <= day), default=None), (cycle, day)
        near = [each for each in days if abs(each - day).days <= cycle.grace.days]
        counts = min(near, key=lambda each: (abs(each - day), each), default=None)
        counts = counts or max((each for each in days if each <= day), default=None)
        stretched = bool(cycle.pauses)  # a pause keeps a window open, which the laws of pauses hold
        counted = cycle.counts_for(day)
        if not stretched and following is not None:
            assert (counted and counted.due) == counts, (cycle, day)
        if cycle.at is not None:
            zone = tz.gettz(cycle.at.zone)
            wanted = [
                tz.resolve_imaginary(datetime.combine(each, time.fromisoformat(cycle.at.at), tzinfo=zone))
                for _, each in expected
            ]
            found = cycle.times(first, until)
            assert [each.isoformat() for each in found] == [each.isoformat() for each in wanted], cycle


@pytest.mark.parametrize("batch", range(BATCHES))
def test_constant_time_dates_are_those_of_plain_iteration(batch: int) -> None:
    """Days and moments of random cycles, with 29 February, month ends, pauses, working days and zones."""
    for number in range(batch * CYCLES // BATCHES, (batch + 1) * CYCLES // BATCHES):
        check(Random(number))  # noqa: S311 - the same cycles each time
