"""Pauses, calls, windows, unions of rhythms, and one cycle after another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Called,
    CarePlan,
    ClockTime,
    Pause,
    Recurrence,
    Review,
    ReviewCycle,
    Trigger,
    agenda,
    preview,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")


def due(cycle: ReviewCycle, first: str = "2026-01-01", last: str = "2026-12-31") -> list[str]:
    """Give the due days of a stretch as text."""
    return [str(day) for day in cycle.between(date.fromisoformat(first), date.fromisoformat(last))]


def test_what_is_scheduled_in_a_pause_is_put_off_to_its_end() -> None:
    """Two reviews fall into an admission: both are due once, on the first day after it, known by the later of them."""
    away = MONTHLY.pause(since=date(2026, 2, 20), until=date(2026, 4, 10), because="admission")
    assert due(away, last="2026-05-31") == ["2026-01-31", "2026-04-10", "2026-04-30", "2026-05-31"]
    found = away.occurrences(date(2026, 4, 1), date(2026, 4, 10))
    assert [(str(each.scheduled), str(each.overdue_from)) for each in found] == [("2026-03-31", "2026-04-18")]


def test_after_a_pause_comes_a_working_day() -> None:
    """A pause that ends on a Saturday puts reviews off to the Monday, even where others go to the day before."""
    for adjust in ("following", "preceding"):
        away = attrs.evolve(MONTHLY, adjust=adjust).pause(since=date(2026, 2, 20), until=date(2026, 3, 7))
        assert due(away, last="2026-03-30") == [
            "2026-02-02" if adjust == "following" else "2026-01-30", "2026-03-09",
        ]  # fmt: skip


def test_no_review_is_moved_back_into_a_pause() -> None:
    """Scheduled for a Sunday just after an admission that ended on the Saturday, it is due on the Monday."""
    weekly = ReviewCycle(anchor=date(2026, 3, 1), every="P1W", adjust="preceding")
    away = weekly.pause(since=date(2026, 3, 3), until=date(2026, 3, 7))
    assert due(away, last="2026-03-31") == ["2026-02-27", "2026-03-09", "2026-03-13", "2026-03-20", "2026-03-27"]


def test_while_nobody_knows_the_end_of_a_pause_nothing_is_due() -> None:
    """An admission without a day of discharge: no next review, and what was due before waits."""
    away = MONTHLY.pause(since=date(2026, 3, 3), because="admission")
    assert away.next(after=date(2026, 3, 1)) is None
    assert away.counts_for(date(2026, 4, 2)) == away.counts_for(date(2026, 3, 2))
    status = away.review(on=date(2026, 5, 1), last_done=date(2026, 1, 31))
    assert (status.state, str(status.due), status.overdue_from, status.resumes) == ("paused", "2026-02-28", None, None)
    assert away.review(on=date(2026, 3, 2), last_done=date(2026, 1, 31)).state == "due"
    assert away.review(on=date(2026, 5, 1), last_done=date(2026, 2, 28)).state == "paused"
    assert away.review(on=date(2026, 5, 1), last_done=date(2026, 2, 28)).outstanding is None
    assert away.review(on=date(2026, 3, 2), last_done=date(2026, 2, 28)).state == "ended"


def test_the_days_of_a_pause_do_not_use_up_grace() -> None:
    """Three days of a grace of seven were gone at admission: four are left after discharge."""
    away = MONTHLY.pause(since=date(2026, 3, 3), until=date(2026, 3, 20))
    states = {day: away.status(on=date(2026, 3, day), last_done=date(2026, 1, 31)) for day in (2, 3, 19, 20, 24, 25)}
    assert states == {2: "due", 3: "paused", 19: "paused", 20: "due", 24: "due", 25: "overdue"}
    assert away.review(on=date(2026, 3, 10), last_done=date(2026, 1, 31)).resumes == date(2026, 3, 20)


def test_what_was_overdue_before_a_pause_is_overdue_in_it() -> None:
    """An admission does not make a review that was missed in time."""
    away = MONTHLY.pause(since=date(2026, 3, 15), until=date(2026, 3, 20))
    assert away.status(on=date(2026, 3, 16), last_done=date(2026, 1, 31)) == "overdue"


def test_a_pause_is_ended_by_saying_when() -> None:
    """The pause that began the same day gets its end and keeps its reason; one that overlaps is refused."""
    away = MONTHLY.pause(since=date(2026, 3, 3), because="admission")
    assert away.pause(since=date(2026, 3, 3), until=date(2026, 3, 20)).pauses == (
        Pause(since=date(2026, 3, 3), until=date(2026, 3, 20), because="admission"),
    )
    with pytest.raises(DataError, match="begins before the one from 2026-03-03 is over"):
        away.pause(since=date(2026, 5, 1))
    with pytest.raises(DataError, match="a day after 2026-03-03 and up to"):
        Pause(since=date(2026, 3, 3), until=date(2026, 3, 3))
    with pytest.raises(DataError, match="a day from 1900-01-01 to 9950-01-01"):
        Pause(since=date.min)
    assert date(2026, 3, 3) in away.pauses[0]
    assert date(2026, 3, 2) not in away.pauses[0]


def test_the_agenda_lists_what_waits_for_the_end_of_a_pause() -> None:
    """In the pause nothing is due; what was due before it is listed for the day on which it is over, and no earlier."""
    cycle = MONTHLY.pause(since=date(2026, 3, 3), until=date(2026, 3, 20))
    plan = CarePlan(
        id="p", person="a", created=date(2026, 1, 1), status="active",
        reviews=[Review(id="r", cycle=cycle).record(on=date(2026, 1, 31))],
    )  # fmt: skip
    assert agenda([plan], on=date(2026, 3, 10), through=date(2026, 3, 19)) == ()
    (item,) = agenda([plan], on=date(2026, 3, 10), through=date(2026, 3, 20))
    assert (item.state, item.due, item.scheduled) == ("upcoming", date(2026, 3, 20), date(2026, 2, 28))
    assert item.because == (
        "r was due on 2026-02-28 and waits until its pause is over on 2026-03-20; last done on 2026-01-31"
    )
    assert item.key == "review.r@2026-02-28"
    (item,) = agenda([plan], on=date(2026, 3, 20))
    assert (item.state, item.due, item.overdue_from) == ("due", date(2026, 2, 28), date(2026, 3, 25))


def test_a_called_review_joins_the_rhythm() -> None:
    """One more review is due on its day with its reason, keeps its key, and outlives the end of the rhythm."""
    ending = attrs.evolve(MONTHLY, until=date(2026, 2, 1), except_on=[date(2026, 2, 5)])
    called = ending.call(on=date(2026, 3, 2), because="two missed contacts").call(on=date(2026, 2, 5))
    assert due(called) == ["2026-01-31", "2026-02-05", "2026-03-02"]
    assert called.called == (Called(date(2026, 2, 5)), Called(date(2026, 3, 2), "two missed contacts"))
    plan = CarePlan(
        id="p", person="a", created=date(2026, 1, 1), status="active",
        reviews=[Review(id="r", cycle=called).record(on=date(2026, 2, 5))],
    )  # fmt: skip
    (item,) = agenda([plan], on=date(2026, 3, 2))
    assert item.because == (
        "r has been due since 2026-03-02 and is overdue from 2026-03-10, called for because of two missed contacts; "
        "last done on 2026-02-05"
    )
    with pytest.raises(DataError, match="that is not left out is wanted, found 2026-03-02"):
        attrs.evolve(called, except_on=[date(2026, 3, 2)])


def test_rhythms_are_joined() -> None:
    """Weekly for four weeks, then every two weeks; a day that both name is one review."""
    cycle = ReviewCycle(
        anchor=date(2026, 2, 2), every="P2W",
        also=[Recurrence(anchor=date(2026, 1, 5), every="P1W", until=date(2026, 2, 3))],
    )  # fmt: skip
    assert due(cycle, last="2026-03-02") == [
        "2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02", "2026-02-16", "2026-03-02",
    ]  # fmt: skip
    assert cycle.next(after=date(2026, 1, 12)) == date(2026, 1, 19)
    counted = cycle.counts_for(date(2026, 1, 30))
    assert counted is not None
    assert counted.scheduled == date(2026, 1, 26)


def test_windows_say_when_a_review_may_be_done() -> None:
    """Ten days early counts, fifteen days late too, and it is overdue after three."""
    cycle = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P3D", before="P10D", after="P15D")
    (review,) = cycle.occurrences(date(2026, 2, 28), date(2026, 2, 28))
    assert list(map(str, (review.opens, review.due, review.overdue_from, review.closes))) == [
        "2026-02-18", "2026-02-28", "2026-03-04", "2026-03-15",
    ]  # fmt: skip
    counted = {day: cycle.counts_for(day) for day in (date(2026, 2, 17), date(2026, 2, 18), date(2026, 3, 15))}
    assert [str(each and each.scheduled) for each in counted.values()] == ["2026-01-31", "2026-02-28", "2026-02-28"]
    # Equally near to 28 February and to 31 March is 15 March and a half; from the 21st on, only the later one is open.
    late = cycle.counts_for(date(2026, 3, 21))
    assert late is not None
    assert late.scheduled == date(2026, 3, 31)


def test_one_cycle_follows_another_and_nothing_is_lost() -> None:
    """The review that was outstanding stays so, by its own key, and the new rhythm begins on its day."""
    weekly = ReviewCycle(anchor=date(2025, 12, 1), every="P1W", until=date(2026, 4, 1))
    both = MONTHLY.followed_by(weekly, on=date(2026, 3, 10))
    assert due(both) == ["2026-01-31", "2026-02-28", "2026-03-16", "2026-03-23", "2026-03-30"]
    review = Review(id="r", cycle=MONTHLY).record(on=date(2026, 1, 31))
    changed = attrs.evolve(review, cycle=both)
    assert changed.standing(on=date(2026, 3, 9)).due == date(2026, 2, 28)
    assert changed.record(on=date(2026, 3, 9)).standing(on=date(2026, 3, 9)).due == date(2026, 3, 16)
    with pytest.raises(
        DataError, match=r"review cycle: 1 fault\n  \$\.until: 2026-04-01 is not after 2026-04-01, when it begins"
    ):
        MONTHLY.followed_by(weekly, on=date(2026, 4, 1))


def test_what_belongs_to_the_former_cycle_stays_with_its_days() -> None:
    """Exceptions, calls and pauses hold on their own side of the change; a pause that goes on across it is one."""
    stay = {"since": date(2026, 3, 1), "until": date(2026, 3, 20), "because": "admission"}
    old = attrs.evolve(MONTHLY, except_on=[date(2026, 2, 28), date(2026, 3, 31)], pauses=[Pause(**stay)])  # type: ignore[arg-type]
    old = old.call(on=date(2026, 2, 10)).call(on=date(2026, 4, 1))
    new = ReviewCycle(anchor=date(2026, 3, 1), every="P1M", pauses=[Pause(**stay)])  # type: ignore[arg-type]
    new = attrs.evolve(new.call(on=date(2026, 2, 11)).call(on=date(2026, 3, 25)), except_on=[date(2026, 6, 1)])
    both = old.followed_by(new, on=date(2026, 3, 10))
    assert both.pauses == (Pause(**stay),)  # type: ignore[arg-type]
    assert both.except_on == {date(2026, 2, 28), date(2026, 6, 1)}
    assert due(both, last="2026-07-01") == [
        "2026-01-31", "2026-02-10", "2026-03-25", "2026-04-01", "2026-05-01", "2026-07-01",
    ]  # fmt: skip
    third = both.followed_by(ReviewCycle(anchor=date(2026, 4, 15), every="P1M"), on=date(2026, 4, 10))
    assert due(third, last="2026-05-31") == [
        "2026-01-31", "2026-02-10", "2026-03-25", "2026-04-01", "2026-04-15", "2026-05-15",
    ]  # fmt: skip
    assert third.since is None


def test_since_leaves_out_what_a_rhythm_named_before() -> None:
    """A rhythm keeps its count from the anchor and names nothing before its first day."""
    cycle = ReviewCycle(anchor=date(2026, 1, 5), every="P2W", since=date(2026, 2, 1))
    assert due(cycle, last="2026-03-01") == ["2026-02-02", "2026-02-16"]
    assert cycle.counts_for(date(2026, 2, 1)) is None
    assert cycle.next(after=date(2025, 1, 1)) == date(2026, 2, 2)
    with pytest.raises(DataError, match="2026-02-01 is not after 2026-02-01, the first day"):
        attrs.evolve(cycle, until=date(2026, 2, 1))
    with pytest.raises(DataError, match="recurrence: 1 fault"):
        Recurrence(anchor=date(2026, 1, 5), every="P2W", until=date(2026, 1, 5))


@pytest.mark.parametrize(
    ("place", "given"),
    [
        ("anchor", {"anchor": NOON}),
        ("since", {"since": NOON}),
        ("until", {"until": NOON}),
        ("holidays", {"holidays": [NOON], "adjust": "following"}),
        ("except_on", {"except_on": [NOON]}),
        ("called", {"called": [Called(NOON)]}),
    ],
)
def test_days_have_no_times(place: str, given: dict[str, Any]) -> None:
    """A moment is no day: which day it is depends on a zone that nobody gave."""
    with pytest.raises(DataError, match=rf"1 fault\n  \$\.{place}: "):
        attrs.evolve(MONTHLY, **given)
    with pytest.raises(DataError, match=r"\$\.since: a day from"):
        Pause(since=NOON)
    with pytest.raises(DataError, match=r"\$\.until: a day after"):
        Pause(since=date(2026, 1, 1), until=NOON)


def test_every_field_of_a_cycle_survives_json() -> None:
    """Pauses, calls, further rhythms, windows, a time of day and a trigger come back as they were written."""
    cycle = ReviewCycle(
        anchor=date(2026, 1, 31), every="FREQ=MONTHLY;BYDAY=2TU", grace="P7D", before="P3D", after="P1M",
        since=date(2026, 2, 1), until=date(2030, 1, 1), also=[Recurrence(anchor=date(2026, 1, 5), every="P1W")],
        called=[Called(date(2026, 3, 2), "two missed contacts")], except_on=[date(2026, 2, 10)], adjust="preceding",
        holidays=[date(2026, 12, 25)], weekend=["FR", "SA"], at=ClockTime("09:30", "Europe/Berlin"),
        pauses=[Pause(since=date(2026, 5, 1), because="admission")],
    )  # fmt: skip
    review = Review(id="r", cycle=cycle, triggers=[Trigger(id="t", when="admitted", because="b", source="s")])
    review = review.record(on=date(2026, 3, 10), outcome="missed", note="no answer")
    plan = CarePlan(id="p", person="a", created=date(2026, 1, 1), reviews=[review])
    assert loads(dumps(plan)) == plan
    assert all(getattr(cycle, field.name) != field.default for field in attrs.fields(ReviewCycle))


def test_what_waits_in_a_pause_is_not_lost_by_another_cycle() -> None:
    """A revision to a cycle that no longer asks for what was due before an admission says what becomes of it."""
    cycle = MONTHLY.pause(since=date(2026, 3, 3), because="admission")
    review = Review(id="r", cycle=cycle).record(on=date(2026, 1, 31))
    plan = CarePlan(id="p", person="a", created=date(2026, 1, 1), status="active", reviews=[review])
    other = attrs.evolve(review, cycle=ReviewCycle(anchor=date(2026, 5, 1), every="P2M"))
    (work,) = preview(plan, on=date(2026, 3, 10), reviews=[other]).open_work
    assert (work.place, work.scheduled) == ("reviews.r", date(2026, 2, 28))
    kept = plan.revise(by="lee", on=date(2026, 3, 10), reason="less often", reviews=[other], work=[work.keep()])
    assert kept.reviews[0].standing(on=date(2026, 3, 10)).due == date(2026, 2, 28)


def test_a_change_of_cycle_keeps_the_pauses_of_its_own_side() -> None:
    """A pause of the former cycle ends with it, one of the new cycle begins with it, and others are left out."""
    old = MONTHLY.pause(since=date(2026, 2, 1), until=date(2026, 2, 9)).pause(since=date(2026, 3, 5), because="away")
    new = ReviewCycle(anchor=date(2026, 3, 10), every="P1W").pause(since=date(2026, 1, 1), until=date(2026, 1, 9))
    both = old.followed_by(new.pause(since=date(2026, 3, 8), until=date(2026, 3, 12)), on=date(2026, 3, 10))
    assert both.pauses == (
        Pause(since=date(2026, 2, 1), until=date(2026, 2, 9)),
        Pause(since=date(2026, 3, 5), until=date(2026, 3, 10), because="away"),
        Pause(since=date(2026, 3, 10), until=date(2026, 3, 12)),
    )
    assert both.since is None
    whole = Pause(since=date(2026, 3, 5))
    assert whole.within(None, None) == whole
    assert whole.within(date(2026, 4, 1), None) == Pause(since=date(2026, 4, 1))
    assert whole.within(None, date(2026, 3, 5)) is None


def test_what_falls_on_the_day_of_the_change_belongs_to_the_other_cycle() -> None:
    """Calls, exceptions and further rhythms of either side are parted by that day."""
    on = date(2026, 3, 10)
    old = attrs.evolve(MONTHLY.call(on=on, because="old"), except_on=[date(2026, 3, 9)])
    weekly = Recurrence(anchor=date(2026, 1, 6), every="P1W")
    new = ReviewCycle(anchor=date(2026, 1, 1), every="P1M", since=date(2026, 3, 20), also=[weekly])
    both = old.followed_by(attrs.evolve(new, except_on=[date(2026, 3, 24)]).call(on=on, because="new"), on=on)
    assert both.called == (Called(on, "new"),)
    assert both.except_on == {date(2026, 3, 9), date(2026, 3, 24)}
    assert (both.since, both.also[1].since) == (date(2026, 3, 20), on)
    assert due(both, last="2026-04-02") == [
        "2026-01-31", "2026-02-28", "2026-03-10", "2026-03-17", "2026-03-31", "2026-04-01",
    ]  # fmt: skip
    assert attrs.evolve(MONTHLY, except_on=[on]).followed_by(new, on=on).except_on == frozenset()


def test_what_a_pause_puts_together_is_listed_once_on_its_last_day() -> None:
    """What waits and what was put off to the same day are done by one review, and the next is listed after it."""
    weekly = ReviewCycle(anchor=date(2026, 3, 2), every="P1W", grace="P5D")
    review = Review(id="r", cycle=weekly.pause(since=date(2026, 3, 4), until=date(2026, 3, 20)))
    plan = CarePlan(id="p", person="a", created=date(2026, 1, 1), status="active", reviews=[review])
    items = agenda([plan], on=date(2026, 3, 10), through=date(2026, 3, 30))
    assert [(item.state, str(item.due), str(item.scheduled)) for item in items] == [
        ("upcoming", "2026-03-20", "2026-03-02"),
        ("upcoming", "2026-03-23", "2026-03-23"),
        ("upcoming", "2026-03-30", "2026-03-30"),
    ]
    open_ended = attrs.evolve(review, cycle=weekly.pause(since=date(2026, 3, 4)))
    (item,) = agenda([attrs.evolve(plan, reviews=[open_ended])], on=date(2026, 3, 3))
    assert item.because == "r has been due since 2026-03-02; never done so far"


def test_what_is_outstanding_falls_due_after_the_last_one_done() -> None:
    """Done on 2 April for the review of January, nothing before 2 April is asked for; done early, the next one is."""
    status = MONTHLY.review(on=date(2026, 4, 2), last_done=date(2026, 4, 2), done_for=date(2026, 1, 31))
    assert status.due == date(2026, 4, 30)
    early = MONTHLY.review(on=date(2026, 1, 2), last_done=date(2026, 1, 2), done_for=date(2026, 3, 31))
    assert early.due == date(2026, 4, 30)


def test_what_is_overdue_on_the_first_day_of_a_pause_is_overdue() -> None:
    """The grace was over the day before: nothing of it is left for the pause to keep."""
    away = MONTHLY.pause(since=date(2026, 3, 8), until=date(2026, 3, 20))
    assert away.pauses[0].because == ""
    assert away.status(on=date(2026, 3, 8), last_done=date(2026, 1, 31)) == "overdue"
    assert away.review(on=date(2026, 3, 8), last_done=date(2026, 1, 31)).overdue_from == date(2026, 3, 8)
    later = MONTHLY.pause(since=date(2026, 3, 7), until=date(2026, 3, 20))
    assert later.status(on=date(2026, 3, 8), last_done=date(2026, 1, 31)) == "paused"


def test_a_cycle_that_ended_says_when_the_pause_is_over() -> None:
    """It has ended, in a pause or not."""
    ended = attrs.evolve(MONTHLY, until=date(2026, 2, 1)).pause(since=date(2026, 3, 8), until=date(2026, 3, 20))
    status = ended.review(on=date(2026, 3, 9), last_done=date(2026, 1, 31))
    assert (status.state, status.outstanding, status.resumes) == ("ended", None, date(2026, 3, 20))


def test_a_stretch_of_a_cycle_keeps_what_its_rhythms_name_in_it() -> None:
    """Where its own rhythm names nothing there, a further one takes its place; where none does, nothing is left."""
    weekly = Recurrence(anchor=date(2026, 1, 5), every="P1W", until=date(2026, 2, 2))
    cycle = ReviewCycle(anchor=date(2026, 2, 2), every="P2W", also=[weekly])
    first = cycle.within(date(2026, 1, 10), date(2026, 2, 2))
    assert first is not None
    assert due(first) == ["2026-01-12", "2026-01-19", "2026-01-26"]
    assert cycle.within(None, date(2026, 1, 5)) is None
    assert cycle.within(None, None) is cycle
    later = cycle.within(date(2026, 2, 2), None)
    assert later is not None
    assert (due(later, last="2026-02-28"), later.also) == (["2026-02-02", "2026-02-16"], ())
