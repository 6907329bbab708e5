"""What is left of a plan for one reader, version by version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import attrs

from carecoord.plans._agenda import agenda
from carecoord.plans._history import PARTS
from carecoord.plans._parts import Activity, Done, Goal, Need, Owner, Review
from carecoord.plans._plan import CarePlan
from carecoord.roles import Label
from carecoord.roles._projection import Element, Projection

__all__ = ["KINDS", "PlanPass", "not_shown"]

AnyPart = Need | Goal | Activity | Review
Labels = dict[str, frozenset[Label]]

KINDS: Final = {"needs": "need", "goals": "goal", "activities": "activity", "reviews": "review"}
"""What one part of each list is called in the ids of views."""


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
        for version in self.plans:
            self._read(version)

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
        found: Labels = {}
        for name in PARTS:
            for part in getattr(plan, name):
                element = self._element(name, part, found)
                later = self.labels[-1].get(element.name, frozenset()) if self.labels else frozenset()
                found[element.name] = self.projection.labels(element) | later
        self.labels.append(found)
        later_whole = self.whole[-1] if self.whole else None
        stated = [codes for codes in (plan.labels, later_whole) if codes is not None]
        self.whole.append(frozenset[str]().union(*stated) if stated else None)

    def _element(self, name: str, part: AnyPart, labels: Labels) -> Element:
        refers = [f"needs.{each}" for each in part.needs] if isinstance(part, Goal) else []
        refers += [f"goals.{each}" for each in part.goals] if isinstance(part, Activity | Review) else []
        domain = part.domain if isinstance(part, Need | Review) else None
        return Element(
            patient=self.plan.person,
            name=f"{name}.{part.id}",
            own=part.labels,
            definitions=(("domain", domain),) if domain is not None else (),
            refers=frozenset[Label]().union(*(labels[each] for each in refers)),
            words=_words(part),
        )

    # what is left

    def _left(self, place: int, projection: Projection) -> CarePlan | None:
        plan, labels, person = self.plans[place], self.labels[place], self.plan.person
        whole = Element(patient=person, name=f"plan.{plan.id}", own=self.whole[place], words=(plan.title,))
        if whole.own is not None and not projection.shows(whole):
            return None
        shown = {
            name: [
                part
                for part in getattr(plan, name)
                if projection.shows(self._element(name, part, labels), labels[f"{name}.{part.id}"])
            ]
            for name in PARTS
        }
        if whole.own is None and not any(shown.values()) and not projection.is_cleared_for_all(person):
            return None
        return self._built(plan, shown, projection)

    def _built(self, plan: CarePlan, shown: dict[str, list[Any]], projection: Projection) -> CarePlan:
        ids = {
            name: {part.id: projection.view_id(KINDS[name], plan.id, part.id) for part in parts}
            for name, parts in shown.items()
        }
        builder = _Builder(plan.person, ids, projection)
        is_labelled = plan.labels is not None
        parts: dict[str, Any] = {name: [builder.part(name, part) for part in kept] for name, kept in shown.items()}
        left = CarePlan(
            id=projection.view_id("plan", plan.id),
            person=plan.person,
            created=plan.created,
            intent=plan.intent,
            status=plan.status,
            since=plan.since,
            until=plan.until,
            title=plan.title if is_labelled else "",
            strengths=plan.strengths if is_labelled else (),
            matters=plan.matters if is_labelled else (),
            labels=plan.labels,
            **parts,
        )
        projection.text("plan", left.title, *left.strengths, *left.matters)
        return left


@attrs.frozen
class _Builder:
    """Makes parts anew, with the ids of views and without what leads to anything that is not there."""

    person: str
    ids: dict[str, dict[str, str]]
    projection: Projection

    def part(self, name: str, part: AnyPart) -> AnyPart:
        """Give a part as the reader sees it."""
        of, made = f"{name}.{part.id}", self.ids[name][part.id]
        self.projection.text(f"{name}.{made}", *_texts(part))
        match part:
            case Need():
                return attrs.evolve(part, id=made)
            case Goal():
                return attrs.evolve(
                    part, id=made, needs=self._left("needs", part.needs), owner=self._owner(part.owner, of)
                )
            case Activity():
                goals, owner, done = (
                    self._left("goals", part.goals),
                    self._owner(part.owner, of),
                    self._done(part.done, of),
                )
                return attrs.evolve(part, id=made, goals=goals, owner=owner, done=done)
            case _:
                goals, owner, done = (
                    self._left("goals", part.goals),
                    self._owner(part.owner, of),
                    self._done(part.done, of),
                )
                return attrs.evolve(part, id=made, goals=goals, owner=owner, done=done)

    def _left(self, name: str, named: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.ids[name][each] for each in named if each in self.ids[name])

    def _owner(self, owner: Owner | None, of: str) -> Owner | None:
        if owner is None:
            return None
        if owner.duty is not None:
            return owner if self.projection.shows_definition(self.person, "duty", owner.duty, of) else None
        return owner if self._may_name(owner.member, of) else None

    def _done(self, done: tuple[Done, ...], of: str) -> tuple[Done, ...]:
        return tuple(each if self._may_name(each.by, of) else attrs.evolve(each, by=None) for each in done)

    def _may_name(self, member: str | None, of: str) -> bool:
        return member is None or self.projection.shows_member(self.person, member, of)


def _words(part: AnyPart) -> tuple[str, ...]:
    """Give the words by which something that is withheld could be recognised."""
    match part:
        case Need() | Activity():
            return (part.title, *(code.rpartition("|")[2] for code in part.codes))
        case Goal():
            return (part.statement,)
        case _:
            return (part.title,)


def _texts(part: AnyPart) -> tuple[str, ...]:
    """Give the free text of something that is shown."""
    match part:
        case Need():
            return (part.title,)
        case Goal():
            return (part.statement, part.category or "", part.target or "")
        case Activity():
            cycle = () if part.schedule is None else part.schedule.texts
            return (part.title, part.modality or "", part.setting or "", *(done.note for done in part.done), *cycle)
        case _:
            triggers = (text for each in part.triggers for text in (each.id, each.when, each.because))
            return (part.title, *(done.note for done in part.done), *part.cycle.texts, *triggers)


_LISTS: Final = {"review": "reviews", "goal": "goals", "activity": "activities"}


def not_shown(plan: CarePlan, projection: Projection) -> tuple[str, ...]:
    """Name what is due or overdue in a plan and was not shown."""
    withheld = {each.element for each in projection.withheld}
    is_whole = f"plan.{plan.id}" in withheld
    day: date = projection.reader.day
    items = ((f"{_LISTS[item.kind]}.{item.id}", item) for item in agenda([plan], on=day))
    return tuple(f"{name} is {item.state} and not shown" for name, item in items if is_whole or name in withheld)
