"""Members of a team, the dates they serve, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._credentials import Credential, Trained
from carecoord.roles._dates import check_period, in_force

__all__ = ["WEEKDAYS", "Absence", "Member", "Team", "Weekday"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _groups(groups: Iterable[str]) -> frozenset[str]:
    return frozenset((groups,) if isinstance(groups, str) else groups)


@attrs.frozen
class Member:
    """One person in one role, from a first day on.

    A person with two roles, or who left and came back, is two members with the same id; so is one who has the same role
    for two organisations or in two settings, as at the clinic on Mondays and at the school on Thursdays.

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
        days: the days of the week they work; `None` where that is not said, and every day counts.
        cover: the id of whoever stands in on other days, and in absences that name nobody else.
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
    days: tuple[Weekday, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(tuple[Weekday, ...]), kw_only=True
    )
    cover: str | None = attrs.field(default=None, kw_only=True)
    groups: frozenset[str] = attrs.field(default=frozenset(), converter=_groups, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("member", self.since, self.until)
        faults = [Fault(f"$.{field}", "is empty") for field in ("id", "role") if not getattr(self, field)]
        if self.ceiling is not None and self.ceiling < 0:
            faults.append(Fault("$.ceiling", f"a number of people is wanted, found {self.ceiling}"))
        if self.days is not None:
            faults += _faults_of_days(self.days)
        if self.cover == self.id:
            faults.append(Fault("$.cover", "nobody covers for themselves"))
        if faults:
            raise DataError("member", faults)

    def is_active(self, *, on: date) -> bool:
        """Say whether they are a member on that day; somebody on leave, or with the day off, still is."""
        return in_force(self.since, self.until, on)

    def works(self, *, on: date) -> bool:
        """Say whether it is a day of the week on which they work."""
        return self.days is None or WEEKDAYS[on.weekday()] in self.days


@attrs.frozen
class Absence:
    """When a member is away, and who covers.

    Attributes:
        member: the id of who is away, in every role.
        since: the first day away.
        until: the day they are back; `None` while that is not known.
        cover: the id of whoever stands in; where it is `None`, whoever stands in for them always, if anybody.
        organisation: the organisation they are away from; `None` for everywhere.
    """

    member: str
    since: date = attrs.field(kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    cover: str | None = attrs.field(default=None, kw_only=True)
    organisation: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("absence", self.since, self.until)
        if self.cover == self.member:
            raise DataError("absence", [Fault("$.cover", "nobody covers for themselves")])

    def is_in_force(self, *, on: date) -> bool:
        """Say whether they are away on that day."""
        return in_force(self.since, self.until, on)

    def concerns(self, member: Member) -> bool:
        """Say whether it takes this member away: the person, and their organisation where it names one."""
        return self.member == member.id and self.organisation in {None, member.organisation}


@attrs.frozen
class Team:
    """The people who care for somebody, or for a whole caseload, past and future members included.

    Leave past members in: their dates say that they left, and for what reason nobody holds a duty now.

    Attributes:
        members: who is on the team, in which role and when.
        absences: who is away when, and who covers.
        credentials: what they may do by licence. `None` where no record is kept of that: then nobody is taken to lack
            what their role or their profession does not rule out. With a record, even an empty one, whoever does a duty
            that asks for a licence must have it there.
        trained: which trainings they have had; `None` where no record is kept, and none is asked for.
        jurisdiction: where the people in care are, as an ISO 3166 code: credentials must hold there.
        id: what the host calls it.
        since: the first day the team as a whole is in force; `None` for always.
        until: the day after the last.
    """

    members: tuple[Member, ...] = attrs.field(converter=tuple[Member, ...])
    absences: tuple[Absence, ...] = attrs.field(default=(), converter=tuple[Absence, ...], kw_only=True)
    credentials: tuple[Credential, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(tuple[Credential, ...]), kw_only=True
    )
    trained: tuple[Trained, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(tuple[Trained, ...]), kw_only=True
    )
    jurisdiction: str | None = attrs.field(default=None, kw_only=True)
    id: str = attrs.field(default="", kw_only=True)
    since: date | None = attrs.field(default=None, kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("team", self.since, self.until)
        known = {member.id for member in self.members}
        faults = [
            Fault(f"$.members[{j}]", f"serves on days on which $.members[{i}] is the same person in the same role")
            for (i, a), (j, b) in combinations(enumerate(self.members), 2)
            if a.id == b.id and _place(a) == _place(b) and _overlap(a, b)
        ] + [Fault(at, "nobody on this team has this id") for at, name in self._named() if name not in known]
        if faults:
            raise DataError("team", faults)

    def _named(self) -> Iterator[tuple[str, str]]:
        """Give the ids that must be those of members, each with its place."""
        for i, absence in enumerate(self.absences):
            yield f"$.absences[{i}].member", absence.member
        for i, credential in enumerate(self.credentials or ()):
            yield f"$.credentials[{i}].member", credential.member
            if credential.supervisor is not None:
                yield f"$.credentials[{i}].supervisor", credential.supervisor
        for i, record in enumerate(self.trained or ()):
            yield f"$.trained[{i}].member", record.member

    def is_in_force(self, *, on: date) -> bool:
        """Say whether the team as a whole is in force on that day."""
        return in_force(self.since, self.until, on)

    def active(self, *, on: date, organisation: str | None = None, setting: str | None = None) -> tuple[Member, ...]:
        """Give who is a member on that day, whether away or not, in the order given.

        Args:
            on: the day.
            organisation: only those who serve for this organisation.
            setting: only those who serve in this setting.
        """
        if not self.is_in_force(on=on):
            return ()
        return tuple(
            member
            for member in self.members
            if member.is_active(on=on)
            and organisation in {None, member.organisation}
            and setting in {None, member.setting}
        )

    def with_absences(self, *absences: Absence) -> Team:
        """Give the team with more absences."""
        return attrs.evolve(self, absences=self.absences + absences)


def _place(member: Member) -> tuple[str, str | None, str | None]:
    return member.role, member.organisation, member.setting


def _overlap(a: Member, b: Member) -> bool:
    return a.is_active(on=b.since) or b.is_active(on=a.since)


def _faults_of_days(days: tuple[Weekday, ...]) -> Iterator[Fault]:
    if not days:
        yield Fault("$.days", "is empty: leave it out where every day counts")
    for place, day in enumerate(days):
        if day not in WEEKDAYS:
            yield Fault(f"$.days[{place}]", f"{day!r} is none of {', '.join(WEEKDAYS)}")
        elif day in days[:place]:
            yield Fault(f"$.days[{place}]", f"{day} stands there twice")
