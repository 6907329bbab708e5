"""Work that is open when a plan is revised, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.plans._activities import Activity
from carecoord.plans._decisions import SharedDecision
from carecoord.plans._done import Done, looked_at, standing
from carecoord.plans._looks import Review
from carecoord.plans._occurrence import ReviewStatus
from carecoord.plans._part import Owner, Part, given, marked, one_of, referred
from carecoord.plans._parts import PARTS
from carecoord.plans._review import ReviewCycle

if TYPE_CHECKING:
    from carecoord.plans._plan import CarePlan
    from carecoord.plans._referral import Referral

__all__ = ["OpenWork", "WorkChoice", "WorkDecision", "settled", "touched"]

WorkChoice = Literal["keep", "cancel", "replace"]
"""What becomes of open work."""

_UNDER_WAY: Final[Mapping[str, Mapping[str, str]]] = {
    "activity": {"scheduled": "cancelled", "in-progress": "stopped", "on-hold": "stopped"},
    "task": dict.fromkeys(("requested", "received", "accepted", "ready", "in-progress", "on-hold"), "cancelled"),
}
"""The statuses of work that was handed out and is not finished, each with the one that ends it."""

_WAITING: Final[Mapping[str, Mapping[str, str]]] = {
    "activity": {"not-started": "cancelled"},
    "part": {"draft": "ended", "active": "ended"},
}
"""The same of work that was not handed out."""

_OVER: Final = ("cancelled", "completed", "ended", "entered-in-error", "failed", "rejected", "resolved", "stopped")
_PLAN_OVER: Final = ("revoked", "completed", "entered-in-error")
_RUNNING: Final = ("active", "on-hold", "unknown")
_IN_FORCE: Final = ("plan", "order")

_A_YEAR: Final = timedelta(days=366)

_SAYS_NOTHING: Final = frozenset({"labels", "reason", "results", "preference"})
"""Fields of work that may change while it goes on as it was handed out."""


@attrs.frozen(kw_only=True)
class WorkDecision:
    """What becomes of a piece of open work that a revision touches.

    Attributes:
        place: the part whose work it is, as `activities.talk`.
        choice: it is kept, cancelled, or replaced by other work.
        reason: why; wanted where it is cancelled.
        by: what replaces it, as `activities.group`; a part of another plan after that plan's id, as
            `plan-2/activities.group`.
    """

    place: str = attrs.field(validator=given)
    choice: WorkChoice = attrs.field(validator=one_of(WorkChoice))
    reason: str = ""
    by: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a cancellation without a reason, and a replacement by nothing."""
        if self.choice == "cancel" and not self.reason.strip():
            raise DataError("work decision", [Fault("$.reason", "it says why the work is cancelled")])
        if (self.choice == "replace") != bool(self.by):
            raise DataError("work decision", [Fault("$.by", "it names what replaces the work, and only that")])


@attrs.frozen(kw_only=True)
class OpenWork:
    """Work that is open, and that a revision touches.

    Attributes:
        place: the part whose work it is, as `activities.talk`; a referral, which is kept beside the plan, as
            `referrals.r1`.
        title: what it is, in words.
        state: how it stands, as `in-progress` or `overdue`.
        scheduled: the day for which an outstanding review was scheduled; `None` for other work.
        owner: who holds it.
        because: how the revision touches it.
    """

    place: str
    title: str
    state: str
    scheduled: date | None = None
    owner: Owner | None = None
    because: str

    @property
    def said(self) -> str:
        """How it stands and how it is touched, without the words it is known by."""
        return f"it is {self.state}, and {self.because}"

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.title} is {self.state}, and {self.because}"

    def keep(self, reason: str = "") -> WorkDecision:
        """Say that it goes on; an outstanding review stays outstanding."""
        return WorkDecision(place=self.place, choice="keep", reason=reason)

    def cancel(self, reason: str) -> WorkDecision:
        """Say that it ends, and why."""
        return WorkDecision(place=self.place, choice="cancel", reason=reason)

    def replace(self, by: str, reason: str = "") -> WorkDecision:
        """Say that other work takes its place, as `activities.group`."""
        return WorkDecision(place=self.place, choice="replace", by=by, reason=reason)


