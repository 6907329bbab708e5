"""What does not fit together in the plans of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import (
    Activity,
    ActivityKind,
    ActivityStatus,
    CarePlan,
    CommunityResource,
    DecisionOption,
    Discrepancy,
    Education,
    Goal,
    Incompatibility,
    Need,
    Owner,
    Place,
    PlanAssessment,
    RepeatWindow,
    Review,
    ReviewCycle,
    SharedDecision,
    Side,
    reconcile,
)
from carecoord.roles import Instruction

# The codes, windows and tables are invented: they only have the form of a terminology's.
ON = date(2026, 3, 1)
HOLM = Owner(member="holm")
LIPIDS = "lab|lipids"


def activity(
    id: str = "one", kind: ActivityKind = "test", codes: Any = LIPIDS, status: ActivityStatus = "scheduled", **more: Any
) -> Activity:
    """Make an activity of somebody's for a goal."""
    given: dict[str, Any] = {"title": id, "owner": HOLM, "goals": ["better"], **more}
    return Activity(id=id, kind=kind, codes=codes, status=status, **given)


def plan(id: str, *activities: Activity, **more: Any) -> CarePlan:
    """Make a plan in which nothing hangs loose but what a test puts there."""
    given: dict[str, Any] = {
        "activities": activities,
        "status": "active",
        "needs": [Need(id="low", domain="mental")],
        "goals": [Goal(id="better", statement="Feel better", needs="low", lifecycle="on-hold")],
        **more,
    }
    return CarePlan(id=id, person="A", created=date(2026, 1, 5), **given)


def window(text: str = "P3M", code: str = LIPIDS) -> RepeatWindow:
    """State an invented window."""
    return RepeatWindow(code=code, window=text, source="the laboratory")


def said(found: tuple[Discrepancy, ...]) -> list[tuple[str, str, str]]:
    """Give kind, state and reason of each."""
    return [(each.kind, each.state, each.because) for each in found]


def places(found: tuple[Discrepancy, ...]) -> list[str]:
    """Give the places, as text."""
    return [", ".join(map(str, each.places)) for each in found]


# which plans are reckoned with


def test_a_plan_in_order_has_nothing_to_reconcile() -> None:
    """No plans, one plan in which everything is somebody's and for something, and the same plan twice: nothing."""
    alone = plan("p", activity(due=date(2026, 3, 9)))
    assert reconcile([], on=ON) == reconcile([alone], on=ON) == reconcile([alone, alone], on=ON) == ()


@pytest.mark.parametrize("status", ["revoked", "completed", "entered-in-error"])
def test_a_plan_that_is_over_counts_for_nothing(status: Any) -> None:
    """What stood in it is no duplicate of anything."""
    plans = [plan("p", activity(kind="treatment")), plan("q", activity(kind="treatment"), status=status)]
    assert reconcile(plans, on=ON) == ()


@pytest.mark.parametrize("status", ["draft", "active", "on-hold", "unknown"])
def test_a_plan_that_may_be_acted_on_counts(status: Any) -> None:
    """A draft too, so that what is wrong is seen before it is acted on."""
    plans = [plan("p", activity(kind="treatment")), plan("q", activity(kind="treatment"), status=status)]
    assert [each.kind for each in reconcile(plans, on=ON)] == ["duplicate"]


@pytest.mark.parametrize(("intent", "found"), [("proposal", 0), ("option", 0), ("plan", 1), ("order", 1)])
def test_only_what_is_agreed_counts(intent: Any, found: int) -> None:
    """A proposal and an option bind nobody."""
    plans = [plan("p", activity(kind="treatment")), plan("q", activity(kind="treatment"), intent=intent)]
    assert len(reconcile(plans, on=ON)) == found


def test_a_plan_that_another_replaces_does_not_count() -> None:
    """Its activities stand in the one that replaces it; a plan that is over replaces nothing any more."""
    old = plan("old", activity(kind="treatment"))
    new = plan("new", activity(kind="treatment"), replaces=["old"])
    assert reconcile([old, new], on=ON) == ()
    again = plan("again", activity(kind="treatment"))
    assert places(reconcile([old, again, attrs.evolve(new, status="revoked")], on=ON)) == [
        "again: activities.one, old: activities.one"
    ]


def test_plans_of_several_people_are_refused() -> None:
    """So are two versions of one plan, both at once; nobody is named."""
    first = plan("p")
    stranger = attrs.evolve(first, person="secret-name")
    with pytest.raises(DataError) as refused:
        reconcile([first, stranger], on=ON)
    assert str(refused.value) == (
        "plans: 2 faults\n"
        "  $.person: the plans are of several people: reconcile those of one at a time\n"
        "  $.id: two versions of one plan are there: give the one that is in effect"
    )
    with pytest.raises(DataError, match=r"1 fault\n  \$.id"):
        reconcile([first, attrs.evolve(first, title="later")], on=ON)


# duplicates


def test_two_open_treatments_of_one_code_are_duplicates() -> None:
    """In two plans and in one; each with its places, its reason and what would end it."""
    drug = activity("sertraline", "medication", "rx|1")
    assert reconcile([plan("q", drug), plan("p", attrs.evolve(drug, id="other", title="Sertraline 50"))], on=ON) == (
        Discrepancy(
            kind="duplicate",
            places=(Place("p", "activities.other"), Place("q", "activities.sertraline")),
            because="Sertraline 50 and sertraline: both are open",
            mend="keep one, and cancel the other with a reason",
            duty="reconcile-medicines",
        ),
    )
    inside = reconcile([plan("p", drug, attrs.evolve(drug, id="again"))], on=ON)
    assert said(inside) == [("duplicate", "found", "sertraline: both are open")]
    assert places(inside) == ["p: activities.sertraline, p: activities.again"]


@pytest.mark.parametrize(
    ("kind", "duty"),
    [("medication", "reconcile-medicines"), ("test", "coordinate-tests"), ("treatment", "contradictory-advice")],
)
def test_each_sort_of_duplicate_is_settled_under_its_duty(kind: Any, duty: str) -> None:
    """The duties are those of the catalogue."""
    plans = [plan("p", activity(kind=kind)), plan("q", activity(kind=kind))]
    assert [each.duty for each in reconcile(plans, on=ON)] == [duty]


