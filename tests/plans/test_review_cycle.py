from __future__ import annotations

import pickle
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import attrs
import pytest
from dateutil.rrule import rrulestr

from carecoord._definitions import structure, unstructure
from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import ReviewCycle

ADJUST: tuple[Literal["following", "preceding"] | None, ...] = (None, "following", "preceding")
MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")


def days(*texts: str) -> list[date]:
    """Read days."""
    return [date.fromisoformat(text) for text in texts]


def faults(**fields: Any) -> str:
    """Build a cycle that is wrong, and give what it says."""
    with pytest.raises(DataError) as raised:
        attrs.evolve(ReviewCycle(anchor=date(2026, 1, 31), every="P1M"), **fields)
    return str(raised.value)


def test_month_ends_do_not_drift() -> None:
    """Each month end is counted from the anchor, and both ends of a stretch are included."""
    assert list(MONTHLY.between(date(2026, 2, 1), date(2026, 4, 30))) == days("2026-02-28", "2026-03-31", "2026-04-30")
    assert MONTHLY.between(date(2026, 4, 30), date(2026, 4, 30)) == (date(2026, 4, 30),)
    assert MONTHLY.between(date(2026, 4, 30), date(2026, 4, 29)) == ()


def test_the_anchor_is_the_first_day() -> None:
    """Nothing is due before the anchor, and the anchor itself is due."""
    assert MONTHLY.next(after=date(1950, 1, 1)) == date(2026, 1, 31)
    assert MONTHLY.next(after=date(2026, 1, 30)) == date(2026, 1, 31)
    assert MONTHLY.next(after=date(2026, 1, 31)) == date(2026, 2, 28)
    assert MONTHLY.between(date.min, date(2026, 2, 28)) == (date(2026, 1, 31), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("on", "last_done", "state", "due", "overdue_from"),
    [
        ("2026-02-27", "2026-01-31", "upcoming", "2026-02-28", "2026-03-08"),
        ("2026-02-28", "2026-01-31", "due", "2026-02-28", "2026-03-08"),
        ("2026-03-07", "2026-01-31", "due", "2026-02-28", "2026-03-08"),
        ("2026-03-08", "2026-01-31", "overdue", "2026-02-28", "2026-03-08"),
        ("2026-05-08", "2026-01-31", "overdue", "2026-02-28", "2026-03-08"),
        ("2026-01-30", None, "upcoming", "2026-01-31", "2026-02-08"),
        ("2026-02-08", None, "overdue", "2026-01-31", "2026-02-08"),
        # Done early within the grace: it counts for the review to come.
        ("2026-02-28", "2026-02-21", "upcoming", "2026-03-31", "2026-04-08"),
        # Done a day before the grace begins: it counts for the review before, and the next is due as ever.
        ("2026-02-28", "2026-02-20", "due", "2026-02-28", "2026-03-08"),
        # Done before the first review's grace: it counts for none.
        ("2026-01-31", "2026-01-23", "due", "2026-01-31", "2026-02-08"),
        ("2026-01-31", "2026-01-24", "upcoming", "2026-02-28", "2026-03-08"),
        # Done late, within the grace and after it.
        ("2026-03-31", "2026-03-07", "due", "2026-03-31", "2026-04-08"),
        ("2026-03-31", "2026-03-20", "due", "2026-03-31", "2026-04-08"),
    ],
)
def test_status_on_a_day(on: str, last_done: str | None, state: str, due: str, overdue_from: str) -> None:
    """What is outstanding, and how it stands, follows from the day asked about and the last day it was done."""
    done = None if last_done is None else date.fromisoformat(last_done)
    status = MONTHLY.review(on=date.fromisoformat(on), last_done=done)
    assert (status.state, status.due, status.overdue_from) == (state, *days(due, overdue_from))
    assert MONTHLY.status(on=date.fromisoformat(on), last_done=done) == state


