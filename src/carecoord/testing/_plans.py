"""Hypothesis strategies for plans: each gives valid values, and takes what it should not invent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, get_args

import attrs
from hypothesis import strategies as st

from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import (
    Achievement,
    Activity,
    ActivityKind,
    ActivityStatus,
    CarePlan,
    Channel,
    Domain,
    Goal,
    GoalLifecycle,
    Intent,
    Need,
    NeedStatus,
    Owner,
    Pause,
    PlanStatus,
    Priority,
    Recurrence,
    Review,
    ReviewCycle,
    WorkDecision,
    legal_moves,
    preview,
)

__all__ = ["activities", "care_plans", "goals", "needs", "plan_versions", "review_cycles", "reviews"]

T = TypeVar("T")

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days(first: date = date(2020, 1, 1), last: date = date(2032, 12, 31)) -> st.SearchStrategy[date]:
    """Days in the years in which plans are kept; month ends and 29 February come up often."""
    awkward = [date(year, month, 1) - timedelta(days=1) for year in (2024, 2028) for month in (2, 3, 4, 5)]
    return st.one_of(
        st.sampled_from([day for day in awkward if first <= day <= last] or [first]), st.dates(first, last)
    )


def ids() -> st.SearchStrategy[str]:
    """Ids that a host might give."""
    return st.from_regex(r"[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,3})?", fullmatch=True)


def words() -> st.SearchStrategy[str]:
    """Words that say something."""
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
        str.strip
    )


def periods(*, longest_months: int = 24) -> st.SearchStrategy[Period]:
    """Periods of whole days, weeks or months, or of months and days."""
    months = st.builds(Period, months=st.integers(1, longest_months))
    in_days = st.builds(Period, days=st.integers(1, 400))
    return st.one_of(months, in_days, st.builds(Period, months=st.integers(1, 12), days=st.integers(1, 40)))


def graces() -> st.SearchStrategy[Period]:
    """Graces from none to a month."""
    return st.one_of(st.builds(Period, days=st.integers(0, 20)), st.just(Period(months=1)))


@st.composite
def recurrence_rules(draw: st.DrawFn, *, ends: bool = True) -> str:
    """RFC 5545 rules for days that are not too sparse to walk."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 4)))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    narrowing = draw(st.sampled_from(["", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYDAY+BYMONTH"]))
    if "BYMONTH" in narrowing.split("+"):
        parts["BYMONTH"] = _numbers(draw, [1, 2, 3, 6, 9, 12])
    if "BYDAY" in narrowing:
        numbers = draw(st.sampled_from(["", "1", "2", "-1"])) if frequency in {"MONTHLY", "YEARLY"} else ""
        named = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True))
        parts["BYDAY"] = ",".join(f"{numbers}{day}" for day in named)
    if narrowing == "BYMONTHDAY" and frequency != "WEEKLY":
        parts["BYMONTHDAY"] = _numbers(draw, [1, 15, 28, 29, 30, 31, -1, -7])
    if narrowing == "BYWEEKNO" and frequency == "YEARLY":
        parts |= {"BYWEEKNO": _numbers(draw, [1, 2, 26, 52, 53, -1]), "BYDAY": draw(st.sampled_from(WEEKDAYS))}
    if narrowing == "BYYEARDAY" and frequency == "YEARLY":
        parts["BYYEARDAY"] = _numbers(draw, [1, 59, 60, 200, 366, -1])
    if len(parts.keys() & {"BYDAY", "BYMONTHDAY", "BYWEEKNO", "BYYEARDAY"}) and draw(st.booleans()):
        parts["BYSETPOS"] = draw(st.sampled_from(["1", "-1", "1,-1", "2"]))
    if ends and draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 12)))
    elif ends and draw(st.booleans()):
        parts["UNTIL"] = draw(days(first=date(2030, 1, 1))).strftime("%Y%m%d")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _numbers(draw: st.DrawFn, among: Sequence[int]) -> str:
    return ",".join(map(str, draw(st.lists(st.sampled_from(among), min_size=1, max_size=3, unique=True))))