@pytest.mark.parametrize("status", ["completed", "cancelled", "stopped", "entered-in-error"])
def test_a_treatment_that_is_over_is_no_duplicate(status: Any) -> None:
    """Where no window says that it was too recent."""
    ended = plan("p", activity(kind="treatment", status=status, goals=[], owner=None))
    found = reconcile([ended, plan("q", activity(kind="treatment"))], on=ON)
    assert "duplicate" not in [each.kind for each in found]


def test_two_open_tests_without_a_window_are_undecided() -> None:
    """Nobody has said how far apart they must be; a treatment that shares the code of a test is judged as a test."""
    plans = [plan("p", activity()), plan("q", activity())]
    found = reconcile(plans, on=ON)
    assert said(found) == [
        ("duplicate", "undecided", "one: both are open, and no window says how far apart they must be")
    ]
    assert found[0].mend == "say whether both are wanted: add codes, days or a window, or cancel one"
    assert found[0].source == ""
    mixed = [plan("p", activity(kind="treatment")), plan("q", activity())]
    assert [each.state for each in reconcile(mixed, on=ON)] == ["undecided"]
    assert reconcile([plan("p", activity(status="completed")), plan("q", activity())], on=ON) == ()


def test_a_series_of_one_team_is_no_duplicate() -> None:
    """Tests of one plan on days of their own; on the same day, without a day, or of two plans they are asked about."""
    march, april = activity("m", due=date(2026, 3, 9)), activity("a", due=date(2026, 4, 9))
    assert reconcile([plan("p", march, april)], on=ON) == ()
    for plans in (
        [plan("p", march, attrs.evolve(april, due=march.due))],
        [plan("p", march, attrs.evolve(april, due=None))],
        [plan("p", attrs.evolve(march, due=None), attrs.evolve(april, due=None))],
        [plan("p", march), plan("q", april)],
    ):
        assert [each.state for each in reconcile(plans, on=ON)] == ["undecided"]
    assert len(reconcile([plan("p", march, april)], on=ON, windows=[window()])) == 1


def test_codes_of_one_system_that_differ_are_two_things() -> None:
    """Even under one title."""
    plans = [plan("p", activity(kind="treatment")), plan("q", activity(kind="treatment", codes="lab|other"))]
    assert reconcile(plans, on=ON) == ()


@pytest.mark.parametrize("codes", [(), "other-system|9"])
def test_the_same_words_without_a_common_code_are_undecided(codes: Any) -> None:
    """Upper case and spaces tell nothing apart; another kind of activity does, and so do other words."""
    group = activity("g", "treatment", title="Walking  group ")
    other = activity("h", "treatment", codes, title="walking group")
    found = reconcile([plan("p", group), plan("q", other)], on=ON)
    assert said(found) == [
        (
            "duplicate",
            "undecided",
            "Walking  group  and walking group: both are open; only their titles say that they are the same",
        )
    ]
    assert found[0].mend.startswith("say whether both are wanted")
    assert reconcile([plan("p", group), plan("q", attrs.evolve(other, kind="social"))], on=ON) == ()
    assert reconcile([plan("p", group), plan("q", attrs.evolve(other, title="Running group"))], on=ON) == ()


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2026, 3, 14), True),
        (date(2026, 6, 13), True),  # the last day of three months from 14 March
        (date(2026, 6, 14), False),
    ],
)
def test_tests_within_their_window_are_duplicates(day: date, *, found: bool) -> None:
    """The day on which the window ends is late enough; which of the two comes first says nothing."""
    early, late = activity("early", due=date(2026, 3, 14)), activity("late", due=day)
    for plans in ([plan("p", early), plan("q", late)], [plan("p", late), plan("q", early)]):
        result = reconcile(plans, on=ON, windows=[window()])
        assert bool(result) is found
        assert [(each.state, each.source) for each in result] == ([("found", "the laboratory")] if found else [])
        assert all(f": 2026-03-14 and {day} are less than 3 months apart" in each.because for each in result)
        assert all(each.mend == "keep one, and cancel the other with a reason" for each in result)


@pytest.mark.parametrize(("day", "found"), [(date(2025, 12, 9), False), (date(2025, 12, 10), True)])
def test_a_test_that_was_done_counts_within_its_window(day: date, *, found: bool) -> None:
    """Also where the activity it was done under is over: here the next one is due on 9 March."""
    done = activity("done", status="completed").record(on=day)
    result = reconcile([plan("p", done), plan("q", activity(due=date(2026, 3, 9)))], on=ON, windows=[window()])
    assert said(result) == (
        [("duplicate", "found", f"done and one: {day} and 2026-03-09 are less than 3 months apart")] if found else []
    )


def test_what_was_done_twice_is_history() -> None:
    """Two tests that are both done are no discrepancy: nothing would end it. What is done tomorrow is not seen."""
    done = [activity(status="completed").record(on=date(2026, 2, day)) for day in (1, 2)]
    plans = [plan("p", done[0]), plan("q", done[1])]
    assert reconcile(plans, on=ON, windows=[window()]) == ()
    later = activity("later", status="completed").record(on=date(2026, 3, 2))
    plans = [plan("p", later), plan("q", activity(due=date(2026, 3, 9)))]
    assert reconcile(plans, on=ON, windows=[window()]) == ()
    assert len(reconcile(plans, on=date(2026, 3, 2), windows=[window()])) == 1


def test_what_was_done_of_an_open_activity_counts_too() -> None:
    """An open activity was done in January and is due in August: the other one, in March, is too near January."""
    twice = activity("twice", due=date(2026, 8, 1)).record(on=date(2026, 1, 15))
    found = reconcile([plan("p", twice), plan("q", activity(due=date(2026, 3, 9)))], on=ON, windows=[window()])
    assert said(found) == [
        ("duplicate", "found", "twice and one: 2026-01-15 and 2026-03-09 are less than 3 months apart")
    ]


