"""What is left of a plan for one reader, version by version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar

import attrs

from carecoord.errors import DataError
from carecoord.plans._agenda import agenda
from carecoord.plans._merge import other_side
from carecoord.plans._part import Owner, Part, marked, referred
from carecoord.plans._parts import KINDS, PARTS
from carecoord.plans._plan import CarePlan
from carecoord.roles import Label
from carecoord.roles._projection import Element, Projection

__all__ = ["PlanPass", "fields_holding", "not_shown"]

P = TypeVar("P", bound=Part)
Labels = dict[str, frozenset[Label]]

_WORDS: Final = ("title", "strengths", "matters")


class PlanPass:
    """A pass over a plan and its versions.

    What a part discloses in one version is what it does in that one and in every later one: labels count for what was
    there before, and taking one away does not.
    """

    def __init__(self, plan: CarePlan, projection: Projection) -> None:
        self.plan, self.projection = plan, projection
        self.plans = [plan]
        while self.plans[-1].version > 1:
            self.plans.append(self.plans[-1].at_version(self.plans[-1].version - 1))
        self.dates = [*(revision.on for revision in reversed(plan.history)), plan.created]
        self.labels: list[Labels] = []
        self.whole: list[frozenset[str] | None] = []
        self.later: tuple[Labels, frozenset[str] | None] = ({}, None)
        for version in self.plans:
            self._read(version)
            self.labels.append(self.later[0])
            self.whole.append(self.later[1])
            self._read_other_side(version)

    def latest(self) -> CarePlan | None:
        """Give what is left of the latest version, as it stands since the day it last changed for the reader."""
        left = self._left(0, self.projection)
        if left is None:
            return None
        quiet, since = self.projection.quiet(), self.dates[0]
        for place in range(1, len(self.plans)):
            if self._left(place, quiet) != left:
                break
            since = self.dates[place]
        return attrs.evolve(left, created=since)

    def versions(self) -> Iterator[CarePlan | None]:
        """Give what is left of each version, oldest first, as it stands since the day it took effect."""
        for place in reversed(range(len(self.plans))):
            left = self._left(place, self.projection)
            yield None if left is None else attrs.evolve(left, created=self.dates[place])

    # labels

    def _read(self, plan: CarePlan) -> None:
        """Work out what each part of a version discloses; later versions are read already."""
        later, later_whole = self.later
        found: Labels = {}
        for name in PARTS:
            for part in getattr(plan, name):
                element = self._element(name, part, found)
                found[element.name] = self.projection.labels(element) | later.get(element.name, frozenset())
        stated = [codes for codes in (plan.labels, later_whole) if codes is not None]
        self.later = found, frozenset[str]().union(*stated) if stated else None

    def _read_other_side(self, plan: CarePlan) -> None:
        """Have what was disclosed on the other side of a merge count for what was there before both."""
        merged = plan.history[-1].merged if plan.history else None
        if merged is None:
            return
        side = other_side(plan, version=plan.version)
        while side.version > merged.since:
            known, _ = self.later
            self._read(side)
            self.later = ({**known, **self.later[0]}, self.later[1])
            self._read_other_side(side)
            side = side.at_version(side.version - 1)

    def _element(self, name: str, part: Part, labels: Labels) -> Element:
        cls = type(part)
        refers = [
            f"{named}.{each}" for field, named in marked(cls, "refers") for each in referred(getattr(part, field))
        ]
        definitions = [("part", cls.KIND), *((kind, getattr(part, field)) for field, kind in marked(cls, "definition"))]
        return Element(
            patient=self.plan.person,
            name=f"{name}.{part.id}",
            own=part.labels,
            definitions=tuple(each for each in definitions if each[1] is not None),
            refers=frozenset[Label]().union(*(labels[each] for each in refers)),
            words=(getattr(part, cls.TITLE), *(code.rpartition("|")[2] for code in getattr(part, "codes", ()))),
        )

    # what is left

    def _left(self, place: int, projection: Projection) -> CarePlan | None:
        plan, labels, person = self.plans[place], self.labels[place], self.plan.person
        whole = Element(patient=person, name=f"plan.{plan.id}", own=self.whole[place], words=(plan.title,))
        if whole.own is not None and not projection.shows(whole):
            return None
        known = _Known(person, projection)
        shown: dict[str, list[Any]] = {name: [] for name in PARTS}
        for name in PARTS:
            for part in getattr(plan, name):
                if projection.shows(self._element(name, part, labels), labels[f"{name}.{part.id}"]):
                    left = known.seen(part, f"{name}.{part.id}")
                    shown[name] += [left] if left is not None else []
        if whole.own is None and not any(shown.values()) and not projection.is_cleared_for_all(person):
            return None
        return self._built(plan, shown, projection)

    def _built(self, plan: CarePlan, shown: dict[str, list[Any]], projection: Projection) -> CarePlan:
        ids = {
            name: {part.id: projection.view_id(KINDS[name].KIND, plan.id, part.id) for part in parts}
            for name, parts in shown.items()
        }
        known = _Known(plan.person, projection)
        words: dict[str, Any] = {name: getattr(plan, name) for name in _WORDS} if plan.labels is not None else {}
        parts: dict[str, Any] = {
            name: [_in_view(name, part, ids, projection) for part in kept] for name, kept in shown.items()
        }
        left = CarePlan(
            id=projection.view_id("plan", plan.id),
            person=plan.person,
            created=plan.created,
            intent=plan.intent,
            status=plan.status,
            since=plan.since,
            until=plan.until,
            planner=known.seen(plan.planner, "plan"),
            monitor=known.seen(plan.monitor, "plan"),
            labels=plan.labels,
            **words,
            **parts,
        )
        projection.text("plan", left.title, *left.strengths, *left.matters)
        return left


def _in_view(name: str, part: P, ids: dict[str, dict[str, str]], projection: Projection) -> P:
    """Give a part with its id in views, and without what leads to anything that is not there."""
    made = ids[name][part.id]
    changed: dict[str, Any] = {"id": made}
    for field, named in marked(type(part), "refers"):
        value = getattr(part, field)
        kept = tuple(ids[named][each] for each in referred(value) if each in ids[named])
        changed[field] = kept if isinstance(value, tuple) else next(iter(kept), None)
    for field, _ in marked(type(part), "host"):
        changed[field] = () if isinstance(getattr(part, field), tuple) else None
    left = attrs.evolve(part, **changed)
    projection.text(f"{name}.{made}", *texts_in(left))
    return left


@attrs.frozen
class _Known:
    """Leaves out of values those whom the reader may not know of."""

    person: str
    projection: Projection

    def seen(self, value: Any, of: str) -> Any:
        """Give a value, or each of several; `None` where nothing is left that can stand without them."""
        if isinstance(value, tuple):
            found = [self.seen(each, of) for each in value]
            return tuple(each for each in found if each is not None)
        cls: Any = type(value)
        if not attrs.has(cls) or not _names_somebody(cls):
            return value
        if isinstance(value, Owner) and value.duty is not None:
            return value if self.projection.shows_definition(self.person, "duty", value.duty, of) else None
        changed: dict[str, Any] = {}
        for field, how in marked(cls, "member"):
            member = getattr(value, field)
            if member is not None and not self.projection.shows_member(self.person, member, of):
                if how == "whole":
                    return None
                changed[field] = None
        for field in fields_holding(cls):
            changed[field] = self.seen(getattr(value, field), of)
        try:
            return attrs.evolve(value, **changed)
        except DataError:  # it says nothing without them, as a safety plan that leads to nobody
            return None


@cache
def _kinds_in(cls: Any) -> dict[str, tuple[Any, ...]]:
    """Give the fields of a class that hold values of other classes, and of which."""
    found: dict[str, tuple[Any, ...]] = {}
    for field in attrs.fields(attrs.resolve_types(cls)):
        inner = tuple(each for each in _leaves(field.type) if isinstance(each, type) and attrs.has(each))
        if inner:
            found[field.name] = inner
    return found


def _leaves(wanted: Any) -> Iterator[Any]:
    inner = getattr(wanted, "__args__", ())
    if not inner:
        yield wanted
    for each in inner:
        yield from _leaves(each)


@cache
def _names_somebody(cls: Any) -> bool:
    """Say whether a value of a class may name a member, itself or in what it holds."""
    return bool(marked(cls, "member")) or bool(fields_holding(cls))


@cache
def fields_holding(cls: Any) -> tuple[str, ...]:
    """Give the fields of a class whose values may name members."""
    return tuple(name for name, kinds in _kinds_in(cls).items() if any(map(_names_somebody, kinds)))


@cache
def _free(cls: Any) -> tuple[str, ...]:
    """Give the fields of a class that hold words somebody wrote, and not ids, codes or the names of definitions."""
    fixed = {
        name for mark in ("refers", "axis", "definition", "member", "duty", "host") for name, _ in marked(cls, mark)
    }
    return tuple(
        field.name
        for field in attrs.fields(attrs.resolve_types(cls))
        if field.name not in fixed | {"id", "labels", "codes"} and str in set(_leaves(field.type))
    )


def texts_in(value: Any) -> Iterator[str]:
    """Give the words that somebody wrote, in a value and in what it holds."""
    if isinstance(value, tuple | frozenset):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value
    elif attrs.has(cls := type(value)):
        for name in (*_free(cls), *_kinds_in(cls)):
            yield from texts_in(getattr(value, name))


def not_shown(plan: CarePlan, projection: Projection) -> tuple[str, ...]:
    """Name what is due or overdue in a plan and was not shown."""
    withheld = {each.element for each in projection.withheld}
    is_whole = f"plan.{plan.id}" in withheld
    day: date = projection.reader.day
    lists = {kind.KIND: name for name, kind in KINDS.items()}
    items = ((f"{lists[item.kind]}.{item.id}", item) for item in agenda([plan], on=day))
    return tuple(f"{name} is {item.state} and not shown" for name, item in items if is_whole or name in withheld)
