from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, StatusError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Activity,
    CarePlan,
    CommunityResource,
    DecisionOption,
    Done,
    Goal,
    Need,
    OpenWork,
    Owner,
    Referral,
    ReferralStep,
    Review,
    ReviewCycle,
    SharedDecision,
    WorkDecision,
    preview,
)

MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
QUARTERLY = ReviewCycle(anchor=date(2026, 6, 30), every="P3M", grace="P7D")
PLAN = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    status="active",
    needs=[Need(id="low-mood", domain="mental"), Need(id="debt", domain="social")],
    resources=[CommunityResource(id="advice", name="Debt advice")],
    goals=[
        Goal(id="mood", statement="Enjoy my garden again", lifecycle="active", needs=["low-mood"]),
        Goal(id="letters", statement="Open my letters", lifecycle="active"),
    ],
    activities=[
        Activity(
            id="talk", kind="treatment", title="Talks", goals=["mood"], status="in-progress", owner=Owner(duty="x")
        ),
        Activity(id="walk", kind="self-management", title="Walks", goals=["mood", "letters"], status="scheduled"),
        Activity(id="later", kind="education", title="Sleep", goals=["mood"]),
    ],
    reviews=[Review(id="monthly", title="Plan review", cycle=MONTHLY)],
    decisions=[SharedDecision(id="tablets", question="Tablets?", needs=["low-mood"])],
)
TALK, REVIEW = PLAN.activity("talk"), PLAN.review("monthly")
WHO: Any = {"by": "lee", "on": date(2026, 3, 2), "reason": "agreed"}


def touched(plan: CarePlan = PLAN, *, on: date = WHO["on"], **changes: Any) -> dict[str, str]:
    """Say what a change touches, and how."""
    return {each.place: each.because for each in preview(plan, on=on, **changes).open_work}


def with_goal(lifecycle: Any, id: str = "mood") -> list[Goal]:
    """Move a goal."""
    return [PLAN.goal(id).move(lifecycle)]


def test_a_change_that_touches_no_open_work_asks_nothing() -> None:
    """Words, records, labels, a new part, work that was not handed out, and moves of work itself."""
    assert touched(title="Spring", strengths=["x"], needs=[Need(id="new", domain="social")]) == {}
    assert (
        touched(activities=[TALK.record(on=date(2026, 3, 1)), attrs.evolve(PLAN.activity("later"), title="Nights")])
        == {}
    )
    free = attrs.evolve(TALK, labels=["MH"], reason="x", results=["r1"], preference="accepted")
    assert touched(activities=[free]) == {}
    assert touched(activities=[TALK.move("completed")], goals=with_goal("completed")) == {}
    assert touched(activities=[TALK.move("on-hold")]) == {}
    assert touched(reviews=[attrs.evolve(REVIEW, title="Look", owner=Owner(duty="own-plan"))]) == {}
    assert touched(goals=with_goal("on-hold")) == {}
    answered = attrs.evolve(PLAN.decisions[0], matters=["to sleep"])
    assert touched(decisions=[answered]) == {}


def test_the_end_of_a_plan_touches_all_that_is_open() -> None:
    """Activities that were handed out, what is due, and what is undecided; not what never began."""
    for status in ("completed", "revoked", "entered-in-error"):
        assert touched(status=status) == dict.fromkeys(
            ["activities.talk", "activities.walk", "reviews.monthly", "decisions.tablets"], f"the plan is {status}"
        )
    assert "reviews.monthly" not in touched(on=date(2026, 1, 30), status="completed")
    assert "reviews.monthly" in touched(on=date(2026, 1, 31), status="completed")


def test_a_plan_on_hold_touches_activities_alone() -> None:
    """Reviews are listed all the same, and a decision can wait."""
    why = "the plan is put on hold"
    assert touched(status="on-hold") == {"activities.talk": why, "activities.walk": why}
    held = PLAN.revise(**WHO, status="on-hold", work=[each.keep() for each in preview(PLAN, **ON_HOLD).open_work])
    assert touched(held, title="x") == {}
    assert set(touched(held, status="revoked")) == set(touched(status="revoked"))


ON_HOLD: Any = {"on": WHO["on"], "status": "on-hold"}