def test_what_is_overdue_is_done_today_at_the_earliest() -> None:
    """A test that was due in November collides with one in May, and with none in June."""
    late = plan("p", activity("late", due=date(2025, 11, 1)))
    may, june = (plan("q", activity(due=date(2026, month, 1))) for month in (5, 6))
    assert said(reconcile([late, may], on=ON, windows=[window()])) == [
        ("duplicate", "found", "late and one: 2026-03-01 and 2026-05-01 are less than 3 months apart")
    ]
    assert reconcile([late, june], on=ON, windows=[window()]) == ()


def test_schedules_are_looked_ahead_where_the_other_one_falls() -> None:
    """A yearly test each February and one next January are one month apart; one next July is five away."""
    yearly = activity("yearly", schedule=ReviewCycle(anchor=date(2026, 2, 1), every="P1Y")).record(on=date(2026, 2, 1))
    near, far = (plan("q", activity(due=day)) for day in (date(2027, 1, 1), date(2026, 7, 1)))
    assert said(reconcile([plan("p", yearly), near], on=ON, windows=[window()])) == [
        ("duplicate", "found", "yearly and one: 2027-01-01 and 2027-02-01 are less than 3 months apart")
    ]
    assert reconcile([plan("p", yearly), far], on=ON, windows=[window()]) == ()


def test_two_schedules_collide_where_both_run() -> None:
    """Two half-yearly tests, the second from next year on, two months after the first one's days."""
    first = activity("first", schedule=ReviewCycle(anchor=date(2026, 5, 1), every="P6M"))
    second = activity("second", schedule=ReviewCycle(anchor=date(2027, 7, 1), every="P6M"))
    assert said(reconcile([plan("p", first), plan("q", second)], on=ON, windows=[window()])) == [
        ("duplicate", "found", "first and second: 2027-05-01 and 2027-07-01 are less than 3 months apart")
    ]
    assert reconcile([plan("p", first), plan("q", second)], on=ON, windows=[window("P2M")]) == ()


def test_an_overdue_schedule_is_due_today_and_what_was_done_is_not_planned_again() -> None:
    """The outstanding test of January counts as one of today; once done early for April, July is next."""
    quarterly = activity("quarterly", schedule=ReviewCycle(anchor=date(2026, 1, 1), every="P3M"))
    soon = plan("q", activity(due=date(2026, 3, 20)))
    assert reconcile([plan("p", quarterly), soon], on=ON, windows=[window("P1W")]) == ()
    assert said(reconcile([plan("p", quarterly), soon], on=ON, windows=[window("P3W")])) == [
        ("duplicate", "found", "quarterly and one: 2026-03-01 and 2026-03-20 are less than 3 weeks apart")
    ]
    done = quarterly.record(on=date(2026, 2, 1), scheduled=date(2026, 4, 1))
    assert reconcile([plan("p", done), soon], on=ON, windows=[window("P3W")]) == ()


def test_a_schedule_that_has_ended_plans_nothing() -> None:
    """Its last day is over."""
    ended = activity("ended", schedule=ReviewCycle(anchor=date(2025, 12, 1), every="FREQ=DAILY;COUNT=1"))
    over = ended.record(on=date(2025, 12, 1))
    soon = plan("q", activity(due=date(2026, 3, 9)))
    assert reconcile([plan("p", over), soon], on=ON, windows=[window()]) == ()


def test_a_schedule_counts_as_long_as_its_activity_goes_on() -> None:
    """Nothing is planned from the day after its last one, nor before its first."""
    monthly = activity("monthly", schedule=ReviewCycle(anchor=date(2026, 3, 9), every="P1M"), until=date(2026, 4, 9))
    april, may = (plan("q", activity(due=date(2026, month, 9))) for month in (4, 5))
    assert reconcile([plan("p", monthly), april], on=ON, windows=[window("P1M")]) == ()
    assert len(reconcile([plan("p", monthly), april], on=ON, windows=[window("P32D")])) == 1
    assert reconcile([plan("p", monthly), may], on=ON, windows=[window("P32D")]) == ()
    later = attrs.evolve(monthly, since=date(2026, 5, 9), until=None)
    assert reconcile([plan("p", later), april], on=ON, windows=[window("P1M")]) == ()
    assert len(reconcile([plan("p", later), may], on=ON, windows=[window("P1M")])) == 1


def test_days_that_nobody_has_stated_leave_it_undecided() -> None:
    """Where one is to be done and the other is or was; nothing where the other one is long over."""
    dayless, due = activity("dayless"), activity("due", due=date(2026, 3, 9))
    over, recent = activity("over", status="completed"), activity("recent", status="completed")
    recent = recent.record(on=date(2026, 2, 1))
    for other in (due, recent, activity("also")):
        for plans in ([plan("p", dayless), plan("q", other)], [plan("q", dayless), plan("p", other)]):
            found = reconcile(plans, on=ON, windows=[window()])
            assert [(each.kind, each.state) for each in found] == [("duplicate", "undecided")]
            assert "no day is stated for one, and they must be 3 months apart" in found[0].because
            assert found[0].source == "the laboratory"
    for plans in ([plan("p", dayless), plan("q", over)], [plan("q", dayless), plan("p", over)]):
        assert reconcile(plans, on=ON, windows=[window()]) == ()


def test_an_assessment_is_a_test_like_any_other() -> None:
    """By its instrument or its codes; made counts as done, and what has ended counts for nothing."""
    mood = PlanAssessment(id="mood", kind="questionnaire", title="Mood", instrument="phq-9", due=date(2026, 3, 9))
    made = attrs.evolve(mood, id="made", on=date(2026, 2, 20))
    asked = window("P2W", "instrument|phq-9")
    twice = [plan("p", assessments=[mood]), plan("q", assessments=[attrs.evolve(mood, due=date(2026, 3, 10))])]
    found = reconcile(twice, on=ON, windows=[asked])
    assert said(found) == [("duplicate", "found", "Mood: 2026-03-09 and 2026-03-10 are less than 2 weeks apart")]
    assert places(found) == ["p: assessments.mood, q: assessments.mood"]
    assert found[0].duty == "coordinate-tests"
    assert [each.state for each in reconcile(twice, on=ON)] == ["undecided"]
    assert len(reconcile([twice[0], plan("q", assessments=[made])], on=ON, windows=[window("P18D", asked.code)])) == 1
    assert reconcile([twice[0], plan("q", assessments=[made])], on=ON, windows=[window("P17D", asked.code)]) == ()
    for status in ("ended", "entered-in-error"):
        over = attrs.evolve(mood, status=status)
        assert reconcile([twice[0], plan("q", assessments=[over])], on=ON, windows=[asked]) == ()
    lipids = PlanAssessment(id="a", kind="examination", title="Fat in the blood", codes=LIPIDS, status="draft")
    plans = [plan("p", activity(due=date(2026, 3, 9))), plan("q", assessments=[lipids])]
    assert [each.state for each in reconcile(plans, on=ON, windows=[window()])] == ["undecided"]


