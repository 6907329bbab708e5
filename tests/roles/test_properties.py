"""What holds for any team and any matrix on any day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import assume, given, strategies as st

from carecoord import _definitions
from carecoord.roles import (
    Absence,
    Acknowledgement,
    Assignment,
    Duty,
    HandOver,
    Member,
    ResponsibilityMatrix,
    Team,
    TeamEvent,
    duties,
    duty,
    gaps,
    hand_over,
    matrix,
    notify,
    propose,
    role,
    turn_to,
    unacknowledged,
    who,
    workload,
)
from carecoord.testing import matrices, members, team_records, teams
from carecoord.testing._teams import FIRST, days, periods, plain_matrices
from tests.roles.strategies import plain_teams

MINIMUM = matrix("collaborative-care-minimum")
LIKELY = (*MINIMUM.minimum_team, "nurse", "psychologist", "friend")
NOBODY = {"uncovered", "no-accountable", "several-accountable", "unnamed"}


def likely_teams() -> st.SearchStrategy[Team]:
    """Give teams whose members mostly hold what the minimum matrix asks for."""
    return plain_teams(among=LIKELY)


def likely_matrices() -> st.SearchStrategy[ResponsibilityMatrix]:
    """Give matrices over duties of the minimum team."""
    return plain_matrices(of=[each.id for each in MINIMUM.duties], among=LIKELY)


@given(likely_teams(), likely_matrices(), days(), st.randoms())
def test_gaps_do_not_depend_on_the_order_things_are_given_in(
    team: Team, matrix: ResponsibilityMatrix, on: date, random: Any
) -> None:
    """Members, absences and assignments may come in any order."""
    shuffled_team = Team(
        random.sample(team.members, len(team.members)), absences=random.sample(team.absences, len(team.absences))
    )
    shuffled = attrs.evolve(matrix, assignments=random.sample(matrix.assignments, len(matrix.assignments)))
    assert gaps(shuffled_team, shuffled, on=on) == gaps(team, matrix, on=on)
    for each in matrix.duties:
        assert who(shuffled_team, shuffled, each.id, on=on) == who(team, matrix, each.id, on=on)


@given(likely_teams(), likely_matrices(), days())
def test_nobody_is_never_said_without_a_reason_that_is_also_a_gap(
    team: Team, matrix: ResponsibilityMatrix, on: date
) -> None:
    """Either somebody who is there answers for a duty, or the gaps say why there is nobody."""
    found = gaps(team, matrix, on=on)
    for each in matrix.duties:
        holder = who(team, matrix, each.id, on=on)
        told = [gap for gap in found if gap.duty == each.id and gap.kind in NOBODY]
        assert holder.because
        assert (holder.member is None) == (len(told) == 1)
        if holder.member is None:
            assert holder.because.startswith(told[0].because)
            assert holder.escalate_to or "nobody is there to escalate to" in holder.because


@given(plain_teams(), plain_matrices(), days())
def test_whoever_is_named_is_a_member_and_there(team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
    """Accountable, responsible or next in line: active on the day, not away, and no patient answering for anything."""
    active = {(member.id, member.role) for member in team.active(on=on)}
    away = {absence.member for absence in team.absences if absence.is_in_force(on=on)}
    for each in matrix.duties:
        holder = who(team, matrix, each.id, on=on)
        named = [*holder.responsible, *holder.escalate_to, *([holder.accountable] if holder.accountable else [])]
        assert all((contact.member, contact.role) in active and contact.member not in away for contact in named)
        assert all(contact.covering_for is None or contact.covering_for in away for contact in named)
        assert holder.role is None or role(holder.role).is_professional
        assert holder.member not in {contact.member for contact in holder.escalate_to}


@given(plain_teams(), plain_matrices(), days())
def test_gaps_explain_themselves_and_fit_their_day(team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
    """Each says why and what would mend it; what causes it has begun and has not ended."""
    for gap in gaps(team, matrix, on=on):
        assert gap.because
        assert gap.mend
        assert gap.since is None or gap.since <= on
        assert gap.until is None or on < gap.until
        safety = gap.duty is not None and duty(gap.duty).safety
        assert (gap.severity == "safety") == safety
        assert gap.rule in {1, 2, 3, 4, 5, 7, 8, 9, 13, 15} or (gap.rule is None and gap.kind == "unknown-role")


@given(likely_teams(), likely_matrices(), days())
def test_an_uncovered_duty_was_otherwise_the_day_before_and_is_once_that_ends(
    team: Team, matrix: ResponsibilityMatrix, on: date
) -> None:
    """`since` and `until` are the first day and the end of what the gap says, not some day near them."""
    for gap in gaps(team, matrix, on=on):
        if gap.kind == "uncovered":
            ends = [gap.since and gap.since - timedelta(days=1), gap.until]
            for day in [day for day in ends if day is not None]:
                before = [(other.duty, other.because) for other in gaps(team, matrix, on=day)]
                assert (gap.duty, gap.because) not in before


@given(days(), periods(), days())
def test_an_absence_wholly_covered_by_an_eligible_member_uncovers_nothing(
    since: date, away: tuple[date, date | None], on: date
) -> None:
    """A psychologist may cover every duty of a care manager; the team has the same gaps as with nobody away."""
    assume(since <= away[0])
    serving = [Member(each, role=each, since=date(2025, 1, 1), reach="ext. 1") for each in MINIMUM.minimum_team]
    cover = Member("kim", role="nurse", profession="psychologist", since=since, reach="ext. 2")
    absence = Absence("care-manager", since=away[0], until=away[1], cover="kim")
    team = Team([*serving, cover])
    assert gaps(team.with_absences(absence), MINIMUM, on=on) == gaps(team, MINIMUM, on=on) == ()
    stands_in = who(team.with_absences(absence), MINIMUM, "follow-up", on=on).covering_for == "care-manager"
    assert stands_in == absence.is_in_force(on=on)


@given(likely_teams(), days(), st.sampled_from(duties()))
def test_taking_the_cover_away_never_closes_a_gap(team: Team, on: date, name: str) -> None:
    """Fewer covers, no fewer duties without somebody."""
    alone = attrs.evolve(team, absences=[attrs.evolve(absence, cover=None) for absence in team.absences])
    named = ResponsibilityMatrix(
        id="one", duties=[duty(name)], assignments=[Assignment(name, "accountable", member="ada")]
    )
    if who(team, named, name, on=on).member is None:
        assert who(alone, named, name, on=on).member is None


def acts(team: Team, matrix: ResponsibilityMatrix, each: Duty, on: date) -> set[str | None]:
    """Read the rules once more, naively: for each person who is accountable, who acts for them that day, if anyone."""

    def there(member: str) -> list[Member]:
        return [one for one in team.members if one.id == member and one.since <= on and (one.until or date.max) > on]

    def is_professional(name: str) -> bool:
        return name not in {"patient", "family-caregiver", "friend", "legal-representative", "emergency-contact"}

    def away(member: str) -> list[Absence]:
        found = [one for one in team.absences if one.member == member and one.since <= on < (one.until or date.max)]
        return sorted(found, key=lambda one: (one.since, one.cover or ""))

    def may_cover(one: Member, held: str) -> bool:
        own = {one.role, one.profession or one.role}
        fits = held in own or own & set(role(held).held_by) or {"A", "R"} & set(each.letters.get(one.role, ""))
        licensed = each.scope is None or any(
            getattr(role(name), each.scope).usually not in {"denied", "limited"} for name in own
        )
        return bool(fits) and licensed and is_professional(one.role)

    given = [
        one
        for one in matrix.assignments
        if (one.duty, one.part) == (each.id, "accountable") and (one.since or date.min) <= on < (one.until or date.max)
    ]
    wanted = (
        {one.role for one in given} if given else {name for name, letters in each.letters.items() if "A" in letters}
    )
    named = {one.member for one in given if one.member is not None}
    holders = [
        (one.id, one.role)
        for one in team.members
        if there(one.id) and one in there(one.id) and one.role in wanted and is_professional(one.role)
    ]
    for name in named:
        serving = sorted(
            (one.role for one in there(name) if is_professional(one.role)),
            key=lambda held: ("A" not in each.letters.get(held, ""), held),
        )
        holders += [(name, serving[0])] if serving else []
    result: dict[str, set[str | None]] = {}
    for name, held in holders:
        acting = result.setdefault(name, set())
        if not away(name):
            acting.add(name)
            continue
        covers = [
            absence.cover
            for absence in away(name)
            if absence.cover and not away(absence.cover) and any(may_cover(one, held) for one in there(absence.cover))
        ]
        acting.add(covers[0] if covers else None)
    everyone: set[str | None] = set()
    for acting in result.values():
        everyone |= (acting - {None}) or acting
    return everyone


@given(likely_teams(), likely_matrices(), days())
def test_who_agrees_with_a_naive_reading_of_the_rules(team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
    """Exactly one person acts, or there is nobody to name."""
    for each in matrix.duties:
        acting = acts(team, matrix, each, on)
        if len(acting) == 1:
            assert {who(team, matrix, each.id, on=on).member} == acting
        else:
            assert who(team, matrix, each.id, on=on).member is None


@given(teams(among=LIKELY), matrices(among=LIKELY), days(), st.data())
def test_everything_survives_json(team: Team, matrix: ResponsibilityMatrix, on: date, data: st.DataObject) -> None:
    """Teams, matrices, records and all that is read from them say the same after a trip through JSON."""
    record = data.draw(team_records(of=[each.id for each in matrix.duties]))
    values: list[Any] = [team, matrix, record, who(team, matrix, matrix.duties[0].id, on=on)]
    values += gaps(team, matrix, between=(on, on + timedelta(days=9)), record=record)
    values += [*workload(team, matrix, on=on, people={"ada": 3}), *propose(team, matrix, on=on)]
    event = TeamEvent(id="e", duty=matrix.duties[0].id, kind="raised", at=on, labels=["SUD"])
    notices = notify(event, team, matrix, consents=[])
    values += [event, *notices, *unacknowledged(notices, [], at=on), Acknowledgement("e", "ada", at=on)]
    for value in values:
        plain = json.loads(json.dumps(_definitions.unstructure(value)))
        assert _definitions.structure(plain, type(value), name="value") == value


def test_a_hand_over_survives_json() -> None:
    """Its gaps included."""
    on = date(2026, 6, 1)
    team = Team([Member("ada", role="care-manager", since=FIRST), Member("ben", role="nurse", since=FIRST)])
    _, record = hand_over(
        attrs.evolve(team, credentials=()),
        MINIMUM,
        giver="ada",
        taker="ben",
        on=on,
        reason="leave",
        duties=["psychotherapy"],
    )
    assert record.gaps
    plain = json.loads(json.dumps(_definitions.unstructure(record)))
    assert _definitions.structure(plain, HandOver, name="record") == record


@given(teams(among=LIKELY), matrices(among=LIKELY), days())
def test_whoever_is_to_be_called_is_there_and_named_once(team: Team, matrix: ResponsibilityMatrix, on: date) -> None:
    """About any gap: active professionals who are not away from everything, whoever it is about before the others."""
    for gap in gaps(team, matrix, on=on):
        contacts = turn_to(team, matrix, gap, on=on)
        names = [contact.member for contact in contacts]
        assert len(names) == len(set(names))
        assert gap.member not in names[1:]
        for contact in contacts:
            serving = [one for one in team.active(on=on) if (one.id, one.role) == (contact.member, contact.role)]
            away = [one for one in team.absences if one.is_in_force(on=on)]
            assert any(not any(absence.concerns(one) for absence in away) and one.works(on=on) for one in serving)
            assert contact.reach in {one.reach for one in serving}


@given(members(), days())
def test_membership_is_the_days_from_since_up_to_until(member: Member, on: date) -> None:
    """Half-open, as everywhere."""
    assert member.is_active(on=on) == (member.since <= on and (member.until is None or on < member.until))
