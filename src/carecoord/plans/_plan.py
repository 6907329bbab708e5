"""The care plan: what was agreed with one person, version by version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import attrs

from carecoord.errors import DataError, Fault, RuleError, UnknownIdError, did_you_mean
from carecoord.plans._agreements import Agreement, CopyGiven
from carecoord.plans._assessments import PlanAssessment
from carecoord.plans._crisis import CrisisPlan, RelapsePreventionPlan, SafetyPlan
from carecoord.plans._decisions import SharedDecision
from carecoord.plans._education import Education
from carecoord.plans._history import PLAIN, Before, Revision
from carecoord.plans._levels import LevelOfCare
from carecoord.plans._needs import Statement, StatementKind
from carecoord.plans._part import Part, check_follows, marked, referred
from carecoord.plans._parts import (
    KINDS,
    PARTS,
    Activity,
    Goal,
    Need,
    Owner,
    Parts,
    Review,
    given,
    labelled,
    one_of,
    own_first,
    texts,
)
from carecoord.plans._people import CommunityResource, FamilyInvolvement
from carecoord.plans._statuses import Intent, PlanStatus, moved

if TYPE_CHECKING:
    from carecoord.rules import Vocabulary

__all__ = ["CarePlan", "Changes"]

_FINAL: Final = ("revoked", "completed", "entered-in-error")


class Changes(TypedDict, total=False):
    """What a revision may change.

    Parts are added, or take the place of the part with the same id; parts not given stay as they are.
    """

    title: str
    status: PlanStatus
    since: date | None
    until: date | None
    strengths: Iterable[str]
    matters: Iterable[str]
    labels: Iterable[str] | None
    planner: Owner | None
    monitor: Owner | None
    needs: Iterable[Need]
    statements: Iterable[Statement]
    levels: Iterable[LevelOfCare]
    resources: Iterable[CommunityResource]
    goals: Iterable[Goal]
    activities: Iterable[Activity]
    reviews: Iterable[Review]
    assessments: Iterable[PlanAssessment]
    decisions: Iterable[SharedDecision]
    family: Iterable[FamilyInvolvement]
    crisis_plans: Iterable[CrisisPlan]
    safety_plans: Iterable[SafetyPlan]
    relapse_plans: Iterable[RelapsePreventionPlan]
    education: Iterable[Education]
    agreements: Iterable[Agreement]
    copies: Iterable[CopyGiven]


@attrs.frozen(kw_only=True, field_transformer=own_first)
class CarePlan(Parts):
    """One shared plan for one person.

    A plan changes through `revise`, which gives the next version and keeps what stood there before.
    Nothing in a plan is ever dropped: a part ends by its status, a review by its cycle.

    Attributes:
        id: text the host gives.
        person: the id of the person it is for.
        created: the day of its first version.
        author: who made the first version.
        title: what to call it.
        intent: how binding it is; fixed when the plan is made.
        status: how it stands; a `draft` is not acted on.
        since: the first day it covers.
        until: the day after the last one it covers.
        replaces: the ids of the plans it goes on from.
        part_of: the id of the plan it belongs to, as a crisis plan does.
        strengths: what the person can build on, in their words.
        matters: what matters to the person, in their words.
        planner: who keeps the plan.
        monitor: who watches whether it is carried out.
        labels: what the plan as a whole, with its title, strengths and what matters, is about that not everybody may
            see; empty where there is nothing of the kind, `None` where nobody has said so.
        needs: what it is to help with, on every side of the person's life.
        statements: what was said about the person and by them, each with labels of its own.
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
        history: the revisions since the first version, oldest first.

    Raises:
        DataError: with everything that is wrong.
    """

    id: str = attrs.field(validator=given)
    person: str = attrs.field(validator=given)
    created: date
    author: str | None = None
    title: str = ""
    intent: Intent = attrs.field(default="plan", validator=one_of(Intent))
    status: PlanStatus = attrs.field(default="draft", validator=one_of(PlanStatus))
    since: date | None = None
    until: date | None = None
    replaces: tuple[str, ...] = attrs.field(default=(), converter=texts)
    part_of: str | None = None
    strengths: tuple[str, ...] = attrs.field(default=(), converter=texts)
    matters: tuple[str, ...] = attrs.field(default=(), converter=texts)
    planner: Owner | None = None
    monitor: Owner | None = None
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)
    history: tuple[Revision, ...] = attrs.field(default=(), converter=tuple[Revision, ...], repr=False)

    def __attrs_post_init__(self) -> None:
        """Check what the parts say together."""
        faults = list(self._faults())
        if faults:
            raise DataError("care plan", faults)

    def _faults(self) -> Iterator[Fault]:
        held: dict[str, Collection[str]] = {}
        for name in PARTS:
            parts: tuple[Part, ...] = getattr(self, name)
            held[name] = {part.id for part in parts}
            yield from _twice(name, parts)
            for field, named in marked(KINDS[name], "refers") if parts else ():
                for place, part in enumerate(parts):
                    yield from _dangling(f"$.{name}[{place}].{field}", getattr(part, field), named, held[named])
        if self.since is not None and self.until is not None and self.until <= self.since:
            yield Fault("$.until", f"{self.until} is not after {self.since}, the first day")
        yield from self._history_faults()

    def _history_faults(self) -> Iterator[Fault]:
        held = {f"{name}.{part.id}" for name in PARTS for part in getattr(self, name)} | set(PLAIN)
        latest = self.created
        for version, revision in enumerate(self.history, 2):
            place = f"$.history[{version - 2}]"
            if revision.version != version:
                yield Fault(f"{place}.version", f"{version} is wanted, found {revision.version}")
            if revision.on < latest:
                yield Fault(f"{place}.on", f"{revision.on} is before the version it follows, {latest}")
            for lost in sorted({*revision.changed, *revision.added} - held):
                yield Fault(place, f"it speaks of {lost[:60]}, which the plan does not hold")
            latest = max(latest, revision.on)

    @property
    def version(self) -> int:
        """The number of this version, from 1."""
        return len(self.history) + 1

    def said(self, about: StatementKind) -> tuple[str, ...]:
        """Give what was said about one thing and still holds, in the words it was said in.

        >>> garden = Statement(id="s1", about="strength", words="I can grow anything")
        >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5), strengths=["a sister"], statements=[garden])
        >>> plan.said("strength")
        ('a sister', 'I can grow anything')
        """
        short = {"strength": self.strengths, "matters": self.matters}.get(about, ())
        return (*short, *(each.words for each in self.statements if each.about == about and each.status == "active"))

    def revise(self, *, by: str, on: date, reason: str, **changes: Unpack[Changes]) -> CarePlan:
        """Give the next version.

        Fields given take the place of what stood there.
        Parts given are added, or take the place of the one with the same id; those not given stay, so that nothing is
        dropped.
        What was done stays as it was recorded.

        Args:
            by: who revises it.
            on: the day the new version takes effect; not before the version it follows.
            reason: why.
            changes: the fields that change, as `Changes` lists them.

        Raises:
            StatusError: a status may not follow the present one; the error names those that may.
            DataError: the plan is over, a field is fixed, what was done would be lost, or the parts do not fit.

        Example:
            >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5), strengths=["a garden"])
            >>> plan = plan.revise(by="lee", on=date(2026, 1, 12), reason="agreed", status="active")
            >>> plan.version, plan.status, plan.history[0].changed, plan.at_version(1).status
            (2, 'active', ('status',), 'draft')
        """
        given = self._checked(changes)
        fields = {name: _taken(name, getattr(self, name), value) for name, value in given.items()}
        status = moved("plan", self.status, fields.get("status", self.status))
        added: list[str] = []
        for name in PARTS:
            old = {part.id: part for part in getattr(self, name)}
            for place, part in enumerate(fields.get(name, ())):
                if part.id in old:
                    _check_follows(old[part.id], part, f"$.{name}[{place}]", draft=status == "draft")
                else:
                    added.append(f"{name}.{part.id}")
        before = _before(self, fields)
        revision = Revision(version=self.version + 1, by=by, on=on, reason=reason, added=tuple(added), before=before)
        return attrs.evolve(self, **fields, history=(*self.history, revision))

    def at_version(self, version: int) -> CarePlan:
        """Give the plan as it was, with the history it had then.

        Raises:
            UnknownIdError: there is no such version.
        """
        if not 1 <= version <= self.version:
            raise UnknownIdError("version", str(version), map(str, range(1, self.version + 1)))
        plan = self
        while plan.version > version:
            plan = _undone(plan)
        return plan

    def as_of(self, on: date) -> CarePlan | None:
        """Give the version in effect at the end of a day; `None` before the first."""
        if on < self.created:
            return None
        return self.at_version(1 + sum(revision.on <= on for revision in self.history))

    def target_faults(self, vocabulary: Vocabulary) -> tuple[Fault, ...]:
        """Read the target of every goal with these names; give those that do not read, and why."""
        faults: list[Fault] = []
        for goal in self.goals:
            try:
                goal.rule(vocabulary)
            except RuleError as error:
                faults.append(Fault(f"$.goals[{goal.id}].target", str(error)))
        return tuple(faults)

    def _checked(self, changes: Changes) -> dict[str, Any]:
        """Refuse what no revision may change."""
        given = dict[str, Any](changes)
        faults: list[Fault] = []
        if self.status in _FINAL and given.get("status", self.status) == self.status:
            faults.append(Fault("$.status", f"the plan is {self.status}: to go on, make a new one that replaces it"))
        for name in given:
            if name in attrs.fields_dict(CarePlan) and name not in (*PLAIN, *PARTS):
                faults.append(Fault(f"$.{name}", "it is fixed when the plan is made"))
            elif name not in (*PLAIN, *PARTS):
                faults.append(Fault(f"$.{name}", f"not a field here{did_you_mean(name, (*PLAIN, *PARTS))}"))
        for name in given.keys() & PARTS:
            given[name] = tuple(given[name])
            faults += _twice(name, given[name])
        if faults:
            raise DataError("care plan", faults)
        return given


def _twice(name: str, parts: Iterable[Part]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, part in enumerate(parts):
        if part.id in seen:
            yield Fault(f"$.{name}[{place}].id", f"{part.id[:60]} stands twice")
        seen.add(part.id)


def _dangling(place: str, ids: str | tuple[str, ...] | None, named: str, known: Collection[str]) -> Iterator[Fault]:
    for each_id in referred(ids):
        if each_id not in known:
            kind = KINDS[named].KIND
            yield Fault(place, f"the plan has no {kind} {each_id[:60]}{did_you_mean(each_id, known)}")


def _taken(name: str, old: Any, given: Any) -> Any:
    """Give the new value of a field: parts are merged by their id, in their order."""
    if name == "labels":
        return labelled(given)
    if name not in PARTS:
        return texts(given) if isinstance(old, tuple) else given
    new = {part.id: part for part in given}
    return (*(new.pop(part.id, part) for part in old), *new.values())


def _check_follows(before: Part, after: Part, place: str, *, draft: bool) -> None:
    """Refuse a status that may not follow, the loss of what was recorded, and work on a draft."""
    check_follows(before, after, place)
    work = [each.status for each in (before, after) if isinstance(each, Activity)]
    if draft and work[1:] == ["in-progress"] != work[:1]:
        raise DataError("care plan", [Fault(f"{place}.status", "a draft plan is not acted on")])


def _before(plan: CarePlan, fields: dict[str, Any]) -> Before:
    """Keep what these fields change, as it was."""
    kept: dict[str, Any] = {}
    for name, new in fields.items():
        old = getattr(plan, name)
        if name in PARTS:
            now = {part.id: part for part in new}
            kept[name] = tuple(part for part in old if part != now[part.id])
        elif old is None and new is not None:
            kept["unset"] = (*kept.get("unset", ()), name)
        elif old != new:
            kept[name] = old
    return Before(**kept)


def _undone(plan: CarePlan) -> CarePlan:
    """Give the version before the last revision."""
    *earlier, revision = plan.history
    before = revision.before
    fields: dict[str, Any] = {name: getattr(before, name) for name in PLAIN if getattr(before, name) is not None}
    fields.update(dict.fromkeys(before.unset))
    for name in PARTS:
        was = {part.id: part for part in getattr(before, name)}
        parts = (part for part in getattr(plan, name) if f"{name}.{part.id}" not in revision.added)
        fields[name] = tuple(was.get(part.id, part) for part in parts)
    return attrs.evolve(plan, **fields, history=earlier)
