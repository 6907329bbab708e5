"""What is certain of a rule when facts are only partly known, part by part."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from carecoord.rules import Bounds, Kind, Vocabulary, fact, parse
from carecoord.rules._nodes import And, Choice, Comparison, Constant, Given, Name, Not, Or

WHOLE = Kind.number(0, 3, whole=True)
SKIPPABLE = Kind.number(0, 3, whole=True, skippable=True)
WORDS = Vocabulary(
    names={
        **dict.fromkeys(("a", "b", "c"), WHOLE),
        **dict.fromkeys(("x", "y"), Kind.number(-2, 5)),
        "half": Kind.number(0.5, 1.5),
        "s": SKIPPABLE,
        "code(s)": SKIPPABLE,
        "sex": Kind.choice(("female", "male")),
        "note": Kind.TEXT,
        "p": Kind.YES_NO,
        "q": Kind.YES_NO,
        "bed": Kind.TIME,
        "up": Kind.TIME,
        "start": Kind.DATE,
        "end": Kind.DATE,
    },
    tables={
        "t": ((0, 22.5), (1, 26), (2, 30)),
        "full": ((0, 4), (1, 3), (2, 2), (3, 1)),
        "words": ((0, "low"), (1, "high"), (2, "high")),
        "halves": ((0.5, 1), (1.5, 2.0)),
    },
)
UNKNOWN = Bounds.exactly(None)
B = Bounds.between


def found(text: str, facts: dict[str, Any] | None = None) -> Bounds:
    """Give what is certain of a rule; a fact that is not given may be anything, but it is known."""
    known = {name: kind.known for name, kind in WORDS.names.items()}
    return parse(text, WORDS).bounds({**known, **(facts or {})})


def number(low: float, high: float, *, whole: bool = False, unknown: bool = False) -> Bounds:
    """Give the bounds of a number."""
    return Bounds("number", low, high, whole=whole, unknown=unknown)


PARTLY = B(1, 2, whole=True, unknown=True)
WHOLE_PARTS: list[tuple[str, dict[str, Any], Bounds]] = [
    ("a", {}, number(0, 3, whole=True)),
    ("a", {"a": 2}, number(2, 2, whole=True)),
    ("a", {"a": 2.5}, number(2.5, 2.5)),
    ("a", {"a": 2.0}, number(2.0, 2.0, whole=True)),
    ("a", {"a": None}, UNKNOWN),
    ("a", {"a": PARTLY}, PARTLY),
    ("-a", {"a": PARTLY}, number(-2, -1, whole=True, unknown=True)),
    ("-a", {"a": None}, UNKNOWN),
    ("a + b", {"a": PARTLY}, number(1, 5, whole=True, unknown=True)),
    ("a + x", {}, number(-2, 8)),
    ("a - b", {"a": PARTLY}, number(-2, 2, whole=True, unknown=True)),
    ("a * (b - 2)", {}, number(-6, 3, whole=True)),
    ("x * y", {}, number(-10, 25)),
    ("a + b", {"b": None}, UNKNOWN),
    ("a / 2", {}, number(0, 1.5)),
    ("a / -2", {}, number(-1.5, 0)),
    ("6 / a", {}, number(2, 6, unknown=True)),
    ("6 / (a - 2)", {}, number(-6, 6, unknown=True)),
    ("6 / (a - 3)", {}, number(-6, -2, unknown=True)),
    ("6 / (a + 1)", {}, number(1.5, 6)),
    ("(a - 1) / (b + 1)", {}, number(-1, 2)),
    ("6 / (-1 - a)", {}, number(-6, -1.5)),
    ("6 / a", {"a": 0}, UNKNOWN),
    ("6 / a", {"a": 3}, number(2, 2)),
    ("6 / a", {"a": B(0.25, 1)}, number(6, 24)),
    ("a / half", {}, number(0, 6)),
    ("a / half", {"half": None}, UNKNOWN),
    ("6 / a", {"a": B(-1, 1)}, number(-math.inf, math.inf, unknown=True)),
    ("6 / a", {"a": B(0, 1)}, number(-math.inf, math.inf, unknown=True)),
]
FUNCTIONS: list[tuple[str, dict[str, Any], Bounds]] = [
    ("abs(x)", {}, number(0, 5)),
    ("abs(a)", {"a": PARTLY}, number(1, 2, whole=True, unknown=True)),
    ("abs(x)", {"x": B(-4, -1)}, number(1, 4)),
    ("abs(x)", {"x": B(-4, 0)}, number(0, 4)),
    ("floor(x)", {"x": B(-1.5, 2.5)}, number(-2, 2, whole=True)),
    ("ceil(x)", {"x": B(-1.5, 2.5)}, number(-1, 3, whole=True)),
    ("round(x)", {"x": B(-1.5, 2.4)}, number(-2, 2, whole=True)),
    ("round(x, 0.5)", {"x": B(-1.3, 2.3)}, number(-1.5, 2.5)),
    ("round(x, 2)", {"x": B(-1.3, 2.3)}, number(-2, 2, whole=True)),
    ("round(x)", {"x": None}, UNKNOWN),
    ("clip(x, 0, 3)", {}, number(0, 3)),
    ("clip(x, -1, 1)", {"x": B(0, 4)}, number(0, 1)),
    ("clip(a, b - 4, 3)", {}, number(0, 3, whole=True)),
    ("clip(a, 1, half + 2)", {}, number(1, 3)),
    ("clip(a, 1, 2)", {"a": PARTLY}, number(1, 2, whole=True, unknown=True)),
    ("minutes_between(bed, up)", {}, number(0, 1439, whole=True)),
    ("minutes_between(bed, up)", {"bed": 1430, "up": 10}, number(20, 20, whole=True)),
    ("minutes_between(bed, up)", {"bed": 1430}, number(0, 1439, whole=True)),
    ("minutes_between(bed, up)", {"up": 1430}, number(0, 1439, whole=True)),
    ("minutes_between(bed, up)", {"bed": None}, UNKNOWN),
    ("coalesce(a, 9)", {}, number(0, 3, whole=True)),
    ("coalesce(a, 9)", {"a": PARTLY}, number(1, 9, whole=True)),
    ("coalesce(a, 9)", {"a": None}, number(9, 9, whole=True)),
    ("coalesce(a, x, 9.5)", {"a": PARTLY, "x": None}, number(1, 9.5)),
    ("coalesce(a, b)", {"a": PARTLY, "b": PARTLY}, PARTLY),
    ("coalesce(a, b)", {"a": PARTLY, "b": None}, PARTLY),
    ("coalesce(a, b)", {"a": None, "b": None}, UNKNOWN),
    ("coalesce(a, b, 7)", {"a": None, "b": 1}, number(1, 1, whole=True)),
    ("coalesce(sex, 'male')", {"sex": Bounds.one_of("female", unknown=True)}, Bounds.one_of("female", "male")),
    ("lookup(a, full)", {}, number(1, 4, whole=True)),
    ("lookup(a, full)", {"a": B(1, 2, whole=True)}, number(2, 3, whole=True)),
    ("lookup(a, full)", {"a": PARTLY}, number(2, 3, whole=True, unknown=True)),
    ("lookup(a, full)", {"a": None}, UNKNOWN),
    ("lookup(a, t)", {}, number(22.5, 30, unknown=True)),
    ("lookup(a, t)", {"a": B(0, 2, whole=True)}, number(22.5, 30)),
    ("lookup(a, t)", {"a": B(1, 2)}, number(26, 30, whole=True, unknown=True)),
    ("lookup(a, t)", {"a": 3}, UNKNOWN),
    ("lookup(x, halves)", {"x": 1.5}, number(2, 2, whole=True)),
    ("lookup(x, halves)", {"x": 1.25}, UNKNOWN),
    ("lookup(x, halves)", {"x": B(0.25, 1.25)}, number(1, 1, whole=True, unknown=True)),
    ("lookup(a, words)", {"a": B(1, 2, whole=True)}, Bounds.one_of("high")),
    ("lookup(a, words)", {}, Bounds.one_of("low", "high", unknown=True)),
    ("lookup(a, full)", {"a": B(0, 20_000, whole=True)}, number(1, 4, whole=True, unknown=True)),
]
AGGREGATES: list[tuple[str, dict[str, Any], Bounds]] = [
    ("sum(a, x)", {}, number(-2, 8)),
    ("sum(a, b)", {"a": PARTLY}, number(1, 5, whole=True, unknown=True)),
    ("sum(a, b)", {"a": None}, UNKNOWN),
    ("mean(a, b)", {"a": PARTLY}, number(0.5, 2.5, unknown=True)),
    ("min(a, b)", {"a": PARTLY}, number(0, 2, whole=True, unknown=True)),
    ("max(a, b)", {"a": PARTLY}, number(1, 3, whole=True, unknown=True)),
    ("max(a, x)", {}, number(0, 5)),
    ("median(a, b, c)", {"a": 3}, number(0, 3)),
    ("median(a, b, c)", {"a": 3, "b": 3}, number(3, 3)),
    ("sum(known(a, b, c))", {"a": 1, "b": 2, "c": 3}, number(6, 6, whole=True)),
    ("sum(known(a, b, c))", {"c": None}, number(0, 6, whole=True)),
    ("sum(known(a, b))", {"a": PARTLY, "b": PARTLY}, number(1, 4, whole=True, unknown=True)),
    ("sum(known(a, b))", {"a": 1, "b": PARTLY}, number(1, 3, whole=True)),
    (
        "sum(known(a, b))",
        {"a": B(-2, -1, whole=True, unknown=True), "b": PARTLY},
        number(-2, 2, whole=True, unknown=True),
    ),
    ("sum(known(a, b))", {"a": B(-2, -1, whole=True, unknown=True), "b": 3}, number(1, 3, whole=True)),
    ("sum(known(a, b))", {"a": None, "b": None}, UNKNOWN),
    ("sum(known(a, b))", {"a": None, "b": PARTLY}, PARTLY),
    ("mean(known(a, b, c))", {"a": 3, "b": PARTLY, "c": PARTLY}, number(5 / 3, 3)),
    ("mean(known(a, b))", {"a": PARTLY, "b": B(0, 3, whole=True, unknown=True)}, number(0, 3, unknown=True)),
    ("min(known(a, b))", {"a": 2, "b": B(0, 3, whole=True, unknown=True)}, number(0, 2, whole=True)),
    ("max(known(a, b))", {"a": 2, "b": B(0, 3, whole=True, unknown=True)}, number(2, 3, whole=True)),
    ("min(known(a, b))", {"a": PARTLY, "b": B(0, 3, whole=True, unknown=True)}, number(0, 3, whole=True, unknown=True)),
    ("median(known(a, b, c))", {"a": 0, "b": 3, "c": PARTLY}, number(1, 2)),
    ("max(known(a, x))", {"x": None}, number(0, 3, whole=True)),
    ("prorate(a, b)", {}, number(0, 6)),
    ("prorate(a, b)", {"a": 1, "b": 2}, number(3, 3)),
    ("prorate(a, b)", {"b": None}, number(0, 6)),
    ("prorate(a, b, c)", {"a": 1, "b": 1, "c": None}, number(3, 3)),
    ("prorate(a, b, c)", {"a": 1, "b": 1, "c": PARTLY}, number(3, 4)),
    ("prorate(a, b)", {"a": PARTLY, "b": PARTLY}, number(2, 4, unknown=True)),
    ("prorate(a, b)", {"a": None, "b": None}, UNKNOWN),
    ("prorate(a, s)", {"a": 2, "s": None, "asked(s)": False}, number(2, 2)),
    ("prorate(a, s)", {"a": 2, "s": None, "asked(s)": True}, number(4, 4)),
    ("prorate(a, s)", {"a": 2, "s": None}, number(4, 4)),
    ("prorate(a, s)", {"a": 2, "s": None, "asked(s)": Bounds.one_of(True, False)}, number(2, 4)),
    ("prorate(a, s)", {"a": 2, "s": PARTLY, "asked(s)": Bounds.one_of(True, False)}, number(2, 4)),
    ("prorate(a, b, s)", {"a": -1, "b": None, "s": None, "asked(s)": Bounds.one_of(True, False)}, number(-3, -2)),
    ("answered(a, b, c)", {"a": PARTLY, "b": None}, number(1, 2, whole=True)),
    ("missing(a, b, c)", {"a": PARTLY, "b": None}, number(1, 2, whole=True)),
    ("missing(a, b)", {}, number(0, 0, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": False}, number(0, 0, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": True}, number(1, 1, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": None}, number(1, 1, whole=True)),
    ("missing(a, s)", {"s": None}, number(1, 1, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": Bounds.one_of(True, False)}, number(0, 1, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": Bounds.one_of(False)}, number(0, 0, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": Bounds.one_of(True)}, number(1, 1, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": Bounds.one_of(False, unknown=True)}, number(0, 1, whole=True)),
    ("missing(a, s)", {"s": None, "asked(s)": UNKNOWN}, number(1, 1, whole=True)),
    ("missing(code(s))", {"code(s)": None, "asked(s)": False}, number(0, 0, whole=True)),
    ("missing(s + 1)", {"s": None, "asked(s)": False}, number(1, 1, whole=True)),
    ("count(a >= 2, b >= 2)", {"a": 3}, number(1, 2, whole=True)),
    ("count(a >= 2, b >= 2)", {"a": 3, "b": 0}, number(1, 1, whole=True)),
    ("count(a >= 2, b >= 2)", {"a": PARTLY}, number(0, 2, whole=True, unknown=True)),
    ("count(a >= 2, b >= 2)", {"a": None}, UNKNOWN),
]


Cases = list[tuple[str, dict[str, Any], Bounds]]
NUMBERS: Cases = [*WHOLE_PARTS, *FUNCTIONS, *AGGREGATES]


def named(cases: Cases) -> list[str]:
    """Name each case by its rule."""
    return [f"{place}: {text}" for place, (text, *_) in enumerate(cases)]


@pytest.mark.parametrize(("text", "facts", "wanted"), NUMBERS, ids=named(NUMBERS))
def test_numbers_and_texts(text: str, facts: dict[str, Any], wanted: Bounds) -> None:
    """Each part's lowest and highest value, whether it is whole, and whether it may be unknown."""
    assert found(text, facts) == wanted


