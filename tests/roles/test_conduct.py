"""Escalation, hand-overs, approvals, contradictions, confirmations, sharing, and loads, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.roles import (
    Absence,
    Assignment,
    Ceiling,
    Clause,
    Confirmation,
    Consent,
    Credential,
    Done,
    Duty,
    Gap,
    Instruction,
    Member,
    ProxyAuthority,
    Recipient,
    Reserved,
    ResponsibilityMatrix,
    Span,
    Team,
    TeamRecord,
    duty,
    gaps,
    matrix,
    sensitivity,
    workload,
)

START = date(2025, 1, 1)
ON = date(2026, 5, 1)
DAY = timedelta(days=1)
MINIMUM = matrix("collaborative-care-minimum")
ANNA = Member("anna", role="patient", since=START)
LEE = Member("lee", role="primary-care-provider", since=START, reach="ext. 1")
HOLM = Member("holm", role="care-manager", since=START, reach="ext. 2")
KIM = Member("kim", role="nurse", since=START, reach="ext. 9")
PARK = Member("park", role="psychiatric-consultant", since=START, reach="ext. 3")
FULL = (ANNA, LEE, HOLM, PARK)


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def of_rule(rule: int, team: Team, duties: ResponsibilityMatrix, on: date = ON, **options: Any) -> list[Gap]:
    """Give the gaps of one rule on a day."""
    return [gap for gap in gaps(team, duties, on=on, **options) if gap.rule == rule]


# 8: somebody to turn to


def test_a_duty_that_waits_needs_somebody_to_turn_to() -> None:
    """Where nobody answers for a duty and nobody of the escalation is there, that is a breach of its own."""
    duties = only("follow-up", escalation=["primary-care-provider", "program-manager"])
    assert of_rule(8, Team([LEE]), duties) == []
    away = Team([LEE], absences=[Absence("lee", since=ON)])
    assert of_rule(8, away, duties) == [
        Gap(
            kind="no-escalation",
            severity="breach",
            rule=8,
            because=(
                "duties wait for somebody, and nobody is there who holds the role "
                "primary-care-provider or program-manager"
            ),
            mend="name somebody who is there to turn to, or add their role to the escalation",
        )
    ]
    assert of_rule(8, Team([HOLM]), duties) == []
    assert of_rule(8, Team([]), attrs.evolve(duties, escalation=())) == []


def test_there_is_nobody_to_turn_to_on_the_days_on_which_a_duty_waits() -> None:
    """Only where both are so: not while somebody holds the duty, not while somebody is there."""
    duties = only("follow-up", "record", escalation=["primary-care-provider"])
    team = Team(
        [attrs.evolve(LEE, until=ON + 6 * DAY), HOLM],
        absences=[
            Absence("holm", since=ON, until=ON + 2 * DAY),
            Absence("lee", since=ON + DAY, until=ON + 3 * DAY),
            Absence("holm", since=ON + 8 * DAY, until=ON + 9 * DAY),
        ],
    )
    found = gaps(team, duties, between=(ON - 5 * DAY, ON + 20 * DAY))
    assert [gap.days for gap in found if gap.rule == 8] == [
        (Span(ON + DAY, ON + 2 * DAY), Span(ON + 8 * DAY, ON + 9 * DAY))
    ]


# 9: hand-overs


def handed(*periods: tuple[str, date | None, date | None, str]) -> ResponsibilityMatrix:
    """Give a matrix in which somebody answers for the follow-up, period by period."""
    return only("follow-up").with_assignments(
        *(
            Assignment("follow-up", "accountable", member=name, since=since, until=until, reason=reason)
            for name, since, until, reason in periods
        )
    )


def test_a_period_that_ended_with_no_other_is_a_broken_hand_over() -> None:
    """Told beside who is missing: whose it was, until when, and whose it will be."""
    team = Team([HOLM, attrs.evolve(HOLM, id="ivo"), KIM])
    ended = handed(("holm", START, ON, "first"))
    (gap,) = of_rule(9, team, ended)
    assert (gap.kind, gap.severity, gap.duty, gap.since, gap.until) == (
        "broken-hand-over",
        "breach",
        "follow-up",
        ON,
        None,
    )
    assert gap.because == "holm had it until 2026-05-01, and nobody is named since"
    assert gap.mend == "hand follow-up over from the day the last period ended"
    assert [one.kind for one in gaps(team, ended, on=ON)] == ["broken-hand-over", "unnamed"]
    late = handed(("holm", START, ON, ""), ("kim", ON + 5 * DAY, None, "back"), ("ivo", ON + 9 * DAY, None, "back"))
    (gap,) = of_rule(9, team, late)
    assert (gap.because, gap.until) == (
        "holm had it until 2026-05-01, and kim only from 2026-05-06",
        ON + 5 * DAY,
    )


def test_no_hand_over_is_broken_while_somebody_holds_the_duty() -> None:
    """A duty that goes back to its role, that is held by the next, or that never was anybody's by name."""
    assert of_rule(9, Team([HOLM]), handed(("kim", START, ON, "lent"))) == []
    assert of_rule(9, Team([HOLM, KIM]), handed(("holm", START, ON, ""), ("kim", ON, None, "so"))) == []
    two = Team([HOLM, attrs.evolve(HOLM, id="ivo")])
    assert of_rule(9, two, only("follow-up")) == []
    assert of_rule(9, two, handed(("holm", ON + DAY, None, ""))) == []
    assert of_rule(9, two, handed(("holm", START, ON + DAY, ""))) == []
    away = Team([HOLM, KIM], absences=[Absence("kim", since=ON)])
    assert of_rule(9, away, handed(("holm", START, ON, ""), ("kim", ON, None, "so"))) == []


