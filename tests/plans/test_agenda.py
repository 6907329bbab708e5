from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord.errors import DataError
from carecoord.plans import (
    Activity,
    ActivityStatus,
    AgendaItem,
    CarePlan,
    Done,
    Education,
    Goal,
    Owner,
    PlanAssessment,
    PlanStatus,
    Recurrence,
    Referral,
    ReferralStep,
    Review,
    ReviewCycle,
    SafetyPlan,
    SharedDecision,
    agenda,
)
from carecoord.testing import care_plans
from carecoord.testing._plans import days

ON = date(2026, 3, 8)
MONTHLY = Review(
    id="monthly",
    cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D"),
    owner=Owner(duty="own-plan"),
)
PLAN = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    status="active",
    goals=[Goal(id="mood", statement="Enjoy my garden again", due=date(2026, 3, 1), lifecycle="active")],
    activities=[
        Activity(id="lipids", kind="test", title="Lipids", due=date(2026, 3, 8), owner=Owner(member="holm")),
        Activity(
            id="group",
            kind="treatment",
            title="Group",
            schedule=ReviewCycle(anchor=date(2026, 3, 2), every="FREQ=WEEKLY;BYDAY=MO;COUNT=4"),
        ),
    ],
    reviews=[MONTHLY.record(on=date(2026, 1, 30))],
)


def listed(items: tuple[AgendaItem, ...]) -> list[tuple[str, str, str]]:
    """Give what is listed, how it stands and when it is due."""
    return [(item.id, item.state, str(item.due)) for item in items]


def test_everything_due_is_listed_the_most_pressing_first() -> None:
    """Overdue before due before coming, the earliest first; each with its owner and its reason."""
    items = agenda([PLAN], on=ON, through=date(2026, 3, 31))
    assert listed(items) == [
        ("monthly", "overdue", "2026-02-28"),
        ("mood", "overdue", "2026-03-01"),
        ("group", "overdue", "2026-03-02"),
        ("lipids", "due", "2026-03-08"),
        ("group", "upcoming", "2026-03-09"),
        ("group", "upcoming", "2026-03-16"),
        ("group", "upcoming", "2026-03-23"),
        ("monthly", "upcoming", "2026-03-31"),
    ]
    assert [item.because for item in items] == [
        "monthly was due on 2026-02-28 and has been overdue since 2026-03-08; last done on 2026-01-30",
        "Enjoy my garden again was due on 2026-03-01, to be reached; nobody has said how near it is",
        "Group was due on 2026-03-02 and has been overdue since 2026-03-03; never done so far",
        "Lipids is due on 2026-03-08, to be done; it is not-started",
        "Group is due on 2026-03-09",
        "Group is due on 2026-03-16",
        "Group is due on 2026-03-23",
        "monthly is due on 2026-03-31",
    ]
    assert [item.owner for item in items[:4]] == [Owner(duty="own-plan"), None, None, Owner(member="holm")]
    assert [item.kind for item in items[:5]] == ["review", "goal", "activity", "activity", "activity"]
    assert items[-1].kind == "review"
    first = items[0]
    assert (first.plan, first.person, first.kind) == ("p1", "A", "review")
    assert (first.scheduled, first.overdue_from) == (date(2026, 2, 28), date(2026, 3, 8))
    assert (items[3].scheduled, items[3].overdue_from) == (date(2026, 3, 8), date(2026, 3, 9))


def test_what_is_done_once_comes_before_it_is_due() -> None:
    """A goal and a test that fall due within the days looked ahead to are coming, each with its reason."""
    once = attrs.evolve(
        PLAN, reviews=[], activities=[PLAN.activity("group").move("cancelled"), PLAN.activity("lipids")]
    )
    items = agenda([once], on=date(2026, 2, 1), through=date(2026, 3, 8))
    assert [(item.kind, item.state, item.because) for item in items] == [
        (
            "goal",
            "upcoming",
            "Enjoy my garden again is due on 2026-03-01, to be reached; nobody has said how near it is",
        ),
        ("activity", "upcoming", "Lipids is due on 2026-03-08, to be done; it is not-started"),
    ]
    assert [item.id for item in agenda([once], on=date(2026, 2, 1), through=date(2026, 3, 7))] == ["mood"]


