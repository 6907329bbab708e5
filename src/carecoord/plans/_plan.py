"""The care plan: what was agreed with one person, version by version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

import attrs

from carecoord.errors import DataError, Fault, RuleError, UnknownIdError, did_you_mean
from carecoord.plans._activities import Activity
from carecoord.plans._agreements import Agreement, CopyGiven
from carecoord.plans._assessments import PlanAssessment
from carecoord.plans._crisis import CrisisPlan, RelapsePreventionPlan, SafetyPlan
from carecoord.plans._decisions import SharedDecision
from carecoord.plans._education import Education
from carecoord.plans._goals import Goal
from carecoord.plans._history import PLAIN, Revision, changes_between, undone
from carecoord.plans._levels import LevelOfCare
from carecoord.plans._looks import Review
from carecoord.plans._needs import Need, Statement, StatementKind
from carecoord.plans._open_work import WorkDecision, settled
from carecoord.plans._part import Owner, Part, check_follows, given, labelled, marked, one_of, referred, texts
from carecoord.plans._parts import KINDS, LISTS, PARTS, Parts, own_first
from carecoord.plans._people import CommunityResource, FamilyInvolvement
from carecoord.plans._statuses import Intent, PlanStatus, moved

if TYPE_CHECKING:
    from carecoord.plans._referral import Referral
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
            held[name] = {part.id for part in parts} if parts else ()
            if len(held[name]) < len(parts):
                yield from _twice(name, parts)
            for field, named in marked(KINDS[name], "refers") if parts else ():
                for place, part in enumerate(parts):
                    if ids := getattr(part, field):
                        yield from _dangling(f"$.{name}[{place}].{field}", ids, named, held[named])
        if self.since is not None and self.until is not None and self.until <= self.since:
            yield Fault("$.until", f"{self.until} is not after {self.since}, the first day")
        yield from self._history_faults()

    def _history_faults(self) -> Iterator[Fault]:
        if not self.history:
            return
        held = {f"{name}.{part.id}" for name in PARTS for part in getattr(self, name)} | set(PLAIN)
        latest = self.created
        for version, revision in enumerate(self.history, 2):
            place = f"$.history[{version - 2}]"
            if revision.version != version:
                yield Fault(f"{place}.version", f"{version} is wanted, found {revision.version}")
            if revision.on < latest:
                yield Fault(f"{place}.on", f"{revision.on} is before the version it follows, {latest}")
            for lost in sorted(revision.places - held):
                yield Fault(place, f"it speaks of {lost[:60]}, which the plan does not hold")
            if revision.merged is not None and not 1 <= revision.merged.since < version:
                yield Fault(
                    f"{place}.merged.since", f"a version before {version} is wanted, found {revision.merged.since}"
                )
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

    def revise(
        self,
        *,
        by: str,
        on: date,
        reason: str,
        recorded: date | None = None,
        work: Iterable[WorkDecision] = (),
        referrals: Iterable[Referral] = (),
        **changes: Unpack[Changes],
    ) -> CarePlan:
        """Give the next version.

        Fields given take the place of what stood there.
        Parts given are added, or take the place of the one with the same id; those not given stay, so that nothing is
        dropped.
        What was done stays as it was recorded.

        Work that is open goes on as it was handed out unless somebody says otherwise.
        So where a change touches it, `work` says of each what becomes of it, and the revision records that; `preview`
        lists what a change would touch.
        Touched are activities under way and decisions that are open when the plan or all that they are for ends;
        activities under way when the plan is put on hold, or what they are changes; a review that is due when the plan
        ends or another cycle no longer asks for it; and open referrals when the plan, their need or activity ends.
        A change that itself moves the status of work says what becomes of it.

        Args:
            by: who revises it.
            on: the day from which the new version holds; not before the version it follows.
            reason: why.
            recorded: the day it is written down, where that is another one.
            work: what becomes of each piece of open work that the change touches.
            referrals: the referrals of the plan, which the host keeps beside it.
            changes: the fields that change, as `Changes` lists them.

        Raises:
            StatusError: a status may not follow the present one; the error names those that may.
            DataError: the plan is over, a field is fixed, what was done would be lost, the parts do not fit, or open
                work is undecided.

        Example:
            >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5), strengths=["a garden"])
            >>> plan = plan.revise(by="lee", on=date(2026, 1, 12), reason="agreed", status="active")
            >>> plan.version, plan.status, plan.history[0].changed, plan.at_version(1).status
            (2, 'active', ('status',), 'draft')
        """
        decisions = tuple(work)
        then = settled(self, proposed(self, changes), decisions, on, referrals)
        added, before = changes_between(self, then)
        revision = Revision(
            version=self.version + 1,
            by=by,
            on=on,
            reason=reason,
            recorded=recorded,
            added=added,
            before=before,
            work=decisions,
        )
        return attrs.evolve(then, history=(*self.history, revision))

    def at_version(self, version: int) -> CarePlan:
        """Give the plan as it was, with the history it had then.

        Raises:
            UnknownIdError: there is no such version.
        """
        if not 1 <= version <= self.version:
            raise UnknownIdError("version", str(version), map(str, range(1, self.version + 1)))
        plan = self
        while plan.version > version:
            *earlier, last = plan.history
            plan = undone(plan, last.added, last.before, tuple(earlier))
        return plan

    def as_of(self, on: date, *, known: date | None = None) -> CarePlan | None:
        """Give the version in effect at the end of a day; `None` before the first.

        Args:
            on: the day asked about.
            known: the day by which it was written down, to see what was known then; whatever is known now where left
                out.
        """
        if on < self.created or (known is not None and known < self.created):
            return None
        until = takewhile(
            lambda each: each.on <= on and (known is None or (each.recorded or each.on) <= known), self.history
        )
        return self.at_version(1 + sum(1 for _ in until))

    def target_faults(self, vocabulary: Vocabulary) -> tuple[Fault, ...]:
        """Read the target of every goal, and when to call in every relapse-prevention plan, with these names.

        Gives those that do not read, and why.
        """
        faults: list[Fault] = []
        rules: list[tuple[Goal | RelapsePreventionPlan, str]] = [
            *((part, "target") for part in self.goals),
            *((part, "call_back") for part in self.relapse_plans),
        ]
        for part, field in rules:
            try:
                part.rule(vocabulary)
            except RuleError as error:
                faults.append(Fault(f"$.{LISTS[type(part)]}[{part.id}].{field}", str(error)))
        return tuple(faults)


def proposed(plan: CarePlan, changes: Changes) -> CarePlan:
    """Give a plan with changes, before anything is said of open work, and without a revision for them.

    Raises:
        StatusError: a status may not follow the present one.
        DataError: the plan is over, a field is fixed, what was done would be lost, or the parts do not fit.
    """
    given = _checked(plan, changes)
    fields = {name: _taken(name, getattr(plan, name), value) for name, value in given.items()}
    status = moved("plan", plan.status, fields.get("status", plan.status))
    for name in PARTS:
        old = {part.id: part for part in getattr(plan, name)}
        for place, part in enumerate(fields.get(name, ())):
            if part.id in old:
                _check_follows(old[part.id], part, f"$.{name}[{place}]", draft=status == "draft")
    return attrs.evolve(plan, **fields)


def _checked(plan: CarePlan, changes: Changes) -> dict[str, Any]:
    """Refuse what no revision may change."""
    given = dict[str, Any](changes)
    faults: list[Fault] = []
    if plan.status in _FINAL and given.get("status", plan.status) == plan.status:
        faults.append(Fault("$.status", f"the plan is {plan.status}: to go on, make a new one that replaces it"))
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
