"""How much each member carries: duties and people, against what they can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from carecoord.roles._attendance import Attendance
from carecoord.roles._dates import asked
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import ResponsibilityMatrix
from carecoord.roles._gap import Contact
from carecoord.roles._team import Team

__all__ = ["Load", "ceiling_of", "workload"]


@attrs.frozen(kw_only=True)
class Load:
    """What one member carries in one role on a day.

    Attributes:
        member: their id.
        role: the role.
        is_there: whether they are there that day.
        accountable: the duties they answer for, in their own right.
        responsible: the duties they do in their own right, and may.
        covering: the duties they answer for or do because somebody else is not there.
        covering_for: the ids of those they stand in for.
        people: how many people they carry; `None` where that was not said.
        covered: how many people those carry whom they stand in for, as far as that was said.
        ceiling: how many people they can carry; `None` where neither they nor the matrix say.
    """

    member: str
    role: str
    is_there: bool
    accountable: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    covering: tuple[str, ...] = ()
    covering_for: tuple[str, ...] = ()
    people: int | None = None
    covered: int = 0
    ceiling: int | None = None

    @property
    def room(self) -> int | None:
        """How many more people they could carry of their own; below nought where it is too many already."""
        return None if self.ceiling is None or self.people is None else self.ceiling - self.people

    @property
    def is_over(self) -> bool:
        """Whether they carry more people of their own than they can; not known is not over."""
        return self.room is not None and self.room < 0


def workload(
    team: Team, matrix: ResponsibilityMatrix, *, on: date, people: Mapping[str, int] | None = None
) -> tuple[Load, ...]:
    """Give what each member carries on a day, in each role they have, sorted by member and role.

    >>> from datetime import date
    >>> from carecoord.roles import Member, Team, matrix
    >>> team = Team([Member("holm", role="care-manager", since=date(2025, 1, 1))])
    >>> (load,) = workload(team, matrix("collaborative-care-minimum"), on=date(2026, 5, 4), people={"holm": 131})
    >>> len(load.accountable), load.ceiling, load.room
    (18, 120, -11)

    Args:
        team: who serves when, and who is away.
        matrix: who has which part in which duty.
        on: the day asked about.
        people: how many people each member carries, by the member's id.
    """
    day = Days(team, matrix).at(asked(on))
    carried = people or {}
    held = _held(day)
    loads: dict[tuple[str, str], Load] = {}
    for member, serving in day.active.items():
        for role in dict.fromkeys(one.role for one in serving):
            parts = held.get((member, role), {})
            covering_for = tuple(sorted(parts.get("for", {})))
            loads[member, role] = Load(
                member=member,
                role=role,
                is_there=day.presence(member, role).is_there,
                accountable=tuple(parts.get("accountable", ())),
                responsible=tuple(parts.get("responsible", ())),
                covering=tuple(parts.get("covering", ())),
                covering_for=covering_for,
                people=carried.get(member),
                covered=sum(carried.get(name, 0) for name in covering_for),
                ceiling=ceiling_of(day, member, role),
            )
    return tuple(loads[key] for key in sorted(loads))


def _held(day: Day) -> dict[tuple[str, str], dict[str, dict[str, None]]]:
    """Give by member and role the duties of each part, in the matrix's order, and whom they stand in for."""
    held: dict[tuple[str, str], dict[str, dict[str, None]]] = {}

    def add(contact: Contact, part: str, duty: str) -> None:
        parts = held.setdefault((contact.member, contact.role), {})
        if contact.covering_for is not None:
            parts.setdefault("for", {})[contact.covering_for] = None
            part = "covering"
        parts.setdefault(part, {})[duty] = None

    for duty in day.matrix.duties:
        answering = day.accountable(duty)
        if isinstance(answering, Contact):
            add(answering, "accountable", duty.id)
        for contact in day.responsible(duty):
            add(contact, "responsible", duty.id)
    return held


def ceiling_of(day: Attendance, member: str, role: str) -> int | None:
    """Give how many people somebody can carry in a role: what they say for each place, or else what the matrix says."""
    own = [one.ceiling for one in day.serving(member, role) if one.ceiling is not None]
    return sum(own) if own else next((one.people for one in day.matrix.ceilings if one.role == role), None)
