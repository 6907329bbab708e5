"""Laws of reconciling, of standards, of services and referrals, and of briefings."""

from __future__ import annotations

import json
import pickle
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord._definitions import unstructure
from carecoord._values import Period
from carecoord.errors import StatusError
from carecoord.plans import (
    Activity,
    Ages,
    CarePlan,
    CaseQuestion,
    Domain,
    Goal,
    Incompatibility,
    Need,
    Owner,
    PlanStandard,
    Referral,
    ReferralStatus,
    ReferralStep,
    RepeatWindow,
    Service,
    ServiceFilters,
    Side,
    completeness,
    disclose_briefing,
    legal_moves,
    open_referrals,
    reconcile,
    services,
    standard,
    standards,
)
from carecoord.plans._parts import PARTS
from carecoord.roles import disclose
from carecoord.testing import care_plans, goals, needs
from carecoord.testing._plans import activities, days
from tests.caseload import random_records as make
from tests.property.test_view_laws import two_plans, withheld
from tests.roles.random_consents import seeds

CODES = ("a|1", "a|2", "b|1")
KEYS = (None, b"a secret of the host")


def coded(part: Any, draw: st.DrawFn) -> Any:
    """Give a part with few codes and few titles, so that some are the same."""
    codes = draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True))
    return attrs.evolve(part, codes=codes, title=draw(st.sampled_from(["x", "y", "X "])))


@st.composite
def plans_of_one(draw: st.DrawFn) -> list[CarePlan]:
    """Plans of one person that have much in common."""
    found: list[CarePlan] = []
    for id in draw(st.lists(st.sampled_from("pqrs"), unique=True, max_size=3)):
        plan = draw(care_plans(status=st.sampled_from(["active", "draft", "on-hold", "completed"])))
        found.append(
            attrs.evolve(
                plan,
                id=id,
                person="anna",
                intent=draw(st.sampled_from(["plan", "order", "option"])),
                replaces=draw(st.lists(st.sampled_from("pqrs"), max_size=1)) if draw(st.booleans()) else (),
                needs=[coded(each, draw) for each in plan.needs],
                activities=[coded(each, draw) for each in plan.activities],
            )
        )
    return found


def entry(id: str, one: str, other: str, *, must_know: bool) -> Incompatibility:
    """Make an invented entry of a host's table."""
    sides = [Side(kind="drug", name=code, codes=code) for code in (one, other)]
    return Incompatibility(id=id, between=sides, because=id, mend="m", source="s", must_know=must_know)


TABLES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["i", "j"]),
        st.sampled_from(CODES),
        st.sampled_from(CODES),
        must_know=st.booleans(),
    ),
    max_size=3,
)
WINDOWS = st.sets(st.sampled_from(CODES), max_size=2).map(
    lambda codes: [RepeatWindow(code=code, window="P3M", source="s") for code in sorted(codes)]
)
KNOWN = st.dictionaries(st.sampled_from(CODES), st.none() | st.booleans())

# reconcile


