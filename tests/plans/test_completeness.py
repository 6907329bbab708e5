"""Plans against published standards: what is missing, what nobody can tell, and where that is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

import carecoord.plans
from carecoord.errors import DataError, DefinitionError, UnknownIdError
from carecoord.plans import (
    Activity,
    Agreement,
    CarePlan,
    CommunityResource,
    ContinuedTreatment,
    CopyGiven,
    CrisisPlan,
    DecisionOption,
    Done,
    Finding,
    Goal,
    HelpContact,
    Need,
    Owner,
    PlanAssessment,
    RelapsePreventionPlan,
    Review,
    ReviewCycle,
    SafetyPlan,
    SharedDecision,
    Stance,
    Statement,
    completeness,
    read_standard,
    standard,
    standards,
)

FOLDER = Path(carecoord.plans.__file__).with_name("standards")
ON = date(2026, 3, 1)
HOLM = Owner(member="holm")
FRIEND = HelpContact(name="Mia", is_asked=True)
REVIEW = Review(id="r", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P3M"))
SAFETY = SafetyPlan(
    id="s",
    status="active",
    warning_signs=["a"],
    coping=["b"],
    distractions=[FRIEND],
    helpers=[FRIEND],
    professionals=[HelpContact(name="the clinic", reach="as the site says")],
    environment=["c"],
    obstacles=["d"],
    kept="in her bag",
    review="r",
)
RELAPSE = RelapsePreventionPlan(
    id="k",
    keeping_well=["a"],
    treatments=[ContinuedTreatment(title="b")],
    warning_signs=["c"],
    helped=["d"],
    contacts=[FRIEND],
    next_appointment=date(2026, 6, 1),
    self_check="phq-9",
    call_back="phq_9.total >= 10",
    progress=["e"],
    risks=["f"],
    reasons=["g"],
)
DECISION = SharedDecision(
    id="d",
    question="How to go on?",
    wanted_role="shared",
    stances=[Stance(member="anna", says="agrees")],
    options=[
        DecisionOption(id="wait", title="wait", is_nothing=True, benefits=["a"], harms=["b"]),
        DecisionOption(id="go", title="go", benefits=["a"], harms=["b"], preference="preferred"),
    ],
    choice="go",
    again=date(2026, 2, 1),
    done=[Done(on=date(2026, 2, 1))],
    status="active",
)
WHOLE = CarePlan(
    id="p",
    person="anna",
    created=date(2026, 1, 5),
    status="active",
    planner=HOLM,
    monitor=HOLM,
    needs=[Need(id="low", domain="mental"), Need(id="later", domain="social", deferred="not now")],
    statements=[
        Statement(id=kind, about=kind, words="words")
        for kind in (
            "matters", "strength", "environment", "formulation", "expected-outcome", "community-integration",
            "discharge-criterion",
        )
    ],
    resources=[CommunityResource(id="kitchen", name="Community kitchen")],
    goals=[Goal(id="g", statement="Garden", needs="low", target="p.t < 5", expressed_by="anna", priority="high")],
    activities=[
        Activity(id="talk", kind="treatment", title="Talk", goals="g", owner=HOLM),
        Activity(id="drug", kind="medication", title="Drug", goals="g", owner=HOLM),
    ],
    reviews=[REVIEW.record(on=date(2026, 1, 31))],
    assessments=[PlanAssessment(id="q", kind="questionnaire", title="Mood", instrument="phq-9")],
    decisions=[DECISION],
    crisis_plans=[CrisisPlan(id="c", backup=[FRIEND])],
    safety_plans=[SAFETY],
    relapse_plans=[RELAPSE],
    copies=[CopyGiven(id="c", to="Anna", member="anna", on=ON)],
)  # fmt: skip
KNOWN: dict[str, dict[str, Any]] = {
    "cms-comprehensive-care-plan": {
        "cognition_and_function_assessed": True, "takes_medicines": True, "has_caregiver": True,
        "caregiver_assessed": True, "others_outside_involved": True,
    },
    "tjc-behavioral-health": {"criteria_discussed_with_person": True, "results_fed_back": True},
    "prsb-personalised-care-and-support-plan": {"is_the_one_plan": True},
    "ccbhc-maine": {"is_child": True, "intake": date(2025, 12, 1)},
    "wales-personal-plan": {"care_began": date(2026, 1, 5), "is_urgent": False},
}  # fmt: skip


def found(standard_id: str, plan: CarePlan = WHOLE, on: date | None = ON, **facts: Any) -> tuple[Finding, ...]:
    """Check the whole plan, or another one, with everything known that is not said otherwise."""
    return completeness(plan, standard_id, on=on, facts={**KNOWN.get(standard_id, {}), **facts})


def without(name: str, **changes: Any) -> CarePlan:
    """Give the plan with the parts of one list changed; without them where nothing is said."""
    parts = [attrs.evolve(part, **changes) for part in getattr(WHOLE, name)] if changes else []
    changed: dict[str, Any] = {name: parts}
    return attrs.evolve(WHOLE, **changed)


def without_statement(kind: str) -> CarePlan:
    """Give the plan without what was said of one kind."""
    return attrs.evolve(WHOLE, statements=[each for each in WHOLE.statements if each.about != kind])


# the files


@pytest.mark.parametrize("id", standards())
def test_a_plan_that_has_everything_meets_every_standard(id: str) -> None:
    """With everything known that no plan says."""
    assert found(id) == ()


@pytest.mark.parametrize("id", standards())
def test_every_element_says_where_it_was_read(id: str) -> None:
    """Each file has its id as name, says what it is for, and marks what is recalled."""
    made = standard(id)
    assert (made.id, bool(made.title), bool(made.about)) == (id, True, True)
    assert made is standard(id)
    assert made == read_standard(FOLDER / f"{id}.toml")
    assert made.elements
    for each in made.elements:
        assert all((each.asks, each.missing, each.mend, each.sources))
        assert (each.evidence == "unverified") == any("recalled" in source for source in each.sources)
        assert each.evidence != "two-sources" or len(each.sources) >= 2
    assert all(fact.label for fact in made.facts.values())


def test_the_standards_are_listed_by_id() -> None:
    """As many as there are files; another id is refused with the nearest one."""
    assert standards() == tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
    assert len(standards()) == 11
    with pytest.raises(UnknownIdError, match="there is no standard 'hl7-elts', did you mean hl7-eltss"):
        standard("hl7-elts")
    with pytest.raises(UnknownIdError, match="there is no standard"):
        completeness(WHOLE, "nowhere")
    with pytest.raises(UnknownIdError, match="there is no element 'planer', did you mean planner"):
        standard("hl7-eltss").element("planer")


BROKEN: list[tuple[str, str, Callable[[], CarePlan], str]] = [
    ("cms-comprehensive-care-plan", "expected-outcome", lambda: without_statement("expected-outcome"), ""),
    ("cms-comprehensive-care-plan", "environment", lambda: without_statement("environment"), ""),
    ("cms-comprehensive-care-plan", "measurable-goals", lambda: without("goals", target=None), "goals.g"),
    ("cms-comprehensive-care-plan", "responsible", lambda: without("activities", owner=None), "activities.talk"),
    ("cms-comprehensive-care-plan", "symptoms", lambda: without("activities", kind="test"), ""),
    ("cms-comprehensive-care-plan", "medicines", lambda: without("activities", kind="treatment"), ""),
    ("cms-comprehensive-care-plan", "interventions", lambda: without("activities"), ""),
    ("cms-comprehensive-care-plan", "community", lambda: without("resources"), ""),
    ("cms-comprehensive-care-plan", "outside", lambda: without("resources", status="ended"), ""),
    ("cms-comprehensive-care-plan", "copy", lambda: without("copies"), ""),
    ("tjc-behavioral-health", "own-words", lambda: without("goals", expressed_by="holm"), "goals.g"),
    ("tjc-behavioral-health", "measurable", lambda: without("goals", target=None), "goals.g"),
    ("tjc-behavioral-health", "strengths", lambda: without_statement("strength"), ""),
    ("tjc-behavioral-health", "every-need", lambda: without("needs", deferred=""), "needs.later"),
    ("tjc-behavioral-health", "reviewed-in-time", lambda: without("reviews", done=[]), ""),
    ("tjc-behavioral-health", "discharge-criteria", lambda: without_statement("discharge-criterion"), ""),
    ("tjc-behavioral-health", "community-integration", lambda: without_statement("community-integration"), ""),
    ("tjc-behavioral-health", "standard-tool", lambda: without("assessments", instrument=None), ""),
    ("prsb-personalised-care-and-support-plan", "about-me", lambda: without_statement("matters"), ""),
    ("prsb-personalised-care-and-support-plan", "formulation", lambda: without_statement("formulation"), ""),
    ("prsb-personalised-care-and-support-plan", "contingency", lambda: without("crisis_plans"), ""),
    ("hl7-pco-care-plan", "person-centred-goal", lambda: without("goals", expressed_by="holm"), ""),
    ("hl7-pco-care-plan", "priorities", lambda: without("goals", priority=None), ""),
    ("hl7-pco-care-plan", "action-steps", lambda: without("activities", status="cancelled"), ""),
    ("hl7-eltss", "emergency-backup", lambda: without("crisis_plans", backup=[]), ""),
    ("hl7-eltss", "planner", lambda: attrs.evolve(WHOLE, planner=None), ""),
    ("hl7-eltss", "monitor", lambda: attrs.evolve(WHOLE, monitor=None), ""),
    ("safety-plan", "there", lambda: without("safety_plans"), ""),
    ("safety-plan", "warning-signs", lambda: without("safety_plans", warning_signs=[]), "safety_plans.s"),
    ("safety-plan", "coping", lambda: without("safety_plans", coping=[]), "safety_plans.s"),
    ("safety-plan", "distractions", lambda: without("safety_plans", distractions=[]), "safety_plans.s"),
    ("safety-plan", "helpers", lambda: without("safety_plans", helpers=[]), "safety_plans.s"),
    (
        "safety-plan", "helpers-asked",
        lambda: without("safety_plans", helpers=[HelpContact(name="Mia")]), "safety_plans.s",
    ),
    (
        "safety-plan", "professionals",
        lambda: without("safety_plans", status="draft", professionals=[]), "safety_plans.s",
    ),
    ("safety-plan", "environment", lambda: without("safety_plans", status="draft", environment=[]), "safety_plans.s"),
    ("safety-plan", "obstacles", lambda: without("safety_plans", obstacles=[]), "safety_plans.s"),
    ("safety-plan", "kept", lambda: without("safety_plans", kept=" "), "safety_plans.s"),
    ("safety-plan", "looked-at-again", lambda: without("safety_plans", review=None), "safety_plans.s"),
    ("safety-plan", "after-use", lambda: without("safety_plans", used=[Done(on=ON)]), "safety_plans.s"),
    ("relapse-prevention", "there", lambda: without("relapse_plans"), ""),
    *[
        ("relapse-prevention", element, lambda field=field: without("relapse_plans", **{field: ()}), "relapse_plans.k")
        for element, field in (
            ("keeping-well", "keeping_well"), ("treatments", "treatments"), ("warning-signs", "warning_signs"),
            ("helped", "helped"), ("contacts", "contacts"), ("progress", "progress"), ("risks", "risks"),
            ("reasons", "reasons"),
        )
    ],
    ("relapse-prevention", "appointment", lambda: without("relapse_plans", next_appointment=None), "relapse_plans.k"),
    ("relapse-prevention", "self-check", lambda: without("relapse_plans", call_back=None), "relapse_plans.k"),
    ("ahrq-share", "seek", lambda: without("decisions", wanted_role=None), "decisions.d"),
    ("ahrq-share", "help", lambda: without("decisions", options=DECISION.options[1:]), "decisions.d"),
    (
        "ahrq-share", "assess",
        lambda: without("decisions", options=[attrs.evolve(each, preference=None) for each in DECISION.options]),
        "decisions.d",
    ),
    ("ahrq-share", "reach", lambda: without("decisions", again=None), "decisions.d"),
    ("ahrq-share", "evaluate", lambda: without("decisions", done=[]), "decisions.d"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "element", "broken", "place"), BROKEN)
def test_what_is_taken_away_is_found(id: str, element: str, broken: Callable[[], CarePlan], place: str) -> None:
    """That element is missing, in the place it is about; with what is asked, its source and how to mend it."""
    result = found(id, broken())
    assert element in {each.element for each in result}
    one = next(each for each in result if each.element == element)
    asked = standard(id).element(element)
    assert one == Finding(
        standard=id,
        element=element,
        asks=asked.asks,
        demand=asked.demand,
        place=place,
        state="missing",
        missing=asked.missing,
        because=one.because,
        mend=asked.mend,
        sources=asked.sources,
        evidence=asked.evidence,
    )
    assert one.because


def test_an_empty_plan_lacks_what_is_asked_of_every_plan() -> None:
    """Nothing is asked of goals that are not there; that they are not there is found."""
    empty = CarePlan(id="p", person="anna", created=ON)
    assert [each.element for each in found("cms-comprehensive-care-plan", empty)] == [
        "problems", "expected-outcome", "goals", "symptoms", "interventions", "medicines", "environment", "community",
        "outside", "review", "copy",
    ]  # fmt: skip
    assert [each.element for each in found("tjc-behavioral-health", empty)] == [
        "needs", "strengths", "time-frame", "discharge-criteria", "community-integration", "standard-tool",
    ]  # fmt: skip
    assert found("ahrq-share", empty) == ()


# unknown and missing


def test_what_no_plan_says_is_unknown_until_the_host_says_it() -> None:
    """Unknown names what to find out; no is missing; yes is met."""
    unknown = found("prsb-personalised-care-and-support-plan", is_the_one_plan=None)
    assert [(each.state, each.ask) for each in unknown] == [
        ("unknown", ("whether this is the one plan that all professionals contribute to",))
    ]
    assert unknown[0].because == "is_the_one_plan is unknown"
    missing = found("prsb-personalised-care-and-support-plan", is_the_one_plan=False)
    assert [(each.state, each.ask) for each in missing] == [("missing", ())]
    assert completeness(WHOLE, "prsb-personalised-care-and-support-plan") == unknown


def test_whether_it_is_asked_at_all_can_be_unknown() -> None:
    """Not where what it asks is there anyway; nothing is asked where it does not apply."""
    id = "cms-comprehensive-care-plan"
    assert found(id, takes_medicines=None) == ()
    bare = without("activities", kind="treatment")
    assert [(each.state, each.ask) for each in found(id, bare, takes_medicines=None)] == [
        ("unknown", ("whether the person takes medicines",))
    ]
    assert found(id, bare, takes_medicines=None)[0].because == "takes_medicines is unknown"
    assert found(id, bare, takes_medicines=False) == ()
    both = found(id, has_caregiver=None, caregiver_assessed=None)
    assert [(each.element, each.state, each.because) for each in both] == [
        ("caregiver", "unknown", "has_caregiver is unknown")
    ]
    assert both[0].ask == (
        "whether somebody cares for the person at home",
        "whether the caregiver's own situation was assessed",
    )
    assert found(id, has_caregiver=False, caregiver_assessed=None) == ()


def test_words_that_nobody_noted_the_speaker_of_are_unknown() -> None:
    """Whose words a goal is in; of several goals one that is the person's is enough for the plan."""
    silent = without("goals", expressed_by=None)
    (one,) = found("tjc-behavioral-health", silent)
    assert (one.element, one.state, one.place, one.ask) == ("own-words", "unknown", "goals.g", ("in_own_words",))
    assert [each.state for each in found("hl7-pco-care-plan", silent)] == ["unknown"]
    two = attrs.evolve(silent, goals=[*silent.goals, attrs.evolve(WHOLE.goals[0], id="h")])
    assert found("hl7-pco-care-plan", two) == ()
    other = attrs.evolve(silent, goals=[*silent.goals, attrs.evolve(WHOLE.goals[0], id="h", expressed_by="holm")])
    assert [each.state for each in found("hl7-pco-care-plan", other)] == ["unknown"]


