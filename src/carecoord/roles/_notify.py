"""Who must be told of what and by when, who has said they know, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.roles._consent import Consent
from carecoord.roles._consent_authority import ProxyAuthority, Reserved
from carecoord.roles._dates import asked
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import Duty, Part, ResponsibilityMatrix
from carecoord.roles._gap import Contact, Gap
from carecoord.roles._hand_over import HandOver
from carecoord.roles._labels import Label, Sensitivity, codes_of
from carecoord.roles._sharing import Leave
from carecoord.roles._team import Team

__all__ = ["Acknowledgement", "Notice", "Outstanding", "TeamEvent", "notify", "taken_over", "unacknowledged"]

_TOLD: dict[str, tuple[Part, ...]] = {
    "planned": ("consulted",),
    "done": ("informed",),
    "raised": ("accountable", "responsible"),
}


def _day_of(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _check_moment(name: str, when: Any) -> None:
    if not isinstance(when, date) or (isinstance(when, datetime) and when.tzinfo is None):
        raise DataError(name, [Fault("$.at", "a date, or a time with its offset from UTC, is wanted")])


@attrs.frozen(kw_only=True)
class TeamEvent:
    """Something that others on the team must be told of.

    Attributes:
        id: what notices and acknowledgements call it by.
        duty: the id of the duty it belongs to.
        kind: `planned` (those consulted are asked before), `done` (those informed are told after), or `raised`
            (something has come up: those who answer for the duty and do it are called).
        at: when it is to be done, was done, or came up.
        by: the id of whoever plans, did or raised it; they are not told.
        about: what it is about, in words or as an id.
        labels: what it tells of that not everybody may see, as `SUD`, beside what its duty is about anyway.
        within: how soon those told must say that they know; for what is planned they must before it is done.
    """

    id: str
    duty: str
    kind: Literal["planned", "done", "raised"]
    at: date | datetime
    by: str | None = None
    about: str = ""
    labels: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    within: Period | None = None

    def __attrs_post_init__(self) -> None:
        _check_moment("event", self.at)
        if self.kind not in _TOLD:
            raise DataError("event", [Fault("$.kind", f"{self.kind!r:.40} is none of {', '.join(_TOLD)}")])

    @property
    def due(self) -> date | datetime | None:
        """By when those told must say that they know; `None` for no set time."""
        if self.kind == "planned":
            return self.at
        return None if self.within is None else self.within.after(self.at)


@attrs.frozen(kw_only=True)
class Notice:
    """One member to tell of an event, or why one cannot be told. It is for whoever tells: it says who may not know.

    Attributes:
        event: the event's id.
        duty: the duty's id.
        part: the part for which they are told.
        status: `tell`; `withheld` (no consent lets them know); or `nobody` (nobody is there for that part).
        member: the id of whom to tell; `None` where there is nobody.
        role: the role in which they are told, or that nobody holds.
        reach: how to reach them; empty where the team does not say.
        covering_for: the id of whom they stand in for.
        back: the day on which they are there, where they are not on the day of the event.
        due: by when they must say that they know; `None` for no set time.
        because: why they are told, or why not, in words.
        obligations: what goes with telling them, as the consent decision says, as `notice` under 42 CFR Part 2.
    """

    event: str
    duty: str
    part: Part
    status: Literal["tell", "withheld", "nobody"] = "tell"
    member: str | None = None
    role: str | None = None
    reach: str = ""
    covering_for: str | None = None
    back: date | None = None
    due: date | datetime | None = None
    because: str
    obligations: frozenset[str] = frozenset()


@attrs.frozen
class Acknowledgement:
    """That somebody has said they know of an event, or have taken over what was handed to them.

    Attributes:
        event: the id of the event or the hand-over.
        member: the id of who says so.
        at: when.
        note: what they said.
    """

    event: str
    member: str
    at: date | datetime = attrs.field(kw_only=True)
    note: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check_moment("acknowledgement", self.at)


@attrs.frozen(kw_only=True)
class Outstanding:
    """A notice that nobody has acknowledged.

    Attributes:
        notice: the notice.
        is_overdue: whether its time is over.
    """

    notice: Notice
    is_overdue: bool


def notify(
    event: TeamEvent | HandOver,
    team: Team,
    matrix: ResponsibilityMatrix,
    *,
    consents: Iterable[Consent] | None,
    authorities: Iterable[ProxyAuthority] = (),
    reserved: Iterable[Reserved] = (),
    codes: Sensitivity | None = None,
) -> tuple[Notice, ...]:
    """Give who must be told of an event and by when, those who cannot be told among them; it sends nothing.

    Telling is disclosing: whoever is consulted or informed is told only what consents let them see.
    After a hand-over the taker is to say that they have the duties, and those informed of them are told.

    >>> from datetime import date
    >>> from carecoord.roles import Clause, Consent, Member, Recipient, Team, matrix
    >>> since = date(2025, 1, 1)
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=since, organisation="clinic"),
    ...         Member("lee", role="primary-care-provider", since=since, organisation="clinic", reach="ext. 11"),
    ...         Member("anna", role="patient", since=since),
    ...     ]
    ... )
    >>> to_clinic = Clause(id="1", decision="permit", to=[Recipient(organisation="clinic")], purposes=["TREAT"])
    >>> given = Consent(id="G", patient="anna", signed=since, clauses=[to_clinic])
    >>> contact = TeamEvent(id="e1", duty="follow-up", kind="done", at=date(2026, 5, 4), by="holm")
    >>> for notice in notify(contact, team, matrix("collaborative-care-minimum"), consents=[given]):
    ...     print(notice.part, notice.status, notice.member, notice.reach or "no number")
    informed tell anna no number
    informed tell lee ext. 11

    Args:
        event: what has happened, or is to; or the record of a hand-over.
        team: who serves when, and who is away.
        matrix: who has which part in which duty; after a hand-over, the one it gave.
        consents: what the person in care permits and refuses: where that is nothing, only the person is told. `None`
            where the event tells of no person, as when a whole caseload changes hands.
        authorities: what lets somebody see or consent for the person.
        reserved: what only the person decides.
        codes: your own sensitivity codes and what your duties are about; those the library ships where left out.

    Raises:
        UnknownIdError: the matrix has no such duty.
    """
    when = event.on if isinstance(event, HandOver) else event.at
    day = Days(team, matrix).at(asked(_day_of(when)))
    leave = None if consents is None else Leave.of(team, consents, authorities, reserved, codes)
    if isinstance(event, HandOver):
        drafts = _drafts_of_hand_over(day, event)
    else:
        drafts = _drafts(day, event, matrix.duty(event.duty))
    labels = [Label.of(*event.labels)] if isinstance(event, TeamEvent) and event.labels else []
    told: dict[tuple[str | None, ...], Notice] = {}
    for draft in drafts:
        key = (draft.duty, draft.member) if draft.member else (draft.duty, None, draft.part, draft.role)
        if key not in told:
            told[key] = draft if leave is None else _allowed(day, leave, draft, labels)
    return tuple(told.values())


def _drafts(day: Day, event: TeamEvent, duty: Duty) -> Iterator[Notice]:
    for part in _TOLD[event.kind]:
        for draft in _of_part(day, duty, part):
            if draft.member is None or draft.member != event.by:
                yield attrs.evolve(draft, event=event.id, due=event.due)


def _drafts_of_hand_over(day: Day, record: HandOver) -> Iterator[Notice]:
    for name in record.duties:
        duty = day.matrix.duty(name)
        part: Part = "accountable" if name in record.accountable else "responsible"
        because = f"took it over from {record.giver}: {record.reason}"
        for role in sorted(one.role for one in day.active.get(record.taker, ()) if day.may_hold(duty, part, one.role)):
            taker = _notice(duty, part, day.contact(record.taker, role, because), day)
            yield attrs.evolve(taker, event=record.id, due=record.on)
        for draft in _of_part(day, duty, "informed"):
            if draft.member not in {record.giver, record.taker}:
                yield attrs.evolve(draft, event=record.id)


def _of_part(day: Day, duty: Duty, part: Part) -> Iterator[Notice]:
    """Give who is to be told for a part, sorted, and who is not there to be told."""
    found: list[Contact | Gap] = []
    vacant: list[str] = []
    if part in {"accountable", "responsible"}:
        held = day.accountable(duty) if part == "accountable" else day.undone(duty)
        found += [held] if held is not None else []
        found += day.responsible(duty) if part == "responsible" else ()
    else:
        names, roles = day.sources(duty, part)
        vacant = [role for role in roles if not day.holding(role)]
        found += [_reached(day, one.id, role) for role in roles for one in day.holding(role)]
        found += [_named(day, duty, name) for name in names]
    for one in sorted((one for one in found if isinstance(one, Contact)), key=lambda one: (one.member, one.role)):
        yield _notice(duty, part, one, day)
    for gap in (one for one in found if isinstance(one, Gap)):
        yield Notice(event="", duty=duty.id, part=part, status="nobody", role=gap.role, because=gap.because)
        for one in day.escalation(besides=None)[:1]:
            because = f"is next to turn to: {gap.because}"
            yield _notice(duty, part, attrs.evolve(one, because=because), day)
    for role in vacant:
        because, _, _ = day.vacancy([role])
        yield Notice(event="", duty=duty.id, part=part, status="nobody", role=role, because=because)


def _named(day: Day, duty: Duty, name: str) -> Contact | Gap:
    if name not in day.active:
        return day.not_a_member(duty, "inactive", name)
    return _reached(day, name, min(one.role for one in day.active[name]))


def _reached(day: Day, member: str, role: str) -> Contact:
    """Give somebody to ask or tell, or who covers for them and is there; else themselves, for when they are back."""
    own = day.contact(member, role, f"holds the role {role}")
    if day.presence(member, role).is_there:
        return own
    for cover in day.covers(member, role):
        for one in day.active.get(cover, ()):
            if day.is_professional(one.role) and day.presence(cover, one.role).is_there:
                return day.contact(cover, one.role, f"covers for {member}", covering_for=member)
    return own


def _notice(duty: Duty, part: Part, contact: Contact, day: Day) -> Notice:
    return Notice(
        event="",
        duty=duty.id,
        part=part,
        member=contact.member,
        role=contact.role,
        reach=contact.reach,
        covering_for=contact.covering_for,
        back=day.back(contact.member, contact.role),
        because=f"{contact.member} {contact.because}",
    )


def _allowed(day: Day, leave: Leave, draft: Notice, labels: Sequence[Label]) -> Notice:
    """Give a notice as consents allow it."""
    if draft.member is None or draft.role is None:
        return draft
    about = [leave.labels(day.matrix.duty(draft.duty)), *labels]
    decision = leave.decide(day, draft.member, draft.role, draft.part, about)
    if decision.permits:
        return attrs.evolve(draft, obligations=decision.obligations)
    return attrs.evolve(
        draft,
        status="withheld",
        due=None,
        because=f"{draft.because}, and no consent lets them know",
        obligations=decision.obligations,
    )


def unacknowledged(
    notices: Iterable[Notice], acknowledgements: Iterable[Acknowledgement], *, at: date | datetime
) -> tuple[Outstanding, ...]:
    """Give the notices that nobody has acknowledged by a moment, the overdue first, then those due soonest.

    Who covers may acknowledge for whom they cover, and the other way round. What was told on a day is overdue from the
    day after it was due.

    >>> from datetime import date
    >>> notice = Notice(event="e1", duty="record", part="informed", member="lee", due=date(2026, 5, 4), because="")
    >>> [one.is_overdue for one in unacknowledged([notice], [], at=date(2026, 5, 5))]
    [True]
    >>> unacknowledged([notice], [Acknowledgement("e1", "lee", at=date(2026, 5, 4))], at=date(2026, 5, 5))
    ()

    Args:
        notices: as `notify` gave them.
        acknowledgements: what has been said, later ones too.
        at: the moment asked about.
    """
    _check_moment("at", at)
    known = {(one.event, one.member) for one in acknowledgements if not _is_before(at, one.at)}
    waiting = [
        Outstanding(notice=notice, is_overdue=notice.due is not None and _is_before(notice.due, at))
        for notice in notices
        if notice.status == "tell" and not {(notice.event, notice.member), (notice.event, notice.covering_for)} & known
    ]

    def rank(one: Outstanding) -> tuple[bool, bool, date, str]:
        due = one.notice.due
        return not one.is_overdue, due is None, date.max if due is None else _day_of(due), one.notice.member or ""

    return tuple(sorted(waiting, key=rank))


def _is_before(first: date | datetime, second: date | datetime) -> bool:
    """Say whether one moment is over at another: by the time where both have one, else by the day."""
    if isinstance(first, datetime) and isinstance(second, datetime):
        return first < second
    return _day_of(first) < _day_of(second)


def taken_over(record: HandOver, acknowledgements: Iterable[Acknowledgement]) -> date | datetime | None:
    """Give when the taker of a hand-over first said that they have the duties; `None` while they have not.

    >>> from datetime import date
    >>> record = HandOver(id="h1", giver="holm", taker="ivo", on=date(2026, 6, 1), reason="holm leaves")
    >>> taken_over(record, [Acknowledgement("h1", "ivo", at=date(2026, 5, 28))])
    datetime.date(2026, 5, 28)
    """
    said = [one.at for one in acknowledgements if (one.event, one.member) == (record.id, record.taker)]
    return min(said, key=lambda at: (_day_of(at), isinstance(at, datetime), str(at)), default=None)