def test_status_says_since_when() -> None:
    """The day on which it became due or overdue is given; what is upcoming became nothing yet."""
    done = date(2026, 1, 31)
    assert MONTHLY.review(on=date(2026, 2, 1), last_done=done).since is None
    assert MONTHLY.review(on=date(2026, 3, 1), last_done=done).since == date(2026, 2, 28)
    assert MONTHLY.review(on=date(2026, 3, 31), last_done=done).since == date(2026, 3, 8)


def test_without_grace_a_review_is_overdue_the_day_after() -> None:
    """No grace: due on the day, overdue from the next, and done a day early counts for the one before."""
    strict = ReviewCycle(anchor=date(2026, 1, 5), every="P1W")
    assert [strict.status(on=date(2026, 1, day)) for day in (4, 5, 6)] == ["upcoming", "due", "overdue"]
    counted = strict.counts_for(date(2026, 1, 11))
    assert counted is not None
    assert counted.scheduled == date(2026, 1, 5)


def test_where_two_reviews_are_near_the_nearer_counts() -> None:
    """With a grace as long as the period, the nearer due day counts, and the earlier when both are equally near."""
    fortnightly = ReviewCycle(anchor=date(2026, 1, 5), every="P2W", grace="P2W")
    counted = [fortnightly.counts_for(date(2026, 1, day)) for day in (11, 12, 13)]
    assert [each and each.scheduled for each in counted] == days("2026-01-05", "2026-01-05", "2026-01-19")


def test_periods_of_months_and_days_are_counted_from_the_anchor() -> None:
    """A month and a day, at once: from 31 January 28 February and a day, then 31 March and two."""
    cycle = ReviewCycle(anchor=date(2026, 1, 31), every="P1M1D")
    assert list(cycle.between(date(2026, 1, 1), date(2026, 6, 10))) == days(
        "2026-01-31", "2026-03-01", "2026-04-02", "2026-05-03", "2026-06-04"
    )
    for day in (date(2026, 3, 1), date(2040, 5, 5), date(2126, 1, 31)):
        later = cycle.next(after=day)
        assert later is not None
        assert cycle.between(day + timedelta(days=1), later) == (later,)
        assert cycle.counts_for(later - timedelta(days=1)) == cycle.counts_for(day)


def test_the_last_day_of_the_grace_still_counts() -> None:
    """Three days late and three days early is equally near, so the earlier one counts; a day on, the later one."""
    cycle = ReviewCycle(anchor=date(2026, 1, 5), every="P6D", grace="P3D")
    counted = [cycle.counts_for(date(2026, 1, day)) for day in (8, 9)]
    assert [each and each.scheduled for each in counted] == days("2026-01-05", "2026-01-11")
    uneven = ReviewCycle(anchor=date(2026, 1, 5), every="P7D", grace="P4D")
    counted = [uneven.counts_for(date(2026, 1, day)) for day in (8, 9)]
    assert [each and each.scheduled for each in counted] == days("2026-01-05", "2026-01-12")


def test_what_was_done_later_than_asked_about_is_refused() -> None:
    """Who asks about a day says what was known by then."""
    says = "review cycle: 1 fault\n  last_done: 2026-02-02 is after 2026-02-01, the day asked about"
    with pytest.raises(DataError, match=says):
        MONTHLY.status(on=date(2026, 2, 1), last_done=date(2026, 2, 2))


def test_a_recorded_scheduled_day_decides_for_which_review_it_counts() -> None:
    """A review done on 20 February for 28 February is done, although it was before the grace."""
    status = MONTHLY.review(on=date(2026, 2, 28), last_done=date(2026, 2, 20), done_for=date(2026, 2, 28))
    assert status.due == date(2026, 3, 31)