def test_without_a_day_what_depends_on_it_is_unknown() -> None:
    """And says that the day is what is asked for."""
    for id, element in (("ccbhc-treatment-plan", "six-months"), ("tjc-behavioral-health", "reviewed-in-time")):
        (one,) = found(id, on=None)
        assert (one.element, one.state, one.ask) == (element, "unknown", ("the day asked about",))
    (one,) = found("ccbhc-maine", on=None, is_child=False)
    assert (one.element, one.ask) == ("review-of-adults", ("the day asked about",))


@pytest.mark.parametrize(
    ("id", "facts", "last", "first_late"),
    [
        ("ccbhc-treatment-plan", {}, date(2026, 7, 31), date(2026, 8, 1)),
        ("ccbhc-maine", {"is_child": False}, date(2026, 7, 30), date(2026, 7, 31)),
        ("ccbhc-maine", {"is_child": True}, date(2026, 5, 1), date(2026, 5, 2)),
    ],
)
def test_the_last_day_in_time_is_in_time(id: str, facts: Any, last: date, first_late: date) -> None:
    """Counted from the last review, here of 31 January; what was missed or lies ahead is none."""
    assert found(id, on=last, **facts) == ()
    assert [each.state for each in found(id, on=first_late, **facts)] == ["missing"]
    missed = without(
        "reviews", done=[*WHOLE.reviews[0].done, Done(on=date(2026, 4, 1), outcome="missed"), Done(on=date(2027, 1, 1))]
    )
    assert [each.state for each in found(id, missed, on=first_late, **facts)] == ["missing"]
    never = attrs.evolve(without("reviews", done=[]), created=date(2026, 1, 31))
    facts = {**facts, "intake": date(2026, 1, 31)} if facts else {}
    assert found(id, never, on=last, **facts) == ()
    assert [each.state for each in found(id, never, on=first_late, **facts)] == ["missing"]