@st.composite
def review_cycles(
    draw: st.DrawFn,
    *,
    every: st.SearchStrategy[Period | str] | None = None,
    adjusted: bool = True,
    ends: bool = True,
    paused: bool = False,
) -> ReviewCycle:
    """Cycles of every sort: by period or rule, joined, with windows, end, exceptions, calls and working days."""
    anchor = draw(days(last=date(2029, 12, 31)))
    options: dict[str, Any] = {"grace": draw(graces())}
    if draw(st.booleans()):
        options |= {"before": draw(st.none() | graces()), "after": draw(st.none() | graces())}
    if draw(st.booleans()):
        options["also"] = draw(st.lists(recurrences(ends=ends), max_size=2))
    if paused:
        options["pauses"] = draw(pauses(anchor))
    if ends and draw(st.booleans()):
        options["until"] = anchor + timedelta(days=draw(st.integers(1, 2_000)))
    if draw(st.booleans()):
        options["except_on"] = draw(st.frozensets(days(), max_size=5)) | {anchor}
    if adjusted and draw(st.booleans()):
        options["adjust"] = draw(st.sampled_from(["following", "preceding"]))
        closed = draw(days())
        options["holidays"] = draw(st.frozensets(days(), max_size=5)) | {
            closed + timedelta(days=number) for number in range(draw(st.integers(0, 12)))
        }
        options["weekend"] = draw(st.frozensets(st.sampled_from(WEEKDAYS), max_size=6))
    rhythm = draw(st.one_of(periods(), recurrence_rules(ends=ends)) if every is None else every)
    try:
        cycle = ReviewCycle(anchor=anchor, every=rhythm, **options)
    except DataError:  # a rule that gives no day from this anchor on
        cycle = ReviewCycle(anchor=anchor, every="P1M", **options)
    for day in draw(st.lists(days(), max_size=2)):
        cycle = cycle.call(on=day, because=draw(st.just("") | words()))
    return cycle


def plain_cycles() -> st.SearchStrategy[ReviewCycle]:
    """Cycles by a period and a grace, as most are."""
    return st.builds(ReviewCycle, anchor=days(last=date(2029, 12, 31)), every=periods(), grace=graces())


def recurrences(*, ends: bool = True) -> st.SearchStrategy[Recurrence]:
    """Rhythms to be joined to that of a cycle."""
    made = st.builds(Recurrence, anchor=days(last=date(2029, 12, 31)), every=periods())
    return st.builds(lambda each, until: attrs.evolve(each, until=until), made, _ends()) if ends else made


def _ends() -> st.SearchStrategy[date | None]:
    return st.none() | days(first=date(2030, 1, 1))


@st.composite
def pauses(draw: st.DrawFn, first: date) -> tuple[Pause, ...]:
    """Pauses one after the other, from about a day on; the last of them may be open."""
    found: list[Pause] = []
    since = first + timedelta(days=draw(st.integers(-100, 400)))
    for _ in range(draw(st.integers(0, 3))):
        until = since + timedelta(days=draw(st.integers(1, 120)))
        found.append(Pause(since=since, until=until, because=draw(st.just("") | words())))
        since = until + timedelta(days=draw(st.integers(0, 60)))
    if draw(st.booleans()):
        found.append(Pause(since=since))
    return tuple(found)


def owners() -> st.SearchStrategy[Owner]:
    """A duty or a member."""
    return st.one_of(st.builds(Owner, duty=ids()), st.builds(Owner, member=ids()))


def labels() -> st.SearchStrategy[frozenset[str] | None]:
    """What not everybody may see: something, nothing, or nothing said."""
    return st.none() | st.frozensets(st.sampled_from(["MH", "SUD", "HIV"]), max_size=2)


def needs() -> st.SearchStrategy[Need]:
    """Needs on every side of life."""
    return st.builds(
        Need,
        id=ids(),
        domain=st.sampled_from(get_args(Domain)),
        title=st.just("") | words(),
        codes=st.lists(words(), max_size=2),
        status=st.sampled_from(get_args(NeedStatus)),
        labels=labels(),
    )


