"""Strategies for the parts of plans."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from carecoord.plans import Goal, SafetyPlan, SharedDecision
from carecoord.plans._part import check_follows, marked, referred
from carecoord.plans._parts import KINDS, PARTS
from carecoord.testing import goals, plan_parts
from carecoord.testing._plan_parts import changed_part

KNOWN = {name: [f"{name}-1", f"{name}-2"] for name in PARTS}


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=15)
@given(data=st.data())
def test_parts_speak_only_of_what_is_known(name: str, data: st.DataObject) -> None:
    """And of nothing where nothing is."""
    part = data.draw(plan_parts(KINDS[name], known=KNOWN))
    assert type(part) is KINDS[name]
    alone = data.draw(plan_parts(KINDS[name]))
    for field, named in marked(KINDS[name], "refers"):
        assert set(referred(getattr(part, field))) <= set(KNOWN[named])
        assert not getattr(alone, field)


@pytest.mark.parametrize("name", PARTS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_changed_part_follows_lawfully(name: str, data: st.DataObject) -> None:
    """Its id stays, its statuses move as the tables say, and what was recorded is kept."""
    part: Any = data.draw(plan_parts(KINDS[name]))
    after = data.draw(changed_part(part))
    assert after.id == part.id
    check_follows(part, after, "$")


@settings(max_examples=50)
@given(safe=plan_parts(SafetyPlan), decision=plan_parts(SharedDecision), goal=goals(of_needs=["n"]))
def test_parts_hold_together(safe: SafetyPlan, decision: SharedDecision, goal: Goal) -> None:
    """A safety plan in force leads to help, a decision in force has a choice, and levels have a scale."""
    assert safe.status != "active" or (safe.professionals and safe.environment)
    assert decision.status != "active" or decision.chosen is not None
    assert goal.scale is not None or not goal.ratings
    assert set(goal.needs) <= {"n"}
