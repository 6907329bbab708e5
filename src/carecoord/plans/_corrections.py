"""Correct what was wrong from the start: it stays, marked as entered in error, and what is right stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs

from carecoord.errors import DataError, Fault, UnknownIdError, did_you_mean
from carecoord.plans._done import Done
from carecoord.plans._history import Correction
from carecoord.plans._open_work import WorkDecision
from carecoord.plans._part import Part, marked
from carecoord.plans._parts import KINDS, PARTS
from carecoord.plans._plan import CarePlan
from carecoord.plans._preview import preview

__all__ = ["correct", "correct_done"]


def correct(
    plan: CarePlan,
    place: str,
    *,
    by: str,
    on: date,
    reason: str,
    recorded: date | None = None,
    instead: Part | None = None,
    work: Iterable[WorkDecision] = (),
) -> CarePlan:
    """Give the next version of a plan, in which a part is marked as entered in error.

    The part stays as it was written, so that whoever acted on it can see why.
    What stands in its place is a part of its own, with an id of its own; whatever spoke of the one in error speaks of
    that then, and goes on as it did.
    A correction says that something was never so; what is so no longer is a revision.

    Args:
        plan: the plan.
        place: the part, as `goals.mood`.
        by: who corrects it.
        on: the day from which the next version holds.
        reason: what was wrong.
        recorded: the day it is written down, where that is another one.
        instead: what is right; `None` where nothing stands in its place.
        work: what becomes of open work that this touches, as `CarePlan.revise` takes it.

    Raises:
        UnknownIdError: the plan has no such part.
        DataError: the part has no status that could say so, or says so already; what stands in its place does not fit;
            or open work is undecided.

    Example:
        >>> from carecoord.plans import Activity, Goal
        >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5),
        ...                 goals=[Goal(id="mood", statement="Sleep through")],
        ...                 activities=[Activity(id="talk", kind="treatment", title="Talks", goals=["mood"])])
        >>> right = Goal(id="garden", statement="Enjoy my garden again")
        >>> plan = correct(plan, "goals.mood", by="lee", on=date(2026, 1, 6), reason="another person's", instead=right)
        >>> [(goal.id, goal.lifecycle) for goal in plan.goals], plan.activity("talk").goals
        ([('mood', 'entered-in-error'), ('garden', 'proposed')], ('garden',))
        >>> plan.history[-1].corrected
        (Correction(place='goals.mood', instead='goals.garden'),)
    """
    name, part = _part(plan, place)
    changes: dict[str, Any] = {name: [_in_error(plan, name, part, instead)]}
    followed: set[str] = set()
    if instead is not None:
        changes[name].append(instead)
        for other in PARTS:
            parts = [each for each in getattr(plan, other) if each is not part]
            changed = [now for each in parts if (now := _follows(each, name, part.id, instead.id)) != each]
            followed |= {f"{other}.{each.id}" for each in changed}
            changes[other] = [*changes.get(other, ()), *changed]
    decided = list(work)
    open_work = preview(plan, on=on, work=decided, **changes).open_work
    decided += [each.keep("what it is for was corrected") for each in open_work if each.place in followed]
    revised = plan.revise(by=by, on=on, reason=reason, recorded=recorded, work=decided, **changes)
    return _noted(revised, Correction(place, None if instead is None else f"{name}.{instead.id}"))


def _in_error(plan: CarePlan, name: str, part: Part, instead: Part | None) -> Part:
    """Mark a part as entered in error, where that and what is to stand in its place is possible."""
    status = next((field for field, axis in marked(type(part), "axis") if axis != "goal achievement"), "")
    faults: list[Fault] = []
    if not status:
        faults.append(Fault(f"$.{name}.{part.id}", "it has no status: end its cycle, or revise what it says"))
    elif getattr(part, status) == "entered-in-error":
        faults.append(Fault(f"$.{name}.{part.id}", "it is marked as entered in error already"))
    if instead is not None and type(instead) is not type(part):
        faults.append(Fault("$.instead", f"a {part.KIND} is wanted, found a {instead.KIND}"))
    elif instead is not None and any(instead.id == each.id for each in getattr(plan, name)):
        faults.append(Fault("$.instead.id", f"the plan holds {instead.id[:60]} already: give it an id of its own"))
    if faults:
        raise DataError("correction", faults)
    in_error: dict[str, Any] = {status: "entered-in-error"}
    return attrs.evolve(part, **in_error)


def correct_done(
    plan: CarePlan,
    place: str,
    done: Done,
    *,
    by: str,
    on: date,
    reason: str,
    recorded: date | None = None,
    instead: Done | None = None,
) -> CarePlan:
    """Give the next version of a plan, in which one record of something done is marked as entered in error.

    It counts for nothing then: a review that was not done after all is due again.

    Args:
        plan: the plan.
        place: the part whose record it is, as `reviews.monthly`.
        done: the record.
        by: who corrects it.
        on: the day from which the next version holds.
        reason: what was wrong.
        recorded: the day it is written down, where that is another one.
        instead: the record that is right; `None` where nothing stands in its place.

    Raises:
        UnknownIdError: the plan has no such part.
        DataError: the part has no such record, or it is marked as entered in error already.

    Example:
        >>> from carecoord.plans import Review, ReviewCycle
        >>> review = Review(id="monthly", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D"))
        >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5), status="active",
        ...                 reviews=[review.record(on=date(2026, 1, 30), by="lee")])
        >>> (wrong,) = plan.review("monthly").done
        >>> plan = correct_done(plan, "reviews.monthly", wrong, by="lee", on=date(2026, 2, 2), reason="nobody came")
        >>> plan.review("monthly").done[0].outcome, plan.review("monthly").standing(on=date(2026, 2, 2)).state
        ('entered-in-error', 'due')
    """
    name, part = _part(plan, place)
    fields = [field for field, _ in marked(type(part), "appended") if done in getattr(part, field)]
    if not fields or done.outcome == "entered-in-error":
        raise DataError("correction", [Fault(f"$.{place}", f"it has no record like this of {done.on} to correct")])
    records = list(getattr(part, fields[0]))
    records[records.index(done)] = done.in_error
    records += [] if instead is None else [instead]
    corrected: dict[str, Any] = {fields[0]: tuple(records)}
    changes: dict[str, Any] = {name: [attrs.evolve(part, **corrected)]}
    revised = plan.revise(by=by, on=on, reason=reason, recorded=recorded, **changes)
    where = f"{place}.{fields[0]}"
    return _noted(revised, Correction(where, None if instead is None else where))


def _part(plan: CarePlan, place: str) -> tuple[str, Part]:
    """Find a part by its place."""
    name, _, id = place.partition(".")
    if name not in KINDS:
        raise DataError(
            "correction", [Fault(f"$.{place[:60]}", f"a part is wanted, as goals.mood{did_you_mean(name, PARTS)}")]
        )
    parts: tuple[Part, ...] = getattr(plan, name)
    for part in parts:
        if part.id == id:
            return name, part
    raise UnknownIdError(KINDS[name].KIND, id, [part.id for part in parts])


def _follows(part: Part, name: str, wrong: str, right: str) -> Part:
    """Have a part speak of what is right where it spoke of what was wrong."""
    changed: dict[str, Any] = {}
    for field, named in marked(type(part), "refers"):
        said = getattr(part, field)
        if named == name and said == wrong:
            changed[field] = right
        elif named == name and isinstance(said, tuple) and wrong in said:
            changed[field] = tuple(right if each == wrong else each for each in said)
    return attrs.evolve(part, **changed) if changed else part


def _noted(plan: CarePlan, correction: Correction) -> CarePlan:
    *earlier, last = plan.history
    return attrs.evolve(plan, history=(*earlier, attrs.evolve(last, corrected=(correction,))))
