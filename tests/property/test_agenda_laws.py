"""Laws of the agenda: a stretch is the sum of its days, as they are planned and as they come."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from hypothesis import given, settings, strategies as st

from carecoord.plans import Activity, CarePlan, Review, ReviewCycle, agenda
from carecoord.testing import care_plans
from carecoord.testing._plans import days, review_cycles

ONE_DAY = timedelta(days=1)
YEAR = 366

ACTIVE = care_plans(status=st.sampled_from(["active", "on-hold", "unknown"]))


@given(plan=ACTIVE, on=days())
@settings(max_examples=30)
def test_the_agenda_of_a_year_is_the_sum_of_its_days(plan: CarePlan, on: date) -> None:
    """What is there on the day, and what falls due on each later day, are together the agenda of the whole year."""
    parts = list(agenda([plan], on=on))
    for number in range(1, YEAR + 1):
        day = on + timedelta(days=number)
        parts += [item for item in agenda([plan], on=on, through=day) if item.due == day]
    whole = agenda([plan], on=on, through=on + timedelta(days=YEAR))
    assert sorted(map(repr, parts)) == sorted(map(repr, whole))


@given(
    cycles=st.lists(review_cycles(paused=True), min_size=1, max_size=2),
    done=st.lists(st.integers(1, 400), max_size=2),
    on=days(),
)
@settings(max_examples=30)
def test_who_does_each_thing_on_its_day_meets_the_agenda_of_the_year(
    cycles: list[ReviewCycle], done: list[int], on: date
) -> None:
    """Living through a year day by day, and doing each day what it asks for, gives what was planned at its start."""
    plan = CarePlan(
        id="p",
        person="a",
        created=date(2020, 1, 1),
        status="active",
        reviews=[Review(id="r0", cycle=cycles[0])],
        activities=[Activity(id="a1", kind="social", title="Walk", schedule=cycles[-1])],
    )
    for ago in done:
        plan = _done(plan, "review", on - timedelta(days=ago), None)
    planned = agenda([plan], on=on, through=on + timedelta(days=YEAR))
    met = []
    for number in range(YEAR + 1):
        day = on + timedelta(days=number)
        for item in agenda([plan], on=day):
            met.append((item.kind, item.id, item.scheduled, day))
            plan = _done(plan, item.kind, day, item.scheduled)
    expected = [(item.kind, item.id, item.scheduled, max(item.due, on)) for item in planned]
    assert sorted(met) == sorted(expected)


def _done(plan: CarePlan, kind: str, day: date, scheduled: date | None) -> CarePlan:
    if kind == "review":
        return attrs.evolve(plan, reviews=[plan.reviews[0].record(on=day, scheduled=scheduled)])
    return attrs.evolve(plan, activities=[plan.activities[0].record(on=day, scheduled=scheduled)])