def test_without_a_last_day_only_that_day_is_looked_at() -> None:
    """What is due on the day and what is overdue; nothing that is still to come."""
    assert listed(agenda([PLAN], on=ON)) == listed(agenda([PLAN], on=ON, through=ON))
    assert [item.id for item in agenda([PLAN], on=ON)] == ["monthly", "mood", "group", "lipids"]
    assert agenda([PLAN], on=date(2026, 1, 29)) == ()
    assert agenda([], on=ON) == ()
    with pytest.raises(DataError, match="2026-03-07 is before 2026-03-08"):
        agenda([PLAN], on=ON, through=date(2026, 3, 7))


def test_a_review_within_its_grace_is_due() -> None:
    """The reason says since when, and when it will be overdue."""
    (item,) = agenda([attrs.evolve(PLAN, goals=[], activities=[])], on=date(2026, 3, 7))
    assert (item.state, item.because) == (
        "due",
        "monthly has been due since 2026-02-28 and is overdue from 2026-03-08; last done on 2026-01-30",
    )


def test_what_comes_first_says_when_it_was_last_done() -> None:
    """The outstanding review that is still to come names the last one done; the title stands for the id."""
    titled = attrs.evolve(PLAN, goals=[], activities=[], reviews=[attrs.evolve(PLAN.reviews[0], title="Plan review")])
    (item,) = agenda([titled], on=date(2026, 2, 27), through=date(2026, 2, 28))
    assert (item.state, item.because) == ("upcoming", "Plan review is due on 2026-02-28; last done on 2026-01-30")


def test_what_was_done_after_the_day_asked_about_is_not_seen() -> None:
    """Yesterday's agenda can be made again tomorrow."""
    later = attrs.evolve(PLAN, reviews=[PLAN.reviews[0].record(on=date(2026, 3, 9))])
    assert agenda([later], on=ON) == agenda([PLAN], on=ON)
    assert "monthly" not in [item.id for item in agenda([later], on=date(2026, 3, 9))]


@pytest.mark.parametrize(
    ("status", "ids"),
    [
        ("draft", set[str]()),
        ("active", {"monthly", "mood", "lipids", "group"}),
        ("on-hold", {"monthly"}),
        ("unknown", {"monthly", "mood", "lipids", "group"}),
        ("completed", set[str]()),
        ("revoked", set[str]()),
        ("entered-in-error", set[str]()),
    ],
)
def test_what_a_plan_asks_for_follows_its_status(status: PlanStatus, ids: set[str]) -> None:
    """On hold, it is looked at again; of unknown status, it is not taken to be over; else it asks for nothing."""
    items = agenda([attrs.evolve(PLAN, status=status)], on=ON)
    assert {item.id for item in items} == ids
    assert all(item.because.endswith("; the status of the plan is unknown") is (status == "unknown") for item in items)


def test_only_what_is_agreed_is_listed() -> None:
    """A proposal and an option ask nothing of anyone; an order does."""
    counts = {
        intent: len(agenda([attrs.evolve(PLAN, intent=intent)], on=ON))
        for intent in ("proposal", "plan", "order", "option")
    }
    assert counts == {"proposal": 0, "plan": 4, "order": 4, "option": 0}


def test_goals_are_listed_while_they_are_pursued_and_not_reached() -> None:
    """Both axes count: lifecycle accepted or active, achievement neither achieved nor sustaining."""
    goal = PLAN.goals[0]
    for lifecycle, achievement, expected in (
        ("accepted", None, 1),
        ("active", "improving", 1),
        ("active", "not-achieved", 1),
        ("active", "achieved", 0),
        ("active", "sustaining", 0),
        ("proposed", None, 0),
        ("planned", None, 0),
        ("on-hold", None, 0),
        ("completed", "not-achieved", 0),
        ("cancelled", None, 0),
    ):
        changed: Any = {"lifecycle": lifecycle, "achievement": achievement}
        plan = attrs.evolve(PLAN, goals=[attrs.evolve(goal, **changed)], activities=[], reviews=[])
        assert len(agenda([plan], on=ON)) == expected, changed
    improving = attrs.evolve(PLAN, goals=[goal.move(achievement="improving")], activities=[], reviews=[])
    assert agenda([improving], on=ON)[0].because.endswith("to be reached; it is improving")