def truth(*choices: bool, unknown: bool = False) -> Bounds:
    """Give the bounds of a yes/no."""
    return Bounds("yes/no", choices=frozenset(choices), known=bool(choices), unknown=unknown)


TRUTHS: Cases = [
    ("a >= 2", {}, truth(True, False)),
    ("a >= 2", {"a": PARTLY}, truth(True, False, unknown=True)),
    ("a >= 1", {"a": PARTLY}, truth(True, unknown=True)),
    ("a > 2", {"a": PARTLY}, truth(False, unknown=True)),
    ("a >= 1", {"a": None}, truth(unknown=True)),
    ("a < b", {"a": B(0, 1), "b": B(2, 3)}, truth(True)),
    ("a < b", {"a": B(0, 1), "b": B(1, 3)}, truth(True, False)),
    ("a <= b", {"a": B(0, 1), "b": B(1, 3)}, truth(True)),
    ("a > b", {"a": B(0, 1), "b": B(1, 3)}, truth(False)),
    ("a >= b", {"a": B(0, 1), "b": B(1, 3)}, truth(True, False)),
    ("a == b", {"a": 1, "b": 1}, truth(True)),
    ("a == b", {"a": 1, "b": 2}, truth(False)),
    ("a == b", {"a": B(0, 1), "b": B(2, 3)}, truth(False)),
    ("a == b", {"a": B(0, 1), "b": B(1, 2)}, truth(True, False)),
    ("a == b", {"a": B(2, 3), "b": B(0, 1)}, truth(False)),
    ("a == b", {"a": B(0, 3, whole=True), "b": 1.5}, truth(False)),
    ("a == b", {"a": 1.5, "b": B(0, 3, whole=True)}, truth(False)),
    ("a == b", {"a": B(0, 3), "b": 1.5}, truth(True, False)),
    ("a == b", {"a": B(0, 3, whole=True), "b": 1.0}, truth(True, False)),
    ("a != b", {"a": 1, "b": 1}, truth(False)),
    ("a != b", {"a": B(0, 1), "b": B(2, 3)}, truth(True)),
    ("a != b", {"a": B(0, 1), "b": B(1, 2)}, truth(True, False)),
    ("sex == 'male'", {}, truth(True, False)),
    ("sex == 'male'", {"sex": "male"}, truth(True)),
    ("sex != 'male'", {"sex": "male"}, truth(False)),
    ("sex != 'male'", {"sex": "female"}, truth(True)),
    ("note == 'x'", {}, truth(True, False)),
    ("note == 'x'", {"note": "y"}, truth(False)),
    ("p == q", {"p": True, "q": False}, truth(False)),
    ("p == q", {"p": True}, truth(True, False)),
    ("start < end", {}, truth(True, False)),
    ("start < end", {"start": date(2026, 1, 1), "end": date(2026, 1, 2)}, truth(True)),
    ("start < end", {"start": date(2026, 1, 2), "end": date(2026, 1, 1)}, truth(False)),
    ("start == end", {"start": date(2026, 1, 2), "end": date(2026, 1, 2)}, truth(True)),
    ("start != end", {"start": date(2026, 1, 2), "end": date(2026, 1, 1)}, truth(True)),
    ("bed < up", {"bed": 400, "up": 500}, truth(True)),
    ("a in (1, 2)", {}, truth(True, False)),
    ("a in (1, 2)", {"a": 2}, truth(True)),
    ("a in (1, 2)", {"a": 3}, truth(False)),
    ("a in (1, 2)", {"a": B(0, 0.5)}, truth(False)),
    ("a in (1, 2)", {"a": PARTLY}, truth(True, False, unknown=True)),
    ("a in (1, 2)", {"a": None}, truth(unknown=True)),
    ("sex in ('male',)", {"sex": "female"}, truth(False)),
    ("sex in ('female', 'male')", {}, truth(True)),
    ("note in ('x',)", {}, truth(True, False)),
    ("not p", {}, truth(True, False)),
    ("not p", {"p": True}, truth(False)),
    ("not p", {"p": None}, truth(unknown=True)),
    ("known(a)", {"a": PARTLY}, truth(True, False)),
    ("known(a)", {"a": None}, truth(False)),
    ("known(a)", {"a": 1}, truth(True)),
]


