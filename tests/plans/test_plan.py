from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given

from carecoord._definitions import structure, unstructure
from carecoord.errors import DataError, StatusError, UnknownIdError
from carecoord.plans import Activity, CarePlan, Done, Goal, Need, Owner, Review, ReviewCycle
from carecoord.rules import Kind, Vocabulary
from carecoord.testing import plan_versions

MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")
PLAN = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    author="lee",
    needs=[Need(id="low-mood", domain="mental"), Need(id="debt", domain="social")],
    strengths=["a garden"],
    goals=[Goal(id="mood", statement="Enjoy my garden again", target="phq_9.total < 5", needs=["low-mood"])],
    activities=[Activity(id="talk", kind="treatment", title="Behavioural activation", goals=["mood"])],
    reviews=[Review(id="monthly", cycle=MONTHLY, owner=Owner(duty="own-plan"))],
)
WHO: Any = {"by": "lee", "on": date(2026, 1, 12), "reason": "agreed"}


def faults(**changes: Any) -> str:
    """Make a plan that is wrong, and give what it says."""
    with pytest.raises(DataError) as raised:
        attrs.evolve(PLAN, **changes)
    return str(raised.value)


def test_a_revision_is_the_next_version_and_keeps_the_one_before() -> None:
    """Fields change, parts are replaced or added by their id, and the version before can be had again."""
    revised = PLAN.revise(
        **WHO,
        status="active",
        strengths=["a garden", "a sister"],
        goals=[PLAN.goal("mood").move("accepted"), Goal(id="debt", statement="Sleep without counting")],
    )
    assert (PLAN.version, revised.version) == (1, 2)
    assert (revised.status, revised.strengths) == ("active", ("a garden", "a sister"))
    assert [(goal.id, goal.lifecycle) for goal in revised.goals] == [("mood", "accepted"), ("debt", "proposed")]
    (revision,) = revised.history
    assert (revision.version, revision.by, revision.on, revision.reason) == (2, "lee", date(2026, 1, 12), "agreed")
    assert revision.changed == ("status", "strengths", "goals.mood")
    assert revision.added == ("goals.debt",)
    assert revision.before.goals == PLAN.goals
    assert revised.at_version(1) == PLAN
    assert revised.at_version(2) == revised


def test_a_revision_holds_only_what_changed() -> None:
    """What stays is not copied, nor is a part that was given as it was."""
    given: Any = {"title": "", "goals": PLAN.goals, "until": None, "strengths": ["a garden"]}
    revised = PLAN.revise(**WHO, **given)
    assert (revised.history[0].changed, revised.history[0].added) == ((), ())
    assert revised.at_version(1) == PLAN
    assert revised.goals[0] is PLAN.goals[0]


def test_a_day_that_had_no_value_goes_back_to_none() -> None:
    """A first day set, moved and taken away again is known at each version."""
    set_ = PLAN.revise(**WHO, since=date(2026, 1, 12))
    moved = set_.revise(**WHO, since=date(2026, 1, 19))
    taken = moved.revise(**WHO, since=None)
    assert [taken.at_version(version).since for version in (1, 2, 3, 4)] == [
        None,
        date(2026, 1, 12),
        date(2026, 1, 19),
        None,
    ]
    assert [revision.changed for revision in taken.history] == [("since",), ("since",), ("since",)]
    both = PLAN.revise(**WHO, since=date(2026, 1, 12), until=date(2026, 7, 1))
    assert both.history[0].changed == ("since", "until")
    assert both.at_version(1) == PLAN


def test_labels_change_like_any_other_field() -> None:
    """Nothing said, nothing of the kind and some are three things, at each version."""
    said = PLAN.revise(**WHO, labels=[])
    some = said.revise(**WHO, labels=["SUD"])
    unsaid = some.revise(**WHO, labels=None)
    again = some.revise(**WHO, labels=["SUD"])
    assert again.history[-1].changed == ()
    labels = [unsaid.at_version(version).labels for version in (1, 2, 3, 4)]
    assert labels == [None, frozenset(), frozenset({"SUD"}), None]
    assert [revision.changed for revision in unsaid.history] == [("labels",), ("labels",), ("labels",)]


def test_the_version_in_effect_on_a_day() -> None:
    """The last revision of a day holds from that day; before the first version there is none."""
    second = PLAN.revise(by="lee", on=date(2026, 2, 1), reason="a", title="one")
    third = second.revise(by="lee", on=date(2026, 2, 1), reason="b", title="two")
    assert third.as_of(date(2026, 1, 4)) is None
    assert third.as_of(date(2026, 1, 5)) == PLAN
    assert third.as_of(date(2026, 1, 31)) == PLAN
    assert third.as_of(date(2026, 2, 1)) == third
    with pytest.raises(UnknownIdError, match="there is no version '4'"):
        third.at_version(4)
    with pytest.raises(UnknownIdError):
        third.at_version(0)