def test_the_longest_window_of_what_two_activities_are_counts() -> None:
    """Each code may have one; months and days are compared as days of a calendar."""
    both = ("lab|panel", LIPIDS)
    plans = [plan(id, activity(id, codes=both, due=day)) for id, day in (("p", ON), ("q", date(2026, 4, 10)))]
    windows = [window("P30D"), window("P2M", "lab|panel")]
    for given in (windows, windows[::-1]):
        assert "less than 2 months apart" in reconcile(plans, on=ON, windows=given)[0].because
    assert reconcile(plans, on=ON, windows=windows[:1]) == ()
    assert reconcile(plans, on=ON, windows=[windows[0], windows[0]]) == ()


def test_the_window_of_what_two_activities_share_counts() -> None:
    """A panel that holds the test is not repeated by the test; where only the words are the same, either's counts."""
    panel = activity("panel", codes=["lab|panel", LIPIDS], due=ON)
    plans = [plan("p", panel), plan("q", activity(due=date(2026, 4, 10)))]
    windows = [window("P30D"), window("P2M", "lab|panel")]
    assert reconcile(plans, on=ON, windows=windows) == ()
    assert len(reconcile(plans, on=ON, windows=[window("P2M"), window("P2D", "lab|panel")])) == 1
    words = [plan("p", activity("x", codes="lab|panel", due=ON, title="X")), plan("q", activity("x", codes=(), due=ON))]
    (found,) = reconcile(words, on=ON, windows=windows)
    assert (found.state, found.source) == ("undecided", "the laboratory")


def test_what_was_entered_in_error_is_no_repetition() -> None:
    """It was not done, whatever stands there; nor does a need entered in error answer for another one."""
    wrong = activity("wrong", status="entered-in-error").record(on=date(2026, 2, 20))
    soon = plan("q", activity(due=date(2026, 3, 9)))
    assert reconcile([plan("p", wrong), soon], on=ON, windows=[window()]) == ()
    slip = Need(id="low", domain="mental", codes="c|1", status="entered-in-error")
    real = Need(id="real", domain="mental", codes="c|1")
    goal = Goal(id="better", statement="Feel better", needs="low", lifecycle="on-hold")
    found = reconcile([plan("p", needs=[slip, real], goals=[goal])], on=ON)
    assert ("need-without-goal", "found", "no goal answers real") in said(found)


def test_one_pair_that_fits_hides_no_other() -> None:
    """What is told of a later pair does not depend on an earlier one being in order."""
    three = [activity("a", due=ON), activity("b", due=date(2027, 3, 1)), activity("c", due=date(2027, 3, 2))]
    assert places(reconcile([plan("p", *three)], on=ON, windows=[window()])) == ["p: activities.b, p: activities.c"]
    mixed = [activity("a", codes="x|1"), activity("b", codes="x|2"), activity("c", codes="x|2", kind="treatment")]
    assert places(reconcile([plan("p", *mixed)], on=ON)) == ["p: activities.b, p: activities.c"]
    walk = Instruction("walk", "lee", says="rest", since=ON)
    same = [walk, attrs.evolve(walk, member="holm"), attrs.evolve(walk, member="zoe", says="run")]
    assert len(reconcile([], on=ON, instructions=same)) == 2
    run = plan("p", activity("walk", kind="social", title="walk"), activity("swim", kind="social", codes="x|2"))
    assert places(reconcile([run], on=ON, instructions=same)[:1]) == ["p: activities.walk"]
    ends = [attrs.evolve(walk, until=date(2026, 4, 1)), attrs.evolve(walk, says="run", until=date(2026, 5, 1))]
    assert reconcile([], on=ON, instructions=ends) == reconcile([], on=ON, instructions=ends[::-1])


def test_assessments_without_an_instrument_are_two_things() -> None:
    """That neither has one makes them no one thing."""
    asked = [PlanAssessment(id=id, kind="interview", title=id, due=ON) for id in ("sleep", "work")]
    assert reconcile([plan("p", assessments=asked[:1]), plan("q", assessments=asked[1:])], on=ON) == ()


def test_two_windows_for_one_code_are_refused() -> None:
    """Nobody could say which holds."""
    with pytest.raises(DataError, match=r"windows: 1 fault\n  lab\|lipids has two windows: state one"):
        reconcile([], on=ON, windows=[window(), window("P1M")])


@pytest.mark.parametrize(
    ("text", "fault"), [("soon", "no ISO 8601 duration"), ("PT8H", "whole days"), (Period(), "one at least")]
)
def test_a_window_is_whole_days(text: Any, fault: str) -> None:
    """Plans are kept by the day."""
    with pytest.raises(DataError, match=f"repeat window: 1 fault\n  \\$.window: .*{fault}"):
        RepeatWindow(code="a|b", window=text, source="us")
    assert RepeatWindow(code="a|b", window=Period(days=7), source="us").window == Period.parse("P1W")


# contradictions