# what is touched


def touched(plan: CarePlan, then: CarePlan, on: date, referrals: Iterable[Referral] = ()) -> tuple[OpenWork, ...]:
    """List the open work of a plan that its next version touches without saying what becomes of it.

    Of a plan that is not in force nothing has been handed out.

    Args:
        plan: the plan as it stands.
        then: the plan as it is to be.
        on: the day from which that holds.
        referrals: the referrals of the plan, which the host keeps beside it.
    """
    return tuple(_touched(plan, then, on, referrals))


def _touched(plan: CarePlan, then: CarePlan, on: date, referrals: Iterable[Referral]) -> Iterator[OpenWork]:
    change = _Change(plan, then, on)
    for name in PARTS if plan.status in _RUNNING and plan.intent in _IN_FORCE else ():
        now = {part.id: part for part in getattr(then, name)}
        for part in getattr(plan, name):
            after = now[part.id]
            state = change.state(part, after)
            because = "" if state is None else change.because(part, after)
            if state is not None and because:
                yield OpenWork(
                    place=f"{name}.{part.id}",
                    title=part.called,
                    state=state,
                    scheduled=change.outstanding(part, after),
                    owner=getattr(part, "owner", None),
                    because=because,
                )
    for each in referrals:
        because = change.because_of_referral(each) if each.is_open and each.plan == plan.id else ""
        if because:
            place = f"referrals.{each.id}"
            yield OpenWork(place=place, title=each.title, state=each.status, owner=each.owner, because=because)


class _Change:
    """A plan as it stands, and as it is to be from a day on."""

    def __init__(self, plan: CarePlan, then: CarePlan, on: date) -> None:
        self.plan, self.then, self.on = plan, then, on
        self.ended = list(_ended(plan, then))
        is_over = then.status in _PLAN_OVER and plan.status not in _PLAN_OVER
        self.ends = f"the plan is {then.status}" if is_over else ""

    def state(self, before: Part, after: Part) -> str | None:
        """Say how work stands that is open and that the change does not finish itself; `None` where it is not open."""
        if isinstance(before, SharedDecision) and isinstance(after, SharedDecision):
            return self.decision_state(before, after)
        for name, axis in marked(type(before), "axis"):
            under_way, now = _UNDER_WAY.get(axis, {}), getattr(after, name)
            if getattr(before, name) in under_way and now in under_way:
                return str(now)
            if axis == "activity" and now != "not-started":
                return None
        return self.due(before, after).state if self.outstanding(before, after) is not None else None

    def decision_state(self, before: SharedDecision, after: SharedDecision) -> str | None:
        """Say how a decision stands that is not reached, or that is to be looked at again; `None` for others."""
        if before.status != after.status or before.status not in _WAITING["part"]:
            return None
        if before.status == "draft":
            return "open"
        again = before.again
        is_due = again is not None and again <= self.on and not looked_at(after.done, again, self.on)
        return "due to be looked at again" if is_due else None

    def due(self, before: Part, after: Part) -> ReviewStatus:
        """Say how a cycle stood before, with what is recorded as done by now."""
        return _standing(_cycle(before), getattr(after, "done", ()), self.on)

    def outstanding(self, before: Part, after: Part) -> date | None:
        """Give the day for which what is due was scheduled; `None` where nothing is due."""
        return _scheduled(self.due(before, after))

    def is_lost(self, before: Part, after: Part) -> bool:
        """Say whether something is due that another cycle no longer asks for."""
        scheduled = self.outstanding(before, after)
        return scheduled is not None and not _asks(after, scheduled, self.on)

    def because(self, before: Part, after: Part) -> str:
        """Say how the change touches work that is open; empty where it does not."""
        if self.ends:
            return self.ends
        if isinstance(before, Activity) and self.then.status == "on-hold" != self.plan.status:
            return "the plan is put on hold"
        if self.is_lost(before, after):
            return "the new cycle does not ask for it"
        handed_out = any(
            getattr(before, name) in _UNDER_WAY.get(axis, {}) for name, axis in marked(type(before), "axis")
        )
        if handed_out and (changed := _changed(before, after)):
            return f"it changes in {', '.join(changed)}"
        for field, name in marked(type(after), "refers"):
            places = [f"{name}.{id}" for id in referred(getattr(after, field))]
            if any(place in self.ended for place in places) and all(self.is_over(place) for place in places):
                return f"{' and '.join(places)} ended"
        return ""

    def because_of_referral(self, referral: Referral) -> str:
        """Say how the change touches a referral that is open; empty where it does not."""
        places = (f"needs.{referral.need}", f"activities.{referral.activity}")
        return self.ends or next((f"{place} ended" for place in places if place in self.ended), "")

    def is_over(self, place: str) -> bool:
        """Say whether a part is over in the next version."""
        name, _, id = place.partition(".")
        return any(part.id == id and _is_over(part) for part in getattr(self.then, name))


