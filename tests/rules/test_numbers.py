"""Where numbers turn: halves, ends, signs, kinds, and the order in which they are added."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, strategies as st

from carecoord.rules import Kind, Vocabulary, parse
from carecoord.rules._evaluate import half_away, median, to_step, total

WORDS = Vocabulary(
    names={
        **{name: Kind.number(-30000, 30000) for name in "abcdefgh"},
        "n": Kind.number(-9, 9, whole=True),
        "before": Kind.number(0, 108, whole=True),
        "after": Kind.number(0, 108, whole=True),
        "t": Kind.TIME,
        "u": Kind.TIME,
    },
    tables={"t_scores": ((0, 20), (1, 22.5), (2.5, 30)), "words": ((0, "low"), (1, "high"))},
)


def value(text: str, **facts: Any) -> Any:
    """Give a rule's value, the same by every way there is to work it out."""
    rule = parse(text, WORDS)
    found = rule.evaluate(facts)
    run = rule.compile()(facts)
    assert (type(run), repr(run)) == (type(found), repr(found))
    settled = rule.bounds({name: facts.get(name) for name in rule.names})
    assert settled.certain == found
    return found


def exactly(found: Any, wanted: Any) -> bool:
    """Say whether a value is the wanted one, with its type and its sign."""
    return type(found) is type(wanted) and repr(found) == repr(wanted)


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (0, 0),
        (0.0, 0),
        (-0.0, 0),
        (0.5, 1),
        (-0.5, -1),
        (1.5, 2),
        (2.5, 3),
        (-2.5, -3),
        (0.49, 0),
        (-0.49, 0),
        (2.4999999999999996, 2),
        (10**9, 10**9),
        (-(10**9), -(10**9)),
        (7, 7),
        (999999999.5, 10**9),
    ],
)
def test_halves_go_away_from_zero(number: float, wanted: int) -> None:
    """`round` gives whole numbers as int, halves away from zero, and never a minus before 0."""
    assert exactly(value("round(a)", a=number), wanted)


@pytest.mark.parametrize(
    ("number", "step", "wanted"),
    [
        (2.25, "0.1", 2.3),
        (-2.25, "0.1", -2.3),
        (-0.04, "0.1", 0.0),
        (0.125, "0.25", 0.25),
        (7.5, "5", 10),
        (-7.5, "5", -10),
        (7.4, "5", 5),
        (7, "5", 5),
        (8, "5", 10),
        (3, "2", 4),
        (-3, "2", -4),
        (49.99, "0.01", 49.99),
        (4, "1.0", 4),
        (2.6, "1", 3),
        (0.3, "0.5", 0.5),
        (0.2, "0.5", 0.0),
        (12, "0.5", 12.0),
    ],
)
def test_rounding_to_a_step(number: float, step: str, wanted: float) -> None:
    """A step of one or more gives whole multiples as int; a smaller one is one whole part of one."""
    assert exactly(value(f"round(a, {step})", a=number), wanted)


def test_a_step_that_is_whole_but_for_the_last_digits_is_taken_as_whole() -> None:
    """1.9999999999 is 2 written badly, not 1."""
    assert to_step(5, 1.9999999999) == 6
    assert value("round(a, 1.9999999999)", a=5) == 6
    assert value("round(a, 0.3333333333)", a=1.5) == half_away(1.5, 3)


@given(st.fractions(-1000, 1000, max_denominator=40))
def test_rounding_agrees_with_a_pencil(number: Fraction) -> None:
    """Whatever a sum of items divided once can give, rounding it is exact."""
    wanted = math.floor(abs(number) + Fraction(1, 2)) * (-1 if number < 0 else 1)
    assert half_away(number.numerator / number.denominator, 1) == wanted


@pytest.mark.parametrize("most", [27, 36, 63, 84, 108])
def test_percentages_meet_their_thresholds_exactly(most: int) -> None:
    """`100 * x / y` divides once, so half of a score is 50 and not a hair less, for every score there is."""
    rule = parse("100 * (before - after) / before >= 50", WORDS)
    run = rule.compile()
    for before in range(1, most + 1):
        for after in range(before + 1):
            facts = {"before": before, "after": after}
            assert rule.evaluate(facts) is run(facts) is (2 * (before - after) >= before)