@pytest.mark.parametrize(
    ("facts", "elements"),
    [
        ({"care_began": date(2026, 1, 4)}, ["before-care"]),
        ({"care_began": date(2026, 1, 6)}, []),
        ({"care_began": date(2026, 1, 4), "is_urgent": True}, []),
        ({"care_began": date(2026, 1, 3), "is_urgent": True}, ["within-a-day"]),
        ({"care_began": None}, ["before-care"]),
        ({"is_urgent": None}, []),
        ({"is_urgent": None, "care_began": date(2026, 1, 4)}, ["before-care"]),
    ],
)
def test_days_from_a_date_of_the_host_are_counted(facts: Any, elements: list[str]) -> None:
    """To the day the plan was made; where the date is unknown, its own words are what is asked for."""
    result = found("wales-personal-plan", **facts)
    assert [each.element for each in result] == elements
    if "care_began" in facts and facts["care_began"] is None:
        assert result[0].ask == ("the day on which care began",)


@pytest.mark.parametrize(("intake", "count"), [(date(2025, 11, 6), 0), (date(2025, 11, 5), 1)])
def test_a_first_plan_in_maine_has_sixty_days(intake: date, count: int) -> None:
    """The sixtieth day is in time."""
    assert len(found("ccbhc-maine", intake=intake)) == count