@pytest.mark.parametrize("going", ["not-started", "scheduled", "in-progress"])
def test_what_one_plan_stopped_and_another_carries_on_is_asked_about(going: Any) -> None:
    """Nothing says which came later, so it is undecided; what is on hold in one and goes on in another is found."""
    for halted in ("cancelled", "stopped"):
        plans = [plan("p", activity("a", "treatment", status=going)), plan("q", activity("b", status=halted))]
        (found,) = reconcile(plans, on=ON)
        assert (found.kind, found.state, found.duty) == ("contradiction", "undecided", "contradictory-advice")
        assert found.because == f"a is {going} in p and {halted} in q"
        assert found.mend == "say which of the two holds: take it up again, or end the other one too"
        assert places((found,)) == ["p: activities.a, q: activities.b"]
    plans = [plan("p", activity("b", "treatment", status="on-hold")), plan("q", activity("a", status=going))]
    found = reconcile(plans, on=ON)[0]
    assert said((found,)) == [("contradiction", "found", f"a is {going} in q and on-hold in p")]
    assert found.mend == "put both on hold or carry on with both"
    assert places((found,)) == ["p: activities.b, q: activities.a"]


def test_within_one_plan_a_new_start_contradicts_nothing() -> None:
    """It was stopped and is taken up again; nor do two halted ones, two going ones or other things contradict."""
    again = [activity("a", status="stopped"), activity("b", status="in-progress", due=ON)]
    assert reconcile([plan("p", *again)], on=ON) == ()
    assert reconcile([plan("p", again[0]), plan("q", activity(status="cancelled"))], on=ON) == ()
    other = activity(status="in-progress", codes="lab|other")
    assert reconcile([plan("p", again[0]), plan("q", other)], on=ON) == ()
    uncoded = [activity(codes=(), status=status, title="x", kind="social") for status in ("stopped", "in-progress")]
    assert reconcile([plan("p", uncoded[0]), plan("q", uncoded[1])], on=ON) == ()


def test_the_same_thing_in_two_ways_is_a_contradiction() -> None:
    """What the two say is told; the same words, silence, and what is over contradict nothing."""
    slow = activity("a", "medication", "rx|1", instructions="one in the morning", status="scheduled")
    fast = attrs.evolve(slow, id="b", instructions="two at night")
    found = reconcile([plan("p", slow), plan("q", fast)], on=ON)
    assert [each.kind for each in found] == ["contradiction", "duplicate"]
    assert found[0] == Discrepancy(
        kind="contradiction",
        places=(Place("p", "activities.a"), Place("q", "activities.b")),
        because="a: 'one in the morning' and 'two at night'",
        mend="agree how it is done, and write that in one place",
        duty="reconcile-medicines",
    )
    others = [
        attrs.evolve(fast, instructions="One  in the morning"),
        attrs.evolve(fast, instructions=""),
        attrs.evolve(fast, codes="rx|2"),
        attrs.evolve(fast, codes="rx|1", status="completed"),
    ]
    for other in others:
        for plans in ([plan("p", slow), plan("q", other)], [plan("q", slow), plan("p", other)]):
            assert "contradiction" not in [each.kind for each in reconcile(plans, on=ON)]


def test_what_follows_after_the_other_is_over_is_neither_twice_nor_at_odds() -> None:
    """One goes on until the day the other begins; a day more and both are there."""
    first = activity("a", "medication", "rx|1", instructions="x", until=date(2026, 4, 1))
    second = activity("b", "medication", "rx|1", instructions="y", since=date(2026, 4, 1))
    for plans in ([plan("p", first), plan("q", second)], [plan("q", first), plan("p", second)]):
        assert reconcile(plans, on=ON) == ()
        longer = [attrs.evolve(each, activities=[attrs.evolve(each.activities[0], until=None)]) for each in plans]
        assert len(reconcile(longer, on=ON)) == 2
    longer = [plan("p", attrs.evolve(first, until=date(2026, 4, 2))), plan("q", second)]
    assert len(reconcile(longer, on=ON)) == 2


def test_what_the_person_does_not_want_is_not_done() -> None:
    """Not while it is open; what was stopped, or is wanted, or was never asked about, is no contradiction."""
    declined = activity("a", title="Group", preference="declined")
    assert reconcile([plan("p", declined)], on=ON) == (
        Discrepancy(
            kind="contradiction",
            places=(Place("p", "activities.a"),),
            because="Group is scheduled, and the person does not want it",
            mend="talk it over with the person, and end it or record what they want",
            duty="set-goals",
        ),
    )
    for other in (attrs.evolve(declined, status="stopped"), attrs.evolve(declined, preference="accepted")):
        assert reconcile([plan("p", other)], on=ON) == ()


def test_what_was_decided_not_to_be_done_is_not_done() -> None:
    """Where nothing was chosen for now, and the activity it is about is open; not once it is stopped or open."""
    options = [
        DecisionOption(id="wait", title="Wait", is_nothing=True),
        DecisionOption(id="go", title="Begin"),
    ]
    wait = SharedDecision(
        id="d", question="Begin now?", options=options, choice="wait", status="active", activities=["a", "b"]
    )
    both = [activity("a", codes="x|1"), activity("b", codes="x|2", status="stopped")]
    assert reconcile([plan("p", *both, decisions=[wait])], on=ON) == (
        Discrepancy(
            kind="contradiction",
            places=(Place("p", "activities.a"), Place("p", "decisions.d")),
            because="a is scheduled, and on 'Begin now?' it was decided to do nothing for now",
            mend="end it, or decide again with the person",
            duty="set-goals",
        ),
    )
    first = attrs.evolve(wait, id="c", question="Or later?", choice="go")
    assert len(reconcile([plan("p", *both, decisions=[first, wait])], on=ON)) == 1
    for other in (
        attrs.evolve(wait, choice="go"), attrs.evolve(wait, status="ended"), attrs.evolve(wait, status="draft"),
        attrs.evolve(wait, status="draft", choice=None), attrs.evolve(wait, activities=["b"]),
    ):  # fmt: skip
        assert reconcile([plan("p", *both, decisions=[other])], on=ON) == ()


