"""The parts of `check`: formulas, families, values and the solver, each held against plain evaluation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from carecoord.rules import Kind, Vocabulary, parse
from carecoord.rules._evaluate import evaluate
from carecoord.rules._nodes import Call, Name, Node, facts_of
from carecoord.scoring import instrument
from carecoord.stepped_care._check._families import families
from carecoord.stepped_care._check._formulas import Formulas, bit
from carecoord.stepped_care._check._search import (
    Requirement,
    Search,
    fails,
    holds,
    is_unknown,
    not_false,
    not_true,
)
from carecoord.stepped_care._check._solver import Solver, Unsaid, is_installed
from carecoord.stepped_care._check._values import Cuts, affine, around, attainable, cuts
from carecoord.stepped_care._check._variables import Variable, compared, known_to_be, rebuilt
from carecoord.stepped_care._reductions import Recorded

KINDS = {
    "x": Kind.number(0, 3, whole=True),
    "y": Kind.number(-1, 2, whole=True),
    "t": Kind.choice(("low", "high")),
    "b": Kind.YES_NO,
    "c": Kind.YES_NO,
}
TABLE = ((0, 5), (1, 7), (2, 9))
WORDS = Vocabulary(names=KINDS, tables={"points": TABLE})
RULES = [
    "x >= 2",
    "x + y < 1",
    "x - 2 * y == 3",
    "100 * (x - y) / x >= 50",
    "b and not c or x == 1",
    "any(b, c, x > 2)",
    "all(b, c)",
    "x >= 2 if b else y >= 1",
    "(x if b else y) >= 2",
    "coalesce(x, y) >= 1",
    "coalesce(b, c)",
    "coalesce(x >= 2, no)",
    "known(x) and x < 2",
    "known(x + y)",
    "not known(b)",
    "x in (0, 3)",
    "t == 'low'",
    "t != 'low' and t in ('high',)",
    "max(x, y) >= 2",
    "min(x, y) >= 1",
    "sum(x, y, 1) == 2",
    "mean(x, y) > 1",
    "abs(x - y) >= 3",
    "count(b, c, x > 1) >= 2",
    "lookup(x, points) > 6",
    "-x <= -2",
    "b == c",
    "b != c",
    "2 <= x",
    "1 > x / 2",
]
VALUES: dict[str, tuple[Any, ...]] = {
    "x": (0, 1, 2, 3, None),
    "y": (-1, 0, 1, 2, None),
    "t": ("low", "high", None),
    "b": (False, True, None),
    "c": (False, True, None),
}


def node(text: str) -> Node:
    """Read a rule."""
    return parse(text, WORDS).node


def variables() -> dict[str, Variable]:
    """Give a variable for each name."""
    return {name: Variable(name=name, reads=Recorded(name=name, kind=kind)) for name, kind in KINDS.items()}


def truths(rule: Node) -> set[bool | None]:
    """Give every truth a rule can have, by evaluating it over all values."""
    names = facts_of(rule)
    rows = (dict(zip(names, values, strict=True)) for values in product(*(VALUES[name] for name in names)))
    return {evaluate(rule, row) for row in rows}


def searching(*rules: Node) -> Search:
    """Give a search over rules."""
    formulas = Formulas()
    for rule in rules:
        formulas.formula(rule)
    listed = {"t": ("low", "high")}
    return Search(formulas, families(formulas.atoms, variables(), listed, frozenset(KINDS), ()))


WANTED: dict[Callable[[Node], Requirement], set[bool | None]] = {
    holds: {True},
    fails: {False},
    is_unknown: {None},
    not_false: {True, None},
    not_true: {False, None},
}


@pytest.mark.parametrize("text", RULES)
def test_search_finds_every_truth_that_evaluating_finds(text: str) -> None:
    """And the state it gives has that truth."""
    rule = rebuilt(node(text), lambda name: name, {})
    search = searching(rule)
    for require, wanted in WANTED.items():
        state = search.first([require(rule)], facts_of(rule))
        assert (state is not None) == bool(truths(rule) & wanted), require
        assert state is None or evaluate(rule, state) in wanted


@pytest.mark.parametrize("text", RULES)
def test_writing_a_rule_otherwise_changes_nothing(text: str) -> None:
    """Comparisons of what is chosen become choices of comparisons, with the same truth over all values."""
    rule, other = node(text), rebuilt(node(text), lambda name: name, {})
    names = facts_of(rule)
    for values in product(*(VALUES[name] for name in names)):
        row = dict(zip(names, values, strict=True))
        assert evaluate(rule, row) is evaluate(other, row)


@pytest.mark.skipif(not is_installed(), reason="z3 is not installed: pip install carecoord[verify]")
@pytest.mark.parametrize("text", RULES)
def test_z3_finds_every_truth_that_evaluating_finds(text: str) -> None:
    """And the state it gives has that truth."""
    rule = node(text)
    solver = Solver(variables(), {"t": ("low", "high")}, frozenset(KINDS))
    for require, wanted in WANTED.items():
        state = solver.state([require(rule)])
        assert (state is not None) == bool(truths(rule) & wanted), require
        assert state is None or evaluate(rule, state) in wanted


@pytest.mark.skipif(not is_installed(), reason="z3 is not installed: pip install carecoord[verify]")
def test_what_cannot_be_said_to_z3_is_told() -> None:
    """A median is not written for it."""
    rule = node("median(x, y, 1) >= 2")
    with pytest.raises(Unsaid):
        Solver(variables(), {}, frozenset()).state([holds(rule)])


def test_formulas_leave_open_what_is_open() -> None:
    """With nothing chosen every truth of an atom is open; one that is false settles an and."""
    formulas = Formulas()
    formula = formulas.formula(node("b and c"))
    assert formula.run([7, 7]) == 7
    assert formula.run([bit(truth=False), 7]) == bit(truth=False)
    assert formula.run([bit(truth=True), bit(None)]) == bit(None)


def test_a_search_gives_up_rather_than_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and which variables it has not seen through."""
    monkeypatch.setattr("carecoord.stepped_care._check._search.MOST_STEPS", 1)
    rules = [node("x >= 2"), node("y >= 1"), node("b"), node("c")]
    search = searching(*rules)
    wanted: list[Requirement] = [holds(rule) for rule in rules]
    assert search.first(wanted) is None
    assert search.gave_up
    assert set(search.unseen(wanted)) == {"x", "y", "b", "c"}


