"""What is missing on a day, and who to turn to: teams small enough to work out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.roles import (
    Absence,
    Assignment,
    Duty,
    Gap,
    Member,
    ResponsibilityMatrix,
    Team,
    duty,
    gaps,
    matrix,
    read_matrix,
    turn_to,
    who,
)

START = date(2025, 1, 1)
ON = date(2026, 5, 1)
DAY = timedelta(days=1)
MINIMUM = matrix("collaborative-care-minimum")

ANNA = Member("anna", role="patient", since=START)
LEE = Member("lee", role="primary-care-provider", since=START, reach="ext. 1")
HOLM = Member("holm", role="care-manager", since=START, reach="ext. 2")
PARK = Member("park", role="psychiatric-consultant", since=START, reach="ext. 3")
FULL = (ANNA, LEE, HOLM, PARK)


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def one(team: Team, matrix: ResponsibilityMatrix, on: date = ON, **options: Any) -> Gap:
    """Give the only gap there is."""
    (gap,) = gaps(team, matrix, on=on, **options)
    return gap


def test_a_full_team_that_is_there_has_no_gaps() -> None:
    """The minimum team, each active and within reach, satisfies every rule that can be checked."""
    assert gaps(Team(FULL), MINIMUM, on=ON) == ()


def test_the_sketch_of_the_style_page() -> None:
    """A care manager who left takes the follow-up along, and the gap says since when and why."""
    team = Team(members=[attrs.evolve(LEE, reach=""), attrs.evolve(HOLM, until=date(2026, 4, 1))])
    told = [gap for gap in gaps(team, MINIMUM, on=ON) if gap.duty == "follow-up"]
    assert told == [
        Gap(
            kind="uncovered",
            severity="breach",
            rule=2,
            duty="follow-up",
            role="care-manager",
            since=date(2026, 4, 1),
            because="holm left on 2026-04-01 and nobody else holds it",
            mend="add an active member as care-manager, or name somebody for follow-up",
        )
    ]


def test_safety_duties_come_first_and_then_the_order_of_the_matrix() -> None:
    """What cannot wait stands at the top; a warning at the bottom."""
    found = gaps(Team([attrs.evolve(LEE, reach="")]), MINIMUM, on=ON)
    assert [gap.severity for gap in found] == sorted(
        (gap.severity for gap in found), key=["safety", "breach", "warning"].index
    )
    assert found[0].duty == "risk-assessment"
    duties = [gap.duty for gap in found if gap.severity == "breach" and gap.duty]
    assert duties == sorted(duties, key=[each.id for each in MINIMUM.duties].index)


def test_membership_covers_from_its_first_day_to_the_day_before_its_end() -> None:
    """On the first day somebody holds the duty; on the day they leave nobody does."""
    holm = attrs.evolve(HOLM, since=ON, until=ON + 10 * DAY)
    team = Team([holm])
    covered = [who(team, only("follow-up"), "follow-up", on=ON + days * DAY).member for days in (-1, 0, 9, 10)]
    assert covered == [None, "holm", "holm", None]
    before, after = one(team, only("follow-up"), ON - DAY), one(team, only("follow-up"), ON + 10 * DAY)
    assert (before.since, before.until) == (None, ON)
    assert before.because == "nobody on the team holds the role care-manager until holm starts on 2026-05-01"
    assert (after.since, after.until) == (ON + 10 * DAY, None)


def test_a_vacancy_says_who_left_and_who_comes() -> None:
    """The last to leave are named, and the first to start."""
    team = Team(
        [
            attrs.evolve(HOLM, until=date(2026, 2, 1)),
            attrs.evolve(HOLM, id="ivo", until=date(2026, 4, 1)),
            attrs.evolve(HOLM, id="gil", until=date(2026, 4, 1)),
            attrs.evolve(HOLM, id="kim", since=date(2026, 6, 1)),
            attrs.evolve(HOLM, id="max", since=date(2026, 6, 1)),
        ]
    )
    gap = one(team, only("follow-up"))
    assert gap.because == (
        "gil and ivo left on 2026-04-01 and nobody else holds it until kim and max start on 2026-06-01"
    )
    assert (gap.since, gap.until) == (date(2026, 4, 1), date(2026, 6, 1))


def test_absence_without_cover_leaves_a_duty_uncovered_from_its_first_day() -> None:
    """Away from the first day, back on the last one named: only the days between are uncovered."""
    away = Absence("holm", since=ON, until=ON + 10 * DAY)
    team = Team([HOLM], absences=[away])
    kinds = [[gap.kind for gap in gaps(team, only("follow-up"), on=ON + days * DAY)] for days in (-1, 0, 9, 10)]
    assert kinds == [[], ["uncovered"], ["uncovered"], []]
    gap = one(team, only("follow-up"))
    assert gap == Gap(
        kind="uncovered",
        severity="breach",
        rule=7,
        duty="follow-up",
        role="care-manager",
        member="holm",
        since=ON,
        until=ON + 10 * DAY,
        because="holm is away from 2026-05-01, back on 2026-05-11, and nobody covers",
        mend="name a cover for holm who is there and may hold follow-up",
    )


def test_an_uncovered_safety_duty_is_a_matter_of_safety() -> None:
    """Risk assessment, crisis response and the safety plan may never be uncovered."""
    team = Team(FULL, absences=[Absence("holm", since=ON), Absence("lee", since=ON)])
    assert {gap.duty for gap in gaps(team, MINIMUM, on=ON) if gap.severity == "safety"} == {
        "risk-assessment",
        "crisis-response",
        "safety-plan",
    }


KIM = Member("kim", role="nurse", since=START, reach="ext. 9")


@pytest.mark.parametrize(
    ("cover", "also_away", "duties", "reason"),
    [
        (KIM, False, ["follow-up", "risk-assessment"], None),
        (KIM, False, ["psychotherapy"], "may not hold it as nurse"),
        (attrs.evolve(KIM, profession="psychologist"), False, ["psychotherapy"], None),
        (attrs.evolve(KIM, role="care-coordinator"), False, ["follow-up"], "may not hold it as care-coordinator"),
        (attrs.evolve(KIM, role="care-coordinator", profession="psychologist"), False, ["follow-up"], None),
        (attrs.evolve(KIM, role="care-coordinator", profession="plumber"), False, ["follow-up"], "may not hold it as"),
        (attrs.evolve(KIM, role="friend"), False, ["follow-up"], "may not hold it as friend"),
        (attrs.evolve(KIM, role="friend", profession="nurse"), False, ["follow-up"], "may not hold it as friend"),
        (attrs.evolve(KIM, role="patient"), False, ["measurement"], "may not hold it as patient"),
        (attrs.evolve(KIM, until=ON), False, ["follow-up"], "is not a member that day"),
        (attrs.evolve(KIM, since=ON), False, ["follow-up"], None),
        (attrs.evolve(KIM, since=ON + DAY), False, ["follow-up"], "is not a member that day"),
        (KIM, True, ["follow-up"], "is away too"),
    ],
)
def test_cover_counts_only_where_it_is_there_and_may(
    cover: Member, also_away: bool, duties: list[str], reason: str | None
) -> None:
    """Of the professions that hold the role, licensed for the duty, a member, present, and no friend or patient."""
    away = [Absence("holm", since=ON, until=ON + DAY, cover="kim")]
    if also_away:
        away.append(Absence("kim", since=ON - 5 * DAY, until=ON + DAY))
    team = Team([HOLM, ANNA, cover], absences=away)
    for each in duties:
        holder = who(team, only(each), each, on=ON)
        if reason is None:
            assert (holder.member, holder.covering_for, holder.reach) == ("kim", "holm", "ext. 9")
            assert holder.because == "kim covers for holm, who is away from 2026-05-01, back on 2026-05-02"
            assert gaps(team, only(each), on=ON) == ()
        else:
            assert holder.member is None
            assert f"and kim, the cover, {reason}" in holder.because
            assert one(team, only(each)).rule == 7


def test_whoever_does_a_duty_anyway_may_cover_for_it() -> None:
    """The care manager is responsible in a crisis, so may cover for the provider; not so for a diagnosis."""
    team = Team([LEE, HOLM], absences=[Absence("lee", since=ON, cover="holm")])
    assert who(team, MINIMUM, "crisis-response", on=ON).member == "holm"
    assert who(team, MINIMUM, "diagnose", on=ON).member is None


def test_a_second_provider_may_cover_what_a_licence_is_needed_for() -> None:
    """Somebody in the same role, or a profession that usually holds it and is not denied the licence."""
    for standing_in in (
        Member("kim", role="primary-care-provider", since=ON),
        Member("kim", role="nurse-practitioner", since=ON),
        Member("kim", role="care-coordinator", since=ON, profession="physician-assistant"),
    ):
        team = Team([LEE, standing_in], absences=[Absence("lee", since=ON, cover="kim")])
        lees = only("prescribe").with_assignments(Assignment("prescribe", "accountable", member="lee"))
        assert who(team, lees, "prescribe", on=ON).covering_for == "lee"


def test_overlapping_absences_are_covered_by_whoever_covers_one_of_them() -> None:
    """The cover of the absence that began first acts, if they may; the gap lasts until the member is back."""
    early = Absence("holm", since=ON - 5 * DAY, until=ON + 5 * DAY, cover="lee")
    late = Absence("holm", since=ON - DAY, until=ON + 9 * DAY, cover="kim")
    assert who(Team([HOLM, LEE, KIM], absences=[late, early]), only("follow-up"), "follow-up", on=ON).member == "kim"
    gap = one(Team([HOLM, LEE], absences=[late, early]), only("follow-up"))
    assert (gap.since, gap.until) == (ON - 5 * DAY, ON + 9 * DAY)
    assert gap.because == (
        "holm is away from 2026-04-26, back on 2026-05-06, and lee, the cover, may not hold it as "
        "primary-care-provider; kim, the cover, is not a member that day"
    )
    open_ended = Team([HOLM], absences=[attrs.evolve(early, cover=None), attrs.evolve(late, until=None)])
    assert one(open_ended, only("follow-up")).until is None


def test_two_members_in_one_role_need_a_name() -> None:
    """Nobody knows whose the duty is until one of them is named; then it is theirs."""
    kim = attrs.evolve(HOLM, id="kim", since=date(2026, 3, 1))
    team = Team([kim, HOLM])
    gap = one(team, only("follow-up"))
    assert (gap.kind, gap.rule, gap.role, gap.since) == ("unnamed", 3, "care-manager", date(2026, 3, 1))
    assert gap.because == "holm and kim hold the role care-manager and none of them is named"
    holder = who(team, only("follow-up"), "follow-up", on=ON)
    assert (holder.member, [each.member for each in holder.responsible]) == (None, ["holm", "kim"])
    named = only("follow-up").with_assignments(Assignment("follow-up", "accountable", member="kim", since=ON))
    assert gaps(team, named, on=ON) == ()
    assert who(team, named, "follow-up", on=ON).because == "kim is named for it"
    assert [gap.kind for gap in gaps(team, named, on=ON - DAY)] == ["unnamed"]


def test_two_in_a_role_are_one_while_one_covers_for_the_other() -> None:
    """While the second covers for the first there is no doubt who holds it."""
    team = Team([HOLM, attrs.evolve(HOLM, id="kim")], absences=[Absence("holm", since=ON, until=ON + DAY, cover="kim")])
    holder = who(team, only("follow-up"), "follow-up", on=ON)
    assert (holder.member, holder.covering_for) == ("kim", None)
    assert [each.member for each in holder.responsible] == ["kim"]
    assert one(team, only("follow-up"), ON + DAY).kind == "unnamed"
    uncovered = Team(team.members, absences=[Absence("holm", since=ON, until=ON + DAY)])
    assert one(uncovered, only("follow-up")).kind == "unnamed"


def test_roles_with_an_a_are_alternatives_until_both_are_there() -> None:
    """A nurse or a coordinator avoids duplicated tests; with both, one must be named."""
    nurse, coordinator = KIM, Member("max", role="care-coordinator", since=ON)
    for member in (nurse, coordinator):
        assert gaps(Team([member]), only("coordinate-tests"), on=ON) == ()
    gap = one(Team([nurse, coordinator]), only("coordinate-tests"))
    assert (gap.kind, gap.rule, gap.because) == ("several-accountable", 1, "kim and max are all accountable for it")
    both = attrs.evolve(coordinator, id="kim")
    assert gaps(Team([nurse, both]), only("coordinate-tests"), on=ON) == ()
    vacant = one(Team([]), only("coordinate-tests"))
    assert vacant.because == "nobody on the team holds the role care-coordinator or nurse"
    assert vacant.role is None


def test_two_names_for_one_duty_are_one_too_many() -> None:
    """Exactly one person is accountable at any moment."""
    two = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="holm"), Assignment("follow-up", "accountable", member="lee")
    )
    gap = one(Team(FULL), two)
    assert (gap.kind, gap.rule, gap.because) == ("several-accountable", 1, "holm and lee are all accountable for it")


@pytest.mark.parametrize(
    ("members", "because", "since", "until"),
    [
        ([], "kim, who is named for it, is not on the team", None, None),
        ([attrs.evolve(KIM, until=ON)], "kim, who is named for it, left on 2026-05-01", ON, None),
        ([attrs.evolve(KIM, since=ON + DAY)], "kim, who is named for it, starts on 2026-05-02", None, ON + DAY),
    ],
)
def test_whoever_is_named_must_be_a_member_that_day(
    members: list[Member], because: str, since: date | None, until: date | None
) -> None:
    """A name does not hold a duty before its person starts, after they left, or without them."""
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="kim"), Assignment("follow-up", "responsible", member="kim")
    )
    gap = one(Team([HOLM, *members]), named)
    assert gap == Gap(
        kind="uncovered",
        severity="breach",
        rule=2,
        duty="follow-up",
        member="kim",
        since=since,
        until=until,
        because=because,
        mend="name an active member for follow-up",
    )


def test_a_name_left_behind_is_reported_and_does_not_hide_who_holds_it() -> None:
    """An old name beside a new one, or among those who do it, is a breach of its own."""
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="old"), Assignment("follow-up", "accountable", member="holm")
    )
    assert [(gap.kind, gap.rule, gap.member) for gap in gaps(Team([HOLM]), named, on=ON)] == [("inactive", 2, "old")]
    assert who(Team([HOLM]), named, "follow-up", on=ON).member == "holm"
    doing = only("follow-up").with_assignments(
        Assignment("follow-up", "responsible", member="old"), Assignment("follow-up", "responsible", role="nurse")
    )
    found = gaps(Team([HOLM, KIM]), doing, on=ON)
    assert [(gap.kind, gap.member) for gap in found] == [("inactive", "old")]
    assert [each.member for each in who(Team([HOLM, KIM]), doing, "follow-up", on=ON).responsible] == ["kim"]


def test_assignments_stand_and_letters_of_that_part_do_not() -> None:
    """A duty handed to another role for a while comes back by itself."""
    lent = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", role="nurse", since=ON, until=ON + DAY, reason="holm is in training")
    )
    team = Team([HOLM, KIM])
    assert [who(team, lent, "follow-up", on=ON + days * DAY).member for days in (-1, 0, 1)] == ["holm", "kim", "holm"]
    assert [each.member for each in who(team, lent, "follow-up", on=ON).responsible] == ["holm"]


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        (Assignment("follow-up", "accountable", member="anna"), [("uncovered", 5), ("not-allowed", 5)]),
        (Assignment("follow-up", "accountable", role="patient"), [("uncovered", 5), ("not-allowed", 5)]),
        (Assignment("follow-up", "responsible", member="anna"), [("not-allowed", 5), ("no-responsible", 1)]),
        (Assignment("follow-up", "responsible", role="friend"), [("not-allowed", 5), ("no-responsible", 1)]),
        (Assignment("measurement", "responsible", member="anna"), []),
        (Assignment("measurement", "responsible", role="patient"), []),
        (Assignment("measurement", "accountable", member="anna"), [("uncovered", 5), ("not-allowed", 5)]),
        (Assignment("follow-up", "informed", member="anna"), []),
    ],
)
def test_patients_answer_for_nothing_and_do_only_what_is_theirs(
    assignment: Assignment, told: list[tuple[str, int]]
) -> None:
    """A patient or an informal member is never accountable, and responsible only where the duty allows it."""
    given = only("follow-up", "measurement").with_assignments(assignment)
    found = gaps(Team(FULL), given, on=ON)
    assert sorted((gap.kind, gap.rule) for gap in found) == sorted(told)
    assert {gap.duty for gap in found} <= {assignment.duty}


def test_letters_that_no_patient_may_have_are_reported_without_a_patient() -> None:
    """The matrix itself is wrong, whoever is on the team."""
    wrong = Duty(id="drive", label="drive", letters={"patient": "AR", "friend": "R", "nurse": "R"})
    found = gaps(Team([KIM]), only(wrong), on=ON)
    assert [(gap.kind, gap.role) for gap in found] == [
        ("not-allowed", "friend"),
        ("not-allowed", "patient"),
        ("not-allowed", "patient"),
        ("uncovered", None),
    ]
    assert found[-1].because == "patient may not be accountable to the team"


def test_somebody_who_is_both_patient_and_professional_may_be_named() -> None:
    """A peer specialist who is also a patient holds a duty in the role that may."""
    both = [Member("joe", role="patient", since=START), Member("joe", role="peer-specialist", since=START)]
    named = only("follow-up").with_assignments(Assignment("follow-up", "accountable", member="joe"))
    assert who(Team([*both, HOLM]), named, "follow-up", on=ON).role == "peer-specialist"


def test_a_duty_nobody_is_given_says_so() -> None:
    """No A in the letters is a breach of the first rule, and so is no R."""
    nobodys = Duty(id="drive", label="drive")
    assert [(gap.kind, gap.rule, gap.because) for gap in gaps(Team([KIM]), only(nobodys), on=ON)] == [
        ("no-accountable", 1, "the matrix makes nobody accountable for it"),
        ("no-responsible", 1, "the matrix has nobody do it"),
    ]
    answered_for = Duty(id="drive", label="drive", letters={"nurse": "A"})
    assert one(Team([KIM]), only(answered_for)).kind == "no-responsible"
    assert who(Team([KIM]), only(answered_for), "drive", on=ON).because == (
        "kim holds the role nurse; nobody is there to do it"
    )


def test_nobody_there_to_do_it_is_told_unless_mending_one_mends_the_other() -> None:
    """Where the accountable role also does it, one gap says both; where somebody else does it, there are two."""
    assert one(Team([]), only("follow-up")).kind == "uncovered"
    assert one(Team([HOLM]), only("self-manage")).because == "nobody on the team holds the role patient"
    away = Team([HOLM, ANNA], absences=[Absence("anna", since=ON, until=ON + DAY)])
    gap = one(away, only("self-manage"))
    assert (gap.kind, gap.since, gap.until) == ("no-responsible", ON, ON + DAY)
    assert gap.because == "anna is away from 2026-05-01, back on 2026-05-02, and nobody covers"
    assert [gap.kind for gap in gaps(Team([]), only("self-manage"), on=ON)] == ["no-responsible", "uncovered"]


def test_several_who_are_all_away_are_told_together() -> None:
    """The duty is uncovered from the day the last of them went to the day the first is back."""
    away = [
        Absence("holm", since=ON - 3 * DAY, until=ON + 5 * DAY),
        Absence("ivo", since=ON - DAY, until=ON + 2 * DAY),
    ]
    gap = one(Team([HOLM, attrs.evolve(HOLM, id="ivo")], absences=away), only("follow-up"))
    assert (gap.kind, gap.rule, gap.member, gap.since, gap.until) == ("uncovered", 7, None, ON - DAY, ON + 2 * DAY)
    assert gap.because == (
        "holm is away from 2026-04-28, back on 2026-05-06, and nobody covers; "
        "ivo is away from 2026-04-30, back on 2026-05-03, and nobody covers"
    )


def test_the_minimum_team_must_be_complete_and_active() -> None:
    """Somebody on leave still is of the team; somebody who left is not."""
    team = Team([ANNA, LEE, attrs.evolve(HOLM, until=ON), PARK], absences=[Absence("park", since=ON, cover="lee")])
    told = [gap for gap in gaps(team, MINIMUM, on=ON) if gap.kind == "incomplete-team"]
    assert told == [
        Gap(
            kind="incomplete-team",
            severity="breach",
            rule=13,
            role="care-manager",
            since=ON,
            because="no active care-manager: holm left on 2026-05-01 and nobody else holds it",
            mend="add an active member as care-manager; without one this is not Collaborative care, minimum team",
        )
    ]


@pytest.mark.parametrize(("people", "warned"), [({}, False), ({"holm": 120}, False), ({"holm": 121}, True)])
def test_more_people_than_the_ceiling_is_a_warning(people: dict[str, int], warned: bool) -> None:
    """At the ceiling is fine, one more is not; who is not counted is not warned about."""
    found = gaps(Team(FULL), MINIMUM, on=ON, people={**people, "lee": 900, "nobody": 500})
    assert [gap.because for gap in found] == (
        ["holm carries 121 people, more than the 120 of the ceiling"] if warned else []
    )
    assert all((gap.severity, gap.rule) == ("warning", 11) for gap in found)


def test_a_member_may_have_a_ceiling_of_their_own() -> None:
    """Half time carries half; nought is a ceiling too."""
    for ceiling, carried, count in ((60, 60, 0), (60, 61, 1), (0, 1, 1), (0, 0, 0)):
        team = Team([attrs.evolve(HOLM, ceiling=ceiling)])
        assert len(gaps(team, only("follow-up"), on=ON, people={"holm": carried})) == count


def test_whoever_answers_for_safety_must_be_within_reach() -> None:
    """One warning a person, and only for safety duties; a cover is meant as well."""
    silent = attrs.evolve(LEE, reach="")
    gap = one(Team([silent]), only("crisis-response", "safety-plan", "diagnose"))
    assert (gap.kind, gap.severity, gap.rule, gap.member) == ("unreachable", "warning", 15, "lee")
    assert gaps(Team([silent]), only("diagnose"), on=ON) == ()
    covered = Team([HOLM, attrs.evolve(KIM, reach="")], absences=[Absence("holm", since=ON, cover="kim")])
    assert one(covered, only("risk-assessment")).member == "kim"


def test_a_role_that_nobody_describes_is_a_warning_with_the_nearest() -> None:
    """A slip in a member's role would otherwise look like a missing person."""
    team = Team([HOLM, Member("kim", role="care-manger", since=START)])
    gap = one(team, only("follow-up"))
    assert (gap.kind, gap.severity, gap.rule, gap.member, gap.role) == (
        "unknown-role",
        "warning",
        None,
        "kim",
        "care-manger",
    )
    assert gap.because == "nothing describes the role 'care-manger', did you mean care-manager?"