@settings(max_examples=40)
@given(plans_of_one(), TABLES, WINDOWS, KNOWN, seeds)
def test_reconciling_does_not_depend_on_the_order_of_anything(
    plans: list[CarePlan], table: list[Incompatibility], windows: list[RepeatWindow], known: Any, r: Random
) -> None:
    """Of plans, of what stands in them, of the table or its sides, or of the windows; a plan given twice is one."""
    on = date(2024, 1, 1) + timedelta(days=r.randint(0, 2_000))
    found = reconcile(plans, on=on, table=table, windows=windows, known=known)
    turned = [attrs.evolve(each, between=each.between[::-1]) if r.random() < 0.5 else each for each in table]
    shuffled = [*plans, *r.sample(plans, len(plans) // 2)]
    for each in (shuffled, turned, windows):
        r.shuffle(each)
    mixed = [attrs.evolve(plan, needs=plan.needs[::-1], goals=plan.goals[::-1]) for plan in shuffled]
    assert reconcile(mixed, on=on, table=turned, windows=windows, known=known) == found


@settings(max_examples=25)
@given(plans_of_one(), TABLES, WINDOWS, KNOWN, days())
def test_every_discrepancy_leads_to_what_is_there(
    plans: list[CarePlan], table: list[Incompatibility], windows: list[RepeatWindow], known: Any, on: date
) -> None:
    """Its places are parts of the plans that were given; it says why and how to mend it."""
    there = {(plan.id, "") for plan in plans}
    there |= {(plan.id, f"{name}.{part.id}") for plan in plans for name in PARTS for part in getattr(plan, name)}
    for one in reconcile(plans, on=on, table=table, windows=windows, known=known):
        assert {(place.plan, place.part) for place in one.places} <= there
        assert all((one.because, one.mend, one.duty))
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own pickle


@settings(max_examples=30)
@given(plans_of_one(), TABLES, KNOWN, days())
def test_finding_out_only_settles(
    plans: list[CarePlan], table: list[Incompatibility], known: dict[str, bool | None], on: date
) -> None:
    """Saying that what was unknown is not so adds nothing; what was found without it stays."""
    settled = {code: False if value is None else value for code, value in known.items()}
    before = set(reconcile(plans, on=on, table=table, known=known))
    after = set(reconcile(plans, on=on, table=table, known=settled))
    assert after <= before
    assert {one for one in before if one.state == "found"} == {one for one in after if one.state == "found"}


@settings(max_examples=25)
@given(plans_of_one(), days())
def test_a_plan_more_takes_no_duplicate_away(plans: list[CarePlan], on: date) -> None:
    """Where it replaces none, what two plans do not fit together in stays, whatever is given besides."""
    free = [attrs.evolve(plan, replaces=()) for plan in plans]
    pairs = {one for one in reconcile(free[:2], on=on) if one.kind in ("duplicate", "contradiction")}
    assert pairs <= set(reconcile(free, on=on))


def brute(one: Activity, other: Activity, window: Period, on: date) -> tuple[date, date] | None:
    """Find the earliest two days that are too near each other, by looking at all of them."""
    pairs: list[tuple[date, date]] = []
    for first, second in ((one, other), (other, one)):
        planned = [max(first.due, on)] if first.due is not None else []
        pairs += [(day, again) for day in planned for again in (max(second.due or date.max, on), *_done(second, on))]
    near = {(min(pair), max(pair)) for pair in pairs if max(pair) < date.max}
    return min((pair for pair in near if window.after(pair[0]) > pair[1]), default=None)


def _done(activity: Activity, on: date) -> list[date]:
    return [each.on for each in activity.done if each.on <= on]


TIMES = st.lists(st.integers(-200, 200), max_size=4)


@settings(max_examples=150)
@given(TIMES, TIMES, st.none() | st.integers(-200, 200), st.integers(-200, 200), st.integers(1, 120), days())
def test_the_earliest_two_days_that_are_too_near_are_told(  # noqa: PLR0917 - drawn by Hypothesis
    done: list[int], also: list[int], due: int | None, again: int, length: int, on: date
) -> None:
    """As looking at every pair of days finds them; one activity may be over."""
    made: list[Activity] = []
    for id, times, day in (("a", done, due), ("b", also, again)):
        status: Any = "completed" if day is None else "in-progress"
        one = Activity(id=id, kind="test", title=id, codes="a|1", status=status, goals="g", owner=Owner(member="x"))
        for time in times:
            one = one.record(on=on + timedelta(days=time))
        made.append(attrs.evolve(one, due=None if day is None else on + timedelta(days=day)))
    plan = CarePlan(
        id="p", person="anna", created=date(2020, 1, 1), needs=[Need(id="n", domain="mental")],
        goals=[Goal(id="g", statement="g", needs="n", lifecycle="on-hold")], activities=made,
    )  # fmt: skip
    window = RepeatWindow(code="a|1", window=Period(days=length), source="s")
    found = reconcile([plan], on=on, windows=[window])
    wanted = brute(made[0], made[1], window.window, on)
    words = "" if wanted is None else f"a and b: {wanted[0]} and {wanted[1]} are less than {window.window.words} apart"
    assert [one.because for one in found] == ([words] if wanted else [])


# standards


@cache
def every_standard() -> tuple[PlanStandard, ...]:
    """Read all that the library ships."""
    return tuple(map(standard, standards()))


@settings(max_examples=30)
@given(care_plans(), st.none() | days(first=date(2025, 1, 1)))
def test_what_is_found_is_not_there(plan: CarePlan, on: date | None) -> None:
    """No element is named whose rule holds, none is passed over whose rule does not, and unknown is no missing."""
    for each in every_standard():
        found = completeness(plan, each, on=on)
        assert {one.element for one in found} <= {element.id for element in each.elements}
        assert len({(one.element, one.place) for one in found}) == len(found)
        for one in found:
            assert (one.state == "unknown") <= bool(one.ask)
    in_own = {one.place for one in completeness(plan, "tjc-behavioral-health") if one.element == "measurable"}
    sought = [goal for goal in plan.goals if goal.lifecycle not in _OVER]
    assert in_own == {f"goals.{goal.id}" for goal in sought if goal.target is None and goal.scale is None}
    owners = {one.place for one in completeness(plan, "cms-comprehensive-care-plan") if one.element == "responsible"}
    assert owners == {
        f"activities.{each.id}" for each in plan.activities if each.owner is None and each.status in _OPEN
    }
    listed = {one.element for one in completeness(plan, "cms-comprehensive-care-plan")}
    assert ("problems" in listed) == all(need.status != "active" for need in plan.needs)
    assert ("review" in listed) == (not plan.reviews)


_OVER = ("completed", "cancelled", "rejected", "entered-in-error")
_OPEN = ("not-started", "scheduled", "in-progress", "on-hold", "unknown")


@settings(max_examples=20)
@given(care_plans(), days(first=date(2025, 1, 1)), st.data())
def test_knowing_more_leaves_fewer_unknown(plan: CarePlan, on: date, data: st.DataObject) -> None:
    """A fact of the host's more makes no element unknown that was settled, and settles none the other way."""
    for each in every_standard():
        facts = {
            name: data.draw(st.booleans() if host.kind == "yes/no" else days(), label=name)
            for name, host in each.facts.items()
        }
        some = {name: value for name, value in facts.items() if data.draw(st.booleans())}
        more = {(one.element, one.place): one.state for one in completeness(plan, each, on=on, facts=facts)}
        less = {(one.element, one.place): one.state for one in completeness(plan, each, on=on, facts=some)}
        assert "unknown" not in {state for at, state in more.items() if less.get(at) != "unknown"}
        assert {at for at, state in less.items() if state == "missing"} == {
            at for at, state in more.items() if state == "missing" and less.get(at) != "unknown"
        }


# services


def some(words: str) -> st.SearchStrategy[Any]:
    """Nothing said, no limit, or some of these."""
    return st.none() | st.just("any") | st.sets(st.sampled_from(words))


SERVICES = st.builds(
    Service,
    id=st.just("s"),
    name=st.just("s"),
    domains=st.sets(st.sampled_from(get_args(Domain))),
    codes=st.sets(st.sampled_from(CODES)).map(sorted),
    areas=some("ns"),
    ages=st.none() | st.builds(Ages, st.integers(0, 40), st.none() | st.integers(40, 90)),
    languages=some("de"),
    payers=some("xy"),
    fee=st.none() | st.sampled_from([0, 5, 10]),
    wait=st.none() | st.sampled_from(["P1W", "P1M", "P3M"]),
    channels=st.none() | st.sets(st.sampled_from(["phone", "video"])),
    modalities=st.none() | st.sets(st.sampled_from(["group", "single"])),
    offers=st.dictionaries(st.sampled_from(["ramp", "lift"]), st.booleans()),
    since=st.none() | days(),
    until=st.none() | days(),
    checked=st.none() | days(),
)
FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "age": st.integers(0, 100),
    "area": st.sampled_from("nsw"),
    "languages": st.sampled_from(["d", "f"]),
    "payer": st.sampled_from("xz"),
    "most_fee": st.sampled_from([0, 7]),
    "longest_wait": st.sampled_from(["P2W", "P2M"]),
    "channels": st.sampled_from(["phone", "in-person"]),
    "modality": st.sampled_from(["group", "other"]),
    "offers": st.sampled_from(["ramp", "garden"]),
    "checked_within": st.sampled_from(["P6M", "P10Y"]),
}


@settings(max_examples=100)
@given(st.lists(needs(), max_size=3), st.lists(SERVICES, min_size=1, max_size=4), days(), st.data())
def test_a_filter_more_never_adds_a_match(
    found: list[Need], directory: list[Service], on: date, data: st.DataObject
) -> None:
    """What is refused stays refused, what is undecided never fits; each has a reason, whatever the order."""
    listed = [attrs.evolve(each, id=f"s{place}") for place, each in enumerate(directory)]
    some_needs = [
        attrs.evolve(each, id=f"n{place}", codes=CODES[place : place + 1]) for place, each in enumerate(found)
    ]
    stated = {name: data.draw(each) for name, each in FILTERS.items() if data.draw(st.booleans())}
    one_more = data.draw(st.sampled_from(sorted(FILTERS)))
    wider = services(some_needs, listed, on=on, filters=ServiceFilters(**stated))
    more = {**stated, one_more: stated.get(one_more, data.draw(FILTERS[one_more]))}
    closer = services(some_needs, listed[::-1], on=on, filters=ServiceFilters(**more))
    order = ("fits", "undecided", "refused")
    before = {(each.need, each.service.id): order.index(each.state) for each in wider}
    after = {(each.need, each.service.id): order.index(each.state) for each in closer}
    assert before.keys() == after.keys()
    assert all(after[pair] >= before[pair] for pair in before)
    for each in (*wider, *closer):
        assert each.because
        answers = [reason.answer for reason in each.reasons]
        assert each.state == ("refused" if "no" in answers else "undecided" if "unknown" in answers else "fits")


# referrals


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(get_args(ReferralStatus)), st.integers(0, 40)), max_size=6), days())
def test_the_history_of_a_referral_only_grows(moves: list[tuple[ReferralStatus, int]], sent: date) -> None:
    """Every step that was legal is kept for good, an illegal one changes nothing, and the past can be had again."""
    steps = [ReferralStep(status="sent", on=sent)]
    referral, on = Referral(id="r", person="anna", service="s", title="t", steps=steps), sent
    for status, later in moves:
        on += timedelta(days=later)
        if status not in (referral.status, *legal_moves("referral", referral.status)):
            with pytest.raises(StatusError):
                referral.move(status, on=on)
            continue
        moved = referral.move(status, on=on)
        assert moved.steps[:-1] == referral.steps
        assert (moved.steps[-1].on, moved.as_of(on)) == (on, moved)
        assert moved.as_of(sent - timedelta(days=1)) is None
        referral = moved
    listed = open_referrals([referral], on=on, limits={})
    assert [each.referral for each in listed] == ([referral] if referral.is_open else [])


