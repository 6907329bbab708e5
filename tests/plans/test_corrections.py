from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, UnknownIdError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Activity,
    CarePlan,
    CommunityResource,
    Correction,
    Done,
    Goal,
    Need,
    Review,
    ReviewCycle,
    SafetyPlan,
    WorkDecision,
    adherence,
    agenda,
    correct,
    correct_done,
)

MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
DONE = Done(on=date(2026, 1, 30), by="lee", scheduled=date(2026, 1, 31))
PLAN = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    status="active",
    needs=[Need(id="low-mood", domain="mental"), Need(id="debt", domain="social")],
    goals=[Goal(id="mood", statement="Sleep", lifecycle="active", needs=["low-mood", "debt"])],
    activities=[Activity(id="talk", kind="treatment", title="Talks", goals=["mood"], status="in-progress")],
    reviews=[Review(id="monthly", cycle=MONTHLY, goals=["mood"], done=[DONE, DONE])],
)
WHO: Any = {"by": "lee", "on": date(2026, 2, 2), "reason": "another person's"}
RIGHT = Goal(id="garden", statement="Enjoy my garden again", needs=["low-mood"])


def test_what_is_corrected_stays_beside_what_is_right() -> None:
    """Whatever spoke of the one in error speaks of the right one, and work for it goes on."""
    plan = correct(PLAN, "goals.mood", **WHO, instead=RIGHT, recorded=date(2026, 2, 3))
    wrong = plan.goal("mood")
    assert (wrong.lifecycle, wrong.statement, plan.goal("garden")) == ("entered-in-error", "Sleep", RIGHT)
    assert (plan.activity("talk").goals, plan.review("monthly").goals) == (("garden",), ("garden",))
    assert plan.activity("talk").status == "in-progress"
    last = plan.history[-1]
    assert last.corrected == (Correction("goals.mood", "goals.garden"),)
    assert (last.by, last.on, last.reason, last.recorded) == (
        "lee",
        date(2026, 2, 2),
        "another person's",
        date(2026, 2, 3),
    )
    assert [(each.place, each.choice, each.reason) for each in last.work] == [
        ("activities.talk", "keep", "what it is for was corrected")
    ]
    assert plan.at_version(1) == PLAN
    assert loads(dumps(plan)) == plan
    need = correct(PLAN, "needs.debt", **WHO, instead=Need(id="rent", domain="social"))
    assert need.goal("mood").needs == ("low-mood", "rent")
    assert need.history[-1].work == ()


def test_where_nothing_stands_in_its_place_open_work_is_decided() -> None:
    """Nobody else can know whether it goes on."""
    with pytest.raises(DataError, match=r"activities\.talk: it is in-progress, and goals\.mood ended"):
        correct(PLAN, "goals.mood", **WHO)
    work = [WorkDecision(place="activities.talk", choice="cancel", reason="hers, not this person's")]
    cancelled = correct(PLAN, "goals.mood", **WHO, work=work)
    assert (cancelled.activity("talk").status, cancelled.history[-1].work) == ("stopped", tuple(work))
    alone = attrs.evolve(PLAN, activities=[])
    plan = correct(alone, "goals.mood", **WHO)
    assert (plan.goal("mood").lifecycle, plan.history[-1].corrected) == (
        "entered-in-error",
        (Correction("goals.mood"),),
    )
    activity = correct(PLAN, "activities.talk", **WHO)
    assert activity.activity("talk").status == "entered-in-error"


def test_a_field_with_one_id_follows_too() -> None:
    """What spoke of another part stays as it is."""
    resources = [CommunityResource(id="advice", name="Debt advice"), CommunityResource(id="choir", name="Choir")]
    by = [attrs.evolve(PLAN.activity("talk"), id=each.id, resource=each.id) for each in resources]
    plan = attrs.evolve(PLAN, resources=resources, activities=by)
    right = CommunityResource(id="bank", name="The bank's own advice")
    corrected = correct(plan, "resources.advice", **WHO, instead=right)
    assert [each.resource for each in corrected.activities] == ["bank", "choir"]
    assert [each.place for each in corrected.history[-1].work] == ["activities.advice"]
    assert corrected.activities[1] is by[1]


@pytest.mark.parametrize(
    ("place", "options", "message"),
    [
        ("goal.mood", {}, r"$.goal.mood: a part is wanted, as goals.mood, did you mean goals?"),
        ("reviews.monthly", {}, "$.reviews.monthly: it has no status: end its cycle, or revise what it says"),
        ("goals.mood", {"instead": Need(id="x", domain="social")}, "$.instead: a goal is wanted, found a need"),
        ("goals.mood", {"instead": Goal(id="mood", statement="x")}, "$.instead.id: the plan holds mood already"),
    ],
)
def test_corrections_that_cannot_be_are_refused(place: str, options: Any, message: str) -> None:
    """The place is named with what would do."""
    with pytest.raises(DataError) as raised:
        correct(PLAN, place, **WHO, **options)
    assert message in str(raised.value)


