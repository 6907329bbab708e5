"""What a revision would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Unpack

import attrs

from carecoord.plans._agenda import AgendaItem, agenda
from carecoord.plans._diff import Difference, diff
from carecoord.plans._open_work import OpenWork, WorkDecision, carried_out, check_decisions, touched
from carecoord.plans._plan import CarePlan, Changes, proposed

if TYPE_CHECKING:
    from carecoord.plans._referral import Referral

__all__ = ["Preview", "preview"]


@attrs.frozen(kw_only=True)
class Preview:
    """What a revision would do.

    Attributes:
        differences: what it would change, what becomes of open work included.
        open_work: the open work that it touches and that is not decided yet; `revise` refuses it until it is.
        agenda_new: what would be on the agenda and is not now.
        agenda_gone: what is on the agenda and would be no more.
    """

    differences: tuple[Difference, ...]
    open_work: tuple[OpenWork, ...]
    agenda_new: tuple[AgendaItem, ...]
    agenda_gone: tuple[AgendaItem, ...]


def preview(
    plan: CarePlan,
    *,
    on: date,
    through: date | None = None,
    work: Iterable[WorkDecision] = (),
    referrals: Iterable[Referral] = (),
    **changes: Unpack[Changes],
) -> Preview:
    """Show what `revise` would do with the same changes, without doing it.

    Args:
        plan: the plan as it stands.
        on: the day from which the new version would hold.
        through: the last day to which the agenda is compared; `on` where left out.
        work: what becomes of open work, as far as it is decided.
        referrals: the referrals of the plan, which the host keeps beside it.
        changes: the fields that would change, as `CarePlan.revise` takes them.

    Raises:
        StatusError: as `CarePlan.revise`.
        DataError: as `CarePlan.revise`, but for work that is undecided.

    Example:
        >>> from carecoord.plans import Activity, Goal
        >>> plan = CarePlan(
        ...     id="p1", person="A", created=date(2026, 1, 5), status="active",
        ...     goals=[Goal(id="mood", statement="Enjoy my garden again", lifecycle="active")],
        ...     activities=[Activity(id="talk", kind="treatment", title="Weekly talks", goals=["mood"],
        ...                          status="in-progress")])
        >>> ends = {"goals": [plan.goal("mood").move("completed")]}
        >>> shown = preview(plan, on=date(2026, 3, 2), **ends)
        >>> for work in shown.open_work:
        ...     print(f"{work.place}: {work}")
        activities.talk: Weekly talks is in-progress, and goals.mood ended
        >>> work = [each.cancel("the goal is reached") for each in shown.open_work]
        >>> after = plan.revise(by="lee", on=date(2026, 3, 2), reason="reached", work=work, **ends)
        >>> after.activity("talk").status, after.history[-1].work[0].reason
        ('stopped', 'the goal is reached')
    """
    then = proposed(plan, changes)
    touches = {each.place: each for each in touched(plan, then, on, referrals)}
    decisions = tuple(work)
    check_decisions(then, touches, decisions)
    then = carried_out(then, touches, decisions, on)
    decided = {each.place for each in decisions}
    before = agenda([plan], on=on, through=through)
    after = agenda([then], on=on, through=through)
    return Preview(
        differences=diff(plan, then),
        open_work=tuple(each for place, each in touches.items() if place not in decided),
        agenda_new=_missing(after, before),
        agenda_gone=_missing(before, after),
    )


def _missing(items: Iterable[AgendaItem], among: Iterable[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Give what is not among other items: the same, as due and by the same; the reason may be put otherwise."""
    known = {(item.key, item.due, item.state, item.owner) for item in among}
    return tuple(item for item in items if (item.key, item.due, item.state, item.owner) not in known)
