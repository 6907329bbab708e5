"""Members of a team, the dates they serve, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import combinations

import attrs

from carecoord.errors import DataError, Fault

__all__ = ["Absence", "Member", "Team", "check_period", "in_force"]


def in_force(since: date | None, until: date | None, on: date) -> bool:
    """Say whether a day lies in a period: `since` is the first day, `until` the day after the last, `None` no bound."""
    return (since is None or since <= on) and (until is None or on < until)


def check_period(name: str, since: date | None, until: date | None) -> None:
    """Refuse what is no period of at least one day.

    Raises:
        DataError: one of the two is no plain date, or `until` is not after `since`.
    """
    faults = [
        Fault(f"$.{field}", f"a date without a time is wanted, found {type(day).__name__}")
        for field, day in (("since", since), ("until", until))
        if day is not None and (isinstance(day, datetime) or not isinstance(day, date))
    ]
    if not faults and since is not None and until is not None and until <= since:
        faults = [Fault("$.until", f"{until} is not after {since}; it is the day after the last")]
    if faults:
        raise DataError(name, faults)


def _groups(groups: Iterable[str]) -> frozenset[str]:
    return frozenset((groups,) if isinstance(groups, str) else groups)


@attrs.frozen
class Member:
    """One person in one role, from a first day on.

    A person with two roles, or who left and came back, is two members with the same id.

    >>> from datetime import date
    >>> Member("lee", role="primary-care-provider", since=date(2025, 1, 1)).is_active(on=date(2025, 1, 1))
    True

    Attributes:
        id: the person, as the host knows them.
        role: what they are on this team, as `care-manager`.
        since: the first day.
        until: the day after the last; `None` while no end is known.
        profession: what they are by training, as `nurse`; often the id of a role of the catalogue.
        organisation: whom they work for.
        setting: where they work.
        reach: how to reach them.
        ceiling: how many people they can carry, where that is not what the matrix says for their role (part-time, say).
        groups: what the host counts them among where consents speak of groups, as `treating` or `medical`.
    """

    id: str
    role: str = attrs.field(kw_only=True)
    since: date = attrs.field(kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    profession: str | None = attrs.field(default=None, kw_only=True)
    organisation: str | None = attrs.field(default=None, kw_only=True)
    setting: str | None = attrs.field(default=None, kw_only=True)
    reach: str = attrs.field(default="", kw_only=True)
    ceiling: int | None = attrs.field(default=None, kw_only=True)
    groups: frozenset[str] = attrs.field(default=frozenset(), converter=_groups, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("member", self.since, self.until)
        faults = [Fault(f"$.{field}", "is empty") for field in ("id", "role") if not getattr(self, field)]
        if self.ceiling is not None and self.ceiling < 0:
            faults.append(Fault("$.ceiling", f"a number of people is wanted, found {self.ceiling}"))
        if faults:
            raise DataError("member", faults)

    def is_active(self, *, on: date) -> bool:
        """Say whether they are a member on that day; somebody on leave still is."""
        return in_force(self.since, self.until, on)


@attrs.frozen
class Absence:
    """When a member is away, and who covers.

    Attributes:
        member: the id of who is away, in every role.
        since: the first day away.
        until: the day they are back; `None` while that is not known.
        cover: the id of whoever stands in; `None` where nobody does.
    """

    member: str
    since: date = attrs.field(kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    cover: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("absence", self.since, self.until)
        if self.cover == self.member:
            raise DataError("absence", [Fault("$.cover", "nobody covers for themselves")])

    def is_in_force(self, *, on: date) -> bool:
        """Say whether they are away on that day."""
        return in_force(self.since, self.until, on)


@attrs.frozen
class Team:
    """The people who care for somebody, or for a whole caseload, past and future members included.

    Leave past members in: their dates say that they left, and for what reason nobody holds a duty now.

    Attributes:
        members: who is on the team, in which role and when.
        absences: who is away when, and who covers.
        id: what the host calls it.
        since: the first day the team as a whole is in force; `None` for always.
        until: the day after the last.
    """

    members: tuple[Member, ...] = attrs.field(converter=tuple[Member, ...])
    absences: tuple[Absence, ...] = attrs.field(default=(), converter=tuple[Absence, ...], kw_only=True)
    id: str = attrs.field(default="", kw_only=True)
    since: date | None = attrs.field(default=None, kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("team", self.since, self.until)
        known = {member.id for member in self.members}
        faults = [
            Fault(f"$.members[{j}]", f"serves on days on which $.members[{i}] is the same person in the same role")
            for (i, a), (j, b) in combinations(enumerate(self.members), 2)
            if (a.id, a.role) == (b.id, b.role) and _overlap(a, b)
        ] + [
            Fault(f"$.absences[{i}].member", "nobody on this team has this id")
            for i, absence in enumerate(self.absences)
            if absence.member not in known
        ]
        if faults:
            raise DataError("team", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether the team as a whole is in force on that day."""
        return in_force(self.since, self.until, on)

    def active(self, *, on: date) -> tuple[Member, ...]:
        """Give who is a member on that day, whether away or not, in the order given."""
        return tuple(member for member in self.members if self.is_in_force(on=on) and member.is_active(on=on))

    def with_absences(self, *absences: Absence) -> Team:
        """Give the team with more absences."""
        return attrs.evolve(self, absences=self.absences + absences)


def _overlap(a: Member, b: Member) -> bool:
    return a.is_active(on=b.since) or b.is_active(on=a.since)