@pytest.mark.parametrize(("text", "facts", "wanted"), TRUTHS, ids=named(TRUTHS))
def test_yes_or_no(text: str, facts: dict[str, Any], wanted: Bounds) -> None:
    """Each comparison and question over what its parts may be."""
    bounds = found(text, facts)
    assert (bounds.choices, bounds.known, bounds.unknown) == (wanted.choices, wanted.known, wanted.unknown)


STATES = {
    "yes": True,
    "no": False,
    "unknown": None,
    "either": Bounds.one_of(True, False),
    "yes or unknown": Bounds.one_of(True, unknown=True),
    "no or unknown": Bounds.one_of(False, unknown=True),
    "anything": Bounds.one_of(True, False, unknown=True),
}


def outcomes(state: Any) -> set[Any]:
    """Give the values that a state allows."""
    return set(state.values) if isinstance(state, Bounds) else {state}


@pytest.mark.parametrize("left", STATES)
@pytest.mark.parametrize("right", STATES)
def test_logic_over_every_pair_of_states(left: str, right: str) -> None:
    """And, or, any, all and if allow what some pair of values gives, and what is certain for all pairs is certain."""
    facts = {"p": STATES[left], "q": STATES[right]}
    for text in (
        "p and q",
        "p or q",
        "any(p, q)",
        "all(p, q)",
        "not (p and q)",
        "q if p else not q",
        "p == q",
        "coalesce(p, q)",
    ):
        rule = parse(text, WORDS)
        possible = {rule.evaluate({"p": p, "q": q}) for p in outcomes(STATES[left]) for q in outcomes(STATES[right])}
        bounds = rule.bounds(facts)
        assert possible <= bounds.values, text
        if len(possible) == 1 and "else" not in text and "==" not in text:
            assert bounds.values == possible, text


