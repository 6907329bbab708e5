"""Whether those who have a part in a duty may see what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import attrs

from carecoord.roles._attendance import Attendance
from carecoord.roles._consent import Consent
from carecoord.roles._consent_authority import ProxyAuthority, Reserved
from carecoord.roles._consent_decision import ConsentDecision
from carecoord.roles._consent_reader import may_see
from carecoord.roles._dates import DAY
from carecoord.roles._day import Day
from carecoord.roles._duties import PARTS, Duty, Part
from carecoord.roles._gap import Contact, Gap, duty_gap
from carecoord.roles._labels import Label, Sensitivity, sensitivity
from carecoord.roles._team import Member, Team

__all__ = ["Leave", "may_not_see"]

_ABOUT_THEMSELVES, _OF_SUPPORT, _OF_TREATMENT, _OF_COORDINATION = "PATRQT", "SUPNWK", "TREAT", "COC"


class Leave(NamedTuple):
    """By what leave members see what is about one person."""

    consents: tuple[Consent, ...]
    patient: str | None
    authorities: tuple[ProxyAuthority, ...]
    reserved: tuple[Reserved, ...]
    codes: Sensitivity

    @classmethod
    def of(
        cls,
        team: Team,
        consents: Iterable[Consent],
        authorities: Iterable[ProxyAuthority],
        reserved: Iterable[Reserved],
        codes: Sensitivity | None,
    ) -> Leave:
        """Gather it: the person is the one the consents are about, or else the only patient on the team."""
        kept = tuple(consents)
        patients = {one.patient for one in kept} or {one.id for one in team.members if one.role == "patient"}
        patient = min(patients) if len(patients) == 1 or kept else None
        return cls(kept, patient, tuple(authorities), tuple(reserved), codes or sensitivity())

    @property
    def dates(self) -> Iterator[date]:
        """The days on which it can change what somebody may see."""
        return _dates_in((self.consents, self.authorities, self.reserved))

    def labels(self, duty: Duty) -> Label:
        """Give what a duty is about; ordinary content where nobody has said."""
        return Label.of(*(self.codes.default("duty", duty.id) or ()))

    def decide(self, day: Attendance, member: str, role: str, part: Part, labels: Iterable[Label]) -> ConsentDecision:
        """Say whether somebody may see something in a role in which they serve that day: in any of its places."""
        found = [self._decide(day, one, part, labels) for one in day.serving(member, role)]
        return next((one for one in found if one.permits), found[0])

    def _decide(self, day: Attendance, member: Member, part: Part, labels: Iterable[Label]) -> ConsentDecision:
        if member.id == self.patient:
            purpose = _ABOUT_THEMSELVES
        elif not day.is_professional(member.role):
            purpose = _OF_SUPPORT
        else:
            purpose = _OF_TREATMENT if part in {"accountable", "responsible"} else _OF_COORDINATION
        return may_see(
            self.consents,
            member,
            labels,
            purpose=purpose,
            on=day.on,
            patient=self.patient,
            authorities=self.authorities,
            reserved=self.reserved,
            team=day.team,
            codes=self.codes,
        )


def _dates_in(value: Any) -> Iterator[date]:
    """Give every day that stands anywhere in a value."""
    if isinstance(value, datetime):
        yield from (value.date(), value.date() + DAY)
    elif isinstance(value, date):
        yield value
    elif isinstance(value, tuple | frozenset):
        for one in value:
            yield from _dates_in(one)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _dates_in(getattr(value, field.name))


def holders(day: Day, duty: Duty, part: Part) -> Iterator[tuple[str, str]]:
    """Give who has a part in a duty, or acts for them, each in a role in which they serve."""
    names, roles = day.sources(duty, part)
    yield from ((one.id, role) for role in roles for one in day.holding(role))
    for name in names:
        if name in day.active:
            serving = [one.role for one in day.active[name]]
            yield name, min(serving, key=lambda role: (role not in duty.letters, role))
    if part in {"accountable", "responsible"}:
        acting = (day.acting(duty, claim) for claim in day.claims(duty, part))
        yield from ((one.member, one.role) for one in acting if isinstance(one, Contact))


def may_not_see(day: Day, duty: Duty, leave: Leave) -> Iterator[Gap]:
    """Say who has a part in a duty and may not see what it is about."""
    told: set[str] = set()
    for part in PARTS:
        for member, role in sorted(set(holders(day, duty, part))):
            if member not in told and not leave.decide(day, member, role, part, [leave.labels(duty)]).permits:
                told.add(member)
                yield duty_gap(
                    duty,
                    "may-not-see",
                    6,
                    f"{member} is to be {part} for it and may not see what it is about",
                    f"ask for consent, or leave {member} out of {duty.id}",
                    role=role,
                    member=member,
                    is_warning=part in {"consulted", "informed"},
                )