@st.composite
def goals(draw: st.DrawFn, *, of_needs: Sequence[str] = ()) -> Goal:
    """Goals that answer some of these needs."""
    return Goal(
        id=draw(ids()),
        statement=draw(words()),
        target=draw(st.sampled_from([None, "phq_9.total < 5", "gad_7.total <= 4 and phq_9.total < 10"])),
        needs=draw(st.lists(st.sampled_from(of_needs), unique=True)) if of_needs else (),
        due=draw(st.none() | days()),
        priority=draw(st.none() | st.sampled_from(get_args(Priority))),
        category=draw(st.none() | words()),
        lifecycle=draw(st.sampled_from(get_args(GoalLifecycle))),
        achievement=draw(st.none() | st.sampled_from(get_args(Achievement))),
        owner=draw(st.none() | owners()),
        labels=draw(labels()),
    )


@st.composite
def activities(draw: st.DrawFn, *, for_goals: Sequence[str] = ()) -> Activity:
    """Activities that serve some of these goals, done on some days where they have a schedule."""
    schedule = draw(st.none() | plain_cycles() | review_cycles(every=periods()))
    activity = Activity(
        id=draw(ids()),
        kind=draw(st.sampled_from(get_args(ActivityKind))),
        title=draw(words()),
        codes=draw(st.lists(words(), max_size=2)),
        goals=draw(st.lists(st.sampled_from(for_goals), unique=True)) if for_goals else (),
        status=draw(st.sampled_from(get_args(ActivityStatus))),
        modality=draw(st.none() | words()),
        channel=draw(st.none() | st.sampled_from(get_args(Channel))),
        setting=draw(st.none() | words()),
        due=None if schedule else draw(st.none() | days()),
        schedule=schedule,
        owner=draw(st.none() | owners()),
        labels=draw(labels()),
    )
    for day in draw(st.lists(days(), max_size=3)) if schedule else ():
        activity = activity.record(on=day, by=draw(st.none() | ids()))
    return activity


@st.composite
def reviews(draw: st.DrawFn, *, cycles: st.SearchStrategy[ReviewCycle] | None = None) -> Review:
    """Reviews, done on some days."""
    review = Review(
        id=draw(ids()),
        cycle=draw(plain_cycles() | review_cycles(paused=True) if cycles is None else cycles),
        title=draw(st.just("") | words()),
        domain=draw(st.none() | st.sampled_from(get_args(Domain))),
        owner=draw(st.none() | owners()),
        labels=draw(labels()),
    )
    for day in draw(st.lists(days(), max_size=3)):
        review = review.record(on=day, by=draw(st.none() | ids()), note=draw(st.just("") | words()))
    return review


@st.composite
def care_plans(draw: st.DrawFn, *, status: st.SearchStrategy[PlanStatus] | None = None) -> CarePlan:
    """First versions of plans, whose parts fit together."""
    by_id: dict[str, Any] = {"unique_by": lambda part: part.id, "max_size": 3}
    the_needs = draw(st.lists(needs(), **by_id))
    the_goals = draw(st.lists(goals(of_needs=[need.id for need in the_needs]), **by_id))
    return CarePlan(
        id=draw(ids()),
        person=draw(ids()),
        created=draw(days(last=date(2024, 12, 31))),
        author=draw(st.none() | ids()),
        title=draw(st.just("") | words()),
        intent=draw(st.sampled_from(get_args(Intent))),
        status=draw(st.sampled_from(get_args(PlanStatus)) if status is None else status),
        since=draw(st.none() | days(last=date(2026, 1, 1))),
        until=draw(st.none() | days(first=date(2026, 1, 2))),
        replaces=draw(st.lists(ids(), max_size=2)),
        part_of=draw(st.none() | ids()),
        needs=the_needs,
        strengths=draw(st.lists(words(), max_size=2)),
        matters=draw(st.lists(words(), max_size=2)),
        labels=draw(labels()),
        goals=the_goals,
        activities=draw(st.lists(activities(for_goals=[goal.id for goal in the_goals]), **by_id)),
        reviews=draw(st.lists(reviews(), **by_id)),
    )


