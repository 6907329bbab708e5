"""What a reader is told of a plan before its case is talked about."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, UnknownIdError
from carecoord.plans import (
    Activity,
    Briefing,
    BriefingItem,
    CarePlan,
    CaseQuestion,
    DecisionOption,
    Education,
    Goal,
    GoalAttainmentScale,
    Need,
    Owner,
    PlanAssessment,
    Referral,
    ReferralStep,
    Review,
    ReviewCycle,
    SharedDecision,
    Stance,
    Statement,
    briefing,
    disclose_briefing,
)
from carecoord.roles import Clause, Consent, Member, Reader, Recipient, Team

ON = date(2026, 3, 8)
HOLM = Member("holm", role="care-manager", since=date(2025, 1, 1), organisation="clinic")
LEE = Member("lee", role="primary-care-provider", since=date(2025, 1, 1), organisation="clinic")
ANNA = Member("anna", role="patient", since=date(2025, 1, 1))
SCALE = GoalAttainmentScale(levels=["in bed", "indoors", "a walk a week", "two walks", "daily walks"])
OPTIONS = [DecisionOption(id="wait", title="Wait.", is_nothing=True), DecisionOption(id="go", title="Begin.")]
PLAN = CarePlan(
    id="p1",
    person="anna",
    created=date(2026, 1, 5),
    status="active",
    title="Anna's plan",
    labels=[],
    matters=["My daughter's wedding"],
    strengths=["A garden"],
    needs=[
        Need(id="low", domain="mental", title="Low mood", labels=[]),
        Need(id="flat", domain="social", title="A flat", deferred="first the wedding", labels=[]),
        Need(id="old", domain="social", title="Old debt", status="resolved", labels=[]),
    ],
    statements=[
        Statement(id="s1", about="preference", words="No calls before ten", labels=[]),
        Statement(id="s2", about="ability", words="Drives a car", labels=[]),
        Statement(id="s3", about="formulation", words="Since the move", labels=[]),
        Statement(id="s4", about="strength", words="Used to sing", status="ended", labels=[]),
    ],
    goals=[
        Goal(
            id="out", statement="Get out again", needs="low", lifecycle="active", achievement="improving",
            scale=SCALE, due=date(2026, 6, 1), labels=[],
            acceptance=[Stance(member="anna", says="agrees"), Stance(member="lee", says="pending")],
        ).rate(-1, on=date(2026, 2, 1)).rate(0, on=date(2026, 4, 1)),
        Goal(id="sleep", statement="Sleep", needs="low", lifecycle="accepted", labels=[]),
        Goal(id="gone", statement="Sing", lifecycle="cancelled", labels=[]),
    ],
    activities=[
        Activity(id="walk", kind="self-management", title="Walks", goals="out", status="in-progress", labels=[]),
        Activity(id="past", kind="treatment", title="Group", goals="out", status="stopped", labels=[]),
        Activity(
            id="call", kind="treatment", title="Call", due=date(2026, 3, 1), owner=Owner(duty="follow-up"), labels=[]
        ),
    ],
    reviews=[
        Review(id="r", title="Plan review", cycle=ReviewCycle(anchor=date(2026, 3, 31), every="P1M"),
               owner=Owner(member="holm"), labels=[]),
    ],
    assessments=[
        PlanAssessment(id="a1", kind="interview", title="Sleep diary", labels=[]),
        PlanAssessment(id="a2", kind="interview", title="Memory", due=date(2026, 9, 1), labels=[]),
        PlanAssessment(id="a3", kind="interview", title="Work", on=date(2026, 2, 2), summary="half days", labels=[]),
        PlanAssessment(id="a4", kind="interview", title="Home", on=date(2026, 2, 2), labels=[]),
        PlanAssessment(id="a6", kind="interview", title="Money", on=date(2026, 3, 9), summary="later", labels=[]),
        PlanAssessment(id="a5", kind="interview", title="Old", status="ended", labels=[]),
    ],
    decisions=[
        SharedDecision(
            id="d1", question="Begin tablets?", options=OPTIONS, choice="wait", reason="she wants to try walking",
            on=date(2026, 1, 12), again=date(2026, 6, 1), status="active", labels=[],
            stances=[
                Stance(member="lee", says="disagrees", words="too low for that"), Stance(member="anna", says="agrees"),
            ],
        ),
        SharedDecision(
            id="d2", question="Move?", options=[*OPTIONS], labels=[], wanted_role="shared",
            stances=[Stance(member="anna", says="agrees")], matters=["near her daughter"],
        ),
        SharedDecision(id="d3", question="Sick leave?", options=OPTIONS, choice="go", status="ended", labels=[]),
        SharedDecision(id="d4", question="Phone or clinic?", options=OPTIONS, choice="go", status="active", labels=[]),
    ],
    education=[
        Education(id="e1", topic="why walking helps", labels=[]).teach(on=date(2026, 2, 1), understanding="partly"),
        Education(id="e2", topic="the tablets", labels=[]),
        Education(id="e3", topic="warning signs", audience="her sister", labels=[]),
        Education(id="e4", topic="sleep", labels=[]).teach(on=date(2026, 2, 1), understanding="understood"),
        Education(id="e6", topic="breathing", labels=[])
        .teach(on=date(2026, 3, 8), understanding="not-yet")
        .teach(on=date(2026, 3, 9), understanding="understood"),
        Education(id="e5", topic="old", status="ended", labels=[]),
    ],
)  # fmt: skip


def consent(*about: str) -> Consent:
    """Permit the clinic to see ordinary content, and content of these categories."""
    clauses = [Clause(id="1", decision="permit", to=[Recipient(organisation="clinic")], purposes=["TREAT"])]
    if about:
        clauses.append(
            Clause(
                id="2", decision="permit", to=[Recipient(organisation="clinic")], purposes=["TREAT"], categories=about
            )
        )
    return Consent(id="C", patient="anna", signed=date(2025, 6, 1), clauses=clauses)


def reader(*about: str, **more: Any) -> Reader:
    """Give Holm, who asks for treatment."""
    given: dict[str, Any] = {"consents": [consent(*about)], "team": Team([HOLM, LEE, ANNA]), **more}
    return Reader(member=HOLM, purpose="TREAT", on=ON, **given)


def told(plan: CarePlan = PLAN, *about: str, **more: Any) -> Briefing:
    """Brief Holm, who may see mental health."""
    return briefing(plan, reader=reader("MH", *about), **more)


def test_each_section_says_what_the_plan_holds() -> None:
    """What is over is left out, and what is open is told with who holds it."""
    found = told(through=date(2026, 4, 1))
    assert (found.plan, found.person, found.on, found.title) == ("plan-0001", "anna", ON, "Anna's plan")
    assert found.section("matters") == ("My daughter's wedding", "No calls before ten")
    assert found.section("strengths") == ("A garden", "Drives a car")
    assert found.section("needs") == (
        "Low mood (mental)",
        "A flat (social); for now nothing is done about it: first the wedding",
        "Work, 2026-02-02: half days",
    )
    assert found.section("goals") == (
        "Get out again: active; improving; level -1: indoors; due 2026-06-01; for it: Walks (in-progress)",
        "Sleep: accepted; nobody has said how near it is; no activity is listed for it",
    )
    assert found.section("decided") == (
        "Begin tablets? Wait., on 2026-01-12, because she wants to try walking; to be looked at again on 2026-06-01",
        "Phone or clinic? Begin.",
    )
    assert found.section("open") == (
        f"To be decided: Move?; not recorded yet: {', '.join(PLAN.decisions[1].missing)}",
        "why walking helps: partly understood",
        "breathing: not understood yet",
        "To be found out: Sleep diary",
        "To be found out: Money",
        "Call was due on 2026-03-01, to be done; it is not-started (follow-up)",
    )
    assert found.section("coming") == ("Plan review is due on 2026-03-31; never done so far (holm)",)
    assert found.section("changed") == ()
    assert found.section("questions") == (
        "lee has not said whether they agree (Get out again)",
        "How near is 'Sleep'?",
        "lee disagrees (Begin tablets?): too low for that",
        "Does the person understand the tablets?",
        "Does her sister understand warning signs?",
    )


def test_lines_name_the_part_they_come_from() -> None:
    """By its id in views; what comes from the plan as a whole names none."""
    found = told(through=date(2026, 4, 1))
    places = {item.words.partition(":")[0].partition(" (")[0]: item.place for item in found.items}
    assert places["My daughter's wedding"] == ""
    assert places["Low mood"] == "needs.need-0001"
    assert places["Get out again"] == "goals.goal-0001"
    assert places["Sleep"] == "goals.goal-0002"
    assert places["No calls before ten"] == "statements.statement-0001"
    assert places["Call was due on 2026-03-01, to be done; it is not-started"] == "activities.activity-0003"
    assert places["Plan review is due on 2026-03-31; never done so far"] == "reviews.review-0001"
    assert places["To be found out"] == "assessments.assessment-0005"
    assert places["why walking helps"] == "education.education-0001"
    assert places["To be decided"] == "decisions.decision-0002"
    assert places["lee disagrees"] == "decisions.decision-0001"
    assert places["lee has not said whether they agree"] == "goals.goal-0001"
    assert places["How near is 'Sleep'?"] == "goals.goal-0002"
    assert places["Does the person understand the tablets?"] == "education.education-0002"


def test_it_reads_as_plain_text() -> None:
    """Section by section; a section that says nothing is not there."""
    small = attrs.evolve(CarePlan(id="p", person="anna", created=ON, labels=[]), matters=["The sea"])
    assert str(told(small)) == "Care plan, 2026-03-08\n\nWhat matters to the person\n- The sea"
    text = str(told())
    assert text.startswith("Anna's plan, 2026-03-08\n\nWhat matters to the person\n- My daughter's wedding\n- No calls")
    assert text.index("What is open") < text.index("Questions")
    assert "What is coming" not in text


def test_nothing_is_looked_ahead_to_unless_asked() -> None:
    """The reader's own day is the last; a day before it is refused."""
    assert told().section("coming") == ()
    with pytest.raises(DataError, match="2026-03-07 is before 2026-03-08"):
        told(through=date(2026, 3, 7))