def test_a_plan_that_is_not_in_force_has_handed_nothing_out() -> None:
    """Neither a draft nor a proposal asks about work."""
    for plan in (attrs.evolve(PLAN, status="draft"), attrs.evolve(PLAN, intent="proposal")):
        assert touched(plan, status="revoked") == {}
        assert touched(plan, reviews=[attrs.evolve(REVIEW, cycle=QUARTERLY)]) == {}
    assert touched(attrs.evolve(PLAN, status="unknown"), status="revoked") != {}
    assert touched(attrs.evolve(PLAN, intent="order"), status="revoked") != {}


def test_work_is_touched_when_all_it_is_for_ends() -> None:
    """A goal of two leaves it alone until the other ends, too; what had ended before does not touch it again."""
    assert touched(goals=with_goal("cancelled")) == {"activities.talk": "goals.mood ended"}
    both = [*with_goal("completed"), *with_goal("cancelled", "letters")]
    assert touched(goals=both) == {
        "activities.talk": "goals.mood ended",
        "activities.walk": "goals.mood and goals.letters ended",
    }
    one = PLAN.revise(**WHO, goals=with_goal("completed"), work=[WorkDecision(place="activities.talk", choice="keep")])
    assert touched(one, goals=with_goal("cancelled", "letters")) == {
        "activities.walk": "goals.mood and goals.letters ended"
    }
    assert touched(one, title="x") == {}
    assert touched(needs=[PLAN.need("low-mood").move("resolved")]) == {"decisions.tablets": "needs.low-mood ended"}
    given = attrs.evolve(PLAN, activities=[attrs.evolve(TALK, goals=(), resource="advice")])
    assert touched(given, resources=[PLAN.resources[0].move("ended")]) == {"activities.talk": "resources.advice ended"}


def test_work_is_touched_when_it_is_not_what_was_handed_out() -> None:
    """What it is, when and by whom; the fields are named."""
    other = attrs.evolve(TALK, title="Talks by phone", owner=None, done=[Done(on=date(2026, 3, 1))])
    assert touched(activities=[other]) == {"activities.talk": "it changes in title, owner"}
    (work,) = preview(PLAN, on=WHO["on"], activities=[other]).open_work
    assert work == OpenWork(
        place="activities.talk",
        title="Talks",
        state="in-progress",
        owner=Owner(duty="x"),
        because="it changes in title, owner",
    )
    assert str(work) == "Talks is in-progress, and it changes in title, owner"


def test_undecided_work_is_refused_with_what_would_do() -> None:
    """Each by its place, and all at once; none of the plan's words."""
    with pytest.raises(DataError) as raised:
        PLAN.revise(**WHO, status="completed", work=[WorkDecision(place="activities.walk", choice="keep")])
    asks = "decide in work= whether to keep it, cancel it with a reason, or replace it"
    assert str(raised.value).splitlines() == [
        "open work: 3 faults",
        f"  activities.talk: it is in-progress, and the plan is completed: {asks}",
        f"  reviews.monthly: it is overdue, and the plan is completed: {asks}",
        f"  decisions.tablets: it is open, and the plan is completed: {asks}",
    ]


def test_what_is_decided_is_carried_out_and_kept_in_the_history() -> None:
    """Cancelled work stops or is withdrawn, replaced work too, and kept work goes on."""
    group = Activity(id="group", kind="treatment", title="Group", goals=["letters"])
    changes: Any = {"goals": [*with_goal("completed"), *with_goal("cancelled", "letters")], "activities": [group]}
    talk, walk = preview(PLAN, on=WHO["on"], **changes).open_work
    work = [talk.replace("activities.group", "in company"), walk.cancel("it is winter")]
    after = PLAN.revise(**WHO, work=work, **changes)
    assert [(each.id, each.status, each.reason) for each in after.activities] == [
        ("talk", "stopped", "in company"),
        ("walk", "cancelled", "it is winter"),
        ("later", "not-started", ""),
        ("group", "not-started", ""),
    ]
    assert after.history[-1].work == tuple(work)
    assert after.at_version(1) == PLAN
    assert loads(dumps(after)) == after
    kept = PLAN.revise(**WHO, work=[talk.keep("she wants to"), walk.keep()], **changes)
    assert [each.status for each in kept.activities] == ["in-progress", "scheduled", "not-started", "not-started"]
    assert kept.history[-1].work[0].reason == "she wants to"
    paused = attrs.evolve(PLAN, activities=[attrs.evolve(TALK, status="on-hold")])
    stopped = paused.revise(**WHO, work=[talk.cancel("x")], goals=with_goal("completed"))
    assert stopped.activity("talk").status == "stopped"