def test_a_choice_takes_what_its_condition_allows() -> None:
    """Only a branch that may be taken counts; with an unknown condition the value is unknown."""
    assert found("1 if a >= 2 else 5.5", {"a": 3}) == number(1, 1, whole=True)
    assert found("1 if a >= 2 else 5.5", {"a": 1}) == number(5.5, 5.5)
    assert found("1 if a >= 2 else 5.5") == number(1, 5.5)
    assert found("1 if a >= 2 else 5") == number(1, 5, whole=True)
    assert found("1 if a >= 2 else 5", {"a": PARTLY}) == number(1, 5, whole=True, unknown=True)
    assert found("1 if a >= 2 else 5", {"a": None}) == UNKNOWN
    assert found("b if a >= 2 else c", {"b": None}) == number(0, 3, whole=True, unknown=True)
    assert found("'x' if p else sex") == Bounds.one_of("x", "female", "male")
    assert found("'x' if p else note") == Bounds("text")
    assert found("b if p else c", {"b": None, "c": None}) == UNKNOWN


def test_a_guarded_value_is_given_where_its_condition_may_hold() -> None:
    """Where `needs` may fail the value may be unknown; where it fails for certain it is."""
    p, a = Name("p", Kind.YES_NO), Name("a", WHOLE)
    rule = type(fact("a"))(Given(p, a))
    whole = {"p": Kind.YES_NO.known, "a": WHOLE.known}
    assert rule.bounds({**whole, "p": True}) == number(0, 3, whole=True)
    assert rule.bounds(whole) == number(0, 3, whole=True, unknown=True)
    assert rule.bounds({**whole, "p": Bounds.one_of(True, unknown=True)}) == number(0, 3, whole=True, unknown=True)
    assert rule.bounds({**whole, "p": False}) == UNKNOWN
    assert rule.bounds({**whole, "p": None}) == UNKNOWN


