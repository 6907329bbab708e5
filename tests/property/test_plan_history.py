"""Laws of histories: nothing in them is lost, every version rebuilds from its differences, merging drops nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord.errors import DataError
from carecoord.plans import (
    CarePlan,
    Choice,
    Conflict,
    Difference,
    Review,
    ReviewCycle,
    agenda,
    apply,
    correct,
    correct_done,
    diff,
    merge,
    other_side,
    preview,
)
from carecoord.plans._part import marked
from carecoord.plans._parts import KINDS, PARTS
from carecoord.testing import plan_versions, review_cycles

LATE = date(2060, 1, 1)
"""A day after every revision that is drawn."""


def records(plan: CarePlan) -> Counter[Any]:
    """Count everything that was recorded as done, used, rated or taught, each with its place."""
    return Counter(
        (name, part.id, field, getattr(record, "in_error", record))
        for name in PARTS
        for part in getattr(plan, name)
        for field, _ in marked(KINDS[name], "appended")
        for record in getattr(part, field)
    )


def places(plan: CarePlan) -> set[str]:
    """Name every part of a plan."""
    return {f"{name}.{part.id}" for name in PARTS for part in getattr(plan, name)}


@st.composite
def forks(draw: st.DrawFn) -> tuple[CarePlan, CarePlan, CarePlan]:
    """A plan, and two edits of it that know nothing of each other."""
    base = draw(plan_versions(most=1))[-1]
    ours, theirs = (draw(plan_versions(of=base, most=2))[-1] for _ in range(2))
    return base, ours, theirs


def merged(
    sides: tuple[CarePlan, CarePlan, CarePlan], choice: Choice = "ours"
) -> tuple[CarePlan, tuple[Conflict, ...]]:
    """Merge two edits, settle every conflict for one side and cancel open work; give the plan and the conflicts."""
    settle: dict[tuple[str, ...], Choice] = {}
    conflicts: tuple[Conflict, ...] = ()
    found = merge(*sides, by="lee", on=LATE)
    for _ in range(4):  # what is settled may show what only together breaks a rule
        conflicts = conflicts or found.conflicts
        if not found.conflicts:
            break
        other: Choice = "theirs" if choice == "ours" else "ours"
        settle |= {each.path: other if "as settled" in each.because else choice for each in found.conflicts}
        found = merge(*sides, by="lee", on=LATE, settle=settle)
    work = [each.cancel("merged") for each in found.open_work]
    plan = merge(*sides, by="lee", on=LATE, settle=settle, work=work).plan if work else found.plan
    assert plan is not None
    return plan, conflicts


def content(plan: CarePlan) -> CarePlan:
    """Give a plan without its history."""
    return attrs.evolve(plan, history=())


def within(path: tuple[str, ...], others: list[Difference]) -> bool:
    """Say whether a path lies in, or holds, one of those that differ."""
    return any(path[: len(other.path)] == other.path[: len(path)] for other in others)


def first_open(cycle: ReviewCycle, on: date) -> date:
    """Give the day on which a review that is called for on a day is due: the day itself, or the next working day."""
    year = timedelta(days=366)
    around = cycle.call(on=on).occurrences(on - year, on + year)
    return next((each.due for each in around if each.scheduled >= on), on)


@settings(max_examples=25)
@given(versions=plan_versions())
def test_every_version_rebuilds_from_its_differences(versions: tuple[CarePlan, ...]) -> None:
    """From any version to any other, forwards and backwards; each difference says something in a sentence."""
    for before in (versions[0], versions[-1]):
        for after in versions:
            differences = diff(before, after)
            assert apply(before, differences) == after
            assert bool(differences) == (before != after)
            assert all(str(each) for each in differences)


@settings(max_examples=25)
@given(versions=plan_versions())
def test_histories_keep_every_fact(versions: tuple[CarePlan, ...]) -> None:
    """Every part and record of any version is in the last, and every version can be had again from it."""
    last = versions[-1]
    for version in versions:
        assert places(version) <= places(last)
        assert records(version) <= records(last)
        assert last.at_version(version.version) == version


@settings(max_examples=30, deadline=None)
@given(sides=forks())
def test_merging_is_the_same_from_either_side(sides: tuple[CarePlan, CarePlan, CarePlan]) -> None:
    """The conflicts are the same with their sides changed over, and so is what comes of settling them alike."""
    base, ours, theirs = sides
    one, conflicts = merged(sides)
    other, mirrored = merged((base, theirs, ours), "theirs")
    turned = [attrs.evolve(each, ours=each.theirs, theirs=each.ours) for each in mirrored]
    assert {each.path: each for each in conflicts} == {each.path: each for each in turned}
    assert content(one) == content(other)


@settings(max_examples=30, deadline=None)
@given(sides=forks(), choice=st.sampled_from(["ours", "theirs"]))
def test_merging_drops_nothing(sides: tuple[CarePlan, CarePlan, CarePlan], choice: Choice) -> None:
    """What differs from a side is what the other changed, or decided work; records stay; both can be had again."""
    base, ours, theirs = sides
    plan, conflicts = merged(sides, choice)
    changes = {"ours": diff(base, ours), "theirs": diff(base, theirs)}
    decided = {each.place for revision in plan.history[-1:] for each in revision.work}
    for side, other in ((ours, "theirs"), (theirs, "ours")):
        for difference in diff(side, plan):
            is_decided = difference.path[0] == "history" or ".".join(difference.path[:2]) in decided
            assert is_decided or within(difference.path, list(changes[other]))
        assert places(side) <= places(plan)
        assert records(side) <= records(plan)
    for each in conflicts:
        assert within(each.path, list(changes["ours"])) or within(each.path, list(changes["theirs"]))
        assert each.ours != each.theirs
    if plan.history and plan.history[-1].merged is not None:
        assert plan.at_version(ours.version) == ours
        kept = diff(other_side(plan, version=plan.version), theirs)
        assert not [each for each in kept if each.kind != "reordered"]


@settings(max_examples=25)
@given(sides=forks())
def test_merging_with_oneself_changes_nothing(sides: tuple[CarePlan, CarePlan, CarePlan]) -> None:
    """Nor does merging with what one goes back to."""
    base, ours, _ = sides
    for one, other in ((ours, ours), (ours, base), (base, ours)):
        found = merge(base, one, other, by="lee", on=LATE)
        assert (found.plan, found.conflicts) == (ours, ())


@settings(max_examples=100, deadline=None)
@given(
    old=review_cycles(paused=True),
    new=review_cycles(paused=True),
    done=st.lists(st.integers(0, 900), max_size=3),
    after=st.integers(0, 1500),
)
def test_no_review_is_lost_by_a_change_of_cycle(
    old: ReviewCycle, new: ReviewCycle, done: list[int], after: int
) -> None:
    """One that is due stays asked for by the new cycle, or it is undecided and the change is refused."""
    on = old.anchor + timedelta(days=after)
    review = Review(id="r", cycle=old)
    for each in sorted(each for each in done if each <= after):
        review = review.record(on=old.anchor + timedelta(days=each))
    plan = CarePlan(id="p", person="a", created=old.anchor, status="active", reviews=[review])
    due = [each for each in agenda([plan], on=on) if each.state in ("due", "overdue")]
    change: Any = {"reviews": [attrs.evolve(review, cycle=new)]}
    touched = preview(plan, on=on, **change).open_work
    who: Any = {"by": "lee", "on": on, "reason": "another rhythm"}
    if touched:
        with pytest.raises(DataError, match=r"reviews\.r: it is"):
            plan.revise(**who, **change)
    after_it = plan.revise(**who, work=[each.keep() for each in touched], **change)
    if due:
        status = after_it.review("r").standing(on=on)
        assert status.state == "paused" or (status.due is not None and status.due <= first_open(new, on))
    dropped = plan.revise(**who, work=[each.cancel("nobody needs it") for each in touched], **change)
    assert [each.choice for each in dropped.history[-1].work] == ["cancel"] * len(touched)


@settings(max_examples=25)
@given(versions=plan_versions(most=2), data=st.data())
def test_what_is_corrected_stays(versions: tuple[CarePlan, ...], data: st.DataObject) -> None:
    """A part or record that is marked as entered in error is there as it was written, and so are earlier versions."""
    plan = versions[-1]
    held = [
        (f"{name}.{part.id}", part, record)
        for name in PARTS
        for part in getattr(plan, name)
        for record in getattr(part, "done", ())
        if record.outcome != "entered-in-error"
    ]
    if not held or plan.status in ("completed", "revoked", "entered-in-error"):
        return
    place, part, record = data.draw(st.sampled_from(held))
    corrected = correct_done(plan, place, record, by="lee", on=LATE, reason="another person's")
    assert corrected.at_version(plan.version) == plan
    assert records(plan) == records(corrected)
    name, _, id = place.partition(".")
    (now,) = [each for each in getattr(corrected, name) if each.id == id]
    assert Counter(now.done)[record] == Counter(part.done)[record] - 1
    if plan.needs and plan.needs[0].status != "entered-in-error":
        need = plan.needs[0]
        right = attrs.evolve(need, id=f"{need.id}-right", status="active")
        held_already = any(each.id == right.id for each in plan.needs)
        if not held_already:
            after = correct(plan, f"needs.{need.id}", by="lee", on=LATE, reason="mistyped", instead=right)
            assert after.need(need.id) == attrs.evolve(need, status="entered-in-error")
            assert not [goal for goal in after.goals if need.id in goal.needs]
            assert after.at_version(plan.version) == plan