# what readers may see


def referral_for(r: Random, labels: tuple[str, ...] | None, id: str, title: str) -> Referral:
    """Make a referral with these labels."""
    steps = [ReferralStep(status="sent", on=make.FIRST, by=r.choice(("lee", "okafor", None)))]
    return Referral(id=id, person="anna", service="s", title=title, steps=steps, labels=labels)


@settings(max_examples=150)
@given(seeds)
def test_a_briefing_knows_nothing_of_what_is_withheld(r: Random) -> None:
    """Two plans, referrals and questions that differ in what the reader may not see are told alike, to the letter."""
    reader = make.a_reader(r, ["anna"], key=r.choice(KEYS))
    one, other = two_plans(r, reader)
    hidden = make.hidden_labels(reader, "anna")
    asked = [CaseQuestion(id="q", words="a question", labels=make.labels_for(r))]
    sent = [referral_for(r, make.labels_for(r), "r", "a referral")]
    secret = [CaseQuestion(id="x", words=make.SENTINEL, labels=r.choice(hidden))] if hidden else []
    closed = [referral_for(r, r.choice(hidden), "x", make.SENTINEL)] if hidden else []
    since = r.choice((None, make.FIRST, make.DAY - timedelta(days=60)))
    options: dict[str, Any] = {"since": since, "through": make.DAY + timedelta(days=30), "limits": {"sent": "P2W"}}
    told = disclose_briefing(one, reader, referrals=sent, questions=asked, **options).view
    also = disclose_briefing(other, reader, referrals=[*closed, *sent], questions=[*secret, *asked], **options).view
    assert told == also
    if told is not None:
        assert json.dumps(unstructure(told)) == json.dumps(unstructure(also))
        assert make.SENTINEL not in str(told) + repr(told)
        hidden_parts = withheld(one, reader)
        assert not hidden_parts or {each.element for each in disclose_briefing(one, reader).withheld} >= hidden_parts


