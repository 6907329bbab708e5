"""Crisis plans, safety plans and relapse-prevention plans."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, RuleError, StatusError
from carecoord.plans import (
    CarePlan,
    ContinuedTreatment,
    CrisisPlan,
    Done,
    HelpContact,
    RelapsePreventionPlan,
    Review,
    ReviewCycle,
    SafetyPlan,
)
from carecoord.rules import Kind, Vocabulary

DAY = date(2026, 3, 2)
CLINIC = HelpContact(name="the clinic", reach="as on the card")
SAFE = SafetyPlan(
    id="s",
    warning_signs=["I stop answering the phone"],
    coping=["the dog"],
    distractions=[HelpContact(name="the library")],
    helpers=[HelpContact(name="Ines", is_asked=True)],
    professionals=[CLINIC],
    environment=["the tablets are at my sister's"],
)


@pytest.mark.parametrize("empty", [("professionals",), ("environment",), ("professionals", "environment")])
def test_a_safety_plan_in_force_leads_to_help_and_to_a_safe_place(empty: tuple[str, ...]) -> None:
    """Parts 5 and 6 are never empty; a draft may still want them, and so may one that has ended."""
    nothing: Any = dict.fromkeys(empty, ())
    draft = attrs.evolve(SAFE, **nothing)
    assert draft.empty == empty
    with pytest.raises(DataError) as raised:
        draft.move("active")
    assert [fault.path for fault in raised.value.faults] == [f"$.{name}" for name in empty]
    assert draft.move("ended").status == "ended"


def test_the_other_parts_may_be_empty() -> None:
    """Somebody may have nobody to name, and the plan helps all the same."""
    few = SafetyPlan(id="s", status="active", professionals=[CLINIC], environment=["locked away"])
    assert few.empty == ("warning_signs", "coping", "distractions", "helpers")
    assert SAFE.move("active").empty == ()


def test_helpers_are_asked_before_they_are_counted_on() -> None:
    """Those who were not asked and those who said no are named; nobody knows is not asked."""
    helpers = [HelpContact(name=f"h{asked}", is_asked=asked) for asked in (True, False, None)]
    assert attrs.evolve(SAFE, helpers=helpers).unasked == ("hFalse", "hNone")


def test_after_it_was_used_it_is_looked_at_again() -> None:
    """The look must come after the use, or on its day; one that was missed is none."""
    used = attrs.evolve(SAFE, used=[Done(on=DAY)])
    assert not SAFE.needs_another_look
    assert used.needs_another_look
    for on, outcome, needed in (
        (date(2026, 3, 1), "done", True),
        (DAY, "done", False),
        (date(2026, 3, 5), "missed", True),
    ):
        looked: Any = Done(on=on, outcome=outcome)  # type: ignore[arg-type]
        assert attrs.evolve(used, done=[looked]).needs_another_look is needed


def test_uses_are_never_lost() -> None:
    """Neither of a safety plan nor of a crisis plan."""
    for name, part in (("safety_plans", SAFE), ("crisis_plans", CrisisPlan(id="c"))):
        fields: Any = {name: [attrs.evolve(part, used=[Done(on=DAY)])]}
        plan = CarePlan(id="p", person="a", created=DAY, **fields)
        changes: Any = {name: [part]}
        with pytest.raises(DataError, match=rf"\$.{name}\[0\].used: what was recorded on 2026-03-02 is not kept"):
            plan.revise(by="lee", on=DAY, reason="x", **changes)


def test_a_plan_for_bad_days_begins_as_a_draft_and_names_reviews_that_there_are() -> None:
    """It is in force when somebody says so."""
    cycle = ReviewCycle(anchor=DAY, every="P1M")
    for cls, name in (
        (SafetyPlan, "safety_plans"),
        (CrisisPlan, "crisis_plans"),
        (RelapsePreventionPlan, "relapse_plans"),
    ):
        part = cls(id="x", review="monthly")
        assert part.status == "draft"
        fields: Any = {name: [part]}
        with pytest.raises(DataError, match=rf"\$.{name}\[0\].review: the plan has no review monthly"):
            CarePlan(id="p", person="a", created=DAY, **fields)
        CarePlan(id="p", person="a", created=DAY, reviews=[Review(id="monthly", cycle=cycle)], **fields)
        with pytest.raises(StatusError):
            part.move("ended").move("draft")


def test_a_relapse_plan_says_when_to_call() -> None:
    """Its rule is read with the host's names, and an unknown score is unknown."""
    words = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
    well = RelapsePreventionPlan(
        id="r",
        self_check="phq-9",
        call_back="phq_9.total >= 10",
        treatments=[ContinuedTreatment(title="sertraline", until=date(2026, 12, 1))],
    )
    values = [
        each.value for facts in ({"phq_9.total": 12}, {"phq_9.total": 9}, {}) if (each := well.calls_back(facts, words))
    ]
    assert values == [True, False, None]
    assert attrs.evolve(well, call_back=None).calls_back({}, words) is None
    with pytest.raises(RuleError, match="when to call is yes or no"):
        attrs.evolve(well, call_back="phq_9.total").calls_back({}, words)
    plan = CarePlan(id="p", person="a", created=DAY, relapse_plans=[attrs.evolve(well, call_back="phq_9.total > 99")])
    (fault,) = plan.target_faults(words)
    assert fault.path == "$.relapse_plans[r].call_back"
    assert "can never be true" in fault.message


def test_the_library_gives_no_words_and_no_number_to_call() -> None:
    """What a plan for bad days says is the person's and the site's: nothing in it has a value of its own."""
    for cls in (SafetyPlan, CrisisPlan, RelapsePreventionPlan):
        made = cls(id="x")
        said = [getattr(made, field.name) for field in attrs.fields(cls) if field.name not in {"id", "status"}]
        assert not any(said)
