"""Laws of goal attainment scaling, whatever the goals, their weights and what is known of them."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import attrs
from hypothesis import given, strategies as st

from carecoord.plans import Goal, GoalAttainmentScale, Level, goal_attainment

DAY = date(2026, 3, 2)
LEVELS = st.sampled_from([None, -2, -1, 0, 1, 2])
SOME: tuple[Level, ...] = (-2, 0, 2)
WORDS = ("much less", "less", "as expected", "more", "much more")


def goal(id: str, weight: float, level: Any) -> Goal:
    """Give a scaled goal, with the level that was found where one was."""
    made = Goal(id=id, statement="x", scale=GoalAttainmentScale(levels=WORDS, weight=weight))
    return made if level is None else made.rate(level, on=DAY)


@st.composite
def scaled(draw: st.DrawFn) -> list[Goal]:
    """Goals of one person, of some of which nobody knows the level."""
    drawn = draw(st.lists(st.tuples(st.integers(1, 12), LEVELS), min_size=1, max_size=4))
    return [goal(f"g{place}", weight, level) for place, (weight, level) in enumerate(drawn)]


@given(goals=scaled(), correlation=st.floats(0, 1), seed=st.randoms())
def test_order_and_scale_of_weights_do_not_matter(goals: list[Goal], correlation: float, seed: Any) -> None:
    """Only how weights compare does; the same goals in another order score the same but for rounding."""
    mixed = seed.sample(goals, len(goals))
    tenfold = [
        attrs.evolve(each, scale=attrs.evolve(each.scale, weight=each.scale.weight * 10))
        for each in goals
        if each.scale
    ]
    found = goal_attainment(goals, correlation=correlation)
    for other in (goal_attainment(mixed, correlation=correlation), goal_attainment(tenfold, correlation=correlation)):
        assert (other.value is None) == (found.value is None)
        assert set(other.missing) == set(found.missing)
        assert all(abs(a - b) < 1e-9 for a, b in zip(other.possible or (), found.possible or (), strict=True))


@given(goals=scaled())
def test_every_completion_lies_within_the_bounds(goals: list[Goal]) -> None:
    """The bounds are those of the worst and the best completion, and a score that is known is its own bound."""
    found = goal_attainment(goals)
    assert found.possible is not None
    unknown = [each for each in goals if each.id in found.missing]
    completed = [
        goal_attainment(
            [each for each in goals if each.id not in found.missing]
            + [each.rate(level, on=DAY) for each, level in zip(unknown, levels, strict=True)]
        ).value
        for levels in product(SOME, repeat=len(unknown))
    ]
    assert all(found.possible[0] - 1e-9 <= (value or 0) <= found.possible[1] + 1e-9 for value in completed)
    assert (found.value is None) == bool(unknown)
    if found.value is not None:
        assert found.possible == (found.value, found.value)


@given(goals=scaled(), place=st.integers(0, 3))
def test_a_higher_level_never_lowers_the_score(goals: list[Goal], place: int) -> None:
    """Nor its bounds."""
    chosen = goals[place % len(goals)]
    scores = []
    for level in (-2, -1, 0, 1, 2):
        rated = [each.rate(level, on=DAY) if each is chosen else each for each in goals]
        scores.append(goal_attainment(rated).possible or (0, 0))
    assert scores == sorted(scores)
    assert [high for _, high in scores] == sorted(high for _, high in scores)
