from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Activity,
    CarePlan,
    Difference,
    Done,
    Goal,
    Need,
    Owner,
    Review,
    ReviewCycle,
    SharedDecision,
    Stance,
    apply,
    diff,
)

MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
PLAN = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    status="active",
    strengths=["a garden", "a sister"],
    labels=["MH"],
    needs=[Need(id="low-mood", domain="mental")],
    goals=[Goal(id="mood", statement="Enjoy my garden again", lifecycle="accepted")],
    activities=[Activity(id="talk", kind="treatment", title="Talks", status="in-progress")],
    reviews=[Review(id="monthly", cycle=MONTHLY)],
    decisions=[SharedDecision(id="d1", question="Tablets?", stances=[Stance(member="A", says="pending")])],
)
WHO: Any = {"by": "lee", "on": date(2026, 1, 12), "reason": "agreed"}


def said(before: CarePlan, after: CarePlan) -> list[str]:
    """Say what is different, without the revisions."""
    return [str(each) for each in diff(before, after) if each.path[0] != "history"]


def test_differences_of_every_kind_are_said_in_sentences() -> None:
    """Fields, parts, entries of lists, ends, nothing before and nothing after."""
    later = PLAN.revise(
        **WHO,
        title="Spring",
        strengths=["a sister", "a dog"],
        labels=["SUD"],
        needs=[Need(id="debt", domain="social", title="Letters")],
        goals=[attrs.evolve(PLAN.goal("mood"), lifecycle="active", owner=Owner(duty="own-plan"))],
        activities=[PLAN.activity("talk").move("completed")],
        reviews=[PLAN.review("monthly").record(on=date(2026, 1, 30), by="lee")],
        decisions=[attrs.evolve(PLAN.decisions[0], stances=[Stance(member="A", says="agrees")])],
    )
    assert said(PLAN, later) == [
        "title: nothing became Spring",
        "strengths: a garden is gone",
        "strengths: a dog is new",
        "labels: MH is gone",
        "labels: SUD is new",
        "need debt: Letters is new",
        "goal mood, lifecycle: accepted became active",
        "goal mood, owner: nothing became duty own-plan",
        "activity talk has ended: in-progress became completed",
        "review monthly, done: on 2026-01-30 by lee scheduled 2026-01-31 is new",
        "decision d1, stance A, says: pending became agrees",
    ]
    assert str(diff(PLAN, later)[-1]) == "version 2, by lee on 2026-01-12: agreed"
    assert said(later, PLAN)[:4] == [
        "title: Spring became nothing",
        "strengths: a sister, a dog became a garden, a sister",
        "labels: SUD is gone",
        "labels: MH is new",
    ]
    assert "need debt: Letters is gone" in said(later, PLAN)
    assert apply(PLAN, diff(PLAN, later)) == later
    assert apply(later, diff(later, PLAN)) == PLAN


def test_differences_as_data_hold_their_place_and_both_values() -> None:
    """The path leads to the element, and before and after are values."""
    later = PLAN.revise(**WHO, status="on-hold", work=[], activities=[PLAN.activity("talk").move("stopped")])
    assert diff(PLAN, later)[:2] == (
        Difference(path=("status",), kind="changed", before="active", after="on-hold"),
        Difference(path=("activities", "talk", "status"), kind="ended", before="in-progress", after="stopped"),
    )
    assert diff(PLAN, later)[1].place == "activities.talk.status"
    over = attrs.evolve(later, decisions=[]).revise(**WHO, status="revoked")
    (end,) = [each for each in diff(later, over) if each.path == ("status",)]
    assert (end.kind, str(end)) == ("ended", "the plan has ended: on-hold became revoked")
    assert diff(PLAN, PLAN) == ()


def test_another_order_is_a_difference() -> None:
    """Of parts by their ids, of words as a whole."""
    two = attrs.evolve(PLAN, needs=[Need(id="a", domain="social"), Need(id="b", domain="social")])
    turned = attrs.evolve(two, needs=two.needs[::-1], strengths=PLAN.strengths[::-1])
    assert diff(two, turned) == (
        Difference(
            path=("strengths",),
            kind="changed",
            before=("a garden", "a sister"),
            after=("a sister", "a garden"),
        ),
        Difference(path=("needs",), kind="reordered", before=("a", "b"), after=("b", "a")),
    )
    assert said(two, turned)[1] == "needs: now in the order b, a"
    assert apply(two, diff(two, turned)) == turned