def test_a_hand_over_without_a_reason_is_a_warning_while_it_lasts() -> None:
    """With a reason, from nobody, or to the same person, there is nothing to explain."""
    team = Team([HOLM, KIM])
    silent = handed(("holm", START, ON, "first"), ("kim", ON, ON + 9 * DAY, ""))
    (gap,) = of_rule(9, team, silent)
    assert (gap.kind, gap.severity, gap.member, gap.role, gap.since, gap.until) == (
        "unexplained-hand-over",
        "warning",
        "kim",
        None,
        ON,
        ON + 9 * DAY,
    )
    assert gap.because == "kim took over from holm on 2026-05-01, and no reason is given"
    assert of_rule(9, team, silent, ON - DAY) == []
    assert of_rule(9, team, silent, ON + 9 * DAY) == []
    assert of_rule(9, team, handed(("holm", START, ON, ""), ("kim", ON, None, "leave"))) == []
    assert of_rule(9, team, handed(("holm", START, ON, ""), ("holm", ON, None, ""))) == []
    assert of_rule(9, team, handed(("holm", START, ON - DAY, ""), ("kim", ON, None, ""))) == []
    assert of_rule(9, team, handed(("holm", None, None, ""), ("holm", START, None, ""))) == []


def test_a_role_that_takes_over_from_people_is_named() -> None:
    """Both who gave it are told, in order."""
    lent = handed(("kim", START, ON, "x"), ("holm", START, ON, "x")).with_assignments(
        Assignment("follow-up", "accountable", role="care-manager", since=ON)
    )
    (gap,) = of_rule(9, Team([HOLM, KIM]), lent)
    assert gap.because == "care-manager took over from holm and kim on 2026-05-01, and no reason is given"
    assert (gap.role, gap.member) == ("care-manager", None)


# 10: preparing is not approving


def record(*done: tuple[str, str, date, str]) -> TeamRecord:
    """Give a record of work done."""
    return TeamRecord(done=[Done(name, member, on=on, about=about) for name, member, on, about in done])


PLANNED = ("own-plan", "holm", ON, "plan")


