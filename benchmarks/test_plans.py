"""The next review date near and far, beside dateutil's own rule in the same run; agendas; and plans through JSON.

What is aimed at: 5 microseconds for a next date, 2 seconds for the agenda of 10,000 plans over 30 days, and 150
microseconds for a plan of 35 objects, structured and unstructured.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from dateutil.rrule import rrulestr

from carecoord._values import Period
from carecoord.interop import from_dict, to_dict
from carecoord.plans import Activity, CarePlan, Goal, Need, Owner, Review, ReviewCycle, agenda

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ANCHOR = date(2026, 1, 31)
OBJECTS = 35
AFTER = {"1 month": date(2026, 3, 2), "10 years": date(2036, 1, 31), "100 years": date(2126, 1, 31)}
HORIZONS = pytest.mark.parametrize("after", AFTER.values(), ids=AFTER.keys())


@HORIZONS
@pytest.mark.parametrize(
    "every",
    [
        "P1M",
        "P2W",
        "P1M1D",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=3,9;BYDAY=-1FR",
    ],
)
def test_next_review(benchmark: BenchmarkFixture, every: str, after: date) -> None:
    """The first day after one near the anchor, ten years on and a hundred years on."""
    cycle = ReviewCycle(anchor=ANCHOR, every=every)
    found = benchmark(lambda: cycle.next(after=after))
    assert found is not None
    assert found > after


@HORIZONS
@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY"])
def test_next_review_by_dateutil_alone(benchmark: BenchmarkFixture, rule: str, after: date) -> None:
    """The same question to `rrule.after`, which walks from the anchor."""
    walked = rrulestr(rule, dtstart=datetime.combine(ANCHOR, time()))
    moment = datetime.combine(after, time())
    found = benchmark(lambda: walked.after(moment))
    assert found.date() == ReviewCycle(anchor=ANCHOR, every=rule).next(after=after)


@HORIZONS
def test_status(benchmark: BenchmarkFixture, after: date) -> None:
    """Which review is outstanding and how it stands, on working days, from the day one was last done."""
    cycle = ReviewCycle(anchor=ANCHOR, every="P1M", grace="P7D", adjust="following", holidays=[date(2026, 12, 25)])
    assert benchmark(lambda: cycle.review(on=after, last_done=after)).state == "upcoming"


def test_agenda_of_ten_thousand_plans(benchmark: BenchmarkFixture) -> None:
    """Two reviews, a goal with a due day and an activity on some Tuesdays each, over 30 days."""
    plans = [
        CarePlan(
            id=f"p{number}",
            person="a",
            created=ANCHOR,
            status="active",
            goals=[Goal(id="mood", statement="Enjoy my garden again", due=date(2026, 6, 1), lifecycle="active")],
            activities=[
                Activity(
                    id="walk",
                    kind="self-management",
                    title="Walk",
                    schedule=ReviewCycle(anchor=ANCHOR + timedelta(days=number % 90), every="FREQ=WEEKLY;BYDAY=TU"),
                )
            ],
            reviews=[
                Review(id=id, cycle=ReviewCycle(anchor=ANCHOR, every=every, grace="P7D")).record(on=ANCHOR)
                for id, every in (("plan", "P3M"), ("mood", "P1M"))
            ],
        )
        for number in range(10_000)
    ]
    items = benchmark(lambda: agenda(plans, on=date(2026, 5, 15), through=date(2026, 6, 13)))
    assert len(items) > 50_000


def plan_of_objects() -> CarePlan:
    """Give a plan of 35 objects: itself, its needs, goals, activities and reviews, with owners, cycles and records."""
    return CarePlan(
        id="p",
        person="a",
        created=ANCHOR,
        status="active",
        needs=[Need(id=f"n{number}", domain="mental", title="Low mood", labels=["MH"]) for number in range(5)],
        goals=[
            Goal(
                id=f"g{number}",
                statement="Enjoy my garden again",
                target="phq_9.total < 5",
                needs=["n1"],
                due=date(2026, 6, 1),
                lifecycle="active",
                owner=Owner(duty="track-goals"),
            )
            for number in range(4)
        ],
        activities=[
            Activity(
                id=f"a{number}",
                kind="social",
                title="Walk",
                goals=["g1"],
                schedule=ReviewCycle(anchor=ANCHOR, every="P1W"),
                owner=Owner(member="a"),
            )
            for number in range(3)
        ],
        reviews=[
            Review(id=f"r{number}", cycle=ReviewCycle(anchor=ANCHOR, every="P1M", grace="P7D")).record(on=ANCHOR)
            for number in range(4)
        ],
    )


def objects_in(value: Any) -> int:
    """Count the values that a plan is made of."""
    if isinstance(value, tuple):
        return sum(map(objects_in, value))
    if not attrs.has(type(value)) or isinstance(value, Period):
        return 0
    return 1 + sum(objects_in(getattr(value, field.name)) for field in attrs.fields(type(value)))


def test_a_plan_through_json(benchmark: BenchmarkFixture) -> None:
    """A plan of 35 objects to plain data and back, every part checked as strictly as ever."""
    plan = plan_of_objects()
    assert objects_in(plan) == OBJECTS
    assert benchmark(lambda: from_dict(to_dict(plan))) == plan
