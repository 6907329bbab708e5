"""Review cycles: when something is looked at again, and whether that is upcoming, due or overdue on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import takewhile
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.plans._recurrence import FIRST, LAST, LONGEST_STEP, WEEKDAYS, Weekday, day_by, days_after

__all__ = ["Occurrence", "ReviewCycle", "ReviewState", "ReviewStatus"]

ReviewState = Literal["upcoming", "due", "overdue", "ended"]
"""How a review stands on a day; `ended` where the cycle has no review left."""

_ONE_DAY: Final = timedelta(days=1)

_EARLIEST: Final = FIRST - timedelta(days=366)
"""Nothing is due before this day, however far a review moves to come before holidays."""


@attrs.frozen
class Occurrence:
    """One review of a cycle.

    Attributes:
        scheduled: the day the cycle names, before it is moved to a working day; this identifies the review for good.
        due: the day it is due.
        overdue_from: the first day on which it is overdue.
    """

    scheduled: date
    due: date
    overdue_from: date


@attrs.frozen
class ReviewStatus:
    """How a cycle stands on a day.

    Attributes:
        state: `upcoming` before the review is due, `due` from that day until its grace is over, then `overdue`;
            `ended` where the cycle has no review left.
        outstanding: the first review that is not done; `None` where the cycle has ended.
    """

    state: ReviewState
    outstanding: Occurrence | None

    @property
    def due(self) -> date | None:
        """The day the outstanding review is due."""
        return None if self.outstanding is None else self.outstanding.due

    @property
    def overdue_from(self) -> date | None:
        """The first day on which the outstanding review is overdue."""
        return None if self.outstanding is None else self.outstanding.overdue_from

    @property
    def since(self) -> date | None:
        """The day it became due or overdue; `None` where it is neither."""
        return {"due": self.due, "overdue": self.overdue_from}.get(self.state)


def _every(value: Period | str) -> Period | str:
    if isinstance(value, str):
        text = value.strip().upper()
        if not text.startswith("P"):
            return text.removeprefix("RRULE:")
        value = _period(text, "every")
    if value.minutes or not 1 <= value.months * 31 + value.days <= LONGEST_STEP:
        raise DataError("review cycle", [Fault("$.every", f"{value} is no step of one day to forty years")])
    return value


def _grace(value: Period | str) -> Period:
    return _period(value, "grace") if isinstance(value, str) else value


def _period(text: str, field: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise DataError("review cycle", [Fault(f"$.{field}", str(error))]) from None


def _days(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _weekdays(days: Iterable[Weekday]) -> frozenset[Weekday]:
    return frozenset(days)


@attrs.frozen(kw_only=True)
class ReviewCycle:
    """When something is looked at again, counted from an anchor.

    The anchor is the first day of the cycle, and every later one is counted from it, so month ends do not drift:
    31 January, 28 February, 31 March.
    A cycle whose first review falls a month after the plan began is anchored there, or is told that the review on
    the anchor was done.

    A review done within the grace before or after a due day counts for that day; where two due days are that near, for
    the nearer one, and for the earlier where both are equally near.
    Done outside any grace, it counts for the last review that was due by then; done before the first, for none.
    So what is outstanding always falls due after the last one was done.

    Where a working day is wanted, reviews that land on the same day are one, known by the last of them.

    Attributes:
        anchor: the first day of the cycle, from 1900 on.
        every: an ISO 8601 period (`P1M`), or an RFC 5545 rule for days (`FREQ=MONTHLY;BYDAY=2TU`).
            As RFC 5545 has it, a rule leaves out the months that lack the day: `FREQ=MONTHLY` from the 31st has seven
            days a year, and `P1M` or `BYMONTHDAY=-1` twelve; and the anchor counts only where the rule names it.
        grace: how long after its due day a review may still be done before it is overdue; a year at most.
        until: the day from which nothing is scheduled any more; without end where left out.
            The `UNTIL` of a rule is its last day, as RFC 5545 has it.
        except_on: scheduled days that are left out.
        adjust: where a review goes that is scheduled for a closed day: to the working day `following` or `preceding`;
            with `None` it stays.
        holidays: days that are closed, besides the weekend.
        weekend: weekdays that are closed, as in RFC 5545: `MO` to `SU`.

    Raises:
        DataError: with everything that is wrong.

    Example:
        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> monthly.status(on=date(2026, 3, 7), last_done=date(2026, 1, 31))
        'due'
        >>> monthly.status(on=date(2026, 3, 8), last_done=date(2026, 1, 31))
        'overdue'
    """

    anchor: date
    every: str | Period = attrs.field(converter=_every)
    grace: Period = attrs.field(default=Period(), converter=_grace)
    until: date | None = None
    except_on: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    adjust: Literal["following", "preceding"] | None = None
    holidays: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    weekend: frozenset[Weekday] = attrs.field(default=frozenset({"SA", "SU"}), converter=_weekdays)

    def __attrs_post_init__(self) -> None:
        """Check what the fields say together."""
        faults = list(self._faults())
        if faults:
            raise DataError("review cycle", faults)

    def _faults(self) -> Iterator[Fault]:
        if type(self.anchor) is not date or not FIRST <= self.anchor <= LAST:
            yield Fault("$.anchor", f"a day from {FIRST} to {LAST} is wanted")
        elif isinstance(self.every, str):
            try:
                days_after(self.anchor, self.every, None)
            except ValueError as error:
                yield Fault("$.every", f"{self.every[:60]!r} is neither a period such as P1M nor a rule: {error}")
        if self.grace.minutes or self.grace.months * 31 + self.grace.days > 372:
            yield Fault("$.grace", f"whole days are wanted, a year at most, found {self.grace}")
        if self.until is not None and type(self.anchor) is date and self.until <= self.anchor:
            yield Fault("$.until", f"{self.until} is not after the anchor")
        if self.adjust not in (None, "following", "preceding"):
            yield Fault("$.adjust", "following, preceding or nothing is wanted")
        if not self.weekend < set(WEEKDAYS):
            yield Fault("$.weekend", f"some of {', '.join(WEEKDAYS)} are wanted, not all")
        if self.holidays and self.adjust is None:
            yield Fault("$.holidays", "they move nothing where adjust is left out")

    @property
    def texts(self) -> tuple[str, ...]:
        """What somebody wrote into it, in words."""
        return ()

    def next(self, *, after: date) -> date | None:
        """Give the first day on which a review is due after a day; `None` where the cycle has ended.

        The work is the same at any distance from the anchor.

        >>> ReviewCycle(anchor=date(2026, 1, 31), every="P1M").next(after=date(2126, 2, 1))
        datetime.date(2126, 2, 28)
        """
        return next((due for _, due in self._coming(after)), None)

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Give the days on which a review is due, from `first` to `last`, both included.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M")
        >>> [str(day) for day in monthly.between(date(2026, 2, 1), date(2026, 4, 30))]
        ['2026-02-28', '2026-03-31', '2026-04-30']
        """
        return tuple(due for _, due in self._between(first, last))

    def occurrences(self, first: date, last: date) -> tuple[Occurrence, ...]:
        """Give the reviews that are due from `first` to `last`, both included."""
        return tuple(self._occurrence(scheduled, due) for scheduled, due in self._between(first, last))

    def counts_for(self, done: date) -> Occurrence | None:
        """Give the review for which one done on this day counts; `None` where it was before the first one's grace.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> [str(monthly.counts_for(date(2026, 2, day)).scheduled) for day in (14, 20, 21)]
        ['2026-01-31', '2026-01-31', '2026-02-28']
        """
        scheduled = self._scheduled_by(self._reach(done))
        earlier = None if scheduled is None else (scheduled, self._moved(scheduled))
        later = next(self._coming(done), None)
        if later is None or self.grace.before(later[1]) > done:
            return None if earlier is None else self._occurrence(*earlier)
        if earlier is None or self.grace.after(earlier[1]) < done or later[1] - done < done - earlier[1]:
            return self._occurrence(*later)
        return self._occurrence(*earlier)

    def review(self, *, on: date, last_done: date | None = None, done_for: date | None = None) -> ReviewStatus:
        """Say which review is outstanding, and how it stands on a day.

        Args:
            on: the day asked about.
            last_done: the day on which a review was last done; `None` where none ever was.
            done_for: the scheduled day for which that review counted, where it was recorded;
                else it counts as `counts_for` says.
                After a change of cycle this keeps what was done as it was: what is outstanding is scheduled after
                `done_for` and due after `last_done`.

        Raises:
            DataError: the last review was done after the day asked about.
        """
        if last_done is not None and last_done > on:
            raise DataError("review cycle", [Fault("last_done", f"{last_done} is after {on}, the day asked about")])
        found = next(self._outstanding(last_done, done_for), None)
        if found is None:
            return ReviewStatus("ended", None)
        review = self._occurrence(*found)
        state: ReviewState = "upcoming" if on < review.due else "due" if on < review.overdue_from else "overdue"
        return ReviewStatus(state, review)

    def status(self, *, on: date, last_done: date | None = None) -> ReviewState:
        """Say in one word how the outstanding review stands on a day; `review` says more.

        >>> ReviewCycle(anchor=date(2026, 1, 31), every="P1M").status(on=date(2026, 1, 30))
        'upcoming'
        """
        return self.review(on=on, last_done=last_done).state

    def _outstanding(self, last_done: date | None, done_for: date | None) -> Iterator[tuple[date, date]]:
        if last_done is None:
            return self._coming(None)
        if done_for is None:
            counted = self.counts_for(last_done)
            return self._coming(None if counted is None else counted.due)
        start = max(last_done, self._moved(done_for) - _ONE_DAY)
        return ((scheduled, due) for scheduled, due in self._coming(start) if scheduled > done_for)

    def _occurrence(self, scheduled: date, due: date) -> Occurrence:
        return Occurrence(scheduled, due, self.grace.after(due) + _ONE_DAY)

    def _between(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        return takewhile(lambda review: review[1] <= last, self._coming(max(first, _EARLIEST) - _ONE_DAY))

    def _coming(self, after: date | None) -> Iterator[tuple[date, date]]:
        """Give the scheduled and the due day of each review that is due after `after`, in order."""
        if after is not None and after >= LAST:
            return
        start = None if after is None else self._reach(after)
        if self.adjust is None:
            yield from ((day, day) for day in self._scheduled(start))
            return
        waiting: tuple[date, date] | None = None
        for day in self._scheduled(start):
            due = self._moved(day)
            if waiting is not None and waiting[1] != due:
                yield waiting
            waiting = (day, due)
        if waiting is not None:
            yield waiting

    def _scheduled(self, after: date | None) -> Iterator[date]:
        until = LAST if self.until is None else min(self.until, LAST)
        for day in days_after(self.anchor, self.every, after):
            if day >= until:
                return
            if day not in self.except_on:
                yield day

    def _scheduled_by(self, day: date) -> date | None:
        found = day_by(self.anchor, self.every, day if self.until is None else min(day, self.until - _ONE_DAY))
        while found is not None and found in self.except_on:
            found = day_by(self.anchor, self.every, found - _ONE_DAY)
        return found

    def _reach(self, day: date) -> date:
        """Give the last day that may be scheduled for a review due by `day`."""
        day = min(max(day, _EARLIEST), LAST)
        if self.adjust == "following":
            return self._open(day, -_ONE_DAY)
        if self.adjust == "preceding":
            return self._open(day + _ONE_DAY, _ONE_DAY) - _ONE_DAY
        return day

    def _moved(self, day: date) -> date:
        """Give the day on which a review scheduled for `day` is due."""
        if self.adjust is None:
            return day
        return self._open(day, _ONE_DAY if self.adjust == "following" else -_ONE_DAY)

    def _open(self, day: date, step: timedelta) -> date:
        while day in self.holidays or WEEKDAYS[day.weekday()] in self.weekend:
            day += step
        return day
