"""Percentile curves, signals, and how well they foretell."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from carecoord.caseload import CourseGroup, CoursePoint, ExpectedCourse, Record, calibrate, expected_course, off_track
from carecoord.errors import DataError

START = date(2026, 1, 5)
LATER = date(2026, 12, 31)


def course_of(name: str, *values: float | None, first: float = 15, days: int = 7) -> Record:
    """Make a record with a first score, and one every so many days after it."""
    scores: list[dict[str, Any]] = [
        {"on": START + timedelta(days * place), "instrument": "phq-9", "score": "total", "value": value}
        for place, value in enumerate((first, *values))
    ]
    return Record(person=name, lists={"scores": scores})


POINTS = [
    CoursePoint(week=1, people=50, values=(6, 9, 12, 15, 18)),
    CoursePoint(week=2, people=50, values=(4, 6, 9, 12, 16)),
]
TABLE = ExpectedCourse(
    instrument="phq-9",
    groups=[CourseGroup(start=0), CourseGroup(start=10, points=POINTS)],
    source="a table of one's own",
)


@pytest.mark.parametrize(
    ("value", "signal"),
    [(5, "white"), (6, "green"), (15, "green"), (16, "yellow"), (18, "yellow"), (19, "red")],
)
def test_signals_change_beyond_the_percentiles(value: float, signal: str) -> None:
    """On a percentile is not beyond it."""
    assert TABLE.signal(15, 1, value) == signal


def test_where_the_course_says_nothing_there_is_no_signal() -> None:
    """Another week, a start without a curve, a start below every group."""
    assert TABLE.signal(15, 3, 27) is None
    assert TABLE.signal(9, 1, 27) is None
    assert TABLE.signal(-1, 1, 27) is None
    assert TABLE.signal(10, 1, 19) == "red"


def test_where_lower_is_worse_the_signals_are_mirrored() -> None:
    """A score below the lowest percentile is red."""
    course = ExpectedCourse(
        instrument="who-5",
        worse="lower",
        groups=[CourseGroup(start=0, points=[CoursePoint(week=1, people=9, values=(20, 30, 40, 50, 60))])],
    )
    assert [course.signal(30, 1, value) for value in (19, 20, 29, 30, 60, 61)] == [
        "red", "yellow", "yellow", "green", "green", "white",
    ]  # fmt: skip


def test_few_percentiles_have_no_yellow() -> None:
    """Three are low, middle and high."""
    point = CoursePoint(week=1, people=9, values=(1, 2, 3))
    course = ExpectedCourse(instrument="x", percentiles=(10, 50, 90), groups=[CourseGroup(start=0, points=[point])])
    assert [course.signal(0, 1, value) for value in (0, 1, 3, 4)] == ["white", "green", "green", "red"]


def test_percentiles_are_counted_in_proportion() -> None:
    """Definition 7 of Hyndman and Fan, worked by hand on 1 to 21 and on two numbers."""
    cohort = [course_of(str(n), n) for n in range(1, 22)]
    point = expected_course(cohort, instrument="phq-9", starts=[0]).point(15, 1)
    assert point == CoursePoint(week=1, people=21, values=(3, 6, 11, 16, 19))
    two = expected_course(cohort[:2], instrument="phq-9", starts=[0], least=2).point(15, 1)
    assert two is not None
    assert two.values == pytest.approx((1.1, 1.25, 1.5, 1.75, 1.9))


def test_a_score_belongs_to_the_nearest_week_and_the_later_one_counts() -> None:
    """Day 10 is week 1, day 11 week 2; day 3 is the week of the first score, which is not counted."""
    for days, week in ((3, 0), (4, 1), (10, 1), (11, 2)):
        course = expected_course([course_of("a", 7, days=days)], instrument="phq-9", starts=[0], least=1)
        weeks = [point.week for point in course.groups[0].points]
        assert weeks == ([week] if week else [])
    twice = expected_course([course_of("a", 7, 9, days=5)], instrument="phq-9", starts=[0], least=1)
    assert [(point.week, point.values[2]) for point in twice.groups[0].points] == [(1, 9)]


def test_groups_begin_at_their_start_and_thin_weeks_are_left_out() -> None:
    """A first score of 9 is below 10; blank scores and other instruments are not counted."""
    cohort = [course_of("a", 8, first=9), course_of("b", 12, first=10), course_of("c", None, 5, first=10)]
    course = expected_course(cohort, instrument="phq-9", starts=[0, 10], least=1)
    assert {group.start: [point.week for point in group.points] for group in course.groups} == {0: [1], 10: [1, 2]}
    thin = expected_course(cohort, instrument="phq-9", starts=[0, 10], least=2)
    assert [group.points for group in thin.groups] == [(), ()]
    assert expected_course(cohort, instrument="gad-7", starts=[0], least=1).groups == (CourseGroup(start=0),)
    assert expected_course(cohort, instrument="phq-9", starts=[10], least=1).groups[0].points[0].people == 1
    early = expected_course(cohort, instrument="phq-9", starts=[0, 10], least=1, on=START)
    assert [group.points for group in early.groups] == [(), ()]


def test_who_is_off_the_course_is_told_with_since_when() -> None:
    """The worst first; a good score in between begins anew; the latest score counts."""
    records = [
        course_of("red now", 17, 17),
        course_of("yellow", 12, 13),
        course_of("again fine", 19, 9),
        course_of("anew", 19, 9, 30),
        course_of("first only"),
        course_of("fine", 12, 9),
    ]
    found = off_track(records, TABLE, on=LATER)
    assert [(one.person, one.signal, one.since) for one in found] == [
        ("red now", "red", START + timedelta(7)),
        ("yellow", "yellow", START + timedelta(14)),
    ]
    assert [one.person for one in off_track(records, TABLE, on=LATER, signals=["red"])] == ["red now"]
    early = off_track(records, TABLE, on=START + timedelta(7))
    assert [(one.person, one.signal) for one in early] == [
        ("again fine", "red"),
        ("anew", "red"),
        ("red now", "yellow"),
    ]


def test_a_course_is_calibrated_on_people_like_those_it_was_counted_from() -> None:
    """Seeded cohorts: half held out lie about where the other half says; sicker people do not."""
    draw = random.Random(7)  # noqa: S311 - people to try with

    def person(name: str, shift: float) -> Record:
        first = draw.randint(10, 24)
        values = [max(0, first - week * 1.2 + draw.gauss(shift, 4)) for week in range(1, 9)]
        return course_of(name, *values, first=first)

    cohort = [person(str(n), 0) for n in range(800)]
    course = expected_course(cohort[::2], instrument="phq-9", starts=[10, 15, 20])
    for one in calibrate(course, cohort[1::2]):
        assert one.found is not None
        assert abs(one.found - one.expected) < 0.03
        assert one.scores == 8 * 400
    sicker = {one.percentile: one.found for one in calibrate(course, [person(str(n), 5) for n in range(200)])}
    assert sicker[50] is not None
    assert sicker[50] < 0.25
    assert [one.found for one in calibrate(course, [])] == [None] * 5


def test_ties_count_as_half() -> None:
    """Everybody on the median: half below."""
    course = expected_course([course_of(str(n), 9) for n in range(3)], instrument="phq-9", starts=[0], least=1)
    assert {one.found for one in calibrate(course, [course_of("x", 9)])} == {0.5}


def group(*points: tuple[int, tuple[float, ...]], start: float = 0) -> CourseGroup:
    """Make a group of points, each with its week and values."""
    return CourseGroup(start=start, points=[CoursePoint(week=week, people=1, values=values) for week, values in points])


@pytest.mark.parametrize(
    ("groups", "percentiles", "path"),
    [
        ([group(start=10), group(start=0)], (10, 90), "$.groups"),
        ([], (10, 90), "$.groups"),
        ([group()], (50, 10), "$.percentiles"),
        ([group((2, (1, 2)), (1, (1, 2)))], (10, 90), "$.groups[0].points"),
        ([group(), group((1, (2, 1)), start=5)], (10, 90), "$.groups[1].points[0].values"),
        ([group((1, (1,)))], (10, 90), "$.groups[0].points[0].values"),
    ],
)
def test_a_table_out_of_order_is_refused(groups: list[CourseGroup], percentiles: tuple[int, ...], path: str) -> None:
    """With its place."""
    with pytest.raises(DataError) as raised:
        ExpectedCourse(instrument="x", percentiles=percentiles, groups=groups)
    assert path in [fault.path for fault in raised.value.faults]
