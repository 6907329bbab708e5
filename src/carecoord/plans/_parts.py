"""All the lists of parts that a plan has: what is said of a list here is so wherever plans are kept, shown or read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar, get_args

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import UnknownIdError
from carecoord.plans._activities import Activity
from carecoord.plans._agreements import Agreement, CopyGiven
from carecoord.plans._assessments import PlanAssessment
from carecoord.plans._crisis import CrisisPlan, RelapsePreventionPlan, SafetyPlan
from carecoord.plans._decisions import SharedDecision
from carecoord.plans._education import Education
from carecoord.plans._goals import Goal
from carecoord.plans._levels import LevelOfCare
from carecoord.plans._looks import Review
from carecoord.plans._needs import Need, Statement
from carecoord.plans._part import Part
from carecoord.plans._people import CommunityResource, FamilyInvolvement

__all__ = ["KINDS", "LISTS", "PARTS", "Parts", "own_first"]

P = TypeVar("P", bound=Part)


def own_first(_: type[Any], fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Put what a class says of itself before its lists of parts."""
    return sorted(fields, key=lambda field: field.name in KINDS)


@attrs.frozen(kw_only=True)
class Parts:
    """The lists of parts of a plan, of a view of it, or of what a revision changed.

    A part speaks only of parts in lists that stand above its own.
    """

    needs: tuple[Need, ...] = attrs.field(default=(), converter=tuple[Need, ...])
    statements: tuple[Statement, ...] = attrs.field(default=(), converter=tuple[Statement, ...])
    levels: tuple[LevelOfCare, ...] = attrs.field(default=(), converter=tuple[LevelOfCare, ...])
    resources: tuple[CommunityResource, ...] = attrs.field(default=(), converter=tuple[CommunityResource, ...])
    goals: tuple[Goal, ...] = attrs.field(default=(), converter=tuple[Goal, ...])
    activities: tuple[Activity, ...] = attrs.field(default=(), converter=tuple[Activity, ...])
    reviews: tuple[Review, ...] = attrs.field(default=(), converter=tuple[Review, ...])
    assessments: tuple[PlanAssessment, ...] = attrs.field(default=(), converter=tuple[PlanAssessment, ...])
    decisions: tuple[SharedDecision, ...] = attrs.field(default=(), converter=tuple[SharedDecision, ...])
    family: tuple[FamilyInvolvement, ...] = attrs.field(default=(), converter=tuple[FamilyInvolvement, ...])
    crisis_plans: tuple[CrisisPlan, ...] = attrs.field(default=(), converter=tuple[CrisisPlan, ...])
    safety_plans: tuple[SafetyPlan, ...] = attrs.field(default=(), converter=tuple[SafetyPlan, ...])
    relapse_plans: tuple[RelapsePreventionPlan, ...] = attrs.field(
        default=(), converter=tuple[RelapsePreventionPlan, ...]
    )
    education: tuple[Education, ...] = attrs.field(default=(), converter=tuple[Education, ...])
    agreements: tuple[Agreement, ...] = attrs.field(default=(), converter=tuple[Agreement, ...])
    copies: tuple[CopyGiven, ...] = attrs.field(default=(), converter=tuple[CopyGiven, ...])

    def part(self, kind: type[P], id: str) -> P:
        """Give a part of one kind by its id.

        Raises:
            UnknownIdError: there is none with this id.
        """
        found: Sequence[P] = getattr(self, LISTS[kind])
        for each in found:
            if each.id == id:
                return each
        raise UnknownIdError(kind.KIND, id, [each.id for each in found])

    def need(self, id: str) -> Need:
        """Give a need by its id.

        Raises:
            UnknownIdError: there is none with this id.
        """
        return self.part(Need, id)

    def goal(self, id: str) -> Goal:
        """Give a goal by its id.

        Raises:
            UnknownIdError: there is none with this id.
        """
        return self.part(Goal, id)

    def activity(self, id: str) -> Activity:
        """Give an activity by its id.

        Raises:
            UnknownIdError: there is none with this id.
        """
        return self.part(Activity, id)

    def review(self, id: str) -> Review:
        """Give a review by its id.

        Raises:
            UnknownIdError: there is none with this id.
        """
        return self.part(Review, id)


KINDS: Final[Mapping[str, type[Part]]] = FrozenMapping(
    {field.name: get_args(field.converter)[0] for field in attrs.fields(Parts)}
)
"""Which parts each list holds, as its field says."""

LISTS: Final[Mapping[type[Part], str]] = FrozenMapping({kind: name for name, kind in KINDS.items()})
"""Which list holds the parts of a class."""

PARTS: Final = tuple(KINDS)
"""The fields of a plan that hold parts with ids of their own."""
