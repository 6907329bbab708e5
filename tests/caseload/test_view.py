"""What a reader sees of a caseload and of its board."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.caseload import Caseload, board, disclose_board
from carecoord.errors import DataError
from carecoord.interop import dumps, loads
from carecoord.plans import CarePlan, Goal, Need, Owner, Review, ReviewCycle
from carecoord.roles import (
    Absence,
    Assignment,
    Clause,
    Consent,
    Credential,
    Member,
    Reader,
    Recipient,
    Team,
    disclose,
    matrix,
    project,
)
from carecoord.stepped_care import Assessment, Contact, Enrolment, Episode, read_protocol

MADE, DAY = date(2026, 1, 5), date(2026, 6, 15)
COCM = "cocm-treat-to-target"
LEE = Member("lee", role="primary-care-provider", since=MADE, reach="11")
HOLM = Member("holm", role="care-manager", since=MADE, reach="12", cover="adm")
OKAFOR = Member("okafor", role="psychiatric-consultant", since=MADE, reach="13")
ADM = Member("adm", role="addiction-physician", since=MADE, reach="14")
PERSON = Member("person", role="patient", since=MADE)
TEAM = Team(
    [LEE, HOLM, OKAFOR, ADM, PERSON],
    absences=[Absence("adm", since=DAY), Absence("holm", since=DAY, cover="adm")],
)
MINIMUM = matrix("collaborative-care-minimum")


def phq(name: str, total: int, on: date = DAY) -> Assessment:
    """Give a PHQ-9."""
    return Assessment(id=name, on=on, instrument="phq-9", scores={"total": total}, items={"q9": 0})


def episode(person: str, *entries: Any) -> Episode:
    """Give somebody in treatment for depression, with more entries."""
    return Episode(person, [Enrolment(id="0", on=MADE, protocol=COCM), phq("1", 15, MADE), *entries])


def caseload(*episodes: Episode, **fields: Any) -> Caseload:
    """Give a caseload with its team."""
    said: dict[str, Any] = {"team": TEAM, "matrix": MINIMUM, "protocols": [COCM], **fields}
    return Caseload(episodes=episodes, **said)


def consent(person: str, *categories: str) -> Consent:
    """Give one person's consent to the care manager: ordinary content and these categories."""
    clauses = [
        Clause(id=str(n), decision="permit", categories=each, to=[Recipient(person="holm")], purposes=["TREAT"])
        for n, each in enumerate([(), *([category] for category in categories)])
    ]
    return Consent(id=f"of {person}", patient=person, signed=MADE, clauses=clauses)


def reader(*consents: Consent, **fields: Any) -> Reader:
    """Give the care manager as a reader."""
    return Reader(member=HOLM, purpose="TREAT", on=DAY, consents=consents, **fields)


def test_somebody_of_whom_nothing_may_be_seen_is_not_on_the_board() -> None:
    """Nor in any number: the discloser is told who that is and how urgent."""
    whole = caseload(episode("anna"), episode("ben", phq("2", 20)))
    found = disclose_board(whole, reader(consent("anna", "MH")), accept_unverified=True)
    assert [row.person for row in found.view.rows] == ["anna"]
    assert str(found.view).startswith("Board on 2026-06-15: 1 people")
    assert len(found.attention) == 1
    assert found.attention[0].startswith("ben: ")
    assert found.attention[0].endswith(", not shown")


def test_the_board_is_worked_out_from_what_is_left() -> None:
    """A hidden score changes neither the latest value nor the decision; the discloser is told if it is urgent."""
    urgent = attrs.evolve(phq("2", 24), items={"q9": 3}, labels=["HIV"])
    whole = caseload(episode("anna", urgent))
    found = disclose_board(whole, reader(consent("anna", "MH")), accept_unverified=True)
    left = project(caseload(episode("anna")), reader(consent("anna", "MH")))
    assert found.view == attrs.evolve(board(left, on=DAY, accept_unverified=True), note="from what you may see")
    assert [latest.value for latest in found.view["anna"].latest] == [15]
    full = board(whole, on=DAY, accept_unverified=True)["anna"]
    assert found.attention == (f"anna: {full.need}, shown as {found.view['anna'].need}",)