def test_a_revision_does_not_go_back_in_time() -> None:
    """It takes effect on the day of the version it follows, or later."""
    revised = PLAN.revise(by="lee", on=PLAN.created, reason="same day")
    with pytest.raises(DataError, match=r"\$.history\[0\].on: 2026-01-04 is before the version it follows, 2026-01-05"):
        PLAN.revise(by="lee", on=date(2026, 1, 4), reason="late")
    with pytest.raises(DataError, match=r"\$.history\[1\].on"):
        revised.revise(by="lee", on=date(2026, 1, 4), reason="late")


def test_a_revision_says_who_and_why() -> None:
    """Neither may be left empty."""
    with pytest.raises(DataError, match=r"\$.by"):
        PLAN.revise(by="", on=date(2026, 1, 12), reason="agreed")
    with pytest.raises(DataError, match=r"\$.reason"):
        PLAN.revise(by="lee", on=date(2026, 1, 12), reason="  ")


def test_what_is_fixed_or_no_field_is_refused_all_at_once() -> None:
    """Intent and person are fixed, and a misspelt field is named with the nearest."""
    changes: Any = {"intent": "order", "gols": [], "needs": [Need(id="x", domain="social")] * 2}
    with pytest.raises(DataError) as raised:
        PLAN.revise(**WHO, **changes)
    assert str(raised.value).splitlines()[1:] == [
        "  $.intent: it is fixed when the plan is made",
        "  $.gols: not a field here, did you mean goals?",
        "  $.needs[1].id: x stands twice",
    ]


def test_illegal_moves_are_refused_however_they_are_made() -> None:
    """A part changed by hand is held to the same table."""
    jump = attrs.evolve(PLAN.goal("mood"), lifecycle="completed")
    with pytest.raises(StatusError, match="goal lifecycle cannot go from proposed to completed"):
        PLAN.revise(**WHO, goals=[jump])
    improving = PLAN.revise(**WHO, goals=[PLAN.goal("mood").move(achievement="improving")])
    with pytest.raises(StatusError, match="goal achievement cannot go from improving to none"):
        improving.revise(**WHO, goals=PLAN.goals)
    with pytest.raises(StatusError, match="activity status cannot go from not-started to completed"):
        PLAN.revise(**WHO, activities=[attrs.evolve(PLAN.activity("talk"), status="completed")])
    gone = PLAN.revise(**WHO, needs=[PLAN.need("debt").move("entered-in-error")])
    with pytest.raises(StatusError, match="need status"):
        gone.revise(**WHO, needs=PLAN.needs)
    with pytest.raises(StatusError, match="plan status cannot go from draft to on-hold"):
        PLAN.revise(**WHO, status="on-hold")


def test_a_draft_is_not_acted_on() -> None:
    """Nothing begins before the plan is active; it may begin in the revision that makes it so."""
    begun = PLAN.activity("talk").move("in-progress")
    with pytest.raises(
        DataError, match=r"care plan: 1 fault\n  \$.activities\[0\].status: a draft plan is not acted on"
    ):
        PLAN.revise(**WHO, activities=[begun])
    active = PLAN.revise(**WHO, status="active", activities=[begun])
    assert active.activity("talk").status == "in-progress"
    assert PLAN.revise(**WHO, activities=[PLAN.activity("talk").move("scheduled")]).version == 2
    ongoing = attrs.evolve(PLAN, activities=[attrs.evolve(begun, title="Sertraline, since 2024")])
    assert ongoing.revise(**WHO, activities=[attrs.evolve(begun, title="Sertraline")]).version == 2


def test_a_plan_that_is_over_is_not_revised() -> None:
    """It may only turn out to have been entered in error; to go on, a new plan replaces it."""
    over = PLAN.revise(**WHO, status="revoked")
    with pytest.raises(DataError, match=r"\$.status: the plan is revoked: to go on, make a new one that replaces it"):
        over.revise(**WHO, title="again")
    wrong = over.revise(**WHO, status="entered-in-error")
    assert [wrong.at_version(version).status for version in (1, 2, 3)] == ["draft", "revoked", "entered-in-error"]
    with pytest.raises(StatusError, match="it is final"):
        wrong.revise(**WHO, status="active")


def test_what_was_done_is_never_lost() -> None:
    """A review or activity may change its cycle or gain records, and never loses or alters one."""
    done = PLAN.revise(**WHO, reviews=[PLAN.review("monthly").record(on=date(2026, 1, 30))])
    with pytest.raises(DataError, match=r"\$.reviews\[0\].done: what was done on 2026-01-30 is not kept"):
        done.revise(**WHO, reviews=PLAN.reviews)
    altered = attrs.evolve(done.review("monthly"), done=[Done(on=date(2026, 1, 30), by="someone else")])
    with pytest.raises(DataError, match="is not kept"):
        done.revise(**WHO, reviews=[altered])
    weekly = attrs.evolve(done.review("monthly"), cycle=ReviewCycle(anchor=date(2026, 2, 2), every="P1W"))
    assert done.revise(**WHO, reviews=[weekly]).review("monthly").done == done.review("monthly").done
    walked = PLAN.revise(**WHO, activities=[PLAN.activity("talk").record(on=date(2026, 1, 30))])
    with pytest.raises(DataError, match=r"\$.activities\[0\].done"):
        walked.revise(**WHO, activities=PLAN.activities)