def test_instructions_at_odds_are_contradictions() -> None:
    """Of two members or of one; with the activities they are about. The same words, or another thing, are none."""
    walk = plan("p", activity("walk", "self-management", "move|walk", title="Walking"))
    rest = Instruction("move|walk", "lee", says="rest", since=date(2026, 2, 1))
    run = attrs.evolve(rest, member="holm", says="run daily")
    found = reconcile([walk], on=ON, instructions=[rest, run])
    assert found == (
        Discrepancy(
            kind="contradiction",
            places=(Place("p", "activities.walk"),),
            because="on move|walk, holm says 'run daily' and lee says 'rest'",
            mend="have one of the two withdrawn",
            duty="contradictory-advice",
        ),
    )
    assert places(reconcile([walk], on=ON, instructions=[attrs.evolve(each, about="Walking") for each in (rest, run)]))
    assert reconcile([walk], on=ON, instructions=[run, rest]) == found
    assert len(reconcile([walk], on=ON, instructions=[rest, attrs.evolve(rest, says="swim")])) == 1
    assert reconcile([walk], on=ON, instructions=[rest, rest, attrs.evolve(rest, member="holm")]) == ()
    assert reconcile([walk], on=ON, instructions=[rest, attrs.evolve(run, about="sleep")]) == ()
    assert reconcile([walk], on=ON, instructions=[rest, attrs.evolve(run, until=ON)]) == ()
    assert reconcile([walk], on=date(2026, 1, 31), instructions=[rest, run]) == ()


@pytest.mark.parametrize("words", ["rest", ""])
def test_an_instruction_without_words_leaves_it_undecided(words: str) -> None:
    """It may say the same and may not; an activity that is over is no place of it."""
    one = Instruction("walk", "lee", says=words, since=date(2026, 2, 1))
    other = Instruction("walk", "holm", since=date(2026, 2, 1), until=date(2026, 5, 1))
    over = plan("p", activity("walk", "treatment", title="walk", status="completed"))
    (found,) = reconcile([over], on=ON, instructions=[one, other])
    lee = "lee says 'rest'" if words else "lee has instructed without saying what"
    assert found.because == f"on walk, holm has instructed without saying what and {lee}"
    assert (found.state, found.places, found.mend) == ("undecided", (), "write down what each of them says")


# the host's table

GENE = Side(kind="gene", name="the poor metaboliser's gene", codes="gene|poor")
DRUG = Side(kind="drug", name="drug one", codes=["rx|1", "rx|10"])
ENTRY = Incompatibility(
    id="i-1", between=[DRUG, GENE], because="levels rise", mend="halve the dose", severity="major", source="our table"
)
ON_DRUG = plan("p", activity("drug", "medication", "rx|10", "in-progress", title="Drug one"))


def test_what_meets_of_the_table_is_found() -> None:
    """A drug of the plan and a gene that is known, with everything that the table says."""
    assert reconcile([ON_DRUG], on=ON, table=[ENTRY], known={"gene|poor": True}) == (
        Discrepancy(
            kind="interaction",
            places=(Place("p", "activities.drug"),),
            because="Drug one and the poor metaboliser's gene is known: levels rise",
            mend="halve the dose",
            duty="reconcile-medicines",
            severity="major",
            source="our table",
        ),
    )


def test_unknown_is_told_apart_from_no() -> None:
    """Not known to be there: undecided; known not to be, or never spoken of: nothing, unless one must know."""
    unknown = reconcile([ON_DRUG], on=ON, table=[ENTRY], known={"gene|poor": None})
    assert said(unknown) == [
        (
            "interaction",
            "undecided",
            "Drug one and whether there is the poor metaboliser's gene is unknown: levels rise",
        )
    ]
    assert unknown[0].mend == "find out; if it is so: halve the dose"
    for known in ({"gene|poor": False}, {}, {"gene|other": True}, None):
        assert reconcile([ON_DRUG], on=ON, table=[ENTRY], known=known) == ()
    must = attrs.evolve(ENTRY, must_know=True)
    asked = reconcile([ON_DRUG], on=ON, table=[must], known={"rx|1": False})
    assert said(asked) == [
        (
            "interaction",
            "undecided",
            "Drug one and nobody has said whether there is the poor metaboliser's gene: levels rise",
        )
    ]
    assert reconcile([ON_DRUG], on=ON, table=[must], known={"gene|poor": False}) == ()
    assert len(reconcile([ON_DRUG], on=ON, table=[must], known={"gene|poor": True})) == 1
    assert len(reconcile([ON_DRUG], on=ON, table=[must], known={"gene|poor": None})) == 1
    assert reconcile([], on=ON, table=[must]) == ()


def test_one_must_know_every_code_of_a_side() -> None:
    """Here it is the drug that is asked about: it is not known of the second code."""
    must = attrs.evolve(ENTRY, must_know=True)
    known = {"gene|poor": True, "rx|1": False}
    assert said(reconcile([], on=ON, table=[must], known=known)) == [
        (
            "interaction",
            "undecided",
            "nobody has said whether there is drug one and the poor metaboliser's gene is known: levels rise",
        )
    ]
    assert reconcile([], on=ON, table=[must], known={**known, "rx|10": False}) == ()


def test_conditions_and_therapies_meet_across_plans() -> None:
    """A therapy of one team and a condition in the other team's plan, whichever side names which."""
    therapy = Side(kind="therapy", name="exposure", codes="t|1")
    condition = Side(kind="condition", name="a bad heart", codes="c|1")
    entry = attrs.evolve(ENTRY, kind="incompatibility", between=[condition, therapy], severity="")
    heart = plan("h", needs=[Need(id="low", domain="mental"), Need(id="heart", domain="physical", codes="c|1")])
    exposure = plan("p", activity("exposure", "treatment", "t|1"))
    for table in ([entry], [attrs.evolve(entry, between=entry.between[::-1])]):
        found = reconcile([heart, exposure], on=ON, table=table)
        assert said(found[:1]) == [("incompatibility", "found", "heart and exposure: levels rise")]
        assert places(found[:1]) == ["h: needs.heart, p: activities.exposure"]
        assert (found[0].duty, found[0].severity) == ("contradictory-advice", "")
    named = attrs.evolve(heart.need("heart"), title="A weak heart")
    plans = [attrs.evolve(heart, needs=[heart.need("low"), named]), exposure]
    assert reconcile(plans, on=ON, table=[entry])[0].because == "A weak heart and exposure: levels rise"