def test_facts_are_those_the_standard_declares_and_of_their_kind() -> None:
    """All that is wrong at once."""
    with pytest.raises(DataError) as refused:
        completeness(WHOLE, "ccbhc-maine", facts={"is_chld": True, "intake": "2026-01-01", "is_child": 1})
    assert str(refused.value) == (
        "facts: 3 faults\n"
        "  $.is_chld: the standard asks for no such fact, did you mean is_child?\n"
        "  $.intake: date is wanted, found str\n"
        "  $.is_child: yes/no is wanted, found int"
    )


# what counts


def test_what_is_over_does_not_count() -> None:
    """A need resolved, a goal given up, an activity ended, a statement taken back, a plan ended."""
    over = [
        ("cms-comprehensive-care-plan", "problems", without("needs", status="resolved")),
        ("cms-comprehensive-care-plan", "goals", without("goals", lifecycle="cancelled")),
        ("cms-comprehensive-care-plan", "interventions", without("activities", status="completed")),
        ("cms-comprehensive-care-plan", "environment", without("statements", status="ended")),
        ("safety-plan", "there", without("safety_plans", status="ended")),
        ("safety-plan", "there", without("safety_plans", status="entered-in-error")),
    ]
    for id, element, plan in over:
        assert element in {each.element for each in found(id, plan)}
    for status in ("on-hold", "unknown", "scheduled"):
        assert found("hl7-pco-care-plan", without("activities", status=status)) == ()