def test_an_open_decision_ends_with_the_plan() -> None:
    """One that is due to be looked at again is open, too."""
    (work,) = (each for each in preview(PLAN, **END).open_work if each.place == "decisions.tablets")
    assert (work.state, work.title) == ("open", "Tablets?")
    rest = [each.cancel("over") for each in preview(PLAN, **END).open_work if each != work]
    assert PLAN.revise(**WHO, status="completed", work=[work.cancel("over"), *rest]).decisions[0].status == "ended"
    assert PLAN.revise(**WHO, status="completed", work=[work.keep(), *rest]).decisions[0].status == "draft"
    reached = SharedDecision(
        id="tablets",
        question="Tablets?",
        options=[DecisionOption(id="wait", title="wait")],
        choice="wait",
        status="active",
        again=date(2026, 3, 2),
    )
    due = attrs.evolve(PLAN, decisions=[reached])
    assert "decisions.tablets" in touched(due, status="completed")
    assert "decisions.tablets" not in touched(due, on=date(2026, 3, 1), status="completed")
    looked = attrs.evolve(reached, done=[Done(on=date(2026, 3, 2))])
    assert "decisions.tablets" not in touched(due, status="completed", decisions=[looked])
    never = attrs.evolve(reached, again=None)
    assert "decisions.tablets" not in touched(attrs.evolve(PLAN, decisions=[never]), status="completed")


END: Any = {"on": WHO["on"], "status": "completed"}


def test_a_review_that_is_due_is_carried_over_to_another_cycle() -> None:
    """It stays due as the day it was scheduled for, and doing it goes on with the new cycle."""
    change: Any = {"reviews": [attrs.evolve(REVIEW, cycle=QUARTERLY)]}
    (work,) = preview(PLAN, on=WHO["on"], **change).open_work
    assert (work.state, work.scheduled) == ("overdue", date(2026, 1, 31))
    assert work.because == "the new cycle does not ask for it"
    review = PLAN.revise(**WHO, work=[work.keep()], **change).review("monthly")
    assert (review.standing(on=WHO["on"]).state, review.standing(on=WHO["on"]).due) == ("overdue", date(2026, 1, 31))
    assert [call.because for call in review.cycle.called] == ["open when the cycle changed"]
    done = review.record(on=date(2026, 3, 3))
    assert done.standing(on=date(2026, 3, 3)).due == date(2026, 6, 30)
    dropped = PLAN.revise(**WHO, work=[work.cancel("in hospital")], **change).review("monthly")
    assert (dropped.cycle, dropped.standing(on=WHO["on"]).due) == (QUARTERLY, date(2026, 6, 30))


def test_a_cycle_that_still_asks_for_the_review_asks_nothing() -> None:
    """For the same day, for an older one, or once a pause is over; nor where it is done by then, or not due yet."""
    assert touched(reviews=[attrs.evolve(REVIEW, cycle=attrs.evolve(MONTHLY, grace="P1D"))]) == {}
    older = ReviewCycle(anchor=date(2026, 1, 1), every="P1M")
    assert touched(reviews=[attrs.evolve(REVIEW, cycle=older)]) == {}
    paused = MONTHLY.pause(since=date(2026, 1, 20))
    assert touched(reviews=[attrs.evolve(REVIEW, cycle=paused)]) == {}
    moved = attrs.evolve(MONTHLY, adjust="following")
    assert touched(on=date(2026, 1, 31), reviews=[attrs.evolve(REVIEW, cycle=moved)]) == {}
    assert touched(reviews=[attrs.evolve(REVIEW.record(on=date(2026, 3, 1)), cycle=QUARTERLY)]) == {}
    assert touched(on=date(2026, 1, 30), reviews=[attrs.evolve(REVIEW, cycle=QUARTERLY)]) == {}
    done = attrs.evolve(PLAN, reviews=[REVIEW.record(on=date(2026, 1, 30))])
    yearly = ReviewCycle(anchor=date(2026, 1, 31), every="P1Y")
    assert touched(done, reviews=[attrs.evolve(done.review("monthly"), cycle=yearly)]) != {}
    later = ReviewCycle(anchor=date(2026, 2, 28), every="P1M")
    assert touched(reviews=[attrs.evolve(REVIEW, cycle=later)]) != {}