@pytest.mark.parametrize("status", ["resolved", "entered-in-error"])
def test_a_need_that_is_over_meets_nothing(status: Any) -> None:
    """Nor does an activity that is over."""
    condition = Side(kind="condition", name="a bad heart", codes="c|1")
    entry = attrs.evolve(ENTRY, between=[condition, DRUG])
    both = attrs.evolve(
        ON_DRUG, needs=[*ON_DRUG.needs, Need(id="heart", domain="physical", codes="c|1", status=status)]
    )
    assert reconcile([both], on=ON, table=[entry]) == ()
    done = plan("p", activity("drug", "medication", "rx|1", "completed"))
    assert reconcile([done], on=ON, table=[ENTRY], known={"gene|poor": True}) == ()


def test_an_activity_of_unknown_status_is_undecided() -> None:
    """Nobody knows whether it is done."""
    unknown = plan("p", activity("drug", "medication", "rx|1", "unknown"))
    found = reconcile([unknown], on=ON, table=[ENTRY], known={"gene|poor": True})
    assert [each.state for each in found] == ["undecided"]


def test_two_of_one_class_meet_and_one_does_not_meet_itself() -> None:
    """The same side twice: two activities are one discrepancy, not two."""
    entry = attrs.evolve(ENTRY, between=[DRUG, DRUG], kind="contradiction")
    assert reconcile([ON_DRUG], on=ON, table=[entry]) == ()
    two = attrs.evolve(ON_DRUG, activities=[*ON_DRUG.activities, activity("also", "medication", "rx|1")])
    found = reconcile([two], on=ON, table=[entry])
    assert said(found) == [("contradiction", "found", "also and Drug one: levels rise")]
    assert places(found) == ["p: activities.also, p: activities.drug"]


def test_what_a_plan_holds_is_there_whatever_is_known() -> None:
    """A drug that the host says is not taken, and that stands in a plan, meets the gene."""
    known = {"gene|poor": True, "rx|1": False, "rx|10": False}
    assert len(reconcile([ON_DRUG], on=ON, table=[ENTRY], known=known)) == 1


def test_an_entry_has_two_sides_and_says_where_it_is_from() -> None:
    """What is wrong with one is said."""
    with pytest.raises(DataError, match=r"^incompatibility: 1 fault\n  \$.between: two sides are wanted, found 1"):
        attrs.evolve(ENTRY, between=[DRUG])
    with pytest.raises(DataError, match=r"side: 1 fault\n  \$.codes: a code is wanted, found none"):
        Side(kind="drug", name="x", codes=[])
    with pytest.raises(DataError, match=r"\$.source: text is wanted"):
        attrs.evolve(ENTRY, source=" ")
    with pytest.raises(DataError, match=r"\$.kind: .* is none of interaction"):
        attrs.evolve(ENTRY, kind="clash")  # type: ignore[arg-type]


# loose ends


@pytest.mark.parametrize(
    ("status", "found"),
    [("not-started", 1), ("on-hold", 1), ("unknown", 1), ("completed", 0), ("cancelled", 0), ("stopped", 0)],
)
def test_an_open_activity_is_somebodys(status: Any, found: int) -> None:
    """One that may still be done and that nobody holds is named."""
    nobodys = reconcile([plan("p", activity(owner=None, status=status, title="Lipids"))], on=ON)
    assert (
        nobodys
        == (
            Discrepancy(
                kind="activity-without-owner",
                places=(Place("p", "activities.one"),),
                because="nobody holds Lipids",
                mend="name a duty or a member",
                duty="own-plan",
            ),
        )[:found]
    )


@pytest.mark.parametrize(
    ("lifecycle", "found"),
    [("proposed", 0), ("active", 0), ("on-hold", 0), ("completed", 1), ("cancelled", 1), ("rejected", 1)],
)
def test_an_active_need_has_a_goal(lifecycle: Any, found: int) -> None:
    """One that is not given up; a resolved need wants none."""
    goal = Goal(id="better", statement="Feel better", needs="low", lifecycle=lifecycle, achievement="achieved")
    result = reconcile([plan("p", goals=[goal])], on=ON)
    assert (
        result
        == (
            Discrepancy(
                kind="need-without-goal",
                places=(Place("p", "needs.low"),),
                because="no goal answers low",
                mend="agree a goal for it with the person, or say why nothing is done about it for now",
                duty="set-goals",
            ),
        )[:found]
    )
    resolved = Need(id="low", domain="mental", status="resolved")
    deferred = Need(id="low", domain="mental", deferred="she wants to find a flat first")
    for need in (resolved, deferred):
        kinds = [each.kind for each in reconcile([plan("p", goals=[goal], needs=[need])], on=ON)]
        assert "need-without-goal" not in kinds


def test_a_goal_of_another_plan_answers_the_same_need() -> None:
    """Where a code says that it is the same one; without codes each plan stands for itself."""
    low = Need(id="low", domain="mental", title="Low mood", codes="c|1")
    other = Need(id="mood", domain="mental", codes="c|1")
    answered, open_ = plan("p", needs=[low]), plan("q", needs=[other], goals=[])
    assert reconcile([answered, open_], on=ON) == ()
    bare = attrs.evolve(open_, needs=[attrs.evolve(other, codes=())])
    assert places(reconcile([answered, bare], on=ON)) == ["q: needs.mood"]
    assert reconcile([open_], on=ON)[0].because == "no goal answers mood"
    titled = attrs.evolve(open_, needs=[attrs.evolve(low, codes="c|2")])
    assert reconcile([answered, titled], on=ON)[0].because == "no goal answers Low mood"


@pytest.mark.parametrize(
    ("lifecycle", "achievement", "found"),
    [
        ("planned", None, 1), ("accepted", None, 1), ("active", "improving", 1), ("active", "achieved", 0),
        ("active", "sustaining", 0), ("active", "not-achieved", 1), ("proposed", None, 0), ("on-hold", None, 0),
    ],
)  # fmt: skip
def test_a_goal_that_is_pursued_has_an_activity(lifecycle: Any, achievement: Any, found: int) -> None:
    """Until it is achieved, something is done for it that is not over."""
    goal = Goal(id="better", statement="Feel better", needs="low", lifecycle=lifecycle, achievement=achievement)
    over = activity(status="completed")
    assert (
        reconcile([plan("p", over, goals=[goal])], on=ON)
        == (
            Discrepancy(
                kind="goal-without-activity",
                places=(Place("p", "goals.better"),),
                because="nothing is done for 'Feel better'",
                mend="add what is to be done for it, or put the goal on hold",
                duty="own-plan",
            ),
        )[:found]
    )
    assert reconcile([plan("p", activity(), goals=[goal])], on=ON) == ()


