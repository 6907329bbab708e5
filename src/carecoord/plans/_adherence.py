"""How much was done of what was due: what nobody recorded is kept apart from what is known to have been missed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal

import attrs

from carecoord.errors import DataError, Fault, UnknownIdError
from carecoord.plans._activities import Activity
from carecoord.plans._done import Done, counted
from carecoord.plans._looks import Review
from carecoord.plans._occurrence import Occurrence
from carecoord.plans._parts import Parts
from carecoord.plans._review import ReviewCycle

__all__ = ["Adherence", "DueTime", "PartAdherence", "TimeState", "adherence"]

TimeState = Literal["done", "missed", "unknown", "open"]
"""What became of something that was due: `unknown` where nobody recorded it, `open` while it can still be done in time.
"""

_NEVER_MEANT: Final = ("cancelled", "entered-in-error")
_ENDED: Final = ("completed", "stopped")
_ONE_DAY: Final = timedelta(days=1)


@attrs.frozen
class DueTime:
    """One time that something was due.

    Attributes:
        scheduled: the scheduled day, which identifies it.
        due: the day it was due.
        state: what became of it.
        done_on: the day it was done; `None` where it was not, or nobody recorded it.
        is_late: whether it was done after its grace.
    """

    scheduled: date
    due: date
    state: TimeState
    done_on: date | None = None
    is_late: bool = False


@attrs.frozen
class _Counts:
    """What was done of some times.

    Attributes:
        times: the times, in order of their due days.
    """

    times: tuple[DueTime, ...]

    @property
    def due(self) -> int:
        """How many times something was due and is no longer open."""
        return len(self.times) - self.count("open")

    def count(self, state: TimeState) -> int:
        """Say how many times are in a state."""
        return sum(time.state == state for time in self.times)

    @property
    def rate(self) -> float | None:
        """The share of what was due that was done, 0 to 1; `None` where nothing was due, or nobody knows of some."""
        return None if self.count("unknown") or not self.due else self.count("done") / self.due

    @property
    def possible(self) -> tuple[float, float] | None:
        """The lowest and the highest share that the times nobody knows of allow; `None` where nothing was due."""
        if not self.due:
            return None
        done = self.count("done")
        return (done / self.due, (done + self.count("unknown")) / self.due)


@attrs.frozen
class PartAdherence(_Counts):
    """What was done of one review or activity.

    Attributes:
        times: the times it was due, in order of their due days.
        kind: whether it is a review or an activity.
        id: its id.
    """

    kind: Literal["review", "activity"]
    id: str

    @property
    def missed_in_a_row(self) -> int | None:
        """How many of the latest times were missed, one after the other; `None` where nobody knows of one of them.

        What is still open does not count.
        """
        missed = 0
        for time in reversed(self.times):
            if time.state == "done":
                return missed
            if time.state == "unknown":
                return None
            missed += time.state == "missed"
        return missed


@attrs.frozen
class Adherence(_Counts):
    """What was done of everything in a plan that is due again and again.

    Attributes:
        times: the times of all parts, part by part.
        parts: the same for each review and each scheduled activity.
    """

    parts: tuple[PartAdherence, ...]

    def part(self, kind: Literal["review", "activity"], id: str) -> PartAdherence:
        """Give one part.

        Raises:
            UnknownIdError: there is none with this id.
        """
        for each in self.parts:
            if (each.kind, each.id) == (kind, id):
                return each
        raise UnknownIdError(kind, id, [each.id for each in self.parts if each.kind == kind])


def adherence(plan: Parts, *, first: date, last: date, on: date, complete_through: date | None = None) -> Adherence:
    """Say what was done of the reviews and scheduled activities that fell due in a stretch, as known on a day.

    A time is done where it was recorded for it, however late; missed where that was recorded, or where nothing was and
    the record is said to be complete; unknown where nothing was recorded and its grace is over; open until then.
    Nothing falls due in a pause, so nothing is missed in one.

    Left out are activities that were cancelled or entered in error; one that is completed or stopped counts up to its
    last day, or the last day something was recorded of it.

    Args:
        plan: the plan, or what a reader may see of it.
        first: the first day of the stretch.
        last: its last day, itself included.
        on: the day asked about; what was recorded for later is not seen.
        complete_through: the day up to which all that was done is known to be recorded; `None` where nobody says so,
            and what was not recorded is unknown.

    Raises:
        DataError: the stretch ends before it begins.

    Example:
        >>> from carecoord.plans import CarePlan
        >>> weekly = ReviewCycle(anchor=date(2026, 3, 2), every="P1W")
        >>> walk = Activity(id="walk", kind="self-management", title="Walk", schedule=weekly)
        >>> walk = walk.record(on=date(2026, 3, 2)).record(on=date(2026, 3, 9), outcome="missed")
        >>> plan = CarePlan(id="p1", person="A", created=date(2026, 3, 1), activities=[walk])
        >>> found = adherence(plan, first=date(2026, 3, 1), last=date(2026, 3, 22), on=date(2026, 3, 22))
        >>> [(str(time.due), time.state) for time in found.times]
        [('2026-03-02', 'done'), ('2026-03-09', 'missed'), ('2026-03-16', 'unknown')]
        >>> found.rate is None, [round(share, 2) for share in found.possible]
        (True, [0.33, 0.67])
    """
    if last < first:
        raise DataError("adherence", [Fault("last", f"{last} is before {first}, the first day")])
    asked = _Asked(first, last, on, complete_through)
    parts = [asked.part("review", review, review.cycle) for review in plan.reviews]
    parts += [asked.part("activity", activity, cycle) for activity, cycle in _scheduled(plan.activities)]
    return Adherence(tuple(time for part in parts for time in part.times), tuple(parts))


def _scheduled(activities: Iterable[Activity]) -> Iterator[tuple[Activity, ReviewCycle]]:
    for activity in activities:
        if activity.schedule is None or activity.status in _NEVER_MEANT:
            continue
        until = activity.until
        if activity.status in _ENDED and until is None:
            until = max((each.on + _ONE_DAY for each in activity.done), default=activity.schedule.anchor)
        cycle = activity.schedule.within(activity.since, until)
        if cycle is not None:
            yield activity, cycle


@attrs.frozen
class _Asked:
    """A stretch, and what is known of it on a day."""

    first: date
    last: date
    on: date
    complete_through: date | None

    def part(self, kind: Literal["review", "activity"], part: Review | Activity, cycle: ReviewCycle) -> PartAdherence:
        """Say what became of each time that one part was due."""
        due = cycle.occurrences(self.first, self.last)
        records = self._records(cycle, part.done, [each.scheduled for each in due])
        times = tuple(self._time(each, records.get(each.scheduled, [])) for each in due)
        return PartAdherence(times, kind, part.id)

    def _records(self, cycle: ReviewCycle, done: Iterable[Done], days: list[date]) -> Mapping[date, list[Done]]:
        """Sort records by the time they count for: where several fall together, for the one that stands for them."""
        found: dict[date, list[Done]] = {}
        before = cycle.latest(by=self.first - _ONE_DAY)
        start = date.min if before is None else before.scheduled
        for each in done:
            is_known = each.on <= self.on and each.outcome != "entered-in-error"
            scheduled = counted(cycle, each).scheduled if is_known else None
            if scheduled is None or scheduled <= start or not days or scheduled > days[-1]:
                continue
            found.setdefault(days[bisect_left(days, scheduled)], []).append(each)
        return found

    def _time(self, time: Occurrence, records: list[Done]) -> DueTime:
        done_on = min((each.on for each in records if each.outcome == "done"), default=None)
        over = time.overdue_from
        if done_on is not None:
            return DueTime(time.scheduled, time.due, "done", done_on, over is not None and done_on >= over)
        if records:
            return DueTime(time.scheduled, time.due, "missed")
        if over is None or self.on < over:
            return DueTime(time.scheduled, time.due, "open")
        is_complete = self.complete_through is not None and self.complete_through >= over - _ONE_DAY
        return DueTime(time.scheduled, time.due, "missed" if is_complete else "unknown")
