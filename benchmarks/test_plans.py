"""The next review date near and far, beside dateutil's own rule in the same run; and the agenda of a caseload."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest
from dateutil.rrule import rrulestr

from carecoord.plans import Activity, CarePlan, Goal, Review, ReviewCycle, agenda

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ANCHOR = date(2026, 1, 31)
AFTER = {"1 month": date(2026, 3, 2), "10 years": date(2036, 1, 31), "100 years": date(2126, 1, 31)}
HORIZONS = pytest.mark.parametrize("after", AFTER.values(), ids=AFTER.keys())


@HORIZONS
@pytest.mark.parametrize(
    "every", ["P1M", "P2W", "P1M1D", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY"]
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


def test_agenda_of_a_thousand_plans(benchmark: BenchmarkFixture) -> None:
    """Two reviews, a goal with a due day and a weekly activity each, 30 days: ten things to do a plan."""
    plan = CarePlan(
        id="p",
        person="a",
        created=ANCHOR,
        status="active",
        goals=[Goal(id="mood", statement="Enjoy my garden again", due=date(2026, 6, 1), lifecycle="active")],
        activities=[
            Activity(id="walk", kind="self-management", title="Walk", schedule=ReviewCycle(anchor=ANCHOR, every="P1W"))
        ],
        reviews=[
            Review(id=id, cycle=ReviewCycle(anchor=ANCHOR, every=every, grace="P7D")).record(on=ANCHOR)
            for id, every in (("plan", "P3M"), ("mood", "P1M"))
        ],
    )
    items = benchmark(lambda: agenda([plan] * 1_000, on=date(2026, 5, 15), through=date(2026, 6, 13)))
    assert len(items) == 10_000