def test_a_site_describes_roles_of_its_own() -> None:
    """A role among the matrix's own is known, may cover as it says, and what it says of a known role counts."""
    ours = read_matrix(
        """
id = "ours"
duties = ["follow-up", "psychotherapy"]

[[roles]]
id = "care-manager"
held_by = ["link-worker"]

[[roles]]
id = "link-worker"
title = "Link worker"
settings = ["community"]
rx = { usually = "denied" }
dx = { usually = "denied" }
tx = { usually = "supervised" }
"""
    )
    team = Team([HOLM, attrs.evolve(KIM, role="link-worker")], absences=[Absence("holm", since=ON, cover="kim")])
    assert gaps(team, ours, on=ON) == ()


def test_a_team_out_of_force_is_one_gap_and_nobody() -> None:
    """Before its first day and from its last on, a team holds nothing."""
    team = Team(FULL, since=ON, until=ON + 10 * DAY)
    assert gaps(team, MINIMUM, on=ON) == gaps(team, MINIMUM, on=ON + 9 * DAY) == ()
    before, after = one(team, MINIMUM, ON - DAY), one(team, MINIMUM, ON + 10 * DAY)
    assert (before.kind, before.since, before.until) == ("not-in-force", None, ON)
    assert (after.kind, after.since, after.until) == ("not-in-force", ON + 10 * DAY, None)
    assert before.because == "the team starts on 2026-05-01"
    holder = who(team, MINIMUM, "follow-up", on=ON + 10 * DAY)
    assert (holder.member, holder.responsible, holder.escalate_to) == (None, (), ())
    assert holder.because == "the team ended on 2026-05-11; nobody is there to escalate to either"


