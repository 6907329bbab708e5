from __future__ import annotations

import pickle
from datetime import date
from typing import Any, get_args

import pytest

from carecoord.errors import StatusError
from carecoord.plans import (
    Achievement,
    Activity,
    ActivityStatus,
    CarePlan,
    Goal,
    GoalLifecycle,
    Need,
    NeedStatus,
    PartStatus,
    PlanStatus,
    TaskStatus,
    legal_moves,
)

# The arrows are the project's own, read from FHIR R4's definitions of the codes: request-status,
# care-plan-activity-status, goal-status, goal-achievement.
# Where there is an `entered-in-error`, it follows any and is final.
PLAN = {
    "draft": "active revoked",
    "active": "on-hold completed revoked",
    "on-hold": "active revoked",
    "revoked": "",
    "completed": "",
}
ACTIVITY = {
    "not-started": "scheduled in-progress cancelled",
    "scheduled": "in-progress cancelled",
    "in-progress": "on-hold completed stopped",
    "on-hold": "in-progress stopped",
    "completed": "",
    "cancelled": "",
    "stopped": "",
}
GOAL = {
    "proposed": "planned accepted rejected cancelled",
    "planned": "accepted cancelled",
    "accepted": "active on-hold cancelled",
    "active": "on-hold completed cancelled",
    "on-hold": "active",
    "completed": "",
    "cancelled": "",
    "rejected": "",
}
TASK = {
    "draft": "requested cancelled",
    "requested": "received ready cancelled",
    "received": "accepted rejected cancelled",
    "accepted": "in-progress cancelled",
    "ready": "in-progress cancelled",
    "in-progress": "on-hold completed failed cancelled",
    "on-hold": "in-progress cancelled",
    "completed": "",
    "failed": "",
    "cancelled": "",
    "rejected": "",
}
PART = {"draft": "active ended", "active": "ended", "ended": ""}
UNDER_WAY = "in-progress improving worsening no-change"
NOT_ACHIEVED = "not-achieved no-progress not-attainable"
ACHIEVEMENT = {
    **dict.fromkeys(UNDER_WAY.split(), f"{UNDER_WAY} achieved {NOT_ACHIEVED}"),
    "achieved": f"sustaining {UNDER_WAY}",
    "sustaining": UNDER_WAY,
    **dict.fromkeys(NOT_ACHIEVED.split(), f"{UNDER_WAY} {NOT_ACHIEVED}"),
}


def following(axis: Any, status: Any) -> set[str]:
    """Give what may follow."""
    return set(legal_moves(axis, status))


def test_the_moves_of_every_status_are_those_of_the_table() -> None:
    """For each axis and each of its codes, exactly the listed codes may follow."""
    for axis, table, codes in (
        ("plan", PLAN, PlanStatus),
        ("activity", ACTIVITY, ActivityStatus),
        ("goal lifecycle", GOAL, GoalLifecycle),
        ("task", TASK, TaskStatus),
        ("part", PART, PartStatus),
    ):
        for status in set(get_args(codes)) - {"unknown", "entered-in-error"}:
            assert following(axis, status) == {*table[status].split(), "entered-in-error"}, (axis, status)
        assert following(axis, "entered-in-error") == set()
    for status in get_args(Achievement):
        assert following("goal achievement", status) == set(ACHIEVEMENT[status].split()) - {status}
    assert following("need", "active") == {"resolved", "entered-in-error"}
    assert following("need", "resolved") == {"active", "entered-in-error"}
    assert set(get_args(NeedStatus)) == {"active", "resolved", "entered-in-error"}


def test_what_was_unknown_may_turn_out_to_be_anything_and_nothing_becomes_unknown() -> None:
    """`unknown` comes from other systems only."""
    assert following("plan", "unknown") == set(get_args(PlanStatus)) - {"unknown"}
    assert following("activity", "unknown") == set(get_args(ActivityStatus)) - {"unknown"}
    for status in get_args(PlanStatus):
        assert "unknown" not in following("plan", status)


def test_an_achievement_never_looked_at_may_be_anything_but_sustained() -> None:
    """To be sustained, something must have been achieved."""
    assert following("goal achievement", None) == set(get_args(Achievement)) - {"sustaining"}


def test_an_illegal_move_names_the_legal_ones() -> None:
    """Each part refuses for itself, and the error carries the same facts for programs."""
    goal = Goal(id="mood", statement="Enjoy my garden again")
    with pytest.raises(StatusError) as raised:
        goal.move("completed")
    assert str(raised.value) == (
        "goal lifecycle cannot go from proposed to completed: "
        "it may become planned, accepted, rejected, cancelled, entered-in-error"
    )
    assert (raised.value.kind, raised.value.before, raised.value.after) == ("goal lifecycle", "proposed", "completed")
    assert raised.value.legal == ("planned", "accepted", "rejected", "cancelled", "entered-in-error")
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301 our own value
    with pytest.raises(StatusError, match="goal achievement cannot go from none to sustaining"):
        goal.move(achievement="sustaining")
    with pytest.raises(StatusError, match="activity status cannot go from not-started to stopped"):
        Activity(id="walk", kind="self-management", title="Walk").move("stopped")
    with pytest.raises(StatusError, match="need status cannot go from entered-in-error to active: it is final"):
        Need(id="mood", domain="mental", status="entered-in-error").move("active")
    with pytest.raises(StatusError, match="plan status cannot go from draft to completed"):
        CarePlan(id="p", person="a", created=date(2026, 1, 5)).revise(
            by="lee", on=date(2026, 1, 5), reason="done", status="completed"
        )


def test_both_axes_of_a_goal_move_on_their_own() -> None:
    """Moving one leaves the other, and staying where one is is no move."""
    goal = Goal(id="mood", statement="Enjoy my garden again").move("accepted").move("active", achievement="improving")
    assert (goal.lifecycle, goal.achievement) == ("active", "improving")
    assert goal.move(achievement="achieved").lifecycle == "active"
    assert goal.move("completed").achievement == "improving"
    assert goal.move("active", achievement="improving") == goal