OURS = """
id = "ours"
title = "Ours"
{facts}
[[elements]]
id = "e"
asks = "a"
rule = "{rule}"
{more}
missing = "b"
mend = "c"
evidence = "ours"
"""


def holds(rule: str, plan: CarePlan = WHOLE, each: str = "", **facts: Any) -> list[str]:
    """Give the states that a rule of one's own leads to; none where it holds."""
    declared = "".join(f'[facts.{name}]\nlabel = "x"\nkind = "number"\n' for name in facts)
    made = read_standard(OURS.format(rule=rule, facts=declared, more=f'each = "{each}"' if each else ""))
    return [one.state for one in completeness(plan, made, on=ON, facts=facts)]


AGREED = Agreement(id="a", on=date(2026, 1, 5), stances=[Stance(member="anna", says="agrees")])


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        ("title", ["missing"]),
        ("status == 'active' and intent == 'plan'", []),
        ("known(since)", ["missing"]),
        ("since <= created", ["unknown"]),
        ("author", ["missing"]),
        ("strengths + matters == 0 and replaces == 0", []),
        ("needs == 2 and needs.social == 1 and needs.deferred == 1 and needs.substance_use == 0", []),
        ("statements.discharge_criterion == 1 and statements.by == 0", []),
        ("activities.medication == 1 and activities.owner == 2 and activities.goals == 2 and activities.due == 0", []),
        ("copies_for_person == 1", []),
        ("days_old == 55 and days_unreviewed == 29 and months_unreviewed == 2", []),
        ("agreed", ["unknown"]),
        ("days_old <= limit", []),
    ],
)
def test_rules_ask_about_the_plan(rule: str, states: list[str]) -> None:
    """Words from a list, days, whether something is there, how many there are, of which sort and with what."""
    assert holds(rule, limit=55) == states