def test_what_is_prepared_waits_until_somebody_who_may_approves_it() -> None:
    """From the day it was done to the day of the approval; the preparation itself approves nothing."""
    team = Team(FULL)
    (gap,) = of_rule(10, team, MINIMUM, record=record(PLANNED))
    assert gap == Gap(
        kind="unapproved",
        severity="warning",
        rule=10,
        duty="approve-plan",
        member="holm",
        since=ON,
        because="holm did own-plan (plan) on 2026-05-01, which approves nothing: it waits for approve-plan",
        mend="have whoever holds approve-plan approve or refuse it",
    )
    assert of_rule(10, team, MINIMUM, ON - DAY, record=record(PLANNED)) == []
    approved = record(PLANNED, ("approve-plan", "lee", ON + 3 * DAY, "plan"))
    found = gaps(team, MINIMUM, between=(ON - 9 * DAY, ON + 9 * DAY), record=approved)
    assert [(one.kind, one.until, one.days) for one in found] == [
        ("unapproved", ON + 3 * DAY, (Span(ON, ON + 3 * DAY),))
    ]


@pytest.mark.parametrize(
    ("approval", "kinds"),
    [
        (("approve-plan", "lee", ON, "plan"), []),
        (("approve-plan", "lee", ON, "other"), ["unapproved"]),
        (("approve-plan", "lee", ON - DAY, "plan"), ["unapproved"]),
        (("act-on-advice", "lee", ON, "plan"), ["unapproved"]),
        (("approve-plan", "holm", ON, "plan"), ["not-authorised", "unapproved"]),
        (("somewhere-else", "lee", ON, "plan"), ["unapproved"]),
    ],
)
def test_an_approval_is_of_the_same_thing_by_somebody_who_may(approval: Any, kinds: list[str]) -> None:
    """Of another thing, from before, of another kind, or by whoever prepared it: it still waits."""
    found = of_rule(10, Team(FULL), MINIMUM, record=record(PLANNED, approval))
    assert [gap.kind for gap in found] == kinds


def test_an_approval_by_somebody_who_may_not_stands_until_one_who_may() -> None:
    """It is a breach from its day on; a right one mends it, as does whoever covered that day."""
    wrong = ("approve-plan", "holm", ON, "")
    (gap,) = of_rule(10, Team(FULL), MINIMUM, record=record(wrong))
    assert (gap.kind, gap.severity, gap.member, gap.since, gap.until) == (
        "not-authorised",
        "breach",
        "holm",
        ON,
        None,
    )
    assert gap.because == "holm did approve-plan on 2026-05-01, and did not hold it that day"
    mended = record(wrong, ("approve-plan", "lee", ON + DAY, ""))
    assert [gap.until for gap in of_rule(10, Team(FULL), MINIMUM, record=mended)] == [ON + DAY]
    assert of_rule(10, Team(FULL), MINIMUM, ON + DAY, record=mended) == []
    maxi = attrs.evolve(LEE, id="max")
    covered = Team(
        [*FULL, attrs.evolve(maxi, role="nurse-practitioner")], absences=[Absence("lee", since=ON, cover="max")]
    )
    assert of_rule(10, covered, MINIMUM, record=record(("approve-plan", "max", ON, ""))) == []
    assert len(of_rule(10, covered, MINIMUM, record=record(("approve-plan", "max", ON - DAY, "")))) == 1


def test_whoever_does_the_approval_and_may_approves_too() -> None:
    """Not only the one who answers for it; without the licence it asks for, not even they."""
    signing = Duty(
        id="sign", label="sign", scope="rx", letters={"primary-care-provider": "A", "nurse-practitioner": "R"}
    )
    preparing = Duty(id="draft", label="draft", approval="sign", letters={"nurse": "AR"})
    bo = Member("bo", role="nurse-practitioner", since=START)
    team = Team([LEE, KIM, bo], credentials=[Credential("bo", "rx", until=ON)])
    signed = record(("sign", "bo", ON - DAY, ""))
    assert of_rule(10, team, only(signing, preparing), record=signed) == []
    assert [gap.kind for gap in of_rule(10, team, only(signing, preparing), record=record(("sign", "bo", ON, "")))] == [
        "not-authorised"
    ]


