"""The days on which something recurs: by a period counted from its anchor, or by an RFC 5545 rule.

Both give the next day and the last one in bounded time, however far they lie from the anchor.
Periods and the common rules are arithmetic, done here; the uncommon rules are dateutil's, which is imported when the
first of them is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from heapq import merge
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

import attrs

from carecoord._values import Period, add_months
from carecoord.errors import DataError, Fault
from carecoord.plans._calendar import FIRST, LAST, LONGEST_STEP, ONE_DAY
from carecoord.plans._common_rule import CommonRule, common_steps
from carecoord.plans._rule_text import LONGEST_COUNT, parts_of, until_of

if TYPE_CHECKING:
    from carecoord.plans._rule import WalkedRule

__all__ = ["Recurrence"]

# The Gregorian calendar repeats itself every 400 years: 4,800 months that hold 146,097 days.
_MONTHS, _DAYS = 4_800, 146_097

_AHEAD: Final = 5
"""Days: no stretch of months is longer than as many months of mean length by more than 4.4."""


def every(value: Period | str) -> Period | str:
    """Read a rhythm: a period, or the text of a rule.

    Raises:
        DataError: it is no period of days from one day to forty years; rules are read later.
    """
    if isinstance(value, str):
        text = value.strip().upper()
        if not text.startswith("P"):
            return text.removeprefix("RRULE:")
        value = period(text, "every")
    if value.minutes or not 1 <= value.months * 31 + value.days <= LONGEST_STEP:
        raise DataError("review cycle", [Fault("$.every", f"{value} is no step of one day to forty years")])
    return value


@lru_cache(maxsize=1_024)
def _period_of(text: str) -> Period:
    return Period.parse(text)


def period(text: str, field: str) -> Period:
    """Read a period.

    Raises:
        DataError: the text is none.
    """
    try:
        return _period_of(text)
    except ValueError as error:
        raise DataError("review cycle", [Fault(f"$.{field}", str(error))]) from None


@attrs.frozen(kw_only=True)
class Rhythm:
    """What names days.

    Attributes:
        anchor: the day from which it counts.
        every: the period or rule.
        since: the first day that counts; the anchor where left out.
        until: the day from which nothing counts any more.
    """

    anchor: date
    every: str | Period = attrs.field(converter=every)
    since: date | None = None
    until: date | None = None


@attrs.frozen(kw_only=True)
class Recurrence(Rhythm):
    """Days that recur, to be joined to those of a cycle: it has no grace and moves nothing, which the cycle does.

    Attributes:
        anchor: the day from which it counts, from 1900 on.
        every: an ISO 8601 period (`P1M`), or an RFC 5545 rule for days (`FREQ=MONTHLY;BYDAY=2TU`).
        since: the first day that it may name; the anchor where left out.
        until: the day from which it names nothing any more; without end where left out.

    Raises:
        DataError: with everything that is wrong.
    """

    def __attrs_post_init__(self) -> None:
        """Check what the fields say together."""
        faults = list(rhythm_faults(self))
        if faults:
            raise DataError("recurrence", faults)

    def within(self, first: date | None, last: date | None) -> Recurrence | None:
        """Give what it names from `first` on and before `last`; `None` where that leaves no stretch."""
        return recurrence_within(self, first, last)


def rhythm_faults(rhythm: Rhythm) -> Iterator[Fault]:
    """Say what is wrong with an anchor, a rhythm, and the days between which it counts."""
    anchor = rhythm.anchor
    if type(anchor) is not date or not FIRST <= anchor <= LAST:
        yield Fault("$.anchor", f"a day from {FIRST} to {LAST} is wanted")
    elif isinstance(rhythm.every, str):
        try:
            rule_of(rhythm.every, anchor)
        except ValueError as error:
            yield Fault("$.every", f"{rhythm.every[:60]!r} is neither a period such as P1M nor a rule: {error}")
    if rhythm.since is None and rhythm.until is None:
        return
    timed = [name for name in ("since", "until") if not _is_day(getattr(rhythm, name))]
    yield from (Fault(f"$.{name}", "a day without a time is wanted") for name in timed)
    if timed or rhythm.until is None or type(anchor) is not date:
        return
    if rhythm.until <= anchor:
        yield Fault("$.until", f"{rhythm.until} is not after the anchor")
    elif rhythm.since is not None and rhythm.until <= rhythm.since:
        yield Fault("$.until", f"{rhythm.until} is not after {rhythm.since}, the first day")


def _is_day(value: date | None) -> bool:
    return value is None or type(value) is date


def recurrence_within(rhythm: Rhythm, first: date | None, last: date | None) -> Recurrence | None:
    """Give what a rhythm names from `first` on and before `last`; `None` where that leaves no stretch."""
    since = max((day for day in (rhythm.since, first) if day is not None), default=None)
    until = min((day for day in (rhythm.until, last) if day is not None), default=None)
    if until is not None and until <= max(rhythm.anchor, since or rhythm.anchor):
        return None
    return Recurrence(anchor=rhythm.anchor, every=rhythm.every, since=since, until=until)


def first_after(rhythm: Rhythm, day: date | None) -> date | None:
    """Give the first day that a rhythm names after `day`; the first of all where it is `None`."""
    day = _from(rhythm, day)
    if isinstance(rhythm.every, str):
        found = rule_of(rhythm.every, rhythm.anchor).first_after(day)
    else:
        times = 0 if day is None else times_after(rhythm.anchor, rhythm.every, day)
        found = rhythm.every.after(rhythm.anchor, times)
    return None if found is None or found >= (rhythm.until or LAST) or found >= LAST else found


def days_after(rhythm: Rhythm, day: date | None) -> Iterator[date]:
    """Give the days that a rhythm names after `day`, in order; all of them where `day` is `None`."""
    day, until = _from(rhythm, day), min(rhythm.until or LAST, LAST)
    if isinstance(rhythm.every, str):
        found = rule_of(rhythm.every, rhythm.anchor).days_after(day)
    else:
        times = 0 if day is None else times_after(rhythm.anchor, rhythm.every, day)
        found = _period_days(rhythm.anchor, rhythm.every, times)
    return takewhile(lambda each: each < until, found)


def day_by(rhythm: Rhythm, day: date) -> date | None:
    """Give the last day that a rhythm names on or before `day`."""
    if rhythm.until is not None:
        day = min(day, rhythm.until - ONE_DAY)
    if isinstance(rhythm.every, str):
        found = rule_of(rhythm.every, rhythm.anchor).day_by(day)
    else:
        times = times_after(rhythm.anchor, rhythm.every, day)
        found = rhythm.every.after(rhythm.anchor, times - 1) if times else None
    return None if found is None or (rhythm.since is not None and found < rhythm.since) else found


def all_after(rhythms: Iterable[Rhythm], extra: Iterable[date], day: date | None) -> Iterator[date]:
    """Give the days that any of some rhythms names after `day`, and some more days, each once and in order."""
    more = sorted(each for each in extra if day is None or each > day)
    last: date | None = None
    for each in merge(more, *(days_after(rhythm, day) for rhythm in rhythms)):
        if each != last:
            yield each
        last = each


def _from(rhythm: Rhythm, day: date | None) -> date | None:
    if rhythm.since is None:
        return day
    before = rhythm.since - ONE_DAY
    return before if day is None else max(before, day)


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


@lru_cache(maxsize=4_096)
def rule_of(text: str, anchor: date) -> CommonRule | WalkedRule:
    """Read a rule.

    Raises:
        ValueError: it is no RFC 5545 rule for days, or gives no day at all.
    """
    parts = parts_of(text)
    last, steps = until_of(parts), common_steps(parts, anchor)
    made: CommonRule | WalkedRule | None
    if steps is None:
        from carecoord.plans._rule import walked_rule  # noqa: PLC0415 only a host that uses such rules pays for dateutil

        made = walked_rule(parts, anchor, last)
    else:
        made = None if steps.after(anchor - ONE_DAY) is None else CommonRule(anchor, last, steps)
    if made is None:
        raise ValueError("there is no such day")
    if made.first_after(None) is None:
        raise ValueError(f"it gives no day from its anchor {anchor} on")
    if "COUNT" not in parts:
        return made
    days = takewhile(lambda day: day <= anchor + LONGEST_COUNT, made.days_after(None))
    counted = tuple(islice(days, int(parts["COUNT"])))
    if len(counted) < int(parts["COUNT"]):
        raise ValueError("COUNT reaches more than a hundred years from the anchor")
    return attrs.evolve(made, last=counted[-1])