def test_a_review_of_what_ended_is_decided_and_may_be_left_out() -> None:
    """Cancelled, its days up to then are left out, called ones too, and the next one stays."""
    called = MONTHLY.call(on=date(2026, 2, 10), because="relapse").call(on=date(2026, 4, 1), because="her wish")
    of_mood = attrs.evolve(REVIEW, goals=["mood"], cycle=called)
    plan = attrs.evolve(PLAN, activities=[], reviews=[of_mood])
    (work,) = preview(plan, on=WHO["on"], goals=with_goal("completed")).open_work
    left = plan.revise(**WHO, goals=with_goal("completed"), work=[work.cancel("reached")]).review("monthly")
    assert left.standing(on=WHO["on"]).due == date(2026, 3, 31)
    assert [call.because for call in left.cycle.called] == ["her wish"]
    assert left.cycle.except_on == {date(2026, 1, 31), date(2026, 2, 10), date(2026, 2, 28)}
    kept = plan.revise(**WHO, goals=with_goal("completed"), work=[work.keep()]).review("monthly")
    assert kept == of_mood


def test_a_scheduled_activity_keeps_the_time_that_is_due() -> None:
    """Another schedule does not lose it, whether it has begun or not."""
    for status in ("not-started", "in-progress"):
        session = attrs.evolve(TALK, schedule=MONTHLY, status=status)
        plan = attrs.evolve(PLAN, activities=[session])
        change: Any = {"activities": [attrs.evolve(session, schedule=QUARTERLY)]}
        (work,) = preview(plan, on=WHO["on"], **change).open_work
        assert work.because == "the new cycle does not ask for it"
        after = plan.revise(**WHO, work=[work.keep()], **change).activity("talk").standing(on=WHO["on"])
        assert after is not None
        assert after.due == date(2026, 1, 31)
        ended = plan.revise(**WHO, work=[work.cancel("over")], **change).activity("talk").status
        assert ended == {"not-started": "cancelled", "in-progress": "stopped"}[status]


def referral(status: Any, **changes: Any) -> Referral:
    """Make a referral that stands like this."""
    steps = [ReferralStep(status=each, on=date(2026, 2, 1)) for each in dict.fromkeys(("sent", status))]
    fields: dict[str, Any] = {"plan": "p1", "need": "debt", "activity": "talk", "owner": Owner(duty="x"), **changes}
    return Referral(id="r1", person="A", service="s", title="Debt advice", steps=steps, **fields)


