"""The strategies for teams, matrices, consents and readers: right values, as asked for, and of every kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import Phase, find, given, settings, strategies as st

from carecoord.roles import (
    Clause,
    Consent,
    Label,
    Member,
    Reader,
    Recipient,
    ResponsibilityMatrix,
    Team,
    TeamRecord,
    gaps,
    may_see,
    who,
)
from carecoord.testing import (
    clauses,
    consents,
    labels,
    matrices,
    members,
    readers,
    team_records,
    teams,
)
from carecoord.testing._consents import MEMBERS
from tests.roles.consent_by_hand import ByHand

FIRST = date(2026, 1, 1)
HELD = ("care-manager", "nurse", "patient")
QUICK = settings(max_examples=5000, database=None, phases=[Phase.generate])
"""What is looked for is not made smaller once it is found."""

TASKS = ("follow-up", "prescribe", "registry")


@given(teams(ids=("lee", "holm"), among=HELD, most=4), matrices(of=TASKS, ids=("lee", "holm"), among=HELD))
@settings(max_examples=50)
def test_what_is_drawn_is_of_what_was_asked_for(team: Team, matrix: ResponsibilityMatrix) -> None:
    """Ids, roles and duties are those given; a stranger may be named, and a duty of the site's own is always there."""
    assert len(team.members) <= 4
    assert {one.id for one in team.members} <= {"lee", "holm"}
    assert {one.role for one in team.members} <= set(HELD)
    assert {one.id for one in matrix.duties} <= {*TASKS, "own"}
    assert matrix.duties[-1].id == "own"
    assert {one.member for one in matrix.assignments} <= {None, "lee", "holm", "stranger"}
    assert {one.role for one in matrix.assignments} <= {None, *HELD}


@given(teams(), matrices(), st.dates(FIRST, date(2026, 12, 31)), st.data())
@settings(max_examples=40)
def test_teams_matrices_and_records_go_together(
    team: Team, matrix: ResponsibilityMatrix, on: date, data: st.DataObject
) -> None:
    """Whatever is drawn can be asked for its gaps, and for who holds each duty."""
    record = data.draw(team_records(of=[one.id for one in matrix.duties]))
    assert all(gap.because and gap.mend for gap in gaps(team, matrix, on=on, record=record))
    assert all(who(team, matrix, each.id, on=on).because for each in matrix.duties)


def is_covered(team: Team) -> bool:
    """Say whether somebody of the team covers for somebody."""
    return bool({one.cover for one in team.absences} & {one.id for one in team.members})


@pytest.mark.parametrize(
    "kind",
    [
        lambda team: not team.members,
        is_covered,
        lambda team: any(one.organisation is not None for one in team.absences),
        lambda team: any(one.status == "supervised" and one.supervisor for one in team.credentials or ()),
        lambda team: team.trained == (),
        lambda team: team.trained is None and len(team.members) > 1,
        lambda team: not team.is_in_force(on=FIRST),
        lambda team: any(one.days and one.ceiling is not None for one in team.members),
        lambda team: len({one.id for one in team.members}) < len(team.members),
    ],
    ids=["nobody", "covered", "away from one", "supervised", "untrained", "no record", "later", "part-time", "twice"],
)
def test_there_are_teams_of_every_kind(kind: Callable[[Team], bool]) -> None:
    """Nobody, somebody covered, a credential under supervision, a record of trainings, the same person twice."""
    assert kind(find(teams(among=HELD), kind, settings=QUICK))


@given(members(ids=("lee",)), team_records(of=TASKS, ids=("lee",)))
@settings(max_examples=40)
def test_one_person_alone_can_be_drawn(member: Member, record: TeamRecord) -> None:
    """Then nobody else stands in, and all that was done they did."""
    assert (member.id, member.cover) == ("lee", None)
    assert {one.member for one in record.done} | {one.member for one in record.instructions} <= {"lee"}
    assert {one.duty for one in record.done} <= set(TASKS)


@given(
    st.lists(consents(), max_size=3, unique_by=lambda one: one.id),
    labels(),
    st.sampled_from(MEMBERS),
    st.sampled_from(("TREAT", "COC", "ETREAT", "PATRQT")),
    st.dates(FIRST, date(2026, 12, 31)),
)
@settings(max_examples=150)
def test_decisions_on_what_is_drawn_agree_with_the_table_read_by_hand(
    given_by: list[Consent], label: Label, member: Member, purpose: str, on: date
) -> None:
    """The consents that users draw hold the law that ours hold."""
    question: dict[str, Any] = {"purpose": purpose, "on": on, "patient": "anna"}
    decision = may_see(given_by, member, label, **question)
    asked: dict[str, Any] = {
        **question,
        "member": member,
        "authorities": [],
        "reserved": [],
        "emergency": None,
        "as_of": None,
    }
    assert (decision.result, decision.reason) == ByHand(given_by, **asked).answer(label)


def depth(clause: Clause) -> int:
    """Give how deep the exceptions of a clause lie."""
    return max((1 + depth(one) for one in clause.exceptions), default=0)


@given(clauses(to=MEMBERS[:2], id="7", deepest=1))
@settings(max_examples=60)
def test_clauses_are_about_those_given_and_no_deeper_than_asked(clause: Clause) -> None:
    """Each recipient means one of the members for certain; exceptions are numbered below their clause."""
    assert clause.id == "7"
    assert depth(clause) <= 1
    assert {one.id for one in clause.exceptions} <= {"7a", "7b"}
    to: tuple[Recipient, ...] = clause.to + tuple(one for each in clause.exceptions for one in each.to)
    assert all(any(one.is_met_by(member) for member in MEMBERS[:2]) for one in to)


@pytest.mark.parametrize(
    "kind",
    [
        lambda result: result.permits,
        lambda result: result.result == "deny",
        lambda result: result.result == "no-consent" and bool(result.nearest),
    ],
    ids=["permit", "refusal", "nearly"],
)
def test_there_are_consents_that_decide_either_way(kind: Callable[[Any], bool]) -> None:
    """Permits, refusals, and what comes near."""
    label = Label.of("SUD")

    def decides(consent: Consent) -> bool:
        return kind(may_see([consent], MEMBERS[0], label, purpose="TREAT", on=date(2026, 3, 2)))

    assert decides(find(consents(), decides, settings=QUICK))


@given(readers(patients=("anna", "ben"), on=FIRST + timedelta(days=60)))
@settings(max_examples=60)
def test_readers_come_with_consents_of_those_given(reader: Reader) -> None:
    """On the day asked for; without a consent, nobody but the person sees anything."""
    assert reader.day == date(2026, 3, 2)
    assert {consent.patient for consent in reader.consents} <= {"anna", "ben"}
    alone = attrs.evolve(reader, consents=())
    own = reader.purpose == "PATRQT" and reader.member.id == "anna"
    assert alone.may_see("MH", patient="anna").permits == own
