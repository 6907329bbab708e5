"""What calls for a review besides the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, RuleError
from carecoord.plans import Review, ReviewCycle, Trigger, triggered
from carecoord.rules import Kind, Vocabulary

WORDS = Vocabulary(names={"missed_contacts": Kind.number(0, 1000, whole=True), "admitted": Kind.YES_NO})
MISSED = Trigger(id="two-missed-contacts", when="missed_contacts >= 2", because="two missed contacts")
EITHER = Trigger(id="either", when="missed_contacts >= 2 or admitted")


@pytest.mark.parametrize(
    ("facts", "states", "missing"),
    [
        ({"missed_contacts": 2}, ["called-for", "called-for"], [(), ()]),
        ({"missed_contacts": 1, "admitted": False}, ["not-called-for", "not-called-for"], [(), ()]),
        ({"missed_contacts": 1}, ["not-called-for", "ask"], [(), ("admitted",)]),
        ({"admitted": True}, ["ask", "called-for"], [("missed_contacts",), ()]),
        ({"missed_contacts": None}, ["ask", "ask"], [("missed_contacts",), ("missed_contacts", "admitted")]),
    ],
)
def test_what_is_not_known_is_asked_for(facts: dict[str, Any], states: list[str], missing: list[Any]) -> None:
    """Every trigger answers: called for, not called for, or what to ask; none is silently not called for."""
    found = triggered([MISSED, EITHER], facts, WORDS)
    assert [each.state for each in found] == states
    assert [each.missing for each in found] == missing
    assert [each.trigger for each in found] == [MISSED, EITHER]
    assert found[0].explanation.sentence


def test_a_trigger_says_something() -> None:
    """An id and a rule that reads as yes or no."""
    with pytest.raises(DataError) as raised:
        Trigger(id="two missed", when=" ")
    assert str(raised.value) == (
        "trigger: 2 faults\n  $.id: letters and digits are wanted, joined by - or . or _\n"
        "  $.when: a rule is wanted, as missed_contacts >= 2"
    )
    with pytest.raises(RuleError, match="column 1: a trigger is yes or no"):
        Trigger(id="sum", when="missed_contacts + 1").read({}, WORDS)
    with pytest.raises(RuleError):
        Trigger(id="other", when="relapsed").read({}, WORDS)


def test_what_a_trigger_calls_for_is_one_more_review() -> None:
    """The host writes the call down once, with its reason; doing it once is enough, however long the fact stays so."""
    review = Review(id="r", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P3M"), triggers=[MISSED])
    review = review.record(on=date(2026, 1, 31))
    (found,) = triggered(review.triggers, {"missed_contacts": 2}, WORDS)
    called = attrs.evolve(review, cycle=review.cycle.call(on=date(2026, 3, 2), because=found.trigger.because))
    assert called.standing(on=date(2026, 3, 2)).state == "due"
    done = called.record(on=date(2026, 3, 4))
    assert done.standing(on=date(2026, 3, 5)).due == date(2026, 4, 30)
