"""Everything that is wrong with who does what, on a day or over a period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._checks import duty_gaps, incomplete, nobody_to_escalate, over_ceiling, unknown_roles
from carecoord.roles._conduct import conflicts, unapproved, unconfirmed
from carecoord.roles._consent import Consent
from carecoord.roles._consent_authority import ProxyAuthority, Reserved
from carecoord.roles._coverage import not_in_force
from carecoord.roles._dates import DAY, asked, merged
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import PARTS, ResponsibilityMatrix
from carecoord.roles._gap import SEVERITIES, Gap
from carecoord.roles._labels import Sensitivity
from carecoord.roles._moments import Moments, of_duty, of_members, of_period
from carecoord.roles._record import TeamRecord
from carecoord.roles._sharing import Leave, may_not_see
from carecoord.roles._team import Team

__all__ = ["gaps"]

_Check = tuple[Callable[[Day], Iterable[Gap]], Moments]
_Pairs = list[tuple[date, date]]

_NOBODY = {"uncovered", "no-accountable", "several-accountable", "unnamed"}


def gaps(
    team: Team,
    matrix: ResponsibilityMatrix,
    *,
    on: date | None = None,
    between: tuple[date, date] | None = None,
    people: Mapping[str, int] | None = None,
    record: TeamRecord | None = None,
    consents: Iterable[Consent] | None = None,
    authorities: Iterable[ProxyAuthority] = (),
    reserved: Iterable[Reserved] = (),
    codes: Sensitivity | None = None,
) -> tuple[Gap, ...]:
    """Give everything that is wrong with who does what, safety duties first, then in the matrix's order.

    Asked about one day, it gives what is wrong on that day. Asked about a period, it gives each thing that is wrong on
    some day of it once, with its `days`.

    It checks the rules of a valid assignment: one accountable and somebody responsible (1), both active members (2),
    one of several in a role named (3), licences and supervision (4), no patient or informal member holding what they
    may not (5), no part for somebody who may not see what it is about (6), absences and days off covered by somebody
    who is there and may (7), somebody to escalate to where nobody answers for a duty (8), hand-overs without a gap and
    with a reason (9), approvals by those who may (10), caseloads within their ceiling (11), one instruction about one
    thing (12), the minimum team complete (13), who is accountable confirmed after a change (14), and whoever answers
    for safety within reach (15). What the rules look at beside team and matrix is told in the options; what is not told
    is not checked. The answer is for those who run the team: it says who may not see what.

    >>> from datetime import date
    >>> from carecoord.roles import Member, Team, matrix
    >>> team = Team([Member("holm", role="care-manager", since=date(2025, 1, 1), until=date(2026, 4, 1))])
    >>> found = gaps(team, matrix("collaborative-care-minimum"), on=date(2026, 5, 1))
    >>> [gap.because for gap in found if gap.duty == "follow-up"]
    ['holm left on 2026-04-01 and nobody else holds it']
    >>> found = gaps(team, matrix("collaborative-care-minimum"), between=(date(2026, 3, 30), date(2026, 4, 5)))
    >>> [(str(span.since), str(span.last)) for gap in found if gap.duty == "follow-up" for span in gap.days]
    [('2026-04-01', '2026-04-05')]

    Args:
        team: who serves when, and who is away.
        matrix: who has which part in which duty.
        on: the day asked about; exactly one of `on` and `between` is given.
        between: the first and the last day asked about.
        people: how many people each member carries, by the member's id, where ceilings are to be checked.
        record: what has been done, instructed and confirmed, where that is to be checked.
        consents: what the person in care permits and refuses, where it is to be checked who may see what they do.
        authorities: what lets somebody see or consent for the person.
        reserved: what only the person decides.
        codes: your own sensitivity codes and what your duties are about; those the library ships where left out.

    Raises:
        DataError: neither or both of `on` and `between` are given, or what is given is no day.
    """
    first, end = _period(on, between)
    days = Days(team, matrix)
    found: dict[Gap, _Pairs] = {}
    checks = [*_checks(days, people or {}, record or TeamRecord())]
    if consents is not None:
        checks += _checks_of_sharing(days, Leave.of(team, consents, authorities, reserved, codes))
    for check, moments in [*_out_of_force(team), *_within(team, checks)]:
        for day, pairs in moments.runs(first, end):
            for gap in check(days.at(day)):
                found.setdefault(gap, []).extend(pairs)
    _escalate(days, found, first, end)
    order = {duty.id: place for place, duty in enumerate(matrix.duties)}

    def rank(gap: Gap) -> tuple[int, int, str, str, str, date, str]:
        place = order[gap.duty] if gap.duty is not None else len(order)
        begins = min(since for since, _ in found[gap])
        return SEVERITIES.index(gap.severity), place, gap.kind, gap.role or "", gap.member or "", begins, gap.because

    ranked = sorted(found, key=rank)
    if on is not None:
        return tuple(ranked)
    return tuple(attrs.evolve(gap, days=merged(found[gap])) for gap in ranked)


def _period(on: date | None, between: tuple[date, date] | None) -> tuple[date, date]:
    """Give the first day and the day after the last."""
    if (on is None) == (between is None):
        raise DataError("gaps", [Fault("", "one of on and between is wanted")])
    if on is not None:
        return asked(on), on + DAY
    first, last = between or (date.min, date.min)
    if asked(last) < asked(first):
        raise DataError("gaps", [Fault("$.between", f"the last day, {last}, is before the first, {first}")])
    return first, last + DAY


def _out_of_force(team: Team) -> Iterator[_Check]:
    def check(day: Day) -> Iterator[Gap]:
        if not team.is_in_force(on=day.on):
            yield not_in_force(team, day.on)

    yield check, of_period(team.since, team.until)


def _within(team: Team, checks: Iterable[_Check]) -> Iterator[_Check]:
    """Ask nothing more about days on which the team is not in force."""

    def only(check: Callable[[Day], Iterable[Gap]], day: Day) -> Iterable[Gap]:
        return check(day) if team.is_in_force(on=day.on) else ()

    bounds = of_period(team.since, team.until)
    for check, moments in checks:
        yield partial(only, check), moments | bounds


def _checks(days: Days, people: Mapping[str, int], record: TeamRecord) -> Iterator[_Check]:
    """Give each check with the moments at which its answer can change."""
    of_team = of_members(days, days.members)
    for duty in days.matrix.duties:
        yield partial(duty_gaps, duty=duty), of_duty(days, duty)
    for role in days.matrix.minimum_team:
        yield partial(incomplete, role=role), of_members(days, [one.id for one in days.in_role.get(role, ())])
    yield partial(over_ceiling, people=people), of_team
    yield unknown_roles, of_team
    if record.done:
        yield partial(unapproved, days=days, done=record.done), of_period(*(one.on for one in record.done))
    if record.instructions:
        instructed = of_period(*(day for one in record.instructions for day in (one.since, one.until)))
        for duty in days.matrix.duties:
            if duty.id in days.matrix.settled_by:
                instructed |= of_duty(days, duty)
        yield partial(conflicts, instructions=record.instructions), instructed
    if record.confirmations is not None:
        changes = of_period(*record.plan_changes, *(one.on for one in record.confirmations))
        changes |= of_period(*(day for one in days.matrix.assignments for day in (one.since, one.until)))
        for duty in days.matrix.duties:
            moments = of_duty(days, duty) | of_team | changes
            yield partial(unconfirmed, duty=duty, record=record), moments


def _checks_of_sharing(days: Days, leave: Leave) -> Iterator[_Check]:
    dates = of_period(*leave.dates)
    for duty in days.matrix.duties:
        yield partial(may_not_see, duty=duty, leave=leave), of_duty(days, duty, PARTS) | dates


def _escalate(days: Days, found: dict[Gap, _Pairs], first: date, end: date) -> None:
    """Add on which days nobody answers for a duty and nobody is there to turn to."""
    unanswered = [pair for gap, pairs in found.items() if gap.kind in _NOBODY for pair in pairs]
    if not unanswered or not days.matrix.escalation:
        return
    turned_to = [one.id for role in days.matrix.escalation for one in days.in_role.get(role, ())]
    spans = merged(unanswered)
    moments = of_members(days, turned_to) | of_period(days.team.since, days.team.until)
    for day, pairs in moments.runs(first, end):
        for gap in nobody_to_escalate(days.at(day)):
            both = [(max(a, span.since), min(b, span.until)) for a, b in pairs for span in spans]
            if pairs := [(since, until) for since, until in both if since < until]:
                found.setdefault(gap, []).extend(pairs)