@st.composite
def plan_versions(draw: st.DrawFn, *, most: int = 5, of: CarePlan | None = None) -> tuple[CarePlan, ...]:
    """A plan and the versions that lawful revisions made of it, the first one first; the plan is `of` where given."""
    plan = draw(care_plans(status=st.sampled_from(["draft", "active", "on-hold", "unknown"]))) if of is None else of
    versions = [plan]
    for _ in range(draw(st.integers(0, most))):
        if plan.status in {"completed", "revoked", "entered-in-error"}:
            break
        changes = draw(_changes(plan))
        on = (plan.history[-1].on if plan.history else plan.created) + timedelta(days=draw(st.integers(0, 90)))
        work = draw(_decisions(plan, on, changes))
        plan = plan.revise(by=draw(ids()), on=on, reason=draw(words()), work=work, **changes)
        versions.append(plan)
    return tuple(versions)


@st.composite
def _decisions(draw: st.DrawFn, plan: CarePlan, on: date, changes: dict[str, Any]) -> list[WorkDecision]:
    """What becomes of the open work that changes touch."""
    is_over = changes.get("status") in {"completed", "revoked", "entered-in-error"}
    return [
        work.cancel(draw(words()))
        if is_over or draw(st.booleans())
        else draw(st.sampled_from([work.keep(), work.replace("plan-2/activities.a")]))
        for work in preview(plan, on=on, **changes).open_work
    ]


@st.composite
def _changes(draw: st.DrawFn, plan: CarePlan) -> dict[str, Any]:
    """Some changes that a plan allows: every status moves lawfully, and what was done stays."""
    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        changes["title"] = draw(words())
    if draw(st.booleans()):
        changes["strengths"] = draw(st.lists(words(), max_size=3))
    if draw(st.booleans()):
        changes["labels"] = draw(labels())
    if draw(st.booleans()):
        changes["since"] = draw(st.none() | days(last=date(2026, 1, 1)))
    if draw(st.booleans()):
        changes["status"] = draw(st.sampled_from((plan.status, *legal_moves("plan", plan.status))))
    changes["goals"] = draw(_changed_goals(plan))
    changes["needs"] = [
        need.move(draw(st.sampled_from((need.status, *legal_moves("need", need.status)))))
        for need in draw(_some(plan.needs))
    ]
    draft = changes.get("status", plan.status) == "draft"
    changes["activities"] = []
    for activity in draw(_some(plan.activities)):
        moves = (activity.status, *legal_moves("activity", activity.status))
        allowed: list[ActivityStatus] = [move for move in moves if not (draft and move == "in-progress")]
        changes["activities"].append(activity.move(draw(st.sampled_from(allowed))))
    changes["reviews"] = []
    for review in draw(_some(plan.reviews)):
        done_again = review.record(on=draw(days()))
        changes["reviews"].append(attrs.evolve(done_again, cycle=draw(review_cycles(every=periods()))))
    return changes


@st.composite
def _changed_goals(draw: st.DrawFn, plan: CarePlan) -> list[Goal]:
    changed = [
        attrs.evolve(
            goal.move(
                draw(st.sampled_from((goal.lifecycle, *legal_moves("goal lifecycle", goal.lifecycle)))),
                achievement=draw(st.none() | st.sampled_from(legal_moves("goal achievement", goal.achievement))),
            ),
            due=draw(st.none() | days()),
        )
        for goal in draw(_some(plan.goals))
    ]
    fresh = draw(st.lists(goals(of_needs=[need.id for need in plan.needs]), max_size=2, unique_by=lambda goal: goal.id))
    return [*changed, *(goal for goal in fresh if goal.id not in {old.id for old in plan.goals})]


def _some(parts: Sequence[T]) -> st.SearchStrategy[list[T]]:
    """Some of the parts of a plan, in any order."""
    return st.lists(st.sampled_from(parts), unique_by=id) if parts else st.just([])
