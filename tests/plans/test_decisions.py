"""Shared decisions, step by step."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, StatusError
from carecoord.plans import CarePlan, DecisionOption, Done, SharedDecision, Stance

DAY = date(2026, 3, 2)
STOP = DecisionOption(id="stop", title="stop the tablets", benefits=["no dry mouth"], harms=["it may come back"])
WAIT = DecisionOption(id="wait", title="go on", is_nothing=True, benefits=["no change"], harms=["dry mouth stays"])
OPEN = SharedDecision(id="d", question="How to go on with the tablets?", options=[STOP, WAIT])
FULL = attrs.evolve(
    OPEN,
    status="active",
    wanted_role="shared",
    matters=["to be able to sing"],
    choice="wait",
    reason="the wedding is in May",
    on=DAY,
    stances=[Stance(member="anna", says="agrees", on=DAY, words="until May"), Stance(member="lee", says="disagrees")],
    again=date(2026, 6, 1),
    done=[Done(on=date(2026, 6, 2), by="lee", note="stays as it is")],
)


def test_a_decision_says_what_was_chosen_and_which_steps_are_recorded() -> None:
    """One that is full has nothing missing; a disagreement is a position and no gap."""
    assert FULL.chosen == WAIT
    assert FULL.missing == ()
    assert FULL.steps == ("seek", "help", "assess", "reach", "evaluate")
    assert OPEN.chosen is None
    assert OPEN.steps == ("help",)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"stances": []}, "seek: who took part"),
        ({"wanted_role": None}, "seek: which part the person wants in it"),
        ({"options": [WAIT]}, "help: options to choose from"),
        ({"options": [STOP, attrs.evolve(WAIT, is_nothing=False)]}, "help: doing nothing as an option"),
        ({"options": [attrs.evolve(STOP, harms=[]), WAIT]}, "help: benefits and harms of stop the tablets"),
        ({"options": [attrs.evolve(STOP, benefits=[]), WAIT]}, "help: benefits and harms of stop the tablets"),
        ({"matters": []}, "assess: what matters to the person in this"),
        ({"choice": None, "status": "draft"}, "reach: what was chosen"),
        ({"stances": [Stance(member="anna", says="pending")]}, "reach: whether everybody agrees"),
        ({"again": None}, "reach: when to look again"),
        ({"done": []}, "evaluate: what came of it"),
    ],
)
def test_each_thing_that_is_not_recorded_is_named_with_its_step(changes: dict[str, Any], missing: str) -> None:
    """And that step is not among those that are."""
    found = attrs.evolve(FULL, **changes)
    assert found.missing == (missing,)
    assert missing.partition(":")[0] not in found.steps
    assert len(found.steps) == 4


def test_a_preference_for_an_option_says_what_matters_too_and_a_review_when_to_look_again() -> None:
    """Either will do."""
    liked = attrs.evolve(FULL, matters=[], options=[attrs.evolve(STOP, preference="preferred"), WAIT])
    assert liked.missing == ()
    assert attrs.evolve(FULL, again=None, review="monthly").missing == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"choice": "wiat"}, r"\$.choice: there is no option wiat, did you mean wait\?"),
        ({"status": "active"}, r"\$.choice: a decision that is active says what was chosen"),
        ({"options": [STOP, STOP]}, r"\$.options\[1\].id: stop stands twice"),
        ({"wanted_role": "doctor"}, r"\$.wanted_role: 'doctor' is none of person, shared, others"),
        ({"capacity": "yes"}, r"\$.capacity"),
        ({"question": ""}, r"\$.question: text is wanted"),
    ],
)
def test_what_does_not_hold_together_is_refused(changes: dict[str, Any], says: str) -> None:
    """A choice is one of the options, and a decision in force has one."""
    with pytest.raises(DataError, match=says):
        attrs.evolve(OPEN, **changes)


def test_a_decision_is_open_until_it_is_reached() -> None:
    """It is reached by a choice, ends when another takes its place, and is not taken up again."""
    reached = attrs.evolve(OPEN, choice="stop").move("active")
    assert OPEN.status == "draft"
    ended = reached.move("ended")
    with pytest.raises(StatusError, match="part status cannot go from ended to active: it may become entered-in-error"):
        ended.move("active")
    with pytest.raises(DataError, match="says what was chosen"):
        OPEN.move("active")


def test_what_came_of_a_decision_is_never_lost() -> None:
    """It is looked at again and again, and each time is kept."""
    plan = CarePlan(id="p", person="anna", created=DAY, decisions=[FULL])
    with pytest.raises(DataError, match=r"\$.decisions\[0\].done: what was done on 2026-06-02 is not kept"):
        plan.revise(by="lee", on=DAY, reason="x", decisions=[attrs.evolve(FULL, done=[])])
    assert plan.part(SharedDecision, "d") == FULL