def test_two_plans_are_not_compared() -> None:
    """Nor are the plans of two people."""
    for other in (attrs.evolve(PLAN, id="p2"), attrs.evolve(PLAN, person="B")):
        with pytest.raises(DataError, match="two versions of one plan are wanted, found two plans"):
            diff(PLAN, other)


@pytest.mark.parametrize(
    ("difference", "message"),
    [
        (Difference(path=("title",), kind="changed", before="x", after="y"), "title: it does not hold what"),
        (Difference(path=("title",), kind="added", after="x"), "title: it does not hold what"),
        (Difference(path=("strengths",), kind="removed", before="x"), "strengths: it does not hold what"),
        (Difference(path=("labels",), kind="removed", before="x"), "labels: it does not hold what"),
        (Difference(path=("goals", "mood"), kind="removed"), "goals.mood: it does not hold what"),
        (Difference(path=("needs",), kind="reordered", after=("a",)), "needs: it does not hold what"),
        (Difference(path=("strengths",), kind="reordered", after=()), "strengths: it does not hold what"),
        (Difference(path=("goals", "x", "due"), kind="changed"), "goals.x.due: there is no such part"),
        (Difference(path=("goals", "mood", "x"), kind="changed"), "goals.mood.x: there is nothing of the kind"),
        (Difference(path=("x",), kind="changed"), "x: there is nothing of the kind"),
        (Difference(path=("title", "x"), kind="changed"), "title.x: there is nothing of the kind"),
    ],
)
def test_differences_that_do_not_fit_are_refused(difference: Difference, message: str) -> None:
    """The place is named, and nothing of what the plan says."""
    with pytest.raises(DataError) as raised:
        apply(PLAN, [difference])
    (fault,) = raised.value.faults
    assert str(fault).startswith(message)


def test_every_difference_that_does_not_fit_is_named_at_once() -> None:
    """Nothing is applied of differences that do not all fit."""
    wrong = [
        Difference(path=("title",), kind="changed", before="x", after="y"),
        Difference(path=("goals", "mood", "statement"), kind="changed", before="x", after="y"),
        Difference(path=("needs", "low-mood"), kind="added", after=Need(id="low-mood", domain="social")),
    ]
    with pytest.raises(DataError) as raised:
        apply(PLAN, wrong)
    assert {fault.path for fault in raised.value.faults} == {"title", "goals.mood.statement", "needs.low-mood"}


def test_the_same_entry_twice_is_two_entries() -> None:
    """What was done twice the same day counts twice."""
    once = Done(on=date(2026, 1, 30))
    twice = attrs.evolve(PLAN, activities=[attrs.evolve(PLAN.activity("talk"), done=[once, once])])
    assert [each.after for each in diff(PLAN, twice)] == [once, once]
    assert apply(PLAN, diff(PLAN, twice)) == twice
    assert apply(twice, diff(twice, PLAN)) == PLAN


def test_differences_survive_json() -> None:
    """Each reads back equal, whatever stands in it: a day, a part, a record, an order, nothing."""
    later = PLAN.revise(
        **WHO,
        since=date(2026, 1, 12),
        labels=["MH", "SUD"],
        needs=[Need(id="debt", domain="social")],
        reviews=[
            attrs.evolve(PLAN.review("monthly"), cycle=attrs.evolve(MONTHLY, grace="P1D")).record(on=date(2026, 2, 1))
        ],
        goals=[attrs.evolve(PLAN.goal("mood"), owner=Owner(member="A"))],
    )
    turned = attrs.evolve(later, needs=later.needs[::-1])
    differences = [*diff(PLAN, turned), *diff(turned, PLAN)]
    assert len({each.kind for each in differences}) == 4
    for each in differences:
        assert loads(dumps(each)) == each
