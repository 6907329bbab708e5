"""Who must be told of what by when, who may not know, and who has not answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from carecoord._values import Period
from carecoord.errors import DataError, UnknownIdError
from carecoord.roles import (
    Absence,
    Acknowledgement,
    Assignment,
    Clause,
    Consent,
    Duty,
    HandOver,
    Member,
    Notice,
    Recipient,
    ResponsibilityMatrix,
    Team,
    TeamEvent,
    duty,
    hand_over,
    matrix,
    notify,
    taken_over,
    unacknowledged,
    who,
)
from carecoord.roles._team import Weekday
from carecoord.testing import matrices, teams
from carecoord.testing._teams import days

START = date(2025, 1, 1)
ON = date(2026, 5, 4)
DAY = timedelta(days=1)
MINIMUM = matrix("collaborative-care-minimum")
ANNA = Member("anna", role="patient", since=START)
LEE = Member("lee", role="primary-care-provider", since=START, organisation="clinic", reach="ext. 1")
HOLM = Member("holm", role="care-manager", since=START, organisation="clinic", reach="ext. 2")
PARK = Member("park", role="psychiatric-consultant", since=START, organisation="hospital", reach="ext. 3")
FULL = (ANNA, LEE, HOLM, PARK)


def consent(*categories: str, to: str = "clinic", purpose: str = "TREAT") -> Consent:
    """Give a consent of anna's to share with an organisation."""
    clause = Clause(
        id="1", decision="permit", categories=categories, to=[Recipient(organisation=to)], purposes=[purpose]
    )
    name = "-".join((to, purpose, *categories))
    return Consent(id=name, patient="anna", signed=START, clauses=[clause])


ALL = [consent("all"), consent(), consent("all", to="hospital"), consent(to="hospital", purpose="COC")]


def event(kind: Any = "done", name: str = "follow-up", **fields: Any) -> TeamEvent:
    """Give an event of the day."""
    given_so: dict[str, Any] = {"id": "e1", "duty": name, "kind": kind, "at": ON, **fields}
    return TeamEvent(**given_so)


def told(notices: tuple[Notice, ...]) -> list[tuple[str, str, str | None]]:
    """Give of each notice its part, its status and whom it names."""
    return [(notice.part, notice.status, notice.member) for notice in notices]


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def test_before_something_planned_those_consulted_are_asked() -> None:
    """They must answer before it is done; whoever plans it is not asked."""
    planned = event("planned", "adjust-treatment", by="park", within=Period.parse("P9D"))
    assert told(notify(planned, Team(FULL), MINIMUM, consents=ALL)) == [("consulted", "tell", "anna")]
    assert [notice.due for notice in notify(planned, Team(FULL), MINIMUM, consents=ALL)] == [ON]


def test_after_something_done_those_informed_are_told() -> None:
    """With how to reach them, by when, and why."""
    done = event(by="holm", within=Period.parse("P2D"))
    lee = notify(done, Team(FULL), MINIMUM, consents=ALL)[1]
    assert lee == Notice(
        event="e1",
        duty="follow-up",
        part="informed",
        member="lee",
        role="primary-care-provider",
        reach="ext. 1",
        due=ON + 2 * DAY,
        because="lee holds the role primary-care-provider",
    )
    assert notify(event(), Team(FULL), MINIMUM, consents=ALL)[1].due is None


def test_what_comes_up_calls_those_who_answer_for_it_and_do_it() -> None:
    """Each once, the accountable one first, and by the hour where there is one."""
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    raised = event("raised", "crisis-response", at=at, within=Period.parse("PT1H"))
    notices = notify(raised, Team(FULL), MINIMUM, consents=ALL)
    assert told(notices) == [("accountable", "tell", "lee"), ("responsible", "tell", "holm")]
    assert {notice.due for notice in notices} == {at + timedelta(hours=1)}
    assert told(notify(event("raised", "crisis-response", by="lee"), Team(FULL), MINIMUM, consents=ALL)) == [
        ("responsible", "tell", "holm")
    ]


def test_whom_no_consent_lets_know_is_not_told_and_the_discloser_knows_it() -> None:
    """Consulting is disclosing: the hospital is asked only with consent; the person always is."""
    planned = event("planned", "approve-plan")
    notices = notify(planned, Team(FULL), MINIMUM, consents=[consent()])
    assert told(notices) == [
        ("consulted", "tell", "anna"),
        ("consulted", "tell", "holm"),
        ("consulted", "withheld", "park"),
    ]
    assert notices[2].due is None
    assert notices[2].because == "park holds the role psychiatric-consultant, and no consent lets them know"
    assert told(notify(planned, Team(FULL), MINIMUM, consents=[])) == [
        ("consulted", "tell", "anna"),
        ("consulted", "withheld", "holm"),
        ("consulted", "withheld", "park"),
    ]