def test_a_matrix_without_the_approving_duty_asks_for_no_approval() -> None:
    """There is nobody it could wait for."""
    assert of_rule(10, Team(FULL), only("own-plan"), record=record(PLANNED)) == []


# 12: one instruction about one thing


def says(about: str, member: str, what: str = "", since: date = ON, until: date | None = None) -> Instruction:
    """Give an instruction."""
    return Instruction(about, member, says=what, since=since, until=until)


def test_two_instructions_on_one_thing_have_an_owner_until_one_is_withdrawn() -> None:
    """From the day the second begins to the day the first of them ends."""
    given = TeamRecord(
        instructions=[
            says("sertraline", "lee", "50 mg", ON - 9 * DAY, ON + 5 * DAY),
            says("sertraline", "park", "stop", ON),
            says("walking", "holm", "each day"),
        ]
    )
    (gap,) = of_rule(12, Team(FULL), MINIMUM, record=given)
    assert gap == Gap(
        kind="conflict",
        severity="breach",
        rule=12,
        duty="approve-plan",
        member="lee",
        since=ON,
        until=ON + 5 * DAY,
        because="lee and park have all instructed on sertraline: lee says '50 mg', park says 'stop'",
        mend="have lee settle it, and withdraw all but one",
    )
    (gap,) = [
        gap for gap in gaps(Team(FULL), MINIMUM, between=(ON - DAY, ON + 9 * DAY), record=given) if gap.rule == 12
    ]
    assert gap.days == (Span(ON, ON + 5 * DAY),)


def test_what_one_member_says_twice_is_no_conflict() -> None:
    """Two days, two things, or two ends of one member are not two members."""
    own = [says("sertraline", "lee", "50 mg"), says("sertraline", "lee", "100 mg")]
    in_turn = [says("sertraline", "lee", since=ON - DAY, until=ON), says("sertraline", "park")]
    apart = [says("sertraline", "lee"), says("walking", "park")]
    for given in (own, in_turn, apart):
        assert of_rule(12, Team(FULL), MINIMUM, record=TeamRecord(instructions=given)) == []


def test_a_conflict_of_three_ends_when_one_is_left() -> None:
    """The second last to end ends it; what has no end counts as the last; one of several by one member the later."""
    given = TeamRecord(
        instructions=[
            says("rest", "lee", until=ON + 2 * DAY),
            says("rest", "lee", since=ON - DAY, until=ON + 7 * DAY),
            says("rest", "park", since=ON - 3 * DAY, until=ON + 4 * DAY),
            says("rest", "holm", since=ON - 2 * DAY),
        ]
    )
    (gap,) = of_rule(12, Team(FULL), MINIMUM, record=given)
    assert (gap.since, gap.until) == (ON - 2 * DAY, ON + 7 * DAY)
    assert gap.because == "holm, lee and park have all instructed on rest"
    endless = TeamRecord(instructions=[says("rest", "lee"), says("rest", "park")])
    assert of_rule(12, Team(FULL), MINIMUM, record=endless)[0].until is None


def test_conflicts_are_settled_by_the_first_duty_that_there_is() -> None:
    """The site says which; where nobody answers for it, or there is none, somebody is to be named."""
    given = TeamRecord(
        instructions=[says("rest", "lee"), says("rest", "park"), says("tea", "lee"), says("tea", "park")]
    )
    resolved = only("contradictory-advice", "own-plan")
    assert [(gap.duty, gap.member) for gap in of_rule(12, Team(FULL), resolved, record=given)] == [
        ("contradictory-advice", "lee"),
        ("contradictory-advice", "lee"),
    ]
    kept = attrs.evolve(resolved, settled_by=["nowhere", "own-plan"])
    assert {(gap.duty, gap.member) for gap in of_rule(12, Team(FULL), kept, record=given)} == {("own-plan", "holm")}
    for duties, name in ((resolved, "contradictory-advice"), (only("record"), None)):
        found = of_rule(12, Team([HOLM]), duties, record=given)
        assert {(gap.duty, gap.member) for gap in found} == {(name, None)}
        assert {gap.mend for gap in found} == {"name somebody to settle it, and withdraw all but one"}


