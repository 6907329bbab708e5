"""What one reader may see of a plan: computed from what is left when everything else is gone."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Any, Final

import attrs

from carecoord.errors import UnknownIdError
from carecoord.plans._agenda import AgendaItem, agenda
from carecoord.plans._part import Owner
from carecoord.plans._parts import PARTS, Parts, own_first
from carecoord.plans._plan import CarePlan
from carecoord.plans._projection import PlanPass, not_shown
from carecoord.plans._statuses import Intent, PlanStatus
from carecoord.roles import Reader, disclose
from carecoord.roles._disclosure import Shape, check_people, shape
from carecoord.roles._projection import Projection

__all__ = ["PlanView", "ViewChanges", "plan_history", "view"]


@attrs.frozen(kw_only=True)
class ViewChanges:
    """What is different between two views of a plan.

    Attributes:
        added: the parts that are new, as `goals.goal-0002`.
        changed: the parts and fields that are not what they were.
        gone: the parts that are no longer in the view, whatever the cause.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, field_transformer=own_first)
class PlanView(Parts):
    """What one reader sees of a plan.

    It is no plan: storing it would lose what it does not show. What a reader changes goes back through `write_back`.
    Nothing in it tells that, or how much, they do not see.

    Attributes:
        id: the plan's id in views.
        person: the id of the person it is for.
        revised: the day from which it stands like this.
        intent: how binding the plan is.
        status: how it stands.
        since: the first day it covers.
        until: the day after the last one it covers.
        title: what it is called; empty in every view of a plan that nobody labelled.
        strengths: what the person can build on; as the title.
        matters: what matters to the person; as the title.
        planner: who keeps the plan.
        monitor: who watches whether it is carried out.
        needs: what it is to help with.
        statements: what was said about the person and by them.
        levels: the levels of care the person was and is at.
        resources: what the community offers that the plan counts on.
        goals: what the person wants to reach.
        activities: what is done for that.
        reviews: when it is looked at again.
        assessments: what was, or is to be, found out.
        decisions: what was decided together.
        family: who close to the person takes part, and within which limits.
        crisis_plans: what is to happen in a crisis.
        safety_plans: what the person does when thoughts of suicide come.
        relapse_plans: how the person stays well.
        education: what the person is to understand, and does.
        agreements: who agreed to the plan and who did not.
        copies: who got a copy of it.
    """

    id: str
    person: str
    revised: date
    intent: Intent = "plan"
    status: PlanStatus = "draft"
    since: date | None = None
    until: date | None = None
    title: str = ""
    strengths: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    planner: Owner | None = None
    monitor: Owner | None = None

    @cached_property
    def version(self) -> str:
        """The SHA-256 of what it says, in hexadecimal: it changes when something in the view does, and only then."""
        from carecoord._definitions import unstructure  # noqa: PLC0415 - cattrs is loaded when it is asked for

        return hashlib.sha256(json.dumps(unstructure(self), sort_keys=True).encode()).hexdigest()

    def agenda(self, *, on: date, through: date | None = None) -> tuple[AgendaItem, ...]:
        """List what is due of what is in the view, as `agenda` does of plans.

        Raises:
            DataError: `through` is before `on`.
        """
        fields = {name: getattr(self, name) for name in _FIELDS}
        return agenda([CarePlan(created=self.revised, **fields)], on=on, through=through)

    def compared(self, earlier: PlanView) -> ViewChanges:
        """Say what is different from an earlier view of the same plan for the same reader."""
        added: list[str] = []
        plain = [name for name in _FIELDS if name not in {*PARTS, "id"}]
        changed = [name for name in plain if getattr(self, name) != getattr(earlier, name)]
        gone: list[str] = []
        for name in PARTS:
            before = {part.id: part for part in getattr(earlier, name)}
            now = {part.id: part for part in getattr(self, name)}
            added += [f"{name}.{each}" for each in now if each not in before]
            changed += [f"{name}.{each}" for each, part in now.items() if each in before and before[each] != part]
            gone += [f"{name}.{each}" for each in before if each not in now]
        return ViewChanges(added=tuple(added), changed=tuple(changed), gone=tuple(gone))


def view(plan: CarePlan, reader: Reader) -> PlanView:
    """Give what a reader sees of a plan; `disclose` gives it with everything that whoever discloses has to keep.

    Args:
        plan: the plan, as it is.
        reader: who sees it.

    Raises:
        UnknownIdError: they may see nothing of it. The error is the one for a plan that nobody knows of.
        DataError: a consent is about somebody else.
    """
    found: PlanView | None = disclose(plan, reader).view
    if found is None:
        del plan, reader
        raise UnknownIdError("plan", "asked for")
    return found


def plan_history(plan: CarePlan, reader: Reader) -> tuple[PlanView, ...]:
    """Give what a reader may see of each version of a plan, oldest first, as they may see it now.

    Versions that look the same to them are one. A version in which they may see nothing is not there.
    What was labelled later counts for earlier versions, too: nobody finds in the history what is now kept from them.

    Args:
        plan: the plan, as it is.
        reader: who sees it.

    Raises:
        DataError: a consent is about somebody else.
    """
    projection = Projection(reader)
    check_people({plan.person}, reader)
    views: list[PlanView] = []
    for left in PlanPass(plan, projection).versions():
        if left is not None and (not views or _content(left) != _content(views[-1])):
            views.append(view_of(left))
    return tuple(views)


def _content(plan: CarePlan | PlanView) -> tuple[Any, ...]:
    """Give what a view shows, but for the day from which it stands."""
    return tuple(getattr(plan, name) for name in _FIELDS)


def view_of(left: CarePlan) -> PlanView:
    """Make the view of what is left of a plan."""
    return PlanView(revised=left.created, **{name: getattr(left, name) for name in _FIELDS})


_FIELDS: Final = tuple(field.name for field in attrs.fields(PlanView) if field.name != "revised")


def _shape(plan: CarePlan) -> Shape:  # noqa: ARG001 - what is registered is called with the value
    return Shape(
        project=lambda plan, projection: PlanPass(plan, projection).latest(),
        view=view_of,
        people=lambda plan: {plan.person},
        attention=not_shown,
    )


shape.register(CarePlan, _shape)
