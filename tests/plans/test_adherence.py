"""What was done of what was due."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from carecoord.errors import DataError, UnknownIdError
from carecoord.plans import (
    Activity,
    ActivityStatus,
    CarePlan,
    Done,
    DueTime,
    PartAdherence,
    Review,
    ReviewCycle,
    adherence,
)
from carecoord.testing._plans import days, review_cycles

WEEKLY = ReviewCycle(anchor=date(2026, 3, 2), every="P1W", grace="P2D")
ON = date(2026, 3, 31)
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


def walk(**given: Any) -> Activity:
    """Give a weekly activity."""
    return Activity(id="walk", kind="self-management", title="Walk", schedule=WEEKLY, **given)


def plan(*activities: Activity, reviews: tuple[Review, ...] = ()) -> CarePlan:
    """Give a plan of these parts."""
    return CarePlan(id="p", person="a", created=date(2026, 3, 1), activities=activities, reviews=reviews)


def states(part: PartAdherence) -> dict[int, str]:
    """Give what became of each time, by its day of March."""
    return {time.due.day: time.state for time in part.times}


def test_each_time_is_done_missed_unknown_or_open() -> None:
    """What nobody recorded is unknown once its grace is over, and what was recorded as missed is missed."""
    done = walk().record(on=date(2026, 3, 3), by="a").record(on=date(2026, 3, 9), outcome="missed", note="rain")
    found = adherence(plan(done), **MARCH, on=date(2026, 3, 18)).part("activity", "walk")
    assert states(found) == {2: "done", 9: "missed", 16: "open", 23: "open", 30: "open"}
    assert (found.times[0].done_on, found.times[0].is_late) == (date(2026, 3, 3), False)
    found = adherence(plan(done), **MARCH, on=date(2026, 3, 19)).part("activity", "walk")
    assert states(found)[16] == "unknown"
    assert (found.due, found.count("done"), found.rate) == (3, 1, None)
    assert found.possible == (1 / 3, 2 / 3)


def test_where_the_record_is_complete_what_is_not_there_was_missed() -> None:
    """Complete up to the last day of its grace, it was missed; a day short of that, nobody knows."""
    for through, state in ((date(2026, 3, 4), "missed"), (date(2026, 3, 3), "unknown")):
        found = adherence(plan(walk()), **MARCH, on=date(2026, 3, 5), complete_through=through)
        assert states(found.parts[0])[2] == state
    whole = adherence(
        plan(walk().record(on=date(2026, 3, 2))), **MARCH, on=date(2026, 3, 13), complete_through=date.max
    )
    assert (whole.rate, whole.possible) == (0.5, (0.5, 0.5))


def test_done_late_is_done_and_late() -> None:
    """After its grace and before the next one it is still done for the last that was due, and that is said."""
    found = adherence(plan(walk().record(on=date(2026, 3, 5))), **MARCH, on=date(2026, 3, 6)).parts[0]
    assert (found.times[0].state, found.times[0].is_late) == ("done", True)
    on_time = adherence(plan(walk().record(on=date(2026, 3, 4))), **MARCH, on=date(2026, 3, 6)).parts[0]
    assert on_time.times[0].is_late is False


def test_what_was_recorded_later_is_not_seen() -> None:
    """Asked about 5 March, what was written down for the 6th is not known."""
    found = adherence(plan(walk().record(on=date(2026, 3, 6))), **MARCH, on=date(2026, 3, 5)).parts[0]
    assert states(found)[2] == "unknown"


def test_a_record_entered_in_error_counts_for_nothing() -> None:
    """Neither done nor missed: nobody knows."""
    for outcome in ("done", "missed"):
        wrong = walk().record(on=date(2026, 3, 2), outcome=outcome)
        marked = attrs.evolve(wrong, done=[wrong.done[0].in_error])
        assert states(adherence(plan(marked), **MARCH, on=date(2026, 3, 5)).parts[0])[2] == "unknown"


def test_missed_in_a_row_counts_back_from_the_latest() -> None:
    """Two missed contacts are two; one that nobody recorded makes the number unknown; one that was done ends it."""
    two = walk().record(on=date(2026, 3, 9), outcome="missed").record(on=date(2026, 3, 16), outcome="missed")
    first = two.record(on=date(2026, 3, 2))
    on = date(2026, 3, 18)
    assert adherence(plan(first), **MARCH, on=on).parts[0].missed_in_a_row == 2
    assert adherence(plan(two), **MARCH, on=on).parts[0].missed_in_a_row is None
    assert adherence(plan(two), first=date(2026, 3, 9), last=date(2026, 3, 31), on=on).parts[0].missed_in_a_row == 2
    assert (
        adherence(plan(first.record(on=date(2026, 3, 23))), **MARCH, on=date(2026, 3, 24)).parts[0].missed_in_a_row == 0
    )


def test_which_activities_count() -> None:
    """A cancelled one never does; one that ended counts up to its last day, or the last day it was recorded."""

    def due(status: ActivityStatus, **given: Any) -> list[int]:
        done = walk(status=status, **given).record(on=date(2026, 3, 10))
        found = adherence(plan(done), **MARCH, on=date(2026, 4, 30))
        return [time.due.day for time in found.times]

    assert due("cancelled") == due("entered-in-error") == []
    assert due("in-progress") == due("on-hold") == [2, 9, 16, 23, 30]
    assert due("stopped") == [2, 9]
    assert due("completed", until=date(2026, 3, 17)) == [2, 9, 16]
    assert due("in-progress", since=date(2026, 3, 9)) == [9, 16, 23, 30]
    never = adherence(plan(walk(status="stopped")), **MARCH, on=date(2026, 4, 30))
    assert (never.parts, never.rate, never.possible, never.due) == ((), None, None, 0)


def test_nothing_is_missed_in_a_pause() -> None:
    """Two weeks in hospital: what would have been due then is due once after it."""
    paused = attrs.evolve(walk(), schedule=WEEKLY.pause(since=date(2026, 3, 8), until=date(2026, 3, 20)))
    found = adherence(plan(paused), **MARCH, on=date(2026, 4, 30), complete_through=date(2026, 4, 30))
    assert states(found.parts[0]) == {2: "missed", 20: "missed", 23: "missed", 30: "missed"}


def test_done_for_one_of_several_that_fall_together_is_done_for_all() -> None:
    """A record for the first of two scheduled days that a pause puts together stands for both."""
    paused = attrs.evolve(walk(), schedule=WEEKLY.pause(since=date(2026, 3, 8), until=date(2026, 3, 20)))
    done = paused.record(on=date(2026, 3, 20), scheduled=date(2026, 3, 9)).record(on=date(2026, 3, 1))
    found = adherence(plan(done), first=date(2026, 3, 8), last=date(2026, 3, 31), on=date(2026, 3, 21))
    assert states(found.parts[0]) == {20: "done", 23: "open", 30: "open"}


def test_a_change_of_cycle_keeps_what_was_due_under_the_former_one() -> None:
    """Weekly up to 15 March, then every two weeks: the weeks before are still due as they were."""
    review = Review(id="r", cycle=WEEKLY).record(on=date(2026, 3, 2))
    fortnightly = ReviewCycle(anchor=date(2026, 3, 16), every="P2W")
    changed = attrs.evolve(review, cycle=WEEKLY.followed_by(fortnightly, on=date(2026, 3, 16)))
    found = adherence(plan(reviews=(changed,)), **MARCH, on=date(2026, 3, 17))
    assert states(found.part("review", "r")) == {2: "done", 9: "unknown", 16: "unknown", 30: "open"}


def test_what_is_asked_amiss_is_refused() -> None:
    """A stretch that ends before it begins, and a part that is not there."""
    with pytest.raises(DataError, match="adherence: 1 fault\n  last: 2026-02-28 is before 2026-03-01, the first day"):
        adherence(plan(), first=date(2026, 3, 1), last=date(2026, 2, 28), on=date(2026, 3, 1))
    with pytest.raises(UnknownIdError, match="walk"):
        adherence(plan(walk()), **MARCH, on=date(2026, 3, 1)).part("activity", "wlak")


@given(cycle=review_cycles(paused=True), done=st.lists(days(), max_size=4), first=days(), span=st.integers(0, 300))
def test_nothing_due_is_left_out_or_counted_twice(cycle: ReviewCycle, done: list[date], first: date, span: int) -> None:
    """Each occurrence has one state; together they are what was due; bounds hold the rate."""
    review = Review(id="r", cycle=cycle)
    for day in done:
        review = review.record(on=day)
    last = first.replace(year=first.year + span // 365) if span > 365 else date.fromordinal(first.toordinal() + span)
    whole = plan(reviews=(review,))
    for complete in (None, date.max):
        found = adherence(whole, first=first, last=last, on=last, complete_through=complete)
        assert [time.due for time in found.times] == list(cycle.between(first, last))
        assert found.due == sum(found.count(state) for state in ("done", "missed", "unknown"))
        if found.possible is not None:
            low, high = found.possible
            assert 0 <= low <= high <= 1
            assert (found.rate is None) == (low != high)
            assert complete is None or low == high


def test_a_record_counts_on_its_own_day_and_for_its_own_time() -> None:
    """Recorded on the day asked about, without a scheduled day, for the last time of the stretch, or before it."""
    same_day = adherence(plan(walk().record(on=date(2026, 3, 3))), **MARCH, on=date(2026, 3, 3)).parts[0]
    assert same_day.times[0] == DueTime(date(2026, 3, 2), date(2026, 3, 2), "done", date(2026, 3, 3))
    bare = attrs.evolve(walk(), done=[Done(on=date(2026, 3, 3))])
    assert states(adherence(plan(bare), **MARCH, on=date(2026, 3, 8)).parts[0])[2] == "done"
    last = adherence(plan(walk().record(on=date(2026, 3, 30))), **MARCH, on=date(2026, 3, 31)).parts[0]
    assert states(last)[30] == "done"
    before = adherence(plan(walk().record(on=date(2026, 3, 2))), first=date(2026, 3, 3), last=date(2026, 3, 9), on=ON)
    assert states(before.parts[0]) == {9: "unknown"}
    odd = attrs.evolve(walk(), done=[Done(on=date(2026, 3, 4), scheduled=date(2026, 3, 4))])
    assert adherence(plan(odd), first=date(2026, 3, 3), last=date(2026, 3, 5), on=ON).times == ()


def test_every_time_says_which_one_it_is() -> None:
    """Done, missed, unknown and open alike carry the scheduled day that identifies them."""
    done = walk().record(on=date(2026, 3, 2)).record(on=date(2026, 3, 9), outcome="missed")
    found = adherence(plan(done), **MARCH, on=date(2026, 3, 20))
    assert [time.scheduled for time in found.times] == [date(2026, 3, day) for day in (2, 9, 16, 23, 30)]
    assert [time.is_late for time in found.times] == [False] * 5


def test_all_activities_with_a_schedule_are_gone_through() -> None:
    """One without a schedule is passed over, and those after it are not."""
    once = Activity(id="once", kind="test", title="Blood test", due=date(2026, 3, 2))
    found = adherence(plan(once, walk()), **MARCH, on=date(2026, 3, 20))
    assert [part.id for part in found.parts] == ["walk"]
    assert found.part("activity", "walk") == found.parts[0]
