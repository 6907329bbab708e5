"""Laws of review cycles, held against dateutil."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

import attrs
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import given, settings, strategies as st

from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import Review, ReviewCycle
from carecoord.testing._plans import days, periods, recurrence_rules, review_cycles

ONE_DAY = timedelta(days=1)
FAR = date(2033, 1, 1)


def midnight(day: date) -> datetime:
    """Give a day as dateutil wants it."""
    return datetime.combine(day, time())


@given(anchor=days(), every=periods(), times=st.integers(0, 1_500), before=st.integers(1, 28))
def test_no_date_drifts_from_its_anchor(anchor: date, every: Period, times: int, before: int) -> None:
    """The date after so many periods is the anchor and so many periods in one addition, as relativedelta has it."""
    expected = anchor + relativedelta(months=every.months * times) + timedelta(days=every.days * times)
    cycle = ReviewCycle(anchor=anchor, every=every)
    # No period is shorter than a day, and the step before lies at least one day earlier.
    assert cycle.next(after=expected - ONE_DAY) == expected
    assert cycle.between(expected, expected) == (expected,)
    later = anchor + relativedelta(months=every.months * (times + 1)) + timedelta(days=every.days * (times + 1))
    assert cycle.next(after=expected) == later
    assert cycle.next(after=max(expected, later - before * ONE_DAY)) == (later if later > expected else None)


@given(anchor=days(), rule=recurrence_rules(), after=days(first=date(2019, 1, 1)), span=st.integers(0, 700))
@settings(max_examples=200)
def test_rules_give_the_days_that_dateutil_gives(anchor: date, rule: str, after: date, span: int) -> None:
    """Walking from near the day asked about leaves out no day and adds none: the oracle walks from the anchor."""
    text = rule if "WKST" in rule else f"{rule};WKST=MO"
    try:
        cycle = ReviewCycle(anchor=anchor, every=rule)
    except DataError:  # it never gives a day, which dateutil would look for until 9999
        return
    walked = rrulestr(text, dtstart=midnight(anchor))
    end = max(after, anchor) + timedelta(days=366 * 9)
    oracle = [moment.date() for moment in walked.between(midnight(date.min), midnight(end))]
    following = [day for day in oracle if day > after]
    if following:
        assert cycle.next(after=after) == following[0]
    last = after + timedelta(days=span)
    assert cycle.between(after, last) == tuple(day for day in oracle if after <= day <= last)
    done = cycle.counts_for(after)
    assert (done and done.scheduled) == max((day for day in oracle if day <= after), default=None)


@given(
    anchor=days(),
    every=st.sampled_from(["P1M", "P2W", "P1Y", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY"]),
    span=st.integers(0, 3_000),
)
def test_a_cycle_ends_before_the_day_it_names(anchor: date, every: str, span: int) -> None:
    """With `until`, the same days come as without, before that day and no further."""
    on = anchor + timedelta(days=span)
    endless = ReviewCycle(anchor=anchor, every=every)
    ending = ReviewCycle(anchor=anchor, every=every, until=on + ONE_DAY)
    assert ending.between(anchor, on + timedelta(days=800)) == endless.between(anchor, on)


@given(cycle=review_cycles(), first=days(), span=st.integers(0, 500))
def test_between_is_next_repeated(cycle: ReviewCycle, first: date, span: int) -> None:
    """Asking for the next day again and again gives the same days as asking for them all."""
    last = first + timedelta(days=span)
    found = []
    day = cycle.next(after=first - ONE_DAY)
    while day is not None and day <= last:
        found.append(day)
        day = cycle.next(after=day)
    assert cycle.between(first, last) == tuple(found)
    assert all(earlier < later for earlier, later in pairwise(found))


@given(cycle=review_cycles(), first=days(), cut=st.integers(0, 200), span=st.integers(0, 200))
def test_a_stretch_is_the_sum_of_its_parts(cycle: ReviewCycle, first: date, cut: int, span: int) -> None:
    """Two stretches that meet hold each review once, with the day it was scheduled for."""
    middle = first + timedelta(days=cut)
    last = middle + timedelta(days=span + 1)
    parts = cycle.occurrences(first, middle) + cycle.occurrences(middle + ONE_DAY, last)
    assert cycle.occurrences(first, last) == parts
    assert len({occurrence.scheduled for occurrence in parts}) == len(parts)


@given(cycle=review_cycles(ends=False), last_done=days())
def test_a_review_is_never_due_on_or_before_the_last_one_done(cycle: ReviewCycle, last_done: date) -> None:
    """What is outstanding is another review than the one done, and falls due after it was done."""
    status = cycle.review(on=last_done, last_done=last_done)
    counted = cycle.counts_for(last_done)
    assert status.state == "upcoming"
    assert status.outstanding is not None
    assert status.outstanding.due > last_done
    assert counted is None or status.outstanding.scheduled > counted.scheduled


@given(cycle=review_cycles(), last_done=st.none() | days())
def test_status_only_moves_on(cycle: ReviewCycle, last_done: date | None) -> None:
    """As days pass and nothing is done, upcoming turns to due and due to overdue on the days that it said."""
    start = last_done or date(2020, 1, 1)
    status = cycle.review(on=start, last_done=last_done)
    outstanding = status.outstanding
    if outstanding is None:
        assert status.state == "ended"
        assert cycle.status(on=FAR, last_done=last_done) == "ended"
        return
    overdue_from = outstanding.overdue_from
    assert overdue_from is not None
    turns = {
        outstanding.due - ONE_DAY: "upcoming",
        outstanding.due: "due",
        overdue_from - ONE_DAY: "due",
        overdue_from: "overdue",
        FAR + timedelta(days=4_000): "overdue",
    }
    for day, state in turns.items():
        if day >= start:
            later = cycle.review(on=day, last_done=last_done)
            assert (later.state, later.outstanding) == (state, outstanding)
            assert later.since == {"upcoming": None, "due": outstanding.due, "overdue": overdue_from}[state]


@given(cycle=review_cycles(), done=days())
def test_what_was_done_counts_for_the_nearest_review_within_its_window(cycle: ReviewCycle, done: date) -> None:
    """Held against a search through every review of the years around."""
    around = cycle.occurrences(date(2000, 1, 1), date(2036, 1, 1))
    near = [each for each in around if each.closes is not None and each.opens <= done <= each.closes]
    past = [each for each in around if each.due <= done]
    nearest = min(near, key=lambda each: (abs(each.due - done), each.due), default=None)
    assert cycle.counts_for(done) == (nearest or (past[-1] if past else None))


@given(cycle=review_cycles(ends=False), times=st.integers(1, 8))
def test_who_does_each_review_on_its_due_day_skips_none(cycle: ReviewCycle, times: int) -> None:
    """Whatever the cycle and its grace, each review that is done on its day is followed by the very next one."""
    due = cycle.next(after=date(2000, 1, 1))
    last_done = None
    for _ in range(times):
        assert due is not None
        assert cycle.review(on=due, last_done=last_done).due == due
        due, last_done = cycle.next(after=due), due


@given(cycle=review_cycles(), new=review_cycles(), done=days(), later=st.integers(0, 400))
def test_another_cycle_leaves_what_was_done_as_it_was(
    cycle: ReviewCycle, new: ReviewCycle, done: date, later: int
) -> None:
    """The record keeps the day it counted for, and the new cycle asks for nothing on or before what was done."""
    review = Review(id="r", cycle=cycle).record(on=done)
    changed = attrs.evolve(review, cycle=new)
    assert changed.done == review.done
    outstanding = changed.standing(on=done + timedelta(days=later)).outstanding
    if outstanding is not None and review.done[0].scheduled is not None:
        assert outstanding.due > done
        assert outstanding.scheduled > review.done[0].scheduled


@given(cycle=review_cycles(paused=True), first=days(), span=st.integers(0, 400), last_done=st.none() | days())
def test_nothing_is_due_before_its_window_or_in_a_pause(
    cycle: ReviewCycle, first: date, span: int, last_done: date | None
) -> None:
    """Each review opens before it is due, is due on a day of no pause, and what is due on a day was due by then."""
    found = cycle.occurrences(first, first + timedelta(days=span))
    assert all(each.opens <= each.due for each in found)
    assert not any(each.due in pause for each in found for pause in cycle.pauses)
    assert all(earlier.scheduled < later.scheduled and earlier.due < later.due for earlier, later in pairwise(found))
    on = max(first, last_done or first)
    status = cycle.review(on=on, last_done=last_done)
    if status.state in {"due", "overdue", "paused"} and status.outstanding is not None:
        assert status.outstanding.opens <= status.outstanding.due <= on


@given(cycle=review_cycles(paused=True), last_done=st.none() | days())
def test_nothing_turns_due_or_overdue_while_it_pauses(cycle: ReviewCycle, last_done: date | None) -> None:
    """On each day of a pause it stands as on the day before, or it waits; a pause that ends lets it turn again."""
    for pause in cycle.pauses:
        first = max(pause.since, (last_done or pause.since) + ONE_DAY)
        until = pause.until or pause.since + timedelta(days=100)
        for day in (first, first + ONE_DAY, until - ONE_DAY):
            if not first <= day < until:
                continue
            before, now = (cycle.status(on=each, last_done=last_done) for each in (day - ONE_DAY, day))
            assert now in {before, "paused"}
        if pause.until is not None and pause.until >= first:
            assert cycle.review(on=pause.until, last_done=last_done).resumes != pause.until


@given(old=review_cycles(adjusted=False), new=review_cycles(adjusted=False, ends=False), on=days())
def test_a_change_of_cycle_names_each_day_of_both(old: ReviewCycle, new: ReviewCycle, on: date) -> None:
    """Before its day all that the former cycle named, from then on all that the other names, by the same keys."""
    start, end = date(2018, 1, 1), FAR + timedelta(days=400)
    both = old.followed_by(new, on=on)
    before = [each.scheduled for each in old.occurrences(start, end) if each.scheduled < on]
    later = [each.scheduled for each in new.occurrences(start, end) if each.scheduled >= on]
    assert [each.scheduled for each in both.occurrences(start, end)] == before + later


@given(
    old=review_cycles(paused=True),
    new=review_cycles(adjusted=False, ends=False),
    done=st.lists(days(), max_size=3),
    wait=st.integers(0, 900),
    later=st.integers(0, 900),
)
def test_a_review_is_never_lost_by_a_change_of_cycle(
    old: ReviewCycle, new: ReviewCycle, done: list[date], wait: int, later: int
) -> None:
    """What was outstanding before the other cycle began still is, due on the same day; what was done stays done."""
    review = Review(id="r", cycle=old)
    for day in done:
        review = review.record(on=day)
    on = max([old.anchor, *done]) + timedelta(days=wait)
    same = {name: getattr(old, name) for name in ("adjust", "holidays", "weekend", "pauses")}
    changed = attrs.evolve(review, cycle=old.followed_by(attrs.evolve(new, **same), on=on))
    asked = on + timedelta(days=later)
    before, after = review.standing(on=asked).outstanding, changed.standing(on=asked).outstanding
    assert changed.done == review.done
    if before is not None and before.scheduled < on:
        assert after is not None
        # On a working day both cycles may name days for, it is known by the last of them.
        assert (after.due, after.scheduled >= before.scheduled) == (before.due, True)
    elif after is not None:
        assert after.scheduled >= on


@given(
    cycle=review_cycles(adjusted=False),
    moved=st.sampled_from(["following", "preceding"]),
    holidays=st.frozensets(days()),
)
def test_working_days_move_reviews_and_lose_none(
    cycle: ReviewCycle, moved: Literal["following", "preceding"], holidays: frozenset[date]
) -> None:
    """Each scheduled day is moved to the nearest open day on its side, and days that fall together are one review."""
    working = attrs.evolve(cycle, adjust=moved, holidays=holidays)
    step = ONE_DAY if moved == "following" else -ONE_DAY
    expected: dict[date, date] = {}
    for scheduled in cycle.between(date(2000, 1, 1), FAR):
        day = scheduled
        while day.weekday() >= 5 or day in holidays:
            day += step
        expected[day] = scheduled
    found = working.occurrences(date(2000, 1, 1), FAR - timedelta(days=60))
    wanted = [(scheduled, due) for due, scheduled in expected.items() if due <= FAR - timedelta(days=60)]
    assert [(each.scheduled, each.due) for each in found] == wanted


@given(
    text=st.text(max_size=40) | st.from_regex(r"FREQ=[A-Z]{5,8}(;[A-Z]{4,10}=[-+0-9A-Z,]{0,8}){0,4}", fullmatch=True)
)
def test_no_text_of_any_kind_raises_anything_but_our_error(text: str) -> None:
    """A rule is read, or refused as data that does not say what it must."""
    try:
        cycle = ReviewCycle(anchor=date(2026, 1, 31), every=text)
    except DataError:
        return
    assert cycle.next(after=date(2025, 1, 1)) is not None
