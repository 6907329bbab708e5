"""What rules may ask about a plan and its parts: counts, whether something is there, words from a list, and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, partial
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from carecoord._values import FrozenMapping, add_months, name_of
from carecoord.plans._part import Part
from carecoord.plans._parts import KINDS, PARTS
from carecoord.plans._plan import CarePlan
from carecoord.plans._reckoned import counts, in_force
from carecoord.rules import Kind

__all__ = ["OF_DAY", "Fact", "facts_of_part", "facts_of_plan"]

_MANY: Final = Kind.number(0, 100_000, whole=True)
_DAYS: Final = Kind.number(-100_000, 100_000, whole=True)
_UNTOLD: Final = ("id", "labels", "history")
OF_DAY: Final = ("days_old", "days_unreviewed", "months_unreviewed", "reviews_overdue")
"""What depends on the day asked about."""

_SORTED_BY: Final = ("kind", "about", "domain")


@attrs.frozen
class Fact:
    """One thing that a rule may ask about, and how it is read.

    Attributes:
        kind: what it can be.
        read: gives it from the plan, the part (the plan itself where it is about that) and the day asked about, which
            may be unknown.
    """

    kind: Kind
    read: Callable[[CarePlan, Any, date | None], Any]


@cache
def facts_of_part(name: str) -> Mapping[str, Fact]:
    """Give what rules may ask about each part of one list, by name.

    A field that holds several things is their number; a word from a list, a day or a number is itself; of anything else
    it is asked whether it is there.
    """
    return FrozenMapping({**dict(_fields(KINDS[name])), **_OF_PARTS.get(name, {})})


@cache
def facts_of_plan() -> Mapping[str, Fact]:
    """Give what rules may ask about a plan, by name.

    Besides its fields these are, for each list of parts, how many there are (`goals`), how many of one sort
    (`activities.medication`), and how many have something (`goals.target`).
    """
    found = dict(_fields(CarePlan))
    for name in PARTS:
        found[name] = _number(name, lambda _part: True)
        for field in attrs.fields(attrs.resolve_types(KINDS[name])):
            if field.name not in _UNTOLD:
                found[f"{name}.{field.name}"] = _number(name, partial(_has, field.name))
            for word in get_args(_inner(field.type)) if field.name in _SORTED_BY else ():
                found[f"{name}.{name_of(word)}"] = _number(name, partial(_is, field.name, word))
    return FrozenMapping({**found, **_OF_PLANS})


def _fields(cls: type[Any]) -> Iterable[tuple[str, Fact]]:
    for field in attrs.fields(attrs.resolve_types(cls)):
        if field.name not in (*_UNTOLD, *(PARTS if cls is CarePlan else ())):
            yield field.name, _fact(field.name, _inner(field.type))


def _inner(kind: Any) -> Any:
    """Give what a field holds where it holds something."""
    if get_origin(kind) in (Union, UnionType):
        return next(each for each in get_args(kind) if each is not type(None))
    return kind


def _fact(name: str, kind: Any) -> Fact:
    def itself(_plan: CarePlan, part: Any, _on: date | None) -> Any:
        return getattr(part, name)

    if get_origin(kind) in (tuple, frozenset):
        return Fact(_MANY, lambda _plan, part, _on: len(getattr(part, name)))
    if get_origin(kind) is Literal and all(isinstance(word, str) for word in get_args(kind)):
        return Fact(Kind.choice(get_args(kind)), itself)
    if kind is date:
        return Fact(Kind.DATE, itself)
    if kind is bool:
        return Fact(Kind.YES_NO, itself)
    return Fact(Kind.YES_NO, lambda _plan, part, _on: _is_there(getattr(part, name)))


def _is_there(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value not in ((), frozenset())


def _has(field: str, part: Part) -> bool:
    return _is_there(getattr(part, field))


def _is(field: str, word: str, part: Part) -> bool:
    return bool(getattr(part, field) == word)


def _number(name: str, counts: Callable[[Part], bool]) -> Fact:
    return Fact(_MANY, lambda plan, _part, _on: sum(counts(part) for part in in_force(plan, name)))


# what no field says by itself


def _said_by_person(plan: CarePlan, goal: Any, _on: date | None) -> bool | None:
    return None if goal.expressed_by is None else goal.expressed_by == plan.person


def _person_agrees(plan: CarePlan, goal: Any, _on: date | None) -> bool | None:
    said = [stance.says for stance in goal.acceptance if stance.member == plan.person]
    return {"agrees": True, "disagrees": False}.get(said[-1]) if said else None


def _any_said_by_person(plan: CarePlan, _part: Any, on: date | None) -> bool | None:
    found = {_said_by_person(plan, goal, on) for goal in plan.goals if counts(goal)}
    return True if True in found else None if None in found else False


def _agreed(plan: CarePlan, _part: Any, _on: date | None) -> bool | None:
    standing = [each for each in plan.agreements if counts(each)]
    latest = max(standing, key=lambda each: (each.on, each.id), default=None)
    return None if latest is None else latest.is_full


def _last_looked(plan: CarePlan, on: date) -> date:
    """Give the day on which the plan was last reviewed, or was made where it never was."""
    return max([plan.created, *(done.on for review in plan.reviews for done in review.done if _took_place(done, on))])


def _took_place(done: Any, on: date) -> bool:
    return bool(done.outcome == "done" and done.on <= on)


def _days_unreviewed(plan: CarePlan, _part: Any, on: date | None) -> int | None:
    return None if on is None else (on - _last_looked(plan, on)).days


def _months_unreviewed(plan: CarePlan, _part: Any, on: date | None) -> int | None:
    """Give the months begun since: exactly six months after it is six, a day later seven."""
    if on is None:
        return None
    last = _last_looked(plan, on)
    months = max(0, (on.year - last.year) * 12 + on.month - last.month)
    return months if add_months(last, months) >= on else months + 1


def _overdue(plan: CarePlan, _part: Any, on: date | None) -> int | None:
    return None if on is None else sum(each.standing(on=on).state == "overdue" for each in plan.reviews)


def _serving(plan: CarePlan, name: str, field: str, part: Part) -> int:
    return sum(part.id in getattr(each, field) for each in in_force(plan, name))


def _step(step: str) -> Fact:
    return Fact(Kind.YES_NO, lambda _plan, decision, _on: step in decision.steps)


_OF_PARTS: Final[Mapping[str, Mapping[str, Fact]]] = {
    "needs": {"goals": Fact(_MANY, lambda plan, need, _on: _serving(plan, "goals", "needs", need))},
    "goals": {
        "activities": Fact(_MANY, lambda plan, goal, _on: _serving(plan, "activities", "goals", goal)),
        "in_own_words": Fact(Kind.YES_NO, _said_by_person),
        "person_agrees": Fact(Kind.YES_NO, _person_agrees),
    },
    "decisions": {step: _step(step) for step in ("seek", "help", "assess", "reach", "evaluate")},
    "safety_plans": {
        "unasked": Fact(_MANY, lambda _plan, safety, _on: len(safety.unasked)),
        "needs_another_look": Fact(Kind.YES_NO, lambda _plan, safety, _on: safety.needs_another_look),
    },
}

_OF_PLANS: Final[Mapping[str, Fact]] = {
    "agreed": Fact(Kind.YES_NO, _agreed),
    "any_goal_in_own_words": Fact(Kind.YES_NO, _any_said_by_person),
    "copies_for_person": Fact(
        _MANY, lambda plan, _part, _on: sum(counts(copy) and copy.member == plan.person for copy in plan.copies)
    ),
    "days_old": Fact(_DAYS, lambda plan, _part, on: None if on is None else (on - plan.created).days),
    "days_unreviewed": Fact(_DAYS, _days_unreviewed),
    "months_unreviewed": Fact(_MANY, _months_unreviewed),
    "reviews_overdue": Fact(_MANY, _overdue),
}
