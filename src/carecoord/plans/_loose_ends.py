"""What hangs loose in the plans of one person: nobody's, for nothing, or without a way to it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from carecoord.plans._discrepancy import Discrepancy, Place
from carecoord.plans._education import Education
from carecoord.plans._in_force import OPEN, InForce, PlacedNeed
from carecoord.plans._part import marked, referred
from carecoord.plans._parts import KINDS
from carecoord.plans._plan import CarePlan
from carecoord.plans._reckoned import counts, in_force
from carecoord.plans._same_thing import same_thing

__all__ = ["loose_ends"]

_GIVEN_UP: Final = ("completed", "cancelled", "rejected", "entered-in-error")
_PURSUED: Final = ("planned", "accepted", "active")
_REACHED: Final = ("achieved", "sustaining")
_DUTY: Final = "own-plan"


def loose_ends(there: InForce) -> Iterator[Discrepancy]:
    """Say what is nobody's, for nothing, or without a way to it."""
    yield from _without_owner(there)
    yield from _without_goal(there)
    for plan in there.plans:
        yield from _without_activity(plan)
        yield from _orphans(plan)
        yield from _outlived(plan)
        if plan.part_of is not None and plan.part_of not in there.known:
            yield Discrepancy(
                kind="orphan",
                state="undecided",
                places=(Place(plan.id),),
                because=f"it belongs to the plan {plan.part_of}, which is not among those given",
                mend="give that plan too, or say that this one stands alone",
                duty=_DUTY,
            )


def _without_owner(there: InForce) -> Iterator[Discrepancy]:
    for each in there.activities():
        if each.is_open and each.part.owner is None:
            yield Discrepancy(
                kind="activity-without-owner",
                places=(each.place,),
                because=f"nobody holds {each.part.title}",
                mend="name a duty or a member",
                duty=_DUTY,
            )


def _without_goal(there: InForce) -> Iterator[Discrepancy]:
    """Say which needs no goal answers, in their own plan or for the same need in another."""
    needs = tuple(there.needs())
    wanted = {
        Place(plan.id, f"needs.{need}")
        for plan in there.plans
        for goal in plan.goals
        if goal.lifecycle not in _GIVEN_UP
        for need in goal.needs
    }
    answered = [each for each in needs if each.place in wanted]
    for need in needs:
        is_looked_after = need.part.status != "active" or bool(need.part.deferred)
        if not is_looked_after and not any(_is_same_need(need, each) for each in answered):
            yield Discrepancy(
                kind="need-without-goal",
                places=(need.place,),
                because=f"no goal answers {need.part.title or need.part.id}",
                mend="agree a goal for it with the person, or say why nothing is done about it for now",
                duty="set-goals",
            )


def _is_same_need(one: PlacedNeed, other: PlacedNeed) -> bool:
    return one.place == other.place or same_thing(one.part.codes, other.part.codes) is True


def _without_activity(plan: CarePlan) -> Iterator[Discrepancy]:
    served = set(chain.from_iterable(each.goals for each in plan.activities if each.status in OPEN))
    for goal in plan.goals:
        if goal.lifecycle in _PURSUED and goal.achievement not in _REACHED and goal.id not in served:
            yield Discrepancy(
                kind="goal-without-activity",
                places=(Place(plan.id, f"goals.{goal.id}"),),
                because=f"nothing is done for {goal.statement!r}",
                mend="add what is to be done for it, or put the goal on hold",
                duty=_DUTY,
            )


def _orphans(plan: CarePlan) -> Iterator[Discrepancy]:
    goals = {goal.id: goal for goal in plan.goals}
    needs = {need.id: need for need in plan.needs}
    for activity in plan.activities:
        if activity.status in OPEN and all(goals[each].lifecycle in _GIVEN_UP for each in activity.goals):
            why = "the goals it serves are over" if activity.goals else "it serves no goal"
            yield _orphan(plan, f"activities.{activity.id}", f"{activity.title}: {why}", "name a goal, or end it")
    for goal in plan.goals:
        if goal.lifecycle not in _GIVEN_UP and all(needs[each].status != "active" for each in goal.needs):
            why = "the needs it answers are resolved" if goal.needs else "it answers no need"
            yield _orphan(plan, f"goals.{goal.id}", f"{goal.statement}: {why}", "name a need, or end it")


def _outlived(plan: CarePlan) -> Iterator[Discrepancy]:
    """Say what goes on although everything in the plan that it is about is over."""
    for name in ("resources", "reviews", "education"):
        for part in in_force(plan, name):
            about = [
                plan.part(KINDS[named], each)
                for field, named in marked(type(part), "refers")
                for each in referred(getattr(part, field))
            ]
            is_learnt = isinstance(part, Education) and part.understanding == "understood"
            if about and not is_learnt and not any(map(counts, about)):
                yield _orphan(plan, f"{name}.{part.id}", f"{part.called}: what it is about is over", "end it")


def _orphan(plan: CarePlan, part: str, because: str, mend: str) -> Discrepancy:
    return Discrepancy(kind="orphan", places=(Place(plan.id, part),), because=because, mend=mend, duty=_DUTY)