@pytest.mark.parametrize(
    ("name", "score", "count", "ends"),
    [("phq-9", "total", 28, (0, 27)), ("who-5", "percentage", 26, (0, 100)), ("peg", "total", 31, (0, 10))],
)
def test_values_a_score_can_come_to(name: str, score: str, count: int, ends: tuple[int, int]) -> None:
    """Sums, multiples and means, from the answers there are."""
    values = attainable(instrument(name), score)
    assert values is not None
    assert (len(values), (values[0], values[-1])) == (count, ends)


def test_scores_without_a_list_of_values() -> None:
    """What is rounded, looked up or pro-rated is not gone through."""
    assert attainable(instrument("phq-9"), "total-prorated") is None


def test_where_a_variable_changes_a_comparison() -> None:
    """On reaching a number or on passing it, through factors and terms, from either side."""
    assert cuts(node("x >= 2")) == Cuts("x", (2,), ())
    assert cuts(node("x > 2")) == Cuts("x", (), (2,))
    assert cuts(node("-2 * x + 1 >= -3")) is None
    assert cuts(node("x * -2 + 1 >= -3")) == Cuts("x", (), (2,))
    assert cuts(node("4 < x * 2")) == Cuts("x", (), (2,))
    assert cuts(node("x == 2")) == Cuts("x", (2,), (2,))
    assert cuts(node("x in (1, 3)")) == Cuts("x", (1, 3), (1, 3))
    assert cuts(node("x + y >= 2")) is None
    assert affine(node("x / 2 - 1")) == ("x", 0.5, -1)


def test_values_around_changes() -> None:
    """One on each side, whole or not."""
    assert around([Cuts("x", (5,), ())], 0, 27, whole=True) == [0, 1, 4, 5, 12]
    assert around([Cuts("x", (), (5,))], 0, 27, whole=True) == [0, 1, 5, 6, 13]
    assert around([Cuts("x", (6.5,), ())], 0, 9, whole=False) == [0, 6.4, 6.5, 6.6, 9]


def test_knowing_what_is_worked_out_is_knowing_what_it_rests_on() -> None:
    """A sum is known where both are; days through seven where the days are."""
    assert known_to_be(node("x / 7")) == Call("known", (Name("x"),))
    assert facts_of(known_to_be(node("x + y"))) == ("x", "y")
    assert evaluate(compared(">=", node("x"), node("coalesce(y, 1)")), {"x": 1}) is True
