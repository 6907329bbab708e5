"""What is wrong with what has been done, instructed and confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from carecoord.roles._day import Day, Days
from carecoord.roles._duties import Duty
from carecoord.roles._gap import Contact, Gap, duty_gap, listed
from carecoord.roles._record import Done, Instruction, TeamRecord

__all__ = ["conflicts", "unapproved", "unconfirmed"]


def unapproved(day: Day, days: Days, done: Sequence[Done]) -> Iterator[Gap]:
    """Say what was prepared and is not approved, and what was approved by somebody who may not."""
    by_id = {duty.id: duty for duty in day.matrix.duties}
    approving = {duty.approval for duty in day.matrix.duties if duty.approval in by_id}
    for one in done:
        if one.on > day.on or one.duty not in by_id:
            continue
        if one.duty in approving and not _may_approve(days, by_id[one.duty], one):
            yield from _not_authorised(day, days, by_id[one.duty], one, done)
        approval = by_id[one.duty].approval
        if approval is not None and approval in by_id:
            yield from _waiting(day, days, by_id[approval], one, done)


def _may_approve(days: Days, duty: Duty, one: Done) -> bool:
    """Say whether whoever approved something held the approval on the day they did."""
    then = days.at(one.on)
    answering = then.accountable(duty)
    allowed = {contact.member for contact in then.responsible(duty)}
    return one.member in allowed or (isinstance(answering, Contact) and answering.member == one.member)


def _approved(days: Days, duty: Duty, since: Done, done: Iterable[Done]) -> date | None:
    """Give the first day from that of `since` on which the same thing was approved by somebody who may."""
    approvals = (one for one in done if (one.duty, one.about) == (duty.id, since.about) and one.on >= since.on)
    return min((one.on for one in approvals if _may_approve(days, duty, one)), default=None)


def _not_authorised(day: Day, days: Days, duty: Duty, one: Done, done: Iterable[Done]) -> Iterator[Gap]:
    until = _approved(days, duty, one, done)
    if until is None or day.on < until:
        yield duty_gap(
            duty,
            "not-authorised",
            10,
            f"{one.member} did {duty.id}{_about(one)} on {one.on}, and did not hold it that day",
            f"have it approved by whoever holds {duty.id}",
            member=one.member,
            since=one.on,
            until=until,
        )


def _waiting(day: Day, days: Days, duty: Duty, one: Done, done: Iterable[Done]) -> Iterator[Gap]:
    until = _approved(days, duty, one, done)
    if until is None or day.on < until:
        yield duty_gap(
            duty,
            "unapproved",
            10,
            f"{one.member} did {one.duty}{_about(one)} on {one.on}, which approves nothing: it waits for {duty.id}",
            f"have whoever holds {duty.id} approve or refuse it",
            member=one.member,
            since=one.on,
            until=until,
            is_warning=True,
        )


def _about(one: Done) -> str:
    return f" ({one.about})" if one.about else ""


def conflicts(day: Day, instructions: Iterable[Instruction]) -> Iterator[Gap]:
    """Say which two members have instructed on the same thing, and who settles it."""
    active: dict[str, dict[str, list[Instruction]]] = {}
    for one in instructions:
        if one.is_in_force(on=day.on):
            active.setdefault(one.about, {}).setdefault(one.member, []).append(one)
    duty, owner = _settling(day)
    for about, by_member in sorted(active.items()):
        if len(by_member) > 1:
            members = sorted(by_member)
            starts = sorted(min(one.since for one in given) for given in by_member.values())
            ends = sorted(max(one.until or date.max for one in given) for given in by_member.values())
            said = [f"{name} says {one.says!r}" for name in members for one in by_member[name] if one.says]
            settles = f"have {owner} settle it" if owner else "name somebody to settle it"
            yield Gap(
                kind="conflict",
                severity="breach",
                rule=12,
                duty=duty,
                member=owner,
                since=starts[1],
                until=None if ends[-2] == date.max else ends[-2],
                because=f"{listed(members)} have all instructed on {about}{': ' if said else ''}{', '.join(said)}",
                mend=f"{settles}, and withdraw all but one",
            )


def _settling(day: Day) -> tuple[str | None, str | None]:
    """Give the duty by which contradictory advice is settled, and who answers for it."""
    for name in day.matrix.settled_by:
        for duty in day.matrix.duties:
            if duty.id == name:
                answering = day.accountable(duty)
                return name, answering.member if isinstance(answering, Contact) else None
    return None, None


def unconfirmed(day: Day, duty: Duty, record: TeamRecord) -> Iterator[Gap]:
    """Say that whoever answers for a duty was not confirmed after team or plan last changed."""
    answering = day.accountable(duty)
    changed = max(_changes(day, duty, record), default=None)
    if not isinstance(answering, Contact) or changed is None:
        return
    holder = answering.covering_for or answering.member
    confirmed = [one.on for one in record.confirmations or () if one.member == holder and one.duty in {None, duty.id}]
    if not any(changed <= on <= day.on for on in confirmed):
        yield duty_gap(
            duty,
            "unconfirmed",
            14,
            f"team or plan changed on {changed}, and {holder} was not confirmed for it since",
            f"confirm {holder} for {duty.id}, or hand it over",
            member=holder,
            since=changed,
            until=min((on for on in confirmed if on > day.on), default=None),
            is_warning=True,
        )


def _changes(day: Day, duty: Duty, record: TeamRecord) -> Iterator[date]:
    """Give the days up to now on which somebody came or went, the duty changed hands, or the plan changed."""
    days = [bound for one in day.team.members for bound in (one.since, one.until)]
    days += [bound for one in day.lookup.assigned.get((duty.id, "accountable"), ()) for bound in (one.since, one.until)]
    yield from (bound for bound in (*days, *record.plan_changes) if bound is not None and bound <= day.on)