def test_what_can_never_be_known_passes_through_logic() -> None:
    """An `and` with a part that is unknown for certain may still be no, and an `or` yes."""
    never = Comparison(">", Given(Constant(value=False), Name("a")), Constant(0))
    p = Name("p", Kind.YES_NO)
    facts = {"p": Kind.YES_NO.known}
    rule = type(fact("a"))
    assert rule(And((never, p))).bounds(facts).values == {False, None}
    assert rule(Or((never, p))).bounds(facts).values == {True, None}
    assert rule(Not(never)).bounds(facts).values == {None}
    assert rule(Choice(never, p, p)).bounds(facts).values == {None}
    assert rule(Choice(p, never, p)).bounds(facts).values == {True, False, None}


def test_a_fact_that_is_left_out_may_be_anything() -> None:
    """Anything of its kind, known or not; an item without word of whether it was asked may have been skipped."""
    assert parse("a + 1", WORDS).bounds({}) == number(1, 4, whole=True, unknown=True)
    assert parse("sex", WORDS).bounds({}) == Bounds.one_of("female", "male", unknown=True)
    assert parse("note", WORDS).bounds({}) == Bounds("text", unknown=True)
    assert parse("start", WORDS).bounds({}) == Bounds("date", unknown=True)
    assert parse("bed", WORDS).bounds({}) == Bounds("time", 0, 1439, whole=True, unknown=True)
    assert parse("missing(s)", WORDS).bounds({}) == number(0, 1, whole=True)
    assert parse("missing(a)", WORDS).bounds({}) == number(0, 1, whole=True)
    assert parse("prorate(a, s)", WORDS).bounds({"a": 2}) == number(2, 5)