def test_what_a_duty_and_an_event_are_about_must_both_be_permitted() -> None:
    """A consent to ordinary content covers neither therapy nor a note about drinking."""
    ordinary, mental = [consent()], [consent(), attrs.evolve(consent("MH"), id="M")]
    therapy = event("done", "psychotherapy")
    assert told(notify(therapy, Team(FULL), MINIMUM, consents=ordinary)) == [("informed", "withheld", "lee")]
    assert told(notify(therapy, Team(FULL), MINIMUM, consents=mental)) == [("informed", "tell", "lee")]
    drinking = event("done", "psychotherapy", labels=["SUD"])
    assert told(notify(drinking, Team(FULL), MINIMUM, consents=mental)) == [("informed", "withheld", "lee")]
    assert drinking.labels == frozenset(["SUD"])


def test_what_tells_of_no_person_needs_no_consent() -> None:
    """That must be said: there is no default."""
    assert told(notify(event(), Team(FULL), MINIMUM, consents=None)) == [
        ("informed", "tell", "anna"),
        ("informed", "tell", "lee"),
    ]


def test_obligations_travel_with_a_notice() -> None:
    """What is not to be shown to the person without a clinician is not told to them, and whoever tells knows it."""
    anna, lee = notify(event("done", labels=["TBOO"]), Team(FULL), MINIMUM, consents=ALL)
    assert (anna.member, anna.status) == ("anna", "withheld")
    assert (lee.member, lee.status, lee.obligations) == ("lee", "tell", frozenset(["not-to-patient"]))


def test_whoever_covers_is_told_instead_and_needs_consent_themselves() -> None:
    """Of those who cover the first who is there; without any, the person, for when they are back."""
    away = Absence("lee", since=ON, until=ON + 3 * DAY, cover="max")
    maxi = Member("max", role="nurse", since=START, organisation="clinic", reach="ext. 8")
    covered = notify(event(), Team([HOLM, LEE, maxi], absences=[away]), MINIMUM, consents=ALL)
    assert [(one.member, one.covering_for, one.status, one.back) for one in covered if one.member] == [
        ("max", "lee", "tell", None)
    ]
    elsewhere = attrs.evolve(maxi, organisation="hospital")
    refused = notify(event(), Team([HOLM, LEE, elsewhere], absences=[away]), MINIMUM, consents=[consent()])
    assert [(one.member, one.status) for one in refused if one.member] == [("max", "withheld")]
    friend = Member("max", role="friend", since=START)
    alone = notify(event(), Team([HOLM, LEE, friend], absences=[away]), MINIMUM, consents=ALL)
    assert [(one.member, one.back) for one in alone if one.member] == [("lee", ON + 3 * DAY)]


def test_of_several_who_cover_the_first_who_is_there_and_no_friend_is_told() -> None:
    """Not one who is away, has the day off, is no member, or is informal; in the role they are there in."""
    monday: tuple[Weekday, ...] = ("monday",)
    covers = [
        Member("friend", role="friend", since=START),
        Member("off", role="nurse", since=START, days=("friday",)),
        Member("gone", role="nurse", since=START, until=ON),
        Member("kim", role="friend", since=START),
        Member("kim", role="nurse", since=START, days=monday, reach="ext. 5"),
        Member("last", role="nurse", since=START),
    ]
    away = [
        Absence("lee", since=ON - n * DAY, until=ON + 3 * DAY, cover=name)
        for n, name in enumerate(("last", "kim", "gone", "ghost", "off", "friend"))
    ]
    notices = notify(event(), Team([HOLM, LEE, *covers], absences=away), MINIMUM, consents=None)
    (told_to,) = [one for one in notices if one.member]
    assert (told_to.member, told_to.role, told_to.reach, told_to.because) == (
        "kim",
        "nurse",
        "ext. 5",
        "kim covers for lee",
    )
    standing = Team([HOLM, attrs.evolve(LEE, days=("friday",), cover="last"), covers[-1]])
    assert [one.member for one in notify(event(), standing, MINIMUM, consents=None) if one.member] == ["last"]
    other = attrs.evolve(LEE, role="interpreter", cover="last")
    elsewhere = Team([HOLM, attrs.evolve(LEE, days=("friday",)), other, covers[-1]])
    (own,) = [one for one in notify(event(), elsewhere, MINIMUM, consents=None) if one.member]
    assert (own.member, own.back) == ("lee", date(2026, 5, 8))


