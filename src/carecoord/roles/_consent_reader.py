"""Who asks, for what, on which day and by what leave; and whether they may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._consent import Consent
from carecoord.roles._consent_authority import Declassification, Emergency, ProxyAuthority, Release, Reserved
from carecoord.roles._consent_case import Asked, Case, day_of
from carecoord.roles._consent_decision import ConsentDecision, joined
from carecoord.roles._labels import Label, Sensitivity, labels_of, sensitivity
from carecoord.roles._team import Member, Team

__all__ = ["Reader", "may_see"]


def _consents(consents: Iterable[Consent]) -> tuple[Consent, ...]:
    return tuple(consents)


def _authorities(found: Iterable[ProxyAuthority]) -> tuple[ProxyAuthority, ...]:
    return tuple(found)


def _reserved(found: Iterable[Reserved]) -> tuple[Reserved, ...]:
    return tuple(found)


def _releases(found: Iterable[Release]) -> tuple[Release, ...]:
    return tuple(found)


def _declassified(found: Iterable[Declassification]) -> tuple[Declassification, ...]:
    return tuple(found)


@attrs.frozen(kw_only=True)
class Reader:
    """Who sees something, for what, on which day, and by what leave: the one value that views take.

    Attributes:
        member: who it is.
        purpose: what for, as `TREAT` or `COC`.
        on: the day; the moment where an emergency is the reason.
        consents: those of the person, or of everybody whose records are asked for.
        authorities: what lets somebody see or consent for a person.
        reserved: what only the person decides.
        emergency: why they see what nobody permitted.
        releases: what clinicians let the person see.
        declassified: what authors say something does not disclose.
        team: the team on which the member serves, where that matters.
        as_of: leave out what was written down later: what could be known then?
        codes: your own sensitivity codes and defaults; those the library ships where left out.
        key: a secret of the host from which ids in views are made, so that they stay the same from view to view.

    Raises:
        DataError: two consents have the same id.
    """

    member: Member
    purpose: str
    on: date | datetime
    consents: tuple[Consent, ...] = attrs.field(default=(), converter=_consents)
    authorities: tuple[ProxyAuthority, ...] = attrs.field(default=(), converter=_authorities)
    reserved: tuple[Reserved, ...] = attrs.field(default=(), converter=_reserved)
    emergency: Emergency | None = None
    releases: tuple[Release, ...] = attrs.field(default=(), converter=_releases)
    declassified: tuple[Declassification, ...] = attrs.field(default=(), converter=_declassified)
    team: Team | None = None
    as_of: date | datetime | None = None
    codes: Sensitivity = attrs.field(factory=sensitivity, repr=False)
    key: bytes | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if len({consent.id for consent in self.consents}) < len(self.consents):
            raise DataError("reader", [Fault("$.consents", "two consents have the same id")])

    @property
    def day(self) -> date:
        """The day it is."""
        return day_of(self.on)

    @cached_property
    def _cases(self) -> dict[str | None, Case]:
        return {}

    def may_see(self, labels: Label | str | Iterable[Label | str], *, patient: str | None) -> ConsentDecision:
        """Say whether something with these labels may be seen.

        Args:
            labels: a label, several, or codes that make one.
            patient: the id of the person it is about.
        """
        case = self._case(patient)
        return joined([case.decide(label) for label in labels_of(labels)])

    def _case(self, patient: str | None) -> Case:
        if patient not in self._cases:
            asked = Asked(
                self.member, self.purpose, self.on, self.authorities, self.reserved, self.emergency, self.team,
                self.as_of, self.codes,
            )  # fmt: skip
            self._cases[patient] = Case(asked, patient, (one for one in self.consents if one.patient == patient))
        return self._cases[patient]


def may_see(
    consents: Iterable[Consent],
    member: Member,
    labels: Label | str | Iterable[Label | str],
    *,
    purpose: str,
    on: date | datetime,
    patient: str | None = None,
    authorities: Iterable[ProxyAuthority] = (),
    reserved: Iterable[Reserved] = (),
    emergency: Emergency | None = None,
    team: Team | None = None,
    as_of: date | datetime | None = None,
    codes: Sensitivity | None = None,
) -> ConsentDecision:
    """Say whether a member may see something of one person, and what decided it.

    Nothing is permitted by silence: where no clause applies the answer is `no-consent`.
    Every label, and every category in one, must be permitted; a refusal outweighs any permit.

    Args:
        consents: the person's consents.
        member: who wants to see it.
        labels: what it is about: a label, several, or codes that make one; ordinary content where there are none.
        purpose: what for, as `TREAT` or `COC`.
        on: the day; the moment where an emergency is the reason.
        patient: the id of the person; the one the consents are about where left out.
        authorities: what lets somebody see or consent for the person.
        reserved: what only the person decides.
        emergency: why they see what nobody permitted.
        team: the team on which the member serves, where that matters.
        as_of: leave out what was written down later.
        codes: your own sensitivity codes; those the library ships where left out.

    Returns:
        the decision, with the clauses that decided: for whoever discloses, and never for the reader.

    Raises:
        DataError: a consent is about another person.

    >>> from carecoord.roles import Clause, Recipient
    >>> to_clinic = Clause(id="1", decision="permit", to=[Recipient(organisation="clinic")], purposes=["TREAT"])
    >>> consents = [Consent(id="G", patient="anna", signed=date(2026, 1, 5), clauses=[to_clinic])]
    >>> lee = Member("lee", role="primary-care-provider", since=date(2025, 1, 1), organisation="clinic")
    >>> decision = may_see(consents, lee, [], purpose="COC", on=date(2026, 6, 15))
    >>> decision.result, [str(clause) for clause in decision.clauses]
    ('permit', ['G.1'])
    >>> may_see(consents, lee, "SUD", purpose="COC", on=date(2026, 6, 15)).result
    'no-consent'
    """
    kept = tuple(consents)
    person = patient if patient is not None or not kept else kept[0].patient
    if {consent.patient for consent in kept} - {person}:
        raise DataError("may_see", [Fault("$.consents", "one is about another person than the one asked about")])
    if len({consent.id for consent in kept}) < len(kept):
        raise DataError("may_see", [Fault("$.consents", "two have the same id")])
    known = codes or sensitivity()
    asked = Asked(member, purpose, on, tuple(authorities), tuple(reserved), emergency, team, as_of, known)
    case = Case(asked, person, kept)
    if isinstance(labels, Label):
        return case.decide(labels)
    return joined([case.decide(label) for label in labels_of(labels)])
