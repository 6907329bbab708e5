"""Consents: what a person permits and refuses, to whom, for what and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal, get_args

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._consent_authority import ProxyAuthority
from carecoord.roles._labels import LEVELS, NOTES, Confidentiality, codes_of
from carecoord.roles._team import Member

__all__ = ["Clause", "Consent", "ConsentStatus", "EndingEvent", "Part2Form", "Recipient", "Revocation", "Terms"]

ConsentStatus = Literal["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"]
"""How a consent stands, as FHIR codes it; only an `active` one says anything."""


def _recipients(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    return tuple(recipients)


def _recipients_if_said(recipients: Iterable[Recipient] | None) -> tuple[Recipient, ...] | None:
    return None if recipients is None else tuple(recipients)


def _clauses(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    return tuple(clauses)


def _revocations(revocations: Iterable[Revocation]) -> tuple[Revocation, ...]:
    return tuple(revocations)


_DEEPEST: Final = 20
"""Exceptions to exceptions, at most: what is read is bounded."""


@attrs.frozen(kw_only=True)
class Recipient:
    """Who may see, or may not: all that is said of them holds at once.

    Attributes:
        person: the id of a member.
        role: the role a member serves in.
        organisation: whom they work for.
        group: a group they are counted among.
    """

    person: str | None = None
    role: str | None = None
    organisation: str | None = None
    group: str | None = None

    def __attrs_post_init__(self) -> None:
        if not any((self.person, self.role, self.organisation, self.group)):
            raise DataError("recipient", [Fault("$", "a person, role, organisation or group is wanted, found none")])

    def is_met_by(self, member: Member) -> bool:
        """Say whether somebody is meant for certain."""
        return (
            (self.person is None or self.person == member.id)
            and (self.role is None or self.role == member.role)
            and (self.organisation is None or self.organisation == member.organisation)
            and (self.group is None or self.group in member.groups)
        )

    def may_be(self, member: Member) -> bool:
        """Say whether somebody may be meant: by profession too, and where nobody says whom they work for."""
        return (
            self.person in (None, member.id)
            and self.role in (None, member.role, member.profession)
            and (self.organisation in (None, member.organisation) or member.organisation is None)
            and (self.group is None or self.group in member.groups)
        )


@attrs.frozen(kw_only=True)
class EndingEvent:
    """An event with which something ends.

    Attributes:
        event: what it is, in words.
        on: the day it happened; `None` while it has not.
        recorded: the day that was written down; when it happened, where left out.
    """

    event: str
    on: date | None = None
    recorded: date | None = attrs.field(default=attrs.Factory(lambda self: self.on, takes_self=True))


def has_ended(end: date | EndingEvent | None, on: date, as_of: date | None) -> bool:
    """Say whether something has ended: its last day is the one before the end, or the one before the event."""
    if isinstance(end, EndingEvent):
        return end.on is not None and end.on <= on and was_known(end.recorded, as_of)
    return end is not None and end <= on


def was_known(recorded: date | None, as_of: date | None) -> bool:
    """Say whether something had been written down by a day; where no day is asked about, or none is known, it had."""
    return as_of is None or recorded is None or recorded <= as_of


@attrs.frozen(kw_only=True)
class Clause:
    """One thing that is permitted or refused, with its exceptions.

    What is left unstated is read against sharing: by a permit narrowly, by a refusal widely.

    Attributes:
        id: its number within the consent, as `1`.
        decision: `permit` or `refuse`.
        categories: sensitivity codes, `psychotherapy` or `sud-counselling` for such notes, or `all`; unstated, a permit
            is about ordinary content only and a refusal about everything.
        to: whom it is about, any of them; unstated, a permit is about nobody and a refusal about everybody but the
            person.
        purposes: what for; unstated, a permit is for none and a refusal for all.
        since: the first day.
        until: the day after the last, or the event it ends with.
        up_to: how confidential what is permitted may be; `N` where left out, `R` where categories are stated.
        from_level: from which level on something is refused; from the lowest where left out.
        unread: conditions of the consent that cannot be said here: with any, a permit permits nothing, and a refusal
            stands for all it could cover.
        exceptions: clauses that take its place where they apply; what they leave unstated they take from it.
    """

    id: str
    decision: Literal["permit", "refuse"]
    categories: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    to: tuple[Recipient, ...] = attrs.field(default=(), converter=_recipients)
    purposes: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    since: date | None = None
    until: date | EndingEvent | None = None
    up_to: Confidentiality | None = None
    from_level: Confidentiality | None = None
    unread: tuple[str, ...] = ()
    exceptions: tuple[Clause, ...] = attrs.field(default=(), converter=_clauses)

    def __attrs_post_init__(self) -> None:
        faults = [] if self.id else [Fault("$.id", "the clause's number is wanted, found nothing")]
        if self.decision not in ("permit", "refuse"):
            faults.append(Fault("$.decision", f"{self.decision!r:.20} is neither permit nor refuse"))
        for name, other in (("up_to", "refuse"), ("from_level", "permit")):
            level = getattr(self, name)
            if level is not None and level not in tuple(LEVELS):
                faults.append(Fault(f"$.{name}", f"{level!r:.20} is none of {', '.join(LEVELS)}"))
            if level is not None and self.decision == other:
                faults.append(Fault(f"$.{name}", f"it does not go with {other}"))
        if self.since is not None and isinstance(self.until, date) and self.until <= self.since:
            faults.append(Fault("$.until", f"{self.until} is not after {self.since}; it is the day after the last"))
        if faults:
            raise DataError("clause", faults)


@attrs.frozen(kw_only=True)
class Revocation:
    """Taking a consent back, from the start of a day on; what was done in reliance on it is not undone.

    Attributes:
        on: the first day it is taken back.
        recorded: the day that was written down; the same where left out.
        recipients: for whom it is taken back; `None` for everybody.
    """

    on: date
    recorded: date | None = attrs.field(default=attrs.Factory(lambda self: self.on, takes_self=True))
    recipients: tuple[Recipient, ...] | None = attrs.field(default=None, converter=_recipients_if_said)


@attrs.frozen(kw_only=True)
class Part2Form:
    """What only the form shows of a consent under 42 CFR Part 2; the rest is read from the consent.

    Attributes:
        discloser: who may disclose, by name or as a class.
        description: what may be disclosed, specifically and meaningfully.
        signature: how it was signed, as `paper` or `electronic`.
        says_how_to_revoke: whether it tells of the right to revoke, how, and its limit.
        says_redisclosure: whether it tells that a covered recipient may pass it on.
        expiry: `none` or `end of treatment`, where the form says that instead of a date or event.
        intermediary: who passes it on, where there is one.
        participants: for whom the intermediary works: by name, or a class limited to treating providers.
    """

    discloser: str = ""
    description: str = ""
    signature: str = ""
    says_how_to_revoke: bool = False
    says_redisclosure: bool = False
    expiry: Literal["", "none", "end of treatment"] = ""
    intermediary: str = ""
    participants: str = ""


@attrs.frozen
class Terms:
    """A clause as it reads in its place: what it leaves unstated it has taken, word by word, from those above it.

    Attributes:
        id: the clause's number.
        permits: whether it permits.
        level: for a permit the highest rank of confidentiality it covers, for a refusal the lowest.
        counts: whether everything above it could be read, so that a permit permits.
        emergencies: whether a refusal, or one that it is an exception to, names emergencies among its purposes.
        exceptions: the same of its exceptions; empty for a permit that cannot be read.
    """

    id: str
    permits: bool
    categories: frozenset[str]
    to: tuple[Recipient, ...]
    purposes: frozenset[str]
    since: date | None
    until: date | EndingEvent | None
    level: int
    is_read: bool
    counts: bool
    emergencies: bool
    exceptions: tuple[Terms, ...]


@attrs.frozen(kw_only=True)
class Consent:
    """What one person permits and refuses.

    Attributes:
        id: the host's id for it.
        patient: the id of the person it is about.
        given_by: who gave it; the person where left out.
        signed: the day it was signed; without one its permits permit nothing.
        recorded: the day it was written down; when it was signed, where left out.
        status: how it stands; any but `active` is as if it were not there.
        clauses: what it says.
        until: the day after its last, or the event it ends with.
        revocations: when it was taken back, and for whom. That takes back what it refuses, too: a refusal that is to
            outlast it is a consent of its own.
        part2: what the form shows, where it is one under 42 CFR Part 2.
        authority: by what authority somebody gave it for the person.
    """

    id: str
    patient: str
    given_by: str = attrs.field(default=attrs.Factory(lambda self: self.patient, takes_self=True))
    signed: date | None = None
    recorded: date | None = attrs.field(default=attrs.Factory(lambda self: self.signed, takes_self=True))
    status: ConsentStatus = "active"
    clauses: tuple[Clause, ...] = attrs.field(converter=_clauses)
    until: date | EndingEvent | None = None
    revocations: tuple[Revocation, ...] = attrs.field(default=(), converter=_revocations)
    part2: Part2Form | None = None
    authority: ProxyAuthority | None = None

    def __attrs_post_init__(self) -> None:
        faults = [Fault(f"$.{name}", "is empty") for name in ("id", "patient", "given_by") if not getattr(self, name)]
        if self.status not in get_args(ConsentStatus):
            faults.append(Fault("$.status", f"{self.status!r:.40} is none of {', '.join(get_args(ConsentStatus))}"))
        days = (("signed", self.signed), ("recorded", self.recorded), ("until", self.until))
        faults += [
            Fault(f"$.{name}", "a date without a time is wanted") for name, day in days if isinstance(day, datetime)
        ]
        seen: set[str] = set()
        for clause, depth in _every(self.clauses, 0):
            if clause.id in seen:
                faults.append(Fault("$.clauses", f"clause {clause.id[:40]} stands there twice"))
            seen.add(clause.id)
            if depth == _DEEPEST:
                faults.append(Fault("$.clauses", f"exceptions lie deeper than {_DEEPEST} below each other"))
                break
        if faults:
            raise DataError("consent", faults)

    @cached_property
    def terms(self) -> tuple[Terms, ...]:
        """Its clauses, each as it reads in its place."""
        return tuple(_terms(clause, None) for clause in self.clauses)

    @cached_property
    def permits(self) -> tuple[Terms, ...]:
        """All that permit, exceptions included."""
        return tuple(each for each in _flat(self.terms) if each.permits)

    @cached_property
    def only_notes(self) -> str | None:
        """The kind of counselling notes that it is about and nothing else; `None` where it is about anything else."""
        named = {_kind(each) for terms in self.permits for each in terms.categories or {""}}
        return named.pop() if len(named) == 1 and named <= NOTES.keys() else None

    def is_in_force(self, *, on: date, as_of: date | None = None) -> bool:
        """Say whether it says anything on a day; whether it was taken back for somebody is another question.

        Args:
            on: the day.
            as_of: leave out what was written down later.
        """
        return (
            self.status == "active"
            and (self.signed is None or self.signed <= on)
            and (self.until is None or not has_ended(self.until, on, as_of))
            and (as_of is None or was_known(self.recorded, as_of))
        )


def _every(clauses: Iterable[Clause], depth: int) -> Iterator[tuple[Clause, int]]:
    for clause in clauses:
        yield clause, depth
        yield from _every(clause.exceptions, depth + 1)


def _flat(terms: Iterable[Terms]) -> Iterator[Terms]:
    for each in terms:
        yield each
        yield from _flat(each.exceptions)


def _kind(category: str) -> str:
    return "psychotherapy" if category == NOTES["psychotherapy"] else category


_EMERGENCIES: Final = frozenset(("ETREAT", "BTG"))


def _terms(clause: Clause, above: Terms | None, word: str | None = None) -> Terms:
    """Read a clause below another; `word` is the level that one states."""
    permits = clause.decision == "permit"
    categories = clause.categories or (above.categories if above else frozenset())
    purposes = clause.purposes or (above.purposes if above else frozenset())
    refuses_above = above is not None and not above.permits
    if permits:
        word = clause.up_to or word
        level = word or ("R" if categories else "N")
    else:
        word = clause.from_level or (word if refuses_above else None)
        level = word or LEVELS[0]
    named = not permits and bool(purposes & _EMERGENCIES)
    read = Terms(
        id=clause.id,
        permits=permits,
        categories=categories,
        to=clause.to or (above.to if above else ()),
        purposes=purposes,
        since=clause.since,
        until=clause.until,
        level=LEVELS.index(level),
        is_read=not clause.unread,
        counts=above is None or (above.counts and above.is_read),
        emergencies=named or (refuses_above and not permits and above is not None and above.emergencies),
        exceptions=(),
    )
    return attrs.evolve(read, exceptions=tuple(_terms(each, read, word) for each in clause.exceptions))