def test_who_names_the_person_how_to_reach_them_and_who_comes_next() -> None:
    """The accountable person, those who do it, and the escalation in its order without them."""
    holder = who(Team(FULL), MINIMUM, "case-review", on=ON)
    assert (holder.member, holder.role, holder.reach, holder.covering_for) == (
        "park",
        "psychiatric-consultant",
        "ext. 3",
        None,
    )
    assert holder.because == "park holds the role psychiatric-consultant"
    assert [each.member for each in holder.responsible] == ["holm", "park"]
    assert [(each.member, each.reach) for each in holder.escalate_to] == [("lee", "ext. 1"), ("holm", "ext. 2")]


def test_escalation_skips_who_is_away_and_names_nobody_twice() -> None:
    """Only those who are there, each once, in the order of the roles."""
    twice = Member("holm", role="program-manager", since=START)
    team = Team([LEE, HOLM, twice, PARK], absences=[Absence("park", since=ON)])
    holder = who(team, MINIMUM, "case-review", on=ON)
    assert holder.member is None
    assert [(each.member, each.role) for each in holder.escalate_to] == [
        ("lee", "primary-care-provider"),
        ("holm", "program-manager"),
    ]
    assert holder.because == "park is away from 2026-05-01, and nobody covers"


def test_a_duty_the_matrix_does_not_have_is_nobodys_and_is_escalated() -> None:
    """A protocol may ask for what this matrix lacks: the task is not dropped, and a slip is pointed out."""
    holder = who(Team(FULL), MINIMUM, "medical-emergency", on=ON)
    assert (holder.accountable, holder.reach, holder.role, holder.covering_for) == (None, "", None, None)
    assert holder.because == "collaborative-care-minimum has no duty 'medical-emergency'"
    assert [each.member for each in holder.escalate_to] == ["lee", "park", "holm"]
    assert who(Team(FULL), MINIMUM, "folow-up", on=ON).because.endswith("did you mean follow-up?")