@settings(max_examples=100)
@given(seeds)
def test_a_referral_is_told_as_a_whole_or_not_at_all(r: Random) -> None:
    """By the labels of its need, its service and itself; what it is for never shows an id of the plan."""
    reader = make.a_reader(r, ["anna"])
    labels = make.labels_for(r)
    made = attrs.evolve(
        referral_for(r, labels, "r", "a referral"),
        plan=make.SENTINEL, need=make.SENTINEL, activity=make.SENTINEL, discloses=r.choice((["SUD"], ["MH"], [])),
    )  # fmt: skip
    view = disclose(made, reader).view
    codes = {*(labels or ()), *made.discloses}
    hidden = {code for each in make.hidden_labels(reader, "anna") for code in each if len(each) == 1}
    assert view is None or not codes & hidden
    assert view is None or make.SENTINEL not in repr(view)


@settings(max_examples=25)
@given(goals(), activities())
def test_reconciling_says_the_same_twice_and_changes_nothing(goal: Any, activity: Any) -> None:
    """It is a function of its arguments; the plan it was given is unchanged, and loose parts are named."""
    loose = CarePlan(
        id="p", person="anna", created=date(2026, 1, 5), status="active",
        goals=[attrs.evolve(goal, needs=(), lifecycle="active")],
        activities=[attrs.evolve(activity, goals=(), status="scheduled", owner=None)],
    )  # fmt: skip
    kept = pickle.dumps(loose)
    found = reconcile([loose], on=date(2026, 3, 1))
    assert reconcile([loose], on=date(2026, 3, 1)) == found
    assert pickle.dumps(loose) == kept
    kinds = [one.kind for one in found]
    assert kinds.count("orphan") == 2
    assert "activity-without-owner" in kinds