def _cycle(part: Part) -> ReviewCycle | None:
    return part.cycle if isinstance(part, Review) else part.schedule if isinstance(part, Activity) else None


def _standing(cycle: ReviewCycle | None, done: Iterable[Done], on: date) -> ReviewStatus:
    return ReviewStatus("ended", None) if cycle is None else standing(cycle, done, on)


def _scheduled(status: ReviewStatus) -> date | None:
    is_due = status.state in ("due", "overdue", "paused") and status.outstanding is not None
    return status.outstanding.scheduled if is_due and status.outstanding else None


def _asks(part: Part, scheduled: date, on: date) -> bool:
    """Say whether what was due for a day is still asked for: it, or something older that it makes up for."""
    cycle = _cycle(part)
    status = _standing(cycle, getattr(part, "done", ()), on)
    if status.state == "paused":
        return True
    return cycle is not None and status.due is not None and status.due <= _due_for(cycle, scheduled)


def _due_for(cycle: ReviewCycle, scheduled: date) -> date:
    """Give the day on which a review for a day is due by a cycle, where it is called for."""
    around = cycle.call(on=scheduled).occurrences(scheduled - _A_YEAR, scheduled + _A_YEAR)
    return next((each.due for each in around if each.scheduled >= scheduled), scheduled)


def _changed(before: Part, after: Part) -> list[str]:
    """Give the fields in which work is no longer what was handed out."""
    names = [field.name for field in attrs.fields(type(after))]
    free = _SAYS_NOTHING | {name for mark in ("axis", "appended") for name, _ in marked(type(after), mark)}
    return [name for name in names if name not in free and getattr(before, name) != getattr(after, name)]


def _ended(plan: CarePlan, then: CarePlan) -> Iterator[str]:
    """Give the parts that are over in the next version and were not before."""
    for name in PARTS:
        was = {part.id: part for part in getattr(plan, name)}
        for part in getattr(then, name):
            if part.id in was and _is_over(part) and not _is_over(was[part.id]):
                yield f"{name}.{part.id}"


def _is_over(part: Part) -> bool:
    return any(getattr(part, name) in _OVER for name, axis in marked(type(part), "axis") if axis != "goal achievement")


# what becomes of it


def settled(
    plan: CarePlan,
    then: CarePlan,
    decisions: Sequence[WorkDecision],
    on: date,
    referrals: Iterable[Referral] = (),
) -> CarePlan:
    """Give the next version of a plan with what was decided about the open work that it touches.

    Raises:
        DataError: something is not decided, or what was decided is about nothing that is touched, or cannot be.
    """
    work = {each.place: each for each in touched(plan, then, on, referrals)}
    decided = {each.place for each in decisions}
    undecided = [
        Fault(place, f"{each.said}: decide in work= whether to keep it, cancel it with a reason, or replace it")
        for place, each in work.items()
        if place not in decided
    ]
    check_decisions(then, work, decisions, undecided)
    return carried_out(then, work, decisions, on)


