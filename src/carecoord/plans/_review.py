"""Review cycles: when something is looked at again, and whether that is upcoming, due or overdue on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.plans._calendar import (
    EARLIEST,
    FIRST,
    LAST,
    ONE_DAY,
    WEEKDAYS,
    OpenDays,
    Pause,
    Weekday,
    joined,
    overlaps,
    pauses,
)
from carecoord.plans._clock_time import ClockTime
from carecoord.plans._occurrence import Called, Occurrence, ReviewState, ReviewStatus
from carecoord.plans._recurrence import (
    Recurrence,
    Rhythm,
    all_after,
    day_by,
    days_after,
    first_after,
    period,
    recurrence_within,
    rhythm_faults,
)

__all__ = ["Occurrence", "ReviewCycle", "ReviewState", "ReviewStatus"]

_WHOLE_WEEK: Final = frozenset(WEEKDAYS)


def _grace(value: Period | str) -> Period:
    return period(value, "grace") if isinstance(value, str) else value


def _window(value: Period | str | None) -> Period | None:
    return period(value, "before or after") if isinstance(value, str) else value


def _days(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _weekdays(days: Iterable[Weekday]) -> frozenset[Weekday]:
    return frozenset(days)


def _recurrences(recurrences: Iterable[Recurrence]) -> tuple[Recurrence, ...]:
    return tuple(recurrences)


def _calls(calls: Iterable[Called]) -> tuple[Called, ...]:
    return tuple(sorted(calls, key=lambda call: (call.on, call.because))) if calls else ()


@attrs.frozen(kw_only=True)
class ReviewCycle(Rhythm):
    """When something is looked at again, counted from an anchor.

    The anchor is the first day of the cycle, and every later one is counted from it, so month ends do not drift:
    31 January, 28 February, 31 March.
    A cycle whose first review falls a month after the plan began is anchored there, or is told that the review on
    the anchor was done.

    A review has a window: one done from `before` its due day until `after` it counts for that day; where two windows
    hold the day, for the nearer review, and for the earlier where both are equally near.
    Done outside any window, it counts for the last review that was due by then; done before the first, for none.
    So what is outstanding always falls due after the last one was done.

    Where a working day is wanted, or a pause puts reviews off, those that land on the same day are one, known by the
    last of them.

    Attributes:
        anchor: the first day of the cycle, from 1900 on.
        every: an ISO 8601 period (`P1M`), or an RFC 5545 rule for days (`FREQ=MONTHLY;BYDAY=2TU`).
            As RFC 5545 has it, a rule leaves out the months that lack the day: `FREQ=MONTHLY` from the 31st has seven
            days a year, and `P1M` or `BYMONTHDAY=-1` twelve; and the anchor counts only where the rule names it.
        grace: how long after its due day a review may still be done before it is overdue; a year at most.
        before: how long before its due day one that is done counts for it; as the grace where left out.
        after: how long after its due day one that is done counts for it; as the grace where left out.
        since: the first day that `every` may name; the anchor where left out.
        until: the day from which `every` names nothing any more; without end where left out.
            The `UNTIL` of a rule is its last day, as RFC 5545 has it.
        also: further rhythms, whose days are joined to it.
        called: single days on which a review was called for besides; `until` does not end them.
        except_on: scheduled days that are left out.
        adjust: where a review goes that is scheduled for a closed day: to the working day `following` or `preceding`;
            with `None` it stays.
        holidays: days that are closed, besides the weekend.
        weekend: weekdays that are closed, as in RFC 5545: `MO` to `SU`.
        pauses: stretches in which nothing falls due: what is scheduled in one is put off to the first working day after
            it, and the grace of what was due before it stands still.
        at: the time of day, where there are appointments; `times` gives their moments.

    Raises:
        DataError: with everything that is wrong.

    Example:
        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> monthly.status(on=date(2026, 3, 7), last_done=date(2026, 1, 31))
        'due'
        >>> monthly.status(on=date(2026, 3, 8), last_done=date(2026, 1, 31))
        'overdue'
    """

    grace: Period = attrs.field(default=Period(), converter=_grace)
    before: Period | None = attrs.field(default=None, converter=_window)
    after: Period | None = attrs.field(default=None, converter=_window)
    also: tuple[Recurrence, ...] = attrs.field(default=(), converter=_recurrences)
    called: tuple[Called, ...] = attrs.field(default=(), converter=_calls)
    except_on: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    adjust: Literal["following", "preceding"] | None = None
    holidays: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    weekend: frozenset[Weekday] = attrs.field(default=frozenset({"SA", "SU"}), converter=_weekdays)
    pauses: tuple[Pause, ...] = attrs.field(default=(), converter=pauses)
    at: ClockTime | None = None

    def __attrs_post_init__(self) -> None:
        """Check what the fields say together."""
        faults = list(self._faults())
        if faults:
            raise DataError("review cycle", faults)

    def _faults(self) -> Iterator[Fault]:
        yield from rhythm_faults(self)
        for name, window in (("grace", self.grace), ("before", self.before), ("after", self.after)):
            if window is not None and (window.minutes or window.months * 31 + window.days > 372):
                yield Fault(f"$.{name}", f"whole days are wanted, a year at most, found {window}")
        if self.adjust not in (None, "following", "preceding"):
            yield Fault("$.adjust", "following, preceding or nothing is wanted")
        if not self.weekend < _WHOLE_WEEK:
            yield Fault("$.weekend", f"some of {', '.join(WEEKDAYS)} are wanted, not all")
        if self.holidays or self.except_on or self.called or self.pauses:
            yield from self._day_faults()

    def _day_faults(self) -> Iterator[Fault]:
        if self.holidays and self.adjust is None:
            yield Fault("$.holidays", "they move nothing where adjust is left out")
        for name, days in (("holidays", self.holidays), ("except_on", self.except_on)):
            if any(type(day) is not date for day in days):
                yield Fault(f"$.{name}", "days without times are wanted")
        for call in self.called:
            if type(call.on) is not date or not FIRST <= call.on < LAST or call.on in self.except_on:
                yield Fault("$.called", f"a day from {FIRST} to {LAST} that is not left out is wanted, found {call.on}")
        for clash in overlaps(self.pauses):
            yield Fault("$.pauses", clash)

    # another cycle, from this one

    def call(self, *, on: date, because: str = "") -> ReviewCycle:
        """Give the cycle with one more review, on a day that its rhythm need not name.

        >>> quarterly = ReviewCycle(anchor=date(2026, 1, 31), every="P3M")
        >>> quarterly.call(on=date(2026, 3, 2), because="two missed contacts").next(after=date(2026, 2, 1))
        datetime.date(2026, 3, 2)
        """
        return attrs.evolve(self, called=(*self.called, Called(on, because)), except_on=self.except_on - {on})

    def pause(self, *, since: date, until: date | None = None, because: str = "") -> ReviewCycle:
        """Give the cycle with a pause; one that begins the same day and has no end yet is ended by it.

        Args:
            since: the first day of the pause.
            until: the day after its last one; `None` while nobody knows.
            because: why, in words; as the pause that is ended says where left out.

        Raises:
            DataError: it runs into another pause.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> away = monthly.pause(since=date(2026, 2, 20), because="admission")
        >>> away.next(after=date(2026, 2, 1))
        >>> away.pause(since=date(2026, 2, 20), until=date(2026, 3, 9)).next(after=date(2026, 2, 1))
        datetime.date(2026, 3, 9)
        """
        open_one = next((each for each in self.pauses if each.since == since and each.until is None), None)
        why = because or (open_one.because if open_one else "")
        kept = (each for each in self.pauses if each is not open_one)
        return attrs.evolve(self, pauses=(*kept, Pause(since=since, until=until, because=why)))

    def followed_by(self, other: ReviewCycle, *, on: date) -> ReviewCycle:
        """Give one cycle that names this one's days before `on`, and another's from then on.

        So what was done stays done and what is outstanding stays outstanding, each known by the day it was scheduled
        for; the grace, the windows and the working days are the other cycle's.

        Args:
            other: the cycle from then on.
            on: its first day; the other may be anchored before.

        Raises:
            DataError: the other one names nothing from then on.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> both = monthly.followed_by(ReviewCycle(anchor=date(2026, 3, 1), every="P2W"), on=date(2026, 3, 1))
        >>> [str(day) for day in both.between(date(2026, 1, 1), date(2026, 3, 31))]
        ['2026-01-31', '2026-02-28', '2026-03-01', '2026-03-15', '2026-03-29']
        """
        if other.until is not None and other.until <= on:
            raise DataError("review cycle", [Fault("$.until", f"{other.until} is not after {on}, when it begins")])
        former = (recurrence_within(each, None, on) for each in self._rhythms)
        later = (each.within(on, None) for each in other.also)
        paused = (*(each.within(None, on) for each in self.pauses), *(each.within(on, None) for each in other.pauses))
        return attrs.evolve(
            other,
            since=None if other.anchor >= on and other.since is None else max(on, other.since or on),
            also=[each for each in (*former, *later) if each is not None],
            called=[
                *(each for each in self.called if each.on < on),
                *(each for each in other.called if each.on >= on),
            ],
            except_on={day for day in self.except_on if day < on} | {day for day in other.except_on if day >= on},
            pauses=joined(each for each in paused if each is not None),
        )

    def within(self, first: date | None, last: date | None) -> ReviewCycle | None:
        """Give what its rhythms name from `first` on and before `last`, and its calls; `None` where that is nothing."""
        if first is None and last is None:
            return self
        kept = [each for rhythm in self._rhythms if (each := recurrence_within(rhythm, first, last)) is not None]
        if not kept:
            return None
        main, *also = kept
        return attrs.evolve(
            self, anchor=main.anchor, every=main.every, since=main.since, until=main.until, also=tuple(also)
        )

    # its days

    def next(self, *, after: date) -> date | None:
        """Give the first day on which a review is due after a day; `None` where the cycle has ended.

        The work is the same at any distance from the anchor.

        >>> ReviewCycle(anchor=date(2026, 1, 31), every="P1M").next(after=date(2126, 2, 1))
        datetime.date(2126, 2, 28)
        """
        if after >= LAST:
            return None
        after = max(after, EARLIEST)
        if self.adjust is None and not (self.also or self.called or self.pauses or self.except_on):
            return first_after(self, after)
        opens = self._open_days
        for day in self._scheduled(opens.open_by(after)):
            due = opens.moved(day)
            if due is None or due > after:
                return due
        return None

    def latest(self, *, by: date) -> Occurrence | None:
        """Give the last review that is due on or before a day; `None` where there is none.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M")
        >>> str(monthly.latest(by=date(2126, 3, 30)).scheduled)
        '2126-02-28'
        """
        opens, day = self._open_days, min(max(by, EARLIEST), LAST)
        start = opens.open_by(day)
        scheduled = self._scheduled_by(start)
        if self.adjust == "preceding":
            for later in self._scheduled(start):
                due = opens.moved(later)
                if due is None or due > day:
                    break
                scheduled = later
        due = None if scheduled is None else opens.moved(scheduled)
        return None if scheduled is None or due is None else self._occurrence(scheduled, due)

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

    def times(self, first: date, last: date) -> tuple[datetime, ...]:
        """Give the moments of the appointments from `first` to `last`, both included, each with its offset from UTC.

        `ClockTime` says what happens on the days on which clocks change.

        Raises:
            DataError: the cycle has no time of day.

        >>> sessions = ReviewCycle(anchor=date(2026, 3, 24), every="P1W", at=ClockTime("09:30", "Europe/Berlin"))
        >>> [str(moment) for moment in sessions.times(date(2026, 3, 24), date(2026, 3, 31))]
        ['2026-03-24 09:30:00+01:00', '2026-03-31 09:30:00+02:00']
        """
        if self.at is None:
            raise DataError("review cycle", [Fault("$.at", "a time of day and its zone are wanted")])
        return tuple(self.at.on(day) for day in self.between(first, last))

    def counts_for(self, done: date) -> Occurrence | None:
        """Give the review for which one done on this day counts; `None` where it was before the first one's window.

        >>> monthly = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
        >>> [str(monthly.counts_for(date(2026, 2, day)).scheduled) for day in (14, 20, 21)]
        ['2026-01-31', '2026-01-31', '2026-02-28']
        """
        earlier = self.latest(by=done)
        coming = next(self._coming(done), None)
        later = None if coming is None else self._occurrence(*coming)
        if later is None or later.opens > done:
            return earlier
        if earlier is None or (earlier.closes is not None and earlier.closes < done):
            return later
        return later if later.due - done < done - earlier.due else earlier

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
        pause = next((each for each in self.pauses if on in each), None)
        resumes = None if pause is None else pause.until
        found = next(self._outstanding(last_done, done_for), None)
        if found is None:
            waits = pause is not None and pause.until is None
            return ReviewStatus("paused" if waits else "ended", None, resumes)
        review = self._occurrence(*found)
        state: ReviewState
        if on < review.due:
            state = "upcoming"
        elif pause is not None and (review.overdue_from is None or on < review.overdue_from):
            state = "paused"
        else:
            state = "due" if review.overdue_from is None or on < review.overdue_from else "overdue"
        return ReviewStatus(state, review, resumes)

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
        return ((scheduled, due) for scheduled, due in self._coming(last_done) if scheduled > done_for)

    def _occurrence(self, scheduled: date, due: date) -> Occurrence:
        grace = self.grace
        overdue_from = self._stretched(due, grace.after(due) + ONE_DAY)
        opens = (self.before or grace).before(due)
        closes = overdue_from if self.after is None else self._stretched(due, self.after.after(due) + ONE_DAY)
        return Occurrence(scheduled, due, overdue_from, opens, None if closes is None else closes - ONE_DAY)

    def _stretched(self, due: date, end: date) -> date | None:
        return self._open_days.stretched(due, end) if self.pauses else end

    @property
    def _rhythms(self) -> tuple[Rhythm, ...]:
        return (self, *self.also)

    @property
    def _open_days(self) -> OpenDays:
        return OpenDays(self.adjust, self.holidays, self.weekend, self.pauses)

    def _between(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        return takewhile(lambda review: review[1] <= last, self._coming(max(first, EARLIEST) - ONE_DAY))

    def _coming(self, after: date | None) -> Iterator[tuple[date, date]]:
        """Give the scheduled and the due day of each review that is due after `after`, in order."""
        if after is not None and after >= LAST:
            return
        if self.adjust is None and not self.pauses:
            start = None if after is None else max(after, EARLIEST)
            yield from ((day, day) for day in self._scheduled(start))
            return
        opens = self._open_days
        start = None if after is None else opens.open_by(max(after, EARLIEST))
        waiting: tuple[date, date] | None = None
        for day in self._scheduled(start):
            due = opens.moved(day)
            if due is None:  # its pause has no end, and everything later comes after it
                break
            if waiting is not None and waiting[1] != due:
                yield waiting
            waiting = (day, due) if after is None or due > after else None
        if waiting is not None:
            yield waiting

    def _scheduled(self, after: date | None) -> Iterator[date]:
        if self.also or self.called:
            named = all_after(self._rhythms, (call.on for call in self.called), after)
        else:
            named = days_after(self, after)
        return (day for day in named if day not in self.except_on) if self.except_on else named

    def _scheduled_by(self, day: date) -> date | None:
        while True:
            found = [day_by(each, day) for each in self._rhythms]
            found += [max((call.on for call in self.called if call.on <= day), default=None)]
            last = max((each for each in found if each is not None), default=None)
            if last is None or last not in self.except_on:
                return last
            day = last - ONE_DAY
