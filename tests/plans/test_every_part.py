"""What holds for every sort of part: references, statuses, records, lookups, JSON, and what a reader sees of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args, get_origin

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord.errors import DataError, StatusError, UnknownIdError
from carecoord.interop import dumps, from_dict, loads
from carecoord.plans import (
    Activity,
    Agreement,
    CarePlan,
    CommunityResource,
    CopyGiven,
    Done,
    FamilyInvolvement,
    Goal,
    HeldPart,
    HelpContact,
    LevelOfCare,
    Need,
    Owner,
    Part,
    Parts,
    PlanAssessment,
    PlanView,
    SafetyPlan,
    SharedDecision,
    Stance,
    Statement,
    legal_moves,
    write_back,
)
from carecoord.plans._history import Before
from carecoord.plans._part import marked
from carecoord.plans._parts import KINDS, LISTS, PARTS
from carecoord.roles import disclose
from carecoord.testing import plan_parts
from tests.plans.test_view import DAY, LEE, MADE, permit, plan, reader, seen

EVERY = pytest.mark.parametrize("name", PARTS)


def of(name: str, part: Part, **fields: Any) -> CarePlan:
    """Give a plan that holds one part."""
    return plan(**{name: [part]}, **fields)


# how parts are declared


def test_lists_and_their_parts_are_those_that_the_fields_declare() -> None:
    """Plans, views and histories have the same lists, and none is left out of the table of kinds."""
    declared = {field.name: get_args(field.type)[0] for field in attrs.fields(attrs.resolve_types(Parts))}
    assert declared == dict(KINDS)
    assert {kind: name for name, kind in KINDS.items()} == dict(LISTS)
    assert len({kind.KIND for kind in KINDS.values()}) == len(KINDS)
    for cls in (CarePlan, PlanView, Before):
        assert issubclass(cls, Parts)


@EVERY
def test_a_part_speaks_only_of_lists_above_its_own(name: str) -> None:
    """So that what a part discloses can be worked out from what it speaks of."""
    fields = attrs.fields_dict(attrs.resolve_types(KINDS[name]))
    for field, named in marked(KINDS[name], "refers"):
        assert PARTS.index(named) < PARTS.index(name)
        assert get_origin(fields[field].type) is tuple or fields[field].default is None


@EVERY
def test_every_part_has_a_title_a_status_or_an_end(name: str) -> None:
    """Nothing is dropped from a plan, so each part can say that it no longer counts; a review ends with its cycle."""
    kind = KINDS[name]
    assert kind.TITLE in attrs.fields_dict(kind)
    assert bool(marked(kind, "axis")) == (name != "reviews")


@EVERY
def test_references_to_nothing_are_refused(name: str) -> None:
    """Whatever list they name."""
    for field, named in marked(KINDS[name], "refers"):
        part = attrs.evolve(example(name), **{field: "nowhere"})
        with pytest.raises(DataError) as raised:
            of(name, part)
        kind = KINDS[named].KIND
        assert str(raised.value) == f"care plan: 1 fault\n  $.{name}[0].{field}: the plan has no {kind} nowhere"


def example(name: str) -> Any:
    """Give a part of a list with no more than it must say."""
    cycle = {"cycle": {"anchor": "2026-01-31", "every": "P1M"}}
    must: dict[str, Any] = {
        "needs": {"domain": "social"}, "statements": {"about": "strength", "words": "x"},
        "levels": {"system": "ladder", "edition": "1", "level": "2"}, "resources": {"name": "x"},
        "goals": {"statement": "x"}, "activities": {"kind": "test", "title": "x"}, "reviews": cycle,
        "assessments": {"kind": "interview", "title": "x"}, "decisions": {"question": "x"}, "family": {"name": "x"},
        "education": {"topic": "x"}, "agreements": {"on": "2026-01-05"}, "copies": {"to": "x", "on": "2026-01-05"},
    }  # fmt: skip
    data = {"format": 1, "type": "care-plan", "id": "p", "person": "anna", "created": "2026-01-05"}
    return getattr(from_dict({**data, name: [{"id": "x", **must.get(name, {})}]}), name)[0]


@EVERY
def test_ids_stand_once_in_a_list_and_parts_are_found_by_them(name: str) -> None:
    """The same id may stand in another list."""
    part = example(name)
    with pytest.raises(DataError, match=rf"\$.{name}\[1\].id: x stands twice"):
        plan(**{name: [part, part]})
    made = of(name, part)
    assert made.part(KINDS[name], "x") is part
    with pytest.raises(UnknownIdError, match=f"there is no {KINDS[name].KIND} 'y'"):
        made.part(KINDS[name], "y")
    assert part.called == (getattr(part, part.TITLE) or "x")


@EVERY
@settings(max_examples=20)
@given(data=st.data())
def test_every_part_survives_json(name: str, data: st.DataObject) -> None:
    """With everything it can say."""
    part = data.draw(plan_parts(KINDS[name]))
    made = of(name, part)
    assert loads(dumps(made)) == made


def revised(made: CarePlan, name: str, part: Part) -> CarePlan:
    """Give the next version, in which a part is another."""
    changes: Any = {name: [part]}
    return made.revise(by="lee", on=DAY, reason="as agreed", **changes)


@EVERY
def test_a_revision_moves_statuses_as_the_table_says(name: str) -> None:
    """What was entered in error stays so, however the part is changed; the version before has the former part."""
    part = example(name)
    made = of(name, part)
    assert revised(made, name, attrs.evolve(part, labels=["MH"])).at_version(1) == made
    for field, along in marked(KINDS[name], "axis"):
        if "entered-in-error" in legal_moves(along, getattr(part, field)):
            wrong = revised(made, name, attrs.evolve(part, **{field: "entered-in-error"}))
            with pytest.raises(StatusError, match="it is final"):
                revised(wrong, name, part)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if issubclass(kind, HeldPart)])
def test_parts_that_are_held_move_on_one_axis(kind: type[HeldPart]) -> None:
    """From draft to active to ended; what has ended is not taken up again."""
    part = attrs.evolve(example(LISTS[kind]), status="draft")
    assert part.move("ended").status == "ended"
    with pytest.raises(StatusError, match="part status cannot go from ended to active: it may become entered-in-error"):
        part.move("ended").move("active")


@EVERY
def test_what_was_recorded_is_never_lost(name: str) -> None:
    """Of every list of records of every part."""
    done = Done(on=DAY, by="lee")
    for field, _ in marked(KINDS[name], "appended"):
        if field in {"taught", "ratings"}:
            continue  # of another class, and held in tests of their own
        part = attrs.evolve(example(name), **{field: [done]})
        with pytest.raises(DataError, match=rf"\$.{name}\[0\].{field}: what was \w+ on {DAY} is not kept"):
            revised(of(name, part), name, attrs.evolve(part, **{field: []}))


# what a reader sees


@EVERY
def test_a_labelled_part_is_in_no_view_of_one_who_may_not_see_it(name: str) -> None:
    """And is in that of one who may."""
    part = attrs.evolve(example(name), labels=["HIV"])
    need = Need(id="rent", domain="social", title="rent")
    made = plan(**{"needs": [need], name: [*([need] if name == "needs" else []), part]})
    assert len(getattr(seen(made), name)) == (name == "needs")
    assert len(getattr(seen(made, reader(permit("all"))), name)) == 1 + (name == "needs")


@EVERY
def test_a_part_without_labels_discloses_what_it_speaks_of(name: str) -> None:
    """A need on the side of mental health closes whatever speaks of it and says nothing itself."""
    if "needs" not in dict(marked(KINDS[name], "refers")):
        return
    mood = Need(id="mood", domain="mental", title="low mood")
    rent = Need(id="rent", domain="social", title="rent")
    part = attrs.evolve(example(name), needs=["mood"])
    made = plan(needs=[mood, rent], **{name: [part]})
    assert getattr(seen(made), name) == ()
    shown = seen(made, reader(permit("MH")))
    assert getattr(shown, name)[0].needs == (shown.needs[0].id,)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("safety_plans", {}, "MH"),
        ("crisis_plans", {}, "MH"),
        ("relapse_plans", {}, "MH"),
        ("relapse_plans", {"self_check": "audit"}, "ETHUD"),
        ("statements", {"domain": "mental"}, "MH"),
        ("levels", {"system": "asam"}, "SUD"),
        ("resources", {"category": "intimate-partner-violence"}, "SDV"),
        ("needs", {"category": "elder-abuse"}, "SDV"),
        ("assessments", {"kind": "genetic"}, "GDIS"),
        ("assessments", {"kind": "family-history"}, "GDIS"),
        ("assessments", {"kind": "psychological"}, "MH"),
        ("assessments", {"instrument": "audit"}, "ETHUD"),
    ],
)
def test_some_parts_disclose_something_by_what_they_are(name: str, fields: dict[str, Any], code: str) -> None:
    """Even where their author says that there is nothing; those who may see it do."""
    part = attrs.evolve(example(name), labels=[], **fields)
    made = plan(**{name: [part]})
    others = {"MH", "SUD", "SDV", "GDIS"} - {code, *(["SUD"] if code == "ETHUD" else [])}

    def withheld(*permitted: str) -> set[str]:
        return {each.element for each in disclose(made, reader(permit(*sorted(permitted)))).withheld}

    assert withheld(*others) == {f"{name}.x"}
    assert withheld(*others, code, "MH") == set()


def test_who_has_a_say_and_who_is_turned_to_is_left_out_where_the_reader_may_not_know_of_them() -> None:
    """Whole, so that nothing tells that there is one; who only recorded something is left unnamed."""
    decision = SharedDecision(
        id="d",
        question="x",
        labels=[],
        stances=[Stance(member="adm", says="disagrees"), Stance(member="lee", says="agrees")],
        representative="adm",
        done=[Done(on=MADE, by="adm", note="looked at")],
    )
    shown = seen(of("decisions", decision, needs=[Need(id="rent", domain="social")])).decisions[0]
    assert shown.stances == (Stance(member="lee", says="agrees"),)
    assert shown.representative is None
    assert shown.done == (Done(on=MADE, note="looked at"),)


def test_a_safety_plan_that_leads_to_nobody_else_goes_with_them() -> None:
    """What is left of it would be no safety plan; with somebody else to turn to, it stays."""
    clinic = HelpContact(name="clinic", reach="by phone")
    hidden = HelpContact(name="the addiction clinic", member="adm")
    safe = SafetyPlan(id="s", status="active", professionals=[hidden], environment=["locked away"], labels=[])
    may_see_it = reader(permit("MH"))
    rent = Need(id="rent", domain="social")
    assert seen(of("safety_plans", safe, needs=[rent]), may_see_it).safety_plans == ()
    two = attrs.evolve(safe, professionals=[hidden, clinic])
    assert seen(of("safety_plans", two, needs=[rent]), may_see_it).safety_plans[0].professionals == (clinic,)


def test_ids_of_the_host_and_numbers_of_versions_are_in_no_view() -> None:
    """They lead into what the reader does not see, or count it."""
    made = plan(
        goals=[Goal(id="g", statement="x", results=["obs-7"])],
        activities=[Activity(id="a", kind="test", title="x", results=["order-7"])],
        assessments=[PlanAssessment(id="i", kind="interview", title="x", results=["note-7"])],
        family=[FamilyInvolvement(id="f", name="sister", consents=["consent-7"])],
        agreements=[Agreement(id="y", on=MADE, version=7)],
        copies=[CopyGiven(id="c", to="sister", on=MADE, version=7)],
    )
    shown = seen(made, reader(permit("all")))
    assert "7" not in dumps(shown).replace("2026", "")
    assert shown.agreements[0].version is None


def test_who_keeps_and_who_watches_the_plan_is_shown_as_any_owner() -> None:
    """By a duty that discloses something, or as somebody who does, they are not."""
    rent = Need(id="rent", domain="social")
    made = plan(needs=[rent], planner=Owner(duty="own-plan"), monitor=Owner(member="adm"))
    shown = seen(made)
    assert (shown.planner, shown.monitor) == (Owner(duty="own-plan"), None)
    assert made.revise(by="lee", on=DAY, reason="x", monitor=None).at_version(1) == made


# what a reader gives back


def given_back(made: CarePlan, **changes: Any) -> CarePlan:
    """Let a reader change what they see; changes get the view."""
    disclosure: Any = disclose(made, reader())
    found: Any = {name: change(disclosure.view) for name, change in changes.items()}
    after = write_back(made, disclosure, by="lee", on=DAY, reason="as agreed", **found)
    assert after.plan is not None, after.clash
    return after.plan


def test_what_a_reader_did_not_see_of_a_part_stays_when_they_change_it() -> None:
    """Hidden positions and ids of results; what the reader adds is added, and what they take away is taken away."""
    decision = SharedDecision(
        id="d",
        question="x",
        labels=[],
        stances=[Stance(member="adm", says="disagrees"), Stance(member="lee", says="pending")],
        done=[Done(on=MADE, by="adm")],
    )
    goal = Goal(id="g", statement="x", labels=[], results=["obs-7"])
    made = plan(decisions=[decision], goals=[goal])
    mine = Stance(member="lee", says="agrees")

    def decided(shown: PlanView) -> list[Any]:
        return [attrs.evolve(shown.decisions[0], stances=[mine], done=[*shown.decisions[0].done, Done(on=DAY)])]

    def measured(shown: PlanView) -> list[Any]:
        return [attrs.evolve(shown.goals[0], results=["obs-8"])]

    after = given_back(made, decisions=decided, goals=measured)
    assert after.decisions[0].stances == (Stance(member="adm", says="disagrees"), mine)
    assert after.decisions[0].done == (Done(on=MADE, by="adm"), Done(on=DAY))
    assert after.goals[0].results == ("obs-7", "obs-8")


def test_a_single_reference_is_changed_by_its_id_in_the_view() -> None:
    """Of a part that there was, and of a new one; taken away, it is gone."""
    levels = [LevelOfCare(id=each, system="ladder", edition="1", level=each) for each in ("one", "two")]
    group = Activity(id="group", kind="treatment", title="group", level="one", labels=[])
    made = plan(levels=levels, activities=[group])

    def stepped(shown: PlanView) -> list[Any]:
        fresh = Activity(id="new", kind="social", title="choir", level=shown.levels[1].id)
        return [attrs.evolve(shown.activities[0], level=shown.levels[1].id), fresh]

    after = given_back(made, activities=stepped)
    assert [each.level for each in after.activities] == ["two", "two"]
    gone = given_back(made, activities=lambda shown: [attrs.evolve(shown.activities[0], level=None)])
    assert gone.activity("group").level is None
    assert {LEE.id} == {revision.by for revision in gone.history}


# single kinds


def test_what_was_said_is_found_by_what_it_is_about() -> None:
    """Short words of the plan first, then statements that hold, in the words they were said in."""
    made = plan(
        strengths=["a sister"],
        matters=["the choir"],
        statements=[
            Statement(id="1", about="strength", words="I can grow anything"),
            Statement(id="2", about="strength", words="I used to run", status="ended"),
            Statement(id="3", about="preference", words="not on Fridays"),
        ],
    )
    assert made.said("strength") == ("a sister", "I can grow anything")
    assert made.said("matters") == ("the choir",)
    assert made.said("preference") == ("not on Fridays",)
    assert made.said("formulation") == ()


@pytest.mark.parametrize(
    ("says", "make"),
    [
        ("'be-tolt' is none of be-told", lambda: FamilyInvolvement(id="f", name="x", may=["be-tolt"])),  # type: ignore[list-item]
        ("did you mean be-told", lambda: FamilyInvolvement(id="f", name="x", may=["be-tolt"])),  # type: ignore[list-item]
        ("a version from 1 is wanted, found 0", lambda: Agreement(id="a", on=MADE, version=0)),
        ("a version from 1 is wanted, found True", lambda: CopyGiven(id="a", to="x", on=MADE, version=True)),
        ("'homeles' is none of", lambda: CommunityResource(id="r", name="x", category="homeles")),  # type: ignore[arg-type]
        (r"\$.words: text is wanted", lambda: Statement(id="s", about="strength", words=" ")),
        (r"\$.member: text is wanted", lambda: Stance(member="", says="agrees")),
    ],
)
def test_a_part_that_says_nothing_lawful_is_refused(says: str, make: Any) -> None:
    """With what would do."""
    with pytest.raises(DataError, match=says):
        make()


def test_an_agreement_is_full_when_nobody_is_against_it_and_nobody_is_open() -> None:
    """One who disagrees decides; while one is open, or nobody was asked, it is unknown."""

    def agreed(*says: Any) -> bool | None:
        stances = [Stance(member=f"m{place}", says=each) for place, each in enumerate(says)]
        return Agreement(id="a", on=MADE, stances=stances).is_full

    assert agreed("agrees", "agrees") is True
    assert agreed("agrees", "disagrees", "pending") is False
    assert agreed("agrees", "pending") is None
    assert agreed() is None


@pytest.mark.parametrize("kind", [LevelOfCare, FamilyInvolvement, CommunityResource, Activity])
def test_nothing_ends_before_it_begins(kind: Any) -> None:
    """The end is the day after the last one, so that it is after the first."""
    part = attrs.evolve(example(LISTS[kind]), since=MADE)
    assert attrs.evolve(part, until=DAY).until == DAY
    for until in (MADE, MADE - timedelta(days=1)):
        with pytest.raises(DataError, match=rf"\$.until: {until} is not after {MADE}, the first day"):
            attrs.evolve(part, until=until)


def test_what_somebody_may_do_stands_once() -> None:
    """In the order given."""
    made = FamilyInvolvement(id="f", name="sister", may=["be-told", "have-a-copy", "be-told"])
    assert made.may == ("be-told", "have-a-copy")


def test_an_activity_says_why_it_was_stopped() -> None:
    """The reason belongs to the status it has."""
    begun = Activity(id="a", kind="treatment", title="group").move("in-progress")
    stopped = begun.move("stopped", reason="the group has ended")
    assert (begun.reason, stopped.status, stopped.reason) == ("", "stopped", "the group has ended")
