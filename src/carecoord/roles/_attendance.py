"""Who is a member on a day, who of them is there, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

import attrs

from carecoord.roles._catalogue import catalogued_roles
from carecoord.roles._credentials import Credential, Trained
from carecoord.roles._dates import DAY
from carecoord.roles._duties import PARTS, Assignment, Part, ResponsibilityMatrix
from carecoord.roles._gap import listed
from carecoord.roles._role import Role
from carecoord.roles._team import WEEKDAYS, Absence, Member, Team

__all__ = ["Attendance", "Lookup", "Presence", "only_on"]

K = TypeVar("K")
T = TypeVar("T")

_FARTHEST = 366
"""Days to look ahead for somebody's next day at work: an absence of more than a year is no day off."""


class Lookup:
    """A team and a matrix, sorted once for every day that is asked about."""

    def __init__(self, team: Team, matrix: ResponsibilityMatrix) -> None:
        self.team, self.matrix = team, matrix
        self.roles: Mapping[str, Role] = {**catalogued_roles(), **{role.id: role for role in matrix.roles}}
        self.informal = frozenset(name for name, role in self.roles.items() if not role.is_professional)
        members = sorted(team.members, key=_order_of_members)
        absences = sorted(team.absences, key=lambda one: (one.since, one.cover or "", one.organisation or ""))
        credentials = sorted(team.credentials or (), key=_order_of_credentials)
        self.members: dict[str, list[Member]] = _grouped((one.id, one) for one in members)
        self.in_role: dict[str, list[Member]] = _grouped((one.role, one) for one in members)
        self.absences: dict[str, list[Absence]] = _grouped((one.member, one) for one in absences)
        self.credentials: dict[tuple[str, str], list[Credential]] = _grouped(
            ((one.member, one.authority), one) for one in credentials
        )
        self.trained: dict[tuple[str, str], list[Trained]] = _grouped(
            ((one.member, one.training), one) for one in team.trained or ()
        )
        self.letters: dict[tuple[str, Part], tuple[str, ...]] = {
            (duty.id, part): duty.roles(part) for duty in matrix.duties for part in PARTS
        }
        self.assigned: dict[tuple[str, Part], list[Assignment]] = _grouped(
            ((one.duty, one.part), one) for one in matrix.assignments
        )


def _order_of_members(one: Member) -> tuple[str, str, str, str, date]:
    return one.id, one.role, one.organisation or "", one.setting or "", one.since


def _order_of_credentials(one: Credential) -> tuple[str, ...]:
    return one.jurisdiction or "", str(one.since or ""), str(one.until or ""), one.supervisor or "", one.status


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    grouped: dict[K, list[T]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped


@attrs.frozen
class Presence:
    """Whether somebody is there in a role, and if not, which absences or which days at work are why."""

    is_there: bool
    absences: tuple[Absence, ...] = ()
    works: tuple[str, ...] = ()


_THERE = Presence(is_there=True)


class Attendance:
    """Who is a member of the team on one day, and who of them is there."""

    __slots__ = ("_holding", "_presences", "active", "away", "lookup", "matrix", "on", "roles", "team")

    def __init__(self, lookup: Lookup, on: date) -> None:
        self.lookup, self.on = lookup, on
        self.team, self.matrix, self.roles = lookup.team, lookup.matrix, lookup.roles
        self.active: dict[str, list[Member]] = {}
        if lookup.team.is_in_force(on=on):
            for member, serving in lookup.members.items():
                if active := [one for one in serving if one.is_active(on=on)]:
                    self.active[member] = active
        self.away: dict[str, list[Absence]] = {}
        for member, absences in lookup.absences.items():
            if away := [one for one in absences if one.is_in_force(on=on)]:
                self.away[member] = away
        self._holding: dict[str, tuple[Member, ...]] = {}
        self._presences: dict[tuple[str, str], Presence] = {}

    def is_professional(self, role: str) -> bool:
        """Say whether a role may be accountable; one that nobody describes may."""
        return role not in self.lookup.informal

    def holding(self, role: str) -> tuple[Member, ...]:
        """Give who is a member in a role, whether away or not."""
        if role not in self._holding:
            held = self.lookup.in_role.get(role, ()) if self.active else ()
            self._holding[role] = tuple(one for one in held if one.is_active(on=self.on))
        return self._holding[role]

    def serving(self, member: str, role: str) -> list[Member]:
        """Give the memberships of somebody in a role: one for each organisation and setting."""
        return [one for one in self.active.get(member, ()) if one.role == role]

    def presence(self, member: str, role: str) -> Presence:
        """Give whether a member is there in a role: in one of its places, on a day they work, and not away."""
        known = self._presences.get((member, role))
        if known is None:
            known = self._presences[member, role] = self._presence(member, role)
        return known

    def _presence(self, member: str, role: str) -> Presence:
        away = self.away.get(member, ())
        absences: set[Absence] = set()
        works: set[str] = set()
        for one in self.serving(member, role):
            concerning = [absence for absence in away if absence.concerns(one)]
            if not concerning and one.works(on=self.on):
                return _THERE
            absences.update(concerning)
            works.update((one.days or ()) if not concerning else ())
        if works:
            return Presence(is_there=False, works=tuple(day for day in WEEKDAYS if day in works))
        return Presence(is_there=False, absences=tuple(absence for absence in away if absence in absences))

    def is_away(self, member: str) -> bool:
        """Say whether somebody is away from every place where they serve."""
        away = self.away.get(member, ())
        return all(any(absence.concerns(one) for absence in away) for one in self.active.get(member, ()))

    def covers(self, member: str, role: str | None = None) -> tuple[str, ...]:
        """Give who stands in for a member, in one role or in any: in absences in force, in their order, then always."""
        serving = [one for one in self.active.get(member, ()) if role in {None, one.role}]
        named = [
            absence.cover for absence in self.away.get(member, ()) if any(absence.concerns(one) for one in serving)
        ]
        named += [one.cover for one in serving]
        return tuple(dict.fromkeys(cover for cover in named if cover is not None))

    def reach(self, member: str, role: str) -> str:
        """Give how to reach somebody in a role, where they are that day if that is said."""
        serving = self.serving(member, role)
        at_work = [one for one in serving if one.works(on=self.on)]
        return next((one.reach for one in (*at_work, *serving) if one.reach), "")

    def back(self, member: str, role: str) -> date | None:
        """Give the next day on which somebody is there in a role; `None` where that is today, or not known."""
        if self.presence(member, role).is_there:
            return None
        serving = [one for one in self.lookup.members.get(member, ()) if one.role == role]
        days = (self.on + ahead * DAY for ahead in range(1, _FARTHEST))
        return next((day for day in days if any(self._is_there(one, day) for one in serving)), None)

    def _is_there(self, one: Member, day: date) -> bool:
        away = any(
            absence.is_in_force(on=day) and absence.concerns(one) for absence in self.lookup.absences.get(one.id, ())
        )
        return not away and self.team.is_in_force(on=day) and one.is_active(on=day) and one.works(on=day)


def only_on(presence: Presence) -> str:
    """Give on which days somebody works who is not there today, in words that follow their id."""
    return f"works only on {listed(f'{day}s' for day in presence.works)}"