def check_decisions(
    then: CarePlan, work: Mapping[str, OpenWork], decisions: Sequence[WorkDecision], faults: Iterable[Fault] = ()
) -> None:
    """Refuse decisions about nothing that is touched, and those that cannot be carried out.

    Raises:
        DataError: with all that is wrong with them, and with the faults that are given.
    """
    faults = [*_faults(then, work, decisions), *faults]
    if faults:
        raise DataError("open work", faults)


def carried_out(then: CarePlan, work: Mapping[str, OpenWork], decisions: Iterable[WorkDecision], on: date) -> CarePlan:
    """Give the next version of a plan in which what was decided about open work is carried out."""
    parts: dict[str, dict[str, Any]] = {}
    for each in decisions:
        name, _, id = each.place.partition(".")
        if name in PARTS:
            held = parts.setdefault(name, {part.id: part for part in getattr(then, name)})
            held[id] = _with_decision(held[id], work[each.place], each, on)
    fields: dict[str, Any] = {name: tuple(held.values()) for name, held in parts.items()}
    return attrs.evolve(then, **fields)


def _faults(then: CarePlan, work: Mapping[str, OpenWork], decisions: Sequence[WorkDecision]) -> Iterator[Fault]:
    known = {f"{name}.{part.id}" for name in PARTS for part in getattr(then, name) if not _is_over(part)}
    for place, each in enumerate(decisions):
        if each.place not in work:
            yield Fault(each.place, f"no open work that this touches{did_you_mean(each.place, work)}")
        elif any(each.place == other.place for other in decisions[:place]):
            yield Fault(each.place, "it is decided twice")
        elif each.choice == "keep" and each.place.startswith("reviews.") and then.status in _PLAN_OVER:
            yield Fault(each.place, "a plan that is over asks for no review: cancel it, or say what replaces it")
        elif each.by is not None and "/" not in each.by and each.by not in known - {each.place}:
            yield Fault(each.place, f"there is no {each.by[:60]} to replace it{did_you_mean(each.by, known)}")


def _with_decision(part: Any, work: OpenWork, decision: WorkDecision, on: date) -> Any:
    """Give the part whose work was decided about."""
    if decision.choice == "keep":
        return part if work.scheduled is None else _carried_over(part, work.scheduled, on)
    if isinstance(part, Review):
        return _left_out(part, work.scheduled, on)
    for name, axis in marked(type(part), "axis"):
        end = {**_UNDER_WAY.get(axis, {}), **_WAITING.get(axis, {})}.get(getattr(part, name))
        if end is not None:
            why = {"reason": decision.reason} if axis == "activity" else {}
            return attrs.evolve(part, **{name: end}, **why)
    return part


def _carried_over(part: Any, scheduled: date, on: date) -> Any:
    """Have another cycle ask for what was due, where it does not."""
    cycle, field = _cycle(part), "cycle" if isinstance(part, Review) else "schedule"
    for day in (scheduled, on):
        if cycle is not None and not _asks(part, scheduled, on):
            part = attrs.evolve(part, **{field: cycle.call(on=day, because="open when the cycle changed")})
    return part


def _left_out(review: Review, scheduled: date | None, on: date) -> Review:
    """Have a cycle no longer ask for what was due, nor for what was missed since."""
    first = _standing(review.cycle, review.done, on).outstanding
    if scheduled is None or first is None or first.scheduled > scheduled:
        return review
    cycle = review.cycle
    days = {each.scheduled for each in cycle.occurrences(first.due, on)}
    called = tuple(call for call in cycle.called if call.on not in days)
    return attrs.evolve(review, cycle=attrs.evolve(cycle, called=called, except_on=cycle.except_on | days))
