"""Which parts of one person's plans are still to be reckoned with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._activities import Activity
from carecoord.plans._assessments import PlanAssessment
from carecoord.plans._discrepancy import Place
from carecoord.plans._done import Done
from carecoord.plans._needs import Need
from carecoord.plans._plan import CarePlan

__all__ = ["OPEN", "InForce", "PlacedActivity", "PlacedNeed", "in_force"]

OPEN: Final = ("not-started", "scheduled", "in-progress", "on-hold", "unknown")
"""The statuses of an activity that may still be done."""

_AGREED: Final = ("plan", "order")
_OVER: Final = ("revoked", "completed", "entered-in-error")


@attrs.frozen
class PlacedNeed:
    """A need, and where it stands."""

    place: Place
    part: Need


@attrs.frozen
class PlacedActivity:
    """An activity, and where it stands."""

    place: Place
    part: Activity

    @property
    def is_open(self) -> bool:
        """Whether it may still be done."""
        return self.part.status in OPEN


@attrs.frozen
class InForce:
    """The plans of one person that are to be reckoned with, and what is in them; in order of their ids.

    Attributes:
        plans: the plans that are agreed and not over, without those that another one replaces.
        known: the ids of all plans that were given.
    """

    plans: tuple[CarePlan, ...]
    known: frozenset[str]

    def needs(self) -> Iterator[PlacedNeed]:
        """Give the needs that were not entered in error."""
        return (
            PlacedNeed(Place(plan.id, f"needs.{part.id}"), part)
            for plan in self.plans
            for part in plan.needs
            if part.status != "entered-in-error"
        )

    def activities(self) -> Iterator[PlacedActivity]:
        """Give the activities that were not entered in error."""
        return (
            PlacedActivity(Place(plan.id, f"activities.{part.id}"), part)
            for plan in self.plans
            for part in plan.activities
            if part.status != "entered-in-error"
        )

    def assessments(self) -> Iterator[PlacedActivity]:
        """Give what was or is to be found out as a test; an instrument counts as a code, as `instrument|phq-9`."""
        for plan in self.plans:
            for part in plan.assessments:
                if part.status in ("draft", "active"):
                    yield PlacedActivity(Place(plan.id, f"assessments.{part.id}"), _as_test(part))


def _as_test(part: PlanAssessment) -> Activity:
    return Activity(
        id=part.id,
        kind="test",
        title=part.title,
        codes=(*part.codes, *([f"instrument|{part.instrument}"] if part.instrument is not None else [])),
        status="scheduled" if part.on is None else "completed",
        due=part.due,
        done=() if part.on is None else (Done(on=part.on),),
    )


def in_force(plans: Iterable[CarePlan]) -> InForce:
    """Leave out what is not agreed, what is over and what is replaced; a plan given twice is one.

    Raises:
        DataError: the plans are of several people, or two versions of one plan are among them.
    """
    given = set(plans)
    by_id = {plan.id: plan for plan in given}
    faults: list[Fault] = []
    if len({plan.person for plan in given}) > 1:
        faults.append(Fault("$.person", "the plans are of several people: reconcile those of one at a time"))
    if len(by_id) < len(given):
        faults.append(Fault("$.id", "two versions of one plan are there: give the one that is in effect"))
    if faults:
        raise DataError("plans", faults)
    standing = [plan for plan in given if plan.intent in _AGREED and plan.status not in _OVER]
    replaced = set(chain.from_iterable(plan.replaces for plan in standing))
    kept = sorted((plan for plan in standing if plan.id not in replaced), key=lambda plan: plan.id)
    return InForce(tuple(kept), frozenset(by_id))
