"""How near goals are, by the facts and by what people recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from carecoord.errors import RuleError
from carecoord.plans import Goal, GoalAttainmentScale, GoalProgress, progress
from carecoord.rules import Kind, Vocabulary

WORDS = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True), "sleeps": Kind.YES_NO})
SCALE = GoalAttainmentScale(levels=["in bed", "indoors", "one walk a week", "two walks", "daily walks"], baseline=-2)
ON = date(2026, 3, 2)


def of(facts: dict[str, Any], **given: Any) -> GoalProgress:
    """Say how near one goal is."""
    goal = Goal(id="mood", statement="Enjoy my garden", **given)
    return progress([goal], facts, WORDS, on=ON).goals[0]


@pytest.mark.parametrize(
    ("facts", "target", "missing"),
    [
        ({"phq_9.total": 4, "sleeps": True}, "met", ()),
        ({"phq_9.total": 4, "sleeps": False}, "not-met", ()),
        # One fact settles it: nothing is asked for.
        ({"phq_9.total": 12}, "not-met", ()),
        ({"phq_9.total": 4}, "unknown", ("sleeps",)),
        ({}, "unknown", ("phq_9.total", "sleeps")),
        ({"phq_9.total": None, "sleeps": None}, "unknown", ("phq_9.total", "sleeps")),
    ],
)
def test_a_target_is_met_not_met_or_asked_for(facts: dict[str, Any], target: str, missing: tuple[str, ...]) -> None:
    """What the facts do not tell is unknown, and which ones would is said."""
    found = of(facts, target="phq_9.total < 5 and sleeps")
    assert (found.target, found.missing) == (target, missing)
    assert found.explanation is not None
    assert found.explanation.sentence in found.because


def test_a_goal_without_a_target_is_measured_by_nothing() -> None:
    """It is neither met nor unknown."""
    found = of({}, lifecycle="active")
    assert (found.goal, found.target, found.explanation, found.is_in_doubt) == ("mood", "no-target", None, False)
    assert found.because == "nothing measures it; nobody has said how near it is"


@pytest.mark.parametrize(
    ("total", "achievement", "is_in_doubt"),
    [
        (4, None, True),
        (4, "achieved", False),
        (12, "sustaining", True),
        (12, "improving", False),
        (None, "achieved", False),
    ],
)
def test_where_the_record_and_the_facts_differ_somebody_should_look(
    total: int | None, achievement: Any, is_in_doubt: bool
) -> None:
    """Met and not recorded so, or recorded and met no longer; what is unknown contradicts nobody."""
    found = of({"phq_9.total": total}, target="phq_9.total < 5", achievement=achievement)
    assert found.is_in_doubt is is_in_doubt


def test_levels_of_a_scale_are_those_found_by_the_day() -> None:
    """The latest level by the day asked about counts, with what was gained since the start."""
    goal = Goal(id="walks", statement="get out", scale=SCALE).rate(-1, on=date(2026, 2, 1)).rate(1, on=date(2026, 3, 3))
    found = progress([goal], {}, WORDS, on=ON)
    (walks,) = found.goals
    assert (walks.level, walks.gained) == (-1, 1)
    assert walks.because == "nothing measures it; its level is -1, indoors; nobody has said how near it is"
    assert found.attainment.value == 40
    later = progress([goal], {}, WORDS, on=date(2026, 3, 3))
    assert (later.goals[0].level, later.goals[0].gained, later.attainment.value) == (1, 3, 60)
    nobody = progress([Goal(id="walks", statement="get out", scale=SCALE)], {}, WORDS, on=ON).goals[0]
    assert (nobody.level, nobody.gained) == (None, None)
    assert "its level is not known" in nobody.because


@pytest.mark.parametrize(
    ("given", "is_overdue"),
    [
        ({"due": date(2026, 3, 1), "lifecycle": "active"}, True),
        ({"due": date(2026, 3, 1), "lifecycle": "on-hold"}, True),
        ({"due": date(2026, 3, 2), "lifecycle": "active"}, False),
        ({"lifecycle": "active"}, False),
        ({"due": date(2026, 3, 1), "lifecycle": "completed"}, False),
        ({"due": date(2026, 3, 1), "lifecycle": "active", "achievement": "achieved"}, False),
        ({"due": date(2026, 3, 1), "lifecycle": "active", "achievement": "not-attainable"}, True),
    ],
)
def test_a_goal_is_overdue_while_it_is_pursued_past_its_day(given: dict[str, Any], is_overdue: bool) -> None:
    """Not what is reached, and not what nobody pursues any more."""
    found = of({}, **given)
    assert (found.is_overdue, found.due) == (is_overdue, given.get("due"))


def test_a_goal_entered_in_error_is_none() -> None:
    """It is not listed; a target that does not read is refused."""
    assert progress([Goal(id="g", statement="x", lifecycle="entered-in-error")], {}, WORDS, on=ON).goals == ()
    with pytest.raises(RuleError):
        of({}, target="gad_7.total < 5")
