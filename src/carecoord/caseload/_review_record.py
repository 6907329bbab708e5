"""What a case review recommended, who is to do what by when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord.errors import DataError, Fault, UnknownIdError

__all__ = ["ActionState", "Discussed", "ReviewAction", "ReviewRecord", "actions_of"]

ActionState = Literal["done", "done late", "open", "overdue", "dropped"]


@attrs.frozen(kw_only=True)
class ReviewAction:
    """Something that somebody is to do for one person.

    Attributes:
        id: text the host gives.
        what: what is to be done, in words.
        owner: the id of the duty or of the member who does it.
        due: the day by which.
        done: the day it was done; `None` while it is not.
        dropped: why it is not to be done any more; empty while it is.
    """

    id: str
    what: str
    owner: str
    due: date
    done: date | None = None
    dropped: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse an action that nobody is to do, or that says nothing."""
        faults = [Fault(f"$.{name}", "is empty") for name in ("id", "what", "owner") if not getattr(self, name).strip()]
        if self.done is not None and self.dropped:
            faults.append(Fault("$.dropped", "it was done: what was done is not dropped"))
        if faults:
            raise DataError("review action", faults)

    def state(self, *, on: date) -> ActionState:
        """Say how it stands on a day.

        >>> action = ReviewAction(id="1", what="call the pharmacy", owner="lee", due=date(2026, 6, 30))
        >>> action.state(on=date(2026, 6, 30)), action.state(on=date(2026, 7, 1))
        ('open', 'overdue')
        """
        if self.done is not None and self.done <= on:
            return "done" if self.done <= self.due else "done late"
        if self.dropped:
            return "dropped"
        return "open" if on <= self.due else "overdue"


def _actions(actions: Iterable[ReviewAction]) -> tuple[ReviewAction, ...]:
    return tuple(actions)


@attrs.frozen(kw_only=True)
class Discussed:
    """What was said of one person.

    Attributes:
        person: the host's id for them.
        recommendations: what the consultant and the team advise, in words.
        actions: who is to do what.
        minutes: how long it took; `None` where nobody noted it.
        labels: what it is about that not everybody may see; `None` where nobody has said so.
    """

    person: str
    recommendations: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    actions: tuple[ReviewAction, ...] = attrs.field(default=(), converter=_actions)
    minutes: int | float | None = None
    labels: frozenset[str] | None = None


@attrs.frozen(kw_only=True)
class ReviewRecord:
    """The minutes of one case review.

    Attributes:
        id: text the host gives.
        on: the day.
        attended: the ids of the members who were there.
        discussed: what was said of each person.

    Raises:
        DataError: two actions have one id, or one person was discussed twice.
    """

    id: str
    on: date
    attended: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    discussed: tuple[Discussed, ...] = attrs.field(default=(), converter=tuple[Discussed, ...])

    def __attrs_post_init__(self) -> None:
        """Hold ids to be unique."""
        faults = list(self._faults())
        if faults:
            raise DataError("review record", faults)

    def _faults(self) -> Iterator[Fault]:
        people: set[str] = set()
        seen: set[str] = set()
        for place, one in enumerate(self.discussed):
            if one.person in people:
                yield Fault(f"$.discussed[{place}].person", "was discussed already: put both together")
            people.add(one.person)
            for number, action in enumerate(one.actions):
                if action.id in seen:
                    yield Fault(f"$.discussed[{place}].actions[{number}].id", "stands twice")
                seen.add(action.id)

    def settle(self, action: str, *, done: date | None = None, dropped: str = "") -> ReviewRecord:
        """Give the record with one action done, or dropped for a reason.

        Args:
            action: the action's id.
            done: the day it was done.
            dropped: why it is not to be done any more.

        Raises:
            UnknownIdError: the record has no such action.
            DataError: neither or both are given, or it was settled already.
        """
        known = {one.id: one for each in self.discussed for one in each.actions}
        if action not in known:
            raise UnknownIdError("action", action, known)
        if (done is None) == (not dropped.strip()):
            raise DataError("review action", [Fault("$", "either the day it was done or why it is dropped is wanted")])
        if known[action].done is not None or known[action].dropped:
            raise DataError("review action", [Fault("$", "it was settled already")])
        settled = attrs.evolve(known[action], done=done, dropped=dropped)
        discussed = (
            attrs.evolve(each, actions=[settled if one.id == action else one for one in each.actions])
            for each in self.discussed
        )
        return attrs.evolve(self, discussed=discussed)


def actions_of(records: Iterable[ReviewRecord], *, on: date) -> tuple[tuple[str, ReviewAction, ActionState], ...]:
    """Give what became of every action of these reviews: the overdue first, then the open, each by the day it is due.

    Args:
        records: the minutes of reviews up to the day.
        on: the day.

    Returns:
        The person, the action, and how it stands; those of later reviews are left out.

    >>> action = ReviewAction(id="1", what="call the pharmacy", owner="lee", due=date(2026, 6, 30))
    >>> record = ReviewRecord(id="w26", on=date(2026, 6, 24), discussed=[Discussed(person="A", actions=[action])])
    >>> [(person, state) for person, _, state in actions_of([record], on=date(2026, 7, 1))]
    [('A', 'overdue')]
    """
    order = ("overdue", "open", "done late", "done", "dropped")
    found: list[tuple[str, ReviewAction, ActionState]] = [
        (each.person, action, action.state(on=on))
        for record in records
        if record.on <= on
        for each in record.discussed
        for action in each.actions
    ]
    return tuple(sorted(found, key=lambda one: (order.index(one[2]), one[1].due, one[0], one[1].id)))