# 14: confirmed anew


def confirmed(*given: tuple[str, date, str | None], plan: tuple[date, ...] = ()) -> TeamRecord:
    """Give a record of confirmations."""
    return TeamRecord(
        confirmations=[Confirmation(name, on=on, duty=duty) for name, on, duty in given], plan_changes=plan
    )


def test_whoever_answers_is_confirmed_after_team_or_plan_changes() -> None:
    """Until then it is a warning, and says since when."""
    team = Team([HOLM, KIM])
    changed = confirmed(("holm", START, None), ("holm", ON + 4 * DAY, "follow-up"), plan=(ON, START))
    (gap,) = of_rule(14, team, only("follow-up"), record=changed)
    assert gap == Gap(
        kind="unconfirmed",
        severity="warning",
        rule=14,
        duty="follow-up",
        member="holm",
        since=ON,
        until=ON + 4 * DAY,
        because="team or plan changed on 2026-05-01, and holm was not confirmed for it since",
        mend="confirm holm for follow-up, or hand it over",
    )
    days = [of_rule(14, team, only("follow-up"), ON + n * DAY, record=changed) for n in (-1, 0, 3, 4)]
    assert [len(found) for found in days] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("given", "open_"),
    [
        ([("holm", ON, None)], False),
        ([("holm", ON, "follow-up")], False),
        ([("holm", ON, "record")], True),
        ([("kim", ON, None)], True),
        ([("holm", ON - DAY, None)], True),
        ([], True),
    ],
)
def test_a_confirmation_is_of_the_person_for_the_duty_and_not_from_before(given: Any, open_: bool) -> None:
    """For one duty or for all of theirs, on the day of the change or after it."""
    team = Team([HOLM, attrs.evolve(KIM, since=ON)])
    assert bool(of_rule(14, team, only("follow-up"), record=confirmed(*given))) == open_


def test_what_counts_as_a_change_of_the_team() -> None:
    """Somebody comes or goes, the duty changes hands; no record, no question."""
    leaving = Team([HOLM, attrs.evolve(KIM, until=ON)])
    lent = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="holm", since=ON), Assignment("follow-up", "informed", member="x")
    )
    before = confirmed(("holm", ON - DAY, None))
    assert [gap.since for gap in of_rule(14, leaving, only("follow-up"), record=before)] == [ON]
    assert [gap.since for gap in of_rule(14, Team([HOLM]), lent, record=before)] == [ON]
    told = only("follow-up").with_assignments(Assignment("follow-up", "informed", member="holm", since=ON))
    assert of_rule(14, Team([HOLM]), told, record=before) == []
    assert of_rule(14, leaving, only("follow-up"), record=TeamRecord(plan_changes=[ON])) == []
    assert of_rule(14, leaving, only("record"), record=before) != []
    absent = Team([HOLM, KIM], absences=[Absence("kim", since=ON)])
    assert of_rule(14, absent, only("follow-up"), record=before) == []


def test_while_somebody_covers_the_one_they_cover_for_is_confirmed() -> None:
    """A cover is no change of who answers; a duty nobody answers for has nobody to confirm."""
    away = [Absence("holm", since=ON, cover="kim")]
    team = Team([HOLM, KIM], absences=away)
    assert of_rule(14, team, only("follow-up"), record=confirmed(("holm", START, None))) == []
    assert [gap.member for gap in of_rule(14, team, only("follow-up"), record=confirmed())] == ["holm"]
    assert of_rule(14, Team([KIM]), only("follow-up"), record=confirmed()) == []


# 6: consulting is disclosing


