"""Everything that is due, overdue or coming, across plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.plans._activities import Activity
from carecoord.plans._assessments import PlanAssessment
from carecoord.plans._crisis import SafetyPlan
from carecoord.plans._decisions import SharedDecision
from carecoord.plans._done import looked_at, standing
from carecoord.plans._education import Education
from carecoord.plans._goals import Goal
from carecoord.plans._looks import Review
from carecoord.plans._occurrence import Occurrence, ReviewStatus
from carecoord.plans._part import Owner
from carecoord.plans._plan import CarePlan
from carecoord.plans._referral import OpenReferral, Referral, open_referrals
from carecoord.plans._review import ReviewCycle
from carecoord.plans._statuses import ReferralStatus

__all__ = ["AgendaItem", "agenda"]

Kind = Literal["review", "goal", "activity", "assessment", "decision", "education", "safety-plan", "referral"]
State = Literal["overdue", "due", "upcoming"]
Held = Review | Goal | Activity | PlanAssessment | SharedDecision | Education | SafetyPlan

_IN_FORCE: Final = ("plan", "order")
_RUNNING: Final = ("active", "unknown")
_PURSUED: Final = ("accepted", "active")
_REACHED: Final = ("achieved", "sustaining")
_OPEN: Final = ("not-started", "scheduled", "in-progress", "unknown")
_HOLDING: Final = ("draft", "active")
_URGENCY: Final = ("overdue", "due", "upcoming")
_ONE_DAY: Final = timedelta(days=1)


@attrs.frozen(kw_only=True)
class AgendaItem:
    """One thing that someone is to do.

    Attributes:
        plan: the id of the plan; empty where a referral belongs to none.
        person: the id of the person the plan is for.
        kind: what it is: a review, a goal to be reached, an activity, or another part of a plan; or a referral.
        id: the id of the part or referral.
        owner: who holds it; `None` where the plan does not say.
        state: how it stands on the day asked about.
        scheduled: the day it was scheduled for, which identifies it within its part.
        due: the day it is due.
        overdue_from: the first day on which it is overdue; `None` while a pause without end keeps its grace.
        because: why it is listed, in a sentence.
    """

    plan: str
    person: str
    kind: Kind
    id: str
    owner: Owner | None
    state: State
    scheduled: date
    due: date
    overdue_from: date | None
    because: str

    @property
    def key(self) -> str:
        """What identifies it within its plan for good: `review.monthly@2026-02-28`."""
        return f"{self.kind}.{self.id}@{self.scheduled}"


def agenda(
    plans: Iterable[CarePlan],
    *,
    on: date,
    through: date | None = None,
    referrals: Iterable[Referral] = (),
    limits: Mapping[ReferralStatus, Period | str] | None = None,
) -> tuple[AgendaItem, ...]:
    """List everything that is overdue or due on a day, and what falls due from then through another.

    A review or a scheduled activity is listed once for the outstanding time, however many times were missed since:
    doing it now covers them; and once for each later time that falls due through the last day.
    What was done after the day asked about is not seen.

    Listed are plans of intent `plan` or `order`; the others are not agreed.
    Of an `active` plan everything is listed: reviews; goals that are accepted or active, have a due day and are not
    achieved; activities that are not begun or in progress and have a due day or a schedule; assessments to be made;
    decisions to look at again; what is to be explained; and safety plans that were used and not looked at since, due
    from the day they were used.
    A plan whose status is `unknown` is listed in full too, and the reason says so: nobody knows that it is over.
    Of a plan `on-hold` only the reviews are listed: someone has to look again whether it goes on.
    While a cycle pauses, what was due before is listed for the day on which the pause is over, and not before.
    The days a plan covers end nothing by themselves: as long as it is active, it is listed.
    A draft is not acted on, and a plan that is completed, revoked or entered in error is over: nothing is listed.

    Args:
        plans: the plans, in any order.
        on: the day asked about.
        through: the last day that is looked ahead to, itself included; the day asked about where left out.
        referrals: referrals whose loop may be open; each is overdue once it has stood too long.
        limits: how long a referral may stand in each status, as `open_referrals` takes them; one that stands in a
            status without a limit is listed as due, and the reason says so.

    Returns:
        What is overdue first, then what is due, then what is coming; the earliest first, then by plan, kind and id.

    Raises:
        DataError: `through` is before `on`.

    Example:
        >>> plan = CarePlan(
        ...     id="p1", person="A", created=date(2026, 1, 5), status="active",
        ...     reviews=[Review(id="monthly", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D"),
        ...                     owner=Owner(duty="own-plan")).record(on=date(2026, 1, 30))])
        >>> for item in agenda([plan], on=date(2026, 3, 8), through=date(2026, 3, 31)):
        ...     print(item.state, item.because)
        overdue monthly was due on 2026-02-28 and has been overdue since 2026-03-08; last done on 2026-01-30
        upcoming monthly is due on 2026-03-31
    """
    last = on if through is None else through
    if last < on:
        raise DataError("agenda", [Fault("through", f"{last} is before {on}, the day asked about")])
    items = [item for plan in plans for item in _plan_items(plan, on, last)]
    items += (
        item for each in open_referrals(referrals, on=on, limits=limits or {}) for item in _referred(each, on, last)
    )
    return tuple(sorted(items, key=_order))


def _order(item: AgendaItem) -> tuple[int, date, str, str, str, str, str]:
    return (_URGENCY.index(item.state), item.due, item.plan, item.person, item.kind, item.id, item.because)


def _plan_items(plan: CarePlan, on: date, last: date) -> Iterator[AgendaItem]:
    running = plan.status in _RUNNING
    if plan.intent not in _IN_FORCE or not (running or plan.status == "on-hold"):
        return
    listed = _Listing(plan, on, last)
    for review in plan.reviews:
        yield from listed.again("review", review, review.cycle)
    if not running:
        return
    yield from _to_reach_and_do(plan, listed)
    yield from _to_find_out_and_explain(plan, listed)


def _to_reach_and_do(plan: CarePlan, listed: _Listing) -> Iterator[AgendaItem]:
    for goal in plan.goals:
        if goal.due is not None and goal.lifecycle in _PURSUED and goal.achievement not in _REACHED:
            near = "nobody has said how near it is" if goal.achievement is None else f"it is {goal.achievement}"
            yield from listed.once("goal", goal, goal.due, f"to be reached; {near}")
    for activity in plan.activities:
        if activity.status not in _OPEN:
            continue
        if activity.schedule is not None:
            cycle = activity.schedule.within(activity.since, activity.until)
            if cycle is not None:
                yield from listed.again("activity", activity, cycle)
        elif activity.due is not None:
            yield from listed.once("activity", activity, activity.due, f"to be done; it is {activity.status}")


def _to_find_out_and_explain(plan: CarePlan, listed: _Listing) -> Iterator[AgendaItem]:
    on = listed.on
    for assessment in plan.assessments:
        is_made = assessment.on is not None and assessment.on <= on
        if assessment.due is not None and not is_made and assessment.status in _HOLDING:
            yield from listed.once("assessment", assessment, assessment.due, "to be made")
    for decision in plan.decisions:
        again = decision.again
        if again is None or decision.status not in _HOLDING or looked_at(decision.done, again, on):
            continue
        yield from listed.once("decision", decision, again, "to be looked at again")
    for education in plan.education:
        is_taught = any(each.on <= on for each in education.taught)
        if education.due is not None and not is_taught and education.status in _HOLDING:
            yield from listed.once("education", education, education.due, "to be explained")
    for safety in plan.safety_plans:
        used = max((each.on for each in safety.used if each.on <= on and each.outcome == "done"), default=None)
        if used is None or safety.status not in _HOLDING or looked_at(safety.done, used, on):
            continue
        because = f"{safety.called} was used on {used}, and nobody has looked at it since"
        yield listed.item("safety-plan", safety, "due", Occurrence(used, used, None, used, None), because)


def _referred(found: OpenReferral, on: date, last: date) -> Iterator[AgendaItem]:
    referral, until = found.referral, found.overdue_from
    due = found.since if until is None else until - _ONE_DAY
    if due > last:
        return
    state: State = "overdue" if found.state == "too-long" else "due" if due <= on else "upcoming"
    yield AgendaItem(
        plan=referral.plan or "",
        person=referral.person,
        kind="referral",
        id=referral.id,
        owner=found.owner,
        state=state,
        scheduled=found.since,
        due=due,
        overdue_from=until,
        because=found.because,
    )


@attrs.frozen
class _Listing:
    """What one plan asks for from a day to another."""

    plan: CarePlan
    on: date
    last: date

    def again(self, kind: Kind, part: Review | Activity, cycle: ReviewCycle) -> Iterator[AgendaItem]:
        """List what a cycle asks for: what is outstanding, and each later time that is still to come."""
        done = [each for each in part.done if each.on <= self.on and each.outcome == "done"]
        status = standing(cycle, done, self.on)
        first = status.outstanding
        if first is None:
            return
        name, why = part.called, {call.on: call.because for call in cycle.called if call.because}
        so_far = f"last done on {max(each.on for each in done)}" if done else "never done so far"
        for state, each, words in self.outstanding(status, first):
            yield self.item(kind, part, state, each, f"{name} {words}{_called(why, first)}; {so_far}")
        waits = status.resumes if status.state == "paused" else None
        covered = max(self.on, waits or first.due)
        for later in cycle.occurrences(covered + _ONE_DAY, self.last):
            yield self.item(kind, part, "upcoming", later, f"{name} is due on {later.due}{_called(why, later)}")

    def outstanding(self, status: ReviewStatus, first: Occurrence) -> Iterator[tuple[State, Occurrence, str]]:
        """Give what is outstanding, where it falls due by the last day or is to be done once its pause is over."""
        if status.state == "paused":
            if status.resumes is not None and status.resumes <= self.last:
                words = f"was due on {first.due} and waits until its pause is over on {status.resumes}"
                yield "upcoming", attrs.evolve(first, due=status.resumes), words
        elif first.due > self.last:
            return
        elif status.state == "overdue":
            yield "overdue", first, f"was due on {first.due} and has been overdue since {first.overdue_from}"
        elif status.state == "due":
            until = "" if first.overdue_from is None else f" and is overdue from {first.overdue_from}"
            yield "due", first, f"has been due since {first.due}{until}"
        else:
            yield "upcoming", first, f"is due on {first.due}"

    def once(self, kind: Kind, part: Held, due: date, task: str) -> Iterator[AgendaItem]:
        """List what is due on one day."""
        if due > self.last:
            return
        state: State = "upcoming" if self.on < due else "due" if self.on == due else "overdue"
        because = f"{part.called} {'was' if state == 'overdue' else 'is'} due on {due}, {task}"
        yield self.item(kind, part, state, Occurrence(due, due, due + _ONE_DAY, due, due), because)

    def item(self, kind: Kind, part: Held, state: State, review: Occurrence, because: str) -> AgendaItem:
        """Give the entry."""
        doubt = "; the status of the plan is unknown" if self.plan.status == "unknown" else ""
        return AgendaItem(
            plan=self.plan.id,
            person=self.plan.person,
            kind=kind,
            id=part.id,
            owner=part.owner,
            state=state,
            scheduled=review.scheduled,
            due=review.due,
            overdue_from=review.overdue_from,
            because=because + doubt,
        )


def _called(why: Mapping[date, str], review: Occurrence) -> str:
    """Say why a review was called for."""
    return f", called for because of {why[review.scheduled]}" if review.scheduled in why else ""
