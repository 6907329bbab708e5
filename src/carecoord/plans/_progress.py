"""How near goals are: what their targets say of the facts, beside what people recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from carecoord.plans._attainment import GoalAttainment, Level, goal_attainment, level_on
from carecoord.plans._goals import Goal
from carecoord.plans._statuses import Achievement

if TYPE_CHECKING:
    from carecoord.rules import Explanation, Vocabulary

__all__ = ["GoalProgress", "Progress", "TargetState", "progress"]

TargetState = Literal["met", "not-met", "unknown", "no-target"]
"""What the facts say of a goal's target: `unknown` where they do not tell, `no-target` where nothing measures it."""

_REACHED: Final = ("achieved", "sustaining")
_PURSUED: Final = ("planned", "accepted", "active", "on-hold")


@attrs.frozen(kw_only=True)
class GoalProgress:
    """How near one goal is on a day.

    Attributes:
        goal: the id of the goal.
        target: what the facts say of its target.
        missing: the facts to ask for, where the target is unknown.
        achievement: what people recorded; `None` where nobody has looked yet.
        level: the level of its scale that was found last; `None` where none was.
        gained: by how many levels that is above the start; `None` where either is not known.
        due: the day by which it is to be reached.
        is_overdue: whether that day is past, and it is still pursued and not achieved.
        because: all of that in a sentence.
        explanation: which facts said what of the target; `None` where there is none.
    """

    goal: str
    target: TargetState
    missing: tuple[str, ...]
    achievement: Achievement | None
    level: Level | None
    gained: int | None
    due: date | None
    is_overdue: bool
    because: str
    explanation: Explanation | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_in_doubt(self) -> bool:
        """Whether what people recorded and what the facts say differ, so that somebody should look."""
        reached = self.achievement in _REACHED
        return (self.target == "met" and not reached) or (self.target == "not-met" and reached)


@attrs.frozen
class Progress:
    """How near some goals are on a day.

    Attributes:
        goals: each goal, in the order given.
        attainment: one score over those that have a scale.
    """

    goals: tuple[GoalProgress, ...]
    attainment: GoalAttainment


def progress(goals: Iterable[Goal], facts: Mapping[str, Any], vocabulary: Vocabulary, *, on: date) -> Progress:
    """Say how near goals are: what their targets say of the facts, and what people recorded by a day.

    This changes nothing: a person decides what was achieved.

    Args:
        goals: the goals, as those of a plan; those entered in error are left out.
        facts: what is known, by name; what is left out or `None` is not known.
        vocabulary: the names that targets may use.
        on: the day asked about; levels found later are not seen.

    Raises:
        RuleError: a target does not read with these names, or is no yes/no.

    Example:
        >>> from carecoord.rules import Kind, Vocabulary
        >>> words = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
        >>> goal = Goal(id="mood", statement="Enjoy my garden", target="phq_9.total < 5", due=date(2026, 6, 1))
        >>> (found,) = progress([goal], {"phq_9.total": 12}, words, on=date(2026, 3, 2)).goals
        >>> found.target, found.because
        ('not-met', 'its target is not met: phq_9.total is 12, wanted < 5; nobody has said how near it is')
        >>> (found,) = progress([goal], {}, words, on=date(2026, 3, 2)).goals
        >>> found.target, found.missing
        ('unknown', ('phq_9.total',))
    """
    given = [goal for goal in goals if goal.lifecycle != "entered-in-error"]
    return Progress(tuple(_progress(goal, facts, vocabulary, on) for goal in given), goal_attainment(given, on=on))


def _progress(goal: Goal, facts: Mapping[str, Any], vocabulary: Vocabulary, on: date) -> GoalProgress:
    rule = goal.rule(vocabulary)
    explanation = None if rule is None else rule.explain(facts)
    target: TargetState = "no-target"
    if explanation is not None:
        target = "unknown" if explanation.value is None else "met" if explanation.value else "not-met"
    missing = (
        [name for name in rule.names if facts.get(name) is None] if rule is not None and target == "unknown" else []
    )
    level = level_on(goal.ratings, on)
    start = None if goal.scale is None else goal.scale.baseline
    is_late = goal.due is not None and goal.due < on
    return GoalProgress(
        goal=goal.id,
        target=target,
        missing=tuple(missing),
        achievement=goal.achievement,
        level=level,
        gained=None if level is None or start is None else level - start,
        due=goal.due,
        is_overdue=is_late and goal.lifecycle in _PURSUED and goal.achievement not in _REACHED,
        because="; ".join(_words(goal, target, explanation, level)),
        explanation=explanation,
    )


def _words(goal: Goal, target: TargetState, explanation: Explanation | None, level: Level | None) -> list[str]:
    says = {"met": "its target is met", "not-met": "its target is not met", "unknown": "its target is unknown"}
    words = ["nothing measures it" if explanation is None else f"{says[target]}: {explanation.sentence}"]
    if goal.scale is not None:
        words.append(
            "its level is not known" if level is None else f"its level is {level:+d}, {goal.scale.words(level)}"
        )
    words.append("nobody has said how near it is" if goal.achievement is None else f"recorded as {goal.achievement}")
    return words