def test_reviews_that_land_on_one_working_day_are_one() -> None:
    """Scheduled for Friday 30 January and Sunday 1 February, both are due on the Friday, and doing one does both."""
    cycle = ReviewCycle(anchor=date(2026, 1, 30), every="P2D", adjust="preceding")
    found = cycle.occurrences(date(2026, 1, 1), date(2026, 2, 3))
    assert [(str(each.scheduled), str(each.due)) for each in found] == [
        ("2026-02-01", "2026-01-30"),
        ("2026-02-03", "2026-02-03"),
    ]
    assert cycle.review(on=date(2026, 1, 30), last_done=date(2026, 1, 30)).due == date(2026, 2, 3)
    recorded = cycle.review(on=date(2026, 1, 30), last_done=date(2026, 1, 30), done_for=date(2026, 2, 1))
    assert recorded.due == date(2026, 2, 3)


def test_a_review_moved_before_the_day_it_is_scheduled_for_is_not_passed_over() -> None:
    """Done on Thursday 29 January for that Thursday: the one scheduled for Sunday, due on the Friday, comes next."""
    cycle = ReviewCycle(anchor=date(2026, 1, 29), every="P3D", adjust="preceding")
    status = cycle.review(on=date(2026, 1, 29), last_done=date(2026, 1, 29), done_for=date(2026, 1, 31))
    assert status.outstanding is not None
    assert (status.outstanding.scheduled, status.due) == (date(2026, 2, 1), date(2026, 1, 30))


def test_a_cycle_that_is_over_has_no_review_left() -> None:
    """After the last scheduled day was done the cycle has ended; until then that one is outstanding."""
    ending = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", until=date(2026, 4, 1))
    assert ending.next(after=date(2026, 3, 30)) == date(2026, 3, 31)
    assert ending.next(after=date(2026, 3, 31)) is None
    assert attrs.evolve(ending, until=date(2026, 3, 31)).between(date(2026, 3, 1), date(2026, 4, 30)) == ()
    before = attrs.evolve(ending, until=date(2026, 3, 31)).counts_for(date(2026, 6, 1))
    assert before is not None
    assert before.scheduled == date(2026, 2, 28)
    moved = attrs.evolve(ending, adjust="following")
    assert list(moved.between(date(2026, 2, 1), date(2026, 6, 1))) == days("2026-02-02", "2026-03-02", "2026-03-31")
    assert ending.status(on=date(2027, 1, 1), last_done=date(2026, 2, 28)) == "overdue"
    ended = ending.review(on=date(2027, 1, 1), last_done=date(2026, 3, 31))
    assert (ended.state, ended.outstanding, ended.due, ended.overdue_from, ended.since) == (
        "ended",
        None,
        None,
        None,
        None,
    )


def test_excepted_days_are_left_out() -> None:
    """An excepted day is not due, and what is done around it counts for the review before."""
    cycle = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D", except_on=[date(2026, 2, 28)])
    assert list(cycle.between(date(2026, 1, 1), date(2026, 3, 31))) == days("2026-01-31", "2026-03-31")
    counted = cycle.counts_for(date(2026, 2, 28))
    assert counted is not None
    assert counted.scheduled == date(2026, 1, 31)
    none_left = ReviewCycle(
        anchor=date(2026, 1, 31), every="P1M", until=date(2026, 2, 1), except_on=[date(2026, 1, 31)]
    )
    assert none_left.status(on=date(2026, 1, 31)) == "ended"
    assert none_left.counts_for(date(2026, 6, 1)) is None


def test_a_closed_day_moves_the_review_and_keeps_its_identity() -> None:
    """31 January 2026 is a Saturday, and 2 February a holiday here: following gives the 3rd, preceding the 30th."""
    closed = [date(2026, 2, 2)]
    following = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D", adjust="following", holidays=closed)
    first, second = following.occurrences(date(2026, 1, 1), date(2026, 3, 2))
    assert (first.scheduled, first.due, first.overdue_from) == tuple(days("2026-01-31", "2026-02-03", "2026-02-11"))
    assert (second.scheduled, second.due) == tuple(days("2026-02-28", "2026-03-02"))
    preceding = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", adjust="preceding", holidays=closed)
    assert list(preceding.between(date(2026, 1, 1), date(2026, 3, 2))) == days("2026-01-30", "2026-02-27")
    assert preceding.next(after=date(2026, 1, 30)) == date(2026, 2, 27)
    assert preceding.next(after=date(2026, 1, 29)) == date(2026, 1, 30)