def test_where_nobody_is_there_the_next_to_turn_to_is_told() -> None:
    """Nobody is told in silence: the gap is said, and the first of the escalation is called."""
    team = Team(FULL, absences=[Absence("holm", since=ON)])
    notices = notify(event("raised", "risk-assessment"), team, MINIMUM, consents=ALL)
    assert told(notices) == [
        ("accountable", "nobody", None),
        ("accountable", "tell", "lee"),
        ("responsible", "nobody", None),
    ]
    assert notices[0].role == "care-manager"
    assert notices[0].because == "holm is away from 2026-05-04, and nobody covers"
    assert notices[1].because == "lee is next to turn to: holm is away from 2026-05-04, and nobody covers"
    vacant = notify(event(), Team([HOLM, LEE]), MINIMUM, consents=ALL)
    assert [(one.status, one.role, one.because) for one in vacant] == [
        ("tell", "primary-care-provider", "lee holds the role primary-care-provider"),
        ("nobody", "patient", "nobody on the team holds the role patient"),
    ]


def test_those_named_for_a_part_are_told_in_place_of_its_roles() -> None:
    """Assignments stand here too, and a name that is no member's is told."""
    named = only("follow-up").with_assignments(
        *(Assignment("follow-up", "informed", member=name) for name in ("park", "ghost"))
    )
    notices = notify(event(), Team(FULL), named, consents=ALL)
    assert told(notices) == [("informed", "tell", "park"), ("informed", "nobody", None)]
    assert notices[0].event == notices[1].event == "e1"
    both = Team([*FULL, attrs.evolve(PARK, role="nurse")])
    assert notify(event(), both, named, consents=ALL)[0].role == "nurse"
    assert notices[1].because == "ghost, who is named for it, is not on the team"


def test_after_a_hand_over_the_taker_answers_and_those_informed_are_told() -> None:
    """The giver is not told of what they gave."""
    ivo = attrs.evolve(HOLM, id="ivo")
    team = Team([*FULL, ivo])
    made, record = hand_over(
        team, only("follow-up", "self-manage"), giver="holm", taker="ivo", on=ON, reason="holm leaves"
    )
    notices = notify(record, team, made, consents=ALL)
    assert [(one.duty, one.part, one.member, one.due) for one in notices] == [
        ("follow-up", "accountable", "ivo", ON),
        ("follow-up", "informed", "anna", None),
        ("follow-up", "informed", "lee", None),
        ("self-manage", "accountable", "ivo", ON),
        ("self-manage", "informed", "lee", None),
    ]
    assert {one.event for one in notices} == {"holm-ivo-2026-05-04"}
    assert notices[0].because == "ivo took it over from holm: holm leaves"


def test_the_taker_of_work_alone_is_told_as_the_one_who_does_it() -> None:
    """In a role in which they may; a taker who is not on the team cannot be told."""
    kim = Member("kim", role="nurse", since=START, organisation="clinic", reach="ext. 5")
    team = Team([*FULL, kim, attrs.evolve(kim, role="friend")])
    made, record = hand_over(team, only("crisis-response"), giver="holm", taker="kim", on=ON, reason="leave")
    taker, *others = notify(record, team, made, consents=ALL)
    assert (taker.part, taker.role, taker.reach, taker.due) == ("responsible", "nurse", "ext. 5", ON)
    assert others == []
    elsewhere = notify(record, Team(FULL), only("crisis-response", "follow-up"), consents=ALL)
    assert elsewhere == ()


def test_a_hand_over_is_taken_over_when_the_taker_first_says_so() -> None:
    """Nobody else can, and nothing else counts."""
    record = HandOver(id="h1", giver="holm", taker="ivo", on=ON, reason="leave")
    others = [Acknowledgement("h1", "lee", at=ON), Acknowledgement("h2", "ivo", at=ON)]
    assert taken_over(record, others) is None
    said = [Acknowledgement("h1", "ivo", at=ON + DAY), Acknowledgement("h1", "ivo", at=ON, note="I have them")]
    assert taken_over(record, [*others, *said]) == ON
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    moments = [Acknowledgement("h1", "ivo", at=each) for each in (at + timedelta(hours=1), at, ON + DAY)]
    assert taken_over(record, moments) == at
    assert taken_over(record, [*moments, Acknowledgement("h1", "ivo", at=ON)]) == ON


NOTICE = Notice(event="e1", duty="record", part="informed", member="lee", due=ON, because="")