def test_parts_are_found_by_their_id() -> None:
    """An id that nothing carries is refused with the nearest one."""
    assert PLAN.need("debt").domain == "social"
    assert PLAN.review("monthly").cycle == MONTHLY
    for find in (PLAN.need, PLAN.goal, PLAN.activity, PLAN.review):
        with pytest.raises(UnknownIdError, match=f"there is no {find.__name__} 'nothing'"):
            find("nothing")
    with pytest.raises(UnknownIdError, match="did you mean mood"):
        PLAN.goal("moood")


def test_parts_that_do_not_fit_are_refused_all_at_once() -> None:
    """Ids twice, references to nothing, and a plan that ends before it starts."""
    message = faults(
        needs=[Need(id="low-mood", domain="mental")] * 2,
        goals=[Goal(id="mood", statement="x", needs=["low-moood"])],
        activities=[Activity(id="talk", kind="treatment", title="x", goals=["moods"])],
        since=date(2026, 2, 1),
        until=date(2026, 2, 1),
    )
    assert message.splitlines() == [
        "care plan: 4 faults",
        "  $.needs[1].id: low-mood stands twice",
        "  $.goals[0].needs: the plan has no need low-moood, did you mean low-mood?",
        "  $.activities[0].goals: the plan has no goal moods, did you mean mood?",
        "  $.until: 2026-02-01 is not after 2026-02-01, the first day",
    ]
    assert "$.person" in faults(person="")
    assert "$.status: 'actve' is none of" in faults(status="actve")


def test_a_history_that_does_not_belong_to_the_plan_is_refused() -> None:
    """A history read from outside must number its versions, and speak of parts that the plan holds."""
    revised = PLAN.revise(**WHO, goals=[Goal(id="debt", statement="x"), PLAN.goal("mood").move("accepted")])
    with pytest.raises(DataError, match=r"\$.history\[0\].version: 2 is wanted, found 3"):
        attrs.evolve(revised, history=[attrs.evolve(revised.history[0], version=3)])
    with pytest.raises(DataError) as raised:
        attrs.evolve(revised, goals=[], activities=[])
    assert str(raised.value).splitlines()[1:] == [
        "  $.history[0]: it speaks of goals.debt, which the plan does not hold",
        "  $.history[0]: it speaks of goals.mood, which the plan does not hold",
    ]


def test_targets_are_read_with_the_hosts_names() -> None:
    """Every goal whose target does not read is reported with its place."""
    words = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
    assert PLAN.target_faults(words) == ()
    wrong = PLAN.revise(**WHO, goals=[attrs.evolve(PLAN.goal("mood"), target="phq_9.total < -1")])
    (fault,) = wrong.target_faults(words)
    assert fault.path == "$.goals[mood].target"
    assert "can never be true" in fault.message


@given(versions=plan_versions())
def test_every_version_can_be_had_again(versions: tuple[CarePlan, ...]) -> None:
    """However a plan was revised, each earlier version comes back exactly, its own history included."""
    last = versions[-1]
    assert [last.at_version(number) for number in range(1, len(versions) + 1)] == list(versions)
    for version in versions:
        on = (version.history[-1].on if version.history else version.created) - timedelta(days=1)
        assert last.as_of(on) != version
    for earlier, later in pairwise(versions):
        for name in ("needs", "goals", "activities", "reviews"):
            kept = [part.id for part in getattr(earlier, name)]
            assert [part.id for part in getattr(later, name)][: len(kept)] == kept


@given(versions=plan_versions(most=3))
def test_plans_survive_json_and_pickle(versions: tuple[CarePlan, ...]) -> None:
    """Plain data and back gives the same plan, its history included."""
    plan = versions[-1]
    read = structure(unstructure(plan), CarePlan, name="plan", error=DataError)
    assert read == plan
    assert hash(read) == hash(plan)
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 our own value


def test_faults_in_plain_data_come_with_their_place() -> None:
    """A wrong day, a wrong code, a misspelt key and a rhythm that is none are reported in one go."""
    data = unstructure(PLAN)
    data["created"] = "2026-02-30"
    data["goals"][0]["lifecycle"] = "activ"
    data["needs"][0]["domian"] = "social"
    data["reviews"][0]["cycle"]["every"] = "FREQ=MONTHLY;BYDY=2TU"
    with pytest.raises(DataError) as raised:
        structure(data, CarePlan, name="plan", error=DataError)
    places = [fault.path for fault in raised.value.faults]
    assert places == [
        "$.created",
        "$.needs[0].domian",
        "$.goals[0].lifecycle",
        "$.reviews[0].cycle.every",
    ]


def test_importing_plans_loads_neither_cattrs_nor_dateutil() -> None:
    """A host that keeps plans by period pays for neither; nor for the rule language before a target is read."""
    code = (
        "import sys, carecoord.plans as p; from datetime import date;"
        "p.ReviewCycle(anchor=date(2026, 1, 31), every='P1M').next(after=date(2026, 2, 1));"
        "print([name for name in ('cattrs', 'dateutil', 'carecoord.rules') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