def test_the_weekend_is_the_hosts() -> None:
    """Where Friday and Saturday are closed, a review scheduled for a Friday is due on the Sunday."""
    cycle = ReviewCycle(anchor=date(2026, 1, 30), every="P1W", adjust="following", weekend=["FR", "SA"])
    assert cycle.next(after=date(2026, 1, 30)) == date(2026, 2, 1)


def test_a_daily_cycle_has_one_review_after_a_weekend() -> None:
    """Saturday, Sunday and Monday all land on the Monday: that is one review, known by the last day it stands for."""
    daily = ReviewCycle(anchor=date(2026, 1, 2), every="P1D", adjust="following")
    found = daily.occurrences(date(2026, 1, 2), date(2026, 1, 5))
    assert [(each.scheduled, each.due) for each in found] == [(day, day) for day in days("2026-01-02", "2026-01-05")]
    assert daily.review(on=date(2026, 1, 5), last_done=date(2026, 1, 5)).due == date(2026, 1, 6)


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", ["2026-02-10", "2026-03-10"]),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("freq=monthly", ["2026-01-31", "2026-03-31"]),
        ("FREQ=WEEKLY;INTERVAL=4", ["2026-01-31", "2026-02-28", "2026-03-28"]),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", ["2026-02-02", "2026-02-09"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20260227", ["2026-02-27"]),
        ("FREQ=YEARLY", ["2026-01-31"]),
        ("FREQ=YEARLY;BYMONTH=3", ["2026-03-31"]),
        ("FREQ=DAILY;INTERVAL=30", ["2026-01-31", "2026-03-02"]),
        ("P4W", ["2026-01-31", "2026-02-28", "2026-03-28"]),
        ("P1Y", ["2026-01-31"]),
        ("P1M1D", ["2026-01-31", "2026-03-01"]),
    ],
)
def test_every_sort_of_rhythm(every: str, expected: list[str]) -> None:
    """Periods and RFC 5545 rules, from Saturday 31 January through March 2026."""
    cycle = ReviewCycle(anchor=date(2026, 1, 31), every=every)
    assert list(cycle.between(date(2026, 1, 1), date(2026, 3, 31))) == days(*expected)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=YEARLY;INTERVAL=3",
        "FREQ=YEARLY;BYMONTH=3,9",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=WE",
        "FREQ=YEARLY;BYYEARDAY=1,-1",
        "FREQ=YEARLY;BYDAY=MO,TU;BYMONTH=1;BYSETPOS=-1",
        "FREQ=YEARLY;BYDAY=53SU",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=5",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "FREQ=MONTHLY;BYDAY=5TU",
        "FREQ=MONTHLY;BYMONTH=1,12;BYSETPOS=1",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SA",
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=13",
        "FREQ=DAILY;INTERVAL=13;BYDAY=MO",
        "FREQ=DAILY;BYMONTH=2",
    ],
)
def test_rules_far_from_their_anchor_are_those_of_dateutil(rule: str) -> None:
    """Up to twenty-five years on, walking from near the day gives what walking from the anchor gives, both ways."""
    anchor = date(2025, 12, 31)
    text = rule if "WKST" in rule else f"{rule};WKST=MO"
    walked = rrulestr(text, dtstart=datetime.combine(anchor, time()))
    oracle = [moment.date() for moment in walked.between(datetime(2025, 1, 1), datetime(2060, 1, 1))]  # noqa: DTZ001 days
    cycle = ReviewCycle(anchor=anchor, every=rule)
    assert cycle.next(after=date(2025, 12, 30)) == oracle[0]
    for day in (date(2028, 12, 31), date(2029, 1, 1), date(2041, 2, 28), date(2050, 7, 14), date(2050, 12, 31)):
        assert cycle.next(after=day) == next(each for each in oracle if each > day)
        counted = cycle.counts_for(day)
        assert (counted and counted.scheduled) == max((each for each in oracle if each <= day), default=None)


