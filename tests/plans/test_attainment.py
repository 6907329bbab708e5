"""Goal attainment scaling: the score, its bounds, and what is not known."""

from __future__ import annotations

from datetime import date
from itertools import product
from math import inf, isclose, nan
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.plans import CarePlan, Goal, GoalAttainmentScale, Rating, goal_attainment

LEVELS = ("in bed", "indoors", "one walk a week", "two walks", "daily walks")
DAY = date(2026, 3, 2)


def goal(id: str, level: Any = None, *, weight: float = 1, baseline: Any = None) -> Goal:
    """Give a scaled goal, rated once where a level is given."""
    made = Goal(id=id, statement="walk", scale=GoalAttainmentScale(levels=LEVELS, weight=weight, baseline=baseline))
    return made if level is None else made.rate(level, on=DAY, by="lee")


def test_as_expected_is_fifty_whatever_the_weights() -> None:
    """The score of levels 0 is 50; it is 50 as well where more and less balance."""
    assert goal_attainment([goal("a", 0, weight=3), goal("b", 0)]).value == 50
    assert goal_attainment([goal("a", 1), goal("b", -1)]).value == 50


@pytest.mark.parametrize(
    ("levels", "weights", "wanted"),
    [
        # one goal: T = 50 + 10 x, whatever its weight
        ([2], [3], 70.0),
        ([-1], [1], 40.0),
        # two goals, weights 1: √(0.7·2 + 0.3·4) = √2.6
        ([1, 1], [1, 1], 50 + 20 / 2.6**0.5),
        # weights 2 and 1, levels 1 and -1: Σwx = 1, √(0.7·5 + 0.3·9) = √6.2
        ([1, -1], [2, 1], 50 + 10 / 6.2**0.5),
        # four goals, weights 1, all at +2: Σwx = 8, √(0.7·4 + 0.3·16) = √7.6
        ([2, 2, 2, 2], [1, 1, 1, 1], 50 + 80 / 7.6**0.5),
    ],
)
def test_the_score_is_the_published_one(levels: list[int], weights: list[float], wanted: float) -> None:
    """Worked out by hand from the formula of Kiresuk and Sherman (1968)."""
    goals = [
        goal(f"g{place}", *each[:1], weight=each[1]) for place, each in enumerate(zip(levels, weights, strict=True))
    ]
    assert isclose(goal_attainment(goals).value or 0, wanted)


def test_the_assumed_correlation_may_be_another() -> None:
    """Independent goals spread less, so that the same levels score higher; one and the same goal scores its level."""
    goals = [goal("a", 1), goal("b", 1)]
    assert isclose(goal_attainment(goals, correlation=0).value or 0, 50 + 20 / 2**0.5)
    assert isclose(goal_attainment(goals, correlation=1).value or 0, 60)
    assert goal_attainment(goals, correlation=0).correlation == 0
    for wrong in (-0.1, 1.1, nan):
        with pytest.raises(DataError, match="from 0 to 1 is wanted"):
            goal_attainment(goals, correlation=wrong)


def test_a_level_that_is_not_known_is_not_zero() -> None:
    """The score is unknown, and its bounds are those of the worst and the best it may be."""
    goals = [goal("a", 1), goal("b"), goal("c").rate(None, on=DAY)]
    found = goal_attainment(goals)
    assert (found.value, found.rated, found.missing) == (None, ("a",), ("b", "c"))
    scores = [
        goal_attainment([goal("a", 1), goal("b", b), goal("c", c)]).value or 0
        for b, c in product(range(-2, 3), repeat=2)
    ]
    assert found.possible == (min(scores), max(scores))
    assert found.change is None


def test_what_counts() -> None:
    """Goals without a scale and goals entered in error do not; without any there is neither score nor bounds."""
    plain = Goal(id="p", statement="sleep")
    wrong = attrs.evolve(goal("w", 2), lifecycle="entered-in-error")
    assert goal_attainment([goal("a", 1), plain, wrong]) == goal_attainment([goal("a", 1)])
    none = goal_attainment([plain])
    assert (none.value, none.possible, none.baseline, none.rated, none.missing) == (None, None, None, (), ())


def test_the_level_is_the_latest_by_the_day() -> None:
    """Later ones are not seen before; of two on one day the one recorded last counts."""
    walks = goal("a").rate(-1, on=date(2026, 3, 1)).rate(1, on=date(2026, 4, 1)).rate(2, on=date(2026, 4, 1))
    walks = walks.rate(0, on=date(2026, 3, 15))
    values = [goal_attainment([walks], on=date(2026, month, 20)).value for month in (2, 3, 4)]
    assert values == [None, 50, 70]
    assert goal_attainment([walks]).value == 70
    unsure = walks.rate(None, on=date(2026, 5, 1))
    assert goal_attainment([unsure]).missing == ("a",)


def test_the_score_at_the_start_and_the_change_since() -> None:
    """Both are unknown while one level at the start is."""
    found = goal_attainment([goal("a", 1, baseline=-1), goal("b", 1, baseline=-1)])
    assert found.baseline is not None
    assert isclose(found.change or 0, 2 * (50 - found.baseline))
    half = goal_attainment([goal("a", 1, baseline=-1), goal("b", 1)])
    assert (half.baseline, half.change) == (None, None)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"levels": LEVELS[:4]}, r"\$.levels: words for each of the 5 levels are wanted"),
        ({"levels": [*LEVELS[:4], " "]}, r"\$.levels"),
        ({"levels": LEVELS, "weight": 0}, r"\$.weight: a number above 0 is wanted, found 0"),
        ({"levels": LEVELS, "weight": inf}, r"\$.weight"),
        ({"levels": LEVELS, "weight": nan}, r"\$.weight"),
        ({"levels": LEVELS, "baseline": 3}, r"\$.baseline: '3' is none of -2, -1, 0, 1, 2"),
    ],
)
def test_a_scale_says_what_each_level_is(fields: dict[str, Any], says: str) -> None:
    """Words for five levels, and a weight that counts."""
    with pytest.raises(DataError, match=says):
        GoalAttainmentScale(**fields)


def test_both_faults_of_a_scale_are_reported_at_once() -> None:
    """Its words and its weight."""
    with pytest.raises(DataError, match="2 faults"):
        GoalAttainmentScale(levels=(), weight=-1)


def test_a_rating_needs_a_scale_and_one_of_its_levels() -> None:
    """Without a scale nothing says what a level means."""
    with pytest.raises(DataError, match="no scale says what they mean"):
        Goal(id="a", statement="x").rate(1, on=DAY)
    with pytest.raises(DataError, match="none of -2, -1, 0, 1, 2"):
        Rating(on=DAY, level=3)  # type: ignore[arg-type]
    assert [goal("a", 1).scale.words(level) for level in (-2, 0, 2)] == ["in bed", "one walk a week", "daily walks"]  # type: ignore[union-attr]


def test_ratings_are_never_lost() -> None:
    """A revision may add one, and takes none away."""
    plan = CarePlan(id="p", person="a", created=DAY, goals=[goal("a", 1)])
    more = plan.revise(by="lee", on=DAY, reason="seen", goals=[plan.goal("a").rate(2, on=DAY)])
    assert [each.level for each in more.goal("a").ratings] == [1, 2]
    with pytest.raises(DataError, match=r"\$.goals\[0\].ratings: what was recorded on 2026-03-02 is not kept"):
        more.revise(by="lee", on=DAY, reason="x", goals=plan.goals)
