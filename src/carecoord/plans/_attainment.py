"""Goal attainment scaling: levels of a goal in the person's own words, and one score over several goals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Final, Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._part import WHO, one_of, texts

if TYPE_CHECKING:
    from carecoord.plans._goals import Goal

__all__ = ["CORRELATION", "GoalAttainment", "GoalAttainmentScale", "Level", "Rating", "goal_attainment"]

Level = Literal[-2, -1, 0, 1, 2]
"""How much was reached: much less, less, as much as, more and much more than expected."""

CORRELATION: Final = 0.3
"""How far the goals of one person are taken to go together.

Source: Kiresuk TJ, Sherman RE. Goal attainment scaling: a general method for evaluating comprehensive community mental
health programs. Community Ment Health J 1968;4:443-453; the assumption for when it is not known.
"""

_LEVELS: Final = 5


@attrs.frozen(kw_only=True)
class GoalAttainmentScale:
    """What would be more and less than expected, agreed before work on the goal begins.

    Attributes:
        levels: what each level looks like, in words: from -2, much less than expected, to +2, much more.
        weight: how much the goal counts beside others, above 0.
        baseline: the level at the start; `None` where nobody has said.
    """

    levels: tuple[str, ...] = attrs.field(converter=texts)
    weight: float = 1
    baseline: Level | None = attrs.field(default=None, validator=one_of(Level))

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        if len(self.levels) != _LEVELS or not all(each.strip() for each in self.levels):
            faults.append(Fault("$.levels", f"words for each of the {_LEVELS} levels are wanted, from -2 to +2"))
        if not self.weight > 0 or not isfinite(self.weight):
            faults.append(Fault("$.weight", f"a number above 0 is wanted, found {self.weight}"))
        if faults:
            raise DataError("goal attainment scale", faults)

    def words(self, level: Level) -> str:
        """Say what a level looks like.

        >>> scale = GoalAttainmentScale(levels=["in bed", "indoors", "one walk a week", "two walks", "daily walks"])
        >>> scale.words(0)
        'one walk a week'
        """
        return self.levels[level + 2]


@attrs.frozen(kw_only=True)
class Rating:
    """The level of a goal on one day; it is never changed or removed.

    Attributes:
        on: the day.
        level: what was found; `None` where somebody looked and could not tell.
        by: who looked.
        note: what they saw.
    """

    on: date
    level: Level | None = attrs.field(default=None, validator=one_of(Level))
    by: str | None = attrs.field(default=None, metadata=WHO)
    note: str = ""


@attrs.frozen(kw_only=True)
class GoalAttainment:
    """One score over several goals.

    Attributes:
        value: the T-score; 50 where everything is as expected. `None` where a level is not known.
        possible: the lowest and the highest score that the levels that are not known still allow; `None` without goals.
        baseline: the score of the levels at the start; `None` where one of them is not known.
        rated: the ids of the goals whose level is known.
        missing: the ids of those whose level is not.
        correlation: how far the goals were taken to go together.
    """

    value: float | None
    possible: tuple[float, float] | None
    baseline: float | None
    rated: tuple[str, ...]
    missing: tuple[str, ...]
    correlation: float

    @property
    def change(self) -> float | None:
        """How much the score rose since the start; `None` where either is not known."""
        return None if self.value is None or self.baseline is None else self.value - self.baseline


def goal_attainment(
    goals: Iterable[Goal], *, on: date | None = None, correlation: float = CORRELATION
) -> GoalAttainment:
    """Score how far goals were attained, as one T-score: T = 50 + 10 Σwx / √((1 - r) Σw² + r (Σw)²).

    Goals without a scale and goals entered in error do not count; all others that are given do, so leaving one out is
    a decision of whoever asks.
    A level that is not known is never taken as 0, "as expected": the score is unknown, and its bounds are given.

    Args:
        goals: the goals of one person.
        on: the day asked about; later levels are not seen. The latest level of each goal where left out.
        correlation: r, how far the goals go together, from 0 to 1.

    Returns:
        the score, its mean 50 and its standard deviation 10 where levels are set so that they spread as expected.

    Raises:
        DataError: the correlation is none.

    Example:
        >>> from carecoord.plans import Goal
        >>> scale = GoalAttainmentScale(levels=["in bed", "indoors", "one walk a week", "two walks", "daily walks"])
        >>> walks = Goal(id="walks", statement="get out", scale=scale).rate(1, on=date(2026, 3, 2))
        >>> calls = Goal(id="calls", statement="call friends", scale=scale).rate(0, on=date(2026, 3, 2))
        >>> round(goal_attainment([walks, calls]).value, 1)
        56.2
        >>> half = goal_attainment([walks, Goal(id="calls", statement="call friends", scale=scale)])
        >>> half.value is None, half.missing, [round(bound, 1) for bound in half.possible]
        (True, ('calls',), [43.8, 68.6])

    Source:
        Kiresuk and Sherman 1968, as `CORRELATION`.
    """
    if not 0 <= correlation <= 1:
        raise DataError("goal attainment", [Fault("correlation", f"from 0 to 1 is wanted, found {correlation}")])
    scaled = [(goal, goal.scale) for goal in goals if goal.scale is not None and goal.lifecycle != "entered-in-error"]
    levels = {goal.id: level_on(goal.ratings, on) for goal, _ in scaled}
    weights = [scale.weight for _, scale in scaled]
    spread = sqrt((1 - correlation) * sum(each * each for each in weights) + correlation * sum(weights) ** 2)

    def score(found: Sequence[int]) -> float:
        return 50 + 10 * sum(weight * level for weight, level in zip(weights, found, strict=True)) / spread

    known = list(levels.values())
    missing = tuple(name for name, level in levels.items() if level is None)
    least, most = ([level if level is not None else bound for level in known] for bound in (-2, 2))
    start = [scale.baseline for _, scale in scaled]
    stated = [level for level in start if level is not None]
    return GoalAttainment(
        value=score(least) if scaled and not missing else None,
        possible=(score(least), score(most)) if scaled else None,
        baseline=score(list(stated)) if scaled and len(stated) == len(start) else None,
        rated=tuple(name for name in levels if name not in missing),
        missing=missing,
        correlation=correlation,
    )


def level_on(ratings: Iterable[Rating], on: date | None = None) -> Level | None:
    """Give the level that was found last by a day; `None` where none was, or where nobody could tell."""
    found = [each for each in ratings if on is None or each.on <= on]
    if not found:
        return None
    latest = max(each.on for each in found)
    return [each for each in found if each.on == latest][-1].level