def test_rules_are_exact_at_any_distance() -> None:
    """Ninety years on, the second Tuesday is still found, and so is a 29 February across 2100, which has none."""
    assert ReviewCycle(anchor=date(2026, 1, 31), every="FREQ=MONTHLY;BYDAY=2TU").next(after=date(2116, 5, 1)) == date(
        2116, 5, 12
    )
    leap = ReviewCycle(anchor=date(2024, 2, 29), every="FREQ=YEARLY")
    assert list(leap.between(date(2095, 1, 1), date(2105, 1, 1))) == days("2096-02-29", "2104-02-29")


def test_weeks_begin_on_monday_whatever_the_process_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere dateutil takes the first day of the week from the calendar module's setting; RFC 5545 says Monday."""
    monkeypatch.setattr("calendar.firstweekday", lambda: 6)
    cycle = ReviewCycle(anchor=date(1997, 8, 5), every="FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU")
    # RFC 5545, section 3.8.5.3: this example, with WKST=MO.
    assert list(cycle.between(date(1997, 1, 1), date(1998, 1, 1))) == days(
        "1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"
    )


def test_a_rule_ends_with_its_count() -> None:
    """What lies beyond the last one counted is not due, however far one asks."""
    cycle = ReviewCycle(anchor=date(2026, 1, 5), every="FREQ=WEEKLY;COUNT=3")
    assert cycle.next(after=date(2026, 1, 18)) == date(2026, 1, 19)
    assert cycle.next(after=date(2026, 1, 19)) is None
    assert cycle.status(on=date(2050, 1, 1), last_done=date(2026, 1, 19)) == "ended"
    counted = cycle.counts_for(date(2090, 1, 1))
    assert counted is not None
    assert counted.scheduled == date(2026, 1, 19)


