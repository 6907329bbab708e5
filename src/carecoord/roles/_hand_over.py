"""Hand duties over from one member to another: one period closes, the next opens the same day, and both stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._dates import DAY, asked
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import PARTS, Assignment, Duty, Part, ResponsibilityMatrix
from carecoord.roles._gap import Gap
from carecoord.roles._gaps import gaps
from carecoord.roles._team import Team

__all__ = ["HandOver", "hand_over"]


@attrs.frozen(kw_only=True)
class HandOver:
    """The record of a hand-over: who gave what to whom, from when on and why.

    Attributes:
        id: what events and acknowledgements call it by.
        giver: the id of who held the duties up to then.
        taker: the id of who holds them from then on.
        on: the first day they hold them.
        reason: why.
        accountable: the duties the taker now answers for.
        responsible: the duties the taker now does.
        gaps: what is wrong on that day with the duties in the taker's hands, as a licence they lack, and whatever else
            would not be wrong without the hand-over.
    """

    id: str
    giver: str
    taker: str
    on: date
    reason: str
    accountable: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def duties(self) -> tuple[str, ...]:
        """Every duty that changed hands."""
        return tuple(dict.fromkeys((*self.accountable, *self.responsible)))


def hand_over(
    team: Team,
    matrix: ResponsibilityMatrix,
    *,
    giver: str,
    taker: str,
    on: date,
    reason: str,
    duties: Iterable[str] | None = None,
    id: str | None = None,
) -> tuple[ResponsibilityMatrix, HandOver]:
    """Give the matrix in which a member's duties are another's from a day on, and the record of it.

    Up to the day before, nothing changes: who held what stays as it was, and so does what was wrong, save that a gap
    which the hand-over ends now says so. Whatever the taker lacks is told among the record's gaps and hinders nothing:
    whether to hand over all the same is for people to decide.

    >>> from datetime import date
    >>> from carecoord.roles import Member, Team, matrix, who
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=date(2025, 1, 1), until=date(2026, 6, 1)),
    ...         Member("ivo", role="care-manager", since=date(2026, 5, 1)),
    ...     ]
    ... )
    >>> minimum = matrix("collaborative-care-minimum")
    >>> handed, record = hand_over(
    ...     team, minimum, giver="holm", taker="ivo", on=date(2026, 6, 1), reason="holm leaves", duties=["follow-up"]
    ... )
    >>> who(team, handed, "follow-up", on=date(2026, 6, 1)).member, record.accountable
    ('ivo', ('follow-up',))

    Args:
        team: who serves when.
        matrix: who has which part in which duty until then.
        giver: the id of who holds the duties.
        taker: the id of who is to hold them, a member on that day.
        on: the first day the taker holds them.
        reason: why; it must say something.
        duties: the ids of the duties; all that the giver answers for or does, where left out.
        id: what to call the hand-over by; made of its people and its day where left out.

    Raises:
        UnknownIdError: the matrix has no such duty.
        DataError: no reason is given, the taker is no member that day or may not hold a duty, the giver does not hold
            one, or somebody else is already to hold it from that day on.
    """
    days = Days(team, matrix)
    eve, day = days.at(asked(on) - DAY), days.at(on)
    wanted = [matrix.duty(name) for name in dict.fromkeys(duties)] if duties is not None else list(matrix.duties)
    held: list[tuple[Duty, Part]] = [(duty, part) for duty in wanted for part in _held(eve, duty, giver)]
    faults = [*_faults(day, giver, taker, reason), *_faults_of_duties(day, held, giver, taker)]
    if duties is not None:
        lacking = [duty for duty in wanted if duty not in [one for one, _ in held]]
        faults += [Fault(f"$.duties[{duty.id}]", "the giver does not hold it the day before") for duty in lacking]
    elif not held:
        faults.append(Fault("$.giver", "holds no duty the day before"))
    if faults:
        raise DataError("hand over", faults)
    assignments = list(matrix.assignments)
    for duty, part in held:
        begun = Assignment(duty.id, part, member=taker, since=on, reason=reason)
        assignments = _reassigned(days, assignments, duty, giver, begun)
    made = attrs.evolve(matrix, assignments=assignments)
    before = {(gap.kind, gap.duty, gap.member) for gap in gaps(team, matrix, on=on)}
    names = {duty.id for duty, _ in held}
    told = [
        gap
        for gap in gaps(team, made, on=on)
        if (gap.kind, gap.duty, gap.member) not in before or (gap.member == taker and gap.duty in names)
    ]
    return made, HandOver(
        id=id or f"{giver}-{taker}-{on}",
        giver=giver,
        taker=taker,
        on=on,
        reason=reason,
        accountable=tuple(duty.id for duty, part in held if part == "accountable"),
        responsible=tuple(duty.id for duty, part in held if part == "responsible"),
        gaps=tuple(told),
    )


def _held(eve: Day, duty: Duty, giver: str) -> Iterator[Part]:
    """Give the parts of a duty that somebody holds in their own right."""
    for part in PARTS[:2]:
        if any(claim.member == giver for claim in eve.claims(duty, part)):
            yield part


def _faults(day: Day, giver: str, taker: str, reason: str) -> Iterator[Fault]:
    if not reason.strip():
        yield Fault("$.reason", "is empty: say why the duties change hands")
    if giver == taker:
        yield Fault("$.taker", "is the giver")
    if taker not in day.active:
        yield Fault("$.taker", f"is no member of the team on {day.on}")


def _faults_of_duties(day: Day, held: Iterable[tuple[Duty, Part]], giver: str, taker: str) -> Iterator[Fault]:
    roles = [one.role for one in day.active.get(taker, ())]
    for duty, part in held:
        if roles and not any(day.may_hold(duty, part, role) for role in roles):
            yield Fault(f"$.duties[{duty.id}]", f"the taker may not be {part} for it: a patient or an informal member")
        assigned = day.lookup.assigned.get((duty.id, part), ())
        if part == "accountable" and any(one.since == day.on and one.member != giver for one in assigned):
            yield Fault(f"$.duties[{duty.id}]", f"a period of somebody begins on {day.on} already")


def _reassigned(
    days: Days, assignments: list[Assignment], duty: Duty, giver: str, begun: Assignment
) -> list[Assignment]:
    """Give all assignments, with what the giver has of one part ended on the day, and what comes instead begun."""
    on, part = begun.since or date.min, begun.part
    day = days.at(on)
    claims = day.claims(duty, part)
    holders = {claim.member for claim in claims}
    if part == "responsible" and begun.member in holders and giver not in holders:
        return assignments
    had = days.at(on - DAY).claims(duty, part) if part == "accountable" else claims
    roles = {claim.role for claim in had if claim.member == giver and not claim.named}
    current = [one for one in assignments if (one.duty, one.part) == (duty.id, part) and one.is_in_force(on=on)]
    ended = [one for one in current if one.member == giver or one.role in roles]
    kept = {(one.member, one.role) for one in current if one not in ended}
    ends = [one.until for one in ended if one.until is not None]
    if part == "accountable":
        ends += [one.since for one in days.assigned.get((duty.id, part), ()) if one.since and one.since > on]
    wanted: dict[tuple[str | None, str | None], None] = {(begun.member, None): None}
    if part == "responsible":
        names, letters = day.sources(duty, part)
        others = {claim.member for claim in claims if claim.role in roles and not claim.named}
        wanted |= {(name, None): None for name in sorted({*names, *others} - {giver})}
        wanted |= {(None, role): None for role in letters if role not in roles and day.may_hold(duty, part, role)}
    new = [attrs.evolve(begun, member=name, role=role) for name, role in wanted if (name, role) not in kept]
    return [
        *(one for one in assignments if one not in ended),
        *(attrs.evolve(one, until=on) for one in ended if one.since is None or one.since < on),
        *(attrs.evolve(one, until=min(ends, default=None)) for one in new),
    ]
