"""What one rule costs: the PHQ-9's rule for a depressive syndrome, interpreted, compiled and written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from carecoord.rules import Expression, Kind, Vocabulary, parse
from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import facts_of

ITEMS = tuple(f"q{place}" for place in range(1, 10))
WORDS = Vocabulary(
    names=dict.fromkeys(ITEMS, Kind.number(0, 3, whole=True)), lists={"first_eight": ITEMS[:8], "items": ITEMS}
)
SYNDROME = "count(first_eight >= 2, q9 >= 1) >= 5 and (q1 >= 2 or q2 >= 2)"
FULL: dict[str, int | None] = dict(zip(ITEMS, (2, 2, 1, 2, 1, 1, 2, 0, 1), strict=True))
ROWS = {"full": FULL, "one blank": {**FULL, "q5": None}, "blank": {}}


def by_hand(facts: Mapping[str, Any]) -> bool | None:
    """Say the same in plain Python, unknown included: no where either part is no."""
    get = facts.get
    first, second = get("q1"), get("q2")
    counted: bool | None = None
    answers: list[Any] = [get(item) for item in ITEMS]
    if None not in answers:
        counted = sum(answer >= 2 for answer in answers[:8]) + (answers[8] >= 1) >= 5
    if counted is False:
        return False
    if (first is not None and first >= 2) or (second is not None and second >= 2):
        return counted
    return None if first is None or second is None else False


def positional(rule: Expression) -> Callable[[Mapping[str, Any]], Any]:
    """Give the rule as the engine runs it: a function of the values, every one of them promised."""
    names = facts_of(rule.node)
    run = compile_positional([rule.node], names, known=names)
    return lambda facts: run(*facts.values())[0]


RULE = parse(SYNDROME, WORDS)
WAYS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "interpreted": RULE.evaluate,
    "compiled": RULE.compile(),
    "by hand": by_hand,
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("way", WAYS)
def test_syndrome(benchmark: BenchmarkFixture, way: str, row: str) -> None:
    """Evaluate the rule over one row of facts."""
    assert benchmark(WAYS[way], ROWS[row]) == by_hand(ROWS[row])


def test_syndrome_with_every_answer_promised(benchmark: BenchmarkFixture) -> None:
    """Evaluate it as a function of nine values that are known: no test for unknown is left."""
    assert benchmark(positional(RULE), FULL) is by_hand(FULL)


def test_reading(benchmark: BenchmarkFixture) -> None:
    """Read the rule: scan, parse, check names, types and ranges."""
    benchmark(lambda: parse(SYNDROME, Vocabulary(names=WORDS.names, lists=WORDS.lists)))


def test_compiling(benchmark: BenchmarkFixture) -> None:
    """Write and compile its function."""
    benchmark(RULE.compile)


def test_bounding(benchmark: BenchmarkFixture) -> None:
    """Say what is certain of it with one answer missing."""
    benchmark(RULE.bounds, {name: value for name, value in ROWS["one blank"].items() if value is not None})


def test_explaining(benchmark: BenchmarkFixture) -> None:
    """Say why it has its value."""
    benchmark(RULE.explain, FULL)
