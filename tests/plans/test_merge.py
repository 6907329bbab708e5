from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, UnknownIdError
from carecoord.interop import dumps, loads
from carecoord.plans import (
    Activity,
    CarePlan,
    Conflict,
    DecisionOption,
    Done,
    Goal,
    GoalAttainmentScale,
    Instead,
    Merge,
    Need,
    Rating,
    Review,
    ReviewCycle,
    SharedDecision,
    Stance,
    merge,
    other_side,
    preview,
)

BASE = CarePlan(
    id="p1",
    person="A",
    created=date(2026, 1, 5),
    status="active",
    strengths=["a garden", "a sister"],
    labels=["MH"],
    goals=[Goal(id="mood", statement="Enjoy my garden again", lifecycle="accepted", due=date(2026, 6, 1))],
    activities=[Activity(id="talk", kind="treatment", title="Talks")],
    reviews=[Review(id="monthly", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D"))],
    decisions=[SharedDecision(id="d1", question="Tablets?", stances=[Stance(member="A", says="pending")])],
)
GOAL, TALK, REVIEW = BASE.goal("mood"), BASE.activity("talk"), BASE.review("monthly")
DAY = date(2026, 1, 20)


def ours(**changes: Any) -> CarePlan:
    """Edit the plan on one side."""
    return BASE.revise(by="lee", on=date(2026, 1, 12), reason="call", **changes)


def theirs(**changes: Any) -> CarePlan:
    """Edit the plan on the other."""
    return BASE.revise(by="holm", on=date(2026, 1, 13), reason="visit", **changes)


def merged(one: CarePlan, other: CarePlan, **options: Any) -> Merge:
    """Merge two edits, and see that the other way round gives the same."""
    there = merge(BASE, one, other, by="adams", on=DAY, **options)
    if "settle" not in options:
        back = merge(BASE, other, one, by="adams", on=DAY)
        turned = [attrs.evolve(each, ours=each.theirs, theirs=each.ours) for each in back.conflicts]
        assert {each.path: each for each in turned} == {each.path: each for each in there.conflicts}
        contents = [each.plan and attrs.evolve(each.plan, history=()) for each in (there, back)]
        assert contents[0] == contents[1]
    return there


def plan_of(found: Merge) -> CarePlan:
    """Give the merged plan, which is there."""
    assert found.plan is not None
    return found.plan


def test_what_the_sides_changed_in_different_places_is_united() -> None:
    """Fields of one part, entries of lists, parts that are new, and times that something was done."""
    one = ours(
        title="Spring",
        goals=[attrs.evolve(GOAL, priority="high"), Goal(id="b", statement="Open my letters")],
        strengths=["a garden", "a sister", "a neighbour"],
        labels=["MH", "SUD"],
        reviews=[REVIEW.record(on=date(2026, 1, 12), by="lee")],
    )
    other = theirs(
        goals=[GOAL.move("active"), Goal(id="a", statement="Walk")],
        strengths=["a sister", "a dog"],
        labels=["HIV"],
        reviews=[REVIEW.record(on=date(2026, 1, 13), by="holm")],
    )
    plan = plan_of(merged(one, other))
    assert [goal.id for goal in plan.goals] == ["mood", "a", "b"]
    assert (plan.goal("mood").priority, plan.goal("mood").lifecycle, plan.title) == ("high", "active", "Spring")
    assert (plan.strengths, plan.labels) == (("a sister", "a dog", "a neighbour"), frozenset({"SUD", "HIV"}))
    assert [done.by for done in plan.review("monthly").done] == ["lee", "holm"]


def test_the_merge_is_a_revision_and_both_sides_can_be_had_again() -> None:
    """Versions of ours keep their numbers; the other side is in the revision that merged it."""
    one = ours(title="Spring").revise(by="lee", on=date(2026, 1, 14), reason="again", strengths=[])
    other = theirs(goals=[Goal(id="walk", statement="Walk")])
    plan = plan_of(merged(one, other, reason="the tablet was back"))
    last = plan.history[-1]
    assert (plan.version, last.by, last.on, last.reason) == (4, "adams", DAY, "the tablet was back")
    assert (last.added, last.changed) == (("goals.walk",), ())
    assert last.merged is not None
    assert (last.merged.since, last.merged.revisions) == (1, other.history)
    assert [plan.at_version(n) for n in (1, 2, 3)] == [BASE, one.at_version(2), one]
    assert other_side(plan, version=4) == other
    assert other_side(plan, version=4).at_version(1) == BASE
    assert loads(dumps(plan)) == plan
    with pytest.raises(UnknownIdError, match="there is no merge that made version '3'"):
        other_side(plan, version=3)


def test_merging_goes_on_from_a_merge() -> None:
    """Whoever went on from their own side is merged again, without what was merged before."""
    other = theirs(strengths=["a garden", "a sister", "a dog"])
    plan = plan_of(merged(ours(title="Spring"), other))
    further = other.revise(by="holm", on=date(2026, 1, 14), reason="visit", matters=["my daughter"])
    again = plan_of(merge(other, plan, further, by="adams", on=DAY))
    assert (again.title, again.strengths, again.matters) == (
        "Spring",
        ("a garden", "a sister", "a dog"),
        ("my daughter",),
    )
    assert again.version == 4
    assert other_side(again, version=4) == further
    assert other_side(again, version=3) == other


def test_both_changing_one_thing_is_a_conflict_and_there_is_no_plan_yet() -> None:
    """It is listed with what stood there and with both values."""
    found = merged(
        ours(goals=[attrs.evolve(GOAL, due=date(2026, 7, 1))], title="Spring"),
        theirs(goals=[attrs.evolve(GOAL, due=None)], title="Summer"),
    )
    assert found.plan is None
    assert found.conflicts == (
        Conflict(path=("title",), base="", ours="Spring", theirs="Summer"),
        Conflict(path=("goals", "mood", "due"), base=date(2026, 6, 1), ours=date(2026, 7, 1), theirs=None),
    )
    assert found.conflicts[1].place == "goals.mood.due"
    assert found.conflicts[1].because == "both sides changed it"
    for each in found.conflicts:
        assert loads(dumps(each)) == each


def test_the_host_settles_conflicts() -> None:
    """For one side, for what was there before, or for another value; both values stay in the history."""
    one, other = ours(title="Spring"), theirs(title="Summer")
    wanted: list[tuple[Any, str]] = [("ours", "Spring"), ("theirs", "Summer"), ("base", ""), (Instead("Year"), "Year")]
    for choice, title in wanted:
        plan = plan_of(merged(one, other, settle={("title",): choice}))
        assert plan.title == title
        assert (plan.at_version(2).title, other_side(plan, version=3).title) == ("Spring", "Summer")
    with pytest.raises(
        DataError, match=r"merge: 1 fault\n  \$\.titel: there is no conflict to settle, did you mean title"
    ):
        merged(one, other, settle={("titel",): "ours"})


def test_both_changing_it_alike_is_no_conflict() -> None:
    """The same title, the same record and the same new part are there once."""
    same: Any = {"title": "Spring", "goals": [Goal(id="walk", statement="Walk")]}
    record = [REVIEW.record(on=date(2026, 1, 12), by="lee")]
    plan = plan_of(merged(ours(**same, reviews=record), theirs(**same, reviews=record)))
    assert (plan.title, len(plan.goals), len(plan.review("monthly").done)) == ("Spring", 2, 1)


def test_what_each_did_twice_is_there_twice() -> None:
    """Equal records of one side are told from equal records of both."""
    once = Done(on=date(2026, 1, 12))
    walked = attrs.evolve(TALK, done=[once, once])
    plan = plan_of(merged(ours(activities=[walked]), theirs(activities=[attrs.evolve(TALK, done=[once])])))
    assert plan.activity("talk").done == (once, once)


def test_a_part_that_both_added_is_merged_field_by_field() -> None:
    """Where there was nothing before, what they say differently is in conflict."""
    one = ours(goals=[Goal(id="walk", statement="Walk", owner=None, category="safety", needs=())])
    other = theirs(goals=[Goal(id="walk", statement="Walk far", category="safety")])
    found = merged(one, other)
    assert found.conflicts == (Conflict(path=("goals", "walk", "statement"), ours="Walk", theirs="Walk far"),)
    plan = plan_of(merged(one, other, settle={("goals", "walk", "statement"): "theirs"}))
    assert plan.goal("walk") == Goal(id="walk", statement="Walk far", category="safety")


def test_what_somebody_said_is_theirs() -> None:
    """Two answers of one person are in conflict, and those of two are not."""
    decision = BASE.decisions[0]
    yes, no, sister = (
        Stance(member="A", says="agrees"),
        Stance(member="A", says="disagrees"),
        Stance(member="sister", says="agrees"),
    )
    found = merged(
        ours(decisions=[attrs.evolve(decision, stances=[yes])]),
        theirs(decisions=[attrs.evolve(decision, stances=[no])]),
    )
    assert [each.place for each in found.conflicts] == ["decisions.d1.stances.A.says"]
    plan = plan_of(
        merged(
            ours(decisions=[attrs.evolve(decision, stances=[yes])]),
            theirs(decisions=[attrs.evolve(decision, stances=[*decision.stances, sister])]),
        )
    )
    assert plan.decisions[0].stances == (yes, sister)


def test_what_only_together_breaks_a_rule_is_a_conflict() -> None:
    """A day and a schedule, a first day after the last: each side's change is listed, and either can give way."""
    schedule = ReviewCycle(anchor=date(2026, 1, 12), every="P1W")
    one = ours(activities=[attrs.evolve(TALK, due=date(2026, 2, 1))], since=date(2026, 3, 1), title="Spring")
    other = theirs(activities=[attrs.evolve(TALK, schedule=schedule)], until=date(2026, 2, 1))
    found = merged(one, other)
    assert {each.place: each.because for each in found.conflicts} == {
        "activities.talk.due": "with both, it is due once or by its schedule, not both",
        "activities.talk.schedule": "with both, it is due once or by its schedule, not both",
        "since": "with both, 2026-02-01 is not after 2026-03-01, the first day",
        "until": "with both, 2026-02-01 is not after 2026-03-01, the first day",
    }
    settle: Any = {("activities", "talk", "due"): "theirs", ("activities", "talk", "schedule"): "theirs"}
    settle |= {("since",): "ours", ("until",): Instead(date(2026, 9, 1))}
    plan = plan_of(merged(one, other, settle=settle))
    assert (plan.activity("talk").due, plan.activity("talk").schedule) == (None, schedule)
    assert (plan.since, plan.until, plan.title) == (date(2026, 3, 1), date(2026, 9, 1), "Spring")
    one_way = merged(ours(since=date(2026, 3, 1)), theirs(title="x"), settle={("since",): "theirs"})
    assert plan_of(one_way).since is None
    with pytest.raises(DataError, match="there is no conflict to settle"):
        merged(ours(strengths=["a dog"]), theirs(title="x"), settle={("strengths",): "theirs"})
    badly = merged(one, other, settle={**settle, ("until",): "theirs"})
    assert {each.place: each.because for each in badly.conflicts} == {
        "since": "as settled, 2026-02-01 is not after 2026-03-01, the first day",
        "until": "as settled, 2026-02-01 is not after 2026-03-01, the first day",
    }
    assert badly.plan is None


def test_an_option_that_one_side_took_away_is_in_conflict_with_a_change_of_it() -> None:
    """Untouched by the other side, it is gone; nothing else that was said of the decision is."""
    tablets, wait = DecisionOption(id="tablets", title="tablets"), DecisionOption(id="wait", title="wait")
    asked = BASE.revise(
        by="lee",
        on=date(2026, 1, 6),
        reason="asked",
        decisions=[attrs.evolve(BASE.decisions[0], options=[tablets, wait])],
    )
    who: Any = {"by": "lee", "on": date(2026, 1, 12), "reason": "talk"}
    fewer = asked.revise(**who, decisions=[attrs.evolve(asked.decisions[0], options=[wait])])
    wanted = attrs.evolve(tablets, preference="declined")
    more = asked.revise(**who, decisions=[attrs.evolve(asked.decisions[0], options=[wanted, wait], aid="a leaflet")])
    path = ("decisions", "d1", "options", "tablets")
    found = merge(asked, fewer, more, by="adams", on=DAY)
    assert found.conflicts == (Conflict(path=path, base=tablets, ours=None, theirs=wanted),)
    for choice, options in (("theirs", (wanted, wait)), ("ours", (wait,)), ("base", (tablets, wait))):
        settle: Any = {path: choice}
        decision = plan_of(merge(asked, fewer, more, by="adams", on=DAY, settle=settle)).decisions[0]
        assert (decision.options, decision.aid) == (options, "a leaflet")
    aided = asked.revise(**who, decisions=[attrs.evolve(asked.decisions[0], aid="a leaflet")])
    assert plan_of(merge(asked, fewer, aided, by="adams", on=DAY)).decisions[0].options == (wait,)


def test_the_order_of_one_side_holds_where_the_other_left_it() -> None:
    """Words that one side put in another order, and the other added to."""
    plan = plan_of(
        merged(ours(strengths=["a sister", "a garden"]), theirs(strengths=["a garden", "a sister", "a dog"]))
    )
    assert plan.strengths == ("a sister", "a garden", "a dog")
    both = plan_of(merged(ours(strengths=["b", "c", "a"]), theirs(strengths=["c", "b", "d", "a"])))
    assert both.strengths == ("a", "b", "d", "c")


def test_only_one_side_changed() -> None:
    """There is nothing to merge, and no revision for it."""
    one = ours(title="Spring")
    assert merged(one, BASE) == Merge(plan=one)
    assert merged(BASE, one) == Merge(plan=one)
    assert merged(one, one) == Merge(plan=one)


def test_both_go_back_to_the_base() -> None:
    """A plan that does not is refused, and each is named."""
    strange = attrs.evolve(BASE, title="another", needs=[Need(id="n", domain="social")])
    one = ours(title="Spring")
    with pytest.raises(DataError) as raised:
        merge(strange, one, theirs(), by="adams", on=DAY)
    assert [fault.message for fault in raised.value.faults] == [
        "ours does not go back to the base",
        "theirs does not go back to the base",
    ]
    with pytest.raises(DataError, match="1 fault\n  theirs does not go back to the base"):
        merge(one, one, theirs(), by="adams", on=DAY)
    with pytest.raises(DataError, match="theirs does not go back to the base"):
        merge(one, one, BASE, by="adams", on=DAY)


def test_a_merge_is_not_before_what_it_merges() -> None:
    """Neither before our last revision nor before theirs."""
    one, other = ours(title="Spring"), theirs(strengths=["a dog"])
    assert merge(BASE, one, other, by="adams", on=date(2026, 1, 13)).plan is not None
    with pytest.raises(DataError, match=r"\$\.on: 2026-01-12 is before their last revision, 2026-01-13"):
        merge(BASE, one, other, by="adams", on=date(2026, 1, 12))
    with pytest.raises(DataError, match=r"2026-01-12 is before the version it follows, 2026-01-13"):
        merge(BASE, other, one, by="adams", on=date(2026, 1, 12))


def test_a_stored_merge_that_does_not_belong_to_the_plan_is_refused() -> None:
    """It speaks of parts that the plan holds, and of a version before it."""
    plan = plan_of(merged(ours(title="Spring"), theirs(goals=[attrs.evolve(GOAL, priority="low")])))
    last = plan.history[-1]
    assert last.merged is not None
    assert last.places == {"goals.mood", "title"}
    strange = attrs.evolve(last.merged, since=3, added=("goals.x",))
    with pytest.raises(DataError) as raised:
        attrs.evolve(plan, history=[plan.history[0], attrs.evolve(last, merged=strange)])
    assert [str(fault) for fault in raised.value.faults] == [
        "$.history[1]: it speaks of goals.x, which the plan does not hold",
        "$.history[1].merged.since: a version before 3 is wanted, found 3",
    ]
    for since in (0, 3):
        with pytest.raises(DataError, match=r"merged\.since"):
            attrs.evolve(
                plan, history=[plan.history[0], attrs.evolve(last, merged=attrs.evolve(last.merged, since=since))]
            )


def test_work_that_one_side_began_and_the_other_did_away_with_is_decided() -> None:
    """Neither knew of the other; what the other side decided already is not asked again."""
    serving = attrs.evolve(BASE, activities=[attrs.evolve(TALK, goals=["mood"])])
    who: Any = {"on": date(2026, 1, 12), "reason": "talk"}
    begun = serving.revise(by="lee", **who, activities=[serving.activity("talk").move("in-progress")])
    reached = serving.revise(by="holm", **who, goals=[GOAL.move("cancelled")])
    for sides in ((begun, reached), (reached, begun)):
        found = merge(serving, *sides, by="adams", on=DAY)
        assert (found.plan, found.conflicts) == (None, ())
        assert [(each.place, each.because) for each in found.open_work] == [("activities.talk", "goals.mood ended")]
        work = [each.cancel("nobody needs it") for each in found.open_work]
        plan = plan_of(merge(serving, *sides, by="adams", on=DAY, work=work))
        assert (plan.activity("talk").status, plan.history[-1].work) == ("stopped", tuple(work))
    going = begun.revise(by="lee", on=date(2026, 1, 13), reason="x", title="Spring")
    kept = preview(begun, on=date(2026, 1, 14), goals=[GOAL.move("cancelled")]).open_work
    decided = begun.revise(
        by="holm", on=date(2026, 1, 14), reason="x", goals=[GOAL.move("cancelled")], work=[each.keep() for each in kept]
    )
    assert plan_of(merge(begun, going, decided, by="adams", on=DAY)).activity("talk").status == "in-progress"
    with pytest.raises(DataError, match="no open work that this touches"):
        merge(begun, going, decided, by="adams", on=DAY, work=[each.keep() for each in kept])


def test_a_review_that_is_due_on_one_side_is_not_lost_by_a_cycle_of_the_other() -> None:
    """It is asked about however long ago the other cycle was agreed."""
    quarterly = attrs.evolve(REVIEW, cycle=ReviewCycle(anchor=date(2026, 6, 30), every="P3M"))
    on = date(2026, 3, 10)
    found = merge(BASE, ours(title="Spring"), theirs(reviews=[quarterly]), by="adams", on=on)
    assert [(each.place, each.scheduled) for each in found.open_work] == [("reviews.monthly", date(2026, 1, 31))]
    work = [each.keep() for each in found.open_work]
    plan = plan_of(merge(BASE, ours(title="Spring"), theirs(reviews=[quarterly]), by="adams", on=on, work=work))
    assert plan.review("monthly").standing(on=on).due == date(2026, 1, 31)


def test_records_do_not_give_way() -> None:
    """Where one side took the scale away and the other rated by it, the scale is in conflict, and not the ratings."""
    scale = GoalAttainmentScale(levels=["much less", "less", "as expected", "more", "much more"])
    scaled = attrs.evolve(BASE, goals=[attrs.evolve(GOAL, scale=scale)])
    who: Any = {"by": "lee", "on": date(2026, 1, 12), "reason": "talk"}
    without = scaled.revise(**who, goals=[GOAL])
    rating = Rating(on=date(2026, 1, 12), level=0)
    rated = scaled.revise(**who, goals=[attrs.evolve(scaled.goal("mood"), ratings=[rating])])
    found = merge(scaled, without, rated, by="adams", on=DAY)
    assert [each.place for each in found.conflicts] == ["goals.mood.scale"]
    settle: Any = {("goals", "mood", "scale"): "theirs"}
    plan = plan_of(merge(scaled, without, rated, by="adams", on=DAY, settle=settle))
    assert plan.goal("mood").ratings == (rating,)