@pytest.mark.parametrize(
    ("agreements", "states"),
    [
        ([AGREED], []),
        ([attrs.evolve(AGREED, stances=[Stance(member="anna", says="disagrees")])], ["missing"]),
        ([attrs.evolve(AGREED, stances=[Stance(member="anna", says="pending")])], ["unknown"]),
        ([attrs.evolve(AGREED, id="b", on=ON, stances=[Stance(member="anna", says="disagrees")]), AGREED], ["missing"]),
        ([attrs.evolve(AGREED, status="ended")], ["unknown"]),
    ],
)
def test_the_latest_agreement_in_force_says_whether_it_is_agreed(agreements: Any, states: list[str]) -> None:
    """Nobody asked, or somebody has not said: unknown."""
    assert holds("agreed", attrs.evolve(WHOLE, agreements=agreements)) == states


@pytest.mark.parametrize(
    ("each", "rule", "states"),
    [
        ("goals", "activities == 2 and needs == 1 and priority == 'high' and target and not scale", []),
        ("goals", "person_agrees", ["unknown"]),
        ("needs", "goals == 1", ["missing"]),
        ("needs", "domain in ('mental', 'social') and not title", []),
        ("reviews", "cycle and done == 1 and not owner", []),
        ("activities", "known(due)", ["missing", "missing"]),
        ("activities", "known(preference)", ["missing", "missing"]),
        ("decisions", "seek and help and assess and reach and evaluate and known(again)", []),
        ("copies", "member and on <= on", []),
    ],
)
def test_rules_ask_about_each_part(each: str, rule: str, states: list[str]) -> None:
    """One finding a part."""
    assert holds(rule, each=each) == states


