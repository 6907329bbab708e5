"""What is wrong with who does what on a day, and who to turn to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from carecoord.errors import did_you_mean
from carecoord.roles._day import Contact, Day, Gap, duty_gap
from carecoord.roles._duties import Duty, Part, ResponsibilityMatrix
from carecoord.roles._team import Team, check_period

__all__ = ["Holder", "gaps", "who"]

_PARTS: tuple[Part, ...] = ("accountable", "responsible")
_SEVERITIES = ("safety", "breach", "warning")


@attrs.frozen(kw_only=True)
class Holder:
    """Who to turn to about a duty on a day. There may be nobody, and then it says why and who to turn to instead.

    Attributes:
        duty: the duty's id.
        on: the day.
        accountable: who answers for it that day, themselves or as cover; `None` where there is no one such person.
        responsible: who does it, of those who are there.
        escalate_to: who to turn to next, in order, of those who are there.
        because: why it is them, or why it is nobody.
    """

    duty: str
    on: date
    accountable: Contact | None
    responsible: tuple[Contact, ...] = ()
    escalate_to: tuple[Contact, ...] = ()
    because: str

    @property
    def member(self) -> str | None:
        """The id of who answers for the duty that day; `None` where there is no one such person."""
        return self.accountable.member if self.accountable else None

    @property
    def role(self) -> str | None:
        """The role in which they do."""
        return self.accountable.role if self.accountable else None

    @property
    def covering_for(self) -> str | None:
        """The id of whose duty it is, where somebody else covers."""
        return self.accountable.covering_for if self.accountable else None

    @property
    def reach(self) -> str:
        """How to reach them; empty where there is nobody or the team does not say."""
        return self.accountable.reach if self.accountable else ""


def who(team: Team, matrix: ResponsibilityMatrix, duty: str, *, on: date) -> Holder:
    """Give who holds a duty on a day, who covers where they are away, and how to reach them.

    A duty that the matrix does not have is nobody's, and the answer says so: no task is dropped for want of a name.

    >>> from datetime import date
    >>> from carecoord.roles import Absence, Member, Team, matrix
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=date(2025, 1, 1), reach="ext. 12"),
    ...         Member("kim", role="nurse", since=date(2025, 1, 1), reach="ext. 15"),
    ...     ],
    ...     absences=[Absence("holm", since=date(2026, 7, 1), until=date(2026, 7, 15), cover="kim")],
    ... )
    >>> holder = who(team, matrix("collaborative-care-minimum"), "follow-up", on=date(2026, 7, 14))
    >>> holder.member, holder.covering_for, holder.reach
    ('kim', 'holm', 'ext. 15')
    >>> holder.because
    'kim covers for holm, who is away from 2026-07-01, back on 2026-07-15'
    """
    day = _day(team, matrix, on)
    found = next((known for known in matrix.duties if known.id == duty), None)
    if not team.is_in_force(on=on):
        answer: Contact | str = _not_in_force(team, on).because
    elif found is None:
        known_ids = [known.id for known in matrix.duties]
        answer = f"{matrix.id} has no duty {duty!r}{did_you_mean(duty, known_ids)}"
    else:
        held = day.accountable(found)
        answer = held.because if isinstance(held, Gap) else held
    responsible = day.responsible(found) if found is not None else ()
    if isinstance(answer, Contact):
        accountable, because = answer, f"{answer.member} {answer.because}"
        escalate_to = day.escalation(besides=answer.member)
        if not responsible:
            because += "; nobody is there to do it"
    else:
        accountable, because = None, answer
        escalate_to = day.escalation(besides=None)
        if not escalate_to:
            because += "; nobody is there to escalate to either"
    return Holder(
        duty=duty,
        on=on,
        accountable=accountable,
        responsible=responsible,
        escalate_to=escalate_to,
        because=because,
    )


def gaps(
    team: Team, matrix: ResponsibilityMatrix, *, on: date, people: Mapping[str, int] | None = None
) -> tuple[Gap, ...]:
    """Give everything that is wrong with who does what on a day, safety duties first, then in the matrix's order.

    It checks the rules of a valid assignment that team, dates, absences and matrix can show: one accountable and
    somebody responsible (1), both active members (2), one of several in a role named (3), no patient or informal member
    holding what they may not (5), absences covered by somebody who is there and may (7), caseloads within their
    ceiling (11), the minimum team complete (13), and whoever answers for safety within reach (15).

    >>> from datetime import date
    >>> from carecoord.roles import Member, Team, matrix
    >>> team = Team([Member("holm", role="care-manager", since=date(2025, 1, 1), until=date(2026, 4, 1))])
    >>> found = gaps(team, matrix("collaborative-care-minimum"), on=date(2026, 5, 1))
    >>> [gap.because for gap in found if gap.duty == "follow-up"]
    ['holm left on 2026-04-01 and nobody else holds it']

    Args:
        team: who serves when, and who is away.
        matrix: who has which part in which duty.
        on: the day asked about.
        people: how many people each member carries, by the member's id, where ceilings are to be checked.
    """
    day = _day(team, matrix, on)
    if not team.is_in_force(on=on):
        return (_not_in_force(team, on),)
    found = [gap for duty in matrix.duties for gap in _duty_gaps(day, duty)]
    found += _incomplete(day)
    found += _over_ceiling(day, people or {})
    found += _unreachable(day)
    found += _unknown_roles(day)
    order = {duty.id: place for place, duty in enumerate(matrix.duties)}

    def rank(gap: Gap) -> tuple[int, int, str, str, str]:
        place = order[gap.duty] if gap.duty is not None else len(order)
        return _SEVERITIES.index(gap.severity), place, gap.kind, gap.role or "", gap.member or ""

    return tuple(sorted(found, key=rank))


def _day(team: Team, matrix: ResponsibilityMatrix, on: date) -> Day:
    check_period("on", on, None)
    return Day(team, matrix, on)


def _not_in_force(team: Team, on: date) -> Gap:
    is_over = team.until is not None and team.until <= on
    return Gap(
        kind="not-in-force",
        severity="breach",
        rule=2,
        since=team.until if is_over else None,
        until=None if is_over else team.since,
        because=f"the team ended on {team.until}" if is_over else f"the team starts on {team.since}",
        mend="use the team that is in force on that day",
    )


def _duty_gaps(day: Day, duty: Duty) -> Iterator[Gap]:
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
    held = day.accountable(duty)
    if isinstance(held, Gap):
        yield held
    named = [day.sources(duty, part)[0] for part in _PARTS]
    told = set(named[0]) if not day.active.keys() & named[0] else set[str]()
    for name in sorted({*named[0], *named[1]} - told - day.active.keys()):
        yield day.not_a_member(duty, "inactive", name)
    answering, doing = ({*day.sources(duty, part)[0], *day.sources(duty, part)[1]} for part in _PARTS)
    mends_both = isinstance(held, Gap) and bool(doing & answering)
    undone = None if mends_both else day.undone(duty)
    if undone is not None:
        yield undone


def _incomplete(day: Day) -> Iterator[Gap]:
    for role in day.matrix.minimum_team:
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


def _over_ceiling(day: Day, people: Mapping[str, int]) -> Iterator[Gap]:
    ceilings = {ceiling.role: ceiling.people for ceiling in day.matrix.ceilings}
    for serving in day.team.active(on=day.on):
        ceiling = ceilings.get(serving.role) if serving.ceiling is None else serving.ceiling
        carried = people.get(serving.id, 0)
        if ceiling is not None and carried > ceiling:
            yield Gap(
                kind="over-ceiling",
                severity="warning",
                rule=11,
                role=serving.role,
                member=serving.id,
                because=f"{serving.id} carries {carried} people, more than the {ceiling} of the ceiling",
                mend=f"share the people of {serving.id}, or set the ceiling that fits them",
            )


def _unreachable(day: Day) -> Iterator[Gap]:
    held = [day.accountable(duty) for duty in day.matrix.duties if duty.safety]
    for member in sorted({one.member for one in held if isinstance(one, Contact) and not one.reach}):
        yield Gap(
            kind="unreachable",
            severity="warning",
            rule=15,
            member=member,
            because=f"{member} answers for a safety duty and the team does not say how to reach them",
            mend=f"say how to reach {member}",
        )


def _unknown_roles(day: Day) -> Iterator[Gap]:
    known = set(day.knows())
    for serving in day.team.active(on=day.on):
        if serving.role not in known:
            yield Gap(
                kind="unknown-role",
                severity="warning",
                rule=None,
                role=serving.role,
                member=serving.id,
                because=f"nothing describes the role {serving.role!r}{did_you_mean(serving.role, known)}",
                mend="use a role of the catalogue, or describe it among the matrix's own",
            )
