"""What there is to do, and who answers for it, does it, is asked and is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, DefinitionError, Fault, UnknownIdError, did_you_mean
from carecoord.roles._credentials import Training
from carecoord.roles._dates import check_period, in_force
from carecoord.roles._role import Evidence, Role, Scope

__all__ = ["PARTS", "Assignment", "Ceiling", "Duty", "Letters", "Part", "ResponsibilityMatrix"]

Letters = Literal["A", "R", "AR", "C", "I"]
Part = Literal["accountable", "responsible", "consulted", "informed"]

PARTS: tuple[Part, ...] = ("accountable", "responsible", "consulted", "informed")

_LETTER: dict[Part, str] = {"accountable": "A", "responsible": "R", "consulted": "C", "informed": "I"}


@attrs.frozen(kw_only=True)
class Duty:
    """Something there is to do, with the roles that usually have a part in it.

    Attributes:
        id: what protocols, plans and assignments call it by.
        label: what it is, for people.
        letters: by role: `A` answers for it, `R` does it, `AR` both, `C` is asked before, `I` is told after.
            Several roles with an `A` are alternatives: with more than one of them on a team, somebody must be named.
        scope: the licence whoever does it needs: `rx` to prescribe, `dx` to diagnose, `tx` to deliver psychotherapy.
        licences: further authorities whoever does it needs, by name, as a therapy: no role has them by itself.
        approval: the id of the duty that approves what this one prepares: doing this one approves nothing.
        safety: whether it may never be uncovered.
        patient_may: whether a patient or an informal member may be the one who does it.
        sources: where it was read that this is part of the work.
        evidence: how well that is known.
        letters_evidence: `reading` where the letters are our reading of those sources, `ours` where none assigns it,
            `site` where a site set them.
        note: what to beware of.
    """

    id: str
    label: str
    letters: FrozenMapping[str, Letters] = attrs.field(
        factory=FrozenMapping[str, Letters], converter=FrozenMapping[str, Letters]
    )
    scope: Scope | None = None
    licences: tuple[str, ...] = ()
    approval: str | None = None
    safety: bool = False
    patient_may: bool = False
    sources: tuple[str, ...] = ()
    evidence: Evidence = "unverified"
    letters_evidence: Literal["reading", "ours", "site"] = "site"
    note: str = ""

    def roles(self, part: Part) -> tuple[str, ...]:
        """Give the roles that have a part in it, in the order written."""
        return tuple(role for role, letters in self.letters.items() if _LETTER[part] in letters)

    @property
    def authorities(self) -> tuple[str, ...]:
        """What whoever does it needs a licence for: its scope and its further licences."""
        return (self.scope, *self.licences) if self.scope is not None else self.licences


@attrs.frozen
class Assignment:
    """Who, for a while, has a part in a duty: a named member, or a role.

    Where assignments in force say who has a part in a duty, they stand and the letters for that part do not.

    Attributes:
        duty: the duty's id.
        part: `accountable`, `responsible`, `consulted` or `informed`.
        member: the id of who is named; exactly one of `member` and `role` is given.
        role: the role that has the part.
        since: the first day; `None` for always.
        until: the day after the last; `None` while no end is known.
        reason: why it was assigned.
    """

    duty: str
    part: Part
    member: str | None = attrs.field(default=None, kw_only=True)
    role: str | None = attrs.field(default=None, kw_only=True)
    since: date | None = attrs.field(default=None, kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    reason: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("assignment", self.since, self.until)
        faults: list[Fault] = []
        if self.part not in _LETTER:
            faults.append(Fault("$.part", f"{self.part!r} is none of {', '.join(_LETTER)}"))
        if (self.member is None) == (self.role is None):
            faults.append(Fault("", "exactly one of member and role is wanted"))
        if faults:
            raise DataError("assignment", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it holds on that day."""
        return in_force(self.since, self.until, on)


@attrs.frozen(kw_only=True)
class Ceiling:
    """How many people somebody in a role can carry; more is a warning.

    Attributes:
        role: the role.
        people: how many people, working full time.
        sources: where the number comes from.
        evidence: how well it is known.
        note: on what it depends.
    """

    role: str
    people: int
    sources: tuple[str, ...] = ()
    evidence: Evidence = "unverified"
    note: str = ""


@attrs.frozen(kw_only=True)
class ResponsibilityMatrix:
    """The duties of a team, with who has which part in them.

    Attributes:
        id: what it is called by.
        title: its name for people.
        duties: every duty, with its letters.
        minimum_team: the roles without which the team is not what the title says.
        escalation: the roles to turn to where nobody is there, in that order.
        ceilings: how many people somebody in a role can carry.
        assignments: who has a part in a duty for a while, whatever its letters say.
        trainings: which trainings whoever does certain duties needs.
        standing_cover: the duties whose accountable member must say who stands in before anybody is away.
        settled_by: the duties whose accountable member settles advice that contradicts; the first that it has.
        roles: roles of the site's own, and roles of the catalogue that it sees differently.
        sources: where it comes from.
        note: what to beware of.
    """

    id: str
    title: str = ""
    duties: tuple[Duty, ...] = attrs.field(converter=tuple[Duty, ...])
    minimum_team: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    escalation: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    ceilings: tuple[Ceiling, ...] = attrs.field(default=(), converter=tuple[Ceiling, ...])
    assignments: tuple[Assignment, ...] = attrs.field(default=(), converter=tuple[Assignment, ...])
    trainings: tuple[Training, ...] = attrs.field(default=(), converter=tuple[Training, ...])
    standing_cover: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    settled_by: tuple[str, ...] = attrs.field(
        default=("contradictory-advice", "approve-plan", "own-plan"), converter=tuple[str, ...]
    )
    roles: tuple[Role, ...] = attrs.field(default=(), converter=tuple[Role, ...])
    sources: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    note: str = ""

    def __attrs_post_init__(self) -> None:
        ids = [duty.id for duty in self.duties]
        faults = [
            Fault(f"$.{field}[{name}]", "stands there twice")
            for field, names in (
                ("duties", ids),
                ("ceilings", [ceiling.role for ceiling in self.ceilings]),
                ("trainings", [training.id for training in self.trainings]),
                ("roles", [role.id for role in self.roles]),
            )
            for name, count in Counter(names).items()
            if count > 1
        ] + [
            Fault(at, f"no duty here is {named!r}{did_you_mean(named, ids)}")
            for at, named in self._named()
            if named not in ids
        ]
        if faults:
            raise DefinitionError(self.id, faults)

    def _named(self) -> Iterator[tuple[str, str]]:
        """Give the ids that must be those of its duties, each with its place."""
        for i, assignment in enumerate(self.assignments):
            yield f"$.assignments[{i}].duty", assignment.duty
        for training in self.trainings:
            for i, duty in enumerate(training.duties):
                yield f"$.trainings[{training.id}].duties[{i}]", duty
        for i, duty in enumerate(self.standing_cover):
            yield f"$.standing_cover[{i}]", duty

    def duty(self, identifier: str) -> Duty:
        """Give one of its duties.

        Raises:
            UnknownIdError: it has no such duty.
        """
        for duty in self.duties:
            if duty.id == identifier:
                return duty
        raise UnknownIdError("duty", identifier, [duty.id for duty in self.duties])

    def with_assignments(self, *assignments: Assignment) -> ResponsibilityMatrix:
        """Give the matrix with more assignments, as to name one of two members who have the same role."""
        return attrs.evolve(self, assignments=self.assignments + assignments)