@pytest.mark.parametrize("text", ["sum(known(x, y, half))", "mean(known(x, y, half))", "prorate(x, y, half)"])
def test_sums_of_broken_numbers_allow_for_the_order_of_adding(text: str) -> None:
    """Bounds give way in the last digits where it is open which parts are known, and nowhere else."""
    parts = {"x": 0.1, "y": 0.2, "half": 0.7}
    rule = parse(text, WORDS)
    assert rule.bounds(parts).certain == rule.evaluate(parts)
    assert rule.bounds({**parts, "y": None}).certain == rule.evaluate({**parts, "y": None})
    maybe = {**parts, "x": Bounds("number", 0.1, 0.1, unknown=True)}
    bounds = rule.bounds(maybe)
    assert bounds.low < rule.evaluate(parts) < bounds.high
    assert bounds.low < rule.evaluate({**parts, "x": None}) < bounds.high
    assert bounds.high - bounds.low < 3
    assert bounds.low == pytest.approx(min(rule.evaluate(parts), rule.evaluate({**parts, "x": None})), abs=1e-11)


def test_infinite_bounds_from_the_host_raise_nothing() -> None:
    """A host may say that it knows nothing of a number."""
    anything = Bounds("number")
    for text in (
        "round(x)",
        "floor(x)",
        "ceil(x)",
        "round(x, 0.1)",
        "abs(x)",
        "x * y",
        "x - y",
        "x / 2",
        "clip(x, 0, 3)",
        "mean(known(x, y))",
        "prorate(x, y)",
        "median(x, y)",
        "lookup(x, t)",
        "x > y",
        "x in (1, 2)",
        "0 * x",
    ):
        bounds = parse(text, WORDS).bounds({"x": anything, "y": anything})
        assert bounds.known
    assert found("round(x)", {"x": anything}) == number(-math.inf, math.inf, whole=True)
    assert found("0 * x", {"x": anything}) == number(0, 0)
    assert found("0 / (abs(x) + 1)", {"x": anything}) == number(0, 0)


