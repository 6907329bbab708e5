"""Who holds a part of a duty on a day, and who stands in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import attrs

from carecoord.roles._attendance import Attendance, Lookup, Presence, only_on
from carecoord.roles._duties import Duty, Part, ResponsibilityMatrix
from carecoord.roles._gap import Contact, Gap, GapKind, duty_gap, listed
from carecoord.roles._licence import Lack, lack
from carecoord.roles._team import Absence, Member, Team

__all__ = ["Claim", "Day", "Days"]


class Claim(NamedTuple):
    """Somebody who holds a part of a duty, there or not: in a role, or by name (`None` where they have no role)."""

    member: str
    role: str | None
    named: bool


class Days(Lookup):
    """What team and matrix say on any day, each day looked up once."""

    def __init__(self, team: Team, matrix: ResponsibilityMatrix) -> None:
        super().__init__(team, matrix)
        self._known: dict[date, Day] = {}

    def at(self, on: date) -> Day:
        """Give one day."""
        if on not in self._known:
            self._known[on] = Day(self, on)
        return self._known[on]


class Day(Attendance):
    """What team and matrix say on one day."""

    __slots__ = ("_acted", "_claimed", "_sources", "_there")

    def __init__(self, lookup: Lookup, on: date) -> None:
        super().__init__(lookup, on)
        self._sources: dict[tuple[str, Part], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._claimed: dict[tuple[str, Part], tuple[Claim, ...]] = {}
        self._there: dict[Claim, Contact] = {}
        self._acted: dict[tuple[str, Claim], Contact | Gap] = {}

    def may_hold(self, duty: Duty, part: Part, role: str) -> bool:
        """Say whether a role may have a part: a patient answers for nothing, and does only what is theirs to do."""
        return self.is_professional(role) or (part == "responsible" and duty.patient_may)

    def sources(self, duty: Duty, part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the members named for a part of a duty, and the roles that have it: assignments, or else the letters."""
        key = duty.id, part
        if key not in self._sources:
            self._sources[key] = self._find_sources(key)
        return self._sources[key]

    def _find_sources(self, key: tuple[str, Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        assigned = [one for one in self.lookup.assigned.get(key, ()) if one.is_in_force(on=self.on)]
        if not assigned:
            return (), self.lookup.letters[key]
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

    def claims(self, duty: Duty, part: Part) -> tuple[Claim, ...]:
        """Give who holds a part of a duty and may."""
        key = duty.id, part
        if key not in self._claimed:
            self._claimed[key] = tuple(dict.fromkeys(self._find_claims(duty, part)))
        return self._claimed[key]

    def _find_claims(self, duty: Duty, part: Part) -> Iterator[Claim]:
        names, roles = self.sources(duty, part)
        for role in roles:
            if self.may_hold(duty, part, role):
                yield from (Claim(serving.id, role, named=False) for serving in self.holding(role))
        for name in names:
            if name not in self.active:
                yield Claim(name, None, named=True)
            elif able := self._roles_for(duty, part, name):
                yield Claim(name, able[0], named=True)

    def accountable(self, duty: Duty) -> Contact | Gap:
        """Give who answers for a duty, or whoever covers for them, or why there is no one such person."""
        claims = self.claims(duty, "accountable")
        claims = tuple(claim for claim in claims if claim.role is not None) or claims
        if not claims:
            return self._nobody(duty)
        found = [self.acting(duty, claim) for claim in claims]
        there = [one for one in found if isinstance(one, Contact)]
        missing = [one for one in found if isinstance(one, Gap)]
        if not there:
            return _all_of(missing)
        is_one_person = len({claim.member for claim in claims}) == 1
        if is_one_person or (not missing and len({one.member for one in there}) == 1):
            return min(there, key=_by_right_first)
        return self._several(duty, claims)

    def doing(self, duty: Duty) -> tuple[Contact, ...]:
        """Give who is to do a duty, or covers for somebody who is not there; each person once, sorted."""
        found = [self.acting(duty, claim) for claim in self.claims(duty, "responsible")]
        there = sorted((one for one in found if isinstance(one, Contact)), key=_by_right_first, reverse=True)
        return tuple(sorted({one.member: one for one in there}.values(), key=lambda one: one.member))

    def roles_doing(self, duty: Duty) -> dict[str, set[str]]:
        """Give in which roles each person does a duty: their own, and those of whom they cover for."""
        roles: dict[str, set[str]] = {}
        for claim in self.claims(duty, "responsible"):
            acting = self.acting(duty, claim)
            if isinstance(acting, Contact) and claim.role is not None:
                roles.setdefault(acting.member, set()).update((acting.role, claim.role))
        return roles

    def lack(self, duty: Duty, member: str) -> Lack | None:
        """Give what authority somebody lacks to do a duty; `None` where they may."""
        return lack(self, duty, member, self.active.get(member, ())) if duty.authorities else None

    def responsible(self, duty: Duty) -> tuple[Contact, ...]:
        """Give who is to do a duty, is there and may."""
        return tuple(one for one in self.doing(duty) if not self._is_barred_from(duty, one))

    def _is_barred_from(self, duty: Duty, contact: Contact) -> bool:
        found = self.lack(duty, contact.member)
        return found is not None and found.bars

    def undone(self, duty: Duty) -> Gap | None:
        """Say why nobody who is there is to do a duty, or nothing where somebody is."""
        if self.doing(duty):
            return None
        names, roles = self.sources(duty, "responsible")
        acting = [self.acting(duty, claim) for claim in self.claims(duty, "responsible")]
        missing = [one for one in acting if isinstance(one, Gap)]
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
                if serving.id != besides and self.presence(serving.id, role).is_there:
                    found.setdefault(serving.id, self.contact(serving.id, role, f"holds the role {role}"))
        return tuple(found.values())

    def standing_cover(self, duty: Duty, member: str, role: str) -> Contact | str:
        """Give who would stand in for somebody in a duty, of those they have named for always, or why nobody would."""
        named = dict.fromkeys(one.cover for one in self.serving(member, role) if one.cover is not None)
        reasons: list[str] = []
        for cover in named:
            covering, reason = self.covering_role(duty, role, cover)
            if covering is not None:
                return self.contact(cover, covering, f"stands in for {member}")
            reasons.append(f"{cover}, the cover of {member}, {reason}")
        return "; ".join(reasons) or f"{member} has not said who stands in"

    def vacancy(self, roles: Iterable[str]) -> tuple[str, date | None, date | None]:
        """Give why nobody is a member in any of the roles, since when, and until when."""
        wanted = sorted(roles)
        held = [member for role in wanted for member in self.lookup.in_role.get(role, ())]
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
        held = self.lookup.members.get(name, ())
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

    def contact(self, member: str, role: str, because: str, *, covering_for: str | None = None) -> Contact:
        """Give a member in a role, with how to reach them."""
        reach = self.reach(member, role)
        return Contact(member=member, role=role, reach=reach, covering_for=covering_for, because=because)

    def acting(self, duty: Duty, claim: Claim) -> Contact | Gap:
        """Give the person themselves, or their cover, or why neither is there."""
        known = self._there.get(claim) or self._acted.get((duty.id, claim))
        if known is None:
            known = self._acted[duty.id, claim] = self._acting(duty, claim)
        return known

    def _acting(self, duty: Duty, claim: Claim) -> Contact | Gap:
        """Find who acts: what is no matter of safety waits for the next day that somebody works."""
        if claim.role is None:
            return self.not_a_member(duty, "uncovered", claim.member)
        because = "is named for it" if claim.named else f"holds the role {claim.role}"
        presence = self.presence(claim.member, claim.role)
        if presence.is_there:
            self._there[claim] = self.contact(claim.member, claim.role, because)
            return self._there[claim]
        waiting: Contact | None = None
        reasons: list[str] = []
        for cover, why_away in self._covers(claim.member, claim.role, presence):
            role, reason = self.covering_role(duty, claim.role, cover)
            if role is None:
                reasons.append(f"{cover}, the cover, {reason}")
                continue
            why = f"covers for {claim.member}, who {why_away}"
            covering = self.contact(cover, role, why, covering_for=claim.member)
            at_work = self.presence(cover, role)
            if at_work.is_there:
                return covering
            waiting = waiting or covering
            reasons.append(f"{cover}, the cover, {only_on(at_work)}")
        if not duty.safety and presence.works:
            return self.contact(claim.member, claim.role, f"{because} and {only_on(presence)}")
        if not duty.safety and waiting is not None:
            return waiting
        return self._uncovered(duty, claim, presence, reasons)

    def _covers(self, member: str, role: str, presence: Presence) -> Iterator[tuple[str, str]]:
        """Give who covers for somebody who is not there, each with why that one is asked."""
        why = f"is {_away(presence.absences[0])}" if presence.absences else only_on(presence)
        for absence in presence.absences:
            if absence.cover is not None:
                yield absence.cover, f"is {_away(absence)}"
        for one in self.serving(member, role):
            if one.cover is not None:
                yield one.cover, why

    def _uncovered(self, duty: Duty, claim: Claim, presence: Presence, reasons: list[str]) -> Gap:
        absences = presence.absences
        why_away = f"is {_away(absences[0])}," if absences else f"{only_on(presence)},"
        backs = [absence.until for absence in absences if absence.until is not None]
        return duty_gap(
            duty,
            "uncovered",
            7,
            f"{claim.member} {why_away} and {'; '.join(dict.fromkeys(reasons)) or 'nobody covers'}",
            f"name a cover for {claim.member} who is there and may hold {duty.id}",
            role=claim.role,
            member=claim.member,
            since=absences[0].since if absences else None,
            until=max(backs) if absences and len(backs) == len(absences) else None,
        )

    def _roles_for(self, duty: Duty, part: Part, member: str) -> list[str]:
        """Give the roles in which somebody named may have a part, the likeliest first."""
        serving = dict.fromkeys(serving.role for serving in self.active.get(member, ()))
        return sorted(
            (role for role in serving if self.may_hold(duty, part, role)),
            key=lambda role: (
                not self.presence(member, role).is_there,
                role not in self.lookup.letters[duty.id, part],
                role,
            ),
        )

    def covering_role(self, duty: Duty, covered: str, cover: str) -> tuple[str | None, str]:
        """Give in which role somebody may cover for another role in a duty, or else why they may not."""
        if cover not in self.active:
            return None, "is not a member that day"
        if self.is_away(cover):
            return None, "is away too"
        serving = self.active[cover]
        fitting = [member for member in serving if self._may_stand_in(duty, covered, member)]
        lacking = [lack(self, duty, cover, [member]) for member in fitting]
        able = {member.role for member, one in zip(fitting, lacking, strict=True) if one is None or not one.bars}
        if not able:
            known = next((one for one in lacking if one is not None and self.team.credentials is not None), None)
            roles = listed(dict.fromkeys(member.role for member in serving), "or")
            return None, f"may not hold it as {roles}" if known is None else f"may not: {known.because}"
        able = {role for role in able if not self.presence(cover, role).absences}
        if not able:
            return None, "is away too"

        def rank(role: str) -> tuple[bool, bool, bool, str]:
            return not self.presence(cover, role).is_there, role != covered, role not in duty.letters, role

        return min(able, key=rank), ""

    def _may_stand_in(self, duty: Duty, covered: str, serving: Member) -> bool:
        """Say whether a member is one to cover: of those who usually hold the role, or do the duty anyway."""
        own = {serving.role, *([serving.profession] if serving.profession else [])}
        usual = {covered, *(self.roles[covered].held_by if covered in self.roles else ())}
        letters = duty.letters.get(serving.role, "")
        does = "A" in letters or "R" in letters
        return self.is_professional(serving.role) and bool(own & usual or does)

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

    def _several(self, duty: Duty, claims: Iterable[Claim]) -> Gap:
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


def _by_right_first(contact: Contact) -> tuple[bool, str, str, str]:
    return contact.covering_for is not None, contact.member, contact.covering_for or "", contact.role


def _away(absence: Absence) -> str:
    back = f", back on {absence.until}" if absence.until is not None else ""
    return f"away from {absence.since}{back}"


def _all_of(gaps: list[Gap]) -> Gap:
    """Give one gap for several people of whom none is there: it began when the last of them went.

    Where one of them only has the day off it began on no day, and ends again with the week.
    """
    if len({gap.because for gap in gaps}) == 1:
        return gaps[0]
    dated = [] if any(gap.rule == 7 and gap.since is None for gap in gaps) else gaps
    return attrs.evolve(
        gaps[0],
        role=None,
        member=None,
        since=max((gap.since for gap in dated if gap.since is not None), default=None),
        until=min((gap.until for gap in dated if gap.until is not None), default=None),
        because="; ".join(sorted({gap.because for gap in gaps})),
        mend="; or ".join(sorted({gap.mend for gap in gaps})),
    )