# what has changed


def later() -> CarePlan:
    """Revise the plan: a goal, a new activity, and what matters."""
    return PLAN.revise(
        by="holm",
        on=date(2026, 2, 20),
        reason="talked",
        goals=[attrs.evolve(PLAN.goal("sleep"), priority="high").move("active")],
        activities=[Activity(id="tea", kind="self-management", title="No coffee", goals="sleep", labels=[])],
        matters=["The sea"],
    )


def test_what_changed_since_a_day_is_told_by_name() -> None:
    """New parts, and which fields of the others; nothing since a day after that."""
    found = told(later(), since=date(2026, 2, 19))
    assert found.section("changed") == ("the plan's matters", "Sleep: priority, lifecycle", "No coffee: new")
    places = [item.place for item in found.items if item.section == "changed"]
    assert places == ["", "goals.goal-0002", "activities.activity-0004"]
    assert told(later(), since=date(2026, 2, 20)).section("changed") == ()
    assert told(later()).section("changed") == ()
    assert told(later(), since=date(2026, 1, 4)).section("changed") == ("all of it is new",)


# what the reader may see


def test_what_the_reader_may_not_see_is_not_told() -> None:
    """Neither a need nor what depends on it, nor what is due; whoever discloses keeps what was left out."""
    hidden = attrs.evolve(
        PLAN,
        needs=[*PLAN.needs, Need(id="drink", domain="substance-use", title="Drinking", labels=["SUD"])],
        activities=[
            *PLAN.activities,
            Activity(id="aa", kind="social", title="Meetings", due=date(2026, 3, 1), labels=["SUD"]),
        ],
    )
    assert told(hidden) == told()
    found = disclose_briefing(hidden, reader("MH"))
    assert found.view == told()
    assert {each.element for each in found.withheld} == {"needs.drink", "activities.aa"}
    assert found.attention == ("activities.aa is overdue and not shown",)
    assert "Drinking (substance-use)" in told(hidden, "SUD").section("needs")