def test_the_day_asked_about_is_a_day() -> None:
    """A moment is refused: it has a time and perhaps a zone, and would compare with no date."""
    for ask in (
        lambda: gaps(Team(FULL), MINIMUM, on=datetime(2026, 5, 1)),  # noqa: DTZ001
        lambda: who(Team(FULL), MINIMUM, "follow-up", on=datetime(2026, 5, 1)),  # noqa: DTZ001
    ):
        with pytest.raises(DataError, match="a date without a time is wanted, found datetime"):
            ask()


def called(team: Team, member: str | None, matrix: ResponsibilityMatrix, on: date) -> list[tuple[str, str, str]]:
    """Give who is to be called about something that concerns a member."""
    gap = Gap(kind="unreachable", severity="warning", rule=15, member=member, because="so", mend="so")
    return [(one.member, one.role, one.because) for one in turn_to(team, matrix, gap, on=on)]


def test_about_a_gap_whoever_it_concerns_is_called_first_where_they_are_there() -> None:
    """In a role in which they are; then those to escalate to, nobody twice."""
    on = date(2026, 5, 4)
    since = date(2025, 1, 1)
    both = [
        Member("lee", role="care-manager", since=since, organisation="north"),
        Member("lee", role="primary-care-provider", since=since, organisation="south"),
        Member("pat", role="program-manager", since=since),
        Member("anna", role="patient", since=since),
    ]
    team = Team(both, absences=[Absence("lee", since=on, organisation="north")])
    minimum = matrix("collaborative-care-minimum")
    pat = ("pat", "program-manager", "holds the role program-manager")
    lee = ("lee", "primary-care-provider", "holds the role primary-care-provider")
    assert called(team, "lee", minimum, on) == [("lee", "primary-care-provider", "it is about them"), pat]
    assert called(team, "anna", minimum, on) == [lee, pat]
    assert called(team, None, minimum, on) == [lee, pat]
    assert called(team, "stranger", minimum, on) == [lee, pat]
    away = team.with_absences(Absence("lee", since=on))
    assert called(away, "lee", minimum, on) == [pat]
    assert called(attrs.evolve(team, until=on), "lee", minimum, on) == []
    with pytest.raises(DataError):
        called(team, "lee", minimum, date.max)