def test_what_is_in_error_already_is_not_corrected_again() -> None:
    """Nor is what the plan does not hold."""
    once = correct(PLAN, "activities.talk", **WHO)
    with pytest.raises(DataError, match=r"\$\.activities\.talk: it is marked as entered in error already"):
        correct(once, "activities.talk", **WHO)
    with pytest.raises(UnknownIdError, match="there is no goal 'moood', did you mean mood"):
        correct(PLAN, "goals.moood", **WHO)


def test_a_record_in_error_counts_for_nothing_and_stays() -> None:
    """The review is due again, as if nobody had said that it was done; the other record of that day holds."""
    right = Done(on=date(2026, 2, 1), by="lee", scheduled=date(2026, 1, 31), outcome="missed")
    once = correct_done(PLAN, "reviews.monthly", DONE, **WHO, recorded=date(2026, 2, 3))
    assert once.review("monthly").done == (DONE.in_error, DONE)
    assert once.history[-1].corrected == (Correction("reviews.monthly.done"),)
    assert once.history[-1].recorded == date(2026, 2, 3)
    assert once.review("monthly").standing(on=date(2026, 2, 2)).state == "upcoming"
    twice = correct_done(once, "reviews.monthly", DONE, **WHO, instead=right)
    assert twice.review("monthly").done == (DONE.in_error, DONE.in_error, right)
    assert twice.history[-1].corrected == (Correction("reviews.monthly.done", "reviews.monthly.done"),)
    assert twice.review("monthly").standing(on=date(2026, 2, 2)).due == date(2026, 1, 31)
    assert twice.review("monthly").last_done is None
    assert [item.state for item in agenda([twice], on=date(2026, 2, 2))] == ["due"]
    stretch: Any = {"first": date(2026, 1, 1), "last": date(2026, 2, 1), "on": date(2026, 2, 2)}
    (time,) = adherence(once, **stretch).times
    assert time.state == "done"
    nothing = attrs.evolve(PLAN, reviews=[attrs.evolve(PLAN.review("monthly"), done=[DONE.in_error])])
    (time,) = adherence(nothing, **stretch).times
    assert time.state == "open"
    for wrong in (DONE.in_error, right):
        with pytest.raises(DataError, match=r"\$\.reviews\.monthly: it has no record like this of 2026"):
            correct_done(once, "reviews.monthly", wrong, **WHO)
    assert loads(dumps(twice)) == twice


def test_a_use_of_a_safety_plan_is_corrected_too() -> None:
    """What was not used need not be looked at again."""
    used = Done(on=date(2026, 1, 20))
    plan = attrs.evolve(PLAN, reviews=[], safety_plans=[SafetyPlan(id="s1", status="draft", used=[used])])
    assert [item.kind for item in agenda([plan], on=date(2026, 2, 2))] == ["safety-plan"]
    corrected = correct_done(plan, "safety_plans.s1", used, **WHO)
    assert corrected.safety_plans[0].used == (used.in_error,)
    assert not corrected.safety_plans[0].needs_another_look
    assert agenda([corrected], on=date(2026, 2, 2)) == ()


def test_a_record_is_neither_lost_nor_altered_otherwise() -> None:
    """Marking one in error keeps only that one."""
    review = PLAN.review("monthly")
    for done in ([DONE.in_error], [DONE.in_error, attrs.evolve(DONE.in_error, note="x")], [DONE]):
        with pytest.raises(DataError, match="what was done on 2026-01-30 is not kept"):
            PLAN.revise(**WHO, reviews=[attrs.evolve(review, done=done)])
    both = PLAN.revise(**WHO, reviews=[attrs.evolve(review, done=[DONE.in_error, DONE.in_error])])
    with pytest.raises(DataError, match="is not kept"):
        both.revise(**WHO, reviews=[review])


def test_what_was_known_on_a_day_can_be_asked() -> None:
    """A version written down later was not known before; the day from which it holds says nothing of that."""
    second = PLAN.revise(by="lee", on=date(2026, 2, 1), reason="a", title="one", recorded=date(2026, 2, 20))
    third = second.revise(by="lee", on=date(2026, 3, 1), reason="b", title="two", recorded=date(2026, 2, 25))
    asked = [
        third.as_of(date(2026, 2, 10)),
        third.as_of(date(2026, 2, 10), known=date(2026, 2, 19)),
        third.as_of(date(2026, 2, 10), known=date(2026, 2, 20)),
        third.as_of(date(2026, 3, 1), known=date(2026, 2, 24)),
        third.as_of(date(2026, 3, 1), known=date(2026, 2, 25)),
        third.as_of(date(2026, 2, 28), known=date(2026, 2, 25)),
    ]
    assert asked == [second, PLAN, second, second, third, second]
    assert third.as_of(date(2026, 3, 1), known=date(2026, 1, 4)) is None
    assert second.as_of(date(2026, 2, 1), known=date(2026, 1, 5)) == PLAN