def test_a_decision_is_shown_to_who_may_see_all_that_its_protocol_reads() -> None:
    """Whatever there is of one person: for others the place is empty."""
    ordinary = Contact(id="c", on=DAY, how="phone")
    for whole in (caseload(Episode("anna", [ordinary])), caseload(episode("anna", ordinary))):
        found = disclose_board(whole, reader(consent("anna")), accept_unverified=True)
        assert found.view["anna"].decisions == ()
    known = disclose_board(caseload(Episode("anna", [ordinary])), reader(consent("anna", "MH")), accept_unverified=True)
    assert [one.protocol for one in known.view["anna"].decisions] == [COCM]


def test_who_is_responsible_is_told_where_all_that_the_roles_disclose_may_be_seen() -> None:
    """Person by person; and nobody is named in a role that may not be seen of somebody."""
    ordinary = Contact(id="c", on=DAY, how="phone")
    whole = caseload(episode("anna", ordinary), episode("ben", ordinary))
    found = disclose_board(whole, reader(consent("anna", "MH"), consent("ben")), accept_unverified=True)
    assert set(found.view["anna"].holders) >= {"follow-up"}
    assert not found.view["ben"].holders
    assert "adm" not in str(found.view)
    neither = disclose_board(whole, reader(consent("anna"), consent("ben")), accept_unverified=True)
    assert (neither.view.gaps, [len(row.holders) for row in neither.view.rows]) == ((), [0, 0])


def test_the_roster_holds_only_who_may_be_seen() -> None:
    """With their absences, covers, licences and assignments, and no trace of the others."""
    team = attrs.evolve(
        TEAM,
        credentials=[
            Credential(member="okafor", authority="rx", status="supervised", since=MADE, supervisor="adm"),
            Credential(member="adm", authority="rx", since=MADE),
        ],
        trained=[],
    )
    assigned = MINIMUM.with_assignments(
        Assignment("follow-up", "responsible", member="adm"),
        Assignment("follow-up", "consulted", role="addiction-counselor"),
        Assignment("follow-up", "informed", role="nurse"),
    )
    left = project(caseload(episode("anna"), team=team, matrix=assigned), reader(consent("anna", "MH")))
    assert left.team is not None
    assert left.matrix is not None
    assert [member.id for member in left.team.members] == ["lee", "holm", "okafor", "person"]
    assert left.team.members[1].cover is None
    assert left.team.absences == (Absence("holm", since=DAY),)
    assert [(each.member, each.supervisor) for each in left.team.credentials or ()] == [("okafor", None)]
    assert left.team.trained == ()
    assert [(each.part, each.role) for each in left.matrix.assignments] == [("informed", "nurse")]
    plain = project(caseload(episode("anna")), reader(consent("anna", "MH"))).team
    assert plain is not None
    assert (plain.credentials, plain.trained) == (None, None)


def test_without_a_team_nobody_is_named() -> None:
    """As on the board of the whole."""
    left = project(caseload(episode("anna"), team=None, matrix=None), reader(consent("anna", "MH")))
    assert (left.team, left.matrix, left.unnamed) == (None, None, frozenset())


def test_plans_speak_of_each_other_where_both_are_there() -> None:
    """By their ids in views."""
    need = Need(id="n", domain="social", title="rent")

    def made(name: str, **fields: Any) -> CarePlan:
        return CarePlan(id=name, person="anna", created=MADE, status="active", needs=[need], **fields)

    plans = [
        made("a"),
        made("b", labels=["SUD"]),
        made("c", replaces=["a", "b", "elsewhere"], part_of="b"),
        made("d", part_of="c"),
    ]
    left = project(Caseload(plans=plans), reader(consent("anna")))
    assert [(plan.replaces, plan.part_of) for plan in left.plans] == [
        ((), None), (("plan-0001",), None), ((), "plan-0002"),
    ]  # fmt: skip