def consent(decision: Any = "permit", to: Any = None, **fields: Any) -> Consent:
    """Give a consent of anna's."""
    recipients = [Recipient(person=to)] if to else []
    told: dict[str, Any] = {"categories": ["all"], "to": recipients, "purposes": ["TREAT"], **fields}
    return Consent(
        id=f"{decision}-{to}", patient="anna", signed=START, clauses=[Clause(id="1", decision=decision, **told)]
    )


def test_whoever_has_a_part_must_be_let_see_what_it_is_about() -> None:
    """Those consulted and informed too, as a warning; the person always may; nothing is asked without consents."""
    team = Team(FULL)
    duties = only("psychotherapy")
    assert of_rule(6, team, duties) == []
    found = of_rule(6, team, duties, consents=[])
    assert [(gap.kind, gap.severity, gap.duty, gap.member, gap.role) for gap in found] == [
        ("may-not-see", "breach", "psychotherapy", "holm", "care-manager"),
        ("may-not-see", "warning", "psychotherapy", "lee", "primary-care-provider"),
        ("may-not-see", "warning", "psychotherapy", "park", "psychiatric-consultant"),
    ]
    assert found[0].because == "holm is to be accountable for it and may not see what it is about"
    assert found[1].because == "lee is to be informed for it and may not see what it is about"
    assert found[2].mend == "ask for consent, or leave park out of psychotherapy"
    permits = [consent(to=name) for name in ("holm", "lee", "park")]
    assert of_rule(6, team, duties, consents=permits) == []
    refused = [*permits, consent("refuse", "park", categories=["MH"])]
    assert [gap.member for gap in of_rule(6, team, duties, consents=refused)] == ["park"]


def test_those_named_for_a_part_must_be_let_see_it_in_the_role_that_has_it() -> None:
    """By name, in a role of the duty's letters before another; a name that is no member's sees nothing."""
    named = only("follow-up").with_assignments(
        *(Assignment("follow-up", "informed", member=name) for name in ("lee", "ghost"))
    )
    both = attrs.evolve(LEE, role="interpreter", organisation="elsewhere")
    team = Team([ANNA, HOLM, both, attrs.evolve(LEE, organisation="clinic")])
    told = [(gap.member, gap.role) for gap in of_rule(6, team, named, consents=[consent(to="holm")])]
    assert told == [("lee", "primary-care-provider")]
    in_role = Consent(
        id="R",
        patient="anna",
        signed=START,
        clauses=[
            Clause(id="1", decision="permit", to=[Recipient(role="primary-care-provider")], purposes=["COC"]),
            Clause(id="2", decision="permit", to=[Recipient(person="holm")], purposes=["TREAT"]),
        ],
    )
    assert of_rule(6, team, named, consents=[in_role]) == []
    for_treatment = only("follow-up").with_assignments(Assignment("follow-up", "responsible", member="lee"))
    assert [gap.member for gap in of_rule(6, team, for_treatment, consents=[in_role])] == ["lee"]


def test_what_a_duty_is_about_is_the_sites_to_say() -> None:
    """Ordinary content where nobody has said; with the site's own codes it is more."""
    team = Team([ANNA, HOLM])
    own = only(Duty(id="housing-first", label="housing first", letters={"care-manager": "AR"}))
    ordinary = [consent(to="holm", categories=[])]
    assert of_rule(6, team, own, consents=ordinary) == []
    ours = sensitivity().with_defaults("duty", {"housing-first": ["SUD"]})
    assert [gap.member for gap in of_rule(6, team, own, consents=ordinary, codes=ours)] == ["holm"]


def test_who_covers_must_be_let_see_it_as_well() -> None:
    """On the days they cover, and no other."""
    team = Team([ANNA, HOLM, KIM], absences=[Absence("holm", since=ON, until=ON + 3 * DAY, cover="kim")])
    found = gaps(team, only("follow-up"), between=(ON - 9 * DAY, ON + 9 * DAY), consents=[consent(to="holm")])
    assert [(gap.kind, gap.member, gap.days) for gap in found if gap.member == "kim"] == [
        ("may-not-see", "kim", (Span(ON, ON + 3 * DAY),))
    ]