def test_open_referrals_are_work_of_the_plan() -> None:
    """Touched when the plan, the need or the activity ends, where the loop is open and it is this plan's."""
    resolved: Any = {"needs": [PLAN.need("debt").move("resolved")]}
    (work,) = preview(PLAN, on=WHO["on"], referrals=[referral("waitlisted")], **resolved).open_work
    assert (work.place, work.title, work.state) == ("referrals.r1", "Debt advice", "waitlisted")
    assert (work.because, work.owner) == ("needs.debt ended", Owner(duty="x"))
    with pytest.raises(DataError, match=r"referrals\.r1: it is waitlisted, and needs\.debt ended"):
        PLAN.revise(**WHO, referrals=[referral("waitlisted")], **resolved)
    after = PLAN.revise(**WHO, referrals=[referral("waitlisted")], work=[work.keep()], **resolved)
    assert after.history[-1].work == (work.keep(),)
    for other in (referral("received"), referral("sent", plan="p2"), referral("sent", need="low-mood")):
        assert touched(referrals=[other], **resolved) == {}
    assert touched(activities=[TALK.move("stopped")], referrals=[referral("sent")]) == {
        "referrals.r1": "activities.talk ended"
    }
    assert touched(referrals=[referral("sent", need=None)], status="revoked")["referrals.r1"] == "the plan is revoked"


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (
            {"place": "activities.tlak", "choice": "keep"},
            "activities.tlak: no open work that this touches, did you mean act",
        ),
        ({"place": "activities.later", "choice": "keep"}, "activities.later: no open work that this touches"),
        ({"place": "reviews.monthly", "choice": "keep"}, "reviews.monthly: a plan that is over asks for no review"),
        (
            {"place": "activities.walk", "choice": "replace", "by": "activities.grop"},
            "activities.walk: there is no activities.grop to replace it",
        ),
        (
            {"place": "activities.walk", "choice": "replace", "by": "activities.walk"},
            "activities.walk: there is no activities.walk to replace it",
        ),
        ({"place": "activities.talk", "choice": "keep"}, "activities.talk: it is decided twice"),
    ],
)
def test_decisions_that_cannot_be_are_refused(decision: Any, message: str) -> None:
    """About nothing that is touched, twice, or by what the plan does not hold."""
    left_out = "activities.walk" if decision["place"] == "activities.talk" else decision["place"]
    others = [each for each in preview(PLAN, **END).open_work if each.place != left_out]
    work = [*(each.cancel("over") for each in others), WorkDecision(**decision)]
    for ask in (lambda: PLAN.revise(**WHO, status="completed", work=work), lambda: preview(PLAN, **END, work=work)):
        with pytest.raises(DataError) as raised:
            ask()
        assert message in str(raised.value)


def test_work_may_be_replaced_by_that_of_another_plan() -> None:
    """The plan that goes on is named before its part."""
    work = [each.replace("plan-2/activities.x") for each in preview(PLAN, **END).open_work]
    after = PLAN.revise(**WHO, status="completed", work=work)
    assert {each.by for each in after.history[-1].work} == {"plan-2/activities.x"}
    assert after.activity("talk").status == "stopped"


def test_a_decision_says_why_or_by_what() -> None:
    """Each choice asks for what it needs, and no more."""
    with pytest.raises(DataError, match=r"\$.reason: it says why the work is cancelled"):
        WorkDecision(place="activities.talk", choice="cancel", reason=" ")
    for wrong in ({"choice": "replace"}, {"choice": "keep", "by": "activities.x"}):
        with pytest.raises(DataError, match=r"\$.by: it names what replaces the work, and only that"):
            WorkDecision(place="activities.talk", **wrong)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"\$.choice: 'drop' is none of keep, cancel, replace"):
        WorkDecision(place="activities.talk", choice="drop")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"\$.place"):
        WorkDecision(place="", choice="keep")


def test_a_preview_shows_what_would_change_and_changes_nothing() -> None:
    """Differences, what work would become, what comes on and goes off the agenda, and what is left to decide."""
    rare = ReviewCycle(anchor=date(2026, 6, 15), every="P3M")
    change: Any = {"reviews": [attrs.evolve(REVIEW, cycle=rare)], "goals": with_goal("completed")}
    shown = preview(PLAN, on=WHO["on"], through=date(2026, 7, 1), **change)
    assert [each.place for each in shown.open_work] == ["activities.talk", "reviews.monthly"]
    assert [each.place for each in shown.differences] == ["goals.mood.lifecycle", "reviews.monthly.cycle"]
    assert [str(each.due) for each in shown.agenda_new] == ["2026-06-15"]
    assert [str(each.due) for each in shown.agenda_gone][:2] == ["2026-01-31", "2026-03-31"]
    talk, review = shown.open_work
    decided = preview(PLAN, on=WHO["on"], through=date(2026, 7, 1), work=[talk.cancel("x"), review.keep()], **change)
    assert decided.open_work == ()
    assert [each.place for each in decided.differences] == [
        "goals.mood.lifecycle",
        "activities.talk.status",
        "activities.talk.reason",
        "reviews.monthly.cycle",
    ]
    assert "2026-01-31" not in [str(each.due) for each in decided.agenda_gone]
    assert [str(each.due) for each in preview(PLAN, on=WHO["on"], **change).agenda_gone] == ["2026-01-31"]
    with pytest.raises(StatusError):
        preview(PLAN, on=WHO["on"], goals=[attrs.evolve(PLAN.goal("mood"), lifecycle="proposed")])
