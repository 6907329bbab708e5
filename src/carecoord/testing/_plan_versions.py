"""Hypothesis strategies for whole plans, and for what lawful revisions make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar, get_args

import attrs
from hypothesis import strategies as st

from carecoord.plans import (
    Activity,
    CarePlan,
    Intent,
    Part,
    PlanStatus,
    WorkDecision,
    legal_moves,
    preview,
)
from carecoord.plans._parts import KINDS
from carecoord.testing._plan_parts import changed_part, plan_parts
from carecoord.testing._plans import activities, days, ids, labels, owners, reviews, words

__all__ = ["care_plans", "plan_versions"]

T = TypeVar("T")

_OVER: Final = ("completed", "revoked", "entered-in-error")


@st.composite
def care_plans(draw: st.DrawFn, *, status: st.SearchStrategy[PlanStatus] | None = None) -> CarePlan:
    """First versions of plans, whose parts fit together."""
    return CarePlan(
        id=draw(ids()),
        person=draw(ids()),
        created=draw(days(last=date(2024, 12, 31))),
        author=draw(st.none() | ids()),
        title=draw(st.just("") | words()),
        intent=draw(st.sampled_from(get_args(Intent))),
        status=draw(st.sampled_from(get_args(PlanStatus)) if status is None else status),
        since=draw(st.none() | days(last=date(2026, 1, 1))),
        until=draw(st.none() | days(first=date(2026, 1, 2))),
        replaces=draw(st.lists(ids(), max_size=2)),
        part_of=draw(st.none() | ids()),
        strengths=draw(st.lists(words(), max_size=2)),
        matters=draw(st.lists(words(), max_size=2)),
        planner=draw(st.none() | owners()),
        monitor=draw(st.none() | owners()),
        labels=draw(labels()),
        **draw(_part_lists()),
    )


@st.composite
def _part_lists(draw: st.DrawFn) -> dict[str, Any]:
    """Lists of parts that speak of each other; most plans have no more than a few kinds of them."""
    known: dict[str, Sequence[str]] = {}
    found: dict[str, Any] = {}
    usual = ("needs", "goals", "activities", "reviews")
    rare = draw(st.frozensets(st.sampled_from([name for name in KINDS if name not in usual]), max_size=2))
    for name, kind in KINDS.items():
        if name in usual or name in rare:
            by_hand = {"activities": activities(for_goals=known.get("goals", ())), "reviews": reviews()}
            parts = plan_parts(kind, known=known) | by_hand.get(name, st.nothing())
            found[name] = draw(st.lists(parts, min_size=name in rare, max_size=2, unique_by=lambda part: part.id))
            known[name] = [part.id for part in found[name]]
    return found


@st.composite
def plan_versions(draw: st.DrawFn, *, most: int = 5, of: CarePlan | None = None) -> tuple[CarePlan, ...]:
    """A plan and the versions that lawful revisions made of it, the first one first; the plan is `of` where given."""
    plan = draw(care_plans(status=st.sampled_from(["draft", "active", "on-hold", "unknown"]))) if of is None else of
    versions = [plan]
    for _ in range(draw(st.integers(0, most))):
        if plan.status in _OVER:
            break
        changes = draw(_changes(plan))
        on = (plan.history[-1].on if plan.history else plan.created) + timedelta(days=draw(st.integers(0, 90)))
        work = draw(_decisions(plan, on, changes))
        plan = plan.revise(by=draw(ids()), on=on, reason=draw(words()), work=work, **changes)
        versions.append(plan)
    return tuple(versions)


@st.composite
def _decisions(draw: st.DrawFn, plan: CarePlan, on: date, changes: Any) -> list[WorkDecision]:
    """What becomes of the open work that changes touch."""
    is_over = changes.get("status") in _OVER
    return [
        work.cancel(draw(words()))
        if is_over or draw(st.booleans())
        else draw(st.sampled_from([work.keep(), work.replace("plan-2/activities.a")]))
        for work in preview(plan, on=on, **changes).open_work
    ]


@st.composite
def _changes(draw: st.DrawFn, plan: CarePlan) -> dict[str, Any]:
    """Some changes that a plan allows: every status moves lawfully, and what was done stays."""
    fields: Mapping[str, st.SearchStrategy[Any]] = {
        "title": words(),
        "strengths": st.lists(words(), max_size=3),
        "labels": labels(),
        "planner": st.none() | owners(),
        "since": st.none() | days(last=date(2026, 1, 1)),
        "status": st.sampled_from((plan.status, *legal_moves("plan", plan.status))),
    }
    changes: dict[str, Any] = {name: draw(fields[name]) for name in draw(_some(tuple(fields)))}
    is_draft = changes.get("status", plan.status) == "draft"
    known = {name: [part.id for part in getattr(plan, name)] for name in KINDS}
    held = [(name, part) for name in KINDS for part in getattr(plan, name)]
    for name, part in draw(_some(held, most=4)):
        changes.setdefault(name, []).append(draw(_changed(part, known, is_draft=is_draft)))
    name, kind = draw(st.sampled_from(list(KINDS.items())))
    fresh = draw(plan_parts(kind, known=known))
    if fresh.id not in known[name]:
        changes.setdefault(name, []).append(fresh)
    return changes


@st.composite
def _changed(draw: st.DrawFn, part: Part, known: Mapping[str, Sequence[str]], *, is_draft: bool) -> Part:
    after = draw(changed_part(part, known=known))
    if is_draft and isinstance(after, Activity) and isinstance(part, Activity):
        return attrs.evolve(after, status=part.status)
    return after


def _some(parts: Sequence[T], *, most: int | None = None) -> st.SearchStrategy[list[T]]:
    """Some of these, in any order."""
    return st.lists(st.sampled_from(parts), unique_by=id, max_size=most) if parts else st.just([])
