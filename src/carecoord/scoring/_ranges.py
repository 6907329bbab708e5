"""What a score's rule can reach, and in which steps: checked when a definition loads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from carecoord.rules import Bounds
from carecoord.rules._nodes import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Lookup,
    Name,
    Negative,
    Node,
    children,
)
from carecoord.scoring._instrument import Item

__all__ = ["Grains", "code_step", "range_fault", "thresholds"]

CLOSE = 1e-9


def range_fault(node: Node, declared: tuple[float, float], reached: Bounds) -> str | None:
    """Say what is wrong with a declared range, given what the rule can reach.

    A rule that does not reach an end is a mistake in the rule or in the range.
    A rule that goes beyond an end is one only where its bounds are exact:
    where a fact is used twice they are an estimate, and the worked examples and the laws must show it.
    """
    low, high = declared
    if low >= high:
        return f"range: {low:g} is not below {high:g}"
    if reached.low > low + CLOSE or reached.high < high - CLOSE:
        return f"range: the rule reaches {reached.low:g} to {reached.high:g}, not {low:g} to {high:g}"
    beyond = reached.low < low - CLOSE or reached.high > high + CLOSE
    if beyond and is_exact(node):
        return f"range: the rule goes beyond it, to {reached.low:g} to {reached.high:g}"
    return None


_SMOOTH = frozenset(("sum", "mean", "min", "max", "median", "round", "abs"))


def is_exact(node: Node) -> bool:
    """Say whether the bounds of a rule are reached: each fact is used once, and every part rises or falls steadily."""
    met: set[Node] = set()
    for part in _parts(node):
        if isinstance(part, Constant):
            continue
        if part in met:
            return False
        met.add(part)
        if isinstance(part, Call):
            steady = part.function in _SMOOTH
        elif isinstance(part, Arithmetic):
            steady = part.operator != "/" or isinstance(part.right, Constant)
        else:
            steady = isinstance(part, Name | Negative | Defined | Given)
        if not steady:
            return False
    return True


def _parts(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend((part.value,) if isinstance(part, Given) else children(part))


def thresholds(rule: Node, score: Node) -> Iterator[float]:
    """Give the numbers that a rule compares a score with."""
    waiting, met = [rule], set[Node]()
    while waiting:
        part = waiting.pop()
        if part in met:
            continue
        met.add(part)
        if isinstance(part, Comparison):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if one == score and isinstance(other, Constant) and isinstance(other.value, int | float):
                    yield other.value
        waiting.extend(children(part))


class Grains:
    """The step between the values a rule can give.

    Args:
        steps: the step between the values of each fact that is not 1 although it is whole, by name.
    """

    def __init__(self, steps: Mapping[str, float]) -> None:
        self._steps = steps
        self._done: dict[Node, float | None] = {}

    def of(self, node: Node) -> float | None:
        """Give a step that every value is a multiple of; `None` where they lie as near as they like."""
        if node not in self._done:
            self._done[node] = self._of(node)
        return self._done[node]

    def _of(self, node: Node) -> float | None:
        match node:
            case Defined(body=inner) | Given(value=inner) | Negative(value=inner):
                return self.of(inner)
            case Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return _step((value,))
            case Name(id=name, kind=kind):
                return self._steps.get(name, 1) if kind.whole else None
            case Lookup(entries=entries):
                return _step([float(value) for _, value in entries if not isinstance(value, str)])
            case Choice(then=then, otherwise=otherwise):
                return self._common(then, otherwise)
            case Arithmetic(operator="*", left=left, right=right):
                a, b = self.of(left), self.of(right)
                return None if a is None or b is None else a * b
            case Arithmetic(operator="+" | "-", left=left, right=right):
                return self._common(left, right)
            case Call(function="round", arguments=arguments):
                step = arguments[1] if len(arguments) > 1 else None
                return float(step.value) if isinstance(step, Constant) else 1
            case Call(function="sum" | "min" | "max" | "coalesce" | "abs" | "clip", arguments=arguments):
                return self._common(*arguments)
            case Call(function="count" | "floor" | "ceil" | "answered" | "missing" | "minutes_between"):
                return 1
            case _:
                return None

    def _common(self, *nodes: Node) -> float | None:
        return reduce(_common, map(self.of, nodes))


def _common(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    if a == 0 or b == 0:
        return a or b
    parts = max(_per_one(a), _per_one(b))
    return math.gcd(round(a * parts), round(b * parts)) / parts


def _per_one(value: float) -> int:
    decimals = f"{value:.9f}".rstrip("0").partition(".")[2]
    return int(10 ** len(decimals))


def _step(values: Sequence[float]) -> float:
    return reduce(lambda a, b: _common(a, b) or 0, map(abs, values), 0.0)


def code_step(item: Item) -> float:
    """Give the number that all of an item's scores are multiples of: 10 where its codes go in tens from 0."""
    return _step([score for score in item.codes.values() if score is not None])
