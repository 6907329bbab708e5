"""Who could fill each gap, ranked and with reasons; nobody is assigned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import attrs

from carecoord.roles._attendance import only_on
from carecoord.roles._dates import asked
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import Duty, Part, ResponsibilityMatrix
from carecoord.roles._gap import Contact, Gap
from carecoord.roles._gaps import gaps
from carecoord.roles._licence import training_gaps
from carecoord.roles._team import Team
from carecoord.roles._workload import Load, workload

__all__ = ["Candidate", "Proposal", "propose"]

Place = Literal["cover", "accountable", "responsible"]

_PLACES: dict[str, Place] = {
    "uncovered": "accountable",
    "no-accountable": "accountable",
    "several-accountable": "accountable",
    "unnamed": "accountable",
    "no-responsible": "responsible",
    "unlicensed": "responsible",
    "credential-lapsed": "responsible",
    "unsupervised": "responsible",
    "untrained": "responsible",
}


@attrs.frozen(kw_only=True)
class Candidate:
    """Somebody who could fill a gap.

    Attributes:
        member: their id.
        role: the role in which they could.
        reach: how to reach them; empty where the team does not say.
        place: as what: as `cover` for whoever is not there, or named as `accountable` or `responsible`.
        reasons: what speaks for them, in words.
        cautions: what to see to before, in words.
    """

    member: str
    role: str
    reach: str = ""
    place: Place
    reasons: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Proposal:
    """Who could fill one gap.

    Attributes:
        gap: the gap.
        candidates: those who could, the likeliest first.
        ruled_out: those who would, were it not for what they lack: their ids, with why not.
        escalate_to: who to turn to where there is no candidate.
    """

    gap: Gap
    candidates: tuple[Candidate, ...] = ()
    ruled_out: tuple[tuple[str, str], ...] = ()
    escalate_to: tuple[Contact, ...] = ()


def propose(
    team: Team, matrix: ResponsibilityMatrix, *, on: date, people: Mapping[str, int] | None = None
) -> tuple[Proposal, ...]:
    """Give who could fill each gap of a day that a person can fill, in the order of the gaps; it assigns nobody.

    A candidate is there that day, in a role or of a profession that answers for the duty, does it or is consulted
    about it, and has the licence it needs. Those who usually hold it come first, then those who are trained, who have
    room, who are within reach, and who answer for less.

    >>> from datetime import date
    >>> from carecoord.roles import Absence, Member, Team, matrix
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=date(2025, 1, 1)),
    ...         Member("kim", role="nurse", profession="psychologist", since=date(2025, 1, 1), reach="ext. 15"),
    ...     ],
    ...     absences=[Absence("holm", since=date(2026, 7, 1), until=date(2026, 7, 15))],
    ... )
    >>> proposals = propose(team, matrix("collaborative-care-minimum"), on=date(2026, 7, 1))
    >>> first = next(one for one in proposals if one.gap.duty == "follow-up")
    >>> [(candidate.member, candidate.place, candidate.reasons) for candidate in first.candidates]
    [('kim', 'cover', ('nurse is a profession that usually holds the role care-manager', 'answers for nothing'))]

    Args:
        team: who serves when, and who is away.
        matrix: who has which part in which duty.
        on: the day asked about.
        people: how many people each member carries, by the member's id, where room is to count.
    """
    day = Days(team, matrix).at(asked(on))
    loads = workload(team, matrix, on=on, people=people)
    fillable = [gap for gap in gaps(team, matrix, on=on) if gap.kind in _PLACES and gap.duty is not None]
    return tuple(_proposal(day, gap, loads) for gap in fillable)


def _proposal(day: Day, gap: Gap, loads: Sequence[Load]) -> Proposal:
    duty = day.matrix.duty(gap.duty or "")
    is_cover = gap.kind == "uncovered" and gap.rule == 7 and gap.member is not None
    place: Place = "cover" if is_cover else _PLACES[gap.kind]
    found: list[tuple[tuple[int, int, bool, bool, int, str], Candidate]] = []
    ruled_out: list[tuple[str, str]] = []
    for member in sorted(day.active.keys() - {gap.member}):
        suited = min(_suited(day, duty, gap, place, member), default=None)
        if suited is not None:
            fit, role, reason = suited
            barred = _barred(day, duty, member, role)
            if barred is None:
                held = [load for load in loads if load.member == member]
                rank, candidate = _weighed(day, duty, Candidate(member=member, role=role, place=place), held)
                found.append(((fit, *rank, member), attrs.evolve(candidate, reasons=(reason, *candidate.reasons))))
            else:
                ruled_out.append((member, barred))
    candidates = tuple(candidate for _, candidate in sorted(found, key=lambda one: one[0]))
    escalate_to = () if candidates else day.escalation(besides=gap.member)
    return Proposal(gap=gap, candidates=candidates, ruled_out=tuple(ruled_out), escalate_to=escalate_to)


def _suited(day: Day, duty: Duty, gap: Gap, place: Place, member: str) -> Iterator[tuple[int, str, str]]:
    """Give the roles in which a member could, each with how well it fits (nought is best) and why."""
    part: Part = "responsible" if place == "responsible" else "accountable"
    if gap.kind in {"several-accountable", "unnamed"}:
        yield from (
            (0, claim.role, f"holds the role {claim.role}")
            for claim in day.claims(duty, part)
            if claim.member == member and claim.role is not None
        )
        return
    wanted = {gap.role or ""} if place == "cover" else {*day.sources(duty, part)[1], *duty.roles(part)}
    usual = {name: role for role in sorted(wanted & day.roles.keys()) for name in day.roles[role].held_by}
    for one in day.active[member]:
        letters = duty.letters.get(one.role, "")
        if not day.may_hold(duty, part, one.role):
            continue
        if one.role in wanted:
            yield 0, one.role, f"holds the role {one.role}"
        for name in (one.role, one.profession):
            if name in usual:
                yield 1, one.role, f"{name} is a profession that usually holds the role {usual[name]}"
        if "A" in letters or "R" in letters:
            yield 2, one.role, f"{'does it anyway' if 'R' in letters else 'answers for it'} as {one.role}"
        elif "C" in letters and place != "cover":
            yield 3, one.role, f"is consulted about it as {one.role}"


def _barred(day: Day, duty: Duty, member: str, role: str) -> str | None:
    """Say why somebody suited could not: not there that day, or without the licence."""
    presence = day.presence(member, role)
    if presence.absences:
        return f"is away from {presence.absences[0].since}"
    if not presence.is_there:
        return only_on(presence)
    lacking = day.lack(duty, member)
    return None if lacking is None or not lacking.bars else lacking.because


def _weighed(
    day: Day, duty: Duty, candidate: Candidate, held: list[Load]
) -> tuple[tuple[int, bool, bool, int], Candidate]:
    """Weigh what a member is trained for and carries: the smaller, the likelier."""
    member, role = candidate.member, candidate.role
    reasons, cautions = [], []
    trainings = list(training_gaps(day, duty, member, [role])) if day.team.trained is not None else []
    cautions += [gap.because for gap in trainings]
    lacking = day.lack(duty, member)
    cautions += [lacking.because] if lacking is not None else []
    answers = sum(len(load.accountable) for load in held)
    reasons.append(
        f"answers for {answers} {'duty' if answers == 1 else 'duties'}" if answers else "answers for nothing"
    )
    room = next((load.room for load in held if load.role == role), None)
    is_full = room is not None and room <= 0
    if room is not None:
        (cautions if is_full else reasons).append(f"has room for {max(room, 0)} more people")
    reach = day.reach(member, role)
    is_out_of_reach = duty.safety and not reach
    if is_out_of_reach:
        cautions.append("the team does not say how to reach them")
    untrained = sum(gap.kind == "untrained" for gap in trainings)
    weighed = attrs.evolve(candidate, reach=reach, reasons=tuple(reasons), cautions=tuple(cautions))
    return (untrained, is_full, is_out_of_reach, answers), weighed