def test_a_consent_that_ends_is_a_gap_from_that_day() -> None:
    """Day by day, as the consent decides."""
    ending = attrs.evolve(consent(to="holm"), until=ON + 3 * DAY)
    found = gaps(Team([ANNA, HOLM]), only("follow-up"), between=(ON, ON + 9 * DAY), consents=[ending])
    assert [(gap.member, gap.days) for gap in found if gap.rule == 6] == [
        ("holm", (Span(ON + 3 * DAY, ON + 10 * DAY),))
    ]


def test_a_proxy_sees_by_authority_save_what_only_the_person_decides() -> None:
    """Informed of the follow-up, the mother may know it; of what is reserved she may not."""
    mother = Member("mother", role="legal-representative", since=START)
    told = Duty(id="psychotherapy", label="therapy", letters={"care-manager": "AR", "legal-representative": "I"})
    given = [consent(to="holm")]
    authority = ProxyAuthority(holder="mother", patient="anna", categories=["MH"], may=["see"], since=START)
    only_anna = Reserved(patient="anna", categories=["MH"], since=ON)
    team = Team([ANNA, HOLM, mother])

    def asked(**options: Any) -> list[str | None]:
        return [gap.member for gap in of_rule(6, team, only(told), consents=given, **options)]

    assert asked() == ["mother"]
    assert asked(authorities=[authority]) == []
    assert asked(authorities=[authority], reserved=[only_anna]) == ["mother"]


# loads


def test_a_load_counts_what_is_ones_own_and_what_is_covered() -> None:
    """Own duties by part, those of whom one covers for apart, people against the ceiling."""
    team = Team([*FULL, KIM], absences=[Absence("holm", since=ON, cover="kim")])
    duties = only("follow-up", "crisis-response", ceilings=[Ceiling(role="care-manager", people=100)])
    loads = {load.member: load for load in workload(team, duties, on=ON, people={"holm": 131, "kim": 3})}
    assert list(loads) == ["anna", "holm", "kim", "lee", "park"]
    kim, holm, lee = loads["kim"], loads["holm"], loads["lee"]
    assert (kim.accountable, kim.responsible, kim.covering) == ((), (), ("follow-up", "crisis-response"))
    assert (kim.covering_for, kim.people, kim.covered, kim.ceiling, kim.room) == (("holm",), 3, 131, None, None)
    assert (holm.accountable, holm.responsible, holm.is_there, holm.room, holm.is_over) == ((), (), False, -31, True)
    assert (lee.accountable, lee.responsible, lee.is_there) == (("crisis-response",), ("crisis-response",), True)
    assert (lee.people, lee.room, lee.is_over, lee.role) == (None, None, False, "primary-care-provider")
    assert kim.is_over is False


def test_a_load_is_over_exactly_where_a_gap_says_so() -> None:
    """At the ceiling is fine; one's own ceilings add up over places and come before the matrix's."""
    duties = only("follow-up", ceilings=[Ceiling(role="care-manager", people=100)])
    places = [
        attrs.evolve(HOLM, organisation="a", ceiling=30),
        attrs.evolve(HOLM, organisation="b", ceiling=40),
        attrs.evolve(HOLM, organisation="c"),
        KIM,
    ]
    for members, ceiling in ((places, 70), ([HOLM], 100)):
        for people in (ceiling, ceiling + 1):
            load = workload(Team(members), duties, on=ON, people={"holm": people})[0]
            assert (load.member, load.ceiling, load.room) == ("holm", ceiling, ceiling - people)
            assert load.is_over == (people > ceiling)
            told = of_rule(11, Team(members), duties, people={"holm": people})
            assert [gap.member for gap in told] == (["holm"] if load.is_over else [])


