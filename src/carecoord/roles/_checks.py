"""What is wrong on one day with who does what, and with the team as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from carecoord.errors import did_you_mean
from carecoord.roles._day import Day
from carecoord.roles._duties import Assignment, Duty, Part
from carecoord.roles._gap import Contact, Gap, duty_gap, listed
from carecoord.roles._licence import training_gaps
from carecoord.roles._workload import ceiling_of

__all__ = ["duty_gaps", "incomplete", "nobody_to_escalate", "over_ceiling", "unknown_roles"]

_PARTS: tuple[Part, ...] = ("accountable", "responsible")


def duty_gaps(day: Day, duty: Duty) -> Iterator[Gap]:
    """Give what is wrong with one duty."""
    yield from _not_allowed(day, duty)
    held = day.accountable(duty)
    if isinstance(held, Gap):
        yield held
        yield from _broken_hand_over(day, duty)
    else:
        yield from _out_of_reach(day, duty, held)
    yield from _unexplained(day, duty)
    named = [day.sources(duty, part)[0] for part in _PARTS]
    told = set(named[0]) if not day.active.keys() & named[0] else set[str]()
    for name in sorted({*named[0], *named[1]} - told - day.active.keys()):
        yield day.not_a_member(duty, "inactive", name)
    answering, doing = ({*day.sources(duty, part)[0], *day.sources(duty, part)[1]} for part in _PARTS)
    mends_both = isinstance(held, Gap) and bool(doing & answering)
    undone = None if mends_both else day.undone(duty)
    if undone is not None:
        yield undone
    roles = day.roles_doing(duty) if day.team.trained is not None else {}
    for contact in day.doing(duty):
        lacking = day.lack(duty, contact.member)
        if lacking is not None:
            yield lacking.gap(duty, contact.member, contact.role)
        yield from training_gaps(day, duty, contact.member, roles.get(contact.member, ()))


def _not_allowed(day: Day, duty: Duty) -> Iterator[Gap]:
    for part in _PARTS:
        names, roles = day.barred(duty, part)
        for who_not in (*names, *roles):
            yield duty_gap(
                duty,
                "not-allowed",
                5,
                f"{who_not} may not be {part} for it: a patient or an informal member",
                f"give that part of {duty.id} to somebody else",
                member=who_not if who_not in names else None,
                role=who_not if who_not in roles else None,
            )


def _out_of_reach(day: Day, duty: Duty, held: Contact) -> Iterator[Gap]:
    """Say where it is not known how to reach whoever answers for safety, or who would stand in."""
    if duty.safety and not held.reach:
        yield Gap(
            kind="unreachable",
            severity="warning",
            rule=15,
            member=held.member,
            because=f"{held.member} answers for a safety duty and the team does not say how to reach them",
            mend=f"say how to reach {held.member}",
        )
    if duty.id in day.matrix.standing_cover and held.covering_for is None:
        cover = day.standing_cover(duty, held.member, held.role)
        if isinstance(cover, str):
            yield duty_gap(
                duty,
                "no-standing-cover",
                7,
                cover,
                f"name a cover for {held.member} who may hold {duty.id}",
                role=held.role,
                member=held.member,
                is_warning=True,
            )


def _broken_hand_over(day: Day, duty: Duty) -> Iterator[Gap]:
    """Say that a period of somebody named ended and no other began, where nobody answers for the duty now."""
    assigned = day.lookup.assigned.get((duty.id, "accountable"), ())
    ended = max((one.until for one in assigned if one.until is not None and one.until <= day.on), default=None)
    if ended is None or any(one.is_in_force(on=day.on) for one in assigned):
        return
    starts = min((one.since for one in assigned if one.since is not None and one.since > day.on), default=None)
    before = _holders(one for one in assigned if one.until == ended)
    because = f"{before} had it until {ended}, and nobody is named since"
    if starts is not None:
        because = f"{before} had it until {ended}, and {_holders(one for one in assigned if one.since == starts)} "
        because += f"only from {starts}"
    mend = f"hand {duty.id} over from the day the last period ended"
    yield duty_gap(duty, "broken-hand-over", 9, because, mend, since=ended, until=starts)


def _unexplained(day: Day, duty: Duty) -> Iterator[Gap]:
    """Say that somebody took over from somebody else and no reason is given."""
    assigned = day.lookup.assigned.get((duty.id, "accountable"), ())
    for one in assigned:
        if one.since is None or one.reason or not one.is_in_force(on=day.on):
            continue
        before = {_holder(other) for other in assigned if other.until == one.since} - {_holder(one)}
        if before:
            yield duty_gap(
                duty,
                "unexplained-hand-over",
                9,
                f"{_holder(one)} took over from {listed(sorted(before))} on {one.since}, and no reason is given",
                f"say why {duty.id} changed hands",
                role=one.role,
                member=one.member,
                since=one.since,
                until=one.until,
                is_warning=True,
            )


def _holder(assignment: Assignment) -> str:
    return assignment.member or assignment.role or ""


def _holders(assignments: Iterator[Assignment]) -> str:
    return listed(sorted({_holder(one) for one in assignments}))


def incomplete(day: Day, role: str) -> Iterator[Gap]:
    """Say that nobody is a member in a role of the minimum team."""
    if not day.holding(role):
        because, since, until = day.vacancy([role])
        yield Gap(
            kind="incomplete-team",
            severity="breach",
            rule=13,
            role=role,
            since=since,
            until=until,
            because=f"no active {role}: {because}",
            mend=f"add an active member as {role}; without one this is not {day.matrix.title or day.matrix.id}",
        )


def over_ceiling(day: Day, people: Mapping[str, int]) -> Iterator[Gap]:
    """Say who carries more people than they can."""
    for member in sorted(people.keys() & day.active.keys()):
        for role in dict.fromkeys(one.role for one in day.active[member]):
            ceiling = ceiling_of(day, member, role)
            if ceiling is not None and people[member] > ceiling:
                yield Gap(
                    kind="over-ceiling",
                    severity="warning",
                    rule=11,
                    role=role,
                    member=member,
                    because=f"{member} carries {people[member]} people, more than the {ceiling} of the ceiling",
                    mend=f"share the people of {member}, or set the ceiling that fits them",
                )


def unknown_roles(day: Day) -> Iterator[Gap]:
    """Say which members have a role that neither catalogue nor matrix describes."""
    for serving in (one for members in day.active.values() for one in members):
        if serving.role not in day.roles:
            yield Gap(
                kind="unknown-role",
                severity="warning",
                rule=None,
                role=serving.role,
                member=serving.id,
                because=f"nothing describes the role {serving.role!r}{did_you_mean(serving.role, day.roles)}",
                mend="use a role of the catalogue, or describe it among the matrix's own",
            )


def nobody_to_escalate(day: Day) -> Iterator[Gap]:
    """Say that nobody is there of those to turn to where nobody answers for a duty."""
    if not day.escalation(besides=None):
        wanted = listed(day.matrix.escalation, "or")
        yield Gap(
            kind="no-escalation",
            severity="breach",
            rule=8,
            because=f"duties wait for somebody, and nobody is there who holds the role {wanted}",
            mend="name somebody who is there to turn to, or add their role to the escalation",
        )