def test_activities_are_listed_while_they_are_open() -> None:
    """Not begun, scheduled, in progress or unknown; what is on hold or over is not."""
    expected = {"not-started": 2, "scheduled": 2, "in-progress": 2, "unknown": 2}
    for status in get_args(ActivityStatus):
        activities = [attrs.evolve(activity, status=status) for activity in PLAN.activities]
        items = agenda([attrs.evolve(PLAN, goals=[], reviews=[], activities=activities)], on=ON)
        assert len(items) == expected.get(status, 0), status


def test_a_cycle_that_is_over_is_not_listed() -> None:
    """After its last time nothing is outstanding."""
    group = PLAN.activity("group")
    for day in (2, 9, 16, 23):
        group = group.record(on=date(2026, 3, day))
    over = attrs.evolve(PLAN, goals=[], reviews=[], activities=[group])
    assert agenda([over], on=date(2026, 4, 1), through=date(2027, 4, 1)) == ()


@given(
    plans=st.lists(
        care_plans(status=st.sampled_from(["active", "on-hold", "unknown"])), max_size=3, unique_by=lambda plan: plan.id
    ),
    on=days(),
    ahead=st.integers(0, 60),
    data=st.data(),
)
@settings(max_examples=25)
def test_an_agenda_does_not_depend_on_the_order_of_the_plans(
    plans: list[CarePlan], on: date, ahead: int, data: st.DataObject
) -> None:
    """The same plans in any order give the same list, and each item lies in the days asked about."""
    through = on + timedelta(days=ahead)
    items = agenda(plans, on=on, through=through)
    assert agenda(data.draw(st.permutations(plans)), on=on, through=through) == items
    for item in items:
        assert item.due <= through
        over = item.overdue_from or date.max
        expected = "upcoming" if on < item.due else "due" if on < over else "overdue"
        assert item.state == expected
    ranks = [("overdue", "due", "upcoming").index(item.state) for item in items]
    assert ranks == sorted(ranks)
    assert len({(item.plan, item.kind, item.id, item.scheduled) for item in items}) == len(items)


@given(
    plans=st.lists(care_plans(status=st.just("active")), max_size=2, unique_by=lambda plan: plan.id),
    on=days(),
    ahead=st.integers(0, 60),
    more=st.integers(0, 60),
)
@settings(max_examples=25)
def test_looking_further_ahead_only_adds(plans: list[CarePlan], on: date, ahead: int, more: int) -> None:
    """What falls due within a month falls due within two."""
    near = agenda(plans, on=on, through=on + timedelta(days=ahead))
    far = agenda(plans, on=on, through=on + timedelta(days=ahead + more))
    assert [item for item in far if item.due <= on + timedelta(days=ahead)] == list(near)


def other_parts(**given: Any) -> CarePlan:
    """Give an active plan of these parts."""
    return CarePlan(id="p", person="a", created=date(2026, 1, 1), status="active", **given)


def test_assessments_are_listed_until_they_are_made() -> None:
    """By their due day, while they hold and nobody made them by the day asked about."""
    assessment = PlanAssessment(id="bloods", kind="examination", title="Blood test", due=date(2026, 3, 2))
    (item,) = agenda([other_parts(assessments=[assessment])], on=date(2026, 3, 3))
    assert (item.kind, item.state, item.overdue_from) == ("assessment", "overdue", date(2026, 3, 3))
    assert item.because == "Blood test was due on 2026-03-02, to be made"
    made = attrs.evolve(assessment, on=date(2026, 3, 3))
    assert agenda([other_parts(assessments=[made])], on=date(2026, 3, 3)) == ()
    assert len(agenda([other_parts(assessments=[made])], on=date(2026, 3, 2))) == 1
    assert agenda([other_parts(assessments=[attrs.evolve(assessment, status="ended")])], on=date(2026, 3, 3)) == ()


def test_decisions_are_looked_at_again() -> None:
    """On the day that was agreed, until somebody did so, from that day on or for that day."""
    decision = SharedDecision(id="d", question="How to go on?", again=date(2026, 3, 2))
    (item,) = agenda([other_parts(decisions=[decision])], on=date(2026, 3, 1), through=date(2026, 3, 2))
    assert (item.kind, item.state, item.because) == (
        "decision", "upcoming", "How to go on? is due on 2026-03-02, to be looked at again",
    )  # fmt: skip
    cases = {
        Done(on=date(2026, 3, 1)): 1,
        Done(on=date(2026, 3, 1), scheduled=date(2026, 3, 2)): 0,
        Done(on=date(2026, 3, 2)): 0,
        Done(on=date(2026, 3, 2), outcome="missed"): 1,
        Done(on=date(2026, 3, 9)): 1,
    }
    for done, count in cases.items():
        looked = attrs.evolve(decision, done=[done])
        assert len(agenda([other_parts(decisions=[looked])], on=date(2026, 3, 8))) == count, done