def test_means_meet_their_cutoffs_exactly() -> None:
    """A mean is divided once, so `mean >= 1.5` holds exactly where the sum says so."""
    for summed in range(37):
        parts = [summed // 12 + (place < summed % 12) for place in range(12)]
        named = {f"q{place}": part for place, part in enumerate(parts)}
        words = Vocabulary(names=dict.fromkeys(named, Kind.number(0, 3, whole=True)), lists={"items": tuple(named)})
        assert parse("mean(items) >= 1.5", words).evaluate(named) is (summed >= 18)
        assert exactly(parse("sum(items)", words).evaluate(named), summed)


@pytest.mark.parametrize(
    ("text", "facts", "wanted"),
    [
        ("a + b", {"a": 1, "b": 2}, 3),
        ("a + b", {"a": 1, "b": 2.0}, 3.0),
        ("a - b", {"a": 2, "b": 2}, 0),
        ("a * b", {"a": 3, "b": -2}, -6),
        ("a / 2", {"a": 4}, 2.0),
        ("-a", {"a": 0}, 0),
        ("abs(a)", {"a": -3}, 3),
        ("abs(a)", {"a": -3.0}, 3.0),
        ("floor(a)", {"a": -0.5}, -1),
        ("ceil(a)", {"a": -0.5}, 0),
        ("floor(a)", {"a": 3}, 3),
        ("min(a, b)", {"a": 1, "b": 1.0}, 1),
        ("min(a, b)", {"a": 1.0, "b": 1}, 1.0),
        ("max(a, b)", {"a": 2, "b": 2.0}, 2),
        ("max(a, b)", {"a": 2.0, "b": 2}, 2.0),
        ("max(known(a, b, c))", {"a": 2.0, "c": 2}, 2.0),
        ("min(a)", {"a": 1}, 1),
        ("median(a, b, c)", {"a": 3, "b": 1, "c": 2}, 2),
        ("median(a, b)", {"a": 1, "b": 1}, 1.0),
        ("median(a)", {"a": 2}, 2),
        ("median(a, b, c)", {"a": 1.0, "b": 1, "c": 1}, 1),
        ("mean(a)", {"a": 2}, 2.0),
        ("prorate(a, b)", {"a": 1, "b": 2}, 3.0),
        ("sum(a)", {"a": True + 1}, 2),
        ("count(a > 1)", {"a": 2}, 1),
        ("count(a > 1, b > 1)", {"a": 2, "b": 2}, 2),
        ("clip(a, 0, 3)", {"a": 3.0}, 3.0),
        ("clip(a, 0, 3)", {"a": 0.0}, 0.0),
        ("clip(a, 0, 3)", {"a": 3.5}, 3),
        ("clip(a, 0.0, 3)", {"a": -1}, 0.0),
        ("clip(a, 2, 2)", {"a": 9}, 2),
        ("lookup(a, t_scores)", {"a": 1.0}, 22.5),
        ("lookup(a, t_scores)", {"a": -0.0}, 20),
        ("lookup(a, t_scores)", {"a": 2.5}, 30),
        ("lookup(a, t_scores)", {"a": 2}, None),
        ("lookup(a / 2, t_scores)", {"a": 5}, 30),
        ("lookup(a, words)", {"a": 1.0}, "high"),
        ("a in (1, 2)", {"a": 2.0}, True),
        ("a == 2", {"a": 2.0}, True),
        ("minutes_between(t, u)", {"t": 1439, "u": 0}, 1),
        ("minutes_between(t, u)", {"t": 1, "u": 0}, 1439),
        ("known(a)", {}, False),
        ("coalesce(a, 0.5)", {}, 0.5),
        ("coalesce(a, 0.5)", {"a": 0}, 0),
        ("answered(a, b)", {"a": 0}, 1),
        ("missing(a, b)", {"a": 0}, 1),
    ],
)
def test_kinds_of_numbers_follow_python(text: str, facts: dict[str, Any], wanted: Any) -> None:
    """Whole numbers stay whole, a division gives a float, and of equal numbers the first counts."""
    assert exactly(value(text, **facts), wanted)


def test_division_by_zero_is_unknown() -> None:
    """Whether the divisor is 0, 0.0 or a difference that is nothing."""
    assert value("a / n", a=1, n=0) is None
    assert value("a / (n - n)", a=1, n=4) is None
    assert value("0 / n", n=0) is None
    assert value("a / n", a=1, n=4) == 0.25


def test_numbers_are_added_from_left_to_right_on_every_python() -> None:
    """The sum is that of Python's `+`, not the compensated one that `sum` gives since Python 3.12."""
    parts = [0.1] * 10
    assert total(parts) == 0.9999999999999999
    names = dict(zip("abcdefgh", parts, strict=False))
    listed = ", ".join(names)
    one_by_one = 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1
    assert value(f"sum({listed})", **names) == one_by_one
    assert value(f"sum(known({listed}))", **names) == one_by_one
    assert value(f"mean({listed})", **names) == one_by_one / 8
    assert value(f"prorate({listed})", **names) == one_by_one * 8 / 8


def test_the_median_does_not_depend_on_order() -> None:
    """Any order of the same numbers has the same median."""
    for order in permutations((3, 1.5, 2, 8)):
        assert median(order) == 2.5
    for order in permutations((0.0, -1, 4)):
        assert median(order) == 0