@pytest.mark.parametrize(("says", "states"), [("agrees", []), ("disagrees", ["missing"]), ("pending", ["unknown"])])
def test_the_person_agrees_to_a_goal_or_not(says: Any, states: list[str]) -> None:
    """The last word of the person counts, and nobody else's."""
    stances = [
        Stance(member="anna", says="disagrees"), Stance(member="anna", says=says), Stance(member="holm", says="agrees"),
    ]  # fmt: skip
    assert holds("person_agrees", without("goals", acceptance=stances), "goals") == states


# reading one's own


def test_every_fault_of_a_standard_is_said_at_once() -> None:
    """With its place and what would do."""
    text = """
    id = "bad id"
    title = "x"
    [references]
    A = "somewhere"
    [facts.needs]
    label = "x"
    [facts.owner]
    label = "x"
    [[elements]]
    id = "one"
    asks = "x"
    each = "goal"
    rule = "targt"
    missing = "x"
    mend = "x"
    sources = ["A"]
    [[elements]]
    id = "one"
    asks = "x"
    each = "goals"
    rule = "targt"
    when = "activities"
    missing = "x"
    mend = "x"
    """
    with pytest.raises(DefinitionError) as refused:
        read_standard(text)
    assert [str(fault) for fault in refused.value.faults] == [
        "$.id: 'bad id' is no id: letters and digits, joined by single - . or _",
        "$.elements[one].each: a plan has no list 'goal', did you mean goals?",
        "$.elements[one].id: it stands twice",
        "$.elements[one].sources: a source is wanted, or evidence that it is ours",
        "$.facts.needs: a plan says that itself: choose another name",
        "$.facts.owner: a plan says that itself: choose another name",
        "$.elements[one].when: yes or no is wanted, found number",
        "$.elements[one].rule: column 1: unknown name targt, did you mean target?",
    ]


def test_a_reference_that_is_not_there_is_a_fault() -> None:
    """Besides those of the elements."""
    text = OURS.format(rule="needs", facts="", more='sources = ["P9"]\nalso = 1') + '[references]\nA = "x"\n'
    with pytest.raises(DefinitionError) as refused:
        read_standard(text)
    faults = [str(fault) for fault in refused.value.faults]
    assert faults[0].startswith("$.elements[e].sources: 'P9' is not in references")
    assert any("also: not a field here" in fault for fault in faults)
    with pytest.raises(DefinitionError, match="'P9' is not in references"):
        read_standard(text.replace("also = 1", "").replace('rule = "needs"', 'rule = "needs >= 1"'))