def test_somebody_without_the_licence_does_not_carry_the_duty() -> None:
    """They are to do it, and may not; what each role carries is apart."""
    both = [LEE, attrs.evolve(LEE, role="nurse")]
    loads = workload(Team(both, credentials=[]), only("prescribe", "coordinate-tests"), on=ON)
    assert [(load.role, load.accountable, load.responsible) for load in loads] == [
        ("nurse", ("coordinate-tests",), ("coordinate-tests",)),
        ("primary-care-provider", ("prescribe",), ()),
    ]
    assert workload(Team(both, until=ON), only("prescribe"), on=ON) == ()


# periods


def test_a_period_is_asked_about_by_its_first_and_its_last_day() -> None:
    """Both count; a day alone is a period too; the wrong way round is refused."""
    away = Team([HOLM], absences=[Absence("holm", since=ON, until=ON + 2 * DAY)])
    for first, last, count in ((ON - DAY, ON - DAY, 0), (ON - DAY, ON, 1), (ON, ON, 1), (ON + DAY, ON + DAY, 1)):
        assert len(gaps(away, only("follow-up"), between=(first, last))) == count
    assert gaps(away, only("follow-up"), between=(ON + 2 * DAY, ON + 9 * DAY)) == ()
    (gap,) = gaps(away, only("follow-up"), between=(ON - DAY, ON + 9 * DAY))
    assert gap.days[0].last == ON + DAY
    assert [gap.days[0].is_in_force(on=ON + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, "one of on and between is wanted"),
        ({"on": ON, "between": (ON, ON)}, "one of on and between is wanted"),
        ({"between": (ON, ON - DAY)}, r"\$.between: the last day, 2026-04-30, is before the first, 2026-05-01"),
        ({"between": (ON, datetime(2026, 6, 1))}, "a date without a time is wanted"),  # noqa: DTZ001
        ({"between": (datetime(2026, 4, 1), ON)}, "a date without a time is wanted"),  # noqa: DTZ001
        ({"on": date.max}, "a day before the year 9999 is wanted, found 9999-12-31"),
        ({"between": (ON, date.max)}, "a day before the year 9999 is wanted"),
    ],
)
def test_what_is_no_day_or_no_period_is_refused(asked: Any, fault: str) -> None:
    """Neither, both, backwards, with a time, or at the end of days."""
    with pytest.raises(DataError, match=fault):
        gaps(Team([HOLM]), only("follow-up"), **asked)


def test_gaps_of_a_period_stand_in_the_order_of_severity_duty_and_first_day() -> None:
    """Safety first; of one duty the earlier first."""
    team = Team(
        [*FULL, KIM],
        absences=[
            Absence("holm", since=ON + 20 * DAY, until=ON + 22 * DAY),
            Absence("holm", since=ON + 2 * DAY, until=ON + 4 * DAY),
        ],
    )
    found = gaps(team, only("follow-up", "risk-assessment", "record"), between=(ON, ON + 40 * DAY))
    assert [(gap.severity, gap.duty, gap.days[0].since) for gap in found] == [
        ("safety", "risk-assessment", ON + 2 * DAY),
        ("safety", "risk-assessment", ON + 20 * DAY),
        ("breach", "follow-up", ON + 2 * DAY),
        ("breach", "follow-up", ON + 20 * DAY),
        ("breach", "record", ON + 2 * DAY),
        ("breach", "record", ON + 20 * DAY),
    ]


def test_a_team_out_of_force_for_a_while_says_so_for_those_days() -> None:
    """Before its first day and after its last nothing else is said of it."""
    team = Team([HOLM], since=ON, until=ON + 5 * DAY)
    found = gaps(team, only("follow-up", minimum_team=["patient"]), between=(ON - 2 * DAY, ON + 6 * DAY))
    assert [(gap.kind, gap.days) for gap in found] == [
        ("incomplete-team", (Span(ON, ON + 5 * DAY),)),
        ("not-in-force", (Span(ON - 2 * DAY, ON),)),
        ("not-in-force", (Span(ON + 5 * DAY, ON + 7 * DAY),)),
    ]