def test_of_a_plan_that_is_not_there_for_the_reader_nothing_is_told() -> None:
    """The error is the one for a plan that nobody knows of; the record has no view."""
    nobody = reader(consents=[])
    with pytest.raises(UnknownIdError, match="there is no plan 'asked for'"):
        briefing(PLAN, reader=nobody)
    assert disclose_briefing(PLAN, nobody).view is None


SENT = Referral(
    id="r1",
    person="anna",
    service="advice",
    title="Housing advice",
    plan="p1",
    steps=[ReferralStep(status="sent", on=date(2026, 2, 1), by="holm")],
    labels=[],
)


def test_open_referrals_are_told() -> None:
    """As far as the reader may see them; what has taken too long says so."""
    secret = attrs.evolve(SENT, id="r2", title="Detox", labels=["SUD"])
    closed = attrs.evolve(SENT, id="r3", title="Food").move("received", on=date(2026, 2, 3))
    found = told(referrals=[SENT, secret, closed], limits={"sent": "P2W"})
    lines = [item for item in found.items if item.place.startswith("referrals.")]
    assert [(item.section, item.place) for item in lines] == [("open", "referrals.referral-0001")]
    assert lines[0].words.startswith("Housing advice has been sent since 2026-02-01, too long since 2026-02-16")
    assert "Detox" not in str(found)
    assert "Detox" in str(told(PLAN, "SUD", referrals=[secret]))


def test_a_referral_of_somebody_else_is_refused() -> None:
    """So is a consent of somebody else."""
    with pytest.raises(DataError, match="somebody whom the plan is not for"):
        told(referrals=[attrs.evolve(SENT, person="berta")])
    with pytest.raises(DataError, match="somebody whom the value is not about"):
        briefing(PLAN, reader=reader(consents=[attrs.evolve(consent(), patient="berta")]))


def test_questions_of_others_are_asked_as_far_as_the_reader_may_see_them() -> None:
    """Last, in the order given; text that says what is withheld is named to whoever discloses."""
    asked = [
        CaseQuestion(id="q1", words="Is the dose right?", labels=[]),
        CaseQuestion(id="q2", words="Does she drink again?", labels=["SUD"]),
    ]
    assert told(questions=asked).section("questions")[-1] == "Is the dose right?"
    assert told(PLAN, "SUD", questions=asked).section("questions")[-2:] == (
        "Is the dose right?",
        "Does she drink again?",
    )
    plan = attrs.evolve(
        PLAN, needs=[*PLAN.needs, Need(id="x", domain="substance-use", title="Drinking", labels=["SUD"])]
    )
    loose = [CaseQuestion(id="q1", words="And the drinking?", labels=[])]
    assert disclose_briefing(plan, reader("MH"), questions=loose).suspected == (
        "questions.q1 contains a word of needs.x",
    )
    assert BriefingItem(section="questions", words="And the drinking?") in told(plan, questions=loose).items