@pytest.mark.parametrize(
    ("due", "at", "overdue"),
    [
        (ON, ON, False),
        (ON, ON + DAY, True),
        (None, ON + 900 * DAY, False),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 5, 4, 9, tzinfo=UTC), False),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 5, 4, 9, 1, tzinfo=UTC), True),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), ON, False),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), ON + DAY, True),
        (ON, datetime(2026, 5, 4, 23, tzinfo=UTC), False),
    ],
)
def test_a_notice_is_overdue_when_its_time_is_over(due: Any, at: Any, overdue: bool) -> None:
    """On the day it is due there is time until its end; by the hour there is until the hour."""
    (one,) = unacknowledged([attrs.evolve(NOTICE, due=due)], [], at=at)
    assert one.is_overdue == overdue


def test_acknowledgements_count_once_made_and_for_who_covers_too() -> None:
    """What is said tomorrow is not known today; whoever covers may say it, and whom they cover for."""
    cover = attrs.evolve(NOTICE, member="kim", covering_for="lee")
    for member in ("kim", "lee"):
        assert unacknowledged([cover], [Acknowledgement("e1", member, at=ON)], at=ON) == ()
    assert len(unacknowledged([NOTICE], [Acknowledgement("e1", "lee", at=ON + DAY)], at=ON)) == 1
    assert len(unacknowledged([NOTICE], [Acknowledgement("e2", "lee", at=ON)], at=ON)) == 1
    assert len(unacknowledged([NOTICE], [Acknowledgement("e1", "kim", at=ON)], at=ON)) == 1
    withheld = [attrs.evolve(NOTICE, status=status) for status in ("withheld", "nobody")]
    assert unacknowledged(withheld, [], at=ON) == ()


def test_the_overdue_come_first_and_then_what_is_due_soonest() -> None:
    """What has no set time comes last; on one day by name."""
    dues = [None, ON + DAY, ON, ON - DAY, ON - 2 * DAY]
    notices = [attrs.evolve(NOTICE, event=str(n), due=due) for n, due in enumerate(dues)]
    notices.append(attrs.evolve(NOTICE, event="5", due=ON, member="ada"))
    assert [one.notice.event for one in unacknowledged(notices, [], at=ON)] == ["4", "3", "5", "2", "1", "0"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: event(at=datetime(2026, 5, 4, 9)),  # noqa: DTZ001
        lambda: event(at="2026-05-04"),
        lambda: event("forgotten"),
        lambda: Acknowledgement("e1", "lee", at=datetime(2026, 5, 4, 9)),  # noqa: DTZ001
        lambda: unacknowledged([], [], at=datetime(2026, 5, 4, 9)),  # noqa: DTZ001
    ],
    ids=["event", "text", "kind", "acknowledgement", "question"],
)
def test_a_moment_without_an_offset_and_a_kind_there_is_not_are_refused(make: Any) -> None:
    """Nine o'clock where?"""
    with pytest.raises(DataError):
        make()


def test_an_event_of_a_duty_that_there_is_not_is_refused() -> None:
    """It would reach nobody."""
    with pytest.raises(UnknownIdError, match="did you mean follow-up"):
        notify(event(name="folow-up"), Team(FULL), MINIMUM, consents=[])


@given(
    teams(among=("care-manager", "primary-care-provider", "nurse", "patient")),
    matrices(of=("follow-up", "crisis-response", "psychotherapy")),
    days(),
    st.sampled_from(("planned", "done", "raised")),
)
def test_whoever_answers_for_a_duty_is_called_and_without_consent_nobody_else_knows(
    team: Team, duties: ResponsibilityMatrix, on: date, kind: Any
) -> None:
    """Every notice says why; with no consent at all only the person on the team is told anything."""
    for each in duties.duties:
        raised = event(kind, each.id, at=on)
        notices = notify(raised, team, duties, consents=None)
        assert all(one.because and (one.member is None) == (one.status == "nobody") for one in notices)
        assert len({(one.member, one.part if one.member is None else "", one.role) for one in notices}) == len(notices)
        holder = who(team, duties, each.id, on=on)
        if kind == "raised" and team.is_in_force(on=on):
            assert (holder.member is None) == any(
                one.status == "nobody" and one.part == "accountable" for one in notices
            )
            assert holder.member is None or holder.member in {one.member for one in notices}
        silent = notify(raised, team, duties, consents=[])
        assert [one.member for one in silent] == [one.member for one in notices]
        patients = {member.id for member in team.members if member.role == "patient"}
        assert {one.member for one in silent if one.status == "tell"} <= (patients if len(patients) == 1 else set())
