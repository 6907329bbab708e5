"""Who holds a part of a duty on a day, who stands in for them, and where there is nobody, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import attrs

from carecoord.roles._catalogue import catalogued_roles
from carecoord.roles._duties import Duty, Part, ResponsibilityMatrix
from carecoord.roles._role import Role
from carecoord.roles._team import Absence, Member, Team

__all__ = ["Contact", "Day", "Gap", "GapKind", "Severity", "duty_gap", "listed"]

GapKind = Literal[
    "uncovered",
    "no-accountable",
    "several-accountable",
    "unnamed",
    "no-responsible",
    "inactive",
    "not-allowed",
    "incomplete-team",
    "not-in-force",
    "over-ceiling",
    "unreachable",
    "unknown-role",
]
Severity = Literal["safety", "breach", "warning"]


@attrs.frozen(kw_only=True)
class Gap:
    """Something that is wrong with who does what on a day.

    Attributes:
        kind: what is wrong: `uncovered` (nobody there answers for a duty), `no-accountable` (the matrix gives it to
            nobody), `several-accountable`, `unnamed` (several members in the role, none of them named),
            `no-responsible` (nobody there does it), `inactive` (named, but not a member), `not-allowed` (a patient or
            an informal member may not hold it), `incomplete-team`, `not-in-force`, `over-ceiling`, `unreachable`,
            `unknown-role`.
        severity: `safety` (it is about a safety duty), `breach`, or `warning`.
        rule: which of the rules of a valid assignment it breaks, by number; `None` where it is none of them.
        duty: the duty's id; `None` where it is not about one duty.
        role: the role it is about, if one.
        member: the id of the member it is about, if one.
        since: the first day of what causes it; `None` where there is no such day.
        until: the day on which that ends by itself; `None` where nothing that is known ends it.
        because: why, in words.
        mend: what would end it.
    """

    kind: GapKind
    severity: Severity
    rule: int | None
    duty: str | None = None
    role: str | None = None
    member: str | None = None
    since: date | None = None
    until: date | None = None
    because: str
    mend: str


@attrs.frozen(kw_only=True)
class Contact:
    """Somebody who is there on a day, and how to reach them.

    Attributes:
        member: their id.
        role: the role in which they are meant.
        reach: how to reach them, as the team says it; empty where it does not.
        covering_for: the id of whom they stand in for, who is away.
        because: why they are the one, in words that follow their id.
    """

    member: str
    role: str
    reach: str = ""
    covering_for: str | None = None
    because: str = ""


@attrs.frozen
class _Claim:
    """Somebody who holds a part of a duty, there or not: in a role, or by name (`None` where they have no role)."""

    member: str
    role: str | None
    named: bool


def listed(words: Iterable[str], joiner: str = "and") -> str:
    """Give words as people list them: `a, b and c`."""
    *head, last = words
    return f"{', '.join(head)} {joiner} {last}" if head else last


def duty_gap(
    duty: Duty,
    kind: GapKind,
    rule: int,
    because: str,
    mend: str,
    *,
    role: str | None = None,
    member: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Gap:
    """Give what is wrong with one duty; with a safety duty it is a matter of safety."""
    severity: Severity = "safety" if duty.safety else "breach"
    return Gap(
        kind=kind, severity=severity, rule=rule, duty=duty.id, role=role, member=member,
        since=since, until=until, because=because, mend=mend,
    )  # fmt: skip


class Day:
    """What team and matrix say on one day, looked up once."""

    __slots__ = ("_roles", "active", "away", "matrix", "on", "team")

    def __init__(self, team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
        self.team, self.matrix, self.on = team, matrix, on
        self._roles: Mapping[str, Role] = {**catalogued_roles(), **{role.id: role for role in matrix.roles}}
        self.active: dict[str, list[Member]] = {}
        for member in sorted(team.active(on=on), key=lambda member: (member.id, member.role)):
            self.active.setdefault(member.id, []).append(member)
        self.away: dict[str, list[Absence]] = {}
        for absence in sorted(team.absences, key=lambda absence: (absence.since, absence.cover or "")):
            if absence.is_in_force(on=on):
                self.away.setdefault(absence.member, []).append(absence)

    def knows(self) -> Iterable[str]:
        """Give the ids of the roles that the catalogue or the matrix describes."""
        return self._roles

    def is_professional(self, role: str) -> bool:
        """Say whether a role may be accountable; one that nobody describes may."""
        return role not in self._roles or self._roles[role].is_professional

    def may_hold(self, duty: Duty, part: Part, role: str) -> bool:
        """Say whether a role may have a part: a patient answers for nothing, and does only what is theirs to do."""
        return self.is_professional(role) or (part == "responsible" and duty.patient_may)

    def holding(self, role: str) -> list[Member]:
        """Give who is a member in a role, whether away or not."""
        return [serving for memberships in self.active.values() for serving in memberships if serving.role == role]

    def sources(self, duty: Duty, part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the members named for a part of a duty, and the roles that have it: assignments, or else the letters."""
        assigned = [
            given
            for given in self.matrix.assignments
            if given.duty == duty.id and given.part == part and given.is_in_force(on=self.on)
        ]
        if not assigned:
            return (), duty.roles(part)
        names = {given.member for given in assigned if given.member is not None}
        roles = {given.role for given in assigned if given.role is not None}
        return tuple(sorted(names)), tuple(sorted(roles))

    def barred(self, duty: Duty, part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the members and the roles who have a part that they may not have."""
        names, roles = self.sources(duty, part)
        return (
            tuple(name for name in names if name in self.active and not self._roles_for(duty, part, name)),
            tuple(role for role in roles if not self.may_hold(duty, part, role)),
        )

    def accountable(self, duty: Duty) -> Contact | Gap:
        """Give who answers for a duty, or whoever covers for them, or why there is no one such person."""
        claims = self._claims(duty, "accountable")
        claims = [claim for claim in claims if claim.role is not None] or claims
        if not claims:
            return self._nobody(duty)
        found = [self._acting(duty, claim) for claim in claims]
        there = [one for one in found if isinstance(one, Contact)]
        missing = [one for one in found if isinstance(one, Gap)]
        if not there:
            return _all_of(missing)
        is_one_person = len({claim.member for claim in claims}) == 1
        if is_one_person or (not missing and len({one.member for one in there}) == 1):
            return min(there, key=_by_right_first)
        return self._several(duty, claims)

    def responsible(self, duty: Duty) -> tuple[Contact, ...]:
        """Give who does a duty and is there, or covers for somebody who is not; each person once, sorted."""
        found = [self._acting(duty, claim) for claim in self._claims(duty, "responsible")]
        there = sorted((one for one in found if isinstance(one, Contact)), key=_by_right_first, reverse=True)
        return tuple(sorted({one.member: one for one in there}.values(), key=lambda one: one.member))

    def undone(self, duty: Duty) -> Gap | None:
        """Say why nobody who is there does a duty, or nothing where somebody does."""
        if self.responsible(duty):
            return None
        names, roles = self.sources(duty, "responsible")
        claims = self._claims(duty, "responsible")
        missing = [one for claim in claims if isinstance(one := self._acting(duty, claim), Gap)]
        mend = f"see that somebody who is there does {duty.id}"
        if missing:
            joined = _all_of(missing)
            return duty_gap(duty, "no-responsible", 1, joined.because, mend, since=joined.since, until=joined.until)
        allowed = sorted(role for role in roles if self.may_hold(duty, "responsible", role))
        if allowed:
            because, since, until = self.vacancy(allowed)
            return duty_gap(duty, "no-responsible", 1, because, mend, since=since, until=until)
        because = f"{listed([*names, *roles])} may not do it" if names or roles else "the matrix has nobody do it"
        return duty_gap(duty, "no-responsible", 1, because, mend)

    def escalation(self, *, besides: str | None) -> tuple[Contact, ...]:
        """Give who to turn to, in the matrix's order, of those who are there."""
        found: dict[str, Contact] = {}
        for role in self.matrix.escalation:
            for serving in self.holding(role):
                if serving.id != besides and serving.id not in self.away:
                    found.setdefault(serving.id, self._contact(serving.id, role, f"holds the role {role}"))
        return tuple(found.values())

    def vacancy(self, roles: Iterable[str]) -> tuple[str, date | None, date | None]:
        """Give why nobody is a member in any of the roles, since when, and until when."""
        wanted = sorted(roles)
        held = [member for member in self.team.members if member.role in wanted]
        since = max((member.until for member in held if member.until and member.until <= self.on), default=None)
        until = min((member.since for member in held if member.since > self.on), default=None)
        because = f"nobody on the team holds the role {listed(wanted, 'or')}"
        if since is not None:
            names = sorted({member.id for member in held if member.until == since})
            because = f"{listed(names)} left on {since} and nobody else holds it"
        if until is not None:
            names = sorted({member.id for member in held if member.since == until})
            because += f" until {listed(names)} start{'s' if len(names) == 1 else ''} on {until}"
        return because, since, until

    def not_a_member(self, duty: Duty, kind: GapKind, name: str) -> Gap:
        """Say why somebody named for a duty is not a member that day."""
        held = [member for member in self.team.members if member.id == name]
        since = max((member.until for member in held if member.until and member.until <= self.on), default=None)
        until = min((member.since for member in held if member.since > self.on), default=None)
        how = "is not on the team"
        if since is not None:
            how = f"left on {since}"
        elif until is not None:
            how = f"starts on {until}"
        return duty_gap(
            duty,
            kind,
            2,
            f"{name}, who is named for it, {how}",
            f"name an active member for {duty.id}",
            member=name,
            since=since,
            until=until,
        )

    def _roles_for(self, duty: Duty, part: Part, member: str) -> list[str]:
        """Give the roles in which somebody named may have a part, the likeliest first."""
        serving = [serving.role for serving in self.active.get(member, ())]
        return sorted(
            (role for role in serving if self.may_hold(duty, part, role)),
            key=lambda role: (role not in duty.roles(part), role),
        )

    def _claims(self, duty: Duty, part: Part) -> list[_Claim]:
        """Give who holds a part of a duty and may."""
        names, roles = self.sources(duty, part)
        claims = [
            _Claim(serving.id, role, named=False)
            for role in roles
            if self.may_hold(duty, part, role)
            for serving in self.holding(role)
        ]
        for name in names:
            if name not in self.active:
                claims.append(_Claim(name, None, named=True))
            elif able := self._roles_for(duty, part, name):
                claims.append(_Claim(name, able[0], named=True))
        return claims

    def _acting(self, duty: Duty, claim: _Claim) -> Contact | Gap:
        """Give the person themselves, or their cover, or why neither is there."""
        if claim.role is None:
            return self.not_a_member(duty, "uncovered", claim.member)
        absences = self.away.get(claim.member)
        if absences is None:
            because = "is named for it" if claim.named else f"holds the role {claim.role}"
            return self._contact(claim.member, claim.role, because)
        reasons: list[str] = []
        for absence in absences:
            if absence.cover is not None:
                role, reason = self._covering_role(duty, claim.role, absence.cover)
                if role is not None:
                    because = f"covers for {claim.member}, who is {_away(absence)}"
                    return self._contact(absence.cover, role, because, covering_for=claim.member)
                reasons.append(f"{absence.cover}, the cover, {reason}")
        backs = [absence.until for absence in absences if absence.until is not None]
        return duty_gap(
            duty,
            "uncovered",
            7,
            f"{claim.member} is {_away(absences[0])}, and {'; '.join(reasons) or 'nobody covers'}",
            f"name a cover for {claim.member} who is there and may hold {duty.id}",
            role=claim.role,
            member=claim.member,
            since=absences[0].since,
            until=max(backs) if len(backs) == len(absences) else None,
        )

    def _contact(self, member: str, role: str, because: str, *, covering_for: str | None = None) -> Contact:
        reach = next(serving.reach for serving in self.active[member] if serving.role == role)
        return Contact(member=member, role=role, reach=reach, covering_for=covering_for, because=because)

    def _covering_role(self, duty: Duty, covered: str, cover: str) -> tuple[str | None, str]:
        """Give in which role somebody may cover for another role in a duty, or else why they may not."""
        if cover not in self.active:
            return None, "is not a member that day"
        if cover in self.away:
            return None, "is away too"
        serving = self.active[cover]
        able = [member.role for member in serving if self._may_stand_in(duty, covered, member)]
        if not able:
            return None, f"may not hold it as {listed([member.role for member in serving], 'or')}"
        return min(able, key=lambda role: (role != covered, role not in duty.letters, role)), ""

    def _may_stand_in(self, duty: Duty, covered: str, serving: Member) -> bool:
        """Say whether a member may cover: of those who usually hold the role or do the duty anyway, and licensed."""
        own = {serving.role, *([serving.profession] if serving.profession else [])}
        usual = {covered, *(self._roles[covered].held_by if covered in self._roles else ())}
        doing = {*duty.roles("accountable"), *duty.roles("responsible")}
        if not self.is_professional(serving.role) or not (own & usual or serving.role in doing):
            return False
        described = [self._roles[role] for role in own if role in self._roles]
        scope = duty.scope
        return scope is None or not described or any(not role.authority(scope).is_ruled_out for role in described)

    def _nobody(self, duty: Duty) -> Gap:
        """Say why nobody holds a duty at all."""
        names, roles = self.sources(duty, "accountable")
        allowed = sorted(role for role in roles if self.is_professional(role))
        if allowed:
            because, since, until = self.vacancy(allowed)
            mend = f"add an active member as {listed(allowed, 'or')}, or name somebody for {duty.id}"
            role = allowed[0] if len(allowed) == 1 else None
            return duty_gap(duty, "uncovered", 2, because, mend, role=role, since=since, until=until)
        mend = f"give {duty.id} to a professional role, or name a member for it"
        if names or roles:
            because = f"{listed([*names, *roles])} may not be accountable to the team"
            return duty_gap(duty, "uncovered", 5, because, mend)
        return duty_gap(duty, "no-accountable", 1, "the matrix makes nobody accountable for it", mend)

    def _several(self, duty: Duty, claims: list[_Claim]) -> Gap:
        names = sorted({claim.member for claim in claims})
        roles = {claim.role for claim in claims}
        starts = sorted(min(serving.since for serving in self.active[name]) for name in names)
        mend = f"name one of {listed(names)} as accountable for {duty.id}"
        if len(roles) == 1 and not any(claim.named for claim in claims):
            (role,) = roles
            because = f"{listed(names)} hold the role {role} and none of them is named"
            return duty_gap(duty, "unnamed", 3, because, mend, role=role, since=starts[1])
        because = f"{listed(names)} are all accountable for it"
        return duty_gap(duty, "several-accountable", 1, because, mend, since=starts[1])


def _by_right_first(contact: Contact) -> tuple[bool, str]:
    return contact.covering_for is not None, contact.member


def _away(absence: Absence) -> str:
    back = f", back on {absence.until}" if absence.until is not None else ""
    return f"away from {absence.since}{back}"


def _all_of(gaps: list[Gap]) -> Gap:
    """Give one gap for several people of whom none is there: it began when the last of them went."""
    if len({gap.because for gap in gaps}) == 1:
        return gaps[0]
    return attrs.evolve(
        gaps[0],
        role=None,
        member=None,
        since=max((gap.since for gap in gaps if gap.since is not None), default=None),
        until=min((gap.until for gap in gaps if gap.until is not None), default=None),
        because="; ".join(sorted({gap.because for gap in gaps})),
        mend="; or ".join(sorted({gap.mend for gap in gaps})),
    )