def test_what_is_to_be_explained_is_listed_until_it_was() -> None:
    """Explained once by the day asked about, it is done; whether it was understood is another question."""
    education = Education(id="e", topic="Blood tests", due=date(2026, 3, 2))
    (item,) = agenda([other_parts(education=[education])], on=date(2026, 3, 2))
    assert (item.kind, item.state, item.because) == (
        "education", "due", "Blood tests is due on 2026-03-02, to be explained",
    )  # fmt: skip
    assert agenda([other_parts(education=[education.teach(on=date(2026, 3, 2))])], on=date(2026, 3, 2)) == ()
    assert len(agenda([other_parts(education=[education.teach(on=date(2026, 3, 3))])], on=date(2026, 3, 2))) == 1


def test_a_safety_plan_that_was_used_is_looked_at() -> None:
    """From the day it was used until it was looked at on that day or later."""
    safety = SafetyPlan(id="s", title="When it gets dark", used=[Done(on=date(2026, 3, 2))])
    (item,) = agenda([other_parts(safety_plans=[safety])], on=date(2026, 3, 4))
    assert (item.kind, item.state, item.due, item.overdue_from) == ("safety-plan", "due", date(2026, 3, 2), None)
    assert item.because == "When it gets dark was used on 2026-03-02, and nobody has looked at it since"
    assert agenda([other_parts(safety_plans=[safety])], on=date(2026, 3, 1), through=date(2026, 3, 9)) == ()
    looked = attrs.evolve(safety, done=[Done(on=date(2026, 3, 2))])
    assert agenda([other_parts(safety_plans=[looked])], on=date(2026, 3, 4)) == ()


def test_open_referrals_are_listed_by_their_limits() -> None:
    """Too long is overdue, waiting is upcoming on the last day that is in time, and one without a limit is due."""
    sent = [ReferralStep(status="sent", on=date(2026, 3, 2))]
    referral = Referral(id="r", person="a", service="housing", title="Housing advice", steps=sent)

    def found(on: date, through: date | None = None, **limits: Any) -> list[tuple[str, str, str]]:
        items = agenda([], on=on, through=through, referrals=[referral], **limits)
        return [(item.state, str(item.due), str(item.overdue_from)) for item in items]

    limits: dict[str, Any] = {"limits": {"sent": "P2W"}}
    assert found(date(2026, 3, 17), **limits) == [("overdue", "2026-03-16", "2026-03-17")]
    assert found(date(2026, 3, 15), **limits) == []
    assert found(date(2026, 3, 15), date(2026, 3, 16), **limits) == [("upcoming", "2026-03-16", "2026-03-17")]
    assert found(date(2026, 3, 16), **limits) == [("due", "2026-03-16", "2026-03-17")]
    assert found(date(2026, 3, 3)) == [("due", "2026-03-02", "None")]
    (item,) = agenda([], on=date(2026, 3, 3), referrals=[referral])
    assert (item.kind, item.id, item.plan, item.owner) == ("referral", "r", "", Owner(duty="track-referral"))
    assert (item.person, item.key) == ("a", "referral.r@2026-03-02")
    assert agenda([], on=date(2026, 4, 3), referrals=[referral.move("received", on=date(2026, 3, 9))]) == ()


def test_an_activity_is_listed_for_the_days_it_goes_on() -> None:
    """Its schedule asks for nothing before its first day or after its last."""
    weekly = ReviewCycle(anchor=date(2026, 3, 2), every="P1W", also=[Recurrence(anchor=date(2026, 3, 5), every="P1W")])
    walk = Activity(
        id="w", kind="social", title="Walk", schedule=weekly, since=date(2026, 3, 4), until=date(2026, 3, 16)
    )
    items = agenda([other_parts(activities=[walk])], on=date(2026, 3, 1), through=date(2026, 4, 30))
    assert [str(item.due) for item in items] == ["2026-03-05", "2026-03-09", "2026-03-12"]
    over = attrs.evolve(walk, since=None, until=date(2026, 3, 1))
    assert agenda([other_parts(activities=[over])], on=date(2026, 3, 1), through=date(2026, 4, 30)) == ()