def test_what_serves_nothing_is_an_orphan() -> None:
    """An open activity without a goal, or whose goals are all over; one goal that is not over is enough."""
    over = Goal(id="over", statement="Past", needs="low", lifecycle="cancelled")
    loose = plan(
        "p",
        activity("a", goals=[], codes="x|1"),
        activity("b", goals=["over"], codes="x|2"),
        activity("c", goals=["over", "better"], codes="x|3"),
        activity("d", goals=[], codes="x|4", status="stopped"),
        goals=[over, *plan("p").goals],
    )
    found = reconcile([loose], on=ON)
    assert said(found) == [
        ("orphan", "found", "a: it serves no goal"),
        ("orphan", "found", "b: the goals it serves are over"),
    ]
    assert places(found) == ["p: activities.a", "p: activities.b"]
    assert {(each.mend, each.duty) for each in found} == {("name a goal, or end it", "own-plan")}


def test_a_goal_that_answers_nothing_is_an_orphan() -> None:
    """No need, or only resolved ones; not once it is given up."""
    low, gone = Need(id="low", domain="mental"), Need(id="gone", domain="social", status="resolved")
    goals = [
        Goal(id="a", statement="A", lifecycle="on-hold"),
        Goal(id="b", statement="B", needs="gone"),
        Goal(id="c", statement="C", needs=["gone", "low"]),
        Goal(id="d", statement="D", lifecycle="completed"),
    ]
    found = reconcile([plan("p", needs=[low, gone], goals=goals)], on=ON)
    assert said(found) == [
        ("orphan", "found", "A: it answers no need"),
        ("orphan", "found", "B: the needs it answers are resolved"),
    ]
    assert places(found) == ["p: goals.a", "p: goals.b"]
    assert {each.mend for each in found} == {"name a need, or end it"}


def test_what_outlives_all_that_it_is_about_is_an_orphan() -> None:
    """Resources, reviews and education; not while one thing is left, nor where they are about nothing, or learnt."""
    low, gone = Need(id="low", domain="mental"), Need(id="gone", domain="social", status="resolved")
    kitchen = CommunityResource(id="k", name="Kitchen", needs="gone")
    look = Review(id="r", cycle=ReviewCycle(anchor=ON, every="P1M"), goals="past")
    debts = Education(id="e", topic="debts", needs="gone", goals="past")
    held: dict[str, Any] = {
        "needs": [low, gone],
        "goals": [*plan("p").goals, Goal(id="past", statement="Past", needs="gone", lifecycle="completed")],
    }
    found = reconcile([plan("p", **held, resources=[kitchen], reviews=[look], education=[debts])], on=ON)
    assert said(found) == [
        ("orphan", "found", "debts: what it is about is over"),
        ("orphan", "found", "Kitchen: what it is about is over"),
        ("orphan", "found", "r: what it is about is over"),
    ]
    assert places(found) == ["p: education.e", "p: resources.k", "p: reviews.r"]
    assert {each.mend for each in found} == {"end it"}
    others: list[dict[str, Any]] = [
        {"resources": [attrs.evolve(kitchen, needs=["gone", "low"])]},
        {"resources": [attrs.evolve(kitchen, needs=[])]},
        {"resources": [attrs.evolve(kitchen, status="ended")]},
        {"reviews": [attrs.evolve(look, goals=["past", "better"])]},
        {"education": [debts.teach(on=ON, understanding="understood")]},
        {"education": [attrs.evolve(debts, needs="low")]},
    ]
    for other in others:
        assert reconcile([plan("p", **held, **other)], on=ON) == ()


def test_a_plan_without_the_plan_it_belongs_to_is_undecided() -> None:
    """That one may not have been given; where it is, be it over or not, nothing is said."""
    crisis = plan("crisis", part_of="main")
    found = reconcile([crisis], on=ON)
    assert found == (
        Discrepancy(
            kind="orphan",
            state="undecided",
            places=(Place("crisis"),),
            because="it belongs to the plan main, which is not among those given",
            mend="give that plan too, or say that this one stands alone",
            duty="own-plan",
        ),
    )
    assert str(found[0].places[0]) == "crisis"
    assert reconcile([crisis, plan("main", status="completed")], on=ON) == ()


def test_what_was_entered_in_error_counts_for_nothing() -> None:
    """Needs, goals and activities alike."""
    wrong = plan(
        "p",
        activity("a", owner=None, goals=[], status="entered-in-error"),
        needs=[Need(id="low", domain="mental", status="entered-in-error")],
        goals=[Goal(id="better", statement="B", lifecycle="entered-in-error")],
    )
    assert reconcile([wrong], on=ON) == ()


def test_the_worst_stands_first() -> None:
    """Interactions, then contradictions, then duplicates, then loose ends; found before undecided."""
    plans = [
        plan("p", activity("drug", "medication", "rx|1", "in-progress", owner=None), activity("t", goals=[])),
        plan("q", activity("drug", "medication", "rx|1", "on-hold"), activity("t"), part_of="none"),
    ]
    clash = attrs.evolve(ENTRY, id="i-2", kind="incompatibility", because="b")
    found = reconcile(plans, on=ON, table=[clash, ENTRY], known={"gene|poor": True})
    assert [(each.kind, each.state) for each in found] == [
        ("interaction", "found"),
        ("interaction", "found"),
        ("incompatibility", "found"),
        ("incompatibility", "found"),
        ("contradiction", "found"),
        ("duplicate", "found"),
        ("duplicate", "undecided"),
        ("activity-without-owner", "found"),
        ("orphan", "found"),
        ("orphan", "undecided"),
    ]