@pytest.mark.parametrize(
    ("every", "says"),
    [
        ("P1X", "no ISO 8601 duration"),
        ("PT8H", "no step of one day to forty years"),
        ("P41Y", "no step of one day to forty years"),
        (Period(), "no step of one day to forty years"),
        ("", "no part of an RFC 5545 rule"),
        ("monthly", "no part of an RFC 5545 rule"),
        ("FREQ=MONTHLY;BYDY=2TU", "did you mean BYDAY?"),
        ("FREQ=MONTHLY;FREQ=DAILY", "FREQ stands twice"),
        ("FREQ=HOURLY", "cycles count days"),
        ("BYDAY=MO", "FREQ is one of"),
        ("FREQ=DAILY;BYHOUR=9", "no part of an RFC 5545 rule"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is a number from 1"),
        ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL is a number from 1"),
        ("FREQ=YEARLY;INTERVAL=41", "longer than forty years"),
        ("FREQ=DAILY;COUNT=0", "COUNT is a number from 1"),
        ("FREQ=YEARLY;COUNT=200", "more than a hundred years"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "UNTIL and COUNT cannot stand together"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "UNTIL is a day such as"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL is a day such as"),
        ("FREQ=DAILY;UNTIL=20260101", "it gives no day"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH is a number from 1 to 12, not '13'"),
        ("FREQ=MONTHLY;BYMONTH=-1", "BYMONTH is a number from 1 to 12, not '-1'"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY is a number from 1 to 31 or that many from the end"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is a number"),
        ("FREQ=MONTHLY;BYMONTHDAY=", "BYMONTHDAY is a number"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "there is no such day"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "there is no such day"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "there is no such day"),
        ("FREQ=WEEKLY;BYDAY=SA,SU;BYSETPOS=3", "there is no such day"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY cannot stand with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY cannot stand with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYWEEKNO=1;BYDAY=MO", "BYWEEKNO cannot stand with FREQ=MONTHLY"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO needs BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYDAY numbers days"),
        ("FREQ=WEEKLY;BYDAY=2TU", "BYDAY numbers days"),
        ("FREQ=MONTHLY;BYDAY=6TU", "from 1 to 5"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=53SU", "from 1 to 5"),
        ("FREQ=YEARLY;BYDAY=54SU", "from 1 to 53"),
        ("FREQ=MONTHLY;BYDAY=0TU", "from 1 to 5"),
        ("FREQ=MONTHLY;BYDAY=TU,2WE", "mixes numbered days"),
        ("FREQ=MONTHLY;BYDAY=XX", "not 'XX'"),
        ("FREQ=MONTHLY;BYDAY=", "not ''"),
        ("FREQ=MONTHLY;WKST=XX", "WKST is one of"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS chooses among"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused(every: str, says: str) -> None:
    """Each says what was found and what would do."""
    message = faults(every=every)
    assert "$.every" in message
    assert says in message


def test_every_other_fault_is_reported_at_once() -> None:
    """All that is wrong with a cycle comes in one error, each with its place."""
    message = faults(
        anchor=date(1899, 12, 31),
        grace="P2Y",
        until=date(1899, 12, 31),
        adjust="nearest",
        weekend=["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
    )
    assert message.startswith("review cycle: 5 faults")
    assert all(f"$.{name}: " in message for name in ("anchor", "grace", "until", "adjust", "weekend"))
    assert "$.holidays: they move nothing" in faults(holidays=[date(2026, 12, 25)])
    assert "$.weekend" in faults(weekend=["monday"])
    assert "$.grace" in faults(grace="PT5H")
    assert "$.grace: 'a week'" in faults(grace="a week")
    assert "$.anchor" in faults(anchor="2026-01-31")


def test_cycles_survive_json_and_pickle() -> None:
    """What is written reads back the same, and leaves out what was not said."""
    cycle = ReviewCycle(
        anchor=date(2026, 1, 31),
        every="FREQ=MONTHLY;BYDAY=2TU",
        grace="P7D",
        until=date(2027, 1, 1),
        except_on=[date(2026, 2, 10)],
        adjust="following",
        holidays=[date(2026, 12, 25)],
        weekend=["FR", "SA"],
    )
    for value in (cycle, MONTHLY):
        assert structure(unstructure(value), ReviewCycle, name="cycle") == value
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 our own value
        assert hash(structure(unstructure(value), ReviewCycle, name="cycle")) == hash(value)
    assert unstructure(MONTHLY) == {"anchor": "2026-01-31", "every": "P1M", "grace": "P1W"}


def test_a_rule_whose_only_days_are_rare_is_found_and_ends_with_the_calendar() -> None:
    """Every 1,546 weeks, if in January: from 1940 that is first in 2000, and after the year 9940 not before 10000."""
    anchor = date(1999, 12, 27) - timedelta(weeks=2 * 1_546)
    cycle = ReviewCycle(anchor=anchor, every="FREQ=WEEKLY;INTERVAL=1546;BYMONTH=1;BYDAY=SA")
    assert cycle.next(after=anchor) == date(2000, 1, 1)
    assert cycle.next(after=date(9_941, 1, 1)) is None


def test_the_ends_of_the_calendar_are_reached_without_an_error() -> None:
    """Asking far before the first day or far after the last gives none, and never an error of the calendar."""
    for every in ("P1D", "P40Y", "P1M1D", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=YEARLY;INTERVAL=40"):
        for adjust in ADJUST:
            cycle = ReviewCycle(anchor=date(1900, 1, 1), every=every, grace="P1Y", adjust=adjust)
            assert cycle.next(after=date.max) is None
            first = cycle.next(after=date.min)
            assert first is not None
            assert abs(first - date(1900, 1, 1)) <= timedelta(days=7)
            assert cycle.counts_for(date.max) is not None
            assert cycle.counts_for(date.min) is None
            assert cycle.status(on=date.max, last_done=date.max) in {"ended", "overdue"}
            assert cycle.between(date.min, date.min) == ()