def test_owners_are_known_from_the_caseloads_team() -> None:
    """A reader need not bring the team along."""
    goal = Goal(id="g", statement="x", owner=Owner(member="lee"))
    plan = CarePlan(
        id="p", person="anna", created=MADE, goals=[goal, attrs.evolve(goal, id="h", owner=Owner(member="adm"))]
    )
    left = project(caseload(plans=[plan]), reader(consent("anna")))
    assert [goal.owner for goal in left.plans[0].goals] == [Owner(member="lee"), None]


def test_the_record_of_a_caseload_names_what_is_urgent_and_not_shown() -> None:
    """Person by person."""
    review = Review(id="r", cycle=ReviewCycle(anchor=MADE, every="P1M"), labels=["SUD"])
    plan = CarePlan(id="p", person="anna", created=MADE, status="active", reviews=[review])
    disclosure = disclose(caseload(episode("anna"), plans=[plan]), reader(consent("anna", "MH")))
    assert disclosure.attention == ("anna: reviews.r is overdue and not shown",)
    assert disclosure.view.people == ("anna",)
    assert disclosure.view.plans == ()
    assert loads(dumps(disclosure.view)) == disclosure.view


def test_a_board_of_the_whole_that_cannot_be_made_does_not_stop_the_one_that_is_shown() -> None:
    """Else the error would tell of what is withheld."""
    strange = Episode("ben", [Enrolment(id="0", on=MADE, protocol="nowhere")])
    found = disclose_board(caseload(episode("anna"), strange), reader(consent("anna", "MH")), accept_unverified=True)
    assert [row.person for row in found.view.rows] == ["anna"]
    assert found.attention[0].startswith("the whole board cannot be made: there is no protocol 'nowhere'")


OURS = read_protocol("""
id = "ours"
title = "Ours"
first = "a"
[measures]
audit = { instrument = "audit" }
[[steps]]
id = "a"
intensity = 1
[[rules]]
id = "stay"
when = "audit.total >= 0"
then = "stay"
""")


def test_protocols_of_ones_own_are_known_by_what_they_read() -> None:
    """Given to the board they need not be described a second time."""
    whole = caseload(Episode("anna", [Enrolment(id="0", on=MADE, protocol="ours"), Contact(id="c", on=DAY)]))
    options: dict[str, Any] = {"protocols": {"ours": OURS}, "accept_unverified": True}
    hidden = disclose_board(whole, reader(consent("anna", "MH")), **options)
    shown = disclose_board(whole, reader(consent("anna", "MH", "SUD")), **options)
    assert [one.protocol for one in hidden.view["anna"].decisions] == [COCM]
    assert [one.protocol for one in shown.view["anna"].decisions] == ["ours"]


def test_a_consent_of_nobody_on_the_caseload_is_refused() -> None:
    """It may be a refusal with a wrong id."""
    for ask in (disclose_board, disclose, project):
        with pytest.raises(DataError, match="somebody whom the value is not about"):
            ask(caseload(episode("anna")), reader(consent("ben")))


def test_a_projected_caseload_may_be_projected_again() -> None:
    """Nothing changes by it."""
    whole = caseload(episode("anna", attrs.evolve(phq("2", 3), labels=["HIV"])), episode("ben"))
    by = reader(consent("anna", "MH"))
    left = project(whole, by)
    assert project(left, by) == left
    partly = project(
        caseload(episode("anna"), episode("ben", Contact(id="c", on=DAY))),
        reader(consent("anna", "MH"), consent("ben")),
    )
    assert partly.unnamed == frozenset({"ben"})
    assert project(partly, reader(consent("anna", "MH"), consent("ben", "MH"))).unnamed == frozenset({"ben"})