def test_what_is_certain() -> None:
    """One value that it must be, or nothing."""
    for value in (3, 2.5, True, False, "x", date(2026, 3, 2), None):
        certain = Bounds.exactly(value).certain
        assert (type(certain), certain) == (type(value), value)
    open_ones = (
        B(1, 1, unknown=True),
        B(1, 2),
        Bounds.one_of("a", "b"),
        Bounds.one_of(True, unknown=True),
        Bounds("text"),
    )
    assert [bounds.certain for bounds in (*open_ones, Bounds("date"))] == [None] * 6


def test_bounds_of_kinds() -> None:
    """A kind's own bounds, known and not."""
    assert Kind.number(0, 3, whole=True).known == Bounds.between(0, 3, whole=True)
    assert Kind.number(0, 3).bounds == Bounds.between(0, 3, unknown=True)
    assert Kind.YES_NO.known == Bounds.one_of(True, False)
    assert Kind.choice(("a", "b")).bounds == Bounds.one_of("a", "b", unknown=True)
    assert Kind.TEXT.known == Bounds("text")
    assert Kind.DATE.known == Bounds("date")
    assert Kind.TIME.known == Bounds("time", 0, 1439, whole=True)
    assert (Kind.NUMBER.low, Kind.NUMBER.high, Kind.NUMBER.whole) == (-1e6, 1e6, False)
    assert Kind.number() == Kind.NUMBER
    assert Kind.choice(("a",), skippable=True).skippable
    assert not Kind.choice(("a",)).skippable
    assert not Kind.number(0, 1).skippable
    assert (Bounds.exactly(2.0).whole, Bounds.exactly(2.5).whole, Bounds.exactly(2).whole) == (True, False, True)
    assert Bounds.one_of("a").type == "text"
    assert Bounds.one_of(True).values == {True}
    assert Bounds.one_of("a", unknown=True).values == {"a", None}


def test_a_moment_is_not_settled_by_its_day() -> None:
    """Bounds know dates; of two moments they say nothing rather than compare their days."""
    noon, evening = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (12, 20))
    assert found("start < end", {"start": noon, "end": evening}).certain is None
    assert parse("start < end", WORDS).evaluate({"start": noon, "end": evening}) is True


def test_joining() -> None:
    """What holds of a value that is one of two."""
    one, two = Bounds.between(1, 2, whole=True), Bounds.between(4, 4.5, unknown=True)
    assert one.joined(two) == two.joined(one) == number(1, 4.5, unknown=True)
    assert one.joined(UNKNOWN) == UNKNOWN.joined(one) == number(1, 2, whole=True, unknown=True)
    assert UNKNOWN.joined(UNKNOWN) == UNKNOWN
    assert Bounds.one_of("a").joined(Bounds.one_of("b")) == Bounds.one_of("a", "b")
    assert Bounds.one_of("a").joined(Bounds("text")) == Bounds("text")
    assert Bounds("text").joined(Bounds.one_of("a")) == Bounds("text")
